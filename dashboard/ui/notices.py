"""What the last deed has to say, at the top of the page, once; and what a page says that failed."""

from datetime import UTC, datetime

import streamlit as st

from dashboard.core.errors import DashboardError
from dashboard.ui import show as shown_as
from dashboard.ui.act import NOTICE
from dashboard.ui.session import language, sentence, t

SHOWN = {"success": st.success, "info": st.info, "warning": st.warning, "error": st.error}


def show() -> None:
    """Show the notices left by `act` and forget them."""
    for kind, words in st.session_state.pop(NOTICE, []):
        SHOWN[kind](words)


def failed(error: Exception) -> bool:
    """A page that raised, in the reader's words: a refusal says why; a bug says only when, its traceback is in the log.

    For `st.App(on_script_error=...)`; True keeps Streamlit's own (English) words away.
    """
    if isinstance(error, DashboardError):
        st.error(sentence(error), icon=":material/block:")
    else:
        st.error(t("app.failed", time=shown_as.datetime_(language(), datetime.now(UTC))), icon=":material/error:")
    return True
