"""What the grids are coloured by: each figure counted once, by grid, in one query; the rest is "outside"."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from dashboard.core.coverage import without_helper
from dashboard.core.filters import Filters
from dashboard.core.map_layers import Gap, GridRow, MapFigure, Shading, shade, shade_gaps
from dashboard.core.permissions import Actor
from dashboard.core.replay import AsOf, last_moment, until
from dashboard.core.words import Precision, Subject, VolunteerStatus
from dashboard.services.figures import in_force
from dashboard.services.filtering import (
    county_day,
    grids_like,
    is_open,
    is_overdue,
    needs_like,
    sites_like,
    valid_on,
    volunteers_like,
)
from dashboard.services.map_layers import division_names
from dashboard.services.questions import question
from dashboard.services.replay import check_day, open_at
from db.models import (
    CatalogueItem,
    Grid,
    GridContact,
    Need,
    NeedRole,
    NeedSkill,
    Site,
    Volunteer,
    VolunteerSkill,
)


@dataclass(frozen=True)
class Overview:
    """The numbers above the map: open needs, those overdue, those without any place; how many grids there are."""

    open_needs: int
    overdue: int
    unplaced: int
    grids: int


@question(Subject.PLACES, Subject.NEEDS)
def overview(session: Session, actor: Actor, filters: Filters, now: datetime) -> Overview:
    """Counted straight from the needs, without looking at grids: what the coloured map must add up to."""
    open_needs = needs_like(filters, actor), is_open()
    nowhere = Need.lon.is_(None), Need.grid_id.is_(None), Need.village_code.is_(None)
    today = valid_on(county_day(now))
    return Overview(
        open_needs=_count(session, Need.id, *open_needs),
        overdue=_count(session, Need.id, needs_like(filters, actor), is_overdue(now)),
        unplaced=_count(session, Need.id, *open_needs, *nowhere),
        grids=_count(session, Grid.id, Grid.county == actor.county, today),
    )


@question(Subject.PLACES, Subject.NEEDS)
def open_needs(session: Session, actor: Actor, filters: Filters, now: datetime) -> Shading:
    """Open needs by grid."""
    counts = _by_grid(session, Need.grid_id, needs_like(filters, actor), is_open())
    return _shaded(session, actor, MapFigure.OPEN_NEEDS, filters, now, counts)


@question(Subject.PLACES, Subject.NEEDS)
def overdue(session: Session, actor: Actor, filters: Filters, now: datetime) -> Shading:
    """Overdue needs by grid."""
    counts = _by_grid(session, Need.grid_id, needs_like(filters, actor), is_overdue(now))
    return _shaded(session, actor, MapFigure.OVERDUE, filters, now, counts)


@question(Subject.PLACES, Subject.PEOPLE)
def volunteers(session: Session, actor: Actor, filters: Filters, now: datetime) -> Shading:
    """Active volunteers by the grid they live in."""
    active = Volunteer.status == VolunteerStatus.ACTIVE
    counts = _by_grid(session, Volunteer.grid_id, volunteers_like(filters, actor), active)
    return _shaded(session, actor, MapFigure.VOLUNTEERS, filters, now, counts)


@question(Subject.PLACES, Subject.PEOPLE)
def contacts(session: Session, actor: Actor, filters: Filters, now: datetime) -> Shading:
    """Contact cards by grid."""
    counts = _by_grid(session, GridContact.grid_id, *_current_cards(actor, filters, now))
    return _shaded(session, actor, MapFigure.CONTACTS, filters, now, counts)


@question(*Subject, heavy=True)
def coverage(session: Session, actor: Actor, filters: Filters, now: datetime) -> Shading:
    """Grids with a gap, and which: see `core.map_layers.Gap`."""
    gaps = {
        Gap.NO_CONTACT: _without_contact(session, actor, filters, now),
        Gap.NOT_ON_MENU: _not_on_menu(session, actor, filters),
        Gap.OVERDUE: set(_by_grid(session, Need.grid_id, needs_like(filters, actor), is_overdue(now))),
        Gap.NO_HELPER: _without_helper(session, actor, filters),
    }
    found: dict[int | None, tuple[Gap, ...]] = {}
    for gap, where in gaps.items():
        for grid_id in where:
            found[grid_id] = (*found.get(grid_id, ()), gap)
    rows = _grid_rows(session, actor, filters, now)
    return shade_gaps(
        GridRow(row.grid_id, row.code, row.name, row.town, row.village, int(bool(kinds)), kinds)
        for row in rows
        for kinds in [found.get(row.grid_id, ())]
    )


@dataclass(frozen=True)
class PastOverview:
    """The numbers above a map of the past: open needs, practice sites and grids of that day."""

    open_needs: int
    sites: int
    grids: int


@question(Subject.PLACES, Subject.NEEDS)
def overview_of(session: Session, actor: Actor, *, filters: Filters, past: AsOf, now: datetime) -> PastOverview:
    """Counted without looking at grids, like `overview`. Raises Invalid for a day to come."""
    check_day(past.day, now)
    return PastOverview(
        open_needs=_count(session, Need.id, needs_like(filters, actor), open_at(until(past.day), past.known)),
        sites=_count(session, Site.id, sites_like(filters, actor), in_force(Site, past.day)),
        grids=_count(session, Grid.id, Grid.county == actor.county, valid_on(past.day)),
    )


@question(Subject.PLACES, Subject.NEEDS)
def open_needs_of(session: Session, actor: Actor, *, filters: Filters, past: AsOf, now: datetime) -> Shading:
    """Needs open at the end of a day by that day's grids. Where a need lies is what its row says now."""
    check_day(past.day, now)
    counts = _by_grid(session, Need.grid_id, needs_like(filters, actor), open_at(until(past.day), past.known))
    return _shaded(session, actor, MapFigure.OPEN_NEEDS, filters, last_moment(past.day), counts)


