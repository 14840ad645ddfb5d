"""Cells read and edited: their results, errors in words, what waits; the views and columns that queries may use."""

import json
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.core.errors import DashboardError
from dashboard.core.figures import BY_KEY
from dashboard.core.notebook import FIELDS, Cell, Kind, Mark, below, cells_of
from dashboard.core.permissions import Actor
from dashboard.core.query_names import names_in, parameters_in
from dashboard.draw.notebook_charts import chart
from dashboard.services import notebook_runs, notebooks
from dashboard.services.notebook_runs import Outcome
from dashboard.services.notebooks import LONGEST_TITLE, Opened
from dashboard.services.query_cells import views_for
from dashboard.text import text
from dashboard.ui import notebook_files, show
from dashboard.ui.act import act, act_key
from dashboard.ui.downloads import downloads
from dashboard.ui.figure_views import written
from dashboard.ui.notebook_html import chart_spec
from dashboard.ui.session import database, language, t

#: Rows of a result that a page shows at once; the file has all of them.
SHOWN = 1000


def read(who: Actor, found: Opened) -> None:
    """The notebook with its results. Inputs can be set for this reading; nothing is saved."""
    cells = _with_inputs(found.cells)
    outcomes = _run(who, cells)
    notebook_files.whole(found, cells, outcomes)
    for cell in cells:
        _show(cell, outcomes[cell.name], who)


def _with_inputs(cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """The cells with the inputs as they stand in their fields above."""
    inputs = [cell for cell in cells if cell.kind is Kind.INPUT]
    typed = {}
    if inputs:
        with st.container(horizontal=True):
            for cell in inputs:
                title = cell.fields["title"] or cell.name
                key = f"notebook.input.{cell.name}"
                typed[cell.name] = st.text_input(title, cell.fields["value"], key=key, max_chars=200, width=200)
    return tuple(
        Cell(cell.name, cell.kind, {**cell.fields, "value": typed[cell.name]}) if cell.name in typed else cell
        for cell in cells
    )


def _run(who: Actor, cells: tuple[Cell, ...]) -> dict[str, Outcome]:
    """Every cell's outcome, with its progress."""
    bar = st.empty()

    def progress(done: int, total: int, name: str) -> None:
        bar.progress(done / max(total, 1), t("notebook.running", name=name, done=done, total=total))

    outcomes = notebook_runs.results(database(), who, cells, datetime.now(UTC), progress=progress)
    bar.empty()
    return outcomes


def _show(cell: Cell, outcome: Outcome, who: Actor) -> None:
    with st.container(key=f"notebook.cell.{cell.name}"):
        if outcome.waits_for:
            st.warning(t("notebook.waits", name=cell.name, other=outcome.waits_for), icon=":material/hourglass_top:")
        elif outcome.error:
            st.error(f"{cell.name}: {t(outcome.error, **outcome.values)}")
        elif cell.kind is Kind.TEXT:
            st.markdown(_without_pictures(cell.fields["markdown"]))
        elif cell.kind is Kind.FIGURE:
            _figures(outcome)
        elif cell.kind is Kind.CHART:
            _chart(cell, outcome)
        elif outcome.frame is not None:
            _table(cell, outcome)


def _without_pictures(markdown: str) -> str:
    """A picture in it would call a foreign host."""
    return markdown.replace("![", "\\!\\[")


def _figures(outcome: Outcome) -> None:
    with st.container(horizontal=True):
        for key, value in outcome.figures.items():
            unit = t(f"figures.unit.{value.unit}")
            st.metric(
                f"{t(BY_KEY[key].name)} · {unit}",
                written(value, language()),
                help=t(BY_KEY[key].formula),
                width=220,
            )


def _chart(cell: Cell, outcome: Outcome) -> None:
    fields, frame = cell.fields, outcome.frame
    if frame is None:
        return
    title = fields["title"] or cell.name
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{title}**")
        if frame.rows:
            st.space("stretch")
            notebook_files.chart_files(title, chart_spec(cell, frame), f"notebook.picture.{cell.name}")
    if not frame.rows:
        st.caption(t("notebook.no_rows"))
        return
    drawn = chart(frame, fields["mark"], fields["x"], fields["y"], fields["series"])
    st.altair_chart(drawn, theme=None, key=f"notebook.chart.{cell.name}", alt=title)


def _table(cell: Cell, outcome: Outcome) -> None:
    frame = outcome.frame
    if frame is None:
        return
    title = cell.fields["title"] or cell.name
    shown = language()
    said = t("notebook.took", rows=show.number(shown, len(frame.rows)), seconds=f"{outcome.seconds:.2f}")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{title}**")
        st.caption(said + (f" · {t('notebook.cut')}" if frame.cut else ""))
        st.space("stretch")
        key = f"notebook.file.{cell.name}"
        downloads(title, said, frame.columns, lambda: frame.rows, key=key, **notebook_files.noted(len(frame.rows)))
    if not frame.rows:
        st.caption(t("notebook.no_rows"))
        return
    rows = pd.DataFrame(list(frame.rows[:SHOWN]), columns=list(frame.columns))
    st.dataframe(rows, hide_index=True, key=f"notebook.table.{cell.name}", height=min(len(rows), 11) * 35 + 38)
    with st.expander(t("notebook.sql"), key=f"notebook.sql.{cell.name}"):
        st.code(cell.fields["sql"], language="sql")


# -- editing


def edit(who: Actor, found: Opened) -> None:
    """The cells as forms. What is typed is run and saved together; nothing is lost to another's save."""
    draft = _draft(found)
    left, right = st.columns([3, 1], gap="medium")
    with left:
        title = f"notebook.title.{found.id}.{found.newest}"
        st.text_input(t("notebook.title"), found.title, key=title, max_chars=LONGEST_TITLE)
        for at, plain in enumerate(draft):
            _form(found, at, plain, draft)
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
            st.button(t("notebook.try"), key="notebook.try", icon=":material/play_arrow:")
        if st.session_state.get("notebook.try"):
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


def _form(found: Opened, at: int, cell: dict[str, str], draft: list[dict[str, str]]) -> None:
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
        for field in FIELDS[kind]:
            _field(field, cell.get(field, ""), f"{key}.{field}", draft[:at])


def _field(field: str, value: str, key: str, earlier: list[dict[str, str]]) -> None:
    label = t(f"notebook.field.{field}")
    if field in ("sql", "markdown"):
        st.text_area(label, value, key=key, height=160)
    elif field == "keys":
        st.multiselect(label, list(BY_KEY), value.split(), format_func=lambda one: t(BY_KEY[one].name), key=key)
    elif field == "mark":
        marks = list(Mark)
        at = marks.index(Mark(value)) if value in marks else 0
        st.selectbox(label, marks, at, format_func=lambda one: t(f"notebook.mark.{one}"), key=key)
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
    fields = dict.fromkeys(FIELDS[kind], "") | ({"mark": Mark.BARS.value} if kind is Kind.CHART else {})
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


def _try(who: Actor, found: Opened) -> None:
    """Run what stands in the form; of what was changed, say what reads it."""
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
    outcomes = _run(who, cells)
    for cell in cells:
        _show(cell, outcomes[cell.name], who)


def _help(who: Actor) -> None:
    """The views and columns the reader may ask, to copy from."""
    st.markdown(f"**{t('notebook.views')}**")
    st.caption(t("notebook.views_help"))
    for view in views_for(who):
        with st.expander(view.name):
            for column in view.columns:
                st.markdown(f"`{column.name}` {text(language(), column.meaning)}")
