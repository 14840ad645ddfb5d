"""`sample`: make the sample county, or add open needs to one."""

import argparse
import time
from dataclasses import asdict
from datetime import date, datetime
from functools import partial

from dashboard.cli.common import DONE, Progress, open_database, say
from dashboard.core.deadlines import COUNTY_TIME
from dashboard.core.errors import Conflict, Invalid
from dashboard.services.sample_rounds import agree
from dashboard.text import text
from db.engine import Database
from db.sample.build import NotEmptyError, NotSampleError, is_sample, make_county, more_needs
from db.sample.sizes import FULL, SIZES

SEED = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--size", choices=sorted(SIZES), default="full", help=text("en", "sample.help.size"))
    parser.add_argument("--seed", type=int, default=SEED, help=text("en", "sample.help.seed"))
    parser.add_argument("--today", type=_day, metavar="DATE", help=text("en", "sample.help.today"))
    parser.add_argument("--needs", type=_count, default=0, metavar="N", help=text("en", "sample.help.needs"))
    parser.add_argument("--force", action="store_true", help=text("en", "sample.help.force"))


def run(arguments: argparse.Namespace) -> int:
    database = open_database(arguments)
    today = arguments.today or datetime.now(COUNTY_TIME).date()
    begun = time.monotonic()
    add = arguments.needs > 0 and not arguments.force and is_sample(database)
    counts = _add(database, arguments, today) if add else _make(database, arguments, today)
    result = {
        "made": not add,
        "today": today.isoformat(),
        "rows": counts,
        "seconds": round(time.monotonic() - begun, 1),
    }
    if add:
        say(arguments, result, text(arguments.language, "sample.added", needs=counts["needs"]))
    else:
        values = {"volunteers": counts["volunteers"], "needs": counts["needs"], "seconds": result["seconds"]}
        result |= {"size": arguments.size, "seed": arguments.seed}
        say(arguments, result, text(arguments.language, "sample.made", today=today, **values))
    return DONE


def _make(database: Database, arguments: argparse.Namespace, today: date) -> dict[str, int]:
    size = SIZES[arguments.size]
    try:
        counts = make_county(
            database,
            size,
            arguments.seed,
            today,
            needs=arguments.needs,
            replace=arguments.force,
            progress=Progress(),
        )
    except NotEmptyError as error:
        raise Conflict("sample.already" if error.sample else "sample.not_empty") from error
    if size is not FULL:
        # Tests count on a small county as it was told, and agree on their own rounds.
        return counts
    return counts | asdict(agree(database, today, lunch=partial(text, "zh", "sample.lunch")))


def _add(database: Database, arguments: argparse.Namespace, today: date) -> dict[str, int]:
    try:
        return more_needs(database, arguments.needs, today, progress=Progress())
    except NotSampleError as error:
        raise Invalid("sample.not_sample") from error


def _day(words: str) -> date:
    day = date.fromisoformat(words)
    if not 1990 <= day.year <= 2200:
        raise argparse.ArgumentTypeError("1990-01-01 .. 2200-12-31")
    return day


def _count(words: str) -> int:
    number = int(words)
    if not 0 <= number <= 1_000_000:
        raise argparse.ArgumentTypeError("0 .. 1,000,000")
    return number
