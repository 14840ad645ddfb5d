"""How many households one volunteer may have: what holds, and setting it for the whole county.

The setting carries the number of times it was set, so that two who change it at once don't overwrite each other unseen.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from dashboard.core.errors import Conflict, Invalid
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.words import Subject
from dashboard.services.commands import Work, command
from dashboard.services.contracts import LIMIT, household_limit
from dashboard.services.county import setting
from dashboard.services.questions import question
from dashboard.services.settings import locked_setting, store_setting

MOST_EVER = 999


@dataclass(frozen=True)
class Limit:
    """The limit that holds, and its version, 0 while it was never set here."""

    most: int
    version: int


@question(Subject.RULES)
def limit(session: Session, actor: Actor) -> Limit:
    """The county's limit, for everybody who gives households away."""
    require(actor, Action.EDIT_NEED)
    return Limit(household_limit(session, actor.county), _version(setting(session, actor.county, LIMIT)))


@command(Action.EDIT_RULES, Subject.RULES)
def set_household_limit(work: Work, *, most: int, version: int, reason: str) -> dict[str, Any]:
    """Set the limit for the whole county; contracts beyond it stay. Raises Conflict when another set it meanwhile."""
    if not 0 <= most <= MOST_EVER:
        raise Invalid("contracts.limit_number", most=MOST_EVER)
    row = locked_setting(work, LIMIT)
    if _version(None if row is None else row.value) != version:
        raise Conflict("contracts.limit_changed")
    before = {"most": None if row is None else row.value.get("most")}
    value = {"most": most, "version": version + 1}
    store_setting(work, LIMIT, row, value, before=before, after={"most": most}, reason=reason)
    return {"most": most}


def _version(value: dict[str, Any] | None) -> int:
    return int((value or {}).get("version", 0))
