"""The same slides as PPTX and PDF: words, tables, pictures with alternative text, notes; hostile words stay words."""

import io
import re
import zipfile
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pptx import Presentation

from dashboard.core.deck import Chart, Deck, Line, Number, Slide, Table, Words, brief_of
from dashboard.formats import deck_pdf as pdf
from dashboard.formats.brief_pdf import brief_pdf
from dashboard.formats.chart_pictures import png, svg
from dashboard.formats.deck_pptx import deck_pptx
from dashboard.formats.markdown_lines import lines

AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
SPEC = {
    "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
    "data": {"values": [{"镇": "浞水镇", "数": 3}, {"镇": "柏村镇", "数": 5}]},
    "mark": "bar",
    "encoding": {"x": {"field": "镇", "type": "nominal"}, "y": {"field": "数", "type": "quantitative"}},
}
HOSTILE = '#panic("x") $ \\ {{7*7}} ${1} <script>alert(1)</script> *_`[link] @ref'


def deck(words: str = "说明") -> Deck:
    table = Table("各镇", ("镇", "数"), (("浞水镇", "3"), (words, "5")), (False, True), note="少于 5 的不显示")
    first = Slide(
        "a", words, (Number(words, "1,234", "次", ("上月 1,102",)), Chart("图", SPEC, "两个镇的柱")), "先讲这一句"
    )
    return Deck("月报", words, (first, Slide("b", "表", (Words((Line("bullet", words),)), table))))


def said(file: bytes) -> list[str]:
    show = Presentation(io.BytesIO(file))
    found = []
    for page in show.slides:
        for shape in page.shapes:
            if shape.has_text_frame:
                found += [paragraph.text for paragraph in shape.text_frame.paragraphs]
            if shape.has_table:
                found += [cell.text for row in shape.table.rows for cell in row.cells]
    return found


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


@pytest.mark.parametrize("words", ["说明", HOSTILE])
def test_a_pptx_says_what_the_slides_say(words: str) -> None:
    file = deck_pptx(deck(words))
    show = Presentation(io.BytesIO(file))
    assert [page.shapes.title.text for page in show.slides] == [words, "表"]
    assert {"1,234", "上月 1,102", "浞水镇", "少于 5 的不显示", f"• {words}", words} <= set(said(file))
    pictures = [shape for shape in show.slides[0].shapes if shape.shape_type == 13]
    assert [picture._element.nvPicPr.cNvPr.get("descr") for picture in pictures] == ["两个镇的柱"]
    assert show.slides[0].notes_slide.notes_text_frame.text == "先讲这一句"
    assert round(show.slide_width / show.slide_height, 2) == 1.78


def test_a_pptx_reaches_out_to_nothing() -> None:
    with zipfile.ZipFile(io.BytesIO(deck_pptx(deck()))) as parts:
        related = [parts.read(name).decode() for name in parts.namelist() if name.endswith(".rels")]
    assert not [one for one in related if 'TargetMode="External"' in one]


@pytest.mark.parametrize("words", ["说明", HOSTILE])
def test_a_pdf_has_a_page_a_slide_and_is_the_same_each_time(words: str) -> None:
    made = pdf.deck_pdf(deck(words), AT)
    assert made.startswith(b"%PDF-")
    assert made == pdf.deck_pdf(deck(words), AT)


def test_a_brief_is_one_page_of_the_deck_s_own_figures_and_lists() -> None:
    full = deck()
    table = full.slides[1].blocks[1]
    assert isinstance(table, Table)
    long = Table("长", table.columns, (("镇", "1"),) * 30, table.numeric)
    many = tuple(Number(f"数 {n}", str(n), definition="口径") for n in range(9))
    brief = brief_of(Deck("月报", "页脚", (*full.slides, Slide("c", "更多", (*many, long, long)))))
    assert [one.name for one in brief.numbers] == ["说明", *(f"数 {n}" for n in range(5))]
    assert [(len(one.rows), one.rest) for one in brief.lists] == [(2, 0), (10, 20), (10, 20)]
    made = brief_pdf(brief, AT)
    assert made == brief_pdf(brief, AT)
    assert pages(made) == 1


def test_a_brief_of_long_words_is_one_page_too() -> None:
    """Decisions as long as they may be: fewer lines of each, and how many are left is said."""
    long = Table("决定", ("决定", "负责人", "期限"), (("长" * 500, "王主任", "2026年12月20日"),) * 12, (False,) * 3)
    slide = Slide("a", "会议", (*(Number(f"数 {n}", "1", definition="口径" * 60) for n in range(6)), long, long, long))
    assert pages(brief_pdf(brief_of(Deck("月报", "页脚", (slide, deck().slides[0]))), AT)) == 1


def test_a_brief_s_lists_have_titles_and_those_beside_its_chart_come_last() -> None:
    table = Table("", ("镇", "数"), (("浞水镇", "3"),), (False, True))
    beside = Slide("a", "图与表", (Chart("图", SPEC, "图"), table))
    brief = brief_of(Deck("月报", "页脚", (beside, Slide("b", "决定", (table,)))))
    assert [one.title for one in brief.lists] == ["决定", "图与表"]


def test_a_server_without_a_chinese_font_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_families", lambda: ["DejaVu Sans"])
    with pytest.raises(pdf.NoChineseFont):
        pdf.deck_pdf(deck(), AT)


def test_a_chart_keeps_its_chinese_and_is_a_picture_of_its_size() -> None:
    assert "浞水镇" in svg(SPEC, width=300, height=200)
    assert png(SPEC, width=300, height=200).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "change",
    [
        {"data": {"url": "https://example.org/data.csv"}},
        {"data": {"url": "file:///etc/passwd", "format": {"type": "csv"}}},
        {"transform": [{"lookup": "镇", "from": {"data": {"url": "/etc/passwd"}, "key": "a"}}]},
        {"mark": {"type": "image"}, "encoding": {"url": {"field": "镇"}}},
        {"layer": [{"mark": "image"}]},
    ],
)
def test_a_chart_reads_no_address_and_no_file(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="no address"):
        png(SPEC | change, width=300, height=200)


def test_rows_may_hold_any_words() -> None:
    assert svg(SPEC | {"data": {"values": [{"镇": "a", "数": 1, "url": "x"}]}}, width=300, height=200)


def test_markdown_becomes_lines_without_html_links_or_pictures() -> None:
    found = lines("# 口径\n正文 **粗**\n- 一\n- 二\n\n3. 三\n\n<b>x</b> ![图](http://a/b.png) [链接](http://x)")
    assert found == (
        Line("heading", "口径"),
        Line("paragraph", "正文 粗"),
        Line("bullet", "一"),
        Line("bullet", "二"),
        Line("bullet", "3. 三"),
        Line("paragraph", "<b>x</b> 图 链接"),
    )


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_lines(markdown: str) -> None:
    assert all("\n" not in line.text for line in lines(markdown))
