"""A coordinator's words to the matching, each with reason and expiry: pin, forbid, keep free; and those that stand."""

from datetime import date, datetime, time
from typing import Any

import streamlit as st

from dashboard.core.deadlines import COUNTY_TIME
from dashboard.services import constraint_lists, constraints
from dashboard.services.constraint_lists import Word
from dashboard.services.need_card import NeedCard
from dashboard.ui import show
from dashboard.ui.act import act, act_key
from dashboard.ui.ask import ask
from dashboard.ui.deeds import deed
from dashboard.ui.plain import plain
from dashboard.ui.session import language, t

_COMMANDS = {"pin": constraints.pin, "forbid": constraints.forbid, "keep_free": constraints.keep_free}


def pair(need: NeedCard, volunteer_id: int, name: str) -> None:
    """Say something about this person and this need."""
    key = f"match.words.{volunteer_id}"
    with st.popover(t("matches.words"), key=f"{key}.open"):
        st.caption(plain(name))
        st.text_input(t("needs.act.reason"), key=f"{key}.reason", max_chars=200)
        st.date_input(t("matches.expires"), value=None, key=f"{key}.expires", format="YYYY-MM-DD")
        with st.container(horizontal=True):
            for kind in _COMMANDS:
                st.button(
                    t(f"matches.{kind}"),
                    key=f"{key}.{kind}",
                    on_click=_say,
                    args=(kind, need.id, volunteer_id, key, act_key(f"{key}.{kind}")),
                )


def _say(kind: str, need_id: int, volunteer_id: int, key: str, deed_key: str) -> None:
    day = st.session_state.get(f"{key}.expires")
    values: dict[str, Any] = {} if kind == "keep_free" else {"need_id": need_id}
    act(
        _COMMANDS[kind],
        key=deed_key,
        done="constraints.stored",
        volunteer_id=volunteer_id,
        reason=str(st.session_state.get(f"{key}.reason", "")),
        # A day given as the expiry is the last on which the word holds.
        expires_at=datetime.combine(day, time.max, COUNTY_TIME) if isinstance(day, date) else None,
        **values,
    )


def standing(need: NeedCard | None) -> None:
    """What is in force, for this need or everywhere, each with its way out."""
    found = ask(constraint_lists.standing, need_id=need.id if need else None)
    if not found:
        return
    st.markdown(f"**{t('matches.words')}**")
    for word in found:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(plain(_line(word), 300))
            deed(
                t("matches.withdraw"),
                constraints.withdraw,
                key=f"match.withdraw.{word.id}",
                done="constraints.withdrawn",
                kind="tertiary",
                constraint_id=word.id,
            )


def _line(word: Word) -> str:
    kind = t(f"words.constraint_kind.{word.kind}")
    said = t("matches.word_line", kind=kind, volunteer=word.volunteer, by=word.by, reason=word.reason)
    until = ""
    if word.expires_at is not None:
        until = t("matches.word_until", day=show.date(language(), word.expires_at))
    return " · ".join(part for part in (said, word.code, until) if part)
