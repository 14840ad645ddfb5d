"""A frozen deck as files, and its charts as pictures for the screen."""

from collections.abc import Callable
from datetime import datetime

from dashboard.core.deck import LAPSE_SCREEN, Box, Chart, Deck, brief_of, chart_size
from dashboard.core.deck_lapse import Lapse
from dashboard.core.deck_layout import picture_box, screens
from dashboard.core.errors import Invalid, NotFound
from dashboard.formats.brief_pdf import brief_pdf
from dashboard.formats.chart_pictures import svg
from dashboard.formats.deck_pdf import NoChineseFont, deck_pdf
from dashboard.formats.deck_pptx import deck_pptx
from dashboard.formats.lapse_pictures import lapse_map, lapse_sheet

__all__ = ["FILES", "chart_svg", "deck_file", "lapse_map", "lapse_sheet", "lapse_svg"]

#: File name -> its MIME type and how it is made of (deck, moment, language).
FILES: dict[str, tuple[str, Callable[[Deck, datetime, str], bytes]]] = {
    "deck.pptx": (
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        lambda deck, at, language: deck_pptx(deck),
    ),
    "deck.pdf": ("application/pdf", deck_pdf),
    "brief.pdf": ("application/pdf", lambda deck, at, language: brief_pdf(brief_of(deck), at, language)),
}


def deck_file(name: str, deck: Deck, at: datetime, language: str) -> tuple[str, bytes]:
    """A file's MIME type and content. Raises NotFound for a name that is none of `FILES`, Invalid where the server has
    no Chinese font."""
    if name not in FILES:
        raise NotFound("present.no_such_file")
    kind, made = FILES[name]
    try:
        return kind, made(deck, at, language)
    except NoChineseFont as missing:
        raise Invalid("present.no_font") from missing


def chart_svg(chart: Chart, box: Box) -> str:
    """A chart as the SVG that fits its box on the screen."""
    width, height = chart_size(box)
    return svg(chart.spec, width=width, height=height)


def draw(deck: Deck) -> None:
    """Draw a deck's charts once, so that nobody waits for them when it is opened. Raises ValueError for one that can't
    be drawn."""
    for screen in screens(deck):
        for placed in screen.placed:
            if isinstance(placed.block, Chart):
                chart_svg(placed.block, picture_box(placed))


def lapse_svg(lapse: Lapse, box: Box) -> str:
    """A map that plays as one picture of its months, of the size of its box."""
    return lapse_sheet(lapse, *chart_size(box, LAPSE_SCREEN))
