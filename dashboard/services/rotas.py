"""Rotas by compound 小区轮值: a team's weekly plan begun, changed and ended; its compounds, who goes where on which
weekday, days left out or moved. What changes holds for every duty that is still to come (`rota_making`).
"""

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from dashboard.core import rotas as core
from dashboard.core import series
from dashboard.core.deadlines import COUNTY_TIME
from dashboard.core.errors import Conflict, Invalid, NotFound
from dashboard.core.permissions import WHOLE_COUNTY, Action
from dashboard.core.words import Subject, VolunteerStatus
from dashboard.services.commands import Work, command
from dashboard.services.dispatch_checks import name_of
from dashboard.services.rota_making import Laid, cells_of, lay_out, lock_people, members_on, places_of, rota_for
from db.models import Grid, Rota, RotaCell, RotaCellPerson, RotaChange, RotaPlace, Site, Team, Volunteer

LONGEST_NAME, LONGEST_MINUTES, MOST_PLACES, MOST_PEOPLE = 80, 600, 60, 30


@command(Action.EDIT_NEED, Subject.NEEDS)
def create_rota(
    work: Work, *, name: str, team_id: int, weekdays: Collection[int], start: datetime, minutes: int
) -> dict[str, Any]:
    """A rota of a team within reach, on these weekdays from `start` on, at its time of day. Compounds come next."""
    team = _team(work, team_id)
    rule = core.week_rule(weekdays)
    row = Rota(
        county=work.actor.county,
        name=_name(name, "rotas.no_name"),
        team_id=team.id,
        rule=rule.text,
        start=_begins(rule, start, work.now),
        minutes=_minutes(minutes),
        created_at=work.now,
        created_by=work.actor.account_id,
        version=1,
    )
    work.session.add(row)
    work.session.flush()
    lay_out(work, row)
    work.audit("rota", row.id, after={"name": row.name, "team_id": team.id, "rule": row.rule, "minutes": row.minutes})
    return {"rota_id": row.id}


@command(Action.EDIT_NEED, Subject.NEEDS)
def change_rota(
    work: Work, *, rota_id: int, version: int, name: str, weekdays: Collection[int], start: datetime, minutes: int
) -> dict[str, Any]:
    """Another name, other weekdays, another time of day or length, for every duty that is still to come."""
    row = rota_for(work, rota_id)
    lock_people(work, [row])
    rule = core.week_rule(weekdays)
    said, long = _name(name, "rotas.no_name"), _minutes(minutes)
    before = {"name": row.name, "rule": row.rule, "start": row.start, "minutes": row.minutes}
    work.at_version(row, version)
    clock = start.astimezone(COUNTY_TIME).time()
    begins = core.on_day(core.county_day(row.start), clock).astimezone(UTC)
    row.name, row.rule, row.minutes = said, rule.text, long
    row.start = series.first_visit(rule, begins)
    _require_no_clash(work, row)
    for place in places_of(work.session, row):
        _add_cells(work, row, place, rule, 1)
    laid = lay_out(work, row)
    after = {"name": row.name, "rule": row.rule, "start": row.start, "minutes": row.minutes}
    work.audit("rota", row.id, before=before, after=after)
    return _told(row, laid)


@command(Action.EDIT_NEED, Subject.NEEDS)
def end_rota(work: Work, *, rota_id: int, version: int, reason: str) -> dict[str, Any]:
    """No further duty: those to come are taken away, those that were stay."""
    row = rota_for(work, rota_id)
    lock_people(work, [row])
    why = _reason(reason)
    work.at_version(row, version)
    for place in places_of(work.session, row):
        place.ended_at = work.now
    work.session.flush()
    laid = lay_out(work, row)
    row.ended_at = work.now
    work.audit("rota", row.id, after={"ended": True, "gone": laid.gone}, reason=why)
    return _told(row, laid)


