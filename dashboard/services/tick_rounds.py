"""Who was asked for a need since it was last opened, and how many seats are owed somebody else because she said no.

A seat is owed when its offer expired or was declined and nobody was asked for the role since. A seat that was never
offered, or whose dispatch a coordinator withdrew, is her affair.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.core.needs import REOPENABLE
from dashboard.core.words import HOLDS_SEAT, NeedState
from dashboard.services.match_lines import SAID_NO
from db.models import Dispatch, NeedEvent, NeedRole

#: So many needs are read at a time.
_PART = 400


class Happened(NamedTuple):
    """An event of a need, or of one of its dispatches, whose role, volunteer and time of asking then stand here."""

    from_state: str | None
    to_state: str
    role_id: int | None = None
    volunteer_id: int | None = None
    offered_at: datetime | None = None


@dataclass(frozen=True)
class Round:
    """Since the need was last opened: role -> seats owed, the volunteers asked, how many were asked in vain."""

    owed: Mapping[int, int] = field(default_factory=dict)
    asked: frozenset[int] = frozenset()
    in_vain: int = 0


def walk(events: Iterable[Happened]) -> Round:
    """The round that a need's events, in their order, lead to. Who serves several wanted times is asked once."""
    owed: dict[int, int] = {}
    asks: set[tuple[int, int, datetime | None]] = set()
    lost: set[tuple[int, int, datetime | None]] = set()
    for event in events:
        if event.role_id is None or event.volunteer_id is None:
            if event.from_state in REOPENABLE and event.to_state == NeedState.OPEN:
                owed, asks, lost = {}, set(), set()
            continue
        ask, seats = (event.role_id, event.volunteer_id, event.offered_at), owed.get(event.role_id, 0)
        if event.from_state is None and ask not in asks:
            asks.add(ask)
            owed[event.role_id] = max(seats - 1, 0)
        elif event.to_state in SAID_NO and ask in asks - lost:
            lost.add(ask)
            owed[event.role_id] = seats + 1
    return Round(owed, frozenset(volunteer_id for _, volunteer_id, _ in asks), len(lost))


def rounds_of(session: Session, county: str, need_ids: Sequence[int]) -> dict[int, Round]:
    """The round of each need; of the seats owed only as many as are open."""
    found: dict[int, Round] = {}
    for part in _parts(sorted(set(need_ids))):
        told: dict[int, list[Happened]] = {need_id: [] for need_id in part}
        for row in session.execute(_events(county, part)):
            told[row.need_id].append(
                Happened(row.from_state, row.to_state, row.role_id, row.volunteer_id, row.offered_at)
            )
        seats = _open_seats(session, county, part)
        found |= {need_id: _within(walk(events), seats) for need_id, events in told.items()}
    return found


def _parts(need_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for begin in range(0, len(need_ids), _PART):
        yield need_ids[begin : begin + _PART]


def _within(one: Round, seats: Mapping[int, int]) -> Round:
    owed = {role_id: min(count, seats.get(role_id, 0)) for role_id, count in one.owed.items()}
    return Round({role_id: count for role_id, count in sorted(owed.items()) if count}, one.asked, one.in_vain)


def _events(county: str, need_ids: Sequence[int]) -> Any:
    return (
        select(
            NeedEvent.need_id,
            NeedEvent.from_state,
            NeedEvent.to_state,
            Dispatch.role_id,
            Dispatch.volunteer_id,
            Dispatch.offered_at,
        )
        .outerjoin(Dispatch, Dispatch.id == NeedEvent.dispatch_id)
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
