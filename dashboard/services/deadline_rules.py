"""The office's deadlines as versions: what holds, tried on the last twelve months, published from a day on.

A version binds needs opened from its day on; what was opened before keeps its deadlines, so a report of then stays
what it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.core.deadline_trial import Case, Trial, tried
from dashboard.core.deadlines import DEFAULT_RULES, DeadlineRules
from dashboard.core.errors import Invalid
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.words import Subject, Urgency
from dashboard.services.commands import Work, command
from dashboard.services.questions import question
from dashboard.services.reach import at_reached_site
from dashboard.services.rules import Published, minute_end, published, rule_row
from dashboard.services.settings import locked_rules, store_rules
from db.models import Category, Need

KIND = "deadlines"
#: Rules are tried on the needs opened in so many days.
LOOKED_BACK = timedelta(days=365)
#: So many of the needs that are judged otherwise are listed.
LISTED = 200
#: More working hours than a year has are no limit.
MOST_HOURS = 2000.0

Working = tuple[tuple[str, str], ...]
#: (urgency, hours to take up, hours to close), one for each urgency.
Hours = tuple[tuple[str, float, float], ...]


@dataclass(frozen=True)
class Version:
    """A stored version and its numbers."""

    published: Published
    working: Working
    hours: Hours


@dataclass(frozen=True)
class HeldRules:
    """What holds now (version 0: the product's own), the newest version's number, and all versions, newest first."""

    version: int
    newest: int
    working: Working
    hours: Hours
    versions: tuple[Version, ...]


@dataclass(frozen=True)
class Changed:
    """A need that would be judged otherwise."""

    need_id: int
    code: str
    title: str
    urgency: Urgency
    before: tuple[bool, bool]
    after: tuple[bool, bool]


@dataclass(frozen=True)
class TriedRules:
    """A trial within the reader's part: the tallies, how many needs are judged otherwise, and the first of them."""

    since: datetime
    trial: Trial
    listed: tuple[Changed, ...]


def plain(working: Working, hours: Hours) -> dict[str, Any]:
    """The content of a rule row. Raises Invalid for what is none."""
    data = {
        "working": [list(span) for span in working],
        "hours": {name: [take_up, close] for name, take_up, close in hours},
    }
    rules = DeadlineRules.of(data)
    if any(last > MOST_HOURS for _, last in rules.hours.values()):
        raise Invalid("office_rules.too_many_hours", most=int(MOST_HOURS))
    return data


@question(Subject.RULES, Subject.ACCOUNTS)
def held(session: Session, actor: Actor, *, now: datetime) -> HeldRules:
    """The deadlines that hold now, with every version."""
    require(actor, Action.EDIT_RULES)
    row = rule_row(session, actor.county, KIND, minute_end(now))
    rows = published(session, actor.county, KIND)
    versions = tuple(Version(one, _working(one.data), _hours(one.data)) for one in rows)
    data = row.data or DEFAULT_RULES
    return HeldRules(row.version, rows[0].version if rows else 0, _working(data), _hours(data), versions)


@question(Subject.RULES, Subject.NEEDS, Subject.PLACES, Subject.CATALOGUE)
def trial(session: Session, actor: Actor, *, now: datetime, working: Working, hours: Hours) -> TriedRules:
    """What these rules would have made of the needs opened in the last twelve months."""
    require(actor, Action.EDIT_RULES)
    rules = DeadlineRules.of(plain(working, hours))
    since = now - LOOKED_BACK
    rows = session.execute(
        select(
            Need.id,
            Need.code,
            Need.title,
            Need.urgency,
            Need.opened_at,
            Need.take_up_due_at,
            Need.close_due_at,
            Need.taken_up_at,
            Need.closed_at,
            Category.deadlines,
        )
        .outerjoin(Category, Category.id == Need.category_id)
        .where(
            Need.county == actor.county,
            Need.opened_at >= since,
            Need.opened_at <= now,
            Need.take_up_due_at.is_not(None),
            Need.close_due_at.is_not(None),
            Need.series_id.is_(None),
            at_reached_site(actor, Need.site_id),
        )
        .order_by(Need.opened_at.desc(), Need.id)
    ).all()
    cases = (
        Case(
            row.id,
            Urgency(row.urgency),
            row.opened_at,
            row.take_up_due_at,
            row.close_due_at,
            row.taken_up_at,
            row.closed_at,
            row.deadlines,
        )
        for row in rows
    )
    found = tried(cases, rules, now)
    names = {row.id: (row.code, row.title) for row in rows}
    listed = tuple(
        Changed(one.need_id, *names[one.need_id], one.urgency, one.before, one.after) for one in found.changes[:LISTED]
    )
    return TriedRules(since, found, listed)


@command(Action.EDIT_RULES, Subject.RULES)
def publish(
    work: Work, *, working: Working, hours: Hours, reason: str, version: int, valid_from: datetime | None = None
) -> dict[str, Any]:
    """A new version of the whole county's deadlines, from `valid_from` (now, unless told otherwise) on.

    `version` is the newest the editor saw: Conflict names who stored another since. Raises Invalid for rules that are
    none, that change nothing, or that would begin in the past.
    """
    data = plain(working, hours)
    last = locked_rules(work, KIND, version)
    before = DEFAULT_RULES if last is None else last.data
    if DeadlineRules.of(before) == DeadlineRules.of(data):
        raise Invalid("rules.nothing_changed")
    return store_rules(work, KIND, last, data, valid_from=valid_from, before=before, after=data, reason=reason)


def _working(data: Mapping[str, Any]) -> Working:
    return tuple((str(start), str(end)) for start, end in data["working"])


def _hours(data: Mapping[str, Any]) -> Hours:
    return tuple((one.value, float(data["hours"][one][0]), float(data["hours"][one][1])) for one in Urgency)
