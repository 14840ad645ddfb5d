"""A meeting's deck: screens of words, figures, tables and charts, as values.

The page, the PPTX and the PDF all take their places from `core/deck_layout.py`, and their values from the same slides:
what is written is already in the reader's words and numbers, so the three can't differ.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

#: Width over height of a screen.
ASPECT = 16 / 9
#: Pixels across a screen for which charts are drawn, and then enlarged: their type of 12 is 24 on a screen of 1280.
SCREEN = 640


@dataclass(frozen=True)
class Words:
    """Paragraphs, as `lines` gives them."""

    lines: tuple["Line", ...]


@dataclass(frozen=True)
class Line:
    """A line of text. `style`: heading, paragraph or bullet."""

    style: str
    text: str


@dataclass(frozen=True)
class Number:
    """A headline figure: its name and unit, its value as written, what stands beside it (last month, target, base), and
    whether it rests on few cases and is greyed."""

    name: str
    value: str
    unit: str = ""
    beside: tuple[str, ...] = ()
    small: bool = False
    definition: str = ""


@dataclass(frozen=True)
class Table:
    """A table as written. `numeric`: columns set to the right. Where rows are left out, `rest` says how many and the
    words `more` ("{rest} more") say so in the note."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]
    rest: int = 0
    note: str = ""
    more: str = ""

    @property
    def footnote(self) -> str:
        """The note, and how many rows are left out."""
        left = self.more.replace("{rest}", str(self.rest)) if self.rest else ""
        return " · ".join(part for part in (self.note, left) if part)

    def cut(self, most: int) -> "Table":
        """At most so many rows, the others counted in `rest`."""
        kept = self.rows[:most]
        return replace(self, rows=kept, rest=self.rest + len(self.rows) - len(kept))


@dataclass(frozen=True)
class Chart:
    """A Vega-Lite spec with its data inside, and the words for one who can't see it."""

    title: str
    spec: Mapping[str, Any]
    alt: str


Block = Words | Number | Table | Chart


@dataclass(frozen=True)
class Slide:
    """One screen. `notes` are the presenter's, never on the screen."""

    name: str
    title: str
    blocks: tuple[Block, ...]
    notes: str = ""


@dataclass(frozen=True)
class Deck:
    """A deck as it was frozen. `foot` stands on every screen: place, date, revision, rules."""

    title: str
    foot: str
    slides: tuple[Slide, ...]


@dataclass(frozen=True)
class Box:
    """Where a block stands, in shares of the screen's width and height."""

    x: float
    y: float
    width: float
    height: float


def chart_size(box: Box) -> tuple[int, int]:
    """A chart's width and height in pixels: as if the whole screen had `SCREEN` of them, so that its type of 12 pixels
    is read across a room whatever the projector has."""
    return round(box.width * SCREEN), round(box.height * SCREEN / ASPECT)


@dataclass(frozen=True)
class Brief:
    """One A4 page: figures with their definitions, a map or chart, lists. All of them the deck's own."""

    title: str
    foot: str
    numbers: tuple[Number, ...]
    chart: Chart | None
    lists: tuple[Table, ...]


#: A brief holds so many figures and lists, and so many lines of each list.
BRIEF_NUMBERS, BRIEF_LISTS, BRIEF_LINES = 6, 3, 10


def brief_of(deck: Deck) -> Brief:
    """The first figures, the first chart and the first lists of a deck, on one page. A list beside the chart on its
    screen says much the same, so it comes after the others; one without a title has its screen's."""
    blocks = [(slide, block) for slide in deck.slides for block in slide.blocks]
    numbers = list(dict.fromkeys(block for _, block in blocks if isinstance(block, Number)))
    charts = [(slide, block) for slide, block in blocks if isinstance(block, Chart)]
    tables = [(slide, block) for slide, block in blocks if isinstance(block, Table) and block.rows]
    tables.sort(key=lambda one: bool(charts) and one[0] is charts[0][0])
    return Brief(
        deck.title,
        deck.foot,
        tuple(numbers[:BRIEF_NUMBERS]),
        charts[0][1] if charts else None,
        tuple(
            replace(block.cut(BRIEF_LINES), title=block.title or slide.title) for slide, block in tables[:BRIEF_LISTS]
        ),
    )


_KINDS: dict[str, type[Words | Number | Table | Chart]] = {
    "words": Words,
    "number": Number,
    "table": Table,
    "chart": Chart,
}


def deck_to_plain(deck: Deck) -> dict[str, Any]:
    """As JSON can hold it."""
    kinds = {kind: name for name, kind in _KINDS.items()}
    return {
        "title": deck.title,
        "foot": deck.foot,
        "slides": [
            {
                "name": slide.name,
                "title": slide.title,
                "notes": slide.notes,
                "blocks": [{"kind": kinds[type(block)], **asdict(block)} for block in slide.blocks],
            }
            for slide in deck.slides
        ],
    }


def deck_of_plain(plain: Mapping[str, Any]) -> Deck:
    """What `deck_to_plain` gave, also after a way through JSON, where tuples become lists."""
    return Deck(plain["title"], plain["foot"], tuple(_slide(one) for one in plain["slides"]))


def _slide(plain: Mapping[str, Any]) -> Slide:
    return Slide(plain["name"], plain["title"], tuple(_block(one) for one in plain["blocks"]), plain["notes"])


def _block(plain: Mapping[str, Any]) -> Block:
    fields = {name: value for name, value in plain.items() if name != "kind"}
    kind = _KINDS[plain["kind"]]
    if kind is Words:
        return Words(tuple(Line(**line) for line in fields["lines"]))
    if kind is Chart:
        return Chart(**fields)
    return kind(**{name: _frozen(value) for name, value in fields.items()})


def _frozen(value: Any) -> Any:
    return tuple(_frozen(one) for one in value) if isinstance(value, list | tuple) else value
