"""Editing a volunteer: small forms in popovers; each save is one command on the version that was shown.

Callbacks read the widgets when they run: values bound when a button was drawn could be a keystroke old.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.core.availability import MOST_A_DAY, MOST_A_WEEK, MOST_M, Weekly
from dashboard.core.errors import Invalid
from dashboard.core.figures import county_today, day_span
from dashboard.core.words import Channel, Consent, VolunteerStatus
from dashboard.services import volunteer_edits
from dashboard.services.volunteer_profile import Profile
from dashboard.ui import show
from dashboard.ui.act import act, notify
from dashboard.ui.session import language, t

_EDITOR, _KNOWN = "volunteers.spans", "volunteers.known"
_SAVED = "volunteers.saved"


def free_time(found: Profile) -> None:
    """The weekly spans as a small table to change, and whether they are known at all."""
    with st.popover(t("volunteers.edit_free"), icon=":material/edit_calendar:", key="volunteers.edit_free"):
        version = f".{found.id}.{found.version}"
        known = st.toggle(t("volunteers.free_is_known"), value=found.availability_known, key=_KNOWN + version)
        days = [show.weekday(language(), day) for day in range(7)]
        base = [(days[s.weekday], show.minute_of_day(s.start), show.minute_of_day(s.end)) for s in found.free]
        if known:
            st.caption(t("volunteers.edit_free_help"))
            st.data_editor(
                pd.DataFrame(base, columns=["day", "start", "end"]),
                num_rows="dynamic",
                hide_index=True,
                key=_EDITOR + version,
                column_config=_columns(days, {clock for span in base for clock in span[1:]}),
            )
        args = (found.id, found.version, tuple(base))
        st.button(t("volunteers.save"), key="volunteers.save_free", type="primary", on_click=_save_free, args=args)


def _columns(days: list[str], used: set[str]) -> dict[str, Any]:
    clocks = sorted({show.minute_of_day(minute) for minute in range(0, 1441, 30)} | used)
    choice = st.column_config.SelectboxColumn
    return {
        "day": choice(t("volunteers.weekday"), options=days, required=True),
        "start": choice(t("volunteers.from"), options=clocks, required=True),
        "end": choice(t("volunteers.to"), options=clocks, required=True),
    }


def _save_free(volunteer_id: int, version: int, base: Sequence[tuple[str, str, str]]) -> None:
    slot = f".{volunteer_id}.{version}"
    known = bool(st.session_state.get(_KNOWN + slot))
    changes = st.session_state.get(_EDITOR + slot) or {}
    try:
        spans = _spans(edited(base, changes)) if known else ()
    except Invalid as error:
        notify("error", error.key, **error.values)
        return
    act(
        volunteer_edits.set_availability,
        done=_SAVED,
        volunteer_id=volunteer_id,
        version=version,
        spans=spans,
        known=known,
    )


def edited(base: Sequence[tuple[str, str, str]], changes: Mapping[str, Any]) -> list[tuple[Any, Any, Any]]:
    """The rows of the table after the browser's changes, whatever they may say; checked afterwards."""
    fields = ("day", "start", "end")
    rows = [dict(zip(fields, row, strict=True)) for row in base]
    for number, values in (changes.get("edited_rows") or {}).items():
        if int(number) < len(rows):
            rows[int(number)].update(values)
    deleted = set(changes.get("deleted_rows") or [])
    rows = [row for number, row in enumerate(rows) if number not in deleted]
    rows += [dict(row) for row in changes.get("added_rows") or []]
    return [tuple(row.get(field) for field in fields) for row in rows]  # type: ignore[misc]


def _spans(rows: list[tuple[Any, Any, Any]]) -> tuple[Weekly, ...]:
    days = [show.weekday(language(), day) for day in range(7)]
    return tuple((_weekday(day, days), _minute(start), _minute(end)) for day, start, end in rows)


def _weekday(word: Any, days: list[str]) -> int:
    if word not in days:
        raise Invalid("volunteers.bad_weekday", weekday=word)
    return days.index(word)


def _minute(word: Any) -> int:
    """Minutes from midnight of "08:30". Raises Invalid."""
    hour, _, minute = str(word).partition(":")
    if not (hour.isascii() and hour.isdigit() and minute.isascii() and minute.isdigit() and int(minute) < 60):
        raise Invalid("volunteers.bad_span", start=word, end=show.DASH)
    return int(hour) * 60 + int(minute)


def leave(found: Profile, today: date) -> None:
    """Enter whole days away."""
    with st.popover(t("volunteers.add_leave"), icon=":material/event_busy:", key="volunteers.add_leave"):
        for which in ("first", "last"):
            key = f"volunteers.leave_{which}"
            st.date_input(t(key), value=today, key=key, format="YYYY-MM-DD")
        st.text_input(t("volunteers.leave_reason"), key="volunteers.leave_reason", max_chars=100)
        args = (found.id, found.version)
        st.button(t("volunteers.save"), key="volunteers.save_leave", type="primary", on_click=_save_leave, args=args)


