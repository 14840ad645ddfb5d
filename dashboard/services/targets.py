"""Targets of the county and of its parts: set, locked and unlocked by leaders of the whole county, every change a
version; and how far the figures are.

A target is of a site with all that is below it, or of the whole county. A reader sees those of her own part and of the
parts below it, each with the progress of that part; beside her figures stands only what is of exactly her part.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.core.errors import Conflict, Invalid, NotFound
from dashboard.core.figures import BY_KEY, Unit, Window, rate, wilson
from dashboard.core.permissions import WHOLE_COUNTY, Action, Actor, require
from dashboard.core.targets import FLOWING, Progress, Range, Target, period_of, projected, target_of, weekly
from dashboard.core.words import Subject
from dashboard.services.commands import Work, command
from dashboard.services.figure_row_parts import Asked, asked_at
from dashboard.services.figure_rows import ROWS, parts_of, totals
from dashboard.services.figures import sheet
from dashboard.services.questions import question
from dashboard.services.reach import at_reached_site
from dashboard.services.settings import locked_rules, store_rules
from db.models import RuleSet, Site

KIND = "targets"


@dataclass(frozen=True)
class Held:
    """The newest version (0: none) and its targets with their progress, the latest period first, the largest part
    first in it."""

    version: int
    targets: tuple[Progress, ...]

    def of(self, figure: str) -> tuple[Progress, ...]:
        """The targets of a figure whose period runs, of exactly the reader's part."""
        return tuple(one for one in self.targets if one.own and one.target.figure == figure and not one.over)


@dataclass(frozen=True)
class Part:
    """A site that a target can be of. `path` is its place in the tree."""

    site_id: int
    name: str
    path: str


@question(Subject.PLACES)
def parts(session: Session, actor: Actor) -> tuple[Part, ...]:
    """The sites within reach, in the order of the tree."""
    require(actor, Action.SEE_TEAMS)
    here = (Site.county == actor.county, at_reached_site(actor, Site.id))
    rows = session.execute(select(Site.id, Site.name, Site.path).where(*here).order_by(Site.path))
    return tuple(Part(row.id, row.name, row.path) for row in rows)


@question(*Subject)
def progress(session: Session, actor: Actor, *, now: datetime) -> Held:
    """Every target of the reader's part and of the parts below it, with what there is of it there."""
    require(actor, Action.SEE_TEAMS)
    mine = (RuleSet.county == actor.county, RuleSet.kind == KIND)
    row = session.scalar(select(RuleSet).where(*mine).order_by(RuleSet.version.desc()).limit(1))
    if row is None:
        return Held(0, ())
    known = {part.site_id: part for part in parts(session, actor)}
    within = []
    for one in _targets(row.data):
        if one.site_id is None and actor.site_path == WHOLE_COUNTY:
            within.append((one, Part(0, "", WHOLE_COUNTY)))
        elif one.site_id in known:
            within.append((one, known[one.site_id]))
    within.sort(key=lambda pair: (pair[1].path, pair[0].figure))
    within.sort(key=lambda pair: (pair[0].period.span[0], pair[0].period.quarter is None), reverse=True)
    return Held(row.version, tuple(_of_part(session, actor, now, one, part) for one, part in within))


def _of_part(session: Session, actor: Actor, now: datetime, target: Target, part: Part) -> Progress:
    """The progress of a target within its part, which lies within the reader's."""
    there = replace(actor, site_id=target.site_id, site_path=part.path)
    found = _progress(session, asked_at(session, there, now), target)
    return replace(found, place=part.name, own=part.path == actor.site_path)


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
    work: Work,
    *,
    figure: str,
    period: str,
    value: float | None,
    most: bool,
    reason: str,
    version: int,
    site_id: int | None = None,
) -> dict[str, Any]:
    """Set a figure's target for a period, of the whole county or of a site with what is below it, or take it back
    (value None). Refused while it is locked, for a period that is over, and, by name, when somebody changed the targets
    since `version`."""
    wanted = None
    if value is not None:
        plain = {"figure": figure, "period": period, "value": value, "most": most, "locked": False, "site": site_id}
        wanted = target_of(plain)
        _require_site(work, site_id)
    if period_of(period).span[1] <= work.now:
        raise Invalid("targets.over", period=period)
    return _changed(work, (figure, period, site_id), wanted, reason, version)


@command(Action.SET_TARGETS, Subject.RULES)
def lock(
    work: Work, *, figure: str, period: str, locked: bool, reason: str, version: int, site_id: int | None = None
) -> dict[str, Any]:
    """Lock a target, so that it stands, or unlock it; both are versions with their reason."""
    return _changed(work, (figure, period, site_id), locked, reason, version)


def _require_site(work: Work, site_id: int | None) -> None:
    """Raises NotFound for a site that the county has not."""
    here = (Site.county == work.actor.county, Site.id == site_id)
    if site_id is not None and work.session.scalar(select(Site.id).where(*here)) is None:
        raise NotFound("targets.no_site")


#: What a target is told apart by: figure, period, site.
_Key = tuple[str, str, int | None]


def _changed(work: Work, key: _Key, wanted: Target | bool | None, reason: str, version: int) -> dict[str, Any]:
    """Store the version in which one target is as wanted: another, gone (None), or locked or not."""
    last = locked_rules(work, KIND, version)
    targets = {} if last is None else {_key(one): one for one in _targets(last.data)}
    before = targets.pop(key, None)
    if isinstance(wanted, bool):
        if before is None:
            raise Invalid("targets.none")
        after: Target | None = replace(before, locked=wanted)
    else:
        if before is not None and before.locked:
            raise Conflict("targets.locked")
        after = wanted
    if after is not None:
        targets[key] = after
    told = [{"target": one and one.plain()} for one in (before, after)]
    data = {"targets": _stored(targets.values())}
    return store_rules(work, KIND, last, data, valid_from=None, before=told[0], after=told[1], reason=reason)


def _stored(targets: Iterable[Target]) -> list[dict[str, Any]]:
    return [one.plain() for one in sorted(targets, key=lambda one: (str(one.period), one.figure, one.site_id or 0))]


def _key(target: Target) -> _Key:
    return target.figure, str(target.period), target.site_id
