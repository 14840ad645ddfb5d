"""Other ways to the same answer, one function each: what solves the matching problem elsewhere, on the same integers.

Every one takes an `Instance` and a `Marks` whose `built` and `solved` it sets, and returns the positions of the pairs
taken. `PEERS` says of each what it can express and what not, and whether its answer is the optimum.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np

from tests.bench.integers import Array, Instance

#: Seconds a peer may take that stops by itself with the best it has.
LIMIT_S = 60.0


class Marks:
    """When a peer had its model built and when it was solved: seconds of the wall and of the processor."""

    def __init__(self, limit_s: float = LIMIT_S) -> None:
        self.limit_s = limit_s
        #: What the peer has proven that no plan goes below, where it says so.
        self.bound: float | None = None
        self.built_s = self.solved_s = self.built_cpu_s = self.solved_cpu_s = 0.0
        self._start, self._start_cpu = time.perf_counter(), time.process_time()

    def built(self) -> None:
        self.built_s, self.built_cpu_s = time.perf_counter() - self._start, time.process_time() - self._start_cpu

    def solved(self) -> None:
        self.solved_s, self.solved_cpu_s = time.perf_counter() - self._start, time.process_time() - self._start_cpu


@dataclass(frozen=True)
class Peer:
    """One way to a plan. `kinds`: plain (one task a person), week (blocks, days, weeks), crew (all or none)."""

    name: str
    solve: Callable[[Instance, Marks], Array]
    kinds: tuple[str, ...]
    #: What it can't express.
    lacks: str
    exact: bool = True
    #: Takes long: left out of a quick run, else run once.
    long: bool = False
    #: The largest cost it takes.
    largest: int = 1 << 62


def ours(instance: Instance, marks: Marks) -> Array:
    """The product's own solver."""
    from dashboard.core.matching import assign

    problem = problem_of(instance)
    marks.built()
    found = assign.solve(problem)
    marks.solved()
    if found.objective != instance.value(found.pairs):
        raise ValueError("the product's objective is not the cost of its pairs")
    return found.pairs


def ours_with_all(instance: Instance, marks: Marks) -> Array:
    """The product's own solver with every pair in the network from the start, however many there are."""
    from dashboard.core.matching.live import Live

    problem = problem_of(instance)
    marks.built()
    found = Live(problem, many=len(problem.cost)).solution
    marks.solved()
    return found.pairs


def problem_of(instance: Instance) -> Any:
    """The instance as the product's solver takes it."""
    from dashboard.core.matching.problem import Limits, Problem

    limits = Limits(instance.limits, instance.link_from, instance.link_to, instance.link_cap, instance.link_cost)
    return Problem(instance.seats, instance.unmet, instance.ptr, instance.entry, instance.cost, limits)


# -- what people do without a solver


@numba.njit(cache=True)
def _in_order(
    order: Array, ptr: Array, by_cost: Array, entry: Array, seats: Array, room: Array, above: Array, group: Array
) -> Array:
    """Line after line the cheapest people with room. `group` >= 0: lines beside each other that all reach their least
    (the room they must leave unfilled is in `group`'s second column) or are given up."""
    taken = np.empty(len(entry), dtype=np.int64)
    count, first, short = 0, 0, False
    for k in range(len(order)):
        line = order[k]
        if k == 0 or group[line, 0] < 0 or group[line, 0] != group[order[k - 1], 0]:
            first, short = count, False
        filled = 0
        for at in range(ptr[line], ptr[line + 1]):
            if filled == seats[line]:
                break
            pair = by_cost[at]
            limit = entry[pair]
            while limit >= 0 and room[limit] > 0:
                limit = above[limit]
            if limit >= 0:
                continue
            limit = entry[pair]
            while limit >= 0:
                room[limit] -= 1
                limit = above[limit]
            taken[count] = pair
            count += 1
            filled += 1
        short = short or (group[line, 0] >= 0 and filled < group[line, 1])
        if short:
            while count > first:
                count -= 1
                limit = entry[taken[count]]
                while limit >= 0:
                    room[limit] += 1
                    limit = above[limit]
    return taken[:count].copy()


def _greedily(instance: Instance, marks: Marks, order: Array) -> Array:
    by_cost = np.lexsort((instance.entry, instance.cost, instance.line))
    room, above = np.zeros(instance.limits, dtype=np.int64), np.full(instance.limits, -1)
    np.add.at(room, instance.link_from, instance.link_cap)
    above[instance.link_from] = instance.link_to
    group = np.column_stack([np.where(instance.whole, instance.need, -1), instance.least])
    marks.built()
    pairs = _in_order(order, instance.ptr, by_cost, instance.entry, instance.seats, room, above, group)
    marks.solved()
    return np.sort(pairs)


def greedy(instance: Instance, marks: Marks) -> Array:
    """What a coordinator or a spreadsheet does: the most urgent need first, the best people who are still free."""
    return _greedily(instance, marks, np.lexsort((instance.need, instance.urgency)))


def greedy_scarce(instance: Instance, marks: Marks) -> Array:
    """The same, among equally urgent needs the one with the fewest people a seat first."""
    _, at = np.unique(instance.need, return_inverse=True)
    plenty = np.full(at.max() + 1, np.inf)
    np.minimum.at(plenty, at, np.diff(instance.ptr) / np.maximum(1, instance.seats))
    return _greedily(instance, marks, np.lexsort((instance.need, plenty[at], instance.urgency)))


