"""What the frame around every page says: whose county, which part of it, and whether it is invented."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from dashboard.core.permissions import Actor
from dashboard.core.words import Subject
from dashboard.services import store
from dashboard.services.questions import question
from db.models import Site


@dataclass(frozen=True)
class About:
    """`place` is the name of the actor's part of the site tree, "" for the whole county."""

    county: str
    place: str
    sample: bool


@question(Subject.PLACES, Subject.ACCOUNTS)
def about(session: Session, actor: Actor) -> About:
    """The county's name, the actor's place in it, and the sample's mark."""
    site = session.get(Site, actor.site_id) if actor.site_id else None
    return About(
        county=store.county_name(session, actor.county),
        place=site.name if site else "",
        sample=store.is_sample(session, actor.county),
    )
