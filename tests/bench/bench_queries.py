"""What a query costs over its bare run, and what copying a million service records for the first one costs.

`python -m tests.bench.bench_queries [--services N] [--postgresql] [--json]`. The bare run is the same text in this
process on the same copies, without a child, limits or rights. Both must give the same rows, else the run fails.
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
from functools import partial
from pathlib import Path
from typing import Any

from dashboard.core.permissions import system_actor
from dashboard.services.query_cells import VIEWS, Limits, run_query
from dashboard.services.query_snapshots import copies
from db import migrate
from db.engine import Database
from tests.bench import service_records
from tests.bench.service_records import COUNTY, NOW
from tests.postgresql import Server

ACTOR = system_actor(COUNTY)
RUNS = 7
QUERIES = {
    "teams": "SELECT count(*) FROM teams",
    "needs by month": "SELECT registered_month, count(*) FROM needs GROUP BY 1 ORDER BY 1",
    "hours by month": "SELECT start_month, sum(minutes) FROM services GROUP BY 1 ORDER BY 1",
    "hours by category": "SELECT category, sum(minutes) FROM services JOIN needs USING (need_id) GROUP BY 1 ORDER BY 1",
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--services", type=int, default=1_000_000)
    parser.add_argument("--postgresql", action="store_true", help="measure on PostgreSQL as well")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="dashboard-bench-") as home:
        found = {"sqlite": _measured(f"sqlite:///{home}/bench.db", options.services)}
    if options.postgresql:
        with Server.started() as server:
            found["postgresql"] = _measured(server.create("bench_queries"), options.services)
    print(json.dumps(found, indent=1, ensure_ascii=False) if options.json else "\n".join(_lines(found)))
    return 0 if all(query["same"] for entry in found.values() for query in entry["queries"].values()) else 1


def _measured(url: str, services: int) -> dict[str, Any]:
    database = Database(url)
    migrate.upgrade(database)
    service_records.fill(database, services)
    with tempfile.TemporaryDirectory(prefix="dashboard-bench-") as home:
        limits = Limits(directory=Path(home) / "queries", seconds=30.0)
        copying = {}
        for name in ("teams", "needs", "services", "ratings"):
            copying[name] = round(_timed(partial(copies, database, ACTOR, [VIEWS[name]], limits.directory))[0], 2)
        size = sum(path.stat().st_size for path in limits.directory.glob("services-*.db"))
        queries = {name: _compared(database, sql, limits) for name, sql in QUERIES.items()}
    database.dispose()
    return {"services": services, "copying_s": copying, "services_mb": round(size / 1e6), "queries": queries}


def _compared(database: Database, sql: str, limits: Limits) -> dict[str, Any]:
    def cell() -> Any:
        return run_query(database, ACTOR, sql, now=NOW, limits=limits).frame.rows

    cell()
    cells, bares = [], []
    for _ in range(RUNS):
        seconds, rows = _timed(cell)
        cells.append(seconds)
        seconds, bare = _timed(lambda: _bare(sql, limits))
        bares.append(seconds)
    cell_s, bare_s = statistics.median(cells), statistics.median(bares)
    return {
        "same": rows == bare,
        "cell_ms": round(cell_s * 1000, 1),
        "bare_ms": round(bare_s * 1000, 1),
        "over_ms": round((cell_s - bare_s) * 1000, 1),
        "ratio": round(cell_s / bare_s, 2),
    }


def _bare(sql: str, limits: Limits) -> tuple[Any, ...]:
    with closing(sqlite3.connect(":memory:")) as connection:
        for path in limits.directory.glob("*.db"):
            connection.execute("ATTACH ? AS " + path.name.split("-")[0], (str(path),))
        return tuple(connection.execute(sql).fetchall())


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    found = work()
    return time.perf_counter() - begun, found


def _lines(found: dict[str, Any]) -> list[str]:
    lines = []
    for name, entry in found.items():
        copying = ", ".join(f"{view} {seconds} s" for view, seconds in entry["copying_s"].items())
        lines.append(f"{name}, {entry['services']:,} services: copying {copying}; services {entry['services_mb']} MB")
        for title, query in entry["queries"].items():
            ratio = f"x {query['ratio']}, {query['over_ms']} ms over"
            lines.append(f"  {title}: {query['cell_ms']} ms, bare {query['bare_ms']} ms, {ratio}")
    return lines


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
