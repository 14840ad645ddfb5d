"""The second form of a problem file, explicit arcs: who may take which need at which cost."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from operator import itemgetter
from typing import Any

import numpy as np

from dashboard.core.matching.arrays import Array
from dashboard.core.matching.problem import Problem
from dashboard.formats.match_document import Id, digest, rows_by_id
from dashboard.formats.mistakes import Mistakes, pointer, refused

#: Every number of JSON up to here is exact everywhere.
LARGEST = 1 << 53
#: What a plan can cost at most stays below this.
LARGEST_SUM = 1 << 58
#: Rows of needs, rows of volunteers, costs.
Columns = tuple[Array, Array, Array]


@dataclass(frozen=True, eq=False)
class Arcs:
    """Needs and volunteers sorted by id; int64 arrays; arcs sorted by need, then volunteer, none twice."""

    needs: tuple[Id, ...]
    volunteers: tuple[Id, ...]
    seats: Array  # [needs]
    unmet: Array  # [needs] cost of a seat left empty
    capacity: Array  # [volunteers]
    need: Array  # [arcs] rows of needs
    volunteer: Array  # [arcs] rows of volunteers
    cost: Array  # [arcs]
    digest: str

    def problem(self) -> Problem:
        """As the solver takes it. Seats and capacities beyond one more than there are arcs are never used, and are left
        out: the answer and its prices are those of the whole problem."""
        ptr = np.searchsorted(self.need, np.arange(len(self.needs) + 1))
        seats = np.minimum(self.seats, np.diff(ptr) + 1)
        used = np.bincount(self.volunteer, minlength=len(self.volunteers))
        capacity = np.minimum(self.capacity, used + 1)
        return Problem.of_people(seats, self.unmet, capacity, ptr, self.volunteer, self.cost)


def arcs_of(document: Mapping[str, Any]) -> Arcs:
    """From a document that keeps to the schema but for its arcs. Raises Refused."""
    wrong = Mistakes()
    need_at = rows_by_id(document["needs"], wrong, "needs")
    volunteer_at = rows_by_id(document["volunteers"], wrong, "volunteers")
    unmet = _penalties(document, list(need_at.values()), wrong)
    wrong.check()
    arcs, (need, volunteer, cost) = _read(document["arcs"], _rows(need_at), _rows(volunteer_at))
    order = np.lexsort((volunteer, need))
    need, volunteer, cost = need[order], volunteer[order], cost[order]
    _refuse_twice(arcs, order, need, volunteer)
    seats = _numbers(document["needs"], need_at.values(), "people")
    capacity = _numbers(document["volunteers"], volunteer_at.values(), "capacity")
    _refuse_sums(seats, unmet, cost)
    found = digest({**document, "arcs": [arcs[at] for at in order.tolist()]})
    return Arcs(tuple(need_at), tuple(volunteer_at), seats, unmet, capacity, need, volunteer, cost, found)


def _rows(ids: Iterable[Id]) -> dict[Id, int]:
    return {one: row for row, one in enumerate(ids)}


def _numbers(rows: Sequence[Any], order: Iterable[int], name: str) -> Array:
    return np.array([int(rows[at][name]) for at in order], dtype=np.int64)


def _penalties(document: Mapping[str, Any], order: Sequence[int], wrong: Mistakes) -> Array:
    """What an empty seat of each need costs: its own penalty, else everybody's."""
    needs, common = document["needs"], document.get("unmet_penalty")
    without = [at for at in order if "unmet_penalty" not in needs[at]]
    if common is None and without:
        wrong.add(pointer(("needs", min(without))), "", "match_files.no_penalty")
        common = 0
    return np.array([int(needs[at].get("unmet_penalty", common)) for at in order], dtype=np.int64)


