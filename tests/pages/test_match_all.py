"""The Match page where all open needs are matched at once: every state a coordinator may see."""

import json
import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from streamlit.testing.v1 import AppTest

from dashboard.core.permissions import Actor, system_actor
from dashboard.core.words import Role
from dashboard.services import (
    dispatches,
    draft_view,
    live_plans,
    match_desk,
    match_jobs,
    match_people,
    plan_rows,
    signins,
)
from dashboard.services.commands import perform
from dashboard.services.draft_view import PlanPage
from dashboard.services.match_jobs import JobStatus
from dashboard.services.questions import answer
from dashboard.text import text
from dashboard.ui import match_draft as draft
from dashboard.ui import plan_words
from db.engine import Database
from db.models import Dispatch, MatchRun, NeedInterval, NeedRole, Person, Volunteer
from tests.builders import COUNTY
from tests.fresh import add_open_needs
from tests.pages.conftest import Visit
from tests.pages.test_map import components

SYSTEM = system_actor(COUNTY)
#: Words that promise more than a bound.
TOO_MUCH = ("最优", "最佳", "optimal", "Optimal", "best plan")


@pytest.fixture(autouse=True)
def _needs_of_today(county: Database) -> None:
    add_open_needs(county)
    match_people.forget()
    live_plans.forget_all()


def now() -> datetime:
    return datetime.now(UTC)


def coordinator(county: Database, role: Role = Role.COORDINATOR) -> Actor:
    token = signins.enter_as(county, role, address="127.0.0.1", now=now())
    found = signins.lookup(county, token, now())
    assert found is not None
    return found.actor


def open_all(visit: Visit, role: Role = Role.COORDINATOR, **values: Any) -> AppTest:
    page = visit("match", role, **values)
    return page.segmented_control(key="match.mode").set_value("all").run()


def over(county: Database, role: Role = Role.COORDINATOR) -> JobStatus:
    """The newest job of the coordinator, or of another, at its end."""
    who = coordinator(county, role)
    found = match_jobs.mine(who)
    assert found is not None
    return match_jobs.wait(found.job_id, who, 120)


def solve(county: Database, page: AppTest) -> AppTest:
    page.button(key="match.solve").click().run()
    assert over(county).state == "done"
    page.run()
    assert not page.exception
    return page


def plan_of(county: Database, page: AppTest) -> PlanPage:
    return answer(county, draft_view.plan_page, coordinator(county), run_id=page.session_state["match.plan.run"])


def told(page: AppTest, part: str) -> Any:
    """What the page hands to a part of the plan that the browser draws; None where it isn't drawn."""
    found = [one["told"] for one in components(page, "civic_plan") if one["part"] == part]
    return found[0] if found else None


def tick(page: AppTest, rows: list[int], key: str = "") -> AppTest:
    """Tick rows of the plan, or of another table."""
    if key:
        page.session_state[key] = {"selection": {"rows": rows, "columns": [], "cells": []}}
    else:
        here = told(page, "rows")["rows"]
        page.session_state[draft.ROWS] = [(here[at]["role"], here[at]["who"]) for at in rows]
    return page.run()


def send(county: Database, page: AppTest, key: str = "match.send_plan") -> AppTest:
    """Send the plan; on a slow machine the page shows how far it is first."""
    page.button(key=key).click().run()
    over(county)
    if "match.cancel" in {button.key for button in page.button}:
        page.run()
    return page


def mark(county: Database, page: AppTest, kind: str, rows: list[int], reason: str = "decided") -> AppTest:
    """What the browser does with a click on a mark: the edit by URL, then the page runs."""
    here = told(page, "rows")["rows"]
    run_id = page.session_state["match.plan.run"]
    with county.read() as session:
        version = session.get_one(MatchRun, run_id).version
    plan_words.mark(
        county,
        coordinator(county),
        "zh",
        run_id=run_id,
        version=version,
        kind=kind,
        pairs=[(here[at]["role"], here[at]["who"]) for at in rows],
        reason=text("zh", f"match_page.reason_{reason}"),
        asked={},
    )
    return page.run()


