"""Contended dispatch through the product's own commands: nobody sent twice, no need overfilled, no edit lost.

`python -m tests.bench.race --attempts 100000` runs two processes of several threads each against SQLite and
PostgreSQL, and afterwards counts in the database. Then the same harness runs with every lock and wall off and must
show doubles: a race nobody can lose proves nothing.
"""

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event, func, select, text
from sqlalchemy.orm import Session

from dashboard.core.errors import DashboardError
from dashboard.core.permissions import Actor
from dashboard.core.words import HOLDS_SEAT
from dashboard.services import dispatches, volunteer_edits
from dashboard.services.commands import perform
from db import migrate
from db.engine import Database
from db.models import Account, Dispatch, NeedEvent, NeedRole, Volunteer
from tests.builders import NOW, a_county, a_need, a_site, a_volunteer, an_account, an_actor
from tests.postgresql import Server

ROOT = Path(__file__).resolve().parents[2]
PROCESSES = 2
THREADS = 4
VOLUNTEERS = 12
NEEDS = 36
FIRST_CAP = 5000
#: Editors meet on these few volunteers and think this long between opening the form and saving it.
EDITED = 2
THINKING_S = 0.01
#: Shares of the attempts: dispatch, the same dispatch clicked twice at once, withdraw, edit.
MIX = {"dispatch": 0.5, "double_click": 0.15, "withdraw": 0.2, "edit": 0.15}


@dataclass
class Counted:
    """What the database says after the race."""

    database: str
    locks: bool
    attempts: int
    seconds: float
    #: A volunteer sent to two overlapping times, at any moment of the race.
    double_bookings: int = 0
    #: A role with more people than seats, at any moment of the race.
    overfills: int = 0
    #: Edits acknowledged and gone.
    lost_edits: int = 0
    #: Dispatches made by a click that was already done.
    twins: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)

    @property
    def clean(self) -> bool:
        return not (self.double_bookings or self.overfills or self.lost_edits or self.twins)


