"""Looking at a person's full name, phone, address or ID number: with a reason, within reach, and written down.

Everything personal is shown masked. `reveal` is the one way to the values; it leaves a row in the access log and one in
the audit, neither of which holds a value.
"""

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from dashboard.core.errors import Forbidden, Invalid, NotFound
from dashboard.core.permissions import WHOLE_COUNTY, Action, Actor, Personal, may_reveal
from dashboard.core.words import HOLDS_SEAT
from dashboard.services.commands import Work, command
from dashboard.services.reach import sites_in_reach
from db.models import AccessLog, Dispatch, Grid, GridContact, Membership, Need, Person, Team, Volunteer

#: Shorter than this is no reason.
LEAST_REASON = 2


@command(Action.REVEAL)
def reveal(work: Work, *, person_id: int, fields: tuple[str, ...], reason: str) -> dict[str, str | None]:
    """The values asked for, by field; None where nothing is known. Run it without an idempotency key.

    Raises Invalid without a reason, Forbidden for a field the role may not see, NotFound for somebody out of reach.
    """
    why = " ".join(reason.split())[:200]
    if len(why) < LEAST_REASON:
        raise Invalid("access.reason_missing")
    wanted = tuple(Personal(field) for field in fields)
    for field in wanted:
        if not may_reveal(work.actor.role, field):
            raise Forbidden("access.field", field=field, role=work.actor.role)
    person = work.session.scalar(select(Person).where(Person.county == work.actor.county, Person.id == person_id))
    if person is None or not in_reach(work.session, work.actor, person_id):
        raise NotFound("access.nobody")
    names = [str(field) for field in wanted]
    log(work, "reveal", "person", person_id, names, why)
    work.audit("person", person_id, after={"fields": names}, reason=why)
    return {str(field): getattr(person, field) for field in wanted}


def log(work: Work, kind: str, subject: str, subject_id: int | None, fields: list[str], reason: str) -> None:
    """One row of the access log for what the command shows."""
    work.session.add(
        AccessLog(
            county=work.actor.county,
            at=work.now,
            account_id=work.actor.account_id or None,
            kind=kind,
            subject=subject,
            subject_id=subject_id,
            fields=fields,
            reason=reason,
        )
    )


def in_reach(session: Session, actor: Actor, person_id: int) -> bool:
    """Has this person to do with the actor's part of the tree?

    A volunteer of one of its sites or sent to one of its needs or of a team shared with everybody; a resident or the
    caller of one of its needs; the contact of one of its grids. Whoever has the whole county reaches everybody.
    """
    if actor.site_path == WHOLE_COUNTY:
        return True
    return bool(session.scalar(select(or_(*(exists(select(1).where(*ties)) for ties in _ties(actor, person_id))))))


def _ties(actor: Actor, person_id: int) -> list[tuple[ColumnElement[bool], ...]]:
    sites = sites_in_reach(actor)
    mine = (Volunteer.county == actor.county, Volunteer.person_id == person_id)
    return [
        (*mine, Volunteer.site_id.in_(sites)),
        (
            *mine,
            Dispatch.volunteer_id == Volunteer.id,
            Dispatch.state.in_(HOLDS_SEAT),
            Need.id == Dispatch.need_id,
            Need.site_id.in_(sites),
        ),
        (
            *mine,
            Membership.volunteer_id == Volunteer.id,
            Membership.valid_to.is_(None),
            Team.id == Membership.team_id,
            Team.shared.is_(True),
        ),
        (
            Need.county == actor.county,
            or_(Need.person_id == person_id, Need.reported_by_id == person_id),
            Need.site_id.in_(sites),
        ),
        (GridContact.person_id == person_id, Grid.id == GridContact.grid_id, Grid.site_id.in_(sites)),
    ]
