"""A figure by month and town, from the event record: the frame of a notebook's lapse cell.

Where an order lies is what its row says today, as on the map of a day gone by. Services are counted from the tables as
they stood (`past_tables`).
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, case, cast, func, literal, or_, select, true
from sqlalchemy.orm import Session

from dashboard.core.errors import Invalid
from dashboard.core.figures import county_today
from dashboard.core.frames import Frame, Scalar
from dashboard.core.lapse import Counts, LapseFigure, Step, Told, counted, steps
from dashboard.core.permissions import WHOLE_COUNTY, Action, Actor, require
from dashboard.core.replay import Known
from dashboard.core.words import DivisionLevel, NeedState, Subject
from dashboard.services.past_tables import standing_at
from dashboard.services.questions import question
from dashboard.services.reach import at_reached_site
from dashboard.services.replay import check_day
from db.models import Division, Grid, Need, NeedEvent, Service, Site

#: The frame's columns before those of the steps, each named by its last day.
PLACE = ("town_code", "town")
STATES = tuple(NeedState)


@question(Subject.PLACES, Subject.NEEDS, Subject.SERVICES)
def by_town(
    session: Session,
    actor: Actor,
    *,
    figure: LapseFigure,
    months: int,
    until: date | None,
    known: Known,
    now: datetime,
) -> Frame:
    """A row a town of the actor's part, a column a month; what lies in no town stands in a last row without a code,
    where there is any. Raises Invalid for a day to come."""
    require(actor, Action.SEE_TEAMS)
    day = until or county_today(now)
    check_day(day, now)
    played = steps(day, months)
    if figure is LapseFigure.SERVICES:
        counts = _services(session, actor, played, known)
    else:
        counts = counted(_told(session, actor.county, played, known), _towns_of(session, actor), figure, len(played))
    names = _towns(session, actor)
    none = [0] * len(played)
    rows: list[tuple[Scalar, ...]] = [(code, name, *counts.get(code, none)) for code, name in names.items()]
    nowhere = [
        sum(column) for column in zip(none, *(one for code, one in counts.items() if code not in names), strict=True)
    ]
    if any(nowhere):
        rows.append(("", "", *nowhere))
    if not rows:
        raise Invalid("lapse.no_towns")
    return Frame((*PLACE, *(step.last.isoformat() for step in played)), tuple(rows))


def _towns(session: Session, actor: Actor) -> dict[str, str]:
    """Code and name of the towns in which the actor's part of the tree has a site or a grid."""
    rows = session.execute(
        select(Division.code, Division.name)
        .where(Division.county == actor.county, Division.level == DivisionLevel.TOWN, _reached(actor))
        .order_by(Division.code)
    )
    return {row.code: row.name for row in rows}


def _reached(actor: Actor) -> ColumnElement[bool]:
    if actor.site_path == WHOLE_COUNTY:
        return true()
    sites = select(Site.town_code).where(Site.county == actor.county, at_reached_site(actor, Site.id))
    grids = select(Grid.town_code).where(Grid.county == actor.county, at_reached_site(actor, Grid.site_id))
    return or_(Division.code.in_(sites), Division.code.in_(grids))


def _towns_of(session: Session, actor: Actor) -> dict[int, str | None]:
    """The town of every order within reach."""
    reached = (Need.county == actor.county, at_reached_site(actor, Need.site_id))
    rows = session.connection().execute(select(Need.id, Need.town_code).where(*reached))
    return {row[0]: row[1] for row in rows}


def _told(session: Session, county: str, played: Sequence[Step], known: Known) -> Iterator[Told]:
    """The events of orders themselves, by order and as they were recorded. Of those of an order that happened and were
    recorded in the same steps only the last can count: the database leaves the others out, as a hundred thousand orders
    have half a million of them. The last one's id and state are told by one number."""
    happened = _step_of(NeedEvent.happened_at, played).label("happened")
    recorded = (_step_of(NeedEvent.recorded_at, played) if known is Known.THEN else literal(0)).label("recorded")
    state = case({state.value: at for at, state in enumerate(STATES)}, value=NeedEvent.to_state)
    last = func.max(cast(NeedEvent.id, BigInteger) * len(STATES) + state).label("last")
    begins = func.max(case((NeedEvent.from_state.is_(None), 1), else_=0))
    rows = session.connection().execute(
        select(NeedEvent.need_id, happened, recorded, last, begins)
        .where(
            NeedEvent.county == county,
            NeedEvent.dispatch_id.is_(None),
            NeedEvent.happened_at < played[-1].end,
        )
        .group_by(NeedEvent.need_id, "happened", "recorded")
        .order_by(NeedEvent.need_id, "last")
    )
    for need_id, at, told, packed, begun in rows:
        yield Told(need_id, begun == 1, STATES[packed % len(STATES)], at, max(at, told, 0))


def _step_of(moment: Any, played: Sequence[Step]) -> ColumnElement[int]:
    """The step a moment lies in; -1 before all of them, as many as there are after them."""
    return _bounds_passed(moment, [*(step.start for step in played), played[-1].end], -1)


def _bounds_passed(moment: Any, bounds: Sequence[datetime], already: int) -> ColumnElement[int]:
    """How many of the bounds a moment has passed, halved again and again: half a million moments are looked at."""
    if not bounds:
        return literal(already)
    half = len(bounds) // 2
    earlier = _bounds_passed(moment, bounds[:half], already)
    return case((moment < bounds[half], earlier), else_=_bounds_passed(moment, bounds[half + 1 :], already + half + 1))


def _services(session: Session, actor: Actor, played: Sequence[Step], known: Known) -> Counts:
    """Services by the month they began in and the town of their order, else of their grid, else of their site; as known
    then those on record at the month's end."""
    town = func.coalesce(Need.town_code, Grid.town_code, Site.town_code)
    by_town = (
        select(town, func.count())
        .select_from(Service)
        .outerjoin(Need, Need.id == Service.need_id)
        .outerjoin(Grid, Grid.id == Service.grid_id)
        .outerjoin(Site, Site.id == Service.site_id)
        .where(Service.county == actor.county, at_reached_site(actor, Service.site_id))
        .group_by(town)
    )
    found: Counts = {}
    for at, step in enumerate(played):
        with standing_at(session, actor.county, step.end, known, orders=False, since=step.start):
            rows = session.execute(by_town.where(Service.start >= step.start, Service.start < step.end)).all()
        for code, many in rows:
            found.setdefault(code, [0] * len(played))[at] += many
    return found
