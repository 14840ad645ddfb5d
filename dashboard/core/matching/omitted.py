"""The loops over pairs that are left out of a network at first: who is in, and who could make the plan cheaper."""

import numpy as np

from dashboard.core.matching.arrays import Array
from dashboard.core.matching.compiled import compiled_maker


@compiled_maker
def with_ancestors(count: int, entry: Array, above: Array) -> Array:
    """bool[limits]: those that pairs enter, and all above them."""
    used = np.zeros(count, dtype=np.bool_)
    for k in range(len(entry)):
        at = entry[k]
        while at >= 0 and not used[at]:
            used[at] = True
            at = above[at]
    return used


@compiled_maker
def cheapest(ptr: Array, cost: Array, most: Array) -> Array:
    """bool[pairs]: the `most[j]` cheapest pairs of each line j, of equal ones the earlier."""
    mask = np.zeros(len(cost), dtype=np.bool_)
    widest = most.max() if len(most) else 0
    best, places = np.empty(widest, dtype=np.int64), np.empty(widest, dtype=np.int64)
    for j in range(len(ptr) - 1):
        begin, end = ptr[j], ptr[j + 1]
        if end - begin <= most[j]:
            mask[begin:end] = True
            continue
        count, last = 0, most[j] - 1
        for at in range(begin, end):
            if count > last and cost[at] >= best[last]:
                continue
            place = min(count, last)
            while place > 0 and best[place - 1] > cost[at]:
                best[place], places[place] = best[place - 1], places[place - 1]
                place -= 1
            best[place], places[place] = cost[at], at
            count = min(count + 1, last + 1)
        for k in range(count):
            mask[places[k]] = True
    return mask


@compiled_maker
def cheaper(
    ptr: Array, entry: Array, cost: Array, out: Array, line_price: Array, limit_price: Array, most: int
) -> Array:
    """Positions of the pairs in the mask `out` that are cheaper than their prices, the `most` best of each line."""
    found = np.empty(1024, dtype=np.int64)
    total = 0
    gains = np.empty(most, dtype=np.int64)
    places = np.empty(most, dtype=np.int64)
    for j in range(len(ptr) - 1):
        count = 0
        for at in range(ptr[j], ptr[j + 1]):
            if cost[at] >= line_price[j] or not out[at]:  # whatever her price, it is at least 0
                continue
            gain = line_price[j] - limit_price[entry[at]] - cost[at]
            if gain <= 0 or (count == most and gain <= gains[most - 1]):
                continue
            place = min(count, most - 1)
            while place > 0 and gains[place - 1] < gain:
                gains[place], places[place] = gains[place - 1], places[place - 1]
                place -= 1
            gains[place], places[place] = gain, at
            count = min(count + 1, most)
        for k in range(count):
            if total == len(found):
                wider = np.empty(2 * total, dtype=np.int64)
                wider[:total] = found
                found = wider
            found[total] = places[k]
            total += 1
    return np.sort(found[:total])
