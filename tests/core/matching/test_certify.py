"""The certificate accepts the plan and rejects every tampered copy."""

import ast
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dashboard.core.matching import certify as certifier
from dashboard.core.matching import plan
from dashboard.core.matching.candidates import service_minutes
from dashboard.core.matching.certify import certify
from dashboard.core.matching.pins import position_of
from dashboard.core.matching.plan import Case, Plan, Prices
from dashboard.core.matching.proof_rows import rows_of_case
from dashboard.text import text
from tests.bench.county import a_county
from tests.core.matching.builders import a_line, a_person, hours, lines_of, people_of


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


def priced(found: Plan, line: int = 0, place: int = 0) -> Plan:
    prices = found.prices
    lines, places = prices.line.copy(), prices.price.copy()
    lines[0] += line
    places[0] += place
    return replace(found, certificate=replace(prices, line=lines, price=places))


def scored(found: Plan, _: Case) -> Plan:
    score = found.score.copy()
    score[0] += 1
    return replace(found, score=score)


def moved(found: Plan, _: Case) -> Plan:
    """A service at another time than the volunteer's."""
    start = found.start.copy()
    start[0] += 30
    return replace(found, start=start)


def widened(found: Plan, _: Case) -> Plan:
    """A block of tasks that don't exclude each other is priced as if they did."""
    prices = found.prices
    several = np.flatnonzero(np.diff(prices.block_ptr) == 0)
    kind = prices.kind.copy()
    kind[several] = 0  # every day and week is said to be a block without lines: its price counts and stops nobody
    return replace(found, certificate=replace(prices, kind=kind))


