"""A chart of a spec of one's own (core/chart_spec.py) as Vega-Lite: the house's look where the spec says nothing.

Columns are drawn under names of ours, c0, c1 ...; what people read comes in as titles. Only columns that the spec names
are handed on.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import altair as alt
import pandas as pd

from dashboard.core.chart_rows import fits, is_day, kind_of, number_of, type_of
from dashboard.core.chart_spec import Spec, renamed
from dashboard.core.frames import Frame, Scalar
from dashboard.draw.charts import FONTS, INK, PALETTE, RAMP
from dashboard.draw.escape import heading

#: Pixels down where the spec says nothing, and across where charts stand side by side: no page gives those a width.
HEIGHT, WIDE = 260, 640
_DISCRETE = {"labelAngle": 0, "labelLimit": 180, "ticks": False, "domainColor": "#c9d0d7", "labelOverlap": "greedy"}
#: Charts side by side are narrow: labels don't reach into the next one.
_SLANTED = {"labelAngle": -40, "labelAlign": "right", "labelBaseline": "middle", "labelOverlap": "greedy"}
_NARROW: dict[str, Any] = {"axisXBand": _SLANTED | {"labelOverlap": False}, "axisXTemporal": _SLANTED}
#: A line of words down a chart has so many pixels, and its axes and headings so many.
_LINE, _AROUND = 24, 80
#: Stands for words that aren't there.
NONE = "—"


@dataclass(frozen=True)
class ChartWords:
    """What a chart says itself: a summed column's name (op, column or ""), the form of days by their unit, and the
    names of months and days of the week where they aren't English."""

    summed: Callable[[str, str], str]
    unit: Callable[[str], str]
    locale: Mapping[str, Any]


@dataclass(frozen=True)
class Drawn:
    """A spec without rows, and its rows by the names it calls them."""

    spec: Mapping[str, Any]
    rows: pd.DataFrame

    @property
    def small(self) -> bool:
        """Is it several charts side by side or below one another?"""
        return bool({"row", "column"} & set(self.spec.get("encoding", {})))

    @property
    def whole(self) -> dict[str, Any]:
        """With its rows inside: for pictures, and to be kept."""
        values = [{name: _plain(value) for name, value in row.items()} for row in self.rows.to_dict("records")]
        return {**self.spec, "data": {"values": values}}


def drawn(spec: Spec, frame: Frame, words: ChartWords) -> Drawn:
    """The chart of these rows. Raises Refused where `fits` does."""
    use = fits(spec, frame)
    kinds = {name: kind_of(frame, name, use) for name in use.columns}
    # What a transform makes stands for a column of its name from there on.
    names = {name: f"c{at}" for at, name in enumerate(dict.fromkeys([*use.columns, *use.made]))}
    look = _Look({**kinds, **use.made}, words, _whole_numbers(frame, kinds), _in_time(frame, kinds))
    tree = look.view(spec.tree)
    narrow = _NARROW if "column" in tree.get("encoding", {}) else {}
    tree["config"] = _merged({**_config(words), **narrow}, tree.get("config", {}))
    tree["$schema"] = alt.SCHEMA_URL
    tree.setdefault("height", _height(tree, frame, kinds))
    small = {"row", "column"} & set(tree.get("encoding", {}))
    tree["width"] = "container" if not small else _shared(tree, frame)
    for channel in small:
        field = tree["encoding"][channel]["field"]
        if tree["encoding"][channel].get("sort") is None:
            # Of the charts side by side no order means that of the alphabet, so the rows' own order is said.
            tree["encoding"][channel]["sort"] = _in_order(frame, field, kinds[field])
    made = renamed(tree, names)
    columns = {
        names[name]: _values(frame, name, kinds[name], "" if name in use.asked else NONE) for name in use.columns
    }
    return Drawn(made, pd.DataFrame(columns, index=range(len(frame.rows))))


