"""Times and dates of a problem file as the matching counts them, and back."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from dashboard.core import spans
from dashboard.formats.mistakes import Mistakes, pointer

Span = tuple[int, int]


class Clock:
    """Reads times, each form of words once: files repeat them."""

    def __init__(self, wrong: Mistakes) -> None:
        self.wrong = wrong
        self._minutes: dict[str, Span | None] = {}
        self._days: dict[str, int | None] = {}

    def span(self, entry: Mapping[str, Any], *path: object) -> Span | None:
        """The minutes of an entry with start and end, rounded outwards; None when they are none."""
        start, end = (self._minute(entry[side], *path, side) for side in ("start", "end"))
        if start is None or end is None:
            return None
        if start[0] >= end[1]:
            self.wrong.add(pointer((*path, "end")), entry["end"], "match_files.ends_first", start=entry["start"])
            return None
        return start[0], end[1]

    def day(self, words: str, *path: object) -> int | None:
        """The number of a day; None when there is no such day."""
        if words not in self._days:
            try:
                self._days[words] = spans.day_number(date.fromisoformat(words))
            except ValueError:
                self._days[words] = None
        if self._days[words] is None:
            self.wrong.add(pointer(path), words, "match_files.not_a_date")
        return self._days[words]

    def _minute(self, words: str, *path: object) -> Span | None:
        """A time rounded down and rounded up."""
        if words not in self._minutes:
            try:
                moment = datetime.fromisoformat(words)
                self._minutes[words] = spans.minute_of(moment), spans.end_minute_of(moment)
            except (ValueError, OverflowError):
                self._minutes[words] = None
        if self._minutes[words] is None:
            self.wrong.add(pointer(path), words, "match_files.not_a_time")
        return self._minutes[words]


def time_words(minute: int) -> str:
    """A minute in county time: 2026-11-30T09:00+08:00."""
    moment = spans.moment_of(minute + spans.LOCAL_MINUTES)
    hours, minutes = divmod(spans.LOCAL_MINUTES, 60)
    return f"{moment:%Y-%m-%dT%H:%M}+{hours:02}:{minutes:02}"


def day_words(day: int) -> str:
    """A day number as a date."""
    return spans.date_of(day).isoformat()


def day_of_words(words: object) -> int | None:
    """The number of a day as `day_words` writes it; None when it is none."""
    try:
        return spans.day_number(date.fromisoformat(str(words)))
    except ValueError:
        return None


def minute_of(words: str) -> int | None:
    """The minute of a time as `time_words` writes it; None when it is none, or no whole minute."""
    try:
        moment = datetime.fromisoformat(words)
    except ValueError:
        return None
    if moment.tzinfo is None or spans.minute_of(moment) != spans.end_minute_of(moment):
        return None
    return spans.minute_of(moment)
