"""Where everything of a deck stands, measured so that it fits: the one layout of the page, the PPTX and the PDF.

A screen is `WIDE` ems across and `HIGH` down; one em is 16 pixels at 1280 x 720 and 12 points in the files. No type
that is read in the meeting is below 1.5 of it. What does not fit on one screen goes on to the next under the same
title; of a table longer than `MOST_PARTS` screens the last one says how many rows are left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from dashboard.core.deck import Block, Box, Deck, Line, Number, Slide, Table, Words
from dashboard.core.deck_tables import (
    LEADING,
    Sheet,
    by_columns,
    columns_of,
    low_enough,
    natural,
    sheet,
    short_names,
    title_height,
)
from dashboard.core.deck_type import lines, split, width

WIDE, HIGH = 80.0, 45.0
#: Ems: at the sides, between blocks, above the title, its height (it may grow), its type from large to small, the foot.
MARGIN, GAP, TOP, TITLE, FOOT = 3.2, 1.4, 0.9, 5.0, 2.7
TITLE_TYPES, TITLE_LEADING = (3.0, 2.6, 2.2, 1.8, 1.5), 1.2
#: Type of a figure's name and of what stands beside it, and of its value; of words, and headings among them.
NAME, VALUE, VALUE_LEADING = 1.5, 3.6, 1.2
WORDS, WORDS_HEADING, WORDS_LEADING, BULLET = 1.8, 2.1, 1.4, 1.2
#: So many figures stand in a row.
NUMBERS_A_ROW = 4
#: A picture (chart, map) is at least so high, with its title.
PICTURE = 15.0
#: Type is enlarged by the first of these with which a slide takes no more screens.
SCALES = (1.5, 1.35, 1.2, 1.1, 1.0)
#: A table goes on for so many screens.
MOST_PARTS = 3
#: Lines of a title that stay a title.
_MOST_TITLE_LINES = 6
ROOM = WIDE - 2 * MARGIN
HALF = (ROOM - GAP) / 2


@dataclass(frozen=True)
class Placed:
    """A block, its place, by how much its type is enlarged, and the widths of a table's columns as shares of it."""

    block: Block
    box: Box
    scale: float = 1.0
    columns: tuple[float, ...] = ()
    rows: tuple[float, ...] = ()


@dataclass(frozen=True)
class Screen:
    """What is shown at once. `title_type` in ems of the screen; `title_box` its place."""

    name: str
    title: str
    title_type: float
    title_box: Box
    placed: tuple[Placed, ...]
    notes: str = ""


def screens(deck: Deck) -> tuple[Screen, ...]:
    """All screens of a deck, in order."""
    return tuple(screen for slide in deck.slides for screen in screens_of(slide))


def screens_of(slide: Slide) -> tuple[Screen, ...]:
    """The screens one slide takes; two or more are numbered in their titles."""
    title, blocks = slide.title, [_untitled(block, slide.title) for block in slide.blocks]
    if len(lines(title, ROOM / TITLE_TYPES[-1], bold=True)) > _MOST_TITLE_LINES:
        head, _ = split(title, ROOM / TITLE_TYPES[-1] - 2, 1, bold=True)
        title, blocks = f"{head}…", [Words((Line("paragraph", slide.title),)), *blocks]
    # Room for the number of the screen.
    type_, high = _title(f"{title} 00/00")
    fewest = _packed(blocks, TOP + high, 1.0)
    best = fewest
    for scale in SCALES[:-1]:
        tried = _packed(blocks, TOP + high, scale)
        if _shown(tried) == _shown(fewest):
            best = tried
            break
    box = _box(MARGIN, TOP, ROOM, high)
    return tuple(
        Screen(
            slide.name,
            title if len(best) == 1 else f"{title} {number}/{len(best)}",
            type_,
            box,
            placed,
            slide.notes,
        )
        for number, placed in enumerate(best, 1)
    )


