"""Reasons: the table behind a score, and why not this person."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.core.errors import NotFound
from dashboard.services import dispatches, matches
from dashboard.services.dispatch_checks import OVERRIDABLE
from dashboard.services.match_view import Term
from dashboard.services.matches import Answer
from dashboard.services.need_card import NeedCard
from dashboard.ui.ask import ask
from dashboard.ui.deeds import deed, with_reason
from dashboard.ui.plain import plain
from dashboard.ui.session import language, sentence, t


def terms(rows: Sequence[Term], *, key: str) -> None:
    """The table of terms in a popover: measured, points, weight, what it adds; the last line is the score."""
    with st.popover(t("matches.why"), key=key):
        st.dataframe(_table(rows), hide_index=True, key=f"{key}.table", width=520, height="content")


def _table(rows: Sequence[Term]) -> pd.DataFrame:
    lines = [
        (t(row.label), t(row.sentence, measure=row.measure), row.points, row.weight, row.value)
        for row in rows
        if row.weight
    ]
    total: tuple[str, str, int | None, int | None, int] = (t("matches.sum"), "", None, None, sum(r.value for r in rows))
    names = [t(f"matches.{name}") for name in ("term", "measure", "points", "weight", "value")]
    return pd.DataFrame([*lines, total], columns=names)


def why_not(need: NeedCard, role_id: int) -> None:
    """Ask about anybody by name: every rule she fails and what would have to change, or her score."""
    with st.expander(t("matches.why_not"), icon=":material/person_search:", key="match.why_not"):
        words = st.text_input(
            t("matches.why_not"),
            key="match.why_not.words",
            placeholder=t("matches.why_not_help"),
            label_visibility="collapsed",
        )
        if not words.strip():
            return
        found = ask(matches.find, words=words)
        if not found:
            st.caption(t("matches.found_none"))
            return
        names = {one.volunteer_id: one for one in found}
        if st.session_state.get("match.why_not.who") not in names:
            st.session_state["match.why_not.who"] = found[0].volunteer_id
        st.selectbox(
            t("matches.column.who"),
            list(names),
            format_func=lambda one: t(
                "matches.found_line", name=names[one].name, tail=names[one].phone_tail, site=names[one].site
            ),
            key="match.why_not.who",
            label_visibility="collapsed",
        )
        _answer(need, role_id, int(st.session_state["match.why_not.who"]))


def _answer(need: NeedCard, role_id: int, volunteer_id: int) -> None:
    try:
        found = ask(matches.why_not, need_id=need.id, volunteer_id=volunteer_id, role_id=role_id, language=language())
    except NotFound as error:
        st.caption(sentence(error))
        return
    if found.said_no:
        st.caption(f":orange[{t('matches.said_no')}]")
    if not found.objections:
        st.success(t("matches.may", score=found.score))
        _dispatch(need, role_id, found)
        return
    st.markdown(f"**{plain(found.profile.name)}** {t('matches.may_not')}")
    for one in found.objections:
        values = dict(one.values)
        st.markdown(f"- {plain(t(one.no, **values))}")
        st.caption(plain(t("matches.change", change=t(one.change, **values))))
    if need.open_seats and all(one.rule in OVERRIDABLE for one in found.objections) and found.start is not None:
        _dispatch(need, role_id, found)


def _dispatch(need: NeedCard, role_id: int, found: Answer) -> None:
    """Send her all the same: at once when no rule stands in the way, else with a reason."""
    if not need.open_seats:
        return
    values: dict[str, Any] = {
        "need_id": need.id,
        "role_id": role_id,
        "volunteer_ids": (found.profile.volunteer_id,),
        "start": found.start,
        "end": found.end,
    }
    key = f"match.anyway.{found.profile.volunteer_id}"
    if not found.objections:
        deed(t("matches.send_one"), dispatches.dispatch, key=key, done="dispatches.sent", **values)
    else:
        with_reason(t("matches.anyway"), dispatches.dispatch, key=key, done="dispatches.sent", **values)
