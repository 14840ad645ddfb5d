"""The plan of a rota: begin one, its compounds, who goes where on which weekday, days that are otherwise, its end."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.core.deadlines import COUNTY_TIME
from dashboard.core.figures import county_today
from dashboard.core.rotas import on_day, weekdays_of
from dashboard.core.series import parse
from dashboard.services import rota_choices, rotas
from dashboard.services.rota_reading import Plan, PlanCell
from dashboard.ui import show
from dashboard.ui.act import act, act_key
from dashboard.ui.ask import ask
from dashboard.ui.deeds import deed, with_reason
from dashboard.ui.plain import plain
from dashboard.ui.rota_week import names_of
from dashboard.ui.session import language, t

_NEW = "rotas.new"
_MORNING = time(9)


def new() -> None:
    """The form of a new rota, closed until wanted."""
    teams = dict(ask(rota_choices.teams))
    with st.expander(t("rotas.new"), icon=":material/calendar_view_week:", key=_NEW):
        if not teams:
            st.info(t("rotas.no_team"))
            return
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input(t("rotas.name"), key=f"{_NEW}.name", max_chars=rotas.LONGEST_NAME, width=220)
            st.selectbox(t("rotas.team"), list(teams), format_func=teams.__getitem__, key=f"{_NEW}.team", width=280)
            _times(_NEW, _MORNING, 120)
        _days(_NEW, (0, 1, 2, 3, 4))
        st.button(
            t("rotas.act.create"),
            key=f"{_NEW}.begin",
            type="primary",
            on_click=_begun,
            args=(act_key(f"{_NEW}.begin"),),
        )


def _times(key: str, at: time, minutes: int) -> None:
    st.time_input(t("rotas.start"), value=at, key=f"{key}.start", width=130)
    st.number_input(t("rotas.minutes_field"), 1, rotas.LONGEST_MINUTES, minutes, key=f"{key}.minutes", width=150)


def _days(key: str, chosen: tuple[int, ...]) -> None:
    days = {day: show.weekday(language(), day) for day in range(7)}
    st.pills(
        t("rotas.days"),
        list(days),
        selection_mode="multi",
        default=chosen,
        format_func=days.__getitem__,
        key=f"{key}.days",
    )


def _said_times(key: str) -> dict[str, Any]:
    state = st.session_state
    today = county_today(datetime.now(UTC))
    return {
        "name": str(state.get(f"{key}.name") or ""),
        "weekdays": tuple(state.get(f"{key}.days") or ()),
        "start": on_day(today, state.get(f"{key}.start") or _MORNING).astimezone(UTC),
        "minutes": int(state.get(f"{key}.minutes") or 0),
    }


def _begun(key: str) -> None:
    team_id = st.session_state.get(f"{_NEW}.team")
    act(rotas.create_rota, key=key, done="rotas.done.created", team_id=team_id, **_said_times(_NEW))


def settings(plan: Plan) -> None:
    """The weekly plan and everything that changes it, closed until wanted; open while there is no compound."""
    with st.expander(t("rotas.plan"), icon=":material/tune:", key="rotas.plan", expanded=not plan.places):
        st.caption(t("rotas.plan_lead"))
        days = weekdays_of(parse(plan.rule))
        if plan.places:
            heads = [plain(t("rotas.compound")), *(show.weekday(language(), day) for day in days)]
            lines = [
                [f"**{plain(place.name)}**", *(_cell_words(place.cells.get(day)) for day in days)]
                for place in plan.places
            ]
            with st.container(key="rotas.plan.table"):
                st.table(pd.DataFrame(lines, columns=heads), hide_index=True)
            _cell(plan, days)
        with st.container(horizontal=True, key="rotas.plan.acts"):
            _add_place(plan)
            if plan.places:
                _remove_place(plan)
            _change(plan, days)
            _day(plan)
            with_reason(
                t("rotas.act.end"),
                rotas.end_rota,
                key=f"rotas.end.{plan.id}",
                done="rotas.done.ended",
                icon=":material/event_busy:",
                rota_id=plan.id,
                version=plan.version,
            )
        _otherwise(plan)


def _cell_words(cell: PlanCell | None) -> str:
    if cell is None or cell.least == 0:
        return plain(t("rotas.plan_off"))
    names = names_of(cell.people) or t("rotas.nobody")
    return plain(t("rotas.plan_cell", names=names, least=cell.least))


def _cell(plan: Plan, days: tuple[int, ...]) -> None:
    """Who goes to a compound on a weekday: fields that follow the compound and day chosen."""
    places = {place.id: place for place in plan.places}
    named = {day: show.weekday(language(), day) for day in days}
    members = dict(ask(rota_choices.members, team_id=plan.team_id, today=county_today(datetime.now(UTC))))
    with st.container(horizontal=True, vertical_alignment="bottom", key="rotas.cell"):
        place_id = st.selectbox(
            t("rotas.cell_place"),
            list(places),
            format_func={one: place.name for one, place in places.items()}.__getitem__,
            key=f"rotas.cell.place.{plan.id}",
            width=200,
        )
        day = st.selectbox(
            t("rotas.cell_day"),
            list(days),
            format_func=named.__getitem__,
            key=f"rotas.cell.day.{plan.id}",
            width=110,
        )
        if place_id not in places or day not in days:
            return
        cell = places[place_id].cells.get(day, PlanCell(1, ()))
        key = f"rotas.cell.{place_id}.{day}.{plan.version}"
        # Whoever left the team since still stands in the plan until somebody changes it.
        names = dict(cell.people) | members
        st.multiselect(
            t("rotas.cell_people"),
            list(names),
            default=[one for one, _ in cell.people],
            format_func=names.__getitem__,
            key=f"{key}.people",
            placeholder=t("needs.form.choose"),
            width=420,
        )
        st.number_input(t("rotas.cell_least"), 0, rotas.MOST_PEOPLE, cell.least, key=f"{key}.least", width=190)
        st.button(
            t("rotas.act.cell"),
            key="rotas.cell.set",
            type="primary",
            on_click=_set,
            args=(plan, place_id, day, key, act_key("rotas.cell.set")),
        )


def _set(plan: Plan, place_id: int, weekday: int, key: str, deed_key: str) -> None:
    state = st.session_state
    act(
        rotas.set_cell,
        key=deed_key,
        done="rotas.done.cell",
        rota_id=plan.id,
        version=plan.version,
        place_id=place_id,
        weekday=weekday,
        least=int(state.get(f"{key}.least") or 0),
        people=tuple(state.get(f"{key}.people") or ()),
    )


def _add_place(plan: Plan) -> None:
    key = f"rotas.place.{plan.id}"
    with st.popover(t("rotas.act.place"), icon=":material/add_home:", key=f"{key}.open"):
        spots = {(kind, identity): name for kind, identity, name in ask(rota_choices.spots)}
        st.selectbox(
            t("rotas.spot"),
            list(spots),
            index=None,
            format_func=spots.__getitem__,
            key=f"{key}.spot",
            placeholder=t("needs.form.choose"),
            width=320,
        )
        st.text_input(t("rotas.spot_name"), key=f"{key}.name", max_chars=rotas.LONGEST_NAME)
        st.number_input(t("rotas.place_least"), 1, rotas.MOST_PEOPLE, 1, key=f"{key}.least")
        st.button(t("rotas.act.place"), key=key, type="primary", on_click=_added, args=(plan, key, act_key(key)))


def _added(plan: Plan, key: str, deed_key: str) -> None:
    state = st.session_state
    kind, identity = state.get(f"{key}.spot") or (None, None)
    act(
        rotas.add_place,
        key=deed_key,
        done="rotas.done.changed",
        rota_id=plan.id,
        name=str(state.get(f"{key}.name") or ""),
        grid_id=identity if kind == "grid" else None,
        site_id=identity if kind == "site" else None,
        least=int(state.get(f"{key}.least") or 1),
    )


def _remove_place(plan: Plan) -> None:
    key, names = f"rotas.remove.{plan.id}", {place.id: place.name for place in plan.places}
    with st.popover(t("rotas.act.remove"), icon=":material/remove_circle:", key=f"{key}.open"):
        st.selectbox(t("rotas.cell_place"), list(names), format_func=names.__getitem__, key=f"{key}.which", width=320)
        deed(
            t("rotas.act.remove"),
            rotas.remove_place,
            key=key,
            done="rotas.done.changed",
            kind="primary",
            rota_id=plan.id,
            version=plan.version,
            place_id=st.session_state.get(f"{key}.which"),
        )


def _change(plan: Plan, days: tuple[int, ...]) -> None:
    key = f"rotas.change.{plan.id}.{plan.version}"
    with st.popover(t("rotas.act.change"), icon=":material/schedule:", key=f"{key}.open"):
        st.text_input(t("rotas.name"), value=plan.name, key=f"{key}.name", max_chars=rotas.LONGEST_NAME)
        _days(key, days)
        _times(key, plan.start.astimezone(COUNTY_TIME).time(), plan.minutes)
        st.button(
            t("series.act.do"), key="rotas.change", type="primary", on_click=_changed, args=(plan, key, act_key(key))
        )


def _changed(plan: Plan, key: str, deed_key: str) -> None:
    values = {"rota_id": plan.id, "version": plan.version, **_said_times(key)}
    act(rotas.change_rota, key=deed_key, done="rotas.done.changed", **values)


def _day(plan: Plan) -> None:
    key, today = f"rotas.day.{plan.id}", county_today(datetime.now(UTC))
    with st.popover(t("rotas.act.day"), icon=":material/event_repeat:", key=f"{key}.open"):
        st.date_input(t("rotas.day"), value=today + timedelta(days=1), key=f"{key}.day", format="YYYY-MM-DD")
        if st.checkbox(t("rotas.day_move"), key=f"{key}.move"):
            st.date_input(t("rotas.day_to"), value=today + timedelta(days=2), key=f"{key}.to", format="YYYY-MM-DD")
        st.text_input(t("needs.act.reason"), key=f"{key}.reason", max_chars=200)
        st.button(t("series.act.do"), key=key, type="primary", on_click=_day_changed, args=(plan, key, act_key(key)))


def _day_changed(plan: Plan, key: str, deed_key: str) -> None:
    state = st.session_state
    act(
        rotas.change_day,
        key=deed_key,
        done="rotas.done.changed",
        rota_id=plan.id,
        version=plan.version,
        day=state.get(f"{key}.day"),
        moved_to=state.get(f"{key}.to") if state.get(f"{key}.move") else None,
        reason=str(state.get(f"{key}.reason") or ""),
    )


def _otherwise(plan: Plan) -> None:
    """The days ahead that are not as planned, each a click away from being so again."""
    for day, to, reason in plan.changes:
        with st.container(horizontal=True, vertical_alignment="center", key=f"rotas.otherwise.{day}"):
            values = {"day": show.short_date(language(), day), "reason": reason}
            if to is None:
                said = t("rotas.change_out", **values)
            else:
                said = t("rotas.change_moved", to=show.short_date(language(), to), **values)
            st.markdown(plain(said), width="content")
            deed(
                t("rotas.act.restore"),
                rotas.restore_day,
                key=f"rotas.restore.{plan.id}.{day}",
                done="rotas.done.changed",
                rota_id=plan.id,
                version=plan.version,
                day=day,
            )
