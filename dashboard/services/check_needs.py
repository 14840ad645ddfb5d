"""Do needs and dispatches agree with their events, their seats and each other?"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select, tuple_

from dashboard.core.checks import FIRST_DISPATCH_STATES, FIRST_NEED_STATES
from dashboard.core.hand_overs import State
from dashboard.core.needs import DISPATCH_MOVES, ENDED, NEED_MOVES, TAKES_PEOPLE
from dashboard.core.words import HOLDS_SEAT, DispatchState, Precision
from dashboard.services.check_look import Fault, Look, asked
from db.models import Dispatch, HandOver, Need, NeedEvent, NeedInterval, NeedRole, Service

#: The span over which orders come and go are balanced.
FLOW = timedelta(days=30)


def need_state(look: Look) -> Fault:
    """Needs whose state is not that of their last event, or that have none."""
    last = _last_word(NeedEvent.need_id == Need.id, NeedEvent.dispatch_id.is_(None))
    return asked(look, select(Need.code).where(Need.county == look.county, Need.state.is_distinct_from(last)))


def dispatch_state(look: Look) -> Fault:
    """Dispatches whose state is not that of their last event, or that have none."""
    last = _last_word(NeedEvent.need_id == Dispatch.need_id, NeedEvent.dispatch_id == Dispatch.id)
    return asked(look, _dispatches(look).where(Dispatch.state.is_distinct_from(last)))


def _last_word(*whose: ColumnElement[bool]) -> Any:
    """The state the last of these events of a need leads to, null where there are none."""
    events = select(NeedEvent.to_state).where(NeedEvent.county == Need.county, *whose)
    return events.order_by(NeedEvent.id.desc()).limit(1).correlate(Need, Dispatch).scalar_subquery()


def _dispatches(look: Look) -> Select[Any]:
    """Codes of the needs of dispatches."""
    joined = select(Need.code).select_from(Dispatch).join(Need, Need.id == Dispatch.need_id)
    return joined.where(Dispatch.county == look.county)


def need_history(look: Look) -> Fault:
    """Events of needs that don't follow the one before, or make a move the transition table doesn't hold."""
    return _broken(look, NeedEvent.need_id, NeedEvent.dispatch_id.is_(None), NEED_MOVES, FIRST_NEED_STATES)


def dispatch_history(look: Look) -> Fault:
    """The same of the events of dispatches."""
    which = NeedEvent.dispatch_id.is_not(None)
    return _broken(look, NeedEvent.dispatch_id, which, DISPATCH_MOVES, FIRST_DISPATCH_STATES)


def _broken(
    look: Look, of: Any, which: ColumnElement[bool], moves: Mapping[Any, Iterable[Any]], first: Iterable[Any]
) -> Fault:
    before = func.lag(NeedEvent.to_state).over(partition_by=of, order_by=NeedEvent.id)
    chain = (
        select(NeedEvent.need_id, NeedEvent.from_state, NeedEvent.to_state, before.label("before"))
        .where(NeedEvent.county == look.county, which)
        .subquery()
    )
    legal = [(str(start), str(end)) for start, ends in moves.items() for end in ends]
    begun = and_(chain.c.from_state.is_(None), chain.c.to_state.in_([str(state) for state in first]))
    moved = and_(chain.c.from_state.is_not(None), tuple_(chain.c.from_state, chain.c.to_state).in_(legal))
    wrong = or_(chain.c.from_state.is_distinct_from(chain.c.before), ~or_(begun, moved))
    return asked(look, select(Need.code).select_from(chain).join(Need, Need.id == chain.c.need_id).where(wrong))


def event_need(look: Look) -> Fault:
    """Events of a dispatch written down under another need than the dispatch's."""
    # Said as "exists": from the events the way to their dispatch is short, the way back is not indexed.
    elsewhere = select(Dispatch.id).where(Dispatch.id == NeedEvent.dispatch_id, Dispatch.need_id != NeedEvent.need_id)
    events = select(Need.code).select_from(NeedEvent).join(Need, Need.id == NeedEvent.need_id)
    return asked(look, events.where(NeedEvent.county == look.county, elsewhere.exists()))


def dispatch_role(look: Look) -> Fault:
    """Dispatches to a role of another need."""
    return asked(
        look,
        _dispatches(look).join(NeedRole, NeedRole.id == Dispatch.role_id).where(NeedRole.need_id != Dispatch.need_id),
    )


