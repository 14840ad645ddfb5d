"""After places or points came in: points into grids, points outside every grid onto the list, villages' points anew."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.orm import Session

from dashboard.core.needs import EDITABLE
from dashboard.core.words import Precision
from dashboard.services.import_context import (
    VILLAGE_SOURCES,
    GridPlaces,
    answering_sites,
    grid_places,
    village_points,
)
from dashboard.services.import_ledger import table_of
from db.models import Base, Need, Site, UnplacedPoint, Volunteer

#: Rows whose point must lie in a grid. Needs whose work is done keep the grid they had.
POINTED: tuple[tuple[type[Base], str], ...] = ((Site, "sites"), (Volunteer, "volunteers"), (Need, "needs"))


def replace_points(session: Session, county: str) -> int:
    """Put every point into its grid and list those outside; returns how many are on the list. Without grids: none."""
    places = grid_places(session, county)
    if not places.ids:
        return 0
    return sum(_place_table(session, county, model, subject, places) for model, subject in POINTED)


def _place_table(session: Session, county: str, model: type[Base], subject: str, places: GridPlaces) -> int:
    table = table_of(model)
    wanted = [table.c["county"] == county, table.c["lon"].is_not(None), table.c["precision"] == Precision.POINT]
    if model is Need:
        wanted.append(table.c["state"].in_(EDITABLE))
    columns = [table.c["id"], table.c["lon"], table.c["lat"]]
    columns += [table.c["grid_id"]] if "grid_id" in table.c else []
    rows = session.execute(select(*columns).where(*wanted).order_by(table.c["id"])).all()
    found = places.index.place([row.lon for row in rows], [row.lat for row in rows]).tolist()
    if "grid_id" in table.c:
        _set_grids(session, model, rows, [None if at < 0 else places.ids[at] for at in found])
    outside = [row for row, at in zip(rows, found, strict=True) if at < 0]
    _list_unplaced(session, county, subject, outside)
    return len(outside)


def _set_grids(session: Session, model: type[Base], rows: Sequence[Any], grids: Sequence[int | None]) -> None:
    table = table_of(model)
    for row, grid_id in zip(rows, grids, strict=True):
        if row.grid_id != grid_id:
            session.execute(update(table).where(table.c["id"] == row.id).values(grid_id=grid_id))


def _list_unplaced(session: Session, county: str, subject: str, outside: Sequence[Any]) -> None:
    """The list holds exactly these rows of the subject; notes of rows that stay are kept."""
    here = (UnplacedPoint.county == county, UnplacedPoint.subject == subject)
    listed = {row.row_id: row for row in session.scalars(select(UnplacedPoint).where(*here))}
    wanted = {row.id: row for row in outside}
    gone = sorted(set(listed) - set(wanted))
    for start in range(0, len(gone), 500):
        session.execute(delete(UnplacedPoint).where(*here, UnplacedPoint.row_id.in_(gone[start : start + 500])))
    for row_id in set(listed) & set(wanted):
        listed[row_id].lon, listed[row_id].lat = wanted[row_id].lon, wanted[row_id].lat
    new = [
        {"county": county, "subject": subject, "row_id": row.id, "lon": row.lon, "lat": row.lat, "note": ""}
        for row_id, row in wanted.items()
        if row_id not in listed
    ]
    if new:
        session.execute(insert(UnplacedPoint), new)


def refresh_villages(session: Session, county: str) -> None:
    """Homes and open needs known to the village get the village's point and site where those became known or moved."""
    points = village_points(session, county)
    sites = answering_sites(session, county)
    for model, source, extra in (
        (Volunteer, "location_source", []),
        (Need, "place_source", [table_of(Need).c["state"].in_(EDITABLE)]),
    ):
        table = table_of(model)
        here = [table.c["county"] == county, table.c["precision"] == Precision.VILLAGE, *extra]
        for code, point in points.items():
            session.execute(
                update(table)
                .where(*here, table.c["village_code"] == code, table.c[source].in_(("", *VILLAGE_SOURCES)))
                .where(or_(table.c["lon"].is_(None), table.c["lon"] != point.lon, table.c["lat"] != point.lat))
                .values({"lon": point.lon, "lat": point.lat, source: point.source})
            )
        for village, site_id in sites.stations.items():
            session.execute(
                update(table)
                .where(table.c["county"] == county, table.c["village_code"] == village)
                .where(or_(table.c["site_id"].is_(None), table.c["site_id"] == sites.centre))
                .values(site_id=site_id)
            )
