"""Stars in words and as lists; computing them anew: first who changes, then the deed."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard.core.stars import Standing
from dashboard.services import stars
from dashboard.services.stars import Changed, Preview, Stored
from dashboard.text import text
from dashboard.ui import show
from dashboard.ui.act import act, act_key
from dashboard.ui.ask import ask
from dashboard.ui.session import language, t

STAR = "★"


def word(shown: str, count: int) -> str:
    """The stars as they are read across a desk."""
    return STAR * count or text(shown, "stars.none")


def standing(one: Standing) -> str:
    """Stars and badges."""
    return " · ".join((word(language(), one.stars), *one.badges))


def told(one: Stored) -> str:
    """Stars, badges, and since when."""
    return " · ".join((word(language(), one.stars), *one.badges, as_of(one)))


def as_of(one: Stored) -> str:
    """When and by which rule they were computed."""
    at = show.date(language(), one.computed_at)
    return t("stars.as_of" if one.rule_version else "stars.as_of_usual", at=at, version=one.rule_version)


def changed(listed: Sequence[Changed], total: int, key: str) -> None:
    """Who stands otherwise, folded."""
    if not total:
        return
    with st.expander(t("stars.list", listed=len(listed), changed=show.number(language(), total))):
        lines = [(one.code, one.name, standing(one.before), standing(one.after)) for one in listed]
        headings = [t(f"stars.who.{name}") for name in ("code", "name", "before", "after")]
        st.dataframe(pd.DataFrame(lines, columns=headings), hide_index=True, key=key)


def recompute(key: str) -> None:
    """A button that shows who would change; the deed is a second one below it."""
    slot = f"{key}.open"
    if st.button(t("stars.look"), key=key, icon=":material/preview:"):
        st.session_state[slot] = True
    if st.session_state.get(slot):
        _preview(ask(stars.preview), key)


def _preview(found: Preview, key: str) -> None:
    last = show.datetime_(language(), found.computed_at)
    st.caption(t("stars.last", at=last) if found.computed_at else t("stars.never"))
    counts = {name: show.number(language(), getattr(found, name)) for name in ("volunteers", "up", "down", "badges")}
    said = "stars.preview" if found.version else "stars.preview_usual"
    st.markdown(t(said, version=found.version, **counts))
    total = found.up + found.down + found.badges
    changed(found.listed, total, f"{key}.list")
    if not total:
        st.caption(t("stars.nobody_changes"))
    st.button(
        t("stars.recompute"),
        key=f"{key}.do",
        type="primary",
        icon=":material/bolt:",
        on_click=_do,
        args=(found.version, f"{key}.open", act_key(f"{key}.do")),
    )


def _do(version: int, slot: str, key: str) -> None:
    """Compute them (a callback)."""
    st.session_state.pop(slot, None)
    act(stars.recompute, key=key, done="stars.done", version=version)
