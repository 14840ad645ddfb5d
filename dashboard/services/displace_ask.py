"""Who could be freed for a more urgent need, who could take over where she is taken from, and what was displaced."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from dashboard.core import spans
from dashboard.core.errors import NotFound
from dashboard.core.matching import candidates as ranking
from dashboard.core.matching import screen
from dashboard.core.matching.lines import Lines
from dashboard.core.matching.people import People
from dashboard.core.matching.policy import Policy
from dashboard.core.matching.rules import metres_between
from dashboard.core.matching.words import URGENCIES
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.words import DispatchState, Subject, Urgency
from dashboard.services.claims import claims_of, limits_at
from dashboard.services.dispatch_checks import at_span
from dashboard.services.match_lines import lines_of_one
from dashboard.services.match_people import Weeks, everybody
from dashboard.services.match_plan import NeedWords, need_words
from dashboard.services.match_policy import policy_at
from dashboard.services.match_view import Profile, profiles
from dashboard.services.questions import question
from dashboard.services.reach import at_reached_site
from db.models import Account, Dispatch, Displacement, Need, NeedInterval, Person, Volunteer

#: Promises that may be taken back: nobody has begun.
OPEN = (DispatchState.OFFERED, DispatchState.ACCEPTED)
#: Further from the wanted time a task hinders nobody but by the caps of a day.
NEAR = timedelta(days=1)
#: Of so many who could be freed, the gentlest first, a substitute is looked for.
LOOKED_AT = 30
_READS = (Subject.PEOPLE, Subject.NEEDS, Subject.SERVICES, Subject.CATALOGUE, Subject.PLACES, Subject.RULES)


@dataclass(frozen=True)
class Table:
    """What a question about one need works with."""

    people: People
    lines: Lines
    policy: Policy


@dataclass(frozen=True)
class Proposal:
    """She could come if this promise were taken back. `substitute` could take over there at that time, the best ranked;
    None: nobody could, the need would be escalated."""

    who: Profile
    score: int
    metres: int | None
    start: datetime
    end: datetime
    dispatch_id: int
    displaced: NeedWords
    displaced_start: datetime
    displaced_end: datetime
    accepted: bool
    substitute: Profile | None
    substitute_metres: int | None


@dataclass(frozen=True)
class Proposals:
    """For a role of a need: how many free people could take it (then nobody is displaced), else who could be freed,
    the gentlest first: with a substitute, from a less urgent need, not yet accepted, then by score."""

    need_id: int
    role_id: int
    code: str
    urgency: str
    open: int
    free: int
    rows: tuple[Proposal, ...]


@dataclass(frozen=True)
class DisplacementRow:
    """What was displaced, for what, by whose word."""

    id: int
    at: datetime
    code: str
    displaced_code: str
    volunteer: str
    accepted_by: str
    accepted_role: str
    reason: str
    by: str
    escalated: bool
    substitute: str


@dataclass(frozen=True)
class _Promise:
    """A dispatch that might be taken back, and what she would be judged at."""

    row: Any
    slot: int
    score: int
    metres: int | None


def table_of(session: Session, actor: Actor, need_id: int, now: datetime) -> Table:
    """Everybody, the roles of a need, the rules. Raises NotFound for a need out of reach."""
    first = session.execute(
        select(Need.id, func.min(NeedInterval.start).label("start"))
        .outerjoin(NeedInterval, (NeedInterval.need_id == Need.id) & (NeedInterval.end > now))
        .where(Need.county == actor.county, Need.id == need_id, at_reached_site(actor, Need.site_id))
        .group_by(Need.id)
    ).first()
    if first is None:
        raise NotFound("needs.no_such")
    codes, people = everybody(session, actor.county, actor.site_path, Weeks.around(now, first.start), now)
    lines = lines_of_one(session, actor.county, codes, now, need_id).lines
    return Table(people, lines, policy_at(session, actor.county, now))


def at_time(lines: Lines, line: int, start: datetime, end: datetime) -> Lines:
    """One role alone, at one time."""
    one = replace(lines, table=lines.table[line : line + 1])
    return at_span(one, spans.minute_of(start), spans.end_minute_of(end))


@question(*_READS)
def proposals(
    session: Session, actor: Actor, *, need_id: int, now: datetime, role_id: int | None = None, limit: int = 10
) -> Proposals:
    """Who could be freed for a role of a need (by default the first with open seats) that nobody free can take."""
    require(actor, Action.SEE_MATCH)
    table = table_of(session, actor, need_id, now)
    line = _line(table.lines, role_id)
    need = session.get_one(Need, need_id)
    free = _free(session, actor, table, line, now)
    record = table.lines.table[line]
    rows = [] if free else _promises(session, actor, table, line, need)
    urgency = {str(name): rank for rank, name in enumerate(URGENCIES)}
    rows.sort(key=lambda one: (-urgency[one.row.urgency], one.row.state != OPEN[0], -one.score, one.row.volunteer_id))
    found = [_proposal(session, actor, table, one, now) for one in rows[:LOOKED_AT]]
    found.sort(key=lambda one: one.substitute is None)
    return Proposals(need_id, int(record.id), need.code, need.urgency, int(record.seats), free, tuple(found[:limit]))


def _free(session: Session, actor: Actor, table: Table, line: int, now: datetime) -> int:
    """How many could be sent without taking anything back."""
    eligible = ranking.ranked(table.people, table.lines, line, table.policy, 0).eligible
    limits = limits_at(session, actor.county, now)
    if not eligible or not any(limits):
        return eligible
    ids = ranking.ranked(table.people, table.lines, line, table.policy, eligible).id.tolist()
    return sum(not claim.full for claim in claims_of(session, actor.county, ids, limits).values())


def _line(lines: Lines, role_id: int | None) -> int:
    if role_id is not None:
        if role_id not in lines.id:
            raise NotFound("dispatches.no_such_role")
        return int(lines.rows([role_id])[0])
    return int((lines.table.seats > 0).argmax())


def _promises(session: Session, actor: Actor, table: Table, line: int, need: Need) -> list[_Promise]:
    """Open dispatches to less urgent needs within reach whose volunteers pass every rule once freed."""
    record = table.lines.table[line]
    slots = table.lines.slots[record.slot_from : record.slot_to]
    less = URGENCIES[URGENCIES.index(Urgency(need.urgency)) + 1 :]
    if not len(slots) or not less:
        return []
    first, last = spans.moment_of(int(slots.start.min())), spans.moment_of(int(slots.end.max()))
    rows = session.execute(
        select(
            Dispatch.id,
            Dispatch.volunteer_id,
            Dispatch.need_id,
            Dispatch.role_id,
            Dispatch.state,
            Dispatch.start,
            Dispatch.end,
            Need.urgency,
            Need.lon,
            Need.lat,
        )
        .join(Need, Need.id == Dispatch.need_id)
        .where(
            Dispatch.county == actor.county,
            Dispatch.state.in_(OPEN),
            Dispatch.in_place_of.is_(None),
            Dispatch.start < last + NEAR,
            Dispatch.end > first - NEAR,
            Need.urgency.in_(less),
            at_reached_site(actor, Need.site_id),
        )
        .order_by(Dispatch.id)
    ).all()
    several = _several(session, actor.county, [row.need_id for row in rows])
    rows = [row for row in rows if (row.need_id, row.role_id, row.volunteer_id) not in several]
    freed = freed_people(table.people, rows)
    lists = screen.pools(freed, table.lines, table.policy)
    found = []
    for at, row in enumerate(rows):
        person = freed.table[at]
        rule, slot = screen.judge(person, record, lists)
        if rule == screen.RULES:
            score = int(screen.score_of(person, record, lists, slot))
            metres = int(metres_between(person, record))
            found.append(_Promise(row, int(slot), score, None if metres < 0 else metres))
    return found


def _several(session: Session, county: str, need_ids: Sequence[int]) -> set[tuple[int, int, int]]:
    """(need, role, volunteer) of those who promised to come several times: part of a promise is none."""
    keys = (Dispatch.need_id, Dispatch.role_id, Dispatch.volunteer_id)
    rows = session.execute(
        select(*keys)
        .where(Dispatch.county == county, Dispatch.need_id.in_(sorted(set(need_ids))), Dispatch.state.in_(OPEN))
        .group_by(*keys)
        .having(func.count() > 1)
    )
    return {tuple(row) for row in rows}  # type: ignore[misc]


def freed_people(people: People, rows: Sequence[Any]) -> People:
    """One record a dispatch: its volunteer without it. The ids may repeat; for judging records only."""
    at = people.rows([row.volunteer_id for row in rows])
    table = people.table[at].copy()
    pool, length = [people.spans], len(people.spans)
    for number, row in enumerate(rows):
        start, end = spans.minute_of(row.start), spans.end_minute_of(row.end)
        own = people.spans[int(table.busy_from[number]) : int(table.busy_to[number])]
        left = own[(own["start"] != start) | (own["end"] != end)]
        pool.append(left)
        table.busy_from[number], table.busy_to[number] = length, length + len(left)
        length += len(left)
    return replace(people, table=table.view(np.recarray), spans=np.concatenate(pool).view(np.recarray))


def _proposal(session: Session, actor: Actor, table: Table, one: _Promise, now: datetime) -> Proposal:
    """The promise in words, with who could take over."""
    row, slot = one.row, table.lines.slots[one.slot]
    who = profiles(session, actor.county, [row.volunteer_id])[row.volunteer_id]
    substitute, metres = _substitute(session, actor, row, now)
    return Proposal(
        who=who,
        score=one.score,
        metres=one.metres,
        start=spans.moment_of(int(slot.start)),
        end=spans.moment_of(int(slot.end)),
        dispatch_id=row.id,
        displaced=need_words(session, actor.county, [row.need_id], "zh")[row.need_id],
        displaced_start=row.start,
        displaced_end=row.end,
        accepted=row.state == DispatchState.ACCEPTED,
        substitute=substitute,
        substitute_metres=metres,
    )


def _substitute(session: Session, actor: Actor, row: Any, now: datetime) -> tuple[Profile | None, int | None]:
    """The best who is free for the displaced need at its time, claim limits kept."""
    other = table_of(session, actor, row.need_id, now)
    lines = at_time(other.lines, int(other.lines.rows([row.role_id])[0]), row.start, row.end)
    found = ranking.ranked(other.people, lines, 0, other.policy, 5)
    claims = claims_of(session, actor.county, found.id.tolist(), limits_at(session, actor.county, now))
    for rank, volunteer_id in enumerate(found.id.tolist()):
        if not claims[volunteer_id].full:
            metres = int(found.metres[rank])
            return profiles(session, actor.county, [volunteer_id])[volunteer_id], None if metres < 0 else metres
    return None, None


@question(Subject.NEEDS, Subject.PEOPLE, Subject.ACCOUNTS, Subject.PLACES)
def displacements(
    session: Session, actor: Actor, *, need_id: int | None = None, limit: int = 50
) -> tuple[DisplacementRow, ...]:
    """What was displaced within reach, latest first: all of it, or what concerns one need on either side."""
    require(actor, Action.SEE_MATCH)
    urgent, loser = aliased(Need), aliased(Need)
    withdrawn, taken = aliased(Dispatch), aliased(Dispatch)
    person, volunteer = aliased(Person), aliased(Volunteer)
    other, substitute = aliased(Person), aliased(Volunteer)
    query = (
        select(
            Displacement,
            urgent.code,
            loser.code,
            person.name,
            Account.display_name,
            other.name,
        )
        .join(urgent, urgent.id == Displacement.need_id)
        .join(withdrawn, withdrawn.id == Displacement.dispatch_id)
        .join(loser, loser.id == withdrawn.need_id)
        .join(volunteer, volunteer.id == withdrawn.volunteer_id)
        .join(person, person.id == volunteer.person_id)
        .outerjoin(taken, taken.id == Displacement.replaced_dispatch_id)
        .outerjoin(substitute, substitute.id == taken.volunteer_id)
        .outerjoin(other, other.id == substitute.person_id)
        .outerjoin(Account, Account.id == Displacement.account_id)
        .where(Displacement.county == actor.county, at_reached_site(actor, urgent.site_id))
        .order_by(Displacement.id.desc())
        .limit(limit)
    )
    if need_id is not None:
        query = query.where((Displacement.need_id == need_id) | (withdrawn.need_id == need_id))
    return tuple(
        DisplacementRow(
            id=row.id,
            at=row.at,
            code=code,
            displaced_code=lost,
            volunteer=name,
            accepted_by=row.accepted_by,
            accepted_role=row.accepted_role,
            reason=row.reason,
            by=by or "",
            escalated=row.escalated,
            substitute=took_over or "",
        )
        for row, code, lost, name, by, took_over in session.execute(query)
    )
