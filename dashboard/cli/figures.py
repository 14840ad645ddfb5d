"""`python -m dashboard figures`: every figure as of now, for scripts and for a look."""

import argparse
from dataclasses import replace
from datetime import UTC, datetime

from dashboard.cli.common import DONE, actor_of, open_database, say
from dashboard.core.figures import BY_KEY
from dashboard.services.figures import FigureSheet, scope_path, sheet
from dashboard.services.questions import answer
from dashboard.text import text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--scope", metavar="SITE", help="code (or unique name) of a site: only its part of the tree")


def run(arguments: argparse.Namespace) -> int:
    """Prints the figures; 1 with a sentence for an unknown site."""
    database = open_database(arguments)
    actor = actor_of(database)
    if arguments.scope:
        site_id, path = answer(database, scope_path, actor, scope=arguments.scope)
        actor = replace(actor, site_id=site_id, site_path=path)
    found = answer(database, sheet, actor, now=datetime.now(UTC))
    say(arguments, found.plain(), _words(found, arguments.language))
    return DONE


def _words(found: FigureSheet, language: str) -> str:
    """One line a figure: name, value, unit, base."""
    lines = [text(language, "figures.cli.head", as_of=found.as_of.isoformat(), revision=found.revision)]
    for key, value in found.values.items():
        shown = _number(value.value, language)
        name, unit = text(language, BY_KEY[key].name), text(language, f"figures.unit.{value.unit}")
        lines.append(text(language, "figures.cli.line", name=name, value=shown, unit=unit, n=value.n))
    return "\n".join(lines)


def _number(value: float | None, language: str) -> str:
    """Whole numbers whole, others with four decimals at most."""
    if value is None:
        return text(language, "figures.cli.unknown")
    return str(int(value)) if float(value).is_integer() else f"{value:.4f}".rstrip("0")
