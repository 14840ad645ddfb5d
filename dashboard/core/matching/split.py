"""A problem in parts that have nothing to do with each other, solved apart: the same plan as in one piece.

Two lines belong together when some person may take both. Parts keep the order of their rows and the costs of the whole,
and the solver's searches never leave a part (the sink's price is always 0), so each part's answer is the one it has in
the whole, ties included. A county is at least one part; within a county nearly everything is one.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from dashboard.core.matching.arrays import Array
from dashboard.core.matching.assign import Solution, with_floors
from dashboard.core.matching.live import Live, many_of
from dashboard.core.matching.problem import SINK, Limits, Problem


@dataclass(frozen=True, eq=False)
class Part:
    """A problem of its own, and where its rows stand in the whole."""

    problem: Problem
    lines: Array  # int64
    limits: Array  # int64
    pairs: Array  # int64
    pins: Array  # int64 positions in the part's pairs
    forbids: Array  # int64
    many: int  # see `Live`: the whole decides whether pairs are left out at first


Run = Callable[[Callable[[Part], Solution], Iterable[Part]], Iterable[Solution]]


def parts_of(problem: Problem, pins: Sequence[int] = (), forbids: Sequence[int] = (), *, most: int = 0) -> list[Part]:
    """The parts, the one with the most pairs first; with `most`, small ones are put together into about so many."""
    lines, limits = len(problem.seats), problem.limits
    linked = limits.link_to != SINK
    tail = np.concatenate([problem.line, lines + limits.link_from[linked]])
    head = np.concatenate([lines + problem.entry, lines + limits.link_to[linked]])
    size = lines + limits.count
    graph = coo_matrix((np.ones(len(tail), dtype=np.int8), (tail, head)), shape=(size, size))
    count, label = connected_components(graph, directed=False)
    weight = np.bincount(label[problem.line], minlength=count)
    bin_of = _bins(weight, most) if most else np.arange(count)
    group = bin_of[label]
    used = np.unique(group[:lines])
    order = sorted(used.tolist(), key=lambda one: (-int(weight[bin_of == one].sum()), one))
    state = np.zeros(len(problem.entry), dtype=np.int8)
    state[list(forbids)] = 2
    state[list(pins)] = 1
    many = 0 if len(problem.entry) > many_of(problem) else len(problem.entry)
    return [_part(problem, group, one, state, many) for one in order]


def _bins(weight: Array, most: int) -> Array:
    """Largest first into the emptiest of `most` bins."""
    bin_of, load = np.zeros(len(weight), dtype=np.int64), np.zeros(most, dtype=np.int64)
    for one in np.argsort(-weight, kind="stable"):
        bin_of[one] = int(load.argmin())
        load[bin_of[one]] += weight[one] + 1
    return bin_of


def _part(problem: Problem, group: Array, one: int, state: Array, many: int) -> Part:
    count, limits = len(problem.seats), problem.limits
    lines = np.flatnonzero(group[:count] == one)
    rows = np.flatnonzero(group[count:] == one)
    new = np.full(limits.count + 1, SINK, dtype=np.int64)  # the last: SINK
    new[rows] = np.arange(len(rows))
    pairs = np.flatnonzero(group[problem.line] == one)
    links = np.flatnonzero(new[limits.link_from] != SINK)
    ptr = np.concatenate([[0], np.cumsum(np.diff(problem.ptr)[lines])])
    forest = Limits(
        len(rows), new[limits.link_from[links]], new[limits.link_to[links]], limits.link_cap[links],
        limits.link_cost[links],
    )  # fmt: skip
    own = Problem(
        problem.seats[lines], problem.unmet[lines], ptr, new[problem.entry[pairs]], problem.cost[pairs], forest
    )
    return Part(own, lines, rows, pairs, np.flatnonzero(state[pairs] == 1), np.flatnonzero(state[pairs] == 2), many)


def solve_part(part: Part) -> Solution:
    """The answer for one part."""
    return Live(part.problem, part.pins.tolist(), part.forbids.tolist(), many=part.many).solution


def solve_split(
    problem: Problem, pins: Sequence[int] = (), forbids: Sequence[int] = (), *, run: Run = map, most: int = 0
) -> Solution:
    """Like `assign.solve`, each part by `run(solve_part, parts)`, which may send them to other machines."""
    parts = parts_of(problem, pins, forbids, most=most)
    line_price = np.zeros(len(problem.seats), dtype=np.int64)
    limit_price = np.zeros(problem.limits.count, dtype=np.int64)
    taken, objective = [np.zeros(0, dtype=np.int64)], 0
    for part, found in zip(parts, run(solve_part, parts), strict=True):
        line_price[part.lines], limit_price[part.limits] = found.line_price, found.limit_price
        taken.append(part.pairs[found.pairs])
        objective += found.objective
    return Solution(np.sort(np.concatenate(taken)), objective, line_price, with_floors(problem.limits, limit_price))
