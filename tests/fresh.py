"""Open needs of today on top of the sample, whose own end with the day its history ends."""

from datetime import datetime, timedelta

from dashboard.core.deadlines import COUNTY_TIME
from db.engine import Database
from db.sample.build import more_needs


def add_open_needs(database: Database, count: int = 60) -> None:
    """So many open needs, wanted within two weeks of tomorrow: pages work at the time it really is."""
    tomorrow = (datetime.now(COUNTY_TIME) + timedelta(days=1)).date()
    more_needs(database, count, tomorrow, progress=lambda done, total, what: None)
