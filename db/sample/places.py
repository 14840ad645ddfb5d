"""The tree of sites, the grids that tile the county, and the outlines of towns and villages that follow from them."""

from math import hypot
from typing import Any

import numpy as np
import shapely
from shapely.geometry import shape
from sqlalchemy import update
from sqlalchemy.orm import Session

from db.county import shipped_boundary, shipped_divisions
from db.models import Division, Grid, Site
from db.sample import words
from db.sample.chance import shares
from db.sample.names import phone_number
from db.sample.tiling import as_geojson, tile
from db.sample.world import GridPlace, Town, Village, World

#: The county town stands here (WGS-84); its subdistricts are the first towns of the list. The other seats are invented.
_SEATS = ((107.902, 28.548), (107.884, 28.518), (107.938, 28.598))
_COUNTY_TOWN = (107.8869, 28.5258)
_DEGREE_M = 111_195.0
#: Where the places come from, as stored with each.
SOURCE = "sample"
#: Practice points are invented but of the usual kinds.
_POINTS = (
    ("龙潭古寨文明实践点", "scenic"),
    ("县图书馆文明实践点", "culture"),
    ("县文化馆文明实践点", "culture"),
    ("县中心敬老院文明实践点", "eldercare"),
    ("县城社区食堂文明实践点", "meal_point"),
    ("县中等职业学校文明实践点", "school"),
    ("茶叶产业园文明实践点", "enterprise"),
    ("洪渡河湿地文明实践点", "scenic"),
)


def make_places(world: World) -> None:
    """Towns, villages, grids and sites; fills `world` and queues the rows of grids and sites."""
    _choose_villages(world)
    counts = _grids_each(world)
    outline = shape(shipped_boundary())
    seats = _SEATS if not world.size.towns else ()
    grids = [[counts[village] for village in town.villages] for town in world.towns]
    tiles = tile(outline, grids, seats, world.array_stream("tiles"))
    order = [village for town in world.towns for village in town.villages]
    for cell, position in zip(tiles.cells, tiles.village, strict=True):
        world.villages[order[position]].grids.append(len(world.grids))
        world.grids.append(_place(world, len(world.grids), order[position], cell))
    _stand_villages(world)
    _stand_towns(world)
    _make_sites(world)
    _queue_grids(world)


def _choose_villages(world: World) -> None:
    chance, size = world.stream("villages"), world.size
    divisions = shipped_divisions()
    for row in divisions:
        if row["level"] == words.TOWN_LEVEL and (not size.towns or row["code"] in size.towns):
            world.towns.append(Town(row["code"], row["name"]))
    for number, town in enumerate(world.towns):
        names = [row for row in divisions if row["parent_code"] == town.code][: size.villages_each]
        for row in names:
            urban = row["name"].endswith("社区")
            far = not urban and chance.random() < 0.14
            help_given = 0.08 if far else min(2.2, max(0.3, chance.lognormvariate(0, 0.45)))
            town.villages.append(len(world.villages))
            world.villages.append(Village(row["code"], row["name"], number, urban, help_given))


def _grids_each(world: World) -> list[int]:
    """Grids per village: communities have more, those of the county town most."""
    chance = world.stream("grids each")
    weights = [
        chance.lognormvariate(0, 0.3) * (2.0 if village.urban else 1.0) * (1.5 if village.town < len(_SEATS) else 1.0)
        for village in world.villages
    ]
    return shares(world.size.grids, weights, least=2)


def _place(world: World, number: int, village: int, cell: shapely.Geometry) -> GridPlace:
    middle = cell.centroid if cell.contains(cell.centroid) else cell.representative_point()
    home = world.villages[village]
    name = f"{home.name}第{len(home.grids)}网格"
    chance = world.stream(f"grid {number}")
    usual = 95 if home.urban else 42
    households = max(8, round(chance.lognormvariate(0, 0.45) * usual))
    return GridPlace(number + 1, name, village, round(middle.x, 6), round(middle.y, 6), cell, households)


def _stand_villages(world: World) -> None:
    """A village stands in the grid nearest to the middle of its area."""
    for village in world.villages:
        middle = shapely.coverage_union_all(np.array([world.grids[g].shape for g in village.grids])).centroid
        places = [world.grids[grid] for grid in village.grids]
        nearest = min((hypot(grid.lon - middle.x, grid.lat - middle.y), grid.lon, grid.lat) for grid in places)
        village.lon, village.lat = nearest[1:]


