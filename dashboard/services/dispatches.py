"""Dispatch 派单: sending people to needs so that nobody is sent twice and no need is overfilled.

The pattern (docs/adr/0008-writes.md): lock the volunteers, then the needs, each in ascending order; check under the
locks with the same rules that rank; change states only from the state expected; the walls of the database stand behind.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from dashboard.core import deadlines, needs, spans
from dashboard.core.errors import Conflict, DashboardError, Forbidden, Invalid
from dashboard.core.masking import masked_name
from dashboard.core.permissions import Action, Actor
from dashboard.core.show_times import stamp
from dashboard.core.words import DispatchState, NeedState, Subject, Urgency
from dashboard.services import dispatch_checks as checks
from dashboard.services import need_life as life
from dashboard.services.claims import lock_teams
from dashboard.services.commands import Work, command, wall
from dashboard.services.holds import require_not_held, take_down
from dashboard.services.message_notes import note_offers
from dashboard.services.need_writing import require_reason
from dashboard.services.standby_notes import was_sent
from db.engine import lock_rows
from db.models import Account, Dispatch, Need, NeedEvent, NeedInterval

D = DispatchState
#: The kind under which volunteers are locked; everything that takes a volunteer's time locks it.
VOLUNTEER = "volunteer"


@command(Action.DISPATCH, Subject.NEEDS)
def dispatch(
    work: Work,
    *,
    need_id: int,
    volunteer_ids: Sequence[int],
    role_id: int | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    reason: str = "",
) -> dict[str, Any]:
    """Send one or several people to a need, all or none.

    Without `start` and `end` they get the earliest time at which all can come. A `reason` lets a coordinator override
    the rules in `checks.OVERRIDABLE`. Raises Conflict naming who was faster, Invalid naming the rule and the person.
    """
    people = sorted(set(volunteer_ids))
    if not people:
        raise Invalid("dispatches.nobody_chosen")
    lock_rows(work.session, VOLUNTEER, people)
    lock_teams(work, people)
    need = open_need(work, need_id)
    bench = checks.bench_of(work, [need.id], people)
    role = role_id if role_id is not None else _first_open_role(work, need)
    span = None if start is None or end is None else (start, end)
    made = send(work, need, role, people, span, bench, reason)
    take_down(work, need)
    names = [checks.name_of(work.session, volunteer_id) for volunteer_id in people]
    work.audit("need", need.id, after={"dispatched": made, "volunteers": people, "role": role}, reason=reason)
    return {"need_id": need.id, "code": need.code, "dispatch_ids": made, "volunteer": "、".join(names)}


@command(Action.DISPATCH, Subject.NEEDS)
def dispatch_rows(work: Work, *, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Part of a plan: every row on its own, what is refused is named and the rest goes through.

    A row is {"need_id", "role_id", "volunteer_id", "start", "end"} with times in ISO form. Returns {"done": [...],
    "refused": [row | {"key", "values"}]}; keep a part small (100 rows), it is one transaction.
    """
    people = sorted({int(row["volunteer_id"]) for row in rows})
    needs_ids = sorted({int(row["need_id"]) for row in rows})
    lock_rows(work.session, VOLUNTEER, people)
    lock_teams(work, people)
    # Needs are locked in ascending order before the first is changed.
    work.session.execute(select(Need.id).where(Need.id.in_(needs_ids)).order_by(Need.id).with_for_update()).all()
    bench = checks.bench_of(work, needs_ids, people)
    done: list[int] = []
    refused: list[dict[str, Any]] = []
    sent: set[int] = set()
    for row in rows:
        volunteer_id = int(row["volunteer_id"])
        if volunteer_id in sent:
            bench = checks.bench_of(work, needs_ids, people)
            sent.clear()
        try:
            with work.session.begin_nested():
                done += _send_row(work, row, bench)
            sent.add(volunteer_id)
        except DashboardError as error:
            refused.append(dict(row) | {"key": error.key, "values": dict(error.values)})
        except DBAPIError as error:
            broken = wall(error)
            if not isinstance(broken, DashboardError):
                raise
            refused.append(dict(row) | {"key": broken.key, "values": dict(broken.values)})
    work.audit("plan", None, after={"dispatched": done, "refused": [_plain(row) for row in refused]})
    return {"done": done, "refused": refused}


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("need_id", "role_id", "volunteer_id", "key")}


