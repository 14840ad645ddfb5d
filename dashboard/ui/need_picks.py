"""Which need is open on a page: it stands in the URL, so that a copied address opens the same need."""

import streamlit as st

_PARAMETER = "need"


def picked() -> int | None:
    """The need chosen, None for nothing or nonsense."""
    words = st.query_params.get(_PARAMETER, "")
    return int(words) if words.isascii() and words.isdigit() and len(words) < 16 else None


def pick(need_id: int | None) -> None:
    """Open a need, or none (a callback)."""
    if need_id is None:
        st.query_params.pop(_PARAMETER, None)
    else:
        st.query_params[_PARAMETER] = str(need_id)


def pick_on_map(what: str) -> None:
    """Open the need that was clicked on a map (a callback)."""
    kind, _, number = what.partition(":")
    if kind == "need":
        pick(int(number))