def said(page: AppTest) -> str:
    """Everything the page says in words."""
    parts = [*page.markdown, *page.caption, *page.info, *page.success, *page.warning, *page.error]
    labels = [one.label for one in (*page.button, *page.metric, *page.expander)]
    drawn = [json.dumps(one["told"], ensure_ascii=False) for one in components(page, "civic_plan")]
    return "\n".join([*(str(part.value) for part in parts), *labels, *drawn]).replace("\\", "")


def live(county: Database) -> int:
    with county.read() as session:
        return session.scalar(select(func.count()).where(Dispatch.state == "offered")) or 0


def edits_of(county: Database, page: AppTest) -> list[list[Any]]:
    with county.read() as session:
        return list(session.get_one(MatchRun, page.session_state["match.plan.run"]).edits)


def test_before_the_first_plan_the_page_says_what_to_do(visit: Visit) -> None:
    page = open_all(visit)
    assert not page.exception
    assert text("zh", "match_page.nothing_yet") in said(page)
    assert not page.button(key="match.solve").disabled


def test_while_it_solves_the_page_answers_and_it_can_be_stopped(county: Database, visit: Visit) -> None:
    page = open_all(visit)
    with match_jobs._TURN:
        page.button(key="match.solve").click().run()
        assert text("zh", "match_jobs.step_waiting") in said(page)
        assert page.button(key="match.solve").disabled
        page.segmented_control(key="match.mode").set_value("one").run()
        assert text("zh", "matches.pick_need") in said(page)
        page.segmented_control(key="match.mode").set_value("all").run()
        page.button(key="match.cancel").click().run()
    assert over(county).state == "cancelled"
    page.run().run()
    assert text("zh", "match_page.nothing_yet") in said(page)
    with county.read() as session:
        assert session.scalar(select(func.count()).select_from(MatchRun)) == 0


def test_a_job_is_found_again_in_another_tab(county: Database, visit: Visit) -> None:
    page = open_all(visit)
    with match_jobs._TURN:
        page.button(key="match.solve").click().run()
        other = open_all(visit)
        assert text("zh", "match_jobs.step_waiting") in said(other)
    assert over(county).state == "done"
    other.run()
    assert told(other, "numbers")


def test_the_plan_is_there_when_it_is_done_and_nothing_is_sent(county: Database, visit: Visit) -> None:
    before = live(county)
    page = solve(county, open_all(visit))
    found = plan_of(county, page)
    assert told(page, "numbers")["tiles"][0][1] == f"{found.filled} / {found.seats}"
    assert live(county) == before
    assert len(told(page, "rows")["rows"]) == min(50, found.filled)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_plan_with_several_possible_times_shows_its_bound_and_never_claims_more(
    county: Database, visit: Visit, language: str
) -> None:
    page = solve(county, open_all(visit, language=language))
    words, found = said(page), plan_of(county, page)
    assert found.kinds and text(language, f"match_page.kind_{found.kinds[0]}") in words
    assert text(language, "match_page.proven") not in words
    assert text(language, "match_page.certificate_short") in words
    assert not [word for word in TOO_MUCH if word in words]


def plain_needs(county: Database) -> tuple[int, ...]:
    """Needs of one seat whose plan is plain."""
    with county.read() as session:
        single = select(NeedInterval.need_id).group_by(NeedInterval.need_id).having(func.count() == 1)
        rows = session.execute(
            select(NeedRole.need_id)
            .join(NeedInterval, NeedInterval.need_id == NeedRole.need_id)
            .where(NeedRole.head_count == 1, NeedRole.need_id.in_(single), NeedInterval.start > now())
            .order_by(NeedRole.need_id)
        )
        return tuple(row.need_id for row in rows)


