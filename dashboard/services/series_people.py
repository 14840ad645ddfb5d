"""Who is to come by an agreement: the keeper, or her substitute while the keeper is away.

Away means: off the register, or left with no stretch of the wanted time that is long enough, once her free time (where
it is known), her leave, what she is sent to and the duties she is on are taken off.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.core.deadlines import COUNTY_TIME
from dashboard.core.errors import Invalid, NotFound
from dashboard.core.words import HOLDS_SEAT, Consent, VolunteerStatus
from dashboard.services.commands import Work
from db.models import Availability, Dispatch, Duty, DutyPerson, Leave, Volunteer

Span = tuple[datetime, datetime]


def who_comes(
    session: Session,
    county: str,
    keeper_id: int | None,
    substitute_id: int | None,
    spans: Sequence[Span],
    minutes: int,
    need_id: int | None = None,
) -> int | None:
    """The keeper; her substitute where only the keeper is away for all of these spans; None where nobody keeps it.

    `need_id`: being sent to that need is no reason to be away from it.
    """
    if keeper_id is None or substitute_id is None:
        return keeper_id if keeper_id is not None else substitute_id
    if present(session, county, keeper_id, spans, minutes, need_id):
        return keeper_id
    return substitute_id if present(session, county, substitute_id, spans, minutes, need_id) else keeper_id


def present(
    session: Session, county: str, volunteer_id: int, spans: Sequence[Span], minutes: int, need_id: int | None = None
) -> bool:
    """Has she `minutes` in a row within one of the spans? Without spans: is she on the register?"""
    return volunteer_id in who_present(session, county, [volunteer_id], spans, minutes, need_id)


def who_present(
    session: Session,
    county: str,
    volunteer_ids: Collection[int],
    spans: Sequence[Span],
    minutes: int,
    need_id: int | None = None,
    duty_ids: Collection[int] = (),
) -> set[int]:
    """Those of them who are `present`. `duty_ids`: being on these duties is no reason to be away."""
    known = dict(
        session.execute(
            select(Volunteer.id, Volunteer.availability_known).where(
                Volunteer.county == county,
                Volunteer.id.in_(volunteer_ids),
                Volunteer.status == VolunteerStatus.ACTIVE,
                Volunteer.consent != Consent.REFUSED,
            )
        ).all()
    )
    if not spans or not known:
        return set(known)
    weekly: dict[int, list[Any]] = {one: [] for one, stated in known.items() if stated}
    if weekly:
        for row in session.execute(
            select(
                Availability.volunteer_id, Availability.weekday, Availability.start_minute, Availability.end_minute
            ).where(Availability.county == county, Availability.volunteer_id.in_(list(weekly)))
        ):
            weekly[row.volunteer_id].append(row[1:])
    found: set[int] = set()
    for start, end in spans:
        taken = _taken(session, county, list(known), start, end, need_id, duty_ids)
        for one in known.keys() - found:
            free = _laid_out(weekly[one], start, end) if one in weekly else [(start, end)]
            for begin, stop in taken.get(one, ()):
                free = [piece for had in free for piece in ((had[0], min(had[1], begin)), (max(had[0], stop), had[1]))]
            if any(stop - begin >= timedelta(minutes=minutes) for begin, stop in free):
                found.add(one)
    return found


def _laid_out(weekly: Sequence[Any], start: datetime, end: datetime) -> list[Span]:
    """Her weekly free time within a span."""
    midnight = start.astimezone(COUNTY_TIME).replace(hour=0, minute=0, second=0, microsecond=0)
    found = []
    while midnight < end:
        for day, first, last in weekly:
            if day == midnight.weekday():
                free = (midnight + timedelta(minutes=first), midnight + timedelta(minutes=last))
                found.append((max(free[0], start), min(free[1], end)))
        midnight += timedelta(days=1)
    return _joined(found)


def _joined(spans: list[Span]) -> list[Span]:
    """Spans that touch are one: midnight parts no night shift."""
    found: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _taken(
    session: Session,
    county: str,
    volunteer_ids: Sequence[int],
    start: datetime,
    end: datetime,
    need_id: int | None,
    duty_ids: Collection[int],
) -> dict[int, list[Span]]:
    """Their leave, what they are sent to and the duties they are on within a span."""
    statements = (
        select(Leave.volunteer_id, Leave.start, Leave.end).where(
            Leave.county == county, Leave.volunteer_id.in_(volunteer_ids), Leave.end > start, Leave.start < end
        ),
        select(Dispatch.volunteer_id, Dispatch.start, Dispatch.end).where(
            Dispatch.county == county,
            Dispatch.volunteer_id.in_(volunteer_ids),
            Dispatch.state.in_(HOLDS_SEAT),
            Dispatch.end > start,
            Dispatch.start < end,
            *(() if need_id is None else (Dispatch.need_id != need_id,)),
        ),
        select(DutyPerson.volunteer_id, Duty.start, Duty.end)
        .join(Duty, Duty.id == DutyPerson.duty_id)
        .where(
            Duty.county == county,
            DutyPerson.volunteer_id.in_(volunteer_ids),
            Duty.end > start,
            Duty.start < end,
            Duty.id.not_in(duty_ids),
        ),
    )
    found: dict[int, list[Span]] = {}
    for statement in statements:
        for row in session.execute(statement):
            found.setdefault(row[0], []).append((row[1], row[2]))
    return found


def require_two(work: Work, keeper_id: int | None, substitute_id: int | None) -> None:
    """Raises NotFound for a volunteer the county doesn't have, Invalid for one who is not active, or for both being
    one person."""
    if keeper_id is not None and keeper_id == substitute_id:
        raise Invalid("series.substitute_is_keeper")
    for volunteer_id in (keeper_id, substitute_id):
        if volunteer_id is None:
            continue
        her = work.session.get(Volunteer, volunteer_id)
        if her is None or her.county != work.actor.county:
            raise NotFound("volunteers.no_such")
        if her.status != VolunteerStatus.ACTIVE:
            raise Invalid("series.keeper_not_active")
