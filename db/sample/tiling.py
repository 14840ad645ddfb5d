"""Cut a county's outline into grids that tile it exactly and nest in villages, which nest in towns.

The cells are those of a Voronoi diagram: towns are spread first, villages within each town, grids within each village.
All lines are noded together on a grid of 1e-7 degrees (1 cm), so neighbours share the same points and nothing is left
between them. Villages and towns are the unions of their grids, each in one piece.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

Floats = NDArray[np.float64]

#: Coordinates are whole multiples of this many degrees.
PRECISION = 1e-7
DECIMALS = 7
_CLOUD = 60_000
_ROUNDS = 12


@dataclass(frozen=True)
class Tiles:
    """`cells[i]` belongs to village `village[i]` (positions in the order the villages were asked for)."""

    cells: NDArray[np.object_]
    village: NDArray[np.int64]


def tile(
    outline: shapely.Geometry,
    towns: Sequence[Sequence[int]],
    seats: Sequence[tuple[float, float]],
    chance: np.random.Generator,
) -> Tiles:
    """Cells for `towns`: for each town the number of grids of each of its villages.

    `seats` are the known places of the first towns (lon, lat); the others are spread evenly.
    """
    cloud = _cloud(outline, chance)
    town_of = _spread(cloud, len(towns), chance, np.array(seats, dtype=np.float64).reshape(-1, 2))
    seeds: list[Floats] = []
    owner: list[int] = []
    for number, grids in enumerate(towns):
        ground = cloud[town_of == number]
        village_of = _spread(ground, len(grids), chance)
        for position, count in enumerate(grids):
            plot = ground[village_of == position]
            seeds.append(_centres(plot, _spread(plot, count, chance), count))
            owner += [sum(map(len, towns[:number])) + position] * count
    cells = _cut(outline, np.concatenate(seeds))
    town = np.repeat(np.arange(len(towns)), [len(grids) for grids in towns])
    return Tiles(cells, _in_one_piece(cells, np.array(owner, dtype=np.int64), town))


def _cloud(outline: shapely.Geometry, chance: np.random.Generator) -> Floats:
    """Points spread evenly over the outline."""
    west, south, east, north = outline.bounds
    points = chance.uniform((west, south), (east, north), (int(_CLOUD * 2.2), 2))
    shapely.prepare(outline)
    inside: Floats = points[shapely.contains_xy(outline, points[:, 0], points[:, 1])][:_CLOUD]
    return inside


def _spread(points: Floats, count: int, chance: np.random.Generator, fixed: Floats | None = None) -> NDArray[np.int64]:
    """Group points around `count` evenly spread centres (Lloyd's rounds), none of them empty; `fixed` ones stay."""
    if len(points) < count:
        raise ValueError(f"{len(points)} points are too few for {count} groups")
    kept = np.zeros((0, 2)) if fixed is None else fixed[:count]
    free = points[chance.choice(len(points), count - len(kept), replace=False)]
    centres = np.concatenate([kept, free])
    for _ in range(_ROUNDS):
        group = cKDTree(centres).query(points)[1]
        moved = _centres(points, group, count, centres)
        moved[: len(kept)] = kept
        centres = moved
    group = np.asarray(cKDTree(centres).query(points)[1], dtype=np.int64)
    if len(np.unique(group)) < count:
        raise ValueError(f"{count} groups of {len(points)} points: one stayed empty")
    return group


def _centres(points: Floats, group: NDArray[np.int64], count: int, empty: Floats | None = None) -> Floats:
    """Mean point of each group; an empty group keeps its point of `empty`."""
    size = np.bincount(group, minlength=count)
    sums = np.stack([np.bincount(group, points[:, axis], count) for axis in (0, 1)], axis=1)
    means: Floats = sums / np.maximum(size, 1)[:, None]
    return means if empty is None else np.where(size[:, None] > 0, means, empty)


def _cut(outline: shapely.Geometry, seeds: Floats) -> NDArray[np.object_]:
    """The Voronoi cells of the seeds within the outline, in their order."""
    edges = shapely.voronoi_polygons(shapely.multipoints(seeds), extend_to=outline, only_edges=True)
    inside = shapely.intersection(edges, outline)
    lines = shapely.union_all([inside, outline.boundary], grid_size=PRECISION)
    faces = np.array(shapely.polygonize(shapely.get_parts(lines)).geoms, dtype=object)
    faces = faces[shapely.contains(outline, shapely.point_on_surface(faces))]
    middles = shapely.get_coordinates(shapely.point_on_surface(faces))
    cells = _one_face_a_seed(faces, np.asarray(cKDTree(seeds).query(middles)[1], dtype=np.int64), len(seeds))
    rounded: NDArray[np.object_] = shapely.transform(
        shapely.normalize(cells), lambda points: np.round(points, DECIMALS)
    )
    return rounded


def _one_face_a_seed(faces: NDArray[np.object_], seed: NDArray[np.int64], count: int) -> NDArray[np.object_]:
    """The largest face of each seed; what a bend of the outline cut off joins the neighbour it touches longest."""
    area = shapely.area(faces)
    main = np.full(count, -1)
    for face in np.argsort(area, kind="stable"):
        main[seed[face]] = face
    if (main < 0).any():
        raise ValueError("a grid got no area")
    cells = faces[main]
    for face in np.setdiff1d(np.arange(len(faces)), main):
        near, shared = _borders(cells, faces[face])
        best = near[np.argmax(shared)]
        cells[best] = shapely.union(cells[best], faces[face])
    return cells


def _borders(cells: NDArray[np.object_], face: shapely.Geometry) -> tuple[NDArray[np.int64], Floats]:
    """The cells that share a border with a face, and how long each border is (degrees)."""
    near = np.sort(shapely.STRtree(cells).query(face, predicate="touches"))
    shared = shapely.length(shapely.intersection(cells[near], face))
    return near[shared > 0], shared[shared > 0]


def _in_one_piece(cells: NDArray[np.object_], village: NDArray[np.int64], town: NDArray[np.int64]) -> NDArray[np.int64]:
    """The village of each cell; pieces apart from their village go to one beside them, of their own town first."""
    village = village.copy()
    for _ in range(_ROUNDS):
        apart = [piece for number in range(len(town)) for piece in _pieces_apart(cells, village, number)]
        if not apart:
            return village
        for cell in apart:
            near, shared = _borders(cells, cells[cell])
            other = village[near] != village[cell]
            home = town[village[near]] == town[village[cell]]
            village[cell] = village[near[np.argmax(shared * other * (1 + 9 * home))]]
    raise ValueError("a village stayed in pieces")


def _pieces_apart(cells: NDArray[np.object_], village: NDArray[np.int64], number: int) -> list[int]:
    """The cells of a village outside its largest piece."""
    own = np.flatnonzero(village == number)
    pieces = shapely.get_parts(shapely.coverage_union_all(cells[own]))
    if len(pieces) == 1:
        return []
    largest = pieces[np.argmax(shapely.area(pieces))]
    return [int(cell) for cell in own if not shapely.contains_properly(largest, shapely.point_on_surface(cells[cell]))]


def as_geojson(geometry: shapely.Geometry) -> dict[str, Any]:
    """The geometry with coordinates rounded to the tiling's precision, as JSON values."""
    if geometry.geom_type == "MultiPolygon":
        return {"type": "MultiPolygon", "coordinates": [_rings(part) for part in geometry.geoms]}
    return {"type": "Polygon", "coordinates": _rings(geometry)}


def _rings(polygon: shapely.Polygon) -> list[list[list[float]]]:
    rings = [polygon.exterior, *polygon.interiors]
    return [np.round(shapely.get_coordinates(ring), DECIMALS).tolist() for ring in rings]
