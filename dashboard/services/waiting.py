"""Residents' side of a plan's fairness (N6): who waits how long before it and with it, by place and by group.

A need waits from the day it was opened: until the plan was made (before), until the planned service (with the plan), or
on, where it stays unmet. Groups are the residents' ages where their year of birth is known.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.core import spans
from dashboard.core.deadlines import COUNTY_TIME
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.words import Subject
from dashboard.services import live_plans
from dashboard.services.live_plans import Kept
from dashboard.services.questions import question
from db.models import Division, Need, Person

_DAY = timedelta(days=1)
#: Youngest age of each group, oldest group first; text: waiting.group_<name>.
GROUPS: tuple[tuple[int, str], ...] = ((80, "80_up"), (60, "60_79"), (18, "18_59"), (0, "under_18"))
UNKNOWN = "unknown"


@dataclass(frozen=True)
class WaitRow:
    """Needs of one place or group. Days: how long they had waited when the plan was made (mean, longest); how long the
    served will have waited at their service (mean); how long the unmet had waited (longest)."""

    key: str
    name: str
    needs: int
    served: int
    unmet: int
    waited_mean: float
    waited_longest: float
    until_service_mean: float | None
    unmet_longest: float | None

    @property
    def served_share(self) -> float:
        """Of 1."""
        return self.served / self.needs if self.needs else 0.0


@dataclass(frozen=True)
class Waiting:
    """All needs of the plan together, by town, by village, and by age of the resident where it is known. A need counts
    as served when none of its seats stays empty."""

    all: WaitRow
    towns: tuple[WaitRow, ...]
    villages: tuple[WaitRow, ...]
    groups: tuple[WaitRow, ...]


@dataclass(frozen=True)
class _Case:
    """One need: where, whose, and its days."""

    town: str
    village: str
    group: str
    waited: float
    until: float | None


@question(Subject.PLANS, Subject.NEEDS, Subject.PLACES)
def waiting_of(session: Session, actor: Actor, *, run_id: int) -> Waiting:
    """Who waits how long, before a draft's plan and with it."""
    require(actor, Action.SEE_MATCH)
    with live_plans.held(session, actor, run_id) as (_, made):
        starts, at = _served(made), made.inputs.basis.at
        need_ids = sorted({int(need) for need in made.case.lines.table.need})
    rows = session.execute(
        select(
            Need.id,
            Need.town_code,
            Need.village_code,
            Need.opened_at,
            Need.registered_at,
            Person.birth_year,
        )
        .outerjoin(Person, Person.id == Need.person_id)
        .where(Need.county == actor.county, Need.id.in_(need_ids))
        .order_by(Need.id)
    ).all()
    cases = [_case(row, starts, at) for row in rows]
    names: dict[str, str] = {
        row.code: row.name
        for row in session.execute(select(Division.code, Division.name).where(Division.county == actor.county))
    }
    order = [name for _, name in GROUPS] + [UNKNOWN]
    groups = _by(cases, lambda case: case.group, {})
    return Waiting(
        all=_row("", "", cases),
        towns=_by(cases, lambda case: case.town, names),
        villages=_by(cases, lambda case: case.village, names),
        groups=tuple(sorted(groups, key=lambda row: order.index(row.key))),
    )


def _served(made: Kept) -> dict[int, datetime]:
    """The first planned service of each need of which no seat stays empty."""
    plan, need = made.plan, made.case.lines.table.need
    short = {int(need[line]) for line in plan.unmet}
    first: dict[int, int] = {}
    for line, start in zip(plan.line.tolist(), plan.start.tolist(), strict=True):
        one = int(need[line])
        if one not in short:
            first[one] = min(start, first.get(one, start))
    return {one: spans.moment_of(start) for one, start in first.items()}


def _case(row: Any, starts: Mapping[int, datetime], at: datetime) -> _Case:
    since = row.opened_at or row.registered_at
    until = (starts[row.id] - since) / _DAY if row.id in starts else None
    return _Case(row.town_code or "", row.village_code or "", group_of(row.birth_year, at), (at - since) / _DAY, until)


def group_of(birth_year: int | None, at: datetime) -> str:
    """The group of somebody born in a year, by the age she reaches in the year of `at`."""
    if birth_year is None:
        return UNKNOWN
    age = at.astimezone(COUNTY_TIME).year - birth_year
    return next((name for youngest, name in GROUPS if age >= youngest), UNKNOWN)


def _by(cases: Iterable[_Case], key: Callable[[_Case], str], names: Mapping[str, str]) -> tuple[WaitRow, ...]:
    """One row a place or group, most unmet first."""
    parts: dict[str, list[_Case]] = {}
    for case in cases:
        parts.setdefault(key(case), []).append(case)
    rows = (_row(code, names.get(code, ""), part) for code, part in parts.items())
    return tuple(sorted(rows, key=lambda row: (-row.unmet, -row.needs, row.key)))


def _row(key: str, name: str, cases: list[_Case]) -> WaitRow:
    served = [case.until for case in cases if case.until is not None]
    unmet = [case.waited for case in cases if case.until is None]
    waited = [case.waited for case in cases]
    return WaitRow(
        key=key,
        name=name,
        needs=len(cases),
        served=len(served),
        unmet=len(unmet),
        waited_mean=sum(waited) / len(waited) if waited else 0.0,
        waited_longest=max(waited, default=0.0),
        until_service_mean=sum(served) / len(served) if served else None,
        unmet_longest=max(unmet, default=None),
    )
