"""Recurring visits: a rule of RFC 5545, the visits it leads to, those left out and those moved.

A visit is known by its original start, the moment the rule gives it. So moving or cancelling one touches no other, and
a visit moved twice is still the same visit. The rule runs in county time, which has no summer time; moments come and go
in UTC, windows are half-open.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from itertools import islice
from typing import Literal

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, rrule, weekday

from dashboard.core.deadlines import COUNTY_TIME
from dashboard.core.errors import Invalid

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
#: The longest rule text that is read, and the largest interval and count that are believed.
LONGEST_RULE, MOST_INTERVAL, MOST_COUNT = 200, 99, 3_660
#: A rule that has no visit within so long after its start has none. Leap days come once in eight years at worst.
SOONEST = timedelta(days=366 * 9)
_MINUTE = timedelta(minutes=1)
_DAY = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")
_MOMENT = re.compile(r"(\d{8})(?:T(\d{6})Z)?")


class Frequency(StrEnum):
    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"


_FREQUENCIES: dict[Frequency, Literal[0, 1, 2, 3, 4, 5, 6]] = {
    Frequency.DAILY: DAILY,
    Frequency.WEEKLY: WEEKLY,
    Frequency.MONTHLY: MONTHLY,
}


@dataclass(frozen=True)
class Rule:
    """A rule as it is understood. `weekdays`: (which of the month, 0 for every; 0 Monday .. 6 Sunday); `month_days`:
    1 .. 31, or -1 for the last; `until` is the last moment at which a visit may begin. `count` and `until` exclude each
    other."""

    frequency: Frequency
    interval: int = 1
    weekdays: tuple[tuple[int, int], ...] = ()
    month_days: tuple[int, ...] = ()
    count: int | None = None
    until: datetime | None = None

    @property
    def text(self) -> str:
        """The rule as RFC 5545 writes it; `parse` reads it back."""
        parts = [f"FREQ={self.frequency}"]
        parts += [f"INTERVAL={self.interval}"] if self.interval != 1 else []
        parts += ["BYDAY=" + ",".join(f"{nth or ''}{DAYS[day]}" for nth, day in self.weekdays)] if self.weekdays else []
        parts += ["BYMONTHDAY=" + ",".join(map(str, self.month_days))] if self.month_days else []
        parts += [f"COUNT={self.count}"] if self.count is not None else []
        parts += [f"UNTIL={self.until.astimezone(UTC):%Y%m%dT%H%M%SZ}"] if self.until is not None else []
        return ";".join(parts)


@dataclass(frozen=True)
class Series:
    """A rule with its first visit and the length of each; `cancelled` are left out (EXDATE), `moved` are pairs
    (original start, other start). Who is cancelled and moved is cancelled."""

    rule: Rule
    start: datetime
    duration: timedelta
    cancelled: frozenset[datetime] = frozenset()
    moved: tuple[tuple[datetime, datetime], ...] = field(default=())


@dataclass(frozen=True)
class Visit:
    """A visit: which one it is (`original`), and the half-open span it takes."""

    original: datetime
    start: datetime
    end: datetime

    @property
    def moved(self) -> bool:
        return self.start != self.original


def parse(words: str) -> Rule:
    """The rule of an RRULE text, with or without "RRULE:". Raises Invalid, naming the part, for what is not understood:
    other parts than FREQ, INTERVAL, BYDAY, BYMONTHDAY, COUNT and UNTIL, or values they can't have."""
    said = words.strip().upper().removeprefix("RRULE:")
    if not said or len(said) > LONGEST_RULE:
        raise Invalid("series.rule_unreadable", part=words[:60])
    parts: dict[str, str] = {}
    for piece in said.split(";"):
        name, equals, value = piece.partition("=")
        if not equals or not value:
            raise Invalid("series.rule_unreadable", part=piece[:60])
        if name not in ("FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "COUNT", "UNTIL"):
            raise Invalid("series.rule_unknown", part=name[:60])
        if name in parts:
            raise Invalid("series.rule_twice", part=name)
        parts[name] = value
    if parts.get("FREQ") not in set(Frequency):
        raise Invalid("series.rule_frequency", value=parts.get("FREQ", "")[:60])
    frequency = Frequency(parts["FREQ"])
    if "COUNT" in parts and "UNTIL" in parts:
        raise Invalid("series.rule_count_and_until")
    if "BYMONTHDAY" in parts and frequency is Frequency.WEEKLY:
        raise Invalid("series.rule_not_here", part="BYMONTHDAY", frequency=frequency)
    return Rule(
        frequency,
        _number("INTERVAL", parts.get("INTERVAL", "1"), 1, MOST_INTERVAL),
        tuple(_weekday(value, frequency) for value in _listed(parts.get("BYDAY"))),
        tuple(_number("BYMONTHDAY", value, -31, 31) for value in _listed(parts.get("BYMONTHDAY"))),
        _number("COUNT", parts["COUNT"], 1, MOST_COUNT) if "COUNT" in parts else None,
        _until(parts["UNTIL"]) if "UNTIL" in parts else None,
    )


def _listed(value: str | None) -> list[str]:
    return list(dict.fromkeys(value.split(","))) if value else []


def _number(part: str, value: str, least: int, most: int) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,5}", value) or not least <= int(value) <= most or int(value) == 0:
        raise Invalid("series.rule_number", part=part, value=value[:60], least=least, most=most)
    return int(value)


