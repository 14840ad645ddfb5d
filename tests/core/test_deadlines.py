"""Working hours by the Chinese calendar, make-up workdays included."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.core.deadlines import COUNTY_TIME, DEFAULT_RULES, DeadlineRules, clock_for, deadlines, is_workday
from dashboard.core.errors import Invalid
from dashboard.core.words import Urgency

RULES = DeadlineRules.of(DEFAULT_RULES)


def at(text: str) -> datetime:
    """A moment in county time: "2026-11-02 09:00"."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=COUNTY_TIME)


@pytest.mark.parametrize(
    ("opened", "hours", "due"),
    [
        ("2026-11-02 09:00", 1, "2026-11-02 10:00"),
        ("2026-11-02 11:30", 1, "2026-11-02 14:00"),
        ("2026-11-02 17:30", 1, "2026-11-03 09:00"),
        ("2026-11-02 12:30", 8, "2026-11-03 12:00"),
        ("2026-11-02 08:30", 8, "2026-11-02 18:00"),
        ("2026-11-06 17:00", 8, "2026-11-09 17:00"),  # over a weekend
        ("2026-11-07 03:00", 1, "2026-11-09 09:30"),  # opened on a Saturday night
        ("2026-09-30 17:00", 2, "2026-10-08 09:30"),  # over the national holiday, 1-7 October
        ("2026-10-10 09:00", 1, "2026-10-10 10:00"),  # a Saturday worked to make up for it
        ("2026-02-13 18:00", 8, "2026-02-14 18:00"),  # Saturday 14 February 2026 is worked before the Spring Festival
        ("2026-02-14 18:00", 8, "2026-02-24 18:00"),  # 15-23 February off
    ],
)
def test_a_deadline_counts_working_hours_only(opened: str, hours: float, due: str) -> None:
    clock = clock_for(RULES.spans, at(opened), at(due))
    assert clock.after(at(opened), hours * 60) == at(due)


def test_each_urgency_has_its_own_limits_and_a_category_may_have_others() -> None:
    assert [RULES.limits(urgency) for urgency in Urgency] == [(1, 24), (8, 40), (16, 80)]
    assert RULES.limits(Urgency.URGENT, {"urgent": [2, 8]}) == (2, 8)
    assert RULES.limits(Urgency.SOON, {"urgent": [2, 8]}) == (8, 40)
    found = deadlines(at("2026-11-02 08:30"), RULES.limits(Urgency.URGENT), RULES)
    assert (found.take_up, found.close, found.known) == (at("2026-11-02 09:30"), at("2026-11-04 18:00"), True)


def test_a_year_without_an_announced_calendar_counts_monday_to_friday_and_says_so() -> None:
    assert is_workday(date(2031, 10, 1)) == (True, False)  # a Wednesday: surely off, but nobody announced it yet
    assert is_workday(date(2031, 10, 4)) == (False, False)
    found = deadlines(at("2031-09-30 17:00"), (1.0, 2.0), RULES)
    assert (found.close, found.known) == (at("2031-10-01 09:30"), False)
    assert deadlines(at("2026-12-31 17:30"), (1.0, 1.0), RULES).known is False


def test_the_public_holiday_of_an_announced_year_is_known() -> None:
    assert is_workday(date(2026, 10, 1)) == (False, True)
    assert is_workday(date(2026, 10, 10)) == (True, True)


MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2026, 12, 1)).map(lambda moment: moment.replace(tzinfo=UTC))


@given(MOMENTS, st.integers(1, 80 * 60))
def test_the_working_minutes_until_a_deadline_are_the_minutes_given(start: datetime, minutes: int) -> None:
    clock = clock_for(RULES.spans, start, start + timedelta(days=60))
    due = clock.after(start, minutes)
    assert clock.between(start, due) == pytest.approx(minutes, abs=1e-3)
    assert clock.between(start, due - timedelta(seconds=60)) == pytest.approx(minutes - 1, abs=1e-3)


@given(MOMENTS, MOMENTS, MOMENTS)
def test_working_time_adds_up(one: datetime, two: datetime, three: datetime) -> None:
    clock = clock_for(RULES.spans, one, two, three)
    whole = clock.between(one, three)
    assert clock.between(one, two) + clock.between(two, three) == pytest.approx(whole, abs=1e-3)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"working": [], "hours": DEFAULT_RULES["hours"]},
        {"working": [["08:00", "12:00"], ["11:00", "18:00"]], "hours": DEFAULT_RULES["hours"]},
        {"working": [["18:00", "08:00"]], "hours": DEFAULT_RULES["hours"]},
        {"working": [["08:00", "25:00"]], "hours": DEFAULT_RULES["hours"]},
        {"working": DEFAULT_RULES["working"], "hours": {"urgent": [1, 24]}},
        {"working": DEFAULT_RULES["working"], "hours": DEFAULT_RULES["hours"] | {"soon": [9, 8]}},
        {"working": DEFAULT_RULES["working"], "hours": DEFAULT_RULES["hours"] | {"someday": [1, 2]}},
    ],
)
def test_rules_that_make_no_sense_are_refused(data: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        DeadlineRules.of(data)


def test_a_clock_that_ends_too_early_says_so() -> None:
    clock = clock_for(RULES.spans, at("2026-12-31 17:00"))
    with pytest.raises(Invalid):
        clock.after(at("2026-12-31 17:00"), 600)
