"""Long work in the background: the page answers while it goes on, sees how far it is, and may stop it.

A job is a thread of this process with sessions of its own. What it leaves is in the database; the job only says where
it is and, once over, what came of it. Another's job is as good as none.
"""

import itertools
import logging
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from dashboard.core.errors import DashboardError, NotFound
from dashboard.core.matching.watch import Stopped, Watch
from dashboard.core.permissions import Actor

State = Literal["running", "done", "failed", "cancelled"]
#: Finished jobs that are still remembered.
MOST = 64
#: Seconds a page waits for a job before it shows a bar.
MOMENT = 1.0
WAITING = "waiting"
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class JobStatus:
    """Where a job is. `total` 0: nobody knows how much there is to do in this step. `result` once done; `error` the key
    of a sentence with `values` once failed."""

    job_id: str
    kind: str
    state: State
    step: str
    done: int
    total: int
    seconds: float
    result: Any = None
    error: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class _Job:
    id: str
    kind: str
    owner: tuple[str, int]
    key: str | None
    bug: str
    watch: Watch
    began: float
    status: JobStatus
    over: threading.Event = field(default_factory=threading.Event)


_JOBS: dict[str, _Job] = {}
_GATE = threading.Lock()


def begin(
    actor: Actor,
    kind: str,
    deed: Callable[[Watch], Any],
    *,
    key: str | None = None,
    bug: str = "jobs.bug",
    turn: AbstractContextManager[Any] | None = None,
) -> str:
    """Run a deed in a thread of its own; what it returns is the job's result. The job's id.

    kind: what sort of work, for `mine`. key: the same key of the same owner again is the same job. bug: the sentence of
    a deed that broke. turn: what it waits for before it begins.
    """
    owner = (actor.county, actor.account_id)
    job_id = secrets.token_urlsafe(12)
    begun = JobStatus(job_id, kind, "running", WAITING, 0, 0, 0.0)
    job = _Job(job_id, kind, owner, key, bug, Watch(), time.monotonic(), begun)
    with _GATE:
        twin = next((one for one in _JOBS.values() if key and (one.owner, one.key) == (owner, key)), None)
        if twin is not None:
            return twin.id
        _JOBS[job_id] = job
        _forget_old()
    threading.Thread(target=_run, args=(job, deed, turn), name=f"{kind}-{job_id}", daemon=True).start()
    return job_id


def status(job_id: str, actor: Actor) -> JobStatus:
    """Where the actor's own job is. Raises NotFound for another's, and for one this process doesn't know."""
    job = _own(job_id, actor)
    found = job.status
    if found.state != "running":
        return found
    step = job.watch.step or WAITING
    return replace(found, step=step, done=job.watch.done, total=job.watch.total, seconds=time.monotonic() - job.began)


def mine(actor: Actor, *kinds: str) -> JobStatus | None:
    """The actor's own newest job of these kinds this process knows, under way or over: for a page that was left and
    reloaded."""
    owner = (actor.county, actor.account_id)
    with _GATE:
        own = [job.id for job in _JOBS.values() if job.owner == owner and job.kind in kinds]
    return status(own[-1], actor) if own else None


def cancel(job_id: str, actor: Actor) -> JobStatus:
    """Ask the actor's own job to stop; it does at its next look. A finished one stays as it is."""
    job = _own(job_id, actor)
    job.watch.stop()
    return status(job_id, actor)


def wait(job_id: str, actor: Actor, seconds: float) -> JobStatus:
    """Wait until the job is over or the seconds have passed: a page waits a MOMENT only."""
    _own(job_id, actor).over.wait(seconds)
    return status(job_id, actor)


def forget(job_id: str, actor: Actor) -> None:
    """Let go of the actor's own job that is over: it was read."""
    job = _own(job_id, actor)
    if job.over.is_set():
        with _GATE:
            _JOBS.pop(job_id, None)


def forget_all() -> None:
    """Let go of every job that is over (tests)."""
    with _GATE:
        for job_id in [one.id for one in _JOBS.values() if one.over.is_set()]:
            del _JOBS[job_id]


def _own(job_id: str, actor: Actor) -> _Job:
    with _GATE:
        job = _JOBS.get(job_id)
    if job is None or job.owner != (actor.county, actor.account_id):
        raise NotFound("jobs.no_such")
    return job


def _forget_old() -> None:
    """Let go of the oldest jobs that are over. Called with the gate in hand."""
    over = [job_id for job_id, job in _JOBS.items() if job.over.is_set()]
    for job_id in itertools.islice(over, max(0, len(_JOBS) - MOST)):
        del _JOBS[job_id]


def _run(job: _Job, deed: Callable[[Watch], Any], turn: AbstractContextManager[Any] | None) -> None:
    try:
        with turn or nullcontext():
            job.watch.look()
            result = deed(job.watch)
        job.status = replace(job.status, state="done", step=job.watch.step, result=result)
    except Stopped:
        job.status = replace(job.status, state="cancelled", step=job.watch.step)
    except DashboardError as error:
        job.status = replace(
            job.status, state="failed", step=job.watch.step, error=error.key, values=dict(error.values)
        )
    except Exception:
        # A bug: loud in the log, and the page must not wait for ever.
        _LOG.exception("job %s %s failed", job.kind, job.id)
        values = {"done": job.watch.done}
        job.status = replace(job.status, state="failed", step=job.watch.step, error=job.bug, values=values)
    finally:
        job.status = replace(
            job.status, done=job.watch.done, total=job.watch.total, seconds=time.monotonic() - job.began
        )
        job.over.set()
