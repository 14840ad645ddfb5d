"""Hours of which the two sides tell differently: the list, and the form to decide on one."""

from datetime import datetime
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.core.figures import COUNTY_TIME
from dashboard.services import held_hours
from dashboard.services.held_hours import LONGEST, Held, Result
from dashboard.ui import show
from dashboard.ui.act import act, act_key
from dashboard.ui.ask import ask
from dashboard.ui.session import language, t

_WHICH, _RESULT, _REASON = "hours.held.which", "hours.held.result", "hours.held.reason"


def waiting() -> None:
    """The list, the longest waiting first, and the decision on one."""
    found = ask(held_hours.held)
    st.caption(t("held.lead"))
    if not found:
        st.info(t("held.none"), icon=":material/task_alt:")
        return
    lines = pd.DataFrame([_line(one) for one in found])
    st.dataframe(lines, hide_index=True, key="hours.held.table", height="content")
    _decide({one.id: one for one in found})


def _line(one: Held) -> dict[str, Any]:
    shown = language()
    return {
        t("hours.column.code"): f"{one.code} {one.title}",
        t("hours.column.volunteer"): one.volunteer,
        t("hours.column.time"): show.span(shown, one.start, one.end),
        t("hours.column.minutes"): show.number(shown, one.minutes),
        t("hours.column.grade"): t(f"hours.grade.{one.grade}"),
        t("held.column.why"): t(f"held.why.{one.why}"),
        t("held.column.said"): one.said,
        t("held.column.since"): show.datetime_(shown, one.held_at),
    }


def _decide(found: dict[int, Held]) -> None:
    names = {id: f"{one.code} · {one.volunteer}" for id, one in found.items()}
    if st.session_state.get(_WHICH) not in names:
        st.session_state[_WHICH] = next(iter(names))
    results = {result.value: t(f"held.result.{result}") for result in Result}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(t("held.which"), list(names), format_func=names.__getitem__, key=_WHICH, width=260)
        st.selectbox(t("held.result"), list(results), format_func=results.__getitem__, key=_RESULT, width=160)
        chosen = found[int(st.session_state[_WHICH])]
        corrected = st.session_state[_RESULT] == Result.CORRECTED
        if corrected:
            _times(chosen)
        st.text_input(t("needs.act.reason"), key=_REASON, max_chars=LONGEST)
        st.button(
            t("held.decide"),
            key="hours.held.decide",
            type="primary",
            on_click=_decided,
            args=(chosen.id, corrected, act_key("hours.held.decide")),
        )


def _times(one: Held) -> None:
    """Fields of the day and the times, filled with those told; a field of its own for every entry."""
    start, end = (moment.astimezone(COUNTY_TIME) for moment in (one.start, one.end))
    st.date_input(t("held.day"), start.date(), key=f"hours.held.{one.id}.day", format="YYYY-MM-DD", width=140)
    st.time_input(t("held.from"), start.time(), key=f"hours.held.{one.id}.from", step=300, width=110)
    st.time_input(t("held.to"), end.time(), key=f"hours.held.{one.id}.to", step=300, width=110)
    st.number_input(t("hours.column.break"), 0, 960, one.break_minutes, key=f"hours.held.{one.id}.break", width=120)


def _decided(held_id: int, corrected: bool, key: str) -> None:
    """Decide on it (a callback)."""
    state = st.session_state
    values: dict[str, Any] = {"result": Result(state[_RESULT]), "reason": str(state.get(_REASON, ""))}
    if corrected:
        own = f"hours.held.{held_id}"
        day = state[f"{own}.day"]
        values |= {
            name: datetime.combine(day, state[f"{own}.{field}"], COUNTY_TIME)
            for name, field in (("start", "from"), ("end", "to"))
        }
        values["break_minutes"] = int(state[f"{own}.break"])
    act(held_hours.resolve, key=key, done="held.decided", held_id=held_id, **values)
