"""Pages on paper and on a phone.

In print what is only for the screen is left out, and the list too where a need is open; on a narrow screen what is open
comes before the list it came from.
"""

import streamlit as st

_STYLE = """
<style>
@media (max-width: 640px) {
  .st-key-needs-desk > * > [data-testid="stHorizontalBlock"] > [data-testid="stColumn"]:last-child,
  .st-key-match-desk > * > [data-testid="stHorizontalBlock"] > [data-testid="stColumn"]:last-child {
    order: -1;
  }
}
@media print {
  [data-testid="stHeader"], [data-testid="stToolbar"], [data-testid="stButton"], [data-testid="stPopover"],
  [data-testid="stSegmentedControl"], [data-testid="stButtonGroup"], [data-testid="stTextInput"],
  [data-testid="stNumberInput"], [data-testid="stSelectbox"], [data-testid="stCheckbox"], iframe,
  .st-key-needs-head, .st-key-app-heading [data-testid="stMarkdown"] {
    display: none !important;
  }
  [data-testid="stAppViewContainer"], [data-testid="stMain"], .stApp { overflow: visible !important; height: auto; }
  [data-testid="stAppViewContainer"] { position: static; }
  [data-testid="stColumn"] { break-inside: avoid; }
  .st-key-needs-desk > * > [data-testid="stHorizontalBlock"] > [data-testid="stColumn"]:first-child:not(:last-child) {
    display: none !important;
  }
}
</style>
"""


def style() -> None:
    """Say once a page how it looks on paper and on a phone; the columns to turn round stand in a container
    "needs.desk" or "match.desk"."""
    st.html(_STYLE)
