"""`import`: a register from a file into the database, with what is wrong told row by row."""

import argparse
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from dashboard.cli.common import DONE, REFUSED, Progress, actor_of, open_database, say
from dashboard.core.errors import Invalid
from dashboard.core.geo import Datum
from dashboard.core.intake_times import COUNTY_TIME
from dashboard.core.permissions import Actor
from dashboard.core.words import ImportKind
from dashboard.formats.parsed import Problem
from dashboard.formats.refused import refused_features, refused_workbook
from dashboard.services.import_words import saved_mappings
from dashboard.services.imports import Choices, Register, Report, open_register, run_import
from dashboard.services.questions import answer
from dashboard.text import text
from db import migrate
from db.county import ensure_county
from db.engine import Database

#: Problems told one by one without --json; the rest is counted by class.
SHOWN = 20
#: What differs from row to row within a class of problems.
_VARIABLE = ("other", "parent", "words", "percent", "value")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The register, how to read it, and what to do with refused rows."""
    words = _help
    parser.add_argument("kind", choices=[str(kind) for kind in ImportKind], help=words("kind"))
    parser.add_argument("file", metavar="FILE", type=Path, help=words("file"))
    parser.add_argument("--mapping", metavar="M", help=words("mapping"))
    parser.add_argument("--datum", choices=[str(datum) for datum in Datum], help=words("datum"))
    parser.add_argument("--today", metavar="DATE", type=date.fromisoformat, help=words("today"))
    parser.add_argument("--dry-run", action="store_true", help=words("dry_run"))
    parser.add_argument("--yes", action="store_true", help=words("yes"))
    parser.add_argument("--refused", metavar="FILE", type=Path, help=words("refused"))


def _help(name: str) -> str:
    return text("en", f"imports.help.{name}").replace("%", "%%")


def run(arguments: argparse.Namespace) -> int:
    """0 when every row is stored or unchanged, 1 when rows (or the whole file) are refused."""
    now = datetime.now(UTC)
    database = open_database(arguments)
    _set_up(database, now)
    actor = actor_of(database)
    kind = ImportKind(arguments.kind)
    progress = _progress(arguments.language)
    progress(0, 3, "imports.reading")
    mapping = _mapping(database, actor, kind, arguments.mapping)
    register = open_register(kind, arguments.file, arguments.file.name)
    today = arguments.today or now.astimezone(COUNTY_TIME).date()
    datum = Datum(arguments.datum) if arguments.datum else None
    report = run_import(
        database,
        actor,
        register,
        Choices(today, mapping, datum),
        now=now,
        dry_run=arguments.dry_run,
        confirmed=arguments.yes,
        progress=progress,
    )
    written = _write_refused(arguments, register, report)
    say(arguments, as_json(report, arguments.language), _words(report, arguments, written))
    return REFUSED if report.refused else DONE


def _set_up(database: Database, now: datetime) -> None:
    """An empty database gets its tables, divisions and words first."""
    if migrate.current(database):
        return
    migrate.upgrade(database)
    database.write(lambda session: ensure_county(session, now=now))


def _progress(language: str) -> Any:
    steps = Progress()
    return lambda done, total, key: steps(done, total, text(language, key))


def _mapping(database: Database, actor: Actor, kind: ImportKind, said: str | None) -> dict[str, str] | None:
    """A saved mapping by name, or a JSON file {heading: field}. Raises Invalid for neither."""
    if said is None:
        return None
    saved = answer(database, saved_mappings, actor, kind=kind)
    if said in saved:
        return saved[said]
    path = Path(said)
    if not path.is_file():
        raise Invalid("imports.unknown_mapping", name=said)
    try:
        read = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, OSError) as error:
        raise Invalid("imports.bad_mapping") from error
    if not isinstance(read, dict) or not all(isinstance(field, str) for field in read.values()):
        raise Invalid("imports.bad_mapping")
    return read


def as_json(report: Report, language: str) -> dict[str, Any]:
    """The shape scripts rely on (docs/commands.md)."""
    return {
        "rows": report.rows,
        "stored": report.stored,
        "unchanged": report.unchanged,
        "refused": report.refused,
        "linked": report.linked,
        "warnings": report.warnings,
        "to_verify": report.to_verify,
        "unplaced": report.unplaced,
        "batch": report.batch_id,
        "datum": str(report.parsed.datum),
        "problems": [_problem(problem, language) for problem in report.problems],
    }


def _problem(problem: Problem, language: str) -> dict[str, Any]:
    return {
        "row": problem.row,
        "column": problem.column,
        "value": problem.value,
        "key": problem.key.removeprefix("import_problems."),
        "severity": str(problem.severity),
        "message": text(language, problem.key, **problem.values),
        "fix": text(language, problem.fix, **problem.values),
    }


def _words(report: Report, arguments: argparse.Namespace, written: Path | None) -> str:
    """Counts, datum, classes of problems, the first of them one by one."""
    language: str = arguments.language
    lines = [text(language, "imports.done", **report.counts)]
    if arguments.dry_run:
        lines.append(text(language, "imports.dry_run"))
    if report.parsed.datum:
        datum = text(language, f"imports.datum.{report.parsed.datum}")
        reason = text(language, f"imports.datum.{report.parsed.datum_reason}")
        lines.append(text(language, "imports.datum.used", datum=datum, reason=reason))
    lines += [text(language, f"imports.note.{note.key}", **note.values) for note in report.parsed.notes]
    for (severity, key), count in report.classes.items():
        said = text(language, f"imports.severity.{severity}")
        message = text(language, key, **dict.fromkeys(_VARIABLE, "…"))
        lines.append(text(language, "imports.class_line", severity=said, message=message, count=count))
    told = sorted(report.problems, key=lambda problem: (problem.severity != "refused", problem.row))
    lines += [_line(problem, language) for problem in told[:SHOWN]]
    if written is not None:
        lines.append(text(language, "imports.refused_written", path=written))
    return "\n".join(lines)


def _line(problem: Problem, language: str) -> str:
    said = _problem(problem, language)
    return text(language, "imports.problem_line", **{k: said[k] for k in ("row", "column", "message", "value", "fix")})


def _write_refused(arguments: argparse.Namespace, register: Register, report: Report) -> Path | None:
    """Write the refused rows where --refused says: GeoJSON by its name, else a workbook. Nothing refused: no file."""
    path: Path | None = arguments.refused
    if path is None:
        return None
    language: str = arguments.language

    def sentence(key: str, values: Mapping[str, object]) -> str:
        return text(language, key, **values)

    headings = (
        text(language, "imports.column.row"),
        text(language, "imports.column.reason"),
        text(language, "imports.column.fix"),
    )
    if path.suffix.casefold() in (".geojson", ".json"):
        data = refused_features(register.opened, report.problems, sentence, headings)
    else:
        data = refused_workbook(report.parsed, report.problems, sentence, headings)
    if data is None:
        return None
    path.write_bytes(data)
    return path
