"""Copies of the views for one kind of reader: small SQLite files, so that a reader's SQL never meets the live database.

A copy is named after what it depends on: database, county, view and its columns, part of the site tree, and the
revisions of the subjects the view reads. It is written beside and put in place whole; a newer one removes the older.
"""

import hashlib
import os
import shutil
import sqlite3
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import chinese_calendar
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

from dashboard.core.permissions import Actor
from dashboard.core.query_views import View
from dashboard.core.words import Subject
from dashboard.services.commands import revisions
from dashboard.services.query_selects import copied
from db.engine import BUSY_MS, Database

#: So many copies and bytes are kept; of more the longest unused go.
FILES = 200
BYTES = 4 * 1024**3
_TYPES = {"id": "INTEGER", "flag": "INTEGER", "number": ""}
_CALENDAR = "days"
_DAYS = (date(2015, 1, 1), date(2035, 12, 31))
_PART = "part-"


@dataclass(frozen=True)
class Copies:
    """Where the copy of each view lies, and the revisions they all hold."""

    paths: Mapping[str, Path]
    revisions: Mapping[Subject, int]


def copies(database: Database, actor: Actor, views: Sequence[View], directory: Path) -> Copies:
    """A copy of each view, all of one moment; what is missing is made."""
    _ready(directory)
    subjects = tuple(subject for subject in Subject if any(subject in view.reads for view in views))
    with database.read() as session:
        seen = dict(zip(subjects, revisions(session, actor.county, subjects), strict=True))
    found = _places(database, actor, views, seen, directory)
    if all(path.exists() for path in found.values()):
        for path in found.values():
            _used(path)
        return Copies(found, seen)
    return _made(database, actor, views, subjects, directory)


def forget(directory: Path) -> None:
    """Remove every copy, and what a process that died while copying left an hour ago or earlier."""
    for path in directory.glob("*.db"):
        path.unlink(missing_ok=True)
    for room in directory.glob(f"{_PART}*"):
        if room.stat().st_mtime < time.time() - 3600:
            shutil.rmtree(room, ignore_errors=True)


@cache
def _ready(directory: Path) -> None:
    """Once a process: a directory of our own without the copies of an earlier run."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    directory.chmod(0o700)
    forget(directory)


def _used(path: Path) -> None:
    try:
        os.utime(path)
    except FileNotFoundError:
        # A newer copy took its place; the query will ask again.
        return


def _digest(*parts: object) -> str:
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:20]


def _places(
    database: Database, actor: Actor, views: Sequence[View], seen: Mapping[Subject, int], directory: Path
) -> dict[str, Path]:
    """The file of each view: its group says for whom it is, the rest how new it is."""
    found = {}
    for view in views:
        group = _digest(str(database.url), actor.county, actor.site_path, view.name, view.columns)
        state = _digest(*(seen[subject] for subject in view.reads))
        found[view.name] = directory / f"{view.name}-{group}-{state}.db"
    return found


def _made(
    database: Database, actor: Actor, views: Sequence[View], subjects: Sequence[Subject], directory: Path
) -> Copies:
    """Fill what is missing in one transaction, then put it in place whole; older copies of the same groups go."""
    with tempfile.TemporaryDirectory(prefix=_PART, dir=directory) as room:
        parts = {view.name: Path(room) / view.name for view in views}
        with _source(database, actor, parts) as source:
            seen = source.revisions(subjects)
            found = _places(database, actor, views, seen, directory)
            missing = [view for view in views if not found[view.name].exists()]
            for view in missing:
                source.fill(view)
        for view in missing:
            parts[view.name].chmod(0o600)
            parts[view.name].replace(found[view.name])
    for view in missing:
        _supersede(found[view.name])
    _prune(directory, keep=set(found.values()))
    return Copies(found, seen)


def _supersede(path: Path) -> None:
    for older in path.parent.glob(f"{path.name.rsplit('-', 1)[0]}-*.db"):
        if older != path:
            older.unlink(missing_ok=True)


def _prune(directory: Path, keep: set[Path]) -> None:
    aged = []
    for path in directory.glob("*.db"):
        try:
            stat = path.stat()
        except FileNotFoundError:
            continue
        aged.append((stat.st_mtime, stat.st_size, path))
    aged.sort(reverse=True)
    size = 0
    for place, (_, bytes_, path) in enumerate(aged):
        size += bytes_
        if path not in keep and (place >= FILES or size > BYTES):
            path.unlink(missing_ok=True)


def table(view: View, schema: str = "") -> str:
    """The statement that makes a copy's table; derived columns are computed when they are read."""
    listed = []
    for column in view.columns:
        if column.timed:
            continue
        line = f'"{column.name}" {_TYPES.get(column.kind, "TEXT")}'
        if column.name == view.key:
            line += " PRIMARY KEY"
        listed.append(line if column.stored else f"{line} GENERATED ALWAYS AS ({column.formula}) VIRTUAL")
    return f'CREATE TABLE {schema}"{view.name}" ({", ".join(listed)})'


