"""A notebook as a Jupyter file: valid, every cell comes back, queries run without us, what is no cell is refused."""

import json
import subprocess
import sys
from typing import Any

import nbformat
import pytest
from hypothesis import given

from dashboard.core.errors import Invalid
from dashboard.core.frames import Frame
from dashboard.core.notebook import FIELDS, Cell, Kind, cells_of
from dashboard.formats.notebook_ipynb import OURS, from_ipynb, source_of, to_ipynb
from tests.cells import books

HOSTILE = 'a"""b\\n\r\n\'\'\' {x} \\ " \u2028 \x0c 中文"'


def written(book: tuple[Cell, ...], **more: Any) -> bytes:
    values: dict[str, Any] = {"frames": {}, "values": {}, "outputs": {}, "note": "说明"} | more
    return to_ipynb("月报", book, **values)


@given(books())
def test_a_file_is_valid_and_brings_every_cell_back(book: tuple[Cell, ...]) -> None:
    data = written(book)
    nbformat.validate(nbformat.reads(data.decode(), 4))
    title, plain = from_ipynb(data)
    assert (title, cells_of(plain)) == ("月报", book)


@given(books())
def test_a_file_that_jupyter_saved_again_brings_every_cell_back(book: tuple[Cell, ...]) -> None:
    again = nbformat.writes(nbformat.reads(written(book).decode(), 4))
    assert cells_of(from_ipynb(again.encode())[1]) == book


@pytest.mark.parametrize(
    "kind", [kind for kind in Kind if kind not in (Kind.TEXT, Kind.FIGURE, Kind.CHART, Kind.LAPSE, Kind.ACTION)]
)
def test_hostile_words_come_back_as_they_were(kind: Kind) -> None:
    plain = {"name": "a", "kind": kind.value, **dict.fromkeys(FIELDS[kind], HOSTILE)} | (
        {Kind.INPUT: {"type": "text"}, Kind.EDITOR: {"register": "sites"}}.get(kind, {})
    )
    book = cells_of([plain])
    assert cells_of(from_ipynb(written(book))[1]) == book


BOOK = cells_of(
    [
        {"name": "opening", "kind": "text", "markdown": "# 要点", "notes": "先讲"},
        {"name": "least", "kind": "input", "title": "", "value": "2"},
        {"name": "orders", "kind": "query", "title": "需求", "sql": "select state, count(*) n\nfrom needs group by 1"},
        {"name": "many", "kind": "query", "title": "", "sql": 'select state as "状态" from orders where n >= :least'},
        {"name": "six", "kind": "figure", "keys": "needs_open"},
    ]
)
FRAMES = {
    "orders": Frame(("state", "n"), (("open", 7), ("draft", 1))),
    "many": Frame(("状态",), (("stale",),)),
}


def test_the_queries_run_in_plain_python_over_the_rows_saved() -> None:
    """One that reads a view of the county shows what was saved; one below it is computed anew."""
    document = json.loads(written(BOOK, frames=FRAMES, values={"today": "2026-11-26"}))
    code = "\n".join(one["source"] for one in document["cells"] if one["cell_type"] == "code")
    code += "\nprint(json.dumps([DATA['orders']['rows'], DATA['many']]))"
    told = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True, timeout=60)
    rows, many = json.loads(told.stdout)
    assert rows == [["open", 7], ["draft", 1]]
    assert many == {"columns": ["状态"], "rows": [["open"]]}


def edited(change: Any) -> bytes:
    document = json.loads(written(BOOK))
    change(document)
    return json.dumps(document).encode()


def test_what_was_edited_in_jupyter_comes_back() -> None:
    def change(document: dict[str, Any]) -> None:
        cells = document["cells"]
        cells[1]["source"] = ["# 新\n", "正文"]
        cells[3]["source"] = cells[3]["source"].replace("group by 1", "where 1 group by 1")
        cells.append({"cell_type": "markdown", "id": "x", "metadata": {}, "source": "外来"})

    cells = cells_of(from_ipynb(edited(change))[1])
    assert cells[0].fields == {"markdown": "# 新\n正文", "notes": "先讲"}
    assert "where 1" in cells[2].fields["sql"]
    assert (cells[-1].kind, cells[-1].name, cells[-1].fields["markdown"]) == (Kind.TEXT, "text1", "外来")


