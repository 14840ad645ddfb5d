"""A deck's table measured: its columns' widths, its rows' heights, and its parts where it is too large for one screen.

Lengths are ems of the screen, of which it has `WIDE` across (see `core/deck_layout.py`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from dashboard.core.deck import Table
from dashboard.core.deck_type import lines, longest_token, split, width

#: Type of a cell, of the line below a table, and of a block's title; heights of a line of it; blank above and below it.
CELL, NOTE, HEADING = 1.5, 1.2, 1.5
LEADING, PAD, SIDE = 1.3, 0.2, 0.4
#: Browsers and office programs round a row's height up.
_ROUNDED = 0.06
#: A column of words is not squeezed below so many letters, where it has as many.
_LEAST_WORDS = 10

_MOST_NAME = 8


@dataclass(frozen=True)
class Sheet:
    """A table with type enlarged by `scale`, in a width: its columns' widths and its rows' heights, the heading's
    first. `tail`: the height of what stands below the rows."""

    table: Table
    columns: tuple[float, ...]
    rows: tuple[float, ...]
    title: float
    tail: float

    @property
    def width(self) -> float:
        return sum(self.columns)

    @property
    def height(self) -> float:
        return self.title + sum(self.rows) + self.tail

    def fitting(self, begin: int, room: float) -> int:
        """How many rows from `begin` on stand in a room of that height, below the heading and above the note."""
        left = room - self.title - self.rows[0] - self.tail
        count = 0
        for high in self.rows[1 + begin :]:
            left -= high
            if left < -1e-9:
                break
            count += 1
        return count


def title_height(title: str, room: float, scale: float = 1.0) -> float:
    """A block's title, with the blank below it."""
    if not title:
        return 0.0
    return (len(lines(title, room / (HEADING * scale), bold=True)) * HEADING * LEADING + 0.4) * scale


def natural(table: Table, scale: float) -> float:
    """The width in which no cell wraps."""
    return sum(_natural(table, scale))


def columns_of(table: Table, room: float, scale: float) -> tuple[float, ...]:
    """The widths of a table's columns, which fill the room."""
    wanted, least = _natural(table, scale), _least(table, scale)
    if not wanted:
        return (room,)
    if sum(wanted) <= room:
        return tuple(one * room / sum(wanted) for one in wanted)
    if sum(least) < room:
        part = (room - sum(least)) / (sum(wanted) - sum(least))
        return tuple(low + part * (high - low) for low, high in zip(least, wanted, strict=True))
    return tuple(low * room / sum(least) for low in least)


def sheet(table: Table, columns: Sequence[float], scale: float) -> Sheet:
    """The table measured with columns of these widths."""
    room = sum(columns)
    rows = tuple(_row(row, columns, scale, bold=number == 0) for number, row in enumerate((table.columns, *table.rows)))
    return Sheet(table, tuple(columns), rows, title_height(table.title, room, scale), _tail(table, room))


def by_columns(table: Table, room: float, scale: float) -> Iterator[Table]:
    """The table in parts whose columns can stand in a room; each begins with the first column."""
    least = _least(table, scale)
    first, begin = least[0] if least else 0.0, 1
    if sum(least) <= room:
        yield table
        return
    while begin < len(least):
        end, used = begin, first
        while end < len(least) and (end == begin or used + least[end] <= room):
            used += least[end]
            end += 1
        kept = [0, *range(begin, end)]
        yield replace(
            table,
            columns=tuple(table.columns[at] for at in kept),
            rows=tuple(tuple(row[at] for at in kept) for row in table.rows),
            numeric=tuple(table.numeric[at] for at in kept),
        )
        begin = end


def low_enough(whole: Sheet, high: float, scale: float) -> tuple[Table, tuple[int, ...]]:
    """The table with every row at most so high: what is left of a taller one goes on in a row below it. With each row
    of it, which of the table's rows it belongs to."""
    most = int(((high - _ROUNDED) / scale - 2 * PAD) / (CELL * LEADING))
    rows: list[tuple[str, ...]] = []
    owners: list[int] = []
    for owner, (row, tall) in enumerate(zip(whole.table.rows, whole.rows[1:], strict=True)):
        while tall > high:
            parts = [
                split(cell, (column - 2 * SIDE * scale) / (CELL * scale), most)
                for cell, column in zip(row, whole.columns, strict=True)
            ]
            rows.append(tuple(head for head, _ in parts))
            owners.append(owner)
            row = tuple(rest for _, rest in parts)
            tall = _row(row, whole.columns, scale, bold=False)
        rows.append(row)
        owners.append(owner)
    return replace(whole.table, rows=tuple(rows)), tuple(owners)


def short_names(table: Table, columns: Sequence[float], scale: float) -> Table:
    """The table with names of columns that take at most `_MOST_NAME` lines: a longer one ends in dots."""
    names = []
    for name, column in zip(table.columns, columns, strict=True):
        room = (column - 2 * SIDE * scale) / (CELL * scale)
        head, rest = split(name, room, _MOST_NAME, bold=True)
        names.append(f"{head[:-1]}…" if rest else name)
    return replace(table, columns=tuple(names))


def _natural(table: Table, scale: float) -> list[float]:
    return [
        max(width(name, bold=True), *(width(row[at]) for row in table.rows), 1.0) * CELL * scale + 2 * SIDE * scale
        for at, name in enumerate(table.columns)
    ]


def _least(table: Table, scale: float) -> list[float]:
    """The narrowest columns that break no word or number, but a very long one."""
    found = []
    for at, (name, whole) in enumerate(zip(table.columns, _natural(table, scale), strict=True)):
        words = max(longest_token(name, bold=True), *(longest_token(row[at]) for row in table.rows), 1.0)
        words = min(words if table.numeric[at] else max(words, _LEAST_WORDS), 16.0)
        found.append(min(words * CELL * scale + 2 * SIDE * scale, whole))
    return found


def _row(cells: Sequence[str], columns: Sequence[float], scale: float, *, bold: bool) -> float:
    tallest = max(
        (
            len(lines(cell, (column - 2 * SIDE * scale) / (CELL * scale), bold=bold))
            for cell, column in zip(cells, columns, strict=True)
        ),
        default=1,
    )
    return (tallest * CELL * LEADING + 2 * PAD) * scale + _ROUNDED


def _tail(table: Table, room: float) -> float:
    """The note, and how many rows are left out."""
    said = table.footnote
    return len(lines(said, room / NOTE)) * LEADING * NOTE + 0.4 if said else 0.0
