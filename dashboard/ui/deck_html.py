"""A deck as one HTML page: every screen in it, drawn once, so that turning a page asks the server nothing.

No Streamlit here: web/present.py serves it. Every word passes `html.escape`; charts are pictures drawn on the server.
"""

import base64
import json
from dataclasses import asdict
from functools import cache
from html import escape
from pathlib import Path

from dashboard.core.deck import Box, Chart, Deck, Line, Number, Table, Words, lapse_places
from dashboard.core.deck_lapse import Lapse, Shade
from dashboard.core.deck_layout import Placed, Screen, picture_box, screens
from dashboard.services.deck_files import chart_svg, lapse_map, lapse_svg
from dashboard.text import text

_STATIC = Path(__file__).resolve().parents[1] / "static"
#: What the script says itself, by the name it knows.
_SCRIPT_WORDS = ("changed", "decided", "not_saved")


def present(language: str, deck: Deck, *, number: int) -> str:
    """The screens of a frozen deck, with a field for decisions. `number` is the freeze's id."""
    shown = "".join(_screen(language, one, at, deck) for at, one in enumerate(screens(deck)))
    # The script puts the number in.
    words = {name: text(language, f"present.{name}", count="{count}") for name in _SCRIPT_WORDS}
    said = "".join(f' data-{name.replace("_", "-")}="{escape(word)}"' for name, word in words.items())
    bar = (
        f'<div class="bar"><button data-do="back" title="←">‹</button><span class="at"></span>'
        f'<button data-do="next" title="→">›</button><span class="badge" role="status" hidden></span>'
        f'<button data-do="decide">{_t(language, "present.decide")} (D)</button>'
        f'<button data-do="notes">{_t(language, "present.notes")} (N)</button>'
        f'<button data-do="full">{_t(language, "present.full")} (F)</button></div>'
    )
    decide = (
        f'<dialog><form method="dialog"><h2>{_t(language, "present.decide")}</h2>'
        f"<label>{_t(language, 'present.what')}<textarea name='words' maxlength='500' required></textarea></label>"
        f"<label>{_t(language, 'present.owner')}<input name='owner' maxlength='60' required></label>"
        f"<label>{_t(language, 'present.due')}<input name='due' type='date' required></label>"
        f'<p class="error" role="alert"></p><button class="main" value="save">{_t(language, "present.save")}</button>'
        f'<button value="cancel" formnovalidate>{_t(language, "present.cancel")}</button></form></dialog>'
    )
    body = f'<main data-deck="{number}"{said}>{shown}</main>{bar}{decide}'
    return _page(language, deck.title, body)


def notes(language: str, deck: Deck, *, number: int) -> str:
    """The presenter's window: what to say on the screen that is shown, and what comes next."""
    parts = []
    none = f"<p class=none>{_t(language, 'present.no_notes')}</p>"
    every = screens(deck)
    for at, one in enumerate(every):
        following = every[at + 1].title if at + 1 < len(every) else text(language, "present.last")
        said = "".join(f"<p>{escape(line)}</p>" for line in one.notes.split("\n") if line.strip())
        parts.append(
            f'<section class="said" hidden><h1>{at + 1}. {escape(one.title)}</h1>'
            f"{said or none}"
            f"<p class='next'>{_t(language, 'present.next')} {escape(following)}</p></section>"
        )
    clock = '<p class="clock"></p>'
    return _page(language, deck.title, f'<main class="notes" data-notes="{number}">{clock}{"".join(parts)}</main>')


def _screen(language: str, screen: Screen, at: int, deck: Deck) -> str:
    blocks = "".join(_block(language, placed) for placed in screen.placed)
    type_ = f"font-size:{screen.title_type:g}em"
    return (
        f'<section class="screen" id="s{at + 1}" aria-label="{escape(screen.title)}"{"" if at == 0 else " hidden"}>'
        f'<h1 style="{_place(screen.title_box)};{type_}">{escape(screen.title)}</h1>{blocks}'
        f"<footer>{escape(deck.foot)}</footer></section>"
    )


def _block(language: str, placed: Placed) -> str:
    block = placed.block
    if isinstance(block, Lapse):
        return _lapse(language, block, placed.box)
    if isinstance(block, Number):
        inner, kind = _number(block), "number"
    elif isinstance(block, Words):
        inner, kind = "".join(_line(line) for line in block.lines), "words"
    elif isinstance(block, Table):
        inner, kind = _table(block, placed), "table"
    else:
        inner, kind = _chart(block, placed), "chart"
    # Everything within is in ems of the screen, enlarged.
    return f'<div class="block {kind}" style="{_place(placed.box)};font-size:{placed.scale:g}em">{inner}</div>'


