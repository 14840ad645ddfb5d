"""One duty to deal with: put somebody on or take her off, swap, sign; somebody away for days."""

from datetime import UTC, datetime, time
from typing import Any

import streamlit as st

from dashboard.core.figures import county_today
from dashboard.core.permissions import Action
from dashboard.core.rotas import on_day
from dashboard.services import rota_choices, rota_duties
from dashboard.services.rota_reading import OnDuty, Plan
from dashboard.ui import show
from dashboard.ui.act import act, act_key
from dashboard.ui.ask import ask
from dashboard.ui.plain import plain
from dashboard.ui.session import actor, language, t

_TOLD = "rotas.told"
_EARLIEST = time(0)


def card(duty: OnDuty, place: str) -> None:
    """What can be done about it: before it begins, people; from then on its attendance."""
    names = dict(duty.people)
    with st.container(border=True, key="rotas.card"):
        said = t("show.comma").join(names.values()) or t("rotas.nobody")
        st.markdown(f"**{plain(show.span(language(), duty.start, duty.end))} {plain(place)}** {plain(said)}")
        if duty.signed:
            spent = show.span(language(), duty.began_at, duty.left_at)
            came = t("show.comma").join(name for one, name in duty.people if one in duty.came)
            st.caption(plain(" · ".join(part for part in (spent, came, duty.note) if part)))
        with st.container(horizontal=True, key="rotas.acts"):
            if not duty.signed:
                _fill(duty)
            if not duty.signed and names and duty.start > datetime.now(UTC):
                _swap(duty, names)
                _off(duty, names)
            if names and duty.start <= datetime.now(UTC):
                _sign(duty, names)


def _fill(duty: OnDuty) -> None:
    key = f"rotas.fill.{duty.id}"
    with st.popover(t("rotas.act.fill"), icon=":material/person_add:", key=f"{key}.open"):
        free = ask(rota_choices.free_members, duty_id=duty.id)
        if not free:
            st.info(t("rotas.fill_none"))
            return
        words = {one: t("rotas.free_option", name=name, count=count) for one, name, count in free}
        st.selectbox(t("rotas.fill_who"), list(words), format_func=words.__getitem__, key=f"{key}.who", width=320)
        _button(key, rota_duties.put_on, "rotas.done.filled", duty, volunteer_id="who")


def _off(duty: OnDuty, names: dict[int, str]) -> None:
    key = f"rotas.off.{duty.id}"
    with st.popover(t("rotas.act.off"), icon=":material/person_remove:", key=f"{key}.open"):
        st.selectbox(t("rotas.off_who"), list(names), format_func=names.__getitem__, key=f"{key}.who", width=320)
        st.text_input(t("needs.act.reason"), key=f"{key}.reason", max_chars=200)
        _button(key, rota_duties.take_off, "rotas.done.off", duty, volunteer_id="who", reason="reason")


def _button(key: str, command: Any, done: str, duty: OnDuty, **fields: str) -> None:
    """The button of a popover: `fields` are values of the command -> the widgets they stand in."""
    st.button(
        t("series.act.do"),
        key=key,
        type="primary",
        on_click=_done,
        args=(command, key, act_key(key), done, duty, fields),
    )


def _done(command: Any, key: str, deed_key: str, done: str, duty: OnDuty, fields: dict[str, str]) -> None:
    values = {name: st.session_state.get(f"{key}.{field}") for name, field in fields.items()}
    act(command, key=deed_key, done=done, duty_id=duty.id, version=duty.version, **values)


def _swap(duty: OnDuty, names: dict[int, str]) -> None:
    key = f"rotas.swap.{duty.id}"
    with st.popover(t("rotas.act.swap"), icon=":material/swap_horiz:", key=f"{key}.open"):
        who = st.selectbox(t("rotas.swap_who"), list(names), format_func=names.__getitem__, key=f"{key}.who", width=320)
        others = {
            (one.duty_id, one.volunteer_id): f"{one.name} · {show.short_date(language(), one.day)} · {one.place}"
            for one in ask(rota_choices.swaps, duty_id=duty.id, volunteer_id=who)
        }
        if not others:
            st.info(t("rotas.swap_none"))
            return
        st.selectbox(t("rotas.swap_with"), list(others), format_func=others.__getitem__, key=f"{key}.with", width=320)
        st.button(t("series.act.do"), key=key, type="primary", on_click=_swapped, args=(duty, key, act_key(key)))


