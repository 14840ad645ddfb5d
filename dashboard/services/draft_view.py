"""A draft as it is read: fifty rows at a time in words, what stays empty and why, lines for the map.

Names are looked up for the rows shown and for nobody else.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.core import spans
from dashboard.core.matching.arrays import Array
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.words import Subject
from dashboard.services import live_plans
from dashboard.services.live_plans import Kept
from dashboard.services.match_plan import EmptySeats, NeedWords, PlanRow, metres_of, need_words
from dashboard.services.match_runs import Value, value_of
from dashboard.services.match_view import Profile, profiles
from dashboard.services.questions import question
from db.models import Account, MatchRun, Person, Volunteer

PAGE = 50
#: So many lines a map can still be read with.
MOST_LINES = 400
_READS = (Subject.PLANS, Subject.NEEDS, Subject.PEOPLE, Subject.CATALOGUE, Subject.PLACES, Subject.ACCOUNTS)


@dataclass(frozen=True)
class EditRow:
    """An edit in words. `need` is None for somebody kept free."""

    number: int
    kind: str
    role_id: int
    volunteer_id: int
    volunteer: str
    need: NeedWords | None
    by: str
    reason: str


@dataclass(frozen=True)
class PinRefused:
    """A pin that can't be kept. `reason`: `matches.pin_<reason>` or `match_rules.cause_<reason>` says it."""

    role_id: int
    volunteer_id: int
    volunteer: str
    need: NeedWords | None
    reason: str


@dataclass(frozen=True)
class PlanPage:
    """A draft and one page of its rows. `proven`: nothing is better; else `gap` per cent at most, and `kinds` is what
    makes it harder than a flow. `unedited` is the value of the run without the edits, `greedy` that of "most urgent
    first, best free volunteer". `empty_roles`: roles with empty seats (`unmet_page`)."""

    run_id: int
    of: int | None
    name: str
    at: datetime
    by: str
    mine: bool
    state: str
    version: int
    rule_version: int
    seconds: float
    needs: int
    seats: int
    filled: int
    people: int
    pairs: int
    objective: int
    bound: int
    gap: float
    proven: bool
    kinds: tuple[str, ...]
    value: Value
    unedited: Value
    greedy: Value
    rows: tuple[PlanRow, ...]
    page: int
    pages: int
    edits: tuple[EditRow, ...]
    refused_pins: tuple[PinRefused, ...]
    timed_needs: int
    short_crews: tuple[NeedWords, ...]
    empty_roles: int


@dataclass(frozen=True)
class Unmet:
    """A page of roles with empty seats, the most urgent first. `explained`: their causes are counted in full (of the
    first fifty of a run), else only those that lie in the plan itself."""

    rows: tuple[EmptySeats, ...]
    explained: tuple[bool, ...]
    total: int


@dataclass(frozen=True)
class PlanLine:
    """A pair on the map, without names: the middle of her grid or village, never her home, and the need."""

    role_id: int
    volunteer_id: int
    urgency: str
    lon: float
    lat: float
    need_lon: float
    need_lat: float


