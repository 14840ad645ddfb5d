"""A figure per grid becomes classes and rows: one set of numbers for the map's colours, its legend and its table.

Whatever is counted is counted once: the rows and what lies outside every grid add up to the figure's total.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class MapFigure(StrEnum):
    """What the grids can be coloured by."""

    OPEN_NEEDS = "open_needs"
    OVERDUE = "overdue"
    VOLUNTEERS = "volunteers"
    CONTACTS = "contacts"
    COVERAGE = "coverage"


class Gap(StrEnum):
    """Why a grid is not covered, from least to most pressing. A grid with several is coloured by the last of them."""

    NO_CONTACT = "no_contact"
    NOT_ON_MENU = "not_on_menu"
    OVERDUE = "overdue"
    NO_HELPER = "no_helper"


@dataclass(frozen=True)
class GridRow:
    """A grid and its value. For coverage the value is 1 with a gap and 0 without, `gaps` says which."""

    grid_id: int
    code: str
    name: str
    town: str
    village: str
    value: int
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True)
class ValueClass:
    """Grids with values from `low` to `high`, both included: how many, and what their values add up to.

    For coverage `gap` is what they lack (None: nothing) and the values are 0 or 1.
    """

    low: int
    high: int
    grids: int
    total: int
    gap: Gap | None = None


@dataclass(frozen=True)
class Shading:
    """A coloured map in numbers. `class_of[i]` is the class of `rows[i]`; rows come in ascending order of grid id.

    `outside` is what the figure counts beyond these rows: things without a place, or in no grid of today.
    """

    figure: MapFigure
    rows: tuple[GridRow, ...]
    class_of: tuple[int, ...]
    classes: tuple[ValueClass, ...]
    outside: int

    @property
    def total(self) -> int:
        """The figure itself: equal to counting everything without looking at grids."""
        return sum(found.total for found in self.classes) + self.outside


#: Classes beside the one for zero.
CLASSES = 5


def class_limits(values: Iterable[int], most: int = CLASSES) -> list[tuple[int, int]]:
    """Classes of whole numbers >= 0 as (low, high), both included: zero by itself, then at most `most` of equal crowd.

    Every value lies in exactly one class and no class is empty, but zero's, which is always there.
    """
    above = sorted(value for value in values if value > 0)
    distinct = sorted(set(above))
    if len(distinct) <= most:
        return [(0, 0), *((value, value) for value in distinct)]
    highs = sorted({above[len(above) * number // most - 1] for number in range(1, most + 1)})
    limits, low = [(0, 0)], 1
    for high in highs:
        limits.append((low, high))
        low = high + 1
    return limits


def shade(figure: MapFigure, rows: Iterable[GridRow], outside: int = 0) -> Shading:
    """Classes for a counted figure."""
    ordered = tuple(sorted(rows, key=lambda row: row.grid_id))
    limits = class_limits(row.value for row in ordered)
    class_of = tuple(_class_of(row.value, limits) for row in ordered)
    classes = tuple(_summed(ordered, class_of, number, low, high) for number, (low, high) in enumerate(limits))
    return Shading(figure, ordered, class_of, classes, outside)


def shade_gaps(rows: Iterable[GridRow]) -> Shading:
    """Classes for the coverage gap: covered, then one class a gap; a grid's most pressing gap decides."""
    ordered = tuple(sorted(rows, key=lambda row: row.grid_id))
    kinds: tuple[Gap | None, ...] = (None, *Gap)
    class_of = tuple(max((kinds.index(gap) for gap in row.gaps), default=0) for row in ordered)
    classes = tuple(
        _summed(ordered, class_of, number, min(number, 1), min(number, 1), gap) for number, gap in enumerate(kinds)
    )
    return Shading(MapFigure.COVERAGE, ordered, class_of, classes, 0)


def differences(ids: Sequence[int]) -> list[int]:
    """Ascending ids as steps from one to the next: a third of the characters on their way to the browser."""
    return [number - before for before, number in zip([0, *ids], ids, strict=False)]


def _class_of(value: int, limits: Sequence[tuple[int, int]]) -> int:
    return next(number for number, (_, high) in enumerate(limits) if value <= high)


def _summed(
    rows: Sequence[GridRow], class_of: Sequence[int], number: int, low: int, high: int, gap: Gap | None = None
) -> ValueClass:
    values = [row.value for row, found in zip(rows, class_of, strict=True) if found == number]
    return ValueClass(low, high, len(values), sum(values), gap)
