"""What a register is held against: the county's villages, outline, words, and what is stored already."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry import shape
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.core.geo import GridIndex
from dashboard.core.intake import Village, Villages, name_key
from dashboard.core.intake_times import Weekly
from dashboard.core.words import DivisionLevel, Level
from dashboard.formats.needs import CategoryWord
from dashboard.services.store import setting
from db.models import Category, Division, Grid, Site, Skill, WordRule


def villages_of(session: Session, county: str) -> Villages:
    """The county's villages with their towns."""
    rows = session.execute(
        select(Division.code, Division.level, Division.name, Division.parent_code)
        .where(Division.county == county)
        .order_by(Division.code)
    ).all()
    names = {row.code: row.name for row in rows}
    return Villages(
        Village(row.code, row.name, row.parent_code or "", names.get(row.parent_code or "", ""))
        for row in rows
        if row.level == DivisionLevel.VILLAGE
    )


def boundary_of(session: Session, county: str) -> shapely.Geometry | None:
    """The county's outline, None where none is set."""
    found = setting(session, county, "boundary")
    return None if found is None else shape(found)


def known_sites(session: Session, county: str) -> frozenset[tuple[str, str]]:
    """The stored sites as a site register sees them: (key of the parent's name, key of the name)."""
    rows = session.execute(select(Site.id, Site.parent_id, Site.name).where(Site.county == county)).all()
    keys = {row.id: name_key(row.name) for row in rows}
    return frozenset((keys.get(row.parent_id or 0, ""), keys[row.id]) for row in rows)


def stored_grids(session: Session, county: str) -> dict[str, shapely.Geometry]:
    """The polygons in force, by code."""
    rows = session.execute(select(Grid.code, Grid.geometry).where(Grid.county == county, Grid.valid_to.is_(None)))
    return {row.code: shape(row.geometry) for row in rows}


def hours_words(session: Session, county: str) -> dict[str, tuple[Weekly, ...]]:
    """The office's words for free time: key -> weekly spans, none where the word says nothing."""
    return {name_key(word): _weekly(value) for word, value in _words(session, county, "availability")}


def _weekly(value: Mapping[str, Any]) -> tuple[Weekly, ...]:
    return tuple((int(day), int(start), int(end)) for day, start, end in value.get("spans") or ())


def category_words(session: Session, county: str) -> dict[str, CategoryWord]:
    """Key of a word -> the category it means: names of the categories, and the office's words."""
    rows = session.execute(
        select(Category.code, Category.name, Category.duration_minutes).where(
            Category.county == county, Category.active.is_(True)
        )
    ).all()
    by_code = {row.code: CategoryWord(row.code, row.name, row.duration_minutes) for row in rows}
    found = {name_key(category.name): category for category in by_code.values()}
    for word, value in _words(session, county, "category"):
        if (category := by_code.get(value.get("category", ""))) is not None:
            found[name_key(word)] = category
    return found


def _words(session: Session, county: str, kind: str) -> list[tuple[str, dict[str, Any]]]:
    rows = session.execute(
        select(WordRule.word, WordRule.value).where(WordRule.county == county, WordRule.kind == kind)
    )
    return [(row.word, row.value) for row in rows]


def skill_ids(session: Session, county: str) -> dict[str, int]:
    """Key of a skill's name -> its id."""
    rows = session.execute(select(Skill.id, Skill.name).where(Skill.county == county))
    return {name_key(row.name): row.id for row in rows}


@dataclass(frozen=True)
class Answering:
    """The sites that answer for places: by village its station, by town its institute, and the centre."""

    stations: Mapping[str, int]
    institutes: Mapping[str, int]
    centre: int | None

    def site(self, village: str | None, town: str | None) -> int | None:
        """The nearest site that answers for a place."""
        return self.stations.get(village or "") or self.institutes.get(town or "") or self.centre


