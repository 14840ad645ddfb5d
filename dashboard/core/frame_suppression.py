"""A deck's tables and figures with their small counts hidden, and whatever would give them back.

Columns of whole numbers are counts unless they are ids of a view or all their values could be years. Each table's
counts are hidden for one who knows every row's and every column's total, all of the deck's together so that none gives
back another's (`core.deck_suppression`). A column that is one count less another is no count of its own: it is hidden
where either is, and nowhere else. Where a row hides a count, its other numbers (shares, means, what may be below zero)
are hidden too: a share of a known total gives the count back.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from dashboard.core.count_links import Counts, Measure, Place, Sum, key_of, measures_of
from dashboard.core.deck_suppression import hidden_counts
from dashboard.core.figure_suppression import COUNTS, hidden_figures
from dashboard.core.figures import BY_KEY, IDENTITIES, Unit, Value
from dashboard.core.frames import Frame, Scalar
from dashboard.core.query_views import VIEWS
from dashboard.core.suppression import THRESHOLD
from dashboard.core.told_numbers import Column, differences, tellers

#: A number under one of these names tells rows apart and counts nothing.
IDS = frozenset(column.name for view in VIEWS.values() for column in view.columns if column.kind == "id")
#: Stands in a frame for a count that is not shown.
HIDDEN = "\u2039hidden\u203a"


@dataclass(frozen=True)
class Shown:
    """A table that a deck shows. said: words that stand in its query's text; a row of them alone speaks of the whole
    county. months: a row a town and a column a month, and each month's sum beside it."""

    frame: Frame
    said: frozenset[str] = frozenset()
    months: bool = False


@dataclass(frozen=True)
class Figures:
    """Figures that a deck shows together, by their keys; of one month where it is named ("2026-11")."""

    values: Mapping[str, Value]
    month: str = ""


@dataclass(frozen=True)
class Seen:
    """What may be seen of a deck: its tables; the figures of each set that must not be; of a table of months those
    whose sum must not be, by their columns."""

    frames: Mapping[str, Frame] = field(default_factory=dict)
    figures: tuple[frozenset[str], ...] = ()
    sums: Mapping[str, frozenset[int]] = field(default_factory=dict)


def hide_deck(tables: Mapping[str, Shown], figures: Sequence[Figures] = (), hidden_below: int = THRESHOLD) -> Seen:
    """What of these tables and sets of figures may be seen on one deck."""
    read = {name: _Read.of(one.frame) for name, one in tables.items()}
    counts = [_counts(tables[name], one) for name, one in read.items()]
    played = [name for name, one in tables.items() if one.months and read[name].counts]
    sums = [_sums(tables[name].frame, read[name]) for name in played]
    ways = [way for at, one in enumerate([*counts, *sums]) for way in measures_of(at, one)]
    changes = differences({**_columns(counts)}, ways)
    gone = [hidden_figures(one.values) for one in figures]
    while True:
        listed = [_listed(one.values, hidden) for one, hidden in zip(figures, gone, strict=True)]
        first = len(counts) + len(sums)
        told = [_figures(one, some) for one, some in zip(figures, listed, strict=True)]
        places = [
            Place(first + at, 0, column)
            for at, one in enumerate(listed)
            for column, (key, _) in enumerate(one)
            if key in gone[at]
        ]
        identities = [one for at, some in enumerate(listed) for one in _identities(first + at, some)]
        masks = hidden_counts(
            [*counts, *sums, *told], hidden_below, hidden=places, identities=identities, differences=changes
        )
        more = []
        for at, one in enumerate(figures):
            found = {key for (key, _), hid in zip(listed[at], masks[first + at][0], strict=True) if hid}
            more.append(hidden_figures(one.values, found | gone[at]))
        if more == gone:
            break
        gone = more
    lost = {
        Place(at, i, j)
        for at, mask in enumerate(masks)
        for i, row in enumerate(mask)
        for j, hid in enumerate(row)
        if hid
    }
    frames = {
        name: one.without(at, lost, _tellers(tables[name], one, ways) if lost and len(tables) > 1 else {})
        for at, (name, one) in enumerate(read.items())
    }
    hidden_sums = {
        name: frozenset(at for at, hid in zip(read[name].counts, masks[len(counts) + number][0], strict=True) if hid)
        for number, name in enumerate(played)
    }
    return Seen(frames, tuple(gone), hidden_sums)


