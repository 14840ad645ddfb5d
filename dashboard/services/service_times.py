"""The times of a service: how long it can be, and that nobody serves twice in the same hour."""

from datetime import datetime, timedelta

from sqlalchemy import select, true

from dashboard.core.errors import Conflict, Invalid
from dashboard.services.commands import Work
from dashboard.services.dispatch_checks import name_of
from db.models import HeldService, Service

#: No service is longer; hours beyond it are a slip of the pen (F52).
LONGEST = timedelta(hours=16)


def minutes_served(work: Work, start: datetime, end: datetime, break_minutes: int) -> int:
    """Minutes served. Raises Invalid for nothing, for more than 16 hours, and for the future."""
    if end > work.now:
        raise Invalid("dispatches.in_future")
    if break_minutes < 0 or end <= start:
        raise Invalid("dispatches.no_hours")
    served = end - start - timedelta(minutes=break_minutes)
    if served < timedelta(minutes=1):
        raise Invalid("dispatches.no_hours")
    if served > LONGEST:
        raise Invalid("dispatches.too_many_hours", most=int(LONGEST.total_seconds() // 3600))
    return int(served.total_seconds() // 60)


def require_own_time(work: Work, volunteer_id: int, start: datetime, end: datetime, but: int | None = None) -> None:
    """Nobody serves twice in the same hour, hours that are held among them; `but`: the service that is corrected.
    Raises Conflict."""
    others = true() if but is None else Service.id != but
    for model, waits in ((Service, others), (HeldService, HeldService.resolved_at.is_(None))):
        same_time = select(model.id).where(
            model.county == work.actor.county,
            model.volunteer_id == volunteer_id,
            model.start < end,
            model.end > start,
            waits,
        )
        if work.session.scalar(same_time.limit(1)) is not None:
            raise Conflict("dispatches.hours_overlap", volunteer=name_of(work.session, volunteer_id))
