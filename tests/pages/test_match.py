"""The Match page as a coordinator works with it, one need at a time: its candidates, their reasons, dispatch."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from dashboard.core.permissions import system_actor
from dashboard.core.words import Role
from dashboard.services import dispatches, matches, matching_rules
from dashboard.services.commands import perform
from dashboard.services.needs_queue import QueueRow, queue
from dashboard.services.questions import answer
from dashboard.text import text
from db.engine import Database
from db.models import Constraint, Dispatch, Need, NeedRole
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