class Unlocked(Database):
    """The same database without any of its guards, for the positive control: no queue, no row or advisory lock."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._writer.dispose()
        if self.is_sqlite:
            # The driver's own mode: reads outside transactions, a transaction from the first write on.
            self._writer = create_engine(
                self.url, connect_args={"timeout": 15, "check_same_thread": False}, pool_size=20
            )
        else:
            self._writer = create_engine(self.url, isolation_level="READ COMMITTED", pool_size=20)
        event.listen(self._writer, "before_cursor_execute", _without_locks, retval=True)

    def write(self, deed: Any) -> Any:
        return self._tried(deed)


def _without_locks(
    _connection: Connection, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool
) -> tuple[str, Any]:
    if "pg_advisory_xact_lock" in statement:
        return "select 1 where %(name)s <> ''", parameters
    return re.sub(r" FOR UPDATE( OF \w+)?", "", statement), parameters


@dataclass(frozen=True)
class Race:
    """The rows the racers fight for."""

    url: str
    locks: bool
    account_id: int
    needs: tuple[int, ...]
    volunteers: tuple[int, ...]

    def open(self) -> Database:
        return Database(self.url) if self.locks else Unlocked(self.url)

    @property
    def actor(self) -> Actor:
        return an_actor(account_id=self.account_id)


def prepared(url: str, locks: bool) -> Race:
    """A migrated database with needs whose times overlap in part; without locks also without the walls."""
    database = Database(url)
    migrate.upgrade(database)
    race = database.write(lambda session: _rows(session, url, locks))
    if not locks:
        database.write(_without_walls)
    database.dispose()
    return race


#: What stands behind the locks: taken down, not migrated away, for the tables made since must stay.
WALLS = {
    "sqlite": [
        f"drop trigger {wall}_{moment}"
        for wall in ("dispatch_overlap", "need_overfilled")
        for moment in ("insert", "update")
    ],
    "postgresql": [
        "alter table dispatches drop constraint dispatch_overlap",
        "drop trigger need_overfilled on dispatches",
    ],
}


def _without_walls(session: Session) -> None:
    for statement in WALLS[session.get_bind().dialect.name]:
        session.execute(text(statement))


def _rows(session: Session, url: str, locks: bool) -> Race:
    a_county(session)
    centre = a_site(session)
    account = an_account(session)
    volunteers = [a_volunteer(session, centre, cap_day=8, cap_week=40) for _ in range(VOLUNTEERS)]
    tomorrow = NOW + timedelta(days=1)
    needs = [
        a_need(session, centre, people=1 + n % 3, start=tomorrow + timedelta(minutes=30 * (n % 12)))
        for n in range(NEEDS)
    ]
    return Race(url, locks, account.id, tuple(n.id for n in needs), tuple(v.id for v in volunteers))


class Racer:
    """One process's threads, what they were told, and the dispatches they may withdraw."""

    def __init__(self, race: Race, seed: int) -> None:
        self.race = race
        self.seed = seed
        self.database = race.open()
        self.outcomes: Counter[str] = Counter()
        self.made: list[int] = []
        self.clicks: dict[str, set[int]] = defaultdict(set)
        self.gate = threading.Lock()

    def run(self, attempts: int) -> None:
        shares = [attempts // THREADS + (n < attempts % THREADS) for n in range(THREADS)]
        threads = [
            threading.Thread(target=self._thread, args=(random.Random(self.seed * 100 + n), share))
            for n, share in enumerate(shares)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.database.dispose()

    def _thread(self, chance: random.Random, attempts: int) -> None:
        left = attempts
        while left > 0:
            deed = chance.choices(list(MIX), list(MIX.values()))[0]
            left -= 2 if deed == "double_click" else 1
            getattr(self, f"_{deed}")(chance)

    def _dispatch(self, chance: random.Random) -> None:
        self._send(self._pair(chance), f"k{chance.getrandbits(96):x}")

    def _double_click(self, chance: random.Random) -> None:
        pair, key = self._pair(chance), f"k{chance.getrandbits(96):x}"
        twin = threading.Thread(target=self._send, args=(pair, key))
        twin.start()
        self._send(pair, key)
        twin.join()

    def _pair(self, chance: random.Random) -> tuple[int, int]:
        return chance.choice(self.race.needs), chance.choice(self.race.volunteers)

    def _send(self, pair: tuple[int, int], key: str) -> None:
        values = {"need_id": pair[0], "volunteer_ids": [pair[1]]}
        # Without locks a double click is not held back by its key either.
        result = self._told("dispatch", dispatches.dispatch, key=key if self.race.locks else None, **values)
        if result is not None:
            with self.gate:
                self.made += [one for one in result["dispatch_ids"] if one not in self.clicks[key]]
                self.clicks[key].update(result["dispatch_ids"])

    def _withdraw(self, chance: random.Random) -> None:
        with self.gate:
            if not self.made:
                return
            chosen = self.made.pop(chance.randrange(len(self.made)))
        self._told("withdraw", dispatches.cancel, dispatch_id=chosen, reason="race")

    def _edit(self, chance: random.Random) -> None:
        """Read, then save one more than was read: as an editor who opened the form does."""
        one = chance.choice(self.race.volunteers[:EDITED])
        with self.database.read() as session:
            seen = session.execute(select(Volunteer.max_distance_m, Volunteer.version).where(Volunteer.id == one)).one()
        time.sleep(THINKING_S)
        self._told(
            "edit",
            volunteer_edits.set_caps,
            volunteer_id=one,
            version=seen.version if self.race.locks else None,
            cap_day=8,
            cap_week=40,
            max_distance_m=seen.max_distance_m + 1,
        )

    def _told(self, deed: str, command: Any, key: str | None = None, **values: Any) -> Any:
        """The command's result, None when refused in words. Anything else ends the race."""
        try:
            result = perform(self.database, command, self.race.actor, now=NOW, key=key, **values)
        except DashboardError as error:
            with self.gate:
                self.outcomes[f"{deed} refused {error.key}"] += 1
            return None
        except Exception as error:
            with self.gate:
                self.outcomes[f"{deed} ended {type(error).__name__}: {str(error)[:120]}"] += 1
            return None
        with self.gate:
            self.outcomes[f"{deed} done"] += 1
        return result if result is not None else {}


def _process(words: str) -> int:
    """One racing process: what to do as JSON in, what it was told as JSON out."""
    told = json.loads(words)
    race = Race(**told["race"])
    racer = Racer(race, told["seed"])
    racer.run(told["attempts"])
    twins = sum(len(ids) - 1 for ids in racer.clicks.values() if len(ids) > 1)
    print(json.dumps({"outcomes": racer.outcomes, "twins": twins}))
    return 0


def _started(race: Race, seed: int, attempts: int) -> "subprocess.Popen[str]":
    # A program of its own, not multiprocessing: that would run again whatever is __main__ here, a page under test too.
    words = json.dumps({"race": asdict(race), "seed": seed, "attempts": attempts})
    command = [sys.executable, "-m", "tests.bench.race", "--process", words]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def _told_by(worker: "subprocess.Popen[str]") -> dict[str, Any]:
    """What the process found. Raises RuntimeError when it ended without an answer."""
    out, _ = worker.communicate()
    if worker.returncode:
        raise RuntimeError(f"a racing process ended with {worker.returncode}")
    return json.loads(out)


def run(url: str, attempts: int, *, locks: bool = True, processes: int = PROCESSES) -> Counted:
    """Race and count. `url` must be an empty database."""
    race = prepared(url, locks)
    began = time.perf_counter()
    workers = [_started(race, n + 1, attempts // processes) for n in range(processes)]
    told = [_told_by(worker) for worker in workers]
    outcomes: Counter[str] = sum((Counter(part["outcomes"]) for part in told), Counter())
    counted = Counted(url.split(":")[0].split("+")[0], locks, attempts, round(time.perf_counter() - began, 1))
    counted.outcomes = dict(sorted(outcomes.items()))
    counted.twins = sum(part["twins"] for part in told)
    _count(race, counted)
    return counted


def _count(race: Race, counted: Counted) -> None:
    """Replay every dispatch in the order of its events and look at each moment, not only at the end."""
    database = Database(race.url)
    with database.read() as session:
        rows = {row.id: row for row in session.execute(select(Dispatch.__table__))}
        seats = {row.id: row.head_count for row in session.execute(select(NeedRole.id, NeedRole.head_count))}
        events = session.execute(
            select(NeedEvent.dispatch_id, NeedEvent.to_state)
            .where(NeedEvent.dispatch_id.is_not(None))
            .order_by(NeedEvent.id)
        ).all()
        kept = session.scalar(select(func.sum(Volunteer.max_distance_m - FIRST_CAP))) or 0
        assert session.scalar(select(func.count()).select_from(Account)) == 1
    live: set[int] = set()
    for dispatch_id, state in events:
        row = rows[dispatch_id]
        if state not in HOLDS_SEAT:
            live.discard(dispatch_id)
            continue
        if dispatch_id in live:
            continue
        others = [rows[one] for one in live]
        counted.double_bookings += any(
            one.volunteer_id == row.volunteer_id and one.start < row.end and row.start < one.end for one in others
        )
        live.add(dispatch_id)
        counted.overfills += sum(rows[one].role_id == row.role_id for one in live) > seats[row.role_id]
    counted.lost_edits = counted.outcomes.get("edit done", 0) - int(kept)
    database.dispose()


def races(names: Sequence[str], attempts: int, *, locks: bool) -> list[Counted]:
    """One race on each database named, each on a fresh one."""
    results = []
    for name in names:
        if name == "sqlite":
            with tempfile.TemporaryDirectory() as folder:
                results.append(run(f"sqlite:///{Path(folder) / 'race.db'}", attempts, locks=locks))
        else:
            with Server.started() as server:
                results.append(run(server.create("race"), attempts, locks=locks))
    return results


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--attempts", type=int, default=100_000)
    parser.add_argument("--control", type=int, default=600, help="attempts with the locks off; 0 for none")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--process", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.process:
        return _process(options.process)
    names = ("sqlite", "postgresql") if options.database == "both" else (options.database,)
    guarded = races(names, options.attempts, locks=True)
    control = races(names, options.control, locks=False) if options.control else []
    for counted in (*guarded, *control):
        if options.json:
            print(json.dumps(asdict(counted), ensure_ascii=False))
            continue
        print(
            f"{counted.database:11} locks {'on ' if counted.locks else 'off'} {counted.attempts:7,} attempts "
            f"{counted.seconds:7.1f} s: {counted.double_bookings} double bookings, {counted.overfills} overfills, "
            f"{counted.lost_edits} lost edits, {counted.twins} twins"
        )
        for outcome, times in counted.outcomes.items():
            print(f"    {times:8,}  {outcome}")
    ended = [one for counted in guarded for one in counted.outcomes if " ended " in one]
    return 0 if not ended and all(one.clean for one in guarded) and not any(one.clean for one in control) else 1


if __name__ == "__main__":
    sys.exit(main())
