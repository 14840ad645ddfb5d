"""The past from the events: what state an order was in at a moment, and the figures that follow from states alone.

Events of an order form a chain in the order in which they were recorded; each says when it happened and when we learned
of it, never the other way round. So there are two pasts: as known then (only what was recorded by the moment) and as
known now (whatever is recorded today about the time up to the moment). In both the order's state is where the last
event of the chain leads that had happened by then: what was recorded later corrects what was recorded before it.

Hours and answers are rows, with the time when each was recorded; what was written over later is on record too
(`services/past_tables.py`). Rows with the days on which they hold (sites, grids, contact cards), activities, links and
residents of orders are told as known now only: nothing says when we learned of them. What else a figure may rest on
(deadlines, head-counts, statuses of the register) is changed in place, so figures of those are left out, with the
reason.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from dashboard.core.figures import BY_KEY, FIGURES, day_span, year_span
from dashboard.core.words import NeedState


class Known(StrEnum):
    """Whose knowledge: that of the day, or today's."""

    THEN = "then"
    NOW = "now"


@dataclass(frozen=True)
class Happening:
    """An event of an order itself."""

    need_id: int
    from_state: NeedState | None
    to_state: NeedState
    happened_at: datetime
    recorded_at: datetime


@dataclass(frozen=True)
class Past:
    """What an order was at a moment: its state, when it was registered and when it came to that state."""

    state: NeedState
    registered_at: datetime
    since: datetime


#: Figures that follow from the states of orders alone.
REPLAYED: tuple[str, ...] = (
    "needs_to_verify",
    "needs_open",
    "needs_in_service",
    "needs_registered",
    "needs_closed",
    "needs_unmet",
)
#: Figures of rows with the times at which they were recorded, told as known then too.
RECORDED: tuple[str, ...] = (
    *("services", "service_minutes", "service_minutes_a", "service_minutes_b", "service_minutes_c"),
    *("volunteers_served", "ratings_asked", "ratings_answered", "ratings_silent", "ratings_satisfied"),
)
#: Figures of rows that say what holds on a day, but not when we learned of it.
ON_THE_DAY: tuple[str, ...] = (
    *("needs_repeated", "residents_asking", "activities", "activities_uncounted", "people_reached"),
    *("sites", "grids", "grids_without_contact", "contact_cards", "contact_people"),
)


class Why(StrEnum):
    """Why a figure of a day can't be told. The words are `replay.why.<why>`."""

    #: A status, a level or a number of a register, changed in place.
    REGISTER = "register"
    DEADLINE = "deadline"
    SEATS = "seats"
    #: It is told as known now; when we learned of it is on no record.
    UNDATED = "undated"


_DEADLINES = ("needs_overdue", "needs_closed_with_deadline", "needs_closed_in_time")


def told(known: Known) -> tuple[str, ...]:
    """The figures that the record tells of a day gone by, a rate where it tells both of its counts; in the order of
    `FIGURES`."""
    counts = {*REPLAYED, *RECORDED, *(ON_THE_DAY if known is Known.NOW else ())}
    return tuple(figure.key for figure in FIGURES if counts.issuperset(figure.over or (figure.key,)))


def left_out(known: Known) -> dict[str, Why]:
    """The other figures, each with the reason."""
    return {figure.key: _why(figure.key, known) for figure in FIGURES if figure.key not in told(known)}


def every() -> tuple[str, ...]:
    """All figures, those that are told best first."""
    then, now = told(Known.THEN), told(Known.NOW)
    return *then, *(key for key in now if key not in then), *left_out(Known.NOW)


def _why(key: str, known: Known) -> Why:
    if key in told(Known.NOW) and known is Known.THEN:
        return Why.UNDATED
    if key.startswith("seats_"):
        return Why.SEATS
    if set(_DEADLINES) & {key, *(BY_KEY[key].over or ())}:
        return Why.DEADLINE
    return Why.REGISTER


def until(day: date) -> datetime:
    """The end of a county day: what happened before it is of the day or earlier."""
    return day_span(day)[1]


def last_moment(day: date) -> datetime:
    """A moment that is still of the day, for what is asked with a moment: who held, what was valid."""
    return until(day) - timedelta(microseconds=1)


@dataclass(frozen=True)
class AsOf:
    """A day gone by that is looked at as it ended, and whose knowledge counts."""

    day: date
    known: Known


def pasts(events: Iterable[Happening], moment: datetime, known: Known) -> dict[int, Past]:
    """What each order was just before `moment`. `events` come in the order in which they were recorded."""
    found: dict[int, Past] = {}
    begun: dict[int, datetime] = {}
    for event in events:
        if event.happened_at >= moment or (known is Known.THEN and event.recorded_at >= moment):
            continue
        if event.from_state is None:
            begun[event.need_id] = event.happened_at
        # An order that is said to have moved before it came into the world was not there yet.
        if event.need_id in begun:
            found[event.need_id] = Past(event.to_state, begun[event.need_id], event.happened_at)
    return found


def counted(orders: Mapping[int, Past], day: date) -> dict[str, int]:
    """The figures of `REPLAYED` on a day, by the definitions of core/figures.py."""
    start, end = year_span(day)
    states = {
        "needs_to_verify": NeedState.TO_VERIFY,
        "needs_open": NeedState.OPEN,
        "needs_in_service": NeedState.IN_SERVICE,
    }
    ended = {"needs_closed": NeedState.CLOSED, "needs_unmet": NeedState.UNMET}
    every = tuple(orders.values())
    found = {key: sum(one.state is state for one in every) for key, state in states.items()}
    found |= {
        key: sum(one.state is state and start <= one.since < end for one in every) for key, state in ended.items()
    }
    found["needs_registered"] = sum(
        one.state is not NeedState.DRAFT and start <= one.registered_at < end for one in every
    )
    return {key: found[key] for key in REPLAYED}


def canonical(plain: Mapping[str, Any]) -> str:
    """One text for one content: keys sorted, no spaces. Two replays are equal when their bytes are."""
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
