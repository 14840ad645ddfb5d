"""Which sites, teams and volunteers an actor may read, as conditions: said once for figures, teams and volunteers.

A row belongs to a site and is within reach when the site's path starts with the actor's. Rows of no site are seen by
those who see the whole county. A team marked as shared is seen by everybody, with its figures and without names.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from dashboard.core.permissions import WHOLE_COUNTY, Actor
from dashboard.services.questions import within
from db.models import Site, Team, Volunteer


def sites_in_reach(actor: Actor) -> Select[Any]:
    """Ids of the sites of the actor's part of the tree."""
    return select(Site.id).where(Site.county == actor.county, within(actor, Site.path))


def at_reached_site(actor: Actor, site_id: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """The row's site lies in the actor's part of the tree; true without a look for the whole county."""
    return true() if actor.site_path == WHOLE_COUNTY else site_id.in_(sites_in_reach(actor))


def team_shown(actor: Actor) -> ColumnElement[bool]:
    """Teams of the actor's part of the tree, and the shared ones."""
    if actor.site_path == WHOLE_COUNTY:
        return true()
    return or_(Team.shared, at_reached_site(actor, Team.site_id))


def volunteer_named(actor: Actor) -> ColumnElement[bool]:
    """Volunteers whose names the actor may read (her role permitting): those of her part of the tree."""
    return at_reached_site(actor, Volunteer.site_id)
