"""A run notebook as one HTML file that needs nothing else: its words, tables, figures, charts as pictures.

No Streamlit here. Every word passes `html.escape` or the Markdown writer; nothing in it is fetched or run.
"""

import base64
from collections.abc import Mapping, Sequence
from html import escape

from dashboard.core.deck_lapse import Place
from dashboard.core.figures import BY_KEY
from dashboard.core.frames import Frame
from dashboard.core.notebook import Cell, Kind
from dashboard.draw.notebook_charts import chart
from dashboard.draw.place_pictures import places
from dashboard.services import notebook_files
from dashboard.services.notebook_files import html, picture
from dashboard.services.notebook_runs import Outcome
from dashboard.text import text
from dashboard.ui import chart_words, lapse_words, show
from dashboard.ui.figure_views import formula, written

#: Rows of a table that the page holds; the workbook of a cell has all of them.
SHOWN = 1000
_FONTS = (
    'system-ui,-apple-system,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC",'
    '"WenQuanYi Zen Hei",sans-serif'
)
_STYLE = (
    f"body{{font-family:{_FONTS};color:#1d2733;max-width:60rem;margin:2rem auto;padding:0 1rem;line-height:1.6}}"
    "h1,h2,h3{line-height:1.3}section{margin:1.6rem 0;overflow-x:auto}"
    "table{border-collapse:collapse;font-size:.95rem}th,td{padding:.3rem .7rem;border-bottom:1px solid #d7dde4;"
    "text-align:left}.right{text-align:right;font-variant-numeric:tabular-nums}"
    ".figures{display:flex;flex-wrap:wrap;gap:1.5rem}.figures strong{display:block;font-size:1.9rem;color:#a3262a}"
    ".note,footer{color:#5d6670;font-size:.9rem}.error{color:#a3262a}img{max-width:100%}"
    "pre{white-space:pre-wrap;background:#f5f7f9;padding:.6rem}@media print{section{break-inside:avoid}}"
)
#: A browser fetches and runs nothing of this page, whatever its words are.
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


#: What pictures of maps are drawn within.
Outlines = Sequence[Place]


def page(
    language: str,
    title: str,
    foot: str,
    cells: Sequence[Cell],
    outcomes: Mapping[str, Outcome],
    outlines: Outlines = (),
) -> str:
    """The whole file."""
    parts = "".join(_section(language, cell, outcomes[cell.name], outlines) for cell in cells)
    return (
        f'<!doctype html><html lang="{"zh-CN" if language == "zh" else "en"}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body><header><h1>{escape(title)}</h1></header>"
        f"{parts}<footer>{escape(foot)}</footer></body></html>"
    )


def _section(language: str, cell: Cell, outcome: Outcome, outlines: Outlines) -> str:
    inner = told(language, cell, outcome, outlines) if outcome.good else _failed(language, cell, outcome)
    return f'<section id="{cell.name}">{inner}</section>' if inner else ""


def _failed(language: str, cell: Cell, outcome: Outcome) -> str:
    if outcome.waits_for:
        said = text(language, "notebook.waits", name=cell.name, other=outcome.waits_for)
    else:
        said = text(language, outcome.error, **outcome.values)
        # Some sentences name the cell themselves.
        said = said if outcome.values.get("name") == cell.name else f"{cell.name}: {said}"
    return f'<p class="error">{escape(said)}</p>'


def told(language: str, cell: Cell, outcome: Outcome, outlines: Outlines = ()) -> str:
    """What a cell shows, as HTML."""
    if cell.kind is Kind.TEXT:
        return html(cell.fields["markdown"])
    if cell.kind is Kind.FIGURE:
        return f'<div class="figures">{"".join(_figure(language, key, outcome) for key in outcome.figures)}</div>'
    if cell.kind is Kind.INPUT:
        shown = cell.fields["value"]
        return f'<p class="note">{escape(cell.fields["title"] or cell.name)}: {escape(shown or show.DASH)}</p>'
    if outcome.frame is None or cell.kind is Kind.EDITOR:
        return ""
    if cell.kind is Kind.LAPSE:
        return _lapse(language, cell, outcome.frame, outlines)
    heading = f"<h3>{escape(cell.fields['title'] or cell.name)}</h3>"
    if not outcome.frame.rows:
        return f'{heading}<p class="note">{escape(text(language, "notebook.no_rows"))}</p>'
    if cell.kind in (Kind.CHART, Kind.MAP):
        return heading + chart_image(language, cell, outcome.frame, outlines)
    return heading + _table(language, outcome.frame)


def _figure(language: str, key: str, outcome: Outcome) -> str:
    value = outcome.figures[key]
    unit = text(language, f"figures.unit.{value.unit}")
    name = f"{text(language, BY_KEY[key].name)} · {unit}"
    told = escape(formula(language, key, value.edges))
    return f'<div title="{told}">{escape(name)}<strong>{escape(written(value, language))}</strong></div>'


def chart_spec(language: str, cell: Cell, frame: Frame, outlines: Outlines = ()) -> dict[str, object]:
    """A chart or map cell as Vega-Lite with its rows inside."""
    fields = cell.fields
    if cell.kind is Kind.MAP:
        drawn: dict[str, object] = places(frame, [one.geometry for one in outlines]).to_dict()
        return drawn
    if fields["spec"].strip():
        return chart_words.drawn_by_spec(language, cell, frame).whole
    spec: dict[str, object] = chart(frame, fields["mark"], fields["x"], fields["y"], fields["series"]).to_dict()
    return spec


def chart_image(language: str, cell: Cell, frame: Frame, outlines: Outlines = ()) -> str:
    """A chart or map as a picture within a page."""
    spec = chart_spec(language, cell, frame, outlines)
    if why := chart_words.why_not(spec):
        return f'<p class="error">{escape(text(language, "chart_spec.not_drawn", name=cell.name, why=why))}</p>'
    drawn = base64.b64encode(picture(spec, ".svg")).decode()
    title = cell.fields["title"] or cell.name
    alt = text(language, "notebook.chart_alt", title=title, rows=len(frame.rows), columns=", ".join(frame.columns))
    if cell.kind is Kind.MAP:
        alt = text(language, "notebook.map_alt", title=title, rows=len(frame.rows))
    return f'<img alt="{escape(alt)}" src="data:image/svg+xml;base64,{drawn}">'


def _lapse(language: str, cell: Cell, frame: Frame, outlines: Outlines) -> str:
    """The months side by side, and their numbers."""
    told = lapse_words.lapse(language, cell, frame, outlines)
    drawn = base64.b64encode(notebook_files.months(told, ".svg")).decode() if told.areas else ""
    maps = f'<img alt="{escape(told.alt)}" src="data:image/svg+xml;base64,{drawn}">' if drawn else ""
    return f"<h3>{escape(told.title)}</h3>{maps}{_table(language, lapse_words.table(language, frame))}"


def _table(language: str, frame: Frame) -> str:
    sides = [
        " class=right" if all(isinstance(row[at], int | float | None) for row in frame.rows) else ""
        for at in range(len(frame.columns))
    ]
    head = "".join(f"<th{side}>{escape(name)}</th>" for side, name in zip(sides, frame.columns, strict=True))
    rows = "".join(
        f"<tr>{''.join(f'<td{s}>{escape(show.value(language, v))}</td>' for s, v in zip(sides, row, strict=True))}</tr>"
        for row in frame.rows[:SHOWN]
    )
    rest = len(frame.rows) - SHOWN
    more = f'<p class="note">{escape(text(language, "notebook.more", rest=rest))}</p>' if rest > 0 else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{more}"
