"""Words of registers as days, wanted spans and weekly hours."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dashboard.core.intake_times import COUNTY_TIME, Free, availability, day, wanted, written_hours

TODAY = date(2026, 11, 23)
#: A Thursday.
REGISTERED = date(2026, 11, 5)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2018年10月4日", date(2018, 10, 4)),
        ("2022/11/23", date(2022, 11, 23)),
        ("2025.11.3", date(2025, 11, 3)),
        ("2018-01-12", date(2018, 1, 12)),
        ("2026-11-05 08:30:00", date(2026, 11, 5)),
        ("２０１９年１月２日", date(2019, 1, 2)),
        ("20190102", date(2019, 1, 2)),
        ("45123", date(2023, 7, 16)),
        ("11.08", date(2026, 11, 8)),
        ("1月3日", date(2027, 1, 3)),
        ("2023.2.30", None),
        ("45123.5年", None),
        ("去年", None),
        ("2026-13-01", None),
        ("", None),
    ],
)
def test_days_are_read_or_are_none(written: str, expected: date | None) -> None:
    assert day(written, TODAY) == expected


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(-150, 150))
def test_a_day_without_a_year_is_the_nearest(near: date, offset: int) -> None:
    wished = near + timedelta(days=offset)
    assert day(f"{wished.month}.{wished.day}", near) == wished


def _at(day_of_november: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day_of_november, hour, minute, tzinfo=COUNTY_TIME)


@pytest.mark.parametrize(
    ("written", "start", "end"),
    [
        ("11月6日 9:00-11:00", _at(6, 9), _at(6, 11)),
        ("2026-11-12 14:00", _at(12, 14), _at(12, 15, 30)),
        ("2026-11-12 14:00:00", _at(12, 14), _at(12, 15, 30)),
        ("明天下午", _at(6, 14), _at(6, 18)),
        ("本周六上午", _at(7, 8), _at(7, 12)),
        ("下周一", _at(9, 8), _at(9, 18)),
        ("11月6日下午3点", _at(6, 15), _at(6, 16, 30)),
        ("11月6日9点半到11点", _at(6, 9, 30), _at(6, 11)),
        ("11月6日", _at(6, 8), _at(6, 18)),
        ("今天晚上", _at(5, 19), _at(5, 22)),
    ],
)
def test_wanted_times_count_from_the_day_of_registration(written: str, start: datetime, end: datetime) -> None:
    found = wanted(written, REGISTERED, 90)
    assert found.problem is None
    assert found.spans == ((start, end),)


def test_this_saturday_said_on_a_sunday_is_the_coming_one() -> None:
    (span,) = wanted("本周六上午", date(2026, 11, 8), 60).spans
    assert span[0].date() == date(2026, 11, 14)


def test_several_days_are_several_spans_and_any_may_serve() -> None:
    assert [start.day for start, _ in wanted("11月6日-8日上午", REGISTERED, 60).spans] == [6, 7, 8]
    assert len(wanted("11月6日上午；11月9日下午", REGISTERED, 60).spans) == 2


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("", "no_time"),
        ("无", "no_time"),
        ("尽快", "vague_time"),
        ("每周三上午", "vague_time"),
        ("有空就行", "vague_time"),
        ("11月31日", "vague_time"),
        ("11月6日 25:00", "vague_time"),
        ("11月6日 11:00-9:00", "vague_time"),
        ("11月6日上午；尽快", "vague_time"),
    ],
)
def test_vague_times_have_to_be_asked_about(written: str, problem: str) -> None:
    found = wanted(written, REGISTERED, 60)
    assert (found.problem, found.spans) == (problem, ())


@given(st.text(max_size=40))
@example(";")
def test_no_words_break_the_readers(text: str) -> None:
    found = wanted(text, REGISTERED, 60)
    assert bool(found.spans) != bool(found.problem)
    assert all(start < end for start, end in found.spans)
    assert availability(text, {}).known == bool(availability(text, {}).spans)
    day(text, TODAY)


OFFICE = {"随时": ((0, 480, 1260), (6, 480, 1260)), "不定": (), "农闲": ((2, 600, 660),)}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("随时", OFFICE["随时"]),
        (" 农 闲 ", OFFICE["农闲"]),
        ("周六上午", ((5, 480, 720),)),
        ("周二、周四下午", ((1, 840, 1080), (3, 840, 1080))),
        ("周二，周四下午", ((1, 840, 1080), (3, 840, 1080))),
        ("周一至周三晚上", ((0, 1140, 1320), (1, 1140, 1320), (2, 1140, 1320))),
        ("周三9:00-11:30", ((2, 540, 690),)),
        ("周六日", ((5, 480, 1080), (6, 480, 1080))),
        ("周六上午；周日下午", ((5, 480, 720), (6, 840, 1080))),
        ("周六上午；周六9:00-13:00", ((5, 480, 780),)),
        ("星期天", ((6, 480, 1080),)),
    ],
)
def test_weekly_hours(written: str, expected: tuple[tuple[int, int, int], ...]) -> None:
    assert availability(written, OFFICE) == Free(expected, known=True)


@pytest.mark.parametrize("written", ["", "不定", "无", "看心情", "周六上午；看心情"])
def test_words_that_say_nothing_are_unknown_which_is_not_free(written: str) -> None:
    assert availability(written, OFFICE) == Free((), known=False)


weekly = st.tuples(st.integers(0, 6), st.integers(0, 1380), st.integers(1, 60)).map(lambda s: (s[0], s[1], s[1] + s[2]))


@given(st.lists(weekly, min_size=1, max_size=5))
def test_hours_written_by_us_are_read_back(spans: list[tuple[int, int, int]]) -> None:
    once = availability(written_hours(spans), {})
    assert once.known
    assert availability(written_hours(once.spans), {}) == once
    covered = {(d, m) for d, a, b in spans for m in range(a, b)}
    assert covered == {(d, m) for d, a, b in once.spans for m in range(a, b)}
