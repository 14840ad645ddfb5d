"""A notebook as a Jupyter file (.ipynb, format 4.5) and back, written by hand: no library of Jupyter at run time.

A text cell is a Markdown cell. Every other cell is a code cell of one call, `query("orders", title="", sql="...")`,
whose arguments are the cell's fields, so that what is edited in Jupyter comes back. The first code cell defines those
calls and holds the results' rows: queries that read earlier results run anew over them, those that read the county's
views show the rows saved. Kind, name and fields stand in each cell's metadata too (docs/notebooks.md).
"""

import ast
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.core.errors import Invalid
from dashboard.core.frames import Frame, Scalar
from dashboard.core.notebook import FIELDS, LONGEST, Cell, Kind, cells_of

#: Under this name our things stand in the metadata of a file and of its cells.
OURS = "civic_practice"
VERSION = 1
#: Bytes of a file that is read.
MOST_BYTES = 50 * 1024 * 1024
#: No cell's name holds a hyphen.
_SETUP = "setup-cell"
#: The call that stands for a cell of a kind.
CALLS: dict[Kind, str] = {
    Kind.QUERY: "query",
    Kind.FIGURE: "figure",
    Kind.CHART: "chart",
    Kind.MAP: "places",
    Kind.LAPSE: "lapse",
    Kind.INPUT: "parameter",
    Kind.EDITOR: "editor",
    Kind.ACTION: "action",
}
_KINDS = {call: kind for kind, call in CALLS.items()}

#: What Jupyter runs first. It needs nothing beyond Python; with pandas results are its frames.
_PROGRAM = '''\
import datetime
import json
import sqlite3

try:
    import pandas
except ImportError:
    pandas = None

SAVED = json.loads({saved})  # results when this file was made: name -> columns, rows
VALUES = json.loads({values})  # what queries read as :name
DATA = {{}}  # results of the cells run so far


def query(name, title="", sql=""):
    """Run a query over the results above; one that reads the county's own views shows the rows saved."""
    base = sqlite3.connect(":memory:")
    for table, frame in DATA.items():
        columns = ", ".join('"' + column.replace('"', '""') + '"' for column in frame["columns"])
        base.execute(f'create table "{{table}}" ({{columns}})')
        marks = ", ".join("?" for _ in frame["columns"])
        base.executemany(f'insert into "{{table}}" values ({{marks}})', frame["rows"])
    try:
        cursor = base.execute(sql, VALUES)
        DATA[name] = {{"columns": [one[0] for one in cursor.description], "rows": cursor.fetchall()}}
    except sqlite3.OperationalError as error:
        if "no such table" not in str(error) or name not in SAVED:
            raise
        DATA[name] = SAVED[name]
    frame = DATA[name]
    return frame if pandas is None else pandas.DataFrame(frame["rows"], columns=frame["columns"])


def parameter(name, title="", value="", type="text"):
    """Set what queries read as :name; a range of days is :name_from and :name_to. Days are counted back from the day
    this file was made: last:30 are the thirty up to it, ago:30 is the thirtieth before it."""
    made = datetime.date.fromisoformat(VALUES["today"])
    if type == "range":
        if value.startswith("last:"):
            first = made - datetime.timedelta(days=int(value[5:]) - 1)
            value = first.isoformat() + "/" + made.isoformat()
        VALUES[name + "_from"], _, VALUES[name + "_to"] = value.partition("/")
        return
    if type == "day":
        if value.startswith("ago:"):
            value = (made - datetime.timedelta(days=int(value[4:]))).isoformat()
        VALUES[name] = value
        return
    for kind in (int, float, str):
        try:
            VALUES[name] = kind(value)
            return
        except ValueError:
            continue


def figure(name, **fields):
    """Figures are computed by the dashboard; what it showed stands below this cell."""


def chart(name, **fields):
    """Charts and maps are drawn by the dashboard; its picture stands below this cell."""


def action(name, **fields):
    """Deeds are done in the dashboard, at a click."""


places, lapse, editor = chart, chart, action
'''