def two_places(look: Look) -> Fault:
    """Dispatches that hold a seat and begin before an earlier one of the same volunteer is over."""
    busy_until = func.max(Dispatch.end).over(
        partition_by=Dispatch.volunteer_id, order_by=(Dispatch.start, Dispatch.id), rows=(None, -1)
    )
    held = (
        select(Dispatch.need_id, Dispatch.start, busy_until.label("busy_until"))
        .where(Dispatch.county == look.county, Dispatch.state.in_(HOLDS_SEAT))
        .subquery()
    )
    return asked(look, select(Need.code).join(held, held.c.need_id == Need.id).where(held.c.start < held.c.busy_until))


def overfilled(look: Look) -> Fault:
    """Roles with more people than seats. Who serves several spans of a need takes one seat."""
    taken = (
        select(Dispatch.role_id, func.count(func.distinct(Dispatch.seat_of)).label("people"))
        .where(Dispatch.county == look.county, Dispatch.state.in_(HOLDS_SEAT))
        .group_by(Dispatch.role_id)
        .subquery()
    )
    return asked(
        look,
        select(Need.code)
        .join(NeedRole, NeedRole.need_id == Need.id)
        .join(taken, taken.c.role_id == NeedRole.id)
        .where(taken.c.people > NeedRole.head_count),
    )


def hand_over(look: Look) -> Fault:
    """Needs with an offer to take an order over and no request for it, or a request and no such offer, or no order."""
    of, to = HandOver.from_volunteer_id, HandOver.to_volunteer_id
    waits = (HandOver.county == Need.county, HandOver.need_id == Need.id, HandOver.state == State.ASKED)
    here = (Dispatch.county == Need.county, Dispatch.need_id == Need.id)
    shares = (*here, Dispatch.state.in_(HOLDS_SEAT), Dispatch.in_place_of.is_not(None))
    asks = and_(
        *waits,
        Dispatch.state == DispatchState.OFFERED,
        HandOver.role_id == Dispatch.role_id,
        of == Dispatch.in_place_of,
        to == Dispatch.volunteer_id,
    )
    unasked = exists().where(*shares, ~exists().where(asks).correlate(Need, Dispatch)).correlate(Need)
    unoffered = exists().where(*waits, of.is_not(None), ~exists().where(*here, asks).correlate(Need, HandOver))
    order = and_(*here, Dispatch.volunteer_id == of, Dispatch.state == DispatchState.ACCEPTED)
    nothing = exists().where(*waits, of.is_not(None), ~exists().where(order).correlate(Need, HandOver))
    wrong = or_(unasked, unoffered.correlate(Need), nothing.correlate(Need))
    return asked(look, select(Need.code).where(Need.county == look.county, wrong))


def open_incomplete(look: Look) -> Fault:
    """Needs that take people without a role, a wanted span, a place or a category: they ought to be verified."""
    lacks = or_(
        ~select(NeedRole.id).where(NeedRole.county == Need.county, NeedRole.need_id == Need.id).exists(),
        ~select(NeedInterval.id).where(NeedInterval.county == Need.county, NeedInterval.need_id == Need.id).exists(),
        Need.precision == Precision.NONE,
        Need.category_id.is_(None),
    )
    return asked(look, select(Need.code).where(Need.county == look.county, Need.state.in_(TAKES_PEOPLE), lacks))


def service_dispatch(look: Look) -> Fault:
    """Services recorded for another need or another volunteer than their dispatch's."""
    differs = or_(Service.need_id.is_distinct_from(Dispatch.need_id), Service.volunteer_id != Dispatch.volunteer_id)
    return asked(
        look,
        select(Service.id)
        .join(Dispatch, Dispatch.id == Service.dispatch_id)
        .where(Service.county == look.county, differs),
    )


def flow(look: Look) -> Fault:
    """Orders of the last 30 days: alive before + come = ended + alive now. All but the last from the events."""
    begin = look.now - FLOW
    alive_after = case((NeedEvent.to_state.in_(ENDED), 0), else_=1)
    alive_before = case((or_(NeedEvent.from_state.is_(None), NeedEvent.from_state.in_(ENDED)), 0), else_=1)
    step, since = alive_after - alive_before, NeedEvent.recorded_at >= begin
    counts = look.session.execute(
        select(
            func.coalesce(func.sum(case((~since, step))), 0).label("opening"),
            func.coalesce(func.sum(case((and_(since, step > 0), step))), 0).label("come"),
            func.coalesce(func.sum(case((and_(since, step < 0), -step))), 0).label("ended"),
        ).where(NeedEvent.county == look.county, NeedEvent.dispatch_id.is_(None))
    ).one()
    alive = look.session.scalar(
        select(func.count()).select_from(Need).where(Need.county == look.county, Need.state.not_in(ENDED))
    )
    opening, come, ended, still = int(counts.opening), int(counts.come), int(counts.ended), int(alive or 0)
    values = {"opening": opening, "come": come, "ended": ended, "still": still}
    return Fault(abs(opening + come - ended - still), (), values)
