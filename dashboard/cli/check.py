"""`python -m dashboard check`: do the data agree with themselves? For scripts, after a restore, before an upgrade."""

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime

from dashboard.cli.common import DONE, REFUSED, Progress, actor_of, open_database, say
from dashboard.services.checks import Finding, examine, schema
from dashboard.text import text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing beyond what every command takes."""


def run(arguments: argparse.Namespace) -> int:
    """Asks every check; 0 when all hold, 1 when one found something. Behind the schema nothing else is asked."""
    database = open_database(arguments)
    found: tuple[Finding, ...] = (schema(database),)
    if found[0].ok:
        found += examine(database, actor_of(database), now=datetime.now(UTC), progress=Progress())
    ok = all(one.ok for one in found)
    say(arguments, {"ok": ok, "checks": [one.plain() for one in found]}, _words(found, arguments.language))
    return DONE if ok else REFUSED


def _words(found: Sequence[Finding], language: str) -> str:
    """A line a check, and the sum of them."""
    bad = sum(not one.ok for one in found)
    sums = "checks.some" if bad else "checks.all_ok"
    return "\n".join([*(_line(one, language) for one in found), text(language, sums, count=len(found), bad=bad)])


def _line(one: Finding, language: str) -> str:
    what = text(language, f"checks.{one.key}", **one.values)
    if one.ok:
        return text(language, "checks.line.ok", what=what)
    mend = text(language, f"checks.{one.key}.mend")
    return text(language, "checks.line.found", what=what, found=one.found, names=_names(one, language), mend=mend)


def _names(one: Finding, language: str) -> str:
    """The first few rows at fault, by code."""
    if not one.names:
        return ""
    key = "checks.names_more" if one.found > len(one.names) else "checks.names"
    return text(language, key, names=text(language, "show.comma").join(one.names))
