"""Calling somebody who answers for a grid: the number is shown to a person with a reason, and that is written down."""

from typing import Any

from sqlalchemy import select

from dashboard.core.errors import Invalid, NotFound
from dashboard.core.permissions import WHOLE_COUNTY, Action
from dashboard.services import access
from dashboard.services.commands import Work, command
from db.models import Grid, GridContact, Person, Site


@command(Action.CALL_CONTACT)
def call_contact(work: Work, *, contact_id: int, reason: str) -> dict[str, Any]:
    """The name and number of a contact card, for a grid in the actor's part of the tree, and when they were asked for.

    Raises NotFound for a card that is gone, Invalid without a reason or when the card has no number. Run it without an
    idempotency key: its result is personal and must not be kept.
    """
    if not reason.strip():
        raise Invalid("map.call.no_reason")
    found = work.session.execute(
        select(Person.id, Person.name, Person.phone, Site.path)
        .select_from(GridContact)
        .join(Person, Person.id == GridContact.person_id)
        .join(Grid, Grid.id == GridContact.grid_id)
        .outerjoin(Site, Site.id == Grid.site_id)
        .where(GridContact.county == work.actor.county, GridContact.id == contact_id)
    ).first()
    if found is None:
        raise NotFound("map.gone")
    work.require(Action.CALL_CONTACT, found.path or WHOLE_COUNTY)
    if not found.phone:
        raise Invalid("map.call.no_phone")
    access.log(work, "call", "person", found.id, ["name", "phone"], reason.strip())
    work.audit("grid_contact", contact_id, reason=reason.strip())
    return {"contact_id": contact_id, "name": found.name, "phone": found.phone, "at": work.now.isoformat()}