@question(*_READS)
def plan_page(
    session: Session, actor: Actor, *, run_id: int, page: int = 0, size: int = PAGE, language: str = "zh"
) -> PlanPage:
    """A draft (or a run without edits) within reach: numbers, edits, and the rows of one page by time."""
    require(actor, Action.SEE_MATCH)
    with live_plans.held(session, actor, run_id) as (row, made):
        plan, case = made.plan, made.case
        order = _by_time(made)
        pages = max(1, math.ceil(len(order) / size))
        page = min(max(page, 0), pages - 1)
        here = order[page * size : (page + 1) * size]
        edits, by = _edits(session, actor, row, made, language)
        short = need_words(session, actor.county, plan.short_crews, language)
        return PlanPage(
            run_id=row.id,
            of=row.draft_of,
            name=row.name,
            at=row.at,
            by=by.get(row.account_id, ""),
            mine=row.account_id == actor.account_id,
            state=row.state,
            version=row.version,
            rule_version=row.rule_version,
            seconds=row.seconds or _seconds(session, row),
            needs=row.counts["needs"],
            seats=int(case.lines.table.seats.sum()),
            filled=len(plan.line),
            people=row.counts["people"],
            pairs=len(case.pairs.row),
            objective=plan.objective,
            bound=plan.bound,
            gap=float(plan.gap),
            proven=plan.proven,
            kinds=tuple(plan.kinds),
            value=value_of(plan.tiers),
            unedited=value_of(made.base.tiers),
            greedy=value_of(plan.greedy),
            rows=plan_rows(session, actor.county, made, here, language),
            page=page,
            pages=pages,
            edits=edits,
            refused_pins=refused_pins(session, actor, made, language),
            timed_needs=len(plan.timed_needs),
            short_crews=tuple(short[need_id] for need_id in plan.short_crews if need_id in short),
            empty_roles=len(plan.unmet),
        )


def _seconds(session: Session, row: MatchRun) -> float:
    """How long the draft's run took."""
    return session.scalar(select(MatchRun.seconds).where(MatchRun.id == row.draft_of)) or 0.0


def _by_time(made: Kept) -> Array:
    """Positions of the plan's rows by start, need, role, volunteer."""
    plan = made.plan
    return np.lexsort((plan.person_id, plan.line_id, made.case.lines.table.need[plan.line], plan.start))


def plan_rows(
    session: Session, county: str, made: Kept, positions: Sequence[int] | Array, language: str
) -> tuple[PlanRow, ...]:
    """Some rows of a plan in words."""
    plan, case = made.plan, made.case
    at = [int(position) for position in positions]
    words = need_words(session, county, {int(case.lines.table.need[plan.line[k]]) for k in at}, language)
    who = profiles(session, county, sorted({int(plan.person_id[k]) for k in at}))
    return tuple(
        PlanRow(
            need=words[int(case.lines.table.need[plan.line[k]])],
            role_id=int(plan.line_id[k]),
            who=who[int(plan.person_id[k])],
            start=spans.moment_of(int(plan.start[k])),
            end=spans.moment_of(int(plan.end[k])),
            metres=metres_of(case, int(plan.line[k]), int(plan.person[k])),
            score=int(plan.score[k]),
            pinned=bool(plan.pinned[k]),
        )
        for k in at
    )


def _edits(
    session: Session, actor: Actor, row: MatchRun, made: Kept, language: str
) -> tuple[tuple[EditRow, ...], dict[int, str]]:
    """The edits in words, and the names of the accounts that play a part."""
    names = volunteer_names(session, actor.county, [edit[2] for edit in row.edits])
    accounts = {row.account_id, *(edit[3] for edit in row.edits)}
    by = {
        account.id: account.display_name
        for account in session.execute(select(Account.id, Account.display_name).where(Account.id.in_(accounts)))
    }
    needs = needs_of_roles(session, actor.county, made, [edit[1] for edit in row.edits], language)
    found = (
        EditRow(number, kind, role_id, person_id, names.get(person_id, ""), needs.get(role_id), by.get(who, ""), reason)
        for number, (kind, role_id, person_id, who, reason) in enumerate(row.edits, start=1)
    )
    return tuple(found), by


def volunteer_names(session: Session, county: str, ids: Sequence[int]) -> dict[int, str]:
    """Names of some volunteers of the county."""
    rows = session.execute(
        select(Volunteer.id, Person.name)
        .join(Person, Person.id == Volunteer.person_id)
        .where(Volunteer.id.in_(sorted(set(ids))), Volunteer.county == county)
    )
    return {row.id: row.name for row in rows}


def needs_of_roles(
    session: Session, county: str, made: Kept, role_ids: Sequence[int], language: str
) -> dict[int, NeedWords]:
    """What rows say of the needs of these roles, those of the plan among them."""
    lines = made.case.lines
    known = [role_id for role_id in sorted(set(role_ids)) if role_id in lines.id]
    need = {role: int(lines.table.need[row]) for role, row in zip(known, lines.rows(known).tolist(), strict=True)}
    words = need_words(session, county, set(need.values()), language)
    return {role: words[need_id] for role, need_id in need.items() if need_id in words}


