"""The Needs page as a coordinator works with it: queue, entry by phone, an order moved along, at every step."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from streamlit.testing.v1 import AppTest

from dashboard.core.masking import masked_name
from dashboard.core.permissions import system_actor
from dashboard.core.words import NeedState, Role
from dashboard.services import dispatches, matches
from dashboard.services.commands import perform
from dashboard.services.need_choices import choices
from dashboard.services.needs_queue import View, queue
from dashboard.services.questions import answer
from dashboard.services.signins import SAMPLE_USERNAMES
from dashboard.text import text
from dashboard.ui import need_list
from db.engine import Database
from db.models import Account, Dispatch, Need, Person, Volunteer
from tests.builders import COUNTY
from tests.fresh import add_open_needs
from tests.pages.conftest import Visit

ACTOR = system_actor(COUNTY)


@pytest.fixture(autouse=True)
def _needs_of_today(county: Database) -> None:
    add_open_needs(county)


def now() -> datetime:
    return datetime.now(UTC)


def test_the_queue_is_the_services_queue(county: Database, visit: Visit) -> None:
    page = visit("needs")
    found = answer(county, queue, ACTOR, now=now())
    assert not page.exception
    table = page.dataframe[0].value
    assert list(table[text("zh", "needs.column.code")]) == [row.code for row in found.rows]
    page.segmented_control(key="needs.view").set_value(View.ENDED).run()
    ended = answer(county, queue, ACTOR, now=now(), view=View.ENDED)
    codes = list(page.dataframe[0].value[text("zh", "needs.column.code")])
    assert codes == [row.code for row in ended.rows]


def opened(page: AppTest) -> int:
    """The need that stands in the URL."""
    found = page.query_params["need"]
    return int(found[0] if isinstance(found, list) else found)


def enter(page: AppTest, county: Database) -> AppTest:
    """Type an order as on the phone: category, village, tomorrow, one person."""
    page.button(key="needs.new").click().run()
    found = answer(county, choices, ACTOR, language="zh")
    page.selectbox(key="needs.form.category").set_value(found.categories[0].id)
    page.selectbox(key="needs.form.village").set_value(found.villages[0][0])
    page.text_input(key="needs.form.name").set_value("测试居民")
    page.text_input(key="needs.form.phone").set_value("13985620000")
    return page.run()


def test_an_order_is_taken_by_phone_and_opens_beside_the_list(county: Database, visit: Visit) -> None:
    page = enter(visit("needs"), county)
    assert text("zh", "needs.form.ready") in "".join(caption.value for caption in page.caption)
    page.button(key="needs.save").click().run()
    assert not page.exception and not page.error
    with county.read() as session:
        need = session.scalars(select(Need).order_by(Need.id.desc())).first()
        assert need is not None and need.state == NeedState.OPEN
        assert opened(page) == need.id
        shown = "".join(line.value for line in page.markdown)
        assert need.title in shown and "测试居民" not in shown
        assert text("zh", "needs.created", code=need.code) in [notice.value for notice in page.success]


def test_a_repeat_is_shown_before_saving_and_linked(county: Database, visit: Visit) -> None:
    page = enter(visit("needs"), county)
    page.button(key="needs.save").click().run()
    first = opened(page)
    page = enter(page, county)
    options = page.radio(key="needs.form.repeats").options
    assert len(options) >= 2
    page.radio(key="needs.form.repeats").set_value(first).run()
    page.button(key="needs.save").click().run()
    with county.read() as session:
        second = session.get_one(Need, opened(page))
        assert second.id != first and second.earlier_need_id == first


def test_what_is_missing_is_said_and_the_order_goes_to_verify(county: Database, visit: Visit) -> None:
    page = visit("needs")
    page.button(key="needs.new").click().run()
    page.checkbox(key="needs.form.no_time").check().run()
    page.text_input(key="needs.form.time_words").set_value("尽快").run()
    page.button(key="needs.save").click().run()
    with county.read() as session:
        need = session.get_one(Need, opened(page))
        assert (need.state, need.to_verify) == ("to_verify", ["no_place", "vague_time", "no_category"])


def test_a_form_that_cannot_be_read_says_why_and_keeps_what_was_typed(county: Database, visit: Visit) -> None:
    page = enter(visit("needs"), county)
    page.text_input(key="needs.form.phone").set_value("没有").run()
    page.button(key="needs.save").click().run()
    assert [notice.value for notice in page.error] == [text("zh", "needs.bad_phone")]
    assert page.text_input(key="needs.form.name").value == "测试居民"


def test_an_order_is_corrected_and_a_second_editor_refused(county: Database, visit: Visit) -> None:
    page = enter(visit("needs"), county)
    page.button(key="needs.save").click().run()
    need_id = opened(page)
    page.button(key=f"needs.edit.{need_id}").click().run()
    assert page.number_input(key="needs.form.people").value == 1
    page.number_input(key="needs.form.people").set_value(3).run()
    with county.read() as session:
        before = session.get_one(Need, need_id).version
    page.button(key="needs.save").click().run()
    assert not page.error
    with county.read() as session:
        need = session.get_one(Need, need_id)
        assert need.version > before and need.person_id is not None
    assert text("zh", "needs.card.people_of", all=3, open=3) in "".join(line.value for line in page.markdown)


def test_a_need_is_moved_along_by_phone_to_its_closing(county: Database, visit: Visit) -> None:
    need_id, dispatch_id = sent(county)
    page = visit("needs")
    page.query_params["need"] = str(need_id)
    page.run()
    page.button(key=f"dispatches.accept.{dispatch_id}").click().run()
    assert state(county, dispatch_id) == "accepted"
    page.button(key=f"dispatches.start.{dispatch_id}").click().run()
    assert state(county, dispatch_id) == "in_service"
    page.button(key=f"dispatches.undo.{dispatch_id}").click().run()
    assert state(county, dispatch_id) == "accepted"
    day = (now() - timedelta(days=1)).date()
    page.date_input(key=f"dispatches.served.{dispatch_id}.day").set_value(day)
    page.button(key=f"dispatches.served.{dispatch_id}").click().run()
    assert state(county, dispatch_id) == "done", [notice.value for notice in page.error]
    page.button(key=f"needs.confirm.{need_id}").click().run()
    page.segmented_control(key=f"needs.rate.{need_id}.score").set_value(5)
    page.button(key=f"needs.rate.{need_id}").click().run()
    with county.read() as session:
        assert session.get_one(Need, need_id).state == "closed"


def sent(county: Database) -> tuple[int, int]:
    """A need of one seat with its best candidate sent; (need, dispatch)."""
    for row in answer(county, queue, ACTOR, now=now(), size=200).rows:
        if row.seats == row.open_seats == 1 and not row.time_past:
            found = answer(county, matches.candidates, ACTOR, need_id=row.id, now=now()).candidates
            if found:
                values = {"need_id": row.id, "volunteer_ids": [found[0].profile.volunteer_id]}
                made = perform(county, dispatches.dispatch, ACTOR, now=now(), **values)
                return row.id, made["dispatch_ids"][0]
    raise AssertionError("the sample has no need of one seat with a candidate")


def state(county: Database, dispatch_id: int) -> str:
    with county.read() as session:
        return session.get_one(Dispatch, dispatch_id).state


def test_cancelling_asks_why(county: Database, visit: Visit) -> None:
    row = answer(county, queue, ACTOR, now=now()).rows[0]
    page = visit("needs")
    page.query_params["need"] = str(row.id)
    page.run()
    page.button(key=f"needs.cancel.{row.id}").click().run()
    assert [notice.value for notice in page.error] == [text("zh", "needs.reason_wanted")]
    page.text_input(key=f"needs.cancel.{row.id}.reason").set_value("家里来人了")
    page.button(key=f"needs.cancel.{row.id}").click().run()
    with county.read() as session:
        assert session.get_one(Need, row.id).state == "cancelled"


@pytest.mark.parametrize("role", [Role.LEADER])
def test_who_only_looks_has_no_buttons(county: Database, visit: Visit, role: Role) -> None:
    row = answer(county, queue, ACTOR, now=now()).rows[0]
    page = visit("needs", role)
    page.query_params["need"] = str(row.id)
    page.run()
    keys = {button.key for button in page.button}
    assert "needs.new" not in keys
    assert not [key for key in keys if key and key.startswith(("needs.cancel", "needs.edit", "dispatches."))]


def test_the_page_speaks_english(visit: Visit) -> None:
    page = visit("needs", language="en")
    assert not page.exception
    assert text("en", "needs.column.title") in page.dataframe[0].value.columns


def test_a_need_that_is_not_there_is_said_so(visit: Visit) -> None:
    page = visit("needs")
    page.query_params["need"] = "987654321"
    page.run()
    assert text("zh", "needs.no_such") in [notice.value for notice in page.warning]


def test_the_file_of_the_queue_is_the_list_on_screen_and_all_its_other_pages(county: Database, visit: Visit) -> None:
    page = visit("needs")
    table = page.dataframe[0].value
    first = answer(county, queue, ACTOR, now=now())
    every = answer(county, queue, ACTOR, now=now(), size=first.total)
    lines = need_list.file_lines(every.rows, now(), "zh")
    assert len(lines) == first.total > len(table)
    code = list(table.columns).index(text("zh", "needs.column.code"))
    assert [line[code] for line in lines[: len(table)]] == list(table[text("zh", "needs.column.code")])
    assert lines[0][code - 3 :] == table.iloc[0].tolist()[code - 3 :]


def test_messages_of_a_group_chat_are_looked_at_and_saved_to_be_verified(county: Database, visit: Visit) -> None:
    page = visit("needs")
    page.button(key="needs.chat.start").click().run()
    page.text_area(key="needs.chat.text").set_value("收到\n老人电话13985620011，明天上午要理发").run()
    assert not page.exception
    page.button(key="needs.chat.save").click().run()
    assert not page.exception and not page.error
    assert text("zh", "group_chat.taken", made=1, there=0) in [notice.value for notice in page.success]
    with county.read() as session:
        need = session.scalars(select(Need).order_by(Need.id.desc())).first()
        assert need is not None and (need.state, need.channel) == ("to_verify", "group_chat")


def test_a_message_too_long_is_refused_with_its_line(visit: Visit) -> None:
    page = visit("needs", language="en")
    page.button(key="needs.chat.start").click().run()
    page.text_area(key="needs.chat.text").set_value("好\n" + "长" * 501).run()
    assert [notice.value for notice in page.error] == [text("en", "group_chat.long_line", line=2, length=501, most=500)]
    assert "needs.chat.save" not in {button.key for button in page.button}


def test_the_late_lists_open_from_the_queue_with_the_count_they_show(county: Database, visit: Visit) -> None:
    page = visit("needs")
    late = answer(county, queue, ACTOR, now=now(), view=View.LATE_TAKE_UP)
    assert late.total > 0
    page.pills(key="needs.watch").set_value(View.LATE_TAKE_UP).run()
    assert text("zh", "needs.total", total=late.total, overdue=late.total) in [line.value for line in page.caption]
    assert list(page.dataframe[0].value[text("zh", "needs.column.code")]) == [row.code for row in late.rows]
    page.segmented_control(key="needs.view").set_value(View.ENDED).run()
    ended = answer(county, queue, ACTOR, now=now(), view=View.ENDED)
    assert list(page.dataframe[0].value[text("zh", "needs.column.code")]) == [row.code for row in ended.rows]


def test_a_visit_sheet_is_made_for_a_village_and_closed_again(county: Database, visit: Visit) -> None:
    page = visit("needs")
    page.button(key="needs.visits.start").click().run()
    village = next(row for row in answer(county, choices, ACTOR, language="zh").villages)[0]
    page.selectbox(key="needs.visits.village").set_value(village).run()
    page.button(key="needs.visits.make").click().run()
    assert not page.exception and not page.error
    assert text("zh", "needs.visits.made") in [notice.value for notice in page.success]
    assert len(page.table) == 1
    page.button(key="needs.visits.back").click().run()
    assert page.dataframe and not page.exception


def test_who_only_looks_pastes_nothing_and_makes_no_sheet(visit: Visit) -> None:
    keys = {button.key for button in visit("needs", Role.LEADER).button}
    assert not keys & {"needs.chat.start", "needs.visits.start"}


def test_what_repeats_raised_is_told_on_its_card_and_listed(county: Database, visit: Visit) -> None:
    page = enter(visit("needs"), county)
    page.button(key="needs.save").click().run()
    first = opened(page)
    for _ in range(3):
        page = enter(page, county)
        page.radio(key="needs.form.repeats").set_value(first).run()
        page.button(key="needs.save").click().run()
    page.query_params["need"] = str(first)
    page.run()
    shown = "".join(line.value for line in page.markdown)
    assert text("zh", "needs.raised") in shown
    assert text("zh", "needs.card.calls_by", people=1, calls=4) in shown
    assert len([button for button in page.button if (button.key or "").startswith("needs.linked.")]) == 3
    assert answer(county, queue, ACTOR, now=now(), view=View.RAISED).total == 1


def test_a_leader_takes_back_anybody_s_step_and_reads_no_name(county: Database, visit: Visit) -> None:
    need_id, dispatch_id = sent(county)
    page = visit("needs", Role.LEADER)
    page.query_params["need"] = str(need_id)
    page.run()
    assert f"dispatches.cancel.{dispatch_id}" not in {button.key for button in page.button}
    page.button(key=f"dispatches.undo.{dispatch_id}").click().run()
    assert state(county, dispatch_id) == "cancelled"
    said = "".join(notice.value for notice in page.success).replace("\\", "")
    with county.read() as session:
        volunteer = session.get_one(Volunteer, session.get_one(Dispatch, dispatch_id).volunteer_id)
        name = session.get_one(Person, volunteer.person_id).name
    assert name not in said and masked_name(name) in said


def test_a_station_takes_back_its_own_slip_and_no_offer(county: Database, visit: Visit) -> None:
    need_id, dispatch_id = sent(county)
    mine = select(Account.site_id).where(Account.username == SAMPLE_USERNAMES[Role.STATION_WORKER])
    county.write(
        lambda session: session.execute(update(Need).where(Need.id == need_id).values(site_id=mine.scalar_subquery()))
    )
    page = visit("needs", Role.STATION_WORKER)
    page.query_params["need"] = str(need_id)
    page.run()
    undo = f"dispatches.undo.{dispatch_id}"
    assert undo not in {button.key for button in page.button}
    page.button(key=f"dispatches.accept.{dispatch_id}").click().run()
    page.button(key=undo).click().run()
    assert not page.exception and not page.error
    assert state(county, dispatch_id) == "offered"
    assert undo not in {button.key for button in page.button}
