"""Who was asked for a need since it was last opened, and how many seats are owed somebody else because she said no.

A seat is owed when its offer expired or was declined and nobody was asked for the role since. It is freed when a
coordinator withdrew whom she had sent: then those on standby are asked, and nobody else. A seat that was never offered
is her affair. An offer to take an order over takes no seat and leaves none.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from dashboard.core.hand_overs import State
from dashboard.core.needs import REOPENABLE
from dashboard.core.words import HOLDS_SEAT, DispatchState, NeedState
from dashboard.services.hand_over_notes import HANDED_OVER
from dashboard.services.match_lines import SAID_NO
from dashboard.services.standby_notes import OFFERED
from db.models import Dispatch, HandOver, NeedEvent, NeedRole, Standby

#: So many needs are read at a time.
_PART = 400


class Happened(NamedTuple):
    """An event of a need, or of one of its dispatches, whose role, volunteer and time of asking then stand here.

    `takes_over`: how far the request is that made it an offer to take an order over, "" where none did.
    """

    from_state: str | None
    to_state: str
    role_id: int | None = None
    volunteer_id: int | None = None
    offered_at: datetime | None = None
    reason: str = ""
    takes_over: str = ""


@dataclass(frozen=True)
class Round:
    """Since the need was last opened: role -> seats owed, the volunteers asked, how many were asked in vain; and role
    -> seats freed. Those who were on standby don't count as asked in vain: they had said that they would come."""

    owed: Mapping[int, int] = field(default_factory=dict)
    asked: frozenset[int] = frozenset()
    in_vain: int = 0
    freed: Mapping[int, int] = field(default_factory=dict)


#: The reason of an undone step: a slip, after which everything is as it was before.
_SLIP = "undo"
_Ask = tuple[int, int, datetime | None]


class _Walk:
    """A round on its way through a need's events."""

    def __init__(self) -> None:
        self.owed: Counter[int] = Counter()
        self.freed: Counter[int] = Counter()
        self.asks: set[_Ask] = set()
        self.lost: set[_Ask] = set()
        self.withdrawn: set[_Ask] = set()
        self.tried: set[int] = set()
        #: Of which count an asking took its seat.
        self.took: dict[_Ask, Counter[int]] = {}

    def dispatch(self, event: Happened, role_id: int, volunteer_id: int) -> None:
        ask = (role_id, volunteer_id, event.offered_at)
        if event.takes_over and event.takes_over != State.OVERTAKEN:
            self.tried.add(volunteer_id)
            if event.takes_over != State.GRANTED:
                return
            self.asks.add(ask)
        holds = ask in self.asks - self.lost - self.withdrawn
        if event.from_state is None and ask not in self.asks:
            self.asks.add(ask)
            seats = self.owed if self.owed[role_id] else self.freed
            if seats[role_id]:
                seats[role_id] -= 1
                self.took[ask] = seats
        elif event.to_state in SAID_NO and holds:
            self.lost.add(ask)
            self.owed[role_id] += 1
        elif event.to_state == DispatchState.CANCELLED and holds:
            self.withdrawn.add(ask)
            if event.reason == _SLIP:
                self.took.get(ask, Counter())[role_id] += 1
            elif event.reason != HANDED_OVER:
                self.freed[role_id] += 1


def walk(events: Iterable[Happened], standby: Collection[int] = ()) -> Round:
    """The round that a need's events, in their order, lead to. Who serves several wanted times is asked once.
    `standby`: who was asked from the need's standby list."""
    now = _Walk()
    for event in events:
        if event.role_id is not None and event.volunteer_id is not None:
            now.dispatch(event, event.role_id, event.volunteer_id)
        elif event.from_state in REOPENABLE and event.to_state == NeedState.OPEN:
            now = _Walk()
    asked = frozenset(volunteer_id for _, volunteer_id, _ in now.asks) | now.tried
    in_vain = sum(volunteer_id not in standby for _, volunteer_id, _ in now.lost)
    return Round(_some(now.owed), asked, in_vain, _some(now.freed))


