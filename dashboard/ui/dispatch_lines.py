"""The people sent to a need, each with the steps a coordinator records by phone."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import streamlit as st

from dashboard.core.deadlines import COUNTY_TIME
from dashboard.core.needs import UNDO
from dashboard.core.permissions import Action, Actor
from dashboard.core.words import HOLDS_SEAT, DispatchState, Grade
from dashboard.services import dispatches, service_records
from dashboard.services.matches import Ranked
from dashboard.services.need_card import NeedCard, Sent
from dashboard.text import known
from dashboard.ui import hand_over_lines, link_buttons, show
from dashboard.ui.act import act, act_key, notify
from dashboard.ui.deeds import deed, with_reason
from dashboard.ui.plain import plain
from dashboard.ui.session import language, t

COLOURS = {"offered": "orange", "accepted": "blue", "in_service": "violet", "done": "green", "confirmed": "green"}
D = DispatchState


def sent(who: Actor, need: NeedCard, ranked: Ranked | None = None) -> None:
    """Everybody sent, those who hold a seat first; each with the next step. `ranked`: who could take an order over."""
    st.markdown(f"**{t('needs.card.sent')}**")
    if not need.sent:
        st.caption(t("needs.card.nobody_sent"))
    for one in sorted(need.sent, key=lambda one: (one.state not in HOLDS_SEAT, one.start, one.id)):
        with st.container(border=one.state in HOLDS_SEAT, key=f"dispatches.line.{one.id}"):
            _head(need, one)
            _steps(who, need, one, ranked)


def _head(need: NeedCard, one: Sent) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain(one.volunteer)}** {show.span(language(), one.start, one.end)}")
        st.badge(t(f"words.dispatch_state.{one.state}"), color=COLOURS.get(one.state, "gray"))  # type: ignore[arg-type]
    said = [t("dispatches.by", who=one.by, when=show.datetime_(language(), one.offered_at))]
    if one.distance_m is not None:
        said.append(show.distance(language(), one.distance_m))
    if one.state == D.OFFERED and one.expires_at is not None:
        now = datetime.now(UTC)
        when = show.until(language(), one.expires_at, now)
        said.append(t("dispatches.no_answer" if one.expires_at <= now else "dispatches.answer_by", when=when))
    if passed := hand_over_lines.beside(need, one):
        said.append(passed)
    if one.reason:
        said.append(t(one.reason) if known(one.reason) else one.reason)
    st.caption(plain(" · ".join(said), 300))


def _steps(who: Actor, need: NeedCard, one: Sent, ranked: Ranked | None) -> None:
    """The steps that are legal now and within the reader's right."""
    records, sends = who.may(Action.RECORD_SERVICE), who.may(Action.DISPATCH)
    state = D(one.state)
    with st.container(horizontal=True, key=f"dispatches.steps.{one.id}"):
        if records and state is D.OFFERED:
            _step(one, "accept", dispatches.accept, "accepted", ":material/check:", main=True)
            _why(one, "decline", dispatches.decline, "declined", ":material/call_end:")
            if one.expires_at is not None and one.expires_at <= datetime.now(UTC):
                _step(one, "expire", dispatches.expire, "expired", ":material/timer_off:")
        if records and state is D.ACCEPTED:
            _step(one, "start", dispatches.start, "started", ":material/play_arrow:")
        if records and state in (D.ACCEPTED, D.IN_SERVICE):
            _served(one)
        hand_over_lines.order(who, need, one, ranked)
        if who.may(Action.UNDO) and state in UNDO:
            _step(one, "undo", dispatches.undo, "undone", ":material/undo:")
        if sends and state in UNDO:
            _why(one, "cancel", dispatches.cancel, "cancelled", ":material/person_remove:")
        if state in HOLDS_SEAT and state is not D.CONFIRMED:
            link_buttons.for_volunteer(who, need, one)


def _step(one: Sent, name: str, command: object, done: str, icon: str, *, main: bool = False) -> None:
    deed(
        t(f"dispatches.act.{name}"),
        command,  # type: ignore[arg-type]
        key=f"dispatches.{name}.{one.id}",
        done=f"dispatches.{done}",
        icon=icon,
        kind="primary" if main else "secondary",
        dispatch_id=one.id,
    )


def _why(one: Sent, name: str, command: object, done: str, icon: str) -> None:
    with_reason(
        t(f"dispatches.act.{name}"),
        command,  # type: ignore[arg-type]
        key=f"dispatches.{name}.{one.id}",
        done=f"dispatches.{done}",
        icon=icon,
        dispatch_id=one.id,
    )


def _served(one: Sent) -> None:
    """The service as told by phone: day, from, to, break and how it was proved."""
    key = f"dispatches.served.{one.id}"
    begin, end = (moment.astimezone(COUNTY_TIME) for moment in (one.start, one.end))
    with st.popover(t("dispatches.act.served"), icon=":material/task_alt:", key=f"{key}.open"):
        st.date_input(t("needs.act.day"), value=begin.date(), key=f"{key}.day", format="YYYY-MM-DD")
        first, last, pause = st.columns(3)
        first.time_input(t("needs.act.from"), value=begin.time(), key=f"{key}.from", step=timedelta(minutes=15))
        last.time_input(t("needs.act.to"), value=end.time(), key=f"{key}.to", step=timedelta(minutes=15))
        pause.number_input(t("dispatches.break"), 0, 600, 0, 5, key=f"{key}.break")
        st.selectbox(
            t("dispatches.grade"),
            [Grade.C, Grade.B, Grade.A],
            format_func=lambda grade: t(f"words.grade.{grade}"),
            key=f"{key}.grade",
        )
        st.button(t("needs.act.do"), key=key, type="primary", on_click=_record, args=(one.id, key, act_key(key)))


def _record(dispatch_id: int, key: str, deed_key: str) -> None:
    day, first, last = (st.session_state.get(f"{key}.{name}") for name in ("day", "from", "to"))
    if not (isinstance(day, date) and isinstance(first, time) and isinstance(last, time)):
        notify("error", "dispatches.no_hours")
        return
    begin = datetime.combine(day, first, COUNTY_TIME)
    end = datetime.combine(day, last, COUNTY_TIME)
    act(
        service_records.record_service,
        key=deed_key,
        done=_noted,
        dispatch_id=dispatch_id,
        start=begin,
        # A service over midnight ends on the next day.
        end=end if end > begin else end + timedelta(days=1),
        break_minutes=int(st.session_state.get(f"{key}.break", 0)),
        grade=Grade(st.session_state.get(f"{key}.grade", Grade.C)),
    )


def _noted(result: dict[str, Any]) -> tuple[str, str]:
    """Hours on record; or held, because she signed in at other times; or none, because she did not agree."""
    if not result["hours_kept"]:
        return "warning", "dispatches.served_without_hours"
    return ("warning", "dispatches.served_held") if result["held"] else ("success", "dispatches.served_noted")
