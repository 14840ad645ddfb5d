"""Today's meal rounds, each stop to be ticked, and what the last days came to."""

from datetime import UTC, datetime, timedelta
from typing import Any

import streamlit as st

from dashboard.core.figures import county_today
from dashboard.services import meal_days, meal_reading
from dashboard.services.meal_days import DELIVERED, MISSED
from dashboard.services.meal_reading import DayRound, Stop
from dashboard.ui import meal_sheet, series_pick, show
from dashboard.ui.act import act, act_key
from dashboard.ui.ask import ask
from dashboard.ui.deeds import deed, with_reason
from dashboard.ui.plain import plain
from dashboard.ui.session import actor, language, t

SPANS = (1, 7, 30, 90)


def today() -> None:
    """The rounds of today, and the counts of a span that ends today."""
    day = county_today(datetime.now(UTC))
    _counts()
    found = ask(meal_reading.rounds_of_day, day=day)
    st.markdown(f"**{plain(t('meals.today'))}** {show.date(language(), day)}")
    if not found:
        st.info(t("meals.none_today"), icon=":material/lunch_dining:")
    for one in found:
        _round(one)


def _counts() -> None:
    words = {days: t("meals.counts", days=days) for days in SPANS}
    days = st.selectbox(t("meals.span"), SPANS, index=1, format_func=words.__getitem__, key="meals.span", width=180)
    last = county_today(datetime.now(UTC))
    counts = ask(meal_reading.counts, first=last - timedelta(days=int(days) - 1), last=last)
    with st.container(horizontal=True, key="meals.counts"):
        for name in ("rounds", "stops", "meals", "delivered", "missed", "unsaid"):
            st.metric(t(f"meals.count.{name}"), show.number(language(), getattr(counts, name)), width="content")


def _round(one: DayRound) -> None:
    with st.container(border=True, key=f"meals.day.{one.id}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(show.clock(one.start))} {plain(one.name)}** {plain(one.kitchen)}", width="content")
            if one.carrier:
                st.caption(plain(t("meals.carried_by", name=one.carrier)), width="content")
            else:
                st.badge(plain(t("meals.nobody")), color="red", icon=":material/person_off:")
            said = sum(bool(stop.outcome) for stop in one.stops)
            st.caption(t("meals.progress", said=said, stops=len(one.stops)), width="content")
            meal_sheet.start(actor(), one.id)
            _hand_over(one)
        for stop in one.stops:
            _stop(stop)


def _stop(stop: Stop) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"meals.drop.{stop.id}"):
        words = " · ".join(part for part in (stop.who, stop.place, t("meals.portion", meals=stop.meals)) if part)
        st.markdown(plain(f"{stop.position}. {words}"), width="content")
        if stop.outcome:
            said = plain(t(f"meals.outcome.{stop.outcome}", **({"reason": stop.reason} if stop.reason else {})))
            st.badge(said, color="green" if stop.outcome == DELIVERED else "orange")
        if stop.outcome != DELIVERED:
            deed(
                t("meals.act.delivered"),
                meal_days.tick_stop,
                key=f"meals.delivered.{stop.id}",
                done="meals.done.ticked",
                icon=":material/check:",
                drop_id=stop.id,
                version=stop.version,
                outcome=DELIVERED,
            )
        if stop.outcome != MISSED:
            with_reason(
                t("meals.act.missed"),
                meal_days.tick_stop,
                key=f"meals.missed.{stop.id}",
                done="meals.done.ticked",
                icon=":material/close:",
                drop_id=stop.id,
                version=stop.version,
                outcome=MISSED,
            )


def _hand_over(one: DayRound) -> None:
    key = f"meals.hand_over.{one.id}"
    with st.popover(t("meals.act.hand_over"), icon=":material/swap_horiz:", key=f"{key}.open"):
        series_pick.volunteer(t("meals.carrier"), key=f"{key}.who")
        st.button(
            t("series.act.do"),
            key=key,
            type="primary",
            disabled=series_pick.chosen(f"{key}.who") is None,
            on_click=_handed,
            args=(one, key, act_key(key)),
        )


def _handed(one: DayRound, key: str, deed_key: str) -> None:
    values: dict[str, Any] = {
        "day_id": one.id,
        "carrier_id": series_pick.chosen(f"{key}.who"),
        "seen_carrier_id": one.carrier_id,
    }
    act(meal_days.hand_over, key=deed_key, done="meals.done.handed", **values)