def _send_row(work: Work, row: Mapping[str, Any], bench: checks.Bench) -> list[int]:
    need = open_need(work, int(row["need_id"]))
    span = (datetime.fromisoformat(row["start"]), datetime.fromisoformat(row["end"]))
    return send(work, need, int(row["role_id"]), [int(row["volunteer_id"])], span, bench, "")


def open_need(work: Work, need_id: int) -> Need:
    """The need, locked, in a state that takes people, not held by somebody else."""
    need = life.need_for(work, need_id)
    if NeedState(need.state) not in needs.TAKES_PEOPLE:
        raise Conflict(f"dispatches.need_{need.state}", code=need.code)
    require_not_held(work, need)
    return need


def _first_open_role(work: Work, need: Need) -> int:
    free = [role_id for role_id, seats in life.seats_by_role(work, need.id).items() if seats]
    if not free:
        raise checks.full_of(work, need)
    return free[0]


def send(
    work: Work,
    need: Need,
    role_id: int,
    people: Sequence[int],
    span: tuple[datetime, datetime] | None,
    bench: checks.Bench,
    reason: str,
    in_place_of: int | None = None,
) -> list[int]:
    """Check and store the dispatches of some people to one role; returns their ids. Take the locks first.

    `in_place_of`: the volunteer whose seat the one person would take over; no other seat is needed then.
    """
    seats = life.seats_by_role(work, need.id)
    if role_id not in seats:
        raise Invalid("dispatches.no_such_role")
    if in_place_of is None and seats[role_id] < len(people):
        raise (
            checks.full_of(work, need) if seats[role_id] == 0 else Conflict("dispatches.too_many", seats=seats[role_id])
        )
    if span is not None:
        bench = _at(work, need, role_id, bench, span)
    slots = checks.common_slots(bench, role_id, people)
    times = [(spans.moment_of(slot.start), spans.moment_of(slot.end)) for slot in bench.lines.slots[slice(*slots)]]
    made: list[int] = []
    for volunteer_id in people:
        broken = checks.broken_rules(bench, role_id, volunteer_id, slots)
        checks.require_allowed(work, broken, volunteer_id, reason, (times[0][0], times[-1][1]))
        checks.require_room(work, bench, volunteer_id)
        terms = checks.terms_of(bench, role_id, volunteer_id, slots[0])
        metres = checks.metres_of(bench, role_id, volunteer_id)
        for time in times:
            made.append(_store(work, need, role_id, volunteer_id, time, metres, terms, bench, reason, in_place_of))
    was_sent(work, need, people)
    # An offer moves no need: nobody has begun.
    return made


def _at(work: Work, need: Need, role_id: int, bench: checks.Bench, span: tuple[datetime, datetime]) -> checks.Bench:
    """The bench with this one time, which must lie inside a wanted span and ahead.

    Where every span must be served it is the time from the first to the last of them, and the bench stays as it is.
    """
    start, end = span
    line = bench.line(role_id)
    every = bench.lines.slots[int(line.slot_from) : int(line.slot_to)]
    if line.all_slots and len(every) > 1:
        if (spans.minute_of(start), spans.end_minute_of(end)) != (int(every[0].start), int(every[-1].end)):
            raise Conflict("dispatches.outside_wanted", code=need.code)
        return bench
    wanted = work.session.execute(
        select(NeedInterval.start, NeedInterval.end).where(
            NeedInterval.county == need.county, NeedInterval.need_id == need.id
        )
    ).all()
    if start >= end or not any(one.start <= start and end <= one.end for one in wanted):
        raise Conflict("dispatches.outside_wanted", code=need.code)
    if end <= work.now:
        raise Invalid("dispatches.time_past")
    lines = checks.at_span(bench.lines, spans.minute_of(start), spans.end_minute_of(end))
    return replace(bench, lines=lines)


