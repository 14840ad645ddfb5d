"""`python -m dashboard figures`: every figure as of now, or those of a day gone by, for scripts and for a look."""

import argparse
import sys
from dataclasses import replace
from datetime import UTC, date, datetime

from dashboard.cli.common import DONE, WRONG_USAGE, actor_of, open_database, say
from dashboard.core.figures import BY_KEY
from dashboard.core.permissions import Actor
from dashboard.core.replay import Known, canonical, left_out, told
from dashboard.services.figure_scope import scope_path
from dashboard.services.figures import FigureSheet, sheet
from dashboard.services.questions import answer
from dashboard.services.replay import figures_of
from dashboard.text import text
from db.engine import Database


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--as-of", type=date.fromisoformat, metavar="DAY", help="a day gone by: from the event record")
    parser.add_argument("--known", choices=list(Known), help="with --as-of: as known then, or as known now")
    parser.add_argument("--scope", metavar="SITE", help="code (or unique name) of a site: only its part of the tree")


def run(arguments: argparse.Namespace) -> int:
    """Prints the figures; 1 with a sentence for an unknown site or a day to come, 2 for --known without --as-of."""
    if arguments.known and arguments.as_of is None:
        sys.stderr.write(text(arguments.language, "replay.known_alone") + "\n")
        return WRONG_USAGE
    database = open_database(arguments)
    actor = actor_of(database)
    if arguments.scope:
        site_id, path = answer(database, scope_path, actor, scope=arguments.scope)
        actor = replace(actor, site_id=site_id, site_path=path)
    if arguments.as_of is not None:
        return _past(arguments, database, actor)
    found = answer(database, sheet, actor, now=datetime.now(UTC))
    say(arguments, found.plain(), _words(found, arguments.language))
    return DONE


def _past(arguments: argparse.Namespace, database: Database, actor: Actor) -> int:
    """The figures of a day, as known then, now, or both side by side."""
    wanted = [Known(arguments.known)] if arguments.known else list(Known)
    asked = {"day": arguments.as_of, "now": datetime.now(UTC)}
    found = {known: answer(database, figures_of, actor, known=known, **asked) for known in wanted}
    plain = {known.value: one.plain() for known, one in found.items()}
    result = plain[arguments.known] if arguments.known else plain
    if arguments.json:
        # One text for one content: what was printed then can be compared byte by byte.
        sys.stdout.write(canonical(result) + "\n")
        return DONE
    lines = [text(arguments.language, "replay.head", day=arguments.as_of.isoformat())]
    for key in told(wanted[-1]):
        name = text(arguments.language, BY_KEY[key].name)
        unit = text(arguments.language, f"figures.unit.{BY_KEY[key].unit}")
        values = {
            known.value: _number(one.values[key], arguments.language)
            if key in one.values
            else text(arguments.language, f"replay.why.{left_out(known)[key]}")
            for known, one in found.items()
        }
        if arguments.known:
            value = values[arguments.known]
            lines.append(text(arguments.language, "replay.line_one", name=name, value=value, unit=unit))
        else:
            lines.append(text(arguments.language, "replay.line", name=name, unit=unit, **values))
    for key, why in left_out(wanted[-1]).items():
        name, reason = text(arguments.language, BY_KEY[key].name), text(arguments.language, f"replay.why.{why}")
        lines.append(text(arguments.language, "replay.line_none", name=name, why=reason))
    sys.stdout.write("\n".join(lines) + "\n")
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
