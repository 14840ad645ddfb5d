"""`export`: a whole register to xlsx or csv (grids also to geojson), in the columns the importer reads."""

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path

from dashboard.cli.common import DONE, actor_of, open_database, say
from dashboard.core.errors import Invalid
from dashboard.core.permissions import Actor
from dashboard.core.words import ImportKind
from dashboard.services.commands import perform
from dashboard.services.exports import as_file, export_grids, export_register
from dashboard.text import text
from db.engine import Database


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which register, into which file."""
    kinds = [str(kind) for kind in ImportKind]
    parser.add_argument("kind", choices=kinds, help=text("en", "imports.help.export_kind"))
    parser.add_argument("out", metavar="FILE", type=Path, help=text("en", "imports.help.out"))


def run(arguments: argparse.Namespace) -> int:
    """0 when the file is written."""
    database = open_database(arguments)
    rows, data = _exported(arguments, database, actor_of(database))
    try:
        arguments.out.write_bytes(data)
    except OSError as error:
        raise Invalid("imports.no_such_file", name=arguments.out) from error
    said = text(arguments.language, "imports.exported", rows=rows, path=arguments.out)
    say(arguments, {"rows": rows, "file": str(arguments.out)}, said)
    return DONE


def _exported(arguments: argparse.Namespace, database: Database, actor: Actor) -> tuple[int, bytes]:
    """How many rows, and the file: grids with their polygons as .geojson, every list as .xlsx or .csv."""
    kind, suffix, now = ImportKind(arguments.kind), arguments.out.suffix.casefold(), datetime.now(UTC)
    if kind is ImportKind.GRIDS and suffix == ".geojson":
        data = perform(database, export_grids, actor, now=now)
        return len(json.loads(data)["features"]), data
    listing = perform(database, export_register, actor, now=now, kind=kind)
    return len(listing.rows), as_file(listing, suffix)
