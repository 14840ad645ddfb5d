"""One team opened: its figures, trend, members, calendar, where it served, coverage, and the rows behind."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.core.figures import Month, months_until, rate, year_span
from dashboard.core.permissions import Action, Actor
from dashboard.core.words import Grade
from dashboard.draw import charts
from dashboard.draw.charts import GRADED, Titles
from dashboard.services import team_days, team_rows
from dashboard.services.team_rows import Listing
from dashboard.services.teams import TeamBoard, TeamRow
from dashboard.ui import show, squad_views, team_lines
from dashboard.ui import team_frames as frames
from dashboard.ui.ask import ask
from dashboard.ui.charts import with_table
from dashboard.ui.map_drawing import Mark
from dashboard.ui.map_view import Layers, map_picks, show_map
from dashboard.ui.paged_list import Line, paged_list
from dashboard.ui.plain import plain
from dashboard.ui.session import language, t
from dashboard.ui.team_views import TEAM, card, pick

#: Numbers drawn on the map; the table beside it has all.
MOST_MARKS = 200


def open_team(who: Actor, board: TeamBoard) -> None:
    """Choose a team; its figures stay above whichever part is open."""
    row = pick(board, TEAM, t("teams.team"))
    if row is None:
        st.info(t("teams.choose_one"), icon=":material/groups:")
        return
    _heading(who, board, row)
    parts = _parts(who)
    st.session_state.setdefault("teams.part", "trend")
    names = {name: t(f"teams.tab.{name}") for name in parts}
    part = st.segmented_control(
        t("teams.part"),
        list(parts),
        required=True,
        format_func=names.__getitem__,
        key="teams.part",
        label_visibility="collapsed",
    )
    parts[part or "trend"](board, row)


def _parts(who: Actor) -> dict[str, Callable[[TeamBoard, TeamRow], None]]:
    members = _members if who.may(Action.SEE_VOLUNTEERS) else _member_counts
    return {
        "trend": _trend,
        "members": members,
        "calendar": _calendar,
        "map": _places,
        "coverage": _coverage,
        "rows": _rows,
    }


def _heading(who: Actor, board: TeamBoard, row: TeamRow) -> None:
    shown = language()
    st.subheader(plain(row.name), anchor=False)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(t(f"words.team_kind.{row.kind}"), color="blue")
        if row.shared:
            st.badge(t("teams.column.shared"), color="green")
        squad_views.badge(who, row)
        st.caption(plain(" · ".join(part for part in (row.code, row.site, row.town) if part)))
    if not row.within_reach:
        st.caption(t("teams.shared_note"))
    share = show.percent(shown, rate(row.active_members, row.members))
    hours = " · ".join(f"{grade} {show.number(shown, row.graded[n] / 60)}" for n, grade in enumerate(Grade))
    per_member = show.number(shown, rate(row.services, row.members), 2)
    held = t("teams.tile.activities", held=show.number(shown, row.activities), uncounted=row.uncounted)
    active = t("teams.tile.active_share", value=show.number(shown, row.active_members), share=share)
    with st.container(horizontal=True, key="teams.figures"):
        _tile(t("teams.column.members"), show.number(shown, row.members), active, card("memberships", board.edges))
        each = t("teams.tile.per_member", value=per_member)
        _tile(t("teams.column.services"), show.number(shown, row.services), each, card("services", board.edges))
        _tile(
            t("teams.column.hours"),
            show.number(shown, row.minutes / 60, 1),
            hours,
            card("service_minutes", board.edges),
        )
        _tile(
            t("teams.column.reached"), show.number(shown, row.people_reached), held, card("people_reached", board.edges)
        )
    line = f"**{t('teams.column.satisfaction')}** {plain(frames.satisfaction_line(row.satisfaction, shown), 400)}"
    if row.satisfaction.small:
        st.caption(f"{line} · {t('figures.small_base', base=row.satisfaction.small_base)}")
    else:
        st.markdown(line)


def _tile(label: str, value: str, beside: str, definition: str) -> None:
    st.metric(label, value, beside, delta_color="off", delta_arrow="off", help=definition)


def _trend(board: TeamBoard, row: TeamRow) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        rows = frames.services_by_month(board, [row], language())
        titles = Titles(t("teams.column.month"), t("teams.column.services"))
        columns = {"x": titles.x, "y": titles.y}
        with_table(charts.bars(rows, titles), rows, columns, title=t("teams.chart.services"), key="teams.by_month")
    with right:
        rows = frames.hours_by_month(board, row, language())
        titles = Titles(t("teams.column.month"), t("teams.column.hours"), t("teams.column.grade"))
        columns = {"x": titles.x, "series": titles.series, "y": titles.y}
        drawn = charts.bars(rows, titles, colours=GRADED)
        with_table(drawn, rows, columns, title=t("teams.chart.hours"), key="teams.by_grade")


def _coverage(board: TeamBoard, row: TeamRow) -> None:
    shown = language()
    rows = frames.occasions_by_category(board, [row], shown)
    items = [row.offered.get(category.id, 0) for category in board.categories]
    rows = rows.assign(items=items)
    titles = Titles(t("teams.column.category"), t("teams.column.occasions"))
    columns = {"x": titles.x, "y": titles.y, "items": t("teams.column.items")}
    with_table(charts.lying_bars(rows, titles), rows, columns, title=t("teams.chart.coverage"), key="teams.covered")
    of = len(board.categories)
    st.caption(t("teams.coverage_note", served=len(row.served), offered=len(row.offered), all=of))


def _member_counts(board: TeamBoard, row: TeamRow) -> None:
    """For roles that see no volunteers: how many, not who."""
    counts = {"members": row.members, "active": row.active_members, "idle": row.idle_members}
    st.info(
        t(
            "teams.no_names",
            days=board.edges.active_days,
            **{name: show.number(language(), value) for name, value in counts.items()},
        )
    )


def _members(board: TeamBoard, row: TeamRow) -> None:
    idle = st.toggle(t("teams.only_idle", days=board.edges.active_days), key="teams.idle")
    values = {"team_id": row.id, "today": board.today, "idle": idle}
    title = f"{row.name} {t('teams.tab.members')}"
    paged_list(team_rows.members, team_lines.member, key="teams.members", title=title, values=values)


def _calendar(board: TeamBoard, row: TeamRow) -> None:
    shown, months = language(), months_until(board.today)[::-1]
    names = {month.first: show.month(shown, month.first) for month in months}
    first = st.selectbox(t("teams.month"), list(names), format_func=names.__getitem__, key="teams.month", width=220)
    month = next(month for month in months if month.first == first)
    days = ask(team_days.days, team_id=row.id, month=month)
    rows = _weeks(days, month)
    titles = Titles(t("teams.column.date"), t("teams.column.services"), t("teams.column.activities"))
    columns = {"date": titles.x, "y": titles.y, "hours": t("teams.column.hours"), "more": titles.series}
    calendar, listed = st.columns([4, 5], gap="large")
    with calendar:
        title = t("teams.chart.calendar", month=names[first])
        with_table(charts.calendar(rows, titles), rows, columns, title=title, key="teams.days")
    with listed:
        st.markdown(f"**{t('teams.rows.activities')}**")
        _rows_of("activities", row, month.start, month.end, key="teams.month_rows")


def _weeks(days: tuple[team_days.Day, ...], month: Month) -> pd.DataFrame:
    """A month's days as rows of a calendar: week, weekday, number of the day, services."""
    shown, before = language(), month.first.weekday()
    return pd.DataFrame([
        {
            "row": (n + before) // 7,
            "column": show.weekday(shown, (n + before) % 7),
            "day": day.day.day,
            "y": day.services,
            "label": show.number(shown, day.services) if day.services else "",
            "date": show.date(shown, day.day),
            "hours": round(day.minutes / 60, 1),
            "more": day.activities,
            "weekday": (n + before) % 7,
        }
        for n, day in enumerate(days)
    ]).sort_values(["weekday", "row"], kind="stable")  # fmt: skip