def _stand_towns(world: World) -> None:
    """The institute stands beside the station in the middle of the town, in a community where there is one."""
    for town in world.towns:
        homes = [world.villages[number] for number in town.villages]
        lon, lat = (sum(getattr(home, axis) for home in homes) / len(homes) for axis in ("lon", "lat"))
        middle = [home for home in homes if home.urban] or homes
        nearest = min((hypot(home.lon - lon, home.lat - lat), home.lon, home.lat) for home in middle)
        town.lon, town.lat = round(nearest[1] + 0.0012, 6), round(nearest[2] + 0.0009, 6)


def _make_sites(world: World) -> None:
    county = next(row["name"] for row in shipped_divisions() if row["level"] == words.COUNTY_LEVEL)
    town_hall = {"lon": _COUNTY_TOWN[0], "lat": _COUNTY_TOWN[1], "address": county}
    tree = _Tree(world)
    centre = tree.add(f"{county}新时代文明实践中心", words.CENTRE, None, code=world.rows.county, **town_hall)
    world.centre_id = centre
    for town in world.towns:
        place = {"lon": town.lon, "lat": town.lat, "address": town.name}
        town.site_id = tree.add(
            f"{town.name}新时代文明实践所", words.INSTITUTE, centre, code=town.code, town_code=town.code, **place
        )
    for village in world.villages:
        name = f"{village.name}新时代文明实践站"
        village.site_id = tree.add(
            name, words.STATION, world.towns[village.town].site_id, code=village.code, **_at(world, village)
        )
    chance = world.stream("points")
    for number, (name, kind) in enumerate(_POINTS[: world.size.points]):
        village = world.villages[chance.randrange(min(25, len(world.villages)))]
        grid = world.grids[chance.choice(village.grids)]
        place = _at(world, village) | {"lon": grid.lon, "lat": grid.lat}
        tree.add(name, words.POINT, centre, code=f"P{number + 1:02d}", kind=kind, **place)


def _at(world: World, village: Village) -> dict[str, Any]:
    town = world.towns[village.town]
    return {
        "lon": village.lon,
        "lat": village.lat,
        "town_code": town.code,
        "village_code": village.code,
        "address": f"{town.name}{village.name}",
    }


class _Tree:
    """Sites on their way into rows, each under its parent."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._paths: dict[int | None, str] = {None: "/"}

    def add(self, name: str, level: str, parent: int | None, **values: Any) -> int:
        world = self._world
        world.phone_serial += 1
        made = world.rows.add(
            Site,
            name=name,
            name_key=name,
            level=level,
            parent_id=parent,
            precision=words.AT_POINT,
            source=SOURCE,
            phone=phone_number(world.phone_serial),
            opening="周一至周日 8:30-18:00",
            valid_from=world.begin.date(),
            **values,
        )
        path = f"{self._paths[parent]}{made}/"
        world.rows.tables["sites"][-1]["path"] = self._paths[made] = path
        return made


def _queue_grids(world: World) -> None:
    for grid in world.grids:
        village = world.villages[grid.village]
        position = village.grids.index(grid.id - 1) + 1
        world.rows.add(
            Grid,
            code=f"{village.code}{position:03d}",
            name=grid.name,
            kind=words.GRID_COMMUNITY if village.urban else words.GRID_VILLAGE_GROUP,
            town_code=world.towns[village.town].code,
            village_code=village.code,
            site_id=village.site_id,
            geometry=as_geojson(grid.shape),
            lon=grid.lon,
            lat=grid.lat,
            area_m2=round(_square_metres(grid.shape), 1),
            households=grid.households,
            source=SOURCE,
            valid_from=world.begin.date(),
        )


def _square_metres(area: shapely.Geometry) -> float:
    return float(area.area * _DEGREE_M**2 * np.cos(np.radians(area.centroid.y)))


def outline_divisions(session: Session, world: World) -> None:
    """Give the towns and villages of the sample their invented outlines: the unions of their grids."""
    for village in world.villages:
        area = _union(world, village.grids)
        _outline(session, world, village.code, area, (village.lon, village.lat))
    for town in world.towns:
        area = _union(world, [grid for number in town.villages for grid in world.villages[number].grids])
        _outline(session, world, town.code, area, (town.lon, town.lat))
    county = world.rows.county
    here = (Division.county == county) & (Division.code == county)
    session.execute(update(Division).where(here).values(geometry=shipped_boundary()))


def _union(world: World, grids: list[int]) -> shapely.Geometry:
    return shapely.coverage_union_all(np.array([world.grids[grid].shape for grid in grids]))


def _outline(session: Session, world: World, code: str, area: shapely.Geometry, at: tuple[float, float]) -> None:
    here = (Division.county == world.rows.county) & (Division.code == code)
    session.execute(update(Division).where(here).values(geometry=as_geojson(area), lon=at[0], lat=at[1]))
