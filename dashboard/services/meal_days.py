"""Each day's meal round: made once by the tick, every stop of it ticked, and its sheet for whoever carries.

A round is made when its day begins in the county, as it stands then; who carries is asked then too. A day on which no
tick ran has no round, and so no meals are counted that nobody carried.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from dashboard.core import series as core
from dashboard.core.deadlines import COUNTY_TIME
from dashboard.core.errors import Conflict, DashboardError, Forbidden, Invalid, NotFound
from dashboard.core.masking import masked_name
from dashboard.core.permissions import Action, Personal, may_reveal, system_actor
from dashboard.core.words import Subject
from dashboard.services.access import LEAST_REASON, log
from dashboard.services.commands import Work, command, perform
from dashboard.services.meals import round_for, stops_of
from dashboard.services.series_people import present
from db.engine import Database, lock_rows
from db.models import MealDay, MealDrop, MealRound, MealStop, Person, Site, Volunteer

NOT_DUE, DELIVERED, MISSED = "meals.not_due", "delivered", "missed"


@dataclass(frozen=True)
class SheetLine:
    """A stop on paper."""

    position: int
    who: str
    place: str
    meals: int


@dataclass(frozen=True)
class RoundSheet:
    """A day's round on paper. `named`: households are named in full."""

    name: str
    kitchen: str
    start: datetime
    carrier: str
    lines: tuple[SheetLine, ...]
    named: bool


def begins_on(row: MealRound, day: date) -> datetime | None:
    """When the round starts on this day of the county; None where it does not."""
    since = datetime(day.year, day.month, day.day, tzinfo=COUNTY_TIME)
    series = core.Series(core.parse(row.rule), row.start, timedelta(minutes=row.minutes))
    found = core.visits(series, since, since + timedelta(days=1))
    return found[0].start if found else None


def due(session: Session, county: str, now: datetime) -> list[int]:
    """Rounds of today that are not made yet; one without stops is never due."""
    day = now.astimezone(COUNTY_TIME).date()
    made = exists().where(MealDay.county == county, MealDay.round_id == MealRound.id, MealDay.day == day)
    stops = exists().where(MealStop.county == county, MealStop.round_id == MealRound.id)
    running = (MealRound.county == county, MealRound.ended_at.is_(None), ~made, stops)
    rows = session.scalars(select(MealRound).where(*running).order_by(MealRound.id))
    return [row.id for row in rows if begins_on(row, day) is not None]


def make_due(
    database: Database, county: str, now: datetime, *, stopped: Callable[[], bool] = lambda: False
) -> tuple[int, list[tuple[int, str]]]:
    """Make today's rounds as the system, each a transaction of its own: how many, and (round, key) of the refused."""
    with database.read() as session:
        ids = due(session, county, now)
    made, refused = 0, []
    for round_id in ids:
        if stopped():
            break
        try:
            perform(database, make_day, system_actor(county), now=now, round_id=round_id)
            made += 1
        except DashboardError as error:
            if error.key not in (NOT_DUE, "meals.no_such"):
                refused.append((round_id, error.key))
    return made, refused


@command(Action.EDIT_NEED, Subject.NEEDS)
def make_day(work: Work, *, round_id: int) -> dict[str, Any]:
    """Today's round with its stops. Raises Conflict when it is made already or there is none today."""
    row = round_for(work, round_id)
    day = work.now.astimezone(COUNTY_TIME).date()
    start, stops = begins_on(row, day), stops_of(work, row)
    here = (MealDay.county == row.county, MealDay.round_id == row.id, MealDay.day == day)
    if start is None or not stops or work.session.scalar(select(exists().where(*here))):
        raise Conflict(NOT_DUE)
    made = MealDay(
        county=row.county,
        round_id=row.id,
        day=day,
        start=start,
        carrier_id=_carrier(work, row, start),
        made_at=work.now,
    )
    work.session.add(made)
    work.session.flush()
    for position, stop in enumerate(stops, start=1):
        work.session.add(
            MealDrop(
                county=row.county,
                day_id=made.id,
                position=position,
                person_id=stop.person_id,
                site_id=stop.site_id,
                place_text=stop.place_text,
                meals=stop.meals,
                version=1,
            )
        )
    work.audit("meal_round", row.id, after={"day": day, "carrier_id": made.carrier_id, "stops": len(stops)})
    return {"day_id": made.id}


def _carrier(work: Work, row: MealRound, start: datetime) -> int | None:
    """The carrier, else the substitute; None where both are away for some of it: then the round has nobody."""
    span = [(start, start + timedelta(minutes=row.minutes))]
    two = (one for one in (row.carrier_id, row.substitute_id) if one is not None)
    return next((one for one in two if present(work.session, row.county, one, span, row.minutes)), None)


