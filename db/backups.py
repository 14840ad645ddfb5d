"""A copy of the whole database in one file, proven to hold every row, and the way back into an empty database.

SQLite by its online backup from one snapshot; PostgreSQL by `pg_dump` from an exported snapshot. In both the rows of
each table are counted in that snapshot and again in the file.
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy import inspect, text

from db.engine import Database

#: Called with (step, done, total); may raise, which ends the work.
Progress = Callable[[str, int, int], None]
#: Pages copied between two looks: some 8 MB.
PAGES = 2048
_SQLITE, _POSTGRESQL = b"SQLite format 3\x00", b"PGDMP"


class NoProgram(RuntimeError):
    """PostgreSQL's client program is not installed."""


class Broken(RuntimeError):
    """The file isn't what it should be, in the words of the database."""


def suffix(database: Database) -> str:
    return ".db" if database.is_sqlite else ".dump"


def save(database: Database, target: Path, progress: Progress) -> dict[str, int]:
    """Write the copy to a new file that only its owner may read; the rows of each table. A copy that fails leaves no
    file. Raises FileExistsError, NoProgram, Broken."""
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        wanted = (_copy if database.is_sqlite else _dump)(database, target, progress)
        progress("verify", 0, 0)
        found = counted(target)
        if found != wanted:
            differing = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
            raise Broken(", ".join(differing))
        with target.open("rb") as written:
            os.fsync(written.fileno())
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return wanted


def counted(file: Path) -> dict[str, int]:
    """The rows of each table in a copy, read from the file itself. Raises Broken, NoProgram."""
    if kind(file) == "sqlite":
        try:
            with closing(sqlite3.connect(f"{file.absolute().as_uri()}?immutable=1", uri=True)) as copy:
                return _sound(copy)
        except sqlite3.Error as error:
            raise Broken(str(error)) from error
    return _rows_in_archive(file)


def kind(file: Path) -> str:
    """Which database a copy is of. Raises Broken for another file."""
    with file.open("rb") as opened:
        head = opened.read(len(_SQLITE))
    if head == _SQLITE:
        return "sqlite"
    if head.startswith(_POSTGRESQL):
        return "postgresql"
    raise Broken("not a backup")


def is_empty(database: Database) -> bool:
    with database.owner_connection() as connection:
        return not inspect(connection).get_table_names()


def load(database: Database, file: Path, progress: Progress) -> dict[str, int]:
    """Bring a copy into an empty database of its kind; the rows of each table, counted there. Raises Broken,
    NoProgram."""
    wanted = counted(file)
    progress("restore", 0, 0)
    if database.is_sqlite:
        database.dispose()
        with (
            closing(sqlite3.connect(f"{file.absolute().as_uri()}?immutable=1", uri=True)) as source,
            closing(sqlite3.connect(str(database.url.database))) as target,
        ):
            source.backup(target)
            found = _sound(target)
    else:
        words = ["--single-transaction", "--exit-on-error", "--no-owner", "--dbname", _address(database), str(file)]
        _run("pg_restore", words, database, progress, "restore")
        with database.read() as session:
            found = {
                name: int(session.execute(text(f'select count(*) from "{name}"')).scalar_one())  # noqa: S608
                for name in inspect(session.connection()).get_table_names()
            }
    if found != wanted:
        raise Broken(", ".join(sorted(name for name in wanted if wanted[name] != found.get(name))))
    return found


def _sound(connection: sqlite3.Connection) -> dict[str, int]:
    said = [str(row[0]) for row in connection.execute("pragma integrity_check(1)")]
    if said != ["ok"]:
        raise Broken(said[0])
    return _rows(connection)


def _rows(connection: sqlite3.Connection) -> dict[str, int]:
    mine = "select name from sqlite_master where type = 'table' and substr(name, 1, 7) <> 'sqlite_'"
    names = connection.execute(mine)
    return {
        str(name): int(connection.execute(f'select count(*) from "{name}"').fetchone()[0])  # noqa: S608
        for (name,) in names.fetchall()
    }


def _copy(database: Database, target: Path, progress: Progress) -> dict[str, int]:
    source_path = Path(str(database.url.database)).absolute().as_uri()
    with (
        closing(sqlite3.connect(f"{source_path}?mode=ro", uri=True, isolation_level=None)) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        # One snapshot for the counts and the copy: others may write meanwhile.
        source.execute("begin")
        wanted = _rows(source)
        source.backup(
            copy, pages=PAGES, progress=lambda _status, left, total: progress("copy", total - left, total), sleep=0
        )
        source.execute("rollback")
        # One file, without a log beside it.
        copy.execute("pragma journal_mode=delete")
    return wanted


def _dump(database: Database, target: Path, progress: Progress) -> dict[str, int]:
    with database.read() as session:
        snapshot = str(session.execute(text("select pg_export_snapshot()")).scalar_one())
        wanted = {
            name: int(session.execute(text(f'select count(*) from "{name}"')).scalar_one())  # noqa: S608
            for name in inspect(session.connection()).get_table_names()
        }
        words = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
        _run("pg_dump", [*words, "--file", str(target), "--dbname", _address(database)], database, progress, "copy")
    return wanted


def _rows_in_archive(file: Path) -> dict[str, int]:
    """An archive written out as text has a line a row between `COPY` and `\\.`."""
    counts: dict[str, int] = {}
    table = None
    # No shell, and our own words only.
    with subprocess.Popen(  # noqa: S603
        [_program("pg_restore"), "--data-only", "--file=-", str(file)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout is not None and running.stderr is not None
        for line in running.stdout:
            if table is not None and line != b"\\.\n":
                counts[table] += 1
            elif table is not None:
                table = None
            elif line.startswith(b"COPY "):
                table = line.split(b" ")[1].decode().split(".")[-1].strip('"')
                counts[table] = 0
        said = running.stderr.read().decode(errors="replace")
    if running.returncode:
        raise Broken(said.splitlines()[0] if said else "pg_restore")
    return counts


def _address(database: Database) -> str:
    """Without the password, which others could read in the list of processes."""
    return database.url.set(drivername="postgresql", password=None).render_as_string()


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise NoProgram(name)
    return found


def _run(name: str, words: list[str], database: Database, progress: Progress, step: str) -> None:
    secret = {} if database.url.password is None else {"PGPASSWORD": str(database.url.password)}
    with subprocess.Popen(  # noqa: S603
        [_program(name), *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, **secret},
    ) as running:
        try:
            while True:
                try:
                    _, said = running.communicate(timeout=0.2)
                    break
                except subprocess.TimeoutExpired:
                    progress(step, 0, 0)
        except BaseException:
            running.kill()
            raise
    if running.returncode:
        raise Broken((said.decode(errors="replace").splitlines() or [name])[0])
