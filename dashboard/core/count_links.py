"""Which counts of a deck's tables speak of the same, as far as labels and numbers tell.

A count has labels: those of its row, and its column's name. Counts of one table that share some labels add up to a
group; groups of two tables with the same labels and the same sums are taken for the same thing. Nothing says what a
column of a query counts, so this asks for less than a proof: a reader would guess it too, and when in doubt it is so.
What is linked in vain costs a few stars; its numbers are equal, so it tells nobody anything untrue.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

import numpy as np

#: A table with more cells is compared with no other (`core.deck_suppression` then hides it).
MOST_CELLS = 6_000
_MOST_DIMENSIONS = 4
#: In a wider table no column is looked at as the sum of two others.
_WIDE = 12
#: A table with more labels is not looked at under each of them.
_MOST_PARTS = 60
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_MONTH = re.compile(r"(\d{4})-(\d{2})(-\d{2})?")


@dataclass(frozen=True)
class Counts:
    """The counts of one table: rows with as many labels each, columns, and whole numbers from zero on.

    lines: the reader is taken to know every row's and column's total. said: labels that stand in the query's own words;
    a row of them alone speaks of the whole county. told: of a hidden count it is said whether it is below the limit.
    months: the columns are months, named by a day."""

    labels: tuple[tuple[str, ...], ...]
    columns: tuple[str, ...]
    values: tuple[tuple[int, ...], ...]
    lines: bool = True
    said: frozenset[str] = frozenset()
    told: bool = False
    months: bool = False

    @property
    def size(self) -> int:
        return len(self.labels) * len(self.columns)

    def whole(self, row: int) -> bool:
        """Does this row speak of the whole county?"""
        return all(label in self.said for label in self.labels[row])


class Place(NamedTuple):
    """Where a count stands."""

    table: int
    row: int
    column: int


#: What a count's row and column say; a month also says its year.
Labels = tuple[str | tuple[str, ...], ...]
#: Groups of one table by their labels: the places and their sum.
Groups = dict[frozenset[str], tuple[tuple[Place, ...], int]]


@dataclass(frozen=True)
class Measure:
    """A way in which a table counts something: one of its columns (`month`: one of a map by month), or all of them
    together; `part`: of those under one label that isn't among the groups' labels."""

    table: int
    name: str
    groups: Groups
    month: bool = False
    part: bool = False


#: Counts, and the one that is their sum.
Sum = tuple[tuple[Place, ...], Place]


@dataclass(frozen=True)
class Link:
    """Two groups of counts with one sum."""

    one: tuple[Place, ...]
    other: tuple[Place, ...]


def links(tables: Sequence[Counts], limit: int) -> list[Link]:
    """The groups of different tables that are taken for the same. `limit`: counts below it are hidden anyway, so that
    nobody sees them to be equal."""
    measures = [one for at, table in enumerate(tables) for one in measures_of(at, table)]
    where: dict[frozenset[str], list[int]] = defaultdict(list)
    for number, measure in enumerate(measures):
        for key in measure.groups:
            where[key].append(number)
    shared: dict[tuple[int, int], list[frozenset[str]]] = defaultdict(list)
    for key, numbers in where.items():
        for one, other in combinations(numbers, 2):
            if _compared(measures[one], measures[other], key):
                shared[one, other].append(key)
    found: dict[frozenset[tuple[Place, ...]], Link] = {}
    for (one, other), keys in shared.items():
        # Towns may be the same where their sums are not: one table may leave some out. So may months, and not the year.
        for shape in sorted({_shape(key) for key in keys}):
            for key in _same(measures[one], measures[other], [key for key in keys if _shape(key) == shape], limit):
                pair = measures[one].groups[key][0], measures[other].groups[key][0]
                found.setdefault(frozenset(pair), Link(*pair))
    return list(found.values())


def _shape(key: frozenset[str]) -> tuple[int, ...]:
    """How many labels, and how many of them are years, months, days."""
    return len(key), *(sum(len(label) == long and bool(_DATE.fullmatch(label)) for label in key) for long in (4, 7, 10))


def _compared(one: Measure, other: Measure, key: frozenset[str]) -> bool:
    """Whole tables that only add up to the same do so by chance, and their totals are known anyway: such a sum is
    compared with one number, or with a column of its own name. Two maps by month are compared month by month."""
    if one.table == other.table or (one.month and other.month) or (one.part and other.part):
        return False
    if (one.part or other.part) and not key:
        # One number and a whole table of just this.
        alone, rest = (one, other) if one.part else (other, one)
        return len(alone.groups[key][0]) == 1 < len(rest.groups[key][0])
    return bool(key) or 1 in (len(one.groups[key][0]), len(other.groups[key][0])) or one.name == other.name != ""


def _same(one: Measure, other: Measure, keys: Sequence[frozenset[str]], limit: int) -> list[frozenset[str]]:
    """The labels under which two ways of counting count the same."""
    pairs = {key: (one.groups[key][1], other.groups[key][1]) for key in keys}
    some = [key for key, (a, b) in pairs.items() if a or b]
    equal = [key for key in some if pairs[key][0] == pairs[key][1]]
    seen = [key for key in equal if pairs[key][0] >= limit]
    if one.part or other.part:
        enough = len(equal) == len(some) and (len(seen) > 1 or (seen and not keys[0]))
        return [key for key in keys if key or pairs[key][0] >= limit] if enough else []
    if len(equal) == len(some) and (seen or (equal and one.name == other.name != "") or len(equal) > 1):
        return [key for key in keys if key or pairs[key][0] >= limit]
    if one.name == other.name != "":
        return equal
    return equal if len(seen) >= 2 and 2 * len(equal) >= len(some) else []


def measures_of(number: int, table: Counts) -> Iterator[Measure]:
    """Each column, all of them together, and each count that speaks of the whole county by itself; of columns and of
    all together also the part under one label alone, for a table that is of that part without saying so."""
    if not table.size:
        return
    names = [_month_labels(name) if table.months else (name.strip().casefold(),) for name in table.columns]
    plain = ["" if table.months else name for (name, *_) in names]
    sums = sums_within(number, table)
    total_rows = {whole.row for parts, whole in sums if parts[0].row != whole.row}
    total_columns = {whole.column for parts, whole in sums if parts[0].row == whole.row}
    # With the totals among them and without: by the numbers alone a row may look like one and be none.
    for rows in _with_and_without(len(table.labels), total_rows):
        if not (table.labels[0] or table.lines):
            continue
        for at, name in enumerate(plain):
            yield from _parts(
                table, name, [(Place(number, row, at), table.labels[row]) for row in rows], month=table.months
            )
        for wide in _with_and_without(len(names), total_columns):
            if len(wide) > 1 and table.lines:
                yield from _parts(
                    table,
                    "",
                    [(Place(number, row, at), (*table.labels[row], names[at])) for row in rows for at in wide],
                )
    if table.months and not table.lines:
        yield from _parts(table, "", [(Place(number, 0, at), (names[at],)) for at in range(len(names))])
    for row in range(len(table.labels)):
        if row in total_rows or (table.whole(row) and not table.months):
            for at, name in enumerate(plain):
                place = Place(number, row, at)
                yield Measure(number, "" if table.lines else name, {frozenset(): ((place,), table.values[row][at])})


def _with_and_without(many: int, some: Collection[int]) -> list[list[int]]:
    every = list(range(many))
    return [every, [one for one in every if one not in some]] if some else [every]


def _parts(
    table: Counts, name: str, places: Sequence[tuple[Place, Labels]], *, month: bool = False
) -> Iterator[Measure]:
    """A way of counting, and what it counts under each label of its own."""
    number = places[0][0].table
    groups = _groups(table, places)
    if month:
        # The whole month is found by its name.
        groups = {key: group for key, group in groups.items() if key}
    yield Measure(number, name, groups, month)
    if month or not table.lines:
        return
    labels = {label for key in groups for label in key}
    if len(labels) <= _MOST_PARTS:
        for label in sorted(labels):
            part = {key - {label}: group for key, group in groups.items() if label in key}
            yield Measure(number, name, part, part=True)


def key_of(labels: Sequence[str]) -> frozenset[str]:
    """A row's labels, as groups have them."""
    return frozenset(_of(label)[0] for label in labels)


