"""What the page Rounds shows of rotas: the plan, a week of duties, the gaps of the next days, who could go."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select, true
from sqlalchemy.orm import Session

from dashboard.core import rotas as core
from dashboard.core.errors import NotFound
from dashboard.core.masking import masked_name
from dashboard.core.permissions import WHOLE_COUNTY, Action, Actor, require
from dashboard.core.words import Subject
from dashboard.services.questions import question
from dashboard.services.reach import at_reached_site, volunteer_named
from dashboard.services.rota_making import Cells, cells_of, places_of
from dashboard.services.series_reading import ALARM
from db.models import Account, Duty, DutyPerson, Person, Rota, RotaChange, RotaPlace, Site, Team, Volunteer

#: Somebody, as (id, name as the reader may see it).
Who = tuple[int, str]


@dataclass(frozen=True)
class PlanCell:
    """A compound on a weekday."""

    least: int
    people: tuple[Who, ...]


@dataclass(frozen=True)
class PlanPlace:
    """A compound of a rota with its weekdays."""

    id: int
    name: str
    cells: dict[int, PlanCell]


@dataclass(frozen=True)
class Plan:
    """A rota that runs. `responsible` leads the team, else began the rota; `changes` are the days ahead that are
    otherwise: (day, the day it is moved to or None, reason)."""

    id: int
    version: int
    name: str
    team_id: int
    team: str
    rule: str
    start: datetime
    minutes: int
    responsible: str
    places: tuple[PlanPlace, ...]
    changes: tuple[tuple[date, date | None, str], ...]


@dataclass(frozen=True)
class OnDuty:
    """A compound on one day; `planned_on` is the plan's day. `absent` are those of the plan who can't be there."""

    id: int
    version: int
    place_id: int
    planned_on: date
    day: date
    start: datetime
    end: datetime
    least: int
    people: tuple[Who, ...]
    absent: tuple[str, ...] = ()
    signed: bool = False
    came: frozenset[int] = frozenset()
    began_at: datetime | None = None
    left_at: datetime | None = None
    households: int | None = None
    note: str = ""

    @property
    def moved(self) -> bool:
        """Does it take place on another day than the plan says?"""
        return self.day != self.planned_on

    @property
    def missing(self) -> int:
        """People missing; of a signed duty none, it is past."""
        return 0 if self.signed else core.missing(self.least, len(self.people))


@dataclass(frozen=True)
class Week:
    """A rota's week: compounds, its days from Monday on, the duties by (compound, day), and the days of the plan that
    are otherwise: the day it is moved to, None where left out, and why."""

    rota_id: int
    name: str
    team: str
    site_path: str
    monday: date
    places: tuple[tuple[int, str], ...]
    duties: dict[tuple[int, date], tuple[OnDuty, ...]]
    otherwise: dict[date, tuple[date | None, str]] = field(default_factory=dict)

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(self.monday + timedelta(days=n) for n in range(7))

    @property
    def all(self) -> tuple[OnDuty, ...]:
        """Its duties, the first first."""
        return tuple(sorted((d for cell in self.duties.values() for d in cell), key=lambda d: (d.start, d.id)))


@dataclass(frozen=True)
class RotaGap:
    """A duty of the next days with too few people, and who is responsible."""

    duty_id: int
    rota_id: int
    rota: str
    place: str
    start: datetime
    end: datetime
    missing: int
    people: tuple[Who, ...]
    responsible: str


def reached(actor: Actor) -> ColumnElement[bool]:
    """Rotas of teams within the actor's part of the tree."""
    if actor.site_path == WHOLE_COUNTY:
        return true()
    return Rota.team_id.in_(select(Team.id).where(Team.county == actor.county, at_reached_site(actor, Team.site_id)))


def names_of(session: Session, actor: Actor, ids: Iterable[int]) -> dict[int, str]:
    """Names of volunteers: in full within the reader's part of the tree, else masked."""
    full = actor.may(Action.SEE_VOLUNTEERS)
    rows = session.execute(
        select(Volunteer.id, Person.name, case((volunteer_named(actor), 1), else_=0).label("named"))
        .join(Person, Person.id == Volunteer.person_id)
        .where(Volunteer.county == actor.county, Volunteer.id.in_(list(ids)))
    )
    return {row.id: row.name if full and row.named else masked_name(row.name) for row in rows}


