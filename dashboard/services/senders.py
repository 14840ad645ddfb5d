"""The ways out for messages, by name. A county's SMS or WeChat gateway is one more class here, or reads the file.

The county's setting `outbox` is {"sender": name, "file": path, "address": url}; DASHBOARD_SENDER, DASHBOARD_OUTBOX_FILE
and DASHBOARD_ADDRESS come first.
"""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from dashboard.core.errors import Invalid
from dashboard.services.county import setting
from db.engine import Database

SETTING = "outbox"
SENDER_VARIABLE = "DASHBOARD_SENDER"
FILE_VARIABLE = "DASHBOARD_OUTBOX_FILE"
ADDRESS_VARIABLE = "DASHBOARD_ADDRESS"


class Sender(Protocol):
    """Hands one message on. Raises whatever goes wrong; then it is tried again."""

    name: str

    def send(self, to_phone: str, text: str) -> None: ...


class FileSender:
    """One JSON line a message, {"to": phone, "text": words}, at the end of a file that only its owner can read."""

    name = "file"

    def __init__(self, path: Path) -> None:
        """Makes the file where there is none. Raises Invalid where it can't be written."""
        self.path = path
        try:
            os.close(self._opened())
        except OSError as error:
            raise Invalid("messages.outbox_closed", file=path, reason=error.strerror) from error

    def _opened(self) -> int:
        return os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def send(self, to_phone: str, text: str) -> None:
        """Append the line at once, so that lines of two processes never mix, and wait until it is on the disk."""
        line = (json.dumps({"to": to_phone, "text": text}, ensure_ascii=False) + "\n").encode()
        opened = self._opened()
        try:
            if os.write(opened, line) != len(line):
                raise OSError("the disk is full")
            os.fsync(opened)
        finally:
            os.close(opened)


def _file(chosen: Mapping[str, Any]) -> Sender:
    path = os.environ.get(FILE_VARIABLE) or chosen.get("file")
    if not path:
        raise Invalid("messages.no_outbox")
    return FileSender(Path(path))


#: Name -> what makes the sender of the county's setting.
SENDERS: dict[str, Callable[[Mapping[str, Any]], Sender]] = {"file": _file}


def sender_of(database: Database, county: str, name: str | None = None) -> Sender:
    """The sender by name, else that of the environment, of the county's setting, or `file`. Raises Invalid."""
    with database.read() as session:
        chosen = setting(session, county, SETTING) or {}
    wanted = name or os.environ.get(SENDER_VARIABLE) or str(chosen.get("sender", "file"))
    if wanted not in SENDERS:
        raise Invalid("messages.no_such_sender", name=wanted, known=", ".join(sorted(SENDERS)))
    return SENDERS[wanted](chosen)


def address_of_county(database: Database, county: str, given: str | None = None) -> str:
    """Where phones reach this server: as given, else of the environment, of the county's setting, or "" (no links).
    Raises Invalid for what is no http(s) address."""
    with database.read() as session:
        chosen = setting(session, county, SETTING) or {}
    address = given or os.environ.get(ADDRESS_VARIABLE) or str(chosen.get("address", ""))
    parts = urlsplit(address)
    if address and (parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment):
        raise Invalid("messages.no_address", address=address)
    return address.rstrip("/")
