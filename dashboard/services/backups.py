"""Backups: the whole database in one file, verified, written down in the audit; and back into an empty database.

A backup holds personal data in plain and every county of the database: only an admin of the whole county makes one, and
its file is readable for its owner only.
"""

import os
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dashboard.core.errors import Conflict, Invalid, NotFound
from dashboard.core.matching.watch import Watch, watched
from dashboard.core.permissions import WHOLE_COUNTY, Action, Actor, require, system_actor
from dashboard.services import jobs, store
from dashboard.services.commands import Work, command, perform
from dashboard.services.county import county_code
from db import backups, migrate
from db.engine import Database

#: Where backups go unless told otherwise.
FOLDER_VARIABLE = "DASHBOARD_BACKUPS"
KIND = "backup"
#: Steps in their order; text: backups.step_<name>.
STEPS = ("waiting", "copy", "verify", "restore")
_NAME = re.compile(r"dashboard-\d{6}-\d{8}-\d{6}\.(db|dump)")


@dataclass(frozen=True)
class Backup:
    """A file that was made and verified, or that lies in the folder (without its rows then)."""

    path: Path
    bytes: int
    at: datetime
    tables: int = 0
    rows: int = 0
    seconds: float = 0.0

    def plain(self) -> dict[str, Any]:
        return {
            "file": str(self.path),
            "bytes": self.bytes,
            "at": self.at.isoformat(),
            "tables": self.tables,
            "rows": self.rows,
            "seconds": round(self.seconds, 2),
        }


def folder() -> Path:
    return Path(os.environ.get(FOLDER_VARIABLE) or store.ROOT / "var" / "backups")


def there(actor: Actor) -> tuple[Backup, ...]:
    """The backups in the folder, the newest first."""
    _require(actor)
    found = []
    for path in folder().glob("dashboard-*"):
        if _NAME.fullmatch(path.name):
            told = path.stat()
            found.append(Backup(path, told.st_size, datetime.fromtimestamp(told.st_mtime, UTC)))
    return tuple(sorted(found, key=lambda one: (one.at, one.path.name), reverse=True))


def make(
    database: Database, actor: Actor, *, now: datetime, to: Path | None = None, watch: Watch | None = None
) -> Backup:
    """Write a backup to a new file and verify it. Raises Conflict where the file is there already, Invalid where the
    program is missing or the copy isn't sound: then no file is left."""
    _require(actor)
    seen, began = watched(watch), time.monotonic()
    path = to
    if path is None:
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder() / f"dashboard-{actor.county}-{now:%Y%m%d-%H%M%S}{backups.suffix(database)}"
    try:
        rows = backups.save(database, path, lambda *told: _moved(seen, *told))
    except FileExistsError as error:
        raise Conflict("backups.exists", file=path.name) from error
    except backups.NoProgram as error:
        raise Invalid("backups.no_program", program=str(error)) from error
    except backups.Broken as error:
        raise Invalid("backups.not_sound", why=str(error)) from error
    except OSError as error:
        raise Invalid("backups.not_written", why=error.strerror or str(error)) from error
    made = Backup(path, path.stat().st_size, now, len(rows), sum(rows.values()), time.monotonic() - began)
    try:
        perform(database, note_backup, actor, now=now, file=path.name, size=made.bytes, rows=made.rows)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return made


def start(database: Database, actor: Actor, *, now: datetime) -> str:
    """The same in the background; the id of the job, whose result is the Backup."""
    _require(actor)
    return jobs.begin(actor, KIND, lambda watch: make(database, actor, now=now, watch=watch), bug="backups.bug")


def restore(database: Database, file: Path, *, now: datetime) -> dict[str, int]:
    """Bring a backup into an empty database of the same kind: the rows of each table. For the shell: nobody is signed
    in to an empty database. Raises Conflict where there are tables, Invalid for a file that is none."""
    if not file.is_file():
        raise NotFound("backups.no_file", file=file.name)
    try:
        if backups.kind(file) != database.dialect:
            raise Invalid("backups.other_database")
        if not backups.is_empty(database):
            raise Conflict("backups.not_empty")
        rows = backups.load(database, file, lambda *_: None)
    except backups.NoProgram as error:
        raise Invalid("backups.no_program", program=str(error)) from error
    except backups.Broken as error:
        raise Invalid("backups.not_sound", why=str(error)) from error
    if migrate.is_current(database):
        perform(
            database,
            note_restore,
            system_actor(county_code(database)),
            now=now,
            file=file.name,
            rows=sum(rows.values()),
        )
    return rows


@command(Action.BACK_UP)
def note_backup(work: Work, *, file: str, size: int, rows: int) -> None:
    """Write down that somebody took the whole database away."""
    work.require(Action.BACK_UP, WHOLE_COUNTY)
    work.audit("backup", None, after={"file": file, "bytes": size, "rows": rows})


@command(Action.BACK_UP)
def note_restore(work: Work, *, file: str, rows: int) -> None:
    """Write down where the rows came from."""
    work.require(Action.BACK_UP, WHOLE_COUNTY)
    work.audit("backup", None, after={"restored": file, "rows": rows})


def _require(actor: Actor) -> None:
    require(actor, Action.BACK_UP, WHOLE_COUNTY)


def _moved(watch: Watch, step: str, done: int, total: int) -> None:
    if watch.step != step:
        watch.begin(step, total)
    watch.state[2] = total
    watch.count_and_look(done)
