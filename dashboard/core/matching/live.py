"""A solved problem that can be changed: a pair pinned or forbidden, and the best plan again within a millisecond.

The flow and its prices stay valid after every change (`flow` says how), so each answer is as good as a solve from the
start: the same cost, proven by the same kind of prices.

Where there are very many pairs only the best of each line are in the network. The prices then tell for every pair left
out whether it could make the plan cheaper; those that could are brought in and the plan is made again, so the answer is
the best over all pairs.
"""

from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass

import numpy as np

from dashboard.core.matching.arrays import Array
from dashboard.core.matching.assign import Solution, cost_of, serving_order, solution_of, with_floors
from dashboard.core.matching.flow import Network
from dashboard.core.matching.omitted import cheaper, cheapest, with_ancestors
from dashboard.core.matching.problem import Problem
from dashboard.core.matching.start import first_prices
from dashboard.core.matching.watch import Watch

FREE, PINNED, FORBIDDEN = 0, 1, 2
#: From so many pairs on, and so many for each line, only the best of each line are in the network at first.
MANY, MANY_EACH = 1_000_000, 200
#: How many of a line's pairs at first: at least so many, and so many for every seat.
FIRST_PAIRS, FIRST_PER_SEAT = 40, 4
#: How many pairs a line gets in each further round.
MORE_PAIRS = 10


@dataclass(frozen=True, eq=False)
class Step:
    """What a change did: was it possible, and which pairs (positions) entered or left the plan."""

    possible: bool
    changed: Array


def many_of(problem: Problem) -> int:
    """How many pairs are too many for the network. Fewer pairs a line would nearly all be brought in again."""
    return max(MANY, MANY_EACH * len(problem.seats))


