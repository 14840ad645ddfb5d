"""The program that reads a stranger's file, in a process of its own with bounded memory and time.

Reads the file on standard input, writes one JSON object on standard output: {"tables": [...]} or {"features": [...]}
or {"refused": key, "values": {...}}. It imports nothing of ours but the limits, so it starts in a blink.
"""

import codecs
import csv
import io
import json
import math
import re
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from dashboard.formats import limits

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class RefusedError(Exception):
    """The file is not read; `key` says why."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key, self.values = key, values


def limit_self() -> None:
    """Bound memory and processor time. Windows has no such limits: there the parent's clock is the only bound."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (limits.MEMORY_BYTES, limits.MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.CPU_SECONDS, limits.CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read(data: bytes) -> dict[str, Any]:
    """What the file holds. Raises RefusedError."""
    if not data.strip(b"\x00\t\r\n "):
        raise RefusedError("empty_file")
    if data.startswith(b"PK"):
        return {"tables": workbook(data)}
    if data.startswith(OLE):
        return {"tables": old_workbook(data)}
    _known_strangers(data)
    text, encoding = decode(data)
    if text.lstrip()[:1] in ("{", "["):
        return {"features": features(text), "encoding": encoding}
    return {"tables": [delimited(text)], "encoding": encoding}


_STRANGERS = {
    b"%PDF": "PDF", b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG", b"GIF8": "GIF", b"Rar!": "RAR", b"7z\xbc\xaf": "7z",
    b"\x1f\x8b": "gzip", b"SQLite format": "SQLite", b"MZ\x90\x00": "EXE", b"\x7fELF": "ELF",
}  # fmt: skip


def _known_strangers(data: bytes) -> None:
    for sign, name in _STRANGERS.items():
        if data.startswith(sign):
            raise RefusedError("wrong_type", type=name)
    if re.match(rb"\s*(<!doctype html|<html|<\?xml|<table)", data[:200], re.IGNORECASE):
        raise RefusedError("wrong_type", type="HTML / XML")


def decode(data: bytes) -> tuple[str, str]:
    """Byte order mark, strict UTF-8, GB18030; whether that was right shows when the headings are recognised."""
    marks = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
    for mark, encoding in marks:
        if data.startswith(mark):
            return _decoded(data, encoding), encoding
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _decoded(data, "gb18030"), "gb18030"


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise RefusedError("unknown_encoding") from error


def delimited(text: str) -> dict[str, Any]:
    """The rows of a CSV text; the separator is the one that splits most of the first lines."""
    head = text[:100_000].splitlines()[:30]
    separator = max(",;\t|，", key=lambda sign: (sum(line.count(sign) for line in head), sign == ","))
    rows: list[dict[str, Any]] = []
    cells = 0
    reader = csv.reader(_lines(text), delimiter=separator)
    try:
        for number, record in enumerate(reader, start=1):
            if len(record) > limits.COLUMNS:
                raise RefusedError("too_many_columns", columns=len(record), limit=limits.COLUMNS)
            cells += len(record)
            if number > limits.ROWS or cells > limits.CELLS:
                raise RefusedError("too_many_rows", limit=limits.ROWS)
            rows.append({"n": number, "c": [_bounded(cell, number) for cell in record]})
    except csv.Error as error:
        raise RefusedError("broken_csv", row=len(rows) + 1) from error
    return {"sheet": "", "rows": rows}


def _lines(text: str) -> Iterator[str]:
    for number, line in enumerate(io.StringIO(text, newline=""), start=1):
        if len(line) > limits.LINE_BYTES:
            raise RefusedError("line_too_long", row=number)
        if "\x00" in line:
            raise RefusedError("wrong_type", type="binary")
        yield line


def _bounded(text: str, row: int) -> str:
    if len(text) > limits.CELL_CHARACTERS:
        raise RefusedError("cell_too_long", row=row, limit=limits.CELL_CHARACTERS)
    return text


def workbook(data: bytes) -> list[dict[str, Any]]:
    """The sheets of an .xlsx workbook, after its parts have been checked and unpacked once within the limits."""
    sheets = _checked_parts(data)
    if not any(name == "xl/workbook.xml" for name in sheets):
        raise RefusedError("wrong_type", type="zip")
    for name, content in sheets.items():
        if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name):
            _check_extent(content)
    return _calamine(data)


