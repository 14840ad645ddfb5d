"""The county's wish for after a no: whether the next is asked by itself, and how many may be asked in vain for a need.

It is the setting that `tick_next.auto_next` reads. Stored with a reason; who saw another value than the one that holds
is refused, so that two admins don't overwrite each other unseen.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.core.errors import Conflict, Invalid
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.words import Subject
from dashboard.services.commands import Work, command
from dashboard.services.questions import question
from dashboard.services.settings import locked_setting, store_setting
from dashboard.services.tick_next import SETTING, AutoNext, auto_next
from db.models import Setting

#: More than this nobody asks by telephone for one need.
MOST = 50


@dataclass(frozen=True)
class NextSetting:
    """What holds now. `since` is empty while the county never set it."""

    on: bool
    most: int
    since: datetime | None


@question(Subject.RULES)
def next_setting(session: Session, actor: Actor) -> NextSetting:
    """The wish as it stands; whoever sees needs may know why somebody is, or is not, asked by herself."""
    require(actor, Action.SEE_NEEDS)
    held = auto_next(session, actor.county)
    return NextSetting(held.on, held.most, session.scalar(_row(actor.county).with_only_columns(Setting.changed_at)))


def _row(county: str) -> Any:
    return select(Setting).where(Setting.county == county, Setting.key == SETTING)


@command(Action.EDIT_RULES, Subject.RULES)
def set_auto_next(
    work: Work, *, on: bool, most: int, reason: str, seen_on: bool | None = None, seen_most: int | None = None
) -> dict[str, Any]:
    """Switch the asking of the next on or off for the whole county. `seen_on`, `seen_most`: what the editor saw.

    Raises Invalid for a number that can't be and when nothing changes, Conflict when another value holds by now."""
    if isinstance(most, bool) or not isinstance(most, int) or not 0 <= most <= MOST:
        raise Invalid("ticks.bad_most", most=MOST)
    row = locked_setting(work, SETTING)
    held, wanted = auto_next(work.session, work.actor.county), AutoNext(on, most)
    if (held.on, held.most) != (
        held.on if seen_on is None else seen_on,
        held.most if seen_most is None else seen_most,
    ):
        raise Conflict("ticks.setting_changed")
    if held == wanted:
        raise Invalid("rules.nothing_changed")
    before, after = held._asdict(), wanted._asdict()
    store_setting(work, SETTING, row, after, before=before, after=after, reason=reason)
    return {"most": most}
