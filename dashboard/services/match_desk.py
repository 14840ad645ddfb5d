"""A draft on the coordinator's desk, asked for in one go: its head, the rows she looks at, lines for the map, and what
the edits changed. After an edit this is all that is read.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.core.matching import override
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.words import Subject
from dashboard.services import desk_rows, live_plans
from dashboard.services.desk_rows import Drawn, Only, Sheet
from dashboard.services.draft_facts import Cost, DraftDifference, difference_from
from dashboard.services.draft_view import PAGE, PinRefused, refused_pins
from dashboard.services.live_plans import Kept
from dashboard.services.match_plan import NeedWords
from dashboard.services.match_runs import Value, value_of
from dashboard.services.questions import question
from db.models import Account, MatchRun

_READS = (Subject.PLANS, Subject.NEEDS, Subject.PEOPLE, Subject.CATALOGUE, Subject.PLACES, Subject.ACCOUNTS)


@dataclass(frozen=True)
class DeskMark:
    """An edit as it is stored: kind, role (0 for a person kept free everywhere), whose word, why."""

    kind: str
    role_id: int
    volunteer_id: int
    by: str
    reason: str


@dataclass(frozen=True)
class Head:
    """A draft in numbers, and where it comes from. `gap_most` says what the plan may lack at most against the bound;
    `greedy` is what "most urgent first, best free volunteer" reaches, `unedited` the run without the edits; `asked` and
    `some_needs` what was to be matched; `ended_at`, `ended_by` once it is sent or dropped."""

    run_id: int
    of: int | None
    name: str
    at: datetime
    by: str
    mine: bool
    state: str
    version: int
    rule_version: int
    solved_at: datetime
    seconds: float
    digest: str
    asked: tuple[tuple[str, str], ...]
    some_needs: int
    ended_at: datetime | None
    ended_by: str
    seats: int
    filled: int
    people: int
    pairs: int
    objective: int
    bound: int
    gap: float
    gap_most: Cost
    proven: bool
    kinds: tuple[str, ...]
    value: Value
    unedited: Value
    greedy: Value
    edits: tuple[DeskMark, ...]
    refused_pins: tuple[PinRefused, ...]
    short_crews: tuple[NeedWords, ...]

    @property
    def open(self) -> bool:
        """May the reader change and send it?"""
        return self.mine and self.state == "solved" and self.of is not None


@dataclass(frozen=True)
class Desk:
    """All of it; `difference` once there are edits."""

    head: Head
    sheet: Sheet
    drawn: Drawn
    difference: DraftDifference | None


@question(*_READS)
def head(session: Session, actor: Actor, *, run_id: int, language: str = "zh") -> Head:
    """A draft (or a run without edits) within reach, in numbers."""
    require(actor, Action.SEE_MATCH)
    with live_plans.held(session, actor, run_id) as (row, made):
        return _head(session, actor, row, made, language)


@question(*_READS)
def desk(
    session: Session,
    actor: Actor,
    *,
    run_id: int,
    page: int = 0,
    size: int = PAGE,
    words: str = "",
    only: Only = "",
    language: str = "zh",
) -> Desk:
    """A draft with a page of its rows by time: all, or those in which the words are found."""
    require(actor, Action.SEE_MATCH)
    with live_plans.held(session, actor, run_id) as (row, made):
        changed = difference_from(session, actor, made, made.base, language) if row.edits else None
        return Desk(
            head=_head(session, actor, row, made, language),
            sheet=desk_rows.sheet_of(session, actor, made, page, size, (words, only), language),
            drawn=desk_rows.drawn_of(session, actor, made),
            difference=changed,
        )


@question(*_READS)
def sheet(
    session: Session,
    actor: Actor,
    *,
    run_id: int,
    page: int = 0,
    size: int = PAGE,
    words: str = "",
    only: Only = "",
    language: str = "zh",
) -> Sheet:
    """The rows alone, as many as wanted: for paper and files."""
    require(actor, Action.SEE_MATCH)
    with live_plans.held(session, actor, run_id) as (_, made):
        return desk_rows.sheet_of(session, actor, made, page, size, (words, only), language)


@question(*_READS)
def drawn(session: Session, actor: Actor, *, run_id: int) -> Drawn:
    """What the map draws of a draft."""
    require(actor, Action.SEE_MATCH)
    with live_plans.held(session, actor, run_id) as (_, made):
        return desk_rows.drawn_of(session, actor, made)


def _head(session: Session, actor: Actor, row: MatchRun, made: Kept, language: str) -> Head:
    plan, asked = made.plan, row.filters
    run = row if row.draft_of is None else _run_of(session, row.draft_of)
    accounts = {row.account_id, row.ended_by, *(edit[3] for edit in row.edits)}
    by = {
        one.id: one.display_name
        for one in session.execute(select(Account.id, Account.display_name).where(Account.id.in_(accounts)))
    }
    short = desk_rows.needs_in_words(session, actor, plan.short_crews, language)
    return Head(
        run_id=row.id,
        of=row.draft_of,
        name=row.name,
        at=row.at,
        by=by.get(row.account_id, ""),
        mine=row.account_id == actor.account_id,
        state=row.state,
        version=row.version,
        rule_version=row.rule_version,
        solved_at=run.at,
        seconds=run.seconds,
        digest=row.digest,
        asked=tuple(sorted((name, str(value)) for name, value in asked["filters"].items() if value is not None)),
        some_needs=len(asked["need_ids"] or ()),
        ended_at=row.ended_at,
        ended_by=by.get(row.ended_by or 0, ""),
        seats=int(made.case.problem.seats.sum()),
        filled=len(plan.line),
        people=row.counts["people"],
        pairs=len(made.case.pairs.row),
        objective=plan.objective,
        bound=plan.bound,
        gap=float(plan.gap),
        gap_most=cost_of(made, max(0, plan.objective - plan.bound)),
        proven=plan.proven,
        kinds=tuple(plan.kinds),
        value=value_of(plan.tiers),
        unedited=value_of(made.base.tiers),
        greedy=value_of(plan.greedy),
        edits=tuple(
            DeskMark(kind, role_id, person_id, by.get(who, ""), reason)
            for kind, role_id, person_id, who, reason in row.edits
        ),
        refused_pins=refused_pins(session, actor, made, language),
        short_crews=tuple(short[need_id] for need_id in plan.short_crews if need_id in short),
    )


def _run_of(session: Session, run_id: int) -> Any:
    return session.execute(select(MatchRun.at, MatchRun.seconds).where(MatchRun.id == run_id)).one()


def cost_of(made: Kept, packed: int) -> Cost:
    """A difference of the objective by tier."""
    price = override.price_of(made.case, packed)
    return Cost(price.packed, price.steps, price.promises, price.spread, price.points)
