"""What a draft means: what it changes, what an override would cost, why seats stay empty, and whether it is fair.

Names are looked up for the rows shown and for nobody else.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.core import spans
from dashboard.core.errors import Invalid, NotFound
from dashboard.core.matching import bottleneck, difference, fairness, override
from dashboard.core.matching.case import Case
from dashboard.core.matching.difference import Difference, Move
from dashboard.core.matching.fairness import Load
from dashboard.core.matching.plan import Plan
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.words import Subject
from dashboard.services import live_plans
from dashboard.services.draft_view import needs_of_roles
from dashboard.services.live_plans import Kept
from dashboard.services.match_plan import NeedWords, metres_of, need_words
from dashboard.services.match_runs import Value, value_of
from dashboard.services.match_view import Profile, profiles
from dashboard.services.questions import question
from db.models import NeedRole, NeedSkill, Skill

#: People and needs named in one answer.
SHOWN = 50
_READS = (Subject.PLANS, Subject.NEEDS, Subject.PEOPLE, Subject.CATALOGUE, Subject.PLACES)


@dataclass(frozen=True)
class MoveRow:
    """Somebody who serves other needs than before."""

    who: Profile
    before: tuple[NeedWords, ...]
    after: tuple[NeedWords, ...]


@dataclass(frozen=True)
class SeatsRow:
    """A role with seats more (or fewer) that stay empty."""

    need: NeedWords
    role_id: int
    seats: int


@dataclass(frozen=True)
class DraftDifference:
    """A draft against its unedited run, or against another draft of it: tier by tier, who moves, who loses, who comes,
    which needs are now unmet or met. The lists hold the first few; the counts all."""

    before: Value
    after: Value
    moved_count: int
    gone_count: int
    came_count: int
    moved: tuple[MoveRow, ...]
    gone: tuple[MoveRow, ...]
    came: tuple[MoveRow, ...]
    now_unmet: tuple[SeatsRow, ...]
    now_met: tuple[SeatsRow, ...]

    @property
    def nothing(self) -> bool:
        """Do both send the same people to the same needs?"""
        return not (self.moved_count or self.gone_count or self.came_count)


@dataclass(frozen=True)
class Cost:
    """What is lost, by tier: steps of urgency of seats left empty (an urgent seat is three, a soon one two, a normal
    one one), promises displaced, unevenness (sum of squares of tasks a person and week), points. `packed` decides."""

    packed: int
    steps: int
    promises: int
    spread: int
    points: int


@dataclass(frozen=True)
class Override:
    """What choosing her for the role would cost the whole plan. `least` is proven: no plan with the pair costs less;
    `tried` is what it costs when done, with how many others then move. Both None when she may not take it; zero when
    she is chosen. `refused`: why the pair can't be pinned, "" when it can; `moves`: the first few of the others."""

    role_id: int
    volunteer_id: int
    eligible: bool
    chosen: bool
    least: Cost | None
    tried: Cost | None
    others_move: int
    needs_unmet: int
    refused: str
    moves: tuple[MoveRow, ...] = ()


@dataclass(frozen=True)
class Alternative:
    """Somebody else who may take the role, and what that costs the plan at least."""

    who: Profile
    score: int
    metres: int | None
    chosen: bool
    least: Cost


@dataclass(frozen=True)
class Narrow:
    """Why seats of a role stay empty: together these needs want `seats` people, and all who may come can fill `room`:
    `unmet` stay empty in any plan. `skills` are what all of them ask for; `start`, `end` when they lie; the first few
    needs in words, most urgent first. `cause` is "" or, where the flow is not the reason, "crew" or "time"."""

    needs: tuple[NeedWords, ...]
    need_count: int
    people: int
    seats: int
    room: int
    unmet: int
    skills: tuple[str, ...]
    start: datetime | None
    end: datetime | None
    cause: str


@dataclass(frozen=True)
class FairView:
    """How tasks are shared among everybody who may take any of the needs: without the plan, and with it."""

    before: Load
    after: Load


@question(*_READS)
def difference_of(
    session: Session, actor: Actor, *, run_id: int, against: int | None = None, language: str = "zh", limit: int = SHOWN
) -> DraftDifference:
    """What a draft does otherwise than its unedited run, or than another draft of the same run."""
    require(actor, Action.SEE_MATCH)
    other = None
    if against is not None:
        with live_plans.held(session, actor, against) as (row, made):
            other, run = made.plan, row.draft_of or row.id
    with live_plans.held(session, actor, run_id) as (row, made):
        if other is not None and (row.draft_of or row.id) != run:
            raise Invalid("match_drafts.other_run")
        return difference_from(session, actor, made, made.base if other is None else other, language, limit)


def difference_from(
    session: Session, actor: Actor, made: Kept, before: Plan, language: str, limit: int = SHOWN
) -> DraftDifference:
    """What a draft at hand does otherwise than another plan of its case."""
    found = difference.difference(made.case, *_only_changed(made.case, before, made.plan))
    return _said(session, actor, made, found, language, limit)