def _responsible(session: Session, actor: Actor, rows: Sequence[Any]) -> dict[int, str]:
    """Rota -> who leads its team, else who began it. Rows have `rota_id`, `leader_id` and `began`."""
    leaders = names_of(session, actor, {row.leader_id for row in rows if row.leader_id is not None})
    return {row.rota_id: leaders.get(row.leader_id, row.began or "") for row in rows}


@question(Subject.NEEDS, Subject.PEOPLE, Subject.PLACES, Subject.ACCOUNTS)
def plans(session: Session, actor: Actor, *, today: date) -> tuple[Plan, ...]:
    """The running rotas of teams within reach, by name, with their plans and what is otherwise from `today` on."""
    require(actor, Action.EDIT_NEED)
    columns = (Rota.id.label("rota_id"), Team.leader_id, Account.display_name.label("began"))
    rows = session.execute(
        select(Rota, Team.name.label("team"), *columns)
        .join(Team, Team.id == Rota.team_id)
        .outerjoin(Account, Account.id == Rota.created_by)
        .where(Rota.county == actor.county, Rota.ended_at.is_(None), reached(actor))
        .order_by(Rota.name, Rota.id)
    ).all()
    responsible = _responsible(session, actor, rows)
    return tuple(_plan(session, actor, row[0], row.team, responsible[row.rota_id], today) for row in rows)


def _plan(session: Session, actor: Actor, row: Rota, team: str, responsible: str, today: date) -> Plan:
    cells, places = cells_of(session, row), places_of(session, row)
    names = names_of(session, actor, {one for _, people in cells.values() for one in people})
    found = tuple(
        PlanPlace(
            place.id,
            place.name,
            {
                weekday: PlanCell(least, tuple((one, names[one]) for one in people))
                for (place_id, weekday), (least, people) in sorted(cells.items())
                if place_id == place.id
            },
        )
        for place in places
    )
    changes = session.execute(
        select(RotaChange.day, RotaChange.moved_to, RotaChange.reason)
        .where(RotaChange.county == row.county, RotaChange.rota_id == row.id, RotaChange.day >= today)
        .order_by(RotaChange.day)
    )
    return Plan(
        row.id,
        row.version,
        row.name,
        row.team_id,
        team,
        row.rule,
        row.start,
        row.minutes,
        responsible,
        found,
        tuple((one.day, one.moved_to, one.reason) for one in changes),
    )


@question(Subject.NEEDS, Subject.PEOPLE, Subject.PLACES)
def week(session: Session, actor: Actor, *, rota_id: int, monday: date) -> Week:
    """A week of a rota within reach. Raises NotFound."""
    require(actor, Action.EDIT_NEED)
    return week_of(session, actor, rota_id, monday)


def week_of(session: Session, actor: Actor, rota_id: int, monday: date) -> Week:
    """A week of a rota within the actor's reach: the compounds it goes to, and those it went to then."""
    row = session.execute(
        select(Rota, Team.name.label("team"), Site.path)
        .join(Team, Team.id == Rota.team_id)
        .outerjoin(Site, Site.id == Team.site_id)
        .where(Rota.county == actor.county, Rota.id == rota_id, reached(actor))
    ).first()
    if row is None:
        raise NotFound("rotas.no_such")
    rota: Rota = row[0]
    mine = (RotaPlace.county == rota.county, RotaPlace.rota_id == rota.id)
    last = monday + timedelta(days=6)
    found = on_duty(session, actor, (*mine, Duty.day >= monday, Duty.day <= last), cells_of(session, rota))
    there = {one.place_id for one in found}
    places = session.execute(
        select(RotaPlace.id, RotaPlace.name)
        .where(*mine, or_(RotaPlace.ended_at.is_(None), RotaPlace.id.in_(there)))
        .order_by(RotaPlace.position, RotaPlace.id)
    )
    duties: dict[tuple[int, date], tuple[OnDuty, ...]] = {}
    for one in found:
        key = (one.place_id, one.day)
        duties[key] = (*duties.get(key, ()), one)
    changes = session.execute(
        select(RotaChange.day, RotaChange.moved_to, RotaChange.reason).where(
            RotaChange.county == rota.county,
            RotaChange.rota_id == rota.id,
            RotaChange.day >= monday,
            RotaChange.day <= last,
        )
    )
    return Week(
        rota.id,
        rota.name,
        row.team,
        row.path or WHOLE_COUNTY,
        monday,
        tuple((one.id, one.name) for one in places),
        duties,
        {one.day: (one.moved_to, one.reason) for one in changes},
    )


