"""The map of a day gone by: a slider to choose the day, a banner that says so, its numbers, its needs. To look at only.

Day and knowledge stand in the address like the filter: a link opens the same day. The address is read when it says
something else than what was written into it last, else the session is written into it.
"""

from datetime import date, timedelta
from typing import Any

import streamlit as st

from dashboard.core.filters import Filters
from dashboard.core.replay import AsOf, Known
from dashboard.services.map_figures import PastOverview
from dashboard.services.past_needs import PastNeed, open_on
from dashboard.text import text
from dashboard.ui import show
from dashboard.ui.paged_list import paged_list
from dashboard.ui.session import language, t
from dashboard.ui.team_views import today

_DAY, _KNOWN = "map.day", "map.known"
_SHOWN_URL = "map.past.url"
#: The slider reaches back so many days.
REACH = timedelta(days=365)


def chosen() -> AsOf | None:
    """The day gone by that is looked at; None for now."""
    now = today()
    asked = {name: st.query_params[name] for name in ("day", "known") if name in st.query_params}
    if asked.get("day") and asked != st.session_state.get(_SHOWN_URL):
        _take(asked, now)
    st.session_state[_DAY] = min(max(st.session_state.get(_DAY, now), now - REACH), now)
    st.session_state.setdefault(_KNOWN, Known.THEN)
    day: date = st.session_state[_DAY]
    past = AsOf(day, Known(st.session_state[_KNOWN])) if day < now else None
    words = {} if past is None else {"day": day.isoformat(), "known": past.known.value}
    if asked != words:
        for name in asked:
            del st.query_params[name]
        st.query_params.update(words)
    st.session_state[_SHOWN_URL] = words
    return past


def _take(asked: dict[str, str], now: date) -> None:
    """What a link asks for; a day that is none is now."""
    try:
        st.session_state[_DAY] = date.fromisoformat(asked["day"])
    except ValueError:
        st.session_state[_DAY] = now
    st.session_state[_KNOWN] = Known.NOW if asked.get("known") == Known.NOW else Known.THEN


def choose(past: AsOf | None) -> None:
    """The slider; what it says is read by `chosen` when the page runs again."""
    label = show.date(language(), past.day) if past else t("map.past.today")
    with st.popover(label, icon=":material/history:", key="map.past", help=t("map.past.help")):
        st.slider(t("map.past.day"), today() - REACH, today(), key=_DAY, format="YYYY-MM-DD", persist_state="session")
        st.segmented_control(
            t("map.past.known"),
            list(Known),
            required=True,
            format_func=lambda known: t(f"lapse.known.{known}"),
            key=_KNOWN,
            persist_state="session",
            help=t("replay.note"),
        )


def banner(past: AsOf) -> None:
    """That this is the past, what of it is the past's and what is today's, and the way back."""
    known = t(f"lapse.known.{past.known}")
    with st.container(horizontal=True, vertical_alignment="center", key="map.past.banner"):
        st.warning(t("map.past.banner", day=show.date(language(), past.day), known=known), icon=":material/history:")
        st.button(t("map.past.back"), key="map.past.return", on_click=_back, icon=":material/today:")


def numbers(overview: PastOverview) -> None:
    """The figures of that day."""
    with st.container(horizontal=True, gap="medium"):
        st.metric(t("map.kpi.open_needs"), show.number(language(), overview.open_needs))
        st.metric(t("map.past.sites"), show.number(language(), overview.sites))
        st.metric(t("map.kpi.grids"), show.number(language(), overview.grids))
    st.caption(t("map.past.note"))


def needs(filters: Filters, past: AsOf) -> None:
    """The needs that were open on that day, and their file."""
    title = t("map.past.list", day=show.date(language(), past.day))
    st.subheader(title, anchor=False)
    st.caption(t("map.past.list_order"))
    values: dict[str, Any] = {"filters": filters, "past": past, "language": language()}
    named = f"{title} ({t(f'lapse.known.{past.known}')})"
    paged_list(open_on, _line, key="map.needs", title=named, values=values)


def _line(row: PastNeed, shown: str) -> dict[str, object]:
    cells: dict[str, object] = {
        "code": row.code,
        "title": row.title,
        "category": row.category,
        "urgency": text(shown, f"words.urgency.{row.urgency}"),
        "town": row.town,
        "place": row.place,
        "registered": show.date(shown, row.registered_at),
        "waited": row.waited,
        "state": text(shown, f"words.need_state.{row.state}"),
    }
    return {f"map.past.column.{name}": value for name, value in cells.items()}


def _back() -> None:
    """To now (a callback)."""
    st.session_state[_DAY] = today()
