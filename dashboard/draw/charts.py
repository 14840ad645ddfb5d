"""Altair charts from small tidy frames. The frame is also the table behind the chart, so both hold the same numbers.

Field names are fixed and plain; the words people read come in as titles and as values, never as field names or
expressions. Fonts are a stack of the reader's own: Chinese shows without any web font.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from dashboard.draw.escape import heading

FONTS = (
    "system-ui, -apple-system, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Source Han Sans SC', sans-serif"
)
PALETTE = ["#1f5f99", "#c7622c", "#2f8f6b", "#8a5aa8", "#b5872a", "#4f7f8f", "#a3262a", "#6b7480"]
#: Grades A, B, C: the better proved, the stronger the colour.
GRADED = ["#1f5f99", "#79a8cf", "#d5dde6"]
RAMP = ["#eff4f9", "#c0d6ea", "#79a8cf", "#3674a8", "#164a7b"]
GREY = "#9aa3ad"
INK = "#1d2733"


@dataclass(frozen=True)
class Titles:
    """The words at a chart's axes and legend."""

    x: str
    y: str
    series: str = ""

    def __post_init__(self) -> None:
        for name in ("x", "y", "series"):
            object.__setattr__(self, name, heading(getattr(self, name)))


def bars(rows: pd.DataFrame, titles: Titles, *, colours: Sequence[str] = PALETTE, height: int = 240) -> alt.Chart:
    """Columns over time: `x` (label, in the order of the rows), `y` (number), `series` (label); series are stacked."""
    return _dressed(
        alt.Chart(rows)
        .mark_bar(cornerRadiusTopLeft=2, cornerRadiusTopRight=2)
        .encode(
            x=_labels("x", titles.x, rows),
            y=alt.Y("y:Q", title=titles.y, stack="zero", axis=_axis()),
            color=_series(rows, titles, colours),
            tooltip=_tips(rows, titles),
        ),
        height,
    )


def lines(rows: pd.DataFrame, titles: Titles, *, height: int = 240) -> alt.Chart:
    """One line with points per `series` over `x`: for comparing."""
    return _dressed(
        alt.Chart(rows)
        .mark_line(point={"size": 40, "filled": True}, strokeWidth=2.5)
        .encode(
            x=_labels("x", titles.x, rows),
            y=alt.Y("y:Q", title=titles.y, axis=_axis()),
            color=_series(rows, titles, PALETTE),
            tooltip=_tips(rows, titles),
        ),
        height,
    )


def lying_bars(rows: pd.DataFrame, titles: Titles, *, colours: Sequence[str] = PALETTE) -> alt.Chart:
    """Bars that lie: `x` (label) downwards as the rows come, `y` (number) to the right, `series` side by side."""
    several = rows["series"].nunique() > 1
    base = alt.Chart(rows).encode(
        y=_labels("x", titles.x, rows),
        x=alt.X("y:Q", title=titles.y, axis=_axis()),
        color=_series(rows, titles, colours),
        tooltip=_tips(rows, titles),
    )
    if several:
        base = base.encode(yOffset=alt.YOffset("series:N", sort=_order(rows, "series")))
    words = base.mark_text(align="left", dx=4, fontSize=12).encode(text="label:N", color=alt.value(INK))
    height = rows["x"].nunique() * (34 if several else 24) + 30
    return _dressed(alt.layer(base.mark_bar(cornerRadiusEnd=2), words), height)


def cells(rows: pd.DataFrame, titles: Titles, *, columns: Sequence[str] | None = None, step: int = 26) -> alt.Chart:
    """A coloured cross table: `row`, `column`, `y` (number), `label` written in each cell.

    Rows stand in the order of the frame, columns in the order of `columns` (else of the frame too). Where cells are
    too narrow for numbers (a phone), colours and the table remain.
    """
    top = float(rows["y"].max()) if len(rows) else 1.0
    base = alt.Chart(rows).encode(
        x=alt.X(
            "column:N",
            title=titles.x,
            sort=list(columns) if columns else _order(rows, "column"),
            axis=_top_axis(rows["column"]),
        ),
        y=alt.Y("row:N", title=titles.y, sort=_order(rows, "row"), axis=_plain_axis()),
        tooltip=[
            alt.Tooltip("row:N", title=titles.y or "-"),
            alt.Tooltip("column:N", title=titles.x or "-"),
            alt.Tooltip("label:N", title=titles.series),
        ],
    )
    boxes = base.mark_rect(stroke="#ffffff").encode(
        color=alt.Color("y:Q", scale=alt.Scale(range=RAMP, domain=[0, top]), legend=None)
    )
    words = base.mark_text(fontSize=alt.ExprRef("bandwidth('x') < 18 ? 0 : 12")).encode(
        text="label:N",
        color=alt.condition(alt.datum.y > top * 0.55, alt.value("#ffffff"), alt.value(INK)),
    )
    return _dressed(alt.layer(boxes, words), max(rows["row"].nunique(), 1) * step + 40)


