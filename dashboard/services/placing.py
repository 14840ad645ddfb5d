"""From what is said about a place to what is stored of it: point, grid, village, town, and the site that answers."""

from dataclasses import dataclass

from shapely.geometry import shape
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from dashboard.core.errors import Invalid
from dashboard.core.geo import GridIndex
from dashboard.core.orders import PlaceWish
from dashboard.core.words import DivisionLevel, Precision
from db.models import Division, Grid, Need, Site, UnplacedPoint

#: Grids whose centre lies within so many degrees are looked at for a point (about 30 km).
_NEAR = 0.3


@dataclass(frozen=True)
class Place:
    """A place as the columns of a need."""

    precision: Precision = Precision.NONE
    lon: float | None = None
    lat: float | None = None
    grid_id: int | None = None
    village_code: str | None = None
    town_code: str | None = None
    site_id: int | None = None
    words: str = ""
    source: str = ""


def placed(session: Session, county: str, wish: PlaceWish) -> Place:
    """The most exact reading of a wish. Raises Invalid for a half point, or a grid or village nobody knows."""
    if (wish.lon is None) != (wish.lat is None):
        raise Invalid("needs.half_a_point")
    if wish.lon is not None and wish.lat is not None:
        return _of_point(session, county, wish, wish.lon, wish.lat)
    if wish.grid_id is not None:
        grid = session.get(Grid, wish.grid_id)
        if grid is None or grid.county != county:
            raise Invalid("needs.unknown_grid")
        return _in_grid(session, grid, wish, Precision.GRID, grid.lon, grid.lat)
    if wish.village_code is not None:
        return _of_village(session, county, wish, wish.village_code)
    return Place(words=wish.words, source=wish.source)


def _of_point(session: Session, county: str, wish: PlaceWish, lon: float, lat: float) -> Place:
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise Invalid("needs.not_degrees")
    grid = grid_at(session, county, lon, lat)
    if grid is not None:
        return _in_grid(session, grid, wish, Precision.POINT, lon, lat)
    # 未落格: kept with its point and listed for somebody to place.
    return Place(Precision.POINT, lon, lat, words=wish.words, source=wish.source)


def grid_at(session: Session, county: str, lon: float, lat: float) -> Grid | None:
    """The grid in force that holds a point, by the rule for borders in core/geo.py."""
    near = session.scalars(
        select(Grid).where(
            Grid.county == county,
            Grid.valid_to.is_(None),
            Grid.lon.between(lon - _NEAR, lon + _NEAR),
            Grid.lat.between(lat - _NEAR, lat + _NEAR),
        )
    ).all()
    by_code = {grid.code: grid for grid in near}
    index = GridIndex(list(by_code), [shape(grid.geometry) for grid in by_code.values()])
    code = index.code_at(lon, lat)
    return None if code is None else by_code[code]


def list_if_outside(session: Session, need: Need) -> None:
    """Keep the list of points outside every grid true for one need. Without grids there is no outside."""
    session.execute(
        delete(UnplacedPoint).where(
            UnplacedPoint.county == need.county, UnplacedPoint.subject == "needs", UnplacedPoint.row_id == need.id
        )
    )
    if need.precision != Precision.POINT or need.grid_id is not None or need.lon is None or need.lat is None:
        return
    in_force = select(Grid.id).where(Grid.county == need.county, Grid.valid_to.is_(None)).limit(1)
    if session.scalar(in_force) is not None:
        session.add(
            UnplacedPoint(county=need.county, subject="needs", row_id=need.id, lon=need.lon, lat=need.lat, note="")
        )


def _in_grid(session: Session, grid: Grid, wish: PlaceWish, precision: Precision, lon: float, lat: float) -> Place:
    return Place(
        precision,
        lon,
        lat,
        grid.id,
        grid.village_code,
        grid.town_code,
        grid.site_id or _site_of(session, grid.county, grid.village_code, grid.town_code),
        wish.words,
        wish.source,
    )


def _of_village(session: Session, county: str, wish: PlaceWish, code: str) -> Place:
    """A village has no outline: its middle is that of its grids, else that of its station."""
    village = session.scalar(select(Division).where(Division.county == county, Division.code == code))
    if village is None or village.level != DivisionLevel.VILLAGE:
        raise Invalid("needs.unknown_village")
    site_id = _site_of(session, county, code, village.parent_code)
    middle = select(func.avg(Grid.lon), func.avg(Grid.lat)).where(
        Grid.county == county, Grid.village_code == code, Grid.valid_to.is_(None)
    )
    lon, lat = session.execute(middle).one()
    if lon is None:
        site = session.get(Site, site_id) if site_id is not None else None
        lon, lat = (village.lon, village.lat) if site is None else (site.lon, site.lat)
    words = wish.words or village.name
    known = lon is not None and lat is not None
    precision = Precision.VILLAGE if known else Precision.NONE
    return Place(precision, lon, lat, None, code, village.parent_code, site_id, words, wish.source)


def _site_of(session: Session, county: str, village: str | None, town: str | None) -> int | None:
    """The station of a village, else the institute of its town, else the centre."""
    for column, code, level in (
        (Site.village_code, village, "station"),
        (Site.town_code, town, "institute"),
        (Site.county, county, "centre"),
    ):
        if code is None:
            continue
        found = session.scalar(
            select(Site.id).where(Site.county == county, column == code, Site.level == level).order_by(Site.id).limit(1)
        )
        if found is not None:
            return found
    return None
