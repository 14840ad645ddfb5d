"""Identities of orders, seats and dispatches: the rows as they stand beside the events that say how they came there."""

from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, case, func, or_, select, union_all
from sqlalchemy.orm import aliased

from dashboard.core.needs import ENDED, SERVED
from dashboard.core.tie_out import Line, Term
from dashboard.core.words import HOLDS_SEAT, DispatchState, DivisionLevel, NeedState
from dashboard.services.figures import counted, in_span, reached_need
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
    fates = (NeedState.CLOSED, NeedState.UNMET)
    own = NeedEvent.dispatch_id.is_(None)
    last = _last(view, NeedEvent.need_id, own)
    by_event = and_(last.c.to_state.in_(fates), in_span(last.c.happened_at, view.asked.year))
    by_row = and_(Need.state.in_(fates), func.coalesce(in_span(Need.closed_at, view.asked.year), False))
    told = select().select_from(last).join(Need, Need.id == last.c.of).where(*reached_need(view.actor))
    *events, off, heard = view.counts(
        told.add_columns(
            *(counted(and_(by_event, last.c.to_state == fate)) for fate in fates),
            counted(by_row.is_distinct_from(by_event)),
            func.count(),
        )
    )
    every = view.count(select(func.count()).where(*reached_need(view.actor)))
    differ = told.add_columns(Need.code, Need.id).where(by_row.is_distinct_from(by_event))
    silent = _orders(view).where(Need.id.not_in(_told(view, NeedEvent.need_id, own)), by_row)
    wrong = union_all(differ, silent) if off or heard < every else None
    left = view.figure("needs_closed"), view.figure("needs_unmet")
    right = tuple(Term(f"event_{fate}", number) for fate, number in zip(fates, events, strict=True))
    return line(view, "ended", left, right, wrong, "needs")


def _told(view: View, of: Any, kind: ColumnElement[bool]) -> Select[Any]:
    """The orders or dispatches of which events of this kind tell."""
    return select(of).where(NeedEvent.county == view.actor.county, kind)


def _last(view: View, of: Any, kind: ColumnElement[bool]) -> CTE:
    """The last event of each order or dispatch, by its id as `of`: one pass over the events, kept aside. A look at each
    row for its own last one takes fifty times as long on a county of 5,000 dispatches."""
    newest = select(func.max(NeedEvent.id)).where(NeedEvent.county == view.actor.county, kind).group_by(of)
    last = select(of.label("of"), NeedEvent.to_state, NeedEvent.happened_at).where(NeedEvent.id.in_(newest))
    return last.cte("last").prefix_with("MATERIALIZED")


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
    sent = NeedEvent.dispatch_id.is_not(None)
    # With the county on both sides, or no index of the dispatches helps.
    ours = and_(Need.id == Dispatch.need_id, Need.county == Dispatch.county)
    every = select().select_from(Dispatch).join(Need, ours)
    every = every.where(Dispatch.county == view.actor.county, *reached_need(view.actor))
    last = _last(view, NeedEvent.dispatch_id, sent)
    told = every.join(last, last.c.of == Dispatch.id)
    pair = (Dispatch.state, last.c.to_state)
    pairs = view.session.execute(told.add_columns(*pair, func.count()).group_by(*pair)).all()
    by_event = dict.fromkeys((state for state in DispatchState if state in HOLDS_SEAT), 0)
    for _, said, number in pairs:
        if said in by_event:
            by_event[said] += number
    total, holding = view.counts(every.add_columns(func.count(), counted(Dispatch.state.in_(HOLDS_SEAT))))
    off = sum(number for state, said, number in pairs if state == said) < total
    differ = told.add_columns(Need.code, Need.id).where(Dispatch.state != last.c.to_state)
    silent = every.add_columns(Need.code, Need.id).where(Dispatch.id.not_in(_told(view, NeedEvent.dispatch_id, sent)))
    wrong = union_all(differ, silent) if off else None
    right = tuple(Term(f"dispatch_{state}", number) for state, number in by_event.items())
    return line(view, "dispatches", (Term("holding", holding),), right, wrong, "needs")
