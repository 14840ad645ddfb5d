"""Open a stranger's file: in a child process with limits, so that any file whatever gets an answer in bounded time."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboard.core.errors import Invalid
from dashboard.formats import limits
from dashboard.formats.parsed import RawRow, Table

_ROOT = Path(__file__).parents[2]
_PROGRAM = (
    "import sys; sys.path.insert(0, sys.argv[1])\nfrom dashboard.formats.reader_child import main\nsys.exit(main())"
)


@dataclass(frozen=True)
class Feature:
    """A feature of a GeoJSON file: its place in it (the first is 1), properties as text, polygons or a problem."""

    number: int
    properties: Mapping[str, str]
    polygons: list[list[list[list[float]]]] | None
    problem: str | None


@dataclass(frozen=True)
class Opened:
    """What a file holds: tables (a workbook's visible sheets, a CSV file) or features."""

    tables: tuple[Table, ...] = ()
    features: tuple[Feature, ...] = ()
    crs: str = ""
    encoding: str = ""


def check_size(size: int) -> None:
    """Raises Invalid when a file of `size` bytes is too big to be opened at all. Ask before reading it."""
    if size > limits.FILE_BYTES:
        raise Invalid("imports.file_too_big", limit=limits.FILE_BYTES // 1024 // 1024)


def open_path(path: Path) -> Opened:
    """Open a file on disk. Raises Invalid in words for whatever cannot be read as a register."""
    try:
        if not path.is_file():
            raise Invalid("imports.no_such_file", name=path.name)
        check_size(path.stat().st_size)
        return open_bytes(path.read_bytes())
    except OSError as error:
        raise Invalid("imports.no_such_file", name=path.name) from error


def open_bytes(data: bytes) -> Opened:
    """Open an uploaded file. Raises Invalid in words for whatever cannot be read as a register."""
    check_size(len(data))
    answer = _ask_child(data)
    if "refused" in answer:
        raise Invalid(f"imports.{answer['refused']}", **answer["values"])
    encoding = answer.get("encoding", "")
    if "features" in answer:
        found = answer["features"]
        listed = (Feature(f["n"], f["properties"], f.get("polygons"), f.get("problem")) for f in found["list"])
        return Opened(features=tuple(listed), crs=found["crs"], encoding=encoding)
    return Opened(tables=tuple(_table(sheet, encoding) for sheet in answer["tables"]), encoding=encoding)


def _table(sheet: Mapping[str, Any], encoding: str) -> Table:
    rows = tuple(RawRow(row["n"], tuple(row["c"])) for row in sheet["rows"])
    return Table(sheet["sheet"], rows, encoding)


def _ask_child(data: bytes) -> Mapping[str, Any]:
    """The child's answer. A child that dies (memory, processor time) or overruns the clock is an answer as well."""
    with tempfile.TemporaryFile() as question:
        question.write(data)
        question.seek(0)
        try:
            done = subprocess.run(  # noqa: S603  # our own program, no shell, no words of the user among its arguments
                [sys.executable, "-I", "-c", _PROGRAM, str(_ROOT)],
                stdin=question,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=limits.WALL_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise Invalid("imports.too_heavy") from error
    if done.returncode != 0:
        raise Invalid("imports.too_heavy")
    answer: Mapping[str, Any] = json.loads(done.stdout)
    return answer
