"""Cells read: their last results with who ran them and what changed, errors in words, what waits, what is stale."""

import pandas as pd
import streamlit as st

from dashboard.core.figures import BY_KEY
from dashboard.core.frame_changes import FrameChanges
from dashboard.core.frames import Frame
from dashboard.core.notebook import Cell, Kind, worded
from dashboard.core.permissions import Actor
from dashboard.draw.notebook_charts import chart
from dashboard.services import map_layers, targets
from dashboard.services.notebook_results import Seen, table_of
from dashboard.services.notebook_runs import ASKING, Outcome
from dashboard.services.notebooks import Opened
from dashboard.ui import (
    chart_words,
    notebook_actions,
    notebook_columns,
    notebook_draft,
    notebook_editor,
    notebook_files,
    notebook_lapse,
    notebook_runs,
    show,
    target_words,
)
from dashboard.ui.ask import ask
from dashboard.ui.downloads import Noted, downloads
from dashboard.ui.figure_words import formula, written
from dashboard.ui.map_drawing import Mark
from dashboard.ui.map_view import Layers, show_map
from dashboard.ui.notebook_html import chart_image, chart_spec
from dashboard.ui.notebook_inputs import today, with_inputs
from dashboard.ui.session import language, t

#: Rows of a result that a page shows at once; the file has all of them.
SHOWN = 1000
#: Numbers a map can show side by side; beyond them places are dots.
MOST_MARKS = 300


def read(who: Actor, found: Opened) -> None:
    """The notebook with its results. Inputs can be set for this reading; nothing is saved."""
    if notebook_draft.is_changed(found):
        st.caption(t("notebook.unsaved_read"))
    cells = with_inputs(found.id, found.cells)
    with st.container(horizontal=True, vertical_alignment="center"):
        there = notebook_runs.seen(who, found, cells)
        outcomes = {name: one.outcome for name, one in there.items() if one.outcome is not None}
        if len(outcomes) == len(cells):
            st.space("stretch")
            notebook_files.whole(found, cells, outcomes)
    for cell in worded(cells, today()):
        shown(cell, there[cell.name], found)


def shown(cell: Cell, seen: Seen, found: Opened) -> None:
    """A cell as it stands."""
    if cell.kind is Kind.INPUT:
        return
    outcome = seen.outcome
    with st.container(key=f"notebook.cell.{cell.name}"):
        if outcome is None:
            st.caption(t("notebook.not_run", name=cell.name))
        elif outcome.waits_for:
            st.warning(t("notebook.waits", name=cell.name, other=outcome.waits_for), icon=":material/hourglass_top:")
        elif outcome.error:
            said = t(outcome.error, **outcome.values)
            # Some sentences name the cell themselves.
            st.error(said if outcome.values.get("name") == cell.name else f"{cell.name}: {said}")
        elif cell.kind is Kind.TEXT:
            st.markdown(_without_pictures(cell.fields["markdown"]))
        elif cell.kind is Kind.FIGURE:
            _figures(outcome)
        elif cell.kind is Kind.CHART:
            _chart(cell, outcome)
        elif cell.kind is Kind.MAP:
            _map(cell, outcome)
        elif cell.kind is Kind.LAPSE:
            notebook_lapse.shown(cell, outcome)
        elif cell.kind is Kind.EDITOR:
            notebook_editor.editor(cell, outcome)
        elif cell.kind is Kind.ACTION:
            notebook_actions.action(cell)
        elif outcome.frame is not None:
            _table(cell, outcome, found)
        if cell.kind in ASKING:
            _about(cell, seen, found)
        elif seen.stale and outcome is not None:
            st.badge(t("notebook.is_stale"), icon=":material/history:", color="orange")


