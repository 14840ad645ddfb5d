"""Duties of the next three days that lack people, each a click away from being filled."""

import streamlit as st

from dashboard.core.rotas import county_day, monday_of
from dashboard.services.rota_reading import RotaGap
from dashboard.services.series_reading import ALARM
from dashboard.ui import show
from dashboard.ui.plain import plain
from dashboard.ui.rota_week import MONDAY, PICKED, WHICH, names_of
from dashboard.ui.session import language, t

#: Beside the gaps of the series more would push the page away; the week shows them all.
SHOWN = 6


def alarm(found: tuple[RotaGap, ...]) -> None:
    """The gaps, the first first; nothing where there are none, as in a county without rotas."""
    if not found:
        return
    st.error(t("rotas.gaps", count=len(found), days=ALARM.days), icon=":material/person_alert:")
    for gap in found[:SHOWN]:
        with st.container(horizontal=True, vertical_alignment="center", key=f"rotas.gap.{gap.duty_id}"):
            when = show.span(language(), gap.start, gap.end)
            there = t("rotas.gap_there", names=names_of(gap.people)) if gap.people else ""
            responsible = t("rotas.gap_responsible", name=gap.responsible or show.DASH)
            words = " · ".join(part for part in (gap.place, gap.rota, there, responsible) if part)
            st.markdown(f"**{plain(when)}** {plain(words)}", width="content")
            st.badge(plain(t("rotas.missing", count=gap.missing)), color="red", icon=":material/person_off:")
            st.button(
                t("rotas.act.fill"),
                key=f"rotas.gap.{gap.duty_id}.go",
                icon=":material/person_add:",
                on_click=_open,
                args=(gap,),
            )
    if len(found) > SHOWN:
        st.caption(t("rotas.more_gaps", count=len(found) - SHOWN))


def _open(gap: RotaGap) -> None:
    state = st.session_state
    state["rounds.view"], state[WHICH] = "rotas", gap.rota_id
    state[MONDAY], state[PICKED] = monday_of(county_day(gap.start)), gap.duty_id