def _store(
    work: Work,
    need: Need,
    role_id: int,
    volunteer_id: int,
    time: tuple[datetime, datetime],
    metres: int | None,
    terms: dict[str, int],
    bench: checks.Bench,
    reason: str,
    in_place_of: int | None,
) -> int:
    row = Dispatch(
        county=need.county,
        need_id=need.id,
        role_id=role_id,
        volunteer_id=volunteer_id,
        state=D.OFFERED,
        start=time[0],
        end=time[1],
        distance_m=metres,
        terms=terms,
        rule_version=bench.policy.version,
        dispatched_by=work.actor.account_id,
        offered_at=work.now,
        expires_at=answer_by(work, need, time[0], bench.deadlines),
        reason=reason,
        in_place_of=in_place_of,
    )
    work.session.add(row)
    work.session.flush()
    life.record(work, need, None, D.OFFERED, reason=reason, dispatch_id=row.id)
    note_offers(work, [(row.id, {"need_id": need.id, "version": row.version})])
    return row.id


def answer_by(work: Work, need: Need, start: datetime, rules: deadlines.DeadlineRules) -> datetime:
    """An offer waits as long as a need of its urgency may wait to be taken up, and not beyond the service itself."""
    hours = rules.limits(Urgency(need.urgency))[0]
    clock = deadlines.clock_for(rules.spans, work.now, work.now + timedelta(days=60))
    return max(min(clock.after(work.now, hours * 60), start), work.now)


@command(Action.RECORD_SERVICE, Subject.NEEDS)
def accept(work: Work, *, dispatch_id: int, happened_at: datetime | None = None) -> dict[str, Any]:
    """She said yes on the phone."""
    return _answer(work, dispatch_id, D.ACCEPTED, "", happened_at)


@command(Action.RECORD_SERVICE, Subject.NEEDS)
def decline(work: Work, *, dispatch_id: int, reason: str, happened_at: datetime | None = None) -> dict[str, Any]:
    """She said no; the reason helps the next match."""
    require_reason(reason)
    return _answer(work, dispatch_id, D.DECLINED, reason, happened_at)


@command(Action.RECORD_SERVICE, Subject.NEEDS)
def expire(work: Work, *, dispatch_id: int) -> dict[str, Any]:
    """She did not answer in time. Refused before the offer's time is over."""
    row, need = life.dispatch_for(work, dispatch_id)
    if row.state == D.OFFERED and row.expires_at is not None and row.expires_at > work.now:
        raise Invalid("dispatches.still_waiting", until=stamp(row.expires_at))
    return _moved(work, row, need, D.EXPIRED, "", None)


@command(Action.RECORD_SERVICE, Subject.NEEDS)
def start(work: Work, *, dispatch_id: int, happened_at: datetime | None = None) -> dict[str, Any]:
    """She began to serve."""
    row, need = life.dispatch_for(work, dispatch_id)
    return _moved(work, row, need, D.IN_SERVICE, "", happened_at)


@command(Action.DISPATCH, Subject.NEEDS)
def cancel(work: Work, *, dispatch_id: int, reason: str) -> dict[str, Any]:
    """Withdraw a dispatch: a compensating event, nothing is deleted. Her seat and time are free again."""
    require_reason(reason)
    # Volunteers before needs, as everywhere: two deeds that lock in different orders wait for each other.
    volunteer_id = work.session.scalar(select(Dispatch.volunteer_id).where(Dispatch.id == dispatch_id))
    lock_rows(work.session, VOLUNTEER, [] if volunteer_id is None else [volunteer_id])
    row, need = life.dispatch_for(work, dispatch_id)
    return _moved(work, row, need, D.CANCELLED, reason, None)


