"""The shared filter (core/filters.py) as conditions on needs, sites and grids: one meaning for map, list and export."""

from datetime import UTC, date, datetime, time, timedelta, timezone

from sqlalchemy import ColumnElement, Select, and_, select, true

from dashboard.core.filters import Filters
from dashboard.core.permissions import Actor
from dashboard.services.questions import within
from db.models import Category, Grid, Need, NeedInterval, Site

_COUNTY_TIME = timezone(timedelta(hours=8))


def needs_like(filters: Filters, actor: Actor) -> ColumnElement[bool]:
    """Needs of the actor's part of the tree that the filter lets through, whatever their state."""
    conditions = [Need.county == actor.county, _in_reach(actor)]
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
    conditions = [Grid.county == actor.county]
    if actor.site_path != "/":
        conditions.append(Grid.site_id.in_(_sites_in_reach(actor)))
    if filters.town is not None:
        conditions.append(Grid.town_code == filters.town)
    if filters.village is not None:
        conditions.append(Grid.village_code == filters.village)
    return and_(*conditions)


def _in_reach(actor: Actor) -> ColumnElement[bool]:
    """Needs whose site lies in reach; a need without a site is seen by those who see the whole county."""
    if actor.site_path == "/":
        return true()
    return Need.site_id.in_(_sites_in_reach(actor))


def _sites_in_reach(actor: Actor) -> Select[int]:
    return select(Site.id).where(Site.county == actor.county, within(actor, Site.path))


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
