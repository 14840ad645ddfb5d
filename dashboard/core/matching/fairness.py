"""Fair to volunteers: how the tasks are shared among them, before a plan and after it."""

from dataclasses import dataclass

import numpy as np

from dashboard.core.matching.arrays import Array
from dashboard.core.matching.case import Case
from dashboard.core.matching.limits import WEEK
from dashboard.core.matching.plan import Plan


@dataclass(frozen=True)
class Load:
    """How tasks are shared among the volunteers who may take any of the needs, the same people before and after.

    `spread` is the standard deviation, so that it has the unit of what it is about: tasks.
    """

    people: int
    largest: int  # most tasks of one person in one week
    spread: float  # of the tasks a person and week
    ninety_largest: int  # most tasks of one person, those of the last 90 days included
    ninety_spread: float
    shares: tuple[int, ...]  # how many people have 0, 1, 2, 3, 4 or more tasks in the plan's weeks


@dataclass(frozen=True)
class Fairness:
    """Before the plan, and with it."""

    before: Load
    after: Load


def of(case: Case, plan: Plan) -> Fairness:
    """The load of everybody who may take a need of the case, without and with the plan."""
    built = case.built
    weeks = np.flatnonzero(built.kind == WEEK)
    owner = built.owner[weeks]
    rows = np.unique(owner)
    before = built.load[weeks]
    given = np.zeros(built.limits.count, dtype=np.int64)
    key = case.board.line * max(1, case.people.count) + case.board.row
    at = np.searchsorted(key, plan.line * max(1, case.people.count) + plan.person)
    np.add.at(given, built.week_of_pairs[at], 1)
    ninety = case.people.table.load_90.astype(np.int64)
    busy = (case.people.table.busy_to - case.people.table.busy_from).astype(np.int64)
    plus = np.bincount(plan.person, minlength=case.people.count)
    return Fairness(
        _load(before, (ninety + busy)[rows], _by_person(before, owner, rows)),
        _load(before + given[weeks], (ninety + busy + plus)[rows], _by_person(before + given[weeks], owner, rows)),
    )


def _by_person(tasks: Array, owner: Array, rows: Array) -> Array:
    return np.bincount(np.searchsorted(rows, owner), tasks, len(rows)).astype(np.int64)


def _load(week: Array, ninety: Array, tasks: Array) -> Load:
    shares = np.bincount(np.minimum(tasks, 4), minlength=5)
    return Load(
        people=len(tasks),
        largest=int(week.max(initial=0)),
        spread=float(week.std()) if len(week) else 0.0,
        ninety_largest=int(ninety.max(initial=0)),
        ninety_spread=float(ninety.std()) if len(ninety) else 0.0,
        shares=tuple(shares.tolist()),
    )
