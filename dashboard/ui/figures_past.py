"""Figures of a day gone by: as known then beside as known now."""

from datetime import date, timedelta

import streamlit as st

from dashboard.core.errors import DashboardError
from dashboard.core.figures import BY_KEY
from dashboard.core.replay import LEFT_OUT, REPLAYED, Known
from dashboard.services.replay import figures_of
from dashboard.ui import show
from dashboard.ui.ask import ask
from dashboard.ui.session import language, sentence, t
from dashboard.ui.team_views import today


def past() -> None:
    """A day to choose, and its figures."""
    now = today()
    last_month = now.replace(day=1) - timedelta(days=1)
    day = st.date_input(t("replay.day"), last_month, max_value=now, format="YYYY-MM-DD", key="tie_out.day", width=200)
    if not isinstance(day, date):
        return
    try:
        then, known = (ask(figures_of, day=day, known=known).values for known in Known)
    except DashboardError as error:
        st.info(sentence(error))
        return
    shown = language()
    lines = []
    for key in REPLAYED:
        change = known[key] - then[key]
        lines.append(
            {
                t("figures.column.name"): t(BY_KEY[key].name),
                t("replay.column.then"): show.number(shown, then[key]),
                t("replay.column.now"): show.number(shown, known[key]),
                t("replay.column.change"): f"{change:+,}" if change else show.DASH,
                t("figures.column.unit"): t(f"figures.unit.{BY_KEY[key].unit}"),
            }
        )
    st.dataframe(lines, hide_index=True, key="tie_out.past", height="content", width=720)
    st.caption(t("replay.note"))
    st.caption(t("replay.left_out", count=len(LEFT_OUT)))
