"""A rota's week: compounds by days as a grid, on a phone the days one after the other, and one duty to deal with."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import streamlit as st

from dashboard.core.figures import county_today
from dashboard.core.rotas import monday_of, weekdays_of
from dashboard.core.series import parse
from dashboard.services import rota_reading
from dashboard.services.rota_reading import OnDuty, Plan, Week, Who
from dashboard.ui import rota_duty, rota_sheet, show
from dashboard.ui.ask import ask
from dashboard.ui.plain import plain
from dashboard.ui.series_words import rule_words
from dashboard.ui.session import actor, language, t

WHICH, MONDAY, PICKED = "rotas.which", "rotas.monday", "rotas.duty"
_STYLE = """
<style>
.st-key-rotas-grid td, .st-key-rotas-grid th { white-space: normal !important; vertical-align: top; }
.st-key-rotas-list { display: none; }
@media (max-width: 640px) {
  .st-key-rotas-grid, .st-key-rotas-plan-table { display: none; }
  .st-key-rotas-list { display: flex; }
}
</style>
"""


def names_of(people: Iterable[Who]) -> str:
    """Their names on one line."""
    return t("show.comma").join(name for _, name in people)


def chosen(found: tuple[Plan, ...]) -> Plan | None:
    """The rota chosen, or in words that there is none."""
    if not found:
        st.info(t("rotas.none"), icon=":material/calendar_view_week:")
        return None
    names = {one.id: f"{one.name} · {one.team}" for one in found}
    if st.session_state.get(WHICH) not in names:
        st.session_state[WHICH] = found[0].id
    if len(found) > 1:
        st.selectbox(t("rotas.which"), list(names), format_func=names.__getitem__, key=WHICH)
    return next(one for one in found if one.id == st.session_state[WHICH])


def shown(plan: Plan) -> None:
    """The week, its acts and the duty chosen."""
    st.html(_STYLE)
    monday = st.session_state.setdefault(MONDAY, monday_of(county_today(datetime.now(UTC))))
    week = ask(rota_reading.week, rota_id=plan.id, monday=monday)
    lead = t(
        "rotas.lead",
        team=plan.team,
        rule=rule_words(plan.rule),
        clock=show.clock(plan.start),
        length=show.duration(language(), plan.minutes),
        responsible=plan.responsible or show.DASH,
    )
    st.markdown(f"**{plain(plan.name)}**")
    st.caption(plain(lead))
    _turn(plan, week)
    if not plan.places and not week.all:
        st.info(t("rotas.no_places"), icon=":material/location_city:")
        return
    if not week.all:
        st.info(t("rotas.not_made"), icon=":material/calendar_view_week:")
    else:
        _summary(week)
        days = [day for day in week.days if day.weekday() in _weekdays(plan, week)]
        with st.container(key="rotas.grid"):
            _grid(week, days)
        with st.container(key="rotas.list"):
            _list(week, days)
        _one(week)
    rota_duty.told()


def _weekdays(plan: Plan, week: Week) -> set[int]:
    return {*weekdays_of(parse(plan.rule)), *(duty.day.weekday() for duty in week.all)}


def _turn(plan: Plan, week: Week) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="rotas.turn"):
        this = monday_of(county_today(datetime.now(UTC)))
        for name, to, icon in (
            ("earlier", week.monday - timedelta(days=7), ":material/chevron_left:"),
            ("this_week", this, ":material/today:"),
            ("later", week.monday + timedelta(days=7), ":material/chevron_right:"),
        ):
            st.button(
                t(f"rotas.{name}"),
                key=f"rotas.{name}",
                icon=icon,
                disabled=to == week.monday,
                on_click=_to_week,
                args=(to,),
            )
        first, last = (show.short_date(language(), week.days[n]) for n in (0, 6))
        st.markdown(f"**{plain(t('rotas.week_of', first=first, last=last))}**", width="content")
        rota_sheet.start(actor(), week)
        rota_duty.away(plan)


def _to_week(monday: date) -> None:
    st.session_state[MONDAY] = monday
    st.session_state.pop(PICKED, None)


def _summary(week: Week) -> None:
    duties = week.all
    said = t(
        "rotas.summary",
        duties=len(duties),
        gaps=sum(one.missing > 0 and one.start > datetime.now(UTC) for one in duties),
        signed=sum(one.signed for one in duties),
        households=sum(one.households or 0 for one in duties),
    )
    st.caption(plain(said))


def _grid(week: Week, days: list[date]) -> None:
    heads = [plain(t("rotas.compound")), *(plain(show.short_date(language(), day)) for day in days)]
    lines = [
        [f"**{plain(name)}**", *(_cell(week.duties.get((place_id, day), ())) for day in days)]
        for place_id, name in week.places
    ]
    for column, day in enumerate(days, start=1):
        if day in week.otherwise:
            heads[column] += f" {_otherwise(week, day)}"
    st.table(pd.DataFrame(lines, columns=heads), hide_index=True)


def _list(week: Week, days: list[date]) -> None:
    for day in days:
        out = f" {_otherwise(week, day)}" if day in week.otherwise else ""
        st.markdown(f"**{plain(show.short_date(language(), day))}**{out}")
        lines = [
            f"- {plain(name)}: {_cell(week.duties[place_id, day])}"
            for place_id, name in week.places
            if (place_id, day) in week.duties
        ]
        st.markdown("\n".join(lines) or show.DASH)


def _otherwise(week: Week, day: date) -> str:
    to, reason = week.otherwise[day]
    if to is None:
        return f":gray-badge[{plain(t('rotas.left_out', reason=reason))}]"
    return f":blue-badge[{plain(t('rotas.moved_to', day=show.short_date(language(), to), reason=reason))}]"


def _cell(duties: tuple[OnDuty, ...]) -> str:
    return " ".join(_said(one) for one in duties) or show.DASH


def _said(duty: OnDuty) -> str:
    """Names, then what is to be known of the duty, in words and a colour."""
    badges = [(t("rotas.moved"), "blue")] if duty.moved else []
    if duty.signed:
        key, values = "rotas.signed_uncounted", {"came": len(duty.came)}
        if duty.households is not None:
            key, values = "rotas.signed_cell", values | {"households": duty.households}
        badges.append((t(key, **values), "green"))
    elif duty.end <= datetime.now(UTC):
        badges.append((t("rotas.to_sign"), "orange") if duty.people else (t("rotas.nobody_went"), "red"))
    elif duty.missing:
        badges.append((t("rotas.missing", count=duty.missing), "red"))
    names = plain(names_of(duty.people)) if duty.people else ""
    absent = ""
    if duty.absent and duty.start > datetime.now(UTC):
        absent = f":gray[{plain(t('rotas.absent', names=t('show.comma').join(duty.absent)))}]"
    shown_badges = (f":{colour}-badge[{plain(said)}]" for said, colour in badges)
    return " ".join(part for part in (names, *shown_badges, absent) if part)


def _one(week: Week) -> None:
    """A duty of the week to deal with, none at first."""
    places = dict(week.places)
    duties = {one.id: one for one in week.all}
    labels = {one.id: _label(one, places) for one in week.all}
    if st.session_state.get(PICKED) not in duties:
        st.session_state[PICKED] = None
    st.selectbox(
        t("rotas.pick"),
        list(labels),
        index=None,
        format_func=labels.__getitem__,
        key=PICKED,
        placeholder=t("rotas.pick_none"),
    )
    picked = st.session_state[PICKED]
    if picked is not None:
        rota_duty.card(duties[picked], places[duties[picked].place_id])


def _label(duty: OnDuty, places: dict[int, str]) -> str:
    """Which duty it is; nothing that changes while it is chosen, for the browser keeps the words of a choice."""
    moved = t("series.moved_from", original=show.short_date(language(), duty.planned_on)) if duty.moved else ""
    parts = (show.short_date(language(), duty.day), places[duty.place_id], moved)
    return " · ".join(part for part in parts if part)
