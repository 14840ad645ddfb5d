"""Odd hours: every planted fraud is found with its reason, every honest case is left alone, whatever the order."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.core import odd_hours
from dashboard.core.geo import distance_m
from dashboard.core.odd_hours import Finding, Odd
from dashboard.core.spans import day_of

#: Monday 2026-11-16, 08:00 in Wuchuan.
EIGHT = datetime(2026, 11, 16, 0, 0, tzinfo=UTC)
HERE = (107.9, 28.53)
#: One degree of latitude is 111.2 km.
KM = 1 / 111.195
FAR = (107.9, 28.53 + 40 * KM)
NAN = (float("nan"), float("nan"))


def row(
    id: int,
    start: float,
    hours: float,
    *,
    who: int = 1,
    place: tuple[float, float] = HERE,
    pause: int = 0,
    recorded: datetime | None = None,
    by: int = 7,
    own: bool = False,
) -> tuple[Any, ...]:
    """A service `start` hours after Monday 8:00, recorded as it ends unless said otherwise."""
    begin = EIGHT + timedelta(hours=start)
    end = begin + timedelta(hours=hours)
    minutes = round(hours * 60) - pause
    at = [int(moment.timestamp()) for moment in (begin, end, recorded or end)]
    return (id, who, at[0], at[1], minutes, at[2], by, own, *place)


def found(*rows: tuple[Any, ...]) -> tuple[Finding, ...]:
    return odd_hours.find(odd_hours.entries(rows))


def reasons(*rows: tuple[Any, ...]) -> list[tuple[str, int]]:
    return [(str(one.reason), one.id) for one in found(*rows)]


def test_nothing_is_odd_about_no_rows_and_one_row() -> None:
    assert () == found()
    assert () == found(row(1, 0, 3))


def test_two_services_at_once_are_listed_with_the_time_they_share() -> None:
    assert (Finding(Odd.OVERLAP, 2, other=1, minutes=30),) == found(row(1, 0, 2), row(2, 1.5, 1))
    # An early long entry hides nothing that lies within it.
    inside = found(row(1, 0, 8), row(2, 1, 1), row(3, 3, 1), row(4, 7.5, 2))
    assert [(2, 1, 60), (3, 1, 60), (4, 1, 30)] == [(one.id, one.other, one.minutes) for one in inside]


def test_the_same_entry_twice_is_an_overlap_of_its_whole_length() -> None:
    assert (Finding(Odd.OVERLAP, 2, other=1, minutes=120),) == found(row(1, 0, 2), row(2, 0, 2))


def test_two_people_at_once_are_no_overlap() -> None:
    assert [] == reasons(row(1, 0, 2, who=1), row(2, 0, 2, who=2))


def test_back_to_back_at_the_same_place_is_honest() -> None:
    assert [] == reasons(row(1, 0, 2), row(2, 2, 2), row(3, 4, 2))


def test_a_service_over_midnight_is_honest() -> None:
    # 20:00 to 06:00, and again the next evening: ten hours each, no day with more than ten.
    assert [] == reasons(row(1, 12, 10), row(2, 36, 10))


def test_sixteen_hours_of_one_day_are_allowed_and_a_minute_more_is_not() -> None:
    whole = [row(1, -8, 8), row(2, 0, 8)]
    assert [] == reasons(*whole)
    over = found(*whole, row(3, 8, 1 / 60))
    assert [(1, 961), (2, 961), (3, 961)] == [(one.id, one.minutes) for one in over]
    assert {("long_day", "2026-11-16")} == {(str(one.reason), str(one.day)) for one in over}


def test_a_break_does_not_count_as_service_in_a_long_day() -> None:
    assert [] == reasons(row(1, -2, 10, pause=60), row(2, 8, 7))
    assert [("long_day", 1), ("long_day", 2)] == reasons(row(1, -2, 10), row(2, 8, 7))


def test_forty_kilometres_in_a_quarter_of_an_hour_is_too_fast() -> None:
    (one,) = found(row(1, 0, 2), row(2, 2.25, 1, place=FAR))
    assert (Odd.TRAVEL, 2, 1, 15) == (one.reason, one.id, one.other, one.minutes)
    assert one.metres is not None and abs(one.metres - 40_000) < 50 and one.kmh == 160


def test_forty_kilometres_in_no_time_have_no_speed_to_print() -> None:
    (one,) = found(row(1, 0, 2), row(2, 2, 1, place=FAR))
    assert (Odd.TRAVEL, 0, None) == (one.reason, one.minutes, one.kmh)


def test_a_market_day_at_two_places_within_reach_is_honest() -> None:
    other = (HERE[0], HERE[1] + 5 * KM)
    near = (HERE[0], HERE[1] + 1.9 * KM)
    assert [] == reasons(row(1, 0, 2), row(2, 2.25, 2, place=other))
    assert [] == reasons(row(1, 0, 2), row(2, 2, 2, place=near))
    # 40 km in half an hour is exactly the speed that is still believed, seconds of rounding aside.
    assert [] == reasons(row(1, 0, 2), row(2, 2.502, 2, place=FAR))


def test_an_unknown_place_accuses_nobody() -> None:
    assert [] == reasons(row(1, 0, 2, place=NAN), row(2, 2, 1, place=FAR), row(3, 3, 1, place=NAN))


def bulk(count: int, *, days: float = 20, seconds: int = 20, by: int = 7, first: int = 1) -> list[tuple[Any, ...]]:
    """Entries of as many people, recorded one after the other so many days after they served."""
    at = EIGHT + timedelta(hours=1, days=days)
    return [
        row(first + n, 0, 1, who=first + n, by=by, recorded=at + timedelta(seconds=seconds * n)) for n in range(count)
    ]


def test_many_old_entries_by_one_account_in_minutes_are_listed_each() -> None:
    listed = found(*bulk(20))
    assert [(n, 20, 20) for n in range(1, 21)] == [(one.id, one.rows, one.days) for one in listed]
    assert {Odd.BACK_DATED} == {one.reason for one in listed}


@pytest.mark.parametrize(
    "rows",
    [
        bulk(19),
        bulk(30, days=13.9),
        bulk(40, seconds=60),
        bulk(40, by=0),
        bulk(10) + bulk(10, by=8, first=11),
    ],
    ids=["few", "recent", "slowly", "no account", "two accounts"],
)
def test_writing_up_a_fortnight_s_sheets_is_honest(rows: list[tuple[Any, ...]]) -> None:
    assert [] == reasons(*rows)


def test_two_bursts_of_one_account_are_counted_apart() -> None:
    later = bulk(25, days=21, first=101)
    assert [20] * 20 + [25] * 25 == [one.rows for one in found(*bulk(20), *later)]


def test_hours_entered_by_her_own_account_are_listed() -> None:
    assert [("own_account", 2)] == reasons(row(1, 0, 1), row(2, 3, 1, own=True))


def test_all_planted_frauds_are_found_among_a_thousand_honest_rows() -> None:
    honest = [row(n, 24 * (n % 30) + n % 5, 1, who=1000 + n // 30) for n in range(1000, 2000)]
    planted = [
        row(1, 0, 3, who=1),
        row(2, 2, 3, who=1),
        row(3, 0, 1, who=2),
        row(4, 1.1, 1, who=2, place=FAR),
        row(5, 0, 1, who=3, own=True),
        row(6, -6, 9, who=4),
        row(7, 4, 9, who=4),
        *bulk(24, first=100, by=9),
    ]
    listed = set(reasons(*honest, *planted))
    expected = {("overlap", 2), ("travel", 4), ("own_account", 5), ("long_day", 6), ("long_day", 7)}
    assert expected | {("back_dated", n) for n in range(100, 124)} == listed


SERVICE = st.tuples(
    st.integers(1, 3),  # volunteer
    st.integers(-24 * 4, 24 * 4),  # start, quarter hours
    st.integers(1, 64),  # length, quarter hours
    st.integers(0, 3),  # place
)
PLACES = [HERE, (HERE[0], HERE[1] + 1.5 * KM), FAR, NAN]


def services(drawn: list[tuple[int, int, int, int]]) -> list[tuple[Any, ...]]:
    return [row(n + 1, a / 4, b / 4, who=who, place=PLACES[place]) for n, (who, a, b, place) in enumerate(drawn)]


@given(st.lists(SERVICE, max_size=14))
def test_listed_as_overlapping_are_exactly_those_that_begin_before_an_earlier_one_ends(drawn: Any) -> None:
    rows = services(drawn)
    key = {r[0]: (r[2], r[3], r[0]) for r in rows}
    expected = {b[0] for a in rows for b in rows if a[1] == b[1] and key[a[0]] < key[b[0]] and a[2] <= b[2] < a[3]}
    listed = [one for one in found(*rows) if one.reason is Odd.OVERLAP]
    assert expected == {one.id for one in listed}
    by_id = {r[0]: r for r in rows}
    for one in listed:
        a, b = by_id[one.id], by_id[one.other]
        assert a[1] == b[1] and b[2] <= a[2] < b[3]
        assert one.minutes == (min(a[3], b[3]) - a[2]) // 60 > 0


@given(st.lists(SERVICE, max_size=14))
def test_nobody_is_accused_of_travelling_at_a_speed_that_is_allowed(drawn: Any) -> None:
    by_id = {r[0]: r for r in services(drawn)}
    for one in found(*by_id.values()):
        if one.reason is Odd.TRAVEL:
            a, b = by_id[one.id], by_id[one.other]
            metres = float(distance_m(a[8], a[9], b[8], b[9]))
            assert a[1] == b[1] and a[2] >= b[3] and metres > odd_hours.NEAR_M
            assert metres / 1000 > odd_hours.FASTEST_KMH * (a[2] - b[3]) / 3600


@given(st.lists(SERVICE, max_size=14))
def test_long_days_are_exactly_those_whose_minutes_sum_to_more_than_sixteen_hours(drawn: Any) -> None:
    rows = services(drawn)
    days: dict[tuple[int, int], float] = {}
    touched: dict[int, set[tuple[int, int]]] = {}
    for id, who, start, end, *_ in rows:
        for minute in range(start // 60, end // 60):
            day = (who, day_of(minute))
            days[day] = days.get(day, 0) + 1
            touched.setdefault(id, set()).add(day)
    expected = {id for id, mine in touched.items() if any(days[day] > odd_hours.DAY_MINUTES for day in mine)}
    assert expected == {one.id for one in found(*rows) if one.reason is Odd.LONG_DAY}


@given(st.lists(SERVICE, max_size=12), st.randoms(use_true_random=False))
def test_the_order_in_which_rows_are_read_changes_nothing(drawn: Any, chance: Any) -> None:
    rows = services(drawn)
    shuffled = list(rows)
    chance.shuffle(shuffled)
    assert found(*rows) == found(*shuffled)


@given(st.lists(st.tuples(st.integers(1, 2), st.integers(0, 60)), max_size=90), st.integers(14, 20))
def test_a_row_is_back_dated_in_bulk_exactly_when_some_window_with_it_is_full(drawn: Any, days: int) -> None:
    start = EIGHT + timedelta(hours=1, days=days)
    rows = [row(n + 1, 0, 1, who=n, by=by, recorded=start + timedelta(minutes=at)) for n, (by, at) in enumerate(drawn)]
    full = set()
    for begin in range(61):
        for account in (1, 2):
            window = [n + 1 for n, (by, at) in enumerate(drawn) if by == account and begin <= at <= begin + 10]
            full |= set(window) if len(window) >= odd_hours.BULK_ROWS else set()
    assert full == {one.id for one in found(*rows) if one.reason is Odd.BACK_DATED}
