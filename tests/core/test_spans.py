from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.core import spans
from dashboard.core.spans import Spans


def spans_of(*rows: tuple[int, int, int]) -> Spans:
    return Spans(*np.array(rows, dtype=np.int64).reshape(-1, 3).T)


def rows_of(found: Spans) -> list[tuple[int, int, int]]:
    return list(zip(*(column.tolist() for column in found), strict=True))


def minutes_of(rows: list[tuple[int, int, int]]) -> set[tuple[int, int]]:
    return {(owner, minute) for owner, start, end in rows for minute in range(start, end)}


some_rows = st.lists(
    st.tuples(st.integers(0, 3), st.integers(-50, 50), st.integers(1, 20)).map(lambda r: (r[0], r[1], r[1] + r[2])),
    max_size=12,
)


def test_a_minute_and_its_moment_are_inverse() -> None:
    moment = datetime(2026, 11, 30, 1, 30, tzinfo=UTC)
    assert spans.moment_of(spans.minute_of(moment)) == moment


def test_a_time_in_another_zone_is_the_same_minute() -> None:
    shanghai = datetime(2026, 11, 30, 9, 30, tzinfo=timezone(timedelta(hours=8)))
    assert spans.minute_of(shanghai) == spans.minute_of(datetime(2026, 11, 30, 1, 30, tzinfo=UTC))


def test_a_start_is_rounded_down_and_an_end_up() -> None:
    moment = datetime(2026, 11, 30, 1, 30, 1, tzinfo=UTC)
    assert spans.end_minute_of(moment) == spans.minute_of(moment) + 1


@pytest.mark.parametrize("convert", [spans.minute_of, spans.end_minute_of])
def test_a_time_without_a_zone_is_refused(convert) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match="zone"):
        convert(datetime(2026, 11, 30, 1, 30))


def test_the_county_day_starts_at_sixteen_utc() -> None:
    midnight = spans.minute_of(datetime(2026, 11, 29, 16, tzinfo=UTC))
    assert spans.date_of(spans.day_of(midnight)) == date(2026, 11, 30)
    assert spans.date_of(spans.day_of(midnight - 1)) == date(2026, 11, 29)
    assert spans.day_start(spans.day_of(midnight)) == midnight


def test_weeks_start_on_monday() -> None:
    monday = spans.day_number(date(2026, 11, 30))
    assert [spans.week_of(monday + k) - spans.week_of(monday) for k in (-1, 0, 6, 7)] == [-1, 0, 0, 1]


def test_spans_that_touch_do_not_overlap() -> None:
    assert not spans.overlap(0, 10, 10, 20)
    assert spans.overlap(0, 11, 10, 20)


def test_travel_takes_whole_minutes_rounded_up() -> None:
    assert [spans.travel_minutes(metres, 300) for metres in (0, 1, 300, 301)] == [0, 1, 1, 2]


def test_overlapping_and_touching_spans_of_one_owner_become_one() -> None:
    assert rows_of(spans.merge(spans_of((1, 5, 9), (0, 0, 5), (0, 5, 7), (0, 8, 9)))) == [
        (0, 0, 7),
        (0, 8, 9),
        (1, 5, 9),
    ]


def test_leave_cuts_a_hole_for_its_owner_only() -> None:
    assert rows_of(spans.subtract(spans_of((0, 0, 10), (1, 0, 10)), spans_of((0, 3, 5)))) == [
        (0, 0, 3),
        (0, 5, 10),
        (1, 0, 10),
    ]


@given(some_rows, some_rows)
def test_subtracting_is_subtracting_minutes(rows: list[tuple[int, int, int]], cuts: list[tuple[int, int, int]]) -> None:
    found = rows_of(spans.subtract(spans_of(*rows), spans_of(*cuts)))
    assert minutes_of(found) == minutes_of(rows) - minutes_of(cuts)
    assert all(a[0] < b[0] or a[2] < b[1] for a, b in zip(found, found[1:], strict=False))


def test_an_empty_span_is_refused() -> None:
    with pytest.raises(ValueError, match="end after it starts"):
        spans.merge(spans_of((0, 5, 5)))


def test_a_weekly_pattern_is_laid_out_over_the_days() -> None:
    monday = spans.day_number(date(2026, 11, 30))
    found = spans.expand_weekly(spans_of((7, 540, 660)), [0], monday - 1, 9)
    start = spans.day_start(monday) + 540
    assert rows_of(found) == [(7, start, start + 120), (7, start + 7 * 1440, start + 7 * 1440 + 120)]


def test_an_evening_up_to_midnight_joins_the_next_morning() -> None:
    monday = spans.day_number(date(2026, 11, 30))
    found = spans.expand_weekly(spans_of((1, 1200, 1440), (1, 0, 60)), [0, 1], monday, 2)
    assert rows_of(found) == [(1, spans.day_start(monday) + 1200, spans.day_start(monday) + 1500)]


def test_a_span_is_shown_in_county_time() -> None:
    start = spans.day_start(spans.day_number(date(2026, 11, 30))) + 540
    assert spans.words_of(start, start + 120) == "2026-11-30 09:00-11:00"
    assert spans.words_of(start, start + 1440) == "2026-11-30 09:00 - 2026-12-01 09:00"
