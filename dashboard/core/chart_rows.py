"""A chart's spec beside the rows it is to draw: few enough, numbers where numbers are read, days where days are.

What passes is drawn: a picture is never empty in silence.
"""

import math
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dashboard.core.chart_grammar import COUNTING, FACETS
from dashboard.core.chart_spec import Spec, Use, against, objects_in
from dashboard.core.chart_types import Refused
from dashboard.core.frames import Frame, Scalar

#: Rows that a spec is given; more are no chart anybody can read, and belong summed up in the query.
MOST_ROWS = 5_000
#: Small charts side by side, or one below another.
MOST_SMALL = 8
_DAY = re.compile(r"\d{4}(?:-\d\d(?:-\d\d(?:[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?)?)?")
#: A form of days.
_TIMES = re.compile("%-?[a-zA-Z]")
_TYPES = {"number": "quantitative", "day": "temporal"}
_YEARS = (1900, 2200)


def fits(spec: Spec, frame: Frame) -> Use:
    """`against` with the rows too: few enough, numbers where numbers are drawn, days where days are. Raises Refused."""
    use = against(spec, frame.columns)
    if len(frame.rows) > MOST_ROWS:
        raise Refused("chart_spec.too_many_rows", "", rows=len(frame.rows), most=MOST_ROWS)
    for name in use.columns:
        at = frame.columns.index(name)
        values = [row[at] for row in frame.rows if row[at] is not None]
        if name in use.days and (bad := next((one for one in values if not is_day(one)), None)) is not None:
            raise Refused("chart_spec.no_day", "", column=name, found=str(bad)[:40])
        if name in use.numbers and (bad := next((one for one in values if number_of(one) is None), None)) is not None:
            raise Refused("chart_spec.no_numbers", "", column=name, found=str(bad)[:40])
    for channel in FACETS:
        if small := spec.tree.get("encoding", {}).get(channel):
            found = {row[frame.columns.index(small["field"])] for row in frame.rows}
            if len(found) > MOST_SMALL:
                raise Refused("chart_spec.too_many_small", f"encoding.{channel}", count=len(found), most=MOST_SMALL)
    kinds = {**{name: kind_of(frame, name, use) for name in use.columns}, **use.made}
    _forms(spec, kinds)
    _together(spec, kinds)
    return use


def _forms(spec: Spec, kinds: Mapping[str, str]) -> None:
    """Raises Refused where days are to be written in a form of numbers, or the other way: nothing would be drawn."""
    places = [("", spec.tree), *((path, view) for path, view in spec.views if path)]
    for path, view in places:
        for where, one in objects_in(view.get("encoding", {}), f"{path}encoding"):
            if not {"field", "aggregate"} & set(one) or "op" in one:
                continue
            days = type_of(one, kinds) == "temporal"
            for part in ("", "axis", "legend", "header"):
                told = one.get(part) if part else one
                form = told.get("format", "") if isinstance(told, Mapping) else ""
                if (
                    form
                    and isinstance(told, Mapping)
                    and "formatType" not in told
                    and days != bool(_TIMES.search(form))
                ):
                    raise Refused(
                        "chart_spec.form", f"{where}.{part}.format" if part else f"{where}.format", found=form
                    )


def _together(spec: Spec, kinds: Mapping[str, str]) -> None:
    """Raises Refused for a channel that stands on another that isn't there."""
    shared = spec.tree.get("encoding", {})
    for path, view in spec.views:
        encoding = {**shared, **view.get("encoding", {})}
        for name, one in encoding.items():
            wanted = name[0] if name in ("x2", "y2") else ""
            by = one.get("sort") if isinstance(one, Mapping) else None
            if isinstance(by, str) and by not in ("ascending", "descending"):
                wanted = by.removeprefix("-")
            if wanted and wanted not in encoding:
                raise Refused("chart_spec.needs", f"{path}encoding", what=wanted)
        mark = view["mark"] if isinstance(view["mark"], str) else view["mark"]["type"]
        sides = [encoding[side] for side in ("x", "y") if side in encoding]
        if mark == "boxplot" and "quantitative" not in [type_of(one, kinds) for one in sides]:
            raise Refused("chart_spec.boxes", f"{path}encoding")


def kind_of(frame: Frame, name: str, use: Use) -> str:
    """What a column holds: day, number or words; as the spec reads it, else numbers where all are."""
    if name in use.days:
        return "day"
    at = frame.columns.index(name)
    values = [row[at] for row in frame.rows if row[at] is not None]
    numbers = bool(values) and all(isinstance(one, int | float) for one in values)
    return "number" if name in use.numbers or numbers else "words"


def type_of(one: Mapping[str, Any], kinds: Mapping[str, str]) -> str:
    """Vega-Lite's type of what a channel shows, by the kinds of the columns."""
    if one.get("aggregate") in COUNTING:
        return "quantitative"
    if "type" in one:
        return str(one["type"])
    if "timeUnit" in one:
        return "temporal"
    if one.get("aggregate") not in (None, "min", "max") or one.get("bin"):
        return "quantitative"
    return _TYPES.get(kinds.get(one.get("field", ""), ""), "nominal")


def is_day(value: Scalar) -> bool:
    """A day or moment as queries give it: ISO text down from the year, or a year as a number."""
    if isinstance(value, str):
        if not _DAY.fullmatch(value):
            return False
        try:
            datetime.fromisoformat(value + "-01-01"[len(value) - 4 :] if len(value) < len("2026-11-05") else value)
        except ValueError:
            return False
        return True
    return isinstance(value, int) and _YEARS[0] <= value <= _YEARS[1]


def number_of(value: Scalar) -> float | None:
    """A number, also where it is written as text; None for anything else."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    return value if value is not None and math.isfinite(value) else None
