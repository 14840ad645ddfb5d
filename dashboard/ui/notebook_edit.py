"""Cells edited as forms, tried before they are saved; the views and columns that queries may use."""

import json
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import streamlit as st

from dashboard.core.errors import DashboardError
from dashboard.core.figures import BY_KEY
from dashboard.core.lapse import USUAL, LapseFigure
from dashboard.core.notebook import FIELDS, Deed, Kind, Mark, below, cells_of, worded
from dashboard.core.notebook_inputs import InputType
from dashboard.core.permissions import Actor
from dashboard.core.query_names import names_in, parameters_in
from dashboard.core.registers import REGISTERS
from dashboard.core.replay import Known
from dashboard.services import notebook_results, notebooks
from dashboard.services.notebooks import LONGEST_TITLE, Opened
from dashboard.services.query_cells import views_for
from dashboard.text import text
from dashboard.ui import notebook_cells, notebook_chart, notebook_runs
from dashboard.ui.act import act, act_key
from dashboard.ui.notebook_inputs import today
from dashboard.ui.session import database, language, t


def edit(who: Actor, found: Opened) -> None:
    """The cells as forms. What is typed is run and saved together; nothing is lost to another's save."""
    draft = _draft(found)
    left, right = st.columns([3, 1], gap="medium")
    columns = _columns(who, found, draft)
    with left:
        title = f"notebook.title.{found.id}.{found.newest}"
        st.text_input(t("notebook.title"), found.title, key=title, max_chars=LONGEST_TITLE)
        for at, plain in enumerate(draft):
            _form(found, at, plain, draft, columns)
        _add(found, len(draft))
        with st.container(horizontal=True):
            st.button(
                t("notebook.save"),
                key="notebook.save",
                type="primary",
                icon=":material/save:",
                on_click=_save,
                args=(found, act_key("notebook.save")),
            )
            st.button(
                t("notebook.try"), key="notebook.try", icon=":material/play_arrow:", on_click=_tried, args=(found,)
            )
        if _tries(found) in st.session_state:
            _try(who, found)
    with right:
        _help(who)


def _slot(found: Opened) -> str:
    """Where the draft stands: one for every version, so an old one never covers a newer."""
    return f"notebook.draft.{found.id}.{found.newest}"


def _draft(found: Opened) -> list[dict[str, str]]:
    """The cells as they are edited, as JSON in the session."""
    slot = _slot(found)
    if slot not in st.session_state:
        st.session_state[slot] = json.dumps([cell.plain() for cell in found.cells], ensure_ascii=False)
    plain: list[dict[str, str]] = json.loads(st.session_state[slot])
    return plain


def _typed(found: Opened) -> list[dict[str, str]]:
    """The draft with what stands in the fields."""
    plain = []
    for at, cell in enumerate(_draft(found)):
        key = _key(found, at, cell)
        fields = {"name": cell["name"], **{field: cell.get(field, "") for field in FIELDS[Kind(cell["kind"])]}}
        told = {field: st.session_state.get(f"{key}.{field}", value) for field, value in fields.items()}
        told = {field: " ".join(value) if isinstance(value, list) else str(value) for field, value in told.items()}
        plain.append({"kind": cell["kind"], **told})
    return plain


def _key(found: Opened, at: int, cell: dict[str, str]) -> str:
    return f"{_slot(found)}.{at}.{cell['kind']}.{cell['name']}"


def _columns(who: Actor, found: Opened, draft: list[dict[str, str]]) -> notebook_chart.Columns:
    """The columns of the queries' last results, where a chart is edited that may name them."""
    if not any(cell["kind"] == Kind.CHART for cell in draft):
        return {}
    try:
        cells = cells_of(_typed(found))
    except DashboardError:
        # What is said of the draft stands beside its fields.
        cells = found.cells
    there = notebook_results.look(database(), who, found.id, cells, datetime.now(UTC))
    return {
        name: one.outcome.frame
        for name, one in there.items()
        if one.outcome is not None and one.outcome.frame is not None
    }


def _put(found: Opened, at: int, fields: dict[str, str]) -> None:
    """Set fields of a cell, whatever was typed in them."""
    plain = _typed(found)
    for field in fields:
        st.session_state.pop(f"{_key(found, at, _draft(found)[at])}.{field}", None)
    plain[at] |= fields
    st.session_state[_slot(found)] = json.dumps(plain, ensure_ascii=False)


def _form(
    found: Opened, at: int, cell: dict[str, str], draft: list[dict[str, str]], columns: notebook_chart.Columns
) -> None:
    kind, key = Kind(cell["kind"]), _key(found, at, cell)
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input(t(f"notebook.kind.{kind}"), cell["name"], key=f"{key}.name", max_chars=40, width=220)
            st.space("stretch")
            for name, icon, off in (
                ("up", ":material/arrow_upward:", at == 0),
                ("down", ":material/arrow_downward:", at == len(draft) - 1),
                ("drop", ":material/delete:", False),
            ):
                st.button(
                    "",
                    key=f"{key}.{name}",
                    icon=icon,
                    help=t(f"notebook.{name}"),
                    disabled=off,
                    type="tertiary",
                    on_click=_moved,
                    args=(found, at, name),
                )

        def field(name: str) -> None:
            _field(name, cell.get(name, ""), f"{key}.{name}", draft[:at])

        if kind is Kind.CHART:
            notebook_chart.form(at + 1, cell, key, columns, field, lambda fields: _put(found, at, fields))
            return
        for name in FIELDS[kind]:
            field(name)