def _weekday(value: str, frequency: Frequency) -> tuple[int, int]:
    found = _DAY.fullmatch(value)
    if found is None:
        raise Invalid("series.rule_day", value=value[:60])
    if found[1] and frequency is not Frequency.MONTHLY:
        raise Invalid("series.rule_not_here", part=f"BYDAY={value}", frequency=frequency)
    return int(found[1] or 0), DAYS.index(found[2])


def _until(value: str) -> datetime:
    """A UTC moment, or a day of the county, which then is the last."""
    found = _MOMENT.fullmatch(value)
    try:
        if found is None:
            raise ValueError(value)
        if found[2]:
            return datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        day = datetime.strptime(value, "%Y%m%d").date()
        return datetime.combine(day, time(23, 59, 59), COUNTY_TIME).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Invalid("series.rule_until", value=value[:60]) from error


def first_visit(rule: Rule, start: datetime) -> datetime:
    """The first moment from `start` on, at its time of day, that the rule meets. Raises Invalid when there is none."""
    whole = start.astimezone(UTC).replace(second=0, microsecond=0)
    begin = whole if whole == start else whole + _MINUTE
    found = next(_moments(rule, begin, begin + SOONEST), None)
    if found is None:
        raise Invalid("series.never")
    return found


def visits(series: Series, since: datetime, until: datetime) -> tuple[Visit, ...]:
    """The visits that begin from `since` up to before `until`, in order. Windows that tile lose and double none."""
    elsewhere = {original for original, _ in series.moved}
    out = series.cancelled | elsewhere
    found = [
        Visit(at, at, at + series.duration)
        for at in _moments(series.rule, series.start, until)
        if since <= at and at not in out
    ]
    here = {
        original: to
        for original, to in series.moved
        if since <= to < until and original not in series.cancelled and occurs(series, original)
    }
    found += [Visit(original, to, to + series.duration) for original, to in here.items()]
    return tuple(sorted(found, key=lambda visit: (visit.start, visit.original)))


def occurs(series: Series, original: datetime) -> bool:
    """Does the rule give a visit at this moment, cancelled and moved ones included?"""
    return any(at == original for at in _moments(series.rule, series.start, original + _MINUTE))


def _moments(rule: Rule, start: datetime, until: datetime) -> Iterator[datetime]:
    """The moments the rule gives from `start` up to before `until`. The text of a rule may have no match for ever, so
    the end of the window is what ends the search, and the count is kept here."""
    last = until if rule.until is None else min(until, rule.until + timedelta(seconds=1))
    found = rrule(
        _FREQUENCIES[rule.frequency],
        dtstart=_wall(start),
        interval=rule.interval,
        byweekday=_days_of(rule) or None,
        bymonthday=list(rule.month_days) or None,
        until=_wall(last),
    )
    for wall in islice(found, rule.count):
        moment = wall.replace(tzinfo=COUNTY_TIME).astimezone(UTC)
        if moment < last:
            yield moment


def _days_of(rule: Rule) -> list[weekday]:
    """The weekdays. A plain one beside one of the month ("MO,2TU") is said as all of its places: the library would look
    for a day that is both."""
    if not any(nth for nth, _ in rule.weekdays):
        return [weekday(day) for _, day in rule.weekdays]
    return [weekday(day, n) for nth, day in rule.weekdays for n in ((nth,) if nth else range(1, 6))]


def _wall(moment: datetime) -> datetime:
    """What the county's clocks show."""
    return moment.astimezone(COUNTY_TIME).replace(tzinfo=None)
