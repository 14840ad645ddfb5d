"""Hours of which the two sides tell differently: held, counted nowhere, until somebody independent decides.

A held service is moved out of `services`, so that no total can count it by mistake; deciding moves it back, as told or
corrected, or strikes it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import case, delete, func, select, true
from sqlalchemy.orm import Session

from dashboard.core.errors import Conflict, Forbidden, Invalid, NotFound
from dashboard.core.masking import masked_name
from dashboard.core.notices import Kind
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.words import Consent, Grade, Subject
from dashboard.services import need_life as life
from dashboard.services.commands import Work, command
from dashboard.services.dispatches import VOLUNTEER
from dashboard.services.follow_ups import involved
from dashboard.services.need_writing import require_reason
from dashboard.services.notice_notes import note
from dashboard.services.questions import question
from dashboard.services.reach import at_reached_site, volunteer_named
from dashboard.services.service_times import minutes_served, require_own_time
from db.engine import lock_rows
from db.models import Dispatch, EntryLook, HeldService, Need, Person, Service, Volunteer

#: Signing in and staff's entry may be so far apart before they differ.
TOLERANCE = timedelta(minutes=15)
#: Longer reasons are cut.
LONGEST = 500
#: A service's own columns.
OWN = (
    "county",
    "volunteer_id",
    "need_id",
    "dispatch_id",
    "team_id",
    "site_id",
    "grid_id",
    "start",
    "end",
    "break_minutes",
    "minutes",
    "grade",
    "recorded_at",
    "recorded_by",
)


class Why(StrEnum):
    """Why hours are held. The words are `held.why.<name>`."""

    #: She says it was done, the resident says it was not.
    RESIDENT = "resident"
    #: Staff entered other times than those she signed in and out at.
    TIMES = "times"
    #: She says that the record is wrong.
    ASKED = "asked"


class Result(StrEnum):
    """What was decided. The words are `held.result.<name>`."""

    KEPT = "kept"
    CORRECTED = "corrected"
    STRUCK = "struck"


@dataclass(frozen=True)
class Held:
    """Hours that wait for a decision."""

    id: int
    need_id: int
    code: str
    title: str
    volunteer_id: int
    volunteer: str
    start: datetime
    end: datetime
    break_minutes: int
    minutes: int
    grade: Grade
    why: Why
    said: str
    held_at: datetime


# -- holding, within the transaction that finds the reports differ


def hold_need(work: Work, need: Need) -> int:
    """Hold the hours of a need whose resident says that it was not done; how many.

    Those of an earlier round, before the need was opened again, are not in question; what was decided once stays.
    """
    decided = select(HeldService.dispatch_id).where(
        HeldService.county == need.county, HeldService.need_id == need.id, HeldService.dispatch_id.is_not(None)
    )
    rows = work.session.scalars(
        select(Service)
        .join(Dispatch, Dispatch.id == Service.dispatch_id)
        .where(
            Service.county == need.county,
            Service.need_id == need.id,
            Service.dispatch_id.not_in(decided),
            true() if need.opened_at is None else Dispatch.offered_at >= need.opened_at,
        )
    ).all()
    return _hold(work, rows, Why.RESIDENT)


def hold_if_times_differ(work: Work, row: Service, arrived: datetime | None, left: datetime | None) -> bool:
    """Hold hours that staff entered where her own signing in or out says something else."""
    apart = [abs(told - own) for told, own in ((row.start, arrived), (row.end, left)) if own is not None]
    if not apart or max(apart) <= TOLERANCE:
        return False
    return bool(_hold(work, [row], Why.TIMES))


def hold_asked(work: Work, row: Service, words: str) -> None:
    """Hold hours of which she says that they are wrong, in `words`; once a service.

    Raises Invalid without words and for the hours of an activity, Conflict where it was asked and answered before.
    """
    said = " ".join(words.replace("\x00", "").split())[:LONGEST]
    if not said:
        raise Invalid("held.words_wanted")
    if row.need_id is None:
        raise Invalid("held.of_activity")
    before = select(HeldService.id).where(
        HeldService.county == row.county,
        HeldService.volunteer_id == row.volunteer_id,
        HeldService.need_id == row.need_id,
        HeldService.why == Why.ASKED,
    )
    if work.session.scalar(before.limit(1)) is not None:
        raise Conflict("held.asked_before")
    _hold(work, [row], Why.ASKED, said)


@command(Action.RECORD_SERVICE, Subject.NEEDS, Subject.SERVICES)
def ask_correction(work: Work, *, service_id: int, words: str) -> dict[str, Any]:
    """Somebody writes down that a volunteer says her hours of an order are wrong: they are held until somebody
    independent has answered. Raises what `hold_asked` does, NotFound for hours that are not in the county."""
    row = work.session.scalar(select(Service).where(Service.county == work.actor.county, Service.id == service_id))
    if row is None:
        raise NotFound("held.no_such")
    lock_rows(work.session, VOLUNTEER, [row.volunteer_id])
    if row.need_id is not None:
        life.need_for(work, row.need_id)
    hold_asked(work, row, words)
    return {"volunteer_id": row.volunteer_id}


def _hold(work: Work, rows: Sequence[Service], why: Why, said: str = "") -> int:
    for row in rows:
        own = {name: getattr(row, name) for name in OWN}
        held = HeldService(**own, why=why, said=said, held_at=work.now, reason="")
        # Whoever looked at it as an odd entry looks again when it comes back; the audit keeps the look.
        work.session.execute(delete(EntryLook).where(EntryLook.county == row.county, EntryLook.service_id == row.id))
        work.session.add(held)
        work.session.delete(row)
        work.session.flush()
        note(work, Kind.HOURS_HELD, str(held.id), subject_id=held.id, site_id=held.site_id, need_id=held.need_id)
        work.audit("held_service", held.id, after={"need_id": held.need_id, "why": why, "minutes": held.minutes})
    return len(rows)


# -- deciding


@command(Action.RECORD_SERVICE, Subject.NEEDS, Subject.SERVICES)
def resolve(
    work: Work,
    *,
    held_id: int,
    result: Result,
    reason: str,
    start: datetime | None = None,
    end: datetime | None = None,
    break_minutes: int = 0,
) -> dict[str, Any]:
    """Decide: kept as told with its grade, corrected to other times (grade C: staff say so), or struck.

    Raises Forbidden for an account that recorded or gave the service, Conflict where it is decided already or other
    hours of hers stand at that time, Invalid without a reason, without her consent or with times that can't be.
    """
    said = Result(result)
    require_reason(reason)
    row = work.session.scalar(
        select(HeldService).where(HeldService.id == held_id, HeldService.county == work.actor.county)
    )
    if row is None:
        raise NotFound("held.no_such")
    lock_rows(work.session, VOLUNTEER, [row.volunteer_id])
    need = life.need_for(work, row.need_id)
    work.session.refresh(row, with_for_update=True)
    if row.resolved_at is not None:
        raise Conflict("held.decided_already")
    if work.actor.account_id in involved(work.session, need):
        raise Forbidden("held.not_independent")
    if said is Result.CORRECTED:
        if start is None or end is None:
            raise Invalid("held.times_missing")
        minutes = minutes_served(work, start, end, break_minutes)
        own = {"start": start, "end": end, "break_minutes": break_minutes, "minutes": minutes, "grade": Grade.C}
    else:
        own = {}
    if said is not Result.STRUCK:
        _require_consent(work, row, said)
    row.resolved_at, row.resolved_by = work.now, work.actor.account_id
    row.result, row.reason = said, reason.replace("\x00", "").strip()[:LONGEST]
    work.session.flush()
    if said is not Result.STRUCK:
        back = Service(**({name: getattr(row, name) for name in OWN} | own))
        require_own_time(work, back.volunteer_id, back.start, back.end)
        if own:
            back.recorded_at, back.recorded_by = work.now, work.actor.account_id
        work.session.add(back)
    work.session.flush()
    work.audit("held_service", row.id, after={"need_id": need.id, "result": said} | own)
    return {"need_id": need.id, "code": need.code, "result": said}


def _require_consent(work: Work, row: HeldService, said: Result) -> None:
    """No hours without consent. Withdrawn after they were recorded, they may come back as they were, but not anew."""
    her = work.session.get_one(Volunteer, row.volunteer_id)
    withdrawn_later = her.consent == Consent.REFUSED and her.consent_at is not None and her.consent_at > row.recorded_at
    if her.consent != Consent.GIVEN and not (said is Result.KEPT and withdrawn_later):
        raise Invalid("held.no_consent")


# -- reading


@question(Subject.SERVICES, Subject.NEEDS, Subject.PEOPLE, Subject.PLACES)
def held(session: Session, actor: Actor) -> tuple[Held, ...]:
    """What waits within reach, the longest waiting first."""
    require(actor, Action.RECORD_SERVICE)
    rows = session.execute(
        select(
            HeldService, Need.code, Need.title, Person.name, case((volunteer_named(actor), 1), else_=0).label("named")
        )
        .join(Need, Need.id == HeldService.need_id)
        .join(Volunteer, Volunteer.id == HeldService.volunteer_id)
        .join(Person, Person.id == Volunteer.person_id)
        .where(
            HeldService.county == actor.county,
            HeldService.resolved_at.is_(None),
            at_reached_site(actor, HeldService.site_id),
        )
        .order_by(HeldService.held_at, HeldService.id)
    ).all()
    return tuple(
        Held(
            id=row.HeldService.id,
            need_id=row.HeldService.need_id,
            code=row.code,
            title=row.title,
            volunteer_id=row.HeldService.volunteer_id,
            volunteer=row.name if row.named else masked_name(row.name),
            start=row.HeldService.start,
            end=row.HeldService.end,
            break_minutes=row.HeldService.break_minutes,
            minutes=row.HeldService.minutes,
            grade=Grade(row.HeldService.grade),
            why=Why(row.HeldService.why),
            said=row.HeldService.said,
            held_at=row.HeldService.held_at,
        )
        for row in rows
    )


@question(Subject.SERVICES, Subject.PLACES)
def waiting(session: Session, actor: Actor) -> tuple[int, int]:
    """(services, minutes) held within reach: told beside the totals, never in them."""
    require(actor, Action.SEE_TEAMS)
    row = session.execute(
        select(func.count(), func.coalesce(func.sum(HeldService.minutes), 0)).where(
            HeldService.county == actor.county,
            HeldService.resolved_at.is_(None),
            at_reached_site(actor, HeldService.site_id),
        )
    ).one()
    return int(row[0]), int(row[1])
