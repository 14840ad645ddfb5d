"""Table editor cells: rows of a query changed as a table, shown as a difference, saved by their page's commands.

Each changed row is saved by itself, at the version that was seen; one that is refused is told by name and the others
stand.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.core.errors import DashboardError
from dashboard.core.notebook import Cell
from dashboard.core.registers import Field, FieldKind, Register
from dashboard.services import registers
from dashboard.services.notebook_runs import Outcome
from dashboard.services.registers import MOST, RegisterRow, Sheet, sheet
from dashboard.ui import show
from dashboard.ui.act import notify
from dashboard.ui.ask import ask
from dashboard.ui.map_drawing import digest
from dashboard.ui.session import actor, database, language, sentence, t

#: A row and its new values by column.
Change = tuple[RegisterRow, dict[str, Any]]
#: By column: what is shown for each value that can be chosen.
Words = Mapping[str, Mapping[Any, str]]


def editor(cell: Cell, outcome: Outcome) -> None:
    """The table, what was changed in it, and the button that saves."""
    register = cell.register
    st.markdown(f"**{cell.fields['title'] or t(f'registers.name.{register.key}')}**")
    if not actor().may(register.right):
        st.caption(t("notebook.deed_right"))
        return
    frame = outcome.frame
    if frame is None:
        return
    at = frame.columns.index(register.column)
    wanted = tuple(row[at] for row in frame.rows if isinstance(row[at], int))
    found = ask(sheet, register=register.key, ids=wanted)
    if not found.rows:
        st.caption(t("registers.nothing", register_key=f"registers.name.{register.key}"))
        return
    if len(set(wanted)) > MOST:
        st.caption(t("registers.first", most=MOST))
    if register.key == "contacts":
        st.caption(t("registers.help.contacts"))
    words = _words(register, found)
    # Edits belong to the rows they were typed on: after a save or a change by others the table begins anew.
    key = f"notebook.editor.{cell.name}.{digest([[row.id, row.version] for row in found.rows])}"
    edited = st.data_editor(
        pd.DataFrame([_line(register, row, words) for row in found.rows]),
        key=key,
        hide_index=True,
        num_rows="fixed",
        disabled=["_code", "_name"],
        column_config=_columns(register, words),
    )
    changes = changes_of(register, found.rows, edited, words)
    if changes:
        _difference(cell, register, changes, words)


def _difference(cell: Cell, register: Register, changes: list[Change], words: Words) -> None:
    table = pd.DataFrame(
        [
            {
                t("registers.row"): row.name,
                t("registers.what"): t(register.field(name).heading),
                t("registers.change"): f"{_said(register.field(name), row.values[name], words)} → "
                f"{_said(register.field(name), new, words)}",
            }
            for row, values in changes
            for name, new in values.items()
        ]
    )
    st.dataframe(table, hide_index=True, key=f"notebook.editor_changes.{cell.name}")
    st.button(
        t("registers.save", count=len(changes)),
        key=f"notebook.editor_save.{cell.name}",
        type="primary",
        icon=":material/save:",
        on_click=_save,
        args=(register.key, changes),
    )


def _words(register: Register, found: Sheet) -> Words:
    """What stands for each value of a choice; two categories of one name are told apart by their number."""
    said: dict[str, dict[Any, str]] = {}
    for field in register.fields:
        if field.kind is FieldKind.CHOICE:
            said[field.name] = {value: t(f"words.{field.words}.{value}") for value in field.choices}
        elif field.kind is FieldKind.ROW:
            names = {one.id: one.name if language() == "zh" else one.name_en or one.name for one in found.categories}
            twice = {name for name in names.values() if list(names.values()).count(name) > 1}
            said[field.name] = {at: f"{name} {at}" if name in twice else name for at, name in names.items()}
    return said


def _line(register: Register, row: RegisterRow, words: Words) -> dict[str, Any]:
    line: dict[str, Any] = {"_code": row.code, "_name": row.name}
    if "name" in row.values:
        del line["_name"]
    for field in register.fields:
        value = row.values[field.name]
        if field.name in words:
            value = words[field.name].get(value)
        elif field.kind is FieldKind.NUMBER and value is not None and field.scale > 1:
            value = value / field.scale
        line[field.name] = value
    return line


def _columns(register: Register, words: Words) -> dict[str, Any]:
    config = st.column_config
    columns: dict[str, Any] = {
        "_code": config.TextColumn(t("registers.code")),
        "_name": config.TextColumn(t("registers.row")),
    }
    for field in register.fields:
        heading, needed = t(field.heading), not field.optional
        if field.name in words:
            options = list(words[field.name].values())
            columns[field.name] = config.SelectboxColumn(heading, options=options, required=needed)
        elif field.kind is FieldKind.NUMBER:
            least, most, step = field.least / field.scale, field.most / field.scale, 1.0
            if field.scale > 1:
                step = 0.1
            else:
                least, most, step = int(least), int(most), 1
            columns[field.name] = config.NumberColumn(
                heading, min_value=least, max_value=most, step=step, required=needed
            )
        elif field.kind is FieldKind.FLAG:
            columns[field.name] = config.CheckboxColumn(heading, required=True)
        elif field.kind is FieldKind.DAY:
            columns[field.name] = config.DateColumn(heading, format="YYYY-MM-DD")
        else:
            columns[field.name] = config.TextColumn(heading, max_chars=field.longest, required=needed)
    return columns


def changes_of(register: Register, rows: tuple[RegisterRow, ...], edited: pd.DataFrame, words: Words) -> list[Change]:
    """The rows that differ from what is stored, as the commands want their values."""
    found: list[Change] = []
    for row, new in zip(rows, edited.to_dict("records"), strict=True):
        told = {field.name: _told(field, new[field.name], row.values[field.name], words) for field in register.fields}
        values = {name: value for name, value in told.items() if value != row.values[name]}
        if values:
            found.append((row, values))
    return found


def _told(field: Field, shown: Any, stored: Any, words: Words) -> Any:
    """A cell of the table as a value; what stands in no list stays what is stored."""
    empty = shown is None or (not isinstance(shown, str) and bool(pd.isna(shown)))
    if field.name in words:
        if empty:
            # Shown empty because it is in no list, or emptied by hand.
            return stored if stored not in words[field.name] else None
        return next((value for value, word in words[field.name].items() if word == shown), stored)
    if empty:
        return "" if field.kind is FieldKind.TEXT else None
    if field.kind is FieldKind.NUMBER:
        return round(shown * field.scale)
    if field.kind is FieldKind.FLAG:
        return bool(shown)
    if field.kind is FieldKind.DAY:
        return shown.date() if isinstance(shown, datetime) else shown
    return str(shown)


def _said(field: Field, value: Any, words: Words) -> str:
    if value is None or value == "":
        return t("registers.none")
    if field.name in words:
        return words[field.name].get(value, str(value))
    if field.kind is FieldKind.NUMBER:
        return show.number(language(), value / field.scale, 1) if field.scale > 1 else show.number(language(), value)
    if field.kind is FieldKind.FLAG:
        return t("registers.yes" if value else "registers.no")
    return value.isoformat() if isinstance(value, date) else str(value)


def _save(register: str, changes: list[Change]) -> None:
    """Each row by the commands of its page (a callback)."""
    saved = 0
    for row, values in changes:
        try:
            registers.save(database(), actor(), now=datetime.now(UTC), register=register, row=row, values=values)
            saved += 1
        except DashboardError as error:
            notify("error", "registers.refused", name=row.name, why=sentence(error))
    if saved:
        notify("success", "registers.saved", count=saved)
