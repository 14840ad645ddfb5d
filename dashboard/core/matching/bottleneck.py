"""Why seats stay empty: the smallest proof, a set of lines that ask for more than all their people together can do.

From a line with an empty seat, walk as the flow could: to people who may take it, to lines they are given to, and on.
None of the people met has room left, so the lines met have exactly as many seats too many as stay empty (max-flow
min-cut, Ford and Fulkerson 1956; for single seats Hall's theorem).
"""

from dataclasses import dataclass

import numpy as np

from dashboard.core.matching.arrays import Array
from dashboard.core.matching.live import Live
from dashboard.core.matching.live_plan import LivePlan
from dashboard.core.matching.problem import SINK, Problem


@dataclass(frozen=True, eq=False)
class Bottleneck:
    """seats - room = unmet: together these lines want `seats` people, all who may come can do `room` of them."""

    lines: Array  # int64 rows
    people: Array  # int64 rows of those who may take some of them
    seats: int
    room: int  # seats these people can fill at most
    unmet: int  # seats that stay empty in any plan


def of(plan: LivePlan, line: int) -> Bottleneck:
    """The bottleneck around a line (row) with empty seats, for the plan with its pins and struck pairs. Raises
    ValueError when the flow behind it leaves the line no seat empty (then a crew or a common time is the cause)."""
    flow = plan.flow
    lines, unmet = _around(flow, line)
    entries = _entries(flow, lines)
    people = np.unique(plan.case.built.owner[entries])
    seats = int(flow.problem.seats[lines].sum())
    return Bottleneck(lines, people, seats, seats - unmet, unmet)


def _around(flow: Live, line: int) -> tuple[Array, int]:
    """The lines around one with empty seats, and how many seats of theirs stay empty. Other lines with empty seats that
    the same people could take belong to it: they compete for them."""
    problem = flow.problem
    filled = np.bincount(problem.line[flow.pairs], minlength=len(problem.seats))
    empty = problem.seats - filled
    if empty[line] <= 0:
        raise ValueError("a line without empty seats has no bottleneck")
    lines, limits = flow.reach(line)
    while True:
        rivals = np.unique(problem.line[flow.allowed & limits[problem.entry]])
        rivals = rivals[(empty[rivals] > 0) & ~lines[rivals]]
        if len(rivals) == 0:
            return np.flatnonzero(lines), int(empty[lines].sum())
        for rival in rivals.tolist():
            more = flow.reach(rival)
            lines, limits = lines | more[0], limits | more[1]


def _entries(flow: Live, lines: Array) -> Array:
    """The limits that the allowed pairs of some lines enter."""
    problem = flow.problem
    among = np.isin(problem.line, lines) & flow.allowed
    return np.unique(problem.entry[among])


def room_of(problem: Problem, flow: Live, lines: Array) -> int:
    """Seats of these lines that their people can fill, by counting what the limits let through and nothing else: at
    most what the forest of limits below a line set can carry, each pair one unit. For proofs and tests."""
    among = np.flatnonzero(np.isin(problem.line, lines) & flow.allowed)
    units = np.bincount(problem.entry[among], minlength=problem.limits.count)
    caps = np.bincount(problem.limits.link_from, problem.limits.link_cap, problem.limits.count).astype(np.int64)
    depth = _depth(problem)
    room = 0
    for level in range(int(depth.max(initial=0)), -1, -1):
        here = np.flatnonzero(depth == level)
        passed = np.minimum(units[here], caps[here])
        above = problem.limits.above[here]
        room += int(passed[above == SINK].sum())
        np.add.at(units, above[above != SINK], passed[above != SINK])
    return room


def _depth(problem: Problem) -> Array:
    depth = np.zeros(problem.limits.count, dtype=np.int64)
    at = problem.limits.above.copy()
    while (at != SINK).any():
        depth += at != SINK
        at = np.where(at == SINK, SINK, problem.limits.above[at])
    return depth
