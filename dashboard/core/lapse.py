"""A figure month by month, town by town: what a map plays in a meeting.

A step is a county month, the last one up to a day. Stocks (open needs) are counted at the end of the step, flows
(registered, closed, services) within it; both as `core.replay` says an order was, with the knowledge of that step's end
or with today's. Nothing here depends on a clock.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from dashboard.core.figures import day_span, months_until
from dashboard.core.words import NeedState

#: So many months can be played.
FEWEST, MOST = 2, 24
USUAL = 12


class LapseFigure(StrEnum):
    """What is played. The words are `lapse.figure.<figure>`."""

    NEEDS_OPEN = "needs_open"
    NEEDS_REGISTERED = "needs_registered"
    NEEDS_CLOSED = "needs_closed"
    SERVICES = "services"


@dataclass(frozen=True)
class Step:
    """A month from its first day to `last`, both within; `whole` says that no day of it is missing. `start` and `end`
    are its moments."""

    first: date
    last: date
    whole: bool
    start: datetime
    end: datetime


def steps(until: date, months: int) -> tuple[Step, ...]:
    """So many months, oldest first; the last one ends with the day `until`."""
    found = []
    for month in months_until(until, months):
        end = min(month.end, day_span(until)[1])
        last = min(until, _last_day(month.first))
        found.append(Step(month.first, last, end == month.end, month.start, end))
    return tuple(found)


def _last_day(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


class Told(NamedTuple):
    """An event of an order in terms of steps. `happened`: the step in which it happened, -1 for before them all;
    `shown`: the first step at whose end it is known; `begins`: the order came into the world with it."""

    need_id: int
    begins: bool
    to_state: str
    happened: int
    shown: int


def classes(values: Iterable[int], most: int = 5) -> list[tuple[int, int]]:
    """Classes of whole numbers >= 0 as (low, high), both included: zero by itself, then at most `most`, each as many
    times the one before. A month far above the others then takes no class from them. Every value lies in one class;
    one may be empty."""
    above = sorted({value for value in values if value > 0})
    if len(above) <= most:
        return [(0, 0), *((value, value) for value in above)]
    ratio = (above[-1] / above[0]) ** (1 / most)
    highs = sorted({max(above[0], round(above[0] * ratio**number)) for number in range(1, most)} | {above[-1]})
    return [(0, 0), *zip([above[0], *(high + 1 for high in highs)], highs, strict=False)]


Counts = dict[str | None, list[int]]


def counted(events: Iterable[Told], towns: Mapping[int, str | None], figure: LapseFigure, many: int) -> Counts:
    """How many orders of each town the figure counts at each of `many` steps; those of no town under None. Events come
    by order, and within one in the order in which they were recorded; orders that `towns` doesn't know are left out."""
    found: Counts = {}
    for need_id, chain in groupby(events, key=attrgetter("need_id")):
        if need_id not in towns:
            continue
        row = found.setdefault(towns[need_id], [0] * many)
        for step in _steps_of(tuple(chain), figure, many):
            row[step] += 1
    return found


def _steps_of(chain: tuple[Told, ...], figure: LapseFigure, many: int) -> Iterable[int]:
    """The steps at which an order counts. From the last event back: each is the order's state from the step that knows
    it until the first step that knows a later one."""
    begin = next((event for event in chain if event.begins), None)
    if begin is None:
        return
    until = many
    for event in reversed(chain):
        if event.shown < until:
            yield from _within(event, begin, figure, max(event.shown, begin.shown), until)
            until = event.shown


def _within(event: Told, begin: Told, figure: LapseFigure, since: int, until: int) -> Iterable[int]:
    """The steps from `since`, before `until`, at which an order counts while this event is its last one."""
    if figure is LapseFigure.NEEDS_OPEN:
        return range(since, until) if event.to_state == NeedState.OPEN else ()
    if figure is LapseFigure.NEEDS_CLOSED:
        step, counts = event.happened, event.to_state == NeedState.CLOSED
    else:
        step, counts = begin.happened, event.to_state != NeedState.DRAFT
    return (step,) if counts and since <= step < until else ()
