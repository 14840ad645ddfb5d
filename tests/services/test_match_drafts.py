"""Drafts: edited at once, versions checked, copied, listed side by side, made again when this process forgot them."""

from typing import Any

import pytest
from sqlalchemy import select

from dashboard.core.errors import Conflict, Forbidden, Invalid, NotFound
from dashboard.core.matching.plan import best_plan
from dashboard.services import constraints, live_plans, match_drafts
from dashboard.services.live_plans import Kept
from dashboard.services.match_drafts import DraftRow
from db.engine import Database
from db.models import Audit
from tests.services.planning import Desk


@pytest.fixture
def desk(any_database: Database) -> Desk:
    return Desk(any_database)


@pytest.fixture
def three(desk: Desk) -> tuple[Desk, list[int], list[int]]:
    """Three needs at one time, and three volunteers of whom each can take one."""
    people = [desk.volunteer("近", 0.2), desk.volunteer("中", 1.0), desk.volunteer("远", 3.0)]
    needs = [desk.need(urgency=urgency) for urgency in ("urgent", "soon", "normal")]
    return desk, needs, people


def plan(desk: Desk, draft: int) -> dict[int, int]:
    """Who goes to which need."""
    with desk.database.read() as session, live_plans.held(session, desk.li, draft) as (_, made):
        return _pairs(made)


def _pairs(made: Kept) -> dict[int, int]:
    needs = made.case.lines.table.need[made.plan.line].tolist()
    return dict(zip(needs, made.plan.person_id.tolist(), strict=True))


def row(desk: Desk, draft: int, **values: Any) -> DraftRow:
    return next(one for one in desk.ask(match_drafts.drafts, **values) if one.run_id == draft)


def test_an_edit_changes_the_plan_its_value_and_its_version(three: Any) -> None:
    desk, needs, people = three
    draft = desk.draft()
    before = plan(desk, draft)
    taken = before[needs[0]]
    first = desk.edit(draft, 1, "away", taken, reason="要去县里")
    assert (first.version, first.value.unmet, first.refused) == (2, (0, 0, 1), "")
    assert taken not in plan(desk, draft).values()
    second = desk.edit(draft, 2, "back", taken)
    assert (second.version, second.value.unmet) == (3, (0, 0, 0))
    assert set(plan(desk, draft)) == set(before)
    stored = desk.row(draft)
    assert [edit[:3] for edit in stored.edits] == [["away", 0, taken], ["back", 0, taken]]
    assert stored.edits[0][3:] == [desk.li.account_id, "要去县里"]
    with desk.database.read() as session:
        deeds = session.scalars(select(Audit.after).where(Audit.command == "match_drafts.append_edit")).all()
    assert [deed["edit"] for deed in deeds] == ["away", "back"]


def test_pins_and_forbidden_pairs_are_kept(three: Any) -> None:
    desk, needs, people = three
    draft = desk.draft()
    desk.edit(draft, 1, "pin", people[2], needs[0])
    desk.edit(draft, 2, "forbid", people[0], needs[1])
    found = plan(desk, draft)
    assert found[needs[0]] == people[2] and found[needs[1]] == people[1]
    assert row(desk, draft).value.unmet == (0, 0, 0)


def test_a_pin_that_can_t_be_kept_says_why(three: Any) -> None:
    desk, needs, people = three
    draft = desk.draft()
    desk.edit(draft, 1, "pin", people[0], needs[0])
    assert desk.edit(draft, 2, "pin", people[0], needs[1]).refused == "twice"
    assert desk.edit(draft, 3, "pin", people[1], needs[0]).refused == "full"


@pytest.mark.parametrize(
    ("kind", "error", "key"),
    [
        ("unpin", Invalid, "match_drafts.said_already"),
        ("allow", Invalid, "match_drafts.said_already"),
        ("back", Invalid, "match_drafts.said_already"),
        ("send", Invalid, "match_drafts.no_such_edit"),
    ],
)
def test_an_edit_that_says_nothing_new_is_refused(three: Any, kind: str, error: type, key: str) -> None:
    desk, needs, people = three
    draft = desk.draft()
    with pytest.raises(error) as refused:
        desk.edit(draft, 1, kind, people[0], needs[0])
    assert refused.value.key == key
    assert row(desk, draft).version == 1


def test_who_may_take_nothing_is_not_edited(three: Any) -> None:
    desk, needs, _ = three
    far = desk.volunteer("远方", 400.0)
    draft = desk.draft()
    later = desk.need()
    with pytest.raises(NotFound):
        desk.edit(draft, 1, "pin", far, needs[0])
    with pytest.raises(NotFound):
        desk.edit(draft, 1, "pin", desk.volunteer("后来"), later)


def test_an_old_version_is_refused_and_the_draft_is_as_before(three: Any) -> None:
    desk, needs, people = three
    draft = desk.draft()
    desk.edit(draft, 1, "forbid", people[0], needs[0])
    before = plan(desk, draft)
    with pytest.raises(Conflict):
        desk.edit(draft, 1, "forbid", people[1], needs[0])
    assert plan(desk, draft) == before and row(desk, draft).version == 2


