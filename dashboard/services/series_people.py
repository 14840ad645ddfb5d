"""Who is to come by an agreement: the keeper, or her substitute while the keeper is away.

Away means: off the register, or left with no stretch of the wanted time that is long enough, once her free time (where
it is known), her leave and what she is sent to are taken off.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.core.deadlines import COUNTY_TIME
from dashboard.core.errors import Invalid, NotFound
from dashboard.core.words import HOLDS_SEAT, Consent, VolunteerStatus
from dashboard.services.commands import Work
from db.models import Availability, Dispatch, Leave, Volunteer

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
    her = session.scalars(select(Volunteer).where(Volunteer.county == county, Volunteer.id == volunteer_id)).first()
    if her is None or her.status != VolunteerStatus.ACTIVE or her.consent == Consent.REFUSED:
        return False
    if not spans:
        return True
    weekly = None
    if her.availability_known:
        weekly = session.execute(
            select(Availability.weekday, Availability.start_minute, Availability.end_minute).where(
                Availability.county == county, Availability.volunteer_id == volunteer_id
            )
        ).all()
    for start, end in spans:
        free = [(start, end)] if weekly is None else _laid_out(weekly, start, end)
        for begin, stop in _taken(session, county, volunteer_id, start, end, need_id):
            free = [piece for one in free for piece in ((one[0], min(one[1], begin)), (max(one[0], stop), one[1]))]
        if any(stop - begin >= timedelta(minutes=minutes) for begin, stop in free):
            return True
    return False


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
    session: Session, county: str, volunteer_id: int, start: datetime, end: datetime, need_id: int | None
) -> list[Span]:
    """Her leave and what she is sent to within a span."""
    away = select(Leave.start, Leave.end).where(
        Leave.county == county, Leave.volunteer_id == volunteer_id, Leave.end > start, Leave.start < end
    )
    sent = select(Dispatch.start, Dispatch.end).where(
        Dispatch.county == county,
        Dispatch.volunteer_id == volunteer_id,
        Dispatch.state.in_(HOLDS_SEAT),
        Dispatch.end > start,
        Dispatch.start < end,
        *(() if need_id is None else (Dispatch.need_id != need_id,)),
    )
    return [(row.start, row.end) for statement in (away, sent) for row in session.execute(statement)]


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
