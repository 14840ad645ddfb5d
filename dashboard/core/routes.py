"""The order of a round's stops: nearest neighbour from the kitchen, then 2-opt, on straight lines.

A route ends at its last stop. The same points give the same order, and it is never longer than the order given.
"""

from collections.abc import Sequence

from dashboard.core.geo import distance_m

Point = tuple[float, float]
#: A change that saves less, in metres, is rounding.
_SAVES = 1e-6


def length(begin: Point, points: Sequence[Point], order: Sequence[int]) -> float:
    """Metres from `begin` through the points, (lon, lat) each, in this order."""
    if not order:
        return 0.0
    way = [begin, *(points[i] for i in order)]
    lons, lats = [at[0] for at in way], [at[1] for at in way]
    return float(distance_m(lons[:-1], lats[:-1], lons[1:], lats[1:]).sum())


def route(begin: Point, points: Sequence[Point]) -> tuple[int, ...]:
    """The positions of the points in the order to go. The order given stays where no shorter one is found."""
    given = tuple(range(len(points)))
    if len(points) < 2:
        return given
    far = _distances([begin, *points])
    found = tuple(i - 1 for i in _two_opt(_nearest(far), far)[1:])
    return found if length(begin, points, found) < length(begin, points, given) - _SAVES else given


def _distances(way: Sequence[Point]) -> list[list[float]]:
    lons, lats = [at[0] for at in way], [at[1] for at in way]
    return [distance_m([at[0]] * len(way), [at[1]] * len(way), lons, lats).tolist() for at in way]


def _nearest(far: list[list[float]]) -> list[int]:
    """From place 0 always to the nearest that is left; of equals the first."""
    way, left = [0], list(range(1, len(far)))
    while left:
        here = far[way[-1]]
        way.append(min(left, key=lambda i: (here[i], i)))
        left.remove(way[-1])
    return way


def _two_opt(way: list[int], far: list[list[float]]) -> list[int]:
    """Turn stretches round while that saves; place 0 stays first."""
    better = True
    while better:
        better = False
        for i in range(1, len(way) - 1):
            for j in range(i + 1, len(way)):
                if _saved(way, far, i, j) > _SAVES:
                    way[i : j + 1] = way[i : j + 1][::-1]
                    better = True
    return way


def _saved(way: list[int], far: list[list[float]], i: int, j: int) -> float:
    """Metres saved by going the stretch i .. j the other way."""
    first, last, before = way[i], way[j], way[i - 1]
    saved = far[before][first] - far[before][last]
    if j + 1 < len(way):
        saved += far[last][way[j + 1]] - far[first][way[j + 1]]
    return saved