TAMPERED: dict[str, tuple[Callable[[Plan, Case], Plan], str]] = {
    "a pair swapped": (swapped, "flaw_objective"),
    "a pair dropped": (lambda found, _: without(found, 0), "flaw_objective"),
    "a pair twice": (twice, "flaw_repeated"),
    "a pair that breaks a rule": (strange, "flaw_pair"),
    "a changed score": (scored, "flaw_score"),
    "another time": (moved, "flaw_score"),
    "a false id": (lambda found, _: replace(found, person_id=found.person_id[::-1]), "flaw_ids"),
    "a false line price": (lambda found, _: priced(found, line=-1), "flaw_gap"),
    "a false price of a place": (lambda found, _: priced(found, place=1), "flaw_gap"),
    "a price below zero": (lambda found, _: priced(found, place=-(10**15)), "flaw_prices"),
    "a line price above what an empty seat costs": (lambda found, _: priced(found, line=10**17), "flaw_prices"),
    "days and weeks passed off as blocks": (widened, "flaw_gap"),
    "a false objective": (lambda found, _: replace(found, objective=found.objective - 1), "flaw_objective"),
    "a false bound": (lambda found, _: replace(found, bound=found.bound + 1), "flaw_gap"),
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
    assert "match_rules.flaw_pin" in {flaw.key for flaw in certify(case, honest, pins=[stranger])}
    assert "match_rules.flaw_forbidden" in {flaw.key for flaw in certify(case, honest, forbids=[pairs[0]])}


def small(*needs: dict[str, Any], people: int = 2, **facts: Any) -> Case:
    return plan.prepare(people_of(*(a_person(k, **facts) for k in range(1, people + 1))), lines_of(*needs))


def taking(case: Case, *pairs: tuple[int, int], slot: dict[int, int] | None = None) -> Plan:
    """A plan of these pairs of ids, its value told truly; `slot` says at which of its times a line is served."""
    found = plan.best_plan(case)
    at = np.array(sorted(position_of(case, *pair) for pair in pairs), dtype=np.int64)
    line, person = case.board.line[at], case.board.row[at]
    place = np.array([(slot or {}).get(int(case.lines.id[j]), 0) for j in line], dtype=np.int64)
    slots = case.lines.table.slot_from[line] + place
    start, end = service_minutes(case.lines, line, slots)
    tiers = plan.tiers_of(case, at)
    return replace(
        found, line=line, person=person, line_id=case.lines.id[line], person_id=case.people.id[person], slot=slots,
        start=start, end=end, score=case.pairs.score[at], pinned=np.zeros(len(at), dtype=bool),
        empty=plan.empty_seats(case, at), tiers=tiers, objective=plan.packed(case, tiers),
    )  # fmt: skip


def keys(case: Case, found: Plan) -> set[str]:
    return {flaw.key.removeprefix("match_rules.flaw_") for flaw in certify(case, found)}


def test_an_overfilled_need_is_found() -> None:
    case = small(a_line(1))
    assert "overfilled" in keys(case, taking(case, (1, 1), (1, 2)))


@pytest.mark.parametrize(
    "needs",
    [
        (a_line(1), a_line(2)),  # at one time
        (a_line(1), a_line(2, lat=28.53, windows=[hours(11, 13)])),  # no time for the way between
        (a_line(1, need=5), a_line(2, need=5, windows=[hours(9, 11)])),  # two parts of one need
    ],
)
def test_a_person_with_tasks_that_exclude_each_other_is_found(needs: tuple[dict[str, Any], ...]) -> None:
    case = small(*needs)
    assert "overused" in keys(case, taking(case, (1, 1), (2, 1)))


def test_a_person_over_her_caps_is_found() -> None:
    needs = a_line(1, windows=[hours(8, 10)]), a_line(2, windows=[hours(11, 13)])
    assert "overused" in keys(*(lambda case: (case, taking(case, (1, 1), (2, 1))))(small(*needs, cap_day=1)))
    case = small(*needs, cap_day=2)
    assert "overused" not in keys(case, taking(case, (1, 1), (2, 1)))


def test_a_crew_that_is_short_is_found() -> None:
    case = small(a_line(1, whole=True, seats=2))
    assert "crew" in keys(case, taking(case, (1, 1)))
    assert keys(case, taking(case, (1, 1), (1, 2))) == set()


def test_people_of_a_need_at_different_times_are_found() -> None:
    case = small(a_line(1, need=5, windows=[hours(8, 12)]), a_line(2, need=5, windows=[hours(8, 12)]))
    assert "times" in keys(case, taking(case, (1, 1), (2, 2), slot={1: 0, 2: 1}))
    assert "times" not in keys(case, taking(case, (1, 1), (2, 2), slot={1: 1, 2: 1}))


def test_a_block_of_tasks_that_go_together_is_no_proof() -> None:
    case = small(a_line(1, windows=[hours(8, 10)]), a_line(2, windows=[hours(11, 13)]), people=1, cap_day=2)
    found = plan.best_plan(case)
    lie = Prices(
        found.prices.line, *(np.array([value]) for value in (0, 0, int(case.built.at[0]), 5)), np.array([0, 2]),
        np.array([0, 1]),
    )  # fmt: skip
    assert keys(case, replace(found, certificate=lie)) == {"block"}


def test_somebody_kept_free_is_found() -> None:
    case = small(a_line(1), people=1)
    flaws = certify(case, plan.best_plan(case), away=[1])
    assert "match_rules.flaw_forbidden" in {flaw.key for flaw in flaws}


def test_the_candidates_are_everybody_who_may(case: Case) -> None:
    rows = rows_of_case(case)
    assert (rows.line == case.board.line).all() and (rows.row == case.board.row).all()
    assert rows.score.tolist() == case.pairs.score.tolist()
    assert rows.slots.tolist() == case.pairs.options.tolist()
    assert rows.slot_ptr.tolist() == case.pairs.option_ptr.tolist()
    assert rows.scale == tuple(case.scale)


def test_the_proof_imports_nothing_of_the_solver() -> None:
    solver = {"assign", "live", "live_plan", "flow", "mending", "limits", "omitted", "times", "candidates", "pins"}
    for module in ("certify", "proof_rows", "flaws"):
        tree = ast.parse((Path(certifier.__file__).parent / f"{module}.py").read_text(encoding="utf-8"))
        imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        names = {str(node.module).rsplit(".", 1)[-1] for node in imports}
        names |= {alias.name for node in imports for alias in node.names}
        assert not names & solver
