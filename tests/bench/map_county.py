"""A county for the map's measurements and browser tests: so many grids of 40 corners, 149 sites, needs in clusters.

Fast and without people's names: only what the map reads. Made by plain inserts, outside the product's commands.
"""

import math
import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from dashboard.core.words import Role
from dashboard.services.signins import SAMPLE_USERNAMES
from db.county import WUCHUAN, ensure_county
from db.models import (
    Account,
    Category,
    Grid,
    GridContact,
    Need,
    NeedInterval,
    NeedRole,
    Person,
    Setting,
    Site,
    Volunteer,
)

#: Pieces of each of the four borders of a grid.
STEPS = 10
WEST, SOUTH, WIDTH = 107.6, 28.2, 0.7


def fill(session: Session, *, grids: int = 1453, needs: int = 5000, volunteers: int = 2000, now: datetime) -> None:
    """Fill an empty, migrated database."""
    ensure_county(session, now=now)
    session.execute(insert(Setting).values(county=WUCHUAN, key="sample", value={"size": "bench"}, changed_at=now))
    dice = random.Random(5)
    _sites(session, dice)
    _accounts(session, now)
    _grids(session, grids)
    _contacts(session, grids)
    _needs(session, dice, needs, grids, now)
    _volunteers(session, dice, volunteers, grids)


