"""A notebook's charts from the columns of a result."""

from collections.abc import Sequence
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


def _column(frame: Frame, name: str) -> Sequence[Any]:
    if name not in frame.columns:
        raise KeyError(name)
    at = frame.columns.index(name)
    return [row[at] for row in frame.rows]


def _words(frame: Frame, name: str) -> list[str]:
    return ["" if value is None else str(value) for value in _column(frame, name)]