def code(source: str, **meta: str) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {OURS: meta} if meta else {}, "source": source}


@pytest.mark.parametrize(
    ("cell", "key", "name"),
    [
        (code("import os; os.system('x')"), "notebook.file_code", ""),
        (code("query('a', sql=open('/etc/passwd').read())", kind="query", name="a"), "notebook.file_code", "a"),
        (code("query(", kind="query", name="a"), "notebook.file_code", "a"),
        (code("(" * 5000, kind="query", name="a"), "notebook.file_code", "a"),
        (code("query('a', 'b')", kind="query", name="a"), "notebook.file_code", "a"),
        (code("query('b', sql='')", kind="chart", name="a"), "notebook.file_kind", "a"),
        (code("query('Big', sql='')"), "notebook.bad_name", "Big"),
        (code("query('orders', sql='')"), "notebook.twice", "orders"),
        (code("query('a', run='1')"), "notebook.bad_field", "a"),
        (code("query('a', sql=1)"), "notebook.bad_value", "a"),
        (code("query('a', sql='\\ud800')"), "notebook.bad_value", "a"),
        (code("figure('a', keys='nothing')"), "notebook.bad_figure", "a"),
        ({"cell_type": "raw", "metadata": {}, "source": ""}, "notebook.file_strange", ""),
        ({"cell_type": "markdown", "metadata": {}}, "notebook.file_no_source", ""),
        ("x", "notebook.file_no_source", ""),
    ],
)
def test_what_is_no_cell_is_refused_by_name(cell: Any, key: str, name: str) -> None:
    with pytest.raises(Invalid) as refused:
        from_ipynb(edited(lambda document: document["cells"].append(cell)))
    assert (refused.value.key, refused.value.values["number"], refused.value.values["name"]) == (key, 6, name)


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"[1]", b"{}", b'{"nbformat": 3, "cells": []}', b"[" * 100_000])
def test_what_is_no_notebook_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(Invalid):
        from_ipynb(data)


def test_a_file_without_cells_of_ours_is_read() -> None:
    assert from_ipynb(b'{"nbformat": 4, "cells": [], "metadata": []}') == ("", [])


def test_a_call_is_readable() -> None:
    assert source_of(BOOK[2]) == (
        'query("orders", title="需求", sql="""select state, count(*) n\nfrom needs group by 1""")'
    )


def test_a_spec_comes_back_and_a_file_of_before_there_were_specs_is_read() -> None:
    spec = '{\n  "mark": "bar",\n  "encoding": {"x": {"field": "状态 \\"a\\""}}\n}'
    plain = {"name": "drawn", "kind": "chart", "title": "", "source": "orders", "mark": "bars", "spec": spec}
    book = cells_of([*[one.plain() for one in BOOK], plain])
    assert cells_of(from_ipynb(written(book))[1]) == book
    document = json.loads(written(book))
    cell = document["cells"][-1]
    del cell["metadata"][OURS]["spec"]
    cell["source"] = 'chart("drawn", title="", source="orders", mark="bars", x="state", y="n", series="")'
    assert cells_of(from_ipynb(json.dumps(document).encode())[1])[-1].fields["spec"] == ""


def test_a_file_with_a_spec_that_reaches_out_is_refused_by_its_cell() -> None:
    plain = {"name": "drawn", "kind": "chart", "title": "", "source": "orders", "mark": "bars"}
    document = json.loads(written(cells_of([plain])))
    document["cells"][-1]["source"] = 'chart("drawn", mark="bars", spec="{\\"data\\": {\\"url\\": \\"a.csv\\"}}")'
    with pytest.raises(Invalid) as found:
        from_ipynb(json.dumps(document).encode())
    assert (found.value.key, found.value.values["name"]) == ("chart_spec.own_data", "drawn")
