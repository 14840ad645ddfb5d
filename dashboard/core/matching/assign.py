"""The best assignment, exactly: who takes which seat so that no other plan costs less.

Exact for lines with one or several seats, people with capacities and allowed pairs, whatever the costs: this is a
min-cost flow (line -> person -> sink, and line -> sink for a seat left empty), whose answer is whole. Not expressed
here: two pairs that exclude each other because their times clash. With capacity 1 a person gets one task and nothing
can clash; `plan.match_all` uses no other.
"""

from dataclasses import dataclass

import numpy as np

from dashboard.core.matching.arrays import Array
from dashboard.core.matching.compiled import compiled_maker
from dashboard.core.matching.flow import Network
from dashboard.core.matching.problem import Problem, exact_sum, filled_seats


@dataclass(frozen=True, eq=False)
class Solution:
    """The pairs taken and the dual prices that prove that nothing is cheaper."""

    pairs: Array  # int64[k] positions in Problem.person, ascending
    objective: int  # cost of the pairs and of the empty seats
    line_price: Array  # int64[lines]: what one seat more would cost
    person_price: Array  # int64[people] >= 0: what one more of her would save


def solve(problem: Problem) -> Solution:
    """The cheapest plan. Ties: lines are served in a fixed order, fewest pairs a seat first, then the dearer to leave
    empty, then the smaller row; of equally short ways the one through smaller rows is taken (`flow`)."""
    problem.check()
    asked = np.zeros(len(problem.capacity), dtype=bool)
    asked[problem.person] = True
    rows = np.flatnonzero(asked)  # people in some pair: the others need no node
    node = np.cumsum(asked) + (len(problem.seats) - 1)
    lines, people = len(problem.seats), len(rows)
    sink = lines + people
    line = problem.line
    tail = np.concatenate([line, np.arange(sink)])
    head = np.concatenate([node[problem.person], np.full(sink, sink)])
    cap = np.concatenate([np.ones(len(line), dtype=np.int64), problem.seats, problem.capacity[rows]])
    cost = np.concatenate([problem.cost, problem.unmet, np.zeros(people, dtype=np.int64)])
    network = Network.build(sink + 1, tail, head, cap, cost)
    order = serving_order(problem)
    network.send(np.repeat(order, problem.seats[order]), sink)
    pairs = np.flatnonzero(network.flow_on(slice(len(line))))
    below = network.potential[sink] - network.potential
    person_price = np.zeros(len(problem.capacity), dtype=np.int64)
    person_price[rows] = np.maximum(0, below[lines:sink])
    return _solution(problem, pairs, below[:lines], person_price)


def serving_order(problem: Problem) -> Array:
    """Lines, scarcest first: the searches stay short."""
    plenty = np.diff(problem.ptr) / np.maximum(1, problem.seats)
    return np.lexsort((np.arange(len(plenty)), -problem.unmet, plenty))


def _solution(problem: Problem, pairs: Array, line_price: Array, person_price: Array) -> Solution:
    """Moves what a taken pair is cheaper than its prices into the price of a person with one task, where it belongs."""
    line, person = problem.line[pairs], problem.person[pairs]
    spare = np.maximum(0, line_price[line] - person_price[person] - problem.cost[pairs])
    single = problem.capacity[person] == 1
    person_price[person[single]] += spare[single]
    empty = problem.seats - filled_seats(problem, pairs)
    objective = exact_sum(problem.cost[pairs]) + sum(
        int(seats) * int(price) for seats, price in zip(empty[empty > 0], problem.unmet[empty > 0], strict=True)
    )
    return Solution(pairs, objective, line_price, person_price)


def greedy(problem: Problem, order: Array) -> Array:
    """What a coordinator does: line after line, the cheapest free people. Positions of the pairs taken, ascending.
    Ties go to the smaller row. For comparison only."""
    cheapest = np.lexsort((problem.person, problem.cost, problem.line))
    return np.sort(_greedy(order, problem.ptr, problem.person, cheapest, problem.seats, problem.capacity.copy()))


@compiled_maker
def _greedy(order: Array, ptr: Array, person: Array, cheapest: Array, seats: Array, left: Array) -> Array:
    taken = np.empty(len(person), dtype=np.int64)
    count = 0
    for j in order:
        filled = 0
        for at in range(ptr[j], ptr[j + 1]):
            pair = cheapest[at]
            if filled == seats[j]:
                break
            if left[person[pair]] > 0:
                left[person[pair]] -= 1
                taken[count] = pair
                count += 1
                filled += 1
    return taken[:count].copy()
