"""Which datum a file's coordinates are in: from what the heading says, and from how the points fit the county."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import shapely

from dashboard.core.geo import Datum, covers, to_wgs84

_SIGNS: tuple[tuple[str, Datum], ...] = (
    (r"高德|腾讯|gcj|火星|国测", Datum.GCJ02),
    (r"百度|bd-?09", Datum.BD09),
    (r"wgs|gps|天地图|cgcs|2000|大地坐标|crs84|4326|4490", Datum.WGS84),
)


@dataclass(frozen=True)
class Proposal:
    """A datum, why ("heading", "fit", "assumed", "chosen"), and how many points each datum puts into the county."""

    datum: Datum
    reason: str
    inside: tuple[tuple[Datum, int], ...] = ()
    points: int = 0

    @property
    def doubted(self) -> bool:
        """Would another datum put more points into the county?"""
        counts = dict(self.inside)
        return bool(counts) and max(counts.values()) > counts[self.datum]


def said(words: str) -> Datum | None:
    """The datum that words name: 经纬度(高德), urn:ogc:def:crs:OGC:1.3:CRS84."""
    return next((datum for sign, datum in _SIGNS if re.search(sign, words, re.IGNORECASE)), None)


def propose(
    words: str,
    points: Sequence[tuple[float, float]],
    boundary: shapely.Geometry | None,
    otherwise: Datum,
    chosen: Datum | None = None,
) -> Proposal:
    """The datum somebody chose, else what the words say, else the one that fits the county better, else `otherwise`.

    Over one county the datums lie half a kilometre apart, so the fit decides only where points lie near the border.
    """
    inside = _fit(points, boundary)
    if chosen is not None:
        return Proposal(chosen, "chosen", inside, len(points))
    if (named := said(words)) is not None:
        return Proposal(named, "heading", inside, len(points))
    counts = dict(inside)
    best = max(counts.values(), default=0)
    if counts and counts[otherwise] < best:
        return Proposal(next(datum for datum, count in inside if count == best), "fit", inside, len(points))
    return Proposal(otherwise, "assumed", inside, len(points))


def _fit(points: Sequence[tuple[float, float]], boundary: shapely.Geometry | None) -> tuple[tuple[Datum, int], ...]:
    if boundary is None or not points:
        return ()
    lons, lats = [lon for lon, _ in points], [lat for _, lat in points]
    return tuple((datum, int(covers(boundary, *to_wgs84(lons, lats, datum)).sum())) for datum in Datum)