def _swapped(duty: OnDuty, key: str, deed_key: str) -> None:
    other_duty_id, other_volunteer_id = st.session_state[f"{key}.with"]
    act(
        rota_duties.swap,
        key=deed_key,
        done="rotas.done.swapped",
        keep=_TOLD,
        duty_id=duty.id,
        version=duty.version,
        volunteer_id=st.session_state[f"{key}.who"],
        other_duty_id=other_duty_id,
        other_volunteer_id=other_volunteer_id,
    )


def told() -> None:
    """After a swap: the words to send to both."""
    made = st.session_state.get(_TOLD)
    if made is None:
        return
    with st.container(border=True, key="rotas.tell"):
        st.markdown(f"**{plain(t('rotas.tell'))}**")
        for one in made["told"]:
            start, end = (datetime.fromisoformat(one[name]) for name in ("start", "end"))
            when = show.span(language(), start, end)
            values = {"volunteer": one["volunteer"], "place": one["place"], "name": made["name"]}
            st.code(t("rotas.told", when=when, **values), language=None, wrap_lines=True)
        st.button(t("rotas.told_close"), key="rotas.told_close", on_click=st.session_state.pop, args=(_TOLD, None))


def _sign(duty: OnDuty, names: dict[int, str]) -> None:
    key = f"rotas.sign.{duty.id}"
    label = t("rotas.act.sign_again" if duty.signed else "rotas.act.sign")
    with st.popover(label, icon=":material/how_to_reg:", key=f"{key}.open"):
        st.caption(t("rotas.sign_lead"))
        came = [one for one in names if not duty.signed or one in duty.came]
        st.multiselect(
            t("rotas.sign_came"), list(names), default=came, format_func=names.__getitem__, key=f"{key}.came"
        )
        begin, leave = (duty.began_at or duty.start, duty.left_at or duty.end)
        with st.container(horizontal=True):
            for field, moment in (("start", begin), ("end", leave)):
                at = moment.astimezone(show.COUNTY_TIME).time()
                st.time_input(t(f"rotas.sign_{field}"), value=at, step=300, key=f"{key}.{field}", width=140)
        st.number_input(
            t("rotas.sign_households"),
            0,
            rota_duties.MOST_HOUSEHOLDS,
            duty.households,
            key=f"{key}.households",
        )
        st.text_input(t("rotas.sign_note"), value=duty.note, key=f"{key}.note", max_chars=200)
        st.button(t("series.act.do"), key=key, type="primary", on_click=_signed, args=(duty, key, act_key(key)))


def _signed(duty: OnDuty, key: str, deed_key: str) -> None:
    state = st.session_state
    households = state.get(f"{key}.households")
    start, end = (
        on_day(duty.day, state.get(f"{key}.{name}") or _EARLIEST).astimezone(UTC) for name in ("start", "end")
    )
    act(
        rota_duties.sign,
        key=deed_key,
        done="rotas.done.signed",
        duty_id=duty.id,
        version=duty.version,
        came=tuple(state.get(f"{key}.came") or ()),
        start=start,
        end=end,
        households=None if households is None else int(households),
        note=str(state.get(f"{key}.note") or ""),
    )


def away(plan: Plan) -> None:
    """Somebody of the team is away for days, for those who may change free time."""
    if not actor().may(Action.EDIT_VOLUNTEER):
        return
    key, today = "rotas.away", county_today(datetime.now(UTC))
    with st.popover(t("rotas.act.away"), icon=":material/beach_access:", key=f"{key}.open"):
        st.caption(t("rotas.away_lead"))
        names = dict(ask(rota_choices.members, team_id=plan.team_id, today=today))
        st.selectbox(
            t("rotas.away_who"), list(names), index=None, format_func=names.__getitem__, key=f"{key}.who", width=320
        )
        for field in ("first", "last"):
            st.date_input(t(f"rotas.away_{field}"), value=today, key=f"{key}.{field}", format="YYYY-MM-DD")
        st.text_input(t("needs.act.reason"), key=f"{key}.reason", max_chars=100)
        st.button(
            t("series.act.do"),
            key=key,
            type="primary",
            disabled=st.session_state.get(f"{key}.who") is None,
            on_click=_went,
            args=(key, act_key(key)),
        )


def _went(key: str, deed_key: str) -> None:
    state = st.session_state
    act(
        rota_duties.set_away,
        key=deed_key,
        done="rotas.done.away",
        volunteer_id=state[f"{key}.who"],
        first=state[f"{key}.first"],
        last=state[f"{key}.last"],
        reason=str(state.get(f"{key}.reason") or ""),
    )