def _month_labels(name: str) -> tuple[str, ...]:
    """A month and its year, from the day that a column is named by."""
    found = _MONTH.fullmatch(name)
    return (f"{found[1]}-{found[2]}", found[1]) if found else (name,)


def _groups(table: Counts, places: Sequence[tuple[Place, Labels]]) -> Groups:
    """The sums under every choice of labels: of one dimension, of two, ... of all, of none."""
    spread = [(place, [_of(label) for label in labels]) for place, labels in places]
    depth = len(spread[0][1])
    plain = [[one[at] for _, one in spread] for at in range(depth)]
    order = sorted(range(depth), key=lambda at: len(set(plain[at])))[:_MOST_DIMENSIONS]
    gathered: dict[frozenset[str], dict[Place, None]] = defaultdict(dict)
    for many in range(len(order) + 1):
        for chosen in combinations(order, many):
            groups: dict[frozenset[str], dict[Place, None]] = defaultdict(dict)
            for place, labels in spread:
                for key in _keys([labels[at] for at in chosen]):
                    groups[key][place] = None
            for key, members in groups.items():
                gathered[key] |= members
    return {
        key: (tuple(members), sum(table.values[one.row][one.column] for one in members))
        for key, members in gathered.items()
    }


def _keys(labels: Sequence[Sequence[str]]) -> Iterator[frozenset[str]]:
    """One label of each dimension."""
    if not labels:
        yield frozenset()
        return
    for rest in _keys(labels[1:]):
        for one in labels[0]:
            yield rest | {one}


def _of(label: str | tuple[str, ...]) -> tuple[str, ...]:
    """A label, and what it lies in: a day in its month and year."""
    if isinstance(label, tuple):
        return label
    plain = label.strip().casefold()
    found = _MONTH.fullmatch(plain)
    if not found:
        return (plain,)
    return tuple(dict.fromkeys((plain, f"{found[1]}-{found[2]}", found[1])))


def sums_within(at: int, table: Counts) -> list[Sum]:
    """Within one table: a column that is the sum of two or of all others, a row that is the sum of the others."""
    if not table.lines or len(table.labels) < 2:
        return []
    found: list[Sum] = []
    values = np.asarray(table.values, dtype=np.int64)
    rows, width = values.shape
    for whole in range(width):
        others = [one for one in range(width) if one != whole]
        pairs = [pair for pair in combinations(others, 2) if width <= _WIDE]
        for parts in dict.fromkeys([*pairs, tuple(others)]):
            fits = len(parts) > 1 and (values[:, parts].sum(axis=1) == values[:, whole]).all()
            if fits and all((values[:, part] > 0).sum() > 1 for part in parts):
                for row in range(rows):
                    found.append((tuple(Place(at, row, part) for part in parts), Place(at, row, whole)))
    for row in range(rows) if rows > 2 else ():
        if values[row].any() and (2 * values[row] == values.sum(axis=0)).all():
            for column in range(width):
                others_ = tuple(Place(at, one, column) for one in range(rows) if one != row)
                found.append((others_, Place(at, row, column)))
    return found