@command(Action.EDIT_NEED, Subject.NEEDS)
def hand_over(work: Work, *, day_id: int, carrier_id: int, seen_carrier_id: int | None) -> dict[str, Any]:
    """Somebody else carries this day's round; the round's carriers stay. `seen_carrier_id`: who carried it as the
    coordinator saw it. Raises Conflict where somebody handed it over meanwhile."""
    lock_rows(work.session, "meal_day", [day_id])
    day, _, _ = _day(work, day_id, Action.EDIT_NEED)
    if day.carrier_id != seen_carrier_id:
        raise Conflict("meals.handed_already")
    her = work.session.get(Volunteer, carrier_id)
    if her is None or her.county != day.county:
        raise NotFound("volunteers.no_such")
    if her.status != "active":
        raise Invalid("series.keeper_not_active")
    before, day.carrier_id = day.carrier_id, carrier_id
    work.audit("meal_round", day.round_id, before={"carrier_id": before}, after={"carrier_id": carrier_id})
    return {"day_id": day.id}


@command(Action.RECORD_SERVICE, Subject.NEEDS)
def tick_stop(work: Work, *, drop_id: int, version: int, outcome: str, reason: str = "") -> dict[str, Any]:
    """A stop was delivered, or missed for a reason; said again, the later word holds and the audit keeps both."""
    why = " ".join(reason.split())[:200]
    if outcome not in (DELIVERED, MISSED):
        raise Invalid("meals.outcome")
    if outcome == MISSED and not why:
        raise Invalid("needs.reason_wanted")
    row = work.session.scalars(
        select(MealDrop)
        .where(MealDrop.county == work.actor.county, MealDrop.id == drop_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise NotFound("meals.no_such_stop")
    day, _, _ = _day(work, row.day_id, Action.RECORD_SERVICE)
    work.at_version(row, version)
    before = row.outcome
    row.outcome, row.reason = outcome, why if outcome == MISSED else ""
    row.ticked_at, row.ticked_by = work.now, work.actor.account_id
    after = {"day": day.day, "position": row.position, "outcome": outcome}
    work.audit("meal_round", day.round_id, before={"outcome": before}, after=after, reason=row.reason)
    return {"day_id": day.id}


@command(Action.EXPORT)
def make_sheet(work: Work, *, day_id: int, named: bool = False, reason: str = "") -> RoundSheet:
    """The sheet of a day's round. Names in full want the right to see them, and a reason. No telephones, nothing of
    health. Run it without an idempotency key."""
    why = " ".join(reason.split())[:200]
    fields = [Personal.NAME] if named else []
    if named:
        work.require(Action.REVEAL)
        if len(why) < LEAST_REASON:
            raise Invalid("access.reason_missing")
        if not may_reveal(work.actor.role, Personal.NAME):
            raise Forbidden("access.field", field=Personal.NAME, role=work.actor.role)
    day, name, kitchen = _day(work, day_id, Action.EXPORT)
    lines = tuple(_lines(work, day, named))
    log(work, "export", "round_sheet", day.id, [str(field) for field in fields], why)
    work.audit("export", None, after={"list": "round_sheet", "rows": len(lines), "fields": fields}, reason=why)
    carrier = work.session.scalar(
        select(Person.name).join(Volunteer, Volunteer.person_id == Person.id).where(Volunteer.id == day.carrier_id)
    )
    return RoundSheet(name, kitchen, day.start, carrier or "", lines, named)


def _lines(work: Work, day: MealDay, named: bool) -> list[SheetLine]:
    rows = work.session.execute(
        select(MealDrop, Person.name, Site.name.label("site"))
        .outerjoin(Person, Person.id == MealDrop.person_id)
        .outerjoin(Site, Site.id == MealDrop.site_id)
        .where(MealDrop.county == day.county, MealDrop.day_id == day.id)
        .order_by(MealDrop.position)
    )
    found = []
    for drop, name, site in rows:
        who = site or (name if named else masked_name(name or ""))
        place = "" if drop.site_id is not None else drop.place_text
        found.append(SheetLine(drop.position, who or "", place, drop.meals))
    return found


def _day(work: Work, day_id: int, action: Action) -> tuple[MealDay, str, str]:
    """A day's round of a kitchen within reach, with the round's name and the kitchen's."""
    row = work.session.execute(
        select(MealDay, MealRound.name, Site.name.label("kitchen"), Site.path)
        .join(MealRound, MealRound.id == MealDay.round_id)
        .join(Site, Site.id == MealRound.site_id)
        .where(MealDay.county == work.actor.county, MealDay.id == day_id)
    ).first()
    if row is None:
        raise NotFound("meals.no_such")
    work.require(action, row.path)
    return row[0], row.name, row.kitchen
