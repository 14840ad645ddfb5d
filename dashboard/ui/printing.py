"""Print-friendly pages: what is only for the screen is left out on paper."""

import streamlit as st

_PAPER = """
<style>
@media print {
  [data-testid="stHeader"], [data-testid="stToolbar"], [data-testid="stButton"], [data-testid="stPopover"],
  [data-testid="stSegmentedControl"], [data-testid="stButtonGroup"], [data-testid="stTextInput"],
  [data-testid="stNumberInput"], [data-testid="stSelectbox"], iframe { display: none !important; }
  [data-testid="stAppViewContainer"], [data-testid="stMain"], .stApp { overflow: visible !important; height: auto; }
  [data-testid="stColumn"] { break-inside: avoid; }
  [data-testid="stExpander"] details > * { display: block !important; }
}
</style>
"""


def style() -> None:
    """Say once a page how it looks on paper."""
    st.html(_PAPER)
