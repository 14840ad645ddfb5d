"""A single duty: somebody put on it or taken off, two people swapped, somebody away for days, the duty signed; the
week's sheet on paper.

What is changed here is this day's only; the weekly plan stays. A signed duty is attendance: who came, from when to
when, how many households they saw. No hours of volunteers are written by it: hours belong to a need or an activity.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from dashboard.core import rotas as core
from dashboard.core.deadlines import COUNTY_TIME
from dashboard.core.errors import Conflict, Invalid, NotFound
from dashboard.core.permissions import Action
from dashboard.core.words import Subject
from dashboard.services.access import log
from dashboard.services.commands import Work, command
from dashboard.services.dispatch_checks import name_of
from dashboard.services.rota_making import lay_out, lock_people, people_on, put, rota_for, who_can
from dashboard.services.rota_reading import Week, week_of
from dashboard.services.service_times import minutes_served
from dashboard.services.volunteer_edits import add_leave
from db.models import Duty, DutyPerson, Rota, RotaPlace, Volunteer

MOST_HOUSEHOLDS, LONGEST_AWAY = 5_000, timedelta(days=366)


@dataclass(frozen=True)
class RotaSheet:
    """A week of a rota on paper."""

    name: str
    team: str
    week: Week


@command(Action.EDIT_NEED, Subject.NEEDS)
def put_on(work: Work, *, duty_id: int, version: int, volunteer_id: int) -> dict[str, Any]:
    """Somebody is put on a duty: a substitute for who is missing. Raises Invalid for who can't be there then."""
    row, duty = _duty(work, duty_id)
    lock_people(work, [row], [volunteer_id])
    _require_open(duty)
    on = people_on(work.session, row.county, [duty.id])[duty.id]
    if volunteer_id in on:
        raise Conflict("rotas.on_it", volunteer=name_of(work.session, volunteer_id))
    _require_can(work, row, duty, volunteer_id)
    work.at_version(duty, version)
    put(work, duty, on, [*on, volunteer_id])
    duty.by_hand = True
    work.audit("rota", row.id, after={"duty": duty.id, "day": duty.day, "volunteers": [volunteer_id]})
    return {"duty_id": duty.id, "volunteer": name_of(work.session, volunteer_id)}


@command(Action.EDIT_NEED, Subject.NEEDS)
def take_off(work: Work, *, duty_id: int, version: int, volunteer_id: int, reason: str) -> dict[str, Any]:
    """Somebody doesn't come on this day; the place stays empty until a substitute is put on."""
    row, duty = _duty(work, duty_id)
    lock_people(work, [row], [volunteer_id])
    why = " ".join(reason.split())[:200]
    if not why:
        raise Invalid("needs.reason_wanted")
    _require_open(duty)
    on = people_on(work.session, row.county, [duty.id])[duty.id]
    if volunteer_id not in on:
        raise NotFound("rotas.not_on_it")
    work.at_version(duty, version)
    put(work, duty, on, [one for one in on if one != volunteer_id])
    duty.by_hand = True
    before = {"duty": duty.id, "day": duty.day, "volunteers": [volunteer_id]}
    work.audit("rota", row.id, before=before, reason=why)
    return {"duty_id": duty.id, "volunteer": name_of(work.session, volunteer_id)}


