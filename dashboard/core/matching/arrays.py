"""From plain columns to arrays sorted by id: what `People.build` and `Lines.build` share.

Lists of varying length are packed as CSR: the entries of row r are `values[ptr[r]:ptr[r + 1]]`. Minutes, days and
weeks are those of `dashboard.core.spans`.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dashboard.core import spans
from dashboard.core.geo import EARTH_M
from dashboard.core.spans import Spans

Array = NDArray[Any]
#: (owner's id, start, end) rows as three columns.
SpanColumns = tuple[ArrayLike, ArrayLike, ArrayLike]
NO_SPANS: SpanColumns = ((), (), ())


def sphere(lon: ArrayLike, lat: ArrayLike) -> Array:
    """Points on the mean sphere as float64[3, n] metres from its centre; NaN where a coordinate is missing.

    Between two of them, with chord c, lies the arc 2 R asin(c / 2R): the great circle by square roots only, so numba,
    numpy and pandas agree to the last bit.
    """
    lons, lats = np.radians(np.asarray(lon, dtype=np.float64)), np.radians(np.asarray(lat, dtype=np.float64))
    if (np.abs(lons) > np.pi).any() or (np.abs(lats) > np.pi / 2).any():
        raise ValueError("a coordinate is not in degrees")
    axes = np.cos(lats) * np.cos(lons), np.cos(lats) * np.sin(lons), np.sin(lats)
    return np.ascontiguousarray(EARTH_M * np.stack(axes))


def rows_of(ids: Array, wanted: ArrayLike) -> Array:
    """Row of each wanted id in sorted `ids`. Raises ValueError naming the first id that is not there."""
    asked = np.asarray(wanted, dtype=np.int64).reshape(-1)
    rows = np.searchsorted(ids, asked)
    known = (ids[np.minimum(rows, len(ids) - 1)] == asked) if len(ids) else np.zeros(len(asked), dtype=bool)
    if not known.all():
        raise ValueError(f"unknown id {asked[~known][0]}")
    return rows


def packed(name: str, rows: Array, count: int, **columns: Array) -> dict[str, Array]:
    """CSR of entries given by row, sorted by row, then by the columns: {name_ptr: int64[count + 1], column: ...}."""
    order = np.lexsort((*reversed(columns.values()), rows))
    ptr = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(rows, minlength=count), out=ptr[1:])
    return {f"{name}_ptr": ptr} | {key: np.ascontiguousarray(column[order]) for key, column in columns.items()}


def packed_spans(name: str, ids: Array, columns: SpanColumns) -> dict[str, Array]:
    """CSR of each owner's spans, merged: {name_ptr, name_start, name_end} with int32 minutes."""
    start, end = (np.asarray(column, dtype=np.int64) for column in columns[1:])
    merged = spans.merge(Spans(rows_of(ids, columns[0]), start, end))
    minutes = {f"{name}_start": merged.start.astype(np.int32), f"{name}_end": merged.end.astype(np.int32)}
    return packed(name, merged.owner, len(ids), **minutes)


def packed_ids(name: str, ids: Array, pairs: Iterable[tuple[int, int]]) -> dict[str, Array]:
    """CSR of (line id, person id) pairs: the person ids of each line, sorted, each once."""
    table = np.array(sorted(set(pairs)), dtype=np.int64).reshape(-1, 2)
    return packed(name, rows_of(ids, table[:, 0]), len(ids), **{name: table[:, 1]})


class Columns:
    """Takes plain columns, checks them, and hands them out in the order of the ids."""

    def __init__(self, ids: ArrayLike) -> None:
        given = np.asarray(ids, dtype=np.int64).reshape(-1)
        self.order = np.argsort(given, kind="stable")
        self.ids = given[self.order]
        if (self.ids[1:] == self.ids[:-1]).any():
            raise ValueError("an id appears twice")

    def take(self, name: str, values: Any, dtype: Any, low: float | None = None, high: float | None = None) -> Array:
        """One column, or one value for all."""
        column = np.asarray(values)
        column = np.broadcast_to(column, self.ids.shape) if column.ndim == 0 else column
        if column.shape != self.ids.shape:
            raise ValueError(f"{name}: {len(column)} values for {len(self.ids)} rows")
        if low is not None and (column < low).any() or high is not None and (column > high).any():
            raise ValueError(f"{name}: outside {low} .. {high}")
        return np.ascontiguousarray(column[self.order].astype(dtype))

    def words(self, name: str, values: Sequence[str] | str, among: Sequence[str]) -> Array:
        """One column of words as their positions in `among`."""
        code = {str(word): position for position, word in enumerate(among)}
        given = [values] * len(self.ids) if isinstance(values, str) else values
        return self.take(name, np.array([code[str(word)] for word in given], dtype=np.int8), np.int8)

    def places(self, lon: ArrayLike, lat: ArrayLike) -> dict[str, Array]:
        """Longitudes, latitudes (None or NaN: not placed) and the same as metres on the sphere: {lon, lat, place}."""
        lons = self.take("lon", np.asarray(lon, dtype=np.float64), np.float64)
        lats = self.take("lat", np.asarray(lat, dtype=np.float64), np.float64)
        return {"lon": lons, "lat": lats, "place": sphere(lons, lats)}
