"""Targets and where a count is heading: honest ranges, calendar periods, no false precision."""

import random
from datetime import UTC, date, datetime, timedelta
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.core.errors import Invalid
from dashboard.core.figures import BY_KEY, Window, day_span
from dashboard.core.targets import (
    FLOWING,
    LEAST_WEEKS,
    Period,
    Progress,
    Target,
    period_of,
    projected,
    rounded,
    target_of,
    weekly,
)

START = datetime(2026, 1, 1, tzinfo=UTC)
WEEK = timedelta(days=7)


def test_periods_are_the_county_s_calendar() -> None:
    assert period_of("2026").span == (day_span(date(2026, 1, 1))[0], day_span(date(2027, 1, 1))[0])
    assert period_of("2026Q4").span == (day_span(date(2026, 10, 1))[0], day_span(date(2027, 1, 1))[0])
    quarters = [period_of(f"2026Q{number}").span for number in (1, 2, 3, 4)]
    assert [end for _, end in quarters[:-1]] == [start for start, _ in quarters[1:]]
    assert str(period_of("2026Q3")) == "2026Q3"
    for words in ("26", "2026Q5", "2026-01", "", "２０２６"):
        with pytest.raises(Invalid, match="bad_period"):
            period_of(words)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"figure": "x"}, "bad_figure"),
        ({"value": -1}, "bad_value"),
        ({"value": True}, "bad_value"),
        ({"value": float("nan")}, "bad_value"),
        ({"value": 1.5}, "bad_share"),
        ({"period": "x"}, "bad_period"),
    ],
)
def test_what_is_no_target_is_refused(change: dict[str, object], key: str) -> None:
    plain: dict[str, object] = {
        "figure": "satisfaction",
        "period": "2026",
        "value": 0.9,
        "most": False,
        "locked": False,
        "site": None,
    }
    assert target_of(plain).plain() == plain
    with pytest.raises(Invalid, match=key):
        target_of(plain | change)


def test_the_projection_is_the_published_interval() -> None:
    """Ten weeks of mean 100 and standard deviation 10, 4 left: t(0.90; 9) = 1.383, so 400 +- 1.383 x 10 x sqrt(5.6)."""
    weeks = [100 + 10 * sign * (0.9**0.5) for sign in (1, -1)] * 5
    found = projected(1000, weeks, 4 * WEEK)
    assert found is not None
    half = 1.383 * 10 * (4 + 16 / 10) ** 0.5
    assert 32.7 < half < 32.8
    assert (found.low, found.high) == (1360, 1440), "rounded outward to tens, the first figure of 33"


def test_four_ranges_in_five_hold() -> None:
    """2,000 years of weeks drawn alike, before the rounding outward, which only widens: 80 % and a little more."""
    chance = random.Random(1)
    held = 0
    for _ in range(2000):
        weeks = [chance.gauss(10_000, 900) for _ in range(20)]
        left = [chance.gauss(10_000, 900) for _ in range(10)]
        found = projected(sum(weeks), weeks, 10 * WEEK)
        assert found is not None
        held += found.low <= sum(weeks) + sum(left) <= found.high
    assert 0.78 <= held / 2000 <= 0.93


def test_too_few_weeks_or_none_left_give_no_range() -> None:
    assert projected(10, [1.0] * (LEAST_WEEKS - 1), WEEK) is None
    assert projected(10, [1.0] * LEAST_WEEKS, timedelta(0)) is None
    assert projected(10, [1.0] * LEAST_WEEKS, WEEK) is not None


@given(st.lists(st.integers(0, 500), min_size=LEAST_WEEKS, max_size=50), st.floats(0.01, 50))
def test_a_count_never_falls_below_what_there_is(weeks: list[int], left: float) -> None:
    so_far = sum(weeks)
    found = projected(so_far, weeks, left * WEEK)
    assert found is not None
    assert so_far <= found.low <= found.high


def test_a_week_counts_only_when_it_is_full() -> None:
    now = START + timedelta(days=16)
    moments = [(START, 2), (START + timedelta(days=8), 3), (START + timedelta(days=15), 100)]
    assert weekly(moments, START, now) == [2, 3]


@pytest.mark.parametrize(
    ("value", "half", "low", "high"),
    [(12345, 2000, 12000, 13000), (300_321, 4630, 300_000, 301_000), (99.5, 3, 99, 100), (7.2, 0.1, 7, 8)],
)
def test_a_range_says_no_more_figures_than_it_knows(value: float, half: float, low: float, high: float) -> None:
    assert (rounded(value, half, floor), rounded(value, half, ceil)) == (low, high)


@pytest.mark.parametrize(
    ("most", "value", "over", "met"),
    [
        (False, 90, False, False),
        (False, 100, False, True),
        (True, 90, False, None),
        (True, 110, False, False),
        (True, 90, True, True),
        (False, None, True, None),
    ],
)
def test_met_is_said_when_it_is_known(most: bool, value: float | None, over: bool, met: bool | None) -> None:
    target = Target("services", Period(2026, None), 100, most, True)
    assert Progress(target, value, 0, None, None, over).met is met


def test_only_counts_of_a_year_that_add_up_are_projected() -> None:
    assert all(BY_KEY[key].window is Window.YEAR and not BY_KEY[key].is_rate for key in FLOWING)
    assert not FLOWING & {"volunteers_served", "residents_asking"}