# -- seats as rows


def _seats(instance: Instance) -> tuple[Array, Array, Array]:
    """(seat, pair) of every pair for every seat of its line, and how many seats there are, as an array of lines."""
    line_of_seat = np.repeat(np.arange(len(instance.seats)), instance.seats)
    counts = np.diff(instance.ptr)[line_of_seat]
    seat = np.repeat(np.arange(len(line_of_seat)), counts)
    pair = instance.ptr[line_of_seat][seat] + np.arange(len(seat)) - np.repeat(np.cumsum(counts) - counts, counts)
    return seat, pair, line_of_seat


def _pairs_of(seat: Array, column: Array, pair: Array, seats: Array, columns: Array, width: int) -> Array:
    """The pair behind each (seat, column) taken; those that are none are seats left empty."""
    key = seat * width + column
    order = np.argsort(key)
    wanted = seats.astype(np.int64) * width + columns
    at = np.minimum(np.searchsorted(key, wanted, sorter=order), len(key) - 1)
    found = order[at]
    return np.sort(pair[found[key[found] == wanted]])


def _dense(instance: Instance, marks: Marks, person: Array, width: int) -> Array:
    from scipy.optimize import linear_sum_assignment

    seat, pair, line_of_seat = _seats(instance)
    width = max(width, len(line_of_seat))
    # Any column that is no pair stands for the seat left empty.
    table = np.empty((len(line_of_seat), width))
    table[:] = instance.unmet[line_of_seat][:, None]
    table[seat, person[pair]] = instance.cost[pair]
    marks.built()
    rows, columns = linear_sum_assignment(table)
    marks.solved()
    return _pairs_of(seat, person[pair], pair, rows, columns, width)


def scipy_dense(instance: Instance, marks: Marks) -> Array:
    """linear_sum_assignment on seats x all volunteers."""
    return _dense(instance, marks, instance.person, int(instance.volunteers))


def scipy_dense_asked(instance: Instance, marks: Marks) -> Array:
    """linear_sum_assignment on seats x those volunteers that have a pair at all."""
    return _dense(instance, marks, instance.entry, instance.limits)


def scipy_sparse(instance: Instance, marks: Marks) -> Array:
    """min_weight_full_bipartite_matching, a column of its own for each seat left empty."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    seat, pair, line_of_seat = _seats(instance)
    seats, own = len(line_of_seat), np.arange(len(line_of_seat))
    rows, columns = np.concatenate([seat, own]), np.concatenate([instance.entry[pair], instance.limits + own])
    # A weight of 0 would be no edge: one more on each, every seat has one.
    weights = 1.0 + np.concatenate([instance.cost[pair], instance.unmet[line_of_seat]])
    graph = csr_matrix((weights, (rows, columns)), (seats, instance.limits + seats))
    marks.built()
    taken, at = min_weight_full_bipartite_matching(graph)
    marks.solved()
    return _pairs_of(seat, instance.entry[pair], pair, taken, at, instance.limits + seats)


def lapx_sparse(instance: Instance, marks: Marks) -> Array:
    """lap.lapmod. It wants a square: the problem and its mirror image beside each other."""
    import lap

    seat, pair, line_of_seat = _seats(instance)
    seats, people = len(line_of_seat), instance.limits
    own, free = np.arange(seats), np.arange(people)
    column = instance.entry[pair]
    rows = np.concatenate([seat, own, seats + free, seats + column])
    columns = np.concatenate([column, people + own, free, people + seat])
    nothing = np.zeros(people + len(pair))
    costs = np.concatenate([instance.cost[pair], instance.unmet[line_of_seat], nothing]).astype(float)
    order = np.lexsort((columns, rows))
    size = seats + people
    ptr = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=size))]).astype(np.int32)
    marks.built()
    _, found, _ = lap.lapmod(size, costs[order], ptr, columns[order].astype(np.int32))
    marks.solved()
    return _pairs_of(seat, column, pair, own, found[:seats], size)


# -- flows


def ortools_flow(instance: Instance, marks: Marks) -> Array:
    """OR-Tools' SimpleMinCostFlow (cost scaling)."""
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    net = instance.network()
    flow = SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(
        net.tail.astype(np.int32), net.head.astype(np.int32), net.cap, net.cost
    )
    flow.set_nodes_supplies(np.arange(len(net.supply), dtype=np.int32), net.supply)
    marks.built()
    status = flow.solve()
    marks.solved()
    if status != flow.OPTIMAL:
        raise ValueError(f"OR-Tools: {status}")
    return np.flatnonzero(flow.flows(arcs[: len(instance.cost)]) > 0)


def lemon(instance: Instance, marks: Marks) -> Array:
    """LEMON's network simplex through pylmcf."""
    import pylmcf

    net = instance.network()
    order = np.lexsort((net.head, net.tail))
    graph = pylmcf.Graph(len(net.supply), edge_starts=net.tail[order], edge_ends=net.head[order])
    graph.set_node_supply(net.supply)
    graph.set_edge_costs(net.cost[order])
    graph.set_edge_capacities(net.cap[order])
    marks.built()
    graph.solve()
    marks.solved()
    flow = np.empty(len(order), dtype=np.int64)
    flow[order] = graph.result()
    return np.flatnonzero(flow[: len(instance.cost)] > 0)
