"""Recurring visits: the rule is read or refused by name; visits against counting days; one changed changes no other."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.core.deadlines import COUNTY_TIME
from dashboard.core.errors import Invalid
from dashboard.core.series import DAYS, Frequency, Rule, Series, Visit, first_visit, occurs, parse, visits
from dashboard.text import known

#: Monday 16 November 2026, 9:30 in the county.
START = datetime(2026, 11, 16, 1, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def starts(words: str, days: int, start: datetime = START) -> list[str]:
    """Starts in county time within so many days."""
    series = Series(parse(words), start, HOUR)
    found = visits(series, start, start + days * DAY)
    return [f"{visit.start.astimezone(COUNTY_TIME):%m-%d %H:%M}" for visit in found]


def test_weekly_for_two_years_is_104_visits() -> None:
    series = Series(parse("FREQ=WEEKLY"), START, HOUR)
    found = visits(series, START, START + 728 * DAY)
    assert 104 == len(found) == len({visit.original for visit in found})
    assert {(0, 9, 30)} == {
        (at.weekday(), at.hour, at.minute) for at in (v.start.astimezone(COUNTY_TIME) for v in found)
    }
    assert 104 == len(visits(Series(parse("FREQ=WEEKLY;COUNT=104"), START, HOUR), START, START + 9999 * DAY))


@pytest.mark.parametrize(
    ("words", "days", "expected"),
    [
        ("FREQ=DAILY;INTERVAL=3", 7, ["11-16 09:30", "11-19 09:30", "11-22 09:30"]),
        ("RRULE:FREQ=WEEKLY;BYDAY=MO,TH", 8, ["11-16 09:30", "11-19 09:30", "11-23 09:30"]),
        ("freq=weekly;interval=2;byday=mo", 29, ["11-16 09:30", "11-30 09:30", "12-14 09:30"]),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", 60, ["11-30 09:30", "12-31 09:30"]),
        ("FREQ=MONTHLY;BYDAY=3MO,-1FR", 45, ["11-16 09:30", "11-27 09:30", "12-21 09:30", "12-25 09:30"]),
        ("FREQ=MONTHLY;BYMONTHDAY=31", 80, ["12-31 09:30", "01-31 09:30"]),
        ("FREQ=DAILY;UNTIL=20261117", 9, ["11-16 09:30", "11-17 09:30"]),
        ("FREQ=DAILY;UNTIL=20261117T013000Z", 9, ["11-16 09:30", "11-17 09:30"]),
        ("FREQ=DAILY;UNTIL=20261117T012959Z", 9, ["11-16 09:30"]),
        ("FREQ=DAILY;BYDAY=SA,SU;COUNT=3", 30, ["11-21 09:30", "11-22 09:30", "11-28 09:30"]),
    ],
)
def test_what_a_rule_means(words: str, days: int, expected: list[str]) -> None:
    assert expected == starts(words, days)


def test_the_rule_runs_in_county_time() -> None:
    early = datetime(2026, 11, 15, 23, 0, tzinfo=UTC)  # Monday 7:00 in the county, Sunday in UTC
    assert ["11-16 07:00", "11-23 07:00"] == starts("FREQ=WEEKLY;BYDAY=MO", 8, early)
    assert [] == starts("FREQ=WEEKLY;BYDAY=SU", 1, early)


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("", "series.rule_unreadable"),
        ("FREQ=WEEKLY;" + "BYDAY=" + "MO," * 90, "series.rule_unreadable"),
        ("FREQ", "series.rule_unreadable"),
        ("FREQ=WEEKLY;", "series.rule_unreadable"),
        ("FREQ=WEEKLY;BYDAY=", "series.rule_unreadable"),
        ("FREQ=WEEKLY;WKST=SU", "series.rule_unknown"),
        ("FREQ=MONTHLY;BYSETPOS=1;BYDAY=MO", "series.rule_unknown"),
        ("FREQ=DAILY;FREQ=WEEKLY", "series.rule_twice"),
        ("INTERVAL=2", "series.rule_frequency"),
        ("FREQ=YEARLY", "series.rule_frequency"),
        ("FREQ=HOURLY", "series.rule_frequency"),
        ("FREQ=DAILY;INTERVAL=0", "series.rule_number"),
        ("FREQ=DAILY;INTERVAL=1.5", "series.rule_number"),
        ("FREQ=DAILY;INTERVAL=²", "series.rule_number"),
        ("FREQ=DAILY;COUNT=99999", "series.rule_number"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "series.rule_number"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "series.rule_number"),
        ("FREQ=WEEKLY;BYDAY=XX", "series.rule_day"),
        ("FREQ=MONTHLY;BYDAY=6MO", "series.rule_day"),
        ("FREQ=WEEKLY;BYDAY=2MO", "series.rule_not_here"),
        ("FREQ=WEEKLY;BYMONTHDAY=3", "series.rule_not_here"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20270101", "series.rule_count_and_until"),
        ("FREQ=DAILY;UNTIL=20270132", "series.rule_until"),
        ("FREQ=DAILY;UNTIL=20270101T090000", "series.rule_until"),
        ("FREQ=DAILY;UNTIL=2027-01-01", "series.rule_until"),
    ],
)
def test_what_is_not_understood_is_refused_by_name(words: str, key: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse(words)
    assert key == refused.value.key and known(key)


def test_a_series_begins_with_the_first_moment_the_rule_meets() -> None:
    assert START == first_visit(parse("FREQ=WEEKLY"), START)
    assert START + 2 * DAY == first_visit(parse("FREQ=WEEKLY;BYDAY=WE"), START)
    assert START + timedelta(minutes=1) == first_visit(parse("FREQ=DAILY"), START + timedelta(seconds=1))


@pytest.mark.parametrize("words", ["FREQ=DAILY;INTERVAL=7;BYDAY=TU", "FREQ=DAILY;UNTIL=20201231"])
def test_a_rule_that_never_comes_true_is_refused(words: str) -> None:
    with pytest.raises(Invalid, match="series.never"):
        first_visit(parse(words), START)


# -- every rule, against counting days

WEEKDAYS = st.lists(st.integers(0, 6), unique=True, max_size=3)
NTH_DAYS = st.lists(st.tuples(st.sampled_from((0, 1, 2, 5, -1)), st.integers(0, 6)), unique=True, max_size=2)
MONTH_DAYS = st.lists(st.sampled_from((1, 15, 28, 29, 31, -1, -3)), unique=True, max_size=2)


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    frequency = draw(st.sampled_from(Frequency))
    monthly = frequency is Frequency.MONTHLY
    weekdays = draw(NTH_DAYS) if monthly else [(0, day) for day in draw(WEEKDAYS)]
    # A day by its number in the month and by its place among its weekdays at once is nobody's rule.
    numbered = any(nth for nth, _ in weekdays) or frequency is Frequency.WEEKLY
    month_days = [] if numbered else draw(MONTH_DAYS)
    count = draw(st.none() | st.integers(1, 20))
    until = draw(st.none() | st.integers(0, 300)) if count is None else None
    last = None if until is None else START + until * DAY
    return Rule(frequency, draw(st.integers(1, 4)), tuple(weekdays), tuple(month_days), count, last)


def on_days(rule: Rule, first: date, days: int) -> Iterator[date]:
    """The rule read by RFC 5545 day by day."""
    monday = first - timedelta(days=first.weekday())
    left = rule.count
    for number in range(days):
        day = first + timedelta(days=number)
        if left == 0:
            return
        if rule.frequency is Frequency.DAILY:
            turn = number
        elif rule.frequency is Frequency.WEEKLY:
            turn = (day - monday).days // 7
        else:
            turn = (day.year - first.year) * 12 + day.month - first.month
        if turn % rule.interval == 0 and _fits(rule, day, first):
            left = None if left is None else left - 1
            yield day


def _fits(rule: Rule, day: date, first: date) -> bool:
    length = monthrange(day.year, day.month)[1]
    numbers = {day.day, day.day - length - 1}
    places = {0, (day.day - 1) // 7 + 1, -((length - day.day) // 7 + 1)}
    by_number = not rule.month_days or bool(numbers & set(rule.month_days))
    by_weekday = not rule.weekdays or any(day.weekday() == at and nth in places for nth, at in rule.weekdays)
    if not rule.month_days and not rule.weekdays and rule.frequency is not Frequency.DAILY:
        return day.weekday() == first.weekday() if rule.frequency is Frequency.WEEKLY else day.day == first.day
    return by_number and by_weekday


@given(rules(), st.integers(0, 60), st.integers(1, 200))
def test_every_rule_is_what_counting_days_gives(rule: Rule, offset: int, days: int) -> None:
    start = START + offset * DAY
    first = start.astimezone(COUNTY_TIME).date()
    found = visits(Series(rule, start, HOUR), start, start + days * DAY)
    expected = [start + timedelta(days=(day - first).days) for day in on_days(rule, first, days)]
    if rule.until is not None:
        expected = [at for at in expected if at <= rule.until]
    assert expected == [visit.start for visit in found]


@given(rules())
def test_a_rule_is_read_back_as_it_was_written(rule: Rule) -> None:
    assert rule == parse(rule.text)


@st.composite
def series(draw: st.DrawFn) -> Series:
    rule = draw(rules())
    bare = Series(rule, START, HOUR)
    all_of_them = [visit.original for visit in visits(bare, START, START + 120 * DAY)]
    some = st.lists(st.sampled_from(all_of_them), unique=True, max_size=4) if all_of_them else st.just([])
    moved = tuple((original, original + draw(st.integers(-200, 900)) * HOUR) for original in draw(some))
    return Series(rule, START, HOUR, frozenset(draw(some)), moved)


def within(one: Series) -> list[Visit]:
    return list(visits(one, START - 60 * DAY, START + 160 * DAY))


@given(series(), st.data())
def test_moving_or_cancelling_one_changes_no_other(one: Series, data: st.DataObject) -> None:
    before = within(one)
    if not before:
        return
    chosen = data.draw(st.sampled_from(before)).original
    to = START + data.draw(st.integers(-40, 150)) * DAY + HOUR
    others = [visit for visit in before if visit.original != chosen]
    moved = (*((original, at) for original, at in one.moved if original != chosen), (chosen, to))
    after = within(Series(one.rule, one.start, one.duration, one.cancelled, moved))
    assert others == [visit for visit in after if visit.original != chosen]
    assert [Visit(chosen, to, to + HOUR)] == [visit for visit in after if visit.original == chosen]
    assert others == within(Series(one.rule, one.start, one.duration, one.cancelled | {chosen}, one.moved))


@given(series(), st.lists(st.integers(0, 220 * 24), max_size=6))
def test_windows_tile_without_loss_or_doubles(one: Series, cuts: list[int]) -> None:
    begin, end = START - 60 * DAY, START + 160 * DAY
    edges = [begin, *(begin + cut * HOUR for cut in sorted(cuts)), end]
    pieces = [visit for since, until in zip(edges, edges[1:], strict=False) for visit in visits(one, since, until)]
    assert pieces == within(one)
    assert len({visit.original for visit in pieces}) == len(pieces)


def test_a_visit_moved_out_of_and_into_a_window_is_the_same_visit() -> None:
    to = START + 9 * DAY
    one = Series(parse("FREQ=WEEKLY"), START, HOUR, moved=((START, to),))
    assert () == visits(one, START, START + DAY)
    assert (Visit(START, to, to + HOUR),) == visits(one, to, to + HOUR)
    assert visits(one, to, to + HOUR)[0].moved


def test_what_the_rule_does_not_give_is_no_visit() -> None:
    one = Series(parse("FREQ=WEEKLY"), START, HOUR, moved=((START + DAY, START + 2 * DAY),))
    assert not occurs(one, START + DAY) and occurs(one, START + 7 * DAY)
    assert [START] == [visit.start for visit in visits(one, START, START + 7 * DAY)]


def test_the_days_of_the_week_are_those_of_the_standard() -> None:
    assert ("MO", "SU") == (DAYS[0], DAYS[6])
