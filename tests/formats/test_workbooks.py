"""What goes out is safe to open and comes back the same."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.core.words import ImportKind
from dashboard.formats.columns import find_sheet
from dashboard.formats.files import open_bytes, open_path
from dashboard.formats.refused import refused_features, refused_workbook
from dashboard.formats.workbooks import Listing, as_text, guarded, to_csv, to_xlsx, unguarded
from tests.formats import test_registers as registers
from tests.formats.around import DATA

FORMULAS = ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠A1", "'=1", "''=1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_cell_cannot_start_a_formula(text: str) -> None:
    assert guarded(text).startswith("'") and guarded(text) != text
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", ["", "张三", "1", "'", "'quoted'", "a=b", "0856-5666640"])
def test_plain_cells_stay_as_they_are(text: str) -> None:
    assert guarded(text) == text == unguarded(text)


@given(st.text())
def test_guarding_is_undone_exactly(text: str) -> None:
    assert unguarded(guarded(text)) == text


def _listing(cells: list[list[str]]) -> Listing:
    rows = [["某人", *row] for row in cells]
    return Listing(("志愿者", "全部"), ("姓名", "备注", "特长"), rows)


printable = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=20).map(str.strip)
odd = st.one_of(printable, st.sampled_from(FORMULAS).map(str.strip))


@settings(max_examples=15, deadline=None)
@given(st.lists(st.lists(odd, min_size=2, max_size=2), min_size=1, max_size=4), st.sampled_from([to_csv, to_xlsx]))
def test_what_was_exported_is_read_back_the_same(cells: list[list[str]], write) -> None:  # type: ignore[no-untyped-def]
    sheet = find_sheet(ImportKind.VOLUNTEERS, open_bytes(write(_listing(cells))).tables)
    assert [[row["备注"].strip(), row["特长"].strip()] for _, row in sheet.rows] == cells


def test_csv_has_its_mark_its_caption_and_its_order() -> None:
    data = to_csv(_listing([["b", "1"], ["a", "2"]]))
    assert data.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert lines == [["志愿者"], ["全部"], ["姓名", "备注", "特长"], ["某人", "b", "1"], ["某人", "a", "2"]]


def test_a_workbook_holds_no_formula_and_no_link() -> None:
    data = to_xlsx(_listing([['=HYPERLINK("http://x","y")', "http://x"]]))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet and b"hyperlink" not in sheet.lower()


def test_values_are_written_as_people_read_them() -> None:
    assert as_text(datetime(2026, 11, 5, 16, 30, tzinfo=UTC)) == "2026-11-06 00:30"
    assert (as_text(date(2026, 11, 5)), as_text(None), as_text(True), as_text(2.5)) == ("2026-11-05", "", "TRUE", "2.5")


def _say(key: str, values: object) -> str:
    return key


def test_refused_rows_come_back_with_their_reason_and_can_be_imported_again() -> None:
    parsed = registers.needs()
    data = refused_workbook(parsed, parsed.problems, _say, ("原行号", "不存的原因", "怎么改"))
    assert data is not None
    (table,) = open_bytes(data).tables
    assert [row.cells[-3:] for row in table.rows[1:2]] == [
        ("12", "人数: import_problems.head_count_below_one", "import_problems.head_count_below_one.fix")
    ]
    sheet = find_sheet(ImportKind.NEEDS, [table])
    assert [row["人数"] for _, row in sheet.rows] == ["0", "-1", "很多"]
    assert not {"原行号", "不存的原因", "怎么改"} & set(sheet.rows[0][1])


def test_refused_grids_come_back_with_their_polygons() -> None:
    parsed = registers.grids()
    opened = open_path(DATA / "grids.geojson")
    data = refused_features(opened, parsed.problems, _say, ("原行号", "不存的原因", "怎么改"))
    assert data is not None
    back = open_bytes(data).features
    assert [feature.properties["不存的原因"].removeprefix("import_problems.") for feature in back] == [
        "self_crossing", "repeated_code", "overlap", "grid_outside_county",
        "swapped", "unclosed", "missing_code", "no_geometry",
    ]  # fmt: skip
    assert back[0].polygons == opened.features[3].polygons


def test_a_register_without_refusals_has_no_workbook() -> None:
    assert refused_workbook(registers.volunteers(), (), _say, ("a", "b", "c")) is None
