"""`python -m dashboard key`: keys of the intake API, and the call devices that use it."""

import argparse
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from dashboard.cli.common import DONE, actor_of, open_database, say
from dashboard.services import api_keys, device_calls
from dashboard.services.commands import perform
from dashboard.services.questions import answer
from dashboard.text import text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """add, list, revoke; device add, list, on, off."""
    words = parser.add_subparsers(dest="what", required=True, metavar="add|list|revoke|device")
    add = _leaf(words, "add", _add)
    add.add_argument("name", metavar="NAME", help="the system that will use it")
    add.add_argument("--site", metavar="CODE", help="only this site's part of the tree; default the whole county")
    add.add_argument("--per-minute", type=int, default=api_keys.PER_MINUTE, metavar="N", help="requests a minute")
    _leaf(words, "list", _list)
    _leaf(words, "revoke", _revoke).add_argument("prefix", metavar="PREFIX", help="the part before the dot")
    devices = words.add_parser("device").add_subparsers(dest="deed", required=True, metavar="add|list|on|off")
    device = _leaf(devices, "add", _add_device)
    device.add_argument("code", metavar="CODE")
    device.add_argument("--category", required=True, metavar="CODE", help="what its calls are about")
    device.add_argument("--lon", type=float, metavar="DEGREES", help="WGS-84, together with --lat")
    device.add_argument("--lat", type=float, metavar="DEGREES")
    device.add_argument("--grid", metavar="CODE")
    device.add_argument("--site", metavar="CODE", help="default the site that answers for the place")
    device.add_argument("--place", default="", metavar="WORDS", help="where it hangs, for those who go there")
    device.add_argument("--resident-of", metavar="NEED", help="code of a need of the resident who wears it")
    _leaf(devices, "list", _list_devices)
    for name in ("on", "off"):
        _leaf(devices, name, _switch).add_argument("code", metavar="CODE")


def _leaf(parsers: Any, name: str, deed: Callable[..., int]) -> argparse.ArgumentParser:
    """A sub-command that takes the common options too; not given there, those given before it stand."""
    parser: argparse.ArgumentParser = parsers.add_parser(name)
    parser.set_defaults(do=deed)
    parser.add_argument("--db", metavar="URL", default=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS)
    parser.add_argument("--language", choices=("zh", "en"), default=argparse.SUPPRESS)
    return parser


def run(arguments: argparse.Namespace) -> int:
    """0 done; refusals are raised and become 1."""
    return int(arguments.do(arguments))


def _perform(arguments: argparse.Namespace, deed: Callable[..., dict[str, Any]], **values: Any) -> dict[str, Any]:
    database = open_database(arguments)
    return perform(database, deed, actor_of(database), now=datetime.now(UTC), **values)


def _add(arguments: argparse.Namespace) -> int:
    values = {"name": arguments.name, "site": arguments.site, "per_minute": arguments.per_minute}
    made = _perform(arguments, api_keys.make_key, **values)
    say(arguments, made, text(arguments.language, "api.key_made", key=made["key"]))
    return DONE


def _revoke(arguments: argparse.Namespace) -> int:
    done = _perform(arguments, api_keys.revoke_key, prefix=arguments.prefix)
    say(arguments, done, text(arguments.language, "api.key_revoked", **done))
    return DONE


def _list(arguments: argparse.Namespace) -> int:
    database = open_database(arguments)
    rows = answer(database, api_keys.keys, actor_of(database), now=datetime.now(UTC))
    lines = [
        text(
            arguments.language,
            "api.key_line",
            prefix=row.prefix,
            name=row.name,
            site=row.site or "-",
            per_minute=row.per_minute,
            used=_day(row.last_used_at),
            revoked=_day(row.revoked_at),
        )
        for row in rows
    ]
    say(arguments, {"keys": [asdict(row) for row in rows]}, "\n".join(lines))
    return DONE


def _day(at: datetime | None) -> str:
    return "-" if at is None else at.isoformat(timespec="minutes")


def _add_device(arguments: argparse.Namespace) -> int:
    names = ("code", "category", "lon", "lat", "grid", "site", "resident_of")
    values = {name: getattr(arguments, name) for name in names}
    made = _perform(arguments, device_calls.add_device, place_text=arguments.place, **values)
    say(arguments, made, text(arguments.language, "api.device_added", code=made["code"]))
    return DONE


def _switch(arguments: argparse.Namespace) -> int:
    done = _perform(arguments, device_calls.switch_device, code=arguments.code, active=arguments.deed == "on")
    say(arguments, done, text(arguments.language, f"api.device_{arguments.deed}", code=done["code"]))
    return DONE


def _list_devices(arguments: argparse.Namespace) -> int:
    database = open_database(arguments)
    rows = answer(database, device_calls.devices, actor_of(database))
    lines = [
        "  ".join((row.code, row.category, row.site or "-", row.place_text, "" if row.active else "x")) for row in rows
    ]
    say(arguments, {"devices": [asdict(row) for row in rows]}, "\n".join(lines))
    return DONE
