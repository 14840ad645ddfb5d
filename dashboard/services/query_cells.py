"""A reader's SQL over the documented views: read-only, within her rights and her part of the site tree.

The live database never runs it. The views the text mentions are copied for her kind of reader (`query_snapshots`), and
a child process with hard limits runs the text over the copies (`query_process`, ADR 16). One dialect, SQLite's,
whichever database the county uses.
"""

import difflib
import re
import sqlite3
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

from dashboard.core.deadlines import COUNTY_TIME
from dashboard.core.errors import DashboardError, Invalid
from dashboard.core.frames import Frame, Scalar
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.query_names import first_word, lowered, names_in, parameters_in, statements_in
from dashboard.core.query_views import VIEWS, View
from dashboard.core.words import Subject
from dashboard.services.commands import revisions
from dashboard.services.query_counted import counted
from dashboard.services.query_process import asked
from dashboard.services.query_snapshots import Copies, copies
from dashboard.services.store import DEFAULT_FILE
from db.engine import Database


@dataclass(frozen=True)
class Limits:
    """How much a query may take. `rows` and `result_bytes` cut or refuse the answer; `directory` holds the copies."""

    seconds: float = 3.0
    rows: int = 10_000
    result_bytes: int = 8_000_000
    memory_bytes: int = 512 * 1024 * 1024
    characters: int = 20_000
    #: SQLite attaches ten files to a connection.
    views: int = 10
    directory: Path = DEFAULT_FILE.parent / "queries"


DEFAULTS = Limits()


@dataclass(frozen=True)
class Answer:
    """The rows, the seconds it took with everything, and the revisions of the subjects it read."""

    frame: Frame
    seconds: float
    revisions: Mapping[Subject, int]


def views_for(actor: Actor) -> tuple[View, ...]:
    """The views this actor may ask, each with the columns she may see."""
    shown = (view.shown_to(actor) for view in VIEWS.values())
    return tuple(view for view in shown if view is not None)


def run_query(
    database: Database,
    actor: Actor,
    sql: str,
    *,
    inputs: Mapping[str, Scalar] | None = None,
    frames: Mapping[str, Frame] | None = None,
    now: datetime,
    limits: Limits = DEFAULTS,
) -> Answer:
    """Run one SELECT. `inputs` are bound as `:name` (`:now` and `:today`, county time, are always there); `frames` are
    results of earlier cells, read as tables of their names.

    Raises Forbidden without the right, Invalid in words for whatever else keeps the text from being answered.
    """
    began = time.monotonic()
    require(actor, Action.RUN_QUERIES)
    _check(sql, limits)
    values = _values(sql, inputs or {}, now)
    names = names_in(sql)
    shown = {view.name: view for view in views_for(actor)}
    used = _used(names, frames or {})
    asked_for = [shown[name] for name in sorted(names & shown.keys())]
    if len(asked_for) > limits.views:
        raise Invalid("queries.too_many_views", limit=limits.views)
    views = [view for view in asked_for if not view.counted]
    fresh = [view for view in asked_for if view.counted]
    before = _counters(database, actor, fresh)
    used |= counted(database, actor, fresh, sql, values, now)
    found: Copies
    told: Mapping[str, Any] = {"refused": "gone"}
    for _ in range(3):
        # A copy may be superseded between its making and its opening.
        found = _copied(database, actor, views, limits)
        told = asked(_question(sql, values, used, views, found, now, limits), limits.seconds)
        if told.get("refused") != "gone":
            break
    if "refused" in told:
        _refuse(told, views, [*shown, *used], used, limits)
    frame = Frame(_distinct(told["columns"]), tuple(tuple(row) for row in told["rows"]), told["cut"])
    return Answer(frame, time.monotonic() - began, {**before, **found.revisions})


def _counters(database: Database, actor: Actor, views: Iterable[View]) -> dict[Subject, int]:
    """The counters of what these views read, before it is read."""
    subjects = tuple(subject for subject in Subject if any(subject in view.reads for view in views))
    if not subjects:
        return {}
    with database.read() as session:
        return dict(zip(subjects, revisions(session, actor.county, subjects), strict=True))


def _copied(database: Database, actor: Actor, views: list[View], limits: Limits) -> Copies:
    try:
        return copies(database, actor, views, limits.directory)
    except (OSError, sqlite3.Error) as error:
        raise Invalid("queries.no_copy") from error


