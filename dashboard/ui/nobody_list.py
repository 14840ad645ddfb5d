"""The needs for which nobody is left to ask: who looks after each, since when; take one on, open it for matching."""

import streamlit as st

from dashboard.core.permissions import Action, Actor
from dashboard.services import next_setting, ticks
from dashboard.services.ticks import Nobody
from dashboard.ui import need_links, show
from dashboard.ui.ask import ask
from dashboard.ui.deeds import deed
from dashboard.ui.need_view import URGENCY_COLOURS
from dashboard.ui.plain import plain
from dashboard.ui.session import language, t


def button(who: Actor) -> None:
    """The button with the count; a click opens the list."""
    found = ask(ticks.nobody_queue)
    label = t("ticks.nobody_count", count=len(found))
    with st.popover(label, icon=":material/person_off:", key="needs.nobody", type="primary" if found else "tertiary"):
        st.markdown(f"**{t('ticks.nobody_title')}**")
        st.caption(t("ticks.nobody_lead"))
        if not found:
            st.success(t("ticks.nobody_none"), icon=":material/task_alt:")
        for one in found:
            _line(who, one)
        held = ask(next_setting.next_setting)
        st.caption(t("ticks.now_on", most=held.most) if held.on else t("ticks.now_off"))


def _line(who: Actor, one: Nobody) -> None:
    with st.container(border=True, key=f"needs.nobody.{one.need_id}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge(t(f"words.urgency.{one.urgency}"), color=URGENCY_COLOURS.get(one.urgency, "blue"))  # type: ignore[arg-type]
            st.markdown(f"**{plain(one.title)}**")
        owner = t("ticks.owner", who=one.owner) if one.owner else t("ticks.owner_none")
        since = t("ticks.since", when=show.datetime_(language(), one.since))
        st.caption(plain(f"{one.code} · {since} · {owner}"))
        with st.container(horizontal=True):
            if who.may(Action.DISPATCH):
                deed(
                    t("ticks.take_on_mine" if one.mine else "ticks.take_on"),
                    ticks.take_on,
                    key=f"needs.take_on.{one.need_id}",
                    done="ticks.taken_on",
                    icon=":material/front_hand:",
                    disabled=one.mine,
                    need_id=one.need_id,
                    seen_owner_id=one.owner_id,
                )
            if who.may(Action.SEE_MATCH):
                need_links.go(
                    "match", one.need_id, t("needs.card.match"), icon=":material/person_search:", place="nobody"
                )
