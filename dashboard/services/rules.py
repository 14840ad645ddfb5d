"""Rules an office may change: the newest version of each kind that holds at a moment."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.core.deadlines import DEFAULT_RULES, DeadlineRules
from dashboard.core.prices import DEFAULT_PRICES, PriceRules
from db.models import Account, RuleSet


@dataclass(frozen=True)
class RuleRow:
    """A rule set's version (0: none was ever stored) and content."""

    version: int
    data: dict[str, Any]


@dataclass(frozen=True)
class Published:
    """A stored version: who ("": the system), why, since when, and its content."""

    version: int
    valid_from: datetime
    created_at: datetime
    by: str
    reason: str
    data: dict[str, Any]


def published(session: Session, county: str, kind: str) -> tuple[Published, ...]:
    """Every version of a kind of rules, newest first."""
    rows = session.execute(
        select(RuleSet, Account.display_name)
        .outerjoin(Account, Account.id == RuleSet.author_id)
        .where(RuleSet.county == county, RuleSet.kind == kind)
        .order_by(RuleSet.version.desc())
    )
    return tuple(
        Published(one.version, one.valid_from, one.created_at, name or "", one.reason, dict(one.data))
        for one, name in rows
    )


def minute_end(now: datetime) -> datetime:
    """The last moment of a question's minute. Questions are asked to the minute (`services.questions`): what was
    published a moment ago holds for them too."""
    return now.replace(second=0, microsecond=0) + timedelta(minutes=1, microseconds=-1)


def rule_row(session: Session, county: str, kind: str, at: datetime) -> RuleRow:
    """The version of a kind of rules that holds at `at`, empty with version 0 where none does."""
    row = session.execute(
        select(RuleSet.version, RuleSet.data)
        .where(RuleSet.county == county, RuleSet.kind == kind, RuleSet.valid_from <= at)
        .order_by(RuleSet.valid_from.desc(), RuleSet.version.desc())
        .limit(1)
    ).first()
    return RuleRow(row.version, row.data) if row else RuleRow(0, {})


def deadline_rules(session: Session, county: str, at: datetime) -> DeadlineRules:
    """The deadlines that hold at `at`; a county without a rule row has the product's."""
    return DeadlineRules.of(rule_row(session, county, "deadlines", at).data or DEFAULT_RULES)


def price_rules(session: Session, county: str, at: datetime) -> tuple[int, PriceRules]:
    """The price tiers that hold at `at`, with their version; a county without a rule row has the product's, as 0."""
    row = rule_row(session, county, "prices", at)
    return row.version, PriceRules.of(row.data or DEFAULT_PRICES)
