"""The sample at full size: `pytest tests/bench/full_sample.py -s` (`make sample-check`), apart from the usual run.

Checks the published counts, the tiling and the time it may take, and prints what was measured.
"""

import time
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import shapely
from shapely.geometry import shape
from sqlalchemy import func, select, text

from db.county import shipped_boundary
from db.engine import Database
from db.models import Activity, CatalogueItem, Grid, GridContact, Need, Site, Team, Volunteer
from db.sample.build import make_county, more_needs
from db.sample.sizes import FULL

TODAY = date(2026, 11, 20)
MOST_SECONDS = 90


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Database:
    path: Path = tmp_path_factory.mktemp("full") / "full.db"
    database = Database(f"sqlite:///{path}")
    begun = time.perf_counter()
    make_county(database, FULL, 1, TODAY, progress=lambda done, total, what: None)
    seconds = time.perf_counter() - begun
    print(f"\nfull sample: {seconds:.1f} s, {path.stat().st_size / 1e6:.0f} MB")
    assert seconds < MOST_SECONDS
    return database


def test_the_published_counts_are_met(county: Database) -> None:
    with county.read() as session:
        levels = Counter(session.scalars(select(Site.level)))
        assert levels == {"centre": 1, "institute": 16, "station": 124, "point": 8}
        wanted = {Grid: 1453, GridContact: 6700, Team: 209, Volunteer: 50_000, CatalogueItem: 6000, Activity: 2100}
        for table, number in wanted.items():
            assert session.scalar(select(func.count()).select_from(table)) == number, table
        states = Counter(session.scalars(select(Need.state)))
        assert states["closed"] >= 3000
        assert 250 < states["open"] < 500
        assert (session.scalar(select(func.sum(Activity.people_reached))) or 0) >= 1_000_000
        assert session.execute(text("select count(*) from pragma_foreign_key_check")).scalar() == 0
        print(dict(states))


def test_its_grids_tile_the_county(county: Database) -> None:
    with county.read() as session:
        cells = np.array([shape(geometry) for geometry in session.scalars(select(Grid.geometry))])
    outline = shape(shipped_boundary())
    assert shapely.coverage_is_valid(cells)
    whole = shapely.coverage_union_all(cells)
    print(f"gap and overlap: {whole.symmetric_difference(outline).area / outline.area:.1e} of the area")
    assert whole.symmetric_difference(outline).area / outline.area < 1e-6


def test_five_thousand_open_needs_are_added(county: Database) -> None:
    begun = time.perf_counter()
    more_needs(county, 5000, TODAY, progress=lambda done, total, what: None)
    print(f"5,000 more needs: {time.perf_counter() - begun:.1f} s")
    with county.read() as session:
        starts = text(
            "select date(min(i.start), '+8 hours') d from needs n join need_intervals i on i.need_id = n.id "
            "where n.state = 'open' group by n.id"
        )
        days = Counter(session.scalars(starts))
    assert sum(days.values()) > 5200
    assert max(days.values()) < sum(days.values()) / 4
