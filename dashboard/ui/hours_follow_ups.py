"""Who is to be asked again: the list, what came of it, and the check-backs to draw."""

from datetime import UTC, datetime
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.services import follow_ups
from dashboard.services.follow_ups import CHECK_BACK_PERCENT, OpenFollowUp, Result
from dashboard.ui import show
from dashboard.ui.act import act, act_key
from dashboard.ui.ask import ask
from dashboard.ui.session import language, t

_WHICH, _RESULT, _NOTE = "hours.follow_ups.which", "hours.follow_ups.result", "hours.follow_ups.note"


def waiting() -> None:
    """The list, the first due first, and the form to close one."""
    found = ask(follow_ups.open_follow_ups)
    with st.container(horizontal=True, vertical_alignment="center"):
        mine = sum(row.mine for row in found)
        st.caption(t("hours.follow_ups_note", count=show.number(language(), len(found)), mine=mine))
        st.space("stretch")
        st.button(
            t("hours.draw"),
            key="hours.draw",
            help=t("hours.draw_help", percent=CHECK_BACK_PERCENT),
            on_click=act,
            args=(follow_ups.open_check_backs,),
            kwargs={"key": act_key("hours.draw"), "done": "hours.drawn"},
        )
    if not found:
        st.info(t("hours.no_follow_ups"), icon=":material/task_alt:")
        return
    now = datetime.now(UTC)
    st.dataframe(
        pd.DataFrame([_line(row, now) for row in found]),
        hide_index=True,
        key="hours.follow_ups.table",
        height="content",
    )
    _close(found)


def _line(row: OpenFollowUp, now: datetime) -> dict[str, Any]:
    shown = language()
    answer = [t("hours.stars", score=row.score)] if row.score is not None else []
    answer += [t(f"words.outcome.{row.outcome}")] if row.outcome else []
    due = show.datetime_(shown, row.due_at)
    return {
        t("hours.column.code"): f"{row.code} {row.title}",
        t("hours.column.reason"): t(f"hours.follow_up.{row.reason}"),
        t("hours.column.answer"): " · ".join(answer) or show.DASH,
        t("hours.column.owner"): row.owner or t("hours.nobody_owns"),
        t("hours.column.due"): f"{due} · {t('hours.overdue')}" if row.due_at < now else due,
    }


def _close(found: tuple[OpenFollowUp, ...]) -> None:
    names = {row.id: f"{row.code} · {t(f'hours.follow_up.{row.reason}')}" for row in found}
    if st.session_state.get(_WHICH) not in names:
        st.session_state[_WHICH] = next((row.id for row in found if row.mine), found[0].id)
    results = {result.value: t(f"hours.result.{result}") for result in Result}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(t("hours.which"), list(names), format_func=names.__getitem__, key=_WHICH, width=260)
        st.selectbox(t("hours.result"), list(results), format_func=results.__getitem__, key=_RESULT, width=200)
        st.text_input(t("hours.note"), key=_NOTE, max_chars=follow_ups.LONGEST_NOTE)
        st.button(
            t("hours.close"),
            key="hours.close",
            type="primary",
            on_click=_closed,
            args=(act_key("hours.close"),),
        )


def _closed(key: str) -> None:
    values: dict[str, Any] = {
        "follow_up_id": int(st.session_state[_WHICH]),
        "result": Result(st.session_state[_RESULT]),
        "note": str(st.session_state.get(_NOTE, "")),
    }
    act(follow_ups.close_follow_up, key=key, done="hours.closed_done", **values)
