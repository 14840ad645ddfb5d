"""A county with a million service records, written fast: what the team figures are measured on.

209 teams, 50,000 volunteers in 60,000 memberships, 60,000 activities and 100,000 needs over two years. Nothing here is
random beyond a fixed seed; the rows carry only what the figures read.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from db.engine import Database
from db.models import (
    Activity,
    Base,
    CatalogueItem,
    Category,
    Division,
    Membership,
    Need,
    NeedEvent,
    Person,
    Rating,
    Service,
    Setting,
    Site,
    Team,
    Volunteer,
)

COUNTY = "520326"
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
DAYS = 730
TEAMS, VOLUNTEERS, ACTIVITIES, NEEDS, CATEGORIES = 209, 50_000, 60_000, 100_000, 9
CHUNK = 20_000
TOWNS = 16
#: What every order went through, and how many hours after it was registered.
STATES = {"open": 0, "in_service": 20, "done": 44, "confirmed": 46, "rated": 48}


def fill(database: Database, services: int = 1_000_000, shrink: int = 1) -> None:
    """Write the county into a migrated, empty database. `shrink` divides everything but the teams."""
    rng = np.random.default_rng(20261123)
    people, events, orders = VOLUNTEERS // shrink, ACTIVITIES // shrink, NEEDS // shrink
    writer = _Writer(database)
    writer.rows(Setting, [{"county": "", "key": "county", "value": {"code": COUNTY}}])
    writer.rows(Site, _sites())
    writer.rows(
        Category, ({"id": i, "code": f"c{i}", "name": f"类别{i}", "name_en": f"Kind {i}"} for i in _ids(CATEGORIES))
    )
    writer.rows(Team, ({"id": i, "code": f"t{i}", "name": f"志愿队{i}", "site_id": 1 + i % 149} for i in _ids(TEAMS)))
    writer.rows(CatalogueItem, _items(rng))
    writer.rows(Person, ({"id": i, "name": f"人{i}"} for i in _ids(people)))
    writer.rows(Volunteer, ({"id": i, "code": f"v{i}", "person_id": i, "site_id": 1 + i % 149} for i in _ids(people)))
    home = rng.zipf(1.3, people) % TEAMS + 1
    home[:TEAMS] = _ids(TEAMS)
    writer.rows(Membership, _memberships(home, rng))
    event_team = rng.zipf(1.3, events) % TEAMS + 1
    event_start = rng.integers(0, DAYS * 24, events)
    writer.rows(Activity, _activities(event_team, event_start, rng))
    order_team = rng.zipf(1.3, orders) % TEAMS + 1
    order_start = rng.integers(0, DAYS * 24, orders)
    writer.rows(Need, _needs(order_start, rng))
    writer.rows(Rating, _ratings(order_team, order_start, rng))
    from_needs = services // 5
    members = [np.flatnonzero(home == team) + 1 for team in range(TEAMS + 1)]
    writer.rows(Service, _services(from_needs, "need_id", order_team, order_start, members, rng))
    writer.rows(Service, _services(services - from_needs, "activity_id", event_team, event_start, members, rng))
    writer.done()


def fill_events(database: Database, shrink: int = 1) -> None:
    """The orders' records beside `fill`: sixteen towns, and what each order became, step by step."""
    writer = _Writer(database)
    towns = ({"code": f"5203261{i:02}", "name": f"镇{i}", "level": "town"} for i in _ids(TOWNS))
    writer.rows(Division, towns)
    rng = np.random.default_rng(20261123)
    writer.rows(NeedEvent, _events(rng.integers(0, DAYS * 24, NEEDS // shrink)))

    def settle(session: Session) -> None:
        session.execute(text(f"update needs set town_code = '5203261' || substr('0' || (1 + id % {TOWNS}), -2)"))

    database.write(settle)
    writer.done()


def _events(hour: np.ndarray) -> Iterator[dict[str, Any]]:
    for i, h in enumerate(hour, 1):
        begun = _moment(h) - timedelta(days=2)
        for before, (state, hours) in zip((None, *STATES), STATES.items(), strict=False):
            at = begun + timedelta(hours=hours)
            yield {
                "need_id": i,
                "from_state": before,
                "to_state": state,
                "actor_id": 1,
                "happened_at": at,
                "recorded_at": at,
            }


def _ids(count: int) -> range:
    return range(1, count + 1)


def _sites() -> Iterator[dict[str, Any]]:
    levels = ["centre"] + ["institute"] * 16 + ["station"] * 124 + ["point"] * 8
    for i, level in enumerate(levels, 1):
        parent = None if i == 1 else 1 if level == "institute" else 2 + i % 16
        path = "/1/" if i == 1 else f"/1/{i}/" if level == "institute" else f"/1/{parent}/{i}/"
        yield {
            "id": i,
            "code": f"s{i}",
            "name": f"站{i}",
            "name_key": f"站{i}",
            "level": level,
            "parent_id": parent,
            "path": path,
        }


def _items(rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    for i in _ids(6_000):
        yield {
            "id": i,
            "code": f"i{i}",
            "name": f"项目{i}",
            "category_id": int(rng.integers(1, CATEGORIES + 1)),
            "team_id": int(rng.integers(1, TEAMS + 1)),
        }


def _memberships(home: np.ndarray, rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    for i, team in enumerate(home, 1):
        yield {"team_id": int(team), "volunteer_id": i, "valid_from": date(2024, 1, 1), "valid_to": None}
        if i % 5 == 0:
            yield {
                "team_id": int(rng.integers(1, TEAMS + 1)),
                "volunteer_id": i,
                "valid_from": date(2025, 1, 1),
                "valid_to": None,
            }


def _moment(hour: Any) -> datetime:
    return NOW - timedelta(hours=int(hour) + 3)


def _activities(team: np.ndarray, hour: np.ndarray, rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    reached = rng.integers(5, 200, len(team))
    for i, (t, h, n) in enumerate(zip(team, hour, reached, strict=True), 1):
        yield {
            "id": i,
            "code": f"a{i}",
            "name": f"活动{i}",
            "category_id": 1 + i % CATEGORIES,
            "team_id": int(t),
            "site_id": 1 + i % 149,
            "start": _moment(h),
            "end": _moment(h) + timedelta(hours=2),
            "people_reached": None if i % 20 == 0 else int(n),
        }


def _needs(hour: np.ndarray, rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    for i, h in enumerate(hour, 1):
        yield {
            "id": i,
            "code": f"n{i}",
            "state": "rated",
            "channel": "visit",
            "category_id": 1 + i % CATEGORIES,
            "title": f"需求{i}",
            "person_id": 1 + i % 500,
            "site_id": 1 + i % 149,
            "urgency": "normal",
            "registered_at": _moment(h) - timedelta(days=2),
            "opened_at": _moment(h) - timedelta(days=2),
            "closed_at": _moment(h),
        }


def _ratings(team: np.ndarray, hour: np.ndarray, rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    score = rng.choice([0, 1, 2, 3, 4, 5], len(team), p=[0.2, 0.01, 0.02, 0.07, 0.3, 0.4])
    for i, (t, h, s) in enumerate(zip(team, hour, score, strict=True), 1):
        if i % 6:
            yield {
                "need_id": i,
                "team_id": int(t),
                "score": int(s) or None,
                "outcome": "done" if s else None,
                "asked_at": _moment(h),
                "answered_at": _moment(h) if s else None,
                "recorded_by": 0,
            }


def _services(
    count: int,
    occasion: str,
    team: np.ndarray,
    hour: np.ndarray,
    members: list[np.ndarray],
    rng: np.random.Generator,
) -> Iterator[dict[str, Any]]:
    which = rng.integers(0, len(team), count)
    one = rng.random(count)
    volunteer = np.array([of[int(x * len(of))] for x, of in zip(one, (members[team[w]] for w in which), strict=True)])
    minutes = rng.integers(1, 25, count) * 10
    grade = rng.choice(["A", "B", "C"], count, p=[0.3, 0.5, 0.2])
    empty = {"need_id": None, "activity_id": None}
    for w, v, m, g in zip(which.tolist(), volunteer.tolist(), minutes.tolist(), grade.tolist(), strict=True):
        start = _moment(hour[w])
        yield empty | {
            occasion: w + 1,
            "volunteer_id": v,
            "team_id": int(team[w]),
            "site_id": 1 + w % 149,
            "start": start,
            "end": start + timedelta(minutes=m),
            "minutes": m,
            "grade": g,
            "recorded_at": start,
            "recorded_by": 0,
        }


class _Writer:
    """Inserts rows in chunks, one transaction each."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def rows(self, table: type[Base], rows: Any) -> None:
        chunk: list[dict[str, Any]] = []
        for row in rows:
            chunk.append({"county": COUNTY} | row)
            if len(chunk) == CHUNK:
                self._write(table, chunk)
                chunk = []
        self._write(table, chunk)

    def _write(self, table: type[Base], chunk: list[dict[str, Any]]) -> None:
        if chunk:
            self.database.write(lambda session: session.execute(insert(table), chunk))

    def done(self) -> None:
        """Let the planner know the sizes, as a running office's database does."""

        def analyse(session: Session) -> None:
            session.execute(text("analyze"))

        self.database.write(analyse)
