"""The checker of explicit arcs proves what is cheapest, and nothing else. Instances are solved by trying everything."""

from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from dashboard.core.matching.flaws import Flaw
from dashboard.core.matching.proof import LARGEST_PRICE, bound_of, check_arcs


@dataclass(frozen=True)
class Claim:
    """A problem and what is said of it, in plain lists."""

    seats: list[int]
    unmet: list[int]
    capacity: list[int]
    line: list[int]
    person: list[int]
    cost: list[int]
    taken: list[int]
    line_price: list[int]
    person_price: list[int]
    objective: int

    @property
    def problem(self) -> tuple[list[int], ...]:
        return self.seats, self.unmet, self.capacity, self.line, self.person, self.cost

    def check(self) -> list[str]:
        found = check_arcs(*self.problem, self.taken, self.line_price, self.person_price, self.objective)
        return [flaw.key.removeprefix("match_files.flaw_") for flaw in found]

    def cost_of(self, taken: list[int]) -> int | None:
        """By definition; None for what can't be."""
        filled, used = [0] * len(self.seats), [0] * len(self.capacity)
        for at in taken:
            filled[self.line[at]] += 1
            used[self.person[at]] += 1
        if any(f > s for f, s in zip(filled, self.seats, strict=True)):
            return None
        if any(u > c for u, c in zip(used, self.capacity, strict=True)):
            return None
        empty = sum((s - f) * u for s, f, u in zip(self.seats, filled, self.unmet, strict=True))
        return sum(self.cost[at] for at in taken) + empty

    def cheapest(self) -> tuple[int, list[int]]:
        plans = ([at for at, take in enumerate(which) if take] for which in product((0, 1), repeat=len(self.cost)))
        return min((cost, plan) for plan in plans if (cost := self.cost_of(plan)) is not None)


#: Two needs want the only cook; need 0 has two seats. Cheapest: cook to need 1, driver to need 0, one seat stays empty.
CLAIM = Claim(
    seats=[2, 1],
    unmet=[100, 100],
    capacity=[1, 1],
    line=[0, 0, 1],
    person=[0, 1, 0],
    cost=[5, 7, 3],
    taken=[1, 2],
    line_price=[100, 98],
    person_price=[95, 93],
    objective=110,
)


def test_a_cheapest_plan_with_its_prices_is_proven() -> None:
    assert (110, [1, 2]) == CLAIM.cheapest()
    assert [] == CLAIM.check()


@pytest.mark.parametrize(
    ("change", "flaws"),
    [
        ({"taken": [0, 1]}, ["objective"]),  # a swapped pair, dearer
        ({"taken": [0, 1], "objective": 112}, ["gap"]),  # and its cost told honestly
        ({"taken": [2]}, ["objective"]),  # a dropped pair
        ({"taken": [2], "objective": 203}, ["gap"]),
        ({"taken": [1, 2, 2]}, ["repeated", "overfilled", "overused"]),
        ({"taken": [0, 1, 2]}, ["overused"]),  # one person in two places
        ({"seats": [1, 1], "taken": [0, 1]}, ["overfilled"]),
        ({"line_price": [101, 98]}, ["need_price"]),  # false prices
        ({"person_price": [-1, 93]}, ["volunteer_price"]),
        ({"line_price": [99, 98]}, ["gap"]),  # allowed, but proves too little
        ({"person_price": [94, 93]}, ["gap"]),
        ({"line_price": [100]}, ["prices"]),
        ({"person_price": [95, 93, 0]}, ["prices"]),
        ({"objective": 109}, ["objective"]),
        ({"cost": [5, 7, 4]}, ["objective"]),  # a changed cost
        ({"cost": [1, 7, 3]}, ["gap"]),
        ({"unmet": [90, 100]}, ["need_price", "objective"]),
        ({"capacity": [2, 1]}, ["gap"]),
        ({"taken": [1, 3]}, ["positions"]),
        ({"taken": [-1, 1]}, ["positions"]),
        ({"taken": [1.0, 2.0]}, ["positions"]),
        ({"taken": ["1", "2"]}, ["positions"]),
    ],
)
def test_what_is_wrong_is_said_by_name(change: dict[str, Any], flaws: list[str]) -> None:
    assert flaws == replace(CLAIM, **change).check()


@pytest.mark.parametrize("price", [LARGEST_PRICE + 1, -LARGEST_PRICE - 1, 1 << 63, 1 << 70, -(1 << 63), 1.5, "x", None])
def test_prices_that_could_overflow_or_are_no_numbers_prove_nothing(price: Any) -> None:
    assert ["prices"] == replace(CLAIM, person_price=[price, 93]).check()
    assert bound_of(*CLAIM.problem, CLAIM.line_price, [price, 93]) is None


