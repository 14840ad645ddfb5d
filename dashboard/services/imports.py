"""Registers come in: read in a child process, held against what is stored, then stored whole or not at all.

`run_import` is the door of the shell and of the page. `prepare` reads and plans without writing (the page's preview, a
dry run); the four `store_*` commands write, each in one transaction with one audit row, one batch, and for every value
that changed where it came from.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from dashboard.core.errors import Conflict, Invalid
from dashboard.core.geo import Datum
from dashboard.core.permissions import WHOLE_COUNTY, Action, Actor
from dashboard.core.words import ImportKind, Subject
from dashboard.formats.columns import FIELDS
from dashboard.formats.files import Opened, open_bytes, open_path
from dashboard.formats.geojson import parse_grids
from dashboard.formats.needs import parse_needs
from dashboard.formats.parsed import Parsed, Problem, Severity
from dashboard.formats.refused import Say, refused_features, refused_workbook
from dashboard.formats.sites import parse_sites
from dashboard.formats.volunteers import parse_volunteers
from dashboard.services import import_context as context
from dashboard.services.commands import Work, command, perform, revisions
from dashboard.services.import_grids import answer_for_grids, plan_grids
from dashboard.services.import_grids import store_grids as _store_grids
from dashboard.services.import_ledger import Ledger, Plan
from dashboard.services.import_needs import plan_needs
from dashboard.services.import_needs import store_needs as _store_needs
from dashboard.services.import_places import refresh_villages, replace_points
from dashboard.services.import_sites import plan_sites
from dashboard.services.import_sites import store_sites as _store_sites
from dashboard.services.import_volunteer_rows import store_volunteers as _store_volunteers
from dashboard.services.import_volunteers import plan_volunteers
from db.engine import Database
from db.models import ImportBatch

__all__ = ["FIELDS", "Choices", "Prepared", "Register", "Report", "open_register", "prepare", "run_import", "store"]

Progress = Callable[[int, int, str], None]
#: A file that would change so many of the rows there are asks again (F77).
ASK_AGAIN_SHARE = 0.3
#: A file that speaks of fewer stored rows than this is measured against all of them.
ASK_AGAIN_ROWS = 20
#: What a parsed register was held against: it is read again when any of these has moved meanwhile.
_SEEN = (Subject.PLACES, Subject.CATALOGUE, Subject.RULES)
_TRIES = 3


@dataclass(frozen=True)
class Choices:
    """What the person importing chose: columns (heading -> field), datum, the day that counts as today."""

    today: date
    mapping: Mapping[str, str] | None = None
    datum: Datum | None = None


@dataclass(frozen=True)
class Register:
    """An opened file with its name and the SHA-256 of its bytes."""

    kind: ImportKind
    name: str
    digest: str
    opened: Opened


@dataclass(frozen=True)
class Prepared:
    """A register read and held against the database, nothing written: what would be stored, changed, refused."""

    register: Register
    parsed: Parsed[Any]
    plan: Plan[Any]
    seen: tuple[int, ...]

    @property
    def report(self) -> "Report":
        return report_of(self.parsed, self.plan)


@dataclass(frozen=True)
class Report:
    """What an import did or would do. rows = stored + unchanged + refused, always."""

    rows: int
    stored: int
    unchanged: int
    refused: int
    linked: int
    warnings: int
    to_verify: int
    problems: tuple[Problem, ...]
    parsed: Parsed[Any]
    changed: int = 0
    existing: int = 0
    unplaced: int = 0
    batch_id: int | None = None

    @property
    def counts(self) -> dict[str, int]:
        """The numbers kept with the batch."""
        names = ("rows", "stored", "unchanged", "refused", "linked", "warnings", "to_verify", "changed", "unplaced")
        return {name: getattr(self, name) for name in names}

    @property
    def classes(self) -> Mapping[tuple[Severity, str], int]:
        """How many rows have each class of problem: (severity, key) -> rows, refusals first."""
        told = {(problem.severity, problem.key, problem.row) for problem in self.problems}
        order = list(Severity)
        return Counter((severity, key) for severity, key, _ in sorted(told, key=lambda one: (order.index(one[0]), one)))

    @property
    def asks_again(self) -> bool:
        """Would so many stored rows change that somebody should look again?"""
        touched = self.changed + self.unchanged
        base = touched if touched >= ASK_AGAIN_ROWS else self.existing
        return self.changed > 0 and self.changed >= ASK_AGAIN_SHARE * base


def open_register(kind: ImportKind, source: Path | bytes, name: str) -> Register:
    """Open a file on disk or as uploaded. Raises Invalid in words for whatever cannot be read."""
    opened = open_bytes(source) if isinstance(source, bytes) else open_path(source)
    data = source if isinstance(source, bytes) else source.read_bytes()
    return Register(kind, name[:200], hashlib.sha256(data).hexdigest(), opened)


def prepare(database: Database, actor: Actor, register: Register, choices: Choices, now: datetime) -> Prepared:
    """Read a register and plan what storing it would do. Writes nothing."""
    with database.read() as session:
        seen = revisions(session, actor.county, _SEEN)
        parsed = parse(session, actor.county, register, choices)
        return Prepared(register, parsed, plan(session, actor.county, parsed, now), seen)


def parse(session: Session, county: str, register: Register, choices: Choices) -> Parsed[Any]:
    """The rows of a register as values, held against the county's villages, outline and words."""
    villages = context.villages_of(session, county)
    opened, mapping = register.opened, choices.mapping
    if register.kind is ImportKind.SITES:
        known = context.known_sites(session, county)
        boundary = context.boundary_of(session, county)
        return parse_sites(opened.tables, villages, boundary, known, mapping, choices.datum)
    if register.kind is ImportKind.GRIDS:
        stored = context.stored_grids(session, county)
        boundary = context.boundary_of(session, county)
        return parse_grids(opened, villages, boundary, stored, mapping, choices.datum)
    if register.kind is ImportKind.VOLUNTEERS:
        hours = context.hours_words(session, county)
        skills = frozenset(context.skill_ids(session, county))
        return parse_volunteers(opened.tables, villages, hours, skills, choices.today, mapping)
    words = context.category_words(session, county)
    boundary = context.boundary_of(session, county)
    return parse_needs(opened.tables, villages, boundary, words, choices.today, mapping, choices.datum)


