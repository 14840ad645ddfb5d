"""Pick a volunteer among tens of thousands: type some of the name, initials or the end of the phone, then choose."""

from datetime import UTC, datetime

import streamlit as st

from dashboard.core.figures import county_today
from dashboard.services import volunteers
from dashboard.services.volunteers import Found, Wanted
from dashboard.ui.ask import ask
from dashboard.ui.session import language, t

_MOST = 20


def volunteer(label: str, *, key: str) -> int | None:
    """Two fields side by side; the volunteer chosen, None for nobody. `chosen(key)` says the same in a callback."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = st.text_input(label, key=f"{key}.words", placeholder=t("series.pick_words"), max_chars=40, width=200)
        found: tuple[Found, ...] = ()
        if words.strip():
            today = county_today(datetime.now(UTC))
            wanted = Wanted(words=words)
            found = ask(volunteers.search, wanted=wanted, today=today, language=language(), size=_MOST).rows
        names = {one.id: " ".join(part for part in (one.name, one.phone, one.village) if part) for one in found}
        if st.session_state.get(key) not in names:
            st.session_state[key] = next(iter(names), None)
        st.selectbox(
            t("series.pick"),
            list(names),
            format_func=lambda one: names.get(one, ""),
            key=key,
            placeholder=t("series.pick_none" if words.strip() else "series.pick_nobody"),
            label_visibility="collapsed",
            width=260,
        )
    return chosen(key)


def chosen(key: str) -> int | None:
    """Who is chosen; nobody while no name is typed."""
    return st.session_state.get(key) if str(st.session_state.get(f"{key}.words", "")).strip() else None
