"""`run`: serve the pages, with the database made or brought up to date first."""

import argparse
import os
import sys

from dashboard.cli import sample
from dashboard.cli.common import DONE, WRONG_USAGE, common_arguments, default_url, say
from dashboard.services import store
from dashboard.text import text
from db.engine import Database

LOOPBACK = ("127.0.0.1", "localhost", "::1")
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - refused below unless the host names are given


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on; default 127.0.0.1, this machine only"
    )
    parser.add_argument("--port", type=int, default=8501, help="port to listen on; default 8501")
    parser.add_argument(
        "--allowed-host",
        action="append",
        default=[],
        metavar="NAME",
        help="host name people type into the browser; repeat for several, *.example.com for a domain",
    )
    parser.add_argument("--sample", action="store_true", help="make the sample county first if the database is empty")
    parser.add_argument("--watch", action="store_true", help="show changed code without a restart (while writing it)")


def run(arguments: argparse.Namespace) -> int:
    """Serve until stopped. Refuses to listen everywhere without being told which host names are meant."""
    if arguments.host in EVERYWHERE and not arguments.allowed_host:
        say(arguments, {"error": "cli.name_hosts"}, _t(arguments, "cli.name_hosts", host=arguments.host))
        return WRONG_USAGE
    url = arguments.db or default_url()
    os.environ[store.URL_VARIABLE] = url
    database = store.database()
    store.prepare(database)
    if arguments.sample and not _has_county(database):
        made = sample.run(_sample_arguments(url, arguments.language))
        if made != DONE:
            return made
    url = _address(arguments.host, arguments.port)
    say(arguments, {"url": url, "host": arguments.host, "port": arguments.port}, _t(arguments, "cli.serving", url=url))
    sys.stdout.flush()
    serve(arguments.host, arguments.port, arguments.allowed_host, watch=arguments.watch)
    return DONE


def _t(arguments: argparse.Namespace, key: str, **values: object) -> str:
    return text(arguments.language, key, **values)


def _address(host: str, port: int) -> str:
    """What to type into the browser of this machine."""
    name = "127.0.0.1" if host in EVERYWHERE else f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}"


def serve(host: str, port: int, names: list[str], *, watch: bool) -> None:
    """Start the server of `dashboard/server.py` with these settings over those of config.toml, until it is stopped."""
    # Imported here: it starts Streamlit, which the other commands can do without.
    from dashboard.server import app

    hosts = [*LOOPBACK, *names] if host in (*LOOPBACK, *EVERYWHERE) else [*LOOPBACK, host, *names]
    settings: dict[str, object] = {
        "server.address": host,
        "server.port": port,
        "server.allowedHosts": hosts,
        "server.headless": True,
    }
    if watch:
        settings["server.fileWatcherType"] = "auto"
        settings["server.folderWatchList"] = [str(store.ROOT)]
    app.run(config=settings)


def _has_county(database: Database) -> bool:
    with database.read() as session:
        return store.has_county(session)


def _sample_arguments(url: str, language: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    common_arguments(parser)
    sample.add_arguments(parser)
    return parser.parse_args(["--db", url, "--language", language])
