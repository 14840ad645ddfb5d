"""Proves a plan or says what is wrong with it, sharing no code with the solver.

Works from the rows again: every volunteer is tried for every line, without the shelves that the candidates are found
on. Then linear programming duality: line prices u and person prices p >= 0 with u_j <= unmet_j bound every plan from
below by sum(seats u) - sum(capacity p) - sum(max(0, u_j - p_i - cost_ij)), so a plan that costs exactly that is a
cheapest one. All in integers.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dashboard.core.matching import screen
from dashboard.core.matching.arrays import Array
from dashboard.core.matching.compiled import compiled_maker
from dashboard.core.matching.plan import Case, PairId, Plan
from dashboard.core.matching.problem import Problem, ladder


@dataclass(frozen=True)
class Flaw:
    """One thing that is wrong: a sentence key and its values."""

    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


def certify(case: Case, plan: Plan, *, pins: Iterable[PairId] = (), forbids: Iterable[PairId] = ()) -> list[Flaw]:
    """What is wrong with a plan; an empty list is the proof that it is a best one. `pins` are those asked for and not
    refused. Examined are all pairs of `case.people` and `case.lines`, not only those in `case.pairs`."""
    kept, dropped = set(pins), set(forbids)
    pairs = list(zip(plan.line_id.tolist(), plan.person_id.tolist(), strict=True))
    flaws = [Flaw("match_rules.flaw_pin", {"line": line, "person": person}) for line, person in kept - set(pairs)]
    flaws += [Flaw("match_rules.flaw_forbidden", {"line": a, "person": b}) for a, b in sorted(dropped & set(pairs))]
    every, slots = every_pair(case)
    flaws += _wrong_rows(case, plan, every, slots)
    if flaws:
        return flaws
    problem = _remaining(case, every, sorted(kept), dropped)
    rest = np.array([pair not in kept for pair in pairs], dtype=bool)
    solution = plan.solution
    prices = solution.line_price, solution.person_price
    flaws = check(problem, plan.line[rest], plan.person[rest], *prices, solution.objective)
    return flaws + _wrong_tiers(case, plan)


def check(
    problem: Problem, line: Array, person: Array, line_price: Array, person_price: Array, objective: int
) -> list[Flaw]:
    """What is wrong with the claim that the pairs (line, person) cost `objective` and nothing costs less."""
    allowed = zip(problem.line.tolist(), problem.person.tolist(), strict=True)
    cost = dict(zip(allowed, problem.cost.tolist(), strict=True))
    taken = list(zip(line.tolist(), person.tolist(), strict=True))
    strangers = [pair for pair in taken if pair not in cost]
    flaws = [Flaw("match_rules.flaw_pair", {"line": j, "person": i}) for j, i in strangers]
    if len(set(taken)) < len(taken):
        flaws.append(Flaw("match_rules.flaw_repeated"))
    filled = np.bincount(line, minlength=len(problem.seats))
    used = np.bincount(person, minlength=len(problem.capacity))
    flaws += [Flaw("match_rules.flaw_overfilled", {"line": int(j)}) for j in np.flatnonzero(filled > problem.seats)]
    flaws += [Flaw("match_rules.flaw_overused", {"person": int(i)}) for i in np.flatnonzero(used > problem.capacity)]
    if flaws:
        return flaws
    if line_price.shape != problem.seats.shape or person_price.shape != problem.capacity.shape:
        return [Flaw("match_rules.flaw_prices")]
    if (person_price < 0).any() or (line_price > problem.unmet).any():
        flaws.append(Flaw("match_rules.flaw_prices"))
    primal = sum(cost[pair] for pair in taken) + _dot(problem.seats - filled, problem.unmet)
    gains = np.maximum(0, line_price[problem.line] - person_price[problem.person] - problem.cost)
    bound = _dot(problem.seats, line_price) - _dot(problem.capacity, person_price) - sum(gains.tolist())
    if primal != objective:
        flaws.append(Flaw("match_rules.flaw_objective", {"stated": objective, "found": primal}))
    if bound != primal:
        flaws.append(Flaw("match_rules.flaw_gap", {"bound": bound, "found": primal}))
    return flaws


def _dot(left: Array, right: Array) -> int:
    return sum(a * b for a, b in zip(left.tolist(), right.tolist(), strict=True))


def every_pair(case: Case) -> tuple[Problem, Array]:
    """The whole problem, all seats open, from trying everybody for every line, and the slot of each pair."""
    lists = screen.pools(case.people, case.lines, case.policy)
    ptr, found = _every_pair(case.people.table, case.lines.table, lists)
    seats = case.lines.table.seats.astype(np.int64)
    capacity = np.ones(case.people.count, dtype=np.int64)
    cost = case.policy.top_score - found[2]
    return Problem(seats, np.zeros_like(seats), capacity, ptr, found[0], cost), found[1]


@compiled_maker
def _every_pair(people: Any, lines: Any, lists: Any) -> Any:
    ptr = np.zeros(len(lines) + 1, dtype=np.int64)
    found = np.empty((3, 1024), dtype=np.int64)
    total = 0
    for j in range(len(lines)):
        for i in range(len(people)):
            rule, slot = screen.judge(people[i], lines[j], lists)
            if rule == screen.RULES:
                if total == found.shape[1]:
                    wider = np.empty((3, 2 * total), dtype=np.int64)
                    wider[:, :total] = found
                    found = wider
                found[0, total], found[1, total] = i, slot
                found[2, total] = screen.score_of(people[i], lines[j], lists, slot)
                total += 1
        ptr[j + 1] = total
    return ptr, found[:, :total].copy()


def _wrong_rows(case: Case, plan: Plan, every: Problem, slots: Array) -> list[Flaw]:
    """Pairs that break a rule, or whose slot or score is not what the rows give."""
    if (case.lines.id[plan.line] != plan.line_id).any() or (case.people.id[plan.person] != plan.person_id).any():
        return [Flaw("match_rules.flaw_ids")]
    known = dict(zip(zip(every.line.tolist(), every.person.tolist(), strict=True), range(len(slots)), strict=True))
    flaws = []
    for k, pair in enumerate(zip(plan.line.tolist(), plan.person.tolist(), strict=True)):
        at = known.get(pair, -1)
        values = {"line": int(plan.line_id[k]), "person": int(plan.person_id[k])}
        if at < 0:
            flaws.append(Flaw("match_rules.flaw_pair", values))
        elif plan.slot[k] != slots[at] or case.policy.top_score - plan.score[k] != every.cost[at]:
            flaws.append(Flaw("match_rules.flaw_score", values))
    return flaws


def _remaining(case: Case, every: Problem, kept: list[PairId], dropped: set[PairId]) -> Problem:
    """The problem without the pins' seats and people and without the forbidden pairs."""
    seats, capacity = every.seats.copy(), every.capacity.copy()
    for line_id, person_id in kept:
        seats[case.lines.rows([line_id])] -= 1
        capacity[case.people.rows([person_id])] -= 1
    line = every.line
    allowed = (seats[line] > 0) & (capacity[every.person] > 0)
    for line_id, person_id in dropped:
        allowed &= ~((case.lines.id[line] == line_id) & (case.people.id[every.person] == person_id))
    counts = np.bincount(line[allowed], minlength=len(seats))
    ptr = np.concatenate([[0], np.cumsum(counts)])
    unmet = ladder(case.lines.table.urgency, int(seats.sum()), case.policy.top_score)
    return Problem(seats, unmet, capacity, ptr, every.person[allowed], every.cost[allowed])


def _wrong_tiers(case: Case, plan: Plan) -> list[Flaw]:
    """The stated tiers against the pairs."""
    empty = case.lines.table.seats - np.bincount(plan.line, minlength=case.lines.count)
    urgency = case.lines.table.urgency
    unmet = tuple(int(empty[urgency == rank].sum()) for rank in range(len(plan.tiers.unmet)))
    lost = sum(case.policy.top_score - score for score in plan.score.tolist())
    if (unmet, lost) == tuple(plan.tiers) and (empty == plan.empty).all():
        return []
    return [Flaw("match_rules.flaw_tiers", {"stated": tuple(plan.tiers), "found": (unmet, lost)})]
