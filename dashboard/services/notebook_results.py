"""What a notebook's cells gave last: by whom, when, how it differs from the run before, and whether it is stale.

A stored result is shown to readers of the role and the part of the tree it was computed for, while their rights are the
same: nobody is ever shown what was computed with more rights than hers. A result is stale when its cell or what it
reads was changed, when the subjects it was read from were written to, or, where it depends on the day, on another day.
"""

import hashlib
import json
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from cachetools import LRUCache
from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.core.deadlines import COUNTY_TIME
from dashboard.core.edges import USUAL, Edges
from dashboard.core.errors import NotFound
from dashboard.core.figures import Unit, Value
from dashboard.core.frame_changes import FrameChanges, frame_changes
from dashboard.core.frames import Frame
from dashboard.core.notebook import Cell, Kind, below, reads
from dashboard.core.notebook_inputs import moves
from dashboard.core.permissions import RIGHTS, Action, Actor, require
from dashboard.core.query_names import names_in, parameters_in
from dashboard.core.query_views import VIEWS
from dashboard.core.words import Subject
from dashboard.services import lapse, notebooks
from dashboard.services.commands import Work, command, perform, revisions
from dashboard.services.freezes import DATA
from dashboard.services.notebook_runs import ASKING, Outcome, Progress, inputs_of, run
from dashboard.services.notebooks import readable
from dashboard.services.query_cells import views_for
from dashboard.services.questions import answer, question, spec_of
from db.engine import Database
from db.models import Account, Notebook, NotebookResult


@dataclass(frozen=True)
class Kept:
    """A stored result. `difference` to the run of `before_at`; None for the first."""

    outcome: Outcome
    basis: str
    revision: int
    rows: int
    by: str
    at: datetime
    difference: FrameChanges | None
    before_at: datetime | None


@dataclass(frozen=True)
class Seen:
    """What a reader sees of a cell: its newest outcome, None before the first; the stored result it comes from."""

    outcome: Outcome | None
    stale: bool = False
    kept: Kept | None = None


@dataclass(frozen=True)
class Result:
    """A cell's outcome with what it was computed of."""

    outcome: Outcome
    basis: str
    revision: int


# -- what there is


@question(Subject.NOTEBOOKS, Subject.ACCOUNTS)
def kept(session: Session, actor: Actor, *, notebook_id: int) -> tuple[tuple[str, Kept], ...]:
    """The stored results that this reader may see, by cell."""
    require(actor, Action.RUN_QUERIES)
    rows = session.execute(
        select(NotebookResult, Account.display_name)
        .join(Notebook, Notebook.id == NotebookResult.notebook_id)
        .outerjoin(Account, Account.id == NotebookResult.run_by)
        .where(
            NotebookResult.notebook_id == notebook_id,
            readable(actor),
            NotebookResult.role == actor.role,
            NotebookResult.site_path == actor.site_path,
            NotebookResult.rights == rights_of(actor),
        )
    )
    return tuple(
        (
            row.NotebookResult.cell,
            Kept(
                outcome=_decoded(row.NotebookResult.outcome),
                basis=row.NotebookResult.basis,
                revision=row.NotebookResult.revision,
                rows=row.NotebookResult.rows,
                by=row.display_name or "",
                at=row.NotebookResult.run_at,
                difference=_difference(row.NotebookResult.difference),
                before_at=row.NotebookResult.before_at,
            ),
        )
        for row in rows
    )


def rights_of(actor: Actor) -> str:
    """A digest of what this actor may see, so that a result of other rights is never taken for hers."""
    views = [[view.name, [column.name for column in view.columns]] for view in views_for(actor)]
    return _digest([actor.role, sorted(RIGHTS[actor.role]), views])


@command(Action.RUN_QUERIES, Subject.NOTEBOOKS)
def keep(work: Work, *, notebook_id: int, results: Mapping[str, Result]) -> dict[str, int]:
    """Store what cells gave, each with its difference to the run before."""
    book = work.session.scalar(
        select(Notebook).where(Notebook.id == notebook_id, readable(work.actor)).with_for_update()
    )
    if book is None:
        raise NotFound("notebook.no_such")
    own = {"notebook_id": book.id, "role": work.actor.role, "site_path": work.actor.site_path}
    rights = rights_of(work.actor)
    rows = {row.cell: row for row in work.session.scalars(select(NotebookResult).filter_by(**own))}
    for name, result in results.items():
        row = rows.get(name)
        difference, before_at = None, None
        if row is None:
            row = NotebookResult(county=book.county, cell=name, **own)
            work.session.add(row)
        elif row.rights == rights:
            difference, before_at = _since(row, result.outcome)
        frame = table_of(result.outcome)
        row.rights, row.basis, row.revision = rights, result.basis, result.revision
        row.digest, row.outcome = digest_of(result.outcome), _encoded(result.outcome)
        row.rows, row.difference, row.before_at = 0 if frame is None else len(frame.rows), difference, before_at
        row.run_by, row.run_at = work.actor.account_id, work.now
    work.audit("notebook", book.id, after={"run": len(results)})
    return {"cells": len(results)}


