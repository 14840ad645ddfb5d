"""What reading a file gives: a table of raw cells, then rows as they will be stored and problems in words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from dashboard.core.words import ImportKind

Value = TypeVar("Value", covariant=True)


class Severity(StrEnum):
    """What becomes of a row with this problem: not stored; stored and told; stored for somebody to verify."""

    REFUSED = "refused"
    WARNING = "warning"
    VERIFY = "verify"


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a cell: `key` is its sentence in text/import_problems.py, `key + ".fix"` the remedy."""

    row: int
    column: str
    value: str
    key: str
    severity: Severity
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def fix(self) -> str:
        return f"{self.key}.fix"


@dataclass(frozen=True)
class Note:
    """Something noticed about a whole file: `imports.note.<key>` filled with `values`."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class RawRow:
    """A row of the file as text: its number in the file (the first is 1) and its cells, "" where empty."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A sheet or a CSV file: all its rows."""

    sheet: str
    rows: tuple[RawRow, ...]
    encoding: str = ""


@dataclass(frozen=True)
class ParsedRow(Generic[Value]):
    """A data row: its number, the cells by heading, and the values it will be stored as (None: refused)."""

    number: int
    raw: Mapping[str, str]
    value: Value | None


@dataclass(frozen=True)
class Parsed(Generic[Value]):
    """Everything a register gives. Rows are all data rows, refused ones too; `skipped` are no rows (title, total)."""

    kind: ImportKind
    headings: tuple[str, ...]
    mapping: Mapping[str, str]
    rows: tuple[ParsedRow[Value], ...]
    problems: tuple[Problem, ...]
    skipped: tuple[tuple[int, str], ...] = ()
    datum: str = ""
    datum_reason: str = ""
    encoding: str = ""
    notes: tuple[Note, ...] = ()

    @property
    def refused(self) -> frozenset[int]:
        """Numbers of the refused rows."""
        return frozenset(row.number for row in self.rows if row.value is None)