def plan(session: Session, county: str, parsed: Parsed[Any], now: datetime) -> Plan[Any]:
    """What storing the rows would do."""
    if parsed.kind is ImportKind.SITES:
        return plan_sites(session, county, parsed)
    if parsed.kind is ImportKind.GRIDS:
        return plan_grids(session, county, parsed)
    if parsed.kind is ImportKind.VOLUNTEERS:
        return plan_volunteers(session, county, parsed)
    return plan_needs(session, county, parsed, now)


def report_of(parsed: Parsed[Any], planned: Plan[Any], unplaced: int = 0, batch_id: int | None = None) -> Report:
    """The counts of a plan. A refused row's lesser problems are told but not counted."""
    refused = parsed.refused | planned.refused
    problems = tuple(sorted([*parsed.problems, *planned.problems], key=lambda problem: problem.row))
    kept = [problem for problem in problems if problem.row not in refused]
    report = Report(
        rows=len(parsed.rows),
        stored=planned.stored,
        unchanged=len(planned.unchanged),
        refused=len(refused),
        linked=planned.linked,
        warnings=sum(problem.severity is Severity.WARNING for problem in kept),
        to_verify=len({problem.row for problem in kept if problem.severity is Severity.VERIFY}),
        problems=problems,
        parsed=parsed,
        changed=len(planned.changed),
        existing=planned.existing,
        unplaced=unplaced,
        batch_id=batch_id,
    )
    if report.rows != report.stored + report.unchanged + report.refused:
        raise AssertionError(f"rows went astray: {report.counts}")
    return report


def _store(
    work: Work, prepared: Prepared, confirmed: bool, deed: Callable[[Work, Plan[Any], Ledger], None], choices: Choices
) -> Report:
    """One import in the caller's transaction: planned anew against what is stored now, then written with its batch."""
    work.require(Action.IMPORT, WHOLE_COUNTY)
    county, parsed = work.actor.county, prepared.parsed
    if revisions(work.session, county, _SEEN) != prepared.seen:
        raise Conflict("imports.moved")
    planned = plan(work.session, county, parsed, work.now)
    foreseen = report_of(parsed, planned)
    if foreseen.asks_again and not confirmed:
        base = foreseen.existing
        percent = round(100 * foreseen.changed / max(1, base))
        raise Invalid("imports.many_changes", changed=foreseen.changed, existing=base, percent=percent)
    batch = ImportBatch(
        county=county,
        kind=parsed.kind,
        file_name=prepared.register.name,
        file_digest=prepared.register.digest,
        at=work.now,
        account_id=work.actor.account_id,
        mapping=dict(parsed.mapping) | ({"datum": str(parsed.datum)} if parsed.datum else {}),
        counts=foreseen.counts,
        valid_on=choices.today,
    )
    work.session.add(batch)
    work.session.flush()
    ledger = Ledger(work, batch.id, choices.today)
    deed(work, planned, ledger)
    changes = ledger.write()
    unplaced = replace_points(work.session, county)
    report = report_of(parsed, planned, unplaced, batch.id)
    batch.counts = report.counts
    after = report.counts | {"file": batch.file_name, "digest": batch.file_digest, "values": changes}
    work.audit(f"import_{parsed.kind}", batch.id, after=after, batch_id=batch.id, personal=ledger.personal)
    return report


