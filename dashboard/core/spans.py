"""Half-open spans of time, and how far apart two of them must be.

A span [start, end) holds its start and not its end: 9:00-11:00 and 11:00-12:00 touch and don't overlap. Arrays of spans
count whole minutes since 1970-01-01 00:00 UTC (int64 here, small enough for int32 until the year 6053). Days and weeks
are the county's: Asia/Shanghai, eight hours ahead of UTC all year. Day 0 is 1970-01-01; weeks start on Monday.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.int64]

DAY_MINUTES = 1440
#: Asia/Shanghai is UTC+8 without summer time.
LOCAL_MINUTES = 480
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_DAY = date(1970, 1, 1)
#: Distance between the time lines of two owners: more minutes than any span can hold.
_LINE = 1 << 33


class Spans(NamedTuple):
    """Spans of many owners: three int64 arrays of one length, sorted by owner, then start."""

    owner: Ints
    start: Ints
    end: Ints


def minute_of(moment: datetime) -> int:
    """Whole minutes since 1970-01-01 UTC, rounded down. Raises ValueError for a time without a zone."""
    if moment.tzinfo is None:
        raise ValueError(f"a time without a zone: {moment!r}")
    return int((moment - _EPOCH) // timedelta(minutes=1))


def end_minute_of(moment: datetime) -> int:
    """Like `minute_of`, rounded up: the end of a span that must not lose its last seconds."""
    return -int((_EPOCH - moment) // timedelta(minutes=1)) if moment.tzinfo else minute_of(moment)


def moment_of(minute: int) -> datetime:
    """The UTC time of a minute number."""
    return _EPOCH + timedelta(minutes=int(minute))


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - _FIRST_DAY).days


def date_of(day: int) -> date:
    """The date of a day number."""
    return _FIRST_DAY + timedelta(days=int(day))


def day_of(minute: int) -> int:
    """Number of the county's day that holds a minute."""
    return (minute + LOCAL_MINUTES) // DAY_MINUTES


def week_of(day: int) -> int:
    """Number of the week, Monday to Sunday, that holds a day (day 0 was a Thursday)."""
    return (day + 3) // 7


def day_start(day: int) -> int:
    """The first minute of a county day."""
    return day * DAY_MINUTES - LOCAL_MINUTES


def overlap(start: Any, end: Any, other_start: Any, other_end: Any) -> bool:
    """Do two half-open spans share a moment? Takes minutes or datetimes."""
    return bool(start < other_end and other_start < end)


def travel_minutes(metres: float, metres_per_minute: int) -> int:
    """Minutes to travel `metres` at a straight-line speed, rounded up; none for the same place."""
    return int(-(-metres // metres_per_minute))


def _sweep(add_start: Ints, add_end: Ints, cut_start: Ints, cut_end: Ints) -> tuple[Ints, Ints]:
    """Points of one line that lie in an added span and in no cut one, as disjoint spans that don't touch."""
    points = np.concatenate([add_start, add_end, cut_start, cut_end])
    added, cut = len(add_start), len(cut_start)
    steps = np.repeat(np.array([1, -1, 0, 0], dtype=np.int64), [added, added, cut, cut])
    cuts = np.repeat(np.array([0, 0, 1, -1], dtype=np.int64), [added, added, cut, cut])
    order = np.argsort(points, kind="stable")
    points = points[order]
    inside = (np.cumsum(steps[order]) > 0) & (np.cumsum(cuts[order]) == 0)
    last = np.append(points[1:] != points[:-1], True) if len(points) else np.zeros(0, dtype=bool)
    points, inside = points[last], inside[last]
    before = np.concatenate([[False], inside[:-1]]) if len(inside) else inside
    return points[inside & ~before], points[before & ~inside]


def _checked(owner: ArrayLike, start: ArrayLike, end: ArrayLike) -> Spans:
    spans = Spans(*(np.asarray(values, dtype=np.int64).reshape(-1) for values in (owner, start, end)))
    if not len(spans.owner) == len(spans.start) == len(spans.end):
        raise ValueError("owner, start and end differ in length")
    if (spans.start >= spans.end).any():
        raise ValueError("a span must end after it starts")
    return spans


def subtract(spans: Spans, cuts: Spans) -> Spans:
    """Each owner's spans without the owner's cuts, merged. Owners are integers >= 0; spans need no order."""
    spans, cuts = _checked(*spans), _checked(*cuts)
    start, end = _sweep(
        *(
            values
            for part in (spans, cuts)
            for values in (part.owner * _LINE + part.start + _LINE // 4, part.owner * _LINE + part.end + _LINE // 4)
        )
    )
    owner = start // _LINE
    return Spans(owner, start - owner * _LINE - _LINE // 4, end - owner * _LINE - _LINE // 4)


def merge(spans: Spans) -> Spans:
    """Each owner's spans joined where they overlap or touch, sorted."""
    return subtract(spans, EMPTY)


EMPTY = Spans(*(np.zeros(0, dtype=np.int64) for _ in range(3)))


def expand_weekly(pattern: Spans, weekday: ArrayLike, first_day: int, days: int) -> Spans:
    """Weekly spans laid out over the days [first_day, first_day + days).

    `pattern.start` and `.end` are minutes from midnight in county time (0 to 1440), `weekday` 0 for Monday to 6, one
    value a span. The result is merged: a pattern that ends at 24:00 joins one that starts at 0:00 the next day.
    """
    pattern, weekdays = _checked(*pattern), np.asarray(weekday, dtype=np.int64)
    if len(weekdays) != len(pattern.owner) or ((weekdays < 0) | (weekdays > 6)).any():
        raise ValueError("one weekday from 0 to 6 a span")
    day = first_day + np.arange(days, dtype=np.int64)
    row, which = np.nonzero(weekdays[:, None] == (day[None, :] + 3) % 7)
    base = day[which] * DAY_MINUTES - LOCAL_MINUTES
    return merge(Spans(pattern.owner[row], base + pattern.start[row], base + pattern.end[row]))


def words_of(start: int, end: int) -> str:
    """A span of minutes in county time, "2026-11-28 09:00-11:00"; both dates where it ends on another day."""
    begin, finish = (moment_of(minute + LOCAL_MINUTES) for minute in (start, end))
    same = begin.date() == finish.date()
    return f"{begin:%Y-%m-%d %H:%M}-{finish:%H:%M}" if same else f"{begin:%Y-%m-%d %H:%M} - {finish:%Y-%m-%d %H:%M}"
