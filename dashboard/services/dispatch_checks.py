"""May these people be sent now? The same rules that rank them, tried on rows read under the locks of a dispatch."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.core import spans
from dashboard.core.deadlines import DeadlineRules
from dashboard.core.errors import Conflict, Invalid, NotFound
from dashboard.core.matching import screen
from dashboard.core.matching.arrays import records
from dashboard.core.matching.candidates import measured
from dashboard.core.matching.lines import SLOT, Lines
from dashboard.core.matching.people import People
from dashboard.core.matching.policy import HARD, TERMS, Policy
from dashboard.core.matching.rules import metres_between
from dashboard.core.show_times import stamp
from dashboard.core.words import HOLDS_SEAT
from dashboard.services import claims
from dashboard.services.commands import Work
from dashboard.services.match_lines import lines_of, lines_of_one, some_needs
from dashboard.services.match_people import Weeks, codes_of, these
from dashboard.services.match_policy import policy_at
from dashboard.services.rules import deadline_rules
from db.models import Account, Dispatch, Need, NeedInterval, Person, Volunteer

#: Rules a coordinator may override with a reason: she has spoken with the volunteer. A licence never can be.
OVERRIDABLE = frozenset({"placed", "skill", "distance", "known", "free", "cap_day", "cap_week"})
#: The furthest ahead for which anybody's time is laid out.
_MOST_DAYS = 7 * 60


@dataclass(frozen=True)
class Bench:
    """People and lines read inside this transaction, with the rules that hold."""

    people: People
    lines: Lines
    policy: Policy
    deadlines: DeadlineRules
    limits: claims.Limits

    @cached_property
    def pools(self) -> screen.Pools:
        return screen.pools(self.people, self.lines, self.policy)

    def person(self, volunteer_id: int) -> Any:
        """Her record."""
        return self.people.table[int(self.people.rows([volunteer_id])[0])]

    def line(self, role_id: int) -> Any:
        """The role's record."""
        return self.lines.table[int(self.lines.rows([role_id])[0])]


def bench_of(work: Work, need_ids: Sequence[int], volunteer_ids: Sequence[int], until: datetime | None = None) -> Bench:
    """What a dispatch of these people to these needs is checked against. Take the locks first. `until`: when the last
    service ends, where that is known; else everybody's time is laid out to the last wanted one."""
    session, county, now = work.session, work.actor.county, work.now
    codes = codes_of(session, county)
    last = until or session.scalar(
        select(func.max(NeedInterval.end)).where(
            NeedInterval.county == county, NeedInterval.need_id.in_(list(need_ids))
        )
    )
    first_day = Weeks.around(now).first_day
    days = spans.day_of(spans.minute_of(last)) + 8 - first_day if last is not None else 7
    weeks = Weeks(first_day, min(max(days, 7), _MOST_DAYS))
    people = these(session, county, work.actor.site_path, codes, weeks, now, sorted(set(volunteer_ids)))
    if people.count < len(set(volunteer_ids)):
        raise NotFound("constraints.no_such_volunteer")
    if len(need_ids) == 1:
        lines = lines_of_one(session, county, codes, now, need_ids[0], ask_again=True).lines
    else:
        lines = lines_of(session, county, codes, now, some_needs(county, need_ids), ask_again=True).lines
    limits = claims.limits_at(session, county, now)
    return Bench(people, lines, policy_at(session, county, now), deadline_rules(session, county, now), limits)


def at_span(lines: Lines, start: int, end: int) -> Lines:
    """The same lines with one possible time, [start, end) in minutes."""
    table = lines.table.copy()
    table["slot_from"], table["slot_to"], table["all_slots"] = 0, 1, False
    return replace(lines, table=table, slots=records(SLOT, 1, {"start": [start], "end": [end]}))


def broken_rules(bench: Bench, role_id: int, volunteer_id: int, slots: tuple[int, int]) -> dict[str, int]:
    """Rule -> by how much it is missed, in the rule's unit, for the slots [first, last) of the line."""
    return broken_by(bench.person(volunteer_id), bench.line(role_id), bench.pools, slots)


def broken_by(person: Any, line: Any, lists: screen.Pools, slots: tuple[int, ...]) -> dict[str, int]:
    """The same for records of the two tables."""
    found = {}
    for number, rule in enumerate(HARD):
        if rule.timed:
            short = screen.time_short(number, person, line, lists, *slots)
        else:
            short = screen.pair_short(number, person, line, lists.skills, lists.asked, lists.names)
        if short > 0:
            found[rule.name] = int(short)
    return found


