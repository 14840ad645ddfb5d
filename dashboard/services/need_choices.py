"""What the entry form offers: categories with their usual length and skills, places within reach, skills."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from dashboard.core.permissions import WHOLE_COUNTY, Action, Actor, require
from dashboard.core.words import DivisionLevel, Subject
from dashboard.services.filtering import county_day, valid_on
from dashboard.services.questions import question
from dashboard.services.reach import at_reached_site, sites_in_reach
from db.models import Category, Division, Grid, Site, Skill


@dataclass(frozen=True)
class CategoryChoice:
    """A category: its usual minutes, and the skills it asks for by name."""

    id: int
    name: str
    minutes: int
    skills: tuple[str, ...]


@dataclass(frozen=True)
class Choices:
    """Categories; villages as (code, "town village"); skills as (id, name)."""

    categories: tuple[CategoryChoice, ...]
    villages: tuple[tuple[str, str], ...]
    skills: tuple[tuple[int, str], ...]


@question(Subject.CATALOGUE, Subject.PLACES)
def choices(session: Session, actor: Actor, *, language: str) -> Choices:
    """A reader of part of the county is offered the villages in which her sites stand."""
    require(actor, Action.SEE_NEEDS)
    names = {row.code: row for row in session.scalars(select(Skill).where(Skill.county == actor.county))}

    def said(row: Skill | Category) -> str:
        return row.name if language == "zh" else row.name_en or row.name

    categories = session.scalars(
        select(Category)
        .where(Category.county == actor.county, Category.active.is_(True))
        .order_by(Category.position, Category.id)
    )
    return Choices(
        tuple(
            CategoryChoice(
                row.id,
                said(row),
                row.duration_minutes,
                tuple(said(names[code]) for code in row.required_skills if code in names),
            )
            for row in categories
        ),
        _villages(session, actor),
        tuple(sorted(((row.id, said(row)) for row in names.values()), key=lambda pair: pair[1])),
    )


def _villages(session: Session, actor: Actor) -> tuple[tuple[str, str], ...]:
    town = aliased(Division)
    rows = (
        select(Division.code, func.coalesce(town.name, "").label("town"), Division.name)
        .outerjoin(town, (town.county == Division.county) & (town.code == Division.parent_code))
        .where(Division.county == actor.county, Division.level == DivisionLevel.VILLAGE)
        .order_by(Division.code)
    )
    if actor.site_path != WHOLE_COUNTY:
        mine = sites_in_reach(actor)
        sites = select(Site.village_code).where(Site.id.in_(mine), Site.village_code.is_not(None))
        grids = select(Grid.village_code).where(Grid.site_id.in_(mine), Grid.village_code.is_not(None))
        rows = rows.where(or_(Division.code.in_(sites), Division.code.in_(grids)))
    return tuple((row.code, f"{row.town} {row.name}".strip()) for row in session.execute(rows))


@question(Subject.PLACES)
def grids_of(session: Session, actor: Actor, *, village: str, now: datetime) -> tuple[tuple[int, str], ...]:
    """(id, name) of a village's grids within reach."""
    require(actor, Action.SEE_NEEDS)
    rows = session.execute(
        select(Grid.id, Grid.name)
        .where(
            Grid.county == actor.county,
            Grid.village_code == village,
            valid_on(county_day(now)),
            at_reached_site(actor, Grid.site_id),
        )
        .order_by(Grid.code)
    )
    return tuple((row.id, row.name) for row in rows)
