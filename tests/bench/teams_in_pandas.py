"""The Teams page's figures the other way: every service record loaded into a frame first. Same numbers, to compare."""

from datetime import date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import Engine

from dashboard.core import figures
from dashboard.core.words import Grade
from dashboard.services.teams import TeamBoard

SERVICES = "select team_id, volunteer_id, need_id, start, minutes, grade from services where county = '{county}'"


def load(engine: Engine, county: str) -> dict[str, pd.DataFrame]:
    """The rows the figures are made of."""
    tables = {
        "services": SERVICES.format(county=county),
        "members": "select m.team_id, m.volunteer_id from memberships m join volunteers v on v.id = m.volunteer_id "
        "where v.status = 'active' and m.valid_to is null",
        "activities": "select team_id, category_id, start, people_reached from activities",
        "needs": "select id as need_id, category_id from needs",
        "ratings": "select team_id, score, outcome, asked_at from ratings",
    }
    found = {name: pd.read_sql(query, engine) for name, query in tables.items()}
    for name, column in (("services", "start"), ("activities", "start"), ("ratings", "asked_at")):
        found[name][column] = pd.to_datetime(found[name][column])
    return found


def figures_of(rows: dict[str, pd.DataFrame], today: date) -> dict[str, Any]:
    """Totals over all teams of what the board shows by team, computed by team."""
    months = figures.months_until(today)
    since, until = (_naive(moment) for moment in figures.year_span(today))
    services = rows["services"]
    services = services[(services.start >= since) & (services.start < until)]
    edges = [_naive(month.start) for month in months] + [until]
    by_month = services.groupby(["team_id", pd.cut(services.start, edges, right=False, labels=False)], observed=True)
    graded = services.groupby(["team_id", "grade"], observed=True).minutes.sum()
    recent = services[services.start >= _naive(figures.recent_span(today)[0])]
    pairs = recent[["team_id", "volunteer_id"]].drop_duplicates()
    active = rows["members"].merge(pairs, on=["team_id", "volunteer_id"]).groupby("team_id").size()
    held = rows["activities"]
    held = held[(held.start >= since) & (held.start < until)]
    orders = (
        services.dropna(subset=["need_id"])[["need_id", "team_id"]].drop_duplicates().merge(rows["needs"], on="need_id")
    )
    asked = rows["ratings"]
    asked = asked[(asked.asked_at >= since) & (asked.asked_at < until)]
    said = asked[asked.score.notna() | asked.outcome.notna()]
    return {
        "services": [int(by_month.size().xs(n, level=1).sum()) for n in range(len(months))],
        "graded": [int(graded.xs(grade, level="grade").sum()) for grade in Grade],
        "members": int(rows["members"].groupby("team_id").size().sum()),
        "active": int(active.sum()),
        "reached": int(held.groupby("team_id").people_reached.sum().sum()),
        "occasions": int(orders.groupby(["team_id", "category_id"]).size().sum() + held.category_id.notna().sum()),
        "ratings": [int((said.score >= 4).sum()), len(said), len(asked)],
    }


def figures_of_board(board: TeamBoard) -> dict[str, Any]:
    """The same totals from the product's board."""
    rows = board.rows
    return {
        "services": [sum(row.months[n].services for row in rows) for n in range(len(board.months))],
        "graded": [sum(row.graded[n] for row in rows) for n in range(len(Grade))],
        "members": sum(row.members for row in rows),
        "active": sum(row.active_members for row in rows),
        "reached": sum(row.people_reached or 0 for row in rows),
        "occasions": sum(sum(row.served.values()) for row in rows),
        "ratings": [
            sum(getattr(row.satisfaction, part) for row in rows) for part in ("satisfied", "answered", "asked")
        ],
    }


def _naive(moment: datetime) -> pd.Timestamp:
    return pd.Timestamp(moment.replace(tzinfo=None))
