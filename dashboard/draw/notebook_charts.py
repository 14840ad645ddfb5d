"""A notebook's charts from the columns of a result."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from dashboard.core.frames import Frame
from dashboard.draw.charts import Titles, bars, lines

#: More points than this are no chart anybody can read.
MOST = 2000


def chart(frame: Frame, mark: str, x: str, y: str, series: str = "", *, height: int = 260) -> alt.Chart:
    """Bars or lines over `x` in the order of the rows; `series` splits them. Cells that are no number leave a gap.
    Raises KeyError for a column that isn't there."""
    rows = pd.DataFrame(
        {
            "x": _words(frame, x),
            "y": pd.to_numeric(pd.Series(_column(frame, y), dtype="object"), errors="coerce"),
            "series": _words(frame, series) if series else [y] * len(frame.rows),
        }
    ).head(MOST)
    drawn = {"bars": bars, "lines": lines}[mark]
    return drawn(rows, Titles(x, y, series), height=height)


def places(frame: Frame, outlines: Sequence[Mapping[str, Any]], *, height: int = 420) -> alt.LayerChart:
    """Places (`PLACES` of services.notebook_runs) within outlines (GeoJSON geometries), as a picture: for a deck and
    for files, where no map can be. Degrees of longitude are shortened as they are in the middle of what is drawn."""
    rows = [
        (float(lon), float(lat), value)
        for _, lon, lat, value in frame.rows
        if isinstance(lon, int | float) and isinstance(lat, int | float)
    ]
    south, north = _ends([point[1] for one in outlines for point in _points(one["coordinates"])])
    short = math.cos(math.radians((south + north) / 2))
    shapes = [
        {"type": "Feature", "properties": {}, "geometry": {**one, "coordinates": _shortened(one["coordinates"], short)}}
        for one in outlines
    ]
    land = alt.Chart(alt.Data(values=shapes)).mark_geoshape(fill="#f3f5f8", stroke="#9aa5b1", strokeWidth=1)
    table = pd.DataFrame(
        {
            "x": [lon * short for lon, _, _ in rows],
            "y": [lat for _, lat, _ in rows],
            "value": [value for _, _, value in rows],
            "label": ["" if value is None else f"{value:g}" for _, _, value in rows],
        }
    )
    base = alt.Chart(table).encode(longitude="x:Q", latitude="y:Q")
    several = table["value"].notna().any()
    size = alt.Size("value:Q", legend=None, scale=alt.Scale(range=[60, 900])) if several else alt.value(60)
    dots = base.mark_circle(color="#a3262a", opacity=0.75).encode(size=size)
    words = base.mark_text(fontSize=11, dy=-14).encode(text="label:N")
    drawn = alt.layer(land, dots, words).project(type="identity", reflectY=True)
    return drawn.properties(width="container", height=height).configure_view(stroke=None)


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


def _column(frame: Frame, name: str) -> Sequence[Any]:
    if name not in frame.columns:
        raise KeyError(name)
    at = frame.columns.index(name)
    return [row[at] for row in frame.rows]


def _words(frame: Frame, name: str) -> list[str]:
    return ["" if value is None else str(value) for value in _column(frame, name)]
