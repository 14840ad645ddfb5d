"""A notebook's inputs as fields of their type. What is chosen is for this reading; nothing is saved."""

from datetime import UTC, date, datetime

import streamlit as st

from dashboard.core.figures import county_today
from dashboard.core.notebook import Cell, Kind
from dashboard.core.notebook_inputs import InputType, day_of, span
from dashboard.services import filter_choices
from dashboard.ui.ask import ask
from dashboard.ui.session import language, t


def today() -> date:
    """The county's date."""
    return county_today(datetime.now(UTC))


def with_inputs(notebook_id: int, cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """The cells with the inputs as they stand in their fields: those of this notebook, whatever another one calls its
    own."""
    inputs = [cell for cell in cells if cell.kind is Kind.INPUT]
    typed: dict[str, str] = {}
    if inputs:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            for cell in inputs:
                key = f"notebook.input.{notebook_id}.{cell.name}"
                typed[cell.name] = field(
                    cell.fields["title"] or cell.name, cell.fields["type"], cell.fields["value"], key
                )
    return tuple(
        Cell(cell.name, cell.kind, {**cell.fields, "value": typed[cell.name]}) if cell.name in typed else cell
        for cell in cells
    )


def field(title: str, kind: str, value: str, key: str) -> str:
    """A field that gives an input's value; the one it has until something else is chosen."""
    if kind == InputType.DAY:
        day = day_of(value, today())
        chosen = st.date_input(title, day, key=key, width=200)
        if chosen == day:
            return value
        return chosen.isoformat() if isinstance(chosen, date) else ""
    if kind == InputType.RANGE:
        return _range(title, value, key)
    if kind in (InputType.TOWN, InputType.CATEGORY):
        return _choice(title, kind, value, key)
    return st.text_input(title, value, key=key, max_chars=200, width=200)


def _range(title: str, value: str, key: str) -> str:
    """While only its first day is chosen it stays as it was."""
    days = span(value, today())
    chosen = st.date_input(title, list(days or ()), key=key, width=280)
    if not isinstance(chosen, tuple) or len(chosen) != 2 or chosen == days:
        return value
    return f"{chosen[0].isoformat()}/{chosen[1].isoformat()}"


def _choice(title: str, kind: str, value: str, key: str) -> str:
    """Names as the views have them; shown in the reader's language."""
    here, there = (ask(filter_choices.choices, town=None, language=one) for one in ("zh", language()))
    if kind == InputType.TOWN:
        names, shown = [name for _, name in here.towns], [name for _, name in there.towns]
    else:
        names, shown = [name for _, name in here.categories], [name for _, name in there.categories]
    words = {"": t("notebook.any")} | dict(zip(names, shown, strict=True))
    words.setdefault(value, value)
    return str(
        st.selectbox(title, list(words), list(words).index(value), format_func=words.__getitem__, key=key, width=220)
    )
