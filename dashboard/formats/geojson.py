"""A register of grids (GeoJSON) -> rows. Every polygon is judged by RFC 7946, the county, and the grids before it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from dashboard.core.errors import Invalid
from dashboard.core.geo import Datum, area_m2, gaps, overlaps, polygon_problem, shape_of, to_wgs84
from dashboard.core.intake import Villages, quantity
from dashboard.core.words import GridKind, ImportKind
from dashboard.formats.columns import FIELDS, Sheet, check_mapping, guess, raw_text
from dashboard.formats.datums import Proposal, propose
from dashboard.formats.files import Feature, Opened
from dashboard.formats.parsed import Note, Parsed, ParsedRow, Problem
from dashboard.formats.places import DECIMALS
from dashboard.formats.rows import RowReader

#: Less than this share of a grid inside the county: it lies outside. More than `EDGE_SHARE` outside: it is told.
INSIDE_SHARE = 0.5
EDGE_SHARE = 0.01
#: Less of the county without grids than this is not worth a word.
TOLD_PERCENT = 0.05
_KINDS = (
    ("楼", GridKind.STAIRWELL), ("单元", GridKind.STAIRWELL), ("小区", GridKind.COMPOUND), ("院落", GridKind.COMPOUND),
    ("社区", GridKind.COMMUNITY),
)  # fmt: skip
Polygons = list[list[list[list[float]]]]


@dataclass(frozen=True)
class GridRow:
    """A grid as it will be stored, in WGS-84; its key is its code. `lon`, `lat`: a point that surely lies in it."""

    code: str
    name: str
    kind: GridKind
    parent_code: str
    town_code: str | None
    village_code: str | None
    households: int | None
    geometry: Mapping[str, object]
    lon: float
    lat: float
    area_m2: float
    raw: Mapping[str, str]


def parse_grids(
    opened: Opened,
    villages: Villages,
    boundary: shapely.Geometry | None,
    stored: Mapping[str, shapely.Geometry] | None = None,
    mapping: Mapping[str, str] | None = None,
    datum: Datum | None = None,
) -> Parsed[GridRow]:
    """Read a grid register. `stored` are the polygons of the grids there are, by code.

    Raises Invalid when the file holds no features or none of their properties is a code.
    """
    if not opened.features:
        raise Invalid("imports.needs_features")
    sheet = _sheet(opened.features, mapping)
    problems: list[Problem] = []
    readers = [RowReader(sheet, number, cells, problems) for number, cells in sheet.rows]
    used = _datum(opened, boundary, datum)
    shapes: dict[int, shapely.Geometry] = {}
    for row, feature in zip(readers, opened.features, strict=True):
        shape = _shape(row, feature, used.datum, boundary)
        if shape is not None:
            shapes[row.number] = shape
    _refuse_codes(readers)
    _refuse_overlaps(readers, shapes, stored or {})
    rows = []
    for row in readers:
        row.warn_of_traps("name", "town", "village")
        value = None if row.refused else _grid(row, shapes[row.number], villages)
        rows.append(ParsedRow(row.number, dict(row.cells), value))
    ordered = tuple(sorted(problems, key=lambda problem: problem.row))
    standing = [shapes[row.number] for row in readers if not row.refused]
    return Parsed(
        ImportKind.GRIDS, sheet.headings, sheet.mapping, tuple(rows), ordered, (), used.datum, used.reason,
        opened.encoding, tuple(_notes(used, standing, boundary, stored or {})),
    )  # fmt: skip


def _sheet(features: Sequence[Feature], mapping: Mapping[str, str] | None) -> Sheet:
    """The properties as columns, in the order in which they first appear."""
    headings = tuple(dict.fromkeys(name for feature in features for name in feature.properties))
    found = check_mapping(ImportKind.GRIDS, mapping, headings) if mapping else guess(ImportKind.GRIDS, headings)
    if "code" not in found.values():
        raise Invalid("imports.no_headings", needed=FIELDS[ImportKind.GRIDS]["code"][0])
    return Sheet(headings, found, tuple((feature.number, feature.properties) for feature in features), ())


def _datum(opened: Opened, boundary: shapely.Geometry | None, chosen: Datum | None) -> Proposal:
    """RFC 7946 says WGS-84, and that is assumed; corners that fit the county better otherwise speak against it."""
    corners = [
        (feature.polygons[0][0][0][0], feature.polygons[0][0][0][1])
        for feature in opened.features
        if feature.polygons and feature.polygons[0] and feature.polygons[0][0]
    ]
    return propose(opened.crs, corners, boundary, Datum.WGS84, chosen)


def _shape(
    row: RowReader, feature: Feature, datum: Datum, boundary: shapely.Geometry | None
) -> shapely.Geometry | None:
    """The feature's polygon in WGS-84, or None and the row refused."""
    if feature.problem is not None or feature.polygons is None:
        row.refuse("geometry", feature.problem or "no_geometry")
        return None
    problem = polygon_problem(feature.polygons)
    if problem is not None:
        row.refuse("geometry", problem)
        return None
    shape = shape_of(_converted(feature.polygons, datum))
    inside = 1.0 if boundary is None else _share_inside(shape, boundary)
    if inside < INSIDE_SHARE:
        row.refuse("geometry", "grid_outside_county")
        return None
    if inside < 1 - EDGE_SHARE:
        row.warn("geometry", "grid_over_the_border", percent=round(100 * (1 - inside)))
    return shape


