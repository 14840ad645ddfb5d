"""A deck as a PPTX: real text and tables, charts as pictures with alternative text, the presenter's notes."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.presentation import Presentation as Show
from pptx.slide import Slide as Page
from pptx.table import _Cell
from pptx.text.text import TextFrame
from pptx.util import Emu, Inches, Pt

from dashboard.core.deck import LAPSE_SCREEN, Box, Chart, Deck, Line, Number, Table, Words, chart_size
from dashboard.core.deck_lapse import Lapse
from dashboard.core.deck_layout import (
    FOOT,
    HIGH,
    MARGIN,
    NAME,
    TITLE_LEADING,
    VALUE,
    VALUE_LEADING,
    WIDE,
    WORDS,
    WORDS_HEADING,
    WORDS_LEADING,
    Placed,
    Screen,
    picture_box,
    screens,
)
from dashboard.core.deck_tables import CELL, HEADING, LEADING, NOTE, PAD, SIDE
from dashboard.formats.chart_pictures import png
from dashboard.formats.lapse_pictures import lapse_png

WIDTH, HEIGHT = Inches(13.333), Inches(7.5)
#: Points of an em.
EM = 12
INK, GREY, RED = RGBColor(0x1D, 0x27, 0x33), RGBColor(0x8A, 0x93, 0x9D), RGBColor(0xA3, 0x26, 0x2A)
#: The colour of a table's lines, and PowerPoint's own "no style, no grid".
_LINE, _NO_STYLE = "D7DDE4", "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
#: Of both scripts: what offices have.
LATIN, CHINESE = "Arial", "Microsoft YaHei"
#: The layout of python-pptx's own template with a title and nothing else.
_TITLE_ONLY = 5


def deck_pptx(deck: Deck) -> bytes:
    """The file. The same slides give the same words and numbers in the same places as the screen and the PDF."""
    show: Show = Presentation()
    show.slide_width, show.slide_height = WIDTH, HEIGHT
    show.core_properties.title = deck.title
    for screen in screens(deck):
        _page(show, deck, screen)
    file = io.BytesIO()
    show.save(file)
    return file.getvalue()


@dataclass(frozen=True)
class _Said:
    """A line: its type in ems of the screen, the height of a line of it in its own ems."""

    words: str
    type: float
    colour: RGBColor = INK
    bold: bool = False
    leading: float = LEADING


def _page(show: Show, deck: Deck, screen: Screen) -> None:
    page = show.slides.add_slide(show.slide_layouts[_TITLE_ONLY])
    title = page.shapes.title
    assert title is not None
    title.left, title.top, title.width, title.height = _emu(screen.title_box)
    _say(title.text_frame, [_Said(screen.title, screen.title_type, bold=True, leading=TITLE_LEADING)])
    title.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
    for placed in screen.placed:
        block = placed.block
        if isinstance(block, Number):
            _number(page, block, placed)
        elif isinstance(block, Words):
            _text(page, placed.box, [_styled(line, placed.scale) for line in block.lines])
        elif isinstance(block, Table):
            _table(page, block, placed)
        else:
            _chart(page, block, placed)
    foot = Box(MARGIN / WIDE, 1 - (FOOT - 0.7) / HIGH, 1 - 2 * MARGIN / WIDE, 1.5 / HIGH)
    _text(page, foot, [_Said(deck.foot, 1.0, GREY)])
    if screen.notes:
        notes = page.notes_slide.notes_text_frame
        assert notes is not None
        notes.text = screen.notes


def _number(page: Page, block: Number, placed: Placed) -> None:
    name = f"{block.name}（{block.unit}）" if block.unit else block.name
    small, large = NAME * placed.scale, VALUE * placed.scale
    value = _Said(block.value, large, GREY if block.small else RED, bold=True, leading=VALUE_LEADING)
    _text(page, placed.box, [_Said(name, small), value, *(_Said(line, small, GREY) for line in block.beside)])


def _styled(line: Line, scale: float) -> _Said:
    if line.style == "heading":
        return _Said(line.text, WORDS_HEADING * scale, bold=True, leading=WORDS_LEADING)
    words = f"• {line.text}" if line.style == "bullet" else line.text
    return _Said(words, WORDS * scale, leading=WORDS_LEADING)


def _chart(page: Page, block: Chart | Lapse, placed: Placed) -> None:
    _titled(page, block.title, placed)
    room = picture_box(placed)
    if isinstance(block, Lapse):
        drawn = lapse_png(block, *chart_size(room, LAPSE_SCREEN))
    else:
        width, height = chart_size(room)
        drawn = png(block.spec, width=width, height=height, scale=4)
    picture = page.shapes.add_picture(io.BytesIO(drawn), *_emu(room)[:2])
    scale = min(room.width * WIDTH / picture.width, room.height * HEIGHT / picture.height)
    picture.width, picture.height = Emu(int(picture.width * scale)), Emu(int(picture.height * scale))
    picture.left = Emu(int(room.x * WIDTH + (room.width * WIDTH - picture.width) / 2))
    picture._element.xpath("./p:nvPicPr/p:cNvPr")[0].set("descr", block.alt)


def _table(page: Page, block: Table, placed: Placed) -> None:
    _titled(page, block.title, placed)
    box = picture_box(placed)
    high = sum(placed.rows) / HIGH
    shape = page.shapes.add_table(
        len(block.rows) + 1, max(len(block.columns), 1), *_emu(Box(box.x, box.y, box.width, high))
    )
    shape._element.xpath("./p:nvGraphicFramePr/p:cNvPr")[0].set("descr", block.title or ", ".join(block.columns))
    table = shape.table
    shape._element.xpath(".//a:tblPr/a:tableStyleId")[0].text = _NO_STYLE
    table.horz_banding = False
    for at, share in enumerate(placed.columns[: len(block.columns)]):
        table.columns[at].width = Emu(int(box.width * WIDTH * share))
    for row, tall in zip(table.rows, placed.rows, strict=True):
        row.height = Emu(int(tall / HIGH * HEIGHT))
    for row_at, values in enumerate((block.columns, *block.rows)):
        for column_at, value in enumerate(values):
            cell = table.cell(row_at, column_at)
            cell.margin_top = cell.margin_bottom = Pt(PAD * EM * placed.scale)
            cell.margin_left = cell.margin_right = Pt(SIDE * EM * placed.scale)
            _say(cell.text_frame, [_Said(value, CELL * placed.scale, bold=row_at == 0)])
            _underlined(cell)
            if block.numeric[column_at]:
                cell.text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT
    if block.footnote:
        below = box.y + high + 0.4 / HIGH
        _text(page, Box(box.x, below, box.width, 1 - FOOT / HIGH - below), [_Said(block.footnote, NOTE, GREY)])


def _underlined(cell: _Cell) -> None:
    """A thin line below, as on the screen."""
    side = cell._tc.get_or_add_tcPr().makeelement(qn("a:lnB"), {"w": str(Pt(0.5))})
    filled = side.makeelement(qn("a:solidFill"), {})
    filled.append(filled.makeelement(qn("a:srgbClr"), {"val": _LINE}))
    side.append(filled)
    cell._tc.get_or_add_tcPr().append(side)


def _titled(page: Page, title: str, placed: Placed) -> None:
    """Write a block's title above its room."""
    if title:
        room, box = picture_box(placed), placed.box
        said = [_Said(title, HEADING * placed.scale, bold=True)]
        _text(page, Box(box.x, box.y, box.width, room.y - box.y), said)


def _text(page: Page, box: Box, said: Sequence[_Said]) -> None:
    _say(page.shapes.add_textbox(*_emu(box)).text_frame, said)


def _say(frame: TextFrame, said: Sequence[_Said]) -> None:
    """Write lines, each as high as it was measured whatever font the reader has."""
    frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = Emu(0)
    for number, one in enumerate(said):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.alignment, paragraph.line_spacing = PP_ALIGN.LEFT, Pt(one.type * one.leading * EM)
        run = paragraph.add_run()
        run.text = _printable(one.words)
        run.font.size, run.font.bold, run.font.name = Pt(one.type * EM), one.bold, LATIN
        run.font.color.rgb = one.colour
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