def _save_leave(volunteer_id: int, version: int) -> None:
    first, last = (st.session_state.get(f"volunteers.leave_{which}") for which in ("first", "last"))
    if not isinstance(first, date) or not isinstance(last, date):
        notify("error", "volunteers.leave_ends_first")
        return
    act(
        volunteer_edits.add_leave,
        done="volunteers.leave_saved",
        volunteer_id=volunteer_id,
        version=version,
        start=day_span(first)[0],
        end=day_span(last)[1],
        reason=st.session_state.get("volunteers.leave_reason", ""),
    )


def leave_off(found: Profile, leave_id: int) -> None:
    """The button that takes a leave off."""
    st.button(
        t("volunteers.leave_off"),
        key=f"volunteers.leave_off.{leave_id}",
        type="tertiary",
        on_click=act,
        args=(volunteer_edits.cancel_leave,),
        kwargs={"done": _SAVED, "volunteer_id": found.id, "version": found.version, "leave_id": leave_id},
    )


def whole_days(start: datetime, end: datetime) -> tuple[date, date]:
    """First and last county day of a half-open span."""
    return county_today(start), county_today(end - timedelta(microseconds=1))


def caps(found: Profile) -> None:
    """How much may be asked, and whether she takes part at all."""
    with st.popover(t("volunteers.edit_caps"), icon=":material/tune:", key="volunteers.edit_caps"):
        slot = f".{found.id}.{found.version}"
        st.number_input(t("volunteers.cap_day"), 0, MOST_A_DAY, found.cap_day, key="volunteers.cap_day" + slot)
        st.number_input(t("volunteers.cap_week"), 0, MOST_A_WEEK, found.cap_week, key="volunteers.cap_week" + slot)
        far, most = found.max_distance_m / 1000, MOST_M / 1000
        st.number_input(t("volunteers.distance_km"), 0.1, most, far, step=0.5, key="volunteers.distance" + slot)
        args = (found.id, found.version)
        st.button(t("volunteers.save"), key="volunteers.save_caps", type="primary", on_click=_save_caps, args=args)
        names = {status: t(f"words.volunteer_status.{status}") for status in VolunteerStatus}
        st.selectbox(
            t("volunteers.status"),
            list(names),
            index=list(names).index(found.status),
            format_func=names.__getitem__,
            key="volunteers.new_status" + slot,
        )
        st.button(t("volunteers.save_status"), key="volunteers.save_status", on_click=_save_status, args=args)


def _save_caps(volunteer_id: int, version: int) -> None:
    slot = f".{volunteer_id}.{version}"
    act(
        volunteer_edits.set_caps,
        done=_SAVED,
        volunteer_id=volunteer_id,
        version=version,
        cap_day=int(st.session_state["volunteers.cap_day" + slot]),
        cap_week=int(st.session_state["volunteers.cap_week" + slot]),
        max_distance_m=round(st.session_state["volunteers.distance" + slot] * 1000),
    )


def _save_status(volunteer_id: int, version: int) -> None:
    status = st.session_state[f"volunteers.new_status.{volunteer_id}.{version}"]
    act(volunteer_edits.set_status, done=_SAVED, volunteer_id=volunteer_id, version=version, status=status)


def consent(found: Profile) -> None:
    """What she said about being registered, and how we heard it."""
    with st.popover(t("volunteers.edit_consent"), icon=":material/handshake:", key="volunteers.edit_consent"):
        slot = f".{found.id}.{found.version}"
        words = {answer: t(f"words.consent.{answer}") for answer in Consent}
        channels = {channel: t(f"words.channel.{channel}") for channel in Channel}
        st.selectbox(
            t("volunteers.consent"),
            list(words),
            index=list(words).index(found.consent),
            format_func=words.__getitem__,
            key="volunteers.consent" + slot,
        )
        st.selectbox(
            t("volunteers.heard_by"),
            list(channels),
            format_func=channels.__getitem__,
            key="volunteers.heard" + slot,
        )
        args = (found.id, found.version)
        label = t("volunteers.save")
        st.button(label, key="volunteers.save_consent", type="primary", on_click=_save_consent, args=args)


def _save_consent(volunteer_id: int, version: int) -> None:
    slot = f".{volunteer_id}.{version}"
    act(
        volunteer_edits.set_consent,
        done=_SAVED,
        volunteer_id=volunteer_id,
        version=version,
        consent=st.session_state["volunteers.consent" + slot],
        channel=st.session_state["volunteers.heard" + slot],
    )