#: The question of each figure.
QUESTIONS: dict[MapFigure, Callable[..., Shading]] = {
    MapFigure.OPEN_NEEDS: open_needs,
    MapFigure.OVERDUE: overdue,
    MapFigure.VOLUNTEERS: volunteers,
    MapFigure.CONTACTS: contacts,
    MapFigure.COVERAGE: coverage,
}


def _count(session: Session, column: Any, *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count(column)).where(*conditions)) or 0


def _by_grid(session: Session, column: Any, *conditions: ColumnElement[bool]) -> dict[int | None, int]:
    """How many rows each grid has; None for those in no grid."""
    rows = session.execute(select(column, func.count()).where(*conditions).group_by(column))
    return {row[0]: row[1] for row in rows}


def _grid_rows(session: Session, actor: Actor, filters: Filters, now: datetime) -> list[GridRow]:
    """Today's grids in reach and in the filter, with value 0."""
    names = division_names(session, actor.county)
    rows = session.execute(
        select(Grid.id, Grid.code, Grid.name, Grid.town_code, Grid.village_code)
        .where(grids_like(filters, actor), valid_on(county_day(now)))
        .order_by(Grid.id)
    )
    return [
        GridRow(
            row.id, row.code, row.name, names.get(row.town_code or "", ""), names.get(row.village_code or "", ""), 0
        )
        for row in rows
    ]


def _shaded(
    session: Session, actor: Actor, figure: MapFigure, filters: Filters, now: datetime, counts: dict[int | None, int]
) -> Shading:
    """The counts on today's grids; whatever they count elsewhere is outside."""
    rows = [
        GridRow(row.grid_id, row.code, row.name, row.town, row.village, counts.get(row.grid_id, 0))
        for row in _grid_rows(session, actor, filters, now)
    ]
    return shade(figure, rows, outside=sum(counts.values()) - sum(row.value for row in rows))


def _current_cards(actor: Actor, filters: Filters, now: datetime) -> list[ColumnElement[bool]]:
    """Contact cards that hold today, for grids of any day in reach and in the filter."""
    day = county_day(now)
    return [
        GridContact.county == actor.county,
        or_(GridContact.valid_from.is_(None), GridContact.valid_from <= day),
        or_(GridContact.valid_to.is_(None), GridContact.valid_to > day),
        GridContact.grid_id.in_(select(Grid.id).where(grids_like(filters, actor))),
    ]


def _without_contact(session: Session, actor: Actor, filters: Filters, now: datetime) -> set[int | None]:
    grids: set[int | None] = {row.grid_id for row in _grid_rows(session, actor, filters, now)}
    return grids - set(_by_grid(session, GridContact.grid_id, *_current_cards(actor, filters, now)))


