"""A move of a dispatch makes its messages, in the move's own transaction: no move without them, none without a move.

Called by whatever makes or moves a dispatch (`need_life.move_dispatch`, `dispatches`, `plan_rows`).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import insert, select, update

from dashboard.core import messages
from dashboard.core.messages import Kind, Party, State
from dashboard.core.permissions import BY_RESIDENT, BY_VOLUNTEER
from dashboard.core.words import DispatchState
from dashboard.services.commands import Work
from db.models import Dispatch, Link, Message, Need

D = DispatchState
#: Those who act by a short link tell nothing to themselves.
_HERSELF = {BY_VOLUNTEER: Party.VOLUNTEER, BY_RESIDENT: Party.RESIDENT}
#: Somebody in one of these states may still serve.
_TO_SERVE = (D.OFFERED, D.ACCEPTED, D.IN_SERVICE)


def note_move(
    work: Work,
    need: Need,
    row: Dispatch,
    before: DispatchState,
    after: DispatchState,
    *,
    taken_over: bool = False,
    handed_over: bool = False,
    follows: bool = False,
) -> None:
    """Messages of a move that was just made: `row` has its new state and version. What still waits and is no longer
    true is dropped; an offer taken back before it went out is told to nobody. `follows`: what another of the need did
    brought it about, so it is news to her in any case."""
    unsent = _unsent(work, row) if (before, after) == (D.OFFERED, D.CANCELLED) else None
    _drop(work, row, after)
    if unsent is not None:
        work.audit("message", unsent, before={"state": State.WAITING}, after={"state": State.DROPPED})
    who_is_told = messages.told(
        before,
        after,
        taken_over=taken_over,
        handed_over=handed_over,
        last=after is not D.DONE or _last(work, row),
        herself=None if follows else _HERSELF.get(work.actor.account_id),
        unheard=unsent is not None,
    )
    known = [(party, kind) for party, kind in who_is_told if party is not Party.RESIDENT or _has_resident(need)]
    _write(work, [_values(work, need.id, row.id, row.version, party, kind) for party, kind in known])


def note_offers(work: Work, rows: Iterable[tuple[int, Mapping[str, Any]]]) -> None:
    """Messages of dispatches that were just made: (id, columns) of each."""
    who_is_told = messages.told(None, D.OFFERED)
    made = [
        _values(work, row["need_id"], dispatch_id, row["version"], party, kind)
        for dispatch_id, row in rows
        for party, kind in who_is_told
    ]
    _write(work, made)


def note_volunteer(work: Work, row: Dispatch, kind: Kind) -> None:
    """A message to the volunteer of a dispatch that is no move of it; one a version of the dispatch."""
    _write(work, [_values(work, row.need_id, row.id, row.version, Party.VOLUNTEER, kind)])


def _drop(work: Work, row: Dispatch, after: DispatchState) -> None:
    work.session.execute(
        update(Message)
        .where(
            Message.county == row.county,
            Message.dispatch_id == row.id,
            Message.state == State.WAITING,
            Message.kind.in_(messages.overtaken(after)),
        )
        .values(state=State.DROPPED)
        .execution_options(synchronize_session=False)
    )


def _unsent(work: Work, row: Dispatch) -> int | None:
    """The waiting message of an offer its volunteer has not heard of; None where she may have: a message went out or
    was tried, she had said yes, a link was made for her, or another asked her to take an order over. It is locked, so
    that no sender takes it meanwhile."""
    if row.in_place_of is not None:
        return None
    hers = (Message.county == row.county, Message.dispatch_id == row.id, Message.party == Party.VOLUNTEER)
    told = work.session.execute(
        select(Message.id, Message.state, Message.tries).where(*hers).order_by(Message.id).with_for_update()
    ).all()
    linked = select(Link.id).where(Link.county == row.county, Link.dispatch_id == row.id)
    if len(told) != 1 or (told[0].state, told[0].tries) != (State.WAITING, 0):
        return None
    return told[0].id if work.session.scalar(linked.limit(1)) is None else None


def _last(work: Work, row: Dispatch) -> bool:
    """Is nobody else of the need still to serve?"""
    others = select(Dispatch.id).where(
        Dispatch.county == row.county,
        Dispatch.need_id == row.need_id,
        Dispatch.id != row.id,
        Dispatch.state.in_(_TO_SERVE),
    )
    return work.session.scalar(others.limit(1)) is None


def _has_resident(need: Need) -> bool:
    return need.person_id is not None or need.reported_by_id is not None


def _values(work: Work, need_id: int, dispatch_id: int, version: int, party: Party, kind: Kind) -> dict[str, Any]:
    return {
        "county": work.actor.county,
        "need_id": need_id,
        "dispatch_id": dispatch_id,
        "version": version,
        "party": party,
        "kind": kind,
        "created_at": work.now,
        "state": State.WAITING,
        "channel": "",
        "tries": 0,
        "last_error": "",
    }


def _write(work: Work, made: list[dict[str, Any]]) -> None:
    if made:
        work.session.execute(insert(Message), made)
