"""The sample at its full size, counted: `make sample-check`. Apart from the usual run, for it takes a while.

Makes the county in a temporary file, holds it against the published counts, the tiling and the time it may take, adds
5,000 open needs, and prints what it measured. Exit 0: all met; 1: something isn't.
"""

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry import shape
from sqlalchemy import func, select, text

from db.county import shipped_boundary
from db.engine import Database
from db.models import Activity, CatalogueItem, Grid, GridContact, Need, Site, Team, Volunteer
from db.sample.build import make_county, more_needs
from db.sample.sizes import FULL

TODAY = date(2026, 11, 20)
MOST_SECONDS = 90.0
LEVELS = {"centre": 1, "institute": 16, "station": 124, "point": 8}
COUNTS = {Grid: 1453, GridContact: 6700, Team: 209, Volunteer: 50_000, CatalogueItem: 6000, Activity: 2100}

#: What was checked, what was found, is it as wanted?
Finding = tuple[str, object, bool]


def silent(done: int, total: int, what: str) -> None:
    """Progress nobody watches."""


def counts(database: Database) -> Iterator[Finding]:
    with database.read() as session:
        levels = dict(Counter(session.scalars(select(Site.level))))
        yield "sites", levels, levels == LEVELS
        for table, wanted in COUNTS.items():
            found = session.scalar(select(func.count()).select_from(table))
            yield table.__tablename__, found, found == wanted
        reached = session.scalar(select(func.sum(Activity.people_reached))) or 0
        yield "person-times reached", reached, reached >= FULL.reached
        states = Counter(session.scalars(select(Need.state)))
        yield "needs", dict(states), states["closed"] >= 3000 and 250 < states["open"] < 500
        orphans = session.execute(text("select count(*) from pragma_foreign_key_check")).scalar()
        yield "references to nothing", orphans, orphans == 0


def tiling(database: Database) -> Iterator[Finding]:
    with database.read() as session:
        cells = np.array([shape(geometry) for geometry in session.scalars(select(Grid.geometry))])
    outline = shape(shipped_boundary())
    yield "grids share their edges", len(cells), bool(shapely.coverage_is_valid(cells))
    off = shapely.coverage_union_all(cells).symmetric_difference(outline).area / outline.area
    yield "gap and overlap, share of the county", f"{off:.1e}", off < 1e-6


def flood(database: Database) -> Iterator[Finding]:
    begun = time.perf_counter()
    more_needs(database, 5000, TODAY, progress=silent)
    yield "5,000 more needs, s", round(time.perf_counter() - begun, 1), True
    first = text(
        "select date(min(i.start), '+8 hours') from needs n join need_intervals i on i.need_id = n.id "
        "where n.state = 'open' group by n.id"
    )
    with database.read() as session:
        days = Counter(session.scalars(first))
    busiest = max(days.values()) / sum(days.values())
    yield "open needs, busiest day's share", f"{sum(days.values())}, {busiest:.0%}", busiest < 0.25


def main() -> int:
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "full.db"
        database = Database(f"sqlite:///{file}")
        begun = time.perf_counter()
        make_county(database, FULL, 1, TODAY, progress=silent)
        seconds = time.perf_counter() - begun
        made: list[Finding] = [
            ("full sample, s", round(seconds, 1), seconds < MOST_SECONDS),
            ("file, MB", round(file.stat().st_size / 1e6), True),
        ]
        findings = [*made, *counts(database), *tiling(database), *flood(database)]
        database.dispose()
    for what, found, met in findings:
        print(f"{'ok ' if met else 'BAD'} {what}: {found}")
    return 0 if all(met for _, _, met in findings) else 1


if __name__ == "__main__":
    sys.exit(main())
