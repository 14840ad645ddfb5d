"""How the columns of a result stand on the page: numbers as they are read, and no number that only a map needs."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.core.notebook import Cell, Kind

#: What a map finds its places by. The file of the result keeps them.
_PLACES = ("site_id", "grid_id", "lon", "lat")
#: From here on a number is read by its groups of three; years stay as they are.
_GROUPED = 10_000


def mapped(name: str, cells: Sequence[Cell]) -> bool:
    """Does a map of the notebook show this result?"""
    return any(cell.kind is Kind.MAP and cell.fields.get("source") == name for cell in cells)


def shown(rows: pd.DataFrame, *, mapped: bool) -> dict[str, Any]:
    """The columns that aren't shown as they come: None for one that isn't shown at all."""
    found: dict[str, Any] = {}
    for column in rows.columns:
        if mapped and column in _PLACES:
            found[column] = None
        elif _large(rows[column]) and not str(column).endswith("_id"):
            found[column] = st.column_config.NumberColumn(format="localized")
    return found


def _large(column: pd.Series) -> bool:
    return bool(pd.api.types.is_numeric_dtype(column) and (column.abs() >= _GROUPED).any())
