"""Columns of a result on the page."""

import pandas as pd

from dashboard.core.notebook import Cell, Kind
from dashboard.ui import notebook_columns

ROWS = pd.DataFrame(
    {"site_id": [3], "乡镇": ["都濡街道"], "受益人次": [503_009], "年": [2026], "need_id": [10_001], "率": [None]}
)


def test_large_numbers_are_grouped_and_years_and_ids_are_not() -> None:
    assert ["受益人次"] == list(notebook_columns.shown(ROWS, mapped=False))


def test_what_only_a_map_needs_is_not_shown_beside_it() -> None:
    shown = notebook_columns.shown(ROWS, mapped=True)
    assert {"site_id", "受益人次"} == set(shown) and shown["site_id"] is None


def test_a_result_is_mapped_when_a_map_reads_it() -> None:
    cells = [Cell("towns", Kind.QUERY, {}), Cell("map", Kind.MAP, {"source": "towns"})]
    assert notebook_columns.mapped("towns", cells)
    assert not notebook_columns.mapped("others", cells)
