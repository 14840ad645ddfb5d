"""What the tests of ticks share: a desk whose county has the time, the wish for "the next", and a way to look."""

import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import func, select, update

from dashboard.core.permissions import system_actor
from dashboard.services import dispatches, ticks
from dashboard.services.checks import CHECKS, examine
from db.engine import Database
from db.models import Audit, Dispatch, NobodyLeft, Setting
from tests.builders import COUNTY, NOW, a_category, a_county, saved
from tests.postgresql import Server
from tests.services.planning import Desk

_NUMBERS = itertools.count()

#: Checks about rows that a tick may touch.
ABOUT_ORDERS = [
    key for key in CHECKS if key.split("_")[0] in ("need", "dispatch", "event", "two", "overfilled", "hand", "flow")
]


class Clockwork(Desk):
    """A desk, and the ticks of its county."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.make(a_county)
        self.category = self.make(a_category).id

    def need(self, **values: Any) -> int:
        return super().need(**({"category_id": self.category} | values))

    def tick(self, now: datetime = NOW) -> ticks.Ticked:
        return ticks.tick(self.database, COUNTY, now)

    def wish(self, **value: Any) -> None:
        """The county's setting."""
        self.make(saved, Setting(county=COUNTY, key="auto_next", value=value))

    def send(self, need_id: int, *people: int, now: datetime = NOW, **values: Any) -> list[int]:
        made = self.do(dispatches.dispatch, now=now, need_id=need_id, volunteer_ids=people, **values)
        return made["dispatch_ids"]

    def until(self, dispatch_id: int, moment: datetime) -> None:
        """Let an offer wait until this moment."""
        here = update(Dispatch).where(Dispatch.id == dispatch_id).values(expires_at=moment)
        self.database.write(lambda session: session.execute(here))

    def decline(self, dispatch_id: int, now: datetime = NOW) -> None:
        self.do(dispatches.decline, now=now, dispatch_id=dispatch_id, reason="有事")

    def rows(self, table: Any, **where: Any) -> list[Any]:
        with self.database.read() as session:
            found = list(session.scalars(select(table).filter_by(**where).order_by(table.id)))
            session.expunge_all()
            return found

    def asked(self, need_id: int) -> list[tuple[int, str]]:
        """(volunteer, state) of the need's dispatches, in the order of asking."""
        return [(row.volunteer_id, row.state) for row in self.rows(Dispatch, need_id=need_id)]

    def entry(self, need_id: int) -> NobodyLeft:
        return self.rows(NobodyLeft, need_id=need_id)[0]

    def deeds(self, command: str) -> list[Audit]:
        return self.rows(Audit, command=command)

    def audited(self) -> int:
        with self.database.read() as session:
            return session.scalar(select(func.count()).select_from(Audit)) or 0

    def faults(self, now: datetime) -> dict[str, int]:
        """What the checks about orders find wrong."""
        found = examine(self.database, system_actor(COUNTY), now=now)
        return {one.key: one.found for one in found if one.key in ABOUT_ORDERS and one.found}


@contextmanager
def fresh(empty_sqlite: Path, server: Server | None) -> Iterator[Database]:
    """A migrated database without rows for one example of a property: on the server, else a copy of the file."""
    if server is not None:
        name = f"fresh_{os.getpid()}_{next(_NUMBERS)}"
        database = Database(server.create(name, template="template_dashboard"))
        yield database
        database.dispose()
        server.drop(name)
        return
    with TemporaryDirectory() as folder:
        path = shutil.copy(empty_sqlite, Path(folder) / "fresh.db")
        database = Database(f"sqlite:///{path}")
        yield database
        database.dispose()
