"""Proves a plan of explicit arcs, or says what is wrong with it. Shares no code with the solver.

The problem: needs with seats, each seat left empty at a penalty; volunteers who take so many seats; arcs with a cost.
By duality, prices u of needs (at most the penalty) and p >= 0 of volunteers bound the cost of every plan from below by
sum(seats u) - sum(capacity p) - sum(max(0, u - p - cost) over the arcs): a plan that costs exactly that is a cheapest
one. Sums are Python's integers, which never overflow; arrays only hold numbers that were checked to be small enough.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dashboard.core.matching.flaws import Flaw

Ints = NDArray[np.int64]
#: Prices beyond this prove nothing that smaller ones don't, and could overflow a difference.
LARGEST_PRICE = 1 << 60
#: Costs and penalties up to this leave room for two prices beside them.
LARGEST_COST = 1 << 60

#: Flaws of a plan that could not be carried out, in contrast to one that is dearer than it must be.
INFEASIBLE = frozenset(f"match_files.flaw_{name}" for name in ("positions", "repeated", "overfilled", "overused"))


def check_arcs(
    seats: ArrayLike,
    unmet: ArrayLike,
    capacity: ArrayLike,
    line: ArrayLike,
    person: ArrayLike,
    cost: ArrayLike,
    taken: ArrayLike,
    line_price: ArrayLike,
    person_price: ArrayLike,
    objective: int,
) -> list[Flaw]:
    """What is wrong with the claim that taking the arcs at `taken` costs `objective` and nothing costs less.

    `seats` and `unmet` are of each need, `capacity` of each volunteer, `line`, `person`, `cost` of each arc. An empty
    list is the proof. Flaws name rows: `need`, `volunteer`. Raises ValueError when the problem itself makes no sense.
    """
    problem = _Arcs(seats, unmet, capacity, line, person, cost)
    chosen = _positions(taken, len(problem.cost))
    if chosen is None:
        return [Flaw("match_files.flaw_positions")]
    flaws = problem.overfull(chosen)
    if len(set(chosen)) < len(chosen):
        flaws.insert(0, Flaw("match_files.flaw_repeated"))
    if flaws:
        return flaws
    prices = _prices(line_price, len(problem.seats)), _prices(person_price, len(problem.capacity))
    if prices[0] is None or prices[1] is None:
        return [Flaw("match_files.flaw_prices")]
    flaws = problem.wrong_prices(prices[0], prices[1])
    found = problem.cost_of(chosen)
    if found != objective:
        flaws.append(Flaw("match_files.flaw_objective", {"stated": objective, "found": found}))
    bound = problem.bound(prices[0], prices[1])
    if not flaws and bound != found:
        flaws.append(Flaw("match_files.flaw_gap", {"bound": bound, "found": found}))
    return flaws


def bound_of(
    seats: ArrayLike,
    unmet: ArrayLike,
    capacity: ArrayLike,
    line: ArrayLike,
    person: ArrayLike,
    cost: ArrayLike,
    line_price: ArrayLike,
    person_price: ArrayLike,
) -> int | None:
    """What no plan can cost less than, by these prices; None when they are no prices."""
    problem = _Arcs(seats, unmet, capacity, line, person, cost)
    prices = _prices(line_price, len(problem.seats)), _prices(person_price, len(problem.capacity))
    if prices[0] is None or prices[1] is None or problem.wrong_prices(prices[0], prices[1]):
        return None
    return problem.bound(prices[0], prices[1])


def cost_of(unmet: ArrayLike, seats: ArrayLike, filled: ArrayLike, costs: Iterable[int]) -> int:
    """The cost of a plan: its pairs' costs and the penalties of its empty seats."""
    left = [want - have for want, have in zip(_whole(seats), _whole(filled), strict=True)]
    return sum(costs) + sum(empty * price for empty, price in zip(left, _whole(unmet), strict=True))


