"""`migrate`: bring the schema up to date, or down to a revision, with the data kept."""

import argparse

from dashboard.cli.common import DEFAULT_COUNTY, DONE, open_database, say
from dashboard.text import text
from db import migrate
from db.county import ensure_county


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--to", metavar="REVISION", default="head", help="head, base or a revision; default head")
    parser.add_argument("--county", metavar="CODE", default=DEFAULT_COUNTY, help="county a new database serves")


def run(arguments: argparse.Namespace) -> int:
    database = open_database(arguments)
    before = migrate.current(database)
    known = migrate.revisions()
    down = arguments.to == "base" or (
        arguments.to in known and before in known and known.index(arguments.to) < known.index(before)
    )
    after = migrate.downgrade(database, arguments.to) if down else migrate.upgrade(database, arguments.to)
    if after == migrate.head():
        database.write(lambda session: ensure_county(session, arguments.county))
    say(
        arguments,
        {"before": before, "after": after},
        text(arguments.language, "cli.migrated", before=before or "-", after=after or "-"),
    )
    return DONE
