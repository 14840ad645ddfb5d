"""The Teams page: the headline, all teams in a table that opens and compares them, and the county's charts."""

from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.core.edges import Edges
from dashboard.core.figures import BY_KEY, Satisfaction, county_today, rate
from dashboard.core.words import Grade
from dashboard.draw import charts
from dashboard.draw.charts import GREY, Titles
from dashboard.services.teams import TeamBoard, TeamRow
from dashboard.ui import show
from dashboard.ui import team_frames as frames
from dashboard.ui.charts import with_table
from dashboard.ui.downloads import downloads
from dashboard.ui.figure_words import formula, window
from dashboard.ui.plain import plain
from dashboard.ui.session import language, t

VIEWS = ("all", "compare", "one", "squads", "pivot", "figures")
VIEW, TEAM, OTHER = "teams.view", "teams.team", "teams.other"
#: Word of the URL -> session key. What is looked at stands in the address, the same in both languages.
_IN_URL = {"view": VIEW, "team": TEAM, "other": OTHER}
_KEPT = "teams.url"


def today() -> date:
    """The county's date now."""
    return county_today(datetime.now(UTC))


def view() -> str:
    """Which view is chosen."""
    _read_url()
    names = {name: t(f"teams.view.{name}") for name in VIEWS}
    st.segmented_control(
        t("teams.view"),
        VIEWS,
        required=True,
        format_func=names.__getitem__,
        key=VIEW,
        label_visibility="collapsed",
    )
    return str(st.session_state[VIEW])


def _read_url() -> None:
    """An address that was opened, or gone back to, says what to show; else what was shown before another page was."""
    asked = {word: st.query_params[word] for word in _IN_URL if word in st.query_params}
    kept = st.session_state.get(_KEPT, {})
    if asked and asked != kept:
        for key in _IN_URL.values():
            st.session_state.pop(key, None)
        kept = asked
    st.session_state.setdefault(VIEW, kept["view"] if kept.get("view") in VIEWS else VIEWS[0])
    for word, key in (("team", TEAM), ("other", OTHER)):
        number = kept.get(word, "")
        st.session_state.setdefault(key, int(number) if number.isascii() and number.isdigit() else None)


def write_url() -> None:
    """Put what is shown into the address. Called at the end of the page."""
    shown = {word: st.session_state.get(key) for word, key in _IN_URL.items()}
    words = {word: str(value) for word, value in shown.items() if value is not None and value != VIEWS[0]}
    for word in _IN_URL:
        if word in words:
            st.query_params[word] = words[word]
        elif word in st.query_params:
            del st.query_params[word]
    st.session_state[_KEPT] = words


def headline(board: TeamBoard) -> None:
    """The sums of the table's columns, each with its definition; units are never mixed."""
    shown, rows, edges = language(), board.rows, board.edges
    active = sum(1 for row in rows if row.active_members)
    members, serving = sum(row.members for row in rows), sum(row.active_members for row in rows)
    minutes, proved = sum(row.minutes for row in rows), sum(row.graded[0] for row in rows)
    counted = [row.people_reached for row in rows if row.people_reached is not None]
    uncounted = sum(row.uncounted for row in rows)
    found = frames.total_satisfaction(board)
    with st.container(horizontal=True, key="teams.headline"):
        _tile(
            edges,
            "teams",
            len(rows),
            t("teams.tile.active", value=show.number(shown, active), days=board.edges.active_days),
        )
        share = show.percent(shown, rate(serving, members))
        _tile(
            edges, "memberships", members, t("teams.tile.active_share", value=show.number(shown, serving), share=share)
        )
        _tile(edges, "services", sum(row.services for row in rows), t("teams.tile.months"))
        signed = t("teams.tile.grade_a", share=show.percent(shown, rate(proved, minutes), 0))
        _tile(edges, "service_minutes", round(minutes / 60), signed, unit=t("teams.unit.hours"))
        held = show.number(shown, sum(row.activities for row in rows))
        _tile(edges, "people_reached", sum(counted), t("teams.tile.activities", held=held, uncounted=uncounted))
        _satisfaction(found, edges)


