"""How long a run takes from rows to record, an edit, a page, and sending the whole plan.

`python -m tests.services.commit_bench --db URL` on a sample county (a copy: it is written to). Milliseconds.
"""

import argparse
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from dashboard.core.filters import Filters
from dashboard.core.permissions import Actor
from dashboard.core.words import Role
from dashboard.services import draft_commit, draft_facts, draft_view, live_plans, match_drafts, match_jobs, match_replay
from dashboard.services.questions import answer
from db.engine import Database
from db.models import MatchRun

Value = TypeVar("Value")


def timed(told: dict[str, Any], name: str, deed: Callable[[], Value]) -> Value:
    """The deed's value; how long it took goes under its name."""
    began = time.perf_counter()
    found = deed()
    told[name] = round(1000 * (time.perf_counter() - began), 1)
    return found


def run(url: str, edits: int) -> dict[str, Any]:
    """The whole way once."""
    database, now, told = Database(url), datetime.now(UTC), {}  # type: ignore[var-annotated]
    actor = Actor(account_id=1, name="bench", role=Role.ADMIN, county="520326", site_id=None)
    first = match_jobs.start(database, actor, now=now, filters=Filters())
    match_jobs.wait(first, actor, 600)  # compiles and fills the caches
    job = timed(told, "job", lambda: _solved(database, actor, now))
    assert job.draft_id is not None and job.run_id is not None
    with database.read() as session:
        row = session.get_one(MatchRun, job.run_id)
        told |= {"counts": {key: value for key, value in row.counts.items() if key != "removed"}}
        told |= {"inputs_bytes": len(row.inputs or b""), "plan_bytes": len(row.plan or b""), "kinds": row.kinds}
        told |= {"gap": row.gap, "seconds": row.seconds}
    page = timed(told, "page", lambda: answer(database, draft_view.plan_page, actor, run_id=job.draft_id))
    took = []
    for number, one in enumerate(page.rows[:edits], start=1):
        values = {"run_id": job.draft_id, "version": number, "kind": "forbid", "role_id": one.role_id}
        began = time.perf_counter()
        match_drafts.edit_draft(database, actor, now=now, volunteer_id=one.who.volunteer_id, **values)
        took.append(1000 * (time.perf_counter() - began))
    told["edit_median"], told["edit_most"] = round(sorted(took)[len(took) // 2], 1), round(max(took), 1)
    timed(told, "page_again", lambda: answer(database, draft_view.plan_page, actor, run_id=job.draft_id))
    timed(told, "difference", lambda: answer(database, draft_facts.difference_of, actor, run_id=job.draft_id))
    timed(told, "fairness", lambda: answer(database, draft_facts.fairness_of, actor, run_id=job.draft_id))
    one = page.rows[-1]
    values = {"run_id": job.draft_id, "role_id": one.role_id}
    timed(told, "alternatives", lambda: answer(database, draft_facts.alternatives_of, actor, **values))
    replayed = timed(told, "replay", lambda: match_replay.replay(database, actor, job.run_id or 0))
    told["same"] = replayed.same and replayed.same_inputs
    version = 1 + len(took)
    values = {"run_id": job.draft_id, "version": version}
    done = timed(told, "commit", lambda: draft_commit.commit_draft(database, actor, now=now, **values))
    told |= {"sent": len(done.done), "refused": [refusal.key for refusal in done.refused][:5]}
    told["commit_ms_a_row"] = round(told["commit"] / max(1, len(done.done)), 2)
    live_plans.forget_all()
    timed(told, "run_made_again", lambda: answer(database, draft_facts.fairness_of, actor, run_id=job.run_id))
    return told


def _solved(database: Database, actor: Actor, now: datetime) -> match_jobs.JobStatus:
    found = match_jobs.wait(match_jobs.start(database, actor, now=now, filters=Filters()), actor, 600)
    assert found.state == "done", found
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--db", required=True)
    parser.add_argument("--edits", type=int, default=20)
    options = parser.parse_args()
    print(json.dumps(run(options.db, options.edits), indent=1))
