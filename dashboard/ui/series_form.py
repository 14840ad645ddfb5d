"""Let a need come again: which one, how often, until when, who comes."""

from datetime import UTC, date, datetime, time, timedelta

import streamlit as st

from dashboard.core.deadlines import COUNTY_TIME
from dashboard.core.errors import DashboardError
from dashboard.core.series import Frequency, Rule
from dashboard.services import series, series_reading
from dashboard.ui import series_pick, show
from dashboard.ui.act import act, act_key, notify
from dashboard.ui.ask import ask
from dashboard.ui.series_words import FREQUENCIES
from dashboard.ui.session import language, t

_KEY = "rounds.new"
ENDS = ("never", "count", "until")


def new() -> None:
    """The form in an expander, closed until wanted; open for the need whose code stands in the URL."""
    code = st.query_params.get("code", "")[:40]
    if code and f"{_KEY}.code" not in st.session_state:
        st.session_state[f"{_KEY}.code"] = code
    with st.expander(t("series.new"), icon=":material/event_repeat:", key=_KEY, expanded=bool(code)):
        st.caption(t("series.new_lead"))
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input(t("series.code"), key=f"{_KEY}.code", max_chars=40, width=200, placeholder="N261116-7")
            names = {one: t(f"series.frequency.{str(one).lower()}") for one in FREQUENCIES}
            st.selectbox(
                t("series.frequency"),
                list(FREQUENCIES),
                format_func=names.__getitem__,
                key=f"{_KEY}.frequency",
                width=130,
            )
            st.number_input(t("series.interval"), 1, 12, 1, key=f"{_KEY}.interval", width=120)
            if st.session_state[f"{_KEY}.frequency"] == Frequency.WEEKLY:
                days = {day: show.weekday(language(), day) for day in range(7)}
                st.pills(
                    t("series.days"),
                    list(days),
                    selection_mode="multi",
                    format_func=days.__getitem__,
                    key=f"{_KEY}.days",
                )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            ends = {one: t(f"series.ends.{one}") for one in ENDS}
            st.selectbox(t("series.ends"), ENDS, format_func=ends.__getitem__, key=f"{_KEY}.ends", width=160)
            if st.session_state[f"{_KEY}.ends"] == "count":
                st.number_input(t("series.count"), 1, 520, 10, key=f"{_KEY}.count", width=120)
            elif st.session_state[f"{_KEY}.ends"] == "until":
                later = (datetime.now(UTC) + timedelta(days=365)).astimezone(COUNTY_TIME).date()
                st.date_input(t("series.until"), value=later, key=f"{_KEY}.until", format="YYYY-MM-DD", width=160)
        series_pick.volunteer(t("series.keeper"), key=f"{_KEY}.keeper")
        series_pick.volunteer(t("series.substitute"), key=f"{_KEY}.substitute")
        st.button(
            t("series.act.begin"),
            key=f"{_KEY}.begin",
            type="primary",
            on_click=_begun,
            args=(act_key(f"{_KEY}.begin"),),
        )


def _begun(key: str) -> None:
    try:
        need_id = ask(series_reading.need_of_code, code=str(st.session_state.get(f"{_KEY}.code", "")))
    except DashboardError as error:
        notify("error", error.key, **error.values)
        return
    act(
        series.create_series,
        key=key,
        done="series.done.begun",
        rule=_rule().text,
        need_id=need_id,
        keeper_id=series_pick.chosen(f"{_KEY}.keeper"),
        substitute_id=series_pick.chosen(f"{_KEY}.substitute"),
    )


def _rule() -> Rule:
    """The rule as the fields stand."""
    state = st.session_state
    frequency = Frequency(state.get(f"{_KEY}.frequency") or Frequency.WEEKLY)
    days = sorted(state.get(f"{_KEY}.days") or []) if frequency is Frequency.WEEKLY else []
    ends, last = state.get(f"{_KEY}.ends"), state.get(f"{_KEY}.until")
    until = None
    if ends == "until" and isinstance(last, date):
        until = datetime.combine(last, time(23, 59, 59), COUNTY_TIME).astimezone(UTC)
    return Rule(
        frequency,
        int(state.get(f"{_KEY}.interval") or 1),
        tuple((0, int(day)) for day in days),
        count=int(state.get(f"{_KEY}.count") or 1) if ends == "count" else None,
        until=until,
    )
