"""What a coordinator changes about a volunteer: free time, leave, caps, consent, status; always of the version seen."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from dashboard.core.availability import Weekly, check_caps, joined
from dashboard.core.errors import Invalid, NotFound
from dashboard.core.permissions import WHOLE_COUNTY, Action
from dashboard.core.words import HOLDS_SEAT, Channel, Consent, Subject, VolunteerStatus
from dashboard.services.commands import Work, command
from db.models import Availability, Dispatch, Leave, Site, Volunteer

LONGEST_REASON = 100


@command(Action.EDIT_VOLUNTEER, Subject.PEOPLE)
def set_availability(
    work: Work, *, volunteer_id: int, version: int, spans: Iterable[Weekly], known: bool = True
) -> None:
    """Replace the weekly free time. Not `known`: nobody knows when she is free (and no spans are kept).

    Known and without spans means: never free. Raises Invalid for a span that is none.
    """
    volunteer = _edited(work, volunteer_id, version)
    wanted = joined(spans) if known else ()
    before = {"known": volunteer.availability_known, "spans": _spans(work.session, volunteer)}
    of_hers = (Availability.county == volunteer.county, Availability.volunteer_id == volunteer.id)
    work.session.execute(delete(Availability).where(*of_hers))
    work.session.add_all(
        Availability(
            county=volunteer.county, volunteer_id=volunteer.id, weekday=day, start_minute=start, end_minute=end
        )
        for day, start, end in wanted
    )
    volunteer.availability_known = known
    work.audit("volunteers", volunteer.id, before=before, after={"known": known, "spans": wanted})


@command(Action.EDIT_VOLUNTEER, Subject.PEOPLE)
def add_leave(
    work: Work, *, volunteer_id: int, version: int, start: datetime, end: datetime, reason: str = ""
) -> dict[str, int]:
    """Time away, half-open. Answers how many live dispatches fall into it: they stay, somebody has to call."""
    if start >= end:
        raise Invalid("volunteers.leave_ends_first")
    volunteer = _edited(work, volunteer_id, version)
    words = " ".join(reason.split())[:LONGEST_REASON]
    leave = Leave(county=volunteer.county, volunteer_id=volunteer.id, start=start, end=end, reason=words)
    work.session.add(leave)
    work.session.flush()
    meant = (
        Dispatch.county == volunteer.county,
        Dispatch.volunteer_id == volunteer.id,
        Dispatch.state.in_(HOLDS_SEAT),
        Dispatch.end > work.now,
        Dispatch.start < end,
        Dispatch.end > start,
    )
    clashes = work.session.scalar(select(func.count()).select_from(Dispatch).where(*meant)) or 0
    work.audit("volunteers", volunteer.id, after={"leave": leave.id, "start": start, "end": end})
    return {"dispatches": clashes}


@command(Action.EDIT_VOLUNTEER, Subject.PEOPLE)
def cancel_leave(work: Work, *, volunteer_id: int, version: int, leave_id: int) -> None:
    """She is back: the leave is taken off."""
    volunteer = _edited(work, volunteer_id, version)
    leave = work.session.scalar(
        select(Leave).where(Leave.county == volunteer.county, Leave.volunteer_id == volunteer.id, Leave.id == leave_id)
    )
    if leave is None:
        raise NotFound("volunteers.no_such_leave")
    before = {"leave": leave.id, "start": leave.start, "end": leave.end}
    work.session.delete(leave)
    work.audit("volunteers", volunteer.id, before=before)


@command(Action.EDIT_VOLUNTEER, Subject.PEOPLE)
def set_caps(work: Work, *, volunteer_id: int, version: int, cap_day: int, cap_week: int, max_distance_m: int) -> None:
    """How much may be asked of her: tasks a day and a week, and how far."""
    check_caps(cap_day, cap_week, max_distance_m)
    _change(work, volunteer_id, version, {"cap_day": cap_day, "cap_week": cap_week, "max_distance_m": max_distance_m})


@command(Action.EDIT_VOLUNTEER, Subject.PEOPLE)
def set_consent(work: Work, *, volunteer_id: int, version: int, consent: Consent, channel: str = "") -> None:
    """What she said about being registered, when we heard it and how. Given consent needs the channel."""
    said = Consent(consent)
    if said is not Consent.UNKNOWN and channel not in set(Channel):
        raise Invalid("volunteers.consent_channel")
    heard: dict[str, Any] = {"consent_at": None, "consent_channel": ""}
    if said is not Consent.UNKNOWN:
        heard = {"consent_at": work.now, "consent_channel": channel}
    _change(work, volunteer_id, version, {"consent": said, **heard})


@command(Action.EDIT_VOLUNTEER, Subject.PEOPLE)
def set_status(work: Work, *, volunteer_id: int, version: int, status: VolunteerStatus) -> None:
    """On the register, paused, or gone. Whoever left is kept with her history and no longer matched."""
    _change(work, volunteer_id, version, {"status": VolunteerStatus(status)})


def _change(work: Work, volunteer_id: int, version: int, values: dict[str, Any]) -> None:
    volunteer = _edited(work, volunteer_id, version)
    before = {name: getattr(volunteer, name) for name in values}
    for name, value in values.items():
        setattr(volunteer, name, value)
    work.audit("volunteers", volunteer.id, before=before, after=values)


def _edited(work: Work, volunteer_id: int, version: int) -> Volunteer:
    """The volunteer at the version the editor saw, raised by one. Raises NotFound, Forbidden out of reach, Conflict."""
    found = work.session.execute(
        select(Volunteer, Site.path)
        .outerjoin(Site, Site.id == Volunteer.site_id)
        .where(Volunteer.county == work.actor.county, Volunteer.id == volunteer_id)
    ).one_or_none()
    if found is None:
        raise NotFound("volunteers.no_such")
    volunteer, path = found
    work.require(Action.EDIT_VOLUNTEER, path or WHOLE_COUNTY)
    return work.at_version(volunteer, version)


def _spans(session: Session, volunteer: Volunteer) -> list[list[int]]:
    rows = session.execute(
        select(Availability.weekday, Availability.start_minute, Availability.end_minute)
        .where(Availability.county == volunteer.county, Availability.volunteer_id == volunteer.id)
        .order_by(Availability.weekday, Availability.start_minute)
    )
    return [list(row) for row in rows]