def test_a_write_that_fails_leaves_no_trace_in_the_plan_that_is_kept(
    three: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, needs, people = three
    draft = desk.draft()
    before = plan(desk, draft)
    with monkeypatch.context() as patch:
        patch.setattr(match_drafts, "perform", _refuse)
        with pytest.raises(Conflict):
            desk.edit(draft, 1, "away", before[needs[0]])
    assert plan(desk, draft) == before
    assert row(desk, draft).version == 1


def _refuse(*_values: Any, **_named: Any) -> Any:
    raise Conflict("commands.changed_meanwhile_unnamed", kind_key="commands.kind.match_runs")


def test_another_process_s_edit_is_caught_up_with(three: Any) -> None:
    desk, needs, people = three
    draft = desk.draft()
    mine = live_plans.known(str(desk.database.url), draft)
    assert mine is not None
    live_plans.forget_all()
    desk.edit(draft, 1, "forbid", people[0], needs[0])
    wanted = plan(desk, draft)
    # The first process still has the plan from before the edit.
    live_plans.keep(str(desk.database.url), draft, mine)
    assert plan(desk, draft) == wanted
    assert desk.edit(draft, 2, "forbid", people[1], needs[0]).version == 3


def test_a_draft_that_was_forgotten_is_made_again_the_same(three: Any) -> None:
    desk, needs, people = three
    draft = desk.draft()
    for version, (kind, person, need) in enumerate(
        [("pin", 2, 0), ("forbid", 0, 1), ("away", 1, None), ("back", 1, None), ("unpin", 2, 0)], start=1
    ):
        desk.edit(draft, version, kind, people[person], 0 if need is None else needs[need])
    with desk.database.read() as session:
        with live_plans.held(session, desk.li, draft) as (_, made):
            kept = made.plan.canonical()
        live_plans.forget_all()
        with live_plans.held(session, desk.li, draft) as (_, made):
            assert made.plan.canonical() == kept
            cold = best_plan(made.case, pins=made.live.pins, forbids=made.live.forbids, away=made.live.away)
    assert (cold.objective, cold.bound) == (made.plan.objective, made.plan.bound)


def test_a_standing_pin_is_in_the_plan_and_may_be_struck_in_a_draft(three: Any) -> None:
    desk, needs, people = three
    desk.do(constraints.pin, need_id=needs[2], volunteer_id=people[0], reason="老熟人")
    draft = desk.draft()
    assert plan(desk, draft)[needs[2]] == people[0]
    desk.edit(draft, 1, "forbid", people[0], needs[2])
    assert plan(desk, draft)[needs[2]] != people[0]


def test_drafts_stand_side_by_side_with_their_value(three: Any) -> None:
    desk, needs, people = three
    made = desk.solve()
    draft = made.draft_id
    desk.edit(draft, 1, "away", people[0])
    copy = desk.do(match_drafts.copy_draft, run_id=draft, name=" 第二 ")["run_id"]
    fresh = desk.do(match_drafts.copy_draft, run_id=made.run_id)["run_id"]
    desk.edit(copy, 1, "away", people[1])
    rows = {one.run_id: one for one in desk.ask(match_drafts.drafts, of=made.run_id)}
    assert list(rows) == [fresh, copy, draft]
    assert [rows[one].value.empty for one in (draft, copy, fresh)] == [1, 2, 0]
    assert {one.unedited.empty for one in rows.values()} == {0}
    assert (rows[copy].name, rows[copy].edits, rows[copy].of) == ("第二", 2, made.run_id)
    assert len(plan(desk, draft)) == 2 and len(plan(desk, copy)) == 1 and len(plan(desk, fresh)) == 3


def test_a_draft_is_changed_by_its_author_and_copied_by_others(three: Any) -> None:
    desk, needs, people = three
    made = desk.solve()
    draft = made.draft_id
    with pytest.raises(Forbidden) as refused:
        desk.edit(draft, 1, "away", people[0], actor=desk.wang)
    assert refused.value.values["who"] == "李调度"
    with pytest.raises(Forbidden):
        desk.do(match_drafts.drop_draft, desk.wang, run_id=draft)
    assert desk.ask(match_drafts.drafts, desk.wang) == ()
    copy = desk.do(match_drafts.copy_draft, desk.wang, run_id=draft)["run_id"]
    desk.edit(copy, 1, "away", people[0], actor=desk.wang)
    assert [one.run_id for one in desk.ask(match_drafts.drafts, desk.wang)] == [copy]
    with pytest.raises(Invalid) as refused_run:
        desk.edit(made.run_id, 1, "away", people[0])
    assert refused_run.value.key == "match_drafts.is_a_run"


def test_a_dropped_draft_is_over(three: Any) -> None:
    desk, needs, people = three
    draft = desk.draft()
    desk.do(match_drafts.rename_draft, run_id=draft, version=1, name="旧的")
    desk.do(match_drafts.drop_draft, run_id=draft, version=2)
    assert desk.ask(match_drafts.drafts) == ()
    over = row(desk, draft, ended=True)
    assert (over.state, over.name) == ("dropped", "旧的")
    with pytest.raises(Conflict) as refused:
        desk.edit(draft, 3, "away", people[0])
    assert refused.value.key == "match_drafts.already_dropped"
