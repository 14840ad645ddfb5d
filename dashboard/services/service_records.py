"""What happened on the spot, told by phone: the service and its hours, the confirmation, the rating."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, update

from dashboard.core.errors import Invalid
from dashboard.core.permissions import Action
from dashboard.core.spans import date_of, day_of, minute_of
from dashboard.core.words import Consent, DispatchState, Grade, NeedState, Outcome, Subject
from dashboard.services import follow_ups, held_hours
from dashboard.services import need_life as life
from dashboard.services.commands import Work, command
from dashboard.services.dispatch_checks import name_of
from dashboard.services.dispatches import VOLUNTEER
from dashboard.services.service_times import minutes_served, require_own_time
from db.engine import lock_rows
from db.models import Attendance, Dispatch, Membership, Need, Rating, Service, Team, Volunteer

D = DispatchState
#: What asking anew writes over.
ASKED = ("need_id", "team_id", "asked_at", "answered_at", "score", "outcome", "recorded_by")


@command(Action.RECORD_SERVICE, Subject.NEEDS, Subject.SERVICES)
def record_service(
    work: Work,
    *,
    dispatch_id: int,
    start: datetime,
    end: datetime,
    break_minutes: int = 0,
    grade: Grade = Grade.C,
    team_id: int | None = None,
) -> dict[str, Any]:
    """She served from `start` to `end` less the break. Told after the fact, an accepted dispatch passes through "in
    service" at `start`. Without her consent the service counts and no hours are written.

    The hours belong to `team_id`, a team she is in that day, else to the one she has been in longest. Raises Conflict
    where other hours of hers are on record at that time. Where she signed in or out herself at clearly other times, the
    hours are held until somebody decides ("held" in the result).
    """
    _lock_volunteer(work, dispatch_id)
    row, need = life.dispatch_for(work, dispatch_id)
    before = D(row.state)
    minutes = minutes_served(work, start, end, break_minutes)
    if before is D.ACCEPTED:
        life.move_dispatch(work, row, need, D.IN_SERVICE, happened_at=start)
        life.settle(work, need, happened_at=start)
    life.move_dispatch(work, row, need, D.DONE, happened_at=end)
    life.settle(work, need, happened_at=end)
    volunteer = work.session.get_one(Volunteer, row.volunteer_id)
    consented, held = volunteer.consent == Consent.GIVEN, False
    if consented:
        require_own_time(work, volunteer.id, start, end)
        served = Service(
            county=need.county,
            volunteer_id=volunteer.id,
            need_id=need.id,
            dispatch_id=row.id,
            team_id=_team_of(work, volunteer.id, start, team_id),
            site_id=need.site_id,
            grid_id=need.grid_id,
            start=start,
            end=end,
            break_minutes=break_minutes,
            minutes=minutes,
            grade=grade,
            recorded_at=work.now,
            recorded_by=work.actor.account_id,
        )
        work.session.add(served)
        work.session.flush()
        own = work.session.scalar(select(Attendance).where(Attendance.dispatch_id == row.id))
        held = own is not None and held_hours.hold_if_times_differ(work, served, own.arrived_at, own.left_at)
    after = {"state": D.DONE, "minutes": minutes if consented else None, "grade": grade, "need": need.state}
    work.audit("dispatch", row.id, before={"state": before}, after=after)
    who = name_of(work.session, volunteer.id)
    told = {"dispatch_id": row.id, "code": need.code, "volunteer": who, "minutes": minutes}
    return told | {"hours_kept": consented, "held": held}


def _lock_volunteer(work: Work, dispatch_id: int) -> None:
    """Her hours at two needs may be told at once; volunteers are locked before needs, as everywhere."""
    mine = select(Dispatch.volunteer_id).where(Dispatch.id == dispatch_id, Dispatch.county == work.actor.county)
    lock_rows(work.session, VOLUNTEER, list(work.session.scalars(mine)))


def _team_of(work: Work, volunteer_id: int, moment: datetime, team_id: int | None) -> int | None:
    """The team the hours belong to. Raises Invalid for one she is not in that day."""
    if team_id is None:
        return team_on(work, volunteer_id, moment)
    if team_id not in work.session.scalars(_teams_on(work, volunteer_id, moment)).all():
        raise Invalid("dispatches.not_her_team", volunteer=name_of(work.session, volunteer_id))
    return team_id


def team_on(work: Work, volunteer_id: int, moment: datetime) -> int | None:
    """The team she has been in longest on that county day, None when in none."""
    return work.session.scalar(_teams_on(work, volunteer_id, moment).limit(1))


def _teams_on(work: Work, volunteer_id: int, moment: datetime) -> Select[int]:
    """Her teams on that county day, the one she has been in longest first."""
    day = date_of(day_of(minute_of(moment)))
    return (
        select(Membership.team_id)
        .join(Team, Team.id == Membership.team_id)
        .where(
            Membership.county == work.actor.county,
            Membership.volunteer_id == volunteer_id,
            Membership.valid_from <= day,
            (Membership.valid_to.is_(None)) | (Membership.valid_to > day),
        )
        .order_by(Membership.valid_from, Membership.id)
    )


@command(Action.RECORD_SERVICE, Subject.NEEDS, Subject.SERVICES)
def confirm(
    work: Work, *, need_id: int, happened_at: datetime | None = None, seen: int | None = None
) -> dict[str, Any]:
    """The resident says it was done: hours both sides tell the same rise from grade C to B, and she is asked to rate.

    Only once everybody's service is on record. `seen`: the need's version it was decided on.
    """
    need = life.need_for(work, need_id, seen)
    if NeedState(need.state) is not NeedState.DONE:
        raise Invalid("needs.not_done" if need.state in (NeedState.OPEN, NeedState.IN_SERVICE) else "needs.already_so")
    served = work.session.scalars(
        select(Dispatch)
        .where(Dispatch.county == need.county, Dispatch.need_id == need.id, Dispatch.state == D.DONE)
        .order_by(Dispatch.id)
        .with_for_update()
    ).all()
    for row in served:
        life.move_dispatch(work, row, need, D.CONFIRMED, happened_at=happened_at)
    work.session.execute(
        update(Service)
        .where(
            Service.county == need.county,
            Service.dispatch_id.in_([row.id for row in served]),
            Service.grade == Grade.C,
        )
        .values(grade=Grade.B)
        .execution_options(synchronize_session=False)
    )
    life.settle(work, need, happened_at=happened_at)
    _ask(work, need, happened_at or work.now)
    work.audit("need", need.id, before={"state": NeedState.DONE}, after={"state": need.state, "people": len(served)})
    return {"need_id": need.id, "code": need.code, "people": len(served)}


def _ask(work: Work, need: Need, asked_at: datetime) -> Rating:
    """The row of asking; it stays silent until an answer comes. One a need: after a reopening she is asked anew."""
    row = work.session.scalar(select(Rating).where(Rating.county == need.county, Rating.need_id == need.id))
    if row is None:
        row = Rating(
            county=need.county, need_id=need.id, recorded_by=work.actor.account_id, asked_at=asked_at, words=""
        )
        work.session.add(row)
    before = {name: getattr(row, name) for name in ASKED}
    row.team_id = work.session.scalar(
        select(Service.team_id)
        .where(Service.county == need.county, Service.need_id == need.id, Service.team_id.is_not(None))
        .group_by(Service.team_id)
        .order_by(func.sum(Service.minutes).desc(), Service.team_id)
        .limit(1)
    )
    row.asked_at, row.answered_at, row.score, row.outcome = asked_at, None, None, None
    if before["asked_at"] != asked_at:
        # A figure of a day gone by counts what stood here then (`past_tables`).
        work.audit("rating", row.id, before=before, after={name: getattr(row, name) for name in ASKED})
    return row


@command(Action.RECORD_SERVICE, Subject.NEEDS, Subject.SERVICES)
def rate(
    work: Work,
    *,
    need_id: int,
    score: int | None,
    outcome: Outcome,
    words: str = "",
    channel: str = "phone",
    close: bool = True,
    happened_at: datetime | None = None,
) -> dict[str, Any]:
    """The resident's answer: done, partly or not, 1 to 5 or no score, and her words. Then, unless told otherwise, the
    need is closed. An answer that comes after the closing is kept and changes no state."""
    need = life.need_for(work, need_id)
    if score is not None and not 1 <= score <= 5:
        raise Invalid("dispatches.bad_score")
    if happened_at is not None and happened_at > work.now:
        raise Invalid("dispatches.in_future")
    before = NeedState(need.state)
    if before not in (NeedState.CONFIRMED, NeedState.CLOSED):
        raise Invalid("needs.already_so" if before is NeedState.RATED else "needs.not_confirmed")
    row = work.session.scalar(select(Rating).where(Rating.county == need.county, Rating.need_id == need.id))
    if row is None:
        row = _ask(work, need, happened_at or work.now)
    if row.answered_at is not None:
        raise Invalid("dispatches.rated_already")
    row.score, row.outcome, row.words = score, outcome, words.replace("\x00", "").strip()
    row.channel, row.answered_at, row.recorded_by = channel, happened_at or work.now, work.actor.account_id
    if before is NeedState.CONFIRMED:
        life.move(work, need, NeedState.RATED, happened_at=happened_at)
        if close and outcome is Outcome.DONE:
            life.move(work, need, NeedState.CLOSED, happened_at=happened_at)
        work.at_version(need, None)
    follow_ups.open_for_rating(work, need, score, outcome)
    if outcome is Outcome.NOT:
        held_hours.hold_need(work, need)
    after = {"state": need.state, "score": score, "outcome": outcome}
    work.audit("need", need.id, before={"state": before}, after=after)
    return {"need_id": need.id, "code": need.code}


@command(Action.RECORD_SERVICE, Subject.NEEDS, Subject.SERVICES)
def dispute(work: Work, *, need_id: int, score: int | None, words: str = "", channel: str = "phone") -> dict[str, Any]:
    """The resident says that what the volunteers call done is not: her answer is kept, and their hours are held until
    somebody independent decides. Whoever records it opens the need again (`needs.reopen`)."""
    need = life.need_for(work, need_id)
    if NeedState(need.state) is not NeedState.DONE:
        raise Invalid("needs.not_done")
    if score is not None and not 1 <= score <= 5:
        raise Invalid("dispatches.bad_score")
    row = _ask(work, need, work.now)
    row.score, row.outcome, row.words = score, Outcome.NOT, words.replace("\x00", "").strip()
    row.channel, row.answered_at, row.recorded_by = channel, work.now, work.actor.account_id
    follow_ups.open_for_rating(work, need, score, Outcome.NOT)
    held_hours.hold_need(work, need)
    work.audit("need", need.id, after={"outcome": Outcome.NOT, "score": score})
    return {"need_id": need.id, "code": need.code}


def add_words(work: Work, need: Need, words: str) -> None:
    """What the resident says after her rating is kept with it, below what she said then."""
    row = work.session.scalar(select(Rating).where(Rating.county == need.county, Rating.need_id == need.id))
    if row is None:
        row = _ask(work, need, work.now)
    row.words = "\n".join(part for part in (row.words, words.replace("\x00", "").strip()) if part)
