"""Meal rounds 助餐: begun, their stops added, taken out and put in order, their carriers changed, ended.

A household is a stop by a need of hers: who eats there and where that is come from it. Each day's round is
`meal_days`' affair: what changes here holds from the next round that is made.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from dashboard.core import series as core
from dashboard.core.deadlines import COUNTY_TIME
from dashboard.core.errors import Conflict, Invalid, NotFound
from dashboard.core.permissions import Action
from dashboard.core.routes import route
from dashboard.core.words import Subject
from dashboard.services.commands import Work, command
from dashboard.services.reach import at_reached_site
from dashboard.services.series_people import require_two
from db.models import MealRound, MealStop, Need, Site

#: Stops of one round, meals of one stop.
MOST_STOPS, MOST_MEALS = 120, 500
LONGEST_NAME, LONGEST_MINUTES = 80, 600


@command(Action.EDIT_NEED, Subject.NEEDS)
def create_round(
    work: Work,
    *,
    name: str,
    site_id: int,
    rule: str,
    start: datetime,
    minutes: int = 90,
    carrier_id: int | None = None,
    substitute_id: int | None = None,
) -> dict[str, Any]:
    """A round from a kitchen, on the days of an RRULE from `start` on, at its time of day, tomorrow at the soonest:
    today's would be made before its stops are entered.

    Raises Invalid without a name, for a rule that never comes true, and for a kitchen without a place on the map.
    """
    said = " ".join(name.split())[:LONGEST_NAME]
    if not said:
        raise Invalid("meals.no_name")
    if not 0 < minutes <= LONGEST_MINUTES:
        raise Invalid("meals.minutes", most=LONGEST_MINUTES)
    kitchen = _site(work, site_id)
    require_two(work, carrier_id, substitute_id)
    ruled = core.parse(rule)
    row = MealRound(
        county=work.actor.county,
        name=said,
        site_id=kitchen.id,
        rule=ruled.text,
        start=core.first_visit(ruled, _from_tomorrow(start, work.now)),
        minutes=minutes,
        carrier_id=carrier_id,
        substitute_id=substitute_id,
        created_at=work.now,
        created_by=work.actor.account_id,
        version=1,
    )
    work.session.add(row)
    work.session.flush()
    work.audit("meal_round", row.id, after={"name": said, "rule": row.rule, "carrier_id": carrier_id})
    return {"round_id": row.id}


@command(Action.EDIT_NEED, Subject.NEEDS)
def add_stop(work: Work, *, round_id: int, meals: int, code: str = "", site_id: int | None = None) -> dict[str, Any]:
    """A last stop: the household of the need of this code, or a site. Raises Conflict for a stop that is there."""
    row = round_for(work, round_id)
    if (site_id is None) == (not code.strip()):
        raise Invalid("meals.of_what")
    if not 0 < meals <= MOST_MEALS:
        raise Invalid("meals.number", most=MOST_MEALS)
    stop = _of_need(work, code) if site_id is None else _of_site(_site(work, site_id))
    there = stops_of(work, row)
    if len(there) >= MOST_STOPS:
        raise Invalid("meals.too_many", most=MOST_STOPS)
    if any((one.person_id, one.site_id) == (stop.person_id, stop.site_id) for one in there):
        raise Conflict("meals.stop_there")
    stop.county, stop.round_id, stop.meals, stop.position = row.county, row.id, meals, len(there) + 1
    work.session.add(stop)
    work.session.flush()
    work.at_version(row, None)
    work.audit("meal_round", row.id, after={"stop": stop.id, "meals": meals, "position": stop.position})
    return {"stop_id": stop.id}


@command(Action.EDIT_NEED, Subject.NEEDS)
def remove_stop(work: Work, *, round_id: int, stop_id: int, version: int) -> dict[str, Any]:
    """Take a stop out; those after it move up. What was delivered there stays written."""
    row = round_for(work, round_id)
    there = stops_of(work, row)
    out = _one_of(there, stop_id)
    work.at_version(row, version)
    work.session.delete(out)
    _number([one for one in there if one is not out])
    work.audit("meal_round", row.id, before={"stop": out.id, "meals": out.meals, "position": out.position})
    return {"round_id": row.id}


@command(Action.EDIT_NEED, Subject.NEEDS)
def renumber_stop(work: Work, *, round_id: int, stop_id: int, position: int, version: int) -> dict[str, Any]:
    """Put a stop at another position; the others keep their order."""
    row = round_for(work, round_id)
    there = stops_of(work, row)
    moved = _one_of(there, stop_id)
    if not 1 <= position <= len(there):
        raise Invalid("meals.position", most=len(there))
    work.at_version(row, version)
    before = moved.position
    rest = [one for one in there if one is not moved]
    _number([*rest[: position - 1], moved, *rest[position - 1 :]])
    work.audit("meal_round", row.id, before={"stop": stop_id, "position": before}, after={"position": position})
    return {"round_id": row.id}


@command(Action.EDIT_NEED, Subject.NEEDS)
def shorten_route(work: Work, *, round_id: int, version: int) -> dict[str, Any]:
    """Put the stops in a short order (core/routes.py); the order stays where no shorter one is found."""
    row = round_for(work, round_id)
    there = stops_of(work, row)
    kitchen = work.session.get_one(Site, row.site_id)
    if kitchen.lon is None or kitchen.lat is None:
        raise Invalid("meals.no_place")
    work.at_version(row, version)
    found = route((kitchen.lon, kitchen.lat), [(one.lon, one.lat) for one in there])
    _number([there[i] for i in found])
    work.audit("meal_round", row.id, after={"order": [there[i].id for i in found]})
    return {"round_id": row.id}


@command(Action.EDIT_NEED, Subject.NEEDS)
def set_carriers(
    work: Work, *, round_id: int, version: int, carrier_id: int | None = None, substitute_id: int | None = None
) -> dict[str, Any]:
    """Who carries, and who does while she is away; None for nobody."""
    row = round_for(work, round_id)
    require_two(work, carrier_id, substitute_id)
    before = {"carrier_id": row.carrier_id, "substitute_id": row.substitute_id}
    work.at_version(row, version)
    row.carrier_id, row.substitute_id = carrier_id, substitute_id
    work.audit("meal_round", row.id, before=before, after={"carrier_id": carrier_id, "substitute_id": substitute_id})
    return {"round_id": row.id}


@command(Action.EDIT_NEED, Subject.NEEDS)
def end_round(work: Work, *, round_id: int, version: int, reason: str) -> dict[str, Any]:
    """No further round is made. Those made stay."""
    row = round_for(work, round_id)
    why = " ".join(reason.split())[:200]
    if not why:
        raise Invalid("needs.reason_wanted")
    work.at_version(row, version)
    row.ended_at = work.now
    work.audit("meal_round", row.id, after={"ended": True}, reason=why)
    return {"round_id": row.id}


def _from_tomorrow(start: datetime, now: datetime) -> datetime:
    local, tomorrow = start.astimezone(COUNTY_TIME), (now.astimezone(COUNTY_TIME) + timedelta(days=1)).date()
    return max(local, datetime.combine(tomorrow, local.timetz())).astimezone(UTC)


def round_for(work: Work, round_id: int) -> MealRound:
    """A round that has not ended, of a kitchen within reach, locked. Raises NotFound, or Forbidden out of reach."""
    row = work.session.execute(
        select(MealRound, Site.path)
        .join(Site, Site.id == MealRound.site_id)
        .where(MealRound.county == work.actor.county, MealRound.id == round_id, MealRound.ended_at.is_(None))
        .with_for_update(of=MealRound)
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise NotFound("meals.no_such")
    work.require(Action.EDIT_NEED, row.path)
    found: MealRound = row[0]
    return found


def stops_of(work: Work, row: MealRound) -> list[MealStop]:
    """The stops of a locked round, in order."""
    mine = (MealStop.county == row.county, MealStop.round_id == row.id)
    return list(work.session.scalars(select(MealStop).where(*mine).order_by(MealStop.position, MealStop.id)))


def _number(stops: list[MealStop]) -> None:
    for position, stop in enumerate(stops, start=1):
        stop.position = position


def _one_of(stops: list[MealStop], stop_id: int) -> MealStop:
    found = next((one for one in stops if one.id == stop_id), None)
    if found is None:
        raise NotFound("meals.no_such_stop")
    return found


def _site(work: Work, site_id: int) -> Site:
    """A site within reach with a place on the map."""
    found = work.session.get(Site, site_id)
    if found is None or found.county != work.actor.county:
        raise NotFound("meals.no_such_site")
    work.require(Action.EDIT_NEED, found.path)
    if found.lon is None or found.lat is None:
        raise Invalid("meals.no_place")
    return found


def _of_site(site: Site) -> MealStop:
    return MealStop(site_id=site.id, lon=site.lon, lat=site.lat, place_text=site.name)


def _of_need(work: Work, code: str) -> MealStop:
    mine = (Need.county == work.actor.county, Need.code == code.strip(), at_reached_site(work.actor, Need.site_id))
    need = work.session.scalars(select(Need).where(*mine)).first()
    if need is None:
        raise NotFound("needs.no_such")
    if need.person_id is None:
        raise Invalid("meals.no_resident", code=need.code)
    if need.lon is None or need.lat is None:
        raise Invalid("meals.no_place")
    return MealStop(person_id=need.person_id, lon=need.lon, lat=need.lat, place_text=need.place_text)
