"""Solving in the background: the page answers while a plan is made, sees how far it is, and may stop it.

The compiled loops release the interpreter, so a thread is enough. A job reads in a session of its own, finds who may
take what, solves, proves, and records the run; the row in the database is the truth, the job only says where it is.
"""

import itertools
import logging
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

import numpy as np
from sqlalchemy.orm import Session

from dashboard.core.errors import DashboardError, NotFound
from dashboard.core.filters import Filters
from dashboard.core.matching import candidates
from dashboard.core.matching.certify import certify
from dashboard.core.matching.lines import Lines
from dashboard.core.matching.people import People
from dashboard.core.matching.watch import Stopped, Watch
from dashboard.core.permissions import Action, Actor, require
from dashboard.services import draft_edits, live_plans
from dashboard.services.claims import claims_of, limits_at
from dashboard.services.commands import perform
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

State = Literal["running", "done", "failed", "cancelled"]
#: Steps in their order; text: match_jobs.step_<name>.
STEPS = ("waiting", "read", "candidates", "limits", "solve", "mend", "prove", "record")
#: Finished jobs that are still remembered.
MOST = 64
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class JobStatus:
    """Where a job is. `total` 0: nobody knows how much there is to do in this step. `run_id` and `draft_id` once done;
    `error` the key of a sentence with `values` once failed. Done without a run: there was nothing to match."""

    job_id: str
    state: State
    step: str
    done: int
    total: int
    seconds: float
    run_id: int | None = None
    draft_id: int | None = None
    error: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class _Job:
    id: str
    owner: tuple[str, int]
    watch: Watch
    began: float
    status: JobStatus
    over: threading.Event = field(default_factory=threading.Event)


_JOBS: dict[str, _Job] = {}
_GATE = threading.Lock()
#: One at a time a process: a second solve beside the first would take as long and twice the memory.
_TURN = threading.Semaphore(1)


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
    """Run a deed in a thread of its own; its result are values of the job's status."""
    job_id = secrets.token_urlsafe(12)
    status = JobStatus(job_id, "running", "waiting", 0, 0, 0.0)
    job = _Job(job_id, (actor.county, actor.account_id), Watch(), time.monotonic(), status)
    with _GATE:
        _JOBS[job_id] = job
        _forget_old()
    threading.Thread(target=_run, args=(job, deed), name=f"match-{job_id}", daemon=True).start()
    return job_id


def reopen(database: Database, actor: Actor, *, run_id: int) -> str:
    """Begin to make the plan of a run or draft again that this process doesn't hold (`ready`); the job's id. It records
    nothing: done, it has the draft's id and the plan is at hand."""
    require(actor, Action.SEE_MATCH)
    return _begin(actor, lambda watch: _reopened(database, actor, run_id, watch))


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
    job = _own(job_id, actor)
    found = job.status
    if found.state != "running":
        return found
    step = job.watch.step or "waiting"
    return replace(found, step=step, done=job.watch.done, total=job.watch.total, seconds=time.monotonic() - job.began)


def mine(actor: Actor) -> JobStatus | None:
    """The actor's own newest job that this process knows, under way or over: for a page that was left and reloaded."""
    owner = (actor.county, actor.account_id)
    with _GATE:
        own = [job.id for job in _JOBS.values() if job.owner == owner]
    return status(own[-1], actor) if own else None


def cancel(job_id: str, actor: Actor) -> JobStatus:
    """Ask the actor's own job to stop; it does at its next look, and leaves nothing. A finished one stays as it is."""
    job = _own(job_id, actor)
    job.watch.stop()
    return status(job_id, actor)


def wait(job_id: str, actor: Actor, seconds: float) -> JobStatus:
    """Wait until the job is over or the seconds have passed. For the shell and for tests, never for a page."""
    _own(job_id, actor).over.wait(seconds)
    return status(job_id, actor)


def _own(job_id: str, actor: Actor) -> _Job:
    with _GATE:
        job = _JOBS.get(job_id)
    if job is None or job.owner != (actor.county, actor.account_id):
        raise NotFound("match_jobs.no_such")
    return job


def _forget_old() -> None:
    """Let go of the oldest jobs that are over. Called with the gate in hand."""
    over = [job_id for job_id, job in _JOBS.items() if job.over.is_set()]
    for job_id in itertools.islice(over, max(0, len(_JOBS) - MOST)):
        del _JOBS[job_id]


def _run(job: _Job, deed: Callable[[Watch], dict[str, Any]]) -> None:
    try:
        with _TURN:
            job.watch.look()
            made = deed(job.watch)
        job.status = replace(job.status, state="done", step="record", **made)
    except Stopped:
        job.status = replace(job.status, state="cancelled", step=job.watch.step)
    except DashboardError as error:
        job.status = replace(
            job.status, state="failed", step=job.watch.step, error=error.key, values=dict(error.values)
        )
    except Exception:
        # A bug: loud in the log, and the page must not wait for ever.
        _LOG.exception("matching job %s failed", job.id)
        job.status = replace(job.status, state="failed", step=job.watch.step, error="match_jobs.bug")
    finally:
        job.status = replace(job.status, seconds=time.monotonic() - job.began)
        job.over.set()


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
