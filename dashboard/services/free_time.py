"""Who is free on a day: the weekly pattern, without leave, without what is already dispatched. Unknown is not free."""

from datetime import date, datetime, timedelta

import numpy as np
from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session

from dashboard.core.figures import day_span
from dashboard.core.permissions import Actor
from dashboard.core.spans import Spans, minute_of, subtract
from dashboard.core.words import HOLDS_SEAT
from db.models import Availability, Dispatch, Leave, Volunteer


def free_on(
    session: Session, actor: Actor, day: date, begin: int | None = None, end: int | None = None
) -> list[ColumnElement[bool]]:
    """Conditions on volunteers: free all of the county day's minutes [begin, end), or, without them, some time of it.

    One weekly span must cover the wanted time; time on leave or already dispatched is not free.
    """
    midnight = day_span(day)[0]
    pattern = [
        Availability.county == Volunteer.county,
        Availability.volunteer_id == Volunteer.id,
        Availability.weekday == day.weekday(),
    ]
    known = Volunteer.availability_known.is_(True)
    if begin is None or end is None:
        taken = _wholly_taken(session, actor, day)
        return [known, exists().where(*pattern), Volunteer.id.not_in(taken)]
    pattern += [Availability.start_minute <= begin, Availability.end_minute >= end]
    span = (midnight + timedelta(minutes=begin), midnight + timedelta(minutes=end))
    return [known, exists().where(*pattern), ~exists().where(*_leave(span)), ~exists().where(*_sent(span))]


def _leave(span: tuple[datetime, datetime]) -> tuple[ColumnElement[bool], ...]:
    return (
        Leave.county == Volunteer.county,
        Leave.volunteer_id == Volunteer.id,
        Leave.start < span[1],
        Leave.end > span[0],
    )


def _sent(span: tuple[datetime, datetime]) -> tuple[ColumnElement[bool], ...]:
    return (
        Dispatch.county == Volunteer.county,
        Dispatch.volunteer_id == Volunteer.id,
        Dispatch.state.in_(HOLDS_SEAT),
        Dispatch.start < span[1],
        Dispatch.end > span[0],
    )


def _wholly_taken(session: Session, actor: Actor, day: date) -> list[int]:
    """Volunteers of whose weekly spans on this day leave and dispatches leave nothing: a few hundred rows at most."""
    span = day_span(day)
    cuts: list[tuple[int, int, int]] = []
    for table, overlaps in ((Leave, _leave(span)), (Dispatch, _sent(span))):
        columns = select(table.volunteer_id, table.start, table.end).join(Volunteer, Volunteer.id == table.volunteer_id)
        rows = session.execute(columns.where(Volunteer.county == actor.county, *overlaps))
        cuts += [(row[0], minute_of(row[1]), minute_of(row[2])) for row in rows]
    busy = sorted({volunteer for volunteer, _, _ in cuts})
    start = minute_of(span[0])
    pattern = session.execute(
        select(Availability.volunteer_id, Availability.start_minute, Availability.end_minute).where(
            and_(Availability.county == actor.county, Availability.weekday == day.weekday()),
            Availability.volunteer_id.in_(busy),
        )
    )
    spans = [(row[0], start + row[1], start + row[2]) for row in pattern]
    left = subtract(_spans(spans), _spans(cuts))
    return sorted(set(busy) - set(left.owner.tolist()))


def _spans(rows: list[tuple[int, int, int]]) -> Spans:
    columns = np.array(rows, dtype=np.int64).reshape(-1, 3)
    return Spans(columns[:, 0], columns[:, 1], columns[:, 2])
