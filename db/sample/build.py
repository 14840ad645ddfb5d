"""Where the sample goes: a new SQLite file appears whole or not at all; other databases get it in one transaction."""

from datetime import date
from pathlib import Path

from sqlalchemy import inspect, select

from db import migrate
from db.engine import Database
from db.models import Account, Activity, Base, Grid, Need, Person, Setting, Site
from db.sample.add import add_needs
from db.sample.make import fill
from db.sample.rows import Progress
from db.sample.sizes import Size

#: A county that has any of these has begun to work.
_BEGUN: tuple[type[Base], ...] = (Site, Grid, Person, Need, Activity, Account)
_ABSENT, _EMPTY, _SAMPLE, _REAL = "absent", "empty", "sample", "real"


class NotEmptyError(RuntimeError):
    """The database already has rows; `sample` says whether they are a sample's."""

    def __init__(self, sample: bool) -> None:
        super().__init__("the database isn't empty")
        self.sample = sample


class NotSampleError(RuntimeError):
    """Open needs are only ever invented in a sample."""


def make_county(
    database: Database, size: Size, seed: int, today: date, *, needs: int = 0, replace: bool = False, progress: Progress
) -> dict[str, int]:
    """Make the sample county in a new or empty database; `replace` an older sample (SQLite files only).

    Says how many rows each table got. Raises NotEmptyError where real rows, or a sample not to be replaced, stand.
    """
    state = _state(database)
    file = _file(database)
    if state == _REAL or (state == _SAMPLE and not (replace and file)):
        raise NotEmptyError(state == _SAMPLE)
    if file is None or state == _EMPTY:
        migrate.upgrade(database)
        return database.write(lambda session: fill(session, size, seed, today, needs, progress))
    database.dispose()
    return _new_file(file, size, seed, today, needs, progress)


def more_needs(database: Database, count: int, today: date, *, progress: Progress) -> dict[str, int]:
    """Add open needs to a sample that is there. Raises NotSampleError for any other database."""
    if _state(database) != _SAMPLE:
        raise NotSampleError
    return database.write(lambda session: add_needs(session, count, today, progress))


def is_sample(database: Database) -> bool:
    """Does this database hold a sample county?"""
    return _state(database) == _SAMPLE


def _new_file(file: Path, size: Size, seed: int, today: date, needs: int, progress: Progress) -> dict[str, int]:
    """Make it beside its place and move it there when it is whole."""
    making = file.with_name(f"{file.name}.making")
    _remove(making)
    beside = Database(f"sqlite:///{making}")
    try:
        migrate.upgrade(beside)
        counts = beside.write(lambda session: fill(session, size, seed, today, needs, progress))
        beside.dispose()
        _remove(file)
        making.replace(file)
        return counts
    finally:
        beside.dispose()
        _remove(making)


def _remove(file: Path) -> None:
    """The file and what SQLite keeps beside it."""
    for ending in ("", "-wal", "-shm", "-journal"):
        file.with_name(file.name + ending).unlink(missing_ok=True)


def _file(database: Database) -> Path | None:
    """The file of a SQLite database, None for a server or a database in memory."""
    name = database.url.database
    return Path(name) if database.is_sqlite and name and name != ":memory:" else None


def _state(database: Database) -> str:
    file = _file(database)
    if file is not None and (not file.exists() or file.stat().st_size == 0):
        return _ABSENT
    with database.read() as session:
        tables = set(inspect(session.connection()).get_table_names())
        if "settings" not in tables:
            return _EMPTY if not tables - {"alembic_version"} else _REAL
        if session.scalar(select(Setting.id).where(Setting.key == "sample").limit(1)):
            return _SAMPLE
        begun = any(session.scalar(select(table.id).limit(1)) for table in _BEGUN if table.__tablename__ in tables)  # type: ignore[attr-defined]
        return _REAL if begun else _EMPTY
