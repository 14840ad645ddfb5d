"""Hypothesis strategies: tiny counties in which everything varies, and tiny assignment problems."""

from typing import Any

import numpy as np
from hypothesis import strategies as st

from dashboard.core.matching.problem import Problem, scale_of
from tests.core.matching.builders import HOME, KILOMETRE, MONDAY, a_line, a_person, hours

SKILLS = ("cook", "nurse", "drive")
LANGUAGES = ("mandarin", "dialect", "gelao")
spans = st.tuples(st.integers(8, 17), st.integers(1, 6), st.integers(0, 1)).map(
    lambda s: hours(s[0], s[0] + s[1], s[2])
)
north = st.integers(0, 6).map(lambda kilometres: HOME[1] + kilometres * KILOMETRE)
mostly = st.sampled_from([True, True, True, False])
genders = st.sampled_from(["female", "male", "unknown"])


@st.composite
def persons(draw: st.DrawFn, id: int) -> dict[str, Any]:
    asked = draw(st.integers(0, 8))
    return a_person(
        id,
        lat=draw(st.one_of(north, north, north, st.none())),
        known=draw(mostly),
        skills=draw(st.dictionaries(st.sampled_from(SKILLS), st.integers(1, 3), max_size=3)),
        certificates=draw(st.dictionaries(st.just("nurse"), st.integers(MONDAY - 1, MONDAY + 1), max_size=1)),
        free=[(hours(8, 18)), *draw(st.lists(spans, max_size=2))]
        if draw(mostly)
        else draw(st.lists(spans, max_size=2)),
        busy=[(*span, HOME[0], draw(north)) for span in draw(st.lists(spans, max_size=1))],
        keep=draw(st.lists(spans, max_size=1)) if not draw(mostly) else [],
        cap_day=draw(st.integers(0, 2)),
        cap_week=draw(st.integers(0, 3)),
        max_distance_m=draw(st.integers(0, 7)) * 1000,
        gender=draw(genders),
        languages=draw(st.lists(st.sampled_from(LANGUAGES), max_size=2)),
        active=draw(mostly),
        in_scope=draw(mostly),
        shared=draw(st.booleans()),
        load_90=draw(st.integers(0, 25)),
        last_day=MONDAY - draw(st.integers(0, 100)),
        asked=asked,
        kept=draw(st.integers(0, asked)),
    )


@st.composite
def needs(draw: st.DrawFn, id: int, people: int) -> dict[str, Any]:
    some = st.lists(st.integers(1, max(1, people)), max_size=1, unique=True)
    return a_line(
        id,
        lat=draw(north),
        windows=draw(st.lists(spans, min_size=1, max_size=2)),
        duration=draw(st.sampled_from([60, 120])),
        seats=draw(st.integers(0, 3)),
        urgency=draw(st.sampled_from(["urgent", "soon", "normal"])),
        rule=draw(st.sampled_from(["any_of", "any_of", "all_of"])),
        required=draw(st.dictionaries(st.sampled_from(SKILLS), st.integers(1, 2), max_size=1)),
        wished=draw(st.lists(st.sampled_from(SKILLS), max_size=2, unique=True)),
        languages=draw(st.lists(st.sampled_from(LANGUAGES), max_size=1)),
        language_hard=not draw(mostly),
        gender=draw(genders),
        gender_hard=not draw(mostly),
        preferred=[person for person in draw(some) if person <= people],
        excluded=[person for person in draw(some) if person <= people] if not draw(mostly) else [],
    )


@st.composite
def plain_needs(draw: st.DrawFn, id: int) -> dict[str, Any]:
    """One of a few fixed hours, so that tasks of a person clash in whole blocks or not at all."""
    start, day = draw(st.sampled_from([8, 11, 14])), draw(st.integers(0, 1))
    return a_line(
        id,
        windows=[hours(start, start + 2, day)],
        duration=120,
        seats=draw(st.integers(1, 2)),
        urgency=draw(st.sampled_from(["urgent", "soon", "normal"])),
        required=draw(st.dictionaries(st.sampled_from(SKILLS[:1]), st.just(1), max_size=1)),
        preferred=draw(st.lists(st.integers(1, 2), max_size=1)),
    )


