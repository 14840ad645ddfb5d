"""What the map fetches by URL, as plain values for JSON. No volunteer's home: volunteers are counted, not drawn."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, null, select
from sqlalchemy.orm import Session

from dashboard.core.deck_lapse import Place
from dashboard.core.filters import Filters
from dashboard.core.map_shapes import DECIMALS, Outline, feature_collection, label_point, simplified, united
from dashboard.core.permissions import Actor
from dashboard.core.replay import AsOf, until
from dashboard.core.words import DivisionLevel, Precision, Subject
from dashboard.services.commands import revisions
from dashboard.services.figures import in_force
from dashboard.services.filtering import county_day, due_at, is_open, needs_like, sites_like, valid_on
from dashboard.services.questions import question
from dashboard.services.replay import open_at
from dashboard.services.store import setting
from db.models import Category, Division, Grid, Need, Site


@dataclass(frozen=True)
class Versions:
    """Counters that stand in the URLs, so that a change makes the browser ask again, and how many grids there are."""

    places: int
    needs: int
    catalogue: int
    people: int
    day: str
    grids: int


def backdrop(session: Session, county: str) -> dict[str, Any]:
    """The county's outline and its neighbours: {"county": feature or None, "neighbours": FeatureCollection}."""
    neighbours = (setting(session, county, "neighbours") or {}).get("features", [])
    boundary = setting(session, county, "boundary")
    around = [
        Outline(
            feature["properties"].get("code", ""),
            feature["geometry"],
            {"name": feature["properties"].get("name", ""), "label": label_point(feature["geometry"])},
        )
        for feature in neighbours
    ]
    own = {"type": "Feature", "properties": {}, "geometry": simplified([boundary])[0]} if boundary else None
    return {"county": own, "neighbours": feature_collection(around)}


@question(Subject.PLACES)
def outlines(session: Session, actor: Actor, *, now: datetime) -> tuple[Place, ...]:
    """The county's towns, else, without code and name, its own outline: what a picture of a map is drawn within."""
    found = tuple(
        Place(one["id"], one["properties"]["name"], one["geometry"], one["properties"]["label"])
        for one in towns(session, actor.county, now)["towns"]["features"]
    )
    own = backdrop(session, actor.county)["county"]
    return found or ((Place("", "", own["geometry"], label_point(own["geometry"])),) if own else ())


def towns(session: Session, county: str, now: datetime) -> dict[str, Any]:
    """Outlines and names of towns, names of villages. A town without an outline of its own gets that of its grids."""
    rows = session.execute(
        select(Division.code, Division.level, Division.name, Division.geometry, Division.lon, Division.lat)
        .where(Division.county == county, Division.level.in_([DivisionLevel.TOWN, DivisionLevel.VILLAGE]))
        .order_by(Division.code)
    ).all()
    missing = [row.code for row in rows if row.level == DivisionLevel.TOWN and row.geometry is None]
    areas = _areas_of_grids(session, county, now, missing)
    outlines = []
    for row in rows:
        geometry = row.geometry or areas.get(row.code)
        if row.level == DivisionLevel.TOWN and geometry:
            words = {"code": row.code, "name": row.name, "label": label_point(geometry)}
            outlines.append(Outline(row.code, geometry, words))
    villages = [
        [row.name, _short(row.lon), _short(row.lat)]
        for row in rows
        if row.level == DivisionLevel.VILLAGE and row.lon is not None and row.lat is not None
    ]
    return {"towns": feature_collection(outlines), "villages": villages}


def grids(session: Session, county: str, now: datetime) -> dict[str, Any]:
    """Today's grids as a GeoJSON FeatureCollection, the largest first so that a grid within another stays on top."""
    names = division_names(session, county)
    rows = session.execute(
        select(Grid.id, Grid.name, Grid.geometry, Grid.town_code, Grid.village_code)
        .where(Grid.county == county, valid_on(county_day(now)))
        .order_by(Grid.area_m2.desc(), Grid.id)
    )
    return feature_collection(
        Outline(row.id, row.geometry, {"name": row.name, "place": _place(names, row.town_code, row.village_code)})
        for row in rows
    )


def sites(session: Session, actor: Actor, filters: Filters, now: datetime) -> dict[str, Any]:
    """Practice sites that have a place and hold on the day of `now`."""
    rows = session.execute(
        select(Site.id, Site.name, Site.level, Site.kind, Site.lon, Site.lat)
        .where(sites_like(filters, actor), Site.lon.is_not(None), Site.lat.is_not(None))
        .where(in_force(Site, county_day(now)))
        .order_by(Site.id)
    )
    return {
        "sites": [
            {
                "id": row.id,
                "name": row.name,
                "level": row.level,
                "kind": row.kind,
                "lon": _short(row.lon),
                "lat": _short(row.lat),
            }
            for row in rows
        ]
    }


