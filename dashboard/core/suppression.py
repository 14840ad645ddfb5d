"""Small counts hidden so that subtraction does not bring them back.

A count of 1 to 4 is hidden (primary). Whoever knows the totals of a line could subtract, so others of the line are
hidden with it (complementary) until every hidden count could have been another number too, by everything that is
shown: the cells left, the totals of rows and columns, and this very rule's threshold.
Method: cell suppression by auditing intervals (A. Hundepool et al., Statistical Disclosure Control, 2012, chapter 4);
an interval is the least and the most a cell may be under the totals, two small linear programmes.
"""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linprog

#: Counts below this, but zero, are hidden.
THRESHOLD = 5

Grid = Sequence[Sequence[int]]
Mask = tuple[tuple[bool, ...], ...]


def suppressed(counts: Grid, *, threshold: int = THRESHOLD) -> Mask:
    """Which cells of a table of counts to hide, for readers who know every row's and every column's total.

    counts: rows of equally many integers >= 0; a table of one column has one total. True where hidden. Zeros are hidden
    only where nothing else protects a count; what can't be protected at all is hidden with every cell of its table.
    """
    table = np.asarray(counts, dtype=np.int64)
    if table.size == 0:
        return tuple(() for _ in counts)
    if table.ndim != 2 or (table < 0).any():
        raise ValueError("a table of counts has rows of equal length and no negative number")
    hidden = (table > 0) & (table < threshold)
    while (open_ := _recoverable(table, hidden)) is not None:
        corners = _corners(table, hidden, open_)
        if not corners:
            companion = _companion(table, hidden, _alone(hidden, open_) or open_)
            if companion is None:
                hidden[:] = True
                break
            corners = [companion]
        for one in corners:
            hidden[one] = True
    return tuple(tuple(bool(cell) for cell in row) for row in hidden)


def interval(counts: Grid, mask: Mask, row: int, column: int) -> tuple[int, int]:
    """The least and the most a hidden cell may be, for one who sees the cells left and all totals. A shown cell's are
    itself, twice."""
    return _interval(np.asarray(counts, dtype=np.int64), np.asarray(mask, dtype=bool), (row, column))


def _recoverable(table: "np.ndarray", hidden: "np.ndarray") -> tuple[int, int] | None:
    """The first hidden cell that can be only one number."""
    for where in zip(*np.nonzero(hidden), strict=True):
        cell = (int(where[0]), int(where[1]))
        if _swaps(table, hidden, cell):
            continue
        low, high = _interval(table, hidden, cell)
        if low == high:
            return cell
    return None


def _swaps(table: "np.ndarray", hidden: "np.ndarray", cell: tuple[int, int]) -> bool:
    """Is it seen without a linear programme that a hidden cell may be another number? With three more hidden ones it
    stands at the corners of a rectangle, where one is added to two and taken from the two others: every total stays."""
    row, column = cell
    rows, columns = hidden[:, column].copy(), hidden[row].copy()
    rows[row] = columns[column] = False
    across = hidden[np.ix_(rows, columns)]
    above_one = table > 1
    added = across & above_one[rows, column][:, None] & above_one[row, columns][None, :]
    taken = across & above_one[np.ix_(rows, columns)]
    return bool(added.any() or (above_one[cell] and taken.any()))


def _interval(table: "np.ndarray", hidden: "np.ndarray", cell: tuple[int, int]) -> tuple[int, int]:
    """Totals of rows and columns make a transportation polytope: its corners are whole numbers, so the bounds of the
    linear programme are the bounds of the counts. Hidden counts are at least 1 unless a zero is among them."""
    if not hidden[cell]:
        return int(table[cell]), int(table[cell])
    places = list(zip(*np.nonzero(hidden), strict=True))
    least = 0 if bool((table[hidden] == 0).any()) else 1
    lines, totals = [], []
    for axis in (0, 1):
        if table.shape[1 - axis] == 1 and table.shape[axis] > 1:
            # A line of one cell has no total of its own.
            continue
        for line in range(table.shape[axis]):
            mine = [1.0 if place[axis] == line else 0.0 for place in places]
            if any(mine):
                lines.append(mine)
                totals.append(sum(int(table[place]) for place, is_mine in zip(places, mine, strict=True) if is_mine))
    wanted = [1.0 if place == cell else 0.0 for place in places]
    found = []
    for sign in (1.0, -1.0):
        answer = linprog(
            [sign * one for one in wanted],
            A_eq=lines or None,
            b_eq=totals or None,
            bounds=(least, None),
            method="highs",
        )
        if answer.status == 3:
            found.append(np.iinfo(np.int64).max)
        elif answer.status != 0:
            raise RuntimeError(f"no bounds for a hidden cell: {answer.message}")
        else:
            found.append(round(sign * answer.fun))
    return int(found[0]), int(found[1])