def calendar(rows: pd.DataFrame, titles: Titles) -> alt.Chart:
    """A month: `row` (week), `column` (weekday), `day` (number of the day), `y` (number), `label`."""
    top = max(float(rows["y"].max()), 1.0)
    base = alt.Chart(rows).encode(
        x=alt.X(
            "column:N",
            title=None,
            sort=_order(rows, "column"),
            axis=alt.Axis(labelAngle=0, orient="top", domain=False, ticks=False),
        ),
        y=alt.Y("row:O", title=None, axis=None),
        tooltip=[
            alt.Tooltip("date:N", title=titles.x),
            alt.Tooltip("label:N", title=titles.y),
            alt.Tooltip("more:N", title=titles.series),
        ],
    )
    boxes = base.mark_rect(stroke="#ffffff", strokeWidth=3, cornerRadius=5).encode(
        color=alt.Color("y:Q", scale=alt.Scale(range=RAMP, domain=[0, top]), legend=None)
    )
    dark = alt.condition(alt.datum.y > top * 0.55, alt.value("#ffffff"), alt.value(INK))
    number = base.mark_text(dy=-12, fontSize=11, opacity=0.75).encode(text="day:N", color=dark)
    value = base.mark_text(dy=7, fontSize=15, fontWeight=600).encode(text="label:N", color=dark)
    return _dressed(alt.layer(boxes, number, value), rows["row"].nunique() * 58 + 20)


def intervals(rows: pd.DataFrame, titles: Titles) -> alt.Chart:
    """Shares with their intervals: `x` (label), `share`, `low`, `high` (0..1), `label`, `small` (grey when true)."""
    scale = alt.Scale(domain=[0, 1])
    colour = alt.condition("datum.small", alt.value(GREY), alt.value(PALETTE[0]))
    base = alt.Chart(rows).encode(y=_labels("x", titles.x, rows), tooltip=[alt.Tooltip("label:N", title=titles.y)])
    rule = base.mark_rule(strokeWidth=6, opacity=0.35, strokeCap="round").encode(
        x=alt.X("low:Q", title=titles.y, scale=scale, axis=alt.Axis(format="%", tickCount=5)), x2="high:Q", color=colour
    )
    point = base.mark_point(size=90, filled=True, opacity=1).encode(x=alt.X("share:Q", scale=scale), color=colour)
    return _dressed(alt.layer(rule, point), rows["x"].nunique() * 44 + 40)


def _labels(field: str, title: str, rows: pd.DataFrame) -> Any:
    """A discrete axis whose labels stand in the order of the rows."""
    make = alt.X if field == "x" else alt.Y
    return make(f"{field}:N", title=title or None, sort=_order(rows, field), axis=_plain_axis())


def _order(rows: pd.DataFrame, field: str) -> list[str]:
    return list(dict.fromkeys(rows[field]))


def _axis() -> alt.Axis:
    return alt.Axis(grid=True, gridColor="#e6eaee", tickMinStep=1, format=",f", tickCount=5)


def _plain_axis() -> alt.Axis:
    return alt.Axis(labelAngle=0, labelLimit=180, ticks=False, domainColor="#c9d0d7", labelOverlap="greedy")


def _top_axis(words: pd.Series) -> alt.Axis:
    """Column headings, slanted when they wouldn't stand side by side."""
    slanted = words.nunique() > 8 or any(len(word) > 12 for word in words)
    turned: dict[str, Any] = {"labelAngle": -42, "labelAlign": "left"} if slanted else {"labelAngle": 0}
    return alt.Axis(orient="top", labelLimit=130, labelOverlap=False, domain=False, ticks=False, **turned)


def _series(rows: pd.DataFrame, titles: Titles, colours: Sequence[str]) -> alt.Color:
    order = _order(rows, "series")
    shown = alt.Legend(orient="top", title=None, labelLimit=240, columns=4) if len(order) > 1 else None
    return alt.Color("series:N", scale=alt.Scale(domain=order, range=list(colours)), sort=order, legend=shown)


def _tips(rows: pd.DataFrame, titles: Titles) -> list[alt.Tooltip]:
    tips = [alt.Tooltip("x:N", title=titles.x or "-"), alt.Tooltip("label:N", title=titles.y)]
    if rows["series"].nunique() > 1:
        tips.insert(1, alt.Tooltip("series:N", title=titles.series or "-"))
    return tips


def _dressed(chart: Any, height: int) -> Any:
    """One size, one font, no frame."""
    return (
        chart.properties(height=height, width="container")
        .configure(font=FONTS)
        .configure_view(stroke=None)
        .configure_axis(labelFontSize=12, titleFontSize=12, titleFontWeight="normal", labelColor=INK)
        .configure_legend(labelFontSize=12, titleFontSize=12, titleFontWeight="normal")
    )
