"""Meal rounds that run: begin one, add and order its stops, change who carries, end it."""

from datetime import UTC, datetime, time
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.core.deadlines import COUNTY_TIME
from dashboard.core.series import Frequency, Rule
from dashboard.services import meal_reading, meals
from dashboard.services.meal_reading import Round
from dashboard.ui import series_pick, show
from dashboard.ui.act import act, act_key
from dashboard.ui.ask import ask
from dashboard.ui.deeds import deed, with_reason
from dashboard.ui.plain import plain
from dashboard.ui.series_words import rule_words
from dashboard.ui.session import language, t

_NEW, _WHICH = "meals.new", "meals.round"


def new() -> None:
    """The form of a new round, closed until wanted. No day chosen is every day."""
    kitchens = dict(ask(meal_reading.sites))
    with st.expander(t("meals.new"), icon=":material/lunch_dining:", key=_NEW):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input(t("meals.name"), key=f"{_NEW}.name", max_chars=meals.LONGEST_NAME, width=200)
            st.selectbox(
                t("meals.kitchen"), list(kitchens), format_func=kitchens.__getitem__, key=f"{_NEW}.site", width=260
            )
            st.time_input(t("meals.start"), value=time(11), key=f"{_NEW}.start", width=120)
            st.number_input(t("meals.minutes_field"), 1, meals.LONGEST_MINUTES, 90, key=f"{_NEW}.minutes", width=140)
        days = {day: show.weekday(language(), day) for day in range(7)}
        st.pills(t("series.days"), list(days), selection_mode="multi", format_func=days.__getitem__, key=f"{_NEW}.days")
        series_pick.volunteer(t("meals.carrier"), key=f"{_NEW}.carrier")
        series_pick.volunteer(t("meals.substitute"), key=f"{_NEW}.substitute")
        st.button(
            t("meals.act.create"),
            key=f"{_NEW}.begin",
            type="primary",
            disabled=not kitchens,
            on_click=_begun,
            args=(act_key(f"{_NEW}.begin"),),
        )


def _begun(key: str) -> None:
    state = st.session_state
    days, clock = sorted(state.get(f"{_NEW}.days") or []), state.get(f"{_NEW}.start")
    rule = Rule(Frequency.WEEKLY, weekdays=tuple((0, day) for day in days)) if days else Rule(Frequency.DAILY)
    today = datetime.now(COUNTY_TIME).date()
    start = datetime.combine(today, clock if isinstance(clock, time) else time(11), COUNTY_TIME).astimezone(UTC)
    act(
        meals.create_round,
        key=key,
        done="meals.done.created",
        name=str(state.get(f"{_NEW}.name", "")),
        site_id=state.get(f"{_NEW}.site"),
        rule=rule.text,
        start=start,
        minutes=int(state.get(f"{_NEW}.minutes") or 90),
        carrier_id=series_pick.chosen(f"{_NEW}.carrier"),
        substitute_id=series_pick.chosen(f"{_NEW}.substitute"),
    )


def listed(found: tuple[Round, ...]) -> None:
    """The round chosen with its stops, or in words that there is none."""
    if not found:
        st.info(t("meals.none"), icon=":material/lunch_dining:")
        return
    names = {one.id: f"{one.name} · {one.kitchen}" for one in found}
    if st.session_state.get(_WHICH) not in names:
        st.session_state[_WHICH] = found[0].id
    st.selectbox(t("meals.which"), list(names), format_func=names.__getitem__, key=_WHICH)
    one = next(one for one in found if one.id == st.session_state[_WHICH])
    with st.container(border=True, key="meals.card"):
        said = t(
            "meals.lead",
            kitchen=one.kitchen,
            rule=rule_words(one.rule),
            clock=show.clock(one.start),
            carrier=one.carrier or t("series.nobody"),
            substitute=one.substitute or t("series.nobody"),
        )
        st.caption(plain(said))
        _stops(one)
        _add(one)
        with st.container(horizontal=True, key="meals.acts"):
            _carriers(one)
            with_reason(
                t("meals.act.end"),
                meals.end_round,
                key=f"meals.end.{one.id}",
                done="meals.done.ended",
                icon=":material/event_busy:",
                round_id=one.id,
                version=one.version,
            )