def _shown(packed: Sequence[Sequence[Placed]]) -> tuple[int, int, int]:
    """How many screens, and what is on them: larger type must cost neither."""
    blocks = [one.block for placed in packed for one in placed]
    rows = sum(len(block.rows) for block in blocks if isinstance(block, Table))
    return len(packed), rows, sum(isinstance(block, Number) for block in blocks)


def picture_box(placed: Placed) -> Box:
    """The room of a picture below its title."""
    box = placed.box
    used = title_height(getattr(placed.block, "title", ""), box.width * WIDE, placed.scale) / HIGH
    return Box(box.x, box.y + used, box.width, box.height - used)


def _title(title: str) -> tuple[float, float]:
    """The type and the height of a title."""
    for size in TITLE_TYPES:
        high = len(lines(title, ROOM / size, bold=True)) * size * TITLE_LEADING
        if high <= TITLE:
            return size, TITLE
    return size, high + 0.6


def _untitled(block: Block, title: str) -> Block:
    """What is said above the screen isn't said again above its block."""
    if not isinstance(block, Words | Number) and block.title == title:
        return replace(block, title="")
    return block


@dataclass
class _Flow:
    """Screens being filled from the top."""

    top: float
    done: list[tuple[Placed, ...]] = field(default_factory=list)
    #: Bands of the screen at work: (placed blocks, is it a picture's).
    bands: list[tuple[list[Placed], bool]] = field(default_factory=list)
    y: float = 0.0

    def __post_init__(self) -> None:
        self.y = self.top

    @property
    def left(self) -> float:
        return HIGH - FOOT - self.y

    @property
    def whole(self) -> float:
        return HIGH - FOOT - self.top

    def band(self, blocks: Sequence[Placed], high: float, *, grows: bool = False) -> None:
        """Blocks side by side, `high` ems; on the next screen where they don't fit here."""
        if self.bands and high > self.left + 1e-9:
            self.turn()
        moved = [replace(one, box=replace(one.box, y=self.y / HIGH, height=high / HIGH)) for one in blocks]
        self.bands.append((moved, grows))
        self.y += high + GAP

    def turn(self) -> None:
        """Go on to the next screen; pictures of this one take the room that is left."""
        if not self.bands:
            return
        growing = sum(grows for _, grows in self.bands)
        more = max(self.left + GAP, 0.0) / growing / HIGH if growing else 0.0
        down, placed = 0.0, []
        for blocks, grows in self.bands:
            taller = more if grows else 0.0
            for one in blocks:
                box = replace(one.box, y=one.box.y + down, height=one.box.height + taller)
                placed.append(replace(one, box=box))
            down += taller
        self.done.append(tuple(placed))
        self.bands, self.y = [], self.top


def _packed(blocks: Sequence[Block], top: float, scale: float) -> list[tuple[Placed, ...]]:
    flow = _Flow(top)
    others = list(_numbers([block for block in blocks if isinstance(block, Number)], flow, scale))
    others += [block for block in blocks if not isinstance(block, Number)]
    at = 0
    while at < len(others):
        pair = others[at : at + 2]
        high = _beside(pair, flow, scale)
        if high is not None:
            placed = [_at(block, place * (HALF + GAP), HALF, scale) for place, block in enumerate(pair)]
            flow.band(placed, high, grows=any(_is_picture(block) for block in pair))
            at += 2
            continue
        _alone(others[at], flow, scale)
        at += 1
    flow.turn()
    return flow.done or [()]


