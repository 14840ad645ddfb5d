"""What the checks look with: one snapshot, one county, one moment; and what they say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from shapely.errors import GEOSException
from shapely.geometry import shape
from sqlalchemy import Select, func, literal, null, select
from sqlalchemy.orm import Session

from dashboard.core.checks import Outline
from dashboard.core.geo import GridIndex, polygon_problem
from dashboard.core.needs import EDITABLE
from dashboard.core.words import Precision
from db.models import Grid, Need, Site, Volunteer

#: So many of the rows at fault are named.
NAMED = 5
#: Rows whose exact point must lie in a grid or on the list, by the subject the list knows them under.
POINTED: tuple[tuple[str, Any], ...] = (("sites", Site), ("volunteers", Volunteer), ("needs", Need))


@dataclass(frozen=True)
class Fault:
    """How many rows are at fault, the first few by code or "#id" (never personal data), and gaps of the sentence."""

    found: int = 0
    names: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)


Check = Callable[["Look"], Fault]


@dataclass
class Look:
    """A snapshot of one county at one moment. What several checks need is read once."""

    session: Session
    county: str
    now: datetime

    @cached_property
    def _grids(self) -> tuple[tuple[Outline, ...], tuple[str, ...]]:
        columns = (Grid.id, Grid.code, Grid.parent_id, Grid.geometry, Grid.valid_from, Grid.valid_to)
        rows = self.session.execute(select(*columns).where(Grid.county == self.county).order_by(Grid.id)).all()
        good: list[Outline] = []
        bad: list[str] = []
        for row in rows:
            if is_polygon(row.geometry):
                good.append(Outline(row.id, row.code, row.parent_id, shape(row.geometry), row.valid_from, row.valid_to))
            else:
                bad.append(row.code)
        return tuple(good), tuple(bad)

    @property
    def outlines(self) -> tuple[Outline, ...]:
        """Every grid of any day whose polygon can be read."""
        return self._grids[0]

    @property
    def bad_grids(self) -> tuple[str, ...]:
        """Codes of grids whose geometry is no valid polygon."""
        return self._grids[1]

    @cached_property
    def placed(self) -> tuple["Placed", ...]:
        """Every exact point with the grid in force it lies in; none where there are no grids."""
        force = sorted((one for one in self.outlines if one.valid_to is None), key=lambda one: one.code)
        if not force:
            return ()
        index = GridIndex([one.code for one in force], [one.shape for one in force])
        found: list[Placed] = []
        for subject, table in POINTED:
            rows = self.session.execute(_exact_points(self.county, table)).all()
            where = index.place([row.lon for row in rows], [row.lat for row in rows]).tolist()
            found += [
                Placed(subject, row.id, row.grid_id, None if at < 0 else force[at].id, bool(row.bound))
                for row, at in zip(rows, where, strict=True)
            ]
        return tuple(found)


@dataclass(frozen=True)
class Placed:
    """A row with an exact point: the grid it says (always None for sites) and the grid its point lies in.

    `bound`: the two must agree, or the row be listed. Needs whose work is done keep the grid they had.
    """

    subject: str
    row_id: int
    says: int | None
    lies: int | None
    bound: bool


def _exact_points(county: str, table: Any) -> Select[Any]:
    """Rows of a table with an exact point."""
    says = null().label("grid_id") if table is Site else table.grid_id
    bound = table.state.in_(EDITABLE) if table is Need else literal(True)
    return (
        select(table.id, table.lon, table.lat, says, bound.label("bound"))
        .where(table.county == county, table.lon.is_not(None), table.precision == Precision.POINT)
        .order_by(table.id)
    )


def is_polygon(geometry: Any) -> bool:
    """Is this a GeoJSON Polygon or MultiPolygon by RFC 7946, without crossings?"""
    if not isinstance(geometry, dict):
        return False
    coordinates = geometry.get("coordinates")
    polygons = [coordinates] if geometry.get("type") == "Polygon" else coordinates
    if geometry.get("type") not in ("Polygon", "MultiPolygon") or not isinstance(polygons, list):
        return False
    try:
        return polygon_problem(polygons) is None
    except (GEOSException, IndexError, TypeError, ValueError):
        return False


def asked(look: Look, rows: Select[Any], **values: Any) -> Fault:
    """Count the rows of a query with one column, the name of each row at fault, and take the first few names."""
    found = rows.subquery("found")
    name = found.c[0]
    named = look.session.execute(select(name, func.count().over()).order_by(name).limit(NAMED)).all()
    return Fault(named[0][1] if named else 0, tuple(_said(row[0]) for row in named), values)


def listed(names: list[str]) -> Fault:
    """A fault of rows found outside the database."""
    return Fault(len(names), tuple(sorted(names)[:NAMED]))


def _said(name: object) -> str:
    """A row without a code is called by its id."""
    return f"#{name}" if isinstance(name, int) else str(name)
