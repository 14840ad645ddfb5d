"""`python -m dashboard tick`: do what is due now, once. For cron where the server's own clock is off, and by hand."""

import argparse
from datetime import UTC, datetime

from dashboard.cli.common import DONE, REFUSED, actor_of, open_database, say
from dashboard.services.ticks import Refused, Ticked, tick
from dashboard.text import text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing beyond what every command takes."""


def run(arguments: argparse.Namespace) -> int:
    """0 when all that was due was done, 1 when something was refused."""
    database = open_database(arguments)
    done = tick(database, actor_of(database).county, datetime.now(UTC))
    say(arguments, done.plain(), _words(done, arguments.language))
    return REFUSED if done.refused else DONE


def _words(done: Ticked, language: str) -> str:
    """A line of counts, and one for each thing that was refused."""
    return "\n".join([text(language, "ticks.done", **done.plain()), *(_line(one, language) for one in done.refused)])


def _line(one: Refused, language: str) -> str:
    return text(language, "ticks.refused", what=text(language, f"ticks.what.{one.what}"), id=one.id, key=one.key)
