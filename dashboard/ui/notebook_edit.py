"""Cells edited as forms, tried before they are saved; the views and columns that queries may use."""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import streamlit as st

from dashboard.core.errors import DashboardError
from dashboard.core.figures import BY_KEY
from dashboard.core.lapse import USUAL, LapseFigure
from dashboard.core.notebook import FIELDS, Deed, Kind, Mark, below, cells_of, worded
from dashboard.core.notebook_inputs import InputType
from dashboard.core.notebook_names import may_be_named, with_name
from dashboard.core.permissions import Actor
from dashboard.core.query_format import tidy
from dashboard.core.query_names import names_in, parameters_in
from dashboard.core.registers import REGISTERS
from dashboard.core.replay import Known
from dashboard.services import notebook_results, notebooks
from dashboard.services.notebooks import LONGEST_TITLE, Opened
from dashboard.services.query_cells import views_for
from dashboard.text import text
from dashboard.ui import notebook_cells, notebook_chart, notebook_draft, notebook_runs, notebook_versions, show
from dashboard.ui.act import act, act_key
from dashboard.ui.ask import ask
from dashboard.ui.notebook_draft import Draft
from dashboard.ui.notebook_inputs import today
from dashboard.ui.session import database, language, t


def edit(who: Actor, found: Opened) -> None:
    """The cells as forms. What is typed is run and saved together; nothing is lost to another's save."""
    draft = notebook_draft.of(found)
    left, right = st.columns([3, 1], gap="medium")
    columns = _columns(who, found, draft)
    with left:
        behind = draft.base != found.newest
        if behind:
            _meanwhile(found, draft, "notebook.meanwhile.above")
        st.text_input(t("notebook.title"), draft.title, key=draft.title_key, max_chars=LONGEST_TITLE)
        for at in range(len(draft.cells)):
            _form(draft, at, columns)
        _add(draft)
        if behind:
            # Here, too: who has just tried to save doesn't see the top of a long notebook.
            _meanwhile(found, draft, "notebook.meanwhile.below")
            _settle(found)
        _saving(found, draft, behind)
        if _tries(draft) in st.session_state:
            _try(who, found, draft)
    with right:
        _help(who)


def _saving(found: Opened, draft: Draft, behind: bool) -> None:
    """Saved or not, and the buttons that save and try it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            t("notebook.save"),
            key="notebook.save",
            type="primary",
            icon=":material/save:",
            disabled=behind,
            on_click=_save,
            args=(found, draft.base, act_key("notebook.save")),
        )
        st.button(t("notebook.try"), key="notebook.try", icon=":material/play_arrow:", on_click=_tried, args=(draft,))
        if draft.changed and not behind:
            st.caption(t("notebook.unsaved"), width="content")
            _drop(found)
        elif not behind:
            st.caption(t("notebook.is_saved", number=draft.base), width="content")


def _meanwhile(found: Opened, draft: Draft, key: str) -> None:
    """Somebody saved since this draft was begun: who, and what she changed."""
    saves = {one.number: one for one in ask(notebooks.versions, notebook_id=found.id)}
    last = saves[found.newest]
    said = {"who": last.by or t("audit.system"), "at": show.datetime_(language(), last.at), "number": last.number}
    with st.container(key=key):
        st.warning(t("notebook.meanwhile", **said, base=draft.base), icon=":material/call_split:")
        if draft.base in saves:
            st.caption(notebook_versions.changed(last.cells, saves[draft.base].cells))


def _settle(found: Opened) -> None:
    """What may be done with a draft that was overtaken."""
    with st.container(horizontal=True):
        st.button(
            t("notebook.save_over", number=found.newest + 1),
            key="notebook.save_over",
            icon=":material/save:",
            on_click=_save,
            args=(found, found.newest, act_key("notebook.save_over")),
        )
        st.button(
            t("notebook.save_copy"),
            key="notebook.save_copy",
            icon=":material/content_copy:",
            on_click=_save_copy,
            args=(found, act_key("notebook.save_copy")),
        )
        _drop(found)


def _drop(found: Opened) -> None:
    st.button(
        t("notebook.drop_draft"),
        key="notebook.drop_draft",
        type="tertiary",
        icon=":material/undo:",
        on_click=notebook_draft.forget,
        args=(found.id,),
    )


def _columns(who: Actor, found: Opened, draft: Draft) -> notebook_chart.Columns:
    """The columns of the queries' last results, where a chart or map is edited that may name them."""
    if not any(cell["kind"] in (Kind.CHART, Kind.MAP) for cell in draft.cells):
        return {}
    try:
        cells = cells_of(draft.plain())
    except DashboardError:
        # What is said of the draft stands beside its fields.
        cells = found.cells
    there = notebook_results.look(database(), who, found.id, cells, datetime.now(UTC))
    return {
        name: one.outcome.frame
        for name, one in there.items()
        if one.outcome is not None and one.outcome.frame is not None
    }


