"""The certificate accepts the plan and rejects every tampered copy."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dashboard.core.matching import certify as certifier
from dashboard.core.matching import plan
from dashboard.core.matching.certify import certify
from dashboard.core.matching.plan import Case, Plan
from dashboard.text import text
from tests.bench.county import a_county


@pytest.fixture(scope="module")
def case() -> Case:
    return plan.prepare(*a_county(4000, 150, seed=5))


@pytest.fixture(scope="module")
def honest(case: Case) -> Plan:
    return plan.best_plan(case)


def without(found: Plan, k: int) -> Plan:
    keep = np.arange(len(found.line)) != k
    columns = ("line", "person", "line_id", "person_id", "slot", "start", "end", "score", "pinned")
    return replace(found, **{name: getattr(found, name)[keep] for name in columns})


def twice(found: Plan, _: Case) -> Plan:
    rows = np.append(np.arange(len(found.line)), 0)
    columns = ("line", "person", "line_id", "person_id", "slot", "start", "end", "score", "pinned")
    return replace(found, **{name: getattr(found, name)[rows] for name in columns})


def swapped(found: Plan, case: Case) -> Plan:
    """The first two pairs whose people may take each other's line exchange them, scores told truly."""
    pairs = {(j, i): k for k, (j, i) in enumerate(zip(case.pairs.line.tolist(), case.pairs.row.tolist(), strict=True))}
    for a in range(len(found.line)):
        for b in range(a):
            other = [pairs.get((int(found.line[x]), int(found.person[y]))) for x, y in ((a, b), (b, a))]
            changed = found.score[a] + found.score[b] != sum(case.pairs.score[k] for k in other if k is not None)
            if None not in other and found.line[a] != found.line[b] and changed:
                rows = np.arange(len(found.line))
                rows[[a, b]] = b, a
                score, slot = found.score.copy(), found.slot.copy()
                score[[a, b]], slot[[a, b]] = case.pairs.score[other], case.pairs.slot[other]
                return replace(
                    found, person=found.person[rows], person_id=found.person_id[rows], score=score, slot=slot
                )
    raise AssertionError("no two pairs can be swapped")


def strange(found: Plan, case: Case) -> Plan:
    """Somebody who may not."""
    allowed = case.pairs.row[case.pairs.ptr[found.line[0]] : case.pairs.ptr[found.line[0] + 1]]
    person, ids = found.person.copy(), found.person_id.copy()
    person[0] = np.setdiff1d(np.arange(case.people.count), allowed)[0]
    ids[0] = case.people.id[person[0]]
    return replace(found, person=person, person_id=ids)


def priced(found: Plan, line: int = 0, person: int = 0) -> Plan:
    solution = found.solution
    lines, people = solution.line_price.copy(), solution.person_price.copy()
    lines[0] += line
    people[0] += person
    return replace(found, solution=replace(solution, line_price=lines, person_price=people))


def scored(found: Plan, _: Case) -> Plan:
    score = found.score.copy()
    score[0] += 1
    return replace(found, score=score)


TAMPERED: dict[str, tuple[Callable[[Plan, Case], Plan], str]] = {
    "a pair swapped": (swapped, "flaw_objective"),
    "a pair dropped": (lambda found, _: without(found, 0), "flaw_objective"),
    "a pair twice": (twice, "flaw_repeated"),
    "a pair that breaks a rule": (strange, "flaw_pair"),
    "a changed score": (scored, "flaw_score"),
    "a false id": (lambda found, _: replace(found, person_id=found.person_id[::-1]), "flaw_ids"),
    "a false line price": (lambda found, _: priced(found, line=-1), "flaw_gap"),
    "a false person price": (lambda found, _: priced(found, person=1), "flaw_gap"),
    "a price below zero": (lambda found, _: priced(found, person=-(10**15)), "flaw_prices"),
    "a false objective": (
        lambda found, _: replace(found, solution=replace(found.solution, objective=found.solution.objective - 1)),
        "flaw_objective",
    ),
    "false tiers": (lambda found, _: replace(found, tiers=found.tiers._replace(lost=0)), "flaw_tiers"),
}


def test_the_plan_is_proven(case: Case, honest: Plan) -> None:
    assert len(honest.line) > 20
    assert honest.tiers < honest.greedy
    assert certify(case, honest) == []


@pytest.mark.parametrize("name", TAMPERED)
def test_a_tampered_plan_is_rejected(name: str, case: Case, honest: Plan) -> None:
    tamper, flaw = TAMPERED[name]
    flaws = certify(case, tamper(honest, case))
    assert f"match_rules.{flaw}" in {found.key for found in flaws}
    assert all(text(language, found.key, **found.values) for found in flaws for language in ("zh", "en"))


def test_a_missing_pin_and_a_struck_pair_are_found(case: Case, honest: Plan) -> None:
    pairs = list(zip(honest.line_id.tolist(), honest.person_id.tolist(), strict=True))
    stranger = (pairs[0][0], int(case.people.id[0]) if pairs[0][1] != case.people.id[0] else int(case.people.id[1]))
    assert [flaw.key for flaw in certify(case, honest, pins=[stranger])] == ["match_rules.flaw_pin"]
    assert [flaw.key for flaw in certify(case, honest, forbids=[pairs[0]])] == ["match_rules.flaw_forbidden"]


def test_overfilled_lines_and_overused_people_are_found(case: Case, honest: Plan) -> None:
    problem, solution = honest.problem, honest.solution
    prices: Any = solution.line_price, solution.person_price, solution.objective
    pairs = problem.line[solution.pairs], problem.person[solution.pairs]
    fewer = replace(problem, seats=np.maximum(0, problem.seats - 1))
    assert "match_rules.flaw_overfilled" in {f.key for f in certifier.check(fewer, *pairs, *prices)}
    nobody = replace(problem, capacity=np.zeros_like(problem.capacity))
    assert "match_rules.flaw_overused" in {f.key for f in certifier.check(nobody, *pairs, *prices)}


def test_a_changed_cost_is_found(honest: Plan) -> None:
    problem, solution = honest.problem, honest.solution
    cost = problem.cost.copy()
    cost[solution.pairs[0]] += 1
    pairs = problem.line[solution.pairs], problem.person[solution.pairs]
    prices = solution.line_price, solution.person_price
    keys = [flaw.key for flaw in certifier.check(replace(problem, cost=cost), *pairs, *prices, solution.objective)]
    assert "match_rules.flaw_objective" in keys


def test_the_candidates_are_everybody_who_may(case: Case) -> None:
    every, slots = certifier.every_pair(case)
    assert every.person.tolist() == case.pairs.row.tolist()
    assert slots.tolist() == case.pairs.slot.tolist()
    assert every.ptr.tolist() == case.pairs.ptr.tolist()