@command(Action.EDIT_NEED, Subject.NEEDS)
def add_place(
    work: Work, *, rota_id: int, name: str = "", grid_id: int | None = None, site_id: int | None = None, least: int = 1
) -> dict[str, Any]:
    """One compound more, a grid or a site within reach, on every weekday of the rota with so many people at least."""
    row = rota_for(work, rota_id)
    lock_people(work, [row])
    if (grid_id is None) == (site_id is None):
        raise Invalid("rotas.of_what")
    spot = _place_name(work, grid_id, site_id)
    there = places_of(work.session, row)
    if len(there) >= MOST_PLACES:
        raise Invalid("rotas.too_many", most=MOST_PLACES)
    if any((one.grid_id, one.site_id) == (grid_id, site_id) for one in there):
        raise Conflict("rotas.place_there")
    place = RotaPlace(
        county=row.county,
        rota_id=row.id,
        position=max((one.position for one in there), default=0) + 1,
        name=_name(name.strip() or spot, "rotas.no_name"),
        grid_id=grid_id,
        site_id=site_id,
    )
    work.session.add(place)
    work.session.flush()
    _add_cells(work, row, place, series.parse(row.rule), _least(least))
    work.at_version(row, None)
    laid = lay_out(work, row)
    work.audit("rota", row.id, after={"place": place.id, "least": least})
    return _told(row, laid) | {"place_id": place.id}


@command(Action.EDIT_NEED, Subject.NEEDS)
def remove_place(work: Work, *, rota_id: int, version: int, place_id: int) -> dict[str, Any]:
    """The rota no longer goes there; what was done there stays written."""
    row = rota_for(work, rota_id)
    lock_people(work, [row])
    place = _place(work, row, place_id)
    work.at_version(row, version)
    place.ended_at = work.now
    work.session.flush()
    laid = lay_out(work, row)
    work.audit("rota", row.id, before={"place": place.id}, after={"gone": laid.gone})
    return _told(row, laid)


@command(Action.EDIT_NEED, Subject.NEEDS)
def set_cell(
    work: Work, *, rota_id: int, version: int, place_id: int, weekday: int, least: int, people: Collection[int]
) -> dict[str, Any]:
    """Who goes to a compound on a weekday, and how many at least; 0 and nobody: nobody goes there that day.

    Raises Invalid for somebody who is not an active member, Conflict for who is at another compound at that hour. The
    result tells how many duties to come lack people then: somebody may be away on one of the days.
    """
    row = rota_for(work, rota_id)
    wanted = tuple(dict.fromkeys(people))
    lock_people(work, [row], wanted)
    place = _place(work, row, place_id)
    if weekday not in core.weekdays_of(series.parse(row.rule)):
        raise Invalid("rotas.not_that_day")
    if len(wanted) > MOST_PEOPLE:
        raise Invalid("rotas.too_many_people", most=MOST_PEOPLE)
    number = _least(least, fewest=1 if wanted else 0)
    _require_members(work, row, wanted)
    before = cells_of(work.session, row).get((place.id, weekday), (0, ()))
    work.at_version(row, version)
    cell = _cell(work, row, place.id, weekday, number)
    cell.least = number
    mine = (RotaCellPerson.county == row.county, RotaCellPerson.cell_id == cell.id)
    work.session.execute(delete(RotaCellPerson).where(*mine))
    work.session.add_all(RotaCellPerson(county=row.county, cell_id=cell.id, volunteer_id=one) for one in wanted)
    work.session.flush()
    _require_no_clash(work, row)
    laid = lay_out(work, row, (place.id, weekday))
    work.audit(
        "rota",
        row.id,
        before={"place": place.id, "weekday": weekday, "least": before[0], "volunteers": before[1]},
        after={"place": place.id, "weekday": weekday, "least": number, "volunteers": wanted},
    )
    return _told(row, laid)


