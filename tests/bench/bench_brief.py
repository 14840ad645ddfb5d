"""What the monthly brief costs over its bare SQL, on 1,000,000 services and 100,000 needs.

`python -m tests.bench.bench_brief [--services N] [--json]`. The bare run is the brief's two queries on the copies,
and on the database the statements of its six figures and of its map by month (100,000 orders with five events each), in
this process, without rights, limits, a child or words. Both are asked in turn, nothing is kept between two runs but the
copies. Exits 1 where the rows or the map's numbers differ or the ratio is beyond MOST.
"""

import argparse
import json
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import text

from dashboard.core.deadlines import COUNTY_TIME
from dashboard.core.notebook import Kind, cells_of
from dashboard.core.permissions import Actor
from dashboard.core.words import Role
from dashboard.services import notebook_runs
from dashboard.services.lapse import PLACE
from dashboard.services.query_cells import Limits
from dashboard.services.questions import forget_all
from dashboard.ui import notebook_templates
from db import migrate
from db.engine import Database
from tests.bench import service_records
from tests.bench.service_records import COUNTY, NOW

LEADER = Actor(1, "领导", Role.LEADER, COUNTY, None)
RUNS, MOST = 5, 3.0
CELLS = cells_of(notebook_templates.cells("brief", "zh"))
YEAR_AGO = "2025-11-23 16:00:00"
#: When the first of the twelve months begins.
MONTHS_AGO = "2025-11-30 16:00:00"
#: The one column of the brief that depends on the time, as views.md tells it.
OVERDUE = "coalesce(state = 'open' and due_at < :now, 0))"
#: The six figures, counted without any of our code.
FIGURES = (
    "select count(*) from needs where registered_at >= :since and state <> 'draft'",
    "select count(*) from needs where closed_at >= :since",
    "select sum(closed_at <= close_due_at), count(close_due_at) from needs where closed_at >= :since",
    'select count(*), count(distinct volunteer_id) from services where "start" >= :since',
    "select count(*), sum(score >= 4) from ratings where answered_at >= :since",
)
#: The map by month as known now: orders by town and the month they began in, drafts left out.
LAPSE = """
select n.town_code, strftime('%Y-%m', b.happened_at, '+8 hours') as month, count(*)
from need_events b join needs n on n.id = b.need_id
where b.dispatch_id is null and b.from_state is null and b.happened_at >= :begins and b.happened_at < :ends
  and (select e.to_state from need_events e where e.need_id = b.need_id and e.dispatch_id is null
    order by e.id desc limit 1) <> 'draft'
group by 1, 2
"""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--services", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="dashboard-bench-") as home:
        database = Database(f"sqlite:///{home}/bench.db")
        migrate.upgrade(database)
        service_records.fill(database, options.services)
        service_records.fill_events(database)
        found = _compared(database, Limits(directory=Path(home) / "queries", seconds=30.0))
        database.dispose()
    found["services"] = options.services
    words = "{services:,} services: brief {brief_s} s, its bare SQL {bare_s} s, x {ratio}"
    print(json.dumps(found, indent=1) if options.json else words.format(**found))
    return 0 if found["same"] and found["ratio"] <= MOST else 1


def _compared(database: Database, limits: Limits) -> dict[str, Any]:
    def brief() -> list[Any]:
        forget_all()
        found = notebook_runs.run(database, LEADER, CELLS, NOW, limits=limits)
        frames = {cell.kind: found[cell.name].frame for cell in CELLS if cell.kind in (Kind.QUERY, Kind.LAPSE)}
        rows = [found[cell.name].frame.rows for cell in CELLS if cell.kind is Kind.QUERY]  # type: ignore[union-attr]
        played = [row[len(PLACE) :] for row in frames[Kind.LAPSE].rows]  # type: ignore[union-attr]
        return [*rows, sorted(number for row in played for number in row if number)]

    brief()  # makes the copies
    briefs, bares = [], []
    for _ in range(RUNS):
        seconds, rows = _timed(brief)
        briefs.append(seconds)
        seconds, plain = _timed(lambda: _bare(database, limits))
        bares.append(seconds)
    whole, bare = statistics.median(briefs), statistics.median(bares)
    return {
        "same": rows == plain,
        "brief_s": round(whole, 3),
        "bare_s": round(bare, 3),
        "ratio": round(whole / bare, 2),
    }


def _bare(database: Database, limits: Limits) -> list[Any]:
    local = NOW.astimezone(COUNTY_TIME)
    bound = {"today": f"{local:%Y-%m-%d}", "now": f"{local:%Y-%m-%d %H:%M:%S}"}
    with closing(sqlite3.connect(":memory:")) as connection:
        for path in limits.directory.glob("*.db"):
            connection.execute("ATTACH ? AS " + path.name.split("-")[0], (str(path),))
        rows = [
            tuple(connection.execute(cell.fields["sql"].replace("overdue)", OVERDUE), bound).fetchall())
            for cell in CELLS
            if cell.kind is Kind.QUERY
        ]
    with database.read() as session:
        for statement in FIGURES:
            session.execute(text(statement), {"since": YEAR_AGO}).all()
        played = session.execute(text(LAPSE), {"begins": MONTHS_AGO, "ends": f"{NOW:%Y-%m-%d %H:%M:%S}"}).all()
    return [*rows, sorted(many for _, _, many in played)]


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    found = work()
    return time.perf_counter() - begun, found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
