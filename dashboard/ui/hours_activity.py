"""The form that corrects hours of an activity, beside one volunteer's report."""

from datetime import datetime
from typing import Any

import streamlit as st

from dashboard.core.deadlines import COUNTY_TIME
from dashboard.services import activity_hours
from dashboard.services.activity_hours import LONGEST
from dashboard.services.hour_reports import Entry
from dashboard.ui import show
from dashboard.ui.act import act, act_key
from dashboard.ui.session import language, t

_NAME = "hours.activity"


def correct(rows: tuple[Entry, ...]) -> None:
    """Which one, the times it should have, and why; nothing where she was at no activity."""
    found = {row.id: row for row in rows if not row.order}
    if not found:
        return
    names = {
        at: f"{show.date(language(), row.start)} {show.clock(row.start)} {row.content} · {at}"
        for at, row in found.items()
    }
    with st.popover(t("activity_hours.open"), key=f"{_NAME}.open", icon=":material/edit_calendar:"):
        st.caption(t("activity_hours.lead"))
        if st.session_state.get(f"{_NAME}.which") not in names:
            st.session_state[f"{_NAME}.which"] = next(iter(names))
        st.selectbox(t("held.which"), list(names), format_func=names.__getitem__, key=f"{_NAME}.which")
        row = found[int(st.session_state[f"{_NAME}.which"])]
        strike = st.checkbox(t("activity_hours.strike"), key=f"{_NAME}.{row.id}.strike")
        if not strike:
            _times(row)
        st.text_input(t("needs.act.reason"), key=f"{_NAME}.why", max_chars=LONGEST)
        st.button(
            t("activity_hours.do"),
            key=_NAME,
            type="primary",
            on_click=_correct,
            args=(row.id, (row.start, row.end, row.break_minutes), strike, act_key(_NAME)),
        )


def _times(row: Entry) -> None:
    """Filled with those on record; fields of its own for every entry."""
    own = f"{_NAME}.{row.id}"
    start, end = (moment.astimezone(COUNTY_TIME) for moment in (row.start, row.end))
    st.date_input(t("held.day"), start.date(), key=f"{own}.day", format="YYYY-MM-DD")
    first, last, pause = st.columns(3)
    first.time_input(t("held.from"), start.time(), key=f"{own}.from", step=300)
    last.time_input(t("held.to"), end.time(), key=f"{own}.to", step=300)
    pause.number_input(t("hours.column.break"), 0, 960, row.break_minutes, key=f"{own}.break")


def _correct(service_id: int, seen: tuple[datetime, datetime, int], strike: bool, key: str) -> None:
    """Correct or strike it (a callback)."""
    state, own = st.session_state, f"{_NAME}.{service_id}"
    values: dict[str, Any] = {"reason": str(state.get(f"{_NAME}.why", ""))}
    if not strike:
        day = state[f"{own}.day"]
        values["start"] = datetime.combine(day, state[f"{own}.from"], COUNTY_TIME)
        values["end"] = datetime.combine(day, state[f"{own}.to"], COUNTY_TIME)
        values["break_minutes"] = int(state[f"{own}.break"])
    act(activity_hours.correct, key=key, done="activity_hours.done", service_id=service_id, seen=seen, **values)
