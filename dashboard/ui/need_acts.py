"""What can be done with a need as a whole, by its state and the reader's right."""

from datetime import UTC, date, datetime, time, timedelta

import streamlit as st

from dashboard.core.deadlines import COUNTY_TIME
from dashboard.core.needs import EDITABLE, REOPENABLE, TAKES_PEOPLE
from dashboard.core.permissions import Action, Actor
from dashboard.core.words import NeedState, Outcome
from dashboard.services import needs, service_records
from dashboard.services.need_card import NeedCard
from dashboard.ui import need_form, need_links
from dashboard.ui.act import act, act_key
from dashboard.ui.deeds import deed, with_reason
from dashboard.ui.session import t

N = NeedState


def next_steps(who: Actor, need: NeedCard) -> None:
    """The buttons, the likely next step first."""
    edits, records = who.may(Action.EDIT_NEED), who.may(Action.RECORD_SERVICE)
    state = N(need.state)
    with st.container(horizontal=True, key="needs.steps"):
        if state in TAKES_PEOPLE and need.open_seats and who.may(Action.SEE_MATCH):
            need_links.go("match", need.id, t("needs.card.match"), icon=":material/person_search:", kind="primary")
        if edits and state is N.TO_VERIFY:
            _plain(need, "verify", needs.verify, "needs.opened", ":material/verified:", main=True)
        if edits and state is N.DRAFT:
            _plain(need, "hand_in", needs.hand_in, "needs.saved", ":material/send:", main=True)
        if records and state is N.DONE:
            _plain(need, "confirm", service_records.confirm, "dispatches.confirmed", ":material/how_to_reg:", main=True)
        if records and state in (N.CONFIRMED, N.CLOSED) and (need.rating is None or need.rating.answered_at is None):
            _rate(need)
        if edits and state in (N.CONFIRMED, N.RATED):
            _plain(need, "close", needs.close, "needs.closed", ":material/done_all:")
        if edits and state in EDITABLE:
            st.button(
                t("needs.act.edit"),
                key=f"needs.edit.{need.id}",
                icon=":material/edit:",
                on_click=need_form.open_for,
                args=(need,),
            )
        if edits and state in (N.DRAFT, N.TO_VERIFY, N.OPEN):
            _why(need, "cancel", needs.cancel, "needs.cancelled", ":material/cancel:")
        if edits and state in (N.TO_VERIFY, N.OPEN):
            _why(need, "unmet", needs.unmet, "needs.unmet_noted", ":material/sentiment_dissatisfied:")
        if edits and state is N.OPEN and len(need.spans) == 1:
            need_links.to_rounds(need.code)
        if edits and state in REOPENABLE:
            _reopen(need)
        if need.lon is not None and who.may(Action.SEE_MAP):
            need_links.to_map(need.id)


def _plain(need: NeedCard, name: str, command: object, done: str, icon: str, *, main: bool = False) -> None:
    deed(
        t(f"needs.act.{name}"),
        command,  # type: ignore[arg-type]
        key=f"needs.{name}.{need.id}",
        done=done,
        icon=icon,
        kind="primary" if main else "secondary",
        need_id=need.id,
    )


def _why(need: NeedCard, name: str, command: object, done: str, icon: str) -> None:
    with_reason(
        t(f"needs.act.{name}"),
        command,  # type: ignore[arg-type]
        key=f"needs.{name}.{need.id}",
        done=done,
        icon=icon,
        need_id=need.id,
    )


def _rate(need: NeedCard) -> None:
    key = f"needs.rate.{need.id}"
    with st.popover(t("needs.act.rate"), icon=":material/star:", key=f"{key}.open"):
        st.segmented_control(
            t("needs.act.outcome"),
            list(Outcome),
            default=Outcome.DONE,
            required=True,
            format_func=lambda outcome: t(f"words.outcome.{outcome}"),
            key=f"{key}.outcome",
        )
        st.segmented_control(t("needs.act.score"), [1, 2, 3, 4, 5], default=None, key=f"{key}.score")
        st.text_area(t("needs.act.words"), key=f"{key}.words", max_chars=500, height=80)
        st.button(t("needs.act.do"), key=key, type="primary", on_click=_rated, args=(need.id, key, act_key(key)))


def _rated(need_id: int, key: str, deed_key: str) -> None:
    act(
        service_records.rate,
        key=deed_key,
        done="dispatches.rated",
        need_id=need_id,
        score=st.session_state.get(f"{key}.score"),
        outcome=Outcome(st.session_state.get(f"{key}.outcome") or Outcome.DONE),
        words=str(st.session_state.get(f"{key}.words", "")),
    )


def _reopen(need: NeedCard) -> None:
    """Why, how many people more, and when."""
    key = f"needs.reopen.{need.id}"
    tomorrow = (datetime.now(UTC).astimezone(COUNTY_TIME) + timedelta(days=1)).date()
    with st.popover(t("needs.act.reopen"), icon=":material/restart_alt:", key=f"{key}.open"):
        st.text_input(t("needs.act.reason"), key=f"{key}.reason", max_chars=200)
        if not need.open_seats:
            st.number_input(t("needs.act.people_more"), 1, 50, 1, key=f"{key}.people")
        day, first, last = st.columns([2, 1, 1])
        day.date_input(t("needs.act.day"), value=tomorrow, key=f"{key}.day", format="YYYY-MM-DD")
        first.time_input(t("needs.act.from"), value=time(9), key=f"{key}.from", step=timedelta(minutes=30))
        last.time_input(t("needs.act.to"), value=time(11), key=f"{key}.to", step=timedelta(minutes=30))
        st.button(t("needs.act.do"), key=key, type="primary", on_click=_reopened, args=(need.id, key, act_key(key)))


def _reopened(need_id: int, key: str, deed_key: str) -> None:
    day, first, last = (st.session_state.get(f"{key}.{name}") for name in ("day", "from", "to"))
    intervals = ()
    if isinstance(day, date) and isinstance(first, time) and isinstance(last, time):
        intervals = (tuple(datetime.combine(day, clock, COUNTY_TIME) for clock in (first, last)),)  # type: ignore[assignment]
    act(
        needs.reopen,
        key=deed_key,
        done="needs.reopened",
        need_id=need_id,
        reason=str(st.session_state.get(f"{key}.reason", "")),
        people=st.session_state.get(f"{key}.people"),
        intervals=intervals,
    )
