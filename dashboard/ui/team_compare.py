"""Two teams side by side, and any two dimensions of the services crossed."""

from typing import TypeVar

import pandas as pd
import streamlit as st

from dashboard.core.words import Grade, Level, TeamKind
from dashboard.draw import charts
from dashboard.draw.charts import Titles
from dashboard.services import pivot
from dashboard.services.pivot import Dimension, Measure, Pivot
from dashboard.services.teams import TeamBoard
from dashboard.ui import show
from dashboard.ui import team_frames as frames
from dashboard.ui.ask import ask
from dashboard.ui.charts import with_table
from dashboard.ui.session import language, t
from dashboard.ui.team_views import OTHER, TEAM, pick

Choice = TypeVar("Choice", Dimension, Measure)
#: A chart of more cells than this is a carpet: only the table is shown.
MOST_ROWS, MOST_COLUMNS = 40, 16


def compare(board: TeamBoard) -> None:
    """Figures, trend, satisfaction and coverage of two teams."""
    left, right = st.columns(2)
    with left:
        one = pick(board, TEAM, t("teams.team"))
    with right:
        other = pick(board, OTHER, t("teams.other"))
    if one is None or other is None or one is other:
        st.info(t("teams.choose_two"), icon=":material/compare_arrows:")
        return
    teams, shown = [one, other], language()
    table, trend = st.columns([5, 7], gap="large")
    with table:
        st.dataframe(frames.compared(board, teams, shown), hide_index=True, key="teams.compared", height="content")
        st.caption(t("teams.note", days=board.edges.active_days))
    with trend:
        rows = frames.services_by_month(board, teams, shown)
        titles = Titles(t("teams.column.month"), t("teams.column.services"), t("teams.team"))
        columns = {"x": titles.x, "series": titles.series, "y": titles.y}
        with_table(charts.lines(rows, titles), rows, columns, title=t("teams.chart.services"), key="teams.lines")
        shares = frames.satisfaction_rows(teams, shown)
        titles = Titles(t("teams.team"), t("teams.column.satisfaction"))
        drawn = charts.intervals(shares, titles) if len(shares) else None
        columns = {"x": titles.x, "label": titles.y}
        with_table(drawn, shares, columns, title=t("teams.chart.satisfaction"), key="teams.shares")
        rows = frames.occasions_by_category(board, teams, shown)
        titles = Titles(t("teams.column.category"), t("teams.column.occasions"), t("teams.team"))
        columns = {"x": titles.x, "series": titles.series, "y": titles.y}
        title = t("teams.chart.coverage")
        with_table(charts.lying_bars(rows, titles), rows, columns, title=title, key="teams.occasions")


def crossed(board: TeamBoard) -> None:
    """Choose rows, columns and what is counted; the chart and its table."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        rows = _choice("rows", Dimension, Dimension.TEAM_KIND)
        columns = _choice("columns", Dimension, Dimension.MONTH)
        measure = _choice("measure", Measure, Measure.SERVICES)
    if rows == columns:
        st.warning(t("teams.same_dimension"))
        return
    found = ask(pivot.pivot, rows=rows, columns=columns, measure=measure, today=board.today)
    words: dict[Dimension, dict[str, str]] = {rows: _words(rows, board), columns: _words(columns, board)}
    cells = _cells(found, words[rows], words[columns], measure)
    if cells.empty:
        st.info(t("teams.empty"))
        return
    names = [t(f"teams.dimension.{rows}"), t(f"teams.dimension.{columns}"), t(f"teams.measure.{measure}")]
    order = _in_order(cells, words[columns])
    st.markdown("**" + t("teams.chart.pivot", measure=names[2], rows=names[0], columns=names[1]) + "**")
    if cells["row"].nunique() <= MOST_ROWS and len(order) <= MOST_COLUMNS:
        drawn = charts.cells(cells, Titles(names[1], names[0], names[2]), columns=order)
        st.altair_chart(drawn, theme=None, key="teams.crossed", alt=names[2])
    number = st.column_config.NumberColumn(format="localized")
    table = _table(cells, order, names[0], measure)
    config = dict.fromkeys(table.columns[1:], number)
    st.dataframe(table, hide_index=True, key="teams.cross_table", column_config=config, height="content")
    if not measure.adds_up:
        st.caption(t("teams.people_note", whole=show.number(language(), found.whole)))


def _choice(name: str, choices: type[Choice], first: Choice) -> Choice:
    kind = "measure" if choices is Measure else "dimension"
    names = {choice: t(f"teams.{kind}.{choice}") for choice in choices}
    chosen = st.selectbox(
        t(f"teams.{name}"),
        list(choices),
        index=list(choices).index(first),
        format_func=names.__getitem__,
        key=f"teams.cross.{name}",
        persist_state="session",
    )
    return choices(chosen or first)


def _words(dimension: Dimension, board: TeamBoard) -> dict[str, str]:
    """A dimension's stored words in the reader's, in their natural order."""
    shown = language()
    if dimension is Dimension.MONTH:
        return {f"{month.first:%Y-%m}": show.month(shown, month.first) for month in board.months}
    if dimension is Dimension.CATEGORY:
        return {category.code: category.shown(shown) for category in board.categories}
    lists = {Dimension.TEAM_KIND: TeamKind, Dimension.LEVEL: Level, Dimension.GRADE: Grade}
    if dimension in lists:
        return {word.value: t(f"words.{dimension}.{word}") for word in lists[dimension]}
    return {}


def _cells(found: Pivot, rows: dict[str, str], columns: dict[str, str], measure: Measure) -> pd.DataFrame:
    """The cells in the reader's words, by the natural order of the rows. Minutes become hours."""
    shown = language()
    lines = [
        {
            "row": rows.get(cell.row, cell.row) or t("teams.none_of"),
            "column": columns.get(cell.column, cell.column) or t("teams.none_of"),
            "y": round(cell.value / 60, 1) if measure is Measure.MINUTES else cell.value,
            "label": show.number(shown, cell.value / 60 if measure is Measure.MINUTES else cell.value),
        }
        for cell in sorted(found.cells, key=lambda cell: _place(rows, cell.row))
    ]
    return pd.DataFrame(lines, columns=["row", "column", "y", "label"])


def _place(words: dict[str, str], word: str) -> tuple[int, str]:
    """Where a word stands: in its list's order, then the others by themselves, the missing one last."""
    return (list(words).index(word) if word in words else len(words) + (not word), word)


def _in_order(cells: pd.DataFrame, words: dict[str, str]) -> list[str]:
    """The columns there are, in their natural order."""
    there = set(cells["column"])
    known = [word for word in words.values() if word in there]
    missing = t("teams.none_of")
    return known + sorted(there - set(known) - {missing}) + ([missing] if missing in there else [])


def _table(cells: pd.DataFrame, columns: list[str], heading: str, measure: Measure) -> pd.DataFrame:
    """Rows by columns; with totals where the measure adds up."""
    wide = cells.pivot_table(index="row", columns="column", values="y", aggfunc="sum")
    wide = wide.reindex(index=list(dict.fromkeys(cells["row"])), columns=columns).fillna(0)
    if measure.adds_up:
        wide[t("teams.total")] = wide.sum(axis=1)
        wide.loc[t("teams.total")] = wide.sum(axis=0)
    return wide.rename_axis(index=heading, columns=None).reset_index()
