"""The Teams page's figures over a million service records: by SQL as the page does it, and by loading the rows.

`python -m tests.bench.bench_teams [--services N] [--postgresql] [--json]`. Each way runs in a process of its own, so
that its peak memory is its own; both must give the same figures, else the run fails.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dashboard.core.permissions import system_actor
from dashboard.services import pivot, teams
from dashboard.services.figures import sheet
from dashboard.services.pivot import Dimension, Measure
from dashboard.services.questions import answer, forget_all
from db import migrate
from db.engine import Database
from tests.bench import service_records, teams_in_pandas
from tests.bench.service_records import COUNTY, NOW
from tests.postgresql import Server

ROOT = Path(__file__).resolve().parents[2]
ACTOR = system_actor(COUNTY)
TODAY = NOW.date()
RUNS = 5


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--services", type=int, default=1_000_000)
    parser.add_argument("--postgresql", action="store_true", help="measure on PostgreSQL as well")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--way", choices=("sql", "pandas"), help=argparse.SUPPRESS)
    parser.add_argument("--db", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.way:
        print(json.dumps(WAYS[options.way](Database(options.db))))
        return 0
    found = {"sqlite": _on_sqlite(options.services)}
    if options.postgresql:
        with Server.started() as server:
            found["postgresql"] = _measured(server.create("bench_teams"), options.services)
    print(json.dumps(found, indent=1) if options.json else "\n".join(_lines(found)))
    return 0 if all(entry["same"] for entry in found.values()) else 1


def _on_sqlite(services: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="dashboard-bench-") as home:
        return _measured(f"sqlite:///{home}/bench.db", services)


def _measured(url: str, services: int) -> dict[str, Any]:
    database = Database(url)
    migrate.upgrade(database)
    begun = time.perf_counter()
    service_records.fill(database, services)
    filled = time.perf_counter() - begun
    database.dispose()
    ways = {way: _child(url, way) for way in WAYS}
    return {
        "services": services,
        "filled_s": round(filled, 1),
        "same": ways["sql"].pop("figures") == ways["pandas"].pop("figures"),
        **ways,
        "ratio": round(ways["pandas"]["board_s"] / ways["sql"]["board_s"], 1),
        "memory_ratio": round(ways["pandas"]["rows_mb"] / max(ways["sql"]["rows_mb"], 1.0), 1),
    }


def _child(url: str, way: str) -> dict[str, Any]:
    words = [sys.executable, "-m", "tests.bench.bench_teams", "--way", way, "--db", url]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _by_sql(database: Database) -> dict[str, Any]:
    before = _peak_mb()
    first, found = _timed(lambda: answer(database, teams.board, ACTOR, today=TODAY))
    again = [_timed(lambda: _fresh(database, teams.board, today=TODAY))[0] for _ in range(RUNS)]
    rows_mb = _peak_mb() - before
    cached = [_timed(lambda: answer(database, teams.board, ACTOR, today=TODAY))[0] for _ in range(RUNS)]
    cross = {"rows": Dimension.TEAM_KIND, "columns": Dimension.MONTH, "measure": Measure.SERVICES, "today": TODAY}
    return {
        "board_s": round(statistics.median(again), 3),
        "first_s": round(first, 3),
        "cached_ms": round(statistics.median(cached) * 1000, 2),
        "sheet_s": round(_timed(lambda: _fresh(database, sheet, now=NOW))[0], 3),
        "cross_s": round(_timed(lambda: _fresh(database, pivot.pivot, **cross))[0], 3),
        "rows_mb": round(rows_mb, 1),
        "peak_mb": round(_peak_mb()),
        "figures": teams_in_pandas.figures_of_board(found),
    }


def _by_pandas(database: Database) -> dict[str, Any]:
    before = _peak_mb()
    loading, rows = _timed(lambda: teams_in_pandas.load(database.writer, COUNTY))
    runs = [_timed(lambda: teams_in_pandas.figures_of(rows, TODAY)) for _ in range(RUNS)]
    counting = statistics.median(seconds for seconds, _ in runs)
    return {
        "board_s": round(loading + counting, 3),
        "loading_s": round(loading, 3),
        "counting_s": round(counting, 3),
        "rows_mb": round(_peak_mb() - before, 1),
        "peak_mb": round(_peak_mb()),
        "figures": runs[-1][1],
    }


WAYS: dict[str, Callable[[Database], dict[str, Any]]] = {"sql": _by_sql, "pandas": _by_pandas}


def _fresh(database: Database, asked: Callable[..., Any], **values: Any) -> Any:
    """An answer not kept from before."""
    forget_all()
    return answer(database, asked, ACTOR, **values)


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    found = work()
    return time.perf_counter() - begun, found


def _peak_mb() -> float:
    """The most memory this process ever held. Linux keeps it by program; ru_maxrss would count the parent's too."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _lines(found: dict[str, dict[str, Any]]) -> list[str]:
    return [line for name, entry in found.items() for line in _report(name, entry, entry["sql"], entry["pandas"])]


def _report(name: str, entry: dict[str, Any], sql: dict[str, Any], pandas: dict[str, Any]) -> list[str]:
    parts = f"loading {pandas['loading_s']} s, counting {pandas['counting_s']} s"
    beside = f"every figure {sql['sheet_s']} s, a cross table {sql['cross_s']} s"
    return [
        f"Team figures over {entry['services']:,} service records, {name} (filled in {entry['filled_s']} s)",
        f"  by SQL, as the page asks      {sql['board_s']:8.3f} s  {_memory(sql)}",
        f"  rows loaded into pandas       {pandas['board_s']:8.3f} s  {_memory(pandas)} ({parts})",
        *(["  (SQLite maps up to 256 MB of its file: those MB are the file, not rows)"] if name == "sqlite" else []),
        f"  SQL: {entry['ratio']}x faster, 1/{entry['memory_ratio']} of the memory; same figures: {entry['same']}",
        f"  {beside}, asked again (cached) {sql['cached_ms']} ms",
    ]


def _memory(way: dict[str, Any]) -> str:
    return f"+{way['rows_mb']:.0f} MB, peak {way['peak_mb']} MB"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
