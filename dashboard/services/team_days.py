"""When and where one team served: the days of a month, the grids and sites of a year."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from dashboard.core import figures
from dashboard.core.figures import Month
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.words import Subject
from dashboard.services.figures import in_span
from dashboard.services.questions import question
from dashboard.services.team_rows import shown_team
from dashboard.services.teams import part_of
from db.models import Activity, Grid, Service, Site


@dataclass(frozen=True)
class Day:
    """A county day of a team: service records, their minutes, and activities."""

    day: date
    services: int
    minutes: int
    activities: int


@dataclass(frozen=True)
class Place:
    """Where a team served: a grid or, where none is recorded, a site. Never somebody's home."""

    name: str
    lon: float | None
    lat: float | None
    services: int
    minutes: int
    grid_id: int | None


@question(Subject.SERVICES, Subject.PEOPLE, Subject.PLACES)
def days(session: Session, actor: Actor, *, team_id: int, month: Month) -> tuple[Day, ...]:
    """Each day of a month, the empty ones among them: the team's calendar."""
    require(actor, Action.SEE_TEAMS)
    team = shown_team(session, actor, team_id)
    all_days = list(figures.days_of(month))
    begins = [figures.day_span(day)[0] for day in all_days]

    def by_day(row: Any, *measures: Any) -> dict[int, Any]:
        number = part_of(row.start.expression, begins).label("n")
        of_team = (row.county == actor.county, row.team_id == team, in_span(row.start, (month.start, month.end)))
        statement = select(number, *measures).where(*of_team).group_by(number)
        return {found[0]: found[1:] for found in session.execute(statement)}

    served = by_day(Service, func.count(), func.sum(Service.minutes))
    held = by_day(Activity, func.count())
    found = ((day, served.get(n, (0, 0)), held.get(n, (0,))) for n, day in enumerate(all_days))
    return tuple(Day(day, int(given[0]), int(given[1]), int(activities[0])) for day, given, activities in found)


@question(Subject.SERVICES, Subject.PEOPLE, Subject.PLACES)
def places(session: Session, actor: Actor, *, team_id: int, today: date) -> tuple[Place, ...]:
    """Where the team's services of the twelve months took place, most services first; they add up to the board's."""
    require(actor, Action.SEE_TEAMS)
    conditions = (
        Service.county == actor.county,
        Service.team_id == shown_team(session, actor, team_id),
        in_span(Service.start, figures.year_span(today)),
    )
    statement = (
        select(
            func.coalesce(Grid.name, Site.name, ""),
            func.coalesce(Grid.lon, Site.lon),
            func.coalesce(Grid.lat, Site.lat),
            func.count(),
            func.sum(Service.minutes),
            Grid.id,
        )
        .select_from(Service)
        .outerjoin(Grid, Grid.id == Service.grid_id)
        .outerjoin(Site, and_(Site.id == Service.site_id, Grid.id.is_(None)))
        .where(*conditions)
        .group_by(Grid.id, Grid.name, Grid.lon, Grid.lat, Site.id, Site.name, Site.lon, Site.lat)
        .order_by(func.count().desc(), func.coalesce(Grid.name, Site.name, ""))
    )
    return tuple(
        Place(name, lon, lat, count, int(minutes), grid_id)
        for name, lon, lat, count, minutes, grid_id in session.execute(statement)
    )
