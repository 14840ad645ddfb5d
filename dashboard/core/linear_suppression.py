"""Counts hidden so that none can be reckoned from the others and the sums that hold between them.

The sums are rows of a matrix: a change of the hidden counts that leaves every sum as it is gives another table that the
reader could as well be looking at. A hidden count is safe when such a change makes it another whole number. Where there
is none, the cheapest change that would do is looked for, and what it touches is hidden too.
Method: complementary suppression by linear programmes (J. P. Kelly, B. L. Golden, A. A. Assad, Networks 22, 1992).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, hstack
from scipy.sparse.csgraph import connected_components

#: A sum that holds: numbers of counts and how often each is in it. Their sum is known, whatever it is.
Sum = Mapping[int, int]
#: So many linear programmes are tried before everything linked is hidden.
MOST_TRIES = 400
#: What it costs to hide a count that is shown, beside its size; a zero.
_SHOWN, _ZERO, _FREE = 1_000.0, 10_000_000.0, 0.001
_ALMOST = 1 - 1e-6
#: A change larger than this tells nothing more.
_FAR = 1_000.0
_ROUNDS = 30


@dataclass(frozen=True)
class Told:
    """What is known of a hidden count without reckoning: the group that it is hidden in (of which it is known whether a
    zero may be among them), or the least and the most it may be."""

    groups: tuple[int, ...] = ()
    least: int | None = None
    most: int | None = None


class Book:
    """Counts, the sums between them, and which of them are hidden."""

    def __init__(
        self,
        values: Sequence[int],
        hidden: Iterable[int],
        sums: Sequence[Sum],
        told: Sequence[Told],
        cells: Sequence[int],
    ) -> None:
        """`cells`: how often each count stands somewhere, which is what it costs to hide it."""
        self.values = np.asarray(values, dtype=np.int64)
        self.hidden = np.zeros(len(values), dtype=bool)
        self.hidden[list(hidden)] = True
        self.told, self.cells = told, np.asarray(cells, dtype=np.float64)
        entries = [(row, at, times) for row, one in enumerate(sums) for at, times in one.items() if times]
        rows, columns, times = zip(*entries, strict=True) if entries else ((), (), ())
        self.sums = csr_array((np.asarray(times, dtype=float), (rows, columns)), shape=(len(sums), len(values)))
        self.safe = np.zeros(len(values), dtype=bool)
        self.tries = 0
        self._random = np.random.default_rng(5)

    def open_(self) -> int | None:
        """A hidden count that can be only one number; None where there is none."""
        for block in self._blocks(self.hidden):
            self._try_many(block)
            for at in block[~self.safe[block]]:
                if self.safe[at] or self._moves(int(at), block):
                    continue
                return int(at)
        return None

    def protect(self, at: int) -> bool:
        """Hide what makes this count uncertain. False where nothing does."""
        (block,) = [one for one in self._blocks(np.ones_like(self.hidden)) if at in one]
        for loose in (False, True):
            found = [change for sign in (1, -1) if (change := self._cheapest(at, sign, block, loose)) is not None]
            if not found:
                continue
            _, touched = min(found, key=lambda one: one[0])
            if self.hidden[touched].all():
                continue
            self.hidden[touched] = True
            return True
        return False

    def _blocks(self, among: "np.ndarray") -> list["np.ndarray"]:
        """The counts linked by sums, of these; hidden ones that no sum holds are each a block."""
        places = np.nonzero(among)[0]
        if not len(places):
            return []
        part = abs(self.sums[:, places])
        _, names = connected_components(part.T @ part, directed=False)
        order = np.argsort(names, kind="stable")
        starts = np.nonzero(np.diff(names[order]))[0] + 1
        return [np.sort(places[one]) for one in np.split(order, starts)]

    def _bounds(self, block: "np.ndarray", loose: bool = False) -> tuple["np.ndarray", "np.ndarray"]:
        """How far below and above its number each count could be, by what is told of hidden ones."""
        zeros = {group for at in _places(self.hidden & (self.values == 0)) for group in self.told[at].groups}
        below, above = np.zeros(len(block)), np.full(len(block), _FAR)
        for number, at in enumerate(block.tolist()):
            told, value = self.told[at], int(self.values[at])
            least = told.least
            if least is None:
                least = 0 if loose or value == 0 or (told.groups and set(told.groups) <= zeros) else 1
            below[number] = min(value - least, _FAR)
            if told.most is not None:
                above[number] = told.most - value
        return below, above

    def _solve(
        self, costs: "np.ndarray", block: "np.ndarray", below: "np.ndarray", above: "np.ndarray"
    ) -> "np.ndarray":
        part = self.sums[:, block]
        part = part[np.diff(part.tocsr().indptr) > 0]
        self.tries += 1
        answer = linprog(
            costs,
            A_eq=part if part.shape[0] else None,
            b_eq=np.zeros(part.shape[0]) if part.shape[0] else None,
            bounds=np.column_stack((-below, above)),
            method="highs",
        )
        if answer.status != 0:
            raise RuntimeError(f"no bounds for a hidden count: {answer.message}")
        return np.asarray(answer.x)

    def _try_many(self, block: "np.ndarray") -> None:
        """Changes that show many counts to be safe at once: between counts of the same sums, then at random."""
        below, above = self._bounds(block)
        self._swap(block, below, above)
        for _ in range(_ROUNDS):
            left = ~self.safe[block]
            if left.sum() < 3:
                return
            # What can't be less must be more.
            signs = np.where(below < 1, -1.0, self._random.choice((-1.0, 1.0), len(block)))
            costs = np.where(left, signs * self._random.uniform(0.5, 1.5, len(block)), 0.0)
            self._note(block, self._solve(costs, block, below, above))
            if left.sum() - (~self.safe[block]).sum() < 3:
                return

    def _swap(self, block: "np.ndarray", below: "np.ndarray", above: "np.ndarray") -> None:
        """Of two counts in the same sums one may be one more and the other one less."""
        part = self.sums[:, block].tocsc()
        alike: dict[bytes, list[int]] = defaultdict(list)
        for number, (start, end) in enumerate(pairwise(part.indptr.tolist())):
            alike[part.indices[start:end].tobytes() + part.data[start:end].tobytes()].append(number)
        for some in alike.values():
            less = [number for number in some if below[number] >= 1]
            more = [number for number in some if above[number] >= 1]
            for one, others in ((more, less), (less, more)):
                self.safe[block[[number for number in one if any(other != number for other in others[:2])]]] = True

    def _moves(self, at: int, block: "np.ndarray") -> bool:
        below, above = self._bounds(block)
        for sign in (1.0, -1.0):
            change = self._solve(np.where(block == at, sign, 0.0), block, below, above)
            self._note(block, change)
            if self.safe[at]:
                return True
        return False

    def _note(self, block: "np.ndarray", change: "np.ndarray") -> None:
        """Whoever sees the sums may be looking at any table between this one and the changed one."""
        self.safe[block[np.abs(change) >= _ALMOST]] = True

    def _cheapest(self, at: int, sign: int, block: "np.ndarray", loose: bool) -> tuple[float, "np.ndarray"] | None:
        """What must be hidden for this count to be one more or one less, and what that costs."""
        below, above = self._bounds(block, loose)
        here = int(np.nonzero(block == at)[0][0])
        if (above if sign > 0 else below)[here] < 1:
            return None
        shown, value = ~self.hidden[block], self.values[block]
        costs = np.where(shown, (_SHOWN + np.minimum(value, 900)) * self.cells[block], _FREE)
        costs = np.where(shown & (value == 0), _ZERO * self.cells[block], costs)
        part = self.sums[:, block].tocsr()
        part = part[np.diff(part.indptr) > 0]
        up, down = np.column_stack((np.zeros(len(block)), above)), np.column_stack((np.zeros(len(block)), below))
        up[here], down[here] = (1.0, 1.0) if sign > 0 else (0.0, 0.0), (0.0, 0.0) if sign > 0 else (1.0, 1.0)
        self.tries += 1
        answer = linprog(
            np.concatenate((costs, costs)),
            A_eq=hstack((part, -part)) if part.shape[0] else None,
            b_eq=np.zeros(part.shape[0]) if part.shape[0] else None,
            bounds=np.concatenate((up, down)),
            method="highs",
        )
        if answer.status != 0:
            return None
        change = np.asarray(answer.x[: len(block)] - answer.x[len(block) :])
        touched = block[np.abs(change) > 1e-6]
        if loose:
            touched = self._with_zeros(touched, block[(value + change < 1 - 1e-6) & (value > 0)])
            if touched is None:
                return None
        more = touched[~self.hidden[touched]]
        cost = float(
            np.where(self.values[more] == 0, _ZERO, _SHOWN + np.minimum(self.values[more], 900)) @ self.cells[more]
        )
        return cost, touched

    def _with_zeros(self, touched: "np.ndarray", low: "np.ndarray") -> "np.ndarray | None":
        """A hidden count may be taken for a zero only where one is hidden beside it: of each group in which some would
        be, a zero more. None where a group has none."""
        told = [group for at in low.tolist() for group in self.told[at].groups]
        for group in dict.fromkeys(told):
            zeros = [at for at in _places(self.values == 0) if group in self.told[at].groups]
            if not zeros:
                return None
            if not any(self.hidden[at] or at in touched for at in zeros):
                touched = np.append(touched, zeros[0])
        return touched


def _places(which: "np.ndarray") -> list[int]:
    """The numbers of those that are so."""
    return [int(at) for at in np.nonzero(which)[0]]
