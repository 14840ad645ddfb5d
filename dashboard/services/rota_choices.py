"""What can be chosen on page Rounds for a rota: who is free for a duty or could swap, members, teams, compounds."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.core import rotas as core
from dashboard.core.errors import NotFound
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.words import Subject, VolunteerStatus
from dashboard.services.questions import question
from dashboard.services.reach import at_reached_site
from dashboard.services.rota_making import members_on, who_can
from dashboard.services.rota_reading import Who, names_of, on_duty, reached
from db.models import Duty, DutyPerson, Grid, Rota, RotaPlace, Site, Team, Volunteer


@question(Subject.NEEDS, Subject.PEOPLE, Subject.PLACES)
def free_members(session: Session, actor: Actor, *, duty_id: int) -> tuple[tuple[int, str, int], ...]:
    """(id, name, duties that week) of the members who could be put on a duty, those with the fewest duties first."""
    require(actor, Action.EDIT_NEED)
    row, duty = _duty(session, actor, duty_id)
    on = set(session.scalars(select(DutyPerson.volunteer_id).where(DutyPerson.duty_id == duty.id)))
    ids = members_on(session, row.county, row.team_id, duty.day) - on
    can = who_can(session, row, ids, (duty.start, duty.end))
    monday = core.monday_of(duty.day)
    load = dict(
        session.execute(
            select(DutyPerson.volunteer_id, func.count())
            .join(Duty, Duty.id == DutyPerson.duty_id)
            .where(Duty.county == row.county, Duty.day >= monday, Duty.day <= monday + timedelta(days=6))
            .group_by(DutyPerson.volunteer_id)
        ).all()
    )
    names = names_of(session, actor, can)
    found = ((one, names[one], load.get(one, 0)) for one in can)
    return tuple(sorted(found, key=lambda one: (one[2], one[1], one[0])))


@dataclass(frozen=True)
class Swap:
    """Somebody on another duty to come who could swap."""

    duty_id: int
    volunteer_id: int
    name: str
    day: date
    place: str


@question(Subject.NEEDS, Subject.PEOPLE, Subject.PLACES)
def swaps(session: Session, actor: Actor, *, duty_id: int, volunteer_id: int, now: datetime) -> tuple[Swap, ...]:
    """With whom somebody on a duty could swap: each of the two can be there when the other was to, the first first."""
    require(actor, Action.EDIT_NEED)
    row, duty = _duty(session, actor, duty_id)
    where = (RotaPlace.rota_id == row.id, Duty.start > now, Duty.signed_at.is_(None), Duty.id != duty.id)
    others = on_duty(session, actor, where)
    on = set(session.scalars(select(DutyPerson.volunteer_id).where(DutyPerson.duty_id == duty.id)))
    people = {one for other in others for one, _ in other.people} - on
    span = (duty.start, duty.end)
    same_hour = [other.id for other in others if other.start < duty.end and other.end > duty.start]
    # Who comes from a duty at the same hour gives that one up.
    can_come = who_can(session, row, people, span), who_can(session, row, people, span, same_hour)
    spans = {(other.start, other.end) for other in others}
    can_go = {one for one in spans if who_can(session, row, [volunteer_id], one, [duty.id])}
    places = dict(session.execute(select(RotaPlace.id, RotaPlace.name).where(RotaPlace.rota_id == row.id)).all())
    return tuple(
        Swap(other.id, one, name, other.day, places[other.place_id])
        for other in others
        if (other.start, other.end) in can_go and volunteer_id not in dict(other.people)
        for one, name in other.people
        if one in can_come[other.id in same_hour]
    )


def _duty(session: Session, actor: Actor, duty_id: int) -> tuple[Rota, Duty]:
    row = session.execute(
        select(Rota, Duty)
        .join(RotaPlace, RotaPlace.rota_id == Rota.id)
        .join(Duty, Duty.place_id == RotaPlace.id)
        .where(Duty.county == actor.county, Duty.id == duty_id, reached(actor))
    ).first()
    if row is None:
        raise NotFound("rotas.no_such_duty")
    return row[0], row[1]


@question(Subject.PEOPLE, Subject.PLACES)
def members(session: Session, actor: Actor, *, team_id: int, today: date) -> tuple[Who, ...]:
    """The active members of a team, by name."""
    require(actor, Action.EDIT_NEED)
    ids = members_on(session, actor.county, team_id, today)
    mine = (Volunteer.county == actor.county, Volunteer.status == VolunteerStatus.ACTIVE, Volunteer.id.in_(ids))
    names = names_of(session, actor, session.scalars(select(Volunteer.id).where(*mine)).all())
    return tuple(sorted(names.items(), key=lambda one: (one[1], one[0])))


@question(Subject.PEOPLE, Subject.PLACES)
def teams(session: Session, actor: Actor) -> tuple[Who, ...]:
    """(id, name) of the active teams within reach."""
    require(actor, Action.EDIT_NEED)
    mine = (Team.county == actor.county, Team.active, at_reached_site(actor, Team.site_id))
    rows = session.execute(select(Team.id, Team.name).where(*mine).order_by(Team.name, Team.id))
    return tuple((row.id, row.name) for row in rows)


@question(Subject.PLACES)
def spots(session: Session, actor: Actor) -> tuple[tuple[str, int, str], ...]:
    """("grid" or "site", id, name) of what a compound can be: the grids and sites within reach."""
    require(actor, Action.EDIT_NEED)
    grid = (Grid.county == actor.county, Grid.valid_to.is_(None), at_reached_site(actor, Grid.site_id))
    site = (Site.county == actor.county, at_reached_site(actor, Site.id))
    grids = session.execute(select(Grid.id, Grid.name).where(*grid).order_by(Grid.name, Grid.id))
    sites = session.execute(select(Site.id, Site.name).where(*site).order_by(Site.path, Site.id))
    return (*(("grid", row.id, row.name) for row in grids), *(("site", row.id, row.name) for row in sites))
