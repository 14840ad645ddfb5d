"""Charts of a spec of one's own in the reader's language. No Streamlit here."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from dashboard.core.chart_spec import parse
from dashboard.core.frames import Frame
from dashboard.core.notebook import Cell
from dashboard.draw.spec_charts import ChartWords, Drawn, drawn
from dashboard.services.notebook_files import picture
from dashboard.text import text

#: What stands before the reason.
_NOISE = re.compile(r"^.*?conversion failed:\s*(?:Type|Range)?(?:Error:\s*)?")


def drawn_by_spec(language: str, cell: Cell, frame: Frame) -> Drawn:
    """The chart that a cell's spec makes of these rows. Raises Refused where they can't be drawn by it."""
    return drawn(parse(cell.fields["spec"]), frame, words(language))


def why_not(whole: Mapping[str, Any]) -> str:
    """Why the drawing program can't draw a chart, in its words; "" where it can. Little passes what is checked before,
    such as a day among the limits of a scale of numbers. Pictures are kept, so that asking again costs nothing."""
    try:
        picture(whole, ".svg")
    except ValueError as error:
        said = _NOISE.sub("", " ".join(str(error).split()))
        return said.split(" at ")[0].strip()[:200]
    return ""


@cache
def words(language: str) -> ChartWords:
    """What charts say themselves."""

    def summed(op: str, column: str) -> str:
        return (
            text(language, f"chart_spec.summed.{op}", column=column) if column else text(language, "chart_spec.count")
        )

    def unit(name: str) -> str:
        return text(language, f"chart_spec.unit.{name}")

    return ChartWords(summed, unit, _locale(language) if language == "zh" else {})


def _locale(language: str) -> dict[str, Any]:
    def told(name: str) -> list[str]:
        return text(language, f"chart_spec.{name}").split()

    day, clock = text(language, "chart_spec.unit.yearmonthdate"), text(language, "chart_spec.unit.hoursminutes")
    return {
        "number": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["¥", ""]},
        "time": {
            "dateTime": f"{day} {clock}",
            "date": day,
            "time": clock,
            "periods": told("halves"),
            "days": told("days"),
            "shortDays": told("short_days"),
            "months": told("months"),
            "shortMonths": told("short_months"),
        },
    }
