"""What the shell's commands share: the database, progress on stderr, results on stdout, exit codes."""

import argparse
import json
import os
import sys
import time
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from dashboard.core.errors import DashboardError
from dashboard.core.permissions import Actor, system_actor
from dashboard.services import store
from dashboard.services.county import county_code
from dashboard.text import text
from db.engine import Database

DONE, REFUSED, WRONG_USAGE = 0, 1, 2

DEFAULT_COUNTY = "520326"


def default_url() -> str:
    """DASHBOARD_DATABASE_URL, else the SQLite file under var/."""
    return store.database_url()


def common_arguments(parser: argparse.ArgumentParser) -> None:
    """--db, --json and --language, which every command takes."""
    parser.add_argument("--db", metavar="URL", default=None, help="database URL (DASHBOARD_DATABASE_URL)")
    parser.add_argument("--json", action="store_true", help="machine-readable result on stdout")
    parser.add_argument("--language", choices=("zh", "en"), default=os.environ.get("DASHBOARD_LANGUAGE", "zh"))


def open_database(arguments: argparse.Namespace) -> Database:
    """The database the command works on."""
    return Database(arguments.db or default_url())


def actor_of(database: Database) -> Actor:
    """The shell's actor for the county this database serves. Raises NotFound for an empty database."""
    return system_actor(county_code(database))


def say(arguments: argparse.Namespace, result: Mapping[str, Any], words: str) -> None:
    """The result: JSON on stdout with --json, else a sentence."""
    out = json.dumps(result, ensure_ascii=False, default=_plain) if arguments.json else words
    sys.stdout.write(out + "\n")


def say_error(arguments: argparse.Namespace, error: DashboardError) -> None:
    """The refusal in words on stderr; with --json also as an object on stdout."""
    sentence = text(arguments.language, error.key, **error.values)
    sys.stderr.write(sentence + "\n")
    if arguments.json:
        refused = {"error": error.key, "values": dict(error.values), "message": sentence}
        sys.stdout.write(json.dumps(refused, ensure_ascii=False, default=_plain) + "\n")


def _plain(value: object) -> object:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value)


class Progress:
    """Steps of long work on stderr, at most a few lines a second. Call it with (done, total, what)."""

    def __init__(self) -> None:
        self._last = 0.0

    def __call__(self, done: int, total: int, what: str) -> None:
        now = time.monotonic()
        if done < total and now - self._last < 0.3:
            return
        self._last = now
        sys.stderr.write(f"[{done * 100 // max(total, 1):3d} %] {what}\n")
        sys.stderr.flush()
