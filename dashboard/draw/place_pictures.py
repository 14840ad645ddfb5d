"""A picture of places with their numbers within outlines: for a deck and for files, where no map can be.

Numbers stand in circles, names below them. Where they would cover each other they are moved apart, and a line leads
back to the place. All sizes are shares of what is drawn, so the picture is the same on a projector and on paper.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from dashboard.core.frames import Frame

#: Up to so many numbers are written; beyond them circles only tell more from less.
MOST_NUMBERS = 60
#: Up to so many places are named.
MOST_NAMES = 24
#: Chinese signs of a name; longer ones would push each other out of the county.
LONGEST_NAME = 8
# Shares of the height of what is drawn.
_NUMBER, _NAME, _DOT = 0.034, 0.029, 0.008
_SMALLEST, _LARGEST = 0.026, 0.050
#: How often neighbours push each other; each time by half of what they overlap.
_PUSHES = 200
_INK, _RED = "#1b2430", "#a3262a"


@dataclass
class _Spot:
    """A place, from the lower left corner of what is drawn; `x` and `y` are where its circle stands, `inside` and
    `below` what is written there."""

    inside: str
    below: str
    at_x: float
    at_y: float
    radius: float
    x: float
    y: float

    @property
    def half(self) -> float:
        """Half its width, with its words."""
        return max(self.radius, _width(self.below, _NAME) / 2) + 0.004

    @property
    def words_at(self) -> float:
        """The middle of the line below it."""
        return self.y - self.radius - 0.6 * _NAME

    @property
    def low(self) -> float:
        return self.y - self.radius - (1.25 * _NAME if self.below else 0) - 0.004

    @property
    def high(self) -> float:
        return self.y + self.radius + 0.004


def places(frame: Frame, outlines: Sequence[Mapping[str, Any]], *, height: int = 420) -> alt.LayerChart:
    """Places (`PLACES` of services.notebook_runs) within outlines (GeoJSON geometries). Degrees of longitude are
    shortened as they are in the middle of what is drawn."""
    rows = [
        (str(name), float(lon), float(lat), value)
        for name, lon, lat, value in frame.rows
        if isinstance(lon, int | float) and isinstance(lat, int | float)
    ]
    corners = [point for one in outlines for point in _points(one["coordinates"])] or [row[1:3] for row in rows]
    south, north = _ends([point[1] for point in corners])
    short = math.cos(math.radians((south + north) / 2))
    west, east = _ends([point[0] * short for point in corners])
    tall = (north - south) or 1.0
    shapes = [
        {"type": "Feature", "properties": {}, "geometry": {**one, "coordinates": _shortened(one["coordinates"], short)}}
        for one in outlines
    ]
    land = alt.Chart(alt.Data(values=shapes)).mark_geoshape(fill="#f3f5f8", stroke="#9aa5b1", strokeWidth=1)
    spots = _spots([(name, (lon * short - west) / tall, (lat - south) / tall, value) for name, lon, lat, value in rows])
    table = pd.DataFrame(
        {
            "at_x": [west + one.at_x * tall for one in spots],
            "at_y": [south + one.at_y * tall for one in spots],
            "x": [west + one.x * tall for one in spots],
            "y": [south + one.y * tall for one in spots],
            "radius": [one.radius for one in spots],
            "inside": [one.inside for one in spots],
            "below": [one.below for one in spots],
            "words_at": [south + one.words_at * tall for one in spots],
            "moved": [math.hypot(one.x - one.at_x, one.y - one.at_y) > 0.6 * one.radius for one in spots],
        }
    )
    # What is drawn fills the height, or the width where the county is wider than the picture.
    unit = f"min(height, width * {tall / ((east - west) or tall):.4f})"
    drawn = alt.layer(land, *_marks(table, unit)).project(type="identity", reflectY=True)
    return drawn.properties(width="container", height=height).configure_view(stroke=None)


def _marks(table: pd.DataFrame, unit: str) -> list[alt.Chart]:
    base = alt.Chart(table).transform_calculate(area=f"PI * pow(datum.radius * {unit}, 2)")
    here = base.encode(longitude="x:Q", latitude="y:Q")
    moved = base.transform_filter("datum.moved").encode(longitude="at_x:Q", latitude="at_y:Q")
    lines = moved.mark_rule(color=_RED, strokeWidth=1).encode(longitude2="x:Q", latitude2="y:Q")
    dots = moved.mark_circle(color=_RED, opacity=1, size=12)
    size = alt.Size("area:Q", legend=None, scale=None)
    rings = here.mark_circle(
        color=_RED, opacity=1 if table["inside"].any() else 0.75, stroke="white", strokeWidth=1
    ).encode(size=size)
    under = base.encode(longitude="x:Q", latitude="words_at:Q")
    size_of_words = alt.ExprRef(f"{unit} * {_NAME}")
    words = [
        under.mark_text(fontSize=size_of_words, **ink).encode(text="below:N")
        for ink in ({"stroke": "white", "strokeWidth": 3, "strokeJoin": "round", "color": "white"}, {"color": _INK})
    ]
    size_of_number = alt.ExprRef(f"{unit} * {_NUMBER}")
    numbers = here.mark_text(fontSize=size_of_number, fontWeight="bold", color="white").encode(text="inside:N")
    return [lines, dots, words[0], rings, words[1], numbers]


def _spots(rows: Sequence[tuple[str, float, float, Any]]) -> list[_Spot]:
    """The places with their circles, moved apart where there are numbers in them."""
    values = [abs(value) for *_, value in rows if isinstance(value, int | float)]
    written = len(values) <= MOST_NUMBERS
    named = bool(values) and len(rows) <= MOST_NAMES and max(_width(row[0], 1) for row in rows) <= LONGEST_NAME
    most = max(values, default=0) or 1
    spots = []
    for name, x, y, value in rows:
        radius, inside, below = _DOT, "", ""
        if isinstance(value, int | float):
            radius = _SMALLEST + (_LARGEST - _SMALLEST) * math.sqrt(abs(value) / most)
            below = name if named else ""
            number = f"{value:,.10g}"
            if not written:
                radius *= 0.35
            elif (wide := _width(number, _NUMBER) / 2 + 0.006) <= _LARGEST:
                radius, inside = max(radius, wide), number
            else:
                below = f"{below} {number}".strip()
        spots.append(_Spot(inside, below, x, y, radius, x, y))
    if written:
        _push_apart([one for one in spots if one.inside or one.below])
    return spots


def _push_apart(spots: Sequence[_Spot]) -> None:
    """Move what covers each other along the shorter way, until nothing does."""
    for _ in range(_PUSHES):
        still = True
        for at, one in enumerate(spots):
            for other in spots[:at]:
                across = one.half + other.half - abs(one.x - other.x)
                along = min(one.high, other.high) - max(one.low, other.low)
                if across <= 1e-6 or along <= 1e-6:
                    continue
                still = False
                if across < along:
                    step = across / 2 if one.x >= other.x else -across / 2
                    one.x, other.x = one.x + step, other.x - step
                else:
                    step = along / 2 if one.y >= other.y else -along / 2
                    one.y, other.y = one.y + step, other.y - step
        if still:
            return


def _width(words: str, size: float) -> float:
    """About how wide words are: a Chinese sign is as wide as it is high, others a good half."""
    return size * sum(1.0 if ord(sign) > 0x2E7F else 0.6 for sign in words)


def _points(part: Any) -> Iterator[Sequence[float]]:
    if part and isinstance(part[0], int | float):
        yield part
        return
    for one in part:
        yield from _points(one)


def _shortened(part: Any, by: float) -> Any:
    if part and isinstance(part[0], int | float):
        return [round(part[0] * by, 5), round(part[1], 5)]
    return [_shortened(one, by) for one in part]


def _ends(values: Sequence[float]) -> tuple[float, float]:
    return (min(values), max(values)) if values else (0.0, 0.0)