def answering_sites(session: Session, county: str) -> Answering:
    """Who answers where; of several the first stored."""
    rows = session.execute(
        select(Site.id, Site.level, Site.village_code, Site.town_code).where(Site.county == county).order_by(Site.id)
    ).all()
    stations: dict[str, int] = {}
    institutes: dict[str, int] = {}
    centres = [row.id for row in rows if row.level == Level.CENTRE]
    for row in rows:
        if row.level == Level.STATION and row.village_code:
            stations.setdefault(row.village_code, row.id)
        elif row.level == Level.INSTITUTE and row.town_code:
            institutes.setdefault(row.town_code, row.id)
    return Answering(stations, institutes, centres[0] if centres else None)


@dataclass(frozen=True)
class VillagePoint:
    """The point that stands for a village, and what it is: the middle of its grids, its station, or its town."""

    lon: float
    lat: float
    source: str


#: The middle of the village's grids, its station, the middle of its town: how `location_source` names them.
FROM_GRIDS, FROM_STATION, FROM_TOWN = "village grids", "village station", "town"
VILLAGE_SOURCES = (FROM_GRIDS, FROM_STATION, FROM_TOWN)


def village_points(session: Session, county: str) -> dict[str, VillagePoint]:
    """A point for each village that can have one. No public source has outlines of villages."""
    points: dict[str, VillagePoint] = {}
    towns = {
        row.code: row.parent_code
        for row in session.execute(
            select(Division.code, Division.parent_code).where(
                Division.county == county, Division.level == DivisionLevel.VILLAGE
            )
        )
    }
    by_town = _town_middles(session, county)
    stations = {
        row.village_code: row
        for row in session.execute(
            select(Site.village_code, Site.lon, Site.lat)
            .where(Site.county == county, Site.level == Level.STATION, Site.lon.is_not(None))
            .order_by(Site.id.desc())
        )
    }
    grids = {
        row.code: row
        for row in session.execute(
            select(Grid.village_code.label("code"), func.avg(Grid.lon).label("lon"), func.avg(Grid.lat).label("lat"))
            .where(Grid.county == county, Grid.valid_to.is_(None), Grid.village_code.is_not(None))
            .group_by(Grid.village_code)
        )
    }
    for code, town in towns.items():
        for source, found in ((FROM_GRIDS, grids.get(code)), (FROM_STATION, stations.get(code))):
            if found is not None:
                points[code] = VillagePoint(round(found.lon, 7), round(found.lat, 7), source)
                break
        else:
            if (middle := by_town.get(town or "")) is not None:
                points[code] = VillagePoint(round(middle[0], 7), round(middle[1], 7), FROM_TOWN)
    return points


def _town_middles(session: Session, county: str) -> dict[str, tuple[float, float]]:
    """The middle of each town's grids, else of its sites."""
    middles: dict[str, tuple[float, float]] = {}
    for table, ended in ((Site, None), (Grid, Grid.valid_to.is_(None))):
        rows = session.execute(
            select(table.town_code, func.avg(table.lon).label("lon"), func.avg(table.lat).label("lat"))
            .where(table.county == county, table.town_code.is_not(None), table.lon.is_not(None))
            .where(*([] if ended is None else [ended]))
            .group_by(table.town_code)
        )
        middles |= {row.town_code: (row.lon, row.lat) for row in rows}
    return middles


@dataclass(frozen=True)
class GridPlaces:
    """The grids in force, to look points up in: positions of `index` -> row ids and codes of their places."""

    index: GridIndex
    ids: tuple[int, ...]
    villages: tuple[str | None, ...]
    towns: tuple[str | None, ...]
    sites: tuple[int | None, ...]


def grid_places(session: Session, county: str) -> GridPlaces:
    """The grids in force by place."""
    rows = session.execute(
        select(Grid.id, Grid.code, Grid.geometry, Grid.village_code, Grid.town_code, Grid.site_id)
        .where(Grid.county == county, Grid.valid_to.is_(None))
        .order_by(Grid.code)
    ).all()
    index = GridIndex([row.code for row in rows], [shape(row.geometry) for row in rows])
    by_code = {row.code: row for row in rows}
    ordered = [by_code[code] for code in index.codes]
    return GridPlaces(
        index,
        tuple(row.id for row in ordered),
        tuple(row.village_code for row in ordered),
        tuple(row.town_code for row in ordered),
        tuple(row.site_id for row in ordered),
    )