@command(Action.EDIT_NEED, Subject.NEEDS)
def change_day(
    work: Work, *, rota_id: int, version: int, day: date, moved_to: date | None = None, reason: str
) -> dict[str, Any]:
    """A day of the plan is left out, or moved to another day at the same hour; said again, the later word holds.

    Raises Invalid for a day that is no day of the rota or past, and without a reason.
    """
    row = rota_for(work, rota_id)
    lock_people(work, [row])
    why = _reason(reason)
    _require_ahead(work, row, day)
    if moved_to == day:
        raise Invalid("rotas.same_day")
    if moved_to is not None and _at(row, moved_to) <= work.now:
        raise Invalid("rotas.past")
    work.at_version(row, version)
    before = _forget_change(work, row, day)
    work.session.add(RotaChange(county=row.county, rota_id=row.id, day=day, moved_to=moved_to, reason=why))
    work.session.flush()
    laid = lay_out(work, row)
    after = {"day": day, "moved_to": moved_to}
    work.audit("rota", row.id, before=before, after=after, reason=why)
    return _told(row, laid)


@command(Action.EDIT_NEED, Subject.NEEDS)
def restore_day(work: Work, *, rota_id: int, version: int, day: date) -> dict[str, Any]:
    """A day that was left out or moved is again as the plan says."""
    row = rota_for(work, rota_id)
    lock_people(work, [row])
    _require_ahead(work, row, day)
    work.at_version(row, version)
    before = _forget_change(work, row, day)
    if before is None:
        raise NotFound("rotas.no_such_change")
    laid = lay_out(work, row)
    work.audit("rota", row.id, before=before, after={"day": day})
    return _told(row, laid)


def _told(row: Rota, laid: Laid) -> dict[str, Any]:
    return {"rota_id": row.id, "made": laid.made, "changed": laid.changed, "gone": laid.gone, "gaps": laid.gaps}


def _begins(rule: series.Rule, start: datetime, now: datetime) -> datetime:
    """The first duty from `start` on at its time of day; of a start that is past, the first that is still to come."""
    if start > now:
        return series.first_visit(rule, start)
    today = core.on_day(core.county_day(now), start.astimezone(COUNTY_TIME).time()).astimezone(UTC)
    return series.first_visit(rule, today if today > now else today + timedelta(days=1))


def _name(words: str, key: str) -> str:
    said = " ".join(words.split())[:LONGEST_NAME]
    if not said:
        raise Invalid(key)
    return said


def _reason(words: str) -> str:
    why = " ".join(words.split())[:200]
    if not why:
        raise Invalid("needs.reason_wanted")
    return why


def _minutes(minutes: int) -> int:
    if not 0 < minutes <= LONGEST_MINUTES:
        raise Invalid("rotas.minutes", most=LONGEST_MINUTES)
    return minutes


def _least(least: int, fewest: int = 1) -> int:
    if not fewest <= least <= MOST_PEOPLE:
        raise Invalid("rotas.least", fewest=fewest, most=MOST_PEOPLE)
    return least


def _team(work: Work, team_id: int) -> Team:
    found = work.session.execute(
        select(Team, Site.path)
        .outerjoin(Site, Site.id == Team.site_id)
        .where(Team.county == work.actor.county, Team.id == team_id, Team.active)
    ).first()
    if found is None:
        raise NotFound("teams.no_such")
    work.require(Action.EDIT_NEED, found.path or WHOLE_COUNTY)
    team: Team = found[0]
    return team


def _place(work: Work, row: Rota, place_id: int) -> RotaPlace:
    found = next((one for one in places_of(work.session, row) if one.id == place_id), None)
    if found is None:
        raise NotFound("rotas.no_such_place")
    return found


def _place_name(work: Work, grid_id: int | None, site_id: int | None) -> str:
    """The name of a grid or site within reach that is still there."""
    county = work.actor.county
    if grid_id is not None:
        grid = select(Grid.name, Site.path).outerjoin(Site, Site.id == Grid.site_id)
        found = work.session.execute(
            grid.where(Grid.county == county, Grid.id == grid_id, Grid.valid_to.is_(None))
        ).first()
    else:
        found = work.session.execute(
            select(Site.name, Site.path).where(Site.county == county, Site.id == site_id)
        ).first()
    if found is None:
        raise NotFound("rotas.no_such_spot")
    work.require(Action.EDIT_NEED, found.path or WHOLE_COUNTY)
    return str(found.name)


