"""Several edits at once and the last of them taken back: the same plan as before, on every way to it."""

from typing import Any

import pytest

from dashboard.core.errors import Conflict, Forbidden, Invalid, NotFound
from dashboard.services import draft_edits, live_plans, match_jobs, match_replay
from db.engine import Database
from tests.builders import NOW
from tests.services.planning import Desk


@pytest.fixture
def desk(any_database: Database) -> Desk:
    return Desk(any_database)


@pytest.fixture
def three(desk: Desk) -> tuple[Desk, list[int], list[int]]:
    """Three needs at one time, three volunteers who can each take one."""
    people = [desk.volunteer("近", 0.2), desk.volunteer("中", 1.0), desk.volunteer("远", 3.0)]
    needs = [desk.need(urgency=urgency) for urgency in ("urgent", "soon", "normal")]
    return desk, needs, people


def edit(desk: Desk, draft: int, version: int, *edits: tuple[str, int, int], **values: Any) -> draft_edits.Changed:
    asked = [(kind, desk.role(need) if need else 0, person) for kind, need, person in edits]
    actor = values.pop("actor", desk.li)
    return draft_edits.edit_many(desk.database, actor, run_id=draft, version=version, edits=asked, now=NOW, **values)


def undo(desk: Desk, draft: int, version: int) -> draft_edits.Changed:
    return draft_edits.undo_edit(desk.database, desk.li, run_id=draft, version=version, now=NOW)


def canonical(desk: Desk, draft: int) -> bytes:
    with desk.database.read() as session, live_plans.held(session, desk.li, draft) as (_, made):
        return made.plan.canonical()


def test_ticked_rows_are_one_step_with_one_reason(three: Any) -> None:
    desk, needs, people = three
    draft = desk.draft()
    done = edit(desk, draft, 1, ("forbid", needs[0], people[0]), ("pin", needs[1], people[0]), reason="居民点名")
    assert (done.version, done.refused) == (2, ())
    stored = desk.row(draft).edits
    assert [one[0] for one in stored] == ["forbid", "pin"]
    assert {tuple(one[3:]) for one in stored} == {(desk.li.account_id, "居民点名")}


def test_what_says_nothing_new_is_left_out_and_nothing_at_all_is_refused(three: Any) -> None:
    desk, needs, people = three
    draft = desk.draft()
    edit(desk, draft, 1, ("pin", needs[0], people[2]))
    edit(desk, draft, 2, ("pin", needs[0], people[2]), ("unpin", needs[1], people[0]), ("away", 0, people[0]))
    assert [one[0] for one in desk.row(draft).edits] == ["pin", "away"]
    with pytest.raises(Invalid, match="said_already"):
        edit(desk, draft, 3, ("unpin", needs[1], people[0]))
    assert desk.row(draft).version == 3


def test_one_that_can_t_be_takes_the_others_with_it(three: Any) -> None:
    desk, needs, people = three
    draft = desk.draft()
    before = canonical(desk, draft)
    with pytest.raises(NotFound):
        edit(desk, draft, 1, ("away", 0, people[0]), ("pin", needs[0], 99_999))
    assert desk.row(draft).edits == [] and canonical(desk, draft) == before


def test_a_pin_that_can_t_be_kept_says_why(three: Any) -> None:
    desk, needs, people = three
    draft = desk.draft()
    done = edit(desk, draft, 1, ("pin", needs[0], people[0]), ("pin", needs[1], people[0]))
    assert done.refused == ("twice",)


def test_another_version_and_another_s_draft_are_refused(three: Any) -> None:
    desk, needs, people = three
    draft = desk.draft()
    edit(desk, draft, 1, ("away", 0, people[0]))
    with pytest.raises(Conflict):
        edit(desk, draft, 1, ("away", 0, people[1]))
    with pytest.raises(Forbidden):
        edit(desk, draft, 2, ("away", 0, people[1]), actor=desk.wang)


