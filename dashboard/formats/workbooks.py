"""Rows -> xlsx and csv, safe to open: no cell of ours can start a formula in a spreadsheet.

A cell that a spreadsheet would take for a formula gets an apostrophe in front, one that already looks so guarded gets
one more; reading takes exactly one away (`unguarded`). So what was exported comes back the same.
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
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


def to_form(listing: Listing, choices: Mapping[str, Sequence[str]], blank_rows: int) -> bytes:
    """A workbook to fill in: the rows, blank ones below them, and under the headings in `choices` a list to choose
    from. The words of the lists stand on a hidden sheet."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        page = book.add_worksheet("Sheet1")
        bold = book.add_format({"bold": True, "border": 1, "text_wrap": True, "valign": "top"})
        # Text format: a number or a day that is typed in comes back as it was typed.
        plain = book.add_format({"border": 1, "text_wrap": True, "valign": "top", "num_format": "@"})
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.set_column(0, max(len(listing.headings) - 1, 0), 14)
        for number, line in enumerate(listing.caption):
            page.write_string(number, 0, _cell(line))
        top = len(listing.caption)
        for column, heading in enumerate(listing.headings):
            page.write_string(top, column, _cell(heading), bold)
        page.repeat_rows(top)
        page.freeze_panes(top + 1, 0)
        for number, row in enumerate([*listing.rows, *[[""] * len(listing.headings)] * blank_rows], start=top + 1):
            for column, value in enumerate(row):
                page.write_string(number, column, _cell(as_text(value)), plain)
        last = top + len(listing.rows) + blank_rows
        words = book.add_worksheet("Lists")
        words.hide()
        for place, (heading, listed) in enumerate(choices.items()):
            for number, word in enumerate(listed):
                words.write_string(number, place, _cell(word))
            column, letter = listing.headings.index(heading), chr(ord("A") + place)
            source = f"=Lists!${letter}$1:${letter}${max(len(listed), 1)}"
            page.data_validation(top + 1, column, last, column, {"validate": "list", "source": source})
    return out.getvalue()


def _cell(text: str) -> str:
    """Guarded, within the spreadsheet's length, without the control characters XML cannot hold."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]", "", guarded(text))[:_CELL]
