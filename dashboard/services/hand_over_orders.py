"""转交 of an order: a volunteer who said yes asks that another named one takes it over; she keeps it until then.

The other gets an offer like any other, checked like any other and with the same time to answer, that shares the seat
of the one who asks. What her answer brings about is `hand_over_notes`: on yes the order changes hands in that one
transaction.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from dashboard.core.errors import Conflict, DashboardError, Invalid, NotFound
from dashboard.core.intake import person_name, phone
from dashboard.core.needs import TAKES_PEOPLE
from dashboard.core.permissions import Action
from dashboard.core.show_times import stamp
from dashboard.core.words import HOLDS_SEAT, DispatchState, NeedState, Subject
from dashboard.services import dispatch_checks as checks
from dashboard.services import need_life as life
from dashboard.services.claims import lock_teams
from dashboard.services.commands import Work, command
from dashboard.services.dispatches import VOLUNTEER, send
from dashboard.services.hand_over_notes import NOT_NEEDED, ask_for, open_order
from dashboard.services.hand_overs import LONGEST
from dashboard.services.holds import require_not_held, take_down
from dashboard.services.need_writing import require_reason
from db.engine import lock_rows
from db.models import Dispatch, Need, Person, Volunteer

D = DispatchState
#: A rule that a dispatch may override with a reason binds an offer to take over: nobody at the desk chose her.
_BROKEN = "dispatches.ask_reason."


@command(Action.DISPATCH, Subject.NEEDS)
def ask_order(work: Work, *, dispatch_id: int, volunteer_id: int, reason: str) -> dict[str, Any]:
    """For a volunteer who called: offer her accepted order to this volunteer. Raises Invalid where it is not hers to
    give any more or the other does not fit, Conflict where somebody was asked already or is sent elsewhere."""
    require_reason(reason)
    _lock(work, volunteer_id)
    row, need, orders = _orders(work, dispatch_id)
    if volunteer_id == row.volunteer_id:
        raise Invalid("hand_overs.to_herself")
    return _asked(work, need, orders, volunteer_id, reason)


def ask_named(work: Work, *, dispatch_id: int, name: str, number: str, reason: str) -> dict[str, Any]:
    """For a volunteer by her own link: the same, for somebody whose name and phone she knows.

    Of the other she learns nothing: unknown, unfit and sent elsewhere are one sentence.
    """
    to = _named(work, name, number)
    if to is not None:
        _lock(work, to)
    row, need, orders = _orders(work, dispatch_id)
    if to is None or to == row.volunteer_id:
        raise Invalid("links.cannot_take_over")
    try:
        return _asked(work, need, orders, to, reason)
    except DashboardError as error:
        raise Invalid("links.cannot_take_over") from error


def _lock(work: Work, volunteer_id: int) -> None:
    """Volunteers before needs, as everywhere."""
    lock_rows(work.session, VOLUNTEER, [volunteer_id])
    lock_teams(work, [volunteer_id])


def _orders(work: Work, dispatch_id: int) -> tuple[Dispatch, Need, Sequence[Dispatch]]:
    """Her dispatch, its need, locked, and all of hers there: where every wanted time is hers they go together."""
    row, need = life.dispatch_for(work, dispatch_id)
    if NeedState(need.state) not in TAKES_PEOPLE:
        raise Conflict(f"dispatches.need_{need.state}", code=need.code)
    require_not_held(work, need)
    orders = work.session.scalars(
        select(Dispatch)
        .where(
            Dispatch.county == need.county,
            Dispatch.need_id == need.id,
            Dispatch.role_id == row.role_id,
            Dispatch.volunteer_id == row.volunteer_id,
            Dispatch.state.in_(HOLDS_SEAT),
        )
        .order_by(Dispatch.start, Dispatch.id)
    ).all()
    if D(row.state) is not D.ACCEPTED or any(D(one.state) is not D.ACCEPTED for one in orders):
        raise Invalid("hand_overs.not_accepted")
    there = open_order(work, need.id, row.role_id, row.volunteer_id)
    if there is not None:
        raise Conflict("hand_overs.order_asked_already", until=stamp(there.answer_by))
    return row, need, orders


def _asked(work: Work, need: Need, orders: Sequence[Dispatch], to: int, reason: str) -> dict[str, Any]:
    first = orders[0]
    bench = checks.bench_of(work, [need.id], [to])
    span = (first.start, max(one.end for one in orders))
    try:
        made = send(work, need, first.role_id, [to], span, bench, "", in_place_of=first.volunteer_id)
    except Invalid as error:
        if error.key.startswith(_BROKEN):
            raise Invalid("hand_overs.does_not_fit", volunteer=checks.name_of(work.session, to)) from error
        raise
    take_down(work, need)
    until = work.session.get_one(Dispatch, made[0]).expires_at or first.start
    asked = ask_for(
        work,
        need_id=need.id,
        role_id=first.role_id,
        from_volunteer_id=first.volunteer_id,
        to_volunteer_id=to,
        reason=reason.strip()[:LONGEST],
        answer_by=until,
    )
    after = {"hand_over": asked.id, "dispatched": made, "volunteers": [to], "in_place_of": first.volunteer_id}
    work.audit("dispatch", first.id, after=after, reason=reason)
    names = {"volunteer": checks.name_of(work.session, to), "who": checks.name_of(work.session, first.volunteer_id)}
    return {"need_id": need.id, "code": need.code, "dispatch_ids": made, "until": stamp(until)} | names


def keep(work: Work, dispatch_id: int) -> None:
    """She goes herself after all: who was asked is told that she need not. Raises NotFound when nobody is asked."""
    row, need = life.dispatch_for(work, dispatch_id)
    asked = open_order(work, need.id, row.role_id, row.volunteer_id)
    if asked is None:
        raise NotFound("hand_overs.no_such")
    found = select(Dispatch).where(
        Dispatch.county == need.county,
        Dispatch.need_id == need.id,
        Dispatch.in_place_of == row.volunteer_id,
        Dispatch.volunteer_id == asked.to_volunteer_id,
        Dispatch.state == D.OFFERED,
    )
    for one in work.session.scalars(found.order_by(Dispatch.id).with_for_update()).all():
        life.move_dispatch(work, one, need, D.CANCELLED, reason=NOT_NEEDED, follows=True)
    life.settle(work, need)


def _named(work: Work, name: str, number: str) -> int | None:
    """The one volunteer with this name and phone; None where there is none, or the words are not both given."""
    wanted, said = person_name(name)[:60], phone(number)
    if not wanted or not said.valid:
        return None
    found = work.session.scalars(
        select(Volunteer.id)
        .join(Person, Person.id == Volunteer.person_id)
        .where(
            Volunteer.county == work.actor.county,
            Person.name == wanted,
            Person.phone_digest == work.digest(said.digits),
        )
        .limit(2)
    ).all()
    return found[0] if len(found) == 1 else None
