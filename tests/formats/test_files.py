"""Any file whatever gets an answer in bounded time and memory."""

import os
import time
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.core.errors import Invalid
from dashboard.formats import limits, reader_child
from dashboard.formats.files import open_bytes, open_path
from tests.formats.around import DATA

_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def _relation(kind: str, target: str) -> str:
    link = f'<Relationship Id="r1" Type="{_LINKS}/{kind}" Target="{target}"/>'
    return f'<Relationships xmlns="{_PACKAGE}">{link}</Relationships>'


def _workbook(cells: str, extra: dict[str, str] | None = None) -> bytes:
    """The smallest workbook with these cells."""
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _relation("officeDocument", "xl/workbook.xml"),
        "xl/_rels/workbook.xml.rels": _relation("worksheet", "worksheets/sheet1.xml"),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>'
        '<sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData>{cells}</sheetData></worksheet>',
    }
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (parts | (extra or {})).items():
            archive.writestr(name, content)
    return out.getvalue()


def _refusal(data: bytes) -> str:
    started = time.monotonic()
    with pytest.raises(Invalid) as refused:
        open_bytes(data)
    assert time.monotonic() - started < 20
    return refused.value.key


ROW = '<row r="1"><c r="A1"><v>1</v></c></row>'
HOSTILE: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty_file"),
    "blank": (b"\r\n \n\t", "empty_file"),
    "pdf named xlsx": (b"%PDF-1.4 ...", "wrong_type"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(1000), "wrong_type"),
    "web page named xls": (b"<html><table><tr><td>1</td></tr></table></html>", "wrong_type"),
    "binary": (b"a,b\n\x00\x01,\x02\n", "wrong_type"),
    "broken zip": (b"PK\x03\x04" + bytes(range(256)) * 20, "damaged"),
    "zip without a workbook": (_workbook(ROW).replace(b"xl/workbook.xml", b"xl/warkbook.xml"), "wrong_type"),
    "password": (reader_child.OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600), "password"),
    "broken xls": (reader_child.OLE + bytes(range(256)) * 20, "damaged"),
    "one cell far away": (_workbook('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), "too_many_columns"),
    "two cells far apart": (_workbook(ROW + '<row r="9"><c r="XFD9"><v>1</v></c></row>'), "too_many_columns"),
    "a million rows": (_workbook(ROW + '<row r="1048576"><c r="B1048576"><v>1</v></c></row>'), "too_many_rows"),
    "a zip bomb": (_workbook('<row r="1"><c r="A1"><v>' + "1" * 60_000_000 + "</v></c></row>"), "zip_bomb"),
    "an odd ratio": (_workbook('<row r="1"><c r="A1"><v>' + "1" * 20_000_000 + "</v></c></row>"), "zip_bomb"),
    "too many parts": (_workbook(ROW, {f"x/{n}": "" for n in range(1100)}), "zip_members"),
    "a workbook without cells": (_workbook(""), ""),
    "a million columns": (b"a" + b"," * 1_000_000 + b"\n", "too_many_columns"),
    "many columns": ("姓名".encode() + b"," * 400, "too_many_columns"),
    "many rows": (b"a,b\n" * (limits.ROWS + 2), "too_many_rows"),
    "an endless line": (b"a" * (limits.LINE_BYTES + 10), "line_too_long"),
    "a long cell": (b"a,b\n1," + b"x" * (limits.CELL_CHARACTERS + 1), "cell_too_long"),
    "an open quotation mark": ('姓名,电话\n"张三,1\n'.encode() + b"x,y\n" * 400_000, "broken_csv"),
    "no encoding": (bytes([0xFF, 0x81, 0xFF, 0x0A] * 1000), "unknown_encoding"),
    "deep": (b"[" * 100_000 + b"]" * 100_000, "too_deep"),
    "no numbers": (b'{"type":"FeatureCollection","features":[NaN]}', "broken_json"),
    "half a file": (b'{"type":"FeatureCollection","features":[{', "broken_json"),
    "no features": (b'{"type":"Polygon","coordinates":[]}', "not_features"),
    "an empty collection": (b'{"type":"FeatureCollection","features":[]}', "empty_file"),
    "features that are none": (b'{"type":"FeatureCollection","features":{}}', "not_features"),
    "too many features": (
        b'{"type":"FeatureCollection","features":[' + b"1," * limits.FEATURES + b"1]}",
        "too_many_features",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_words(name: str) -> None:
    data, key = HOSTILE[name]
    if key:
        assert _refusal(data) == f"imports.{key}"
    else:
        assert open_bytes(data).tables[0].rows == ()


def test_a_file_of_200_megabytes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "big.csv"
    with path.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    started = time.monotonic()
    with pytest.raises(Invalid) as refused:
        open_path(path)
    assert refused.value.key == "imports.file_too_big"
    assert time.monotonic() - started < 1


def test_no_file_is_told(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.csv"):
        with pytest.raises(Invalid) as refused:
            open_path(path)
        assert refused.value.key == "imports.no_such_file"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no limit of memory: the clock is the bound there")
def test_a_reader_that_wants_too_much_memory_is_stopped() -> None:
    empties = b'{"type":"FeatureCollection","features":[' + b"[]," * 16_000_000 + b"1]}"
    assert _refusal(empties) in ("imports.too_heavy", "imports.too_many_features")


def test_a_reader_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "WALL_SECONDS", 0.001)
    assert _refusal("姓名,电话\n张三,1\n".encode()) == "imports.too_heavy"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(str.encode)))
def test_any_bytes_are_opened_or_refused(data: bytes) -> None:
    try:
        open_bytes(data)
    except Invalid as refused:
        assert refused.key.startswith("imports.")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_encodings_are_found_out(encoding: str) -> None:
    opened = open_bytes("姓名,电话\n张三,1\n".encode(encoding))
    assert opened.tables[0].rows[1].cells == ("张三", "1")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_are_found_out(separator: str) -> None:
    opened = open_bytes(f"姓名{separator}电话\n张三{separator}1\n".encode())
    assert opened.tables[0].rows[1].cells == ("张三", "1")


def test_rows_are_numbered_as_a_spreadsheet_numbers_them() -> None:
    (table,) = open_bytes(b'a,b\n"two\nlines",1\n\nlast,2\n').tables
    found = [(row.number, row.cells[:1]) for row in table.rows]
    assert found == [(1, ("a",)), (2, ("two\nlines",)), (3, ()), (4, ("last",))]


def test_cells_of_a_workbook_become_text() -> None:
    cells = (
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2.5</v></c><c r="C1" t="b"><v>1</v></c>'
        '<c r="D1"><v>522126199001011234</v></c><c r="E1" t="inlineStr"><is><t>文</t></is></c>'
        '<c r="F1" t="str"><f>1+1</f><v>2</v></c></row>'
    )
    (table,) = open_bytes(_workbook(cells)).tables
    assert table.rows[0].cells[:3] + table.rows[0].cells[4:] == ("1", "2.5", "TRUE", "文", "2")
    # Its last digits are gone: a number this long is marked, not believed.
    assert table.rows[0].cells[3].endswith("(!)")


def test_a_cell_merged_downwards_belongs_to_every_row() -> None:
    (table,) = open_path(DATA / "needs_merged.xlsx").tables
    assert [row.cells[1] for row in table.rows[2:]] == ["乐园村", "龙潭村", "龙潭村", "龙潭村"]
    assert table.rows[0].cells[:2] == ("点单表", "")


def test_heights_are_dropped_and_properties_become_text() -> None:
    (feature,) = open_bytes(
        b'{"type":"FeatureCollection","features":[{"type":"Feature","id":7,"properties":{"a":1.0,"b":null,"c":[1]},'
        b'"geometry":{"type":"Polygon","coordinates":[[[1,2,3],[2,2,3],[2,3,3],[1,2,3]]]}}]}'
    ).features
    assert feature.polygons == [[[[1, 2], [2, 2], [2, 3], [1, 2]]]]
    assert feature.properties == {"a": "1", "b": "", "c": "[1]", "id": "7"}