def _put(notebook: int, at: int, fields: dict[str, str]) -> None:
    """Set fields of a cell, whatever was typed in them."""
    draft = notebook_draft.noted(notebook)
    for field in fields:
        st.session_state.pop(f"{draft.key(at)}.{field}", None)
    draft.cells[at] |= fields
    notebook_draft.keep(draft)


def _form(draft: Draft, at: int, columns: notebook_chart.Columns) -> None:
    cell, key = draft.cells[at], draft.key(at)
    kind = Kind(cell["kind"])
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input(
                t(f"notebook.kind.{cell['kind']}"),
                cell["name"],
                key=f"{key}.name",
                max_chars=40,
                width=220,
                on_change=_renamed,
                args=(draft.notebook, at),
            )
            st.space("stretch")
            for name, icon, off in (
                ("up", ":material/arrow_upward:", at == 0),
                ("down", ":material/arrow_downward:", at == len(draft.cells) - 1),
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
                    args=(draft.notebook, at, name),
                )

        def field(name: str) -> None:
            frame = columns.get(cell["source"]) if name in _COLUMNS and kind in (Kind.CHART, Kind.MAP) else None
            if frame is None:
                _field(name, cell.get(name, ""), f"{key}.{name}", draft.cells[:at])
            else:
                _column(kind, name, cell.get(name, ""), f"{key}.{name}", frame.columns)

        if kind is Kind.CHART:
            notebook_chart.form(at + 1, cell, key, columns, field, lambda fields: _put(draft.notebook, at, fields))
            return
        for name in FIELDS[kind]:
            field(name)
        if kind is Kind.QUERY:
            st.button(
                t("notebook.tidy"),
                key=f"{key}.tidy",
                icon=":material/format_indent_increase:",
                type="tertiary",
                on_click=_tidied,
                args=(f"{key}.sql",),
            )


def _tidied(key: str) -> None:
    """A query in lines (a callback)."""
    st.session_state[key] = tidy(str(st.session_state[key]))


#: Fields whose value is one of a list; where its words stand in the catalogue.
_CHOICES: dict[str, tuple[str, type[StrEnum]]] = {
    "mark": ("notebook.mark", Mark),
    "type": ("notebook.type", InputType),
    "deed": ("notebook.deed", Deed),
    "figure": ("lapse.figure", LapseFigure),
    "known": ("lapse.known", Known),
}


#: Fields that name a column of the source, and those of them that may be empty, by kind of cell.
_COLUMNS = ("x", "y", "series")
_MAY_BE_EMPTY = {(Kind.CHART, "series"), (Kind.MAP, "y")}


def _column(kind: Kind, field: str, value: str, key: str, columns: Sequence[str]) -> None:
    """Pick a column of the source's last result; one that isn't there any more stays until another is picked."""
    options = [*([""] if (kind, field) in _MAY_BE_EMPTY or not value else []), *columns]
    options = options if value in options else [*options, value]
    st.selectbox(
        t(f"notebook.field.{field}"),
        options,
        options.index(value),
        format_func=lambda one: one or t("notebook.no_column_picked"),
        key=key,
    )


def _field(field: str, value: str, key: str, earlier: list[dict[str, str]]) -> None:
    label = t(f"notebook.field.{field}")
    if field in ("sql", "markdown"):
        st.text_area(label, value, key=key, height=160)
    elif field == "keys":
        st.multiselect(
            label,
            list(BY_KEY),
            value.split(),
            format_func=lambda one: t(BY_KEY[one].name),
            key=key,
            placeholder=t("notebook.choose_figures"),
        )
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


