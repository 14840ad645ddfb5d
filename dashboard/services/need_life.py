"""How a need and its dispatches move: the table, the state guard, the event and the clocks, in one place.

Nothing else changes `needs.state` or `dispatches.state`.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, exists, func, insert, literal, null, select, update

from dashboard.core import deadlines, needs
from dashboard.core.errors import Conflict, Invalid, NotFound
from dashboard.core.permissions import WHOLE_COUNTY
from dashboard.core.words import DispatchState, NeedState, Urgency
from dashboard.services.charges import keep_charge
from dashboard.services.commands import Work, changed
from dashboard.services.hand_over_notes import follow
from dashboard.services.message_notes import note_move
from dashboard.services.rules import deadline_rules
from db.models import Category, Dispatch, Need, NeedEvent, NeedRole, Site

N = NeedState


def need_for(work: Work, need_id: int, seen: int | None = None) -> Need:
    """The need, locked until the transaction ends. Raises NotFound outside the county, Forbidden outside the reach, and
    Conflict where its version is not the one that was `seen`."""
    row = work.session.execute(
        select(Need, Site.path)
        .outerjoin(Site, Site.id == Need.site_id)
        .where(Need.id == need_id, Need.county == work.actor.county)
        .with_for_update(of=Need)
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise NotFound("needs.no_such")
    need: Need = row[0]
    # A need of no site is the whole county's affair.
    work.require(work.action, row.path or WHOLE_COUNTY)
    if seen is not None and need.version != seen:
        raise changed(need)
    return need


def move(
    work: Work,
    need: Need,
    wanted: NeedState,
    *,
    reason: str = "",
    happened_at: datetime | None = None,
) -> None:
    """One legal move: guarded by the state it starts from, written as an event, its clocks set."""
    current = NeedState(need.state)
    needs.check_need(current, wanted)
    moved = work.session.execute(
        update(Need)
        .where(Need.id == need.id, Need.state == current)
        .values(state=wanted)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise changed(need)
    work.session.refresh(need, ["state"])
    record(work, need, current, wanted, reason=reason, happened_at=happened_at)
    if wanted is N.OPEN and current in (N.DRAFT, N.TO_VERIFY, *needs.REOPENABLE):
        start_clocks(work, need, happened_at or work.now)
    elif wanted in needs.ENDED:
        need.closed_at = happened_at or work.now
    elif wanted is N.CONFIRMED:
        keep_charge(work, need)
    work.session.flush()


def end_many(work: Work, which: ColumnElement[bool], wanted: NeedState, *, reason: str) -> int:
    """`move` to an end for every need of a condition, in a few statements however many: the same table, an event and
    a closing time each, and a new version. The caller has checked the right and locked the needs. Raises Conflict where
    people are sent: they would have to be told one by one. Returns how many needs were moved."""
    mine = (Need.county == work.actor.county, which)
    for state in work.session.scalars(select(Need.state).where(*mine).distinct()):
        needs.check_need(NeedState(state), wanted)
    holding = (Dispatch.county == Need.county, Dispatch.need_id == Need.id, Dispatch.state.in_(needs.HOLDS_SEAT))
    if work.session.scalar(select(Need.id).where(*mine, exists().where(*holding)).limit(1)) is not None:
        raise Conflict("needs.somebody_serves")
    event = {
        "county": Need.county,
        "need_id": Need.id,
        "dispatch_id": null(),
        "from_state": Need.state,
        "to_state": literal(str(wanted)),
        "actor_id": literal(work.actor.account_id),
        "reason": literal(reason),
        "happened_at": literal(work.now, NeedEvent.happened_at.type),
        "recorded_at": literal(work.now, NeedEvent.recorded_at.type),
    }
    rows = select(*event.values()).where(*mine).order_by(Need.id)
    work.session.execute(insert(NeedEvent).from_select(list(event), rows))
    moved = work.session.execute(
        update(Need)
        .where(*mine)
        .values(state=wanted, closed_at=work.now, version=Need.version + 1)
        .execution_options(synchronize_session=False)
    )
    return int(moved.rowcount)  # type: ignore[attr-defined]


def begin(work: Work, need: Need, *, reason: str = "", happened_at: datetime | None = None) -> None:
    """The first event of a new need: it came into the world in its state."""
    record(work, need, None, NeedState(need.state), reason=reason, happened_at=happened_at)
    if need.state == N.OPEN:
        start_clocks(work, need, happened_at or work.now)


def record(
    work: Work,
    need: Need,
    before: NeedState | DispatchState | None,
    after: NeedState | DispatchState,
    *,
    reason: str = "",
    happened_at: datetime | None = None,
    dispatch_id: int | None = None,
) -> None:
    """Append an event. `happened_at` is when it happened, `recorded_at` when we learned of it: never before."""
    if happened_at is not None and happened_at > work.now:
        raise Invalid("dispatches.in_future")
    work.session.add(
        NeedEvent(
            county=need.county,
            need_id=need.id,
            dispatch_id=dispatch_id,
            from_state=before,
            to_state=after,
            actor_id=work.actor.account_id,
            reason=reason,
            happened_at=happened_at or work.now,
            recorded_at=work.now,
        )
    )
    work.session.flush()


def start_clocks(work: Work, need: Need, opened: datetime) -> None:
    """Opening (again) starts both deadlines from that moment."""
    rules = deadline_rules(work.session, need.county, opened)
    own = None if need.category_id is None else work.session.get_one(Category, need.category_id).deadlines
    due = deadlines.deadlines(opened, rules.limits(Urgency(need.urgency), own), rules)
    need.opened_at, need.take_up_due_at, need.close_due_at = opened, due.take_up, due.close
    need.taken_up_at = need.closed_at = None


def dispatch_for(work: Work, dispatch_id: int) -> tuple[Dispatch, Need]:
    """A dispatch and its need, both locked (the need first), within the actor's reach."""
    need_id = work.session.scalar(
        select(Dispatch.need_id).where(Dispatch.id == dispatch_id, Dispatch.county == work.actor.county)
    )
    if need_id is None:
        raise NotFound("dispatches.no_such")
    need = need_for(work, need_id)
    dispatch = work.session.scalars(
        select(Dispatch).where(Dispatch.id == dispatch_id).with_for_update().execution_options(populate_existing=True)
    ).one()
    return dispatch, need