def _number(block: Number) -> str:
    unit = f"<small>（{escape(block.unit)}）</small>" if block.unit else ""
    beside = "".join(f"<p>{escape(line)}</p>" for line in block.beside)
    value = f"<strong{' class=small' if block.small else ''}>{escape(block.value)}</strong>"
    return f'<h2 title="{escape(block.definition)}">{escape(block.name)}{unit}</h2>{value}{beside}'


def _line(line: Line) -> str:
    tag = {"heading": "h2", "bullet": "p class=bullet"}.get(line.style, "p")
    return f"<{tag}>{escape(line.text)}</{tag.split()[0]}>"


def _table(block: Table, placed: Placed) -> str:
    sides = [" class=right" if numeric else "" for numeric in block.numeric]
    head = "".join(f"<th{side}>{escape(name)}</th>" for side, name in zip(sides, block.columns, strict=True))
    rows = "".join(
        f"<tr>{''.join(f'<td{side}>{escape(cell)}</td>' for side, cell in zip(sides, row, strict=True))}</tr>"
        for row in block.rows
    )
    widths = "".join(f'<col style="width:{100 * share:.3f}%">' for share in placed.columns)
    note = f"<p class=note>{escape(block.footnote)}</p>" if block.footnote else ""
    table = f"<colgroup>{widths}</colgroup><thead><tr>{head}</tr></thead><tbody>{rows}</tbody>"
    return f"{_heading(block.title)}<table>{table}</table>{note}"


def _chart(block: Chart, placed: Placed) -> str:
    drawn = base64.b64encode(chart_svg(block, picture_box(placed)).encode()).decode()
    return f'{_heading(block.title)}<img alt="{escape(block.alt)}" src="data:image/svg+xml;base64,{drawn}">'


def _lapse(language: str, block: Lapse, box: Box) -> str:
    """The map of the last month, with all months beside it as data: the script plays them. Printed, the months stand
    side by side."""
    placed = lapse_places(block, box)
    months = json.dumps([asdict(month) for month in block.months], ensure_ascii=False)
    shades = json.dumps([[shade.colour, shade.ink] for shade in block.shades])
    shown = block.months[-1]
    words = "".join(
        f'<p class="{name}">{escape(getattr(shown, field))}</p>'
        for name, field in (("when", "label"), ("note", "note"), ("total", "total"), ("beside", "beside"))
    )
    legend = "".join(map(_shade, block.shades))
    notes = f'<p class="about">{escape(" ".join(block.notes))}</p>' if placed.roomy else ""
    drawn = base64.b64encode(lapse_svg(block, box).encode()).decode()
    share = f"--map:{100 * placed.share:.1f}%;--type:{placed.type:.2f}em"
    return (
        f'<div class="block lapse{"" if placed.beside else " stacked"}" style="{_place(box)};{share}" '
        f'data-months="{escape(months)}" data-shades="{escape(shades)}">{_heading(block.title)}'
        f'<div class="county">{lapse_map(block, -1, number=placed.number, name=placed.name)}</div>'
        f'<div class="side"><div class="now">{words}</div><ul class="legend">{legend}</ul>{notes}'
        f"{_controls(language, block)}</div>"
        f'<img class="sheet" alt="{escape(block.alt)}" src="data:image/svg+xml;base64,{drawn}"></div>'
    )


#: The legend's numbers are no longer than this.
_SHORT = 13


def _shade(shade: Shade) -> str:
    words = " class=words" if len(shade.label) > _SHORT else ""
    return f'<li{words}><i style="background:{shade.colour}"></i>{escape(shade.label)}</li>'


def _controls(language: str, block: Lapse) -> str:
    play, pause = _t(language, "present.play"), _t(language, "present.pause")
    last = len(block.months) - 1
    return (
        f'<div class="play"><button data-do="play" data-play="{play}" data-pause="{pause}">'
        f'<span class="sign">▶</span> <span class="act">{play}</span> (P)</button>'
        f'<input type="range" min="0" max="{last}" value="{last}" step="1" title="[ ]" '
        f'aria-label="{_t(language, "present.month")}" aria-valuetext="{escape(block.months[-1].label)}"></div>'
    )


def _heading(title: str) -> str:
    return f"<h2>{escape(title)}</h2>" if title else ""


def _place(box: Box) -> str:
    shares = (("left", box.x), ("top", box.y), ("width", box.width), ("height", box.height))
    return ";".join(f"{name}:{100 * share:.3f}%" for name, share in shares)


def _t(language: str, key: str) -> str:
    return escape(text(language, key))


def _page(language: str, title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="{"zh-CN" if language == "zh" else "en"}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>'
        f'<link rel="icon" href="/app/static/icon.png"><style>{_static("present.css")}</style></head>'
        f"<body>{body}<script>{_static('present.js')}</script></body></html>"
    )


@cache
def _static(name: str) -> str:
    """A style or script of ours, set into the page: a screen is drawn without asking for anything more."""
    return (_STATIC / name).read_text(encoding="utf-8")
