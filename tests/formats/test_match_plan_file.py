"""Plan files: the same bytes for the same plan, and no tampering that the check would not name."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.core.matching import assign
from dashboard.formats.match_check import check_plan
from dashboard.formats.match_plan_file import plan_of_arcs, read_plan, to_bytes
from dashboard.formats.match_problem import read_problem
from dashboard.formats.match_verdict import Verdict
from dashboard.formats.mistakes import Refused
from dashboard.text import known
from tests.formats.match_files import an_arcs_problem, arcs_problems, as_bytes

GOOD = an_arcs_problem()
Plan = dict[str, Any]
DATA = Path(__file__).parents[1] / "data" / "assignment"


def solved(problem: dict[str, Any]) -> Plan:
    arcs = read_problem(as_bytes(problem))
    found = assign.solve(arcs.problem())
    return plan_of_arcs(arcs, found.pairs, found.line_price, found.limit_price)


def verdict(problem: dict[str, Any], plan: Plan) -> Verdict:
    return check_plan(read_problem(as_bytes(problem)), read_plan(as_bytes(plan)))


def flaws(plan: Plan, problem: dict[str, Any] = GOOD) -> list[str]:
    return [flaw.key.removeprefix("match_files.flaw_") for flaw in verdict(problem, plan).flaws]


def test_a_plan_says_who_goes_where_at_what_cost_and_what_stays_unmet() -> None:
    plan = solved(GOOD)
    assert [
        {"need": 7, "volunteer": 12, "cost": 7},
        {"need": "roof", "volunteer": "cook", "cost": 3},
    ] == plan["pairs"]
    assert (110, 110, 0.0, []) == (plan["objective"], plan["bound"], plan["gap"], plan["kinds"])
    assert {"unmet_seats": 1, "cost": 10} == plan["tiers"]
    counts = {"chosen": 1, "capacity": 0, "elsewhere": 1, "penalty": 0}
    assert [{"need": 7, "seats": 1, "cause": "elsewhere", "counts": counts}] == plan["unmet"]
    assert Verdict(True, 110, 110, ()) == verdict(GOOD, plan)


@pytest.mark.parametrize(
    ("changes", "cause", "counts"),
    [
        ({"arcs": []}, "capacity", (0, 0, 0, 0)),
        ({"volunteers": [{"id": 12, "capacity": 0}], "arcs": [["roof", 12, 1]]}, "capacity", (0, 1, 0, 0)),
        ({"volunteers": [{"id": 12, "capacity": 1}], "arcs": [["roof", 12, 101]]}, "penalty", (0, 0, 0, 1)),
    ],
)
def test_an_unmet_need_says_why(changes: dict[str, Any], cause: str, counts: tuple[int, ...]) -> None:
    last = solved(an_arcs_problem(**changes))["unmet"][-1]
    named = dict(zip(("chosen", "capacity", "elsewhere", "penalty"), counts, strict=True))
    assert {"need": "roof", "seats": 1, "cause": cause, "counts": named} == last


@given(arcs_problems())
@settings(max_examples=120, deadline=None)
def test_what_was_solved_is_proven_and_survives_the_file(problem: dict[str, Any]) -> None:
    plan = solved(problem)
    data = to_bytes(plan)
    assert plan == read_plan(data)
    assert data == to_bytes(read_plan(data))
    found = verdict(problem, plan)
    assert ((), True, plan["objective"], plan["bound"]) == (found.flaws, found.feasible, found.objective, found.bound)


@given(arcs_problems(), st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_the_same_problem_in_another_order_gives_the_same_bytes(problem: dict[str, Any], chance: Any) -> None:
    other = copy.deepcopy(problem)
    for name in ("needs", "volunteers", "arcs"):
        chance.shuffle(other[name])
    assert to_bytes(solved(problem)) == to_bytes(solved(other))


def test_seats_and_capacities_beyond_any_use_change_no_price() -> None:
    wide = an_arcs_problem(
        needs=[{"id": 7, "people": 2**40}, {"id": "roof", "people": 1}],
        volunteers=[{"id": "cook", "capacity": 2**53}, {"id": 12, "capacity": 2}],
    )
    plan = solved(wide)
    assert ({"unmet_seats": 2**40 - 2, "cost": 15}, []) == (plan["tiers"], flaws(plan, wide))


def _swap(plan: Plan) -> None:
    plan["pairs"][1] = {"need": 7, "volunteer": "cook", "cost": 5}


def _swap_honestly(plan: Plan) -> None:
    _swap(plan)
    plan["objective"], plan["tiers"]["cost"] = 212, 12
    plan["tiers"]["unmet_seats"] = 1
    plan["unmet"] = []


def _drop(plan: Plan) -> None:
    del plan["pairs"][0]


def _set(*path: Any) -> Callable[[Plan], None]:
    *way, last, value = path

    def change(plan: Plan) -> None:
        part: Any = plan
        for step in way:
            part = part[step]
        part[last] = value

    return change


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (_swap, {"objective", "stated"}),
        (_swap_honestly, {"objective", "stated"}),
        (_drop, {"objective", "stated"}),
        (lambda plan: plan["pairs"].append(plan["pairs"][0]), {"repeated"}),
        (lambda plan: plan["pairs"].append({"need": 7, "volunteer": "cook", "cost": 5}), {"overused"}),
        (_set("pairs", 0, "volunteer", "nobody"), {"no_arc"}),
        (_set("pairs", 0, "need", "roof"), {"no_arc"}),
        (_set("pairs", 0, "role", 1), {"no_arc"}),
        (_set("pairs", 0, "cost", 6), {"cost"}),
        (_set("objective", 109), {"objective"}),
        (_set("bound", 109), {"stated"}),
        (_set("gap", 0.5), {"stated"}),
        (_set("kinds", ["crew"]), {"stated"}),
        (_set("tiers", "unmet_seats", 0), {"stated"}),
        (_set("tiers", {}), {"stated"}),
        (_set("unmet", []), {"stated"}),
        (_set("unmet", 0, "counts", "elsewhere", 3), {"stated"}),
        (_set("digest", "0" * 64), {"digest"}),
        (_set("duals", "needs", 0, 1, 101), {"need_price"}),
        (_set("duals", "needs", 0, 1, 99), {"gap", "stated"}),
        (_set("duals", "needs", 0, 1, 10**30), {"prices"}),
        (_set("duals", "needs", 0, ["nobody", 0]), {"dual", "gap", "stated"}),
        (_set("duals", "needs", 0, [7, "100"]), {"dual", "gap", "stated"}),
        (_set("duals", "needs", 1, [7, 100]), {"dual", "gap", "stated"}),
        (_set("duals", "needs", []), {"gap", "stated"}),
        (_set("duals", "volunteers", []), {"gap", "stated"}),
        (_set("duals", "volunteers", [[12, -1]]), {"volunteer_price"}),
    ],
)
def test_each_tampering_is_named(change: Callable[[Plan], None], named: set[str]) -> None:
    plan = solved(GOOD)
    change(plan)
    found = verdict(GOOD, plan)
    assert named == {flaw.key.removeprefix("match_files.flaw_") for flaw in found.flaws}
    assert not found.proven
    assert all(known(flaw.key) for flaw in found.flaws)


def test_an_overfilled_need_is_named_and_not_feasible() -> None:
    problem = an_arcs_problem(needs=[{"id": 7, "people": 1}, {"id": "roof", "people": 1}])
    plan = solved(problem)
    plan["pairs"] = [{"need": 7, "volunteer": "cook", "cost": 5}, {"need": 7, "volunteer": 12, "cost": 7}]
    found = verdict(problem, plan)
    assert (["match_files.flaw_overfilled"], False) == ([flaw.key for flaw in found.flaws], found.feasible)
    assert {"need": 7, "count": 2, "room": 1} == dict(found.flaws[0].values)


def test_a_plan_of_a_changed_problem_is_stale() -> None:
    plan = solved(GOOD)
    assert ["digest"] == flaws(plan, an_arcs_problem(arcs=[[7, "cook", 4], [7, 12, 7], ["roof", "cook", 3]]))


def test_a_dearer_plan_told_honestly_is_feasible_and_within_its_gap_only() -> None:
    plan = solved(GOOD)
    plan |= {"pairs": [{"need": 7, "volunteer": 12, "cost": 7}], "objective": 207, "gap": 100 * 97 / 207}
    plan |= {"tiers": {"unmet_seats": 2, "cost": 7}}
    counts = {"chosen": 1, "capacity": 0, "elsewhere": 0, "penalty": 1}
    plan["unmet"] = [
        {"need": 7, "seats": 1, "cause": "penalty", "counts": counts},
        {"need": "roof", "seats": 1, "cause": "penalty", "counts": counts | {"chosen": 0}},
    ]
    found = verdict(GOOD, plan)
    assert (True, 207, 110, ["gap"]) == (found.feasible, found.objective, found.bound, flaws(plan))
    assert found.within(50).proven
    assert not found.within(40).proven
    plan["objective"] = 206  # a lie is never forgiven
    assert not verdict(GOOD, plan).within(50).proven


@given(arcs_problems(), st.data())
@settings(max_examples=120, deadline=None)
def test_no_other_set_of_pairs_is_proven_unless_it_costs_the_same(problem: dict[str, Any], data: st.DataObject) -> None:
    plan = solved(problem)
    arcs = [{"need": need, "volunteer": one, "cost": cost} for need, one, cost in problem["arcs"]]
    other = data.draw(st.lists(st.sampled_from(arcs), max_size=6)) if arcs else []
    found = verdict(problem, plan | {"pairs": other})
    if found.proven:
        assert sum(pair["cost"] for pair in plan["pairs"]) == sum(pair["cost"] for pair in other)
        assert len(other) == len(plan["pairs"])


@pytest.mark.parametrize(
    "change",
    [
        _set("pairs", {}),
        _set("pairs", 0, {}),
        _set("objective", "110"),
        _set("duals", []),
        _set("gap", -1),
        _set("x", 1),
    ],
)
def test_what_is_no_plan_is_refused(change: Callable[[Plan], None]) -> None:
    plan = solved(GOOD)
    change(plan)
    with pytest.raises(Refused):
        read_plan(as_bytes(plan))


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_damaged_plan_is_refused_or_flawed_or_the_same(data: st.DataObject) -> None:
    good = to_bytes(solved(GOOD))
    at, length = data.draw(st.integers(0, len(good))), data.draw(st.integers(0, 8))
    damaged = good[:at] + data.draw(st.binary(max_size=6)) + good[at + length :]
    try:
        plan = read_plan(damaged)
    except Refused:
        return
    found = check_plan(read_problem(as_bytes(GOOD)), plan)
    assert found.flaws or json.loads(good)["pairs"] == plan["pairs"]


@pytest.mark.parametrize(("size", "best"), [(100, 305), (200, 475), (300, 626)])
def test_published_instances_have_their_published_optimum(size: int, best: int) -> None:
    count, *costs = map(int, (DATA / f"assign{size}.txt").read_text(encoding="ascii").split())
    rows = range(count)
    problem = {
        "needs": [{"id": row, "people": 1} for row in rows],
        "volunteers": [{"id": row, "capacity": 1} for row in rows],
        "arcs": [[row, column, costs[row * count + column]] for row in rows for column in rows],
        "unmet_penalty": 10_000,
    }
    plan = solved(problem)
    assert (best, best) == (plan["objective"], plan["bound"])
    assert [] == flaws(plan, problem)