def move_dispatch(
    work: Work,
    dispatch: Dispatch,
    need: Need,
    wanted: DispatchState,
    *,
    reason: str = "",
    happened_at: datetime | None = None,
    taken_over: bool = False,
    handed_over: bool = False,
    follows: bool = False,
) -> None:
    """One legal move of a dispatch, guarded, recorded and told to whom it concerns, with what a request to hand it over
    makes of it; `settle` the need afterwards. `taken_over`: withdrawn for a more urgent need; `handed_over`: to the
    volunteer who said yes; `follows`: brought about by what another of the need did."""
    current = DispatchState(dispatch.state)
    needs.check_dispatch(current, wanted)
    moved = work.session.execute(
        update(Dispatch)
        .where(Dispatch.id == dispatch.id, Dispatch.state == current)
        .values(state=wanted, version=Dispatch.version + 1)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise changed(dispatch)
    work.session.refresh(dispatch, ["state", "version"])
    record(work, need, current, wanted, reason=reason, happened_at=happened_at, dispatch_id=dispatch.id)
    told = {"taken_over": taken_over, "handed_over": handed_over, "follows": follows}
    note_move(work, need, dispatch, current, wanted, **told)
    if wanted is DispatchState.ACCEPTED and current is DispatchState.OFFERED and need.taken_up_at is None:
        need.taken_up_at = happened_at or work.now
    follow(work, need, dispatch, wanted, reason, move_dispatch)


def settle(work: Work, need: Need, *, happened_at: datetime | None = None) -> None:
    """Bring the need's state to what its dispatches say, by legal moves, each an event."""
    current = NeedState(need.state)
    wanted = needs.derived_state(current, round_states(work, need), seats_open(work, need.id))
    for step in needs.path_to(current, wanted):
        move(work, need, step, happened_at=happened_at)


def round_states(work: Work, need: Need) -> Sequence[DispatchState]:
    """The states of the dispatches offered since the need was last opened."""
    reopened = work.session.scalar(
        select(func.max(NeedEvent.recorded_at)).where(
            NeedEvent.county == need.county,
            NeedEvent.need_id == need.id,
            NeedEvent.dispatch_id.is_(None),
            NeedEvent.from_state.in_(needs.REOPENABLE),
            NeedEvent.to_state == N.OPEN,
        )
    )
    since = () if reopened is None else (Dispatch.offered_at >= reopened,)
    states = work.session.scalars(
        select(Dispatch.state).where(Dispatch.county == need.county, Dispatch.need_id == need.id, *since)
    )
    return [DispatchState(state) for state in states]


def seats_open(work: Work, need_id: int) -> int:
    """Open seats of all roles together."""
    return sum(seats.values()) if (seats := seats_by_role(work, need_id)) else 0


def seats_by_role(work: Work, need_id: int) -> dict[int, int]:
    """Open seats of each role. A person who serves several wanted spans takes one seat."""
    roles = work.session.execute(
        select(NeedRole.id, NeedRole.head_count, holding_role().label("taken"))
        .where(NeedRole.county == work.actor.county, NeedRole.need_id == need_id)
        .order_by(NeedRole.position, NeedRole.id)
    )
    return {role.id: max(0, role.head_count - role.taken) for role in roles}


def holding_role() -> ScalarSelect[int]:
    """How many people hold a seat of a role, as a part of a query over `NeedRole`."""
    return (
        select(func.count(func.distinct(Dispatch.seat_of)))
        .where(
            Dispatch.county == NeedRole.county,
            Dispatch.need_id == NeedRole.need_id,
            Dispatch.role_id == NeedRole.id,
            Dispatch.state.in_(needs.HOLDS_SEAT),
        )
        .correlate(NeedRole)
        .scalar_subquery()
    )


def taken_seats(work: Work, need_id: int) -> dict[int, int]:
    """People who hold a seat, by role."""
    rows = work.session.execute(
        select(Dispatch.role_id, func.count(func.distinct(Dispatch.seat_of)).label("people"))
        .where(
            Dispatch.county == work.actor.county,
            Dispatch.need_id == need_id,
            Dispatch.state.in_(needs.HOLDS_SEAT),
        )
        .group_by(Dispatch.role_id)
    )
    return {row.role_id: row.people for row in rows}
