"""The orders that waited for people on a day gone by, as a list; counted like the map of that day."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from dashboard.core.figures import county_today
from dashboard.core.filters import Filters
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.replay import AsOf, until
from dashboard.core.words import Subject
from dashboard.services.filtering import needs_like
from dashboard.services.map_layers import division_names
from dashboard.services.needs_queue import category_name, place_line
from dashboard.services.questions import question
from dashboard.services.replay import check_day, last_at, open_at
from dashboard.services.team_rows import PAGE, Listing
from db.models import Category, Grid, Need, NeedEvent


@dataclass(frozen=True)
class PastNeed:
    """An order as it waited: since when it was open, and so many days of that by the day's end. What it is about, its
    place and its state are those on record now."""

    id: int
    code: str
    title: str
    category: str
    urgency: str
    town: str
    place: str
    registered_at: datetime
    waited: int
    state: str


@question(Subject.NEEDS, Subject.CATALOGUE, Subject.PLACES)
def open_on(
    session: Session,
    actor: Actor,
    *,
    filters: Filters,
    past: AsOf,
    language: str,
    now: datetime,
    page: int = 0,
    size: int = PAGE,
) -> Listing[PastNeed]:
    """Those open at the day's end within reach and filter, the longest open first. Raises Invalid for a day to come."""
    require(actor, Action.SEE_NEEDS)
    check_day(past.day, now)
    moment = until(past.day)
    shown = and_(needs_like(filters, actor), open_at(moment, past.known))
    since = last_at(NeedEvent.happened_at, moment, past.known).label("since")
    total = session.scalar(select(func.count(Need.id)).where(shown)) or 0
    rows = session.execute(
        select(Need, category_name(language).label("category"), func.coalesce(Grid.name, "").label("grid"), since)
        .outerjoin(Category, Category.id == Need.category_id)
        .outerjoin(Grid, Grid.id == Need.grid_id)
        .where(shown)
        .order_by(since, Need.id)
        .limit(size)
        .offset(page * size)
    )
    names = division_names(session, actor.county)
    found = []
    for need, category, grid, opened in rows:
        found.append(
            PastNeed(
                id=need.id,
                code=need.code,
                title=need.title,
                category=category,
                urgency=need.urgency,
                town=names.get(need.town_code or "", ""),
                place=place_line(names.get(need.village_code or "", ""), grid, need.place_text),
                registered_at=need.registered_at,
                waited=(past.day - county_today(opened)).days,
                state=need.state,
            )
        )
    return Listing(tuple(found), total)
