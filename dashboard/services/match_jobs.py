"""Solving and sending in the background: the page answers meanwhile, sees how far it is, and may stop it.

The compiled loops release the interpreter, so a thread is enough (`jobs`). A job reads in a session of its own, finds
who may take what, solves, proves, and records the run; the row in the database is the truth.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from dashboard.core.filters import Filters
from dashboard.core.matching import candidates
from dashboard.core.matching.certify import certify
from dashboard.core.matching.lines import Lines
from dashboard.core.matching.people import People
from dashboard.core.matching.watch import Watch
from dashboard.core.permissions import Action, Actor, require
from dashboard.services import draft_edits, jobs, live_plans
from dashboard.services.claims import claims_of, limits_at
from dashboard.services.commands import perform
from dashboard.services.draft_commit import Committed, Whose, commit_draft
from dashboard.services.live_plans import Kept
from dashboard.services.match_inputs import Inputs, needed, pack
from dashboard.services.match_lines import lines_of
from dashboard.services.match_people import Weeks, everybody, url_of
from dashboard.services.match_plan import EXPLAINED, next_step, which_needs
from dashboard.services.match_policy import policy_at
from dashboard.services.match_queries import LineQueries
from dashboard.services.match_runs import Finished, record, value_as_json
from dashboard.services.plan_basis import read_basis
from db.engine import Database

#: Steps in their order; text: match_jobs.step_<name>.
STEPS = ("waiting", "read", "candidates", "limits", "solve", "mend", "prove", "record")
#: Steps of sending a plan; text: match_jobs.step_<name>.
SEND_STEPS = ("waiting", "gather", "lock", "basis", "check", "store", "commit")
SOLVING, SENDING = "match", "send"
#: One at a time a process: a second solve beside the first would take as long and twice the memory.
_TURN = threading.Semaphore(1)


class JobStatus(jobs.JobStatus):
    """Where a job is. Done without a run: there was nothing to match."""

    @property
    def run_id(self) -> int | None:
        return None if self.result is None else self.result.get("run_id")

    @property
    def draft_id(self) -> int | None:
        return None if self.result is None else self.result.get("draft_id")

    @property
    def sent(self) -> "Sent | None":
        """What came of sending a plan, once done."""
        return None if self.result is None else self.result.get("sent")


@dataclass(frozen=True)
class Sent:
    """A plan that was sent, or what stood against it; and the rows that were to stay behind."""

    committed: Committed
    left_out: tuple[Whose, ...]


def start(
    database: Database,
    actor: Actor,
    *,
    now: datetime,
    filters: Filters = Filters(),  # noqa: B008  (frozen)
    need_ids: tuple[int, ...] | None = None,
    marks_of: int | None = None,
) -> str:
    """Begin to match the open needs of the filter (or those named); the job's id. `marks_of`: a draft whose marks (what
    its edits come to) the new draft begins with, as far as they still say something."""
    require(actor, Action.SEE_MATCH)
    return _begin(actor, lambda watch: _Deed(database, actor, filters, need_ids, now, watch, marks_of).run())


def _begin(actor: Actor, deed: Callable[[Watch], dict[str, Any]]) -> str:
    return jobs.begin(actor, SOLVING, deed, bug="match_jobs.bug", turn=_TURN)


def reopen(database: Database, actor: Actor, *, run_id: int) -> str:
    """Begin to make the plan of a run or draft again that this process doesn't hold (`ready`); the job's id. It records
    nothing: done, it has the draft's id and the plan is at hand."""
    require(actor, Action.SEE_MATCH)
    return _begin(actor, lambda watch: _reopened(database, actor, run_id, watch))


def send(
    database: Database,
    actor: Actor,
    *,
    run_id: int,
    version: int,
    now: datetime,
    key: str,
    leave_out: tuple[Whose, ...] = (),
) -> str:
    """Begin to send one's own draft (`commit_draft`); the job's id. It is one transaction: stopped, nobody is sent."""
    require(actor, Action.DISPATCH)

    def deed(watch: Watch) -> dict[str, Any]:
        values: dict[str, Any] = {"run_id": run_id, "version": version, "now": now, "key": key}
        committed = commit_draft(database, actor, leave_out=leave_out, watch=watch, **values)
        return {"sent": Sent(committed, leave_out)}

    return jobs.begin(actor, SENDING, deed, key=key, bug="match_jobs.send_bug")


def ready(database: Database, run_id: int) -> bool:
    """Is the plan of a run or draft at hand, so that asking for it solves nothing?"""
    return live_plans.known(str(database.url), run_id) is not None


def _reopened(database: Database, actor: Actor, run_id: int, watch: Watch) -> dict[str, Any]:
    watch.begin("read")
    with database.read() as session:
        row = live_plans.row_of(session, actor, run_id)
        live_plans.make_ready(session, row, watch)
        return {"run_id": row.draft_of or row.id, "draft_id": row.id}


def status(job_id: str, actor: Actor) -> JobStatus:
    """Where the actor's own job is. Raises NotFound for another's, and for one this process doesn't know."""
    return _of(jobs.status(job_id, actor))


