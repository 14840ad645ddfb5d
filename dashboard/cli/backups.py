"""`python -m dashboard backup`: the whole database in one file, verified."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from dashboard.cli.common import DONE, Progress, actor_of, open_database, say
from dashboard.core.matching.watch import Watch
from dashboard.services import backups
from dashboard.text import text


class _Told(Watch):
    """Says on stderr how far the copy is."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language, self._progress = language, Progress()

    def count(self, done: int) -> None:
        super().count(done)
        if self.total:
            self._progress(done, self.total, text(self._language, f"backups.step_{self.step}"))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--to."""
    parser.add_argument("--to", metavar="FILE", type=Path, default=None, help="a new file; default under var/backups")


def run(arguments: argparse.Namespace) -> int:
    """Make a backup; 0 when it holds every row."""
    database = open_database(arguments)
    watch = _Told(arguments.language)
    made = backups.make(database, actor_of(database), now=datetime.now(UTC), to=arguments.to, watch=watch)
    words = text(
        arguments.language,
        "backups.made_at",
        file=made.path,
        rows=made.rows,
        tables=made.tables,
        seconds=f"{made.seconds:.1f}",
    )
    say(arguments, made.plain(), words)
    return DONE
