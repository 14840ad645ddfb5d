"""Volunteers as a table that is edited: what the commands of `volunteer_edits` change, at the version that was seen."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.core.permissions import Action, Actor, require
from dashboard.core.words import Subject, VolunteerStatus
from dashboard.services.questions import question
from dashboard.services.reach import at_reached_site
from db.models import Person, Volunteer

#: Rows that a table offers at once.
MOST = 200


@dataclass(frozen=True)
class RegisterRow:
    """A volunteer as the table shows her."""

    id: int
    version: int
    code: str
    name: str
    status: VolunteerStatus
    cap_day: int
    cap_week: int
    max_distance_m: int


@question(Subject.PEOPLE, Subject.PLACES)
def register(session: Session, actor: Actor, *, volunteer_ids: tuple[int, ...]) -> tuple[RegisterRow, ...]:
    """Those of the volunteers that the actor may change, the first `MOST` by their number."""
    require(actor, Action.EDIT_VOLUNTEER)
    rows = session.execute(
        select(Volunteer, Person.name)
        .join(Person, Person.id == Volunteer.person_id)
        .where(
            Volunteer.county == actor.county,
            Volunteer.id.in_(sorted(set(volunteer_ids))[:MOST]),
            Person.erased_at.is_(None),
            at_reached_site(actor, Volunteer.site_id),
        )
        .order_by(Volunteer.id)
    )
    return tuple(
        RegisterRow(
            id=row.Volunteer.id,
            version=row.Volunteer.version,
            code=row.Volunteer.code or "",
            name=row.name,
            status=VolunteerStatus(row.Volunteer.status),
            cap_day=row.Volunteer.cap_day,
            cap_week=row.Volunteer.cap_week,
            max_distance_m=row.Volunteer.max_distance_m,
        )
        for row in rows
    )
