"""`python -m dashboard send`: hand the messages that wait to the county's sender. Meant for a timer, once a minute."""

import argparse
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial

from dashboard.cli.common import DONE, REFUSED, actor_of, open_database, say
from dashboard.services.messages import deliver
from dashboard.services.senders import address_of_county, sender_of
from dashboard.text import text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--limit, --sender and --address."""
    parser.add_argument("--limit", type=_count, default=None, metavar="N", help="at most N messages")
    parser.add_argument("--sender", default=None, metavar="NAME", help="instead of the county's setting")
    parser.add_argument("--address", default=None, metavar="URL", help="where phones reach the server, for links")


def _count(words: str) -> int:
    number = int(words)
    if number < 0:
        raise argparse.ArgumentTypeError(words)
    return number


def run(arguments: argparse.Namespace) -> int:
    """0 when the sender took everything it was given, 1 when it refused some."""
    database = open_database(arguments)
    actor = actor_of(database)
    sender = sender_of(database, actor.county, arguments.sender)
    address = address_of_county(database, actor.county, arguments.address)
    words = partial(text, arguments.language)
    now = datetime.now(UTC)
    found = asdict(deliver(database, actor, sender, now, say=words, address=address, limit=arguments.limit))
    say(arguments, found, text(arguments.language, "messages.delivered", **found))
    return REFUSED if found["refused"] else DONE