@pytest.mark.parametrize("forgotten", [False, True])
def test_undo_takes_back_what_was_done_together_to_the_very_plan_before(three: Any, forgotten: bool) -> None:
    desk, needs, people = three
    draft = desk.draft()
    plans = [canonical(desk, draft)]
    for version, pair in enumerate([(0, 2), (1, 0), (2, 1)], start=1):
        edit(desk, draft, version, ("forbid", needs[pair[0]], people[pair[1]]), ("away", 0, people[pair[1]]))
        plans.append(canonical(desk, draft))
    if forgotten:
        live_plans.forget_all()
    for step in (2, 1, 0):
        undo(desk, draft, desk.row(draft).version)
        assert canonical(desk, draft) == plans[step]
        assert len(desk.row(draft).edits) == 2 * step
    with pytest.raises(Invalid, match="nothing_to_undo"):
        undo(desk, draft, desk.row(draft).version)


def test_undo_goes_past_the_copies_kept_on_the_way(three: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draft_edits, "STRIDE", 2)
    desk, needs, people = three
    draft = desk.draft()
    plans = []
    for version in range(1, 8):
        plans.append(canonical(desk, draft))
        kind = "away" if version % 2 else "back"
        edit(desk, draft, version, (kind, 0, people[0]))
    for step in range(6, -1, -1):
        undo(desk, draft, desk.row(draft).version)
        assert canonical(desk, draft) == plans[step]


def test_an_undone_draft_is_sent_and_replays(three: Any) -> None:
    desk, needs, people = three
    draft = desk.draft()
    edit(desk, draft, 1, ("away", 0, people[0]))
    edit(desk, draft, 2, ("forbid", needs[0], people[1]))
    undo(desk, draft, 3)
    assert desk.commit(draft, version=4).sent
    assert match_replay.replay(desk.database, desk.li, draft).same


def test_marks_are_what_edits_come_to() -> None:
    edits = [
        ["pin", 1, 2, 9, "a"],
        ["forbid", 1, 2, 9, "b"],
        ["away", 0, 3, 9, "c"],
        ["pin", 4, 5, 9, "d"],
        ["unpin", 4, 5, 9, ""],
        ["back", 0, 3, 9, ""],
        ["pin", 6, 7, 9, "e"],
    ]
    assert draft_edits.standing(edits) == [["forbid", 1, 2, 9, "b"], ["pin", 6, 7, 9, "e"]]


def test_a_new_run_begins_with_the_marks_of_the_last_draft(three: Any) -> None:
    desk, needs, people = three
    draft = desk.draft()
    edit(desk, draft, 1, ("pin", needs[2], people[0]), reason="电话已约好")
    edit(desk, draft, 2, ("away", 0, people[1]))
    edit(desk, draft, 3, ("back", 0, people[1]))
    done = desk.solve(marks_of=draft)
    assert done.draft_id not in (None, draft)
    row = desk.row(done.draft_id)
    assert row.edits == [["pin", desk.role(needs[2]), people[0], desk.li.account_id, "电话已约好"]]
    assert desk.commit(done.draft_id, version=row.version).sent
    assert (needs[2], people[0]) in desk.sent()


def test_marks_about_what_is_gone_are_left_out(three: Any) -> None:
    desk, needs, people = three
    draft = desk.draft()
    edit(desk, draft, 1, ("pin", needs[2], people[0]), ("away", 0, people[1]))
    done = desk.solve(marks_of=draft, need_ids=(needs[0], needs[1]))
    assert [one[0] for one in desk.row(done.draft_id).edits] == ["away"]


def test_the_newest_own_job_is_found_without_its_id(three: Any) -> None:
    desk, *_ = three
    done = desk.solve()
    found = match_jobs.mine(desk.li)
    assert found is not None and found.job_id == done.job_id
    other = match_jobs.mine(desk.wang)
    assert other is None or other.job_id != done.job_id
