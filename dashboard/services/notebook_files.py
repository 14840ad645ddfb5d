"""A notebook as files: for Jupyter, as pictures of its charts, its words as HTML."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from dashboard.core.deadlines import COUNTY_TIME
from dashboard.core.deck_lapse import Lapse
from dashboard.core.notebook import Cell
from dashboard.formats.chart_pictures import png, svg
from dashboard.formats.lapse_pictures import lapse_legend, lapse_map, lapse_png, lapse_sheet
from dashboard.formats.markdown_html import html
from dashboard.formats.notebook_ipynb import from_ipynb, to_ipynb
from dashboard.services.notebook_runs import Outcome

__all__ = ["PICTURES", "from_ipynb", "html", "jupyter", "lapse_legend", "lapse_map", "months", "picture"]

#: Pixels of CSS of a chart by itself.
WIDTH, HEIGHT, MONTHS_HEIGHT = 880, 420, 620
#: How a chart is written to a file: suffix -> MIME type.
PICTURES = {".png": "image/png", ".svg": "image/svg+xml"}
_DRAWN: dict[str, Callable[[Mapping[str, Any]], bytes]] = {
    ".png": lambda spec: png(spec, width=WIDTH, height=HEIGHT),
    ".svg": lambda spec: svg(spec, width=WIDTH, height=HEIGHT).encode(),
}


def picture(spec: Mapping[str, Any], suffix: str) -> bytes:
    """A chart as one of `PICTURES`."""
    return _DRAWN[suffix](spec)


def months(lapse: Lapse, suffix: str) -> bytes:
    """The months of a map that plays, side by side, as one of `PICTURES`."""
    if suffix == ".png":
        return lapse_png(lapse, WIDTH, MONTHS_HEIGHT, 2.0)
    return lapse_sheet(lapse, WIDTH, MONTHS_HEIGHT).encode()


def jupyter(
    title: str,
    cells: Sequence[Cell],
    outcomes: Mapping[str, Outcome],
    outputs: Mapping[str, Mapping[str, str]],
    now: datetime,
    note: str,
) -> bytes:
    """The notebook as .ipynb, with the reader's results in it."""
    frames = {name: one.frame for name, one in outcomes.items() if one.frame is not None}
    here = now.astimezone(COUNTY_TIME)
    values = {"now": f"{here:%Y-%m-%d %H:%M:%S}", "today": f"{here:%Y-%m-%d}"}
    return to_ipynb(title, cells, frames, values, outputs, note)