def _cell(number: int, of: int) -> tuple[float, float, float]:
    """Middle and radius of a grid on a square lattice."""
    side = math.ceil(math.sqrt(of))
    step = WIDTH / side
    return WEST + step * (number % side + 0.5), SOUTH + step * (number // side + 0.5), step / 2


def polygon(number: int, of: int) -> dict[str, Any]:
    """A grid of 40 corners as a GeoJSON geometry; neighbours share their wavy borders exactly."""
    side = math.ceil(math.sqrt(of))
    row, column = divmod(number, side)
    south, north = _border(column, row), _border(column, row + 1)
    west, east = _border(row, column), _border(row, column + 1)
    ring = [*south, *((y, x) for x, y in east), *reversed(north), *((y, x) for x, y in reversed(west))]
    corners = [corner for corner, following in zip(ring, [*ring[1:], None], strict=True) if corner != following]
    step = WIDTH / side
    closed = corners if corners[0] == corners[-1] else [*corners, corners[0]]
    return {"type": "Polygon", "coordinates": [[[WEST + step * x, SOUTH + step * y] for x, y in closed]]}


def _border(along: int, across: int) -> list[tuple[float, float]]:
    """Eleven points from (along, across) to (along + 1, across), waving a little; the ends stand still."""
    depth = 0.15 * math.sin(7 * along + 13 * across)
    return [
        (along + part / STEPS, across + (depth * math.sin(2 * math.pi * part / STEPS) if 0 < part < STEPS else 0))
        for part in range(STEPS + 1)
    ]


def points(count: int, seed: int) -> list[list[float]]:
    """Somewhere in the county: [lat, lon] pairs."""
    dice = random.Random(seed)
    return [[SOUTH + WIDTH * dice.random(), WEST + WIDTH * dice.random()] for _ in range(count)]


def _town(number: int, of: int) -> str:
    """Four towns, each a band of rows."""
    return ("520326001", "520326002", "520326003", "520326101")[number * 4 // of]


def _sites(session: Session, dice: random.Random) -> None:
    levels = ["centre"] + ["institute"] * 16 + ["station"] * 124 + ["point"] * 8
    kinds = ["practice", "eldercare", "meal_point", "school", "culture", "scenic", "enterprise", "other"]
    rows = []
    for number, level in enumerate(levels, 1):
        parent = None if level == "centre" else 1 if level == "institute" else 2 + number % 16
        path = {None: "/1/", 1: f"/1/{number}/"}.get(parent, f"/1/{parent}/{number}/")
        rows.append(
            {
                "id": number,
                "county": WUCHUAN,
                "code": f"S{number}",
                "name": f"实践阵地{number}",
                "name_key": f"实践阵地{number}",
                "level": level,
                "kind": "practice" if level != "point" else kinds[number % 8],
                "parent_id": parent,
                "path": path,
                "town_code": _town(number - 1, len(levels)),
                "lon": WEST + WIDTH * dice.random(),
                "lat": SOUTH + WIDTH * dice.random(),
                "precision": "point",
            }
        )
    session.execute(insert(Site), rows)


def _accounts(session: Session, now: datetime) -> None:
    """The doors of a sample: one account a role; the station worker's part is one institute's."""
    rows = [
        {
            "county": WUCHUAN,
            "username": username,
            "display_name": username,
            "role": role,
            "site_id": 2 if role is Role.STATION_WORKER else None,
            "created_at": now,
        }
        for role, username in SAMPLE_USERNAMES.items()
    ]
    session.execute(insert(Account), rows)


def _grids(session: Session, count: int) -> None:
    rows = []
    for number in range(count):
        lon, lat, radius = _cell(number, count)
        rows.append(
            {
                "id": number + 1,
                "county": WUCHUAN,
                "code": f"G{number + 1:05d}",
                "name": f"第{number + 1}网格",
                "town_code": _town(number, count),
                "site_id": 2 + number % 16,
                "geometry": polygon(number, count),
                "lon": lon,
                "lat": lat,
                "area_m2": (radius * 1e5) ** 2,
                "households": 40 + number % 50,
                "valid_from": date(2024, 1, 1),
            }
        )
    session.execute(insert(Grid), rows)


def _contacts(session: Session, grids: int) -> None:
    people = [
        {"id": number, "county": WUCHUAN, "name": f"联系人{number}", "phone": f"1390000{number:04d}"[:11]}
        for number in range(1, grids + 1)
    ]
    session.execute(insert(Person), [row | {"phone_tail": row["phone"][-4:]} for row in people])
    cards = [
        {"county": WUCHUAN, "grid_id": 1 + number % grids, "person_id": 1 + number * 7 % grids, "duty": "网格员"}
        for number in range(int(grids * 1.5))
        if number % 19
    ]
    session.execute(insert(GridContact), cards)


def _needs(session: Session, dice: random.Random, count: int, grids: int, now: datetime) -> None:
    categories = [row.id for row in session.query(Category).order_by(Category.position)]
    needs, roles, spans = [], [], []
    for number in range(1, count + 1):
        grid = dice.randrange(grids)
        lon, lat, radius = _cell(grid, grids)
        registered = now - timedelta(days=dice.randrange(1, 5))
        due = now + timedelta(hours=dice.randrange(-6, 200))
        start = now + timedelta(days=dice.randrange(1, 9))
        needs.append(
            {
                "id": number,
                "county": WUCHUAN,
                "code": f"N{number:06d}",
                "state": "open",
                "channel": "hotline",
                "category_id": categories[number % len(categories)],
                "title": f"需求{number}",
                "site_id": 2 + grid % 16,
                "grid_id": grid + 1,
                "town_code": _town(grid, grids),
                "lon": lon + radius * (dice.random() - 0.5),
                "lat": lat + radius * (dice.random() - 0.5),
                "precision": "point",
                "urgency": ("urgent", "soon", "normal", "normal")[number % 4],
                "registered_at": registered,
                "opened_at": registered,
                "take_up_due_at": due,
                "close_due_at": due + timedelta(days=5),
                "to_verify": [],
            }
        )
        roles.append({"county": WUCHUAN, "need_id": number, "head_count": 1 + number % 3})
        spans.append({"county": WUCHUAN, "need_id": number, "start": start, "end": start + timedelta(hours=2)})
    for table, rows in ((Need, needs), (NeedRole, roles), (NeedInterval, spans)):
        session.execute(insert(table), rows)


def _volunteers(session: Session, dice: random.Random, count: int, grids: int) -> None:
    session.execute(
        insert(Volunteer),
        [
            {
                "county": WUCHUAN,
                "code": f"V{number}",
                "person_id": 1 + number % grids,
                "site_id": 2 + number % 16,
                "grid_id": 1 + dice.randrange(grids),
                "lon": WEST + WIDTH * dice.random(),
                "lat": SOUTH + WIDTH * dice.random(),
                "precision": "grid",
                "languages": [],
                "registered_on": date(2024, 1, 1),
            }
            for number in range(count)
        ],
    )


NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
