"""Runs of the matching: recorded once, replayed byte for byte, seen within reach, made in the background."""

import json
import threading
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select, update

from dashboard.core.errors import Forbidden, Invalid, NotFound
from dashboard.core.filters import Filters
from dashboard.core.words import Role
from dashboard.services import (
    dispatches,
    live_plans,
    match_inputs,
    match_jobs,
    match_replay,
    match_runs,
    matching_rules,
)
from dashboard.services.match_replay import replay
from db.engine import Database
from db.models import Audit, MatchRun
from tests.builders import NOW, a_site, an_actor
from tests.services.planning import START, Desk


@pytest.fixture
def desk(any_database: Database) -> Desk:
    return Desk(any_database)


def three_needs(desk: Desk) -> tuple[list[int], list[int]]:
    """Three needs at one time, two volunteers near and one far from them; nobody can take two."""
    people = [desk.volunteer("近", 0.2), desk.volunteer("中", 1.0), desk.volunteer("远", 3.0)]
    return [desk.need(urgency=urgency) for urgency in ("urgent", "soon", "normal")], people


def test_a_run_is_recorded_with_what_it_solved_and_how_good_it_is(desk: Desk) -> None:
    needs, _ = three_needs(desk)
    done = desk.solve()
    row = desk.row(done.run_id)
    assert (row.account_id, row.site_path, row.state, row.draft_of) == (desk.li.account_id, "/", "solved", None)
    assert (row.counts["needs"], row.counts["seats"], row.counts["filled"]) == (3, 3, 3)
    assert row.tiers["unmet"] == {"urgent": 0, "soon": 0, "normal": 0}
    assert row.objective == row.bound and row.gap == 0.0 and row.kinds == [] and row.edits == []
    assert row.filters["need_ids"] is None and len(row.digest) == 64
    plan = json.loads(zlib.decompress(row.plan))
    assert sorted(plan["line_id"]) == sorted(desk.role(need) for need in needs)
    with desk.database.read() as session:
        assert session.scalars(select(Audit.after).where(Audit.command == "match_runs.record")).one()["needs"] == 3


def test_a_run_is_replayed_byte_for_byte_after_everything_around_it_has_changed(desk: Desk) -> None:
    needs, people = three_needs(desk)
    desk.need(people=3, hours=6, duration_minutes=120)
    desk.need(people=2, whole=True, start=START + timedelta(hours=3))
    done = desk.solve()
    desk.edit(done.draft_id, 1, "forbid", people[0], needs[0])
    desk.commit(done.draft_id, version=2)
    desk.volunteer("新来的", 0.1)
    live_plans.forget_all()
    for run_id, edits in ((done.run_id, 0), (done.draft_id, 1)):
        found = replay(desk.database, desk.li, run_id)
        assert (found.same, found.same_inputs, found.edits) == (True, True, edits)
        assert found.stored == found.found == desk.row(run_id).plan_digest


def test_a_plan_that_was_tampered_with_is_not_the_same(desk: Desk) -> None:
    three_needs(desk)
    done = desk.solve()
    plan = json.loads(zlib.decompress(desk.row(done.run_id).plan))
    plan["person_id"] = plan["person_id"][::-1]
    forged = zlib.compress(json.dumps(plan).encode())
    here = MatchRun.id == done.run_id
    desk.database.write(lambda session: session.execute(update(MatchRun).where(here).values(plan=forged)))
    assert not replay(desk.database, desk.li, done.run_id).same


def test_inputs_survive_their_bytes_and_equal_inputs_have_equal_digests(desk: Desk) -> None:
    three_needs(desk)
    desk.volunteer("够不着", 300.0)
    with desk.database.read() as session:
        everyone, inputs = match_jobs.gather(session, desk.li, Filters(), None, NOW)
    packed, digest = match_inputs.pack(inputs)
    again = match_inputs.unpack(packed)
    assert (everyone.count, inputs.people.count) == (4, 3)
    assert match_inputs.digest(again) == digest
    assert (again.basis, again.pins, again.away, again.policy) == (
        inputs.basis,
        inputs.pins,
        inputs.away,
        inputs.policy,
    )
    table = again.lines.table.copy()
    table["seats"][0] += 1
    other = match_inputs.Inputs(
        again.people, match_inputs.Lines(table, again.lines.skills, again.lines.slots, again.lines.names),
        again.policy, again.pins, again.away, again.basis,
    )  # fmt: skip
    assert match_inputs.digest(other) != digest


