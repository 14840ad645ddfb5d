"""Match all: the best plan for many open needs at once, one task a person.

`prepare` finds who may take what; `best_plan` solves, and solves again after a pair is pinned or forbidden. The plan is
exact: no other plan that keeps the pins, the forbidden pairs, the times in `Plan.timed_needs` and one task a person is
better in the order of `Tiers`; `certify` proves it. Whether a need for several people is worth starting with too few is
not asked here: each seat counts for itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from dashboard.core.matching import assign, candidates, screen
from dashboard.core.matching.arrays import Array
from dashboard.core.matching.assign import Solution
from dashboard.core.matching.candidates import Pairs
from dashboard.core.matching.lines import Lines
from dashboard.core.matching.people import People
from dashboard.core.matching.policy import DEFAULT, HARD, Policy
from dashboard.core.matching.problem import Problem, Tiers, exact_sum, ladder, tiers_of

#: (line's id, volunteer's id)
PairId = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Case:
    """What is to be matched, and who may take what. Stays as it is while pins and forbidden pairs change."""

    people: People
    lines: Lines  # each need for several people at one time
    policy: Policy
    pairs: Pairs
    timed_needs: Array  # ids of the needs whose common time was chosen beforehand (candidates.with_common_times)


@dataclass(frozen=True)
class RefusedPin:
    """A pin that can't be kept: `reason` is the name of the hard rule it breaks, or "unknown" (no such line or
    volunteer in the case), "full" (no open seat left), "twice" (pinned elsewhere), "dropped" (also forbidden)."""

    line_id: int
    person_id: int
    reason: str


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
    timed_needs: Array  # see Case
    refused: tuple[RefusedPin, ...]
    problem: Problem  # what was solved: the pins' seats and people taken out
    solution: Solution  # with its dual prices

    @property
    def unmet(self) -> Array:
        """Rows of the lines with empty seats."""
        return np.flatnonzero(self.empty)


def prepare(people: People, lines: Lines, policy: Policy = DEFAULT) -> Case:
    """Fixes common times and finds every eligible pair."""
    timed, needs = candidates.with_common_times(people, lines, policy)
    return Case(people, timed, policy, candidates.eligible_pairs(people, timed, policy), needs)


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


def best_plan(case: Case, *, pins: Iterable[PairId] = (), forbids: Iterable[PairId] = ()) -> Plan:
    """The best plan with these pairs and without those. A pin that breaks a rule is refused by name, never forced.

    Standing forbidden pairs and time kept free belong in Lines and People; `forbids` are those of this draft.
    """
    dropped = set(forbids)
    kept, refused = _accepted(case, sorted(set(pins)), dropped)
    free = ~np.isin(np.arange(len(case.pairs.row)), _positions(case, sorted(dropped)))
    problem, source = reduced_problem(case, kept, free)
    solution = assign.solve(problem)
    seats, urgency = case.lines.table.seats.astype(np.int64), case.lines.table.urgency
    chosen = np.sort(np.concatenate([kept, source[solution.pairs]]))
    rough = np.concatenate([kept, source[assign.greedy(problem, np.lexsort((np.arange(len(seats)), urgency)))]])
    line, row, slot = case.pairs.line[chosen], case.pairs.row[chosen], case.pairs.slot[chosen]
    start, end = candidates.service_minutes(case.lines, line, slot)
    empty, tiers = _value(case, chosen)
    return Plan(
        line=line,
        person=row,
        line_id=case.lines.id[line],
        person_id=case.people.id[row],
        slot=slot,
        start=start,
        end=end,
        score=case.pairs.score[chosen],
        pinned=np.isin(chosen, kept),
        empty=empty,
        tiers=tiers,
        greedy=_value(case, rough)[1],
        timed_needs=case.timed_needs,
        refused=refused,
        problem=problem,
        solution=solution,
    )


def reduced_problem(case: Case, kept: Array, free: Array) -> tuple[Problem, Array]:
    """The problem that remains when the pairs at `kept` are settled and only pairs in the mask `free` are allowed, and
    the position in case.pairs of each of its pairs."""
    line, row = case.pairs.line, case.pairs.row
    seats = case.lines.table.seats.astype(np.int64) - np.bincount(line[kept], minlength=case.lines.count)
    capacity = np.ones(case.people.count, dtype=np.int64)
    capacity[row[kept]] = 0
    source = np.flatnonzero(free & (capacity[row] > 0) & (seats[line] > 0))
    ptr = np.searchsorted(line[source], np.arange(case.lines.count + 1))
    top = case.policy.top_score
    unmet = ladder(case.lines.table.urgency, int(seats.sum()), top)
    return Problem(seats, unmet, capacity, ptr, row[source], top - case.pairs.score[source]), source


def causes(case: Case, plan: Plan, line: int) -> dict[str, int]:
    """Why a line has empty seats: how many volunteers each rule removed, and of those who remain how many are
    "chosen" here, "elsewhere" in the plan, or "dropped" (forbidden in this draft). Adds up to everybody."""
    counts = candidates.removed_by(case.people, case.lines, line, case.policy)
    eligible = case.pairs.row[case.pairs.ptr[line] : case.pairs.ptr[line + 1]]
    here = int((plan.line == line).sum())
    elsewhere = int(np.isin(eligible, plan.person[plan.line != line]).sum())
    counts.pop("eligible", None)
    rest = {"chosen": here, "elsewhere": elsewhere, "dropped": len(eligible) - here - elsewhere}
    return counts | {name: count for name, count in rest.items() if count}


def _value(case: Case, chosen: Array) -> tuple[Array, Tiers]:
    """Empty seats of each line, and the tiers, of the plan with the pairs at `chosen`."""
    filled = np.bincount(case.pairs.line[chosen], minlength=case.lines.count)
    empty = case.lines.table.seats.astype(np.int64) - filled
    lost = exact_sum(case.policy.top_score - case.pairs.score[chosen])
    return empty, tiers_of(case.lines.table.urgency, empty, lost)


def _positions(case: Case, ids: list[PairId]) -> Array:
    """Positions in case.pairs of those pairs of ids that are eligible."""
    return np.array([p for p in (_position(case, *pair) for pair in ids) if p >= 0], dtype=np.int64)


def _position(case: Case, line_id: int, person_id: int) -> int:
    """Position in case.pairs of a pair of ids, -1 when it is not eligible or unknown."""
    line, row = np.searchsorted(case.lines.id, line_id), np.searchsorted(case.people.id, person_id)
    if line == case.lines.count or case.lines.id[line] != line_id:
        return -1
    begin, end = case.pairs.ptr[line], case.pairs.ptr[line + 1]
    at = int(begin + np.searchsorted(case.pairs.row[begin:end], row))
    known = row < case.people.count and case.people.id[row] == person_id
    return at if known and at < end and case.pairs.row[at] == row else -1


def _accepted(case: Case, pins: list[PairId], dropped: set[PairId]) -> tuple[Array, tuple[RefusedPin, ...]]:
    """Positions of the pins that can be kept, in the order of their ids, and the others with their reasons."""
    kept: list[int] = []
    refused: list[RefusedPin] = []
    left = case.lines.table.seats.astype(np.int64)
    busy: set[int] = set()
    for line_id, person_id in pins:
        at = _position(case, line_id, person_id)
        reason = _refusal(case, line_id, person_id, at, left, busy, dropped)
        if reason:
            refused.append(RefusedPin(line_id, person_id, reason))
        else:
            kept.append(at)
            left[np.searchsorted(case.lines.id, line_id)] -= 1
            busy.add(person_id)
    return np.array(kept, dtype=np.int64), tuple(refused)


def _refusal(
    case: Case, line_id: int, person_id: int, at: int, left: Array, busy: set[int], dropped: set[PairId]
) -> str:
    """Why a pin can't be kept; empty when it can."""
    if (line_id, person_id) in dropped:
        return "dropped"
    if line_id not in case.lines.id or person_id not in case.people.id:
        return "unknown"
    line = int(case.lines.rows([line_id])[0])
    if at < 0:
        person = case.people.table[int(case.people.rows([person_id])[0])]
        lists = screen.pools(case.people, case.lines, case.policy)
        return HARD[int(screen.judge(person, case.lines.table[line], lists)[0])].name
    if person_id in busy:
        return "twice"
    return "" if left[line] > 0 else "full"
