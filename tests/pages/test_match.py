"""The Match page as a coordinator works with it: one need with its candidates, all of them at once."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from streamlit.testing.v1 import AppTest

from dashboard.core.permissions import system_actor
from dashboard.core.words import Role
from dashboard.services import dispatches, match_plan, matches
from dashboard.services.commands import perform
from dashboard.services.needs_queue import QueueRow, queue
from dashboard.services.questions import answer
from dashboard.text import text
from db.engine import Database
from db.models import Constraint, Dispatch
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


def live(county: Database) -> int:
    with county.read() as session:
        return session.scalar(select(func.count()).where(Dispatch.state == "offered")) or 0


def test_match_all_shows_the_plan_and_stores_nothing_until_it_is_sent(county: Database, visit: Visit) -> None:
    page = visit("match")
    page.segmented_control(key="match.mode").set_value("all").run()
    before = live(county)
    page.button(key="match.solve").click().run()
    assert not page.exception and live(county) == before
    plan = answer(county, match_plan.plan, ACTOR, now=now())
    seats = text("zh", "matches.filled_of", filled=len(plan.rows), seats=plan.seats)
    assert page.metric[0].value == seats
    page.button(key="match.send_plan").click().run()
    assert live(county) == before + len(plan.rows)
    assert text("zh", "dispatches.plan_sent", count=len(plan.rows)) in [notice.value for notice in page.success]


def test_marked_rows_change_the_plan(county: Database, visit: Visit) -> None:
    page = visit("match")
    page.segmented_control(key="match.mode").set_value("all").run()
    page.button(key="match.solve").click().run()
    plan = answer(county, match_plan.plan, ACTOR, now=now())
    key = plan.rows[0].key
    for kind, name in (("out", "match.draft.out"), ("forbids", "match.draft.forbids"), ("pins", "match.draft.pins")):
        page.session_state["match.draft.out"] = page.session_state["match.draft.forbids"] = []
        page.session_state[name] = [key]
        page.run()
        assert not page.exception
        label = page.button(key="match.send_plan").label
        if kind == "out":
            assert label == text("zh", "matches.send_plan", count=len(plan.rows) - 1)
        if kind == "forbids":
            assert text("zh", "matches.draft", pins=0, forbids=1) in [caption.value for caption in page.caption]


def test_rows_refused_meanwhile_are_named_and_can_be_retried(county: Database, visit: Visit) -> None:
    page = visit("match")
    page.segmented_control(key="match.mode").set_value("all").run()
    page.button(key="match.solve").click().run()
    plan = answer(county, match_plan.plan, ACTOR, now=now())
    taken = plan.rows[0]
    values = {"need_id": taken.need.need_id, "volunteer_ids": [taken.who.volunteer_id], "role_id": taken.role_id}
    perform(county, dispatches.dispatch, ACTOR, now=now(), **values)
    # The rows bound to the button are those that were drawn before the other coordinator acted.
    page.button(key="match.send_plan").click().run()
    partly = text("zh", "dispatches.plan_partly", count=len(plan.rows) - 1, refused=1)
    assert partly in [notice.value for notice in page.warning]
    page.button(key="match.retry").click().run()
    assert live(county) >= len(plan.rows)


@pytest.mark.parametrize("role", [Role.LEADER, Role.STATION_WORKER])
def test_the_page_is_closed_to_who_may_not_dispatch(visit: Visit, role: Role) -> None:
    page = visit("match", role)
    assert not page.dataframe and len(page.error) == 1


def test_the_page_speaks_english(county: Database, visit: Visit) -> None:
    row, _ = a_need(county)
    page = open_need(visit, row.id, language="en")
    assert not page.exception
    assert text("en", "matches.why_not") in [box.label for box in page.expander]
