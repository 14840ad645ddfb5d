"""The office's rules of matching as versions: what holds, what held, and setting a new version. Nothing is overwritten.

A version holds from its moment on. Its data are {"weights": {term: n}, "settings": {name: n}, "limits": {name: n}},
complete, so that a later change of the product's usual numbers changes no version of the office.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.core.errors import Invalid
from dashboard.core.matching.policy import LARGEST, TERMS, Policy
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.words import Subject
from dashboard.services.claims import NO_LIMITS
from dashboard.services.commands import Work, command
from dashboard.services.questions import question
from dashboard.services.rules import rule_row
from dashboard.services.settings import locked_rules, store_rules
from db.models import Account, RuleSet

KIND = "matching"
_LIMITS = NO_LIMITS._asdict()


@dataclass(frozen=True)
class Number:
    """A weight, setting or limit: its value, and the product's usual one."""

    name: str
    value: int
    usual: int


@dataclass(frozen=True)
class RuleChange:
    """What a version changed against the one before it."""

    name: str
    before: int
    after: int


@dataclass(frozen=True)
class RuleVersion:
    """One stored version: by whom, why, since when it holds, and what it changed."""

    version: int
    valid_from: datetime
    created_at: datetime
    by: str
    reason: str
    changes: tuple[RuleChange, ...]


@dataclass(frozen=True)
class MatchingRules:
    """What holds now, and every version, newest first. `top_score` is that of a pair with full points in every term."""

    version: int
    newest: int
    top_score: int
    weights: tuple[Number, ...]
    settings: tuple[Number, ...]
    limits: tuple[Number, ...]
    versions: tuple[RuleVersion, ...]


@question(Subject.RULES, Subject.ACCOUNTS)
def matching_rules(session: Session, actor: Actor, *, now: datetime) -> MatchingRules:
    """The weights and settings that hold now, with their history. Read by everybody who matches."""
    require(actor, Action.SEE_MATCH)
    row = rule_row(session, actor.county, KIND, now)
    held, usual = _complete(row.version, row.data), _complete(0, {})
    versions = _versions(session, actor.county)
    return MatchingRules(
        version=row.version,
        newest=versions[0].version if versions else 0,
        top_score=_policy(row.version, row.data).top_score,
        weights=_numbers(held["weights"], usual["weights"]),
        settings=_numbers(held["settings"], usual["settings"]),
        limits=_numbers(held["limits"], usual["limits"]),
        versions=versions,
    )


def _numbers(held: Mapping[str, int], usual: Mapping[str, int]) -> tuple[Number, ...]:
    return tuple(Number(name, value, usual[name]) for name, value in held.items())


def _versions(session: Session, county: str) -> tuple[RuleVersion, ...]:
    rows = session.execute(
        select(RuleSet, Account.display_name)
        .outerjoin(Account, Account.id == RuleSet.author_id)
        .where(RuleSet.county == county, RuleSet.kind == KIND)
        .order_by(RuleSet.version)
    ).all()
    found: list[RuleVersion] = []
    before = _flat(_complete(0, {}))
    for row, name in rows:
        after = _flat(_complete(row.version, row.data))
        changed = (RuleChange(one, before[one], value) for one, value in after.items() if before[one] != value)
        found.append(RuleVersion(row.version, row.valid_from, row.created_at, name or "", row.reason, tuple(changed)))
        before = after
    return tuple(reversed(found))


def _flat(data: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    return {name: value for part in data.values() for name, value in part.items()}


@command(Action.EDIT_RULES, Subject.RULES)
def set_matching_rules(
    work: Work,
    *,
    weights: Mapping[str, int],
    settings: Mapping[str, int],
    reason: str,
    valid_from: datetime | None = None,
    version: int | None = None,
) -> dict[str, Any]:
    """A new version of the whole county's matching rules; what isn't named keeps its value of the newest version.

    `settings` may also name the claim limits (`most_open_person`, `most_open_team`; 0: none). `version` is the newest
    the editor saw: refused when somebody stored another since. Raises Invalid for unknown names and bad numbers.
    """
    last = locked_rules(work, KIND, version)
    newest, held = (0, _complete(0, {})) if last is None else (last.version, _complete(last.version, last.data))
    limits = {name: _limit(name, value) for name, value in settings.items() if name in _LIMITS}
    plain = {name: value for name, value in settings.items() if name not in _LIMITS}
    given = {
        "weights": held["weights"] | dict(weights),
        "settings": held["settings"] | plain,
        "limits": held["limits"] | limits,
    }
    data = _complete(newest + 1, given)
    before, after = _flat(held), _flat(data)
    return store_rules(work, KIND, last, data, valid_from=valid_from, before=before, after=after, reason=reason)


def _policy(version: int, data: Mapping[str, Any]) -> Policy:
    return Policy.build(version, data.get("weights", {}), data.get("settings"))


def _complete(version: int, data: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """Every weight, setting and limit of a version. Raises Invalid for what can't be."""
    policy = _policy(version, data)
    return {
        "weights": {term.name: weight for term, weight in zip(TERMS, policy.weights, strict=True)},
        "settings": policy.settings._asdict(),
        "limits": _LIMITS | data.get("limits", {}),
    }


def _limit(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST:
        raise Invalid("match_rules.bad_weight", name=name, least=0, most=LARGEST, value=value)
    return value
