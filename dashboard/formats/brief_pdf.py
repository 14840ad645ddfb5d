"""A brief as a PDF of one A4 page, in black on white, for the printer."""

import re
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
_CHART, _WIDE = (400, 400), (620, 260)
#: So many months of a map that plays can be read on it.
_MONTHS = 4
#: Type and lines of each list, tried until the page is one.
_TRIED = ((1.15, 10), (1.0, 10), (0.9, 10), (0.85, 7), (0.8, 4), (0.75, 2), (0.7, 1), (0.7, 0))
_PAGE = re.compile(rb"/Type\s*/Page\b")


def brief_pdf(brief: Brief, at: datetime, language: str = "zh") -> bytes:
    """The file, said to be made `at`: the same brief gives the same bytes. Raises NoChineseFont as `deck_pdf` does."""
    with tempfile.TemporaryDirectory(prefix="brief-") as folder:
        root = Path(folder)
        plain = asdict(brief) | {"fonts": fonts(), "language": language, "chart": None}
        if brief.chart is not None:
            (root / "chart.svg").write_text(_drawn(brief.chart), encoding="utf-8")
            plain["chart"] = {"title": brief.chart.title, "alt": brief.chart.alt, "file": "chart.svg"}
            plain["chart"]["wide"] = isinstance(brief.chart, Lapse)
        for scale, most in _TRIED:
            lists = [one.cut(most) for one in brief.lists]
            plain |= {"lists": [asdict(one) | {"footnote": one.footnote} for one in lists], "scale": scale}
            made = compiled(root, _TEMPLATE, "brief.json", plain, at)
            if len(_PAGE.findall(made)) == 1:
                break
        return made


def _drawn(chart: Chart | Lapse) -> str:
    if isinstance(chart, Lapse):
        return lapse_sheet(chart, *_WIDE, _MONTHS)
    width, height = _CHART
    return svg(chart.spec, width=width, height=height)
