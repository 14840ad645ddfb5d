"""A deck as a PDF of 16 : 9 pages, set by typst from plain values: no word of a slide is read as markup."""

import json
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

from dashboard.core.deck import (
    MARGIN,
    TITLE,
    Block,
    Box,
    Chart,
    Deck,
    Number,
    Table,
    Words,
    arranged,
    chart_size,
    fitted,
)
from dashboard.core.deck_lapse import Lapse
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
                "title": slide.title,
                "blocks": [
                    _plain(block, box, f"{at}-{number}.svg", root)
                    for number, (block, box) in enumerate(arranged(slide))
                ],
            }
            for at, slide in enumerate(deck.slides)
        ]
        plain = {
            "title": deck.title,
            "foot": deck.foot,
            "slides": slides,
            "margin": MARGIN,
            "title_height": TITLE,
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


def _plain(block: Block, box: Box, file: str, root: Path) -> dict[str, Any]:
    shown = fitted(block, box.height) if isinstance(block, Table) else block
    plain: dict[str, Any] = {"kind": _KINDS[type(block)], "box": [box.x, box.y, box.width, box.height]}
    if isinstance(shown, Chart):
        width, height = chart_size(box)
        (root / file).write_text(svg(shown.spec, width=width, height=height), encoding="utf-8")
        return plain | {"title": shown.title, "alt": shown.alt, "file": file}
    if isinstance(shown, Lapse):
        (root / file).write_text(lapse_sheet(shown, *chart_size(box)), encoding="utf-8")
        return plain | {"title": shown.title, "alt": shown.alt, "file": file}
    if isinstance(shown, Table):
        plain["footnote"] = shown.footnote
    return plain | asdict(shown)
