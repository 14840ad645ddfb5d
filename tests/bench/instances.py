"""Invented counties for the solver benchmarks at any size, and their problems in integers.

Homes cluster in villages; common skills are common and rare ones rare, but what is asked for is spread more evenly, so
that seats for rare skills stay empty; hours are scarce and most people give one task a week. The blocks of a day lie an
hour apart, enough for the way between any two places in reach: within a county with a travel limit two tasks of one
person clash exactly when they are in one block.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from dashboard.core import spans
from dashboard.core.matching import candidates
from dashboard.core.matching.case import Case
from dashboard.core.matching.lines import Lines
from dashboard.core.matching.people import People
from dashboard.core.matching.policy import DEFAULT, Policy
from dashboard.core.matching.words import URGENCIES, Codebook
from dashboard.core.spans import Spans
from tests.bench.integers import Array, Instance, ladder

FIRST_DAY = 20_787  # a Monday
DAYS = 7
#: Beginning of each block in minutes of the county's day; each takes two hours.
BLOCKS = np.array([420, 600, 780, 960, 1140])
BLOCK_MINUTES = 120
SKILLS = 32
LICENCES = (26, 27, 28, 29, 30, 31)
SOCIAL_WORKER, COMMUNITY_WORKER = 25, 15
CODES = Codebook(tuple(range(SKILLS)), LICENCES, ("mandarin", "dialect", "gelao"))
#: Nobody goes farther than an hour's way between two tasks allows: half of 60 minutes at 300 m a minute.
FARTHEST_M = 9_000
NO_LIMIT_M = 200_000
_CENTRE = np.array([107.95, 28.55])
_DEGREES = np.array([0.2, 0.18])  # half of the county's width and height


@dataclass(frozen=True)
class Recipe:
    """What makes one county; the same recipe gives the same rows."""

    volunteers: int = 50_000
    needs: int = 5_000
    seed: int = 1
    travel_limit: bool = True
    #: Roles of a crew are filled to their least or nobody comes; else their seats count one by one.
    whole_crews: bool = False
    #: Share of the needs for several people that may meet at any one of several times.
    common_times: float = 0.0
    #: Some needs for one person can be served in any one of several blocks.
    several_blocks: bool = True
    #: Everybody takes one task more than she has: each seat is an assignment of its own.
    one_task: bool = False
    #: So many counties beside each other, out of each other's reach, share the volunteers and needs.
    counties: int = 1


def a_county(recipe: Recipe) -> tuple[People, Lines]:
    """People and lines of the recipe."""
    chance = np.random.default_rng(recipe.seed)
    villages = np.concatenate([_villages(chance) + [apart, 0] for apart in range(recipe.counties)])
    crowd = chance.lognormal(0, 0.8, len(villages))
    people = _people(chance, recipe, villages, crowd / crowd.sum())
    old = crowd * chance.lognormal(0, 0.7, len(villages))
    return people, _lines(chance, recipe, villages, old / old.sum())


def _villages(chance: np.random.Generator) -> Array:
    towns = _CENTRE + chance.uniform(-0.8, 0.8, (16, 2)) * _DEGREES
    stations = towns[chance.integers(0, 16, 124)] + chance.normal(0, 0.02, (124, 2))
    return stations[chance.integers(0, 124, 1453)] + chance.normal(0, 0.007, (1453, 2))


def _places(chance: np.random.Generator, count: int, villages: Array, weight: Array) -> Array:
    return villages[chance.choice(len(villages), count, p=weight)] + chance.normal(0, 0.0025, (count, 2))


def _block_start(block: Array) -> Array:
    """First minute of blocks numbered through the week."""
    day, part = np.divmod(block, len(BLOCKS))
    minutes: Array = spans.day_start(FIRST_DAY + day) + BLOCKS[part]
    return minutes


def _people(chance: np.random.Generator, recipe: Recipe, villages: Array, weight: Array) -> People:
    n = recipe.volunteers
    ids = np.arange(1, n + 1)
    lon, lat = _places(chance, n, villages, weight).T
    lon[chance.random(n) < 0.02] = np.nan
    have = np.clip(0.45 * np.arange(1, SKILLS + 1) ** -0.95, 0.004, 1)
    holder, skill = np.nonzero(chance.random((n, SKILLS)) < have)
    licensed = np.isin(skill, LICENCES)
    owner, block = np.nonzero(chance.random((n, DAYS * len(BLOCKS))) < _hours(chance, n))
    weekday, part = np.divmod(block, len(BLOCKS))
    pattern = Spans(ids[owner], BLOCKS[part], BLOCKS[part] + BLOCK_MINUTES)
    tasks = n // 10
    sent = chance.choice(ids, tasks)
    cap_week = chance.choice([1, 2, 3, 4, 5], n, p=[0.45, 0.27, 0.15, 0.08, 0.05])
    busy = _block_start(chance.integers(0, DAYS * len(BLOCKS), tasks))
    asked = chance.poisson(3, n)
    reach = np.clip(chance.lognormal(8.05, 0.5, n), 1_000, FARTHEST_M).astype(np.int64)
    return People.build(
        CODES,
        id=ids,
        lon=lon,
        lat=lat,
        precision="grid",
        known=chance.random(n) < 0.8,
        skills=(ids[holder], skill.tolist(), chance.choice([1, 2, 3], len(holder), p=[0.55, 0.3, 0.15])),
        certificates=(
            ids[holder[licensed]],
            skill[licensed].tolist(),
            FIRST_DAY + chance.integers(-40, 600, licensed.sum()),
        ),
        free=spans.expand_weekly(pattern, weekday, FIRST_DAY, DAYS),
        busy=(
            sent,
            busy,
            busy + BLOCK_MINUTES,
            *_places(chance, tasks, villages, weight).T,
        ),
        cap_day=chance.choice([1, 2], n, p=[0.85, 0.15]),
        cap_week=np.bincount(sent, minlength=n + 1)[1:] + 1 if recipe.one_task else cap_week,
        max_distance_m=reach if recipe.travel_limit else NO_LIMIT_M,
        gender=[("unknown", "female", "male")[g] for g in chance.choice(3, n, p=[0.03, 0.6, 0.37])],
        languages=chance.choice([1, 3, 7], n, p=[0.45, 0.52, 0.03]),
        active=chance.random(n) < 0.85,
        in_scope=chance.random(n) < 0.97,
        load_90=chance.poisson(2, n),
        last_day=FIRST_DAY - chance.integers(1, 200, n),
        asked=asked,
        kept=chance.binomial(asked, 0.9),
    )


def _hours(chance: np.random.Generator, n: int) -> Array:
    """[people, blocks]: how likely each is free. Retired, working, studying, and as it comes; some give far more."""
    ways = np.full((4, DAYS, len(BLOCKS)), 0.07)
    ways[0, :5, :4], ways[0, 5:, :4] = 0.30, 0.14
    ways[1, :5, 4], ways[1, 5:, :] = 0.15, 0.22
    ways[2, :5, 4], ways[2, 5:, :] = 0.10, 0.34
    way = chance.choice(4, n, p=[0.38, 0.34, 0.13, 0.15])
    likely: Array = ways.reshape(4, -1)[way] * (3 * chance.beta(1.1, 2.2, n))[:, None]
    return likely


def _lines(chance: np.random.Generator, recipe: Recipe, villages: Array, weight: Array) -> Lines:
    m = recipe.needs
    crew = chance.random(m) < 0.04
    head = chance.choice([1, 2, 3, 4, 6, 8, 10], m, p=[0.72, 0.13, 0.06, 0.04, 0.025, 0.015, 0.01])
    roles = np.where(crew, 3, 1)
    need = np.repeat(np.arange(m), roles)
    role = np.arange(len(need)) - np.repeat(np.cumsum(roles) - roles, roles)
    in_crew = crew[need]
    seats = np.where(in_crew, np.array([1, 2, 7])[role], head[need])
    ids = np.arange(1, len(need) + 1)
    lon, lat = _places(chance, m, villages, weight).T
    single = (head == 1) & ~crew
    times = chance.choice([1, 2, 3, 4], m, p=[0.45, 0.25, 0.18, 0.12])
    several = (single & recipe.several_blocks) | (~single & (chance.random(m) < recipe.common_times))
    line_of_window, start = _windows(chance, np.where(several, times, 1), need)
    asked_line, asked_skill = _skills_asked(chance, role, in_crew)
    wish = chance.random(m) < 0.5
    wished = chance.integers(0, 12, m)
    before = chance.choice(recipe.volunteers, m) + 1
    knows = single & (chance.random(m) < 0.15)
    gender = chance.choice(3, m, p=[0.8, 0.15, 0.05])
    whole: dict[str, Any] = {}
    if recipe.whole_crews:
        whole = {"whole": in_crew, "least": np.where(in_crew & (role == 2), 6, np.where(in_crew, seats, 1))}
    return Lines.build(
        CODES,
        id=ids,
        need=need + 1,
        lon=lon[need],
        lat=lat[need],
        windows=(line_of_window + 1, start, start + BLOCK_MINUTES),
        duration=BLOCK_MINUTES,
        seats=seats,
        urgency=[URGENCIES[u] for u in chance.choice(3, m, p=[0.15, 0.35, 0.5])[need]],
        required=(asked_line + 1, asked_skill.tolist(), np.ones(len(asked_line), dtype=np.int64)),
        preferred_skills=(ids[wish[need]], wished[need][wish[need]].tolist()),
        languages=chance.choice([0, 2, 4], m, p=[0.8, 0.17, 0.03])[need],
        language_hard=(chance.random(m) < 0.3)[need],
        gender=[("unknown", "female", "male")[g] for g in gender[need]],
        gender_hard=(chance.random(m) < 0.3)[need],
        preferred=[(int(ids[row]), int(before[need[row]])) for row in np.flatnonzero(knows[need])],
        **whole,
    )


def _windows(chance: np.random.Generator, times: Array, need: Array) -> tuple[Array, Array]:
    """(line, start) of each window: different blocks of the week, busy hours asked for more often."""
    likely = np.outer([1.2, 1.1, 1.1, 1.1, 1.2, 1.0, 0.8], [1.0, 1.5, 0.8, 1.3, 0.6]).ravel()
    # The largest of u^(1/w) are a weighted draw without repeats.
    order = np.argsort(-(chance.random((len(times), len(likely))) ** (1 / likely)), axis=1)
    of_line = times[need]
    line = np.repeat(np.arange(len(need)), of_line)
    which = np.arange(len(line)) - np.repeat(np.cumsum(of_line) - of_line, of_line)
    return line, _block_start(order[need[line], which])


def _skills_asked(chance: np.random.Generator, role: Array, in_crew: Array) -> tuple[Array, Array]:
    """(line, skill): one, at times two; demand is flatter than supply. Crews: a social worker, two community workers,
    and anybody."""
    have = np.clip(0.45 * np.arange(1, SKILLS + 1) ** -0.95, 0.004, 1) ** 0.55
    rows = np.arange(len(role))
    first = chance.choice(SKILLS, len(role), p=have / have.sum())
    second = chance.choice(SKILLS, len(role), p=have / have.sum())
    first = np.where(in_crew, np.array([SOCIAL_WORKER, COMMUNITY_WORKER, -1])[role], first)
    two = ~in_crew & (chance.random(len(role)) < 0.18) & (second != first)
    line, skill = np.concatenate([rows, rows[two]]), np.concatenate([first, second[two]])
    return line[skill >= 0], skill[skill >= 0]


def plain(people: People, lines: Lines, policy: Policy = DEFAULT) -> Instance:
    """One task a person, at the earliest hour that suits both."""
    pairs = candidates.eligible_pairs(people, lines, policy)
    asked, limit = np.unique(pairs.row, return_inverse=True)
    ones, sink = np.ones(len(asked), dtype=np.int64), np.full(len(asked), -1)
    links = (np.arange(len(asked)), sink, ones, ones * 0)
    return _instance(people, lines, policy, pairs.ptr, limit, policy.top_score - pairs.score, pairs.row, links)


def capacities(people: People, lines: Lines, policy: Policy = DEFAULT) -> Instance:
    """Several tasks a person: one a block, so many a day, so many a week, less what she is already sent to. A line
    that can be served in several blocks has a pair for each."""
    slots = lines.table.slot_to - lines.table.slot_from
    line = np.repeat(np.arange(lines.count), slots)
    table = np.array(lines.table[line]).view(np.recarray)
    table.slot_from += np.arange(len(line)) - np.repeat(np.cumsum(slots) - slots, slots)
    table.slot_to, table.id = table.slot_from + 1, np.arange(len(line))
    pairs = candidates.eligible_pairs(people, replace(lines, table=table), policy)
    start = np.repeat(lines.slots.start[table.slot_from].astype(np.int64), np.diff(pairs.ptr))
    ptr = pairs.ptr[np.concatenate([[0], np.cumsum(slots)])]
    week_start = spans.day_start(FIRST_DAY)
    block, entry = np.unique(pairs.row * 1_000_000 + start - week_start, return_inverse=True)
    person, minute = np.divmod(block, 1_000_000)
    day, to_day = np.unique(person * DAYS + minute // spans.DAY_MINUTES, return_inverse=True)
    week, to_week = np.unique(day // DAYS, return_inverse=True)
    sent_day, sent_week = _already_sent(people)
    links = (
        np.arange(len(block) + len(day) + len(week)),
        np.concatenate([len(block) + to_day, len(block) + len(day) + to_week, np.full(len(week), -1)]),
        np.concatenate(
            [
                np.ones(len(block), dtype=np.int64),
                people.table.cap_day[day // DAYS] - sent_day[day],
                people.table.cap_week[week] - sent_week[week],
            ]
        ),
        np.zeros(len(block) + len(day) + len(week), dtype=np.int64),
    )
    return _instance(people, lines, policy, ptr, entry, policy.top_score - pairs.score, pairs.row, links)


def of_case(case: Case) -> Instance:
    """The product's own problem of a case: as here, and each further task of a person's week a little dearer."""
    problem, table = case.problem, case.lines.table
    return Instance(
        seats=problem.seats,
        unmet=problem.unmet,
        urgency=table.urgency.astype(np.int64),
        need=table.need,
        whole=table.whole,
        least=table.least.astype(np.int64),
        ptr=problem.ptr,
        entry=problem.entry,
        cost=problem.cost,
        person=case.pairs.row,
        volunteers=np.array(case.people.count),
        link_from=problem.limits.link_from,
        link_to=problem.limits.link_to,
        link_cap=problem.limits.link_cap,
        link_cost=problem.limits.link_cost,
    )


def _already_sent(people: People) -> tuple[Array, Array]:
    """Tasks of each person and day, [people * DAYS], and of each person in the week."""
    tasks = people.table.busy_to - people.table.busy_from
    at = np.repeat(people.table.busy_from, tasks) + np.arange(tasks.sum())
    at -= np.repeat(np.cumsum(tasks) - tasks, tasks)
    day = (people.spans.start[at] + spans.LOCAL_MINUTES) // spans.DAY_MINUTES - FIRST_DAY
    owner = np.repeat(np.arange(people.count), tasks)
    return np.bincount(owner * DAYS + day, minlength=people.count * DAYS), tasks


def _instance(
    people: People, lines: Lines, policy: Policy, ptr: Array, entry: Array, cost: Array, person: Array, links: Any
) -> Instance:
    table = lines.table
    seats, urgency = table.seats.astype(np.int64), table.urgency.astype(np.int64)
    return Instance(
        seats=seats,
        unmet=ladder(urgency, seats, policy.top_score),
        urgency=urgency,
        need=table.need,
        whole=table.whole,
        least=table.least.astype(np.int64),
        ptr=ptr,
        entry=entry,
        cost=cost,
        person=person,
        volunteers=np.array(people.count),
        link_from=links[0],
        link_to=links[1],
        link_cap=links[2].astype(np.int64),
        link_cost=links[3],
    )
