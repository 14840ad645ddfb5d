"""Identities of orders, seats and dispatches: the rows as they stand beside the events that say how they came there."""

from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from dashboard.core.needs import ENDED, SERVED
from dashboard.core.tie_out import Line, Term
from dashboard.core.words import HOLDS_SEAT, DispatchState, DivisionLevel, NeedState
from dashboard.services.figures import in_span, reached_need
from dashboard.services.filtering import is_open
from dashboard.services.need_life import holding_role
from dashboard.services.tie_out_look import View, line
from db.models import Dispatch, Division, Need, NeedEvent, NeedRole

#: States that say somebody was there for the order.
ATTENDED = (NeedState.IN_SERVICE, *SERVED)
#: Ends to which nobody needs to be sent.
DIRECT = (NeedState.CANCELLED, NeedState.UNMET)
#: States an order that was registered can be in.
STATES = tuple(state for state in NeedState if state is not NeedState.DRAFT)


def flow(view: View) -> Line:
    """Alive before the twelve months + come or reopened = ended + alive now; all but the last from the events."""
    alive_after = case((NeedEvent.to_state.in_(ENDED), 0), else_=1)
    alive_before = case((or_(NeedEvent.from_state.is_(None), NeedEvent.from_state.in_(ENDED)), 0), else_=1)
    step, since = alive_after - alive_before, NeedEvent.happened_at >= view.asked.year[0]
    counts = view.session.execute(
        select(
            func.coalesce(func.sum(case((~since, step))), 0).label("opening"),
            func.coalesce(func.sum(case((and_(since, step > 0), step))), 0).label("come"),
            func.coalesce(func.sum(case((and_(since, step < 0), -step))), 0).label("ended"),
        )
        .join(Need, Need.id == NeedEvent.need_id)
        .where(*reached_need(view.actor), NeedEvent.dispatch_id.is_(None))
    ).one()
    still = view.count(select(func.count()).where(*reached_need(view.actor), Need.state.not_in(ENDED)))
    by_events = (
        select(NeedEvent.need_id, func.sum(step).label("alive"))
        .where(NeedEvent.county == view.actor.county, NeedEvent.dispatch_id.is_(None))
        .group_by(NeedEvent.need_id)
        .subquery()
    )
    by_state = case((Need.state.in_(ENDED), 0), else_=1)
    wrong = _orders(view).outerjoin(by_events, by_events.c.need_id == Need.id)
    wrong = wrong.where(func.coalesce(by_events.c.alive, 0) != by_state)
    left = Term("opening", int(counts.opening)), Term("come", int(counts.come))
    return line(view, "flow", left, (Term("ended", int(counts.ended)), Term("still", still)), wrong, "needs")


def _orders(view: View) -> Select[str, int]:
    """Code and id of orders within reach."""
    return select(Need.code, Need.id).where(*reached_need(view.actor))


def _registered(view: View) -> tuple[ColumnElement[bool], ...]:
    return *reached_need(view.actor), in_span(Need.registered_at, view.asked.year), Need.state != NeedState.DRAFT


def life(view: View) -> Line:
    """What was registered stands in one of the states an order can be in."""
    rows = view.session.execute(select(Need.state, func.count()).where(*_registered(view)).group_by(Need.state))
    counts = {row[0]: int(row[1]) for row in rows}
    right = tuple(Term(f"state_{state}", counts.get(state, 0)) for state in STATES)
    wrong = _orders(view).where(*_registered(view), Need.state.not_in(STATES))
    return line(view, "life", (view.figure("needs_registered"),), right, wrong, "needs")


def received(view: View) -> Line:
    """What was registered was answered directly, sent to somebody, or waits; nobody serves who was never sent."""
    sent = select(Dispatch.id).where(Dispatch.county == Need.county, Dispatch.need_id == Need.id).exists()
    orders = select(func.count()).where(*_registered(view))
    right = (
        Term("direct", view.count(orders.where(~sent, Need.state.in_(DIRECT)))),
        Term("dispatched", view.count(orders.where(sent))),
        Term("waiting", view.count(orders.where(~sent, Need.state.not_in((*DIRECT, *ATTENDED))))),
    )
    wrong = _orders(view).where(*_registered(view), ~sent, Need.state.in_(ATTENDED))
    return line(view, "received", (view.figure("needs_registered"),), right, wrong, "needs")


