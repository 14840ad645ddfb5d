"""The Match page as a coordinator works with it, one need at a time: its candidates, their reasons, dispatch."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from dashboard.core.permissions import system_actor
from dashboard.core.words import Role, Subject
from dashboard.services import dispatches, matches, matching_rules, squads
from dashboard.services.commands import perform, raise_revisions
from dashboard.services.needs_queue import QueueRow, queue
from dashboard.services.questions import answer
from dashboard.services.squads import SquadOf
from dashboard.text import text
from db.engine import Database
from db.models import Constraint, Dispatch, Need, NeedRole, Team
from tests.builders import COUNTY
from tests.fresh import add_open_needs
from tests.pages.conftest import Visit

ACTOR = system_actor(COUNTY)


@pytest.fixture(autouse=True)
def _needs_of_today(county: Database) -> None:
    add_open_needs(county)


def now() -> datetime:
    return datetime.now(UTC)


def a_need(county: Database, seats: int = 1, least: int = 2) -> tuple[QueueRow, matches.Ranked]:
    """An open need of the sample with so many seats and at least so many candidates."""
    for row in answer(county, queue, ACTOR, now=now(), size=200).rows:
        if row.seats == row.open_seats == seats and not row.time_past:
            found = answer(county, matches.candidates, ACTOR, need_id=row.id, now=now())
            if len(found.candidates) >= least:
                return row, found
    raise AssertionError("the sample has no such need")


def open_need(visit: Visit, need_id: int, **values: object) -> AppTest:
    page = visit("match", **values)
    page.query_params["need"] = str(need_id)
    return page.run()


def sent(county: Database, need_id: int) -> list[tuple[int, str]]:
    with county.read() as session:
        rows = select(Dispatch.volunteer_id, Dispatch.state).where(Dispatch.need_id == need_id).order_by(Dispatch.id)
        return [(row.volunteer_id, row.state) for row in session.execute(rows)]


def test_without_a_need_the_page_says_what_to_do(visit: Visit) -> None:
    page = visit("match")
    assert not page.exception
    assert text("zh", "matches.pick_need") in [notice.value for notice in page.info]


def test_candidates_stand_in_their_order_with_facts(county: Database, visit: Visit) -> None:
    row, found = a_need(county)
    page = open_need(visit, row.id)
    assert not page.exception
    names = [box.label for box in page.checkbox if box.key and box.key.startswith("match.pick.")]
    shown = found.candidates[:5]
    assert names == [f"**{one.rank} {one.profile.name}**" for one in shown]
    captions = "".join(caption.value for caption in page.caption)
    assert text("zh", "matches.score", score=shown[0].score, top=shown[0].top_score).replace("/", "\\/") in captions


def test_one_click_dispatches_and_undo_takes_it_back(county: Database, visit: Visit) -> None:
    row, found = a_need(county)
    best = found.candidates[0].profile.volunteer_id
    page = open_need(visit, row.id)
    page.button(key=f"match.send.{best}").click().run()
    assert sent(county, row.id) == [(best, "offered")]
    with county.read() as session:
        dispatch_id = session.scalars(select(Dispatch.id).where(Dispatch.need_id == row.id)).one()
    page.button(key=f"dispatches.undo.{dispatch_id}").click().run()
    assert sent(county, row.id) == [(best, "cancelled")]


def test_several_ticked_are_sent_together(county: Database, visit: Visit) -> None:
    row, found = a_need(county, seats=2)
    people = [one.profile.volunteer_id for one in found.candidates[:2]]
    page = open_need(visit, row.id)
    for volunteer in people:
        page.checkbox(key=f"match.pick.{row.id}.{volunteer}").check().run()
    page.button(key="match.send").click().run()
    assert not page.error
    assert sorted(volunteer for volunteer, _ in sent(county, row.id)) == sorted(people)


def test_the_slower_coordinator_reads_who_was_faster(county: Database, visit: Visit) -> None:
    row, found = a_need(county)
    first, second = (one.profile.volunteer_id for one in found.candidates[:2])
    page = open_need(visit, row.id)
    values = {"need_id": row.id, "volunteer_ids": [first]}
    perform(county, dispatches.dispatch, ACTOR, now=now(), **values)
    page.button(key=f"match.send.{second}").click().run()
    assert len(page.error) == 1 and row.code in page.error[0].value and "system" in page.error[0].value
    assert sent(county, row.id) == [(first, "offered")]


def test_why_not_is_answered_for_any_name(county: Database, visit: Visit) -> None:
    row, found = a_need(county)
    best = found.candidates[0].profile
    page = open_need(visit, row.id)
    page.text_input(key="match.why_not.words").set_value(best.name).run()
    page.selectbox(key="match.why_not.who").set_value(best.volunteer_id).run()
    assert text("zh", "matches.may", score=found.candidates[0].score) in [notice.value for notice in page.success]
    page.text_input(key="match.why_not.words").set_value("查无此人").run()
    assert text("zh", "matches.found_none") in [caption.value for caption in page.caption]


def test_a_pin_needs_a_reason_and_is_shown_with_a_way_out(county: Database, visit: Visit) -> None:
    row, found = a_need(county)
    volunteer = found.candidates[1].profile.volunteer_id
    page = open_need(visit, row.id)
    page.button(key=f"match.words.{volunteer}.pin").click().run()
    assert [notice.value for notice in page.error] == [text("zh", "needs.reason_wanted")]
    page.text_input(key=f"match.words.{volunteer}.reason").set_value("居民点名")
    page.button(key=f"match.words.{volunteer}.pin").click().run()
    with county.read() as session:
        word = session.scalars(select(Constraint.id)).one()
    page.button(key=f"match.withdraw.{word}").click().run()
    with county.read() as session:
        assert session.get_one(Constraint, word).withdrawn_at is not None


def test_limits_on_open_tasks_are_shown_before_the_click(county: Database, visit: Visit) -> None:
    row, found = a_need(county)
    best = found.candidates[0].profile.volunteer_id
    limits = {"weights": {}, "settings": {"most_open_person": 1}, "reason": "试行"}
    perform(county, matching_rules.set_matching_rules, ACTOR, now=now() - timedelta(minutes=5), **limits)
    page = open_need(visit, row.id)
    captions = "".join(caption.value for caption in page.caption)
    assert text("zh", "claims.line", open=0, most=1) in captions
    assert not page.button(key=f"match.send.{best}").disabled
    other = next(need for need, ranked in needs_of(county) if best in ranked and need != row.id)
    perform(county, dispatches.dispatch, ACTOR, now=now(), need_id=other, volunteer_ids=[best])
    page = page.run()
    assert page.button(key=f"match.send.{best}").disabled
    assert text("zh", "matches.at_limit") in "".join(badge.value for badge in page.markdown)


def needs_of(county: Database) -> list[tuple[int, set[int]]]:
    """Open needs with the ids of those who may be sent."""
    rows = answer(county, queue, ACTOR, now=now(), size=200).rows
    return [
        (
            row.id,
            {
                one.profile.volunteer_id
                for one in answer(county, matches.candidates, ACTOR, need_id=row.id, now=now()).candidates
            },
        )
        for row in rows
        if not row.time_past
    ]


def test_a_crew_shows_the_fewest_and_the_most_of_each_role(county: Database, visit: Visit) -> None:
    row, _ = a_need(county, seats=2)

    def make_crew(session: Session) -> None:
        session.get_one(Need, row.id).whole = True
        role = session.scalars(select(NeedRole).where(NeedRole.need_id == row.id)).one()
        role.least = 1

    county.write(make_crew)
    page = open_need(visit, row.id)
    assert not page.exception
    assert text("zh", "matches.crew_lead") in [caption.value for caption in page.caption]


@pytest.mark.parametrize("role", [Role.LEADER, Role.STATION_WORKER])
def test_the_page_is_closed_to_who_may_not_dispatch(visit: Visit, role: Role) -> None:
    page = visit("match", role)
    assert not page.dataframe and len(page.error) == 1


def test_the_page_speaks_english(county: Database, visit: Visit) -> None:
    row, _ = a_need(county)
    page = open_need(visit, row.id, language="en")
    assert not page.exception
    assert text("en", "matches.why_not") in [box.label for box in page.expander]


# -- squads


def a_squad(county: Database, rungs: int) -> tuple[QueueRow, SquadOf]:
    """An open need whose squad is found on the rung of this number."""
    for row in answer(county, queue, ACTOR, now=now(), size=200).rows:
        if row.open_seats and not row.time_past:
            found = answer(county, squads.squad_of, ACTOR, need_id=row.id, now=now())
            if found.taken and len(found.rungs) == rungs:
                return row, found
    raise AssertionError("the sample has no such need")


def picks(page: AppTest) -> list[int]:
    return [int(str(box.key).rsplit(".", 1)[1]) for box in page.checkbox if "match.pick." in str(box.key)]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_squad_of_a_need_is_said_with_why_none_below(county: Database, visit: Visit, language: str) -> None:
    row, found = a_squad(county, 2)
    taken = found.rungs[-1]
    page = open_need(visit, row.id, language=language)
    assert not page.exception
    cannot = text(language, f"squads.cannot.{found.rungs[0].cannot}")
    why = text(language, "squads.below", level=text(language, f"squads.level.{found.rungs[0].level}"), cannot=cannot)
    line = text(
        language,
        "squads.line",
        aspect=text(language, f"words.aspect.{taken.aspect}"),
        site=taken.site,
        why=text(language, "squads.because", why=why),
    )
    shown = [words.value for words in page.markdown]
    assert line in shown
    assert any(words.count("\n") == 1 and cannot in words and taken.team in words for words in shown)


def test_the_switch_leaves_the_squad_s_members_alone(county: Database, visit: Visit) -> None:
    for rungs in (2, 3):
        row, found = a_squad(county, rungs)
        assert found.taken
        members = answer(
            county, matches.candidates, ACTOR, need_id=row.id, team_id=found.taken.team_id, now=now()
        ).candidates
        page = open_need(visit, row.id)
        everybody = picks(page)
        page.toggle(key=f"match.squad.{row.id}").set_value(True).run()
        assert not page.exception
        assert picks(page) == [one.profile.volunteer_id for one in members][:5]
        page.toggle(key=f"match.squad.{row.id}").set_value(False).run()
        assert picks(page) == everybody


def test_when_no_level_can_the_page_says_so(county: Database, visit: Visit) -> None:
    for row in answer(county, queue, ACTOR, now=now(), size=200).rows:
        found = answer(county, squads.squad_of, ACTOR, need_id=row.id, now=now())
        if row.open_seats and not row.time_past and found.taken is None:
            break
    else:
        raise AssertionError("the sample has no such need")
    page = open_need(visit, row.id)
    names = [text("zh", f"words.aspect.{aspect}") for aspect in dict.fromkeys(rung.aspect for rung in found.rungs)]
    said = text("zh", "squads.line_none", aspects="、".join(names))
    assert f":orange[{said}]" in [words.value for words in page.markdown]
    assert [toggle for toggle in page.toggle if "match.squad" in str(toggle.key)] == []


def test_a_county_without_squads_reads_nothing_of_them(county: Database, visit: Visit) -> None:
    def dissolve(session: Session) -> None:
        session.execute(update(Team).values(aspect=None))
        raise_revisions(session, COUNTY, (Subject.PEOPLE,))

    row, _ = a_need(county)
    county.write(dissolve)
    page = open_need(visit, row.id)
    assert not page.exception and picks(page)
    words = [found.value for found in page.markdown] + [found.value for found in page.caption]
    assert [found for found in words if found.startswith("小分队")] == []
    assert [toggle for toggle in page.toggle if "match.squad" in str(toggle.key)] == []
