"""The life of a need and of each dispatch: which moves are legal, and why every other move is not.

A need carries people's words (draft, to verify, cancelled, unmet, rated, closed) and the state of the work (open, in
service, done, confirmed), which follows from its dispatches. Two tables hold every legal move; whatever they do not
hold is refused with a reason (a key of `dashboard/text/needs.py`).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard.core.errors import Invalid
from dashboard.core.words import HOLDS_SEAT, DispatchState, NeedState, Precision, Urgency

N, D = NeedState, DispatchState

NEED_MOVES: dict[NeedState, frozenset[NeedState]] = {
    N.DRAFT: frozenset({N.TO_VERIFY, N.OPEN, N.CANCELLED}),
    N.TO_VERIFY: frozenset({N.OPEN, N.CANCELLED, N.UNMET}),
    N.OPEN: frozenset({N.TO_VERIFY, N.IN_SERVICE, N.CANCELLED, N.UNMET}),
    N.IN_SERVICE: frozenset({N.OPEN, N.DONE}),
    N.DONE: frozenset({N.CONFIRMED, N.OPEN}),
    N.CONFIRMED: frozenset({N.RATED, N.CLOSED, N.OPEN}),
    N.RATED: frozenset({N.CLOSED, N.OPEN}),
    N.CLOSED: frozenset({N.OPEN}),
    N.CANCELLED: frozenset({N.OPEN}),
    N.UNMET: frozenset({N.OPEN}),
}

DISPATCH_MOVES: dict[DispatchState, frozenset[DispatchState]] = {
    D.OFFERED: frozenset({D.ACCEPTED, D.DECLINED, D.EXPIRED, D.CANCELLED}),
    # Back to offered, and from in service back to accepted: a slip on the phone, undone by a compensating event.
    D.ACCEPTED: frozenset({D.IN_SERVICE, D.CANCELLED, D.OFFERED}),
    D.IN_SERVICE: frozenset({D.DONE, D.CANCELLED, D.ACCEPTED}),
    D.DONE: frozenset({D.CONFIRMED}),
    D.CONFIRMED: frozenset(),
    D.DECLINED: frozenset(),
    D.EXPIRED: frozenset(),
    D.CANCELLED: frozenset(),
}

#: States in which people may still be sent.
TAKES_PEOPLE: tuple[NeedState, ...] = (N.OPEN, N.IN_SERVICE)
#: States in which the wishes of a need may still be edited.
EDITABLE: tuple[NeedState, ...] = (N.DRAFT, N.TO_VERIFY, N.OPEN, N.IN_SERVICE)
#: States from which opening again is a reopening: an event with a reason, and a new round of seats.
REOPENABLE: tuple[NeedState, ...] = (N.DONE, N.CONFIRMED, N.RATED, N.CLOSED, N.CANCELLED, N.UNMET)
#: Those of them that follow a service: reopened from here, what was called done is contradicted.
SERVED: tuple[NeedState, ...] = (N.DONE, N.CONFIRMED, N.RATED, N.CLOSED)
#: States in which nothing more is owed: they stop the clocks.
ENDED: tuple[NeedState, ...] = (N.CLOSED, N.CANCELLED, N.UNMET)
#: States that follow from the dispatches; the others are a person's decision.
FOLLOWS_DISPATCHES: tuple[NeedState, ...] = (N.OPEN, N.IN_SERVICE, N.DONE, N.CONFIRMED)
#: Undoing a step of a dispatch means going to this state.
UNDO: dict[DispatchState, DispatchState] = {
    D.OFFERED: D.CANCELLED,
    D.ACCEPTED: D.OFFERED,
    D.IN_SERVICE: D.ACCEPTED,
}

_FINISHED_WORK = (D.DONE, D.CONFIRMED)

#: Why a need that is open or beyond may not go to a state, where the table says it may not.
_NEED_REASONS: dict[NeedState, str] = {
    N.TO_VERIFY: "needs.work_began",
    N.IN_SERVICE: "needs.reopen_first",
    N.DONE: "needs.nobody_serves",
    N.CONFIRMED: "needs.not_done",
    N.RATED: "needs.not_confirmed",
    N.CLOSED: "needs.not_confirmed",
    N.CANCELLED: "needs.work_began",
    N.UNMET: "needs.work_began",
}

_DISPATCH_REASONS: dict[DispatchState, str] = {
    D.OFFERED: "dispatches.not_accepted",
    D.ACCEPTED: "dispatches.past_acceptance",
    D.DECLINED: "dispatches.past_acceptance",
    D.EXPIRED: "dispatches.past_acceptance",
    D.IN_SERVICE: "dispatches.accept_first",
    D.DONE: "dispatches.start_first",
    D.CONFIRMED: "dispatches.serve_first",
    D.CANCELLED: "dispatches.served",
}


def need_refusal(current: NeedState, wanted: NeedState) -> str | None:
    """The key of the reason why a need may not move so, None when it may."""
    if wanted in NEED_MOVES[current]:
        return None
    if current == wanted:
        return "needs.already_so"
    if wanted is N.DRAFT:
        return "needs.no_way_back_to_draft"
    if current in ENDED:
        return "needs.ended"
    if current in (N.DRAFT, N.TO_VERIFY):
        return "needs.not_open_yet"
    if current is N.IN_SERVICE and wanted in (N.CANCELLED, N.UNMET):
        return "needs.somebody_serves"
    if current in (N.CONFIRMED, N.RATED) and wanted in (N.DONE, N.CONFIRMED):
        return "needs.reopen_first"
    return _NEED_REASONS[wanted]


def dispatch_refusal(current: DispatchState, wanted: DispatchState) -> str | None:
    """The key of the reason why a dispatch may not move so, None when it may."""
    if wanted in DISPATCH_MOVES[current]:
        return None
    if current == wanted:
        return "dispatches.already_so"
    if current not in HOLDS_SEAT:
        return "dispatches.ended"
    if current in _FINISHED_WORK:
        return "dispatches.served"
    return _DISPATCH_REASONS[wanted]


def check_need(current: NeedState, wanted: NeedState) -> None:
    """Raises Invalid with the reason unless a need may move from `current` to `wanted`."""
    if reason := need_refusal(current, wanted):
        raise Invalid(reason, current=current, wanted=wanted)


def check_dispatch(current: DispatchState, wanted: DispatchState) -> None:
    """Raises Invalid with the reason unless a dispatch may move from `current` to `wanted`."""
    if reason := dispatch_refusal(current, wanted):
        raise Invalid(reason, current=current, wanted=wanted)


def open_seats(head_count: int, states: Iterable[DispatchState]) -> int:
    """Seats of a role still to fill: its head-count less the dispatches that hold a seat (never below 0)."""
    return max(0, head_count - sum(state in HOLDS_SEAT for state in states))


def derived_state(current: NeedState, states: Collection[DispatchState], seats_open: int) -> NeedState:
    """What the dispatches say about a need.

    `states` are those of the round since it was last opened, `seats_open` the seats of all its roles. Somebody serves
    or has served: in service; everybody has and no seat is open: done, or confirmed when all are; nobody yet: open.
    A state that a person decided (draft, cancelled, rated, ...) stays.
    """
    if current not in FOLLOWS_DISPATCHES:
        return current
    live = [state for state in states if state in HOLDS_SEAT]
    begun = [state for state in live if state is D.IN_SERVICE or state in _FINISHED_WORK]
    if not begun:
        return N.OPEN
    if seats_open or not all(state in _FINISHED_WORK for state in live):
        return N.IN_SERVICE
    return N.CONFIRMED if all(state is D.CONFIRMED for state in live) else N.DONE


def path_to(current: NeedState, wanted: NeedState) -> list[NeedState]:
    """The shortest chain of legal moves from `current` to `wanted` among the states that follow from dispatches.

    A change of the head-count or a late record may carry a need over two moves at once; each becomes its own event.
    """
    paths = [[current]]
    seen = {current}
    while paths:
        path = paths.pop(0)
        if path[-1] == wanted:
            return path[1:]
        for following in sorted(NEED_MOVES[path[-1]].intersection(FOLLOWS_DISPATCHES) - seen):
            seen.add(following)
            paths.append([*path, following])
    raise Invalid(need_refusal(current, wanted) or "needs.already_so", current=current, wanted=wanted)


def missing(precision: Precision, intervals: int, people: int | None, category_id: int | None) -> list[str]:
    """Keys of what must be verified before a need may open (`needs.verify.<key>` is each one's sentence)."""
    found = [] if precision is not Precision.NONE else ["no_place"]
    found += [] if intervals else ["no_time"]
    found += [] if people and people >= 1 else ["no_people"]
    return found + ([] if category_id is not None else ["no_category"])


#: Two orders of one category within this span may be the same call made twice (F15).
REPEAT_SPAN = timedelta(days=14)
REPEAT_METRES = 250.0


@dataclass(frozen=True)
class Origin:
    """What tells whether two orders are one: who, where, what, when. Digests compare without knowing the value."""

    category_id: int | None
    registered_at: datetime
    precision: Precision
    person_id: int | None = None
    name: str = ""
    phone_digest: str | None = None
    address_digest: str | None = None
    village_code: str | None = None


def repeat_reason(new: Origin, old: Origin, metres: float | None) -> str | None:
    """Why `new` may repeat `old` ("person", "household", "near"), None when it does not look so.

    `metres` is the distance between the two places. Only two exact points can be near: a village or a grid is too
    coarse for 250 m. The span of 14 days counts in either order.
    """
    if new.category_id is None or new.category_id != old.category_id:
        return None
    if abs(new.registered_at - old.registered_at) > REPEAT_SPAN:
        return None
    if new.person_id is not None and new.person_id == old.person_id:
        return "person"
    if new.name and new.name == old.name and new.village_code and new.village_code == old.village_code:
        return "person"
    if _same(new.address_digest, old.address_digest) or _same(new.phone_digest, old.phone_digest):
        return "household"
    exact = new.precision is Precision.POINT and old.precision is Precision.POINT
    return "near" if exact and metres is not None and metres <= REPEAT_METRES else None


def _same(left: str | None, right: str | None) -> bool:
    return left is not None and left == right


#: So many repeats within the span raise the urgency by one grade.
RAISING_REPEATS = 3
RAISING_SPAN = timedelta(days=30)
_GRADES = (Urgency.NORMAL, Urgency.SOON, Urgency.URGENT)


def next_grade(urgency: Urgency) -> Urgency:
    """One grade higher, never above urgent."""
    return _GRADES[min(_GRADES.index(urgency) + 1, len(_GRADES) - 1)]


def repeats_raise(repeats: Iterable[datetime], raised_at: datetime | None) -> bool:
    """Do repeats registered at these times raise the urgency: three within 30 days, later than they last did so?"""
    fresh = sorted(at for at in repeats if raised_at is None or at > raised_at)
    last = RAISING_REPEATS - 1
    return any(end - start <= RAISING_SPAN for start, end in zip(fresh, fresh[last:], strict=False))


def last_word(events: Sequence[tuple[NeedState | None, NeedState]]) -> NeedState | None:
    """The state a need's own events lead to, in their order; None without events. Raises Invalid on a broken chain."""
    current: NeedState | None = None
    for before, after in events:
        if before != current:
            raise Invalid("needs.broken_history", current=current, wanted=before)
        if before is not None:
            check_need(before, after)
        current = after
    return current