def _read(arcs: list[Any], needs: dict[Id, int], volunteers: dict[Id, int]) -> tuple[list[Any], Columns]:
    """The arcs as they count, and as columns of rows and costs. Raises Refused."""
    columns = _columns(arcs, needs, volunteers)
    if columns is None:
        arcs = _mended(arcs, needs, volunteers)
        columns = _columns(arcs, needs, volunteers)
    assert columns is not None  # what was mended without a mistake is as it should be
    return arcs, columns


def _columns(arcs: list[Any], needs: dict[Id, int], volunteers: dict[Id, int]) -> Columns | None:
    """The arcs as three columns; None when any of them is not as it should be. All of it in C loops."""
    if not arcs:
        empty = np.zeros(0, dtype=np.int64)
        return empty, empty, empty
    if set(map(type, arcs)) != {list} or set(map(len, arcs)) != {3}:
        return None
    need, volunteer, cost = (list(map(itemgetter(step), arcs)) for step in range(3))
    if not set(map(type, need)) | set(map(type, volunteer)) <= {int, str} or set(map(type, cost)) != {int}:
        return None
    if min(cost) < 0 or max(cost) > LARGEST:
        return None
    lines = np.fromiter(map(needs.get, need, repeat(-1)), dtype=np.int64, count=len(arcs))
    people = np.fromiter(map(volunteers.get, volunteer, repeat(-1)), dtype=np.int64, count=len(arcs))
    if lines.min() < 0 or people.min() < 0:
        return None
    return lines, people, np.array(cost, dtype=np.int64)


def _mended(arcs: list[Any], needs: dict[Id, int], volunteers: dict[Id, int]) -> list[Any]:
    """The arcs one by one, whole numbers written as 7.0 as whole numbers. Raises Refused with every mistake."""
    wrong = Mistakes()
    mended = []
    for at, arc in enumerate(arcs):
        if not isinstance(arc, list) or len(arc) != 3:
            wrong.add(pointer(("arcs", at)), arc, "match_files.not_an_arc")
            continue
        plain = [int(part) if isinstance(part, float) and part.is_integer() else part for part in arc]
        mended.append(plain)
        for name, step, known in (("needs", 0, needs), ("volunteers", 1, volunteers)):
            place = pointer(("arcs", at, step))
            if isinstance(plain[step], bool) or not isinstance(plain[step], (int, str)):
                wrong.add(place, arc[step], "match_files.wrong_type", types=("string", "integer"))
            elif plain[step] not in known:
                wrong.add(place, arc[step], "match_files.unknown_id", list=name)
        _check_cost(plain[2], arc[2], pointer(("arcs", at, 2)), wrong)
    wrong.check()
    return mended


def _check_cost(cost: Any, written: Any, place: str, wrong: Mistakes) -> None:
    if isinstance(cost, bool) or not isinstance(cost, int):
        wrong.add(place, written, "match_files.wrong_type", types=("integer",))
    elif cost < 0:
        wrong.add(place, written, "match_files.too_small", least=0)
    elif cost > LARGEST:
        wrong.add(place, written, "match_files.too_large", most=LARGEST)


def _refuse_twice(arcs: list[Any], order: Array, need: Array, volunteer: Array) -> None:
    """A pair that has two arcs. `order` is stable: of two arcs of a pair the first of the file comes first."""
    same = np.flatnonzero((need[1:] == need[:-1]) & (volunteer[1:] == volunteer[:-1]))
    wrong = Mistakes()
    for at, first in sorted((int(order[k + 1]), int(order[k])) for k in same):
        wrong.add(pointer(("arcs", at)), arcs[at], "match_files.pair_twice", first=pointer(("arcs", first)))
    wrong.check()


def _refuse_sums(seats: Array, unmet: Array, cost: Array) -> None:
    """The dearest that a plan could be must fit into the solver's numbers."""
    dearest = max(cost.tolist(), default=0)
    total = sum(people * max(price, dearest) for people, price in zip(seats.tolist(), unmet.tolist(), strict=True))
    if total >= LARGEST_SUM:
        raise refused("", total, "match_files.sum_too_large", most=LARGEST_SUM)
