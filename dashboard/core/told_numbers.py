"""Numbers of a deck that tell counts of other tables: a change, where the other table has what it changed from; a
share, where the other has what it is of.

As with `core.count_links`, nothing says so but the numbers: it is so where it fits in every row that both have.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from dashboard.core.count_links import Groups, Link, Measure, Place

#: A number's rows by their labels.
Column = Mapping[frozenset[str], float]
#: Does a column fit one way of counting and, a row each, others?
Fits = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
#: In so many rows at least it must fit: in fewer it would by chance. Of more ways of counting not all are tried.
_LEAST, _MOST_MEASURES, _MOST_ROWS = 3, 80, 400


def differences(columns: Mapping[tuple[Place, ...], Column], measures: Sequence[Measure]) -> list[Link]:
    """Counts that are one count less another, not all of one table. `columns`: of each column of counts the places in
    the order of its rows."""
    found = []
    for places, column in columns.items():
        place_of = dict(zip(column, places, strict=True))
        table = places[0].table if places else -1
        for keys, one, other in _pairs(column, measures, _is_difference):
            if one.table == other.table == table:
                continue
            own = {groups[key][0] for groups in (one.groups, other.groups) for key in keys}
            if own & {(place_of[key],) for key in keys}:
                continue
            found += [Link(one.groups[key][0], (*other.groups[key][0], place_of[key])) for key in keys]
    return found


def tellers(column: Column, measures: Sequence[Measure], decimals: int) -> dict[frozenset[str], set[Place]]:
    """The counts that a number (a change, a share written with so many decimals) would tell, by the labels of its
    row."""
    found: dict[frozenset[str], set[Place]] = {key: set() for key in column}
    for fits in (_is_difference, *(_is_share(per, decimals) for per in (1, 100, 1000))):
        for keys, one, other in _pairs(column, measures, fits):
            for key in keys:
                found[key] |= {*one.groups[key][0], *other.groups[key][0]}
    return found


def _pairs(
    column: Column, measures: Sequence[Measure], fits: Fits
) -> Iterator[tuple[list[frozenset[str]], Measure, Measure]]:
    """The ways of counting that give a column together, and the rows in which they do."""
    keys = list(column)
    if not _LEAST <= len(keys) <= _MOST_ROWS:
        return
    some = [one for one in measures if not one.part and sum(key in one.groups for key in keys) >= _LEAST][
        :_MOST_MEASURES
    ]
    if len(some) < 2:
        return
    table = np.asarray([[_sum(one.groups, key) for key in keys] for one in some])
    wanted = np.asarray([column[key] for key in keys])
    known = ~np.isnan(table)
    for at, one in enumerate(some):
        both = known[at] & known & ~np.isnan(wanted)
        right = fits(wanted, table[at], np.nan_to_num(table))
        for other in np.nonzero((right | ~both).all(axis=1) & (both.sum(axis=1) >= _LEAST))[0]:
            here = both[other]
            enough = all((row[here] != 0).sum() >= 2 for row in (wanted, table[at], table[other]))
            if other != at and enough:
                yield [key for key, is_here in zip(keys, here, strict=True) if is_here], one, some[other]


def _sum(groups: Groups, key: frozenset[str]) -> float:
    return float(groups[key][1]) if key in groups else np.nan


def _is_difference(wanted: "np.ndarray", one: "np.ndarray", others: "np.ndarray") -> "np.ndarray":
    return np.asarray(wanted == one - others)


def _is_share(per: int, decimals: int) -> Fits:
    """Is it one count over another, or what is missing from it to the whole?"""

    def fits(wanted: "np.ndarray", one: "np.ndarray", others: "np.ndarray") -> "np.ndarray":
        share = per * one / np.where(others == 0, np.nan, others)
        near = 0.5 * 10.0**-decimals + 1e-9
        return np.asarray((np.abs(wanted - share) <= near) | (np.abs(wanted - (per - share)) <= near) | (others == 0))

    return fits