def on_duty(
    session: Session, actor: Actor, where: Collection[ColumnElement[bool]], cells: Cells | None = None
) -> list[OnDuty]:
    """The duties; with the weekly plan also who of it is not on them, unless their people were changed by hand."""
    rows = session.scalars(
        select(Duty).join(RotaPlace, RotaPlace.id == Duty.place_id).where(*where).order_by(Duty.start, Duty.id)
    ).all()
    people: dict[int, list[Any]] = {row.id: [] for row in rows}
    for one in session.execute(
        select(DutyPerson.duty_id, DutyPerson.volunteer_id, DutyPerson.came)
        .where(DutyPerson.county == actor.county, DutyPerson.duty_id.in_(people))
        .order_by(DutyPerson.id)
    ):
        people[one.duty_id].append(one)
    wanted = {
        row.id: (cells or {}).get((row.place_id, row.planned_on.weekday()), (0, ()))[1]
        for row in rows
        if row.signed_at is None and not row.by_hand
    }
    there = {one.volunteer_id for several in people.values() for one in several}
    names = names_of(session, actor, there | {one for several in wanted.values() for one in several})
    return [
        OnDuty(
            id=row.id,
            version=row.version,
            place_id=row.place_id,
            planned_on=row.planned_on,
            day=row.day,
            start=row.start,
            end=row.end,
            least=row.least,
            people=tuple((one.volunteer_id, names[one.volunteer_id]) for one in people[row.id]),
            absent=tuple(
                names[one]
                for one in wanted.get(row.id, ())
                if one not in {person.volunteer_id for person in people[row.id]}
            ),
            signed=row.signed_at is not None,
            came=frozenset(one.volunteer_id for one in people[row.id] if one.came),
            began_at=row.began_at,
            left_at=row.left_at,
            households=row.households,
            note=row.note,
        )
        for row in rows
    ]


@question(Subject.NEEDS, Subject.PEOPLE, Subject.PLACES, Subject.ACCOUNTS)
def gaps(session: Session, actor: Actor, *, now: datetime) -> tuple[RotaGap, ...]:
    """Duties of the next three days with too few people, the first first."""
    require(actor, Action.EDIT_NEED)
    there = (
        select(func.count())
        .select_from(DutyPerson)
        .where(DutyPerson.county == Duty.county, DutyPerson.duty_id == Duty.id)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Duty.id,
            Rota.id.label("rota_id"),
            Rota.name,
            RotaPlace.name.label("place"),
            Team.leader_id,
            Account.display_name.label("began"),
        )
        .join(RotaPlace, RotaPlace.id == Duty.place_id)
        .join(Rota, Rota.id == RotaPlace.rota_id)
        .join(Team, Team.id == Rota.team_id)
        .outerjoin(Account, Account.id == Rota.created_by)
        .where(
            Duty.county == actor.county,
            Duty.start > now,
            Duty.start < now + ALARM,
            Duty.signed_at.is_(None),
            there < Duty.least,
            reached(actor),
        )
    ).all()
    known, responsible = {row.id: row for row in rows}, _responsible(session, actor, rows)
    return tuple(
        RotaGap(
            one.id,
            known[one.id].rota_id,
            known[one.id].name,
            known[one.id].place,
            one.start,
            one.end,
            one.missing,
            one.people,
            responsible[known[one.id].rota_id],
        )
        for one in on_duty(session, actor, (Duty.county == actor.county, Duty.id.in_(known)))
    )
