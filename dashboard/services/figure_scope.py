"""A part of the site tree to count figures of: by a site's code or name, or by its id."""

from dataclasses import replace

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from dashboard.core.errors import Invalid, NotFound
from dashboard.core.permissions import Actor
from dashboard.core.words import Subject
from dashboard.services.questions import question
from dashboard.services.reach import at_reached_site
from db.models import Site


@question(Subject.PLACES)
def scope_path(session: Session, actor: Actor, *, scope: str) -> tuple[int, str]:
    """Id and path of the site with this code, else of the only one with this name.

    Raises NotFound for none within reach, Invalid for a name that several sites have.
    """
    reached = and_(Site.county == actor.county, at_reached_site(actor, Site.id))
    for column in (Site.code, Site.name):
        found = session.execute(select(Site.id, Site.path, Site.code).where(reached, column == scope)).all()
        if len(found) > 1:
            codes = ", ".join(sorted(row.code for row in found))
            raise Invalid("figures.cli.scope_ambiguous", scope=scope, count=len(found), codes=codes)
        if found:
            return found[0].id, found[0].path
    raise NotFound("figures.cli.scope", scope=scope)


def within_part(session: Session, actor: Actor, site_id: int | None) -> Actor:
    """The actor as one of this site's part of the tree; None: her own. Raises NotFound out of her reach."""
    if site_id is None:
        return actor
    here = (Site.county == actor.county, Site.id == site_id, at_reached_site(actor, Site.id))
    path = session.scalar(select(Site.path).where(*here))
    if path is None:
        raise NotFound("figures.cli.scope", scope=site_id)
    return replace(actor, site_id=site_id, site_path=path)
