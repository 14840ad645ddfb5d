"""The shared filter (core/filters.py) as conditions on rows, and what "open" and "overdue" mean: once for map, list
and export, so that they count the same."""

from datetime import UTC, date, datetime, time, timedelta, timezone

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from dashboard.core.filters import Filters
from dashboard.core.permissions import Actor
from dashboard.core.words import NeedState
from dashboard.services.reach import at_reached_site
from db.models import Category, Division, Grid, Need, NeedInterval, Site, Volunteer

_COUNTY_TIME = timezone(timedelta(hours=8))


def is_open() -> ColumnElement[bool]:
    """Needs that wait for people."""
    return Need.state == NeedState.OPEN


def due_at() -> ColumnElement[datetime | None]:
    """The deadline that runs: to take the need up while nobody has, then to close it."""
    return case(
        (Need.taken_up_at.is_(None), func.coalesce(Need.take_up_due_at, Need.close_due_at)), else_=Need.close_due_at
    )


def is_overdue(now: datetime) -> ColumnElement[bool]:
    """Open needs whose running deadline has passed."""
    return and_(is_open(), due_at() < now)


def valid_on(day: date) -> ColumnElement[bool]:
    """Grids that hold on a county day."""
    return and_(Grid.valid_from <= day, or_(Grid.valid_to.is_(None), Grid.valid_to > day))


def county_day(now: datetime) -> date:
    """The day it is in the county."""
    return now.astimezone(_COUNTY_TIME).date()


def needs_like(filters: Filters, actor: Actor) -> ColumnElement[bool]:
    """Needs of the actor's part of the tree that the filter lets through, whatever their state."""
    conditions = [Need.county == actor.county, at_reached_site(actor, Need.site_id)]
    if filters.town is not None:
        conditions.append(Need.town_code == filters.town)
    if filters.village is not None:
        conditions.append(Need.village_code == filters.village)
    if filters.category is not None:
        category = select(Category.id).where(Category.county == actor.county, Category.code == filters.category)
        conditions.append(Need.category_id == category.scalar_subquery())
    if filters.urgency is not None:
        conditions.append(Need.urgency == filters.urgency)
    if filters.since is not None or filters.until is not None:
        conditions.append(_wanted_between(filters, actor))
    return and_(*conditions)


def volunteers_like(filters: Filters, actor: Actor) -> ColumnElement[bool]:
    """Volunteers of the actor's part of the tree who live in the filter's town and village, whatever their status."""
    conditions = [Volunteer.county == actor.county, at_reached_site(actor, Volunteer.site_id)]
    if filters.village is not None:
        conditions.append(Volunteer.village_code == filters.village)
    elif filters.town is not None:
        villages = select(Division.code).where(Division.county == actor.county, Division.parent_code == filters.town)
        conditions.append(Volunteer.village_code.in_(villages))
    return and_(*conditions)


def sites_like(filters: Filters, actor: Actor) -> ColumnElement[bool]:
    """Practice sites of the county that the filter lets through. Where they stand is public: no scope."""
    conditions = [Site.county == actor.county]
    if filters.town is not None:
        conditions.append(Site.town_code == filters.town)
    if filters.village is not None:
        conditions.append(Site.village_code == filters.village)
    if filters.kind is not None:
        conditions.append(Site.kind == filters.kind)
    return and_(*conditions)


def grids_like(filters: Filters, actor: Actor) -> ColumnElement[bool]:
    """Grids of the actor's part of the tree in the filter's town and village."""
    conditions = [Grid.county == actor.county, at_reached_site(actor, Grid.site_id)]
    if filters.town is not None:
        conditions.append(Grid.town_code == filters.town)
    if filters.village is not None:
        conditions.append(Grid.village_code == filters.village)
    return and_(*conditions)


def _wanted_between(filters: Filters, actor: Actor) -> ColumnElement[bool]:
    touches = [NeedInterval.county == actor.county, NeedInterval.need_id == Need.id]
    if filters.since is not None:
        touches.append(NeedInterval.end > _midnight(filters.since))
    if filters.until is not None:
        touches.append(NeedInterval.start < _midnight(filters.until + timedelta(days=1)))
    return select(NeedInterval.id).where(*touches).exists()


def _midnight(day: date) -> datetime:
    """The start of a county day."""
    return datetime.combine(day, time.min, _COUNTY_TIME).astimezone(UTC)