def rounds_of(session: Session, county: str, need_ids: Sequence[int]) -> dict[int, Round]:
    """The round of each need; of the seats owed only as many as are open."""
    found: dict[int, Round] = {}
    for part in _parts(sorted(set(need_ids))):
        told: dict[int, list[Happened]] = {need_id: [] for need_id in part}
        for row in session.execute(_events(county, part)):
            told[row.need_id].append(_happened(row))
        seats, standby = _open_seats(session, county, part), _from_standby(session, county, part)
        found |= {need_id: _within(walk(events, standby[need_id]), seats) for need_id, events in told.items()}
    return found


def _parts(need_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for begin in range(0, len(need_ids), _PART):
        yield need_ids[begin : begin + _PART]


def _within(one: Round, seats: Mapping[int, int]) -> Round:
    owed = {role_id: min(count, seats.get(role_id, 0)) for role_id, count in one.owed.items()}
    freed = {role_id: min(count, seats.get(role_id, 0) - owed.get(role_id, 0)) for role_id, count in one.freed.items()}
    return Round(_some(owed), one.asked, one.in_vain, _some(freed))


def _happened(row: Any) -> Happened:
    asked = (row.role_id, row.volunteer_id, row.offered_at)
    return Happened(row.from_state, row.to_state, *asked, row.reason, row.takes_over or "")


def _some(seats: Mapping[int, int]) -> dict[int, int]:
    return {role_id: count for role_id, count in sorted(seats.items()) if count}


def _from_standby(session: Session, county: str, need_ids: Sequence[int]) -> dict[int, set[int]]:
    """Need -> those who were asked from its standby list."""
    found: dict[int, set[int]] = {need_id: set() for need_id in need_ids}
    offered = (Standby.county == county, Standby.need_id.in_(need_ids), Standby.outcome == OFFERED)
    for row in session.execute(select(Standby.need_id, Standby.volunteer_id).where(*offered)):
        found[row.need_id].add(row.volunteer_id)
    return found


def _events(county: str, need_ids: Sequence[int]) -> Any:
    return (
        select(
            NeedEvent.need_id,
            NeedEvent.from_state,
            NeedEvent.to_state,
            Dispatch.role_id,
            Dispatch.volunteer_id,
            Dispatch.offered_at,
            NeedEvent.reason,
            HandOver.state.label("takes_over"),
        )
        .outerjoin(Dispatch, Dispatch.id == NeedEvent.dispatch_id)
        # Asked in one transaction, at one moment.
        .outerjoin(
            HandOver,
            and_(
                HandOver.county == Dispatch.county,
                HandOver.need_id == Dispatch.need_id,
                HandOver.role_id == Dispatch.role_id,
                HandOver.to_volunteer_id == Dispatch.volunteer_id,
                HandOver.asked_at == Dispatch.offered_at,
            ),
        )
        .where(NeedEvent.county == county, NeedEvent.need_id.in_(need_ids))
        .order_by(NeedEvent.id)
    )


def _open_seats(session: Session, county: str, need_ids: Sequence[int]) -> dict[int, int]:
    """Role -> seats that nobody holds."""
    holding = select(Dispatch.role_id, func.count(func.distinct(Dispatch.seat_of)).label("people")).where(
        Dispatch.county == county, Dispatch.need_id.in_(need_ids), Dispatch.state.in_(HOLDS_SEAT)
    )
    taken = {row.role_id: row.people for row in session.execute(holding.group_by(Dispatch.role_id))}
    roles = select(NeedRole.id, NeedRole.head_count).where(NeedRole.county == county, NeedRole.need_id.in_(need_ids))
    return {row.id: max(row.head_count - taken.get(row.id, 0), 0) for row in session.execute(roles)}