def test_a_plain_plan_at_its_bound_is_called_proven(county: Database, visit: Visit) -> None:
    who = coordinator(county)
    for need_id in plain_needs(county):
        job = match_jobs.start(county, who, now=now(), need_ids=(need_id,))
        done = match_jobs.wait(job, who, 60)
        head = answer(county, match_desk.head, who, run_id=done.draft_id) if done.draft_id else None
        if head is not None and not head.kinds and head.filled:
            break
    else:
        pytest.fail("the sample has no plain need")
    page = open_all(visit)
    assert head.proven and text("zh", "match_page.proven") in said(page)
    assert text("zh", "match_page.some_needs", count=1) in said(page)


def test_ticked_rows_are_forbidden_with_a_reason_and_undone(county: Database, visit: Visit) -> None:
    page = solve(county, open_all(visit))
    before = told(page, "rows")["rows"]
    mark(county, page, "forbid", [0, 1], "unsuited")
    assert not page.exception and not page.error
    edits = edits_of(county, page)
    assert [edit[0] for edit in edits] == ["forbid", "forbid"]
    assert {edit[4] for edit in edits} == {text("zh", "match_page.reason_unsuited")}
    assert text("zh", "match_page.against_unedited") in said(page)
    gone = {(edit[1], edit[2]) for edit in edits}
    found = plan_of(county, page)
    assert not gone & {(row.role_id, row.who.volunteer_id) for row in found.rows}
    page.button(key="match.undo").click().run()
    assert edits_of(county, page) == []
    assert told(page, "rows")["rows"] == before


def test_every_mark_shows_its_author_and_reason(county: Database, visit: Visit) -> None:
    page = mark(county, solve(county, open_all(visit)), "pin", [0])
    by, reason = coordinator(county).name, text("zh", "match_page.reason_decided")
    assert told(page, "rows")["rows"][0]["pin"] == text("zh", "match_page.mark_pin", by=by, reason=reason)


def test_a_person_kept_free_is_in_no_row_and_can_be_taken_in_again(county: Database, visit: Visit) -> None:
    page = solve(county, open_all(visit))
    who = plan_of(county, page).rows[0].who.volunteer_id
    mark(county, page, "away", [0])
    assert who not in {row.who.volunteer_id for row in plan_of(county, page).rows}
    page.segmented_control(key="match.plan.view").set_value("changes").run()
    assert not page.exception
    tick(page, [0], "match.marks").button(key="match.take_off").click().run()
    assert [edit[0] for edit in edits_of(county, page)] == ["away", "back"]


def test_the_price_of_somebody_else_is_shown_before_the_click(county: Database, visit: Visit) -> None:
    page = solve(county, open_all(visit))
    found = plan_of(county, page)
    for at in range(len(found.rows[:20])):
        page = tick(page, [at])
        others = [one for one in page.dataframe if str(one.key).startswith("match.others.")]
        if others:
            break
    assert not page.exception
    role = int(str(others[0].key).rsplit(".", 1)[1])
    assert text("zh", "match_page.column_price") in others[0].value.columns
    tick(page, [0], f"match.others.{role}")
    buttons = [str(one.key) for one in page.button if str(one.key).startswith("match.instead.")]
    assert buttons and not edits_of(county, page)
    page.button(key=buttons[0]).click().run()
    assert ["pin", role, int(buttons[0].rsplit(".", 1)[1])] in [edit[:3] for edit in edits_of(county, page)]


def test_why_not_names_all_rules_the_first_of_them_first(county: Database, visit: Visit) -> None:
    page = tick(solve(county, open_all(visit)), [0])
    with county.read() as session:
        name = session.scalars(
            select(Person.name).join(Volunteer, Volunteer.person_id == Person.id).where(Volunteer.status == "left")
        ).first()
    page.text_input(key="match.plan_why.words").set_value(name).run()
    assert not page.exception
    assert text("zh", "match_page.first_rule") in said(page)


def test_empty_seats_say_why_and_name_the_bottleneck(county: Database, visit: Visit) -> None:
    page = solve(county, open_all(visit))
    page.segmented_control(key="match.plan.view").set_value("empty").run()
    assert not page.exception
    page = tick(page, [0], "match.empty")
    assert not page.exception
    assert text("zh", "match_page.removed") in said(page)