def _only_changed(case: Case, *plans: Plan) -> list[Plan]:
    """The plans with the rows of those people alone who serve something else in one than in the other: of thousands a
    change moves a few."""
    width = max(1, case.people.count)
    before, after = (plan.line * width + plan.person for plan in plans)
    moved = np.unique(np.setxor1d(before, after) % width)
    kept = (np.isin(plan.person, moved) for plan in plans)
    return [
        replace(plan, line_id=plan.line_id[rows], person_id=plan.person_id[rows])
        for plan, rows in zip(plans, kept, strict=True)
    ]


def _said(session: Session, actor: Actor, made: Kept, found: Difference, language: str, limit: int) -> DraftDifference:
    shown = [moves[:limit] for moves in (found.moved, found.gone, found.came)]
    seats = [rows[:limit] for rows in (found.now_unmet, found.now_met)]
    roles = {role for moves in shown for move in moves for role in (*move.before, *move.after)}
    roles |= {role for rows in seats for role, _ in rows}
    needs = needs_of_roles(session, actor.county, made, sorted(roles), language)
    who = profiles(session, actor.county, sorted({move.person_id for moves in shown for move in moves}))

    def rows_of(moves: Iterable[Move]) -> tuple[MoveRow, ...]:
        return tuple(
            MoveRow(who[one.person_id], tuple(needs[r] for r in one.before), tuple(needs[r] for r in one.after))
            for one in moves
        )

    moved, gone, came = (rows_of(moves) for moves in shown)
    unmet, met = (tuple(SeatsRow(needs[role], role, count) for role, count in rows) for rows in seats)
    return DraftDifference(
        before=value_of(found.tiers_before),
        after=value_of(found.tiers_after),
        moved_count=len(found.moved),
        gone_count=len(found.gone),
        came_count=len(found.came),
        moved=moved,
        gone=gone,
        came=came,
        now_unmet=unmet,
        now_met=met,
    )


@question(*_READS)
def price_of(
    session: Session,
    actor: Actor,
    *,
    run_id: int,
    role_id: int,
    volunteer_id: int,
    language: str = "zh",
    limit: int = 5,
) -> Override:
    """The price of an override, before the click (N2): proven at least, and as it comes when it is tried on a copy."""
    require(actor, Action.SEE_MATCH)
    with live_plans.held(session, actor, run_id) as (_, made):
        case, live, plan = made.case, made.live, made.plan
        line = _line(made, role_id)
        at = _position(made, line, volunteer_id)
        if at < 0:
            return Override(role_id, volunteer_id, False, False, None, None, 0, 0, "")
        chosen = bool(((plan.line == line) & (plan.person_id == volunteer_id)).any())
        if chosen:
            nothing = Cost(0, 0, 0, 0, 0)
            return Override(role_id, volunteer_id, True, True, nothing, nothing, 0, 0, "")
        least = int(override.least(live, np.array([at]))[0])
        after, price = override.tried(live, role_id, volunteer_id)
        pair = (role_id, volunteer_id)
        refused = next((pin.reason for pin in after.refused if (pin.line_id, pin.person_id) == pair), "")
        changed = difference.difference(case, plan, after)
        moves = {move.person_id for moves in (changed.moved, changed.gone, changed.came) for move in moves}
        return Override(
            role_id=role_id,
            volunteer_id=volunteer_id,
            eligible=True,
            chosen=False,
            least=_cost(override.price_of(case, max(0, least))),
            tried=None if refused else _cost(price),
            others_move=len(moves - {volunteer_id}),
            needs_unmet=sum(seats for _, seats in changed.now_unmet),
            refused=refused,
            moves=_first_moves(session, actor, made, changed, volunteer_id, language, limit),
        )


def _first_moves(
    session: Session, actor: Actor, made: Kept, changed: Difference, but: int, language: str, limit: int
) -> tuple[MoveRow, ...]:
    """The first few people who move, but the one asked about."""
    said = _said(session, actor, made, changed, language, limit + 1)
    rows = (*said.moved, *said.gone, *said.came)
    return tuple(row for row in rows if row.who.volunteer_id != but)[:limit]


@question(*_READS)
def alternatives_of(
    session: Session, actor: Actor, *, run_id: int, role_id: int, limit: int = 20
) -> tuple[Alternative, ...]:
    """Everybody who may take the role, those chosen first, then by what they cost the plan at least, then by score."""
    require(actor, Action.SEE_MATCH)
    with live_plans.held(session, actor, run_id) as (_, made):
        case, plan = made.case, made.plan
        line = _line(made, role_id)
        pairs = np.arange(case.pairs.ptr[line], case.pairs.ptr[line + 1])
        rows = case.pairs.row[pairs]
        chosen = np.isin(rows, plan.person[plan.line == line])
        cost = np.maximum(0, override.least(made.live, pairs))
        best = np.lexsort((rows, -case.pairs.score[pairs], cost, ~chosen))[:limit].tolist()
        who = profiles(session, actor.county, case.people.id[rows[best]].tolist())
        return tuple(
            Alternative(
                who=who[int(case.people.id[rows[k]])],
                score=int(case.pairs.score[pairs[k]]),
                metres=metres_of(case, line, int(rows[k])),
                chosen=bool(chosen[k]),
                least=_cost(override.price_of(case, int(cost[k]))),
            )
            for k in best
        )