def _in_order(frame: Frame, name: str, kind: str) -> list[Any]:
    return list(dict.fromkeys(_plain(one) for one in _values(frame, name, kind)))


def _height(tree: Mapping[str, Any], frame: Frame, kinds: Mapping[str, str]) -> int:
    """Room for all words that stand below one another."""
    field = tree.get("encoding", {}).get("y", {}).get("field", "")
    if kinds.get(field) != "words" or "row" in tree.get("encoding", {}):
        return HEIGHT
    at = frame.columns.index(field)
    return min(max(HEIGHT, len({row[at] for row in frame.rows}) * _LINE + _AROUND), 1200)


def _shared(tree: Mapping[str, Any], frame: Frame) -> int:
    """The width of one of the charts that stand side by side."""
    field = tree["encoding"].get("column", {}).get("field")
    count = 1 if field is None else len({row[frame.columns.index(field)] for row in frame.rows})
    return max(WIDE // max(count, 1) - 20, 60)


def _whole_numbers(frame: Frame, kinds: Mapping[str, str]) -> frozenset[str]:
    """The columns of whole numbers: their axes have no halves."""
    at = {name: frame.columns.index(name) for name, kind in kinds.items() if kind == "number"}
    return frozenset(
        name for name, place in at.items() if all(isinstance(row[place], int | None) for row in frame.rows)
    )


def _in_time(frame: Frame, kinds: Mapping[str, str]) -> frozenset[str]:
    """The columns of words that are days or months as text: they stand in the order of time, whatever the rows' is."""
    at = {name: frame.columns.index(name) for name, kind in kinds.items() if kind == "words"}
    return frozenset(
        name for name, place in at.items() if all(row[place] is None or is_day(row[place]) for row in frame.rows)
    )


def _values(frame: Frame, name: str, kind: str, none: str = NONE) -> pd.Series:
    at = frame.columns.index(name)
    values = [row[at] for row in frame.rows]
    if kind == "number":
        return pd.Series([number_of(one) for one in values], dtype="float64")
    if kind == "day":
        return pd.Series([_moment(one) for one in values], dtype="datetime64[ms]")
    return pd.Series([(none or None) if one is None else str(one) for one in values], dtype="object")


def _moment(value: Scalar) -> pd.Timestamp | None:
    """A day or moment as the clock on the wall showed it, whatever the time zone of who looks at it."""
    if value is None:
        return None
    said = str(value)
    if len(said) > len("2026-11-05"):
        return pd.Timestamp(re.sub(r"(?:Z|[+-]\d\d:?\d\d)$", "", said))
    return pd.Timestamp(f"{said}{'-01-01'[len(said) - 4 :]}" if len(said) < len("2026-11-05") else said)


def _plain(value: Any) -> Any:
    if isinstance(value, pd.Timestamp):
        return value.isoformat()
    if pd.isna(value):
        return None
    return int(value) if isinstance(value, float) and value.is_integer() else value


#: Channels whose values stand one beside another in an order.
_ORDERED = frozenset({"x", "y", "color", "fill", "stroke", "shape", "xOffset", "yOffset", "theta"})


class _Look:
    """Fills in what a spec leaves open: types, titles, the order of rows, the form of numbers and days."""

    def __init__(
        self, kinds: Mapping[str, str], words: ChartWords, whole: frozenset[str], in_time: frozenset[str]
    ) -> None:
        self.kinds, self.words, self.whole, self.in_time = kinds, words, whole, in_time

    def view(self, view: Mapping[str, Any]) -> dict[str, Any]:
        """A view or layer, filled in."""
        made = dict(view)
        if "encoding" in view:
            made["encoding"] = {name: self._channel(name, one) for name, one in view["encoding"].items()}
        if "layer" in view:
            made["layer"] = [self.view(one) for one in view["layer"]]
        return made

    def _channel(self, name: str, one: Any) -> Any:
        if isinstance(one, list):
            return [self._channel(name, part) for part in one]
        if not isinstance(one, Mapping):
            return one
        made = _headed(one)
        if "condition" in one:
            made["condition"] = self._channel(name, one["condition"])
        if "field" not in one and "aggregate" not in one:
            return made
        field = one.get("field")
        if name in ("x2", "y2"):
            made.setdefault("title", heading(self._title(one)))
            return made
        made["type"] = type_of(one, self.kinds)
        if not any("title" in one.get(part, {}) for part in ("axis", "legend", "header") if one.get(part, {})):
            made.setdefault("title", heading(self._title(one)))
        discrete = made["type"] in ("nominal", "ordinal") and "timeUnit" not in one and "bin" not in one
        if discrete and name in _ORDERED and field not in self.in_time:
            made.setdefault("sort", None)
        if name in ("text", "tooltip"):
            form = self._form(one, made["type"])
            if form:
                made.setdefault("format", form)
        elif part := {"x": "axis", "y": "axis", "color": "legend", "size": "legend"}.get(name):
            self._labels(made, part, field)
        return made

    def _labels(self, made: dict[str, Any], part: str, field: str | None) -> None:
        """The form of an axis' or legend's labels."""
        if made.get(part, {}) is None:
            return
        told = dict(made.get(part, {}))
        if "timeUnit" in made and (form := self._form(made, made["type"])):
            told.setdefault("format", form)
        counted = made.get("aggregate") in ("count", "distinct", "valid", "missing")
        summed = made.get("aggregate") in (None, "sum", "min", "max") and field in self.whole
        whole = made["type"] == "quantitative" and (counted or summed) and made.get("stack") != "normalize"
        if part == "axis" and whole and "bin" not in made:
            told.setdefault("tickMinStep", 1)
        if told:
            made[part] = told

    def _title(self, one: Mapping[str, Any]) -> str:
        field = str(one.get("field", ""))
        return self.words.summed(one["aggregate"], field) if "aggregate" in one else field

    def _form(self, one: Mapping[str, Any], kind: str) -> str:
        if kind == "quantitative":
            return ",.3~f"
        if kind != "temporal" or "bin" in one:
            return ""
        return self.words.unit(one.get("timeUnit", "yearmonthdate"))


def _headed(part: Mapping[str, Any]) -> dict[str, Any]:
    """With titles that are words and nothing else."""
    made: dict[str, Any] = {}
    for name, value in part.items():
        if name == "title" and isinstance(value, str | list):
            made[name] = heading(value) if isinstance(value, str) else [heading(one) for one in value]
        else:
            made[name] = _headed(value) if isinstance(value, Mapping) else value
    return made


def _config(words: ChartWords) -> dict[str, Any]:
    """The house's look."""
    labels = {"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "labelColor": INK}
    config: dict[str, Any] = {
        "font": FONTS,
        "view": {"stroke": None},
        "mark": {"color": PALETTE[0], "tooltip": True},
        "line": {"strokeWidth": 2.5},
        "text": {"fontSize": 12, "color": INK},
        "arc": {"stroke": "#ffffff"},
        "title": {"fontSize": 15, "subtitleFontSize": 13, "color": INK, "subtitleColor": INK, "anchor": "start"},
        "axis": labels,
        "axisQuantitative": {"gridColor": "#e6eaee", "tickCount": 5, "domain": False},
        "axisDiscrete": _DISCRETE,
        "legend": {**labels, "orient": "top", "labelLimit": 240, "columns": 4},
        "header": labels,
        "range": {"category": PALETTE, "ramp": RAMP, "heatmap": RAMP, "ordinal": RAMP},
    }
    if words.locale:
        config["locale"] = dict(words.locale)
    return config


def _merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Both, the second where they differ."""
    made = dict(under)
    for name, value in over.items():
        below = made.get(name)
        made[name] = _merged(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
    return made