def test_prices_at_the_edge_are_added_up_exactly() -> None:
    wide = replace(CLAIM, line_price=[-LARGEST_PRICE, -LARGEST_PRICE], person_price=[LARGEST_PRICE, LARGEST_PRICE])
    assert ["gap"] == wide.check()
    assert -5 * LARGEST_PRICE == bound_of(*wide.problem, wide.line_price, wide.person_price)


def test_costs_near_the_end_of_64_bits_are_added_up_exactly() -> None:
    top = 1 << 60
    seats = 64
    many = Claim([seats], [top], [0], [], [], [], [], [top], [0], seats * top)
    assert [] == many.check()
    assert ["objective"] == replace(many, objective=0).check()  # what 64 bits would make of it


@pytest.mark.parametrize(
    "problem",
    [
        {"seats": [2]},
        {"line": [0, 0, 2]},
        {"person": [0, 1, 2]},
        {"cost": [5, 7]},
        {"cost": [5, 7, -1]},
        {"cost": [5, 7, 1 << 61]},
        {"capacity": [1.5, 1]},
        {"capacity": [1, None]},
    ],
)
def test_a_problem_that_makes_no_sense_is_an_error_not_a_flaw(problem: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        replace(CLAIM, **problem).check()


def test_nothing_to_do_is_proven() -> None:
    assert [] == check_arcs([], [], [], [], [], [], [], [], [], 0)
    assert [Flaw("match_files.flaw_objective", {"stated": 1, "found": 0})] == check_arcs(*[[]] * 9, 1)


@st.composite
def problems(draw: st.DrawFn) -> Claim:
    """Up to 3 x 4 with ties, several seats, capacities of 0 to 2; the claim is empty."""
    needs, people = draw(st.integers(1, 3)), draw(st.integers(0, 4))
    some = st.integers(0, 2)
    every = list(product(range(needs), range(people)))
    pairs = draw(st.lists(st.sampled_from(every), max_size=9, unique=True)) if every else []
    return Claim(
        draw(st.lists(some, min_size=needs, max_size=needs)),
        draw(st.lists(st.integers(0, 12), min_size=needs, max_size=needs)),
        draw(st.lists(some, min_size=people, max_size=people)),
        [line for line, _ in pairs],
        [person for _, person in pairs],
        draw(st.lists(st.integers(0, 9), min_size=len(pairs), max_size=len(pairs))),
        [], [0] * needs, [0] * people, 0,
    )  # fmt: skip


def prices_of(claim: Claim) -> tuple[list[int], list[int]]:
    """Best prices by linear programming: maximise the bound. They are whole at a corner."""
    lines, people, arcs = len(claim.seats), len(claim.capacity), len(claim.cost)
    aim = np.concatenate([-np.array(claim.seats), claim.capacity, np.ones(arcs)])
    rows = np.zeros((arcs, lines + people + arcs))
    for at in range(arcs):
        rows[at, claim.line[at]], rows[at, lines + claim.person[at]], rows[at, lines + people + at] = 1, -1, -1
    bounds = [(None, price) for price in claim.unmet] + [(0, None)] * (people + arcs)
    found = linprog(aim, rows, claim.cost, bounds=bounds, method="highs-ds")
    assume(found.status == 0)
    whole = np.round(found.x).astype(int).tolist()
    return whole[:lines], whole[lines : lines + people]


@given(problems())
@settings(max_examples=120, deadline=None)
def test_the_cheapest_plan_and_only_that_is_proven(claim: Claim) -> None:
    least, plan = claim.cheapest()
    if claim.cost:
        line_price, person_price = prices_of(claim)
    else:
        line_price, person_price = claim.unmet, claim.person_price
    best = replace(claim, taken=plan, objective=least, line_price=line_price, person_price=person_price)
    assert [] == best.check()
    for at in range(len(claim.cost)):
        other = sorted({*plan} ^ {at})
        cost = claim.cost_of(other)
        if cost is not None:
            expected = [] if cost == least else ["gap"]
            assert expected == replace(best, taken=other, objective=cost).check()


@given(problems(), st.data())
@settings(max_examples=120, deadline=None)
def test_no_allowed_prices_bound_more_than_the_cheapest_plan(claim: Claim, data: st.DataObject) -> None:
    line_price = [data.draw(st.integers(-20, most)) for most in claim.unmet]
    person_price = [data.draw(st.integers(0, 20)) for _ in claim.capacity]
    bound = bound_of(*claim.problem, line_price, person_price)
    assert bound is not None
    assert bound <= claim.cheapest()[0]
