"""Replay a recorded run: rebuild what was solved, solve it, apply the edits in order, compare byte for byte (F43)."""

import hashlib
import time
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.core.errors import Invalid
from dashboard.core.permissions import Action, Actor, require
from dashboard.services import live_plans
from dashboard.services.match_inputs import digest
from dashboard.services.match_runs import unpacked_plan
from db.engine import Database
from db.models import MatchRun


@dataclass(frozen=True)
class Replay:
    """`same`: the plan made now has the stored bytes. `same_inputs`: what was solved has the digest written down."""

    run_id: int
    same: bool
    same_inputs: bool
    stored: str
    found: str
    edits: int
    seconds: float


def replay(database: Database, actor: Actor, run_id: int) -> Replay:
    """Make a run's plan again, or that of a committed draft. Raises Invalid when its inputs have gone, or when it is a
    draft that was not committed: no plan of it is stored."""
    require(actor, Action.SEE_MATCH)
    began = time.perf_counter()
    with database.read() as session:
        row = live_plans.row_of(session, actor, run_id)
        stored = _stored(session, row)
        inputs = live_plans.inputs_of(session, row.draft_of or row.id)
        edits, expected, written = live_plans.plain_edits(row.edits), row.digest, row.plan_digest or ""
    made = live_plans.solve(inputs)
    made.apply(edits)
    canonical = made.plan.canonical()
    return Replay(
        run_id=run_id,
        same=canonical == stored,
        same_inputs=digest(inputs) == expected,
        stored=written,
        found=hashlib.sha256(canonical).hexdigest(),
        edits=len(edits),
        seconds=time.perf_counter() - began,
    )


def _stored(session: Session, row: MatchRun) -> bytes:
    packed = session.scalar(select(MatchRun.plan).where(MatchRun.id == row.id))
    if packed is None:
        raise Invalid("match_runs.no_plan_stored")
    return unpacked_plan(packed)
