"""A deck as a PDF of 16 : 9 pages, set by typst from plain values: no word of a slide is read as markup."""

import json
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

from dashboard.core.deck import LAPSE_SCREEN, Box, Chart, Deck, Number, Table, Words, chart_size
from dashboard.core.deck_lapse import Lapse
from dashboard.core.deck_layout import HIGH, Placed, picture_box, screens
from dashboard.core.deck_type import breakable
from dashboard.formats.chart_pictures import FONTS, svg
from dashboard.formats.lapse_pictures import lapse_sheet

_TEMPLATE = Path(__file__).with_name("deck.typ")
_KINDS = {Number: "number", Words: "words", Table: "table", Chart: "chart", Lapse: "chart"}


class NoChineseFont(RuntimeError):
    """The server has no font for Chinese: the pages would show empty boxes."""


def deck_pdf(deck: Deck, at: datetime, language: str = "zh") -> bytes:
    """The file, said to be made `at` (with a time zone): the same deck gives the same bytes. Raises NoChineseFont where
    the server has none of the fonts it could be set in."""
    with tempfile.TemporaryDirectory(prefix="deck-") as folder:
        root = Path(folder)
        slides = [
            {
                "title": breakable(screen.title),
                "box": _shares(screen.title_box),
                "type": screen.title_type,
                "blocks": [_plain(placed, f"{number}-{place}.svg", root) for place, placed in enumerate(screen.placed)],
            }
            for number, screen in enumerate(screens(deck))
        ]
        plain = {
            "title": deck.title,
            "foot": deck.foot,
            "slides": slides,
            "language": language,
            "fonts": fonts(),
        }
        return compiled(root, _TEMPLATE, "deck.json", plain, at)


def compiled(root: Path, template: Path, data: str, plain: dict[str, Any], at: datetime) -> bytes:
    """A template of ours with its values, both in a folder of their own: typst reads nothing beside them."""
    (root / data).write_text(json.dumps(plain, ensure_ascii=False), encoding="utf-8")
    (root / template.name).write_bytes(template.read_bytes())
    made = typst.compile(str(root / template.name), root=str(root), timestamp=int(at.timestamp()))
    assert isinstance(made, bytes)
    return made


def fonts() -> list[str]:
    """Which of our fonts the server has, the first to be used first."""
    known = set(_families())
    there = [name for name in (part.strip().strip("'") for part in FONTS.split(",")) if name in known]
    if not there:
        raise NoChineseFont("install a Chinese font on the server, e.g. Debian's fonts-noto-cjk")
    return there


def _families() -> list[str]:
    families: Callable[[], list[str]] = typst.Fonts().families
    return list(families())


def _plain(placed: Placed, file: str, root: Path) -> dict[str, Any]:
    block = placed.block
    plain: dict[str, Any] = {"kind": _KINDS[type(block)], "box": _shares(placed.box)}
    plain["scale"] = placed.scale
    if isinstance(block, Table):
        plain |= {"widths": placed.columns, "heights": [row / HIGH for row in placed.rows]}
        plain |= {"footnote": breakable(block.footnote)}
    elif not isinstance(block, Words | Number):
        room = picture_box(placed)
        if isinstance(block, Lapse):
            drawn = lapse_sheet(block, *chart_size(room, LAPSE_SCREEN))
        else:
            width, height = chart_size(room)
            drawn = svg(block.spec, width=width, height=height)
        (root / file).write_text(drawn, encoding="utf-8")
        return plain | {"title": block.title, "alt": block.alt, "file": file, "tall": room.height}
    return plain | {name: _breakable(value) for name, value in asdict(block).items()}


def _shares(box: Box) -> list[float]:
    return [box.x, box.y, box.width, box.height]


def _breakable(value: Any) -> Any:
    """Words that may be broken where the layout breaks them."""
    if isinstance(value, str):
        return breakable(value)
    if isinstance(value, dict):
        return {name: _breakable(one) for name, one in value.items()}
    return [_breakable(one) for one in value] if isinstance(value, list | tuple) else value
