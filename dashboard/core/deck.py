"""A meeting's deck: screens of words, figures, tables, charts and maps, as values.

The page, the PPTX and the PDF all take their places from `core/deck_layout.py`, and their values from the same slides:
what is written is already in the reader's words and numbers, so the three can't differ.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from dashboard.core.deck_lapse import WIDTH, Lapse, lapse_of_plain

#: Width over height of a screen.
ASPECT = 16 / 9
#: Pixels across a screen for which charts are drawn, and then enlarged: their type of 12 is 24 on a screen of 1280.
SCREEN = 640
#: The same for a map that plays, whose words have sizes of their own.
LAPSE_SCREEN = 840


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


Block = Words | Number | Table | Chart | Lapse


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


def chart_size(box: Box, screen: int = SCREEN) -> tuple[int, int]:
    """A chart's width and height in pixels: as if the whole screen had `SCREEN` of them, so that its type of 12 pixels
    is read across a room whatever the projector has."""
    return round(box.width * screen), round(box.height * screen / ASPECT)


@dataclass(frozen=True)
class LapsePlaces:
    """How a map that plays lies in its box: beside its words or above them, its share of the width or height, how many
    times the usual the words' type is, the height of a town's number and name in thousandths of the map's width (0: no
    room for names), and whether there is room for notes."""

    beside: bool
    share: float
    type: float
    number: float
    name: float
    roomy: bool


#: Of a box of a map that plays: height of its title in pixels, shares left to its words at least.
_LAPSE_TITLE, _LAPSE_WORDS = 26, 0.4
#: Type of 4.4 em takes so many em for the longest name of a month; a screen is 80 em wide.
_MONTH_WIDE, _EM = 6.6, LAPSE_SCREEN / 80


def lapse_places(block: Lapse, box: Box) -> LapsePlaces:
    """The way in which its map is largest."""
    width, height = chart_size(box, LAPSE_SCREEN)
    shape = block.height / WIDTH
    most = 1 - _LAPSE_WORDS
    across = min(width * most, (height - _LAPSE_TITLE) / shape)
    above = min(width, (height - _LAPSE_TITLE) * (1 - most) / shape)
    beside = across >= above
    drawn = across if beside else above
    share = drawn / width if beside else drawn * shape / height
    words = width * (1 - share) - 2 * _EM if beside else width
    scale, names = drawn / WIDTH, drawn > 170
    return LapsePlaces(
        beside=beside,
        share=share,
        type=min(1.15, words / _EM / _MONTH_WIDE / 4.4),
        number=(15 if names else 10) / scale,
        name=9.5 / scale if names else 0,
        roomy=beside and words > 200,
    )


@dataclass(frozen=True)
class Brief:
    """One A4 page: figures with their definitions, a map or chart, lists. All of them the deck's own."""

    title: str
    foot: str
    numbers: tuple[Number, ...]
    chart: Chart | Lapse | None
    lists: tuple[Table, ...]


#: A brief holds so many figures and lists, and so many lines of each list.
BRIEF_NUMBERS, BRIEF_LISTS, BRIEF_LINES = 6, 3, 10


def brief_of(deck: Deck) -> Brief:
    """The first figures, the map of the months or else the first chart, and the first lists of a deck, on one page. A
    list beside that picture on its screen says much the same, so it comes after the others; one without a title has its
    screen's."""
    blocks = [(slide, block) for slide in deck.slides for block in slide.blocks]
    numbers = list(dict.fromkeys(block for _, block in blocks if isinstance(block, Number)))
    charts: list[tuple[Slide, Chart | Lapse]] = [(slide, one) for slide, one in blocks if isinstance(one, Lapse)]
    charts += [(slide, one) for slide, one in blocks if isinstance(one, Chart)]
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


_KINDS: dict[str, type[Words | Number | Table | Chart | Lapse]] = {
    "words": Words,
    "number": Number,
    "table": Table,
    "chart": Chart,
    "lapse": Lapse,
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
    if kind is Lapse:
        return lapse_of_plain(fields)
    return kind(**{name: _frozen(value) for name, value in fields.items()})


def _frozen(value: Any) -> Any:
    return tuple(_frozen(one) for one in value) if isinstance(value, list | tuple) else value
