"""What happens after a no: an admin says whether the next is asked by itself, beside the rules of matching."""

import streamlit as st

from dashboard.services import next_setting
from dashboard.services.next_setting import MOST, NextSetting
from dashboard.ui import show
from dashboard.ui.act import act, act_key
from dashboard.ui.ask import ask
from dashboard.ui.session import language, t


def form(may_edit: bool) -> None:
    """The setting in words; with the right, the form that changes it."""
    held = ask(next_setting.next_setting)
    with st.expander(t("ticks.setting"), icon=":material/skip_next:", key="match.next"):
        st.caption(t("ticks.setting_lead"))
        st.markdown(t("ticks.now_on", most=held.most) if held.on else t("ticks.now_off"))
        if held.since is not None:
            st.caption(t("ticks.setting_since", when=show.datetime_(language(), held.since)))
        if may_edit:
            _fields(held)


def _fields(held: NextSetting) -> None:
    # Fields of their own for every value: an old one must not stay in them.
    key = f"match.next.{int(held.on)}.{held.most}"
    st.toggle(t("ticks.setting_on"), value=held.on, key=f"{key}.on")
    st.number_input(t("ticks.setting_most"), 0, MOST, held.most, key=f"{key}.most", help=t("ticks.setting_most_help"))
    st.text_input(t("needs.act.reason"), key=f"{key}.reason", max_chars=200)
    name = "match.next.store"
    st.button(t("ticks.setting_store"), key=name, type="primary", on_click=_store, args=(held, key, act_key(name)))


def _store(held: NextSetting, key: str, deed_key: str) -> None:
    """Store what the fields say (a callback)."""
    act(
        next_setting.set_auto_next,
        key=deed_key,
        done="ticks.setting_stored",
        on=bool(st.session_state.get(f"{key}.on", held.on)),
        most=int(st.session_state.get(f"{key}.most", held.most)),
        reason=str(st.session_state.get(f"{key}.reason", "")),
        seen_on=held.on,
        seen_most=held.most,
    )
