"""`python -m dashboard restore`: a backup into an empty database."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from dashboard.cli.common import DONE, open_database, say
from dashboard.services import backups
from dashboard.text import text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file."""
    parser.add_argument("file", metavar="FILE", type=Path, help="a file that `backup` made")


def run(arguments: argparse.Namespace) -> int:
    """Bring the file in; 0 when every row is there."""
    rows = backups.restore(open_database(arguments), arguments.file, now=datetime.now(UTC))
    told = {"file": str(arguments.file), "tables": len(rows), "rows": sum(rows.values())}
    say(arguments, told, text(arguments.language, "backups.restored", **told))
    return DONE
