"""The assignment problem in plain integers, and the tiers in which its plans are compared.

A problem is lines with seats, people with capacities, and the pairs that are allowed, each with a cost. A plan takes
pairs, none twice; what it leaves unfilled costs the line's `unmet` a seat. People and lines are rows from 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dashboard.core.matching.arrays import Array
from dashboard.core.matching.words import URGENCIES


@dataclass(frozen=True, eq=False)
class Problem:
    """int64 arrays. Allowed pairs are CSR by line: those of line j are ptr[j]:ptr[j + 1]."""

    seats: Array  # [lines] >= 0
    unmet: Array  # [lines] >= 0 cost of each seat left empty
    capacity: Array  # [people] >= 0
    ptr: Array  # [lines + 1]
    person: Array  # [pairs] rows, no pair twice
    cost: Array  # [pairs] >= 0

    @property
    def line(self) -> Array:
        """[pairs]: the line of each pair."""
        return np.repeat(np.arange(len(self.seats)), np.diff(self.ptr))

    def check(self) -> None:
        """Raises ValueError when the arrays don't fit together or hold what they must not."""
        ends = (len(self.ptr) == len(self.seats) + 1 == len(self.unmet) + 1) and self.ptr[0] == 0
        if not ends or (np.diff(self.ptr) < 0).any() or not self.ptr[-1] == len(self.person) == len(self.cost):
            raise ValueError("the pairs don't fit the lines")
        if any((values < 0).any() for values in (self.seats, self.unmet, self.capacity, self.person, self.cost)):
            raise ValueError("a number below 0")
        if len(self.person) and self.person.max() >= len(self.capacity):
            raise ValueError("a pair names a person who is not there")
        keys = self.line * len(self.capacity) + self.person
        steps = np.diff(keys)
        if (steps <= 0).any() and (np.diff(np.sort(keys)) == 0).any():  # ascending needs no sort
            raise ValueError("a pair appears twice")


class Tiers(NamedTuple):
    """A plan's value, compared from the left: less is better in every tier."""

    unmet: tuple[int, ...]  # empty seats by urgency, most urgent first
    lost: int  # score points lost against a full score in every filled seat


def ladder(urgency: Array, total_seats: int, largest_cost: int, ranks: int = len(URGENCIES)) -> Array:
    """Cost of an empty seat of each line, int64[lines], by which the least sum is the least in the order of `Tiers`.

    One rung is total_seats * largest_cost + 1, more than all pairs together can cost; an empty seat of rank r costs
    ranks - r rungs. Small steps are enough because the sets of seats that can be filled together form a matroid (the
    lines are linked to the people by a flow): whoever fills a better set can be reached by adding one seat or swapping
    one for a more urgent one, and each such step gains a rung. Proof and test: docs/adr/0007. Raises OverflowError when
    a rung doesn't fit.
    """
    rung = int(total_seats) * int(largest_cost) + 1
    if rung * ranks >= 1 << 58:
        raise OverflowError(f"{total_seats} seats at costs up to {largest_cost} don't fit into 64 bits")
    return (ranks - urgency.astype(np.int64)) * rung


def tiers_of(urgency: Array, empty: Array, lost: int, ranks: int = len(URGENCIES)) -> Tiers:
    """Tiers of a plan that leaves `empty` seats of each line and loses `lost` points."""
    counts = np.zeros(ranks, dtype=np.int64)
    np.add.at(counts, urgency, empty)
    return Tiers(tuple(counts.tolist()), int(lost))


def exact_sum(values: Array) -> int:
    """The sum of integers, however large."""
    return sum(values.tolist()) if len(values) else 0


def filled_seats(problem: Problem, pairs: Sequence[int] | Array) -> Array:
    """[lines]: how many of the given pairs each line has."""
    return np.bincount(problem.line[np.asarray(pairs, dtype=np.int64)], minlength=len(problem.seats))
