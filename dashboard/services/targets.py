"""The county's targets: set, locked and unlocked by leaders, every change a version; and how far the figures are.

Targets are of the whole county, so progress is shown to readers of the whole county: a part beside the county's target
would say nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.core.errors import Conflict, Invalid
from dashboard.core.figures import BY_KEY, Unit, Window, rate, wilson
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.targets import FLOWING, Progress, Range, Target, period_of, projected, target_of, weekly
from dashboard.core.words import Subject
from dashboard.services.commands import Work, command
from dashboard.services.figure_row_parts import Asked, asked_at
from dashboard.services.figure_rows import ROWS, parts_of, totals
from dashboard.services.figures import sheet
from dashboard.services.questions import question
from dashboard.services.reach import WHOLE_COUNTY
from dashboard.services.settings import locked_rules, store_rules
from db.models import RuleSet

KIND = "targets"


@dataclass(frozen=True)
class Held:
    """The newest version (0: none) and its targets with their progress, the latest period first."""

    version: int
    targets: tuple[Progress, ...]

    def of(self, figure: str) -> tuple[Progress, ...]:
        """The targets of a figure whose period runs."""
        return tuple(one for one in self.targets if one.target.figure == figure and not one.over)


@question(*Subject)
def progress(session: Session, actor: Actor, *, now: datetime) -> Held:
    """Every target with what there is of it; none for readers of a part of the county."""
    require(actor, Action.SEE_TEAMS)
    if actor.site_path != WHOLE_COUNTY:
        return Held(0, ())
    mine = (RuleSet.county == actor.county, RuleSet.kind == KIND)
    row = session.scalar(select(RuleSet).where(*mine).order_by(RuleSet.version.desc()).limit(1))
    if row is None:
        return Held(0, ())
    asked = asked_at(session, actor, now)
    found = sorted(_targets(row.data), key=lambda one: (one.period.span[0], one.figure), reverse=True)
    return Held(row.version, tuple(_progress(session, asked, one) for one in found))


def _targets(data: Mapping[str, Any]) -> list[Target]:
    return [target_of(plain) for plain in data["targets"]]


def _progress(session: Session, asked: Asked, target: Target) -> Progress:
    start, end = target.period.span
    over = end <= asked.now
    figure = BY_KEY[target.figure]
    if start > asked.now:
        return Progress(target, None, 0, None, None, over)
    if figure.window is not Window.YEAR:
        # Counted as of now: of a period that is over nobody kept it.
        value = sheet(session, asked.actor, now=asked.now).values[target.figure]
        return Progress(target, None if over else value.value, value.n, None, None, over)
    within = replace(asked, year=(start, min(end, asked.now)))
    counts = [_count(session, within, key) for key in parts_of(target.figure)]
    if figure.is_rate:
        above, below = counts
        interval = wilson(above, below) if figure.unit is Unit.SHARE else None
        return Progress(target, rate(above, below, figure.per), below, None, interval, over)
    ahead = None if over else _ahead(session, within, target, counts[0], end)
    return Progress(target, counts[0], counts[0], ahead, None, over)


def _count(session: Session, asked: Asked, key: str) -> int:
    """What a figure's rows add up to."""
    return totals(session, asked, key)[1]


def _ahead(session: Session, asked: Asked, target: Target, so_far: int, end: datetime) -> Range | None:
    if target.figure not in FLOWING:
        return None
    behind = ROWS[target.figure](asked).subquery("behind")
    moments = [(row[0], int(row[1])) for row in session.execute(select(behind.c.moment, behind.c.measure))]
    return projected(so_far, weekly(moments, asked.year[0], asked.now), end - asked.now)


@command(Action.SET_TARGETS, Subject.RULES)
def put(
    work: Work, *, figure: str, period: str, value: float | None, most: bool, reason: str, version: int
) -> dict[str, Any]:
    """Set a figure's target for a period, or take it back (value None). Refused while it is locked, for a period that
    is over, and, by name, when somebody changed the targets since `version`."""
    wanted = None
    if value is not None:
        wanted = target_of({"figure": figure, "period": period, "value": value, "most": most, "locked": False})
    if period_of(period).span[1] <= work.now:
        raise Invalid("targets.over", period=period)
    return _changed(work, figure, period, wanted, reason, version)


@command(Action.SET_TARGETS, Subject.RULES)
def lock(work: Work, *, figure: str, period: str, locked: bool, reason: str, version: int) -> dict[str, Any]:
    """Lock a target, so that it stands, or unlock it; both are versions with their reason."""
    return _changed(work, figure, period, locked, reason, version)


def _changed(
    work: Work, figure: str, period: str, wanted: Target | bool | None, reason: str, version: int
) -> dict[str, Any]:
    """Store the version in which one target is as wanted: another, gone (None), or locked or not."""
    last = locked_rules(work, KIND, version)
    targets = {} if last is None else {(one.figure, str(one.period)): one for one in _targets(last.data)}
    before = targets.pop((figure, period), None)
    if isinstance(wanted, bool):
        if before is None:
            raise Invalid("targets.none")
        after: Target | None = replace(before, locked=wanted)
    else:
        if before is not None and before.locked:
            raise Conflict("targets.locked")
        after = wanted
    if after is not None:
        targets[figure, period] = after
    told = [{"target": one and one.plain()} for one in (before, after)]
    data = {"targets": _stored(targets.values())}
    return store_rules(work, KIND, last, data, valid_from=None, before=told[0], after=told[1], reason=reason)


def _stored(targets: Iterable[Target]) -> list[dict[str, Any]]:
    return [one.plain() for one in sorted(targets, key=lambda one: (str(one.period), one.figure))]
