"""The program that runs a reader's SQL, in a process of its own with bounded memory, time and rights.

Reads one JSON object on standard input, writes one on standard output, ends. It never sees the live database: the
tables are copies made for this reader (services/query_snapshots.py), opened read-only, and earlier cells' results. It
imports nothing of ours, so it starts in a blink. Four fences, each enough for most attacks: copies only, no file may
be opened once they are, an authorizer that knows a few functions, and the kernel's limits.
"""

import json
import math
import os
import signal
import sqlite3
import sys
from typing import Any
from urllib.parse import quote

#: What a query may call. Nothing that reads files, tells of the library or makes text out of nothing.
FUNCTIONS = frozenset((
    "abs", "avg", "ceil", "ceiling", "coalesce", "count", "cume_dist", "current_date", "current_time",
    "current_timestamp", "date", "datetime", "dense_rank", "exp", "first_value", "floor", "format", "glob",
    "group_concat", "hex", "ifnull", "iif", "instr", "julianday", "lag", "last_value", "lead", "length", "like",
    "ln", "log", "log10", "log2", "lower", "ltrim", "max", "min", "mod", "nth_value", "ntile", "nullif",
    "percent_rank", "pow", "power", "printf", "rank", "replace", "round", "row_number", "rtrim", "sign", "sqrt",
    "strftime", "substr", "substring", "sum", "time", "total", "trim", "trunc", "typeof", "unicode", "unixepoch",
    "upper",
))  # fmt: skip
#: Tables that SQLite brings along; the names of reads without a column can't be told from those of WITH.
BROUGHT = (
    "sqlite_",
    "pragma_",
    "json_",
    "fts",
    "rtree",
    "dbstat",
    "bytecode",
    "tables_used",
    "generate_series",
    "geopoly",
)
LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 1_000_000,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 100_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 200,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 100,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 50,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 50_000,
    sqlite3.SQLITE_LIMIT_FUNCTION_ARG: 32,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 200,
    sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER: 100,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 1,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}


class Guard:
    """The authorizer: reads of given tables, known functions; remembers what it refused first."""

    def __init__(self, schemas: set[str]) -> None:
        self._schemas = schemas
        self.refused: tuple[str, str] | None = None

    def __call__(self, action: int, one: str | None, two: str | None, schema: str | None, _by: str | None) -> int:
        if action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE):
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_READ and self._may_read(one or "", schema):
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_FUNCTION and (two or "").lower() in FUNCTIONS:
            return sqlite3.SQLITE_OK
        kinds = {sqlite3.SQLITE_READ: ("table", one), sqlite3.SQLITE_FUNCTION: ("function", two)}
        kind, name = kinds.get(action, ("action", str(action)))
        self.refused = self.refused or (kind, name or "")
        return sqlite3.SQLITE_DENY

    def _may_read(self, table: str, schema: str | None) -> bool:
        return not table.lower().startswith(BROUGHT) and (schema is None or schema.lower() in self._schemas)


def limit_self(memory: int, seconds: float) -> None:
    """Bound memory, time and processes. Windows has no such limits: there the parent's clock is the only bound."""
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds + 1)
    try:
        import resource
    except ImportError:
        return
    whole = math.ceil(seconds) + 1
    bounds = {"AS": memory, "CPU": whole, "FSIZE": 0, "CORE": 0, "NPROC": 0}
    for name, bound in bounds.items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (bound, bound))


def close_the_door() -> None:
    """No file can be opened from here on; what is open stays so."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def opened(asked: dict[str, Any]) -> sqlite3.Connection:
    """Everything the query may read, under one connection."""
    connection = sqlite3.connect("file::memory:", uri=True, isolation_level=None)
    connection.text_factory = lambda data: data.decode("utf-8", "replace")
    for pragma in ("trusted_schema=OFF", "temp_store=MEMORY", "mmap_size=0", "cell_size_check=ON"):
        connection.execute(f"PRAGMA {pragma}")
    for name, frame in asked["frames"].items():
        columns = ", ".join(map(quoted, frame["columns"]))
        connection.execute(f"CREATE TABLE {quoted(name)} ({columns})")
        marks = ", ".join("?" * len(frame["columns"]))
        connection.execute("BEGIN")
        connection.executemany(f"INSERT INTO {quoted(name)} VALUES ({marks})", frame["rows"])  # noqa: S608
        connection.execute("COMMIT")
    for name, copy in asked["views"].items():
        connection.execute(f"ATTACH ? AS {quoted(name)}", (f"file:{quote(copy['path'])}?mode=ro&immutable=1",))
        if copy["timed"]:
            # One of our own formulas, with the moment in it; nothing of the reader's.
            connection.execute(
                f"CREATE TEMP VIEW {quoted(name)} AS SELECT *, {copy['timed']} FROM {quoted(name)}.{quoted(name)}"  # noqa: S608
            )
    connection.execute("PRAGMA query_only=ON")
    for limit, value in LIMITS.items():
        connection.setlimit(limit, value)
    return connection


def plain(value: object) -> object:
    if isinstance(value, bytes):
        return value.hex()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def weight(row: tuple[object, ...]) -> int:
    return sum(len(value) if isinstance(value, str | bytes) else 8 for value in row)


def answered(connection: sqlite3.Connection, asked: dict[str, Any]) -> dict[str, Any]:
    """Columns and rows, no more of either than asked for."""
    cursor = connection.execute(asked["sql"], asked["inputs"])
    if cursor.description is None:
        return {"refused": "action", "name": ""}
    rows: list[list[object]] = []
    size = 0
    cut = False
    for row in cursor:
        size += weight(row)
        if len(rows) >= asked["rows"] or size > asked["bytes"]:
            cut = True
            break
        rows.append([plain(value) for value in row])
    return {"columns": [described[0] for described in cursor.description], "rows": rows, "cut": cut}


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """The answer, or why there is none."""
    limit_self(asked["memory"], asked["seconds"])
    try:
        connection = opened(asked)
    except sqlite3.Error as error:
        return {"refused": "gone" if "unable to open" in str(error) else "error", "name": str(error)}
    guard = Guard({"main", "temp", *(name.lower() for name in asked["views"])})
    close_the_door()
    connection.set_authorizer(guard)
    try:
        return answered(connection, asked)
    except (sqlite3.DataError, OverflowError) as error:
        return {"refused": "large", "name": str(error)}
    except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
        if guard.refused:
            return {"refused": guard.refused[0], "name": guard.refused[1]}
        return {"refused": "error", "name": str(error)}


def main() -> None:
    line = sys.stdin.buffer.readline()
    if not line:
        os._exit(0)
    try:
        told = json.dumps(answer(json.loads(line)))
    except (MemoryError, RecursionError):
        told = '{"refused": "large", "name": ""}'
    sys.stdout.write(told)
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