def _checked_parts(data: bytes) -> dict[str, bytes]:
    """The parts of the archive that hold cells, unpacked. Refuses bombs, encrypted and damaged archives."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = archive.infolist()
        if len(members) > limits.MEMBERS:
            raise RefusedError("zip_members", members=len(members), limit=limits.MEMBERS)
        if sum(member.file_size for member in members) > limits.UNPACKED_BYTES:
            raise RefusedError("zip_bomb", limit=limits.UNPACKED_BYTES // 1024 // 1024)
        for member in members:
            if member.flag_bits & 1:
                raise RefusedError("password")
            if member.file_size > max(limits.RATIO * member.compress_size, limits.RATIO_FREE_BYTES):
                raise RefusedError("zip_bomb", limit=limits.UNPACKED_BYTES // 1024 // 1024)
        # Reading stops at the declared size and then checks the sum: a lying header is a damaged archive.
        return {member.filename: archive.read(member) for member in members if member.filename.endswith(".xml")}
    except RefusedError:
        raise
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, ValueError, NotImplementedError, OSError) as error:
        raise RefusedError("damaged") from error
    except Exception as error:  # zlib.error and whatever else a hostile archive provokes
        raise RefusedError("damaged") from error


_VALUED_CELL = re.compile(
    rb"<(?:\w+:)?c\b[^>]*?\br=[\"']([A-Z]{1,3})(\d{1,7})[\"'](?:[^>]*[^/>])?>(?=\s*<(?:\w+:)?(?:v|f|is)\b)"
)


def _check_extent(sheet: bytes) -> None:
    """Refuse a sheet whose cells with values span more than a register can: the parser would fill the rectangle."""
    last_row = last_column = 0
    for found in _VALUED_CELL.finditer(sheet):
        column = 0
        for letter in found[1]:
            column = column * 26 + letter - 64
        last_row, last_column = max(last_row, int(found[2])), max(last_column, column)
    _check_size(last_row, last_column)


def _check_size(rows: int, columns: int) -> None:
    if columns > limits.COLUMNS:
        raise RefusedError("too_many_columns", columns=columns, limit=limits.COLUMNS)
    if rows > limits.ROWS or rows * columns > limits.CELLS:
        raise RefusedError("too_many_rows", limit=limits.ROWS)


def old_workbook(data: bytes) -> list[dict[str, Any]]:
    """An .xls workbook, or the shell around a password-protected one."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise RefusedError("password")
    return _calamine(data)


def _calamine(data: bytes) -> list[dict[str, Any]]:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        found = []
        for meta in book.sheets_metadata:
            if meta.visible is not SheetVisibleEnum.Visible:
                continue
            try:
                sheet = book.get_sheet_by_name(meta.name)
            except CalamineError:
                continue  # a sheet of charts holds no cells
            found.append(_sheet(meta.name, sheet))
    except PasswordError as error:
        raise RefusedError("password") from error
    except CalamineError as error:
        raise RefusedError("damaged") from error
    if not found:
        raise RefusedError("empty_file")
    return found


def _sheet(name: str, sheet: Any) -> dict[str, Any]:
    _check_size(sheet.total_height, sheet.total_width)
    rows = sheet.to_python(skip_empty_area=False)
    _fill_merged(rows, sheet.merged_cell_ranges or [])
    return {
        "sheet": name,
        "rows": [{"n": n, "c": [_bounded(_text(cell), n) for cell in row]} for n, row in enumerate(rows, start=1)],
    }


