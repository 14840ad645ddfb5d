"""The matching as a flow in plain integers, and the tiers in which plans are compared.

A problem is lines with seats, limits, and the pairs that are allowed, each with a cost. A pair uses one place of the
limit it enters; a limit passes its units on to the limit above it, or to the sink. So a forest of limits says what one
person can take on: one task in a block of clashing times, so many a day, so many a week. What stays unfilled costs the
line's `unmet` a seat. Lines, pairs and limits are rows from 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isqrt
from typing import NamedTuple

import numpy as np

from dashboard.core.matching.arrays import Array
from dashboard.core.matching.compiled import compiled_maker
from dashboard.core.matching.words import URGENCIES

#: The sink as the upper end of a link.
SINK = -1
#: Packed costs stay below this, so that sums of a few of them fit into 64 bits.
LARGEST = 1 << 58


@dataclass(frozen=True, eq=False)
class Limits:
    """A forest of capacities, int64 arrays. All links of a limit lead to the same place, the cheaper first: several of
    them with rising costs are a convex price (what a person's first, second, third task costs)."""

    count: int
    link_from: Array  # [links] rows of limits, ascending
    link_to: Array  # [links] the limit above, or SINK
    link_cap: Array  # [links] >= 0 units
    link_cost: Array  # [links] >= 0 a unit

    @classmethod
    def flat(cls, capacity: Array) -> "Limits":
        """One limit a person, straight into the sink."""
        people = np.arange(len(capacity), dtype=np.int64)
        zeros = np.zeros(len(people), dtype=np.int64)
        return cls(len(people), people, np.full(len(people), SINK, dtype=np.int64), capacity.astype(np.int64), zeros)

    @cached_property
    def above(self) -> Array:
        """int64[limits]: the limit above each, SINK for none (or when it has no link: a closed one)."""
        above = np.full(self.count, SINK, dtype=np.int64)
        above[self.link_from] = self.link_to
        return above

    def check(self) -> None:
        """Raises ValueError when the links make no forest."""
        if len({len(self.link_from), len(self.link_to), len(self.link_cap), len(self.link_cost)}) != 1:
            raise ValueError("the links' columns differ in length")
        if len(self.link_from) == 0:
            return
        if (np.diff(self.link_from) < 0).any() or self.link_from[0] < 0 or self.link_from[-1] >= self.count:
            raise ValueError("the links are not sorted by limit")
        if (self.link_to < SINK).any() or (self.link_to >= self.count).any() or (self.link_cap < 0).any():
            raise ValueError("a link leads nowhere, or has a capacity below 0")
        same = self.link_from[1:] == self.link_from[:-1]
        if (same & ((self.link_to[1:] != self.link_to[:-1]) | (np.diff(self.link_cost) < 0))).any():
            raise ValueError("the links of a limit part, or get cheaper")
        at = np.arange(self.count)
        for _ in range(self.count + 1):
            at = self.above[at]
            at = at[at != SINK]
            if len(at) == 0:
                return
        raise ValueError("the limits go round in a circle")


@dataclass(frozen=True, eq=False)
class Problem:
    """int64 arrays. Allowed pairs are CSR by line: those of line j are ptr[j]:ptr[j + 1]."""

    seats: Array  # [lines] >= 0
    unmet: Array  # [lines] >= 0 cost of each seat left empty
    ptr: Array  # [lines + 1]
    entry: Array  # [pairs] the limit each pair enters
    cost: Array  # [pairs] >= 0
    limits: Limits

    @classmethod
    def of_people(
        cls, seats: Array, unmet: Array, capacity: Array, ptr: Array, person: Array, cost: Array
    ) -> "Problem":
        """The plain problem: a person takes so many tasks, whichever they are."""
        return cls(seats, unmet, ptr, person, cost, Limits.flat(capacity))

    @cached_property
    def line(self) -> Array:
        """[pairs]: the line of each pair."""
        return np.repeat(np.arange(len(self.seats)), np.diff(self.ptr))

    def lines_of(self, pairs: Sequence[int] | Array) -> Array:
        """int64: the lines of some pairs, without laying out `line` for all of them."""
        return np.searchsorted(self.ptr, np.asarray(pairs, dtype=np.int64), side="right") - 1

    def check(self) -> None:
        """Raises ValueError when the arrays don't fit together or hold what they must not."""
        ends = (len(self.ptr) == len(self.seats) + 1 == len(self.unmet) + 1) and self.ptr[0] == 0
        if not ends or (np.diff(self.ptr) < 0).any() or not self.ptr[-1] == len(self.entry) == len(self.cost):
            raise ValueError("the pairs don't fit the lines")
        if any((values < 0).any() for values in (self.seats, self.unmet)):
            raise ValueError("a number below 0")
        fault, ascending = _pairs_fault(self.ptr, self.entry, self.cost, self.limits.count)
        if fault:
            raise ValueError(("a number below 0", "a pair enters a limit that is not there")[fault - 1])
        if not ascending and (np.diff(np.sort(self.line * self.limits.count + self.entry)) == 0).any():
            raise ValueError("a pair appears twice")


@compiled_maker
def _pairs_fault(ptr: Array, entry: Array, cost: Array, limits: int) -> tuple[int, bool]:
    """(1 for a number below 0, 2 for a limit that is not there, else 0; does each line's entry only rise)."""
    ascending = True
    for line in range(len(ptr) - 1):
        before = -1
        for pair in range(ptr[line], ptr[line + 1]):
            if entry[pair] < 0 or cost[pair] < 0:
                return 1, False
            if entry[pair] >= limits:
                return 2, False
            ascending = ascending and before < entry[pair]
            before = entry[pair]
    return 0, ascending


class Tiers(NamedTuple):
    """A plan's value, compared from the left: less is better in every tier."""

    unmet: tuple[int, ...]  # empty seats by urgency, most urgent first
    displaced: int  # promises taken from those who had them
    largest: int  # the most tasks of one person in one week, those she had before included
    spread: int  # sum of squares of the tasks of each person and week that the plan gives one to
    lost: int  # score points lost against a full score in every filled seat


class Scale(NamedTuple):
    """How the tiers become one integer. Load, displaced and rung are each more than everything below together can be.

    Between the urgencies a factor of 2 would do for a flow: the sets of seats that can be filled together form a
    matroid (the lines are linked to the sink by a flow), so whoever fills a better set can be reached by adding one
    seat or swapping one for a more urgent one, and each such step gains a rung at least. Proof and test: docs/adr/0007.
    Crews and common times are no flow; for them the factor is as large as 64 bits allow, at best more than all seats.
    """

    load: int  # one unit of spread
    displaced: int  # one promise displaced
    rung: int  # an empty seat of the least urgency
    step: int  # how many of those an empty seat of the next urgency is worth

    def unmet(self, urgency: Array) -> Array:
        """What an empty seat of each of these urgencies (ranks, 0 the most urgent) costs, int64."""
        return self.rung * self.step ** (len(URGENCIES) - 1 - urgency.astype(np.int64))


def scale_of(total_seats: int, largest_cost: int, largest_load: int, promises: int = 0) -> Scale:
    """The steps for so many seats, points of at most `largest_cost` a pair, at most `largest_load` units of spread a
    seat and so many promises that might be displaced. Raises OverflowError when they don't fit into 2^58."""
    load = int(total_seats) * int(largest_cost) + 1
    displaced = load * (int(total_seats) * int(largest_load) + 1)
    rung = displaced * (int(promises) + 1)
    step = min(isqrt(LARGEST // (4 * rung)), int(total_seats) + 1)
    if step < 2 and total_seats:
        raise OverflowError(f"{total_seats} seats at costs up to {largest_cost} don't fit into 64 bits")
    return Scale(load, displaced, rung, max(step, 2))


def exact_sum(values: Array) -> int:
    """The sum of integers, however large."""
    return exact_dot(values, np.ones_like(values))


def exact_dot(left: Array, right: Array) -> int:
    """The sum of products of integers, however large: in 64 bits where it is sure to fit, else in Python's own."""
    if len(left) == 0:
        return 0
    largest = int(np.abs(left).max()) * int(np.abs(right).max()) * len(left)
    if largest < 1 << 62:
        return int(left.astype(np.int64) @ right.astype(np.int64))
    return sum(a * b for a, b in zip(left.tolist(), right.tolist(), strict=True) if b)


def filled_seats(problem: Problem, pairs: Sequence[int] | Array) -> Array:
    """[lines]: how many of the given pairs each line has."""
    return np.bincount(problem.lines_of(pairs), minlength=len(problem.seats))
