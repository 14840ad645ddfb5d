"""`python -m tests.bench.bench_replay [--events 10000] [--database both]`: twelve month ends replayed, then so many
later events, back-dated ones among them, then replayed anew. Prints how many are equal to the byte; exits 1 unless all
twelve are, or when the later events changed nothing of what is known now.
"""

import argparse
import sys
import time
from contextlib import nullcontext
from datetime import date, timedelta
from typing import Any

from dashboard.core.replay import Known
from dashboard.services.questions import forget_all
from db.engine import Database
from tests.bench.walk import fresh
from tests.builders import NOW, a_county, a_site
from tests.postgresql import Server
from tests.services.late_events import live, month_ends, pages

DAYS = month_ends(date(2026, 11, 16))


def replay(database: Database, events: int) -> bool:
    database.write(lambda session: (a_county(session), a_site(session), a_site(session)))
    live(database, 3000, seed=1, since=NOW - timedelta(days=400), until=NOW, late=0.1)
    then, now = pages(database, DAYS, Known.THEN), pages(database, DAYS, Known.NOW)
    began = time.perf_counter()
    late = live(database, events, seed=2, since=NOW, until=NOW + timedelta(days=50), late=0.5)
    wrote = time.perf_counter() - began
    forget_all()
    began = time.perf_counter()
    again = pages(database, DAYS, Known.THEN)
    seconds = time.perf_counter() - began
    equal = sum(one == other for one, other in zip(then, again, strict=True))
    moved = sum(one != other for one, other in zip(now, pages(database, DAYS, Known.NOW), strict=True))
    print(f"    {events:,} later events in {wrote:,.0f} s, {late:,} of them back-dated")
    print(f"    as known then: {equal} of 12 equal to the byte ({seconds:.2f} s); as known now: {moved} of 12 moved")
    return equal == len(DAYS) and moved > 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    options = parser.parse_args()
    good = True
    for name in ("sqlite", "postgresql") if options.database == "both" else (options.database,):
        print(name)
        started: Any = Server.started() if name == "postgresql" else nullcontext(None)
        with started as server, fresh(name, server, 0) as database:
            good = replay(database, options.events) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
