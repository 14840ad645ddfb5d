"""A chart with the table behind it: the same rows, one click away."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.ui.session import t


def with_table(chart: Any, rows: pd.DataFrame, columns: Mapping[str, str], *, title: str, key: str) -> None:
    """Draw `chart` under its title, and `rows` in a fold below. `columns` names the columns shown, in order."""
    st.markdown(f"**{title}**")
    if rows.empty:
        st.caption(t("teams.empty"))
        return
    st.altair_chart(chart, theme=None, key=key, alt=title)
    with st.expander(t("teams.table_behind"), icon=":material/table:", key=f"{key}.fold"):
        st.dataframe(
            rows[list(columns)].rename(columns=dict(columns)), hide_index=True, key=f"{key}.table", height="content"
        )