#: Fields whose value is one of a list; where its words stand in the catalogue.
_CHOICES: dict[str, tuple[str, type[StrEnum]]] = {
    "mark": ("notebook.mark", Mark),
    "type": ("notebook.type", InputType),
    "deed": ("notebook.deed", Deed),
    "figure": ("lapse.figure", LapseFigure),
    "known": ("lapse.known", Known),
}


def _field(field: str, value: str, key: str, earlier: list[dict[str, str]]) -> None:
    label = t(f"notebook.field.{field}")
    if field in ("sql", "markdown"):
        st.text_area(label, value, key=key, height=160)
    elif field == "keys":
        st.multiselect(label, list(BY_KEY), value.split(), format_func=lambda one: t(BY_KEY[one].name), key=key)
    elif field in _CHOICES:
        room, words = _CHOICES[field]
        choices = [one.value for one in words]
        at = choices.index(value) if value in choices else 0
        st.selectbox(label, choices, at, format_func=lambda one: t(f"{room}.{one}"), key=key)
    elif field == "register":
        keys = list(REGISTERS)
        at = keys.index(value) if value in REGISTERS else 0
        named = {one: f"{t(f'registers.name.{one}')} · {REGISTERS[one].column}" for one in keys}
        st.selectbox(label, keys, at, format_func=lambda one: named[one], key=key)
    elif field == "source":
        names = [cell["name"] for cell in earlier if cell["kind"] == Kind.QUERY]
        options = names if value in names or not value else [*names, value]
        st.selectbox(label, options, options.index(value) if value in options else 0, key=key)
    else:
        st.text_input(label, value, key=key, max_chars=500)


def _add(found: Opened, count: int) -> None:
    with st.container(horizontal=True):
        for kind in Kind:
            st.button(
                t(f"notebook.kind.{kind}"),
                key=f"notebook.add.{kind}",
                icon=":material/add:",
                type="tertiary",
                on_click=_added,
                args=(found, kind, count),
            )


def _added(found: Opened, kind: Kind, count: int) -> None:
    """A cell at the end (a callback)."""
    plain = _typed(found)
    names = {cell["name"] for cell in plain}
    name = next(name for number in range(1, count + 2) if (name := f"{kind}{number}") not in names)
    first = {
        Kind.CHART: {"mark": Mark.BARS.value},
        Kind.LAPSE: {"figure": LapseFigure.NEEDS_OPEN.value, "months": str(USUAL), "known": Known.THEN.value},
        Kind.ACTION: {"deed": Deed.CHECK.value},
    }
    fields = dict.fromkeys(FIELDS[kind], "") | first.get(kind, {})
    st.session_state[_slot(found)] = json.dumps([*plain, {"kind": kind, "name": name, **fields}], ensure_ascii=False)


def _moved(found: Opened, at: int, how: str) -> None:
    """A cell up, down or out (a callback)."""
    plain = _typed(found)
    cell = plain.pop(at)
    if how != "drop":
        plain.insert(at + (1 if how == "down" else -1), cell)
    st.session_state[_slot(found)] = json.dumps(plain, ensure_ascii=False)


def _save(found: Opened, key: str) -> None:
    """A new version (a callback)."""
    title = str(st.session_state[f"notebook.title.{found.id}.{found.newest}"])
    values: dict[str, Any] = {"version": found.newest, "title": title, "cells": _typed(found)}
    act(notebooks.save, key=key, done="notebook.saved", notebook_id=found.id, **values)


def _tries(found: Opened) -> str:
    """Where it stands that this draft is being tried: its results stay on screen while it is edited on."""
    return f"{_slot(found)}.tried"


def _tried(found: Opened) -> None:
    """Show the draft's results from now on; run what is stale of it (a callback)."""
    st.session_state[_tries(found)] = "run"


def _try(who: Actor, found: Opened) -> None:
    """The results of what stands in the form; of what was changed, say what reads it."""
    try:
        cells = cells_of(_typed(found))
    except DashboardError as error:
        st.error(t(error.key, **error.values))
        return
    before = {cell.name: cell for cell in found.cells}
    changed = [cell.name for cell in cells if before.get(cell.name) != cell]
    stale = below(cells, changed, names_in, parameters_in)
    if stale:
        st.caption(t("notebook.stale", names=", ".join(cell.name for cell in cells if cell.name in stale)))
    if st.session_state[_tries(found)] == "run":
        st.session_state[_tries(found)] = "shown"
        notebook_runs.run_stale(who, found, cells)
    there = notebook_runs.seen(who, found, cells)
    for cell in worded(cells, today()):
        notebook_cells.shown(cell, there[cell.name], found)


def _help(who: Actor) -> None:
    """The views and columns the reader may ask, to copy from."""
    st.markdown(f"**{t('notebook.views')}**")
    st.caption(t("notebook.views_help"))
    for view in views_for(who):
        with st.expander(view.name):
            for column in view.columns:
                st.markdown(f"`{column.name}` {text(language(), column.meaning)}")
