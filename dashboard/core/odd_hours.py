"""Hours that look odd: entries somebody should look at before they are believed. Nothing is cut or changed here.

Five reasons, each with the limit that is stated to the reader:
- overlap: the same person serves twice at once;
- travel: between two services she would have gone faster than `FASTEST_KMH` over more than `NEAR_M`;
- back_dated: one account records `BULK_ROWS` entries or more, each `BULK_DAYS` days or more after the service, within
  `BULK_MINUTES` minutes;
- own_account: the hours of a volunteer were entered by her own account;
- long_day: more than `DAY_MINUTES` of service in one county day, all entries together.

Services that only touch, that run over midnight, or at places that lie within reach of each other are no reason. A
place that is not known, or no better than by village, accuses nobody of travelling.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.core.geo import distance_m
from dashboard.core.spans import LOCAL_MINUTES, date_of

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

#: As the crow flies; no road of a county allows more.
FASTEST_KMH = 80
#: Places nearer than this are one place: a grid's middle stands for its every house.
NEAR_M = 2_000
BULK_ROWS = 20
BULK_DAYS = 14
BULK_MINUTES = 10
#: 16 hours, as for one entry (`services.service_records.LONGEST`).
DAY_MINUTES = 960

_SECONDS_OF_A_DAY = 86_400
_MINUTE_PARTS = 1e-6


class Odd(StrEnum):
    """Why an entry is listed. The words are `hours.odd.<reason>`."""

    OVERLAP = "overlap"
    TRAVEL = "travel"
    BACK_DATED = "back_dated"
    OWN_ACCOUNT = "own_account"
    LONG_DAY = "long_day"


@dataclass(frozen=True)
class Entries:
    """Service rows as columns of one length. Times are whole seconds since 1970-01-01 UTC; a place that is not known is
    nan; `minutes` are those counted (the span less its break)."""

    id: Ints
    volunteer: Ints
    start: Ints
    end: Ints
    minutes: Ints
    recorded_at: Ints
    recorded_by: Ints
    own: Flags
    lon: Floats
    lat: Floats

    def __len__(self) -> int:
        return len(self.id)

    def at(self, rows: Any) -> "Entries":
        """These rows, in this order."""
        return Entries(**{column.name: getattr(self, column.name)[rows] for column in fields(self)})


@dataclass(frozen=True)
class Finding:
    """One entry and one reason. Which of the values are given depends on the reason:

    overlap: `other` and the `minutes` both share; travel: `other`, `metres` between the places, `minutes` between the
    services and `kmh` (None where no time is between them); back_dated: `rows` recorded together, `days` from the
    service to the record; long_day: `day` and its `minutes`.
    """

    reason: Odd
    id: int
    other: int | None = None
    minutes: int | None = None
    metres: int | None = None
    kmh: int | None = None
    rows: int | None = None
    days: int | None = None
    day: date | None = None


def entries(rows: Iterable[tuple[Any, ...]]) -> Entries:
    """Columns from rows in the order of `Entries`, None for a place that is not known."""
    table = list(zip(*rows, strict=True)) or [()] * len(fields(Entries))
    kinds = {"own": np.bool_, "lon": np.float64, "lat": np.float64}
    return Entries(
        **{
            column.name: np.array(values, dtype=kinds.get(column.name, np.int64))
            for column, values in zip(fields(Entries), table, strict=True)
        }
    )


def find(found: Entries) -> tuple[Finding, ...]:
    """Every odd entry with its reasons, in the order of `Odd`, then of the entries' ids."""
    rows = found.at(np.lexsort((found.id, found.end, found.start, found.volunteer)))
    before = _last_to_end(rows)
    listed = [*_overlaps(rows, before), *_travels(rows, before), *_back_dated(rows), *_own(rows), *_long_days(rows)]
    place = {reason: n for n, reason in enumerate(Odd)}
    return tuple(sorted(listed, key=lambda one: (place[one.reason], one.id)))


def _last_to_end(rows: Entries) -> Ints:
    """For each row (sorted by volunteer, start, end, id) her earlier row that ends last; -1 for none."""
    count = len(rows)
    if not count:
        return np.zeros(0, dtype=np.int64)
    # One running maximum over everybody: each person's ends are lifted above those of the person before.
    person = np.cumsum(np.append(False, rows.volunteer[1:] != rows.volunteer[:-1])).astype(np.int64)
    ends = rows.end - rows.end.min()
    # Among equal ends the later row stands for them.
    rank = np.empty(count, dtype=np.int64)
    rank[np.lexsort((np.arange(count), ends, person))] = np.arange(count)
    holder_rank = np.maximum.accumulate(rank)
    by_rank = np.empty(count, dtype=np.int64)
    by_rank[rank] = np.arange(count)
    before = np.append(-1, by_rank[holder_rank[:-1]]).astype(np.int64)
    first = np.append(True, person[1:] != person[:-1])
    return np.where(first, -1, before)