def test_only_those_who_may_take_a_need_change_its_plan(county: Database) -> None:
    """The plan of everybody, and that of those in some eligible pair, are the same pairs at the same value."""
    now = datetime(2026, 11, 20, 4, tzinfo=UTC)
    live_plans.forget_all()
    with county.read() as session:
        everyone, inputs = match_jobs.gather(session, an_actor(Role.ADMIN), Filters(), None, now)
    few = live_plans.solve(inputs).plan
    everybody = live_plans.solve(match_inputs.replace(inputs, people=everyone)).plan
    assert inputs.people.count < everyone.count
    for name in ("line_id", "person_id", "start", "score"):
        assert np.array_equal(getattr(few, name), getattr(everybody, name)), name
    assert (few.tiers, few.objective, few.bound) == (everybody.tiers, everybody.objective, everybody.bound)


def test_the_same_rows_give_the_same_digest_and_plan(desk: Desk) -> None:
    three_needs(desk)
    one, two = desk.row(desk.solve().run_id), desk.row(desk.solve().run_id)
    assert (one.digest, one.plan_digest) == (two.digest, two.plan_digest)


def test_old_inputs_go_unless_something_of_the_run_was_sent(desk: Desk) -> None:
    three_needs(desk)
    lost, sent = desk.solve(), desk.solve()
    desk.commit(sent.draft_id)
    desk.need(start=START + timedelta(days=40))
    desk.need(start=START + timedelta(days=32))
    desk.solve(now=NOW + timedelta(days=31))
    assert desk.row(lost.run_id).inputs is None and desk.row(sent.run_id).inputs is not None
    live_plans.forget_all()
    with pytest.raises(Invalid) as refused:
        replay(desk.database, desk.li, lost.run_id)
    assert refused.value.key == "match_runs.inputs_gone"
    rows = {row.id: row.replayable for row in desk.ask(match_runs.runs)}
    assert (rows[lost.run_id], rows[sent.run_id]) == (False, True)


def test_runs_are_listed_newest_first_with_who_sent_them(desk: Desk) -> None:
    three_needs(desk)
    first = desk.solve()
    second = desk.solve(desk.wang, now=NOW + timedelta(minutes=1))
    desk.commit(second.draft_id, desk.wang, now=NOW + timedelta(minutes=2))
    rows = desk.ask(match_runs.runs)
    assert [row.id for row in rows] == [second.run_id, first.run_id]
    assert [(row.by, row.committed_by, row.drafts) for row in rows] == [("王调度", "王调度", 1), ("李调度", "", 1)]
    assert (rows[0].filled, rows[0].value.empty, rows[0].greedy.empty) == (3, 0, 0)
    assert rows[0].committed_at == NOW + timedelta(minutes=2)


def test_a_station_sees_the_runs_of_its_part_only(desk: Desk) -> None:
    three_needs(desk)
    done = desk.solve()
    other = desk.make(a_site, desk.centre)
    here, there = an_actor(site=desk.station, account_id=77), an_actor(site=other, account_id=78)
    own = desk.solve(here)
    assert [row.id for row in desk.ask(match_runs.runs, here)] == [own.run_id]
    assert desk.ask(match_runs.runs, there) == ()
    for run_id, actor in ((done.run_id, here), (own.run_id, there)):
        with pytest.raises(NotFound):
            replay(desk.database, actor, run_id)
    with pytest.raises(Forbidden):
        desk.ask(match_runs.runs, an_actor(Role.LEADER))


def test_where_nothing_is_open_a_job_is_done_without_a_run(desk: Desk) -> None:
    desk.volunteer("甲")
    done = desk.solve()
    assert (done.state, done.run_id, done.draft_id) == ("done", None, None)
    assert desk.count(MatchRun) == 0


