"""Prices to begin a solve with: what the cheapest way to the sink costs while nothing is taken yet.

They are exact distances, so every reduced cost is >= 0 (the triangle inequality), and each line's first search sees
little more than its own best pairs. From prices of 0 the first searches of lines far from the sink settle everybody
within reach.
"""

import numpy as np

from dashboard.core.matching.arrays import Array
from dashboard.core.matching.compiled import compiled_maker
from dashboard.core.matching.flow import FAR
from dashboard.core.matching.problem import Limits


def first_prices(unmet: Array, line: Array, entry: Array, cost: Array, limits: Limits) -> tuple[Array, Array]:
    """(int64[lines], int64[limits]) distances to the sink over links with a capacity, for the pairs given. A limit with
    no way is as far as the dearest empty seat of a line that would enter it or a limit below: nobody goes there."""
    own = _limit_prices(limits.count, limits.link_from, limits.link_cap, limits.link_cost, limits.above)
    if (own == FAR).any():
        _close(own, unmet, line, entry, limits.above)
    return _line_prices(unmet, line, entry, cost, own), own


@compiled_maker
def _limit_prices(count: int, link_from: Array, link_cap: Array, link_cost: Array, above: Array) -> Array:
    """The cheapest link of each limit and of those above; `FAR` where a link is missing."""
    step = np.full(count, -1, dtype=np.int64)
    for k in range(len(link_from)):
        if link_cap[k] > 0 and step[link_from[k]] < 0:
            step[link_from[k]] = link_cost[k]  # the first is the cheapest
    found = np.empty(count, dtype=np.int64)
    for limit in range(count):
        total, at = 0, limit
        while at >= 0 and step[at] >= 0:
            total += step[at]
            at = above[at]
        found[limit] = total if at < 0 else FAR
    return found


@compiled_maker
def _close(price: Array, unmet: Array, line: Array, entry: Array, above: Array) -> None:
    """Prices of the limits that have none yet."""
    closed = price == FAR
    price[closed] = 0
    for k in range(len(line)):
        at = entry[k]
        while at >= 0:
            if closed[at]:
                price[at] = max(price[at], unmet[line[k]])
            at = above[at]


@compiled_maker
def _line_prices(unmet: Array, line: Array, entry: Array, cost: Array, price: Array) -> Array:
    found = unmet.copy()
    for k in range(len(line)):
        found[line[k]] = min(found[line[k]], cost[k] + price[entry[k]])
    return found