def _add_cells(work: Work, row: Rota, place: RotaPlace, rule: series.Rule, least: int) -> None:
    """A cell for each weekday of the rota that has none yet."""
    for day in core.weekdays_of(rule):
        _cell(work, row, place.id, day, least)


def _cell(work: Work, row: Rota, place_id: int, weekday: int, least: int) -> RotaCell:
    """The cell, made where it is the first word about it."""
    mine = (RotaCell.county == row.county, RotaCell.place_id == place_id, RotaCell.weekday == weekday)
    found = work.session.scalar(select(RotaCell).where(*mine))
    if found is None:
        found = RotaCell(county=row.county, place_id=place_id, weekday=weekday, least=least)
        work.session.add(found)
        work.session.flush()
    return found


def _require_members(work: Work, row: Rota, people: Collection[int]) -> None:
    there = members_on(work.session, row.county, row.team_id, core.county_day(work.now), people)
    for one in people:
        her = work.session.get(Volunteer, one)
        if her is None or her.county != row.county:
            raise NotFound("volunteers.no_such")
        if one not in there:
            raise Invalid("rotas.not_member", volunteer=name_of(work.session, one))
        if her.status != VolunteerStatus.ACTIVE:
            raise Invalid("rotas.not_active", volunteer=name_of(work.session, one))


def _require_no_clash(work: Work, row: Rota) -> None:
    """Raises Conflict where the plan has somebody at two compounds at one hour of a weekday, in any rota."""
    first, last = _clock_span(row)
    here = (Rota.county == row.county, Rota.ended_at.is_(None), RotaPlace.ended_at.is_(None), RotaCell.least > 0)
    mine = select(RotaCellPerson.volunteer_id).join(RotaCell, RotaCell.id == RotaCellPerson.cell_id)
    mine = mine.join(RotaPlace, RotaPlace.id == RotaCell.place_id).where(RotaPlace.rota_id == row.id)
    seen: dict[tuple[int, int], RotaPlace] = {}
    for other, volunteer_id, weekday, place in work.session.execute(
        select(Rota, RotaCellPerson.volunteer_id, RotaCell.weekday, RotaPlace)
        .join(RotaPlace, RotaPlace.rota_id == Rota.id)
        .join(RotaCell, RotaCell.place_id == RotaPlace.id)
        .join(RotaCellPerson, RotaCellPerson.cell_id == RotaCell.id)
        .where(*here, RotaCellPerson.volunteer_id.in_(mine))
        .order_by(RotaPlace.id)
    ):
        begin, end = _clock_span(other)
        if weekday not in core.weekdays_of(series.parse(other.rule)) or begin >= last or first >= end:
            continue
        met = seen.setdefault((volunteer_id, weekday), place)
        if met is not place and row.id in (met.rota_id, place.rota_id):
            who = name_of(work.session, volunteer_id)
            raise Conflict("rotas.clash", volunteer=who, place=met.name, other=place.name)


def _clock_span(row: Rota) -> tuple[int, int]:
    """Minutes of the day."""
    there = row.start.astimezone(COUNTY_TIME)
    begin = there.hour * 60 + there.minute
    return begin, begin + row.minutes


def _at(row: Rota, day: date) -> datetime:
    return core.on_day(day, row.start.astimezone(COUNTY_TIME).time())


def _require_ahead(work: Work, row: Rota, day: date) -> None:
    """Raises Invalid unless the plan has a day of duty here that is still to come."""
    start = _at(row, day)
    if day.weekday() not in core.weekdays_of(series.parse(row.rule)) or start < row.start:
        raise Invalid("rotas.not_that_day")
    if start <= work.now:
        raise Invalid("rotas.past")


def _forget_change(work: Work, row: Rota, day: date) -> dict[str, Any] | None:
    mine = (RotaChange.county == row.county, RotaChange.rota_id == row.id, RotaChange.day == day)
    found = work.session.scalar(select(RotaChange).where(*mine))
    if found is None:
        return None
    before = {"day": day, "moved_to": found.moved_to}
    work.session.delete(found)
    work.session.flush()
    return before
