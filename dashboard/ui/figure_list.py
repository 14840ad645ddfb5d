"""The rows behind a number: choose a figure, see that its rows are as many as it says, open an order among them."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.core.figures import BY_KEY, FIGURES, Figure
from dashboard.core.permissions import Action, Actor
from dashboard.services import figure_rows, figures
from dashboard.services.figure_rows import FigureRow
from dashboard.services.team_rows import Listing
from dashboard.text import text
from dashboard.ui import show
from dashboard.ui.ask import ask
from dashboard.ui.figure_words import formula, written
from dashboard.ui.paged_list import paged_list
from dashboard.ui.session import language, t
from dashboard.ui.tie_out_lines import FIGURE

Rows = Callable[..., Listing[FigureRow]]
_PAGES = Path(__file__).resolve().parents[2] / "pages"
_GOING = "tie_out.going"
#: Figures that are a sum, by the column that is added up.
_SUMS = {
    "households": "households",
    "people_reached": "people_reached",
    "seats_wanted": "head_count",
    "seats_open": "seats_open",
    **{figure.key: "minutes" for figure in FIGURES if figure.key.startswith("service_minutes")},
}
#: Cells that are a word of a list, by the text key before it.
_WORDS = {
    "level": "words.level",
    "state": "words.need_state",
    "dispatch_state": "words.dispatch_state",
    "outcome": "words.outcome",
    "verdict": "tie_out.verdict",
}


def rows_of(who: Actor) -> None:
    """The chosen figure, its value, and its rows; of a rate those of its numerator or denominator."""
    open_order()
    sheet = ask(figures.sheet)
    st.selectbox(
        t("tie_out.figure"),
        list(BY_KEY),
        format_func=lambda key: t(BY_KEY[key].name),
        key=FIGURE,
        width=420,
    )
    figure = BY_KEY[str(st.session_state[FIGURE])]
    value = sheet.values[figure.key]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.metric(t(figure.name), f"{written(value, language())} {_unit(figure)}", width="content")
        st.caption(formula(language(), figure.key, value.edges))
    key = part_of(figure)
    values = {"now": datetime.now(UTC).replace(second=0, microsecond=0)}
    listed(who, figure_rows.rows, key, sheet.values[key].value, values, name="tie_out.rows", title=t(BY_KEY[key].name))


def open_order() -> None:
    """Go to the order whose row was clicked."""
    if (need_id := st.session_state.pop(_GOING, None)) is not None:
        st.switch_page(_PAGES / "needs.py", query_params={"need": str(need_id)})


def listed(
    who: Actor,
    question: Rows,
    key: str,
    value: float | None,
    values: dict[str, Any],
    *,
    name: str,
    title: str,
) -> None:
    """The rows that a question gives behind a figure of this value, a page at a time; `name` names the widgets."""
    values = {**values, "key": key}
    first = ask(question, size=1, **values)
    if not who.may(Action.SEE_VOLUNTEERS) and first.rows and "volunteer" in first.rows[0].cells:
        st.caption(t("tie_out.hidden_names"))
    _says(key, value, first.total)
    place = f"{name}.{key}"
    paged_list(question, _line, key=place, title=title, values=values, on_row=lambda rows: _clicked(place, rows))


def _unit(figure: Figure) -> str:
    return "" if figure.unit == "share" else t(f"figures.unit.{figure.unit}")


def part_of(figure: Figure) -> str:
    """The figure itself; of a rate its numerator or denominator, as is chosen."""
    if not figure.is_rate:
        return figure.key
    over = figure_rows.parts_of(figure.key)
    names = dict(zip(over, ("numerator", "denominator"), strict=True))
    chosen = st.segmented_control(
        t("tie_out.view.rows"),
        over,
        default=over[0],
        required=True,
        format_func=lambda key: t(f"tie_out.{names[key]}", name=t(BY_KEY[key].name)),
        key=f"tie_out.part.{figure.key}",
        label_visibility="collapsed",
    )
    return str(chosen or over[0])


def _says(key: str, value: float | None, total: int) -> None:
    """That the rows are the number: their count, or the sum of a column."""
    shown = language()
    said = {"value": show.number(shown, value or 0), "rows": show.number(shown, total)}
    if key in _SUMS:
        st.markdown(t("tie_out.is_sum", column=t(f"tie_out.column.{_SUMS[key]}"), **said))
    else:
        st.markdown(t("tie_out.is_count", **said))


def _line(row: FigureRow, shown: str) -> dict[str, object]:
    return {f"tie_out.column.{name}": _cell(name, value, shown) for name, value in row.cells.items()}


def _cell(name: str, value: Any, shown: str) -> object:
    if value is None or value == "":
        return show.DASH
    if name in _WORDS:
        key = f"{_WORDS[name]}.{value}"
        return text(shown, key)
    if isinstance(value, datetime):
        return show.datetime_(shown, value)
    if name in ("since", "expires_on"):
        return show.date(shown, value)
    return value if isinstance(value, int) else str(value)


def _clicked(key: str, rows: list[Any]) -> None:
    """A row with an order opens it (a callback)."""
    chosen = st.session_state[key]["selection"]["rows"]
    if chosen and rows[chosen[0]].need_id is not None:
        st.session_state[_GOING] = rows[chosen[0]].need_id
