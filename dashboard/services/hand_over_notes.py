"""What a request to hand over notices: an offer that was answered, an order that moved, a hold that ended.

Called where dispatches move (`need_life.move_dispatch`) and holds end (`holds`), in their own transaction: no request
waits for what is gone, and whoever asked or was asked hears of it once.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import select, update

from dashboard.core import hand_overs as rules
from dashboard.core.hand_overs import State, Told
from dashboard.core.messages import Kind
from dashboard.core.permissions import BY_VOLUNTEER
from dashboard.core.words import DispatchState
from dashboard.services.commands import Work
from dashboard.services.message_notes import note_volunteer
from dashboard.services.notice_notes import note
from db.models import Dispatch, HandOver, Hold, Need

D = DispatchState
#: The reason in the history of an order that another volunteer took over.
HANDED_OVER = "hand_overs.handed_over"
#: The reason where the one who asked began after all.
NOT_NEEDED = "hand_overs.not_needed"
#: How a request ends when the offer that asks for it does.
_ENDS = {
    D.ACCEPTED: State.GRANTED,
    D.DECLINED: State.REFUSED,
    D.EXPIRED: State.LAPSED,
    D.CANCELLED: State.WITHDRAWN,
}
Move = Callable[..., None]


# -- orders


def follow(work: Work, need: Need, row: Dispatch, after: DispatchState, reason: str, move: Move) -> None:
    """What the move of a dispatch that was just made means for a request to hand over; `move` moves others with it."""
    if row.in_place_of is not None:
        _offer_answered(work, need, row, after, reason, move)
    else:
        _order_moved(work, need, row, after, move)


def open_order(work: Work, need_id: int, role_id: int, from_volunteer_id: int) -> HandOver | None:
    """The request that waits for this volunteer's order. The need is locked, so nobody else ends it."""
    return work.session.scalar(
        select(HandOver)
        .where(
            HandOver.county == work.actor.county,
            HandOver.need_id == need_id,
            HandOver.role_id == role_id,
            HandOver.from_volunteer_id == from_volunteer_id,
            HandOver.state == State.ASKED,
        )
        .execution_options(populate_existing=True)
    )


def _offer_answered(work: Work, need: Need, row: Dispatch, after: DispatchState, reason: str, move: Move) -> None:
    assert row.in_place_of is not None
    asked = open_order(work, need.id, row.role_id, row.in_place_of)
    if asked is None or asked.to_volunteer_id != row.volunteer_id or after not in _ENDS:
        # Of several wanted times the first answer was for all of them.
        return
    end(work, asked, _ENDS[after], reason if after is D.DECLINED else "")
    orders = _dispatches(work, need, row.role_id, row.in_place_of, D.ACCEPTED)
    if after is not D.ACCEPTED:
        # By a link only she who asked can withdraw it, and what she did herself is no news to her.
        if not (after is D.CANCELLED and work.actor.account_id == BY_VOLUNTEER):
            _kept(work, orders)
        return
    for one in orders:
        move(work, one, need, D.CANCELLED, reason=HANDED_OVER, handed_over=True)
    _own_seat(work, need, row)
    note_volunteer(work, row, Kind.TOOK_OVER)


def _kept(work: Work, orders: Sequence[Dispatch]) -> None:
    """She still has the order, and is told: a change of it, so that the next one is told as well."""
    for one in orders[:1]:
        work.at_version(one, None)
        note_volunteer(work, one, Kind.KEPT)


def _order_moved(work: Work, need: Need, row: Dispatch, after: DispatchState, move: Move) -> None:
    asked = open_order(work, need.id, row.role_id, row.volunteer_id)
    if asked is None or after is D.ACCEPTED:
        return
    end(work, asked, State.OVERTAKEN, "")
    offers = _dispatches(work, need, row.role_id, asked.to_volunteer_id, D.OFFERED)
    if after is D.CANCELLED:
        # Her seat is free: who was asked is asked for it all the same.
        for one in offers[:1]:
            _own_seat(work, need, one)
        return
    for one in offers:
        move(work, one, need, D.CANCELLED, reason=NOT_NEEDED, follows=True)


def _own_seat(work: Work, need: Need, row: Dispatch) -> None:
    """What was offered her in place of another is offered her, or hers, for herself."""
    hers = (Dispatch.county == need.county, Dispatch.need_id == need.id, Dispatch.role_id == row.role_id)
    work.session.execute(
        update(Dispatch)
        .where(*hers, Dispatch.volunteer_id == row.volunteer_id, Dispatch.state.in_((D.OFFERED, D.ACCEPTED)))
        .values(in_place_of=None)
        .execution_options(synchronize_session=False)
    )
    work.session.refresh(row, ["in_place_of"])


def _dispatches(
    work: Work, need: Need, role_id: int, volunteer_id: int | None, state: DispatchState
) -> Sequence[Dispatch]:
    return work.session.scalars(
        select(Dispatch)
        .where(
            Dispatch.county == need.county,
            Dispatch.need_id == need.id,
            Dispatch.role_id == role_id,
            Dispatch.volunteer_id == volunteer_id,
            Dispatch.state == state,
        )
        .order_by(Dispatch.start, Dispatch.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


# -- holds


def open_hold(work: Work, need: Need) -> HandOver | None:
    """The request that waits for the hold on the need, which is locked."""
    return work.session.scalar(
        select(HandOver)
        .where(
            HandOver.county == need.county,
            HandOver.need_id == need.id,
            HandOver.from_account_id.is_not(None),
            HandOver.state == State.ASKED,
        )
        .execution_options(populate_existing=True)
    )


def hold_ended(work: Work, need: Need, row: Hold) -> None:
    """A hold was let go, used or ran out: who asked for it hears that it is over, and who lost it unawares is told."""
    asked = open_hold(work, need)
    if asked is not None and asked.answer_by <= work.now:
        lapse(work, need, asked)
    elif asked is not None:
        end(work, asked, State.OVERTAKEN, "")
        tell(work, need, asked.to_account_id, Told.OVERTAKEN, asked)
    if row.expires_at <= work.now:
        tell(work, need, row.account_id, Told.HOLD_OVER, None)


def lapse(work: Work, need: Need, asked: HandOver) -> None:
    """Nobody answered in time: both hear of it, and the hold stays where it is."""
    end(work, asked, State.LAPSED, "")
    tell(work, need, asked.to_account_id, Told.LAPSED, asked)
    tell(work, need, asked.from_account_id, Told.UNANSWERED, asked)


def tell(work: Work, need: Need, account_id: int | None, kind: Told, about: HandOver | None) -> None:
    """A notice for a coordinator. What she does herself is no news to her."""
    if account_id is None or account_id == work.actor.account_id:
        return
    what = f"need {need.id} {int(work.now.timestamp())}" if about is None else f"request {about.id}"
    subject_id = None if about is None else about.id
    note(work, kind, f"{what} {account_id}", account_id=account_id, need_id=need.id, subject_id=subject_id)


# -- both


def end(work: Work, row: HandOver, wanted: State, answer: str) -> None:
    """A request's one move."""
    rules.check_end(State(row.state), wanted)
    row.state, row.answer, row.ended_at = wanted, answer, work.now
    work.session.flush()


def ask_for(work: Work, **values: object) -> HandOver:
    """A new request that waits."""
    asked_by: int = work.actor.account_id
    now: datetime = work.now
    row = HandOver(county=work.actor.county, state=State.ASKED, asked_at=now, asked_by=asked_by, answer="", **values)
    work.session.add(row)
    work.session.flush()
    return row
