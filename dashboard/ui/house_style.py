"""What Streamlit would say in English, in the reader's language, and where the tools of a table lie.

Streamlit has no catalogue of its own words, so a style sheet puts ours in their place. The tools that appear above a
table under the pointer lie at the left: at the right, where Streamlit has them, they cover the buttons that stand
above a table, and a click meant for "Export" meets "Fullscreen".
"""

import json

import streamlit as st

from dashboard.ui.session import t

_UPLOAD = '[data-testid="stFileUploaderDropzone"] [data-testid="stBaseButton-secondary"] p'
_LIMIT = '[data-testid="stFileUploaderDropzoneInstructions"] span'
_ENTER = '[data-testid="InputInstructions"] > span:first-child'
#: Where Streamlit's words stand, and whose words stand there instead.
_SAID = {
    _UPLOAD: "app.upload",
    _ENTER: "app.enter",
    f'[data-testid="stTextArea"] {_ENTER}': "app.enter_many",
    f'[data-testid="stForm"] {_ENTER}': "app.enter_form",
}
_TOOLS = '[data-testid="stElementToolbar"] { right: auto !important; left: 0 !important; }'


def style() -> None:
    """Said once a run, before the page."""
    st.html(f"<style>{_TOOLS}{''.join(_instead(where, t(key)) for where, key in _SAID.items())}{_limit()}</style>")


def _instead(where: str, words: str) -> str:
    said = json.dumps(words, ensure_ascii=False)
    return f"{where} {{ font-size: 0; }}{where}::after {{ content: {said}; font-size: 0.875rem; }}"


def _limit() -> str:
    """How large a file may be; the kinds of files are in the label above."""
    return _instead(_LIMIT, t("app.upload_limit", most=st.get_option("server.maxUploadSize")))