def _stops(one: Round) -> None:
    if not one.stops:
        st.info(t("meals.no_stops"))
        return
    columns = [t(f"meals.column.{name}") for name in ("position", "who", "place", "meals")]
    lines = [[stop.position, stop.who, stop.place or show.DASH, stop.meals] for stop in one.stops]
    st.dataframe(pd.DataFrame(lines, columns=columns), hide_index=True, key="meals.stops", height="content")
    names = {stop.id: f"{stop.position}. {stop.who} {stop.place}" for stop in one.stops}
    same: dict[str, Any] = {"round_id": one.id, "version": one.version, "done": "meals.done.ordered"}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        which = f"meals.stop.{one.id}"
        if st.session_state.get(which) not in names:
            st.session_state[which] = one.stops[0].id
        stop = st.selectbox(t("meals.stop"), list(names), format_func=names.__getitem__, key=which, width=260)
        position = st.number_input(
            t("meals.position_field"), 1, meals.MOST_STOPS, 1, key=f"meals.position.{one.id}", width=130
        )
        key, out = f"meals.renumber.{one.id}", f"meals.remove.{one.id}"
        deed(t("meals.act.renumber"), meals.renumber_stop, key=key, stop_id=stop, position=int(position), **same)
        deed(t("meals.act.remove"), meals.remove_stop, key=out, stop_id=stop, **same | {"done": "meals.done.removed"})
        icon = ":material/route:"
        deed(t("meals.act.shorten"), meals.shorten_route, key=f"meals.shorten.{one.id}", icon=icon, **same)


def _add(one: Round) -> None:
    places, key = dict(ask(meal_reading.sites)), f"meals.add.{one.id}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(t("meals.code"), key=f"{key}.code", max_chars=40, width=200, placeholder="N261116-7")
        st.selectbox(
            t("meals.site"),
            list(places),
            index=None,
            format_func=places.__getitem__,
            key=f"{key}.site",
            placeholder=t("needs.form.choose"),
            width=240,
        )
        st.number_input(t("meals.meals"), 1, meals.MOST_MEALS, 1, key=f"{key}.meals", width=110)
        st.button(t("meals.act.add"), key=key, type="primary", on_click=_added, args=(one.id, key, act_key(key)))


def _added(round_id: int, key: str, deed_key: str) -> None:
    state = st.session_state
    act(
        meals.add_stop,
        key=deed_key,
        done="meals.done.added",
        round_id=round_id,
        code=str(state.get(f"{key}.code", "")),
        site_id=state.get(f"{key}.site"),
        meals=int(state.get(f"{key}.meals") or 1),
    )


def _carriers(one: Round) -> None:
    key = f"meals.carriers.{one.id}"
    with st.popover(t("meals.act.carriers"), icon=":material/person:", key=f"{key}.open"):
        st.caption(t("series.keepers_lead"))
        series_pick.volunteer(t("meals.carrier"), key=f"{key}.carrier")
        series_pick.volunteer(t("meals.substitute"), key=f"{key}.substitute")
        st.button(
            t("series.act.do"),
            key=key,
            type="primary",
            on_click=_changed,
            args=(one.id, one.version, key, act_key(key)),
        )


def _changed(round_id: int, version: int, key: str, deed_key: str) -> None:
    values: dict[str, Any] = {
        "carrier_id": series_pick.chosen(f"{key}.carrier"),
        "substitute_id": series_pick.chosen(f"{key}.substitute"),
    }
    act(meals.set_carriers, key=deed_key, done="meals.done.carriers", round_id=round_id, version=version, **values)
