"""The best plan by trying every one, for problems small enough."""

from functools import cache
from typing import Any

import numpy as np

from dashboard.core.matching.problem import Problem


def best_tiers(problem: Problem, urgency: np.ndarray[Any, Any], unit: int = 1) -> tuple[tuple[int, ...], int]:
    """The least tiers over all plans, compared as tuples: no packed cost has a part in it."""
    pairs = [
        list(zip(problem.entry[a:b].tolist(), problem.cost[a:b].tolist(), strict=True))
        for a, b in zip(problem.ptr, problem.ptr[1:], strict=False)
    ]

    @cache
    def best(line: int, at: int, seats: int, left: tuple[int, ...]) -> tuple[int, int, int, int]:
        if line == len(pairs):
            return 0, 0, 0, 0
        if at == len(pairs[line]) or seats == 0:
            following = int(problem.seats[line + 1]) if line + 1 < len(pairs) else 0
            rest = list(best(line + 1, 0, following, left))
            rest[int(urgency[line])] += seats
            return rest[0], rest[1], rest[2], rest[3]
        options = [best(line, at + 1, seats, left)]
        person, cost = pairs[line][at]
        if left[person]:
            fewer = (*left[:person], left[person] - 1, *left[person + 1 :])
            a, b, c, lost = best(line, at + 1, seats - 1, fewer)
            options.append((a, b, c, lost + cost * unit))
        return min(options)

    *unmet, lost = best(0, 0, int(problem.seats[0]), tuple(problem.limits.link_cap.tolist()))
    return tuple(unmet), lost