def _places(board: TeamBoard, row: TeamRow) -> None:
    shown = language()
    found = ask(team_days.places, team_id=row.id, today=board.today)
    placed = [place for place in found if place.lon is not None and place.lat is not None]
    unplaced = sum(place.services for place in found) - sum(place.services for place in placed)
    marks = [
        Mark(place.lon or 0.0, place.lat or 0.0, show.number(shown, place.services)) for place in placed[:MOST_MARKS]
    ]
    drawn, listed = st.columns([7, 4], gap="large")
    with drawn:
        show_map(Layers(sites=False, needs=False), key="teams.places", marks=marks, height=460)
        map_picks("teams.places", selected=None, focus=f"town:{row.town_code}" if row.town_code else None)
    with listed:
        lines = [
            {
                t("teams.column.place"): place.name or t("teams.none_of"),
                t("teams.column.services"): place.services,
                t("teams.column.hours"): round(place.minutes / 60, 1),
            }
            for place in found
        ]
        note = t("teams.unplaced", count=show.number(shown, unplaced)) if unplaced else ""
        st.caption(t("teams.map_note", total=show.number(shown, row.services), unplaced=note))
        st.dataframe(pd.DataFrame(lines), hide_index=True, key="teams.places_table", height=400)


def _rows(board: TeamBoard, row: TeamRow) -> None:
    """What the numbers above are made of."""
    kinds = {name: t(f"teams.rows.{name}") for name in ("services", "activities", "ratings")}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.segmented_control(
            t("teams.rows_of"),
            list(kinds),
            default="services",
            required=True,
            format_func=kinds.__getitem__,
            key="teams.rows_kind",
        )
        names: dict[date | None, str] = {None: t("teams.all_months")}
        names |= {month.first: show.month(language(), month.first) for month in board.months[::-1]}
        first = st.selectbox(
            t("teams.month"), list(names), format_func=names.__getitem__, key="teams.rows_month", width=220
        )
    month = next((month for month in board.months if month.first == first), None)
    since, until = (month.start, month.end) if month else year_span(board.today)
    grade = _grade() if kind == "services" else None
    _rows_of(kind or "services", row, since, until, key=f"teams.{kind}_rows", grade=grade)


def _grade() -> Grade | None:
    names = {grade: t(f"words.grade.{grade}") for grade in Grade}
    return st.pills(t("teams.column.grade"), list(names), format_func=names.__getitem__, key="teams.grade")


def _rows_of(kind: str, row: TeamRow, since: Any, until: Any, *, key: str, grade: Grade | None = None) -> None:
    """A list of the team's in a span of time."""
    question, line = LISTS[kind]
    values: dict[str, Any] = {"team_id": row.id, "since": since, "until": until}
    if grade is not None:
        values["grade"] = grade
    paged_list(question, line, key=key, title=f"{row.name} {t(f'teams.rows.{kind}')}", values=values)


LISTS: dict[str, tuple[Callable[..., Listing[Any]], Line]] = {
    "services": (team_rows.services, team_lines.service),
    "activities": (team_rows.activities, team_lines.activity),
    "ratings": (team_rows.ratings, team_lines.rating),
}