def to_ipynb(
    title: str,
    cells: Sequence[Cell],
    frames: Mapping[str, Frame],
    values: Mapping[str, Scalar],
    outputs: Mapping[str, Mapping[str, str]],
    note: str,
) -> bytes:
    """The file. `frames` are the queries' results, `values` what they were given as `:name`, `outputs` what is shown
    below a cell by MIME type, `note` a line for the reader above the first code cell's program."""
    saved = {name: {"columns": frame.columns, "rows": frame.rows} for name, frame in frames.items()}
    program = _PROGRAM.format(saved=_literal(saved), values=_literal(dict(values)))
    head = "".join(f"# {line}\n" for line in note.splitlines())
    made = [_code(_SETUP, head + program, {"setup": True}, {})]
    for cell in cells:
        meta = cell.plain()
        if cell.kind is Kind.TEXT:
            source = meta.pop("markdown")
            made.append({"cell_type": "markdown", "id": cell.name, "metadata": {OURS: meta}, "source": source})
        else:
            made.append(_code(cell.name, source_of(cell), meta, outputs.get(cell.name, {})))
    document = {
        "cells": made,
        "metadata": {
            OURS: {"version": VERSION, "title": title},
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8", "backslashreplace")


def _literal(value: object) -> str:
    """JSON as a literal of Python."""
    return repr(json.dumps(value, ensure_ascii=False))


def _code(name: str, source: str, meta: Mapping[str, object], shown: Mapping[str, str]) -> dict[str, Any]:
    outputs = [{"output_type": "display_data", "data": dict(shown), "metadata": {}}] if shown else []
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": name,
        "metadata": {OURS: dict(meta)},
        "outputs": outputs,
        "source": source,
    }


def source_of(cell: Cell) -> str:
    """The call that stands for a cell; several lines of a field stay several lines."""
    fields = "".join(f", {field}={_text(value)}" for field, value in cell.fields.items())
    return f'{CALLS[cell.kind]}("{cell.name}"{fields})'


def _text(value: str) -> str:
    """A literal of Python that is read as exactly this text: JSON's escapes are Python's too."""
    if "\n" not in value:
        return json.dumps(value, ensure_ascii=False)
    # Within three quotes one stands for itself unless it would close them.
    apart = "\n" if '"""' in value or value.endswith('"') else '\n"'
    parts = re.split(f"([{apart}])", value)
    return '"""' + "".join(one if one in apart else json.dumps(one, ensure_ascii=False)[1:-1] for one in parts) + '"""'


def from_ipynb(data: bytes) -> tuple[str, list[dict[str, str]]]:
    """(title, cells in their plain form), checked as if they had been typed. Outputs and the first code cell are not
    read. Raises Invalid that names the cell."""
    document = _document(data)
    ours = document.get("metadata", {}).get(OURS, {}) if isinstance(document.get("metadata"), dict) else {}
    title = str(ours.get("title", "")) if isinstance(ours, dict) else ""
    plain: list[dict[str, str]] = []
    taken = {str(meta["name"]) for one in document["cells"] if isinstance(meta := _meta(one), dict) and "name" in meta}
    for one in document["cells"]:
        meta = _meta(one)
        if meta.get("setup") is True:
            continue
        number = len(plain) + 1
        plain.append(_read(number, one, meta, taken))
    cells_of(plain)
    return title, plain


def _document(data: bytes) -> dict[str, Any]:
    if len(data) > MOST_BYTES:
        raise Invalid("notebook.file_too_big", most=MOST_BYTES // 1024 // 1024)
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Invalid("notebook.file_not_json") from error
    if not isinstance(document, dict) or document.get("nbformat") != 4 or not isinstance(document.get("cells"), list):
        raise Invalid("notebook.file_not_jupyter")
    return document


def _meta(one: Any) -> dict[str, Any]:
    """Our part of a cell's metadata; empty for a cell that isn't ours."""
    meta = one.get("metadata") if isinstance(one, dict) else None
    ours = meta.get(OURS) if isinstance(meta, dict) else None
    return ours if isinstance(ours, dict) else {}


def _read(number: int, one: Any, meta: dict[str, Any], taken: set[str]) -> dict[str, str]:
    source = one.get("source") if isinstance(one, dict) else None
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    name = str(meta.get("name", ""))[:40]
    if not isinstance(source, str):
        raise Invalid("notebook.file_no_source", number=number, name=name)
    kind = one.get("cell_type")
    if kind == "markdown" and not meta:
        return {"name": _free(taken), "kind": Kind.TEXT.value, "markdown": source, "notes": ""}
    if kind == "markdown" and meta.get("kind") == Kind.TEXT:
        return meta | {"markdown": source}
    if kind != "code":
        raise Invalid("notebook.file_strange", number=number, name=name)
    return _called(number, name, source, meta)


def _free(taken: set[str]) -> str:
    """A name for a text cell that had none."""
    number = 1
    while f"text{number}" in taken:
        number += 1
    taken.add(f"text{number}")
    return f"text{number}"


def _called(number: int, name: str, source: str, meta: dict[str, Any]) -> dict[str, str]:
    """The cell whose call a code cell is. Code is read, never run."""
    if len(source) > 8 * LONGEST * max(map(len, FIELDS.values())):
        raise Invalid("notebook.file_code", number=number, name=name)
    try:
        (statement,) = ast.parse(source).body
        call = statement.value if isinstance(statement, ast.Expr) else None
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            raise ValueError(source)
        kind = _KINDS[call.func.id]
        (first,) = map(ast.literal_eval, call.args)
        fields = {str(one.arg): ast.literal_eval(one.value) for one in call.keywords}
    except (ValueError, SyntaxError, KeyError, RecursionError, MemoryError) as error:
        raise Invalid("notebook.file_code", number=number, name=name) from error
    if meta and meta.get("kind") != kind:
        raise Invalid("notebook.file_kind", number=number, name=name)
    return {"name": first, "kind": kind.value, **fields}
