"""What the parts of the Hours page share: which part, which days, totals by grade."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.core.errors import DashboardError
from dashboard.core.figures import rate
from dashboard.core.permissions import Action, Actor
from dashboard.services import held_hours, hour_reports
from dashboard.services.hour_reports import DAYS, GradeTotal
from dashboard.ui import show
from dashboard.ui.ask import ask
from dashboard.ui.session import language, sentence, t
from dashboard.ui.team_views import today

VIEWS = ("totals", "odd", "held", "one", "follow_ups")
Days = tuple[date, date]


def view(who: Actor) -> str:
    """Which part is open. Readers who record nothing see the totals and no choice."""
    if not who.may(Action.RECORD_SERVICE):
        return VIEWS[0]
    names = {name: t(f"hours.view.{name}") for name in VIEWS}
    # Another page may have said what is wanted; a default beside that would be said to be wrong.
    st.session_state.setdefault("hours.view", VIEWS[0])
    chosen = st.segmented_control(
        t("hours.view"),
        VIEWS,
        required=True,
        format_func=names.__getitem__,
        key="hours.view",
        label_visibility="collapsed",
        persist_state="session",
    )
    return str(chosen or VIEWS[0])


def days() -> Days:
    """The days looked at, both included; the last 90 to begin with. Says why where they can't be, and ends the run."""
    now = today()
    chosen: Any = st.date_input(
        t("hours.days"),
        (now - timedelta(days=DAYS - 1), now),
        max_value=now,
        format="YYYY-MM-DD",
        key="hours.days",
        persist_state="session",
        width=260,
    )
    picked = tuple(chosen) if isinstance(chosen, (tuple, list)) else (chosen,)
    # Half a range is picked one day at a time.
    first, last = (picked[0], picked[-1]) if picked else (now, now)
    try:
        hour_reports.span_of(first, last)
    except DashboardError as error:
        st.warning(sentence(error))
        st.stop()
    return first, last


def totals(span: Days) -> None:
    """What everybody within reach gave, by grade."""
    found = ask(hour_reports.totals, first=span[0], last=span[1])
    by_grade(found, key="hours.totals")
    services, minutes = ask(held_hours.waiting)
    if services:
        shown = language()
        held = t("held.beside", services=show.number(shown, services), hours=show.hours(shown, minutes))
        st.caption(f":material/pause_circle: {held}")
    st.caption(t("hours.people_note"))


def by_grade(found: Sequence[GradeTotal], *, key: str, people: bool = True) -> None:
    """Totals, one row a grade, with the share of its hours; no line that adds the grades up."""
    shown, minutes = language(), sum(one.minutes for one in found)
    st.metric(t("hours.column.services"), show.number(shown, sum(one.services for one in found)))
    lines = [
        {
            t("hours.column.grade"): t(f"hours.grade.{one.grade}"),
            t("hours.column.services"): show.number(shown, one.services),
            t("hours.column.hours"): show.number(shown, one.minutes / 60, 1),
            t("hours.column.share"): show.percent(shown, rate(one.minutes, minutes)),
        }
        | ({t("hours.column.people"): show.number(shown, one.people)} if people else {})
        for one in found
    ]
    st.dataframe(pd.DataFrame(lines), hide_index=True, key=key, height="content")