@pytest.mark.parametrize("view", ["rows", "empty", "changes", "compare", "fair", "runs"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_view_is_drawn(county: Database, visit: Visit, view: str, language: str) -> None:
    page = solve(county, open_all(visit, language=language))
    mark(county, page, "forbid", [0])
    page.segmented_control(key="match.plan.view").set_value(view).run()
    assert not page.exception
    assert page.dataframe or told(page, "rows")


def test_drafts_stand_side_by_side_are_copied_named_and_dropped(county: Database, visit: Visit) -> None:
    page = solve(county, open_all(visit))
    first = page.session_state["match.plan.run"]
    page.text_input(key=f"match.name.{first}").set_value("甲案").run()
    page.button(key="match.rename").click().run()
    page.button(key="match.copy").click().run()
    assert over(county).state == "done"
    page.run()
    assert page.session_state["match.plan.run"] != first
    page.segmented_control(key="match.plan.view").set_value("compare").run()
    columns = list(page.dataframe[0].value.columns)
    assert "甲案" in columns and len(columns) == 5
    page.button(key="match.drop").click().run()
    assert not page.exception
    with county.read() as session:
        states = session.scalars(select(MatchRun.state).where(MatchRun.draft_of.is_not(None)).order_by(MatchRun.id))
        assert list(states) == ["solved", "dropped"]


def test_sending_is_one_step_and_the_plan_can_only_be_read_afterwards(county: Database, visit: Visit) -> None:
    page = solve(county, open_all(visit))
    before, count = live(county), plan_of(county, page).filled
    send(county, page)
    assert live(county) == before + count
    assert text("zh", "match_drafts.sent", count=count) in said(page)
    page.run()
    assert text("zh", "match_page.state_committed") in said(page)
    assert "match.send_plan" not in [button.key for button in page.button]


def test_a_sending_that_takes_long_shows_how_far_it_is_and_can_be_stopped_whole(
    county: Database, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = solve(county, open_all(visit))
    before, count = live(county), plan_of(county, page).filled
    true, gate = plan_rows.store, threading.Event()

    def slow(*given: Any) -> Any:
        gate.wait(60)
        return true(*given)

    monkeypatch.setattr(plan_rows, "store", slow)
    page.button(key="match.send_plan").click().run()
    page.run()
    assert text("zh", "match_jobs.step_store") in said(page)
    assert text("zh", "match_jobs.send_lead") in said(page)
    assert "match.send_plan" not in {button.key for button in page.button}
    page.button(key="match.cancel").click().run()
    gate.set()
    assert over(county).state == "cancelled"
    page.run()
    assert text("zh", "match_jobs.send_cancelled") in said(page)
    assert live(county) == before
    send(county, page)
    assert live(county) == before + count


def taken_meanwhile(county: Database, page: AppTest) -> tuple[str, int]:
    """Somebody else dispatches one row of the plan: the need's code, and how many rows of that need the plan has."""
    found = plan_of(county, page)
    row = found.rows[0]
    values = {"need_id": row.need.need_id, "volunteer_ids": [row.who.volunteer_id], "role_id": row.role_id}
    perform(county, dispatches.dispatch, SYSTEM, now=now(), **values, start=row.start, end=row.end)
    return row.need.code, sum(one.need.need_id == row.need.need_id for one in found.rows)


def test_a_plan_that_no_longer_holds_is_refused_with_who_did_what(county: Database, visit: Visit) -> None:
    page = solve(county, open_all(visit))
    code, rows = taken_meanwhile(county, page)
    before, count = live(county), plan_of(county, page).filled
    send(county, page)
    assert live(county) == before, "half a plan was sent"
    assert code in said(page) and "system" in said(page)
    send(county, page, "match.refused.send")
    assert not page.exception and not page.error
    assert live(county) == before + count - rows


def test_a_refused_plan_is_solved_again_with_its_marks(county: Database, visit: Visit) -> None:
    page = mark(county, solve(county, open_all(visit)), "forbid", [1])
    said_of_it = edits_of(county, page)[0]
    first = page.session_state["match.plan.run"]
    taken_meanwhile(county, page)
    send(county, page)
    page.button(key="match.refused.solve").click().run()
    assert over(county).state == "done"
    page.run()
    assert page.session_state["match.plan.run"] != first
    assert edits_of(county, page) == [said_of_it]


def test_a_run_is_opened_and_replayed(county: Database, visit: Visit) -> None:
    page = solve(county, open_all(visit))
    page.segmented_control(key="match.plan.view").set_value("runs").run()
    page = tick(page, [0], "match.runs")
    page.button(key="match.runs.replay").click().run()
    assert not page.exception
    assert any(text("zh", "match_more.replay_same", digest="", seconds="")[:4] in one.value for one in page.success)
    page.button(key="match.runs.open").click().run()
    assert text("zh", "match_page.copy_to_change") in said(page)
    assert not told(page, "rows")["marks"] and told(page, "rows")["closed"]


def test_another_s_draft_is_read_and_copied_not_changed(county: Database, visit: Visit) -> None:
    page = solve(county, open_all(visit))
    draft = page.session_state["match.plan.run"]
    other = open_all(visit, Role.ADMIN)
    other.session_state["match.plan.run"] = draft
    other.run()
    assert text("zh", "match_page.of_another", who=coordinator(county).name) in said(other)
    assert "match.send_plan" not in [button.key for button in other.button]
    other.button(key="match.copy").click().run()
    # The copy is made ready in the background; a slow machine still shows how far it is.
    assert over(county, Role.ADMIN).state == "done"
    other.run()
    assert not other.exception
    assert "match.send_plan" in [button.key for button in other.button]


def test_an_admin_sets_the_rules_a_coordinator_reads_them(county: Database, visit: Visit) -> None:
    page = open_all(visit)
    page.button(key="match.rules").click().run()
    assert not page.exception and "match.rules.store" not in [button.key for button in page.button]
    page = open_all(visit, Role.ADMIN)
    page.button(key="match.rules").click().run()
    assert not page.exception
    page.number_input(key="match.rules.1.distance").set_value(5)
    page.text_input(key="match.rules.reason").set_value("试行")
    page.button(key="match.rules.store").click().run()
    assert text("zh", "rules.stored", version=2) in said(page)


def test_the_plan_prints_as_a_sheet(county: Database, visit: Visit) -> None:
    page = solve(county, open_all(visit))
    page.button(key="match.print").click().run()
    assert not page.exception and len(page.table) == 1
    assert len(page.table[0].value) == min(200, plan_of(county, page).filled)
    page.button(key="match.sheet.back").click().run()
    assert told(page, "numbers")


def test_the_page_finds_the_draft_again_after_a_restart(county: Database, visit: Visit) -> None:
    mark(county, solve(county, open_all(visit)), "forbid", [0])
    live_plans.forget_all()
    again = open_all(visit)
    assert over(county).state == "done"
    again.run()
    assert not again.exception and told(again, "numbers")
    assert text("zh", "match_page.against_unedited") in said(again)


@pytest.mark.parametrize("role", [Role.LEADER, Role.STATION_WORKER])
def test_the_page_is_closed_to_who_may_not_dispatch(visit: Visit, role: Role) -> None:
    page = visit("match", role)
    assert not page.dataframe and len(page.error) == 1
    assert "match.mode" not in [control.key for control in page.segmented_control]


def test_one_need_shows_what_each_candidate_costs_the_plan(county: Database, visit: Visit) -> None:
    page = solve(county, open_all(visit))
    row = plan_of(county, page).rows[0]
    page.segmented_control(key="match.mode").set_value("one")
    page.query_params["need"] = str(row.need.need_id)
    page.run()
    assert not page.exception
    name = text("zh", "match_page.draft_number", number=page.session_state["match.plan.run"])
    assert name in "".join(caption.value for caption in page.caption)
