"""Needs that nobody within reach has the skills for."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.core.coverage import without_helper
from dashboard.core.geo import EARTH_M


def at(*points: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    lon, lat = zip(*points, strict=True) if points else ((), ())
    return np.array(lon, dtype=float), np.array(lat, dtype=float)


def ask(needs: list, skills: list[set[int]], volunteers: list, reach: list[float], holders: dict) -> list[bool]:
    flags = {skill: np.array(has, dtype=bool) for skill, has in holders.items()}
    found = without_helper(at(*needs), [frozenset(s) for s in skills], at(*volunteers), np.array(reach, float), flags)
    return found.tolist()


HERE = (107.9, 28.5)
THREE_KM_NORTH = (107.9, 28.527)
SIX_KM_NORTH = (107.9, 28.554)


def test_a_neighbour_with_the_skill_covers_a_need() -> None:
    assert ask([HERE], [{1}], [THREE_KM_NORTH], [5000], {1: [True]}) == [False]


def test_a_neighbour_without_the_skill_does_not() -> None:
    assert ask([HERE], [{1, 2}], [THREE_KM_NORTH], [5000], {1: [True], 2: [False]}) == [True]
    assert ask([HERE], [{3}], [THREE_KM_NORTH], [5000], {}) == [True]


def test_nobody_beyond_five_kilometres_or_beyond_her_own_reach_covers_it() -> None:
    assert ask([HERE], [set()], [SIX_KM_NORTH], [20_000], {}) == [True]
    assert ask([HERE], [set()], [THREE_KM_NORTH], [2000], {}) == [True]
    assert ask([HERE], [set()], [THREE_KM_NORTH], [3100], {}) == [False]


def test_a_county_without_volunteers_covers_nothing_and_no_need_asks_nothing() -> None:
    assert ask([HERE], [set()], [], [], {}) == [True]
    assert ask([], [], [HERE], [5000], {}) == []


POINT = st.tuples(st.floats(107.8, 108.0), st.floats(28.4, 28.6))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(POINT, st.sets(st.integers(0, 2))), max_size=6),
    st.lists(st.tuples(POINT, st.sampled_from([500.0, 2000.0, 9000.0]), st.sets(st.integers(0, 2))), max_size=40),
)
def test_equals_looking_at_every_pair(needs: list, volunteers: list) -> None:
    holders = {skill: [skill in has for _, _, has in volunteers] for skill in range(3)}
    got = ask(
        [p for p, _ in needs],
        [s for _, s in needs],
        [p for p, _, _ in volunteers],
        [r for _, r, _ in volunteers],
        holders,
    )
    expected = [
        not any(wanted <= has and metres(place, home) <= min(reach, 5000) for home, reach, has in volunteers)
        for place, wanted in needs
    ]
    assert expected == got


def metres(one: tuple[float, float], two: tuple[float, float]) -> float:
    (x1, y1), (x2, y2) = np.radians(one), np.radians(two)
    half = np.sin((y2 - y1) / 2) ** 2 + np.cos(y1) * np.cos(y2) * np.sin((x2 - x1) / 2) ** 2
    return float(2 * EARTH_M * np.sqrt(half))
