"""The team board as rows for tables and charts: plain sums of what the board holds, in the reader's words."""

import math
from collections import Counter
from collections.abc import Callable

import pandas as pd

from dashboard.core.figures import Satisfaction, rate
from dashboard.core.words import Grade, TeamKind
from dashboard.services.teams import TeamBoard, TeamRow
from dashboard.text import text
from dashboard.ui import show


def board_table(board: TeamBoard, teams: list[TeamRow], language: str) -> pd.DataFrame:
    """One row a team, in their order; shares in per cent, hours with one decimal."""
    return pd.DataFrame([_line(board, row, language) for row in teams])


def board_rows(table: pd.DataFrame) -> Callable[[], list[list[object]]]:
    """What makes the rows of a file: numbers as on screen, whole ones whole, nothing where nothing is known."""

    def made() -> list[list[object]]:
        return [[_cell(value) for value in row] for row in table.itertuples(index=False)]

    return made


def _cell(value: object) -> object:
    if not isinstance(value, float):
        return value
    if math.isnan(value):
        return None
    return int(value) if value.is_integer() else round(value, 2)


def _line(board: TeamBoard, row: TeamRow, language: str) -> dict[str, object]:
    share = row.satisfaction.share
    return {
        "name": row.name,
        "kind": text(language, f"words.team_kind.{row.kind}"),
        "aspect": text(language, f"words.aspect.{row.aspect}") if row.aspect else "",
        "site": row.site,
        "town": row.town,
        "members": row.members,
        "active": row.active_members,
        "active_share": _percent(rate(row.active_members, row.members)),
        "services": row.services,
        "per_member": rate(row.services, row.members),
        "hours": round(row.minutes / 60, 1),
        "hours_a": round(row.graded[0] / 60, 1),
        "activities": row.activities,
        "reached": row.people_reached,
        "satisfaction": _percent(share),
        "answers": text(language, "teams.of", part=row.satisfaction.answered, whole=row.satisfaction.asked),
        "interval": interval(row.satisfaction, language),
        "trend": [month.services for month in row.months],
        "coverage": text(language, "teams.of", part=len(row.served), whole=len(board.categories)),
    }


def _percent(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 1)


def total_satisfaction(board: TeamBoard) -> Satisfaction:
    """All answers of all teams together: sums of cases, not a mean of shares."""
    found = [row.satisfaction for row in board.rows]
    satisfied, answered, asked = (sum(getattr(s, part) for s in found) for part in ("satisfied", "answered", "asked"))
    return Satisfaction(satisfied, answered, asked, board.edges.small_base)


def months_by_kind(board: TeamBoard, language: str) -> pd.DataFrame:
    """Services by month and kind of team."""
    return pd.DataFrame(
        [
            _point(show.month(language, month.first), sum(row.months[n].services for row in of_kind), label)
            for label, of_kind in _kinds(board, language).items()
            for n, month in enumerate(board.months)
        ],
        columns=["x", "y", "series", "label"],
    )


def _kinds(board: TeamBoard, language: str) -> dict[str, list[TeamRow]]:
    found = {kind: [row for row in board.rows if row.kind == kind] for kind in TeamKind}
    return {text(language, f"words.team_kind.{kind}"): rows for kind, rows in found.items() if rows}


def _point(x: str, y: float, series: str, label: str | None = None) -> dict[str, object]:
    return {"x": x, "y": y, "series": series, "label": label or f"{y:,.0f}"}


def services_by_month(board: TeamBoard, teams: list[TeamRow], language: str) -> pd.DataFrame:
    """Services by month, one series a team."""
    names = distinct_names(teams)
    return pd.DataFrame(
        [
            _point(show.month(language, month.first), row.months[n].services, names[row.id])
            for row in teams
            for n, month in enumerate(board.months)
        ]
    )


def distinct_names(teams: list[TeamRow]) -> dict[int, str]:
    """Names by team id; namesakes carry their code."""
    times = Counter(row.name for row in teams)
    return {row.id: row.name if times[row.name] == 1 else f"{row.name} {row.code}" for row in teams}


def hours_by_month(board: TeamBoard, team: TeamRow, language: str) -> pd.DataFrame:
    """A team's hours by month and grade."""
    return pd.DataFrame(
        [
            _point(
                show.month(language, month.first),
                round(team.months[n].graded[g] / 60, 1),
                text(language, f"words.grade.{grade}"),
                show.hours(language, team.months[n].graded[g]),
            )
            for g, grade in enumerate(Grade)
            for n, month in enumerate(board.months)
        ]
    )


def occasions_by_category(board: TeamBoard, teams: list[TeamRow], language: str) -> pd.DataFrame:
    """Occasions by category, the empty ones among them, one series a team."""
    names = distinct_names(teams)
    return pd.DataFrame(
        [
            _point(category.shown(language), row.served.get(category.id, 0), names[row.id])
            for category in board.categories
            for row in teams
        ],
        columns=["x", "y", "series", "label"],
    )