def _about(cell: Cell, seen: Seen, found: Opened) -> None:
    """When it ran and by whom, what changed since the run before, and the button to run it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if seen.stale and seen.outcome is not None:
            st.badge(t("notebook.is_stale"), icon=":material/history:", color="orange")
        kept = seen.kept
        if kept is not None:
            st.caption(
                t("notebook.ran", at=show.datetime_(language(), kept.at), by=kept.by or t("audit.system")),
                width="content",
            )
        if kept is not None and kept.difference is not None and kept.before_at is not None:
            _difference(cell, seen.outcome, kept.difference, show.datetime_(language(), kept.before_at))
        st.button(
            "",
            key=f"notebook.run.{cell.name}",
            icon=":material/play_arrow:",
            type="tertiary",
            help=t("notebook.run_one"),
            on_click=notebook_runs.run,
            args=(found, [cell.name]),
        )


def _difference(cell: Cell, outcome: Outcome | None, found: FrameChanges, before: str) -> None:
    """How many rows differ from the run before; a click shows which."""
    if not found:
        st.caption(t("notebook.no_difference", at=before), width="content")
        return
    counts = {name: show.number(language(), getattr(found, name)) for name in ("added", "gone", "changed")}
    frame = None if outcome is None else table_of(outcome)
    with st.popover(t("notebook.difference", at=before, **counts), type="tertiary", key=f"notebook.since.{cell.name}"):
        if found.columns or frame is None:
            st.caption(t("notebook.other_columns"))
            return
        for name, rows in (("added", found.rows_added), ("gone", found.rows_gone)):
            if rows:
                st.markdown(t(f"notebook.rows_{name}"))
                st.dataframe(_rows(frame, rows), hide_index=True, key=f"notebook.{name}.{cell.name}")
        if found.rows_changed:
            st.markdown(t("notebook.rows_changed"))
            rows = tuple(tuple(map(_turned, old, new)) for old, new in found.rows_changed)
            st.dataframe(_rows(frame, rows), hide_index=True, key=f"notebook.changed.{cell.name}")


def _turned(old: object, new: object) -> str:
    one, other = (show.value(language(), value) for value in (old, new))  # type: ignore[arg-type]
    return other if old == new else f"{one} → {other}"


def _rows(frame: Frame, rows: tuple[tuple[object, ...], ...]) -> pd.DataFrame:
    """Figures stand in a difference by their names."""
    named = [
        tuple(t(BY_KEY[str(one)].name) if str(one) in BY_KEY and not at else one for at, one in enumerate(row))
        for row in rows
    ]
    columns = [t(f"notebook.column.{one}") for one in frame.columns] if _of_figures(frame) else list(frame.columns)
    return pd.DataFrame(named, columns=columns)


def _of_figures(frame: Frame) -> bool:
    return frame.columns == ("figure", "value", "n") and all(str(row[0]) in BY_KEY for row in frame.rows)


def _without_pictures(markdown: str) -> str:
    """A picture in it would call a foreign host."""
    return markdown.replace("![", "\\!\\[")


def _figures(outcome: Outcome) -> None:
    held = ask(targets.progress)
    with st.container(horizontal=True):
        for key, value in outcome.figures.items():
            unit = t(f"figures.unit.{value.unit}")
            st.metric(
                f"{t(BY_KEY[key].name)} · {unit}",
                written(value, language()),
                help=formula(language(), key, value.edges),
                width=220,
            )
    for key in outcome.figures:
        if beside := target_words.beside(language(), held, key):
            st.caption(f"{t(BY_KEY[key].name)}：{beside}" if language() == "zh" else f"{t(BY_KEY[key].name)}: {beside}")


def _chart(cell: Cell, outcome: Outcome) -> None:
    fields, frame = cell.fields, outcome.frame
    if frame is None:
        return
    title = fields["title"] or cell.name
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{title}**")
        if frame.rows:
            st.space("stretch")
            notebook_files.chart_files(title, chart_spec(language(), cell, frame), f"notebook.picture.{cell.name}")
    if not frame.rows:
        st.caption(t("notebook.no_rows"))
        return
    key = f"notebook.chart.{cell.name}"
    if fields["spec"].strip():
        own = chart_words.drawn_by_spec(language(), cell, frame)
        if why := chart_words.why_not(own.whole):
            st.error(t("chart_spec.not_drawn", name=cell.name, why=why))
            return
        if own.small:
            # Charts side by side don't follow the page's width: their picture does, and is moved where it is narrow.
            picture = chart_image(language(), cell, frame).replace("<img ", '<img style="width:100%" ')
            st.html(f'<div style="overflow-x:auto"><div style="min-width:48rem">{picture}</div></div>')
            return
        st.vega_lite_chart(own.rows, dict(own.spec), theme=None, key=key, alt=title)
        return
    drawn = chart(frame, fields["mark"], fields["x"], fields["y"], fields["series"])
    st.altair_chart(drawn, theme=None, key=key, alt=title)


def _map(cell: Cell, outcome: Outcome) -> None:
    """On the county's own map: a number at each place, or a dot where there are many or no numbers."""
    frame = outcome.frame
    if frame is None:
        return
    title = cell.fields["title"] or cell.name
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{title}**")
        st.caption(t("notebook.map_places", count=show.number(language(), len(frame.rows))))
        st.space("stretch")
        spec = chart_spec(language(), cell, frame, ask(map_layers.outlines))
        notebook_files.chart_files(title, spec, f"notebook.picture.{cell.name}")
    marks = [Mark(lon, lat, f"{value:g}") for _, lon, lat, value in frame.rows if value is not None]  # type: ignore[arg-type]
    few = 0 < len(marks) <= MOST_MARKS
    dots = [(lon, lat) for _, lon, lat, value in frame.rows if not few or value is None]
    show_map(
        Layers(grids=False, sites=False, needs=False),
        key=f"notebook.map.{cell.name}",
        marks=marks if few else (),
        dots=dots,  # type: ignore[arg-type]
        height=420,
    )


def _table(cell: Cell, outcome: Outcome, found: Opened) -> None:
    frame = outcome.frame
    if frame is None:
        return
    title = cell.fields["title"] or cell.name
    spoken = language()
    said = t("notebook.took", rows=show.number(spoken, len(frame.rows)), seconds=f"{outcome.seconds:.2f}")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{title}**")
        st.caption(said + (f" · {t('notebook.cut')}" if frame.cut else ""))
        st.space("stretch")
        key = f"notebook.file.{cell.name}"
        noted = Noted("notebook", len(frame.rows))
        downloads(title, said, frame.columns, lambda: frame.rows, key=key, noted=noted)
    if not frame.rows:
        st.caption(t("notebook.no_rows"))
        return
    rows = pd.DataFrame(list(frame.rows[:SHOWN]), columns=list(frame.columns))
    st.dataframe(
        rows,
        hide_index=True,
        key=f"notebook.table.{cell.name}",
        height=min(len(rows), 11) * 35 + 38,
        column_config=notebook_columns.shown(rows, mapped=notebook_columns.mapped(cell.name, found.cells)),
    )
    with st.expander(t("notebook.sql"), key=f"notebook.sql.{cell.name}"):
        st.code(cell.fields["sql"], language="sql")