@command(Action.EDIT_NEED, Subject.NEEDS)
def swap(
    work: Work, *, duty_id: int, version: int, volunteer_id: int, other_duty_id: int, other_volunteer_id: int
) -> dict[str, Any]:
    """Two people swap a day: she goes to the other duty, the other one to hers, both or neither. Each must be free.

    The result says for both who goes where and when, to be told to them.
    """
    row, duty = _duty(work, duty_id)
    other_row, other = _duty(work, other_duty_id)
    if other_row.id != row.id:
        raise Invalid("rotas.other_rota")
    if duty.id == other.id or volunteer_id == other_volunteer_id:
        raise Invalid("rotas.swap_two")
    lock_people(work, [row], [volunteer_id, other_volunteer_id])
    ids = [duty.id, other.id]
    there = people_on(work.session, row.county, ids)
    for one, who, at in ((duty, volunteer_id, duty.id), (other, other_volunteer_id, other.id)):
        if one.signed_at is not None or one.start <= work.now:
            raise Invalid("rotas.past")
        if who not in there[at]:
            raise NotFound("rotas.not_on_it")
    for one, comes in ((other, volunteer_id), (duty, other_volunteer_id)):
        if comes in there[one.id]:
            raise Conflict("rotas.on_it", volunteer=name_of(work.session, comes))
        _require_can(work, row, one, comes, ids)
    work.at_version(duty, version)
    put(work, duty, there[duty.id], [_instead(who, volunteer_id, other_volunteer_id) for who in there[duty.id]])
    put(work, other, there[other.id], [_instead(who, other_volunteer_id, volunteer_id) for who in there[other.id]])
    duty.by_hand = other.by_hand = True
    work.session.flush()
    work.audit(
        "rota",
        row.id,
        before={"duty": ids, "volunteers": [volunteer_id, other_volunteer_id]},
        after={"duty": ids, "volunteers": [other_volunteer_id, volunteer_id]},
    )
    told = [_told(work, who, one) for who, one in ((volunteer_id, other), (other_volunteer_id, duty))]
    return {"rota_id": row.id, "name": row.name, "told": told}


def _instead(who: int, out: int, comes: int) -> int:
    return comes if who == out else who


def _told(work: Work, volunteer_id: int, duty: Duty) -> dict[str, Any]:
    place = work.session.get_one(RotaPlace, duty.place_id).name
    who = name_of(work.session, volunteer_id)
    return {"volunteer": who, "place": place, "start": duty.start.isoformat(), "end": duty.end.isoformat()}


@command(Action.EDIT_VOLUNTEER, Subject.PEOPLE, Subject.NEEDS)
def set_away(work: Work, *, volunteer_id: int, first: date, last: date, reason: str = "") -> dict[str, Any]:
    """Somebody is away on these days, both counted: entered as her leave, so that nobody sends her, and her duties of
    these days become gaps. The result tells how many, and how many dispatches of hers fall into it."""
    if not timedelta(0) <= last - first <= LONGEST_AWAY:
        raise Invalid("volunteers.leave_ends_first")
    start = datetime(first.year, first.month, first.day, tzinfo=COUNTY_TIME)
    end = datetime(last.year, last.month, last.day, tzinfo=COUNTY_TIME) + timedelta(days=1)
    hers = (DutyPerson.county == work.actor.county, DutyPerson.volunteer_id == volunteer_id)
    lost = (Duty.start > work.now, Duty.signed_at.is_(None), Duty.start < end, Duty.end > start)
    on = select(Rota).join(RotaPlace, RotaPlace.rota_id == Rota.id).join(Duty, Duty.place_id == RotaPlace.id)
    ids = on.join(DutyPerson, DutyPerson.duty_id == Duty.id).where(*hers, *lost).with_only_columns(Rota.id).distinct()
    # Locked in the order of their ids, before anybody.
    rows = list(work.session.scalars(select(Rota).where(Rota.id.in_(ids)).order_by(Rota.id).with_for_update()))
    lock_people(work, rows, [volunteer_id])
    her = work.session.get(Volunteer, volunteer_id)
    if her is None or her.county != work.actor.county:
        raise NotFound("volunteers.no_such")
    duties = set(
        work.session.scalars(select(Duty.id).join(DutyPerson, DutyPerson.duty_id == Duty.id).where(*hers, *lost))
    )
    entered = add_leave(work, volunteer_id=volunteer_id, version=her.version, start=start, end=end, reason=reason)
    for row in rows:
        laid = lay_out(work, row)
        work.audit("rota", row.id, after={"away": volunteer_id, "start": first, "end": last, "gaps": laid.gaps})
    return {"volunteer": name_of(work.session, volunteer_id), "duties": len(duties), **entered}