def towns_by_category(board: TeamBoard, language: str) -> pd.DataFrame:
    """How many teams of each town served in each category; only cells with a team."""
    towns = sorted({row.town for row in board.rows if row.town})
    found = Counter((row.town, category) for row in board.rows for category in row.served)
    cells = [
        {"row": town, "column": category.shown(language), "y": teams, "label": str(teams)}
        for town in towns
        for category in board.categories
        if (teams := found[town, category.id])
    ]
    return pd.DataFrame(cells, columns=["row", "column", "y", "label"])


def satisfaction_rows(teams: list[TeamRow], language: str) -> pd.DataFrame:
    """Each team's share with its interval; teams nobody answered for have no row."""
    names = distinct_names(teams)
    rows = []
    for row in teams:
        share, interval = row.satisfaction.share, row.satisfaction.interval
        if share is not None and interval is not None:
            label = satisfaction_line(row.satisfaction, language)
            small = row.satisfaction.small
            rows.append({
                "x": names[row.id], "share": share, "low": interval[0], "high": interval[1],
                "label": label, "small": small,
            })  # fmt: skip
    return pd.DataFrame(rows, columns=["x", "share", "low", "high", "label", "small"])


def satisfaction_line(found: Satisfaction, language: str) -> str:
    """ "96.3% (180 of 187 answers, 240 asked; 95 % Wilson interval 92.5%–98.2%; 53 silent, 22.1%, not counted)"."""
    if found.interval is None:
        return text(language, "figures.satisfaction_none", asked=found.asked)
    low, high = found.interval
    return text(
        language,
        "figures.satisfaction_line",
        share=show.percent(language, found.share),
        satisfied=found.satisfied,
        answered=found.answered,
        asked=found.asked,
        low=show.percent(language, low),
        high=show.percent(language, high),
        silent=found.silent,
        silent_share=show.percent(language, found.silent_share),
    )


def interval(found: Satisfaction, language: str) -> str:
    """The 95 % Wilson interval of the share, "92.5%–98.2%"; a dash when nobody answered."""
    if found.interval is None:
        return show.DASH
    return "–".join(show.percent(language, end) for end in found.interval)


def satisfaction_short(found: Satisfaction, language: str) -> str:
    """ "180 of 187 · 240 asked"."""
    parts = {"satisfied": found.satisfied, "answered": found.answered, "asked": found.asked}
    return text(language, "figures.satisfaction_short", **{k: show.number(language, v) for k, v in parts.items()})


def compared(board: TeamBoard, teams: list[TeamRow], language: str) -> pd.DataFrame:
    """The figures of some teams side by side: one row a figure, one column a team, as written."""
    names = distinct_names(teams)
    lines: list[tuple[str, list[str]]] = [
        ("kind", [text(language, f"words.team_kind.{row.kind}") for row in teams]),
        ("site", [row.site for row in teams]),
        ("members", [show.number(language, row.members) for row in teams]),
        ("active", [show.number(language, row.active_members) for row in teams]),
        ("active_share", [show.percent(language, rate(row.active_members, row.members)) for row in teams]),
        ("services", [show.number(language, row.services) for row in teams]),
        ("services_per_member", [show.number(language, rate(row.services, row.members), 2) for row in teams]),
        ("hours", [show.number(language, row.minutes / 60, 1) for row in teams]),
        ("activities", [show.number(language, row.activities) for row in teams]),
        ("reached", [show.number(language, row.people_reached) for row in teams]),
        ("satisfaction", [show.percent(language, row.satisfaction.share) for row in teams]),
        ("interval", [interval(row.satisfaction, language) for row in teams]),
        ("answers", [_of(language, row.satisfaction.answered, row.satisfaction.asked) for row in teams]),
        ("silent", [show.percent(language, row.satisfaction.silent_share) for row in teams]),
        ("coverage", [_of(language, len(row.served), len(board.categories)) for row in teams]),
        ("menu", [_of(language, len(row.offered), len(board.categories)) for row in teams]),
    ]
    figures = {text(language, "teams.column.figure"): [text(language, f"teams.column.{key}") for key, _ in lines]}
    columns = {names[row.id]: [values[n] for _, values in lines] for n, row in enumerate(teams)}
    graded = [
        (text(language, "teams.column.hours_grade", grade=grade), [row.graded[g] for row in teams])
        for g, grade in enumerate(Grade)
    ]
    frame = pd.DataFrame(figures | columns)
    extra = pd.DataFrame(
        [[label, *(show.number(language, minutes / 60, 1) for minutes in values)] for label, values in graded],
        columns=frame.columns,
    )
    after = 8
    return pd.concat([frame.iloc[:after], extra, frame.iloc[after:]], ignore_index=True)


def _of(language: str, part: int, whole: int) -> str:
    return text(language, "teams.of", part=part, whole=whole)
