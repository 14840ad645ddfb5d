"""One order and what happens to it: the row, its dispatches, and its append-only record, cut off where the past ends.

The moves follow the two tables of dashboard/core/needs.py; tests hold every history against them.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import asin, cos, radians, sin, sqrt
from typing import Any

from db.models import Dispatch, Need, NeedEvent, NeedInterval, NeedPerson, NeedRole, NeedSkill
from db.sample import words
from db.sample.clock import COUNTY_TIME
from db.sample.world import Kind, World

Span = tuple[datetime, datetime]

_EARTH_M = 6_371_008.8


class TheFuture(Exception):  # noqa: N818 - it is no error: the past ends here
    """The next thing to tell has not happened yet."""


@dataclass(frozen=True)
class Wish:
    """What a resident wants: made up before anything happens."""

    kind: Kind
    village: int
    grid: int | None
    lon: float | None
    lat: float | None
    precision: str
    place_text: str
    person_id: int
    reported_by_id: int | None
    title: str
    detail: str
    channel: str
    urgency: str
    people: int
    spans: tuple[Span, ...]
    registered: datetime
    item_id: int | None = None
    earlier_need_id: int | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def span(self) -> Span:
        return self.spans[0]


@dataclass
class Record:
    """Events of all orders, to be numbered in the order in which they were recorded."""

    events: list[dict[str, Any]] = field(default_factory=list)

    def queue(self, world: World) -> None:
        """Queue the event rows; orders recorded at one moment keep the sequence in which they were told."""
        for event in sorted(self.events, key=lambda event: event["recorded_at"]):
            world.rows.add(NeedEvent, **event)
        self.events.clear()


class Order:
    """A need while its story is told. Every telling raises TheFuture once it would pass the end of the past."""

    def __init__(self, world: World, record: Record, wish: Wish, actor: int, *, lacks: tuple[str, ...] = ()) -> None:
        """Registers the order; `lacks` are the keys of what must be verified ("no_place", "vague_time", ...)."""
        self.world, self.record, self.wish, self.actor = world, record, wish, actor
        self.now = wish.registered
        self.latest = wish.registered
        self.state: str | None = None
        village = world.villages[wish.village]
        placed = "no_place" not in lacks
        self.id = world.rows.add(
            Need,
            code="",
            state=words.OPEN,
            channel=wish.channel,
            category_id=None if "no_category" in lacks else wish.kind.id,
            item_id=wish.item_id,
            title=wish.title,
            detail=wish.detail,
            person_id=wish.person_id,
            reported_by_id=wish.reported_by_id,
            entered_by=actor,
            site_id=village.site_id,
            grid_id=wish.grid + 1 if placed and wish.grid is not None else None,
            village_code=village.code if placed else None,
            town_code=world.towns[village.town].code if placed else None,
            lon=wish.lon if placed else None,
            lat=wish.lat if placed else None,
            precision=wish.precision if placed else words.NOWHERE,
            place_source="sample" if placed else "",
            place_text=wish.place_text if placed else "",
            urgency=wish.urgency,
            duration_minutes=wish.kind.minutes,
            to_verify=list(lacks),
            registered_at=wish.registered,
            earlier_need_id=wish.earlier_need_id,
            **wish.extra,
        )
        self.row = world.rows.tables["needs"][-1]
        self.row["code"] = f"N{wish.registered.astimezone(COUNTY_TIME):%y%m%d}-{self.id}"
        self.roles: list[int] = []
        if not {"no_time", "vague_time"} & set(lacks):
            for start, end in wish.spans:
                self.add_span(start, end)
        if "no_people" not in lacks:
            self.add_role(wish.people)
        for code in wish.kind.skills:
            world.rows.add(NeedSkill, need_id=self.id, skill_id=world.skills[code])

    def add_span(self, start: datetime, end: datetime) -> None:
        self.world.rows.add(NeedInterval, need_id=self.id, start=start, end=end)

    def add_role(self, people: int) -> int:
        role = self.world.rows.add(NeedRole, need_id=self.id, position=len(self.roles), head_count=people)
        self.roles.append(role)
        return role

    def prefer(self, volunteer: int, kind: str) -> None:
        """The resident asks for her again (or never again)."""
        self.world.rows.add(NeedPerson, need_id=self.id, volunteer_id=volunteer + 1, kind=kind)

    def move(self, wanted: str, at: datetime, recorded: datetime | None = None, reason: str = "") -> None:
        """The need goes to another state, which becomes an event; opening starts its clocks, ending stops them."""
        at = to_minute(at)
        self.now = self.log(self.state, wanted, at, max(self.now, to_minute(recorded or at)), reason)
        before, self.state = self.state, wanted
        self.row["state"] = wanted
        if wanted == words.OPEN and before != words.IN_SERVICE:
            take_up, close = self.world.clock.due(at, self.wish.urgency)
            opened = {"opened_at": at, "take_up_due_at": take_up, "close_due_at": close}
            self.row |= opened | {"taken_up_at": None, "closed_at": None, "to_verify": []}
        elif wanted in (words.CLOSED, words.CANCELLED, words.UNMET):
            self.row["closed_at"] = at

    def log(
        self,
        before: str | None,
        after: str,
        at: datetime,
        recorded: datetime,
        reason: str = "",
        dispatch_id: int | None = None,
    ) -> datetime:
        """Append an event that happened `at` and was written down when `recorded`; says the latter."""
        if recorded >= self.world.end:
            raise TheFuture
        self.latest = max(self.latest, recorded)
        self.record.events.append(
            {
                "need_id": self.id,
                "dispatch_id": dispatch_id,
                "from_state": before,
                "to_state": after,
                "actor_id": self.actor,
                "reason": reason,
                "happened_at": at,
                "recorded_at": recorded,
            }
        )
        return recorded

    def offer(self, role: int, volunteer: int, at: datetime, span: Span, wait: timedelta) -> "Sent":
        """Send somebody: the offer stands until answered or `wait` is over."""
        at = to_minute(at)
        if at >= self.world.end:
            raise TheFuture
        return Sent(self, role, volunteer, at, span, to_minute(at + wait))


class Sent:
    """One person sent to one role of an order."""

    def __init__(self, order: Order, role: int, volunteer: int, at: datetime, span: Span, until: datetime) -> None:
        world = order.world
        self.order, self.volunteer, self.span = order, volunteer, span
        self.state = words.OFFERED
        self.id = world.rows.add(
            Dispatch,
            need_id=order.id,
            role_id=role,
            volunteer_id=volunteer + 1,
            state=self.state,
            start=span[0],
            end=span[1],
            distance_m=distance(world, order.wish, volunteer),
            rule_version=1,
            dispatched_by=order.actor,
            offered_at=at,
            expires_at=until,
        )
        self.row = world.rows.tables["dispatches"][-1]
        self.now = order.log(None, words.OFFERED, at, at, dispatch_id=self.id)

    def move(self, wanted: str, at: datetime, recorded: datetime | None = None, reason: str = "") -> None:
        at = to_minute(at)
        recorded = to_minute(recorded or at)
        self.now = self.order.log(self.state, wanted, at, max(self.now, recorded), reason, self.id)
        self.state = self.row["state"] = wanted
        self.row["version"] += 1
        if wanted in (words.ACCEPTED, words.DECLINED):
            self.row["responded_at"] = at
        if wanted == words.ACCEPTED and self.order.row["taken_up_at"] is None:
            self.order.row["taken_up_at"] = at
        if reason:
            self.row["reason"] = reason


def to_minute(at: datetime) -> datetime:
    """Without seconds: nobody writes those down."""
    return at.replace(second=0, microsecond=0)


def distance(world: World, wish: Wish, volunteer: int) -> int | None:
    """Metres from her home to the order's place (haversine)."""
    if wish.lon is None or wish.lat is None:
        return None
    lon, lat = float(world.crowd.lon[volunteer]), float(world.crowd.lat[volunteer])
    north, east = radians(wish.lat - lat) / 2, radians(wish.lon - lon) / 2
    half = sin(north) ** 2 + cos(radians(lat)) * cos(radians(wish.lat)) * sin(east) ** 2
    return round(2 * _EARTH_M * asin(sqrt(half)))
