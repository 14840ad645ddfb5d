"""The place of a row: two columns, one cell, or none; in the file's datum, put right where lon and lat are swapped."""

from collections.abc import Sequence
from dataclasses import dataclass

import shapely

from dashboard.core.geo import Datum, covers, to_wgs84
from dashboard.core.intake import coordinates, degrees
from dashboard.formats.columns import Sheet
from dashboard.formats.datums import Proposal, propose
from dashboard.formats.rows import RowReader

#: Coordinates are kept to 7 decimals: a centimetre.
DECIMALS = 7


@dataclass(frozen=True)
class Placed:
    """Where a row is: WGS-84, or nowhere."""

    lon: float | None = None
    lat: float | None = None


NOWHERE = Placed()


def _written(row: RowReader) -> tuple[float, float] | None:
    if row.text("lon") or row.text("lat"):
        lon, lat = degrees(row.text("lon")), degrees(row.text("lat"))
        return None if lon is None or lat is None else (lon, lat)
    return coordinates(row.text("coordinates"))


def _upright(pair: tuple[float, float]) -> tuple[float, float]:
    """(lon, lat): in China a longitude is above 70 and a latitude below 56, so a swapped pair shows itself."""
    first, second = pair
    return (second, first) if first <= 56 and second >= 70 else pair


def file_datum(
    sheet: Sheet, rows: Sequence[RowReader], boundary: shapely.Geometry | None, chosen: Datum | None
) -> Proposal:
    """The datum of the file's coordinates. Phone maps in China give GCJ-02, so that is what is assumed."""
    points = [_upright(pair) for row in rows if (pair := _written(row))]
    words = " ".join(sheet.heading(field) for field in ("coordinates", "lon", "lat"))
    return propose(words, points, boundary, Datum.GCJ02, chosen)


def place(row: RowReader, datum: Datum, boundary: shapely.Geometry | None, missing: bool = True) -> Placed:
    """The row's point in WGS-84. Missing (told when `missing`), unreadable, swapped and outside points are told."""
    said = row.text("coordinates") or row.text("lon") or row.text("lat")
    field = "coordinates" if row.has("coordinates") else "lon"
    if not said:
        if missing:
            row.warn(field, "missing_coordinates")
        return NOWHERE
    pair = _written(row)
    if pair is None or not (abs(pair[0]) <= 180 and abs(pair[1]) <= 180):
        row.warn(field, "unreadable_coordinates")
        return NOWHERE
    upright = _upright(pair)
    if upright != pair:
        row.warn(field, "swapped_coordinates")
    if abs(upright[1]) > 90:
        row.warn(field, "unreadable_coordinates")
        return NOWHERE
    lon, lat = (round(float(value), DECIMALS) for value in to_wgs84(*upright, datum))
    if boundary is not None and not covers(boundary, lon, lat):
        row.warn(field, "point_outside_county")
    return Placed(lon, lat)
