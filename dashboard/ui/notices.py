"""What the last deed has to say, at the top of the page, once."""

import streamlit as st

from dashboard.ui.act import NOTICE

SHOWN = {"success": st.success, "info": st.info, "warning": st.warning, "error": st.error}


def show() -> None:
    """Show the notices left by `act` and forget them."""
    for kind, sentence in st.session_state.pop(NOTICE, []):
        SHOWN[kind](sentence)