def _numbers(numbers: Sequence[Number], flow: _Flow, scale: float) -> Iterator[Block]:
    """Place the figures in rows; one that fits on no screen comes back as words."""
    rows = -(-len(numbers) // NUMBERS_A_ROW)
    in_row = -(-len(numbers) // rows) if rows else 1
    while in_row > 1 and any(_crowded(one, _share(in_row), scale) for one in numbers):
        in_row -= 1
    fitting = [one for one in numbers if _number(one, _share(in_row), scale) <= flow.whole]
    for begin in range(0, len(fitting), in_row):
        row = fitting[begin : begin + in_row]
        wide = _share(in_row)
        placed = [_at(one, place * (wide + GAP), wide, scale) for place, one in enumerate(row)]
        flow.band(placed, max(_number(one, wide, scale) for one in row))
    for one in numbers:
        if _number(one, _share(in_row), scale) > flow.whole:
            said = [Line("heading", _named(one)), Line("paragraph", one.value)]
            yield Words((*said, *(Line("paragraph", line) for line in one.beside)))


def _share(in_row: int) -> float:
    return (ROOM - GAP * (in_row - 1)) / in_row


def _named(one: Number) -> str:
    return f"{one.name}（{one.unit}）" if one.unit else one.name


def _crowded(one: Number, wide: float, scale: float) -> bool:
    return width(one.value, bold=True) * VALUE * scale > wide or len(lines(_named(one), wide / (NAME * scale))) > 2


def _number(one: Number, wide: float, scale: float) -> float:
    """Its height."""
    name = len(lines(_named(one), wide / (NAME * scale)))
    beside = sum(len(lines(line, wide / (NAME * scale))) for line in one.beside)
    value = len(lines(one.value, wide / (VALUE * scale), bold=True)) * VALUE * VALUE_LEADING
    # Letters are taller than their line.
    return ((name + beside) * NAME * LEADING + value + 0.6) * scale


def _is_picture(block: Block) -> bool:
    return not isinstance(block, Words | Number | Table)


def _beside(pair: Sequence[Block], flow: _Flow, scale: float) -> float | None:
    """The height of two blocks side by side; None where they don't fit so."""
    if len(pair) < 2:
        return None
    heights = []
    for block in pair:
        if isinstance(block, Words):
            heights.append(_words(block.lines, HALF, scale))
        elif isinstance(block, Table):
            if natural(block, scale) > HALF:
                return None
            heights.append(sheet(block, columns_of(block, HALF, scale), scale).height)
        else:
            heights.append(PICTURE)
    return max(heights) if max(heights) <= flow.whole else None


def _alone(block: Block, flow: _Flow, scale: float) -> None:
    if isinstance(block, Words):
        _all_words(block, flow, scale)
    elif isinstance(block, Table):
        for number, part in enumerate(by_columns(block, ROOM, scale)):
            _whole_table(part if number == 0 else replace(part, title=block.title), flow, scale)
    else:
        flow.band([_at(block, 0, ROOM, scale)], PICTURE, grows=True)


def _all_words(block: Words, flow: _Flow, scale: float) -> None:
    """Words over the whole width; what does not fit goes on."""
    if _words(block.lines, ROOM, scale) <= flow.whole:
        flow.band([_at(block, 0, ROOM, scale)], _words(block.lines, ROOM, scale))
        return
    left, kept = list(block.lines), list[Line]()
    while left:
        line = left.pop(0)
        if _words((*kept, line), ROOM, scale) <= flow.whole:
            kept.append(line)
            continue
        if kept:
            left.insert(0, line)
        else:
            most = int(flow.whole / (_type(line) * WORDS_LEADING * scale)) - 1
            head, tail = split(line.text, _room(line, ROOM, scale), most, bold=line.style == "heading")
            kept, left = [replace(line, text=head)], [replace(line, text=tail), *left]
        flow.band([_at(Words(tuple(kept)), 0, ROOM, scale)], _words(kept, ROOM, scale))
        kept = []
    flow.band([_at(Words(tuple(kept)), 0, ROOM, scale)], _words(kept, ROOM, scale))


def _whole_table(table: Table, flow: _Flow, scale: float) -> None:
    """A table over one screen or several; a narrow one that is too long for one stands in two columns."""
    narrow, rest = natural(table, scale) <= HALF, table.rest
    wide = min(ROOM, max(natural(table, scale) * 1.6, HALF))
    columns = columns_of(table, wide, scale)
    table = short_names(table, columns, scale)
    whole = sheet(table, columns, scale)
    if whole.height <= flow.whole:
        flow.band([_sheet(whole, 0, scale)], whole.height)
        return
    across, parts = (2 if narrow else 1), list[Table]()
    if narrow:
        columns = columns_of(table, HALF, scale)
        middle = -(-len(table.rows) // 2)
        parts = _cut(table, (middle, len(table.rows)), range(len(table.rows)))
        if max(sheet(one, columns, scale).height for one in parts) > flow.whole:
            parts = []
    if not parts:
        # Room for the words that say how many rows are left out.
        told = sheet(replace(table, rest=table.rest or 99_999) if table.more else table, columns, scale)
        table, owners = low_enough(told, flow.whole - told.title - told.rows[0] - told.tail, scale)
        whole = sheet(replace(told.table, rows=table.rows), columns, scale)
        ends = _ends(whole, len(table.rows), flow.whole, MOST_PARTS * across)
        parts = _cut(replace(told.table, rows=table.rows, rest=rest), ends, owners)
    for first in range(0, len(parts), across):
        sheets = [sheet(one, columns, scale) for one in parts[first : first + across]]
        placed = [_sheet(one, place * (HALF + GAP), scale) for place, one in enumerate(sheets)]
        flow.band(placed, max(one.height for one in sheets))


def _ends(whole: Sheet, rows: int, room: float, most: int) -> list[int]:
    """Where the parts of a table end, at most so many: evenly long where that fits."""
    found: list[int] = []
    while (found[-1] if found else 0) < rows and len(found) < most:
        begin = found[-1] if found else 0
        found.append(begin + max(whole.fitting(begin, room), 1))
    even = [-(-rows * (at + 1) // len(found)) for at in range(len(found))]
    if found[-1] == rows and all(
        begin + whole.fitting(begin, room) >= end for begin, end in zip([0, *even], even, strict=False)
    ):
        return even
    return found


def _cut(table: Table, ends: Sequence[int], owners: Sequence[int]) -> list[Table]:
    """The table's rows up to each end; the last part says how many rows are left, and one shown in part is left too."""
    found, begin = [], 0
    for place, end in enumerate(ends):
        rest = 0
        if place == len(ends) - 1:
            rest = table.rest + (owners[-1] + 1 - owners[end] if end < len(owners) else 0)
        found.append(replace(table, rows=table.rows[begin:end], rest=rest))
        begin = end
    return found


def _at(block: Block, x: float, wide: float, scale: float) -> Placed:
    """A block in its columns; its height comes with its band."""
    if isinstance(block, Table):
        return _sheet(sheet(block, columns_of(block, wide, scale), scale), x, scale)
    return Placed(block, _box(MARGIN + x, 0, wide, 0), scale)


def _sheet(one: Sheet, x: float, scale: float) -> Placed:
    columns = tuple(column / one.width for column in one.columns)
    return Placed(one.table, _box(MARGIN + x, 0, one.width, 0), scale, columns, one.rows)


def _box(x: float, y: float, wide: float, high: float) -> Box:
    return Box(x / WIDE, y / HIGH, wide / WIDE, high / HIGH)


def _type(line: Line) -> float:
    return WORDS_HEADING if line.style == "heading" else WORDS


def _room(line: Line, wide: float, scale: float) -> float:
    """Its width in ems of its own type."""
    return wide / (_type(line) * scale) - (BULLET if line.style == "bullet" else 0)


def _words(some: Sequence[Line], wide: float, scale: float) -> float:
    """The height of lines of text."""
    high = 0.0
    for line in some:
        bold = line.style == "heading"
        high += len(lines(line.text, _room(line, wide, scale), bold=bold)) * _type(line) * WORDS_LEADING * scale
        high += 0.6 * scale if bold else 0.0
    return high + 0.1
