"""A brief as a PDF of one A4 page, in black on white, for the printer."""

import tempfile
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from dashboard.core.deck import Brief, Chart
from dashboard.core.deck_lapse import Lapse
from dashboard.formats.chart_pictures import svg
from dashboard.formats.deck_pdf import compiled, fonts
from dashboard.formats.lapse_pictures import lapse_sheet

_TEMPLATE = Path(__file__).with_name("brief.typ")
#: A chart's size in pixels: its type comes out at 8 points.
_CHART = (620, 260)
#: So many months of a map that plays can be read on it.
_MONTHS = 4


def brief_pdf(brief: Brief, at: datetime, language: str = "zh") -> bytes:
    """The file, said to be made `at`: the same brief gives the same bytes. Raises NoChineseFont as `deck_pdf` does."""
    with tempfile.TemporaryDirectory(prefix="brief-") as folder:
        root = Path(folder)
        lists = [asdict(one) | {"footnote": one.footnote} for one in brief.lists]
        plain = asdict(brief) | {"lists": lists, "fonts": fonts(), "language": language, "chart": None}
        if brief.chart is not None:
            (root / "chart.svg").write_text(_drawn(brief.chart), encoding="utf-8")
            plain["chart"] = {"title": brief.chart.title, "alt": brief.chart.alt, "file": "chart.svg"}
        return compiled(root, _TEMPLATE, "brief.json", plain, at)


def _drawn(chart: Chart | Lapse) -> str:
    width, height = _CHART
    if isinstance(chart, Lapse):
        return lapse_sheet(chart, width, height, _MONTHS)
    return svg(chart.spec, width=width, height=height)