def _tile(edges: Edges, key: str, value: float, beside: str, unit: str | None = None) -> None:
    """A count with its unit in the label and its rate or base below."""
    name = t(BY_KEY[key].name)
    label = f"{name}（{unit}）" if unit and language() == "zh" else f"{name} ({unit})" if unit else name
    st.metric(
        label, show.compact(language(), value), beside, delta_color="off", delta_arrow="off", help=card(key, edges)
    )


def _satisfaction(found: Satisfaction, edges: Edges) -> None:
    shown, name = language(), t(BY_KEY["satisfaction"].name)
    value, beside = show.percent(shown, found.share), frames.satisfaction_short(found, shown)
    note = f"{beside} · {t('figures.small_base', base=found.small_base)}" if found.small else beside
    told = f"{frames.satisfaction_line(found, shown)}\n\n{card('satisfaction', edges)}"
    st.metric(name, value, note, delta_color="off", delta_arrow="off", help=told)


def card(key: str, edges: Edges) -> str:
    """A figure's definition: formula, unit, time, owner."""
    figure = BY_KEY[key]
    return t(
        "figures.card",
        formula=formula(language(), key, edges),
        unit=t(f"figures.unit.{figure.unit}"),
        window=window(language(), key, edges),
        owner=t(f"figures.owner.{figure.owner}"),
    )


def all_teams(board: TeamBoard) -> None:
    """The table, then the county's charts."""
    if not board.rows:
        st.info(t("teams.none"), icon=":material/groups:")
        return
    _table(board)
    left, right = st.columns(2, gap="large")
    with left:
        _by_kind(board)
    with right:
        _by_town(board)


def _table(board: TeamBoard) -> None:
    shown = language()
    teams = sorted(board.rows, key=lambda row: (-row.services, row.name))
    table = frames.board_table(board, teams, shown)
    since, until = (show.date(shown, day) for day in (board.months[0].first, board.today))
    with st.container(horizontal=True, vertical_alignment="center"):
        intro = t("teams.intro", teams=len(board.rows), since=since, until=until)
        st.caption(f"{intro} · {t('teams.intro_use')}")
        st.space("stretch")
        downloads(t("app.teams"), intro, _headings(), frames.board_rows(table[list(_FILE.values())]), key="teams.file")
    st.dataframe(
        _greyed(table, [row.satisfaction.small for row in teams]),
        hide_index=True,
        height=430,
        key="teams.table",
        column_config=_columns(),
        column_order=_SHOWN,
        on_select=_ticked,
        selection_mode="multi-row",
        placeholder=show.DASH,
    )
    st.session_state["teams.shown"] = [row.id for row in teams]
    _opener(board)
    st.caption(t("teams.note", days=board.edges.active_days) + " " + t("teams.small", base=board.edges.small_base))
    without = board.teamless
    if without.services or without.asked:
        hours = show.number(shown, without.minutes / 60, 1)
        counts = {"services": show.number(shown, without.services), "asked": show.number(shown, without.asked)}
        st.caption(t("teams.teamless", hours=hours, **counts))


#: The columns of the table; what is looked at first stands first.
_SHOWN = (
    "name",
    "trend",
    "members",
    "active",
    "active_share",
    "services",
    "hours",
    "reached",
    "satisfaction",
    "interval",
    "answers",
    "coverage",
    "kind",
    "aspect",
    "town",
    "hours_a",
    "per_member",
    "activities",
    "site",
)
#: Column of the file -> column of the frame.
_SHARES = ("active_share", "satisfaction")
_FILE = {
    "name": "name",
    "kind": "kind",
    "aspect": "aspect",
    "site": "site",
    "town": "town",
    "members": "members",
    "active": "active",
    "active_share": "active_share",
    "services": "services",
    "services_per_member": "per_member",
    "hours": "hours",
    "activities": "activities",
    "reached": "reached",
    "satisfaction": "satisfaction",
    "interval": "interval",
    "answers": "answers",
    "coverage": "coverage",
}


def _headings() -> list[str]:
    """A share on screen carries its sign; in the file, where it is a number, its heading does."""
    names = {name: t(f"teams.column.{name}") for name in _FILE}
    return [t("teams.column_percent", name=words) if name in _SHARES else words for name, words in names.items()]