class _Arcs:
    """The problem, checked."""

    def __init__(
        self, seats: ArrayLike, unmet: ArrayLike, capacity: ArrayLike, line: ArrayLike, person: ArrayLike, cost: Any
    ) -> None:
        self.seats, self.unmet, self.capacity = (_checked(values) for values in (seats, unmet, capacity))
        self.line, self.person, self.cost = (_checked(values) for values in (line, person, cost))
        if len(self.seats) != len(self.unmet) or not len(self.line) == len(self.person) == len(self.cost):
            raise ValueError("the columns differ in length")
        if (self.line >= len(self.seats)).any() or (self.person >= len(self.capacity)).any():
            raise ValueError("an arc of a row that is not there")

    def overfull(self, chosen: list[int]) -> list[Flaw]:
        """Needs with more people than seats, volunteers with more tasks than they take."""
        filled, used = self._counts(self.line, chosen, self.seats), self._counts(self.person, chosen, self.capacity)
        return [
            *_over("match_files.flaw_overfilled", "need", filled, self.seats),
            *_over("match_files.flaw_overused", "volunteer", used, self.capacity),
        ]

    def cost_of(self, chosen: list[int]) -> int:
        """Of the arcs at these positions, and of the seats they leave empty."""
        filled = self._counts(self.line, chosen, self.seats)
        return cost_of(self.unmet, self.seats, filled, self.cost[chosen].tolist())

    def wrong_prices(self, need: Ints, volunteer: Ints) -> list[Flaw]:
        """Prices that bound nothing."""
        above, below = np.flatnonzero(need > self.unmet), np.flatnonzero(volunteer < 0)
        flaws = [Flaw("match_files.flaw_need_price", {"need": int(j), "price": int(need[j])}) for j in above]
        return flaws + [
            Flaw("match_files.flaw_volunteer_price", {"volunteer": int(i), "price": int(volunteer[i])}) for i in below
        ]

    def bound(self, need: Ints, volunteer: Ints) -> int:
        """See the module."""
        gain = np.maximum(0, need[self.line] - volunteer[self.person] - self.cost)
        return _dot(self.seats, need) - _dot(self.capacity, volunteer) - sum(gain.tolist())

    @staticmethod
    def _counts(column: Ints, chosen: list[int], rows: Ints) -> Ints:
        counts: Ints = np.bincount(column[chosen], minlength=len(rows)).astype(np.int64)
        return counts


def _over(key: str, name: str, counts: Ints, room: Ints) -> list[Flaw]:
    rows = np.flatnonzero(counts > room)
    return [Flaw(key, {name: int(row), "count": int(counts[row]), "room": int(room[row])}) for row in rows]


def _whole(values: ArrayLike) -> list[int]:
    return [int(value) for value in np.asarray(values).tolist()]


def _dot(left: Ints, right: Ints) -> int:
    return sum(a * b for a, b in zip(left.tolist(), right.tolist(), strict=True))


def _as_ints(values: ArrayLike, suits: Callable[[Ints], bool]) -> Ints | None:
    """A flat int64 array, or None when the values are no whole numbers, too large, or don't suit."""
    try:
        given = np.asarray(values)
    except (OverflowError, TypeError, ValueError):
        return None
    if given.size == 0:
        return np.zeros(0, dtype=np.int64)
    # A whole number beyond 64 bits makes a column of objects or of unsigned numbers.
    if given.ndim != 1 or given.dtype.kind not in "iu" or (given.dtype == np.uint64 and given.max() >= 1 << 63):
        return None
    column: Ints = given.astype(np.int64)
    return column if suits(column) else None


def _checked(values: ArrayLike) -> Ints:
    column = _as_ints(values, lambda numbers: bool(numbers.min() >= 0 and numbers.max() <= LARGEST_COST))
    if column is None:
        raise ValueError("the problem holds something else than whole numbers from 0 to 2^60")
    return column


def _positions(taken: ArrayLike, count: int) -> list[int] | None:
    column = _as_ints(taken, lambda rows: bool(rows.min() >= 0 and rows.max() < count))
    return None if column is None else [int(row) for row in column]


def _prices(values: ArrayLike, count: int) -> Ints | None:
    column = _as_ints(values, lambda prices: bool(prices.min() >= -LARGEST_PRICE and prices.max() <= LARGEST_PRICE))
    return column if column is not None and len(column) == count else None
