"""One row being read: its fields, and the problems found in it."""

from collections.abc import Mapping

from dashboard.core.intake import NOTHING, clean, text_traps
from dashboard.formats.columns import Sheet
from dashboard.formats.parsed import Problem, Severity


class RowReader:
    """Reads the fields of one row and notes what is wrong with them, by field."""

    def __init__(self, sheet: Sheet, number: int, cells: Mapping[str, str], problems: list[Problem]) -> None:
        self.number = number
        self.cells = cells
        self._sheet = sheet
        self._problems = problems
        self.refused = False

    def text(self, field: str) -> str:
        """The field's cell, clean; "" where it says nothing (-, 无) or there is no such column."""
        cell = clean(self._sheet.field_of(self.cells, field))
        return "" if cell.casefold() in NOTHING else cell

    def written(self, field: str) -> str:
        """The field's cell as it was written, without spaces around it."""
        return self._sheet.field_of(self.cells, field).strip()

    def source_id(self) -> str:
        """The row's own number; a long one that a spreadsheet kept as a number has lost digits and refuses the row."""
        written = self.text("source_id")
        if written.endswith("(!)"):
            self.refuse("source_id", "numeric_id")
        return written

    def has(self, field: str) -> bool:
        """Is there a column for this field?"""
        return bool(self._sheet.heading(field))

    def refuse(self, field: str, key: str, **values: object) -> None:
        """The row will not be stored."""
        self.refused = True
        self._note(field, key, Severity.REFUSED, values)

    def warn(self, field: str, key: str, **values: object) -> None:
        """The row is stored, and somebody is told."""
        self._note(field, key, Severity.WARNING, values)

    def verify(self, field: str, key: str, **values: object) -> None:
        """The row is stored, and somebody has to ask before anything happens with it."""
        self._note(field, key, Severity.VERIFY, values)

    def _note(self, field: str, key: str, severity: Severity, values: Mapping[str, object]) -> None:
        column = self._sheet.heading(field) or field
        value = self._sheet.field_of(self.cells, field)
        self._problems.append(Problem(self.number, column, value, f"import_problems.{key}", severity, values))

    def warn_of_traps(self, *fields: str) -> None:
        """Damaged text in these fields is stored as it is, and told."""
        for field in fields:
            for trap in text_traps(self._sheet.field_of(self.cells, field)):
                self.warn(field, trap)
