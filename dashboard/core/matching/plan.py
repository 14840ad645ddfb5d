"""A plan for many open needs at once: its pairs, its value, what proves it, and in which words it may be praised.

No plan that keeps the pins, the forbidden pairs and the rules costs less than `Plan.bound`, which the prices prove
(`certify`). Where the case is a flow the plan reaches the bound and nothing is better. Crews, several possible times
and ways between tasks make it a harder problem (`Plan.kinds`): the plan is good, `Plan.gap` says how good at least.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from dashboard.core.matching import candidates
from dashboard.core.matching.arrays import Array
from dashboard.core.matching.assign import Solution
from dashboard.core.matching.case import Case, prepare
from dashboard.core.matching.limits import BLOCK, DAY, WEEK
from dashboard.core.matching.lines import Lines
from dashboard.core.matching.people import People
from dashboard.core.matching.policy import DEFAULT, Policy
from dashboard.core.matching.problem import SINK, Tiers
from dashboard.core.matching.words import URGENCIES

__all__ = ["Case", "PairId", "Plan", "Prices", "RefusedPin", "best_plan", "causes", "match_all", "prepare"]

#: (line's id, volunteer's id)
PairId = tuple[int, int]


@dataclass(frozen=True)
class RefusedPin:
    """A pin that can't be kept: `reason` is the name of the hard rule it breaks, or "unknown" (no such line or
    volunteer in the case), "full" (no open seat left), "twice" (she can't do it and what else she is pinned to),
    "apart" (pinned people of one need have no common time), "crew" (its crew can't be filled), "dropped" (also
    forbidden)."""

    line_id: int
    person_id: int
    reason: str


@dataclass(frozen=True, eq=False)
class Prices:
    """The certificate: what a seat of each line, and a place in what a person can take on, is worth to the plan.

    A place's price is what it costs above the price of the limit it lies in. A block is named by its lines.
    """

    line: Array  # int64[lines]
    person: Array  # int64[k] rows of People
    kind: Array  # int64[k] limits.BLOCK, DAY or WEEK
    at: Array  # int64[k] day or week
    price: Array  # int64[k] > 0
    block_ptr: Array  # int64[k + 1]
    block_lines: Array  # int64: rows of the lines of each block; none for days and weeks


@dataclass(frozen=True, eq=False)
class Plan:
    """The pairs of a plan, by line, then volunteer. Rows are rows of the case's lines and people."""

    line: Array  # int64[k] rows
    person: Array  # int64[k] rows
    line_id: Array  # int64[k]
    person_id: Array  # int64[k]
    slot: Array  # int64[k] positions in Lines.slots
    start: Array  # int64[k] first minute of the service
    end: Array  # int64[k]
    score: Array  # int64[k]
    pinned: Array  # bool[k]
    empty: Array  # int64[lines] seats left empty
    tiers: Tiers
    greedy: Tiers  # what "most urgent first, best free volunteer" reaches with the same pins
    objective: int  # the tiers in one integer
    bound: int  # no plan has a smaller one
    kinds: tuple[str, ...]  # see Case.kinds
    timed_needs: tuple[int, ...]  # ids of needs for which a common time was chosen
    short_crews: tuple[int, ...]  # ids of needs whose crew could not be made complete: nobody is sent
    refused: tuple[RefusedPin, ...]
    certificate: Prices | Callable[[], Prices]  # or how to make it: an edit on screen can do without

    @cached_property
    def prices(self) -> Prices:
        """The certificate."""
        return self.certificate if isinstance(self.certificate, Prices) else self.certificate()

    @property
    def unmet(self) -> Array:
        """Rows of the lines with empty seats."""
        return np.flatnonzero(self.empty)

    @property
    def proven(self) -> bool:
        """Is no better plan possible?"""
        return self.objective == self.bound

    @property
    def gap(self) -> float:
        """By how much per cent of itself the objective could be smaller at most."""
        return 100.0 * (self.objective - self.bound) / self.objective if self.objective else 0.0

    def canonical(self) -> bytes:
        """The plan and its proof as JSON bytes: the same plan, the same bytes."""
        columns = {
            name: getattr(self, name).tolist()
            for name in ("line_id", "person_id", "slot", "start", "end", "score", "pinned", "empty")
        }
        prices = {name: values.tolist() for name, values in vars(self.prices).items()}
        rest: dict[str, Any] = {
            "tiers": self.tiers,
            "greedy": self.greedy,
            "objective": self.objective,
            "bound": self.bound,
            "kinds": self.kinds,
            "timed_needs": self.timed_needs,
            "short_crews": self.short_crews,
            "refused": [[pin.line_id, pin.person_id, pin.reason] for pin in self.refused],
        }
        return json.dumps(columns | {"prices": prices} | rest, separators=(",", ":"), sort_keys=True).encode()


def best_plan(
    case: Case, *, pins: Iterable[PairId] = (), forbids: Iterable[PairId] = (), away: Iterable[int] = ()
) -> Plan:
    """The best plan with these pairs and without those; people `away` take nothing. A pin that breaks a rule is refused
    by name, never forced. Standing forbidden pairs and time kept free belong in Lines and People."""
    from dashboard.core.matching.live_plan import LivePlan  # it needs the names above

    return LivePlan(case, pins=pins, forbids=forbids, away=away).plan


def match_all(
    people: People,
    lines: Lines,
    policy: Policy = DEFAULT,
    *,
    pins: Iterable[PairId] = (),
    forbids: Iterable[PairId] = (),
) -> Plan:
    """The best plan in one call; see `best_plan`."""
    return best_plan(prepare(people, lines, policy), pins=pins, forbids=forbids)


def tiers_of(case: Case, chosen: Array) -> Tiers:
    """The value of the plan with the pairs at `chosen`."""
    table, built = case.lines.table, case.built
    line, row = case.board.line[chosen], case.board.row[chosen]
    empty = empty_seats(case, chosen)
    unmet = np.zeros(len(URGENCIES), dtype=np.int64)
    np.add.at(unmet, table.urgency, empty)
    held = np.flatnonzero(table.holder != 0)
    kept = line[(table.holder[line] != 0) & (case.people.id[row] == table.holder[line])]
    week = built.week_of_pairs[chosen]
    weeks, tasks = np.unique(week, return_counts=True)
    load = built.load[weeks] + tasks
    lost = int((case.policy.top_score - case.pairs.score[chosen]).sum())
    return Tiers(
        tuple(unmet.tolist()),
        len(held) - len(np.unique(kept)),
        int(load.max(initial=0)),
        int((load**2 - built.load[weeks] ** 2).sum()),
        lost,
    )


def packed(case: Case, tiers: Tiers) -> int:
    """The tiers as the integer that is minimised."""
    scale = case.scale
    prices = scale.unmet(np.arange(len(URGENCIES))).tolist()
    empty = sum(seats * price for seats, price in zip(tiers.unmet, prices, strict=True))
    return empty + tiers.displaced * scale.displaced + tiers.spread * scale.load + tiers.lost


def empty_seats(case: Case, chosen: Array) -> Array:
    """int64[lines]: seats the pairs at `chosen` leave empty."""
    filled = np.bincount(case.board.line[chosen], minlength=case.lines.count)
    return case.lines.table.seats.astype(np.int64) - filled


def prices_of(case: Case, solution: Solution) -> Prices:
    """The certificate from the solver's prices."""
    line_price, limit_price = solution.line_price, solution.limit_price
    built = case.built
    above = built.limits.above
    rise = limit_price - np.where(above == SINK, 0, limit_price[above])
    dear = np.flatnonzero(rise > 0)
    members = np.flatnonzero(np.isin(built.entry, dear[built.kind[dear] == BLOCK]))
    members = members[np.argsort(built.entry[members], kind="stable")]
    bounds = np.searchsorted(built.entry[members], np.append(dear, built.limits.count))
    return Prices(
        line_price, built.owner[dear], built.kind[dear], built.at[dear], rise[dear], bounds, case.board.line[members]
    )


def causes(case: Case, plan: Plan, line: int) -> dict[str, int]:
    """Why a line has empty seats: how many volunteers each rule removed, and of those who remain how many are
    "chosen" here, needed "elsewhere" in the plan, or left over: "crew" (the crew stays short, nobody comes) or
    "dropped" (forbidden in this draft, or busy at the time chosen). Adds up to everybody."""
    counts = candidates.removed_by(case.people, case.lines, line, case.policy)
    eligible = case.pairs.row[case.pairs.ptr[line] : case.pairs.ptr[line + 1]]
    here = int((plan.line == line).sum())
    elsewhere = int(np.isin(eligible, plan.person[plan.line != line]).sum())
    elsewhere -= int(np.isin(plan.person[plan.line == line], plan.person[plan.line != line]).sum())
    counts.pop("eligible", None)
    left = len(eligible) - here - elsewhere
    short = int(case.lines.table.need[line]) in plan.short_crews
    rest = {"chosen": here, "elsewhere": elsewhere, "crew" if short else "dropped": left}
    return counts | {name: count for name, count in rest.items() if count}


def kind_name(kind: int) -> str:
    """ "block", "day" or "week"."""
    return {BLOCK: "block", DAY: "day", WEEK: "week"}[int(kind)]
