"""Small reads that the arrays of people are put together from."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from dashboard.core.matching.people import People
from dashboard.core.words import DispatchState, NeedState
from db.models import Constraint, Dispatch, Displacement, Duty, DutyPerson, Need

#: What counts as recent: load and reliability.
RECENT = timedelta(days=90)


def among(column: InstrumentedAttribute[Any], ids: Sequence[int] | None) -> ColumnElement[bool]:
    return true() if ids is None else column.in_(ids)


def columns(session: Session, wanted: Select[*tuple[Any, ...]], width: int) -> list[tuple[Any, ...]]:
    """The answer's columns; `width` empty ones when there are no rows."""
    rows = session.execute(wanted).all()
    return list(zip(*rows, strict=True)) if rows else [()] * width


def in_force(now: datetime) -> ColumnElement[bool]:
    """Constraints neither withdrawn nor expired."""
    return and_(Constraint.withdrawn_at.is_(None), or_(Constraint.expires_at.is_(None), Constraint.expires_at > now))


def on_duty(
    session: Session, county: str, start: datetime, end: datetime, ids: Sequence[int] | None
) -> list[tuple[Any, ...]]:
    """(volunteer, start, end) columns of the duties of rotas within a span that are not signed."""
    return columns(
        session,
        select(DutyPerson.volunteer_id, Duty.start, Duty.end)
        .join(Duty, Duty.id == DutyPerson.duty_id)
        .where(
            Duty.county == county,
            Duty.end > start,
            Duty.start < end,
            Duty.signed_at.is_(None),
            among(DutyPerson.volunteer_id, ids),
        ),
        3,
    )


def reliability(
    session: Session, county: str, people: People, now: datetime, ids: Sequence[int] | None
) -> tuple[Any, Any]:
    """(kept, asked) of the last 90 days: accepted dispatches that came to an end, and those of them she served.

    One withdrawn because the need itself was cancelled, or for a more urgent need, says nothing about her.
    """
    served = Dispatch.state.in_((DispatchState.DONE, DispatchState.CONFIRMED))
    displaced = select(Displacement.id).where(Displacement.dispatch_id == Dispatch.id)
    broken = and_(Dispatch.state == DispatchState.CANCELLED, Need.state != NeedState.CANCELLED, ~displaced.exists())
    rows = columns(
        session,
        select(Dispatch.volunteer_id, func.sum(case((served, 1), else_=0)), func.count())
        .join(Need, Need.id == Dispatch.need_id)
        .where(
            Dispatch.county == county,
            Dispatch.responded_at.is_not(None),
            Dispatch.offered_at >= now - RECENT,
            or_(served, broken),
            among(Dispatch.volunteer_id, ids),
        )
        .group_by(Dispatch.volunteer_id),
        3,
    )
    kept_word, asked = np.zeros((2, people.count), dtype=np.int32)
    if rows[0]:
        at = people.rows(rows[0])
        kept_word[at], asked[at] = rows[1], rows[2]
    return kept_word, asked
