"""The one door for the shell: `python -m dashboard COMMAND`."""

import argparse
import importlib
import sys

from dashboard.cli.common import REFUSED, common_arguments, say_error
from dashboard.core.errors import DashboardError, Invalid
from dashboard.text import text
from db.engine import Unreachable

#: Command -> module under dashboard.cli.
COMMANDS = {
    "run": "run",
    "migrate": "migrate",
    "sample": "sample",
    "import": "imports",
    "undo-import": "import_undo",
    "export": "exports",
    "match": "match",
    "certify": "certify",
    "figures": "figures",
    "check": "check",
    "send": "send",
    "tick": "tick",
    "stars": "stars",
    "key": "keys",
    "backup": "backups",
    "restore": "restores",
}


def parser_of(asked: str | None, language: str = "en") -> argparse.ArgumentParser:
    """The command line. Only the command that is asked for is loaded and has its options."""
    parser = argparse.ArgumentParser(prog="python -m dashboard", description=text(language, "cli.description"))
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, module in COMMANDS.items():
        words = text(language, f"cli.help.{name}")
        command = commands.add_parser(name, help=words, description=words)
        if name == asked:
            common_arguments(command)
            importlib.import_module(f"dashboard.cli.{module}").add_arguments(command)
    return parser


def main(words: list[str] | None = None) -> int:
    """Run one command. 0 done, 1 refused or problems found (told in words), 2 wrong usage."""
    words = sys.argv[1:] if words is None else words
    arguments = parser_of(words[0] if words else None).parse_args(words)
    module = importlib.import_module(f"dashboard.cli.{COMMANDS[arguments.command]}")
    try:
        return int(module.run(arguments))
    except DashboardError as error:
        say_error(arguments, error)
    except Unreachable as error:
        say_error(arguments, Invalid("cli.database_unreachable", reason=str(error.orig).splitlines()[0]))
    return REFUSED


if __name__ == "__main__":
    sys.exit(main())
