"""Small counts of a whole deck hidden so that its tables, maps and figures don't give one another's back.

Every table is first looked at alone (`core.suppression`: its rows' and columns' totals taken as known). Then those that
share something (`core.count_links`) make one book of sums (`core.linear_suppression`): lines, groups that are the same,
columns that are sums or differences of others, the identities of figures. A total that stands somewhere on the deck is
as known as it is there. What can't be compared, or would take too long, is hidden.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from itertools import combinations

from dashboard.core.count_links import MOST_CELLS, Counts, Link, Place, Sum, links, sums_within
from dashboard.core.linear_suppression import MOST_TRIES, Book, Told
from dashboard.core.suppression import Mask, suppressed


def hidden_counts(
    tables: Sequence[Counts],
    limit: int,
    *,
    hidden: Collection[Place] = (),
    identities: Sequence[Sum] = (),
    differences: Sequence[Link] = (),
) -> tuple[Mask, ...]:
    """Which counts of each table to hide. `hidden`: some that are hidden already. `identities`: parts and their sum, of
    figures; `differences`: counts of tables that add up to others."""
    gone = {*hidden}
    for at, table in enumerate(tables):
        gone |= _alone(at, table, limit)
    large = {at for at, table in enumerate(tables) if table.size > MOST_CELLS}
    small = [table if at not in large else Counts((), (), ()) for at, table in enumerate(tables)]
    linked = [*links(small, limit), *differences]
    for at in large:
        if any(_shares(tables[at], table) for other, table in enumerate(tables) if other != at):
            gone |= _all(at, tables[at])
    for group in _groups(small, linked, identities):
        mine = [one for one in linked if one.one[0].table in group]
        gone |= _book(tables, group, mine, [one for one in identities if one[1].table in group], gone, limit)
    return tuple(
        tuple(
            tuple(Place(at, row, column) in gone for column in range(len(table.columns)))
            for row in range(len(table.labels))
        )
        for at, table in enumerate(tables)
    )


def _alone(at: int, table: Counts, limit: int) -> set[Place]:
    if not table.lines:
        return {
            Place(at, row, column)
            for row, values in enumerate(table.values)
            for column, value in enumerate(values)
            if 0 < value < limit
        }
    mask = suppressed(table.values, threshold=limit)
    return {Place(at, i, j) for i, row in enumerate(mask) for j, one in enumerate(row) if one}


def _all(at: int, table: Counts) -> set[Place]:
    return {Place(at, row, column) for row in range(len(table.labels)) for column in range(len(table.columns))}


def _shares(one: Counts, other: Counts) -> bool:
    """Has a table labels of another, or no labels at all?"""

    def labels(table: Counts) -> set[str]:
        return {label for row in table.labels for label in row} | {*table.columns}

    return not any(other.labels) or bool(labels(one) & labels(other))


def _groups(tables: Sequence[Counts], linked: Sequence[Link], identities: Sequence[Sum]) -> list[set[int]]:
    """The tables that are linked with one another, one by one or by others between."""
    name = list(range(len(tables)))

    def root(at: int) -> int:
        while name[at] != at:
            at = name[at]
        return at

    pairs = [(link.one[0].table, place.table) for link in linked for place in link.other]
    pairs += [(part.table, whole.table) for parts, whole in identities for part in parts]
    for one, other in pairs:
        name[root(one)] = root(other)
    found: dict[int, set[int]] = defaultdict(set)
    for one, other in pairs:
        found[root(one)] |= {one, other}
    return list(found.values())


class _Classes:
    """Counts that are one and the same have one number."""

    def __init__(self, places: Sequence[Place]) -> None:
        self._up = {place: place for place in places}

    def root(self, place: Place) -> Place:
        while (up := self._up[place]) != place:
            self._up[place] = place = self._up[up]
        return place

    def join(self, one: Place, other: Place) -> None:
        self._up[self.root(one)] = self.root(other)

    def numbers(self) -> dict[Place, int]:
        order: dict[Place, int] = {}
        return {place: order.setdefault(self.root(place), len(order)) for place in self._up}


def _book(
    tables: Sequence[Counts],
    group: Collection[int],
    linked: Sequence[Link],
    identities: Sequence[Sum],
    gone: Collection[Place],
    limit: int,
) -> set[Place]:
    """What is hidden of a group of linked tables."""
    places = [place for at in sorted(group) for place in sorted(_all(at, tables[at]))]
    if not any(place in gone for place in places):
        return set()
    classes = _Classes(places)
    for link in linked:
        if len(link.one) == len(link.other) == 1:
            classes.join(link.one[0], link.other[0])
    for at in group:
        for one, other in _twins(tables[at]):
            for row in range(len(tables[at].labels)):
                classes.join(Place(at, row, one), Place(at, row, other))
    number = classes.numbers()
    members: dict[int, list[Place]] = defaultdict(list)
    for place, at in number.items():
        members[at].append(place)

    def sum_of(parts: Sequence[Place], whole: Sequence[Place] = ()) -> dict[int, int]:
        found: dict[int, int] = defaultdict(int)
        for sign, some in ((1, parts), (-1, whole)):
            for place in some:
                found[number[place]] += sign
        return {at: times for at, times in found.items() if times}

    sums = [sum_of(link.one, link.other) for link in linked]
    sums += [sum_of(parts, (whole,)) for parts, whole in identities]
    own = [one for at in sorted(group) for one in sums_within(at, tables[at])]
    sums += [sum_of(parts, (whole,)) for parts, whole in own]
    stated = {
        frozenset(big)
        for link in linked
        for big, one in ((link.one, link.other), (link.other, link.one))
        if len(one) == 1
    }
    lines = [
        sum_of(line) for at in sorted(group) for line in _lines(at, tables[at], own) if frozenset(line) not in stated
    ]
    values = [tables[one[0].table].values[one[0].row][one[0].column] for one in members.values()]
    told = [_told(tables, some, limit) for some in members.values()]
    cells = [len(some) for some in members.values()]
    hidden = {number[place] for place in places if place in gone}
    # First with the totals that a reader may know from elsewhere, then by what the deck itself says: a count that
    # totals tell by themselves is not helped by hiding more.
    for known, last in ((sums + lines, False), (sums, True)):
        book = Book(values, hidden, list({frozenset(one.items()): one for one in known if one}.values()), told, cells)
        # What is hidden for others' sake may be reckoned as long as it tells none of them.
        book.safe[[at for at, value in enumerate(values) if not 0 < value < limit]] = True
        while (open_ := book.open_()) is not None:
            if book.tries > MOST_TRIES:
                return {*places}
            if not book.protect(open_):
                if last:
                    return {*places}
                book.safe[open_] = True
        hidden = {int(at) for at in book.hidden.nonzero()[0]}
    return {place for place in places if number[place] in hidden}


def _told(tables: Sequence[Counts], members: Sequence[Place], limit: int) -> Told:
    """What a reader knows of a count that is hidden, without reckoning."""
    groups = tuple({one.table for one in members})
    first = members[0]
    value = tables[first.table].values[first.row][first.column]
    if any(tables[one.table].told for one in members) and value:
        return Told(groups, 1, limit - 1) if value < limit else Told(groups, limit)
    return Told(groups)


def _twins(table: Counts) -> Iterator[tuple[int, int]]:
    """Columns of one table with the same numbers in all of several rows."""
    if len(table.labels) < 2 or not table.lines:
        return
    columns = list(zip(*table.values, strict=True))
    for one, other in combinations(range(len(columns)), 2):
        if columns[one] == columns[other] and any(columns[one]):
            yield one, other


def _lines(at: int, table: Counts, own: Sequence[Sum]) -> Iterator[tuple[Place, ...]]:
    """Rows and columns, whose totals are taken as known; where a count of the line is its total, that one tells."""
    rows, width = len(table.labels), len(table.columns)
    if not table.lines:
        return
    across = {whole.row for parts, whole in own if whole.table == at and parts[0].row == whole.row}
    down = {whole.column for parts, whole in own if whole.table == at and parts[0].column == whole.column}
    for row in range(rows):
        if (width > 1 or rows == 1) and row not in across:
            yield tuple(Place(at, row, column) for column in range(width))
    for column in range(width):
        if (rows > 1 or width == 1) and column not in down:
            yield tuple(Place(at, row, column) for row in range(rows))
