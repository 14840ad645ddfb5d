"""The duties of a rota: made a fortnight ahead by the tick, once, and brought in line with the plan when it changes.

What is still to come and unsigned follows the plan: days, hours, least numbers, and its people, unless somebody
changed these by hand. Nobody is put on a duty who can't be there; whoever no longer can is taken off, which leaves a
gap. A rota is locked before its people, and its people, all at once, before anything is decided about them.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select
from sqlalchemy.orm import Session

from dashboard.core import rotas as core
from dashboard.core import series
from dashboard.core.errors import Conflict, DashboardError, NotFound
from dashboard.core.permissions import WHOLE_COUNTY, Action, system_actor
from dashboard.core.words import HOLDS_SEAT, Consent, Subject, VolunteerStatus
from dashboard.services.commands import Work, command, perform
from dashboard.services.dispatches import VOLUNTEER
from dashboard.services.series_making import until_day
from dashboard.services.series_people import who_present
from db.engine import Database, lock_rows
from db.models import (
    Dispatch,
    Duty,
    DutyPerson,
    Leave,
    Membership,
    Rota,
    RotaCell,
    RotaCellPerson,
    RotaChange,
    RotaPlace,
    Site,
    Team,
    Volunteer,
)

#: So far ahead duties are made.
AHEAD = timedelta(days=14)
NOT_DUE = "ticks.not_due"
#: A compound on a weekday -> the least number of people, and who goes.
Cells = dict[tuple[int, int], tuple[int, tuple[int, ...]]]


@dataclass(frozen=True)
class Laid:
    """What laying a rota out did: duties made, changed and taken away, and how many of those to come lack people."""

    made: int
    changed: int
    gone: int
    gaps: int


def rota_for(work: Work, rota_id: int, action: Action = Action.EDIT_NEED, *, ended: bool = False) -> Rota:
    """A rota of a team within reach, locked; one that has ended only where that is said. Raises NotFound, or Forbidden
    out of reach."""
    row = work.session.execute(
        select(Rota, Site.path)
        .join(Team, Team.id == Rota.team_id)
        .outerjoin(Site, Site.id == Team.site_id)
        .where(Rota.county == work.actor.county, Rota.id == rota_id, *(() if ended else (Rota.ended_at.is_(None),)))
        .with_for_update(of=Rota)
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise NotFound("rotas.no_such")
    work.require(action, row.path or WHOLE_COUNTY)
    found: Rota = row[0]
    return found


def places_of(session: Session, row: Rota) -> list[RotaPlace]:
    """The compounds a rota still goes to, in order."""
    mine = (RotaPlace.county == row.county, RotaPlace.rota_id == row.id, RotaPlace.ended_at.is_(None))
    return list(session.scalars(select(RotaPlace).where(*mine).order_by(RotaPlace.position, RotaPlace.id)))


def cells_of(session: Session, row: Rota) -> Cells:
    """The weekly plan of the compounds it still goes to."""
    people: dict[int, list[int]] = {}
    here = (RotaPlace.county == row.county, RotaPlace.rota_id == row.id, RotaPlace.ended_at.is_(None))
    for cell_id, volunteer_id in session.execute(
        select(RotaCellPerson.cell_id, RotaCellPerson.volunteer_id)
        .join(RotaCell, RotaCell.id == RotaCellPerson.cell_id)
        .join(RotaPlace, RotaPlace.id == RotaCell.place_id)
        .where(*here)
        .order_by(RotaCellPerson.id)
    ):
        people.setdefault(cell_id, []).append(volunteer_id)
    rows = session.scalars(select(RotaCell).join(RotaPlace, RotaPlace.id == RotaCell.place_id).where(*here))
    return {(one.place_id, one.weekday): (one.least, tuple(people.get(one.id, ()))) for one in rows}


def changes_of(session: Session, row: Rota) -> dict[date, date | None]:
    """The days that are otherwise."""
    mine = (RotaChange.county == row.county, RotaChange.rota_id == row.id)
    return dict(session.execute(select(RotaChange.day, RotaChange.moved_to).where(*mine)).all())


def people_on(session: Session, county: str, duty_ids: Collection[int]) -> dict[int, list[int]]:
    """Duty -> who is on it, in the order they were put there."""
    found: dict[int, list[int]] = {one: [] for one in duty_ids}
    mine = (DutyPerson.county == county, DutyPerson.duty_id.in_(list(duty_ids)))
    for row in session.execute(
        select(DutyPerson.duty_id, DutyPerson.volunteer_id).where(*mine).order_by(DutyPerson.id)
    ):
        found[row.duty_id].append(row.volunteer_id)
    return found


def members_on(session: Session, county: str, team_id: int, day: date, ids: Collection[int] | None = None) -> set[int]:
    """Those of them, or all, who are in the team on a day."""
    rows = select(Membership.volunteer_id).where(
        Membership.county == county,
        Membership.team_id == team_id,
        Membership.valid_from <= day,
        or_(Membership.valid_to.is_(None), Membership.valid_to > day),
    )
    return set(session.scalars(rows if ids is None else rows.where(Membership.volunteer_id.in_(list(ids)))))


def who_can(
    session: Session,
    row: Rota,
    ids: Collection[int],
    span: tuple[datetime, datetime],
    duty_ids: Collection[int] = (),
) -> set[int]:
    """Those of them who are in the team that day and free for all of it: on the register, not on leave, not sent
    anywhere, on no other duty, and free by their weekly hours where these are known."""
    there = members_on(session, row.county, row.team_id, core.county_day(span[0]), ids)
    minutes = int((span[1] - span[0]).total_seconds() // 60)
    return who_present(session, row.county, there, [span], minutes, duty_ids=duty_ids)


def lock_people(work: Work, rows: Sequence[Rota], more: Collection[int] = ()) -> None:
    """Lock everybody these locked rotas may put on or take off a duty, once a transaction."""
    ids = set(more)
    for row in rows:
        ids.update(one for _, people in cells_of(work.session, row).values() for one in people)
        coming = [duty.id for duty in _duties(work.session, row, Duty.signed_at.is_(None), Duty.start > work.now)]
        ids.update(one for people in people_on(work.session, row.county, coming).values() for one in people)
    lock_rows(work.session, VOLUNTEER, sorted(ids))


def _duties(session: Session, row: Rota, *where: ColumnElement[bool]) -> list[Duty]:
    return list(
        session.scalars(
            select(Duty)
            .join(RotaPlace, RotaPlace.id == Duty.place_id)
            .where(RotaPlace.county == row.county, RotaPlace.rota_id == row.id, *where)
            .order_by(Duty.start, Duty.planned_on, RotaPlace.position, Duty.id)
        )
    )


def lay_out(work: Work, row: Rota, cell: tuple[int, int] | None = None) -> Laid:
    """Bring the duties to come in line with the plan, of all its cells or of one (compound, weekday). The rota and its
    people must be locked. Laid out again without a change, nothing changes."""
    until = until_day(work.now, AHEAD)
    wanted = _wanted(work, row, until, cell)
    gone = 0
    known: list[Duty] = []
    changed: set[int] = set()
    made: list[Duty] = []
    for duty in _duties(work.session, row, or_(Duty.start > work.now, Duty.planned_on.in_({day for _, day in wanted}))):
        key = (duty.place_id, duty.planned_on)
        if cell is not None and (duty.place_id, duty.planned_on.weekday()) != cell:
            continue
        plan = wanted.pop(key, None)
        if duty.signed_at is not None or duty.start <= work.now:
            # It took place, so it is not made again.
            continue
        if plan is None:
            remove(work, duty)
            gone += 1
            continue
        one, least, _ = plan
        if (duty.start, duty.end, duty.least) != (one.start, one.end, least):
            duty.start, duty.end, duty.day, duty.least = one.start, one.end, one.day, least
            duty.version += 1
            changed.add(duty.id)
        known.append(duty)
    for (place_id, planned_on), (one, least, _) in wanted.items():
        duty = Duty(
            county=row.county,
            place_id=place_id,
            planned_on=planned_on,
            day=one.day,
            start=one.start,
            end=one.end,
            least=least,
            by_hand=False,
            version=1,
        )
        work.session.add(duty)
        made.append(duty)
    work.session.flush()
    known += made
    cells = cells_of(work.session, row)
    there = people_on(work.session, row.county, [duty.id for duty in known])
    gaps = 0
    for duty in sorted(known, key=lambda one: (one.start, one.id)):
        on, plan_people = there[duty.id], cells[(duty.place_id, duty.planned_on.weekday())][1]
        wish = on if duty.by_hand else list(plan_people)
        can = who_can(work.session, row, wish, (duty.start, duty.end), [duty.id])
        now_on = [one for one in wish if one in can]
        if put(work, duty, on, now_on):
            changed.add(duty.id)
        gaps += core.missing(duty.least, len(now_on)) > 0
    if cell is None:
        row.made_until = core.county_day(until)
    work.session.flush()
    return Laid(len(made), len(changed - {duty.id for duty in made}), gone, gaps)


def _wanted(
    work: Work, row: Rota, until: datetime, cell: tuple[int, int] | None
) -> dict[tuple[int, date], tuple[core.Planned, int, tuple[int, ...]]]:
    """(compound, planned day) -> when it is, the least number and the people of the plan."""
    days = core.planned(series.parse(row.rule), row.start, row.minutes, changes_of(work.session, row), work.now, until)
    cells = cells_of(work.session, row)
    return {
        (place.id, one.planned_on): (one, *cells[place.id, one.planned_on.weekday()])
        for one in days
        for place in places_of(work.session, row)
        if cell in (None, (place.id, one.planned_on.weekday()))
        and cells.get((place.id, one.planned_on.weekday()), (0, ()))[0] > 0
    }


def put(work: Work, duty: Duty, before: Collection[int], after: Collection[int]) -> bool:
    """Have these people on a duty instead of those. Was anything changed?"""
    out, come = [one for one in before if one not in after], [one for one in after if one not in before]
    if out:
        mine = (DutyPerson.county == duty.county, DutyPerson.duty_id == duty.id)
        work.session.execute(delete(DutyPerson).where(*mine, DutyPerson.volunteer_id.in_(out)))
    work.session.add_all(DutyPerson(county=duty.county, duty_id=duty.id, volunteer_id=one) for one in come)
    if out or come:
        duty.version += 1
        work.session.flush()
    return bool(out or come)


def remove(work: Work, duty: Duty) -> None:
    """Take a duty away that is not wanted any more."""
    work.session.execute(delete(DutyPerson).where(DutyPerson.county == duty.county, DutyPerson.duty_id == duty.id))
    work.session.delete(duty)
    work.session.flush()


# -- by the tick


def due(session: Session, county: str, now: datetime) -> list[int]:
    """Rotas whose duties are not made up to the horizon, or have somebody who can no longer be there."""
    day = core.county_day(until_day(now, AHEAD))
    running = (Rota.county == county, Rota.ended_at.is_(None))
    behind = select(Rota.id).where(*running, or_(Rota.made_until.is_(None), Rota.made_until < day))
    lost = (
        select(Rota.id)
        .join(RotaPlace, RotaPlace.rota_id == Rota.id)
        .join(Duty, Duty.place_id == RotaPlace.id)
        .join(DutyPerson, DutyPerson.duty_id == Duty.id)
        .join(Volunteer, Volunteer.id == DutyPerson.volunteer_id)
        .where(*running, Duty.start > now, Duty.signed_at.is_(None), _cannot())
    )
    return sorted({*session.scalars(behind), *session.scalars(lost)})


def _cannot() -> ColumnElement[bool]:
    """She left the register or the team, is on leave, or was sent elsewhere since."""
    here = (Duty.start, Duty.end, DutyPerson.volunteer_id)
    away = exists().where(
        Leave.county == Duty.county, Leave.volunteer_id == here[2], Leave.start < here[1], Leave.end > here[0]
    )
    sent = exists().where(
        Dispatch.county == Duty.county,
        Dispatch.volunteer_id == here[2],
        Dispatch.state.in_(HOLDS_SEAT),
        Dispatch.start < here[1],
        Dispatch.end > here[0],
    )
    member = exists().where(
        Membership.county == Duty.county,
        Membership.team_id == Rota.team_id,
        Membership.volunteer_id == here[2],
        Membership.valid_from <= Duty.day,
        or_(Membership.valid_to.is_(None), Membership.valid_to > Duty.day),
    )
    there = and_(Volunteer.status == VolunteerStatus.ACTIVE, Volunteer.consent != Consent.REFUSED)
    return or_(~there, away, sent, ~member)


def make_due(
    database: Database, county: str, now: datetime, *, stopped: Callable[[], bool] = lambda: False
) -> tuple[int, list[tuple[int, str]]]:
    """Lay out the rotas that are due as the system, each a transaction of its own: duties made or changed, and (rota,
    key) of the refused."""
    with database.read() as session:
        ids = due(session, county, now)
    done, refused = 0, []
    for rota_id in ids:
        if stopped():
            break
        try:
            done += perform(database, make_duties, system_actor(county), now=now, rota_id=rota_id)["duties"]
        except DashboardError as error:
            if error.key not in (NOT_DUE, "rotas.no_such"):
                refused.append((rota_id, error.key))
    return done, refused


@command(Action.EDIT_NEED, Subject.NEEDS)
def make_duties(work: Work, *, rota_id: int) -> dict[str, Any]:
    """Make the duties of the coming fortnight. Raises Conflict when they are made and everybody can still be there."""
    row = rota_for(work, rota_id)
    lock_people(work, [row])
    if row.id not in due(work.session, row.county, work.now):
        raise Conflict(NOT_DUE)
    laid = lay_out(work, row)
    work.audit("rota", row.id, after={"made": laid.made, "changed": laid.changed, "gaps": laid.gaps})
    return {"duties": laid.made + laid.changed + laid.gone}
