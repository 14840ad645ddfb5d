"""Needs: taking an order, correcting it, and the moves that are a person's decision.

Every command works on the need locked, checks the right at its place, and leaves an event and an audit row. `seen`: the
version it was decided on, refused where that is no longer so (None: whatever it is now). States that
follow from the work (in service, done, confirmed) are the dispatches' (services/dispatches.py).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from dashboard.core import needs as rules
from dashboard.core.errors import Conflict, Invalid
from dashboard.core.orders import MOST_PEOPLE, Order, RoleWish, check_order
from dashboard.core.permissions import Action
from dashboard.core.words import DispatchState, NeedState, Subject
from dashboard.services import need_life as life
from dashboard.services import need_writing as writing
from dashboard.services.commands import Work, command
from dashboard.services.escalation import escalate
from dashboard.services.persons import person_of, personal
from dashboard.services.placing import list_if_outside, placed
from db.models import Dispatch, Need, NeedInterval, NeedRole, Site

N = NeedState


@command(Action.EDIT_NEED, Subject.NEEDS)
def create(
    work: Work,
    *,
    order: Order,
    draft: bool = False,
    repeats: int | None = None,
    registered_at: datetime | None = None,
    hearsay: bool = False,
) -> dict[str, Any]:
    """Take an order: a draft, to be verified when place, time, people or category is missing, else open.

    `repeats` links it to an earlier need it repeats; `hearsay`: to be verified even where nothing is missing, for it
    was not said to us. Returns its id, code and state.
    """
    check_order(order, work.now)
    place = placed(work.session, work.actor.county, order.place)
    site_id = place.site_id or work.actor.site_id
    if site_id is not None:
        work.require(Action.EDIT_NEED, work.session.get_one(Site, site_id).path)
    resident = person_of(work, order.resident, place.village_code, resident=True)
    reporter = person_of(work, order.reporter, place.village_code, resident=False)
    to_verify = (*writing.to_verify(order, place.precision), *(("hearsay",) if hearsay else ()))
    need = writing.new_need(work, order, place, registered_at or work.now)
    need.site_id = site_id
    need.person_id, need.reported_by_id = (person.id if person else None for person in (resident, reporter))
    need.earlier_need_id = None if repeats is None else life.need_for(work, repeats).id
    need.to_verify = list(to_verify)
    need.state = N.DRAFT if draft else N.TO_VERIFY if to_verify else N.OPEN
    writing.insert(work, need)
    writing.write_wishes(work, need, order)
    list_if_outside(work.session, need)
    life.begin(work, need, happened_at=registered_at)
    said = personal(order.resident, resident) + personal(order.reporter, reporter)
    work.audit("need", need.id, after=writing.snapshot(work, need), personal=said)
    if need.earlier_need_id is not None:
        escalate(work, [need.id])
    return {"need_id": need.id, "code": need.code, "state": need.state}


@command(Action.EDIT_NEED, Subject.NEEDS)
def edit(work: Work, *, need_id: int, version: int, order: Order, reason: str = "") -> dict[str, Any]:
    """Replace what was wished. Refused when somebody else changed it since (`version`), or when it would cut off people
    already sent. A need that becomes incomplete goes back to be verified."""
    check_order(order, work.now)
    need = life.need_for(work, need_id)
    require_editable(need)
    before = writing.snapshot(work, need)
    work.at_version(need, version)
    place = placed(work.session, work.actor.county, order.place)
    if place.site_id is not None:
        work.require(Action.EDIT_NEED, work.session.get_one(Site, place.site_id).path)
    resident = person_of(work, order.resident, place.village_code, resident=True)
    writing.update_need(work, need, order, place)
    need.person_id = resident.id if resident else need.person_id
    need.to_verify = list(writing.to_verify(order, place.precision))
    writing.write_wishes(work, need, order)
    list_if_outside(work.session, need)
    _require_kept(work, need)
    follow_edit(work, need)
    work.audit(
        "need",
        need.id,
        before=before,
        after=writing.snapshot(work, need),
        reason=reason,
        personal=personal(order.resident, resident),
    )
    return {"need_id": need.id, "code": need.code, "state": need.state}


def require_editable(need: Need) -> None:
    """Raises Invalid for a need whose wishes stand."""
    if N(need.state) not in rules.EDITABLE:
        raise Invalid("needs.not_editable")


def _require_kept(work: Work, need: Need) -> None:
    """Nobody already sent may lose her seat or her time by an edit."""
    taken = life.taken_seats(work, need.id)
    roles = work.session.execute(
        select(NeedRole.id, NeedRole.head_count).where(NeedRole.county == need.county, NeedRole.need_id == need.id)
    )
    heads = {role.id: role.head_count for role in roles}
    if taken and need.to_verify:
        raise Conflict("dispatches.people_are_sent")
    if any(people > heads.get(role_id, 0) for role_id, people in taken.items()):
        raise Conflict("needs.edit_cuts_people", people=sum(taken.values()))
    spans = work.session.execute(
        select(NeedInterval.start, NeedInterval.end).where(
            NeedInterval.county == need.county, NeedInterval.need_id == need.id
        )
    ).all()
    waiting = work.session.execute(
        select(Dispatch.start, Dispatch.end).where(
            Dispatch.county == need.county,
            Dispatch.need_id == need.id,
            Dispatch.state.in_((DispatchState.OFFERED, DispatchState.ACCEPTED)),
        )
    ).all()
    if any(not any(start <= sent.start and sent.end <= end for start, end in spans) for sent in waiting):
        raise Conflict("needs.edit_cuts_time")


def follow_edit(work: Work, need: Need) -> None:
    """After an edit: an open need that lacks something is to verify; else clocks and work state follow the values."""
    work.session.flush()
    if need.state == N.OPEN and need.to_verify:
        life.move(work, need, N.TO_VERIFY)
    elif need.state in (N.OPEN, N.IN_SERVICE) and need.opened_at is not None:
        taken_up = need.taken_up_at
        life.start_clocks(work, need, need.opened_at)
        need.taken_up_at = taken_up
        life.settle(work, need)


@command(Action.EDIT_NEED, Subject.NEEDS)
def verify(work: Work, *, need_id: int, reason: str = "", seen: int | None = None) -> dict[str, Any]:
    """Open a draft or a need to verify. Refused, with what is missing, until place, time, people and category stand."""
    need = life.need_for(work, need_id, seen)
    before = N(need.state)
    missing = writing.stored_to_verify(work, need)
    if missing:
        raise Invalid(f"needs.missing.{missing[0]}")
    need.to_verify = []
    _step(work, need, N.OPEN, reason)
    work.audit("need", need.id, before={"state": before}, after={"state": need.state}, reason=reason)
    return {"need_id": need.id, "code": need.code}


@command(Action.EDIT_NEED, Subject.NEEDS)
def hand_in(work: Work, *, need_id: int, seen: int | None = None) -> dict[str, Any]:
    """A draft handed in: open when complete, else to verify."""
    need = life.need_for(work, need_id, seen)
    missing = writing.stored_to_verify(work, need)
    need.to_verify = list(missing)
    _step(work, need, N.TO_VERIFY if missing else N.OPEN, "")
    work.audit("need", need.id, before={"state": N.DRAFT}, after={"state": need.state})
    return {"need_id": need.id, "code": need.code, "state": need.state}


@command(Action.EDIT_NEED, Subject.NEEDS)
def cancel(work: Work, *, need_id: int, reason: str, seen: int | None = None) -> dict[str, Any]:
    """The resident no longer wants it. Offers and acceptances are withdrawn with it."""
    return _end(work, need_id, N.CANCELLED, reason, seen)


@command(Action.EDIT_NEED, Subject.NEEDS)
def unmet(work: Work, *, need_id: int, reason: str, seen: int | None = None) -> dict[str, Any]:
    """Nobody could be found. Kept apart from cancelled: an unmet need counts against us."""
    return _end(work, need_id, N.UNMET, reason, seen)


@command(Action.EDIT_NEED, Subject.NEEDS)
def close(work: Work, *, need_id: int, reason: str = "", seen: int | None = None) -> dict[str, Any]:
    """Settled: confirmed with the resident, rated or silent."""
    need = life.need_for(work, need_id, seen)
    before = N(need.state)
    _step(work, need, N.CLOSED, reason)
    work.audit("need", need.id, before={"state": before}, after={"state": need.state}, reason=reason)
    return {"need_id": need.id, "code": need.code}


@command(Action.EDIT_NEED, Subject.NEEDS)
def reopen(
    work: Work,
    *,
    need_id: int,
    reason: str,
    people: int | None = None,
    intervals: Sequence[tuple[datetime, datetime]] = (),
    happened_at: datetime | None = None,
) -> dict[str, Any]:
    """Open again what was ended or served ("it is not settled"): an event, new clocks, and seats for the new round.

    Where every seat was served, `people` (at least 1) makes a further role of that many. `intervals` are added to the
    wanted times. What was ended before it was verified goes back to be verified.
    """
    need = life.need_for(work, need_id)
    before = N(need.state)
    if before not in rules.REOPENABLE:
        raise Invalid("needs.not_over")
    writing.require_reason(reason)
    if people is not None and not 1 <= people <= MOST_PEOPLE:
        raise Invalid("needs.bad_head_count", most=MOST_PEOPLE)
    if any(start >= end for start, end in intervals):
        raise Invalid("needs.span_backwards")
    if people is not None or life.seats_open(work, need.id) == 0:
        writing.add_role(work, need, RoleWish(people=people or 1))
    writing.add_intervals(work, need, intervals)
    _step(work, need, N.OPEN, reason, happened_at)
    if need.to_verify and (missing := writing.stored_to_verify(work, need)):
        need.to_verify = list(missing)
        life.move(work, need, N.TO_VERIFY, happened_at=happened_at)
    work.audit("need", need.id, before={"state": before}, after={"state": need.state, "people": people}, reason=reason)
    return {"need_id": need.id, "code": need.code}


def _end(work: Work, need_id: int, wanted: NeedState, reason: str, seen: int | None) -> dict[str, Any]:
    need = life.need_for(work, need_id, seen)
    before = N(need.state)
    writing.require_reason(reason)
    rules.check_need(before, wanted)
    withdrawn = 0
    for dispatch in work.session.scalars(
        select(Dispatch)
        .where(
            Dispatch.county == need.county,
            Dispatch.need_id == need.id,
            Dispatch.state.in_((DispatchState.OFFERED, DispatchState.ACCEPTED)),
        )
        .with_for_update()
    ):
        life.move_dispatch(work, dispatch, need, DispatchState.CANCELLED, reason=reason)
        withdrawn += 1
    _step(work, need, wanted, reason)
    after = {"state": need.state, "withdrawn": withdrawn}
    work.audit("need", need.id, before={"state": before}, after=after, reason=reason)
    return {"need_id": need.id, "code": need.code, "withdrawn": withdrawn}


def _step(work: Work, need: Need, wanted: NeedState, reason: str, happened_at: datetime | None = None) -> None:
    """A decision about a need: the move and a new version, so that an edit begun before it is refused."""
    work.session.flush()
    life.move(work, need, wanted, reason=reason, happened_at=happened_at)
    work.at_version(need, None)


@command(Action.EDIT_NEED, Subject.NEEDS)
def link_repeat(work: Work, *, need_id: int, earlier_need_id: int | None, reason: str = "") -> dict[str, Any]:
    """Say that a need repeats an earlier one (or no longer so). Both stay: people and calls are counted apart, and
    enough repeats raise the urgency (`escalation`); taking a link back lowers nothing."""
    need = life.need_for(work, need_id)
    earlier = None if earlier_need_id is None else life.need_for(work, earlier_need_id)
    if earlier is not None and (earlier.registered_at, earlier.id) >= (need.registered_at, need.id):
        raise Invalid("needs.not_earlier")
    before = need.earlier_need_id
    need.earlier_need_id = None if earlier is None else earlier.id
    work.at_version(need, None)
    after = {"earlier_need_id": need.earlier_need_id}
    work.audit("need", need.id, before={"earlier_need_id": before}, after=after, reason=reason)
    escalate(work, [need.id] if earlier is not None else [])
    return {"need_id": need.id, "code": need.code}
