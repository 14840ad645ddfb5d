"""The rule of stars as versions: what holds, tried on the last twelve months, published from a day on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.core import stars
from dashboard.core.errors import Invalid
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.stars import DEFAULT_RULE, StarRule, Trial
from dashboard.core.words import Subject
from dashboard.services.commands import Work, command
from dashboard.services.questions import question
from dashboard.services.rules import Published, minute_end, published
from dashboard.services.settings import locked_rules, store_rules
from dashboard.services.star_facts import facts
from dashboard.services.stars import KIND, READS, Changed, holding, listed
from db.models import Category

#: Who had fewer stars so long ago reached them since.
LOOKED_BACK = timedelta(days=365)


@dataclass(frozen=True)
class Version:
    """A stored version and its rule."""

    published: Published
    rule: StarRule


@dataclass(frozen=True)
class HeldRule:
    """What holds now (version 0: the product's own), the newest version's number, all versions, newest first, and the
    county's categories (code, name), for badges."""

    version: int
    newest: int
    rule: StarRule
    versions: tuple[Version, ...]
    categories: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class TriedRule:
    """A trial within the reader's part: how many were looked at, the tallies, who changes, and the first of them."""

    since: datetime
    volunteers: int
    trial: Trial
    listed: tuple[Changed, ...]


@question(Subject.RULES, Subject.ACCOUNTS, Subject.CATALOGUE)
def held(session: Session, actor: Actor, *, now: datetime, language: str) -> HeldRule:
    """The rule that holds now, with every version."""
    require(actor, Action.EDIT_RULES)
    name = func.coalesce(func.nullif(Category.name_en, ""), Category.name) if language == "en" else Category.name
    categories = session.execute(
        select(Category.code, name).where(Category.county == actor.county).order_by(Category.id)
    )
    one = holding(session, actor.county, minute_end(now))
    rows = published(session, actor.county, KIND)
    return HeldRule(
        version=one.version,
        newest=rows[0].version if rows else 0,
        rule=one.rule,
        versions=tuple(Version(row, StarRule.of(row.data)) for row in rows),
        categories=tuple((code, said) for code, said in categories),
    )


@question(*READS)
def trial(session: Session, actor: Actor, *, now: datetime, rule: StarRule) -> TriedRule:
    """What this rule would make of everybody who ever served, beside the one that holds; a year ago and now."""
    require(actor, Action.EDIT_RULES)
    other = StarRule.of(rule.plain())
    here = holding(session, actor.county, minute_end(now)).rule
    since = now - LOOKED_BACK
    known, then = (facts(session, actor, moment, (here, other)) for moment in (now, since))
    found = stars.tried(known, then, here, other)
    return TriedRule(since, len(known), found, listed(session, actor.county, found.changes))


@command(Action.EDIT_RULES, Subject.RULES)
def publish(
    work: Work, *, rule: Mapping[str, Any], reason: str, version: int, valid_from: datetime | None = None
) -> dict[str, Any]:
    """A new version of the whole county's rule, from `valid_from` (now, unless told otherwise) on. Nobody's stars move
    by it: they are computed anew at a click.

    `version` is the newest the editor saw: Conflict names who stored another since. Raises Invalid for a rule that is
    none, that names a category the county lacks, that changes nothing, or that would begin in the past.
    """
    data = StarRule.of(rule).plain()
    codes = {code for _, code, _ in data["badges"]}
    there = set(
        work.session.scalars(
            select(Category.code).where(Category.county == work.actor.county, Category.code.in_(sorted(codes)))
        )
    )
    if codes - there:
        raise Invalid("stars.no_category", code=min(codes - there))
    last = locked_rules(work, KIND, version)
    before = DEFAULT_RULE if last is None else last.data
    if StarRule.of(before).plain() == data:
        raise Invalid("rules.nothing_changed")
    return store_rules(work, KIND, last, data, valid_from=valid_from, before=before, after=data, reason=reason)
