"""Deadline clocks in words and colours."""

from typing import Literal

import streamlit as st

from dashboard.core.deadlines import COUNTY_TIME
from dashboard.services.needs_queue import Clock, limits
from dashboard.text import text
from dashboard.ui import show
from dashboard.ui.ask import ask
from dashboard.ui.session import language, t

#: A clock with less working time left than this is pointed out.
SOON_MINUTES = 60


def left(clock: Clock | None, shown: str | None = None) -> str:
    """ "接单 剩 3.5 工时"; a dash where no clock runs. `shown` is the language, the reader's own unless given."""
    if clock is None:
        return show.DASH
    shown = shown or language()
    key = "deadlines.over" if clock.overdue else "deadlines.left"
    hours = show.number(shown, abs(clock.left_minutes) / 60, 1)
    return f"{text(shown, f'deadlines.{clock.kind}')} {text(shown, key, hours=hours)}"


def colour(clock: Clock | None) -> Literal["red", "orange", "green", "gray"]:
    """Red when overdue, orange when soon."""
    if clock is None:
        return "gray"
    if clock.overdue:
        return "red"
    return "orange" if clock.left_minutes < SOON_MINUTES else "green"


def explained() -> None:
    """What the clocks count, by the rule row in force."""
    found = ask(limits)
    pairs = {
        urgency: t("deadlines.pair", take_up=f"{take_up:g}", close=f"{close:g}") for urgency, take_up, close in found
    }
    st.caption(t("deadlines.explained", **pairs))


def badge(clock: Clock | None) -> None:
    """The clock as a badge; says so when it runs over a year whose holidays nobody has announced."""
    if clock is None:
        st.badge(t("deadlines.none"), color="gray", icon=":material/timer_off:")
        return
    st.badge(left(clock), color=colour(clock), icon=":material/timer:", help=show.datetime_(language(), clock.due))
    if not clock.known:
        st.caption(t("deadlines.unknown_calendar", year=clock.due.astimezone(COUNTY_TIME).year))