def _converted(polygons: Polygons, datum: Datum) -> Polygons:
    if datum is Datum.WGS84:
        return polygons
    return [[_ring(ring, datum) for ring in rings] for rings in polygons]


def _ring(ring: list[list[float]], datum: Datum) -> list[list[float]]:
    points = np.array(ring, dtype=np.float64)
    moved = np.column_stack(to_wgs84(points[:, 0], points[:, 1], datum)).round(DECIMALS)
    return [[float(lon), float(lat)] for lon, lat in moved]


def _share_inside(shape: shapely.Geometry, boundary: shapely.Geometry) -> float:
    shapely.prepare(boundary)
    if boundary.contains(shape):
        return 1.0
    return float(shape.intersection(boundary).area / shape.area)


def _refuse_codes(readers: Sequence[RowReader]) -> None:
    """No code, or the code of a feature before it that is not refused itself."""
    seen: dict[str, int] = {}
    for row in readers:
        if row.refused:
            continue
        code = row.text("code")
        if not code:
            row.refuse("code", "missing_code")
        elif code in seen:
            row.refuse("code", "repeated_code", other=seen[code])
        else:
            seen[code] = row.number


def _refuse_overlaps(
    readers: Sequence[RowReader], shapes: Mapping[int, shapely.Geometry], stored: Mapping[str, shapely.Geometry]
) -> None:
    """Of two grids that overlap too much the later goes; a stored grid that the file does not bring comes first."""
    standing = [row for row in readers if not row.refused]
    codes = {row.text("code") for row in standing}
    before = {code: shape for code, shape in stored.items() if code not in codes}
    names = [*before, *(row.text("code") for row in standing)]
    all_shapes = [*before.values(), *(shapes[row.number] for row in standing)]
    gone: set[int] = set()
    for earlier, later, share in sorted(overlaps(all_shapes), key=lambda pair: (pair[1], pair[0])):
        if earlier in gone or later in gone or later < len(before):
            continue
        gone.add(later)
        row = standing[later - len(before)]
        row.refuse("geometry", "overlap", other=names[earlier], percent=round(100 * share))


def _notes(
    used: Proposal,
    shapes: Sequence[shapely.Geometry],
    boundary: shapely.Geometry | None,
    stored: Mapping[str, shapely.Geometry],
) -> Iterator[Note]:
    """Would another datum fit better, and what of the county do the grids leave open?"""
    if used.doubted:
        yield Note("datum_doubted")
    if boundary is None or not shapes:
        return
    open_areas = gaps([*shapes, *stored.values()], boundary)
    percent = 100 * sum(area_m2(area) for area in open_areas) / area_m2(boundary)
    if percent >= TOLD_PERCENT:
        yield Note("gaps", {"count": len(open_areas), "percent": round(percent, 1)})


def _grid(row: RowReader, shape: shapely.Geometry, villages: Villages) -> GridRow:
    town = row.text("town")
    village = villages.find(town + row.text("village")) if row.text("village") else None
    if row.text("village") and village is None:
        row.warn("village", "unknown_village")
    town_code = village.town_code if village else villages.town_of(town) or villages.town_of(row.text("name"))
    if town and town_code is None:
        row.warn("town", "unknown_town")
    households = quantity(row.text("households")).value if row.text("households") else None
    if row.text("households") and (households is None or households < 0):
        row.warn("households", "no_number")
        households = None
    inner = shape.representative_point()
    name = row.text("name") or row.text("code")
    return GridRow(
        code=row.text("code"),
        name=name,
        kind=_kind(name),
        parent_code=row.text("parent"),
        town_code=town_code,
        village_code=village.code if village else None,
        households=households,
        geometry=shapely.geometry.mapping(shape),
        lon=round(inner.x, DECIMALS),
        lat=round(inner.y, DECIMALS),
        area_m2=round(area_m2(shape), 1),
        raw=raw_text(row.cells, {}),
    )


def _kind(name: str) -> GridKind:
    """What a grid's name tells of its kind; a grid of a village is the rule."""
    return next((kind for sign, kind in _KINDS if sign in name), GridKind.VILLAGE_GROUP)