def _stored(view: View) -> tuple[tuple[str, str], ...]:
    return tuple((column.name, column.kind) for column in view.columns if column.stored)


class _Source(ABC):
    """The live database in one transaction, to copy from. `parts`: the file to write for each view."""

    def __init__(self, actor: Actor, parts: Mapping[str, Path]) -> None:
        self._actor = actor
        self._parts = parts

    @abstractmethod
    def revisions(self, subjects: Sequence[Subject]) -> dict[Subject, int]:
        """The counters of these subjects in the copied moment."""

    @abstractmethod
    def fill(self, view: View) -> None:
        """Write a view's rows into its file."""


class _File(_Source):
    """SQLite: the rows go from file to file without passing through Python."""

    def __init__(self, actor: Actor, parts: Mapping[str, Path], connection: sqlite3.Connection) -> None:
        super().__init__(actor, parts)
        self._connection = connection

    def revisions(self, subjects: Sequence[Subject]) -> dict[Subject, int]:
        rows = self._connection.execute("select subject, value from revisions where county = ?", (self._actor.county,))
        found = dict(rows.fetchall())
        return {subject: found.get(subject.value, 0) for subject in subjects}

    def fill(self, view: View) -> None:
        if view.name == _CALENDAR:
            _insert(self._connection, view, f'"{_slot(view.name)}".', _days())
            return
        columns = _stored(view)
        made = copied(view.name, columns, self._actor)
        said = made.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
        names = ", ".join(f'"{name}"' for name, _ in columns)
        self._connection.execute(table(view, f'"{_slot(view.name)}".'))
        self._connection.execute(f'insert into "{_slot(view.name)}"."{view.name}" ({names}) {said}')  # noqa: S608


class _Server(_Source):
    """Any other database: the rows are streamed."""

    def __init__(self, actor: Actor, parts: Mapping[str, Path], session: Session) -> None:
        super().__init__(actor, parts)
        self._session = session

    def revisions(self, subjects: Sequence[Subject]) -> dict[Subject, int]:
        return dict(zip(subjects, revisions(self._session, self._actor.county, subjects), strict=True))

    def fill(self, view: View) -> None:
        with closing(sqlite3.connect(self._parts[view.name], isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode=OFF")
            connection.execute("PRAGMA synchronous=OFF")
            connection.execute("BEGIN")
            if view.name == _CALENDAR:
                _insert(connection, view, "", _days())
            else:
                made = copied(view.name, _stored(view), self._actor).execution_options(yield_per=10_000)
                _insert(connection, view, "", map(tuple, self._session.execute(made)))
            connection.execute("COMMIT")


def _insert(connection: sqlite3.Connection, view: View, schema: str, rows: Iterable[tuple[Any, ...]]) -> None:
    columns = _stored(view)
    names = ", ".join(f'"{name}"' for name, _ in columns)
    marks = ", ".join("?" * len(columns))
    connection.execute(table(view, schema))
    connection.executemany(f'insert into {schema}"{view.name}" ({names}) values ({marks})', rows)  # noqa: S608


def _slot(view: str) -> str:
    """The name under which a view's file is attached: no table of the live database has it."""
    return f"copy_{view}"


@contextmanager
def _source(database: Database, actor: Actor, parts: Mapping[str, Path]) -> Iterator[_Source]:
    if not database.is_sqlite:
        with database.read() as session:
            yield _Server(actor, parts, session)
        return
    place = f"file:{quote(str(database.url.database))}?mode=ro"
    with closing(sqlite3.connect(place, uri=True, isolation_level=None, timeout=BUSY_MS / 1000)) as connection:
        for name, path in parts.items():
            connection.execute(f'ATTACH ? AS "{_slot(name)}"', (str(path),))
            connection.execute(f'PRAGMA "{_slot(name)}".journal_mode=OFF')
            connection.execute(f'PRAGMA "{_slot(name)}".synchronous=OFF')
        connection.execute("BEGIN")
        yield _File(actor, parts, connection)
        connection.execute("COMMIT")


def _days() -> Iterator[tuple[Any, ...]]:
    """The calendar with China's working days; where holidays are not announced, Monday to Friday."""
    day, last = _DAYS
    while day <= last:
        try:
            working, known = chinese_calendar.is_workday(day), 1
        except NotImplementedError:
            working, known = day.weekday() < 5, 0
        yield day.isoformat(), day.isoweekday(), int(working), known
        day += timedelta(days=1)
