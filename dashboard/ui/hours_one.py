"""One volunteer's hours: who, what she gave, and the certificates issued of it."""

from typing import Any, Literal

import pandas as pd
import streamlit as st

from dashboard.core.permissions import Action, Actor
from dashboard.services import certificates_of_service as certificates
from dashboard.services import held_hours, hour_reports, volunteers
from dashboard.services.certificates_of_service import Certified, State
from dashboard.services.held_hours import LONGEST
from dashboard.services.hour_reports import Entry
from dashboard.services.volunteers import Wanted
from dashboard.ui import hours_sheet, show, star_lines
from dashboard.ui.act import act, act_key
from dashboard.ui.ask import ask
from dashboard.ui.hours_parts import Days, by_grade
from dashboard.ui.plain import plain
from dashboard.ui.session import language, t
from dashboard.ui.team_views import today

WHO = "hours.one"
#: Names offered for what was typed.
OFFERED = 20
_COLOURS: dict[State, Literal["green", "orange", "grey"]] = {
    State.VALID: "green",
    State.CHANGED: "orange",
    State.REVOKED: "grey",
}


def one(who: Actor, span: Days) -> None:
    """Find her, then her report and certificates."""
    chosen = _chosen()
    if chosen is None:
        return
    report = ask(hour_reports.report, volunteer_id=chosen, first=span[0], last=span[1], language=language())
    st.subheader(plain(f"{report.name} · {report.code}"), anchor=False)
    if report.stars and (report.stars.stars or report.stars.badges):
        st.caption(plain(star_lines.told(report.stars)))
    if not report.rows:
        st.info(t("hours.no_services"), icon=":material/event_busy:")
    else:
        by_grade(report.totals, key="hours.one.totals", people=False)
        st.markdown(f"**{t('hours.total_services', count=len(report.rows))}**")
        lines = [line(row) for row in report.rows]
        st.dataframe(pd.DataFrame(lines), hide_index=True, key="hours.one.rows")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            if who.may(Action.EDIT_VOLUNTEER):
                _issue(chosen, span)
            if who.may(Action.RECORD_SERVICE):
                _correct(report.rows)
    _issued(who, chosen)


def _chosen() -> int | None:
    words = st.text_input(t("hours.who"), key="hours.one.words", max_chars=60, persist_state="session", width=420)
    if not words.strip():
        return None
    wanted = Wanted(words=words, status=None)
    found = ask(volunteers.search, wanted=wanted, today=today(), language=language(), page=0, size=OFFERED)
    if not found.rows:
        st.info(t("hours.nobody_found"), icon=":material/person_search:")
        return None
    names = {row.id: f"{row.name} · {row.code}" for row in found.rows}
    if st.session_state.get(WHO) not in names:
        st.session_state[WHO] = next(iter(names))
    chosen = st.selectbox(
        t("hours.choose"), list(names), format_func=names.__getitem__, key=WHO, width=420, persist_state="session"
    )
    if found.total > len(found.rows):
        st.caption(t("hours.more_found"))
    return None if chosen is None else int(chosen)


def line(row: Entry) -> dict[str, Any]:
    """A service as the report lists it."""
    shown = language()
    return {
        t("hours.column.time"): f"{show.date(shown, row.start)} {show.clock(row.start)}–{show.clock(row.end)}",
        t("hours.column.place"): row.place,
        t("hours.column.content"): " ".join(part for part in (row.content, row.order) if part),
        t("hours.column.break"): row.break_minutes,
        t("hours.column.minutes"): row.minutes,
        t("hours.column.grade"): str(row.grade),
        t("hours.column.recorded"): f"{show.date(shown, row.recorded_at)} {row.recorded_by}",
    }


def _issue(volunteer_id: int, span: Days) -> None:
    st.text_input(t("hours.issue_reason"), key="hours.issue.why", max_chars=200, width=320)
    st.button(
        t("hours.issue"),
        key="hours.issue",
        type="primary",
        icon=":material/workspace_premium:",
        on_click=_do_issue,
        args=(volunteer_id, span, act_key("hours.issue")),
    )


def _do_issue(volunteer_id: int, span: Days, key: str) -> None:
    why = str(st.session_state.get("hours.issue.why", ""))
    values: dict[str, Any] = {"volunteer_id": volunteer_id, "first": span[0], "last": span[1], "reason": why}
    act(certificates.issue, key=key, done="hours.issued", **values)


def _correct(rows: tuple[Entry, ...]) -> None:
    """What she says is wrong with the hours of an order; those of an activity are not offered."""
    names = {
        row.id: f"{show.date(language(), row.start)} {show.clock(row.start)} {row.order}" for row in rows if row.order
    }
    if not names:
        return
    with st.popover(t("held.ask"), key="hours.correct.open", icon=":material/edit_note:"):
        st.caption(t("held.ask_lead"))
        if st.session_state.get("hours.correct.which") not in names:
            st.session_state["hours.correct.which"] = next(iter(names))
        st.selectbox(t("held.which"), list(names), format_func=names.__getitem__, key="hours.correct.which")
        st.text_input(t("held.ask_words"), key="hours.correct.words", max_chars=LONGEST)
        st.button(
            t("held.ask_send"),
            key="hours.correct",
            type="primary",
            on_click=_do_correct,
            args=(act_key("hours.correct"),),
        )


def _do_correct(key: str) -> None:
    state = st.session_state
    values: dict[str, Any] = {
        "service_id": int(state["hours.correct.which"]),
        "words": str(state.get("hours.correct.words", "")),
    }
    act(held_hours.ask_correction, key=key, done="held.asked_now", **values)


def _issued(who: Actor, volunteer_id: int) -> None:
    found = ask(certificates.issued, volunteer_id=volunteer_id)
    if not found:
        return
    st.markdown(f"**{t('hours.certificates')}**")
    for certified in found:
        _certificate(who, certified)


def _certificate(who: Actor, found: Certified) -> None:
    shown = language()
    with st.container(horizontal=True, vertical_alignment="center", key=f"hours.certificate.{found.id}"):
        st.badge(t(f"hours.state.{found.state}"), color=_COLOURS[found.state])
        dates = {"first": show.date(shown, found.first), "last": show.date(shown, found.last)}
        at = show.date(shown, found.issued_at)
        st.text(t("hours.certificate_line", code=found.code, issued_at=at, by=found.issued_by, **dates))
        if found.state is State.VALID:
            st.button(
                t("hours.print"),
                key=f"hours.print.{found.id}",
                icon=":material/print:",
                type="tertiary",
                on_click=hours_sheet.open_sheet,
                args=(found.id,),
            )
        if found.state is not State.REVOKED and who.may(Action.EDIT_VOLUNTEER):
            _revoke(found)


def _revoke(found: Certified) -> None:
    name = f"hours.revoke.{found.id}"
    with st.popover(t("hours.revoke"), key=f"{name}.open"):
        st.text_input(t("hours.revoke_reason"), key=f"{name}.why", max_chars=200)
        st.button(t("hours.revoke"), key=name, on_click=_do_revoke, args=(found.id, act_key(name)))


def _do_revoke(certificate_id: int, key: str) -> None:
    why = str(st.session_state.get(f"hours.revoke.{certificate_id}.why", ""))
    act(certificates.revoke, key=key, done="hours.revoked_done", certificate_id=certificate_id, reason=why)