def _add(draft: Draft) -> None:
    with st.container(horizontal=True):
        for kind in Kind:
            st.button(
                t(f"notebook.kind.{kind}"),
                key=f"notebook.add.{kind}",
                icon=":material/add:",
                type="tertiary",
                on_click=_added,
                args=(draft.notebook, kind),
            )


def _added(notebook: int, kind: Kind) -> None:
    """A cell at the end (a callback)."""
    draft = notebook_draft.noted(notebook)
    names = {cell["name"] for cell in draft.cells}
    name = next(name for number in range(1, len(names) + 2) if (name := f"{kind}{number}") not in names)
    first = {
        Kind.CHART: {"mark": Mark.BARS.value},
        Kind.LAPSE: {"figure": LapseFigure.NEEDS_OPEN.value, "months": str(USUAL), "known": Known.THEN.value},
        Kind.ACTION: {"deed": Deed.CHECK.value},
    }
    fields = dict.fromkeys(FIELDS[kind], "") | first.get(kind, {})
    draft.cells.append({"kind": kind.value, "name": name, "key": name, "known": name, **fields})
    notebook_draft.keep(draft)


def _moved(notebook: int, at: int, how: str) -> None:
    """A cell up, down or out (a callback)."""
    draft = notebook_draft.noted(notebook)
    cell = draft.cells.pop(at)
    if how != "drop":
        draft.cells.insert(at + (1 if how == "down" else -1), cell)
    notebook_draft.keep(draft)


def _renamed(notebook: int, at: int) -> None:
    """What reads the cell reads it by its new name (a callback)."""
    draft = notebook_draft.noted(notebook)
    cell = draft.cells[at]
    old, new = cell["known"], cell["name"]
    if not may_be_named(new, [one["name"] for number, one in enumerate(draft.cells) if number != at]):
        return
    cell["known"] = new
    for number, other in enumerate(draft.cells):
        if number == at or (cell["kind"] == Kind.QUERY and number < at):
            continue
        plain = {field: other[field] for field in FIELDS[Kind(other["kind"])]}
        for field, value in with_name(plain, cell, old, new).items():
            other[field] = value
            st.session_state[f"{draft.key(number)}.{field}"] = value
    notebook_draft.keep(draft)


def _save(found: Opened, version: int, key: str) -> None:
    """A new version (a callback)."""
    draft = notebook_draft.noted(found.id)
    values: dict[str, Any] = {"version": version, "title": draft.title, "cells": draft.plain()}
    act(notebooks.save, key=key, done="notebook.saved", keep=_SAVED, notebook_id=found.id, **values)
    if st.session_state.pop(_SAVED, None) is not None:
        notebook_draft.forget(found.id)


def _save_copy(found: Opened, key: str) -> None:
    """The draft as a notebook of one's own; the newest version stays as it is (a callback)."""
    draft = notebook_draft.noted(found.id)
    title = t("notebook.copy_of", title=draft.title)[:LONGEST_TITLE]
    act(notebooks.create, key=key, done="notebook.created", keep="notebook.made", title=title, cells=draft.plain())
    if "notebook.made" in st.session_state:
        notebook_draft.forget(found.id)


#: Where it stands for a moment that a draft was saved.
_SAVED = "notebook.saved_now"


def _tries(draft: Draft) -> str:
    """Where it stands that this draft is being tried: its results stay on screen while it is edited on."""
    return f"{draft.slot}.tried"


def _tried(draft: Draft) -> None:
    """Show the draft's results from now on; run what is stale of it (a callback)."""
    st.session_state[_tries(draft)] = "run"


def _try(who: Actor, found: Opened, draft: Draft) -> None:
    """The results of what stands in the form; of what was changed, say what reads it."""
    try:
        cells = cells_of(draft.plain())
    except DashboardError as error:
        st.error(t(error.key, **error.values))
        return
    before = {cell.name: cell for cell in found.cells}
    changed = [cell.name for cell in cells if before.get(cell.name) != cell]
    stale = below(cells, changed, names_in, parameters_in)
    if stale:
        st.caption(t("notebook.stale", names=", ".join(cell.name for cell in cells if cell.name in stale)))
    if st.session_state[_tries(draft)] == "run":
        st.session_state[_tries(draft)] = "shown"
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