@st.composite
def plain_persons(draw: st.DrawFn, id: int) -> dict[str, Any]:
    """Caps that bind, tasks she has already, and nothing that makes the matching harder than a flow."""
    return a_person(
        id,
        skills=draw(st.dictionaries(st.just("cook"), st.integers(1, 3), max_size=1)),
        free=[hours(8, 17), *([hours(8, 17, 1)] if draw(st.booleans()) else [])],
        busy=[(*hours(17, 18, draw(st.integers(0, 3))), *HOME)] if draw(st.booleans()) else [],
        cap_day=draw(st.integers(1, 3)),
        cap_week=draw(st.integers(1, 4)),
        load_90=draw(st.integers(0, 25)),
    )


@st.composite
def plain_counties(
    draw: st.DrawFn, people: int = 4, lines: int = 4
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Counties whose best plan is a flow's."""
    n, m = draw(st.integers(0, people)), draw(st.integers(1, lines))
    return [draw(plain_persons(i + 1)) for i in range(n)], [draw(plain_needs(j + 1)) for j in range(m)]


@st.composite
def crews(draw: st.DrawFn, people: int = 5) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """A crew or two with roles, and plain needs beside them."""
    persons_ = [draw(plain_persons(i + 1)) for i in range(draw(st.integers(1, people)))]
    lines: list[dict[str, Any]] = []
    for need in range(draw(st.integers(1, 2))):
        windows = draw(st.lists(st.sampled_from([hours(8, 10), hours(11, 13), hours(14, 16)]), min_size=1, max_size=2))
        urgency = draw(st.sampled_from(["urgent", "normal"]))
        for cook in draw(st.sampled_from([(True, False), (False,), (True,)])):
            seats = draw(st.integers(1, 3))
            lines.append(
                a_line(
                    len(lines) + 1,
                    need=100 + need,
                    windows=windows,
                    seats=seats,
                    least=draw(st.integers(1, seats)),
                    whole=True,
                    urgency=urgency,
                    required={"cook": 1} if cook else {},
                )
            )
    lines += [draw(plain_needs(len(lines) + 1 + k)) for k in range(draw(st.integers(0, 2)))]
    return persons_, lines


@st.composite
def counties(draw: st.DrawFn, people: int = 5, lines: int = 4) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """(persons, lines) for the builders, ids from 1."""
    n, m = draw(st.integers(0, people)), draw(st.integers(1, lines))
    return [draw(persons(i + 1)) for i in range(n)], [draw(needs(j + 1, n)) for j in range(m)]


@st.composite
def problems(draw: st.DrawFn, size: int = 6, capacity: int = 1) -> tuple[Problem, np.ndarray[Any, Any]]:
    """(problem, urgency of each line), with small costs so that ties abound."""
    lines, people = draw(st.integers(1, size)), draw(st.integers(0, size))
    seats = np.array(draw(st.lists(st.integers(0, 3), min_size=lines, max_size=lines)), dtype=np.int64)
    urgency = np.array(draw(st.lists(st.integers(0, 2), min_size=lines, max_size=lines)), dtype=np.int64)
    most = st.integers(0, 1 if capacity == 1 else capacity) if capacity > 1 else st.just(1)
    capacities = np.array(draw(st.lists(most, min_size=people, max_size=people)), dtype=np.int64)
    table = draw(st.lists(st.integers(-6, 9), min_size=lines * people, max_size=lines * people))
    costs = np.array(table, dtype=np.int64).reshape(lines, people)
    line, person = np.nonzero(costs >= 0)
    ptr = np.searchsorted(line, np.arange(lines + 1))
    unmet = scale_of(int(seats.sum()), 9, 0).unmet(urgency)
    return Problem.of_people(seats, unmet, capacities, ptr, person, costs[line, person]), urgency