@dataclass(frozen=True)
class _Read:
    """A table as it is taken: which columns are numbers, which of them counts, which count unless they are shares that
    happen to be whole (12.0), and which say the difference of two."""

    frame: Frame
    numbers: tuple[int, ...]
    counts: tuple[int, ...]
    decimals: frozenset[int]
    pairs: Mapping[int, tuple[int, int]]

    @classmethod
    def of(cls, frame: Frame) -> "_Read":
        frame, decimals = _whole(frame)
        columns = [[row[at] for row in frame.rows] for at in range(len(frame.columns))]
        numbers = [at for at, name in enumerate(frame.columns) if name not in IDS and _is_number(columns[at])]
        counts = [at for at in numbers if _is_count(columns[at])]
        pairs = {at: pair for at in numbers if (pair := _difference(frame, at, [one for one in counts if one < at]))}
        return cls(frame, tuple(numbers), tuple(at for at in counts if at not in pairs), decimals, pairs)

    def without(self, table: int, lost: Collection[Place], told: Mapping[tuple[int, int], Collection[Place]]) -> Frame:
        """The frame without these counts, and without what stands beside them. `told`: by row and column, the counts of
        any table that a number would tell."""
        if not lost:
            return self.frame
        rows = []
        for number, row in enumerate(self.frame.rows):
            gone = {at for place, at in enumerate(self.counts) if Place(table, number, place) in lost}
            shares = [at for at in self.numbers if at not in self.counts or at in self.decimals]
            others = [at for at in shares if isinstance(row[at], int | float)]
            if gone:
                gone |= {at for at in others if at not in self.pairs or gone & {*self.pairs[at]}}
            gone |= {at for at in self.numbers if any(place in lost for place in told.get((number, at), ()))}
            rows.append(tuple(HIDDEN if at in gone else value for at, value in enumerate(row)))
        return Frame(self.frame.columns, tuple(rows), self.frame.cut)


def _columns(counts: Sequence[Counts]) -> Mapping[tuple[Place, ...], Column]:
    """Every column of counts, its rows by their labels, of tables whose labels tell rows apart."""
    found = {}
    for table, one in enumerate(counts):
        keys = [key_of(labels) for labels in one.labels]
        if len(set(keys)) == len(keys) and not one.months:
            for at in range(len(one.columns)):
                places = tuple(Place(table, row, at) for row in range(len(keys)))
                found[places] = dict(zip(keys, (float(row[at]) for row in one.values), strict=True))
    return found


def _tellers(shown: Shown, read: "_Read", ways: Sequence[Measure]) -> dict[tuple[int, int], set[Place]]:
    """By row and column of its frame, the counts of any table that a number which is no count would tell."""
    frame, found = shown.frame, {}
    keys = [key_of(labels) for labels in _labels(shown, read)]
    if len(set(keys)) < len(keys):
        return {}
    for at in set(read.numbers) - (set(read.counts) - read.decimals):
        values = [row[at] for row in frame.rows]
        column = {key: float("nan") if value is None else float(value) for key, value in zip(keys, values, strict=True)}
        decimals = max(len(f"{value!r}".partition(".")[2]) if isinstance(value, float) else 0 for value in values)
        told = tellers(column, ways, decimals)
        found.update({(row, at): told[key] for row, key in enumerate(keys)})
    return found


def _counts(shown: Shown, read: _Read) -> Counts:
    frame = shown.frame
    if not read.counts:
        return Counts((), (), ())
    return Counts(
        labels=_labels(shown, read),
        columns=tuple(frame.columns[at] for at in read.counts),
        values=tuple(tuple(int(row[at] or 0) for at in read.counts) for row in frame.rows),
        said=shown.said,
        months=shown.months,
    )


