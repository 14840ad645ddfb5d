"""The Messages page: what is still to be told, in words to copy; marked as sent, as not reached, sent again."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from streamlit.testing.v1 import AppTest

from dashboard.core.permissions import system_actor
from dashboard.core.words import Role
from dashboard.services import dispatches, links, messages
from dashboard.services.commands import perform
from dashboard.services.signins import SAMPLE_USERNAMES
from dashboard.text import text
from db.engine import Database
from db.models import Account, Dispatch, Message, Need, NeedRole, Notice, Person, Site, Volunteer
from tests.builders import COUNTY
from tests.pages.conftest import Visit

ACTOR = system_actor(COUNTY)
PHONE = "13885209999"


def now() -> datetime:
    return datetime.now(UTC)


def offers(county: Database, count: int = 1) -> list[int]:
    """Dispatches offered within the station worker's part, for hours from now on; their ids."""
    start = now() + timedelta(days=3)

    def make(session):  # type: ignore[no-untyped-def]
        mine = select(Account.site_id).where(Account.username == SAMPLE_USERNAMES[Role.STATION_WORKER])
        site = session.get_one(Site, session.scalar(mine))
        need = session.scalars(
            select(Need).where(Need.site_id == site.id, Need.person_id.is_not(None)).order_by(Need.id)
        ).first()
        need.title = f"修灯 {PHONE}"
        need.state = "open"
        session.execute(update(Person).where(Person.id == need.person_id).values(phone=PHONE, phone_tail=PHONE[-4:]))
        role = session.scalars(select(NeedRole).where(NeedRole.need_id == need.id)).first()
        role.head_count = count + 9
        people = session.scalars(select(Volunteer.id).order_by(Volunteer.id).limit(count)).all()
        found = []
        for person in people:
            row = Dispatch(
                county=COUNTY,
                need_id=need.id,
                role_id=role.id,
                volunteer_id=person,
                state="offered",
                start=start,
                end=start + timedelta(hours=2),
                dispatched_by=0,
                offered_at=now(),
                expires_at=start - timedelta(hours=1),
            )
            session.add(row)
            session.flush()
            session.add(
                Message(
                    county=COUNTY,
                    need_id=need.id,
                    dispatch_id=row.id,
                    party="volunteer",
                    kind="offered",
                    version=1,
                    created_at=now(),
                )
            )
            found.append(row.id)
        return found

    return county.write(make)


def tab(page: AppTest, name: str) -> AppTest:
    return page.segmented_control(key="messages.tab").set_value(name).run()


def stored(county: Database) -> list[Message]:
    with county.read() as session:
        found = list(session.scalars(select(Message).order_by(Message.id)))
        session.expunge_all()
        return found


def infos(page: AppTest) -> list[str]:
    return [box.value for box in page.info]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.STATION_WORKER, Role.ADMIN])
def test_each_role_that_records_reads_the_words_to_copy(
    visit: Visit, county: Database, role: Role, language: str
) -> None:
    (one,) = offers(county)
    perform(county, dispatches.accept, ACTOR, now=now(), dispatch_id=one)
    page = visit("messages", role, language)
    assert not page.exception
    (words,) = [code.value for code in page.code]
    with county.read() as session:
        dispatch = session.get_one(Dispatch, one)
        need = session.get_one(Need, dispatch.need_id)
        helper = session.get_one(Volunteer, dispatch.volunteer_id).person_id
        code, volunteer = need.code, session.get_one(Person, helper).name
        resident = session.get_one(Person, need.person_id).name
    assert code in words and "修灯" in words and volunteer in words
    assert ("接单" in words) == (language == "zh")
    everything = "\n".join(
        str(part.value) for kind in ("code", "markdown", "caption", "text") for part in page.get(kind)
    )
    assert PHONE not in everything and resident not in everything
    assert PHONE[-4:] in everything


def test_a_leader_is_told_why_the_page_stays_closed(visit: Visit, county: Database) -> None:
    offers(county)
    page = visit("messages", Role.LEADER)
    assert not page.code and len(page.error) == 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_where_nothing_waits_the_page_says_so_under_every_heading(visit: Visit, language: str) -> None:
    page = visit("messages", Role.COORDINATOR, language)
    for name in messages.TABS:
        page = tab(page, name)
        assert infos(page) == [text(language, f"messages.none_{name}")]


def test_a_message_is_marked_as_sent_then_not_reached_then_sent_again(visit: Visit, county: Database) -> None:
    offers(county)
    page = visit("messages", Role.STATION_WORKER)
    (row,) = stored(county)
    page.button(key=f"messages.copied.{row.id}").click().run()
    assert infos(page) == [text("zh", "messages.none_waiting")]
    assert stored(county)[0].state == "copied"
    page = tab(page, "sent")
    assert any(text("zh", "messages.how_copied") in caption.value for caption in page.caption)
    page.button(key=f"messages.unreached.{row.id}").click().run()
    page = tab(page, "failed")
    assert any(text("zh", "messages.failure.unreached") in caption.value for caption in page.caption)
    page.button(key=f"messages.retry.{row.id}").click().run()
    assert stored(county)[0].state == "waiting"
    assert len(tab(page, "waiting").code) == 1


