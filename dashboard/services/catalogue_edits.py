"""What a coordinator changes about an item of the menu, of the version seen."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from dashboard.core.errors import Invalid, NotFound
from dashboard.core.permissions import WHOLE_COUNTY, Action
from dashboard.core.registers import checked
from dashboard.core.words import Subject
from dashboard.services.commands import Work, command
from dashboard.services.row_edits import put
from db.models import CatalogueItem, Category, Site


@command(Action.EDIT_CATALOGUE, Subject.CATALOGUE)
def edit_item(work: Work, *, item_id: int, version: int, values: Mapping[str, Any]) -> None:
    """Change an item; one of no site is the whole county's. What was asked for before keeps its item."""
    told = checked("catalogue", values)
    found = work.session.execute(
        select(CatalogueItem, Site.path)
        .outerjoin(Site, Site.id == CatalogueItem.site_id)
        .where(CatalogueItem.county == work.actor.county, CatalogueItem.id == item_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound("registers.no_such_item")
    work.require(Action.EDIT_CATALOGUE, found.path or WHOLE_COUNTY)
    item: CatalogueItem = found[0]
    if "category_id" in told:
        active_category(work, told["category_id"])
    if "season" in told:
        told["season"] = told["season"] or ""
    work.at_version(item, version)
    put(work, "catalogue_item", item, told, {})


def active_category(work: Work, category_id: int) -> Category:
    """A category of the county that is in use. Raises Invalid."""
    category = work.session.scalar(
        select(Category).where(
            Category.county == work.actor.county, Category.id == category_id, Category.active.is_(True)
        )
    )
    if category is None:
        raise Invalid("needs.unknown_category")
    return category
