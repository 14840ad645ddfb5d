"""Rows on their way to the database: numbered here, so that the same seed writes the same ids, and written in bulk."""

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import JSON, Table, func, insert, select
from sqlalchemy.orm import Session

from db.engine import settle_sequences
from db.models import Base

CHUNK = 5000
Progress = Callable[[int, int, str], None]


class Rows:
    """Rows by table, each with its id, the county and every default filled in."""

    def __init__(self, county: str, key: bytes, last: Mapping[str, int] | None = None) -> None:
        """`key` is the database's secret for digests, `last` the highest id each table already has."""
        self.county = county
        self.key = key
        self.tables: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._last = defaultdict(int, last or {})
        self._defaults: dict[str, dict[str, Any]] = {}

    def add(self, table: type[Base], **values: Any) -> int:
        """Queue a row and say its id."""
        name = table.__tablename__
        if name not in self._defaults:
            self._defaults[name] = _defaults(table) | {"county": self.county}
        self._last[name] += 1
        self.tables[name].append(self._defaults[name] | values | {"id": self._last[name]})
        return self._last[name]

    def last(self, table: str) -> int:
        """The highest id given out in a table."""
        return self._last[table]

    def private(self, name: str, value: str | None, tail: str | None) -> dict[str, str | None]:
        """The three columns of a personal value: itself, its keyed digest (HMAC-SHA-256), its tail for display."""
        digest = hmac.new(self.key, value.encode(), hashlib.sha256).hexdigest() if value else None
        return {name: value, f"{name}_digest": digest, f"{name}_tail": tail if value else None}

    def counts(self) -> dict[str, int]:
        """Rows queued per table, by name."""
        return {name: len(self.tables[name]) for name in sorted(self.tables) if self.tables[name]}

    def write(self, session: Session, progress: Progress) -> None:
        """Insert everything, parents before children, in chunks of one statement each."""
        total, done = sum(map(len, self.tables.values())), 0
        connection = session.connection()
        for table in Base.metadata.sorted_tables:
            rows = self.tables.get(table.name, [])
            for start in range(0, len(rows), CHUNK):
                chunk = rows[start : start + CHUNK]
                connection.execute(insert(table), chunk)
                done += len(chunk)
                progress(done, total, table.name)
        settle_sequences(session, [name for name in self.counts() if "id" in Base.metadata.tables[name].c])


def last_ids(session: Session) -> dict[str, int]:
    """The highest id of every table that has ids."""
    tables = (table for table in Base.metadata.sorted_tables if "id" in table.c)
    return {table.name: session.scalar(select(func.max(table.c.id))) or 0 for table in tables}


def _defaults(model: type[Base]) -> dict[str, Any]:
    """What each column holds unless told otherwise. JSON columns without a default are left out: they become NULL."""
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{model} has no table of its own")
    values: dict[str, Any] = {}
    for column in table.columns:
        default = column.default
        if default is not None and default.is_scalar:
            values[column.name] = default.arg
        elif default is not None and default.is_callable:
            values[column.name] = default.arg(None)
        elif column.nullable and not isinstance(column.type, JSON):
            values[column.name] = None
    return values
