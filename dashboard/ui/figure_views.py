"""Every figure of the reader's part of the county with its definition: value, unit, base, time, formula, owner."""

from pathlib import Path

import pandas as pd
import streamlit as st

from dashboard.core.figures import BY_KEY, Owner, Value, broken_identities
from dashboard.core.permissions import Actor
from dashboard.draw.charts import GREY
from dashboard.services import figures, targets
from dashboard.services.figures import FigureSheet
from dashboard.text import text
from dashboard.ui import show, target_views
from dashboard.ui.ask import ask
from dashboard.ui.downloads import downloads
from dashboard.ui.figure_words import formula, window, written
from dashboard.ui.session import language, t

_PAGES = Path(__file__).resolve().parents[2] / "pages"
_GOING = "figures.going"
_COLUMNS = ("name", "value", "unit", "n", "window", "formula")


def all_figures(who: Actor) -> None:
    """One table for each desk that answers for figures."""
    if (key := st.session_state.pop(_GOING, None)) is not None:
        st.switch_page(_PAGES / "tie_out.py", query_params={"view": "rows", "figure": key})
    found = ask(figures.sheet)
    shown = language()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(t("figures.as_of", as_of=show.datetime_(shown, found.as_of), revision=found.revision))
        st.space("stretch")
        lines = [list(_line(key, value, shown).values()) for key, value in found.values.items()]
        headings = [t(f"figures.column.{name}") for name in _COLUMNS]
        caption = t("figures.as_of", as_of=show.datetime_(shown, found.as_of), revision=found.revision)
        downloads(t("figures.title"), caption, headings, lambda: lines, key="figures.file")
    broken = broken_identities(found.values)
    for whole in broken:
        st.error(t("figures.broken", name=t(BY_KEY[whole].name)))
    held = ask(targets.progress)
    target_views.listed(who, held)
    for owner in Owner:
        st.markdown(f"**{t(f'figures.owner.{owner}')}**")
        _table(found, owner, shown)
    st.caption(t("figures.small_note", base=found.held.edges.small_base) + " " + t("figures.opens"))


def _table(found: FigureSheet, owner: Owner, shown: str) -> None:
    mine = {key: value for key, value in found.values.items() if BY_KEY[key].owner is owner}
    table = pd.DataFrame([_line(key, value, shown) for key, value in mine.items()], columns=list(_COLUMNS))
    colours = [f"color: {GREY}" if value.small else "" for value in mine.values()]
    st.dataframe(
        table.style.apply(lambda _: colours, subset=["value"]),
        hide_index=True,
        key=f"figures.{owner}",
        on_select=lambda: _picked(owner, list(mine)),
        selection_mode="single-row",
        height="content",
        column_config={
            name: st.column_config.TextColumn(t(f"figures.column.{name}"), width=width)
            for name, width in zip(_COLUMNS, (200, 100, 130, 90, 150, 560), strict=True)
        },
    )


def _picked(owner: Owner, keys: list[str]) -> None:
    """A figure ticked opens its rows (a callback)."""
    chosen = st.session_state[f"figures.{owner}"]["selection"]["rows"]
    if chosen:
        st.session_state[_GOING] = keys[chosen[0]]


def _line(key: str, value: Value, shown: str) -> dict[str, str]:
    figure = BY_KEY[key]
    return {
        "name": text(shown, figure.name),
        "value": written(value, shown),
        "unit": text(shown, f"figures.unit.{figure.unit}"),
        "n": show.number(shown, value.n),
        "window": window(shown, key, value.edges),
        "formula": formula(shown, key, value.edges),
    }
