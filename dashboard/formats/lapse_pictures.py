"""The map that plays, drawn: one month large, and months side by side on one picture for paper and files.

SVG written by hand from a deck's values; every word of it is escaped. Sizes are pixels of CSS.
"""

from collections.abc import Sequence
from html import escape

import vl_convert

from dashboard.core.deck_lapse import WIDTH, Area, Lapse, Month, Shade
from dashboard.formats.chart_pictures import FONTS

_BORDER, _INK, _GREY = "#8f8b82", "#1d2733", "#5d6670"
_SVG = f'xmlns="http://www.w3.org/2000/svg" font-family="{escape(FONTS)}"'
#: Of a letter's height: the width of a figure or a Latin letter; a Chinese sign is as wide as it is high.
_NARROW = 0.6
#: Height of a line of the legend, of the words above a map.
_LINE, _HEAD = 16.0, 17.0


def lapse_png(lapse: Lapse, width: int, height: int, scale: float = 3.0) -> bytes:
    """`lapse_sheet` as a PNG, `scale` pixels to one of CSS."""
    return bytes(vl_convert.svg_to_png(lapse_sheet(lapse, width, height), scale=scale))


def lapse_map(lapse: Lapse, month: int, *, number: float, name: float) -> str:
    """One month's towns with their names and numbers as an SVG element, as large as what holds it. `number` and `name`:
    the height of their letters, in the drawing's own thousandths of its width; without names 0."""
    of, edge = lapse.months[month], f'stroke="{_BORDER}" stroke-width="2.5" stroke-linejoin="round"'
    shades = [lapse.shades[kind] for kind in of.classes]
    paths = "".join(
        f'<path d="{area.path}" fill-rule="evenodd" fill="{shade.colour}" {edge}/>'
        for area, shade in zip(lapse.areas, shades, strict=True)
    )
    inner = paths + "".join(
        _label(area, x, y, of.values[at], shades[at], number, name)
        for at, (area, (x, y)) in enumerate(zip(lapse.areas, _apart(lapse, number, name), strict=True))
    )
    return f'<svg {_SVG} viewBox="{_view(lapse)}" preserveAspectRatio="xMidYMid meet" role="img">{inner}</svg>'


def lapse_legend(lapse: Lapse) -> str:
    """The classes one below the other, as an SVG element."""
    wide = 24 + 14 * max(_wide(shade.label) for shade in lapse.shades)
    rows = "".join(
        f'<rect x="0.5" y="{22 * at + 3.5}" width="16" height="13" fill="{shade.colour}" stroke="{_BORDER}"/>'
        f"{_line(shade.label, 24, 22 * at + 15, 13, _INK)}"
        for at, shade in enumerate(lapse.shades)
    )
    size = f'width="{wide:.0f}" height="{22 * len(lapse.shades)}"'
    return f"<svg {_SVG} {size}>{rows}</svg>"


def _view(lapse: Lapse) -> str:
    """With an edge for the outer border's line."""
    return f"-4 -4 {WIDTH + 8} {lapse.height + 8}"


def _label(area: Area, x: float, y: float, value: str, shade: Shade, number: float, name: float) -> str:
    """A town's name above its number, both about the point."""
    if not name:
        return _words(value, x, y + 0.35 * number, number, shade, "value")
    named = _words(area.name, x, y - 0.25 * name, _name_size(area, name), shade, "name")
    return named + _words(value, x, y + 0.82 * number, number, shade, "value")


def _name_size(area: Area, name: float) -> float:
    return max(0.72 * name, min(name, area.room / max(_wide(area.name), 1) * 1.25))


def _apart(lapse: Lapse, number: float, name: float) -> list[tuple[float, float]]:
    """Where the towns' words stand: where two of them would lie on each other, both give way up and down. The longest
    number of all months counts, so that nothing moves while they are played."""
    wide = [
        max(_name_size(area, name) * _wide(area.name), number * max(_wide(one.values[at]) for one in lapse.months))
        for at, area in enumerate(lapse.areas)
    ]
    tall = number + name
    places = [[area.x, area.y] for area in lapse.areas]
    for _ in range(12):
        for at, one in enumerate(places):
            for to in range(at):
                other = places[to]
                aside, over = abs(one[0] - other[0]), tall - abs(one[1] - other[1])
                if over > 0.01 and aside < (wide[at] + wide[to]) / 2:
                    up = -over / 2 if one[1] <= other[1] else over / 2
                    one[1], other[1] = one[1] + up, other[1] - up
    return [(x, y) for x, y in places]


def _words(words: str, x: float, y: float, size: float, shade: Shade, kind: str) -> str:
    """Words on an area, with its colour around them, so that they are read over its border."""
    weight = ' font-weight="700"' if kind == "value" else ""
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" font-size="{size:.1f}" text-anchor="middle"{weight} '
        f'fill="{shade.ink}" stroke="{shade.colour}" stroke-width="{size / 5:.1f}" stroke-linejoin="round" '
        f'paint-order="stroke">{escape(words)}</text>'
    )


