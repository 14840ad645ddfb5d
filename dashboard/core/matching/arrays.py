"""From plain columns to record arrays sorted by id: what `People.build` and `Lines.build` share.

A table has one record a row. A row's lists lie in a pool beside the table: the record's fields `skill_from` and
`skill_to` say that its skills are `skills[skill_from:skill_to]`, and so on. Minutes, days and weeks are those of
`dashboard.core.spans`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dashboard.core import spans
from dashboard.core.geo import EARTH_M
from dashboard.core.spans import Spans

Array = NDArray[Any]
#: A record of a table: its fields are attributes.
Row = Any
#: (owner's id, start, end) rows as three columns.
SpanColumns = tuple[ArrayLike, ArrayLike, ArrayLike]
NO_SPANS: SpanColumns = ((), (), ())

#: A point: degrees, NaN when not placed, and metres from the centre of the mean sphere.
PLACE = [("lon", "f8"), ("lat", "f8"), ("x", "f8"), ("y", "f8"), ("z", "f8")]
#: A half-open span of minutes, with its place when something happens there.
SPAN = np.dtype([("start", "i4"), ("end", "i4"), *PLACE[2:]], align=True)


def lists(*names: str) -> list[tuple[str, str]]:
    """The record fields that point to lists in a pool."""
    return [(f"{name}_{side}", "i8") for name in names for side in ("from", "to")]


def sphere(lon: ArrayLike, lat: ArrayLike) -> tuple[Array, Array, Array]:
    """Points on the mean sphere as x, y, z in metres from its centre; NaN where a coordinate is missing.

    Between two of them, with chord c, lies the arc 2R asin(c / 2R): the great circle by square roots only, so numba,
    numpy and pandas agree to the last bit.
    """
    lons, lats = np.radians(np.asarray(lon, dtype=np.float64)), np.radians(np.asarray(lat, dtype=np.float64))
    if (np.abs(lons) > np.pi).any() or (np.abs(lats) > np.pi / 2).any():
        raise ValueError("a coordinate is not in degrees")
    return EARTH_M * np.cos(lats) * np.cos(lons), EARTH_M * np.cos(lats) * np.sin(lons), EARTH_M * np.sin(lats)


def rows_of(ids: Array, wanted: ArrayLike) -> Array:
    """Row of each wanted id in sorted `ids`. Raises ValueError naming the first id that is not there."""
    asked = np.asarray(wanted, dtype=np.int64).reshape(-1)
    rows = np.searchsorted(ids, asked)
    known = (ids[np.minimum(rows, len(ids) - 1)] == asked) if len(ids) else np.zeros(len(asked), dtype=bool)
    if not known.all():
        raise ValueError(f"unknown id {asked[~known][0]}")
    return rows


def records(dtype: Any, count: int, columns: Mapping[str, ArrayLike]) -> Any:
    """A record array from columns. Raises KeyError when a field has none."""
    table = np.zeros(count, dtype=dtype).view(np.recarray)
    for name in table.dtype.names or ():
        table[name] = columns[name]
    return table


def pool(count: int, parts: Mapping[str, tuple[Array, Any]]) -> tuple[Any, dict[str, Array]]:
    """One pool from several kinds of lists: {kind: (owner's row of each entry, entries)} in the order they shall keep.

    Returns the entries by owner, then kind, and the `<kind>_from` and `<kind>_to` columns of the owners' table.
    """
    owner = np.concatenate([rows for rows, _ in parts.values()])
    kind = np.repeat(np.arange(len(parts)), [len(rows) for rows, _ in parts.values()])
    key = owner.astype(np.int64) * len(parts) + kind
    order = np.argsort(key, kind="stable")
    bounds = np.searchsorted(key[order], np.arange(count * len(parts) + 1))
    entries = np.concatenate([entries for _, entries in parts.values()])[order].view(np.recarray)
    columns = {}
    for position, name in enumerate(parts):
        columns[f"{name}_from"] = bounds[position : -1 : len(parts)]
        columns[f"{name}_to"] = bounds[position + 1 :: len(parts)]
    return entries, columns


def span_entries(ids: Array, columns: SpanColumns) -> tuple[Array, Any]:
    """(owner's row, spans) of each owner's merged spans, without a place."""
    start, end = (np.asarray(column, dtype=np.int64) for column in columns[1:])
    merged = spans.merge(Spans(rows_of(ids, columns[0]), start, end))
    nowhere = dict.fromkeys("xyz", np.nan)
    return merged.owner, records(SPAN, len(merged.owner), {"start": merged.start, "end": merged.end, **nowhere})


def id_entries(ids: Array, pairs: Iterable[tuple[int, int]]) -> tuple[Array, Array]:
    """(line's row, person id) of (line id, person id) pairs, each once, sorted."""
    table = np.array(sorted(set(pairs)), dtype=np.int64).reshape(-1, 2)
    return rows_of(ids, table[:, 0]), table[:, 1]


class Columns:
    """Takes plain columns, checks them, and hands them out in the order of the ids."""

    def __init__(self, ids: ArrayLike) -> None:
        given = np.asarray(ids, dtype=np.int64).reshape(-1)
        self.order = np.argsort(given, kind="stable")
        self.ids = given[self.order]
        if (self.ids[1:] == self.ids[:-1]).any():
            raise ValueError("an id appears twice")

    def take(self, name: str, values: Any, dtype: Any, low: float | None = None, high: float | None = None) -> Array:
        """One column, or one value for all. Raises ValueError for a wrong length or a value out of bounds."""
        column = np.asarray(values)
        column = np.broadcast_to(column, self.ids.shape) if column.ndim == 0 else column
        if column.shape != self.ids.shape:
            raise ValueError(f"{name}: {len(column)} values for {len(self.ids)} rows")
        if low is not None and (column < low).any() or high is not None and (column > high).any():
            raise ValueError(f"{name}: outside {low} .. {high}")
        return np.ascontiguousarray(column[self.order].astype(dtype))

    def words(self, name: str, values: Sequence[str] | str, among: Sequence[str]) -> Array:
        """One column of words as their positions in `among`. Raises KeyError for another word."""
        code = {str(word): position for position, word in enumerate(among)}
        given = [values] * len(self.ids) if isinstance(values, str) else values
        return self.take(name, np.array([code[str(word)] for word in given], dtype=np.int8), np.int8)

    def place(self, lon: ArrayLike, lat: ArrayLike) -> dict[str, Array]:
        """The columns of PLACE from degrees (None or NaN: not placed; one without the other is not placed either)."""
        lons = self.take("lon", np.asarray(lon, dtype=np.float64), np.float64)
        lats = self.take("lat", np.asarray(lat, dtype=np.float64), np.float64)
        lost = np.isnan(lons) | np.isnan(lats)
        lons[lost], lats[lost] = np.nan, np.nan
        return dict(zip(("lon", "lat", "x", "y", "z"), (lons, lats, *sphere(lons, lats)), strict=True))
