"""The record of every run of the matching (F43): what was solved, by which rules, by whom, how long, how good.

A run never changes, but for its inputs, which go when they are 30 days old and nothing of it was committed. `replay`
(services/match_replay.py) makes the same plan of them again, byte for byte.
"""

import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.orm import Session, aliased

from dashboard.core.filters import Filters
from dashboard.core.matching.plan import Plan
from dashboard.core.matching.problem import Tiers
from dashboard.core.matching.words import URGENCIES
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.words import Subject
from dashboard.services.commands import Work, command
from dashboard.services.questions import question, within
from db.models import Account, MatchRun, Site

#: Inputs of runs that came to nothing are kept so long.
KEPT = timedelta(days=30)
PAGE = 50
SOLVED, COMMITTED, DROPPED = "solved", "committed", "dropped"


@dataclass(frozen=True)
class Finished:
    """A run as it is handed to `record`: everything computed before the transaction."""

    filters: Filters
    need_ids: tuple[int, ...] | None
    rule_version: int
    digest: str
    inputs: bytes
    seconds: float
    counts: Mapping[str, Any]
    plan: Plan


@dataclass(frozen=True)
class Value:
    """What a plan is worth, tier by tier; less is better, the first difference decides. `unmet` by urgency, the most
    urgent first."""

    unmet: tuple[int, ...]
    displaced: int
    largest: int
    spread: int
    lost: int

    @property
    def empty(self) -> int:
        """Empty seats of all urgencies."""
        return sum(self.unmet)


@dataclass(frozen=True)
class RunRow:
    """A run in one line. `filled` seats of `seats`; `gap` in per cent, 0 when proven; `kinds`: what makes it harder
    than a flow. `edits` are those of the draft that was committed; `replayable`: its inputs are still there."""

    id: int
    at: datetime
    by: str
    account_id: int
    place: str
    filters: Mapping[str, Any]
    rule_version: int
    digest: str
    seconds: float
    needs: int
    seats: int
    filled: int
    people: int
    pairs: int
    objective: int
    bound: int
    gap: float
    kinds: tuple[str, ...]
    value: Value
    greedy: Value
    edits: int
    drafts: int
    committed_at: datetime | None
    committed_by: str
    replayable: bool


def value_of(tiers: Tiers) -> Value:
    """The core's tiers as a value a page keeps."""
    return Value(tuple(tiers.unmet), tiers.displaced, tiers.largest, tiers.spread, tiers.lost)


def value_as_json(tiers: Tiers) -> dict[str, Any]:
    """The tiers by name; what is empty by urgency's word."""
    given = asdict(value_of(tiers))
    return given | {"unmet": {str(name): n for name, n in zip(URGENCIES, tiers.unmet, strict=True)}}


def value_from_json(data: Mapping[str, Any]) -> Value:
    """From `value_as_json`."""
    unmet = tuple(int(data["unmet"][str(name)]) for name in URGENCIES)
    return Value(unmet, data["displaced"], data["largest"], data["spread"], data["lost"])


def plan_columns(plan: Plan) -> dict[str, Any]:
    """What every row says of its plan."""
    return {
        "objective": str(plan.objective),
        "bound": str(plan.bound),
        "gap": float(plan.gap),
        "kinds": list(plan.kinds),
        "tiers": value_as_json(plan.tiers),
    }


def packed_plan(plan: Plan) -> dict[str, Any]:
    """The plan's canonical bytes, packed, and their digest."""
    canonical = plan.canonical()
    return {"plan": zlib.compress(canonical, 6), "plan_digest": hashlib.sha256(canonical).hexdigest()}


def unpacked_plan(packed: bytes) -> bytes:
    """The canonical JSON."""
    return zlib.decompress(packed)


def filters_as_json(filters: Filters, need_ids: tuple[int, ...] | None) -> dict[str, Any]:
    """Which needs were asked for."""
    plain = json.loads(json.dumps(asdict(filters), default=str))
    return {"filters": plain, "need_ids": None if need_ids is None else list(need_ids)}


@command(Action.SEE_MATCH, Subject.PLANS)
def record(work: Work, *, run: Finished) -> dict[str, Any]:
    """Store a run and a first draft of it, and let go of the inputs of old runs that came to nothing."""
    row = MatchRun(
        county=work.actor.county,
        at=work.now,
        account_id=work.actor.account_id,
        role=work.actor.role,
        site_path=work.actor.site_path,
        filters=filters_as_json(run.filters, run.need_ids),
        rule_version=run.rule_version,
        digest=run.digest,
        inputs=run.inputs,
        seconds=run.seconds,
        counts=dict(run.counts),
        edits=[],
        state=SOLVED,
        name="",
        version=1,
        **plan_columns(run.plan),
        **packed_plan(run.plan),
    )
    work.session.add(row)
    work.session.flush()
    draft = new_draft(work, row, row, "")
    pruned = _prune(work)
    shown = {"digest": run.digest, "rule_version": run.rule_version, "objective": row.objective, "bound": row.bound}
    shown |= {"needs": run.counts["needs"], "pruned": pruned, "draft": draft.id}
    work.audit("match_run", row.id, after=shown)
    return {"run_id": row.id, "draft_id": draft.id}