def _labels(shown: Shown, read: _Read) -> tuple[tuple[str, ...], ...]:
    """What tells a table's rows: whatever is no number. Of months by town the name alone, not the code."""
    frame = shown.frame
    labels = [at for at in range(len(frame.columns)) if at not in read.numbers]
    labels = labels[1:2] if shown.months else labels
    return tuple(tuple(_label(frame.columns[at], row[at]) for at in labels) for row in frame.rows)


def _label(column: str, value: Scalar) -> str:
    return f"{column}={value}" if column in IDS else "" if value is None else str(value)


def _sums(frame: Frame, read: _Read) -> Counts:
    """The whole county's number of each month, which stands beside the map."""
    sums = tuple(sum(int(row[at] or 0) for row in frame.rows) for at in read.counts)
    return Counts(((),), tuple(frame.columns[at] for at in read.counts), (sums,), lines=False, told=True, months=True)


def _listed(values: Mapping[str, Value], hidden: Collection[str]) -> list[tuple[str, int]]:
    """The counts that figures tell: themselves, of a rate its base and the part of it. A rate that is hidden tells
    none, and its base is no secret."""
    found = []
    for key, value in values.items():
        figure = BY_KEY[key]
        if figure.over is None:
            if value.unit in COUNTS and value.value is not None:
                found.append((key, round(value.value)))
        elif value.value is not None and key not in hidden and BY_KEY[figure.over[0]].unit in COUNTS:
            part = round(value.value * value.n / figure.per)
            found += [(key, value.n), (key, part)]
            if value.unit is Unit.SHARE:
                found.append((key, value.n - part))
    return found


def _figures(shown: Figures, listed: Sequence[tuple[str, int]]) -> Counts:
    labels = (shown.month,) if shown.month else ()
    values = tuple(value for _, value in listed)
    return Counts((labels,), tuple(key for key, _ in listed), (values,), lines=False, said=frozenset(labels), told=True)


def _identities(table: int, listed: Sequence[tuple[str, int]]) -> list[Sum]:
    at = {key: Place(table, 0, column) for column, (key, _) in enumerate(listed) if not BY_KEY[key].is_rate}
    return [
        (tuple(at[part] for part in parts), at[whole]) for whole, parts in IDENTITIES if {whole, *parts} <= at.keys()
    ]


def _difference(frame: Frame, at: int, counts: Sequence[int]) -> tuple[int, int] | None:
    """The two counts, left of it, of which a column says the difference in every row."""
    whole = all(isinstance(row[one], int) for row in frame.rows for one in (at, *counts))
    if not whole or not any(row[at] for row in frame.rows):
        return None
    for one in counts:
        for other in counts:
            if one != other and all(row[at] == row[one] - row[other] for row in frame.rows):  # type: ignore[operator]
                return one, other
    return None


def _whole(frame: Frame) -> tuple[Frame, frozenset[int]]:
    """Columns of decimals that are all whole as whole numbers, and which: `count(*) * 1.0` counts too."""
    columns = [[row[at] for row in frame.rows] for at in range(len(frame.columns))]
    found = frozenset(at for at, values in enumerate(columns) if _all_whole(values))
    if not found:
        return frame, found
    rows = (
        tuple(int(value) if at in found and value is not None else value for at, value in enumerate(row))
        for row in frame.rows
    )
    return Frame(frame.columns, tuple(rows), frame.cut), found


def _all_whole(values: Sequence[Scalar]) -> bool:
    told = [value for value in values if value is not None]
    return bool(told) and all(isinstance(value, float) and value.is_integer() for value in told)


def _is_number(values: Sequence[Scalar]) -> bool:
    """Numbers that are no years."""
    numbers = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    whole = all(value is None or isinstance(value, int) for value in values)
    return bool(numbers) and not (whole and all(1900 <= value <= 2200 for value in numbers))


def _is_count(values: Sequence[Scalar]) -> bool:
    numbers = [value for value in values if isinstance(value, int) and not isinstance(value, bool)]
    if not numbers or any(value is not None and not isinstance(value, int) for value in values):
        return False
    return min(numbers) >= 0 and not all(1900 <= value <= 2200 for value in numbers)