def refused_pins(session: Session, actor: Actor, made: Kept, language: str) -> tuple[PinRefused, ...]:
    """The pins that can't be kept, in words."""
    pins = made.plan.refused
    if not pins:
        return ()
    names = volunteer_names(session, actor.county, [pin.person_id for pin in pins])
    needs = needs_of_roles(session, actor.county, made, [pin.line_id for pin in pins], language)
    return tuple(
        PinRefused(pin.line_id, pin.person_id, names.get(pin.person_id, ""), needs.get(pin.line_id), pin.reason)
        for pin in pins
    )


@question(*_READS)
def unmet_page(
    session: Session, actor: Actor, *, run_id: int, page: int = 0, size: int = PAGE, language: str = "zh"
) -> Unmet:
    """Roles with empty seats, a page at a time, and what became of everybody who might have come."""
    require(actor, Action.SEE_MATCH)
    with live_plans.held(session, actor, run_id) as (row, made):
        counts = session.scalar(select(MatchRun.counts).where(MatchRun.id == (row.draft_of or row.id))) or {}
        table = made.case.lines.table
        lines = sorted(made.plan.unmet.tolist(), key=lambda line: (int(table.urgency[line]), int(table.id[line])))
        here = lines[page * size : (page + 1) * size]
        words = need_words(session, actor.county, {int(table.need[line]) for line in here}, language)
        removed = counts.get("removed", {})
        rows = tuple(
            EmptySeats(
                need=words[int(table.need[line])],
                role_id=int(table.id[line]),
                seats=int(made.plan.empty[line]),
                causes=tuple((removed.get(str(int(table.id[line])), {}) | _left(made, line)).items()),
            )
            for line in here
        )
        explained = tuple(str(int(table.id[line])) in removed for line in here)
        return Unmet(rows, explained, len(lines))


def _left(made: Kept, line: int) -> dict[str, int]:
    """Of those who may take a line: how many are chosen here, needed elsewhere, or left over."""
    case, plan = made.case, made.plan
    able = case.pairs.row[case.pairs.ptr[line] : case.pairs.ptr[line + 1]]
    here = plan.person[plan.line == line]
    elsewhere = np.setdiff1d(np.intersect1d(able, plan.person[plan.line != line]), here)
    left = len(able) - len(here) - len(elsewhere)
    rest = "crew" if int(case.lines.table.need[line]) in plan.short_crews else "dropped"
    found = {"chosen": len(here), "elsewhere": len(elsewhere), rest: left}
    return {name: count for name, count in found.items() if count}


@question(*_READS)
def plan_lines(session: Session, actor: Actor, *, run_id: int, limit: int = MOST_LINES) -> tuple[PlanLine, ...]:
    """The first pairs of a draft as lines on the map, the most urgent needs first."""
    require(actor, Action.SEE_MATCH)
    with live_plans.held(session, actor, run_id) as (_, made):
        plan, table = made.plan, made.case.lines.table
        order = np.lexsort((plan.person_id, plan.line_id, table.urgency[plan.line]))[:limit].tolist()
        words = need_words(session, actor.county, {int(table.need[plan.line[k]]) for k in order}, "zh")
        who: dict[int, Profile] = profiles(session, actor.county, sorted({int(plan.person_id[k]) for k in order}))
        pairs: list[tuple[Any, ...]] = [
            (int(plan.line_id[k]), words[int(table.need[plan.line[k]])], who[int(plan.person_id[k])]) for k in order
        ]
        return tuple(
            PlanLine(role_id, one.volunteer_id, need.urgency, one.lon, one.lat, need.lon, need.lat)
            for role_id, need, one in pairs
            if None not in (one.lon, one.lat, need.lon, need.lat)
        )
