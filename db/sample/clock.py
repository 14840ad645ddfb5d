"""Time in the sample: working minutes for staff, local hours for everybody else.

The same rules as dashboard/core/deadlines.py, which db may not import; a test holds the two against each other.
"""

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta, timezone

import chinese_calendar

from db.county_words import DEADLINES

COUNTY_TIME = timezone(timedelta(hours=8), "Asia/Shanghai")


def local(day: date, minute: int) -> datetime:
    """A minute of a county day, as UTC."""
    return datetime.combine(day, time(), COUNTY_TIME).astimezone(UTC) + timedelta(minutes=minute)


def local_day(at: datetime) -> date:
    """The county's date at a moment."""
    return at.astimezone(COUNTY_TIME).date()


def is_workday(day: date) -> bool:
    """By the announced calendar; Monday to Friday in years not announced yet."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


class WorkClock:
    """Counts the minutes of working spans, from `first` to `last`."""

    def __init__(self, first: date, last: date) -> None:
        spans = [tuple(_minute(text) for text in span) for span in DEADLINES["working"]]
        self._starts: list[datetime] = []
        self._before: list[float] = [0.0]
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            for start, end in spans if is_workday(day) else ():
                self._starts.append(local(day, start))
                self._before.append(self._before[-1] + end - start)

    def worked(self, at: datetime) -> float:
        """Working minutes until `at`."""
        index = bisect_right(self._starts, at) - 1
        if index < 0:
            return 0.0
        return min(self._before[index] + (at - self._starts[index]) / timedelta(minutes=1), self._before[index + 1])

    def after(self, start: datetime, minutes: float) -> datetime:
        """The moment when `minutes` > 0 of work have passed since `start`."""
        wanted = self.worked(start) + minutes
        index = bisect_right(self._before, wanted - 1e-9) - 1
        return self._starts[index] + timedelta(minutes=wanted - self._before[index])

    def due(self, opened: datetime, urgency: str) -> tuple[datetime, datetime]:
        """(to be taken up by, to be closed by) under the default rules."""
        take_up, close = DEADLINES["hours"][urgency]
        return self.after(opened, take_up * 60), self.after(opened, close * 60)


def _minute(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)
