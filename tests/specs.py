"""Honest specs of charts, of every mark there is, over one table."""

import json
from itertools import product
from typing import Any

from dashboard.core.frames import Frame

#: The second last has a name that Vega would read as a path.
COLUMNS = ("town", "category", "month", "n", "share", "day", "a.b['c']")
FRAME = Frame(
    COLUMNS,
    tuple(
        (
            town,
            category,
            f"2026-{month:02}",
            40 * place + 7 * month + 5,
            month / 10,
            f"2026-{month:02}-{5 + place:02}",
            month,
        )
        for (place, town), category, month in product(
            enumerate(("浞水镇", "柏村镇", "都濡街道")), ("助老", "文化"), (1, 2, 3, 4)
        )
    ),
)
N, TOWN = {"field": "n", "aggregate": "sum"}, {"field": "town"}

SPECS: dict[str, dict[str, Any]] = {
    "bars": {"mark": "bar", "encoding": {"x": TOWN, "y": N, "color": {"field": "category"}}},
    "lying": {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "layer": [
            {"mark": {"type": "bar", "cornerRadiusEnd": 3}},
            {
                "mark": {"type": "text", "align": "left", "dx": 4, "fontSize": 14},
                "encoding": {"text": {**N, "format": ",d"}},
            },
        ],
        "encoding": {"y": {**TOWN, "sort": "-x", "axis": {"labelFontSize": 14}}, "x": N},
    },
    "lines": {
        "title": {"text": "各镇", "subtitle": "每月"},
        "layer": [
            {
                "mark": {"type": "line", "point": True, "interpolate": "monotone"},
                "encoding": {"x": {"field": "month", "timeUnit": "yearmonth"}, "y": N, "color": TOWN},
            },
            {"mark": {"type": "rule", "color": "#a3262a", "strokeDash": [4, 4]}, "encoding": {"y": {"datum": 120}}},
        ],
    },
    "area": {
        "mark": {"type": "area", "opacity": 0.7},
        "encoding": {
            "x": {"field": "day", "type": "temporal", "axis": {"format": "%m-%d"}},
            "y": {**N, "stack": "normalize", "axis": {"format": ".0%"}},
            "color": {"field": "category", "scale": {"scheme": "tableau10"}, "legend": {"orient": "right"}},
        },
    },
    "heat": {
        "layer": [
            {"mark": "rect", "encoding": {"color": {**N, "scale": {"scheme": "blues"}}}},
            {"mark": "text", "encoding": {"text": N}},
        ],
        "encoding": {"x": {"field": "category"}, "y": TOWN},
    },
    "arc": {"mark": {"type": "arc", "innerRadius": 40}, "encoding": {"theta": N, "color": TOWN, "order": N}},
    "boxes": {"mark": "boxplot", "encoding": {"x": TOWN, "y": {"field": "n", "type": "quantitative"}}},
    "counted": {
        "mark": "bar",
        "encoding": {"x": {"field": "n", "bin": {"maxbins": 12}}, "y": {"aggregate": "count"}},
    },
    "ticks": {"mark": "tick", "encoding": {"x": {"field": "share"}, "y": TOWN, "tooltip": [TOWN, {"field": "day"}]}},
    "points": {
        "mark": {"type": "point", "filled": True},
        "encoding": {
            "x": {"field": "share", "scale": {"zero": False, "domain": [0, 0.5]}},
            "y": {"field": "a.b['c']"},
            "size": {"field": "n", "legend": None},
            "shape": {"field": "category", "scale": {"range": ["circle", "square"]}},
            "opacity": {"condition": {"test": {"field": "n", "gte": 50}, "value": 1}, "value": 0.3},
        },
    },
    "largest": {
        "mark": "bar",
        "transform": [
            {"aggregate": [{"op": "sum", "field": "n", "as": "all [of it]"}], "groupby": ["town"]},
            {"window": [{"op": "rank", "as": "place"}], "sort": [{"field": "all [of it]", "order": "descending"}]},
            {"filter": {"or": [{"field": "place", "lte": 2}, {"not": {"field": "town", "oneOf": ["柏村镇"]}}]}},
        ],
        "encoding": {
            "x": {"field": "all [of it]"},
            "y": {**TOWN, "sort": {"field": "all [of it]", "order": "descending"}},
            "color": {"condition": {"test": {"field": "place", "equal": 1}, "value": "#a3262a"}, "value": "grey"},
        },
    },
    "spans": {
        "mark": {"type": "rule", "strokeWidth": 6},
        "transform": [
            {"timeUnit": "month", "field": "day", "as": "in"},
            {"joinaggregate": [{"op": "mean", "field": "n", "as": "mean"}], "groupby": ["town", "in"]},
        ],
        "encoding": {
            "y": TOWN,
            "x": {"field": "n", "aggregate": "min"},
            "x2": {"field": "n", "aggregate": "max"},
            "tooltip": {"field": "mean", "aggregate": "max", "format": ".1f"},
        },
    },
    "small": {
        "mark": "bar",
        "encoding": {"column": {"field": "category"}, "x": TOWN, "y": N},
        "config": {"bar": {"color": "seagreen"}, "axis": {"grid": False}},
    },
    "below": {"mark": "circle", "encoding": {"row": TOWN, "x": {"field": "month"}, "y": N}, "height": 300},
    "side": {
        "mark": "bar",
        "encoding": {"x": TOWN, "xOffset": {"field": "category"}, "y": N, "color": {"field": "category"}},
    },
}


def words(name: str) -> str:
    """A spec as it is typed."""
    return json.dumps(SPECS[name], ensure_ascii=False)
