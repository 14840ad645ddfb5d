"""Rows -> xlsx and csv, safe to open: no cell of ours can start a formula in a spreadsheet.

A cell that a spreadsheet would take for a formula gets an apostrophe in front, one that already looks so guarded gets
one more; reading takes exactly one away (`unguarded`). So what was exported comes back the same.
"""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import xlsxwriter

from dashboard.core.intake_times import COUNTY_TIME

#: What a spreadsheet takes for the start of a formula, and the full-width forms some of them fold.
_DANGEROUS = "=+\\-@\t\r\n＝＋－＠"
_START = re.compile(f"'*[{_DANGEROUS}]")
_GUARDED = re.compile(f"'+[{_DANGEROUS}]")
#: A spreadsheet's own limit for one cell.
_CELL = 32_767


@dataclass(frozen=True)
class Listing:
    """A list as it is on screen: what it is (title, filter, time), its headings, its rows in their order."""

    caption: tuple[str, ...]
    headings: tuple[str, ...]
    rows: Sequence[Sequence[object]]


def guarded(text: str) -> str:
    """The text with an apostrophe in front where a spreadsheet might run it."""
    return f"'{text}" if _START.match(text) else text


def unguarded(text: str) -> str:
    """The text as it was before `guarded`."""
    return text[1:] if _GUARDED.match(text) else text


def as_text(value: object) -> str:
    """A value as a cell's text: days as 2026-11-05, times as county time to the minute."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(COUNTY_TIME).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return str(value)


def to_csv(listing: Listing) -> bytes:
    """UTF-8 with byte order mark, so that spreadsheets read Chinese. The caption comes first, a line each."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerows([guarded(line)] for line in listing.caption)
    writer.writerow([guarded(heading) for heading in listing.headings])
    writer.writerows([guarded(as_text(value)) for value in row] for row in listing.rows)
    return out.getvalue().encode("utf-8-sig", "replace")


def to_xlsx(listing: Listing, sheet: str = "Sheet1") -> bytes:
    """A workbook whose cells are all text or numbers: no formula, no link."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        page = book.add_worksheet(sheet)
        bold = book.add_format({"bold": True})
        page.set_column(0, max(len(listing.headings) - 1, 0), 18)
        for number, line in enumerate(listing.caption):
            page.write_string(number, 0, _cell(line))
        top = len(listing.caption)
        for column, heading in enumerate(listing.headings):
            page.write_string(top, column, _cell(heading), bold)
        page.freeze_panes(top + 1, 0)
        for number, row in enumerate(listing.rows, start=top + 1):
            for column, value in enumerate(row):
                if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15:
                    page.write_number(number, column, value)
                elif value is not None and value != "":
                    page.write_string(number, column, _cell(as_text(value)))
    return out.getvalue()


def _cell(text: str) -> str:
    """Guarded, within the spreadsheet's length, without the control characters XML cannot hold."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]", "", guarded(text))[:_CELL]
