"""Where things are: datums, distances, polygons, and which grid a point lies in.

Everything is stored in WGS-84 (CGCS2000 counts as WGS-84: they differ by centimetres). Coordinates copied from Chinese
phone maps are GCJ-02 or BD-09 and are converted exactly once, when they come in. Lengths are metres, angles degrees,
points are (lon, lat) in that order. Functions take floats or arrays and return arrays of the same shape.
"""

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

#: Mean radius of the earth (IUGG), metres.
EARTH_M = 6_371_008.8
#: One degree along a meridian, metres.
DEGREE_M = EARTH_M * np.pi / 180
#: Krasovsky 1940, the ellipsoid behind GCJ-02: semi-major axis in metres and squared eccentricity.
_A, _EE = 6_378_245.0, 0.006_693_421_622_965_943
_BD = np.pi * 3000 / 180
#: Outside this box (west, south, east, north) GCJ-02 is WGS-84.
_CHINA = (72.004, 0.8293, 137.8347, 55.8271)
#: A point that no grid covers belongs to the nearest grid within this distance: rounding leaves slivers between them.
BORDER_M = 1.0
#: Of two grids that overlap by more than this share of the smaller one, the later is refused.
OVERLAP_SHARE = 0.01


class Datum(StrEnum):
    """What coordinates are measured against: GPS (天地图), 高德 / 腾讯, or 百度."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


def _arrays(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    return np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)


def _waves(x: Floats, half: float, long: float, amplitudes: tuple[float, float]) -> Floats:
    near, far = amplitudes
    wave: Floats = (near * np.sin(x / half * np.pi) + far * np.sin(x / long * np.pi)) * 2 / 3
    return wave


def _offset(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """How far GCJ-02 moves a WGS-84 point, in degrees. The formula everybody publishes; zero outside China."""
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    ripple = (20 * np.sin(6 * x * np.pi) + 20 * np.sin(2 * x * np.pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple
    north = north + (20 * np.sin(y * np.pi) + 40 * np.sin(y / 3 * np.pi)) * 2 / 3 + _waves(y, 12, 30, (160, 320))
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple
    east = east + (20 * np.sin(x * np.pi) + 40 * np.sin(x / 3 * np.pi)) * 2 / 3 + _waves(x, 12, 30, (150, 300))
    phi = lat / 180 * np.pi
    curve = 1 - _EE * np.sin(phi) ** 2
    d_lat = north * 180 / (_A * (1 - _EE) / (curve * np.sqrt(curve)) * np.pi)
    d_lon = east * 180 / (_A / np.sqrt(curve) * np.cos(phi) * np.pi)
    west, south, east_end, north_end = _CHINA
    inside = (west <= lon) & (lon <= east_end) & (south <= lat) & (lat <= north_end)
    return np.where(inside, d_lon, 0.0), np.where(inside, d_lat, 0.0)


def gcj02_from_wgs84(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """WGS-84 -> GCJ-02."""
    lons, lats = _arrays(lon, lat)
    d_lon, d_lat = _offset(lons, lats)
    return lons + d_lon, lats + d_lat


def wgs84_from_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """GCJ-02 -> WGS-84. The offset has no closed inverse: repeated substitution gains two digits a step."""
    lons, lats = _arrays(lon, lat)
    found_lon, found_lat = lons, lats
    for _ in range(8):
        d_lon, d_lat = _offset(found_lon, found_lat)
        found_lon, found_lat = lons - d_lon, lats - d_lat
    return found_lon, found_lat


def bd09_from_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """GCJ-02 -> BD-09 (百度)."""
    lons, lats = _arrays(lon, lat)
    radius = np.hypot(lons, lats) + 0.00002 * np.sin(lats * _BD)
    angle = np.arctan2(lats, lons) + 0.000003 * np.cos(lons * _BD)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def gcj02_from_bd09(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """BD-09 (百度) -> GCJ-02, refined until it is the inverse of `bd09_from_gcj02`."""
    lons, lats = _arrays(lon, lat)
    found_lon, found_lat = lons - 0.0065, lats - 0.006
    for _ in range(8):
        back_lon, back_lat = bd09_from_gcj02(found_lon, found_lat)
        found_lon, found_lat = found_lon + lons - back_lon, found_lat + lats - back_lat
    return found_lon, found_lat


def to_wgs84(lon: ArrayLike, lat: ArrayLike, datum: Datum) -> tuple[Floats, Floats]:
    """Coordinates in `datum` as WGS-84."""
    if datum is Datum.WGS84:
        return _arrays(lon, lat)
    return wgs84_from_gcj02(*(gcj02_from_bd09(lon, lat) if datum is Datum.BD09 else (lon, lat)))


def distance_m(lon: ArrayLike, lat: ArrayLike, to_lon: ArrayLike, to_lat: ArrayLike) -> Floats:
    """Great-circle distance in metres (haversine on the mean sphere, within 0.6 % of the ellipsoid)."""
    lons, lats = (np.radians(values) for values in _arrays(lon, lat))
    to_lons, to_lats = (np.radians(values) for values in _arrays(to_lon, to_lat))
    half = np.sin((to_lats - lats) / 2) ** 2 + np.cos(lats) * np.cos(to_lats) * np.sin((to_lons - lons) / 2) ** 2
    metres: Floats = 2 * EARTH_M * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))
    return metres


def area_m2(shape: shapely.Geometry) -> float:
    """Area of a lon / lat polygon in square metres, flat at its own latitude: good to 0.1 % at county size."""
    if shape.is_empty:
        return 0.0
    return float(shape.area * DEGREE_M**2 * np.cos(np.radians(shape.centroid.y)))


def covers(area: shapely.Geometry, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.bool_]:
    """Which points lie in the area; its border belongs to it."""
    shapely.prepare(area)
    lons, lats = _arrays(lon, lat)
    inside: NDArray[np.bool_] = shapely.intersects_xy(area, lons, lats)
    return inside


def ring_problem(ring: Sequence[Sequence[float]]) -> str | None:
    """What is wrong with a ring of (lon, lat) by RFC 7946, as a key ("unclosed", ...), or None."""
    if not ring:
        return "empty"
    if tuple(ring[0][:2]) != tuple(ring[-1][:2]):
        return "unclosed"
    if len(ring) < 4 or len({(x, y) for x, y, *_ in ring}) < 3:
        return "too_few_points"
    xs, ys = [point[0] for point in ring], [point[1] for point in ring]
    if all(-90 <= x <= 90 for x in xs) and any(abs(y) > 90 for y in ys):
        return "swapped"
    if any(abs(x) > 180 for x in xs) or any(abs(y) > 90 for y in ys):
        return "not_degrees"
    return None


def polygon_problem(polygons: Sequence[Sequence[Sequence[Sequence[float]]]]) -> str | None:
    """What is wrong with the coordinates of a MultiPolygon ([polygon][ring][point][lon, lat]), as a key, or None."""
    if not polygons or not all(polygons):
        return "empty"
    for rings in polygons:
        for ring in rings:
            if found := ring_problem(ring):
                return found
    shape = shape_of(polygons)
    if not shape.is_valid:
        return "self_crossing"
    return "empty" if shape.area == 0 else None


def shape_of(polygons: Sequence[Sequence[Sequence[Sequence[float]]]]) -> shapely.Geometry:
    """The shapely polygon of MultiPolygon coordinates; a Polygon where there is only one."""
    flat = [[[point[:2] for point in ring] for ring in rings] for rings in polygons]
    parts = [shapely.Polygon(rings[0], rings[1:]) for rings in flat]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


#: Strips narrower than twice this are rounding, not gaps.
GAP_HALF_M = 5.0


def gaps(shapes: Sequence[shapely.Geometry], within: shapely.Geometry) -> list[shapely.Geometry]:
    """The parts of an area that no shape covers, largest first, without strips narrower than 10 m."""
    rest = within.difference(shapely.union_all(list(shapes)))
    half = GAP_HALF_M / DEGREE_M
    parts = shapely.get_parts(rest.buffer(-half).buffer(half))
    return sorted((part for part in parts if not part.is_empty), key=lambda part: -part.area)


class GridIndex:
    """Grids by place. Codes name them; the answer is a position in `codes`, -1 for a point outside every grid.

    A point on a border that several grids share belongs to the grid with the smallest code; a point in none belongs to
    the nearest within `BORDER_M`.
    """

    def __init__(self, codes: Sequence[str], shapes: Sequence[shapely.Geometry]) -> None:
        order = sorted(range(len(codes)), key=lambda i: codes[i])
        self.codes: tuple[str, ...] = tuple(codes[i] for i in order)
        self._shapes = np.array([shapes[i] for i in order], dtype=object)
        self._tree = shapely.STRtree(self._shapes)

    def place(self, lon: ArrayLike, lat: ArrayLike) -> NDArray[np.int64]:
        """Position of the grid of each point (1-d arrays in, int array of the same length out)."""
        points = shapely.points(*(np.atleast_1d(values) for values in _arrays(lon, lat)))
        found = np.full(len(points), len(self.codes), dtype=np.int64)
        if not len(self.codes):
            return np.full(len(points), -1, dtype=np.int64)
        which, grid = self._tree.query(points, predicate="intersects")
        np.minimum.at(found, which, grid)
        lost = np.flatnonzero(found == len(self.codes))
        near, grid = self._tree.query_nearest(points[lost], max_distance=BORDER_M / DEGREE_M, all_matches=True)
        np.minimum.at(found, lost[near], grid)
        return np.where(found == len(self.codes), -1, found)

    def code_at(self, lon: float, lat: float) -> str | None:
        """The code of the grid of one point."""
        position = int(self.place([lon], [lat])[0])
        return None if position < 0 else self.codes[position]


def overlaps(shapes: Sequence[shapely.Geometry], share: float = OVERLAP_SHARE) -> list[tuple[int, int, float]]:
    """Pairs (earlier, later, share of the smaller one) of shapes that overlap by more than `share`, sorted."""
    array = np.array(shapes, dtype=object)
    if len(array) < 2:
        return []
    left, right = shapely.STRtree(array).query(array, predicate="intersects")
    left, right = left[left < right], right[left < right]
    smaller = np.minimum(shapely.area(array[left]), shapely.area(array[right]))
    common = shapely.area(shapely.intersection(array[left], array[right]))
    shares = np.divide(common, smaller, out=np.zeros_like(common), where=smaller > 0)
    hits = np.flatnonzero(shares > share)
    return sorted((int(left[i]), int(right[i]), float(shares[i])) for i in hits)
