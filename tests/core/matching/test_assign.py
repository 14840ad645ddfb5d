from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from dashboard.core.matching import assign
from dashboard.core.matching.problem import Limits, Problem, filled_seats, scale_of
from dashboard.core.matching.proof import check_arcs
from tests.core.matching.brute import best_tiers
from tests.core.matching.counties import problems

Array = np.ndarray[Any, Any]
DATA = Path(__file__).parents[2] / "data" / "assignment"


def tiers(problem: Problem, urgency: Array, pairs: Array) -> tuple[tuple[int, ...], int]:
    empty = problem.seats - filled_seats(problem, pairs)
    return tuple(int(empty[urgency == rank].sum()) for rank in range(3)), int(problem.cost[pairs].sum())


def flaws_of(problem: Problem, found: assign.Solution) -> list[Any]:
    """What the checker that shares nothing with the solver says."""
    return check_arcs(
        problem.seats,
        problem.unmet,
        problem.limits.link_cap,
        problem.line,
        problem.entry,
        problem.cost,
        found.pairs,
        found.line_price,
        found.limit_price,
        found.objective,
    )


def dense(problem: Problem) -> Array:
    """One row a seat; columns are people and, for each seat, staying empty."""
    seat = np.repeat(np.arange(len(problem.seats)), problem.seats)
    forbidden = int(problem.unmet.max()) * (len(seat) + 1) + 1
    table = np.full((len(problem.seats), problem.limits.count), forbidden)
    table[problem.line, problem.entry] = problem.cost
    empty = np.broadcast_to(problem.unmet[seat][:, None], (len(seat), len(seat)))
    return np.concatenate([table[seat], empty], axis=1)


@given(problems())
@settings(max_examples=180, deadline=None)
def test_no_plan_has_better_tiers(made: tuple[Problem, Array]) -> None:
    problem, urgency = made
    assert tiers(problem, urgency, assign.solve(problem).pairs) == best_tiers(problem, urgency)


@given(problems(size=4, capacity=3))
@settings(max_examples=120, deadline=None)
def test_no_plan_has_better_tiers_when_people_take_several_seats(made: tuple[Problem, Array]) -> None:
    problem, urgency = made
    assert tiers(problem, urgency, assign.solve(problem).pairs) == best_tiers(problem, urgency)


@given(problems(size=12))
@settings(max_examples=120, deadline=None)
def test_the_cost_is_that_of_the_dense_method(made: tuple[Problem, Array]) -> None:
    problem, _ = made
    table = dense(problem)
    assert assign.solve(problem).objective == int(table[linear_sum_assignment(table)].sum())


@given(problems(size=10, capacity=3))
@settings(max_examples=120, deadline=None)
def test_the_prices_prove_the_plan(made: tuple[Problem, Array]) -> None:
    problem, _ = made
    found = assign.solve(problem)
    assert flaws_of(problem, found) == []


@given(problems(size=10))
@settings(max_examples=120, deadline=None)
def test_no_pair_is_cheaper_than_its_prices_when_everybody_has_one_task(made: tuple[Problem, Array]) -> None:
    problem, _ = made
    found = assign.solve(problem)
    assert (found.line_price[problem.line] - found.limit_price[problem.entry] <= problem.cost).all()


@given(problems(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_the_pairs_changes_nothing(made: tuple[Problem, Array], chance: Any) -> None:
    problem, _ = made
    order = np.arange(len(problem.entry))
    for a, b in zip(problem.ptr, problem.ptr[1:], strict=False):
        part = order[a:b].tolist()
        chance.shuffle(part)
        order[a:b] = part
    mixed = replace(problem, entry=problem.entry[order], cost=problem.cost[order])
    first, second = assign.solve(problem), assign.solve(mixed)
    assert sorted(order[second.pairs]) == first.pairs.tolist()
    assert (first.line_price == second.line_price).all()


@given(problems())
@settings(max_examples=60, deadline=None)
def test_greedy_is_a_plan_and_never_better(made: tuple[Problem, Array]) -> None:
    problem, urgency = made
    pairs = assign.greedy(problem, np.lexsort((np.arange(len(urgency)), urgency)))
    assert (filled_seats(problem, pairs) <= problem.seats).all()
    assert (np.bincount(problem.entry[pairs], minlength=problem.limits.count) <= problem.limits.link_cap).all()
    assert tiers(problem, urgency, pairs) >= tiers(problem, urgency, assign.solve(problem).pairs)


def test_the_published_instance_has_its_published_optimum() -> None:
    numbers = np.array((DATA / "assign100.txt").read_text().split(), dtype=np.int64)
    size, costs = int(numbers[0]), numbers[1:]
    ones, ptr = np.ones(size, dtype=np.int64), np.arange(size + 1) * size
    problem = Problem.of_people(ones, ones * 10**6, ones, ptr, np.tile(np.arange(size), size), costs)
    found = assign.solve(problem)
    assert (found.objective, len(found.pairs)) == (305, 100)
    assert flaws_of(problem, found) == []


def test_among_equal_plans_the_smaller_row_is_taken() -> None:
    one = np.ones(1, dtype=np.int64)
    people = np.ones(3, dtype=np.int64)
    problem = Problem.of_people(one, one * 99, people, np.array([0, 3]), np.array([2, 1, 0]), one.repeat(3))
    assert problem.entry[assign.solve(problem).pairs].tolist() == [0]


def test_one_urgent_seat_outweighs_any_number_of_points() -> None:
    urgency = np.array([0, 2])
    seats = np.ones(2, dtype=np.int64)
    problem = Problem.of_people(
        seats,
        scale_of(2, 10**6, 0).unmet(urgency),
        np.ones(1, dtype=np.int64),
        np.array([0, 1, 2]),
        np.array([0, 0]),
        np.array([10**6, 0]),
    )
    assert problem.line[assign.solve(problem).pairs].tolist() == [0]


def test_costs_that_do_not_fit_are_refused() -> None:
    with pytest.raises(OverflowError):
        scale_of(1 << 30, 1 << 30, 1)
    one = np.ones(1, dtype=np.int64)
    with pytest.raises(OverflowError):
        assign.solve(Problem.of_people(one, one << 60, one, np.array([0, 1]), np.array([0]), one))


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("ptr", np.array([0, 1]), "fit the lines"),
        ("cost", np.array([-1, 0]), "below 0"),
        ("entry", np.array([0, 5]), "not there"),
        ("entry", np.array([1, 1]), "twice"),
    ],
)
def test_a_broken_problem_is_refused(field: str, value: Array, words: str) -> None:
    one, two = np.ones(1, dtype=np.int64), np.ones(2, dtype=np.int64)
    arrays = {"seats": one, "unmet": one, "ptr": np.array([0, 2]), "entry": np.arange(2), "cost": two}
    arrays["limits"] = Limits.flat(two)
    with pytest.raises(ValueError, match=words):
        assign.solve(Problem(**arrays | {field: value}))
