"""The database as the product uses it: writes that are wholly done or not done, and snapshots to read.

The pattern was measured (docs/adr/0008-writes.md): SQLite writes begin IMMEDIATE behind one queue per process;
PostgreSQL takes row locks and advisory locks; the whole function is run again on 40001, 40P01 or "locked", never on a
broken constraint.
"""

import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

T = TypeVar("T")

#: No server, no file, no such table: the operator has to do something first.
Unreachable = OperationalError

BUSY_MS = 15_000
TRIES = 8
#: Serialization failure and deadlock: the same function may well succeed when run again.
RETRY_SQLSTATES = ("40001", "40P01")


class Database:
    """One database by URL. Threads may share it."""

    def __init__(self, url: str) -> None:
        self.url = make_url(_with_driver(url))
        self.dialect = self.url.get_backend_name()
        self._queue = threading.Lock()
        if self.is_sqlite and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        self._writer = _engine(self, begin="BEGIN IMMEDIATE", isolation=None)
        self._reader = _engine(self, begin="BEGIN", isolation="REPEATABLE READ")

    @property
    def is_sqlite(self) -> bool:
        return self.dialect == "sqlite"

    def write(self, deed: Callable[[Session], T]) -> T:
        """Run `deed` in one transaction and commit it. Runs it again, whole, when the database asks for that.

        `deed` must do nothing but read and write through its session: it may run more than once.
        """
        if self.is_sqlite:
            with self._queue:
                return self._tried(deed)
        return self._tried(deed)

    def _tried(self, deed: Callable[[Session], T]) -> T:
        for attempt in range(TRIES):
            try:
                with Session(self._writer, expire_on_commit=False) as session, session.begin():
                    return deed(session)
            except DBAPIError as error:
                if attempt == TRIES - 1 or not _passes(error):
                    raise
                # Not for secrecy: the wait only has to differ between the competitors.
                time.sleep(random.random() * 0.02 * (attempt + 1))  # noqa: S311
        raise AssertionError("unreachable: the last attempt returns or raises")

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session on one snapshot. Whatever is written through it is rolled back."""
        with Session(self._reader, autoflush=False) as session:
            try:
                yield session
            finally:
                session.rollback()

    @contextmanager
    def owner_connection(self) -> Iterator[Connection]:
        """A connection for migrations: its own transactions, foreign keys not enforced on SQLite until it is closed."""
        with self._writer.connect() as connection:
            yield connection

    @property
    def writer(self) -> Engine:
        """For Alembic and the backup only."""
        return self._writer

    def dispose(self) -> None:
        self._writer.dispose()
        self._reader.dispose()


def _with_driver(url: str) -> str:
    """`postgresql://` means psycopg 3 here."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url[len(prefix) :]
    return url


def _engine(database: "Database", begin: str, isolation: str | None) -> Engine:
    if not database.is_sqlite:
        return create_engine(
            database.url,
            hide_parameters=True,
            pool_pre_ping=True,
            pool_size=10,
            max_overflow=20,
            isolation_level=isolation or "READ COMMITTED",
        )
    engine = create_engine(
        database.url,
        hide_parameters=True,
        connect_args={"timeout": BUSY_MS / 1000, "check_same_thread": False},
        pool_size=10,
        max_overflow=30,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
        if not isinstance(connection, sqlite3.Connection):
            raise TypeError("SQLite is reached through the standard library's driver")
        # The driver must not begin transactions by itself: the listener below does.
        connection.isolation_level = None
        for pragma in (
            f"busy_timeout={BUSY_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "cache_size=-65536",
            "mmap_size=268435456",
            "temp_store=MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _passes(error: DBAPIError) -> bool:
    """Is this an error that time cures?"""
    if getattr(error.orig, "sqlstate", None) in RETRY_SQLSTATES:
        return True
    return isinstance(error, OperationalError) and "locked" in str(error.orig)


#: So many rows are locked one by one. A server keeps a fixed number of locks (6,400 by default) for everybody together:
#: for more rows the whole kind is locked at once.
MANY_LOCKS = 400


def lock_rows(session: Session, kind: str, ids: Sequence[int]) -> None:
    """Take the advisory locks of rows of a kind until the transaction ends, in ascending order; of very many rows that
    of the whole kind, for which everybody who holds single rows must first be done. Once a kind and transaction.

    For rules across rows ("nobody in two places"). SQLite needs none: its one writer already holds the database.
    """
    if session.get_bind().dialect.name != "postgresql":
        return
    wanted = sorted(set(ids))
    if len(wanted) > MANY_LOCKS:
        session.execute(text("select pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": kind})
        return
    session.execute(text("select pg_advisory_xact_lock_shared(hashtextextended(:name, 0))"), {"name": kind})
    for identity in wanted:
        session.execute(
            text("select pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": f"{kind}:{identity}"}
        )


def settle_sequences(session: Session, tables: list[str]) -> None:
    """After rows were inserted with their own ids: count on from the highest. SQLite does so by itself."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for name in tables:
        session.execute(
            text(f"select setval(pg_get_serial_sequence('{name}', 'id'), greatest((select max(id) from {name}), 1))")  # noqa: S608
        )