def _not_on_menu(session: Session, actor: Actor, filters: Filters) -> set[int | None]:
    """Grids with an open need whose category no site from its own up to the centre offers."""
    offered = {
        (site_id, category_id)
        for site_id, category_id in session.execute(
            select(CatalogueItem.site_id, CatalogueItem.category_id)
            .where(CatalogueItem.county == actor.county, CatalogueItem.retired_on.is_(None))
            .distinct()
        )
    }
    paths = select(Need.grid_id, Need.category_id, Site.path).outerjoin(Site, Site.id == Need.site_id)
    rows = session.execute(
        paths.where(needs_like(filters, actor), is_open(), Need.category_id.is_not(None), Need.grid_id.is_not(None))
    )
    return {
        row.grid_id
        for row in rows
        if not any((site, row.category_id) in offered for site in (None, *_ids(row.path or "")))
    }


def _ids(path: str) -> list[int]:
    """The site ids of a path "/1/5/"."""
    return [int(part) for part in path.split("/") if part]


def _without_helper(session: Session, actor: Actor, filters: Filters) -> set[int | None]:
    """Grids with an open need that no active volunteer in reach has the skills for. A need placed by village only
    cannot be judged by distance and is left out."""
    asked = session.execute(
        select(Need.id, Need.grid_id, Need.lon, Need.lat).where(
            needs_like(filters, actor),
            is_open(),
            Need.precision.in_([Precision.POINT, Precision.GRID]),
            Need.lon.is_not(None),
            Need.lat.is_not(None),
        )
    ).all()
    if not asked:
        return set()
    wanted = _required_skills(session, actor, [row.id for row in asked])
    ids, lon, lat, reach = _homes(session, actor)
    holders = _holders(session, actor, ids, set().union(*wanted.values()))
    lonely = without_helper(
        (np.array([row.lon for row in asked], dtype=float), np.array([row.lat for row in asked], dtype=float)),
        [frozenset(wanted.get(row.id, ())) for row in asked],
        (lon, lat),
        reach,
        holders,
    )
    return {row.grid_id for row, alone in zip(asked, lonely, strict=True) if alone and row.grid_id is not None}


def _required_skills(session: Session, actor: Actor, need_ids: list[int]) -> dict[int, set[int]]:
    """Skills a helper must have, by need: those of the need, and of its role when it has a single one."""
    known = set(need_ids)
    skills: dict[int, set[int]] = {need_id: set() for need_id in need_ids}
    required = select(NeedSkill.need_id, NeedSkill.skill_id).where(
        NeedSkill.county == actor.county, NeedSkill.required.is_(True)
    )
    single = (
        select(NeedRole.need_id, func.min(NeedRole.skill_id))
        .where(NeedRole.county == actor.county)
        .group_by(NeedRole.need_id)
        .having(func.count() == 1)
    )
    for need_id, skill_id in [*session.execute(required), *session.execute(single)]:
        if need_id in known and skill_id is not None:
            skills[need_id].add(skill_id)
    return skills


def _homes(session: Session, actor: Actor) -> tuple[Any, Any, Any, Any]:
    """Ids, lon, lat and reach of the active volunteers whose home is known at least by grid."""
    rows = session.execute(
        select(Volunteer.id, Volunteer.lon, Volunteer.lat, Volunteer.max_distance_m).where(
            volunteers_like(Filters(), actor),
            Volunteer.status == VolunteerStatus.ACTIVE,
            Volunteer.precision.in_([Precision.POINT, Precision.GRID]),
            Volunteer.lon.is_not(None),
            Volunteer.lat.is_not(None),
        )
    ).all()
    table = np.array([tuple(row) for row in rows], dtype=float).reshape(-1, 4)
    return table[:, 0].astype(np.int64), table[:, 1], table[:, 2], table[:, 3]


def _holders(session: Session, actor: Actor, ids: Any, skills: set[int]) -> dict[int, Any]:
    """For each skill, which of the volunteers have it."""
    holders = {skill: np.zeros(len(ids), dtype=bool) for skill in skills}
    order = np.argsort(ids)
    rows = session.execute(
        select(VolunteerSkill.skill_id, VolunteerSkill.volunteer_id).where(
            VolunteerSkill.county == actor.county, VolunteerSkill.skill_id.in_(skills)
        )
    ).all()
    for skill in skills:
        found = np.array([row.volunteer_id for row in rows if row.skill_id == skill], dtype=np.int64)
        holders[skill][order[np.isin(ids[order], found)]] = True
    return holders