def _check(sql: str, limits: Limits) -> None:
    """What the text itself shows to be no question; the child's fences do not rely on it."""
    if len(sql) > limits.characters:
        raise Invalid("queries.too_long", limit=limits.characters)
    if "\x00" in sql or any("\ud800" <= sign <= "\udfff" for sign in sql):
        raise Invalid("queries.bad_sign")
    count = statements_in(sql)
    if count == 0:
        raise Invalid("queries.empty")
    if first_word(sql) not in ("select", "with", "values"):
        raise Invalid("queries.not_select")
    if count > 1:
        raise Invalid("queries.several", count=count)


def _values(sql: str, inputs: Mapping[str, Scalar], now: datetime) -> dict[str, Scalar]:
    here = now.astimezone(COUNTY_TIME)
    known: dict[str, Scalar] = {"now": f"{here:%Y-%m-%d %H:%M:%S}", "today": f"{here:%Y-%m-%d}", **inputs}
    for name in parameters_in(sql):
        if name not in known:
            raise Invalid("queries.parameter", name=name)
    return {name: known[name] for name in parameters_in(sql)}


def _used(names: Iterable[str], frames: Mapping[str, Frame]) -> dict[str, Frame]:
    for name in frames:
        if lowered(name) in VIEWS:
            raise Invalid("queries.frame_name", name=name)
    return {name: frame for name, frame in frames.items() if lowered(name) in names}


def _question(
    sql: str,
    values: Mapping[str, Scalar],
    frames: Mapping[str, Frame],
    views: Iterable[View],
    found: Copies,
    now: datetime,
    limits: Limits,
) -> dict[str, Any]:
    moment = f"'{now.astimezone(COUNTY_TIME):%Y-%m-%d %H:%M:%S}'"
    timed = {
        view.name: ", ".join(f"{c.formula.format(now=moment)} AS {c.name}" for c in view.columns if c.timed)
        for view in views
    }
    return {
        "sql": sql,
        "inputs": values,
        "frames": {name: {"columns": frame.columns, "rows": frame.rows} for name, frame in frames.items()},
        "views": {name: {"path": str(path.resolve()), "timed": timed[name]} for name, path in found.paths.items()},
        "rows": limits.rows,
        "bytes": limits.result_bytes,
        "memory": limits.memory_bytes,
        "seconds": limits.seconds,
    }


_FAULTS = (
    (re.compile(r"no such table: (.+)"), "table"),
    (re.compile(r"no such column: (.+)"), "column"),
    (re.compile(r"no such function: (.+)"), "function"),
    (re.compile(r"only execute one statement"), "several"),
    (
        re.compile(r"too big|too many|too large|out of memory|too complex|full|overflow|disk I/O|unable to open"),
        "large",
    ),
)


def _refuse(
    told: Mapping[str, Any], views: Iterable[View], tables: list[str], frames: Mapping[str, Frame], limits: Limits
) -> NoReturn:
    kind, name = str(told["refused"]), str(told.get("name", ""))
    if kind == "error":
        for pattern, meant in _FAULTS:
            found = pattern.search(name)
            if found:
                kind, name = meant, (found[1] if found.groups() else "")
                break
    if kind == "table":
        raise _missing("queries.no_table", name, tables)
    if kind == "column":
        columns = {column.name for view in views for column in view.columns}
        raise _missing("queries.no_column", name, columns.union(*(frame.columns for frame in frames.values())))
    raise _fault(kind, name, limits)


def _fault(kind: str, name: str, limits: Limits) -> DashboardError:
    if kind == "function":
        return Invalid("queries.no_function", name=name)
    if kind == "several":
        return Invalid("queries.several", count=2)
    if kind == "slow":
        return Invalid("queries.too_slow", seconds=f"{limits.seconds:g}")
    if kind == "action":
        return Invalid("queries.forbidden")
    if kind == "error":
        return Invalid("queries.syntax", problem=name[:200])
    return Invalid("queries.too_large")


def _missing(key: str, name: str, known: Iterable[str]) -> DashboardError:
    """The refusal, with the nearest names where some are near."""
    near = difflib.get_close_matches(lowered(name.rsplit(".", 1)[-1]), sorted(known), n=3)
    if near:
        return Invalid(f"{key}_near", name=name, near=", ".join(near))
    return Invalid(key, name=name)


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    """Column names that differ, so that the frame can be a table: a second "count" is "count_2"."""
    made: list[str] = []
    seen: set[str] = set()
    for name in names:
        number, chosen = 1, name
        while lowered(chosen) in seen:
            number += 1
            chosen = f"{name}_{number}"
        seen.add(lowered(chosen))
        made.append(chosen)
    return tuple(made)