def test_a_link_is_put_into_the_words_and_opens_the_order(visit: Visit, county: Database) -> None:
    (one,) = offers(county)
    page = visit("messages", Role.STATION_WORKER)
    (row,) = stored(county)
    page.button(key=f"messages.link.{row.id}").click().run()
    assert not page.exception and not page.error
    (words,) = [code.value for code in page.code]
    assert links.open_link(county, words.rsplit("/r/", 1)[1], now()).dispatch_id == one
    assert f"messages.link.{row.id}" not in [button.key for button in page.button]


def test_the_list_is_narrowed_to_one_party(visit: Visit, county: Database) -> None:
    one, _ = offers(county, 2)
    perform(county, dispatches.accept, ACTOR, now=now(), dispatch_id=one)
    page = visit("messages")
    assert len(page.code) == 2
    page.selectbox(key="messages.party").set_value("resident").run()
    assert ["接单" in code.value for code in page.code] == [True]
    page.selectbox(key="messages.party").set_value("volunteer").run()
    assert ["接单" in code.value for code in page.code] == [False]


def test_fifty_stand_on_a_page_and_the_rest_on_the_next(visit: Visit, county: Database) -> None:
    offers(county, 53)
    page = visit("messages")
    assert len(page.code) == messages.PAGE_ROWS == 50
    page.session_state["messages.page"] = 2
    page.run()
    assert len(page.code) == 3
    tab(page, "sent")
    assert len(tab(page, "waiting").code) == 50


def test_what_is_too_late_has_no_words_to_copy(visit: Visit, county: Database) -> None:
    offers(county)
    county.write(lambda session: session.execute(update(Dispatch).values(expires_at=now() - timedelta(hours=1))))
    page = visit("messages")
    assert not page.code
    assert text("zh", "messages.outdated") in [part.value for part in page.text]
    (row,) = stored(county)
    assert f"messages.unreached.{row.id}" not in [button.key for button in page.button]
    page.button(key=f"messages.let_go.{row.id}").click().run()
    assert "dropped" == stored(county)[0].state


def notice(county: Database) -> tuple[int, str]:
    """A repeated call has raised a need within the station worker's part; the notice's id and the need's code."""

    def make(session):  # type: ignore[no-untyped-def]
        mine = select(Account.site_id).where(Account.username == SAMPLE_USERNAMES[Role.STATION_WORKER])
        need = session.scalars(select(Need).where(Need.site_id == session.scalar(mine)).order_by(Need.id)).first()
        need.state = "open"
        row = Notice(
            county=COUNTY,
            kind="raised",
            about="1",
            subject_id=need.id,
            site_id=need.site_id,
            need_id=need.id,
            created_at=now(),
        )
        session.add(row)
        session.flush()
        return row.id, need.code

    return county.write(make)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_desk_reads_what_it_is_told_and_sees_to_it(visit: Visit, county: Database, language: str) -> None:
    one, code = notice(county)
    page = visit("messages", Role.STATION_WORKER, language)
    assert page.button(key="app.notices").label == text(language, "notices.bell", count="1")
    page = tab(page, "desk")
    assert not page.exception and any(code in line.value.replace("\\", "") for line in page.markdown)
    page.button(key=f"notices.close.{one}").click().run()
    assert not page.exception and not page.error
    assert text(language, "notices.none") in [box.value for box in page.success]
    assert "app.notices" not in [button.key for button in page.button]


def test_a_leader_is_told_nothing_of_the_desk(visit: Visit, county: Database) -> None:
    notice(county)
    page = visit("map", Role.LEADER)
    assert not page.exception and "app.notices" not in [button.key for button in page.button]


def test_many_ticked_messages_are_marked_and_the_one_that_moved_on_is_named(visit: Visit, county: Database) -> None:
    offers(county, 4)
    page = visit("messages", Role.STATION_WORKER)
    rows = stored(county)
    page.toggle(key="messages.bulk.on").set_value(True).run()
    assert page.button(key="messages.bulk.copied").disabled
    page.button(key="messages.bulk.everything").click().run()
    page.checkbox(key=f"messages.tick.{rows[3].id}").uncheck().run()
    # Meanwhile a sender takes one of them.
    perform(county, messages.claim, ACTOR, now=now(), message_id=rows[1].id, channel="file")
    page.button(key="messages.bulk.copied").click().run()
    said = [part.value for part in page.markdown]
    what = text("zh", "messages.act.copied")
    assert f"**{text('zh', 'bulk.some_refused', what=what, done=2, refused=1)}**" in said
    assert text("zh", "messages.moved_on") in said
    assert [row.state for row in stored(county)] == ["copied", "sending", "copied", "waiting"]
    page.button(key="messages.bulk.retry").click().run()
    assert [row.state for row in stored(county)] == ["copied", "sending", "copied", "waiting"]
    page.button(key="messages.bulk.read").click().run()
    tab(page, "sent")
    page.button(key="messages.bulk.everything").click().run()
    page.button(key="messages.bulk.unreached").click().run()
    done = text("zh", "bulk.all_done", what=text("zh", "messages.act.unreached"), done=2)
    assert done in [part.value for part in page.success]
    assert [row.state for row in stored(county)] == ["failed", "sending", "failed", "waiting"]


def test_what_is_too_late_can_not_be_ticked(visit: Visit, county: Database) -> None:
    offers(county)
    county.write(lambda session: session.execute(update(Dispatch).values(expires_at=now() - timedelta(hours=1))))
    page = visit("messages")
    page.toggle(key="messages.bulk.on").set_value(True).run()
    assert not page.checkbox
