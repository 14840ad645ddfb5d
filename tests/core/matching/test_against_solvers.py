"""The product's optimum is that of solvers other people wrote: OR-Tools' min-cost flow and HiGHS' simplex."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from dashboard.core.matching import assign
from dashboard.core.matching.problem import Limits, Problem
from tests.bench.integers import Array, Instance, at_random
from tests.bench.peers import Marks, ortools_flow
from tests.bench.peers_linear import highs_simplex

Solver = Callable[[Instance, Marks], Array]

DATA = Path(__file__).parents[2] / "data" / "assignment"
PUBLISHED = {"assign100": 305, "assign200": 475, "assign300": 626}
#: One task a person; one a block, so many a day and week; the same, each task of a week dearer than the one before.
SHAPES = {"plain": {}, "week": {"blocks": 9}, "rising week": {"blocks": 9, "rising": True}}
ROUNDS = 10


def of(instance: Instance) -> Problem:
    limits = Limits(instance.limits, instance.link_from, instance.link_to, instance.link_cap, instance.link_cost)
    return Problem(instance.seats, instance.unmet, instance.ptr, instance.entry, instance.cost, limits)


def medium(shape: str, seed: int) -> Instance:
    chance = np.random.default_rng(seed)
    return at_random(chance, int(chance.integers(20, 120)), int(chance.integers(20, 160)), **SHAPES[shape])


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("part", range(10))
@pytest.mark.parametrize("solver", [ortools_flow, highs_simplex])
def test_the_optimum_is_theirs(shape: str, part: int, solver: Solver) -> None:
    filled = 0
    for seed in range(part * ROUNDS, (part + 1) * ROUNDS):
        instance = medium(shape, seed)
        found = assign.solve(of(instance))
        instance.check(found.pairs)
        theirs = solver(instance, Marks())
        instance.check(theirs)
        assert instance.value(theirs) == found.objective == instance.value(found.pairs), f"seed {seed}"
        filled += len(found.pairs)
    assert filled > 100 * ROUNDS / 10, "nothing to decide"


@pytest.mark.parametrize("shape", SHAPES)
def test_the_optimum_is_theirs_with_pins_and_forbidden_pairs(shape: str) -> None:
    """What is pinned or forbidden there is taken out of, or kept from, the instance they get."""
    for seed in range(30):
        instance = medium(shape, seed)
        problem, chance = of(instance), np.random.default_rng(seed)
        free = assign.solve(problem)
        pins = chance.choice(free.pairs, min(3, len(free.pairs)), replace=False)
        struck = np.setdiff1d(chance.choice(len(problem.cost), len(problem.cost) // 10, replace=False), pins)
        found = assign.solve(problem, pins=pins.tolist(), forbids=struck.tolist())
        assert np.isin(pins, found.pairs).all() and not np.isin(struck, found.pairs).any()
        cost = instance.cost.copy()
        prize = int(instance.unmet.max()) * 4 + int(cost.sum()) + int(instance.link_cost.sum()) + 1
        cost += prize
        cost[pins] -= prize
        cost[struck] += prize * 4
        raised = Instance(**(vars(instance) | {"cost": cost, "unmet": instance.unmet + prize}))
        theirs = ortools_flow(raised, Marks())
        assert not np.isin(struck, theirs).any()
        assert np.isin(pins, theirs).all()
        assert instance.value(theirs) == found.objective, f"seed {seed}"


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_instances_have_their_published_optimum(name: str) -> None:
    numbers = np.array((DATA / f"{name}.txt").read_text().split(), dtype=np.int64)
    size, costs = int(numbers[0]), numbers[1:]
    ones = np.ones(size, dtype=np.int64)
    problem = Problem.of_people(
        ones, ones * 10**6, ones, np.arange(size + 1) * size, np.tile(np.arange(size), size), costs
    )
    found = assign.solve(problem)
    assert (found.objective, len(found.pairs)) == (PUBLISHED[name], size)
