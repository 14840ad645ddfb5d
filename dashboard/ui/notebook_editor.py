"""Table editor cells: volunteers of a query changed as a table, shown as a difference, saved by their page's commands.

Each changed row is saved by itself, at the version that was seen; one that is refused is told by name and the others
stand.
"""

from datetime import UTC, datetime
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.core.availability import MOST_A_DAY, MOST_A_WEEK, MOST_M
from dashboard.core.errors import DashboardError
from dashboard.core.notebook import Cell
from dashboard.core.permissions import Action
from dashboard.core.words import VolunteerStatus
from dashboard.services import volunteer_edits
from dashboard.services.commands import perform
from dashboard.services.notebook_runs import Outcome
from dashboard.services.volunteer_register import MOST, RegisterRow, register
from dashboard.ui import show
from dashboard.ui.act import notify
from dashboard.ui.ask import ask
from dashboard.ui.map_drawing import digest
from dashboard.ui.session import actor, database, language, sentence, t

#: Fields that are changed, and their headings.
_FIELDS = {
    "status": "volunteers.column.status",
    "cap_day": "volunteers.cap_day",
    "cap_week": "volunteers.cap_week",
    "max_distance_m": "volunteers.distance_km",
}
_CAPS = ("cap_day", "cap_week", "max_distance_m")

#: A row and its new values by field.
Change = tuple[RegisterRow, dict[str, Any]]


def editor(cell: Cell, outcome: Outcome) -> None:
    """The table, what was changed in it, and the button that saves."""
    st.markdown(f"**{cell.fields['title'] or cell.name}**")
    if not actor().may(Action.EDIT_VOLUNTEER):
        st.caption(t("notebook.deed_right"))
        return
    frame = outcome.frame
    if frame is None:
        return
    at = frame.columns.index("volunteer_id")
    rows = ask(register, volunteer_ids=tuple(row[at] for row in frame.rows if isinstance(row[at], int)))
    if not rows:
        st.caption(t("notebook.no_rows"))
        return
    if len(frame.rows) > MOST:
        st.caption(t("notebook.editor_first", most=MOST))
    words = {status.value: t(f"words.volunteer_status.{status}") for status in VolunteerStatus}
    # Edits belong to the rows they were typed on: after a save or a change by others the table begins anew.
    key = f"notebook.editor.{cell.name}.{digest([[row.id, row.version] for row in rows])}"
    edited = st.data_editor(
        pd.DataFrame([_line(row, words) for row in rows]),
        key=key,
        hide_index=True,
        num_rows="fixed",
        disabled=["code", "name"],
        column_config=_columns(list(words.values())),
    )
    changes = changes_of(rows, edited, words)
    if not changes:
        return
    table = pd.DataFrame(
        [
            {
                t("volunteers.column.name"): row.name,
                t("notebook.editor_field"): t(_FIELDS[field]),
                t("notebook.editor_change"): f"{_said(field, getattr(row, field), words)} → {_said(field, new, words)}",
            }
            for row, values in changes
            for field, new in values.items()
        ]
    )
    st.dataframe(table, hide_index=True, key=f"notebook.editor_changes.{cell.name}")
    st.button(
        t("notebook.editor_save", count=len(changes)),
        key=f"notebook.editor_save.{cell.name}",
        type="primary",
        icon=":material/save:",
        on_click=_save,
        args=(changes,),
    )


def _line(row: RegisterRow, words: dict[str, str]) -> dict[str, Any]:
    return {
        "code": row.code,
        "name": row.name,
        "status": words[row.status],
        "cap_day": row.cap_day,
        "cap_week": row.cap_week,
        "max_distance_m": row.max_distance_m / 1000,
    }


def _columns(statuses: list[str]) -> dict[str, Any]:
    number, heading = st.column_config.NumberColumn, {field: t(key) for field, key in _FIELDS.items()}
    return {
        "code": st.column_config.TextColumn(t("volunteers.column.code")),
        "name": st.column_config.TextColumn(t("volunteers.column.name")),
        "status": st.column_config.SelectboxColumn(heading["status"], options=statuses, required=True),
        "cap_day": number(heading["cap_day"], min_value=0, max_value=MOST_A_DAY, step=1, required=True),
        "cap_week": number(heading["cap_week"], min_value=0, max_value=MOST_A_WEEK, step=1, required=True),
        "max_distance_m": number(
            heading["max_distance_m"], min_value=0.1, max_value=MOST_M / 1000, step=0.1, required=True
        ),
    }


def changes_of(rows: tuple[RegisterRow, ...], edited: pd.DataFrame, words: dict[str, str]) -> list[Change]:
    """The rows that differ from what is stored, as the commands want their values."""
    status_of = {word: value for value, word in words.items()}
    found: list[Change] = []
    for row, new in zip(rows, edited.to_dict("records"), strict=True):
        told = {
            "status": VolunteerStatus(status_of.get(new["status"], row.status)),
            "cap_day": int(new["cap_day"]),
            "cap_week": int(new["cap_week"]),
            "max_distance_m": round(new["max_distance_m"] * 1000),
        }
        values = {field: value for field, value in told.items() if value != getattr(row, field)}
        if values:
            found.append((row, values))
    return found


def _said(field: str, value: Any, words: dict[str, str]) -> str:
    if field == "status":
        return words[value]
    return show.number(language(), value / 1000, 1) if field == "max_distance_m" else show.number(language(), value)


def _save(changes: list[Change]) -> None:
    """Each row by the commands of page Volunteers (a callback)."""
    saved = 0
    for row, values in changes:
        version = row.version
        try:
            if not values.keys().isdisjoint(_CAPS):
                caps = {field: values.get(field, getattr(row, field)) for field in _CAPS}
                _do(volunteer_edits.set_caps, row.id, version, **caps)
                version += 1
            if "status" in values:
                _do(volunteer_edits.set_status, row.id, version, status=values["status"])
            saved += 1
        except DashboardError as error:
            notify("error", "notebook.editor_refused", name=row.name, why=sentence(error))
    if saved:
        notify("success", "notebook.editor_saved", count=saved)


def _do(command: Any, volunteer_id: int, version: int, **values: Any) -> None:
    perform(database(), command, actor(), now=datetime.now(UTC), volunteer_id=volunteer_id, version=version, **values)
