"""`undo-import`: cancel every need that an import made, or say what that would do; without a number, list imports."""

import argparse
from datetime import UTC, datetime
from typing import Any

from dashboard.cli.common import DONE, REFUSED, Progress, actor_of, open_database, say
from dashboard.core.intake_times import COUNTY_TIME
from dashboard.core.matching.watch import Watch
from dashboard.core.permissions import Actor
from dashboard.core.words import ImportKind
from dashboard.services import import_undo
from dashboard.services.commands import perform
from dashboard.services.import_undo import STEPS, Preview
from dashboard.services.import_words import PastImport, history
from dashboard.services.questions import answer
from dashboard.text import text
from db.engine import Database


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which import, and whether only to look."""
    parser.add_argument("batch", metavar="BATCH", type=int, nargs="?", help=text("en", "import_undo.help.batch"))
    parser.add_argument("--dry-run", action="store_true", help=text("en", "import_undo.help.dry_run"))


def run(arguments: argparse.Namespace) -> int:
    """0 when it is undone or could be, 1 when needs stand in the way."""
    database = open_database(arguments)
    actor = actor_of(database)
    language: str = arguments.language
    if arguments.batch is None:
        return _list(arguments, database, actor)
    found = answer(database, import_undo.preview, actor, batch_id=arguments.batch)
    if arguments.dry_run:
        say(arguments, _plain(found, language), _words(found, language))
        return DONE if found.possible else REFUSED
    reason = text(language, "import_undo.reason", file=found.file_name)
    watch = _Told(language)
    now = datetime.now(UTC)
    done = perform(database, import_undo.undo, actor, now=now, batch_id=found.batch_id, reason=reason, watch=watch)
    say(arguments, done, text(language, "import_undo.done", **done))
    return DONE


class _Told(Watch):
    """Tells each step on stderr as it begins."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language, self._progress = language, Progress()

    def begin(self, step: str, total: int = 0) -> None:
        super().begin(step, total)
        self._progress(STEPS.index(step), total, text(self._language, f"import_undo.step_{step}"))


def _list(arguments: argparse.Namespace, database: Database, actor: Actor) -> int:
    past = [batch for batch in answer(database, history, actor) if batch.kind is ImportKind.NEEDS]
    lines = [_line(batch, arguments.language) for batch in past]
    none = text(arguments.language, "import_undo.none")
    say(arguments, {"imports": [_past(batch) for batch in past]}, "\n".join(lines) or none)
    return DONE


def _past(batch: PastImport) -> dict[str, Any]:
    stored = batch.counts.get("stored", 0)
    told = {"batch": batch.id, "at": batch.at, "file": batch.file_name, "stored": stored, "undone_at": batch.undone_at}
    return told | {"undone_by": batch.undone_by or None}


def _line(batch: PastImport, language: str) -> str:
    told = _past(batch) | {"at": _moment(batch.at), "undone": ""}
    if batch.undone_at is not None:
        by = batch.undone_by or text(language, "imports.page.shell")
        said = text(language, "import_undo.undone", at=_moment(batch.undone_at), by=by)
        told["undone"] = f"{text(language, 'imports.page.undone')}: {said}"
    return text(language, "import_undo.cli_batch", **told).rstrip()


def _moment(at: datetime) -> str:
    return at.astimezone(COUNTY_TIME).strftime("%Y-%m-%d %H:%M")


def _plain(found: Preview, language: str) -> dict[str, Any]:
    """The shape scripts rely on (docs/commands.md)."""
    touched = [
        {"need_id": one.need_id, "code": one.code, "why": one.why, "message": text(language, _why(one.why))}
        for one in found.touched
    ]
    return {
        "batch": found.batch_id,
        "file": found.file_name,
        "needs": found.needs,
        "possible": found.possible,
        "in_the_way": found.in_the_way,
        "touched": touched,
        "changed": found.changed,
        "linked": found.linked,
        "raised": list(found.raised),
    }


def _why(why: str) -> str:
    return f"import_undo.why.{why}"


def _words(found: Preview, language: str) -> str:
    counts = {name: getattr(found, name) for name in ("needs", "in_the_way", "changed")}
    lines = [text(language, "import_undo.cli_preview", file=found.file_name, at=_moment(found.at), **counts)]
    for one in found.touched:
        lines.append(text(language, "import_undo.cli_touched", code=one.code, why_key=_why(one.why)))
    if found.in_the_way > len(found.touched):
        more = {"listed": len(found.touched), "count": found.in_the_way}
        lines.append(text(language, "import_undo.more", **more))
    return "\n".join(lines)