def _greyed(table: pd.DataFrame, small: list[bool]) -> Any:
    """The table with satisfaction on a small base in grey."""
    colours = [f"color: {GREY}" if few else "" for few in small]
    number: dict[Any, Any] = {"satisfaction": "{:.1f}%", "active_share": "{:.1f}%", "per_member": "{:.2f}"}
    decimals = {"hours": "{:,.1f}", "hours_a": "{:,.1f}"}
    whole = dict.fromkeys(("members", "active", "services", "activities", "reached"), "{:,.0f}")
    styled = table.style.apply(lambda _: colours, subset=["satisfaction"])
    return styled.format(number | decimals | whole, na_rep=show.DASH)


def _columns() -> dict[str, Any]:
    numbers = {
        "members": "members",
        "active": "active",
        "active_share": "active_share",
        "services": "services",
        "per_member": "services_per_member",
        "hours": "hours",
        "activities": "activities",
        "reached": "reached",
        "satisfaction": "satisfaction",
    }
    config = st.column_config
    return {
        "name": config.TextColumn(t("teams.column.name"), width=190),
        "kind": config.TextColumn(t("teams.column.kind"), width=80),
        "aspect": config.TextColumn(t("teams.column.aspect"), width=85),
        "site": config.TextColumn(t("teams.column.site"), width=220),
        "town": config.TextColumn(t("teams.column.town"), width=85),
        **{name: config.NumberColumn(t(f"teams.column.{key}"), width=92) for name, key in numbers.items()},
        "hours_a": config.NumberColumn(t("teams.column.hours_grade", grade=Grade.A), width=92),
        "interval": config.TextColumn(t("teams.column.interval"), width=120),
        "answers": config.TextColumn(t("teams.column.answers"), width=100),
        "trend": config.BarChartColumn(t("teams.column.trend"), width=125),
        "coverage": config.TextColumn(t("teams.column.coverage"), width=80),
    }


def _ticked() -> None:
    """One row ticked opens the team, two compare them (a callback)."""
    chosen = st.session_state["teams.table"]["selection"]["rows"]
    ids = [team for n, team in enumerate(st.session_state.get("teams.shown", [])) if n in chosen[:2]]
    if ids:
        st.session_state[TEAM] = ids[0]
    if len(ids) == 2:
        st.session_state[OTHER] = ids[1]
        st.session_state[VIEW] = "compare"


def _opener(board: TeamBoard) -> None:
    """Below the table: the team ticked, one click from being opened."""
    row = board.team(st.session_state.get(TEAM))
    if row is not None:
        label = t("teams.open", name=plain(row.name))
        st.button(label, key="teams.open", on_click=_open, icon=":material/open_in_new:", type="primary")


def _open() -> None:
    st.session_state[VIEW] = "one"


def pick(board: TeamBoard, key: str, label: str) -> TeamRow | None:
    """Choose a team by typing some of its name; the choice is kept over the views."""
    names = frames.distinct_names(list(board.rows))
    if st.session_state.get(key) not in names:
        st.session_state[key] = None
    st.selectbox(
        label,
        list(names),
        index=None,
        format_func=names.__getitem__,
        key=key,
        placeholder=t("teams.choose"),
    )
    return board.team(st.session_state[key])


def _by_kind(board: TeamBoard) -> None:
    rows = frames.months_by_kind(board, language())
    titles = Titles(t("teams.column.month"), t("teams.column.services"), t("teams.column.kind"))
    columns = {"x": titles.x, "series": titles.series, "y": titles.y}
    with_table(charts.bars(rows, titles, height=300), rows, columns, title=t("teams.chart.kinds"), key="teams.kinds")


def _by_town(board: TeamBoard) -> None:
    rows = frames.towns_by_category(board, language())
    titles = Titles(t("teams.column.category"), t("teams.column.town"), t("figures.teams"))
    columns = {"row": titles.y, "column": titles.x, "y": titles.series}
    with_table(charts.cells(rows, titles), rows, columns, title=t("teams.chart.towns"), key="teams.towns")
    st.caption(t("teams.towns_note"))
