"""The county's limit of households a volunteer: shown to all who give them away, changed by the county's admin."""

import streamlit as st

from dashboard.core.errors import DashboardError
from dashboard.core.permissions import WHOLE_COUNTY, Action
from dashboard.services import household_limit
from dashboard.ui.act import act, act_key
from dashboard.ui.ask import ask
from dashboard.ui.session import actor, sentence, t

_KEY = "rounds.limit"


def line() -> None:
    """The limit, and for who may the way to change it."""
    version, most = 0, 12
    with st.container(horizontal=True, vertical_alignment="center", key=_KEY):
        try:
            held = ask(household_limit.limit)
            version, most = held.version, held.most
            st.caption(t("contracts.limit", most=most), width="content")
        except DashboardError as error:
            st.warning(sentence(error))
        if not (actor().may(Action.EDIT_RULES) and actor().reaches(WHOLE_COUNTY)):
            return
        with st.popover(t("contracts.act.limit"), icon=":material/tune:", key=f"{_KEY}.open"):
            st.number_input(t("contracts.limit_most"), 0, household_limit.MOST_EVER, most, key=f"{_KEY}.most")
            st.text_input(t("needs.act.reason"), key=f"{_KEY}.reason", max_chars=200)
            key = act_key(f"{_KEY}.set")
            st.button(t("series.act.do"), key=f"{_KEY}.set", type="primary", on_click=_set, args=(version, key))


def _set(version: int, key: str) -> None:
    act(
        household_limit.set_household_limit,
        key=key,
        done="contracts.done.limit",
        most=int(st.session_state.get(f"{_KEY}.most", 0)),
        version=version,
        reason=str(st.session_state.get(f"{_KEY}.reason", "")),
    )
