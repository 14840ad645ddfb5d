"""What the shared filter offers: towns, villages and categories of the reader's part of the county."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.core.permissions import WHOLE_COUNTY, Actor
from dashboard.core.words import DivisionLevel, Subject
from dashboard.services.questions import question
from dashboard.services.reach import sites_in_reach
from db.models import Category, Division, Site


@dataclass(frozen=True)
class Choices:
    """(code, name) pairs; `villages` those of the town asked for."""

    towns: tuple[tuple[str, str], ...]
    villages: tuple[tuple[str, str], ...]
    categories: tuple[tuple[str, str], ...]


@question(Subject.PLACES, Subject.CATALOGUE)
def choices(session: Session, actor: Actor, town: str | None, language: str) -> Choices:
    """A reader of part of the county is offered the towns in which her sites stand."""
    places = select(Division.code, Division.name).where(Division.county == actor.county).order_by(Division.code)
    towns = places.where(Division.level == DivisionLevel.TOWN)
    if actor.site_path != WHOLE_COUNTY:
        towns = towns.where(Division.code.in_(select(Site.town_code).where(Site.id.in_(sites_in_reach(actor)))))
    villages = places.where(Division.level == DivisionLevel.VILLAGE, Division.parent_code == town)
    name = Category.name if language == "zh" else func.coalesce(func.nullif(Category.name_en, ""), Category.name)
    categories = (
        select(Category.code, name)
        .where(Category.county == actor.county, Category.active.is_(True))
        .order_by(Category.position, Category.id)
    )
    return Choices(
        towns=tuple((row[0], row[1]) for row in session.execute(towns)),
        villages=tuple((row[0], row[1]) for row in session.execute(villages)) if town else (),
        categories=tuple((row[0], row[1]) for row in session.execute(categories)),
    )
