"""Ways from one page to another with a need open."""

from pathlib import Path

import streamlit as st

from dashboard.ui.deeds import Kind
from dashboard.ui.session import t

_PAGES = Path(__file__).resolve().parents[2] / "pages"


def go(page: str, need_id: int, label: str, *, icon: str, kind: Kind = "secondary", place: str = "") -> None:
    """A button to a page that opens this need. `place` tells two on one page apart."""
    key = f"needs.go.{page}.{need_id}{place and '.'}{place}"
    if st.button(label, key=key, icon=icon, type=kind):
        st.switch_page(_PAGES / f"{page}.py", query_params={"need": str(need_id)})


def to_rounds(code: str) -> None:
    """A button to the page on which the need of this code is let come again."""
    if st.button(t("series.again"), key="needs.rounds", icon=":material/event_repeat:"):
        st.switch_page(_PAGES / "rounds.py", query_params={"code": code})


def to_map(need_id: int) -> None:
    """A button to the map with this need chosen."""
    if st.button(t("needs.card.map"), key=f"needs.map.{need_id}", icon=":material/map:"):
        st.switch_page(_PAGES / "map.py", query_params={"pick": f"need:{need_id}"})
