"""Any two dimensions of the service records against a measure: one GROUP BY, shown as a chart and as its table."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, distinct, func, select
from sqlalchemy.orm import Session

from dashboard.core import figures
from dashboard.core.errors import Invalid
from dashboard.core.figures import Unit
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.words import Subject
from dashboard.services.figures import in_span
from dashboard.services.questions import question
from dashboard.services.reach import team_shown
from dashboard.services.teams import part_of
from db.models import Activity, Category, Division, Need, Service, Site, Team


class Dimension(StrEnum):
    TEAM_KIND = "team_kind"
    TEAM = "team"
    TOWN = "town"
    LEVEL = "level"
    CATEGORY = "category"
    GRADE = "grade"
    MONTH = "month"


class Measure(StrEnum):
    """What is counted. Different people don't add up over cells; services and minutes do."""

    SERVICES = "services"
    MINUTES = "minutes"
    PEOPLE = "people"

    @property
    def unit(self) -> Unit:
        return {"services": Unit.SERVICES, "minutes": Unit.MINUTES, "people": Unit.PEOPLE}[self.value]

    @property
    def adds_up(self) -> bool:
        return self is not Measure.PEOPLE


@dataclass(frozen=True)
class Cell:
    """`row` and `column` are the stored words of the dimensions ("" for none): codes, names, or "2026-11"."""

    row: str
    column: str
    value: int


@dataclass(frozen=True)
class Pivot:
    """The cells that are not empty, and the measure of all records together (for people: different people)."""

    cells: tuple[Cell, ...]
    whole: int


@question(Subject.SERVICES, Subject.NEEDS, Subject.PEOPLE, Subject.PLACES, Subject.CATALOGUE)
def pivot(
    session: Session, actor: Actor, *, rows: Dimension, columns: Dimension, measure: Measure, today: date
) -> Pivot:
    """The service records of the board's teams and twelve months, by two dimensions. Raises Invalid for one twice."""
    require(actor, Action.SEE_TEAMS)
    if rows == columns:
        raise Invalid("teams.same_dimension")
    value = {
        Measure.SERVICES: func.count(),
        Measure.MINUTES: func.sum(Service.minutes),
        Measure.PEOPLE: func.count(distinct(Service.volunteer_id)),
    }[measure]
    months = figures.months_until(today)
    chosen = {rows, columns}
    words: dict[Dimension, Any] = {
        Dimension.TEAM_KIND: Team.kind,
        Dimension.TEAM: Team.name,
        Dimension.TOWN: Division.name,
        Dimension.LEVEL: Site.level,
        Dimension.CATEGORY: Category.code,
        Dimension.GRADE: Service.grade,
        Dimension.MONTH: part_of(Service.start.expression, [month.start for month in months]).label("n"),
    }
    counted = _joined(select(value), chosen, actor, today)
    grouped = counted.add_columns(words[rows], words[columns]).group_by(words[rows], words[columns])
    if Dimension.TEAM in chosen:
        grouped = grouped.group_by(Team.id)

    def word(dimension: Dimension, found: Any) -> str:
        return f"{months[found].first:%Y-%m}" if dimension is Dimension.MONTH else str(found or "")

    cells = (
        Cell(word(rows, row), word(columns, column), int(number)) for number, row, column in session.execute(grouped)
    )
    whole = session.scalar(_joined(select(value), set(), actor, today))
    return Pivot(tuple(sorted(cells, key=lambda cell: (cell.row, cell.column))), int(whole or 0))


def _joined(statement: Any, chosen: set[Dimension], actor: Actor, today: date) -> Any:
    """Services of the shown teams with the tables that the chosen dimensions need, and no others."""
    statement = statement.select_from(Service).join(Team, and_(Team.id == Service.team_id, Team.active))
    if chosen & {Dimension.TOWN, Dimension.LEVEL}:
        statement = statement.outerjoin(Site, Site.id == Service.site_id)
    if Dimension.TOWN in chosen:
        statement = statement.outerjoin(Division, and_(Division.county == Site.county, Division.code == Site.town_code))
    if Dimension.CATEGORY in chosen:
        statement = (
            statement.outerjoin(Need, Need.id == Service.need_id)
            .outerjoin(Activity, Activity.id == Service.activity_id)
            .outerjoin(Category, Category.id == func.coalesce(Activity.category_id, Need.category_id))
        )
    return statement.where(
        Service.county == actor.county, in_span(Service.start, figures.year_span(today)), team_shown(actor)
    )