def needs(session: Session, actor: Actor, filters: Filters, language: str, past: AsOf | None = None) -> dict[str, Any]:
    """Open needs where they are known to be: at their point, else the middle of their grid or village; with `past`
    those that were open at the end of that day, whose deadline of then nobody kept.

    A row is [id, lon, lat, urgency, running deadline in minutes since 1970, category, exact]: no names, no titles.
    """
    name = Category.name if language == "zh" else func.coalesce(func.nullif(Category.name_en, ""), Category.name)
    categories = session.execute(
        select(Category.id, name).where(Category.county == actor.county).order_by(Category.position, Category.id)
    ).all()
    number = {row[0]: index for index, row in enumerate(categories)}
    rows = session.execute(_placed_needs(actor, filters, past)).all()
    return {
        "categories": [row[1] for row in categories],
        "needs": [
            [
                row.id,
                _short(row.lon),
                _short(row.lat),
                row.urgency,
                int(row.due.timestamp() // 60) if row.due else None,
                number.get(row.category_id, -1),
                int(row.precision == Precision.POINT),
            ]
            for row in rows
        ],
    }


def _placed_needs(actor: Actor, filters: Filters, past: AsOf | None) -> Any:
    lon = func.coalesce(Need.lon, Grid.lon, Division.lon).label("lon")
    lat = func.coalesce(Need.lat, Grid.lat, Division.lat).label("lat")
    village = (Division.county == Need.county) & (Division.code == Need.village_code)
    due, then = (due_at(), is_open()) if past is None else (null(), open_at(until(past.day), past.known))
    return (
        select(Need.id, lon, lat, Need.urgency, due.label("due"), Need.category_id, Need.precision)
        .outerjoin(Grid, Grid.id == Need.grid_id)
        .outerjoin(Division, village)
        .where(needs_like(filters, actor), then, lon.is_not(None), lat.is_not(None))
        .order_by(Need.id)
    )


@question(Subject.PLACES, Subject.PEOPLE, Subject.CATALOGUE, Subject.NEEDS)
def versions(session: Session, actor: Actor, now: datetime) -> Versions:
    """The counters of what the map shows."""
    read = (Subject.PLACES, Subject.PEOPLE, Subject.CATALOGUE, Subject.NEEDS)
    places, people, catalogue, orders = revisions(session, actor.county, read)
    day = county_day(now)
    grids = session.scalar(select(func.count(Grid.id)).where(Grid.county == actor.county, valid_on(day))) or 0
    return Versions(places, orders, catalogue, people, day.isoformat(), grids)


@question(Subject.PLACES, Subject.ACCOUNTS)
def home(session: Session, actor: Actor) -> str | None:
    """The town of the reader's part of the site tree, where her map begins; None for the whole county."""
    site = session.get(Site, actor.site_id) if actor.site_id else None
    return site.town_code if site else None


@question(Subject.PLACES)
def review_number(session: Session, actor: Actor) -> str:
    """The review number (审图号) that a public map in China must show, "" where none is set."""
    return str((setting(session, actor.county, "review_number") or {}).get("text", ""))


def division_names(session: Session, county: str) -> dict[str, str]:
    """Names of the county's divisions by code."""
    rows = session.execute(select(Division.code, Division.name).where(Division.county == county))
    return {row.code: row.name for row in rows}


def place_words(session: Session, county: str, town: str | None, village: str | None) -> str:
    """Town and village by their names, as far as they are known."""
    rows = session.execute(
        select(Division.code, Division.name).where(Division.county == county, Division.code.in_([town, village]))
    )
    return _place({row.code: row.name for row in rows}, town, village)


def _areas_of_grids(session: Session, county: str, now: datetime, codes: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The united grids of each town."""
    wanted = list(codes)
    if not wanted:
        return {}
    parts: dict[str, list[dict[str, Any]]] = {code: [] for code in wanted}
    rows = session.execute(
        select(Grid.town_code, Grid.geometry).where(
            Grid.county == county, Grid.town_code.in_(wanted), valid_on(county_day(now))
        )
    )
    for row in rows:
        parts[str(row.town_code)].append(row.geometry)
    areas = {code: united(geometries) for code, geometries in parts.items()}
    return {code: area for code, area in areas.items() if area is not None}


def _place(names: dict[str, str], town: str | None, village: str | None) -> str:
    return " ".join(names[code] for code in (town, village) if code is not None and code in names)


def _short(degrees: float) -> float:
    return round(degrees, DECIMALS)