class Live:
    """See the module. Positions are those of the problem's pairs."""

    def __init__(
        self,
        problem: Problem,
        pins: Iterable[int] = (),
        forbids: Iterable[int] = (),
        watch: Watch | None = None,
        *,
        many: int | None = None,
    ) -> None:
        problem.check()
        problem.limits.check()
        self.problem = problem
        #: Rounds in which pairs were brought in, and how many in all.
        self.rounds, self.brought_in = 0, 0
        self._state = np.zeros(len(problem.entry), dtype=np.int8)
        self._state[list(forbids)] = FORBIDDEN
        self._pins = {int(pair) for pair in pins}
        self._state[sorted(self._pins)] = PINNED
        if len(problem.entry) > (many_of(problem) if many is None else many):
            mask = cheapest(problem.ptr, problem.cost, np.maximum(FIRST_PAIRS, FIRST_PER_SEAT * problem.seats))
            mask[sorted(self._pins)] = True
            self._kept = np.flatnonzero(mask)
        else:
            self._kept = np.arange(len(problem.entry))
        self._solve(watch)

    def copy(self) -> "Live":
        """One that can be changed without this one."""
        twin = copy(self)
        twin._state, twin._taken, twin._pins = self._state.copy(), self._taken.copy(), set(self._pins)
        twin._network = self._network.copy()
        return twin

    @property
    def pairs(self) -> Array:
        """int64[k]: positions of the pairs of the plan, ascending, the pins among them."""
        return np.flatnonzero(self._taken)

    @property
    def pins(self) -> Array:
        """int64: positions of the pinned pairs."""
        return np.array(sorted(self._pins), dtype=np.int64)

    @property
    def allowed(self) -> Array:
        """bool[pairs]: those that are not forbidden."""
        found: Array = self._state != FORBIDDEN
        return found

    @property
    def line_price(self) -> Array:
        """int64[lines]: what one seat more would cost."""
        found: Array = -self._network.potential[: len(self.problem.seats)]
        return found

    @property
    def limit_price(self) -> Array:
        """int64[limits] >= 0: what one more place would save."""
        return with_floors(self.problem.limits, self._raw_limit_price())

    def _raw_limit_price(self) -> Array:
        raw = np.zeros(self.problem.limits.count, dtype=np.int64)
        raw[self._limits] = -self._network.potential[len(self.problem.seats) : self._sink]
        return raw

    @property
    def solution(self) -> Solution:
        """The plan with its prices."""
        return self.solution_later()()

    def solution_later(self) -> Callable[[], Solution]:
        """The plan as it stands, with prices that are made ready when they are asked for: few edits ask for them."""
        problem, pairs, pins = self.problem, self.pairs, self.pins
        line, raw = self.line_price, self._raw_limit_price()
        return lambda: solution_of(problem, pairs, pins, line, with_floors(problem.limits, raw))

    def takes(self, pair: int) -> bool:
        """Is the pair in the plan?"""
        return bool(self._taken[pair])

    def state(self, pair: int) -> int:
        """FREE, PINNED or FORBIDDEN."""
        return int(self._state[pair])

    def forbid(self, pair: int) -> Step:
        """The plan without the pair."""
        return self.forbid_all([pair])

    def forbid_all(self, pairs: Iterable[int]) -> Step:
        """The plan without some pairs. All of them are closed first, so what one loses is not sought in another."""
        left = []
        for pair in pairs:
            if self._state[pair] == FORBIDDEN:
                continue
            if self.takes(pair):
                left.append(pair)
            self._pins.discard(pair)
            self._close(pair)
            self._state[pair] = FORBIDDEN
        return self._withdraw(left)

    def allow(self, pair: int) -> Step:
        """The plan with a pair allowed again that was forbidden."""
        if self._state[pair] != FORBIDDEN:
            return self._step([])
        self._state[pair] = FREE
        return self._open(pair)

    def pin(self, pair: int) -> Step:
        """The plan with the pair, whatever it costs. Not possible where the line's seats or her places are all taken by
        pins."""
        if self._state[pair] == PINNED:
            return self._step([])
        if self._at(pair) < 0:
            self._bring_in(np.array([pair]))
        before = self._state[pair]
        used = before == FREE and self.takes(pair)
        self._close(pair)
        self._state[pair] = PINNED
        self._pins.add(pair)
        if used:
            return self._step([])
        network, line = self._network, self._line(pair)
        paths = []
        if network.forward(self._node(int(self.problem.entry[pair])), self._sink):
            paths.append(network.path())
            if network.backward(self._sink, line):
                paths.append(network.path())
                return self._step(paths, entered=[pair])
            network.undo(paths.pop())
        self._unmark(pair)
        self._state[pair] = before
        if before == FREE:
            self._open(pair)
        return Step(False, np.zeros(0, dtype=np.int64))

    def unpin(self, pair: int) -> Step:
        """The plan with a pinned pair left to the solver again."""
        if self._state[pair] != PINNED:
            return self._step([])
        self._unmark(pair)
        arc = self._arc(pair)
        if self._reduced_cost(pair) <= 0:
            self._network.cap[self._network.back[arc]] = 1
            return self._step([])
        self._network.cap[arc] = 1
        return self._withdraw([pair])

    def reduced_cost(self, pairs: Array) -> Array:
        """int64: the least that forcing each pair into the plan costs, a proven bound (0 for pairs of the plan)."""
        problem = self.problem
        prices = np.minimum(self.line_price, problem.unmet)
        found = problem.cost[pairs] - prices[problem.lines_of(pairs)] + self.limit_price[problem.entry[pairs]]
        return np.maximum(0, found)

    def sound(self) -> bool:
        """The whole certificate again: every arc of the network, and every pair left out of it."""
        return self._network.sound() and len(self._better()) == 0

    def reach(self, line: int) -> tuple[Array, Array]:
        """(lines, limits) bool masks: what a unit of the line can reach over open arcs, whatever they cost, never
        through the sink. When the line has empty seats these are the bottleneck."""
        return self._reached(self._network.reach(line, self._sink))

    def _reached(self, seen: Array) -> tuple[Array, Array]:
        limits = np.zeros(self.problem.limits.count, dtype=bool)
        limits[self._limits] = seen[len(self.problem.seats) : self._sink]
        return seen[: len(self.problem.seats)], limits

    # -- how it is done

    def _solve(self, watch: Watch | None) -> None:
        while True:
            self._build()
            self._fill(watch)
            better = self._better()
            if len(better) == 0:
                self._taken = np.zeros(len(self.problem.entry), dtype=bool)
                self._taken[self._kept] = self._network.flow_on(slice(len(self._kept))) > 0
                self._taken |= self._state == PINNED
                self._objective = cost_of(self.problem, self.pairs)
                return
            self.rounds, self.brought_in = self.rounds + 1, self.brought_in + len(better)
            self._kept = np.sort(np.concatenate([self._kept, better]))

    @property
    def objective(self) -> int:
        """What the plan costs, kept up with every change."""
        return self._objective

    def _build(self) -> None:
        problem, kept = self.problem, self._kept
        lines, limits = len(problem.seats), problem.limits
        whole = len(kept) == len(problem.entry)
        line = problem.line if whole else problem.lines_of(kept)
        entry, cost = (problem.entry, problem.cost) if whole else (problem.entry[kept], problem.cost[kept])
        used = with_ancestors(limits.count, entry, limits.above)
        self._limits = np.flatnonzero(used)  # people in no pair need no node
        self._sink = lines + len(self._limits)
        node = np.append(np.cumsum(used) - 1 + lines, self._sink)  # the last: SINK
        self._node_of = node
        links = np.flatnonzero(used[limits.link_from])
        tail = np.concatenate([line, np.arange(lines), node[limits.link_from[links]]])
        head = np.concatenate([node[entry], np.full(lines, self._sink), node[limits.link_to[links]]])
        open_ = (self._state[kept] == FREE).astype(np.int64)
        cap = np.concatenate([open_, problem.seats, limits.link_cap[links]])
        costs = np.concatenate([cost, problem.unmet, limits.link_cost[links]])
        self._network = Network.build(self._sink + 1, tail, head, cap, costs)
        line_price, limit_price = first_prices(problem.unmet, line, entry, cost, limits)
        self._network.potential[:lines] = -line_price
        self._network.potential[lines : self._sink] = -limit_price[self._limits]
        self._given = np.empty(len(self._network.head), dtype=np.int32)  # the given arc of each arc, either way
        self._given[self._network.place] = np.arange(len(tail), dtype=np.int32)
        self._given[self._network.back[self._network.place]] = np.arange(len(tail), dtype=np.int32)

    def _fill(self, watch: Watch | None) -> None:
        problem, order = self.problem, serving_order(self.problem)
        pins = self.pins
        seats = problem.seats - np.bincount(problem.lines_of(pins), minlength=len(problem.seats))
        if (seats < 0).any():
            raise ValueError(f"more pins than seats on line {int(np.flatnonzero(seats < 0)[0])}")
        if watch is not None:
            watch.state[2] = int(seats.sum())
        self._network.send(self._node_of[problem.entry[pins]], self._sink, watch)
        self._network.send(np.repeat(order, seats[order]), self._sink, watch)

    def _better(self) -> Array:
        """Pairs outside the network that could make the plan cheaper, the best few of each line."""
        problem = self.problem
        if len(self._kept) == len(problem.entry):
            return np.zeros(0, dtype=np.int64)
        out = self._state == FREE
        out[self._kept] = False
        prices = np.minimum(self.line_price, problem.unmet)
        return cheaper(problem.ptr, problem.entry, problem.cost, out, prices, self.limit_price, MORE_PAIRS)

    def _bring_in(self, pairs: Array) -> None:
        """Puts pairs into the network and solves again."""
        self._kept = np.union1d(self._kept, pairs)
        self._solve(None)

    def _at(self, pair: int) -> int:
        """Position among the pairs of the network, -1 when it is not in it."""
        if len(self._kept) == len(self.problem.entry):
            return pair
        at = int(np.searchsorted(self._kept, pair))
        return at if at < len(self._kept) and self._kept[at] == pair else -1

    def _arc(self, pair: int) -> int:
        return int(self._network.place[self._at(pair)])

    def _line(self, pair: int) -> int:
        return int(self.problem.lines_of([pair])[0])

    def _node(self, limit: int) -> int:
        return int(self._node_of[limit])

    def _reduced_cost(self, pair: int) -> int:
        potential = self._network.potential
        line, entry = self._line(pair), self._node(int(self.problem.entry[pair]))
        return int(self.problem.cost[pair]) + int(potential[line]) - int(potential[entry])

    def _unmark(self, pair: int) -> None:
        self._state[pair] = FREE
        self._pins.discard(pair)

    def _close(self, pair: int) -> None:
        if self._at(pair) >= 0:
            arc = self._arc(pair)
            self._network.cap[arc] = self._network.cap[self._network.back[arc]] = 0

    def _open(self, pair: int) -> Step:
        """Gives a closed, unused pair back."""
        if self._at(pair) < 0:
            if self._reduced_cost_outside(pair) >= 0:
                return self._step([])
            before = self.pairs
            self._bring_in(np.array([pair]))
            return Step(True, np.setxor1d(before, self.pairs))
        arc, network = self._arc(pair), self._network
        if self._reduced_cost(pair) >= 0:
            network.cap[arc] = 1
            return self._step([])
        return self._take(pair)

    def _take(self, pair: int) -> Step:
        """Uses a closed pair that is cheaper than its prices. First its line gives up another unit: then hers can
        always go somewhere, be it back over the pair itself."""
        arc, network, line = self._arc(pair), self._network, self._line(pair)
        network.cap[network.back[arc]] = 1
        if not network.backward(self._sink, line):  # all its seats are pinned, so its price is about nothing
            network.cap[network.back[arc]], network.cap[arc] = 0, 1
            network.potential[line] -= self._reduced_cost(pair)
            return self._step([])
        paths = [network.path()]
        if not network.forward(self._node(int(self.problem.entry[pair])), self._sink):
            raise AssertionError("a unit that had a place finds none")
        paths.append(network.path())
        return self._step(paths, entered=[pair])

    def _reduced_cost_outside(self, pair: int) -> int:
        problem = self.problem
        line = self._line(pair)
        price = min(int(self.line_price[line]), int(problem.unmet[line]))
        return int(problem.cost[pair]) - price + int(self.limit_price[problem.entry[pair]])

    def _withdraw(self, pairs: list[int]) -> Step:
        """Takes the units off pairs that carried one and whose arcs say already that they don't: each unit goes from
        its line to the sink, and what she passed on is taken back from the sink to her."""
        network, paths = self._network, []
        for pair in pairs:
            line, hers = self._line(pair), self._node(int(self.problem.entry[pair]))
            for go, start, end in ((network.forward, line, self._sink), (network.backward, self._sink, hers)):
                if not go(start, end):
                    raise AssertionError("a unit that had a place finds none")
                paths.append(network.path())
        return self._step(paths, left=pairs)

    def _step(self, paths: list[Array], *, entered: Iterable[int] = (), left: Iterable[int] = ()) -> Step:
        """Looks once more at all prices that changed. The answer has the pairs on the paths, and those that were
        changed themselves, that entered or left an odd number of times."""
        if not paths:
            return Step(True, np.zeros(0, dtype=np.int64))
        if not self._network.sound_around():
            raise AssertionError("the prices no longer prove the plan")
        self._objective += sum(int(self._network.cost[path].sum()) for path in paths)
        given = np.concatenate([self._given[path] for path in paths])
        at, times = np.unique(given[given < len(self._kept)], return_counts=True)
        changed = self._kept[at[times % 2 == 1]]
        for pairs, sign in ((entered, 1), (left, -1)):
            own = np.array(list(pairs), dtype=np.int64)
            self._objective += sign * int(self.problem.cost[own].sum())
            changed = np.setxor1d(changed, own)
        self._taken[changed] = ~self._taken[changed]
        better = self._better()
        if len(better) == 0:
            return Step(True, changed)
        before = np.setxor1d(self.pairs, changed)
        self._bring_in(better)
        return Step(True, np.setxor1d(before, self.pairs))
