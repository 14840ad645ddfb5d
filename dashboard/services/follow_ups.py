"""Asking again: an answer of few stars (core/edges.py) or "not done" is followed up; a share of what closed is checked.

A follow-up belongs to an account that neither recorded nor gave the service: nobody marks her own work. Whoever closes
it says what came of it; "still not settled" opens the need again.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from dashboard.core.edges import USUAL
from dashboard.core.errors import Conflict, Forbidden, Invalid, NotFound
from dashboard.core.needs import REOPENABLE
from dashboard.core.permissions import WHOLE_COUNTY, Action, Actor, require
from dashboard.core.words import DispatchState, NeedState, Outcome, Role, Subject
from dashboard.services import need_life as life
from dashboard.services import needs
from dashboard.services.commands import Work, command
from dashboard.services.holding_edges import edges_at
from dashboard.services.questions import question
from dashboard.services.reach import at_reached_site
from db.models import Account, Dispatch, FollowUp, HeldService, Need, NeedEvent, Rating, Service, Site, Volunteer

D = DispatchState
DUE = timedelta(days=3)
#: Closed needs are asked about again after so long; those missed meanwhile for two weeks more.
CHECK_BACK_AFTER = timedelta(days=28)
CHECK_BACK_WINDOW = timedelta(days=14)
CHECK_BACK_DUE = timedelta(days=7)
#: So many of a hundred closed needs, always the same ones.
CHECK_BACK_PERCENT = 10
#: Longer notes are cut.
LONGEST_NOTE = 500
#: Who is asked first to own a follow-up.
_OWNERS = (Role.COORDINATOR, Role.STATION_WORKER, Role.ADMIN)
#: Why a need is open again: stands in its history.
STILL_NOT_DONE = "hours.still_not_done"


class Reason(StrEnum):
    """Why somebody is asked again. The words are `hours.follow_up.<reason>`."""

    LOW_SCORE = "low_score"
    NOT_DONE = "not_done"
    CHECK_BACK = "check_back"


class Result(StrEnum):
    """What came of it. The words are `hours.result.<result>`."""

    SETTLED = "settled"
    NOT_SETTLED = "not_settled"
    UNREACHED = "unreached"


@dataclass(frozen=True)
class OpenFollowUp:
    """A follow-up that waits. `owner` is empty where no independent account exists; `mine`: the reader owns it."""

    id: int
    need_id: int
    code: str
    title: str
    reason: Reason
    score: int | None
    outcome: Outcome | None
    opened_at: datetime
    due_at: datetime
    owner: str
    mine: bool


def reason_for(score: int | None, outcome: Outcome | None, low_score: int = USUAL.low_score) -> Reason | None:
    """Why an answer is followed up, None for one that is not. "Not done" weighs more than the stars; `low_score`: so
    many stars or fewer are few."""
    if outcome == Outcome.NOT:
        return Reason.NOT_DONE
    return Reason.LOW_SCORE if score is not None and score <= low_score else None


def sampled(county: str, need_id: int) -> bool:
    """Is this need one of the `CHECK_BACK_PERCENT`? Decided by a digest: nobody picks, and asking twice changes
    nothing."""
    number = int.from_bytes(hashlib.sha256(f"check-back:{county}:{need_id}".encode()).digest()[:8])
    return number % 100 < CHECK_BACK_PERCENT


# -- opening


def open_for_rating(work: Work, need: Need, score: int | None, outcome: Outcome | None) -> int | None:
    """The follow-up of an answer just recorded, within its transaction; None where none is called for."""
    reason = reason_for(score, outcome, edges_at(work.session, need.county, work.now).edges.low_score)
    if reason is None:
        return None
    turn = work.session.scalar(
        select(func.count()).where(
            FollowUp.county == need.county, FollowUp.need_id == need.id, FollowUp.reason == reason
        )
    )
    row = _open(work, need, reason, work.now + DUE, turn or 0)
    after = {"need_id": need.id, "reason": reason, "owner": row.owner_account_id}
    work.audit("follow_up", row.id, after=after)
    return row.id


@command(Action.RECORD_SERVICE, Subject.NEEDS)
def open_check_backs(work: Work) -> dict[str, int]:
    """Open a check-back for each sampled need of the actor's reach that was closed 28 days ago, once for each.

    May run as often as one likes: a need checked back already is left alone. {"opened", "closed": how many were looked
    at}.
    """
    closed = _closed_lately(work.session, work.actor, work.now)
    chosen = [id for id in closed if sampled(work.actor.county, id)]
    # Locked before looking what is there already: a twin waits here and then finds the first one's rows.
    rows = work.session.scalars(
        select(Need).where(Need.id.in_(chosen), Need.state == NeedState.CLOSED).order_by(Need.id).with_for_update()
    ).all()
    there = _checked_back(work.session, work.actor.county, chosen)
    fresh = [row for row in rows if row.id not in there]
    for row in fresh:
        _open(work, row, Reason.CHECK_BACK, work.now + CHECK_BACK_DUE, 0)
    work.audit("follow_up", None, after={"opened": len(fresh), "closed": len(closed)})
    return {"opened": len(fresh), "closed": len(closed)}


def check_backs_due(session: Session, actor: Actor, now: datetime) -> list[int]:
    """The needs for which `open_check_backs` would open one now."""
    chosen = [id for id in _closed_lately(session, actor, now) if sampled(actor.county, id)]
    there = _checked_back(session, actor.county, chosen)
    return [id for id in chosen if id not in there]


def _closed_lately(session: Session, actor: Actor, now: datetime) -> Sequence[int]:
    """Needs within reach that were closed so long ago that they are asked about now."""
    due = now - CHECK_BACK_AFTER
    return session.scalars(
        select(Need.id)
        .where(
            Need.county == actor.county,
            Need.state == NeedState.CLOSED,
            Need.closed_at <= due,
            Need.closed_at > due - CHECK_BACK_WINDOW,
            at_reached_site(actor, Need.site_id),
        )
        .order_by(Need.id)
    ).all()


def _checked_back(session: Session, county: str, need_ids: Sequence[int]) -> set[int]:
    """Those of the needs that were asked about already."""
    asked = (FollowUp.county == county, FollowUp.reason == Reason.CHECK_BACK, FollowUp.need_id.in_(need_ids))
    return set(session.scalars(select(FollowUp.need_id).where(*asked)))


def _open(work: Work, need: Need, reason: Reason, due_at: datetime, turn: int) -> FollowUp:
    row = FollowUp(
        county=need.county,
        need_id=need.id,
        reason=reason,
        turn=turn,
        opened_at=work.now,
        owner_account_id=_owner(work, need),
        due_at=due_at,
    )
    work.session.add(row)
    work.session.flush()
    return row


def _owner(work: Work, need: Need) -> int | None:
    """An independent account that reaches the need: coordinators first, then whoever has the fewest open follow-ups,
    then the one nearest to the place."""
    path = work.session.scalar(select(Site.path).where(Site.id == need.site_id)) or WHOLE_COUNTY
    waiting = (
        select(FollowUp.owner_account_id, func.count().label("open"))
        .where(FollowUp.county == need.county, FollowUp.closed_at.is_(None))
        .group_by(FollowUp.owner_account_id)
        .subquery()
    )
    accounts = work.session.execute(
        select(Account.id, Account.role, Site.path, func.coalesce(waiting.c.open, 0).label("open"))
        .outerjoin(Site, Site.id == Account.site_id)
        .outerjoin(waiting, waiting.c.owner_account_id == Account.id)
        .where(Account.county == need.county, Account.active, Account.role.in_(_OWNERS))
    )
    partial = involved(work.session, need)
    free = [row for row in accounts if row.id not in partial and path.startswith(row.path or WHOLE_COUNTY)]
    order = {role: n for n, role in enumerate(_OWNERS)}
    best = min(
        free, key=lambda row: (order[Role(row.role)], row.open, -len(row.path or WHOLE_COUNTY), row.id), default=None
    )
    return None if best is None else best.id


def involved(session: Session, need: Need) -> set[int]:
    """Accounts that recorded the service, its confirmation or its rating, and those of the people who served."""
    mine = (NeedEvent.county == need.county, NeedEvent.need_id == need.id)
    told = (D.IN_SERVICE, D.DONE, D.CONFIRMED)
    statements = (
        select(NeedEvent.actor_id).where(*mine, NeedEvent.to_state.in_((*told, NeedState.RATED))),
        select(Service.recorded_by).where(Service.county == need.county, Service.need_id == need.id),
        select(HeldService.recorded_by).where(HeldService.county == need.county, HeldService.need_id == need.id),
        select(Rating.recorded_by).where(Rating.county == need.county, Rating.need_id == need.id),
        select(Account.id)
        .join(Volunteer, and_(Volunteer.county == Account.county, Volunteer.person_id == Account.person_id))
        .join(Dispatch, Dispatch.volunteer_id == Volunteer.id)
        .where(Dispatch.county == need.county, Dispatch.need_id == need.id, Dispatch.state.in_(told)),
    )
    found = {id for statement in statements for id in session.scalars(statement)}
    return {id for id in found if id > 0}


# -- closing


@command(Action.RECORD_SERVICE, Subject.NEEDS)
def close_follow_up(work: Work, *, follow_up_id: int, result: Result, note: str = "") -> dict[str, Any]:
    """Say what came of it. "Still not settled" opens the need again, unless it is open already.

    Raises Forbidden for an account that recorded or gave the service, Conflict for one that is closed already.
    """
    said = Result(result)
    need_id = work.session.scalar(
        select(FollowUp.need_id).where(FollowUp.id == follow_up_id, FollowUp.county == work.actor.county)
    )
    if need_id is None:
        raise NotFound("hours.follow_up_no_such")
    need = life.need_for(work, need_id)
    row = work.session.scalars(
        select(FollowUp).where(FollowUp.id == follow_up_id).with_for_update().execution_options(populate_existing=True)
    ).one()
    if row.closed_at is not None:
        raise Conflict("hours.follow_up_closed_already")
    if work.actor.account_id in involved(work.session, need):
        raise Forbidden("hours.follow_up_not_independent")
    words = note.replace("\x00", "").strip()[:LONGEST_NOTE]
    if said is not Result.SETTLED and not words:
        raise Invalid("hours.follow_up_note_missing")
    row.closed_at, row.closed_by, row.result, row.note = work.now, work.actor.account_id, said, words
    work.session.flush()
    reopened = said is Result.NOT_SETTLED and NeedState(need.state) in REOPENABLE
    if reopened:
        work.require(Action.EDIT_NEED)
        needs.reopen(work, need_id=need.id, reason=STILL_NOT_DONE)
    work.audit("follow_up", row.id, after={"need_id": need.id, "result": said, "reopened": reopened})
    return {"need_id": need.id, "code": need.code, "reopened": reopened}


# -- reading


@question(Subject.NEEDS, Subject.SERVICES, Subject.ACCOUNTS, Subject.PLACES)
def open_follow_ups(session: Session, actor: Actor) -> tuple[OpenFollowUp, ...]:
    """What waits within reach, the first due first."""
    require(actor, Action.RECORD_SERVICE)
    rows: Sequence[Any] = session.execute(
        select(FollowUp, Need.code, Need.title, Rating.score, Rating.outcome, Account.display_name)
        .join(Need, Need.id == FollowUp.need_id)
        .outerjoin(Rating, and_(Rating.county == FollowUp.county, Rating.need_id == FollowUp.need_id))
        .outerjoin(Account, Account.id == FollowUp.owner_account_id)
        .where(
            FollowUp.county == actor.county,
            FollowUp.closed_at.is_(None),
            at_reached_site(actor, Need.site_id),
        )
        .order_by(FollowUp.due_at, FollowUp.id)
    ).all()
    return tuple(
        OpenFollowUp(
            id=row.FollowUp.id,
            need_id=row.FollowUp.need_id,
            code=row.code,
            title=row.title,
            reason=Reason(row.FollowUp.reason),
            score=row.score,
            outcome=Outcome(row.outcome) if row.outcome else None,
            opened_at=row.FollowUp.opened_at,
            due_at=row.FollowUp.due_at,
            owner=row.display_name or "",
            mine=row.FollowUp.owner_account_id == actor.account_id,
        )
        for row in rows
    )