def ended(view: View) -> Line:
    """Closed and unmet in the time by the order's own row, and by its last event."""
    own = NeedEvent.need_id == Need.id, NeedEvent.dispatch_id.is_(None)
    said = (
        select(
            Need.code,
            Need.id,
            Need.state,
            func.coalesce(in_span(Need.closed_at, view.asked.year), False).label("row_in_time"),
            _last(NeedEvent.to_state, *own).label("to_state"),
            _last(NeedEvent.happened_at, *own).label("happened_at"),
        )
        .where(*reached_need(view.actor))
        .cte("said")
    )
    fates = (NeedState.CLOSED, NeedState.UNMET)
    by_event = and_(said.c.to_state.in_(fates), in_span(said.c.happened_at, view.asked.year))
    by_row = and_(said.c.state.in_(fates), said.c.row_in_time)
    rows = view.session.execute(select(said.c.to_state, func.count()).where(by_event).group_by(said.c.to_state))
    counts = {row[0]: int(row[1]) for row in rows}
    wrong = select(said.c.code, said.c.id).where(by_row.is_distinct_from(func.coalesce(by_event, False)))
    left = view.figure("needs_closed"), view.figure("needs_unmet")
    right = tuple(Term(f"event_{fate}", counts.get(fate, 0)) for fate in fates)
    return line(view, "ended", left, right, wrong, "needs")


def _last(column: Any, *whose: ColumnElement[bool]) -> ScalarSelect[Any]:
    """A column of the last of a need's or a dispatch's events: the index of a need's events finds it, where a join to
    all last events would be gone through once a row."""
    events = select(column).where(NeedEvent.county == Need.county, *whose)
    return events.order_by(NeedEvent.id.desc()).limit(1).correlate(Need, Dispatch).scalar_subquery()


def repeats(view: View) -> Line:
    """A repeat points at another order that was registered, or taken down, before it: a message of a group chat may
    repeat what was told by phone after it was sent."""
    earlier = aliased(Need, name="earlier")
    before = or_(earlier.registered_at <= Need.registered_at, earlier.id < Need.id)
    linked = (
        select(Need.code, Need.id)
        .join(earlier, earlier.id == Need.earlier_need_id)
        .where(*_registered(view))
        .add_columns(and_(earlier.id != Need.id, before).label("before"))
    ).subquery()
    right = Term("earlier", view.count(select(func.count()).where(linked.c.before)))
    wrong = select(linked.c.code, linked.c.id).where(~linked.c.before)
    return line(view, "repeats", (view.figure("needs_repeated"),), (right,), wrong, "needs")


def towns(view: View) -> Line:
    """The town of an order is the town of its village, so that villages add up to towns and towns to the county."""
    within = and_(
        Division.county == Need.county,
        Division.code == Need.village_code,
        Division.level == DivisionLevel.VILLAGE,
        Division.parent_code == Need.town_code,
    )
    orders = select(func.count()).where(*_registered(view))
    by_village = view.count(orders.where(select(Division.id).where(within).exists()))
    only_town = view.count(orders.where(Need.village_code.is_(None)))
    wrong = _orders(view).where(
        *_registered(view), Need.village_code.is_not(None), ~select(Division.id).where(within).exists()
    )
    right = Term("by_village", by_village), Term("no_village", only_town)
    return line(view, "towns", (view.figure("needs_registered"),), right, wrong, "needs")


def seats(view: View) -> Line:
    """Every seat of an open order is held or open: no role has more people than seats."""
    wrong = (
        select(Need.code, Need.id)
        .join(NeedRole, NeedRole.need_id == Need.id)
        .where(*reached_need(view.actor), is_open(), holding_role() > NeedRole.head_count)
    )
    right = view.figure("seats_held"), view.figure("seats_open")
    return line(view, "seats", (view.figure("seats_wanted"),), right, wrong, "needs")


def dispatches(view: View) -> Line:
    """Dispatches that hold a seat, by their own row and by the last event of each."""
    own = NeedEvent.need_id == Dispatch.need_id, NeedEvent.dispatch_id == Dispatch.id
    joined = (
        select(Need.code, Need.id, Dispatch.state, _last(NeedEvent.to_state, *own).label("to_state"))
        .join(Dispatch, Dispatch.need_id == Need.id)
        .where(*reached_need(view.actor))
        .subquery()
    )
    rows = view.session.execute(select(joined.c.to_state, func.count()).group_by(joined.c.to_state))
    by_event = {row[0]: int(row[1]) for row in rows}
    left = Term("holding", view.count(select(func.count()).where(joined.c.state.in_(HOLDS_SEAT))))
    right = tuple(Term(f"dispatch_{state}", by_event.get(state, 0)) for state in DispatchState if state in HOLDS_SEAT)
    wrong = select(joined.c.code, joined.c.id).where(joined.c.state.is_distinct_from(joined.c.to_state))
    return line(view, "dispatches", (left,), right, wrong, "needs")