def _since(row: NotebookResult, outcome: Outcome) -> tuple[str | None, datetime | None]:
    """The difference to the result the row holds, and when that was; nothing where either failed."""
    before, after = table_of(_decoded(row.outcome)), table_of(outcome)
    if before is None or after is None:
        return None, None
    return json.dumps(asdict(frame_changes(before, after))), row.run_at


def table_of(outcome: Outcome) -> Frame | None:
    """An outcome as rows: a figure cell's are its figures."""
    if not outcome.good:
        return None
    if outcome.figures:
        rows = tuple((key, value.value, value.n) for key, value in outcome.figures.items())
        return Frame(("figure", "value", "n"), rows)
    return outcome.frame


# -- what is stale

#: Outcomes by what they were computed of and by whom, so that a draft or typed inputs need no second run.
_KNOWN: LRUCache[tuple[Any, ...], Outcome] = LRUCache(maxsize=256)
#: What an account saw last of a cell, shown as stale until it is run anew.
_LAST: LRUCache[tuple[Any, ...], Outcome] = LRUCache(maxsize=256)
_GATE = threading.Lock()


def forget_known() -> None:
    """As after a restart (tests)."""
    with _GATE:
        _KNOWN.clear()
        _LAST.clear()


def look(database: Database, actor: Actor, notebook_id: int, cells: Sequence[Cell], now: datetime) -> dict[str, Seen]:
    """What there is of each cell, without running any."""
    stored = dict(answer(database, kept, actor, notebook_id=notebook_id))
    counters = _counters(database, actor)
    who = _who(database, actor)
    seen: dict[str, Seen] = {}
    outcomes: dict[str, Outcome] = {}
    for at, cell in enumerate(cells):
        needed = reads(cell, cells[:at], names_in, parameters_in)
        waits = any(seen[name].stale for name in needed)
        if cell.kind not in ASKING:
            run(database, actor, cells[: at + 1], now, only={cell.name}, found=outcomes)
            of = seen[needed[0]].kept if needed else None
            source = None if needed and seen[needed[0]].outcome is None else outcomes[cell.name]
            seen[cell.name] = Seen(source, waits, of)
            continue
        basis = _basis(cell, needed, cells[:at], outcomes, now)
        revision = _revision(cell, counters)
        row = stored.get(cell.name)
        with _GATE:
            known = _KNOWN.get((*who, basis, revision))
            last = _LAST.get((*who, actor.account_id, notebook_id, cell.name))
        if row is not None and (row.basis, row.revision) == (basis, revision):
            seen[cell.name] = Seen(row.outcome, waits, row)
        elif known is not None:
            seen[cell.name] = Seen(known, waits)
        elif last is not None and (row is None or last != row.outcome):
            seen[cell.name] = Seen(last, True)
        else:
            seen[cell.name] = Seen(None if row is None else row.outcome, True, row)
        outcome = seen[cell.name].outcome
        if outcome is not None:
            outcomes[cell.name] = outcome
    return seen


def run_cells(
    database: Database,
    actor: Actor,
    notebook_id: int,
    cells: Sequence[Cell],
    wanted: Collection[str],
    now: datetime,
    progress: Progress,
) -> None:
    """Run these cells and whatever stale they read; store what they gave, where they are as they were saved. A run that
    is cut short keeps the cells that were done."""
    seen = look(database, actor, notebook_id, cells, now)
    wanted = _with_needed(cells, wanted, seen)
    counters = _counters(database, actor)
    found = {name: one.outcome for name, one in seen.items() if one.outcome is not None and name not in wanted}
    done: dict[str, Result] = {}

    def note() -> None:
        """What is done is known at once: a page that stops this run looks while its last cell is still being done."""
        for at, cell in enumerate(cells):
            if cell.kind in ASKING and cell.name in wanted and cell.name in found and cell.name not in done:
                needed = reads(cell, cells[:at], names_in, parameters_in)
                basis = _basis(cell, needed, cells[:at], found, now)
                done[cell.name] = Result(found[cell.name], basis, _revision(cell, counters))
                _remember(database, actor, notebook_id, cell.name, done[cell.name])

    def told(count: int, total: int, name: str) -> None:
        note()
        progress(count, total, name)

    try:
        asking = {cell.name for cell in cells if cell.kind in ASKING}
        run(database, actor, cells, now, progress=told, only=wanted & asking, found=found)
    finally:
        note()
        _store(database, actor, notebook_id, cells, done, now)


def _with_needed(cells: Sequence[Cell], wanted: Collection[str], seen: Mapping[str, Seen]) -> frozenset[str]:
    """The wanted cells and the stale ones they read, directly or not."""
    names = set(wanted)
    for at in range(len(cells) - 1, -1, -1):
        if cells[at].name in names:
            needed = reads(cells[at], cells[:at], names_in, parameters_in)
            names |= {name for name in needed if seen[name].stale}
    return frozenset(names)