@command(Action.RECORD_SERVICE, Subject.NEEDS)
def sign(
    work: Work,
    *,
    duty_id: int,
    version: int,
    came: Collection[int],
    start: datetime,
    end: datetime,
    households: int | None = None,
    note: str = "",
) -> dict[str, Any]:
    """Who of those on duty came, from when to when, and how many households they saw (None: nobody counted). Said
    again, the later word holds and the audit keeps both. Attendance only: hours are not counted by it.

    Raises Invalid for the future, another day than the duty's, nobody, and somebody who was not on duty.
    """
    row, duty = _duty(work, duty_id, Action.RECORD_SERVICE)
    minutes_served(work, start, end, 0)
    if core.county_day(start) != duty.day:
        raise Invalid("rotas.other_day")
    if households is not None and not 0 <= households <= MOST_HOUSEHOLDS:
        raise Invalid("rotas.households", most=MOST_HOUSEHOLDS)
    on, there = people_on(work.session, row.county, [duty.id])[duty.id], set(came)
    if not there:
        raise Invalid("rotas.nobody_came")
    for one in there - set(on):
        raise Invalid("rotas.was_not_on_it", volunteer=name_of(work.session, one))
    before = {"began_at": duty.began_at, "left_at": duty.left_at, "seen": duty.households}
    work.at_version(duty, version)
    duty.began_at, duty.left_at, duty.households = start, end, households
    duty.note, duty.signed_at, duty.signed_by = " ".join(note.split())[:200], work.now, work.actor.account_id
    mine = (DutyPerson.county == row.county, DutyPerson.duty_id == duty.id)
    for value in (True, False):
        who = there if value else set(on) - there
        work.session.execute(
            update(DutyPerson)
            .where(*mine, DutyPerson.volunteer_id.in_(who))
            .values(came=value)
            .execution_options(synchronize_session=False)
        )
    after = {"duty": duty.id, "began_at": start, "left_at": end, "seen": households, "volunteers": sorted(there)}
    work.audit("rota", row.id, before=before, after=after)
    return {"duty_id": duty.id}


@command(Action.EXPORT)
def make_sheet(work: Work, *, rota_id: int, monday: date) -> RotaSheet:
    """A week on paper: compounds by days with the names on duty. No telephones. Run it without an idempotency key."""
    week = week_of(work.session, work.actor, rota_id, core.monday_of(monday))
    work.require(Action.EXPORT, week.site_path)
    log(work, "export", "rota_sheet", rota_id, ["name"], "")
    work.audit("export", None, after={"list": "rota_sheet", "rows": len(week.places), "fields": ["name"]})
    return RotaSheet(week.name, week.team, week)


def _duty(work: Work, duty_id: int, action: Action = Action.EDIT_NEED) -> tuple[Rota, Duty]:
    """A duty with its rota, which is locked first. Raises NotFound, Forbidden out of reach."""
    here = (Duty.county == work.actor.county, Duty.id == duty_id)
    rota_id = work.session.scalar(select(RotaPlace.rota_id).join(Duty, Duty.place_id == RotaPlace.id).where(*here))
    if rota_id is None:
        raise NotFound("rotas.no_such_duty")
    # What took place under a rota that has ended is still signed.
    row = rota_for(work, rota_id, action, ended=action is Action.RECORD_SERVICE)
    found = work.session.scalar(select(Duty).where(*here).with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise NotFound("rotas.no_such_duty")
    return row, found


def _require_open(duty: Duty) -> None:
    if duty.signed_at is not None:
        raise Conflict("rotas.signed")


def _require_can(work: Work, row: Rota, duty: Duty, volunteer_id: int, duty_ids: Collection[int] = ()) -> None:
    if not who_can(work.session, row, [volunteer_id], (duty.start, duty.end), duty_ids):
        raise Invalid("rotas.cannot", volunteer=name_of(work.session, volunteer_id))
