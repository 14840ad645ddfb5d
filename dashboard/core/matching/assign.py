"""The best plan of a flow problem, exactly: who takes which seat so that no other plan costs less.

Exact for lines with one or several seats and people whose limits form a forest (a block of clashing times, a day, a
week), whatever the costs: this is a min-cost flow (line -> limit -> ... -> sink, and line -> sink for a seat left
empty), whose answer is whole. What a forest can't say (travel between free times, all or nothing) is `plan`'s affair.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from dashboard.core.matching.arrays import Array
from dashboard.core.matching.compiled import compiled_maker
from dashboard.core.matching.problem import SINK, Limits, Problem, exact_dot, exact_sum, filled_seats
from dashboard.core.matching.watch import Watch


@dataclass(frozen=True, eq=False)
class Solution:
    """The pairs taken and the dual prices that prove that nothing is cheaper."""

    pairs: Array  # int64[k] positions in the problem's pairs, ascending; the pins among them
    objective: int  # cost of the pairs, of the empty seats and of the links used
    line_price: Array  # int64[lines]: what one seat more would cost, at most `unmet`
    limit_price: Array  # int64[limits] >= 0, at least that of the limit above: what one more place would save


def solve(
    problem: Problem, pins: Iterable[int] = (), forbids: Iterable[int] = (), watch: Watch | None = None
) -> Solution:
    """The cheapest plan with the pairs `pins` and without the pairs `forbids` (positions).

    Ties: lines are served in a fixed order, fewest pairs first, then the dearer to leave empty, then the smaller
    row; of equally short ways the one through smaller rows is taken (`flow`). Raises ValueError when the pins don't
    fit, Stopped when `watch` says so.
    """
    from dashboard.core.matching.live import Live  # it needs the names above

    return Live(problem, pins, forbids, watch).solution


def serving_order(problem: Problem) -> Array:
    """Lines, those with the fewest pairs first: the searches stay short."""
    pairs = np.diff(problem.ptr)
    return np.lexsort((np.arange(len(pairs)), -problem.unmet, pairs))


def with_floors(limits: Limits, price: Array) -> Array:
    """Prices >= 0, each at least that of the limit above: a place below needs the places above as well."""
    found = np.maximum(0, price)
    above = limits.above
    below = np.flatnonzero(above != SINK)
    while len(below):
        risen = np.maximum(found[below], found[above[below]])
        if (risen == found[below]).all():
            break
        found[below] = risen
    return found


def solution_of(problem: Problem, pairs: Array, pins: Array, line_price: Array, limit_price: Array) -> Solution:
    """The answer from raw prices. What a taken pair is cheaper than its prices goes into the price of its limit where
    that has one place only: there it belongs."""
    lines = np.minimum(line_price, problem.unmet)
    limits = with_floors(problem.limits, limit_price)
    own = np.setdiff1d(pairs, pins, assume_unique=True)
    places = np.bincount(problem.limits.link_from, problem.limits.link_cap, problem.limits.count).astype(np.int64)
    entry = problem.entry[own]
    spare = np.maximum(0, lines[problem.lines_of(own)] - limits[entry] - problem.cost[own])
    single = places[entry] == 1
    limits[entry[single]] += spare[single]
    return Solution(pairs, cost_of(problem, pairs), lines, with_floors(problem.limits, limits))


def cost_of(problem: Problem, pairs: Array) -> int:
    """What a plan costs: its pairs, the seats it leaves empty, and the links its units use, the cheap ones first."""
    empty = problem.seats - filled_seats(problem, pairs)
    left = exact_dot(problem.unmet[empty > 0], empty[empty > 0])
    return exact_sum(problem.cost[pairs]) + left + links_cost(problem.limits, problem.entry[pairs])


def links_cost(limits: Limits, entry: Array) -> int:
    """What the links cost that units entering at `entry` use."""
    if not limits.link_cost.any():
        return 0
    load, at = np.zeros(limits.count, dtype=np.int64), entry
    while len(at):
        load += np.bincount(at, minlength=limits.count)
        at = limits.above[at]
        at = at[at != SINK]
    used = _filled_links(limits.count, limits.link_from, limits.link_cap, load)
    return exact_dot(limits.link_cost[used > 0], used[used > 0])


@compiled_maker
def _filled_links(count: int, link_from: Array, link_cap: Array, load: Array) -> Array:
    left, used = load.copy(), np.zeros(len(link_from), dtype=np.int64)
    for k in range(len(link_from)):
        used[k] = min(left[link_from[k]], link_cap[k])
        left[link_from[k]] -= used[k]
    return used


def greedy(problem: Problem, order: Array) -> Array:
    """What a coordinator does: line after line, the cheapest people who still have room. Positions of the pairs taken,
    ascending. Ties go to the smaller row. For comparison only."""
    cheapest = np.lexsort((problem.entry, problem.cost, problem.line))
    room = np.bincount(problem.limits.link_from, problem.limits.link_cap, problem.limits.count).astype(np.int64)
    above = problem.limits.above
    return np.sort(_greedy(order, problem.ptr, problem.entry, cheapest, problem.seats, room, above))


@compiled_maker
def _greedy(order: Array, ptr: Array, entry: Array, cheapest: Array, seats: Array, room: Array, above: Array) -> Array:
    taken = np.empty(len(entry), dtype=np.int64)
    count = 0
    for j in order:
        filled = 0
        for at in range(ptr[j], ptr[j + 1]):
            pair = cheapest[at]
            if filled == seats[j]:
                break
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
    return taken[:count].copy()
