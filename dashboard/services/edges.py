"""The edges of figures as versions: which hold at a moment, tried on today's figures and the last twelve month ends,
published from a day on.

A figure is cut at the edges that held at its own moment, so a report of then stays what it was.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.core import figures
from dashboard.core.edges import USUAL, Edges
from dashboard.core.errors import Invalid
from dashboard.core.figure_suppression import hidden_figures
from dashboard.core.figures import BY_KEY, Value
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.words import Outcome, Subject
from dashboard.services.commands import Work, command
from dashboard.services.figures import complete_at, counts_at, edged_counts, in_span
from dashboard.services.holding_edges import KIND, Held, edges_at
from dashboard.services.questions import question
from dashboard.services.reach import at_reached_site
from dashboard.services.rules import Published, published
from dashboard.services.settings import locked_rules, store_rules
from dashboard.services.teams import board
from db.models import Need, Rating

#: Figures that an edge cuts, by the edge: what is counted at the month ends gone by.
CUT = {"active_days": ("volunteers_active", "teams_active"), "expiry_days": ("certificates_expiring",)}
LOOKED_BACK = timedelta(days=365)
MONTH_ENDS = 12
#: So many of the teams that turn grey, or no longer are, are named.
LISTED = 50


@dataclass(frozen=True)
class Version:
    """A stored version and its numbers."""

    published: Published
    edges: Edges


@dataclass(frozen=True)
class HeldEdges:
    """What holds now (version 0: the product's own), the newest version's number, and all versions, newest first."""

    version: int
    newest: int
    edges: Edges
    versions: tuple[Version, ...]


@dataclass(frozen=True)
class Changed:
    """A figure of today that would be another, grey or not, hidden on a deck of all figures or not."""

    key: str
    before: Value
    after: Value
    hidden: tuple[bool, bool]


@dataclass(frozen=True)
class MonthEnd:
    """A figure at a month end gone by: by the edges that held then, and as it would be."""

    day: date
    key: str
    before: int
    after: int


@dataclass(frozen=True)
class Tried:
    """A trial within the reader's part: the figures of today that change; at the month ends gone by those that the
    changed edges cut; teams that are grey (before, after), and the first of those that change, by name; answers of the
    last twelve months (all, followed up before, after)."""

    since: datetime
    changed: tuple[Changed, ...]
    months: tuple[MonthEnd, ...]
    grey_teams: tuple[int, int]
    teams: tuple[str, ...]
    answers: tuple[int, int, int]


@question(Subject.RULES)
def holding(session: Session, actor: Actor, *, now: datetime) -> Held:
    """The edges that hold now, for whoever reads figures."""
    require(actor, Action.SEE_TEAMS)
    return edges_at(session, actor.county, now)


@question(Subject.RULES, Subject.ACCOUNTS)
def held(session: Session, actor: Actor, *, now: datetime) -> HeldEdges:
    """The edges that hold now, with every version."""
    require(actor, Action.EDIT_RULES)
    one = edges_at(session, actor.county, now)
    rows = published(session, actor.county, KIND)
    versions = tuple(Version(row, Edges.of(row.data)) for row in rows)
    return HeldEdges(one.version, rows[0].version if rows else 0, one.edges, versions)


@question(*Subject)
def trial(session: Session, actor: Actor, *, now: datetime, edges: Edges) -> Tried:
    """What these edges would make of today's figures, of the month ends gone by, of teams and of answers."""
    require(actor, Action.EDIT_RULES)
    other = Edges.of(edges.plain())
    here = edges_at(session, actor.county, now).edges
    greys = _grey_teams(session, actor, now, here, other)
    return Tried(
        since=now - LOOKED_BACK,
        changed=_changed(session, actor, now, here, other),
        months=_months(session, actor, now, here, other),
        grey_teams=(len(greys[0]), len(greys[1])),
        teams=tuple(sorted(greys[0] ^ greys[1])[:LISTED]),
        answers=_answers(session, actor, now, here, other),
    )


def _changed(session: Session, actor: Actor, now: datetime, here: Edges, other: Edges) -> tuple[Changed, ...]:
    counts = counts_at(session, actor, now, here)
    before = complete_at(counts, here)
    after = complete_at(counts | edged_counts(session, actor, now, other), other)
    hidden = [hidden_figures(values) for values in (before, after)]
    found = (Changed(key, before[key], after[key], (key in hidden[0], key in hidden[1])) for key in BY_KEY)
    return tuple(one for one in found if _seen(one.before, one.hidden[0]) != _seen(one.after, one.hidden[1]))


def _seen(value: Value, hidden: bool) -> tuple[float | None, int, bool, bool]:
    return value.value, value.n, value.small, hidden


def _months(session: Session, actor: Actor, now: datetime, here: Edges, other: Edges) -> tuple[MonthEnd, ...]:
    """Who was active, and what expired, as the registers know it today: those of then are kept nowhere."""
    keys = [key for name, cut in CUT.items() if getattr(here, name) != getattr(other, name) for key in cut]
    if not keys:
        return ()
    found = []
    for month in figures.months_until(figures.county_today(now), MONTH_ENDS + 1)[:-1]:
        end = month.end - timedelta(microseconds=1)
        then = edges_at(session, actor.county, end).edges
        pair = [edged_counts(session, actor, end, one) for one in (then, other)]
        found += [MonthEnd(figures.county_today(end), key, *(int(one[key][0] or 0) for one in pair)) for key in keys]
    return tuple(found)


def _grey_teams(session: Session, actor: Actor, now: datetime, here: Edges, other: Edges) -> tuple[set[str], set[str]]:
    """Names of the teams whose satisfaction is grey, by either."""
    rows = board(session, actor, today=figures.county_today(now)).rows
    before, after = (
        {row.name for row in rows if replace(row.satisfaction, small_base=one.small_base).small}
        for one in (here, other)
    )
    return before, after


def _answers(session: Session, actor: Actor, now: datetime, here: Edges, other: Edges) -> tuple[int, int, int]:
    """Answers of the last twelve months, and those that are followed up by either: "not done" always is."""
    scores = session.execute(
        select(Rating.score, Rating.outcome, func.count())
        .join(Need, Need.id == Rating.need_id)
        .where(
            Rating.county == actor.county,
            Rating.answered_at.is_not(None),
            in_span(Rating.answered_at, (now - LOOKED_BACK, now)),
            at_reached_site(actor, Need.site_id),
        )
        .group_by(Rating.score, Rating.outcome)
    ).all()
    followed = [
        sum(n for score, outcome, n in scores if outcome == Outcome.NOT or (score or 9) <= one.low_score)
        for one in (here, other)
    ]
    return sum(n for _, _, n in scores), followed[0], followed[1]


@command(Action.EDIT_RULES, Subject.RULES)
def publish(
    work: Work, *, edges: dict[str, int], reason: str, version: int, valid_from: datetime | None = None
) -> dict[str, Any]:
    """A new version of the whole county's edges, from `valid_from` (now, unless told otherwise) on.

    `version` is the newest the editor saw: Conflict names who stored another since. Raises Invalid for numbers that
    can't be, that change nothing, or that would begin in the past.
    """
    data = Edges.of(edges).plain()
    last = locked_rules(work, KIND, version)
    before = USUAL.plain() if last is None else last.data
    if before == data:
        raise Invalid("rules.nothing_changed")
    return store_rules(work, KIND, last, data, valid_from=valid_from, before=before, after=data, reason=reason)