def _fill_merged(rows: list[list[Any]], ranges: list[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    """A cell merged downwards belongs to every row it covers; merged titles reach to the right and are left alone."""
    for (top, left), (bottom, _right) in ranges:
        if bottom == top or top >= len(rows) or left >= len(rows[top]):
            continue
        for row in rows[top + 1 : bottom + 1]:
            if left < len(row) and row[left] == "":
                row[left] = rows[top][left]


def _text(cell: object) -> str:
    """A cell as its text. Numbers lose a ".0"; a number too long to be exact is marked, for its digits are gone."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        if not math.isfinite(cell):
            return ""
        if abs(cell) >= 1e15:
            return f"{cell:.0f}(!)"
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="seconds").removesuffix(" 00:00:00")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell)


def features(text: str) -> dict[str, Any]:
    """A FeatureCollection by RFC 7946, numbers checked, nothing judged yet: that needs the county."""
    try:
        document = json.loads(text.lstrip("\ufeff"), parse_constant=_no_constant)
    except RecursionError as error:
        raise RefusedError("too_deep") from error
    except ValueError as error:
        raise RefusedError("broken_json", place=str(error)[:80]) from error
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        raise RefusedError("not_features")
    listed = document.get("features")
    if not isinstance(listed, list):
        raise RefusedError("not_features")
    if not listed:
        raise RefusedError("empty_file")
    if len(listed) > limits.FEATURES:
        raise RefusedError("too_many_features", limit=limits.FEATURES)
    budget = [limits.ALL_VERTICES]
    return {
        "crs": _crs(document.get("crs")),
        "list": [_feature(number, feature, budget) for number, feature in enumerate(listed, start=1)],
    }


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")


def _crs(crs: object) -> str:
    name = crs.get("properties", {}) if isinstance(crs, dict) else {}
    return str(name.get("name", "")) if isinstance(name, dict) else ""


def _feature(number: int, feature: object, budget: list[int]) -> dict[str, Any]:
    """{"n", "properties": {name: text}, "polygons" or "problem"}."""
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        return {"n": number, "properties": {}, "problem": "not_a_feature"}
    listed = feature.get("properties")
    named = {} if not isinstance(listed, dict) else listed
    properties = {str(name)[:200]: _property(value, number) for name, value in list(named.items())[: limits.COLUMNS]}
    if isinstance(feature.get("id"), str | int) and "id" not in properties:
        properties["id"] = str(feature["id"])
    answer: dict[str, Any] = {"n": number, "properties": properties}
    geometry = feature.get("geometry")
    if geometry is None:
        return answer | {"problem": "no_geometry"}
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if not isinstance(geometry, dict) or kind not in ("Polygon", "MultiPolygon"):
        return answer | {"problem": "not_a_polygon"}
    listed = geometry.get("coordinates")
    polygons = _polygons([listed] if kind == "Polygon" else listed, budget)
    return answer | ({"problem": polygons} if isinstance(polygons, str) else {"polygons": polygons})


def _property(value: object, row: int) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return _bounded(value, row)
    if isinstance(value, int | float):
        return _text(float(value)) if not isinstance(value, bool) and abs(value) < 1e15 else str(value)[:60]
    return _bounded(json.dumps(value, ensure_ascii=False), row)


def _polygons(listed: object, budget: list[int]) -> list[list[list[list[float]]]] | str:
    """Checked coordinates [polygon][ring][point][lon, lat], heights dropped; or the key of what is wrong."""
    if not isinstance(listed, list) or not listed:
        return "empty"
    count = 0
    polygons: list[list[list[list[float]]]] = []
    for rings in listed:
        if not isinstance(rings, list) or not rings or not all(isinstance(ring, list) and ring for ring in rings):
            return "empty" if rings in ([], [[]]) else "bad_coordinates"
        count += sum(len(ring) for ring in rings)
        if count > limits.VERTICES:
            return "too_many_vertices"
        if not all(_is_position(point) for ring in rings for point in ring):
            return "bad_coordinates"
        polygons.append([[[float(point[0]), float(point[1])] for point in ring] for ring in rings])
    budget[0] -= count
    if budget[0] < 0:
        raise RefusedError("too_many_vertices_in_all", limit=limits.ALL_VERTICES)
    return polygons


def _is_position(point: object) -> bool:
    return (
        isinstance(point, list)
        and 2 <= len(point) <= 4
        and all(isinstance(x, int | float) and not isinstance(x, bool) and abs(x) < 1e12 for x in point)
    )


def main() -> int:
    limit_self()
    csv.field_size_limit(limits.LINE_BYTES)
    data = sys.stdin.buffer.read(limits.FILE_BYTES + 1)
    try:
        answer = {"refused": "file_too_big", "values": {"limit": limits.FILE_BYTES // 1024 // 1024}}
        if len(data) <= limits.FILE_BYTES:
            answer = read(data)
    except RefusedError as refused:
        answer = {"refused": refused.key, "values": refused.values}
    except (MemoryError, RecursionError):
        answer = {"refused": "too_heavy", "values": {}}
    written = json.dumps(answer, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8", "replace")
    if len(written) > limits.ANSWER_BYTES:
        written = b'{"refused":"too_heavy","values":{}}'
    sys.stdout.buffer.write(written)
    return 0