def _wide(words: str) -> float:
    """How many letters' heights the words are wide."""
    return sum(1.0 if letter > "\u2e80" else _NARROW for letter in words)


def lapse_sheet(lapse: Lapse, width: int, height: int, most: int | None = None) -> str:
    """The months side by side, each with its name, the county's number and the number of every town; the legend and
    the notes below. With `most` only so many of them, the first and the last among them."""
    legend, below = _legend(lapse, width)
    shown = picked(len(lapse.months), most)
    columns, across = _room(len(shown), width, height - below, lapse.height / WIDTH)
    across_all, tall_all = width / columns, (height - below) / -(-len(shown) // columns)
    parts = []
    for place, month in enumerate(shown):
        x, y = place % columns * across_all, place // columns * tall_all
        parts.append(_small(lapse, month, x, y, across, across_all - 8))
    shapes = "".join(f'<path id="a{at}" d="{area.path}" fill-rule="evenodd"/>' for at, area in enumerate(lapse.areas))
    return (
        f'<svg {_SVG} width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f'<rect width="{width}" height="{height}" fill="white"/><defs>{shapes}</defs>'
        f'{"".join(parts)}<g transform="translate(0 {height - below:.1f})">{legend}</g></svg>'
    )


def picked(many: int, most: int | None) -> tuple[int, ...]:
    """Which of so many months stand side by side: all, or `most` of them at even distances, the last one always."""
    if most is None or many <= most:
        return tuple(range(many))
    return tuple(round(at * (many - 1) / (most - 1)) for at in range(most))


def _room(many: int, width: float, height: float, shape: float) -> tuple[int, float]:
    """In how many columns the maps are largest, and how wide they are then; `shape` is height over width."""
    found = (0, 0.0)
    for columns in range(1, many + 1):
        rows = -(-many // columns)
        across = min(width / columns - 8, (height / rows - 2 * _HEAD - 4) / shape)
        if across > found[1]:
            found = (columns, across)
    return found if found[0] else (many, 1.0)


def _small(lapse: Lapse, month: int, x: float, y: float, across: float, room: float) -> str:
    """One of several months: its words in so much room, its map below them."""
    of, scale = lapse.months[month], across / WIDTH
    letters = max(5.0, min(11.0, across / 14))
    inner = "".join(_small_area(lapse, of, at, letters / scale) for at in range(len(lapse.areas)))
    above = f"{of.label} · {of.total}"
    size = min(12.0, room / max(_wide(above), 1))
    note = " · ".join(part for part in (of.note, of.beside) if part)
    small = min(9.0, room / max(_wide(note), 1))
    return (
        f'<g transform="translate({x:.1f} {y:.1f})">{_line(above, 0, _HEAD - 5, size, _INK, bold=True)}'
        f"{_line(note, 0, 2 * _HEAD - 8, small, _GREY)}"
        f'<g transform="translate({(room - across) / 2:.1f} {2 * _HEAD:.1f}) scale({scale:.5f})" stroke="{_BORDER}" '
        f'stroke-width="{0.6 / scale:.1f}">{inner}</g></g>'
    )


def _small_area(lapse: Lapse, of: Month, at: int, size: float) -> str:
    area, shade = lapse.areas[at], lapse.shades[of.classes[at]]
    return (
        f'<use href="#a{at}" fill="{shade.colour}"/>'
        f"{_words(of.values[at], area.x, area.y + 0.35 * size, size, shade, 'value')}"
    )


def _legend(lapse: Lapse, width: int) -> tuple[str, float]:
    """The legend in as many lines as it needs, the notes below it, and how high they are together."""
    drawn, x, y = [], 0.0, 6.0
    for shade in lapse.shades:
        wide = 22 + 11 * _wide(shade.label)
        if x and x + wide > width:
            x, y = 0.0, y + _LINE
        drawn.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="12" height="11" fill="{shade.colour}" stroke="{_BORDER}" '
            f'stroke-width="0.6"/>{_line(shade.label, x + 16, y + 10, 11, _INK)}'
        )
        x += wide + 8
    y += _LINE
    for line in _wrapped(" ".join(lapse.notes), width / 9):
        drawn.append(_line(line, 0, y + 9, 9, _GREY))
        y += 12
    return "".join(drawn), y + 2


def _wrapped(words: str, width: float) -> Sequence[str]:
    """Lines of at most so many letters' heights; Chinese breaks anywhere, other words between them."""
    lines, line = [], ""
    for part in _parts(words):
        if line and _wide(line + part.rstrip()) > width:
            lines.append(line.rstrip())
            line = part.lstrip()
        else:
            line += part
    return [*lines, line.rstrip()] if line.strip() else lines


def _parts(words: str) -> list[str]:
    parts: list[str] = []
    for letter in words:
        if parts and letter < "\u2e80" and parts[-1][-1] < "\u2e80" and not parts[-1].endswith(" "):
            parts[-1] += letter
        else:
            parts.append(letter)
    return parts


def _line(words: str, x: float, y: float, size: float, colour: str, *, bold: bool = False) -> str:
    weight = ' font-weight="700"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:.1f}" fill="{colour}"{weight}>{escape(words)}</text>'
