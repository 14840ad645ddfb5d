"""Rotas by compound: which days a team's weekly plan leads to, with days left out and days moved.

A duty is known by the day the plan gives it, so a day moved or a new time of day is still the same duty. Everything
runs in county time, which has no summer time; moments come and go in UTC.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dashboard.core.deadlines import COUNTY_TIME
from dashboard.core.errors import Invalid
from dashboard.core.series import Frequency, Rule, Series, visits


@dataclass(frozen=True)
class Planned:
    """A day of duty: which one it is, and the half-open span it takes, perhaps on another day."""

    planned_on: date
    start: datetime
    end: datetime

    @property
    def day(self) -> date:
        return county_day(self.start)


def county_day(moment: datetime) -> date:
    """The county's date at a moment."""
    return moment.astimezone(COUNTY_TIME).date()


def week_rule(weekdays: Collection[int]) -> Rule:
    """Every week on these days, 0 Monday .. 6 Sunday. Raises Invalid for none, and for what is no day."""
    days = sorted(set(weekdays))
    if not days or days[0] < 0 or days[-1] > 6:
        raise Invalid("rotas.no_days")
    return Rule(Frequency.WEEKLY, weekdays=tuple((0, day) for day in days))


def weekdays_of(rule: Rule) -> tuple[int, ...]:
    """The days of such a rule."""
    return tuple(day for _, day in rule.weekdays)


def monday_of(day: date) -> date:
    """The Monday of the week that holds a day."""
    return day - timedelta(days=day.weekday())


def planned(
    rule: Rule, start: datetime, minutes: int, changes: Mapping[date, date | None], since: datetime, until: datetime
) -> tuple[Planned, ...]:
    """The days of duty that begin from `since` up to before `until`, in order. `changes`: a day of the plan -> the day
    it is moved to, None where it is left out."""
    clock = start.astimezone(COUNTY_TIME).time()
    at = {day: on_day(day, clock) for day in changes}
    series = Series(
        rule,
        start,
        timedelta(minutes=minutes),
        frozenset(at[day] for day, to in changes.items() if to is None),
        tuple((at[day], on_day(to, clock)) for day, to in changes.items() if to is not None),
    )
    return tuple(Planned(county_day(one.original), one.start, one.end) for one in visits(series, since, until))


def on_day(day: date, clock: time) -> datetime:
    """A time of day on a day of the county."""
    return datetime.combine(day, clock, COUNTY_TIME)


def missing(least: int, there: int) -> int:
    """So many people are missing."""
    return max(least - there, 0)
