"""A deck as a PPTX: real text and tables, charts as pictures with alternative text, the presenter's notes."""

import io
from collections.abc import Sequence
from dataclasses import replace

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.presentation import Presentation as Show
from pptx.slide import Slide as Page
from pptx.text.text import TextFrame
from pptx.util import Emu, Inches, Pt

from dashboard.core.deck import (
    MARGIN,
    TITLE,
    Box,
    Chart,
    Deck,
    Line,
    Number,
    Slide,
    Table,
    Words,
    arranged,
    chart_size,
    fitted,
)
from dashboard.formats.chart_pictures import png

WIDTH, HEIGHT = Inches(13.333), Inches(7.5)
INK, GREY, RED = RGBColor(0x1D, 0x27, 0x33), RGBColor(0x8A, 0x93, 0x9D), RGBColor(0xA3, 0x26, 0x2A)
#: Of both scripts: what offices have.
LATIN, CHINESE = "Arial", "Microsoft YaHei"
#: The layout of python-pptx's own template with a title and nothing else.
_TITLE_ONLY = 5


def deck_pptx(deck: Deck) -> bytes:
    """The file. The same slides give the same words and numbers in the same places as the screen and the PDF."""
    show: Show = Presentation()
    show.slide_width, show.slide_height = WIDTH, HEIGHT
    show.core_properties.title = deck.title
    for slide in deck.slides:
        _page(show, deck, slide)
    file = io.BytesIO()
    show.save(file)
    return file.getvalue()


def _page(show: Show, deck: Deck, slide: Slide) -> None:
    page = show.slides.add_slide(show.slide_layouts[_TITLE_ONLY])
    title = page.shapes.title
    assert title is not None
    title.left, title.top, title.width, title.height = _emu(Box(MARGIN, MARGIN / 2, 1 - 2 * MARGIN, TITLE))
    title.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    _say(title.text_frame, [(slide.title, 36, INK, True)])
    for block, box in arranged(slide):
        if isinstance(block, Number):
            _number(page, block, box)
        elif isinstance(block, Words):
            _words(page, block, box)
        elif isinstance(block, Table):
            _table(page, fitted(block, box.height), box)
        else:
            _chart(page, block, box)
    foot = page.shapes.add_textbox(*_emu(Box(MARGIN, 0.945, 1 - 2 * MARGIN, 0.045)))
    _say(foot.text_frame, [(deck.foot, 12, GREY, False)])
    if slide.notes:
        notes = page.notes_slide.notes_text_frame
        assert notes is not None
        notes.text = slide.notes


def _number(page: Page, block: Number, box: Box) -> None:
    frame = page.shapes.add_textbox(*_emu(box)).text_frame
    name = f"{block.name}（{block.unit}）" if block.unit else block.name
    said = [(name, 18, INK, False), (block.value, 44, GREY if block.small else RED, True)]
    _say(frame, said + [(line, 14, GREY, False) for line in block.beside])


def _words(page: Page, block: Words, box: Box) -> None:
    _say(page.shapes.add_textbox(*_emu(box)).text_frame, [_styled(line) for line in block.lines])


def _styled(line: Line) -> tuple[str, int, RGBColor, bool]:
    if line.style == "heading":
        return line.text, 26, INK, True
    return (f"• {line.text}" if line.style == "bullet" else line.text), 22, INK, False


def _chart(page: Page, block: Chart, box: Box) -> None:
    room = _titled(page, block.title, box)
    width, height = chart_size(room)
    drawn = png(block.spec, width=width, height=height, scale=3)
    picture = page.shapes.add_picture(io.BytesIO(drawn), *_emu(room)[:2])
    scale = min(room.width * WIDTH / picture.width, room.height * HEIGHT / picture.height)
    picture.width, picture.height = Emu(int(picture.width * scale)), Emu(int(picture.height * scale))
    picture.left = Emu(int(room.x * WIDTH + (room.width * WIDTH - picture.width) / 2))
    picture._element.xpath("./p:nvPicPr/p:cNvPr")[0].set("descr", block.alt)


def _table(page: Page, block: Table, box: Box) -> None:
    room = _titled(page, block.title, box)
    if block.footnote:
        room = replace(room, height=room.height - 0.05)
    shape = page.shapes.add_table(len(block.rows) + 1, max(len(block.columns), 1), *_emu(room))
    table = shape.table
    for row, values in enumerate((block.columns, *block.rows)):
        for column, value in enumerate(values):
            cell = table.cell(row, column)
            cell.margin_top = cell.margin_bottom = Pt(2)
            _say(cell.text_frame, [(value, 16, RGBColor(255, 255, 255) if row == 0 else INK, row == 0)])
            if block.numeric[column]:
                cell.text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT
    if block.footnote:
        note = page.shapes.add_textbox(*_emu(Box(box.x, box.y + box.height - 0.045, box.width, 0.045)))
        _say(note.text_frame, [(block.footnote, 12, GREY, False)])


def _titled(page: Page, title: str, box: Box) -> Box:
    """Write a block's title; the room below it."""
    if not title:
        return box
    _say(page.shapes.add_textbox(*_emu(Box(box.x, box.y, box.width, 0.06))).text_frame, [(title, 18, INK, True)])
    return Box(box.x, box.y + 0.065, box.width, box.height - 0.065)


def _say(frame: TextFrame, said: Sequence[tuple[str, int, RGBColor, bool]]) -> None:
    """Write lines of (text, points, colour, bold)."""
    frame.word_wrap = True
    for number, (words, points, colour, bold) in enumerate(said):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.alignment = PP_ALIGN.LEFT
        run = paragraph.add_run()
        run.text = _printable(words)
        run.font.size, run.font.bold, run.font.name = Pt(points), bold, LATIN
        run.font.color.rgb = colour
        chinese = run._r.get_or_add_rPr().makeelement(qn("a:ea"), {"typeface": CHINESE})
        run._r.get_or_add_rPr().append(chinese)


def _printable(words: str) -> str:
    """Without what XML can't hold."""
    return "".join(letter for letter in words if letter in "\t\n" or letter >= " " and letter not in "\ufffe\uffff")


def _emu(box: Box) -> tuple[Emu, Emu, Emu, Emu]:
    return (
        Emu(int(box.x * WIDTH)),
        Emu(int(box.y * HEIGHT)),
        Emu(int(box.width * WIDTH)),
        Emu(int(box.height * HEIGHT)),
    )
