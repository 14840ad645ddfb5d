"""`python -m tests.bench.walk [--steps 100000] [--database both] [--seed 1]`: random walks through the life of orders.

A coordinator, a station worker, volunteers and residents act at random, legally or not, in walks of 2,000 steps on
fresh databases; after every step the rules are looked up in the rows. Prints what was done and refused. Exits 1 on the
first broken rule, with the seed and the last steps.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from db import migrate
from db.engine import Database
from tests.postgresql import Server
from tests.services.walking import Walk

#: A longer walk has more rows to look at after each step, and finds no more.
STRIDE = 2000


@contextmanager
def fresh(name: str, server: Server | None, number: int) -> Iterator[Database]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'walk.db'}" if server is None else server.create(f"walk_{number}")
        database = Database(url)
        migrate.upgrade(database)
        yield database
        database.dispose()


def walks(name: str, steps: int, seed: int) -> tuple[Counter[str], float]:
    """So many steps on one kind of database: what came of them, and the seconds they took."""
    outcomes: Counter[str] = Counter()
    began = time.perf_counter()
    if name == "sqlite":
        _walk(name, None, steps, seed, outcomes)
    else:
        with Server.started() as server:
            _walk(name, server, steps, seed, outcomes)
    return outcomes, time.perf_counter() - began


def _walk(name: str, server: Server | None, steps: int, seed: int, outcomes: Counter[str]) -> None:
    for number, done in enumerate(range(0, steps, STRIDE)):
        with fresh(name, server, number) as database:
            outcomes += Walk(database, seed + number).go(min(STRIDE, steps - done)).outcomes


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    options = parser.parse_args()
    for name in ("sqlite", "postgresql") if options.database == "both" else (options.database,):
        try:
            outcomes, seconds = walks(name, options.steps, options.seed)
        except AssertionError as broken:
            print(f"{name}: {broken}")
            return 1
        print(f"{name:11} {options.steps:,} steps in {seconds:,.0f} s, every rule held after each")
        for outcome, times in sorted(outcomes.items(), key=lambda pair: -pair[1]):
            print(f"    {times:8,}  {outcome}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
