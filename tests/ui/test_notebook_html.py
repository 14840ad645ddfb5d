"""A run notebook as one page: nothing fetched or run, every word as it is; its charts and tables are files too."""

import base64
import re

import nbformat
import pytest

from dashboard.core.figures import Unit, Value
from dashboard.core.frames import Frame
from dashboard.core.notebook import cells_of
from dashboard.services import notebook_files
from dashboard.services.notebook_runs import Outcome
from dashboard.ui import notebook_html
from dashboard.ui.notebook_files import outputs
from tests.builders import NOW

HOSTILE = '"><script>alert(1)</script><img src="http://evil.example/x.png">{{7*7}}'
CELLS = cells_of(
    [
        {
            "name": "opening",
            "kind": "text",
            "markdown": f"# 要点\n\n**粗** ![x](http://evil.example/a.png)\n\n{HOSTILE}",
        },
        {"name": "days", "kind": "input", "title": HOSTILE, "value": HOSTILE},
        {"name": "towns", "kind": "query", "title": "各乡镇", "sql": "select 1"},
        {"name": "drawn", "kind": "chart", "title": "图", "source": "towns", "mark": "bars", "x": "乡镇", "y": "需求"},
        {"name": "six", "kind": "figure", "keys": "needs_open"},
        {"name": "broken", "kind": "query", "title": "", "sql": ""},
        {"name": "after", "kind": "query", "title": "", "sql": ""},
    ]
)
FRAME = Frame(("乡镇", "需求"), (("浞水镇", 1234), (HOSTILE, None)))
OUTCOMES = {
    "opening": Outcome(),
    "days": Outcome(),
    "towns": Outcome(frame=FRAME),
    "drawn": Outcome(frame=FRAME),
    "six": Outcome(figures={"needs_open": Value(7, Unit.ORDERS, 7)}),
    "broken": Outcome(error="queries.no_table", values={"name": HOSTILE}),
    "after": Outcome(waits_for="broken"),
}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_stands_alone_and_no_word_is_markup(language: str) -> None:
    page = notebook_html.page(language, "月报" + HOSTILE, "遵义", CELLS, OUTCOMES)
    assert not re.search(r'<(script|link|iframe|img src="http)', page)
    # A link waits for a click; nothing is fetched by itself.
    assert not re.search(r'src="(?!data:)', page)
    assert "1,234" in page and "<strong>7</strong>" in page and "<strong>粗</strong>" in page
    assert page.count('class="error"') == 2


def test_the_chart_in_it_is_a_picture_with_chinese_words() -> None:
    page = notebook_html.page("zh", "月报", "", CELLS, OUTCOMES)
    (drawn,) = re.findall(r"data:image/svg\+xml;base64,([^\"]+)", page)
    svg = base64.b64decode(drawn).decode()
    assert "浞水镇" in svg and "Noto Sans CJK SC" in svg
    assert not re.search(r'(href|src)="http', svg)


@pytest.mark.parametrize(("suffix", "begins"), [(".png", b"\x89PNG"), (".svg", b"<svg")])
def test_a_chart_is_a_picture_file(suffix: str, begins: bytes) -> None:
    drawn = notebook_files.picture(notebook_html.chart_spec("zh", CELLS[3], FRAME), suffix)
    assert drawn.startswith(begins)


def test_what_a_cell_showed_stands_below_it_in_jupyter() -> None:
    data = notebook_files.jupyter("月报", CELLS, OUTCOMES, outputs("zh", CELLS, OUTCOMES), NOW, "说明")
    document = nbformat.reads(data.decode(), 4)
    nbformat.validate(document)
    shown = {cell["id"]: cell["outputs"] for cell in document["cells"] if cell["cell_type"] == "code"}
    assert [name for name, one in shown.items() if one] == ["towns", "drawn", "six"]
    assert "浞水镇" in shown["towns"][0]["data"]["text/html"]
    assert "<script" not in shown["towns"][0]["data"]["text/html"]


def test_a_chart_of_a_spec_is_a_picture_too() -> None:
    spec = '{"mark": "bar", "encoding": {"x": {"field": "乡镇"}, "y": {"field": "需求", "aggregate": "sum"}}}'
    cell = {"name": "own", "kind": "chart", "title": "图", "source": "towns", "mark": "bars", "spec": spec}
    (own,) = cells_of([cell])
    page = notebook_html.page("zh", "月报", "", (own,), {"own": Outcome(frame=FRAME)})
    (drawn,) = re.findall(r"data:image/svg\+xml;base64,([^\"]+)", page)
    svg = base64.b64decode(drawn).decode()
    assert "浞水镇" in svg and "需求（合计）" in svg and "<script" not in svg
    assert notebook_files.picture(notebook_html.chart_spec("zh", own, FRAME), ".png").startswith(b"\x89PNG")


def test_a_spec_that_the_drawing_program_can_t_draw_is_told_in_its_place() -> None:
    scale = '{"domain": [{"year": 2026}]}'
    spec = f'{{"mark": "point", "encoding": {{"size": {{"field": "需求", "scale": {scale}}}}}}}'
    cell = {"name": "own", "kind": "chart", "title": "图", "source": "towns", "mark": "bars", "spec": spec}
    (own,) = cells_of([cell])
    page = notebook_html.page("zh", "月报", "", (own,), {"own": Outcome(frame=FRAME)})
    assert "data:image" not in page and 'class="error"' in page
    assert "own" in page and "Unsupported object" in page
