"""The map of a day gone by: a slider to choose the day, a banner that says so, its numbers. To look at only."""

from datetime import date, timedelta

import streamlit as st

from dashboard.services.map_figures import PastOverview
from dashboard.ui import show
from dashboard.ui.session import language, t
from dashboard.ui.team_views import today

_DAY = "map.day"
#: The slider reaches back so many days.
REACH = timedelta(days=365)


def chosen() -> date | None:
    """The day gone by that is looked at; None for now."""
    now = today()
    st.session_state[_DAY] = min(max(st.session_state.get(_DAY, now), now - REACH), now)
    day: date = st.session_state[_DAY]
    return day if day < now else None


def choose(past: date | None) -> None:
    """The slider; what it says is read by `chosen` when the page runs again."""
    label = show.date(language(), past) if past else t("map.past.today")
    with st.popover(label, icon=":material/history:", key="map.past", help=t("map.past.help")):
        st.slider(t("map.past.day"), today() - REACH, today(), key=_DAY, format="YYYY-MM-DD", persist_state="session")


def banner(day: date) -> None:
    """That this is the past, what of it is the past's and what is today's, and the way back."""
    with st.container(horizontal=True, vertical_alignment="center", key="map.past.banner"):
        st.warning(t("map.past.banner", day=show.date(language(), day)), icon=":material/history:")
        st.button(t("map.past.back"), key="map.past.return", on_click=_back, icon=":material/today:")


def numbers(overview: PastOverview) -> None:
    """The figures of that day."""
    with st.container(horizontal=True, gap="medium"):
        st.metric(t("map.kpi.open_needs"), show.number(language(), overview.open_needs))
        st.metric(t("map.past.sites"), show.number(language(), overview.sites))
        st.metric(t("map.kpi.grids"), show.number(language(), overview.grids))
    st.caption(t("map.past.note"))


def _back() -> None:
    """To now (a callback)."""
    st.session_state[_DAY] = today()