def common_slots(bench: Bench, role_id: int, volunteer_ids: Sequence[int]) -> tuple[int, int]:
    """[first, last) of the slots they serve: all where all must be, else the earliest at which nobody is hindered, else
    the earliest at which the fewest are."""
    line = bench.line(role_id)
    begin, stop = int(line.slot_from), int(line.slot_to)
    if begin == stop:
        raise Invalid("dispatches.time_past")
    if line.all_slots:
        return begin, stop
    people = [bench.person(one) for one in volunteer_ids]
    hindered = [
        sum(screen.first_short(person, line, bench.pools, slot, slot + 1) < len(HARD) for person in people)
        for slot in range(begin, stop)
    ]
    best = begin + int(np.argmin(hindered))
    return best, best + 1


def terms_of(bench: Bench, role_id: int, volunteer_id: int, slot: int) -> dict[str, int]:
    """The terms of the score at the time, as points; kept on the dispatch."""
    line, row = bench.lines.rows([role_id])[0], bench.people.rows([volunteer_id])
    _, points = measured(bench.people, bench.lines, int(line), row, np.array([slot]), bench.policy)
    return {term.name: int(value) for term, value in zip(TERMS, points[0], strict=True)}


def metres_of(bench: Bench, role_id: int, volunteer_id: int) -> int | None:
    """Whole metres from her home to the need, None when one of them is unknown."""
    metres = int(metres_between(bench.person(volunteer_id), bench.line(role_id)))
    return None if metres < 0 else metres


def require_allowed(work: Work, broken: Collection[str], volunteer_id: int, reason: str, span: tuple[Any, Any]) -> None:
    """Refuse a dispatch that breaks a rule, unless a reason was given and every broken rule may be overridden.

    Raises Conflict for what somebody else did meanwhile (a clash, already on it), Invalid for the rest; both name her.
    """
    if not broken:
        return
    who = name_of(work.session, volunteer_id)
    if "taken" in broken:
        raise Conflict("dispatches.already_on_it", volunteer=who)
    if "clash" in broken:
        raise clash_of(work, volunteer_id, who, *span)
    fixed = [rule for rule in broken if rule not in OVERRIDABLE]
    if fixed:
        raise Invalid(f"dispatches.rule.{fixed[0]}", volunteer=who)
    if not reason.strip():
        raise Invalid(f"dispatches.ask_reason.{next(iter(broken))}", volunteer=who)


def require_room(work: Work, bench: Bench, volunteer_id: int) -> None:
    """Raises Conflict when one open task more would break a claim limit."""
    if bench.limits == claims.NO_LIMITS:
        return
    found = claims.claims_of(work.session, work.actor.county, [volunteer_id], bench.limits)[volunteer_id]
    if refusal := claims.refusal_of(found, name_of(work.session, volunteer_id)):
        raise refusal


def clash_of(work: Work, volunteer_id: int, who: str, start: datetime, end: datetime) -> Conflict:
    """Who sent her elsewhere, when, and for what time: the nearest dispatch that leaves no time for this one."""
    rows = work.session.execute(
        select(Dispatch.start, Dispatch.end, Dispatch.offered_at, Dispatch.dispatched_by)
        .where(
            Dispatch.county == work.actor.county,
            Dispatch.volunteer_id == volunteer_id,
            Dispatch.state.in_(HOLDS_SEAT),
        )
        .order_by(Dispatch.start)
    ).all()
    if not rows:
        return Conflict("commands.volunteer_taken")
    nearest = min(rows, key=lambda row: max(start - row.end, row.start - end))
    overlaps = nearest.start < end and start < nearest.end
    return Conflict(
        "dispatches.taken_by" if overlaps else "dispatches.no_time_to_travel",
        volunteer=who,
        who=account_name(work.session, nearest.dispatched_by),
        at=stamp(nearest.offered_at),
        span=f"{stamp(nearest.start)} – {stamp(nearest.end)}",
    )


def full_of(work: Work, need: Need) -> Conflict:
    """Who filled the need last, and when."""
    last = work.session.execute(
        select(Dispatch.offered_at, Dispatch.dispatched_by)
        .where(Dispatch.county == need.county, Dispatch.need_id == need.id, Dispatch.state.in_(HOLDS_SEAT))
        .order_by(Dispatch.offered_at.desc(), Dispatch.id.desc())
        .limit(1)
    ).first()
    if last is None:
        return Conflict("commands.need_full")
    return Conflict(
        "dispatches.filled_by",
        code=need.code,
        who=account_name(work.session, last.dispatched_by),
        at=stamp(last.offered_at),
    )


def account_name(session: Session, account_id: int) -> str:
    """The display name of an account; the server's own work has none."""
    return session.scalar(select(Account.display_name).where(Account.id == account_id)) or "system"


def name_of(session: Session, volunteer_id: int) -> str:
    """A volunteer's name, as coordinators see it."""
    wanted = select(Person.name).join(Volunteer, Volunteer.person_id == Person.id).where(Volunteer.id == volunteer_id)
    return session.scalar(wanted) or f"#{volunteer_id}"
