"""Deadlines in working hours: the rule row, and the Chinese working calendar with its make-up workdays.

A clock counts only minutes of working spans on working days (county time, UTC+8 all year). The calendar's data end with
the year last announced; later years count Monday to Friday, and whoever asks is told so (`WorkClock.known`).
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Any

import chinese_calendar

from dashboard.core.errors import Invalid
from dashboard.core.words import Urgency

#: Asia/Shanghai; China has kept no summer time since 1991.
COUNTY_TIME = timezone(timedelta(hours=8), "Asia/Shanghai")

#: The rule row a county starts with: 8 working hours a day; [hours to take up, hours to close] by urgency.
DEFAULT_RULES: dict[str, Any] = {
    "working": [["08:30", "12:00"], ["13:30", "18:00"]],
    "hours": {"urgent": [1, 24], "soon": [8, 40], "normal": [16, 80]},
}


@dataclass(frozen=True)
class DeadlineRules:
    """A rule row's content. `spans` are half-open minutes of the day; `hours` (take up, close) by urgency."""

    spans: tuple[tuple[int, int], ...]
    hours: Mapping[Urgency, tuple[float, float]]

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "DeadlineRules":
        """From the JSON of a rule row. Raises Invalid when it is not one."""
        try:
            spans = tuple(sorted((_minute(start), _minute(end)) for start, end in data["working"]))
            hours = {Urgency(name): (float(pair[0]), float(pair[1])) for name, pair in data["hours"].items()}
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise Invalid("deadlines.bad_rules", problem=str(error)) from error
        apart = all(left[1] <= right[0] for left, right in zip(spans, spans[1:], strict=False))
        if not spans or not apart or not all(0 <= start < end <= 1440 for start, end in spans):
            raise Invalid("deadlines.bad_rules", problem="working")
        if set(hours) != set(Urgency) or not all(0 < first <= last for first, last in hours.values()):
            raise Invalid("deadlines.bad_rules", problem="hours")
        return cls(spans, hours)

    def limits(self, urgency: Urgency, own: Mapping[str, Any] | None = None) -> tuple[float, float]:
        """Working hours (to take up, to close); `own` are a category's, {"urgent": [1, 24]}, before the rule's."""
        pair = (own or {}).get(urgency)
        return (float(pair[0]), float(pair[1])) if pair else self.hours[urgency]


@dataclass(frozen=True)
class Deadlines:
    """When a need must be taken up and closed. `known`: the working calendar of those days is announced."""

    take_up: datetime
    close: datetime
    known: bool


def deadlines(opened: datetime, hours: tuple[float, float], rules: DeadlineRules) -> Deadlines:
    """The two deadlines of a need opened at `opened`."""
    clock = clock_for(rules.spans, opened, opened + timedelta(days=400))
    take_up, close = (clock.after(opened, limit * 60) for limit in hours)
    return Deadlines(take_up, close, clock.known(opened) and clock.known(close))


def is_workday(day: date) -> tuple[bool, bool]:
    """(is it a working day, is that known). Years without an announced calendar: Monday to Friday, not known."""
    try:
        return bool(chinese_calendar.is_workday(day)), True
    except NotImplementedError:
        return day.weekday() < 5, False


class WorkClock:
    """Working minutes between moments, within the days from `first` up to and including `last`."""

    def __init__(self, spans: tuple[tuple[int, int], ...], first: date, last: date) -> None:
        self._starts: list[float] = []
        self._before: list[float] = []
        self._unknown: set[int] = set()
        total = 0.0
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            working, known = is_workday(day)
            if not known:
                self._unknown.add(day.year)
            if not working:
                continue
            midnight = datetime.combine(day, time(), COUNTY_TIME).timestamp() / 60
            for start, end in spans:
                self._starts.append(midnight + start)
                self._before.append(total)
                total += end - start
        self._before.append(total)

    def worked(self, at: datetime) -> float:
        """Working minutes from the clock's first day until `at`."""
        minute = at.timestamp() / 60
        index = bisect_right(self._starts, minute) - 1
        if index < 0:
            return 0.0
        return min(self._before[index] + minute - self._starts[index], self._before[index + 1])

    def between(self, start: datetime, end: datetime) -> float:
        """Working minutes from `start` to `end`, negative when `end` is earlier."""
        return self.worked(end) - self.worked(start)

    def after(self, start: datetime, minutes: float) -> datetime:
        """The first moment by which `minutes` > 0 of work have passed since `start`, in UTC.

        Raises Invalid when the clock's days end before that.
        """
        wanted = self.worked(start) + minutes
        # The span in which the total is reached; a total reached exactly at a span's end belongs to that span.
        index = bisect_right(self._before, wanted - 1e-9) - 1
        if index >= len(self._starts):
            raise Invalid("deadlines.beyond_calendar")
        return datetime.fromtimestamp((self._starts[index] + wanted - self._before[index]) * 60, UTC)

    def known(self, at: datetime) -> bool:
        """Is the calendar of that year announced?"""
        return at.astimezone(COUNTY_TIME).year not in self._unknown


def clock_for(spans: tuple[tuple[int, int], ...], *moments: datetime) -> WorkClock:
    """A clock over the whole years that hold the moments, kept for the next asker."""
    years = [moment.astimezone(COUNTY_TIME).year for moment in moments]
    return _clock(spans, min(years), max(years))


@lru_cache(maxsize=16)
def _clock(spans: tuple[tuple[int, int], ...], first_year: int, last_year: int) -> WorkClock:
    return WorkClock(spans, date(first_year, 1, 1), date(last_year, 12, 31))


def _minute(text: str) -> int:
    """ "08:30" -> 510; "24:00" ends the day."""
    hours, minutes = (int(part) for part in text.split(":"))
    if not (0 <= hours <= 24 and 0 <= minutes < 60):
        raise ValueError(text)
    return hours * 60 + minutes