def new_draft(work: Work, run: MatchRun, source: MatchRun, name: str) -> MatchRun:
    """A draft of a run that begins like `source` (the run itself, or another draft of it)."""
    draft = MatchRun(
        county=run.county,
        at=work.now,
        account_id=work.actor.account_id,
        role=work.actor.role,
        site_path=run.site_path,
        filters=run.filters,
        rule_version=run.rule_version,
        digest=run.digest,
        inputs=None,
        seconds=0.0,
        counts={name: value for name, value in run.counts.items() if name != "removed"},
        objective=source.objective,
        bound=source.bound,
        gap=source.gap,
        kinds=source.kinds,
        tiers=source.tiers,
        edits=list(source.edits),
        state=SOLVED,
        draft_of=run.id,
        name=name[:60],
        version=1,
    )
    work.session.add(draft)
    work.session.flush()
    return draft


def _prune(work: Work) -> int:
    """Forget the inputs of runs that are old and of which nothing was committed; how many."""
    committed = select(MatchRun.draft_of).where(
        MatchRun.county == work.actor.county, MatchRun.state == COMMITTED, MatchRun.draft_of.is_not(None)
    )
    gone = work.session.execute(
        update(MatchRun)
        .where(
            MatchRun.county == work.actor.county,
            MatchRun.inputs.is_not(None),
            MatchRun.at < work.now - KEPT,
            MatchRun.id.not_in(committed),
        )
        .values(inputs=None)
        .execution_options(synchronize_session=False)
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]


def seen_by(actor: Actor) -> ColumnElement[bool]:
    """Runs and drafts over the actor's part of the tree or less."""
    return and_(MatchRun.county == actor.county, within(actor, MatchRun.site_path))


@question(Subject.PLANS, Subject.ACCOUNTS, Subject.PLACES)
def runs(session: Session, actor: Actor, *, page: int = 0, size: int = PAGE) -> tuple[RunRow, ...]:
    """The runs within reach, newest first, a page at a time."""
    require(actor, Action.SEE_MATCH)
    committer = aliased(Account)
    draft = aliased(MatchRun)
    drafts = (
        select(func.count())
        .where(draft.county == MatchRun.county, draft.draft_of == MatchRun.id, draft.state != DROPPED)
        .correlate(MatchRun)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            *(getattr(MatchRun, name) for name in _SHOWN),
            MatchRun.inputs.is_not(None).label("replayable"),
            Account.display_name,
            Site.name.label("place"),
            drafts.label("drafts"),
        )
        .outerjoin(Account, Account.id == MatchRun.account_id)
        .outerjoin(Site, and_(Site.county == MatchRun.county, Site.path == MatchRun.site_path))
        .where(seen_by(actor), MatchRun.draft_of.is_(None))
        .order_by(MatchRun.at.desc(), MatchRun.id.desc())
        .limit(size)
        .offset(page * size)
    ).all()
    committed = {
        row.draft_of: row
        for row in session.execute(
            select(MatchRun.draft_of, MatchRun.ended_at, MatchRun.edits, committer.display_name)
            .outerjoin(committer, committer.id == MatchRun.ended_by)
            .where(
                MatchRun.county == actor.county,
                MatchRun.draft_of.in_([row.id for row in rows]),
                MatchRun.state == COMMITTED,
            )
            .order_by(MatchRun.id)
        )
    }
    return tuple(_run_row(row, committed.get(row.id)) for row in rows)


#: Columns a line of the list needs; the packed ones stay in the database.
_SHOWN = (
    "id",
    "at",
    "account_id",
    "filters",
    "rule_version",
    "digest",
    "seconds",
    "counts",
    "objective",
    "bound",
    "gap",
    "kinds",
    "tiers",
)


def _run_row(row: Any, sent: Any) -> RunRow:
    counts = row.counts
    return RunRow(
        id=row.id,
        at=row.at,
        by=row.display_name or "",
        account_id=row.account_id,
        place=row.place or "",
        filters=row.filters,
        rule_version=row.rule_version,
        digest=row.digest,
        seconds=row.seconds,
        needs=counts["needs"],
        seats=counts["seats"],
        filled=counts["filled"],
        people=counts["people"],
        pairs=counts["pairs"],
        objective=int(row.objective),
        bound=int(row.bound),
        gap=row.gap,
        kinds=tuple(row.kinds),
        value=value_from_json(row.tiers),
        greedy=value_from_json(counts["greedy"]),
        edits=0 if sent is None else len(sent.edits),
        drafts=row.drafts,
        committed_at=None if sent is None else sent.ended_at,
        committed_by="" if sent is None else sent.display_name or "",
        replayable=bool(row.replayable),
    )
