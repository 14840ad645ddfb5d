"""Match all: solve for the filter's needs, read the plan as numbers, table and lines, change it, dispatch the lot."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.core.filters import Filters
from dashboard.services import match_plan
from dashboard.services.match_plan import EmptySeats, PlanRow, PlanView
from dashboard.text import known
from dashboard.ui import match_draft as draft
from dashboard.ui import match_one, show
from dashboard.ui.ask import ask
from dashboard.ui.map_view import Layers, Link, Mark, show_map
from dashboard.ui.plain import plain
from dashboard.ui.session import language, t

PAGE = 50
#: So many lines a map can still be read with.
MOST_LINES = 400
#: An older plan is better made anew.
FRESH = timedelta(minutes=30)


def panel(filters: Filters) -> None:
    """The whole of it."""
    needs = ask(match_plan.open_count, filters=filters)
    at = draft.solved_at()
    with st.container(horizontal=True, vertical_alignment="center", key="match.solve_row"):
        st.markdown(t("matches.set", needs=show.number(language(), needs)))
        st.button(
            t("matches.solve" if at is None else "matches.solve_again"),
            key="match.solve",
            type="primary" if at is None else "secondary",
            icon=":material/hub:",
            disabled=not needs,
            on_click=draft.solve,
        )
        if at is not None:
            st.button(t("matches.drop_plan"), key="match.drop", type="tertiary", on_click=draft.drop)
    _refused()
    if at is None:
        return
    with st.spinner(t("matches.solving", needs=needs)):
        found = draft.plan(filters, at)
    if not found.seats:
        st.info(t("matches.nothing_open"), icon=":material/task_alt:")
        return
    _numbers(found, at)
    left, right = st.columns([6, 5], gap="medium")
    with left:
        _table(found)
    with right:
        _map(found)
        _unmet(found)


def _numbers(found: PlanView, at: datetime) -> None:
    """What the plan reaches, how that compares with the simple way, and what it rests on."""
    said = language()
    with st.container(horizontal=True, gap="medium"):
        seats = t("matches.filled_of", filled=show.number(said, len(found.rows)), seats=show.number(said, found.seats))
        st.metric(t("matches.filled"), seats)
        urgent = t("matches.empty_urgent", count=found.empty[0])
        st.metric(t("matches.empty"), show.number(said, sum(found.empty)), urgent, delta_color="off", delta_arrow="off")
        people = t("matches.people", count=show.number(said, found.people))
        st.metric(t("matches.pairs"), show.number(said, found.pairs), people, delta_color="off", delta_arrow="off")
    st.markdown(compared(found))
    notes = [t("matches.exact")]
    if found.timed_needs:
        notes.append(t("matches.timed", count=found.timed_needs))
    st.caption(" ".join(notes))
    if datetime.now(UTC) - at > FRESH:
        age = show.length(said, datetime.now(UTC) - at)
        st.warning(t("matches.stale", age=age), icon=":material/update:")
    for role_id, volunteer_id, reason in found.refused_pins:
        _refused_pin(role_id, volunteer_id, reason)


def compared(found: PlanView) -> str:
    """What "most urgent first, best free person" would reach, honestly."""
    if found.greedy_as_good:
        return t("matches.greedy_same")
    more = sum(found.greedy_empty) - sum(found.empty)
    if more:
        return t("matches.greedy_seats", seats=more)
    urgent = found.greedy_empty[0] - found.empty[0]
    if urgent > 0:
        return t("matches.greedy_urgent", seats=urgent)
    points = found.greedy_lost - found.lost
    reached = sum(row.score for row in found.rows)
    share = show.percent(language(), points / reached if reached else 0, 2)
    return t("matches.greedy_score", points=show.number(language(), points), percent=share)


def _refused_pin(role_id: int, volunteer_id: int, reason: str) -> None:
    own = f"matches.pin_{reason}"
    said = t(own) if known(own) else t(f"match_rules.cause_{reason}")
    st.warning(t("matches.refused_pin", volunteer=volunteer_id, need=role_id, reason=said), icon=":material/push_pin:")


def _table(found: PlanView) -> None:
    """The rows of the plan, a page at a time, with what can be done to those that are ticked."""
    out = draft.left_out()
    sending = [row for row in found.rows if row.key not in out]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{t('matches.plan')}**")
        st.space("stretch")
        st.button(
            t("matches.send_plan", count=len(sending)),
            key="match.send_plan",
            type="primary",
            icon=":material/send:",
            disabled=not sending,
            on_click=draft.send,
            args=([row.to_send() for row in sending], draft.send_key()),
        )
    st.caption(t("matches.plan_lead"))
    pages = max(1, math.ceil(len(found.rows) / PAGE))
    page = min(int(st.session_state.get("match.plan.page", 1)), pages)
    shown = found.rows[(page - 1) * PAGE : page * PAGE]
    picked = st.dataframe(
        pd.DataFrame([_line(row, out) for row in shown]),
        hide_index=True,
        key="match.plan",
        on_select="rerun",
        selection_mode="multi-row",
        height=min(40 + 35 * max(1, len(shown)), 560),
    )
    keys = [shown[at].key for at in picked["selection"]["rows"] if at < len(shown)]
    _marks(keys)
    if pages > 1:
        st.session_state["match.plan.page"] = page
        st.number_input(t("needs.page", pages=pages), 1, pages, key="match.plan.page", width=200)


def _marks(keys: list[str]) -> None:
    with st.container(horizontal=True, key="match.marks"):
        for label, kind in (
            ("leave_out", "out"),
            ("pin_rows", "pins"),
            ("forbid_rows", "forbids"),
            ("free_rows", ""),
        ):
            st.button(
                t(f"matches.{label}"),
                key=f"match.mark.{label}",
                disabled=not keys,
                on_click=draft.mark,
                args=(kind, keys),
            )
    pins, forbids = draft.pinned(), draft.forbidden()
    if pins or forbids:
        st.caption(t("matches.draft", pins=len(pins), forbids=len(forbids)))
    if forbids:
        st.button(
            t("matches.free_rows"),
            key="match.mark.forbidden",
            type="tertiary",
            on_click=draft.mark,
            args=("", [f"{role}:{volunteer}" for role, volunteer in forbids]),
        )


def _line(row: PlanRow, out: frozenset[str]) -> dict[str, Any]:
    said = language()
    mark = t("matches.mark.out") if row.key in out else t("matches.mark.pin") if row.pinned else ""
    return {
        t("matches.column.mark"): mark,
        t("needs.column.title"): row.need.title,
        t("needs.column.urgency"): t(f"words.urgency.{row.need.urgency}"),
        t("needs.column.place"): row.need.place,
        t("matches.column.who"): row.who.name,
        t("matches.column.time"): show.span(said, row.start, row.end),
        t("matches.column.distance"): match_one.metres(row.metres, exact=row.exact),
        t("matches.column.score"): row.score,
        t("needs.column.code"): row.need.code,
    }


def _map(found: PlanView) -> None:
    """The plan as lines from the middle of each volunteer's grid or village to the need."""
    drawn = [row for row in found.rows if row.who.lon is not None and row.need.lon is not None][:MOST_LINES]
    links = [
        Link(row.who.lon, row.who.lat, row.need.lon, row.need.lat)
        for row in drawn
        if row.who.lon is not None and row.who.lat is not None and row.need.lon is not None and row.need.lat is not None
    ]
    marks = [
        Mark(seat.need.lon, seat.need.lat, kind="need")
        for seat in found.unmet
        if seat.need.lon is not None and seat.need.lat is not None
    ]
    show_map(Layers(grids=False, sites=False, needs=False), key="match.plan.map", links=links, marks=marks, height=420)
    st.caption(t("matches.map_lead"))
    if len(found.rows) > MOST_LINES:
        st.caption(t("matches.lines_shown", count=MOST_LINES))


