"""The list of odd entries: why each is listed, and what somebody found who looked at it."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.core import odd_hours as limits
from dashboard.core.odd_hours import Finding, Odd
from dashboard.services import hour_reports, odd_hours
from dashboard.services.hour_reports import Entry
from dashboard.services.odd_hours import Listed, Screen
from dashboard.ui import show
from dashboard.ui.act import act, act_key
from dashboard.ui.ask import ask
from dashboard.ui.hours_parts import Days
from dashboard.ui.session import language, t

#: Entries on one page of the list.
PAGE = 50
_PAGE, _REASON, _TOO = "hours.odd.page", "hours.odd.reason", "hours.odd.too"


def odd(span: Days) -> None:
    """The list, a page at a time, and the form to mark what was ticked."""
    screen = ask(odd_hours.screen, first=span[0], last=span[1])
    waiting = sum(1 for one in screen.listed if one.look is None)
    shown = language()
    st.markdown(t("hours.screened", looked_at=show.number(shown, screen.looked_at), listed=show.number(shown, waiting)))
    st.caption(
        t(
            "hours.limits",
            near=limits.NEAR_M // 1000,
            speed=limits.FASTEST_KMH,
            rows=limits.BULK_ROWS,
            minutes=limits.BULK_MINUTES,
            days=limits.BULK_DAYS,
            hours=limits.DAY_MINUTES // 60,
        )
    )
    found = _filtered(screen)
    if not found:
        st.info(t("hours.none_odd"), icon=":material/task_alt:")
        return
    page = _page(found)
    ids = tuple(sorted({one.finding.id for one in page}))
    entries = ask(hour_reports.entries, ids=ids, language=shown)
    page = [one for one in page if one.finding.id in entries]
    picked: Any = st.dataframe(
        pd.DataFrame([_line(one, entries[one.finding.id]) for one in page]),
        hide_index=True,
        key="hours.odd.table",
        height="content",
        on_select="rerun",
        selection_mode="multi-row",
    )
    rows = [page[row] for row in picked["selection"]["rows"] if row < len(page) and page[row].look is None]
    _mark(tuple((one.finding.id, str(one.finding.reason)) for one in rows))


def _filtered(screen: Screen) -> list[Listed]:
    names = {"": t("hours.any_reason")} | {
        str(reason): f"{t(f'hours.odd.{reason}')} · {screen.count(reason)}" for reason in Odd
    }
    with st.container(horizontal=True, vertical_alignment="bottom"):
        reason = st.selectbox(
            t("hours.column.reason"),
            list(names),
            format_func=names.__getitem__,
            key=_REASON,
            on_change=_first_page,
            width=260,
        )
        too = st.checkbox(t("hours.with_looked_at"), key=_TOO, on_change=_first_page)
    return [
        one for one in screen.listed if (too or one.look is None) and (not reason or one.finding.reason == Odd(reason))
    ]


def _page(found: list[Listed]) -> list[Listed]:
    pages = -(-len(found) // PAGE)
    if pages > 1:
        st.pagination(pages, key=_PAGE)
    number = min(int(st.session_state.get(_PAGE) or 1), pages)
    return found[(number - 1) * PAGE : number * PAGE]


def _first_page() -> None:
    st.session_state[_PAGE] = 1


def _line(one: Listed, row: Entry) -> dict[str, object]:
    shown = language()
    look = one.look and t("hours.looked_by", by=one.look.by, at=show.date(shown, one.look.at), reason=one.look.reason)
    return {
        t("hours.column.reason"): t(f"hours.odd.{one.finding.reason}"),
        t("hours.column.detail"): said(one.finding),
        t("hours.column.volunteer"): row.volunteer,
        t("hours.column.time"): show.span(shown, row.start, row.end),
        t("hours.column.grade"): str(row.grade),
        t("hours.column.content"): " ".join(part for part in (row.content, row.order) if part),
        t("hours.column.place"): row.place,
        t("hours.column.recorded"): f"{show.datetime_(shown, row.recorded_at)} {row.recorded_by}",
        t("hours.column.look"): look or "",
        "#": one.finding.id,
    }


def said(found: Finding) -> str:
    """What was found, with its numbers."""
    key = f"hours.found.{found.reason}"
    if found.reason is Odd.TRAVEL and found.kmh is None:
        key = "hours.found.travel_at_once"
    return t(
        key,
        other=found.other,
        minutes=found.minutes,
        distance=show.distance(language(), found.metres),
        speed=found.kmh,
        rows=found.rows,
        days=found.days,
        day=show.date(language(), found.day),
    )


def _mark(chosen: tuple[tuple[int, str], ...]) -> None:
    if not chosen:
        st.caption(t("hours.pick"))
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(t("hours.mark_reason"), key="hours.odd.why", max_chars=200)
        st.button(
            f"{t('hours.mark')} · {len(chosen)}",
            key="hours.odd.mark",
            type="primary",
            on_click=_marked,
            args=(chosen, act_key("hours.odd.mark")),
        )


def _marked(chosen: tuple[tuple[int, str], ...], key: str) -> None:
    why = str(st.session_state.get("hours.odd.why", ""))
    act(odd_hours.mark_looked_at, key=key, done="hours.marked", entries=chosen, reason=why)
