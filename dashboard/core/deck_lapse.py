"""The map that plays, as values of a deck: the towns' outlines once, and what each month writes and colours in them.

Classes and their colours hold for all months, so a colour means the same at every step and the legend stands still.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: Across the drawing, whatever the county's shape.
WIDTH = 1000


@dataclass(frozen=True)
class Area:
    """A town: its name, its outline as an SVG path, the place of its words; `room` is about how wide they may be."""

    name: str
    path: str
    x: float
    y: float
    room: float


@dataclass(frozen=True)
class Shade:
    """A class: its colour, the colour of words on it, and what it means."""

    colour: str
    ink: str
    label: str


@dataclass(frozen=True)
class Month:
    """A step: its name, what is to be known of it (a month that isn't over), the whole county's number as written, what
    lies in no town that is drawn; and of each area the number as written and its class."""

    label: str
    note: str
    total: str
    beside: str
    values: tuple[str, ...]
    classes: tuple[int, ...]


@dataclass(frozen=True)
class Lapse:
    """A map whose months can be played. `shades` are all the classes there are, in the order of the legend."""

    title: str
    height: int
    areas: tuple[Area, ...]
    shades: tuple[Shade, ...]
    months: tuple[Month, ...]
    notes: tuple[str, ...]
    alt: str


def lapse_of_plain(plain: Mapping[str, Any]) -> Lapse:
    """A lapse after a way through JSON."""
    months = tuple(
        Month(**one | {"values": tuple(one["values"]), "classes": tuple(one["classes"])}) for one in plain["months"]
    )
    return Lapse(
        title=plain["title"],
        height=plain["height"],
        areas=tuple(Area(**one) for one in plain["areas"]),
        shades=tuple(Shade(**one) for one in plain["shades"]),
        months=months,
        notes=tuple(plain["notes"]),
        alt=plain["alt"],
    )


@dataclass(frozen=True)
class Place:
    """A town to be drawn: its GeoJSON geometry and where its name goes, in degrees (WGS-84)."""

    code: str
    name: str
    geometry: Mapping[str, Any]
    label: Sequence[float]


def areas_of(places: Sequence[Place]) -> tuple[tuple[Area, ...], int]:
    """The places as areas of one drawing, `WIDTH` wide, and its height. Degrees of longitude are shortened as they are
    in the middle of what is drawn."""
    rings = [_rings(place.geometry) for place in places]
    points = [point for one in rings for ring in one for point in ring]
    if not points:
        return (), WIDTH
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    short = math.cos(math.radians((south + north) / 2))
    scale = WIDTH / ((east - west) * short or 1)

    def at(point: Sequence[float]) -> tuple[float, float]:
        return round((point[0] - west) * short * scale, 1), round((north - point[1]) * scale, 1)

    areas = []
    for place, own in zip(places, rings, strict=True):
        drawn = [[at(point) for point in ring] for ring in own]
        path = "".join("M" + "L".join(f"{x:g} {y:g}" for x, y in ring) + "Z" for ring in drawn)
        x, y = at(place.label)
        areas.append(Area(place.name, path, x, y, _room(drawn, x, y)))
    return tuple(areas), round((north - south) * scale)


def _rings(geometry: Mapping[str, Any]) -> list[Sequence[Sequence[float]]]:
    parts = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [ring for part in parts for ring in part]


def _room(rings: Sequence[Sequence[tuple[float, float]]], x: float, y: float) -> float:
    """How far it is to the nearer border on the level of the words, twice."""
    crossings = [
        a + (y - b) * (c - a) / (d - b)
        for ring in rings
        for (a, b), (c, d) in zip(ring, [*ring[1:], ring[0]], strict=True)
        if (b > y) != (d > y)
    ]
    left = max((one for one in crossings if one <= x), default=x)
    right = min((one for one in crossings if one >= x), default=x)
    return round(2 * min(x - left, right - x), 1)