def mine(actor: Actor) -> JobStatus | None:
    """The actor's own newest solve or sending that this process knows, under way or over."""
    found = jobs.mine(actor, SOLVING, SENDING)
    return None if found is None else _of(found)


def cancel(job_id: str, actor: Actor) -> JobStatus:
    """Ask the actor's own job to stop; it does at its next look, and leaves nothing. A finished one stays as it is."""
    return _of(jobs.cancel(job_id, actor))


def wait(job_id: str, actor: Actor, seconds: float) -> JobStatus:
    """Wait until the job is over or the seconds have passed: a page waits a MOMENT only."""
    return _of(jobs.wait(job_id, actor, seconds))


def _of(found: jobs.JobStatus) -> JobStatus:
    return JobStatus(**vars(found))


@dataclass
class _Deed:
    """What a job does."""

    database: Database
    actor: Actor
    filters: Filters
    need_ids: tuple[int, ...] | None
    now: datetime
    watch: Watch
    marks_of: int | None = None

    def run(self) -> dict[str, Any]:
        """Read, solve, prove, record; the ids of the run and of its first draft, nothing where no need is open."""
        began = time.perf_counter()
        self.watch.begin("read")
        with self.database.read() as session:
            url = url_of(session)
            everyone, inputs = gather(session, self.actor, self.filters, self.need_ids, self.now, self.watch)
        if not inputs.lines.table.seats.any():
            return {}
        made = live_plans.solve(inputs, self.watch)
        self.watch.begin("prove")
        require_proof(everyone, made)
        counts = counted(everyone, made)
        self.watch.begin("record")
        packed, digest = pack(inputs)
        self.watch.look()
        finished = Finished(
            filters=self.filters,
            need_ids=self.need_ids,
            rule_version=inputs.policy.version,
            digest=digest,
            inputs=packed,
            seconds=time.perf_counter() - began,
            counts=counts,
            plan=made.plan,
        )
        ids = perform(self.database, record, self.actor, now=self.now, run=finished)
        live_plans.keep(url, ids["run_id"], made)
        live_plans.keep(url, ids["draft_id"], made.twin())
        if self.marks_of is not None:
            draft_edits.take_over(self.database, self.actor, source=self.marks_of, target=ids["draft_id"], now=self.now)
        return ids


def gather(
    session: Session,
    actor: Actor,
    filters: Filters,
    need_ids: tuple[int, ...] | None,
    now: datetime,
    watch: Watch | None = None,
) -> tuple[People, Inputs]:
    """Everybody, and what is to be solved: only those of them who may take some need."""
    soon = next_step(now)
    weeks = Weeks.around(soon)
    codes, everyone = everybody(session, actor.county, actor.site_path, weeks, soon)
    queries = LineQueries(which_needs(actor, filters, need_ids))
    asked = lines_of(session, actor.county, codes, soon, queries, weeks=weeks)
    policy = policy_at(session, actor.county, now)
    basis = read_basis(session, actor.county, asked.lines.table.need.tolist(), policy.version, now)
    people = needed(everyone, asked.lines, policy, watch)
    limits = limits_at(session, actor.county, now)
    away: tuple[int, ...] = ()
    if any(limits):
        claims = claims_of(session, actor.county, people.id.tolist(), limits)
        away = tuple(sorted(person for person, claim in claims.items() if claim.full))
    return everyone, Inputs(people, asked.lines, policy, asked.pins, away, basis)


def require_proof(everyone: People, made: Kept) -> None:
    """Everybody is tried for every need again, not only those who were found. Raises AssertionError for a plan that
    doesn't stand: it is never recorded."""
    case, plan = made.case, made.plan
    refused = {(pin.line_id, pin.person_id) for pin in plan.refused}
    pins = [pair for pair in made.inputs.pins if pair not in refused]
    rows = everyone.rows(case.people.id)
    whole = replace(case, people=everyone)
    prices = replace(plan.prices, person=rows[plan.prices.person])
    rowed = replace(plan, person=rows[plan.person], certificate=prices)
    flaws = certify(whole, rowed, pins=pins, away=made.inputs.away)
    if flaws:
        raise AssertionError(f"the plan doesn't stand: {flaws[:3]}")


def counted(everyone: People, made: Kept) -> dict[str, Any]:
    """What the record says of a run beside its value; of the first needs with empty seats, whom each rule removed."""
    case, plan = made.case, made.plan
    table = case.lines.table
    unmet = sorted(plan.unmet.tolist(), key=lambda line: (int(table.urgency[line]), int(table.id[line])))
    removed = {str(int(table.id[line])): _removed(everyone, case.lines, line, made) for line in unmet[:EXPLAINED]}
    return {
        "needs": len(np.unique(table.need)),
        "seats": int(table.seats.sum()),
        "filled": len(plan.line),
        "people": everyone.count,
        "pairs": len(case.pairs.row),
        "away": len(made.inputs.away),
        "greedy": value_as_json(plan.greedy),
        "removed": removed,
    }


def _removed(everyone: People, lines: Lines, line: int, made: Kept) -> dict[str, int]:
    counts = candidates.removed_by(everyone, lines, line, made.inputs.policy)
    counts.pop("eligible", None)
    return counts
