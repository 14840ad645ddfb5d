"""The server's clock: every so often one of the processes on a database does what is due (`ticks.tick`).

DASHBOARD_TICK_SECONDS says how often; 30 unless told otherwise, 0 for never.
"""

import asyncio
import logging
import os
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from uuid import uuid4

from dashboard.services import store
from dashboard.services.tick_lease import lease
from dashboard.services.ticks import Refused, Ticked, tick
from db.engine import Database

VARIABLE = "DASHBOARD_TICK_SECONDS"
EVERY = 30.0
LEASE = "tick"
#: A process that died is followed by another after so many rounds, or so many seconds if that is longer.
_ROUNDS, _AT_LEAST = 3, 60.0

_log = logging.getLogger(__name__)


def seconds() -> float:
    """How often, by the environment. Raises ValueError for what is no number of seconds."""
    said = os.environ.get(VARIABLE, "").strip() or str(EVERY)
    try:
        value = float(said)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise ValueError(f"{VARIABLE} must be a number of seconds, 0 for never: {said!r}")
    return value


def leased_tick(
    database: Database, holder: str, now: datetime, every: float, *, stopped: Callable[[], bool] = lambda: False
) -> Ticked | None:
    """A tick if this holder has the lease; None while another process has it, or before there is a county."""
    with database.read() as session:
        county = store.county_code(session) if store.has_county(session) else None
    if county is None or not lease(database, LEASE, holder, now, max(_ROUNDS * every, _AT_LEAST)):
        return None
    return tick(database, county, now, stopped=stopped)


class Clock:
    """One process's hand on the lease. What a tick was refused is written to the log, the same again only once."""

    def __init__(self, database: Database, every: float) -> None:
        self.database, self.every, self.holder = database, every, uuid4().hex
        self.over = threading.Event()
        self._told: tuple[Refused, ...] = ()

    def strike(self) -> None:
        """Do what is due, if the lease is this process's."""
        done = leased_tick(self.database, self.holder, datetime.now(UTC), self.every, stopped=self.over.is_set)
        if done is None:
            return
        for one in done.refused:
            if one not in self._told:
                _log.warning("refused: %s of %d (%s)", one.what, one.id, one.key)
        self._told = done.refused


async def keep_doing(deed: Callable[[], object], every: float) -> None:
    """Run `deed` in a thread every so many seconds, until cancelled. What goes wrong is written to the log and the loop
    goes on; the same error again and again is written once."""
    told = ""
    while True:
        await asyncio.sleep(every)
        try:
            await asyncio.to_thread(deed)
        except Exception as error:
            if repr(error) != told:
                told = repr(error)
                _log.exception("what was due could not be done; the next try is in %g s", every)
        else:
            told = ""


@asynccontextmanager
async def ticking(database: Database) -> AsyncIterator[None]:
    """The clock runs inside this block. A tick on its way at the end stops after the thing it is at."""
    every = seconds()
    if not every:
        yield
        return
    clock = Clock(database, every)
    task = asyncio.create_task(keep_doing(clock.strike, every), name="tick")
    try:
        yield
    finally:
        clock.over.set()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