def _unmet(found: PlanView) -> None:
    """Needs with empty seats, and why."""
    if not found.unmet:
        return
    st.markdown(f"**{t('matches.unmet')}**")
    st.caption(t("matches.unmet_lead"))
    lines = [
        {
            t("needs.column.title"): seat.need.title,
            t("needs.column.urgency"): t(f"words.urgency.{seat.need.urgency}"),
            t("needs.column.place"): seat.need.place,
            t("matches.column.empty"): seat.seats,
            t("matches.column.causes"): causes(seat),
            t("needs.column.code"): seat.need.code,
        }
        for seat in found.unmet[:PAGE]
    ]
    st.dataframe(pd.DataFrame(lines), hide_index=True, key="match.unmet", height=min(40 + 35 * len(lines), 380))


def causes(seat: EmptySeats) -> str:
    """The three causes that took out the most people, those next to fitting first."""
    if {name for name, _ in seat.causes} == {"need_ready"}:
        return t("matches.not_ready")
    near = ("elsewhere", "dropped")
    ordered = sorted(seat.causes, key=lambda pair: (pair[0] not in near, -pair[1]))
    said = [
        t("matches.cause", reason=t(f"match_rules.cause_{name}"), count=show.number(language(), count))
        for name, count in ordered
        if name != "chosen"
    ]
    return "；".join(said[:4])


def _refused() -> None:
    """What the last sending refused, with the reason of each and a way to try those again."""
    rows = draft.refused()
    if not rows:
        return
    with st.container(border=True, key="match.refused"):
        st.markdown(f":red[**{t('matches.refused', count=len(rows))}**]")
        for row in rows[:PAGE]:
            st.markdown(f"- {plain(t(row['key'], **row['values']), 300)}")
        again = [{name: row[name] for name in ("need_id", "role_id", "volunteer_id", "start", "end")} for row in rows]
        with st.container(horizontal=True):
            st.button(t("matches.retry"), key="match.retry", on_click=draft.send, args=(again, draft.send_key()))
            st.button(t("matches.forget_refused"), key="match.forget", type="tertiary", on_click=draft.forget_refused)