@command(Action.UNDO, Subject.NEEDS)
def undo(work: Work, *, dispatch_id: int) -> dict[str, Any]:
    """Take back one's own last step while that is still legal: a compensating event, nothing is deleted. With
    `UNDO_ANY` (leader, admin) anybody's. Whoever may not send anybody takes back no offer either."""
    row, need = life.dispatch_for(work, dispatch_id)
    last = work.session.execute(
        select(NeedEvent.actor_id, NeedEvent.recorded_at)
        .where(NeedEvent.county == need.county, NeedEvent.need_id == need.id, NeedEvent.dispatch_id == row.id)
        .order_by(NeedEvent.id.desc())
        .limit(1)
    ).one()
    if last.actor_id != work.actor.account_id and not work.actor.may(Action.UNDO_ANY):
        who = work.session.scalar(select(Account.display_name).where(Account.id == last.actor_id)) or "system"
        raise Forbidden("dispatches.not_yours", who=who, at=stamp(last.recorded_at))
    state = D(row.state)
    if state not in needs.UNDO:
        raise Invalid("dispatches.served" if state in (D.DONE, D.CONFIRMED) else "dispatches.ended")
    if needs.UNDO[state] is D.CANCELLED and not may_take_offers_back(work.actor):
        raise Forbidden("dispatches.offer_not_yours")
    if state is D.ACCEPTED:
        row.responded_at = None
        need.taken_up_at = _first_yes(work, need, row)
    done = _moved(work, row, need, needs.UNDO[state], "undo", None)
    if not work.actor.may(Action.SEE_VOLUNTEERS):
        done["volunteer"] = masked_name(done["volunteer"])
    return done


def may_take_offers_back(actor: Actor) -> bool:
    """Undoing an offer withdraws it."""
    return actor.may(Action.DISPATCH) or actor.may(Action.UNDO_ANY)


def _first_yes(work: Work, need: Need, but: Dispatch) -> datetime | None:
    """When the first other volunteer who is on it said yes, since the need was opened."""
    return work.session.scalar(
        select(func.min(Dispatch.responded_at)).where(
            Dispatch.county == need.county,
            Dispatch.need_id == need.id,
            Dispatch.id != but.id,
            Dispatch.state.in_((D.ACCEPTED, D.IN_SERVICE, D.DONE, D.CONFIRMED)),
            Dispatch.offered_at >= need.opened_at,
        )
    )


def _answer(
    work: Work, dispatch_id: int, wanted: DispatchState, reason: str, happened_at: datetime | None
) -> dict[str, Any]:
    row, need = life.dispatch_for(work, dispatch_id)
    result = _moved(work, row, need, wanted, reason, happened_at)
    row.responded_at = happened_at or work.now
    return result


def _moved(
    work: Work, row: Dispatch, need: Need, wanted: DispatchState, reason: str, happened_at: datetime | None
) -> dict[str, Any]:
    """One step of a dispatch, and of those that stand and fall with it; then the need follows."""
    before = D(row.state)
    _require_past(work, happened_at)
    for one in _bundle(work, row, before, wanted):
        life.move_dispatch(work, one, need, wanted, reason=reason, happened_at=happened_at)
    life.settle(work, need, happened_at=happened_at)
    who = checks.name_of(work.session, row.volunteer_id)
    after = {"state": wanted, "need": need.state}
    work.audit("dispatch", row.id, before={"state": before}, after=after, reason=reason)
    return {"dispatch_id": row.id, "need_id": need.id, "code": need.code, "volunteer": who}


def _bundle(work: Work, row: Dispatch, before: DispatchState, wanted: DispatchState) -> list[Dispatch]:
    """Where one person serves every wanted span of a need, she answers for all of them at once."""
    if wanted in (D.IN_SERVICE, D.DONE, D.CONFIRMED) or before is D.IN_SERVICE:
        return [row]
    others = work.session.scalars(
        select(Dispatch)
        .where(
            Dispatch.county == row.county,
            Dispatch.need_id == row.need_id,
            Dispatch.role_id == row.role_id,
            Dispatch.volunteer_id == row.volunteer_id,
            Dispatch.state == before,
            Dispatch.offered_at == row.offered_at,
            Dispatch.id != row.id,
        )
        .order_by(Dispatch.id)
        .with_for_update()
    )
    return [row, *others]


def _require_past(work: Work, happened_at: datetime | None) -> None:
    if happened_at is not None and happened_at > work.now:
        raise Invalid("dispatches.in_future")