def _overlaps(rows: Entries, before: Ints) -> Iterable[Finding]:
    hits = np.flatnonzero((before >= 0) & (rows.start < rows.end[before]))
    for row in hits:
        other = before[row]
        shared = min(rows.end[row], rows.end[other]) - rows.start[row]
        yield Finding(Odd.OVERLAP, int(rows.id[row]), int(rows.id[other]), minutes=-int(-shared // 60))


def _travels(rows: Entries, before: Ints) -> Iterable[Finding]:
    gap = rows.start - rows.end[before]
    metres = np.nan_to_num(distance_m(rows.lon, rows.lat, rows.lon[before], rows.lat[before]), nan=0.0)
    # Metres a second against km an hour, without dividing by no time.
    too_fast = metres * 3.6 > FASTEST_KMH * gap
    for row in np.flatnonzero((before >= 0) & (gap >= 0) & (metres > NEAR_M) & too_fast):
        speed = None if gap[row] == 0 else round(float(metres[row]) * 3.6 / int(gap[row]))
        yield Finding(
            Odd.TRAVEL,
            int(rows.id[row]),
            int(rows.id[before[row]]),
            minutes=int(gap[row] // 60),
            metres=round(float(metres[row])),
            kmh=speed,
        )


def _back_dated(rows: Entries) -> Iterable[Finding]:
    late = rows.recorded_at - rows.end
    # Accounts count from 1: imports, the system and short links are none.
    rows = rows.at(np.flatnonzero((late >= BULK_DAYS * _SECONDS_OF_A_DAY) & (rows.recorded_by > 0)))
    rows = rows.at(np.lexsort((rows.id, rows.recorded_at, rows.recorded_by)))
    at = rows.recorded_at
    many = np.zeros(len(rows), dtype=np.int64)
    for first, last in _runs(rows.recorded_by[1:] != rows.recorded_by[:-1], len(rows)):
        within = np.searchsorted(at[first:last], at[first:last] + BULK_MINUTES * 60, side="right")
        many[first:last] = within - np.arange(last - first)
    # Every row of a window that is full enough, and how many of them follow one another without a longer pause.
    step = np.zeros(len(rows) + 1, dtype=np.int64)
    full = np.flatnonzero(many >= BULK_ROWS)
    np.add.at(step, full, 1)
    np.add.at(step, full + many[full], -1)
    rows = rows.at(np.flatnonzero(np.cumsum(step[:-1]) > 0))
    apart = (rows.recorded_by[1:] != rows.recorded_by[:-1]) | (np.diff(rows.recorded_at) > BULK_MINUTES * 60)
    for first, last in _runs(apart, len(rows)):
        for row in range(first, last):
            days = int((rows.recorded_at[row] - rows.end[row]) // _SECONDS_OF_A_DAY)
            yield Finding(Odd.BACK_DATED, int(rows.id[row]), rows=last - first, days=days)


def _runs(apart: Flags, count: int) -> Iterable[tuple[int, int]]:
    """First and one past the last position of each run; `apart` says of each row but the first that it begins one."""
    starts = np.flatnonzero(np.append(True, apart))
    return [(int(a), int(b)) for a, b in zip(starts, np.append(starts[1:], count), strict=True)] if count else []


def _own(rows: Entries) -> Iterable[Finding]:
    return (Finding(Odd.OWN_ACCOUNT, int(id)) for id in rows.id[rows.own])


def _long_days(rows: Entries) -> Iterable[Finding]:
    """A service over midnight gives each day its share of the minutes counted; of two long days it is listed for the
    first."""
    if not len(rows):
        return
    shift = LOCAL_MINUTES * 60
    first = (rows.start + shift) // _SECONDS_OF_A_DAY
    parts = (rows.end + shift - 1) // _SECONDS_OF_A_DAY - first + 1
    row = np.repeat(np.arange(len(rows)), parts)
    day = first[row] + np.arange(len(row)) - np.repeat(np.cumsum(parts) - parts, parts)
    midnight = day * _SECONDS_OF_A_DAY - shift
    seconds = np.minimum(rows.end[row], midnight + _SECONDS_OF_A_DAY) - np.maximum(rows.start[row], midnight)
    minutes = rows.minutes[row] * seconds / (rows.end - rows.start)[row]
    _, group = np.unique(np.stack([rows.volunteer[row], day]), axis=1, return_inverse=True)
    total = np.bincount(group.ravel(), minutes)[group.ravel()]
    listed: set[int] = set()
    for part in np.flatnonzero(total > DAY_MINUTES + _MINUTE_PARTS):
        one = int(rows.id[row[part]])
        if one not in listed:
            listed.add(one)
            yield Finding(Odd.LONG_DAY, one, minutes=ceil(total[part] - _MINUTE_PARTS), day=date_of(int(day[part])))
