"""What a coordinator changes about a site, a grid, and who answers for it; always of the version seen. Points and
outlines come by import only."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from dashboard.core.errors import Conflict, Invalid, NotFound
from dashboard.core.intake import name_key, person_name, phone
from dashboard.core.orders import Caller
from dashboard.core.permissions import WHOLE_COUNTY, Action
from dashboard.core.registers import checked
from dashboard.core.words import Subject
from dashboard.services.commands import Work, command
from dashboard.services.filtering import county_day
from dashboard.services.persons import person_of, personal
from dashboard.services.row_edits import put
from db.engine import lock_rows
from db.models import Grid, GridContact, Site

#: How a table's columns are called in the rows.
_SITE, _GRID = {"site_kind": "kind"}, {"grid_kind": "kind"}


@command(Action.EDIT_PLACE, Subject.PLACES)
def edit_site(work: Work, *, site_id: int, version: int, values: Mapping[str, Any]) -> None:
    """Change a site. Raises Conflict when its parent has one of the new name already."""
    told = checked("sites", values)
    mine = (Site.county == work.actor.county, Site.id == site_id)
    site = work.session.scalar(select(Site).where(*mine).execution_options(populate_existing=True))
    if site is None:
        raise NotFound("registers.no_such_site")
    work.require(Action.EDIT_PLACE, site.path)
    if told.get("phone") and not phone(told["phone"]).valid:
        raise Invalid("registers.bad_phone", field_key="registers.field.phone")
    if "name" in told:
        _require_free(work, site, told["name"])
        told["name_key"] = name_key(told["name"])
    work.at_version(site, version)
    put(work, "site", site, told, _SITE)


def _require_free(work: Work, site: Site, name: str) -> None:
    """Two who name a site of one parent wait for each other."""
    lock_rows(work.session, "site_names", [site.parent_id or 0])
    twin = select(Site.id).where(
        Site.county == site.county,
        Site.parent_id.is_(None) if site.parent_id is None else Site.parent_id == site.parent_id,
        Site.name_key == name_key(name),
        Site.id != site.id,
    )
    if work.session.scalar(twin.limit(1)) is not None:
        raise Conflict("registers.name_taken", name=name)


@command(Action.EDIT_PLACE, Subject.PLACES)
def edit_grid(work: Work, *, grid_id: int, version: int, values: Mapping[str, Any]) -> None:
    """Change a grid that holds today."""
    told = checked("grids", values)
    mine = (Grid.county == work.actor.county, Grid.id == grid_id)
    found = work.session.execute(
        select(Grid, Site.path)
        .outerjoin(Site, Site.id == Grid.site_id)
        .where(*mine)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound("registers.no_such_grid")
    work.require(Action.EDIT_PLACE, found.path or WHOLE_COUNTY)
    grid: Grid = found[0]
    if grid.valid_to is not None and grid.valid_to <= county_day(work.now):
        raise Conflict("registers.grid_over")
    work.at_version(grid, version)
    put(work, "grid", grid, told, _GRID)


@command(Action.EDIT_PLACE, Subject.PLACES, Subject.PEOPLE)
def edit_contact(work: Work, *, contact_id: int, version: int, values: Mapping[str, Any]) -> dict[str, Any]:
    """Change a contact card. With a new name the card is taken down today and one of the new person posted."""
    told = checked("contacts", values)
    new = Caller(person_name(told.pop("new_name", "")), told.pop("new_phone", ""))
    found = work.session.execute(
        select(GridContact, Grid.village_code, Site.path)
        .join(Grid, Grid.id == GridContact.grid_id)
        .outerjoin(Site, Site.id == Grid.site_id)
        .where(GridContact.county == work.actor.county, GridContact.id == contact_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound("registers.no_such_contact")
    work.require(Action.EDIT_PLACE, found.path or WHOLE_COUNTY)
    card: GridContact = found[0]
    today = county_day(work.now)
    if card.valid_to is not None and card.valid_to <= today:
        raise Conflict("registers.contact_over")
    if new.phone and not new.name:
        raise Invalid("registers.phone_without_name")
    if new.phone and not phone(new.phone).valid:
        raise Invalid("registers.bad_phone", field_key="registers.field.new_phone")
    begins = today if new.name else card.valid_from
    if told.get("valid_to") and begins is not None and told["valid_to"] <= begins:
        raise Invalid("registers.ends_first")
    work.at_version(card, version)
    if not new.name:
        put(work, "grid_contact", card, told, {})
        return {"contact_id": card.id}
    person = person_of(work, new, found.village_code, resident=False)
    assert person is not None
    kept = {name: getattr(card, name) for name in ("duty", "position", "valid_to")}
    posted = GridContact(
        county=card.county, grid_id=card.grid_id, person_id=person.id, valid_from=today, version=1, **(kept | told)
    )
    work.session.add(posted)
    # A card posted today never held a day.
    card.valid_to = today
    work.session.flush()
    work.audit(
        "grid_contact",
        posted.id,
        before={"contact": card.id, "person_id": card.person_id, **kept},
        after={"contact": posted.id, "person_id": person.id, **kept, **told},
        personal=personal(new, person),
    )
    return {"contact_id": posted.id}