def test_a_job_is_its_owner_s_alone(desk: Desk) -> None:
    three_needs(desk)
    job = match_jobs.start(desk.database, desk.li, now=NOW, filters=Filters())
    for deed in (match_jobs.status, match_jobs.cancel):
        with pytest.raises(NotFound):
            deed(job, desk.wang)
    assert match_jobs.wait(job, desk.li, 60).state == "done"
    with pytest.raises(NotFound):
        match_jobs.status("nothing", desk.li)
    with pytest.raises(Forbidden):
        match_jobs.start(desk.database, an_actor(Role.LEADER), now=NOW)


def test_a_cancelled_job_leaves_nothing_and_the_next_one_runs(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    three_needs(desk)
    began, go_on = threading.Event(), threading.Event()
    gather = match_jobs.gather

    def slow(*values: Any) -> Any:
        began.set()
        assert go_on.wait(30)
        return gather(*values)

    monkeypatch.setattr(match_jobs, "gather", slow)
    job = match_jobs.start(desk.database, desk.li, now=NOW, filters=Filters())
    assert began.wait(30)
    running = match_jobs.status(job, desk.li)
    assert (running.state, running.step) == ("running", "read")
    waiting = match_jobs.start(desk.database, desk.wang, now=NOW, filters=Filters())
    assert match_jobs.status(waiting, desk.wang).step == "waiting"
    match_jobs.cancel(waiting, desk.wang)
    match_jobs.cancel(job, desk.li)
    go_on.set()
    for one, actor in ((job, desk.li), (waiting, desk.wang)):
        assert match_jobs.wait(one, actor, 60).state == "cancelled"
    assert desk.count(MatchRun) == 0
    assert desk.solve().run_id is not None
    # Who is done stays done.
    assert match_jobs.cancel(job, desk.li).state == "cancelled"


def test_a_job_that_breaks_says_so_and_lets_the_next_one_run(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    three_needs(desk)

    def broken(*values: Any) -> Any:
        raise RuntimeError("a bug")

    with monkeypatch.context() as patch:
        patch.setattr(match_jobs, "gather", broken)
        job = match_jobs.start(desk.database, desk.li, now=NOW, filters=Filters())
        found = match_jobs.wait(job, desk.li, 60)
    assert (found.state, found.error) == ("failed", "match_jobs.bug")
    assert desk.solve().run_id is not None


def test_who_is_at_her_claim_limit_is_kept_out_of_the_plan(desk: Desk) -> None:
    needs, people = three_needs(desk)
    desk.do(
        matching_rules.set_matching_rules,
        desk.admin,
        weights={},
        settings={"most_open_person": 1},
        reason="限额",
    )
    later = desk.need(start=START + timedelta(hours=5))
    desk.do(dispatches.dispatch, need_id=later, volunteer_ids=[people[0]])
    row = desk.row(desk.solve().run_id)
    assert row.counts["away"] == 1 and row.counts["filled"] == 2
    assert people[0] not in json.loads(zlib.decompress(row.plan))["person_id"]
    assert match_replay.replay(desk.database, desk.li, row.id).same


def test_a_plan_this_process_forgot_is_made_again_in_the_background(desk: Desk) -> None:
    needs, people = three_needs(desk)
    draft = desk.draft()
    desk.edit(draft, 1, "forbid", people[0], needs[0])
    assert match_jobs.ready(desk.database, draft)
    live_plans.forget_all()
    assert not match_jobs.ready(desk.database, draft)
    job = match_jobs.reopen(desk.database, desk.li, run_id=draft)
    found = match_jobs.wait(job, desk.li, 60)
    assert (found.state, found.draft_id) == ("done", draft) and match_jobs.ready(desk.database, draft)
    lost = match_jobs.wait(match_jobs.reopen(desk.database, desk.li, run_id=999_999), desk.li, 60)
    assert (lost.state, lost.error) == ("failed", "match_runs.no_such")