def _places_then(deed: Callable[[Work, Plan[Any], Ledger], None]) -> Callable[[Work, Plan[Any], Ledger], None]:
    """After places changed: who answers for grids and villages, and the points that stand for villages."""

    def stored(work: Work, planned: Plan[Any], ledger: Ledger) -> None:
        deed(work, planned, ledger)
        answer_for_grids(work.session, work.actor.county)
        refresh_villages(work.session, work.actor.county)

    return stored


@command(Action.IMPORT, Subject.PLACES, Subject.PEOPLE, Subject.NEEDS)
def store_sites(work: Work, *, prepared: Prepared, choices: Choices, confirmed: bool = False) -> Report:
    """Store a register of sites."""
    return _store(work, prepared, confirmed, _places_then(_store_sites), choices)


@command(Action.IMPORT, Subject.PLACES, Subject.PEOPLE, Subject.NEEDS)
def store_grids(work: Work, *, prepared: Prepared, choices: Choices, confirmed: bool = False) -> Report:
    """Store a register of grids."""
    return _store(work, prepared, confirmed, _places_then(_store_grids), choices)


@command(Action.IMPORT, Subject.PEOPLE)
def store_volunteers(work: Work, *, prepared: Prepared, choices: Choices, confirmed: bool = False) -> Report:
    """Store a register of volunteers."""
    return _store(work, prepared, confirmed, _store_volunteers, choices)


@command(Action.IMPORT, Subject.PEOPLE, Subject.NEEDS)
def store_needs(work: Work, *, prepared: Prepared, choices: Choices, confirmed: bool = False) -> Report:
    """Store a register of needs."""
    return _store(work, prepared, confirmed, _store_needs, choices)


STORE: dict[ImportKind, Callable[..., Report]] = {
    ImportKind.SITES: store_sites,
    ImportKind.GRIDS: store_grids,
    ImportKind.VOLUNTEERS: store_volunteers,
    ImportKind.NEEDS: store_needs,
}


def quiet(done: int, total: int, what: str) -> None:
    """Progress nobody looks at."""


def refused_file(register: Register, report: Report, say: Say, headings: tuple[str, str, str]) -> bytes:
    """The refused rows as a workbook, refused grids as GeoJSON; reasons and headings in the reader's words."""
    if register.kind is ImportKind.GRIDS:
        return refused_features(register.opened, report.problems, say, headings) or b""
    return refused_workbook(report.parsed, report.problems, say, headings) or b""


def run_import(
    database: Database,
    actor: Actor,
    register: Register,
    choices: Choices,
    *,
    now: datetime,
    dry_run: bool = False,
    confirmed: bool = False,
    progress: Progress = quiet,
) -> Report:
    """Prepare and store a register. Raises DashboardError in words; then nothing at all was stored.

    `progress(done, total, key)` is told each step (text key). When the county's places, catalogue or rules moved while
    the file was read, it is read again.
    """
    for attempt in range(1, _TRIES + 1):
        progress(1, 3, "imports.checking")
        prepared = prepare(database, actor, register, choices, now)
        if dry_run:
            return prepared.report
        progress(2, 3, "imports.storing")
        try:
            return store(database, actor, prepared, choices, now=now, confirmed=confirmed)
        except Conflict as error:
            if error.key != "imports.moved" or attempt == _TRIES:
                raise
        finally:
            progress(3, 3, "imports.storing")
    raise AssertionError("unreachable: the last attempt returns or raises")


def store(
    database: Database, actor: Actor, prepared: Prepared, choices: Choices, *, now: datetime, confirmed: bool = False
) -> Report:
    """Write what was prepared. Raises Conflict when what it was held against has moved since."""
    deed = STORE[prepared.register.kind]
    return perform(database, deed, actor, now=now, prepared=prepared, choices=choices, confirmed=confirmed)
