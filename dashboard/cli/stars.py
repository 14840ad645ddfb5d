"""`python -m dashboard stars`: compute the volunteers' stars by the rule that holds, or say who would change."""

import argparse
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from dashboard.cli.common import DONE, actor_of, open_database, say
from dashboard.core.stars import Standing
from dashboard.services import stars
from dashboard.services.commands import perform
from dashboard.services.questions import answer
from dashboard.services.stars import Preview
from dashboard.text import text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--preview", action="store_true", help="say who would change, and change nothing")


def run(arguments: argparse.Namespace) -> int:
    """Prints how many go up and down; 0 when that is done."""
    database, now = open_database(arguments), datetime.now(UTC)
    actor = actor_of(database)
    if arguments.preview:
        found = answer(database, stars.preview, actor, now=now)
        say(arguments, _plain(found), _words(found, arguments.language))
        return DONE
    said = perform(database, stars.recompute, actor, now=now)
    say(arguments, said, text(arguments.language, "stars.done", **said))
    return DONE


def _plain(found: Preview) -> dict[str, Any]:
    counts = {name: getattr(found, name) for name in ("version", "volunteers", "up", "down", "badges")}
    by_stars = {str(number): count for number, count in enumerate(found.by_stars)}
    return counts | {"by_stars": by_stars, "listed": [asdict(one) for one in found.listed]}


def _words(found: Preview, language: str) -> str:
    counts = {name: getattr(found, name) for name in ("volunteers", "up", "down", "badges")}
    said = "stars.preview" if found.version else "stars.preview_usual"
    lines = [text(language, said, version=found.version, **counts)]
    for one in found.listed:
        before, after = (_standing(each, language) for each in (one.before, one.after))
        lines.append(text(language, "stars.cli.line", code=one.code, name=one.name, before=before, after=after))
    if (more := found.up + found.down + found.badges - len(found.listed)) > 0:
        lines.append(text(language, "stars.cli.more", count=more))
    return "\n".join(lines)


def _standing(one: Standing, language: str) -> str:
    return " · ".join((text(language, "stars.of", stars=one.stars), *one.badges))
