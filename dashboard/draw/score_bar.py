"""A score as a small stacked bar of its terms; one colour a term everywhere on the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from dashboard.draw.charts import FONTS, INK, PALETTE

#: More hues than the palette has: a score may have ten terms.
_COLOURS = (*PALETTE, "#d08a9b", "#5b7a2f", "#3c4f76", "#9a6b4f")
HEIGHT = 22
IN_A_ROW = 4


@dataclass(frozen=True)
class Part:
    """A term of a score: its name in the reader's words, what it adds, and how (points x weight) for the tooltip."""

    label: str
    value: int
    how: str


@dataclass(frozen=True)
class Titles:
    """The words of the tooltip."""

    term: str
    value: str
    how: str


def bar(parts: Sequence[Part], top: int, titles: Titles) -> alt.Chart:
    """The bar of one candidate on a scale from 0 to `top`, the highest score there can be."""
    rows = pd.DataFrame(
        [{"term": part.label, "value": part.value, "how": part.how, "order": at} for at, part in enumerate(parts)]
    )
    chart = (
        alt.Chart(rows)
        .mark_bar(height=14)
        .encode(
            x=alt.X("value:Q", stack="zero", axis=None, scale=alt.Scale(domain=[0, top], nice=False)),
            color=_colour([part.label for part in parts]),
            order=alt.Order("order:Q"),
            tooltip=[
                alt.Tooltip("term:N", title=titles.term),
                alt.Tooltip("value:Q", title=titles.value),
                alt.Tooltip("how:N", title=titles.how),
            ],
        )
        .properties(height=HEIGHT, width="container", padding={"left": 0, "right": 0, "top": 2, "bottom": 2})
    )
    return _plain(chart)


def legend(labels: Sequence[str]) -> alt.Chart:
    """The colours of the terms, once for all bars."""
    lines = -(-len(labels) // IN_A_ROW)
    rows = pd.DataFrame([{"term": label, "x": at % IN_A_ROW, "y": at // IN_A_ROW} for at, label in enumerate(labels)])
    base = alt.Chart(rows).encode(
        x=alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-0.05, IN_A_ROW], nice=False)),
        y=alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[lines - 0.5, -0.5], nice=False)),
    )
    squares = base.mark_square(size=90, opacity=1).encode(color=_colour(labels))
    words = base.mark_text(align="left", dx=8, fontSize=12, color=INK).encode(text="term:N")
    return _plain(alt.layer(squares, words).properties(height=22 * lines, width="container"))


def _colour(labels: Sequence[str]) -> alt.Color:
    scale = alt.Scale(domain=list(labels), range=list(_COLOURS[: len(labels)]))
    return alt.Color("term:N", scale=scale, legend=None)


def _plain(chart: Any) -> Any:
    return chart.configure(font=FONTS, background="transparent").configure_view(stroke=None)