def _remember(database: Database, actor: Actor, notebook_id: int, name: str, result: Result) -> None:
    who = _who(database, actor)
    with _GATE:
        _KNOWN[(*who, result.basis, result.revision)] = result.outcome
        _LAST[(*who, actor.account_id, notebook_id, name)] = result.outcome


def _store(
    database: Database,
    actor: Actor,
    notebook_id: int,
    cells: Sequence[Cell],
    done: Mapping[str, Result],
    now: datetime,
) -> None:
    saved = {cell.name: cell for cell in answer(database, notebooks.opened, actor, notebook_id=notebook_id).cells}
    changed = [cell.name for cell in cells if saved.get(cell.name) != cell]
    theirs = below(cells, changed, names_in, parameters_in)
    stored = {name: result for name, result in done.items() if name not in theirs}
    if stored:
        perform(database, keep, actor, now=now, notebook_id=notebook_id, results=stored)


def _who(database: Database, actor: Actor) -> tuple[str, ...]:
    """Whose results these are: one kind of reader of one database."""
    return str(database.url), actor.county, actor.site_path, rights_of(actor)


def _counters(database: Database, actor: Actor) -> dict[Subject, int]:
    with database.read() as session:
        return dict(zip(Subject, revisions(session, actor.county, Subject), strict=True))


def _revision(cell: Cell, counters: Mapping[Subject, int]) -> int:
    """The sum of the counters of what the cell reads; it only grows."""
    if cell.kind is Kind.FIGURE:
        return sum(counters[one] for one in DATA)
    if cell.kind is Kind.MAP:
        return counters[Subject.PLACES]
    if cell.kind is Kind.LAPSE:
        return sum(counters[one] for one in spec_of(lapse.by_town).reads)
    subjects = {one for name in names_in(cell.fields["sql"]) if name in VIEWS for one in VIEWS[name].reads}
    return sum(counters[one] for one in subjects)


#: The fields that a result follows from.
_SAID = {
    Kind.QUERY: ("sql",),
    Kind.FIGURE: ("keys",),
    Kind.MAP: ("y",),
    Kind.LAPSE: ("figure", "months", "until", "known"),
}


def _basis(
    cell: Cell, needed: Sequence[str], earlier: Sequence[Cell], outcomes: Mapping[str, Outcome], now: datetime
) -> str:
    """A digest of what the cell's result follows from, but for the data: its own text, the results and inputs it reads,
    the day where it depends on that."""
    inputs = inputs_of([one for one in earlier if one.name in needed], now)
    frames = [[name, digest_of(outcomes[name])] for name in needed if name in outcomes and outcomes[name].frame]
    said = " ".join(cell.fields[field] for field in _SAID[cell.kind])
    day = f"{now.astimezone(COUNTY_TIME):%Y-%m-%d}" if _timed(cell) else ""
    return _digest([cell.kind, said, frames, inputs, day])


def _timed(cell: Cell) -> bool:
    """Does it depend on the day?"""
    if cell.kind is Kind.LAPSE:
        return moves(cell.fields["until"])
    if cell.kind is not Kind.QUERY:
        return cell.kind is Kind.FIGURE
    sql = cell.fields["sql"]
    views = [VIEWS[name] for name in names_in(sql) if name in VIEWS]
    return bool({"now", "today"} & set(parameters_in(sql))) or any(view.timed for view in views)


# -- as text


def digest_of(outcome: Outcome) -> str:
    """A digest of an outcome, whatever time it took."""
    return hashlib.sha256(_encoded(replace(outcome, seconds=0.0)).encode()).hexdigest()


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, default=str).encode()).hexdigest()


def _encoded(outcome: Outcome) -> str:
    """ASCII, whatever signs a result holds."""
    return json.dumps(asdict(outcome), default=str)


def _decoded(plain: str) -> Outcome:
    told = json.loads(plain)
    frame = told["frame"]
    return Outcome(
        frame=None if frame is None else _frame(frame),
        figures={key: _value(one) for key, one in told["figures"].items()},
        error=told["error"],
        values=told["values"],
        waits_for=told["waits_for"],
        seconds=told["seconds"],
    )


def _value(plain: Mapping[str, Any]) -> Value:
    """Results of before there were edges to set were cut at the product's own."""
    edges = Edges(**plain["edges"]) if "edges" in plain else USUAL
    return Value(plain["value"], Unit(plain["unit"]), plain["n"], edges)


def _frame(plain: Mapping[str, Any]) -> Frame:
    return Frame(tuple(plain["columns"]), tuple(map(tuple, plain["rows"])), plain["cut"])


def _difference(plain: str | None) -> FrameChanges | None:
    if plain is None:
        return None
    told = json.loads(plain)
    rows = {name: tuple(map(tuple, told[name])) for name in ("rows_added", "rows_gone")}
    pairs = tuple((tuple(old), tuple(new)) for old, new in told["rows_changed"])
    return FrameChanges(told["added"], told["gone"], told["changed"], told["columns"], rows_changed=pairs, **rows)