def _cost(price: override.Price) -> Cost:
    return Cost(price.packed, price.steps, price.promises, price.spread, price.points)


def _line(made: Kept, role_id: int) -> int:
    """Row of a role. Raises NotFound when it is not in the plan."""
    if role_id not in made.case.lines.id:
        raise NotFound("match_drafts.not_among_needs")
    return int(made.case.lines.rows([role_id])[0])


def _position(made: Kept, line: int, volunteer_id: int) -> int:
    """Position of the pair, -1 when she may not take it."""
    people = made.case.people
    return made.case.pairs.position(line, int(people.rows([volunteer_id])[0])) if volunteer_id in people.id else -1


@question(*_READS)
def bottleneck_of(
    session: Session, actor: Actor, *, run_id: int, role_id: int, language: str = "zh", limit: int = 10
) -> Narrow | None:
    """Why seats of this role stay empty, None when none do."""
    require(actor, Action.SEE_MATCH)
    with live_plans.held(session, actor, run_id) as (_, made):
        line, table = _line(made, role_id), made.case.lines.table
        empty = int(made.plan.empty[line])
        if not empty:
            return None
        try:
            found = bottleneck.of(made.live, line)
            rows, people, cause = found.lines.tolist(), len(found.people), ""
            seats, room, unmet = found.seats, found.room, found.unmet
        except ValueError:
            # Not for want of people: a crew that can't be completed, or people at another time than the one chosen.
            rows, cause = [line], "crew" if int(table.need[line]) in made.plan.short_crews else "time"
            people = int(made.case.pairs.ptr[line + 1] - made.case.pairs.ptr[line])
            seats, unmet = int(table.seats[line]), empty
            room = seats - unmet
        lines = sorted(rows, key=lambda row: (int(table.urgency[row]), int(table.id[row])))
        ids = list(dict.fromkeys(int(table.need[row]) for row in lines))
        words = need_words(session, actor.county, ids[:limit], language)
        return Narrow(
            needs=tuple(words[need_id] for need_id in ids[:limit] if need_id in words),
            need_count=len(ids),
            people=people,
            seats=seats,
            room=room,
            unmet=unmet,
            skills=_skills_of_all(session, actor.county, [int(table.id[row]) for row in lines], language),
            cause=cause,
            **_time_of(made, lines),
        )


def _time_of(made: Kept, lines: list[int]) -> dict[str, Any]:
    """From the first possible start to the last possible end."""
    slots, table = made.case.lines.slots, made.case.lines.table
    timed = [row for row in lines if table.slot_from[row] < table.slot_to[row]]
    if not timed:
        return {"start": None, "end": None}
    start = min(int(slots.start[table.slot_from[row]]) for row in timed)
    end = max(int(slots.end[table.slot_to[row] - 1]) for row in timed)
    return {"start": spans.moment_of(start), "end": spans.moment_of(end)}


def _skills_of_all(session: Session, county: str, role_ids: list[int], language: str) -> tuple[str, ...]:
    """Names of the skills that every one of these roles requires."""
    own = select(NeedRole.id.label("role"), NeedRole.skill_id.label("skill")).where(
        NeedRole.county == county, NeedRole.id.in_(role_ids), NeedRole.skill_id.is_not(None)
    )
    needs = (
        select(NeedRole.id.label("role"), NeedSkill.skill_id.label("skill"))
        .join(NeedSkill, NeedSkill.need_id == NeedRole.need_id)
        .where(NeedRole.county == county, NeedRole.id.in_(role_ids), NeedSkill.required)
    )
    asked = own.union(needs).subquery()
    shared = (
        select(asked.c.skill).group_by(asked.c.skill).having(func.count(func.distinct(asked.c.role)) == len(role_ids))
    )
    rows = session.execute(select(Skill.name, Skill.name_en).where(Skill.id.in_(shared)).order_by(Skill.id))
    return tuple(row.name if language == "zh" else row.name_en or row.name for row in rows)


@question(Subject.PLANS)
def fairness_of(session: Session, actor: Actor, *, run_id: int) -> FairView:
    """The load of volunteers before and after the plan."""
    require(actor, Action.SEE_MATCH)
    with live_plans.held(session, actor, run_id) as (_, made):
        found = fairness.of(made.case, made.plan)
        return FairView(found.before, found.after)
