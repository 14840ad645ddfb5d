"""An invented county for the matching benchmarks: clustered homes, rare skills, scarce hours, unknown free time."""

from typing import Any

import numpy as np

from dashboard.core import spans
from dashboard.core.matching.lines import Lines
from dashboard.core.matching.people import People
from dashboard.core.matching.words import Codebook
from dashboard.core.spans import Spans

FIRST_DAY = 20_787  # a Monday
DAYS = 14
SKILLS = 24
CODES = Codebook(tuple(range(SKILLS)), (20, 21, 22, 23), ("mandarin", "dialect", "gelao"))
_CENTRE = np.array([107.95, 28.55])


def _homes(chance: np.random.Generator, count: int, villages: np.ndarray[Any, Any]) -> Any:
    return villages[chance.integers(0, len(villages), count)] + chance.normal(0, 0.012, (count, 2))


def a_county(volunteers: int, needs: int, seed: int = 1) -> tuple[People, Lines]:
    """People and one-role needs; the same seed gives the same rows."""
    chance = np.random.default_rng(seed)
    towns = _CENTRE + chance.uniform(-0.3, 0.3, (16, 2))
    villages = towns[chance.integers(0, 16, 124)] + chance.normal(0, 0.05, (124, 2))
    return _people(chance, volunteers, villages), _lines(chance, needs, villages)


def _people(chance: np.random.Generator, n: int, villages: Any) -> People:
    ids = np.arange(1, n + 1)
    lon, lat = _homes(chance, n, villages).T
    lon[chance.random(n) < 0.03] = np.nan
    rarity = 1 / np.arange(1, SKILLS + 1) ** 1.3
    holds = chance.random((n, SKILLS)) < np.minimum(0.5, rarity)
    holder, skill = np.nonzero(holds)
    licensed = skill >= 20
    expiry = FIRST_DAY + chance.integers(-60, 600, licensed.sum())
    slots = chance.random((n, 7, 3)) < np.array([0.06, 0.08, 0.16])
    owner, weekday, part = np.nonzero(slots)
    start = np.array([480, 810, 1110])[part]
    free = spans.expand_weekly(
        Spans(ids[owner], start, start + np.array([240, 270, 180])[part]), weekday, FIRST_DAY, DAYS
    )
    tasks = n // 5
    busy_day = FIRST_DAY + chance.integers(0, DAYS, tasks)
    busy_start = busy_day * 1440 - 480 + chance.integers(16, 38, tasks) * 30
    busy_lon, busy_lat = _homes(chance, tasks, villages).T
    asked = chance.poisson(3, n)
    return People.build(
        CODES,
        id=ids,
        lon=lon,
        lat=lat,
        precision="grid",
        known=chance.random(n) < 0.75,
        skills=(ids[holder], skill.tolist(), chance.integers(1, 4, len(holder))),
        certificates=(ids[holder[licensed]], skill[licensed].tolist(), expiry),
        free=free,
        busy=(chance.choice(ids, tasks), busy_start, busy_start + 120, busy_lon, busy_lat),
        cap_day=chance.integers(1, 3, n),
        cap_week=chance.integers(1, 5, n),
        max_distance_m=chance.choice([2000, 3000, 5000, 8000, 10000], n),
        gender=[("unknown", "female", "male")[g] for g in chance.choice(3, n, p=[0.05, 0.6, 0.35])],
        languages=chance.choice([1, 3, 7], n, p=[0.5, 0.45, 0.05]),
        active=chance.random(n) < 0.9,
        in_scope=chance.random(n) < 0.95,
        shared=chance.random(n) < 0.1,
        load_90=chance.poisson(2, n),
        last_day=FIRST_DAY - chance.integers(1, 200, n),
        asked=asked,
        kept=chance.binomial(asked, 0.9),
    )


def _lines(chance: np.random.Generator, m: int, villages: Any) -> Lines:
    ids = np.arange(1, m + 1)
    lon, lat = _homes(chance, m, villages).T
    asks = chance.random(m) < 0.7
    rarity = 1 / np.arange(1, SKILLS + 1) ** 0.8
    windows = chance.integers(1, 4, m)
    owner = np.repeat(ids, windows)
    hour = chance.choice([480, 540, 600, 840, 900, 1110], len(owner), p=[0.1, 0.3, 0.2, 0.2, 0.1, 0.1])
    start = (FIRST_DAY + chance.integers(0, DAYS, len(owner))) * 1440 - 480 + hour
    wish = chance.choice(ids, m // 4, replace=False)
    return Lines.build(
        CODES,
        id=ids,
        lon=lon,
        lat=lat,
        windows=(owner, start, start + chance.choice([120, 120, 180], len(owner))),
        duration=120,
        seats=chance.choice([1, 2, 3, 6], m, p=[0.75, 0.15, 0.06, 0.04]),
        urgency=[("urgent", "soon", "normal")[u] for u in chance.choice(3, m, p=[0.15, 0.35, 0.5])],
        required=(
            ids[asks],
            chance.choice(SKILLS, asks.sum(), p=rarity / rarity.sum()).tolist(),
            np.ones(asks.sum(), int),
        ),
        preferred_skills=(wish, chance.integers(0, 10, len(wish)).tolist()),
        languages=chance.choice([0, 2, 4], m, p=[0.8, 0.18, 0.02]),
        language_hard=chance.random(m) < 0.3,
        gender=[("unknown", "female", "male")[g] for g in chance.choice(3, m, p=[0.8, 0.15, 0.05])],
        gender_hard=chance.random(m) < 0.3,
        preferred=[(int(line), int(line) * 7 % 50_000 + 1) for line in wish],
    )
