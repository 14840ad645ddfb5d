"""The map in numbers below it: its legend with totals, and the grids behind the colours, a page at a time."""

from typing import Any

import streamlit as st

from dashboard.core.coverage import REACH_M
from dashboard.core.map_layers import GridRow, MapFigure, Shading
from dashboard.core.replay import AsOf
from dashboard.ui.downloads import downloads
from dashboard.ui.map_cards import pick_and_go
from dashboard.ui.map_view import class_label, figure_name
from dashboard.ui.session import t

#: Rows sent to the browser at once.
PAGE = 50


def legend(shading: Shading) -> None:
    """Every class with its grids and its total; the last row is the figure itself."""
    unit = t(f"map.unit.{shading.figure}")
    rows: list[tuple[str, int, int]] = [
        (class_label(shading, found), found.grids, found.total) for found in shading.classes
    ]
    if shading.figure is not MapFigure.COVERAGE:
        rows.append((t("map.outside"), 0, shading.outside))
    rows.append((t("map.total"), len(shading.rows), shading.total))
    names = t("map.column.class"), t("map.column.grids"), t("map.column.total", unit=unit)
    grouped = {name: st.column_config.NumberColumn(format="localized") for name in names[1:]}
    st.dataframe(_columns(names, rows), hide_index=True, key="map.legend", column_config=grouped)


def details(shading: Shading, past: AsOf | None = None) -> None:
    """The grids, highest value first; of the day `past` where it is gone by. A click on a row finds the grid."""
    rows = sorted(zip(shading.rows, shading.class_of, strict=True), key=lambda pair: (-pair[1], -pair[0].value))
    pages = max(1, -(-len(rows) // PAGE))
    names = [t(f"map.column.{name}") for name in ("name", "village", "town", "code")]
    value = t("map.column.value", figure=t(f"map.figure.{shading.figure}"), unit=t(f"map.unit.{shading.figure}"))
    names.append(t("map.column.gaps") if shading.figure is MapFigure.COVERAGE else value)
    cells = [(row.name, row.village, row.town, row.code, _value(shading, row)) for row, _ in rows]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.caption(t("map.table_order"))
        page = 1
        if pages > 1:
            page = int(st.number_input(t("map.page", pages=pages), 1, pages, key="map.page", width=160))
        title = figure_name(shading, past)
        if past is not None:
            title += f" ({t(f'lapse.known.{past.known}')})"
        downloads(title, title, names, lambda: cells, key="map.file")
    here = slice((page - 1) * PAGE, page * PAGE)
    shown = [row for row, _ in rows[here]]
    st.dataframe(
        _columns(names, cells[here]),
        hide_index=True,
        key="map.grids",
        on_select=lambda: _row_clicked([row.grid_id for row in shown]),
        selection_mode="single-row",
    )


def _value(shading: Shading, row: GridRow) -> Any:
    if shading.figure is not MapFigure.COVERAGE:
        return row.value
    return t("show.comma").join(t(f"map.gap.{gap}", km=f"{REACH_M / 1000:g}") for gap in row.gaps) or t("map.gap.none")


def _columns(names: Any, rows: list[Any]) -> dict[str, list[Any]]:
    """Rows as the columns Streamlit takes, in order."""
    return {name: [row[number] for row in rows] for number, name in enumerate(names)}


def _row_clicked(grid_ids: list[int]) -> None:
    chosen = st.session_state["map.grids"]["selection"]["rows"]
    if chosen and chosen[0] < len(grid_ids):
        pick_and_go(f"grid:{grid_ids[chosen[0]]}")
