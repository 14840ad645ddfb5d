"""Words of coordinators that are in force: for one need, and the people kept free."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from dashboard.core.permissions import Action, Actor, require
from dashboard.core.words import ConstraintKind, Subject
from dashboard.services.match_rows import in_force
from dashboard.services.questions import question
from dashboard.services.reach import at_reached_site
from db.models import Account, Constraint, Need, Person, Volunteer


@dataclass(frozen=True)
class Word:
    """A constraint in words; `code` of its need is empty for somebody kept free."""

    id: int
    kind: str
    volunteer: str
    code: str
    start: datetime | None
    end: datetime | None
    by: str
    reason: str
    expires_at: datetime | None


@question(Subject.NEEDS, Subject.PEOPLE)
def standing(session: Session, actor: Actor, *, now: datetime, need_id: int | None = None) -> tuple[Word, ...]:
    """Constraints in force within reach, latest first: those of one need, or all of them."""
    require(actor, Action.SEE_MATCH)
    here = Constraint.need_id == need_id if need_id is not None else Constraint.id.is_not(None)
    reached = or_(
        at_reached_site(actor, Need.site_id),
        (Constraint.kind == ConstraintKind.KEEP_FREE) & at_reached_site(actor, Volunteer.site_id),
    )
    rows = session.execute(
        select(Constraint, Person.name, Need.code, Account.display_name)
        .join(Volunteer, Volunteer.id == Constraint.volunteer_id)
        .join(Person, Person.id == Volunteer.person_id)
        .outerjoin(Need, Need.id == Constraint.need_id)
        .outerjoin(Account, Account.id == Constraint.author_id)
        .where(Constraint.county == actor.county, in_force(now), here, reached)
        .order_by(Constraint.id.desc())
    )
    return tuple(
        Word(row.id, row.kind, name, code or "", row.start, row.end, by or "", row.reason, row.expires_at)
        for row, name, code, by in rows
    )
