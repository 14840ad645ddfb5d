"""Polygons made light enough to draw: shared borders stay shared, coordinates keep about a metre. WGS-84 throughout."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

#: A corner whose triangle is smaller than this many degrees squared (about 20 m x 20 m) is left out of what is drawn.
TOLERANCE = 2e-4
#: Five decimals of a degree: 1.1 m.
DECIMALS = 5


@dataclass(frozen=True)
class Outline:
    """A polygon to draw, with words of its own: `properties` go to the browser as they are."""

    key: int | str
    geometry: dict[str, Any]
    properties: dict[str, Any]


def simplified(geometries: Sequence[dict[str, Any]], tolerance: float = TOLERANCE) -> list[dict[str, Any]]:
    """The same polygons with fewer corners. A border between two of them is thinned once, so no gap opens."""
    if not geometries:
        return []
    shapes = np.array([shape(geometry) for geometry in geometries], dtype=object)
    thinned = shapely.coverage_simplify(shapes, tolerance)
    return [rounded(thin if not thin.is_empty else whole) for thin, whole in zip(thinned, shapes, strict=True)]


def rounded(geometry: BaseGeometry) -> dict[str, Any]:
    """A shape as a GeoJSON geometry with short numbers."""
    short = shapely.transform(geometry, lambda points: np.round(points, DECIMALS))
    return dict(mapping(short))


def united(geometries: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
    """The area of all of them together, None for none."""
    shapes = np.array([shape(geometry) for geometry in geometries], dtype=object)
    if not len(shapes):
        return None
    broken = ~shapely.is_valid(shapes)
    shapes[broken] = shapely.make_valid(shapes[broken])
    # Polygons that fit together like tiles are joined by dropping their shared borders, ten times as fast.
    tiled = shapely.coverage_is_valid(shapes)
    return dict(mapping(shapely.coverage_union_all(shapes) if tiled else shapely.union_all(shapes)))


def label_point(geometry: dict[str, Any]) -> list[float]:
    """[lon, lat] of a place inside the polygon for its name, near the middle of its widest part."""
    area = shape(geometry)
    widest = max(area.geoms, key=lambda part: part.area) if area.geom_type == "MultiPolygon" else area
    middle = widest.centroid if widest.contains(widest.centroid) else widest.representative_point()
    return [round(middle.x, DECIMALS), round(middle.y, DECIMALS)]


def bounds(geometries: Iterable[dict[str, Any]]) -> list[list[float]] | None:
    """[[south, west], [north, east]] around all of them, None for none."""
    shapes = [shape(geometry) for geometry in geometries]
    if not shapes:
        return None
    west, south, east, north = shapely.total_bounds(np.array(shapes, dtype=object))
    return [[float(south), float(west)], [float(north), float(east)]]


def feature_collection(outlines: Iterable[Outline]) -> dict[str, Any]:
    """GeoJSON of the outlines, simplified together."""
    every = list(outlines)
    light = simplified([outline.geometry for outline in every])
    features = [
        {"type": "Feature", "id": outline.key, "properties": outline.properties, "geometry": geometry}
        for outline, geometry in zip(every, light, strict=True)
    ]
    return {"type": "FeatureCollection", "features": features}