def _alone(hidden: "np.ndarray", cell: tuple[int, int]) -> tuple[int, int] | None:
    """Of the hidden cells that tell each other's number, linked by rows and columns, the first that is alone in its row
    or column: a companion there helps all of them, where one beside another of them would only lengthen the chain."""
    linked, left = {cell}, [cell]
    while left:
        row, column = left.pop()
        for place in zip(*np.nonzero(hidden), strict=True):
            found = (int(place[0]), int(place[1]))
            if found not in linked and (found[0] == row or found[1] == column):
                linked.add(found)
                left.append(found)
    for row, column in sorted(linked):
        if any(size > 1 and lone for size, lone in _lines(hidden, row, column)):
            return row, column
    return None


def _lines(hidden: "np.ndarray", row: int, column: int) -> tuple[tuple[int, bool], tuple[int, bool]]:
    """Of a cell's row and column: how many cells it has, and whether the cell is the only hidden one."""
    across, down = hidden[row], hidden[:, column]
    return (len(across), int(across.sum()) == 1), (len(down), int(down.sum()) == 1)


def _corners(table: "np.ndarray", hidden: "np.ndarray", cell: tuple[int, int]) -> list[tuple[int, int]]:
    """The shown counts to hide next so that the cell is a corner of a rectangle of hidden ones, which protect each
    other in their rows and columns: the fewest, then the smallest. A cell hidden alone in its row and column would take
    one after the other with it, and soon the whole table."""
    row, column = cell
    best: tuple[int, int, list[tuple[int, int]]] | None = None
    for other_row in range(table.shape[0]):
        for other_column in range(table.shape[1]):
            if other_row == row or other_column == column:
                continue
            corners = [(row, other_column), (other_row, column), (other_row, other_column)]
            # One is taken from two opposite corners and given to the others: none may come to zero.
            near = min(table[row, other_column], table[other_row, column])
            far = min(table[cell], table[other_row, other_column])
            if min(near, far) == 0 or max(near, far) == 1:
                continue
            more = [one for one in corners if not hidden[one]]
            tried = (len(more), sum(int(table[one]) for one in more), more)
            if more and (best is None or tried[:2] < best[:2]):
                best = tried
    return best[2] if best else []


def _companion(table: "np.ndarray", hidden: "np.ndarray", cell: tuple[int, int]) -> tuple[int, int] | None:
    """The shown count to hide next: the smallest above zero in a line in which the cell is alone; else the smallest in
    its row and column, zeros last, that makes it uncertain; else the smallest of them above zero, then anywhere. The
    first of equals; None where there is nothing left that helps."""
    row, column = cell
    across = [(row, at) for at in range(table.shape[1])] if table.shape[1] > 1 else []
    down = [(at, column) for at in range(table.shape[0])] if table.shape[0] > 1 else []
    (_, alone_across), (_, alone_down) = _lines(hidden, row, column)
    if lone := _smallest(table, hidden, [*(across if alone_across else ()), *(down if alone_down else ())]):
        return lone[0]
    near = _smallest(table, hidden, [*across, *down])
    zeros = [place for place in (*across, *down) if not hidden[place] and table[place] == 0]
    for place in (*near, *zeros):
        trial = hidden.copy()
        trial[place] = True
        low, high = _interval(table, trial, cell)
        if low < high:
            return place
    if near:
        return near[0]
    if table.shape[0] > 1 and table.shape[1] > 1:
        every = [(i, j) for i in range(table.shape[0]) for j in range(table.shape[1])]
        return next(iter(_smallest(table, hidden, every)), None)
    return None


def _smallest(table: "np.ndarray", hidden: "np.ndarray", places: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The shown counts above zero among these, the smallest first."""
    free = [place for place in places if not hidden[place] and table[place] > 0]
    return sorted(free, key=lambda place: (int(table[place]), place))
