"""What marks, scales, axes and legends of a chart's spec may be: the smaller parts of `core/chart_grammar.py`.

Numbers are bounded where a huge one would make ticks, pads or letters without end; type is never below what is read
across a room.
"""

from typing import Any

from dashboard.core.chart_types import (
    FLAG,
    NULL,
    Keys,
    Refused,
    Type,
    either,
    keys,
    number,
    pattern,
    several,
    word,
    words,
)
from dashboard.core.colour_names import COLOUR_NAMES

MARKS = (
    "arc", "area", "bar", "boxplot", "circle", "line", "point", "rect", "rule", "square", "text", "tick",
)  # fmt: skip
#: Values of one list.
MOST_VALUES = 200

ANY = number(-1e12, 1e12)
SHARE = number(0, 1)
PIXELS, OFFSET = number(0, 1000), number(-500, 500)
#: The screen's charts are enlarged so that 12 is read at 5 metres.
TYPE = number(12, 60)
ANGLE = number(-360, 360)
COLOUR = pattern(
    r"#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})|(?:rgb|hsl)a?\([0-9., %]{5,40}\)|"
    + "|".join(sorted((*COLOUR_NAMES, "transparent"), key=len, reverse=True)),
    '"#1f5f99" | "steelblue" | "rgb(31, 95, 153)"',
)
PAINT = either(COLOUR, NULL)
DASH = several(number(0, 100), 8)
WEIGHT = either(word("normal", "bold"), number(100, 900))
#: Of d3: no fill and no width, which pad without end; dates by letters and signs.
FORMAT = pattern(
    r"[-+( ]?[$]?,?(?:\.[0-9]{1,2})?~?[degfsrpnx%]?|(?:%-?[a-zA-Z%]|[年月日时分季周 /:.,-]){1,16}",
    '",.1f" | ".0%" | "%Y-%m-%d"',
)
TITLE = either(words(), NULL, several(words(), 4))
TYPES = word("quantitative", "temporal", "ordinal", "nominal")
UNIT = word(
    "year", "quarter", "month", "week", "day", "date", "hours", "minutes", "yearquarter", "yearmonth", "yearmonthdate",
    "yearweek", "monthdate", "dayhours", "hoursminutes", "yearmonthdatehours", "dayofyear",
)  # fmt: skip
DATE = keys(
    year=number(1900, 2200, whole=True),
    quarter=number(1, 4, whole=True),
    month=number(1, 12, whole=True),
    date=number(1, 31, whole=True),
    hours=number(0, 24),
    minutes=number(0, 60),
    seconds=number(0, 60),
)
CONSTANT = either(ANY, words(), FLAG)
VALUE = either(ANY, words(), FLAG, DATE)
VALUES = several(VALUE, MOST_VALUES)
BIN = either(FLAG, NULL, word("binned"), keys(maxbins=number(2, 60, whole=True), nice=FLAG))

MARK_KEYS: dict[str, Type] = {
    **dict.fromkeys(("color", "fill", "stroke"), PAINT),
    **dict.fromkeys(("opacity", "fillOpacity", "strokeOpacity", "padAngle"), SHARE),
    **dict.fromkeys(("strokeWidth", "thickness"), number(0, 30)),
    **dict.fromkeys(("filled", "clip", "tooltip", "ticks"), FLAG),
    **dict.fromkeys(
        ("cornerRadius", "cornerRadiusEnd", "cornerRadiusTopLeft", "cornerRadiusTopRight", "cornerRadiusBottomLeft",
         "cornerRadiusBottomRight", "innerRadius", "outerRadius", "radius", "bandSize", "limit", "lineHeight"), PIXELS,
    ),
    **dict.fromkeys(("dx", "dy", "xOffset", "yOffset", "radiusOffset", "thetaOffset"), OFFSET),
    **dict.fromkeys(("width", "height"), either(PIXELS, keys(band=SHARE))),
    "strokeDash": DASH,
    "strokeCap": word("butt", "round", "square"),
    "strokeJoin": word("miter", "round", "bevel"),
    "size": number(0, 5000),
    "shape": word("circle", "square", "cross", "diamond", "triangle-up", "triangle-down", "triangle-right",
                  "triangle-left", "stroke", "arrow", "wedge", "triangle"),
    "interpolate": word("linear", "monotone", "step", "step-before", "step-after", "basis", "cardinal", "natural"),
    "orient": word("horizontal", "vertical"),
    "binSpacing": number(0, 30),
    "angle": ANGLE,
    "align": word("left", "center", "right"),
    "baseline": word("top", "middle", "bottom", "alphabetic"),
    "fontSize": TYPE,
    "fontWeight": WEIGHT,
    "fontStyle": word("normal", "italic"),
    "extent": either(number(0, 10), word("min-max")),
    "invalid": either(word("filter", "break-paths-show-domains", "break-paths-filter-domains"), NULL),
}  # fmt: skip
PART = either(FLAG, keys(**MARK_KEYS))
MARK_KEYS |= {
    "line": PART,
    "point": either(FLAG, word("transparent"), keys(**MARK_KEYS)),
    **dict.fromkeys(("box", "median", "rule", "outliers"), PART),
    "ticks": PART,
}


def mark_type() -> Type:
    """The name of a mark, or an object with it."""
    named = word(*MARKS)

    def check(value: Any, path: str) -> str:
        if value in ("image", "geoshape"):
            raise Refused("chart_spec.address" if value == "image" else "chart_spec.own_data", path, what=value)
        return str(named(value, path))

    name = Type(frozenset({"text"}), named.says, check)
    return either(name, Keys({"type": name, **MARK_KEYS}, ("type",)).type())


SCHEMES = (
    "accent", "category10", "dark2", "observable10", "paired", "pastel1", "pastel2", "set1", "set2", "set3",
    "tableau10", "tableau20", "blues", "greens", "greys", "oranges", "purples", "reds", "teals", "browns", "warmgreys",
    "viridis", "magma", "inferno", "plasma", "cividis", "turbo", "bluegreen", "bluepurple", "greenblue", "orangered",
    "purpleblue", "purplered", "redpurple", "yellowgreen", "yellowgreenblue", "yelloworangered", "goldgreen", "goldred",
    "lighttealblue", "blueorange", "brownbluegreen", "pinkyellowgreen", "purplegreen", "purpleorange", "redblue",
    "redgrey", "redyellowblue", "redyellowgreen", "spectral",
)  # fmt: skip


def scale(range_: Type) -> Type:
    """How values become places, colours, sizes; `range_` is one of what they become."""
    return either(
        NULL,
        keys(
            type=word("linear", "log", "pow", "sqrt", "symlog", "time", "ordinal", "band", "point"),
            domain=VALUES,
            range=either(several(range_, 50), word("category", "diverging", "heatmap", "ordinal", "ramp")),
            scheme=word(*SCHEMES),
            exponent=number(0.1, 5),
            constant=number(0.001, 1e6),
            **dict.fromkeys(("zero", "nice", "clamp", "reverse", "round"), FLAG),
            **dict.fromkeys(("domainMin", "domainMax", "domainMid", "rangeMin", "rangeMax"), ANY),
            **dict.fromkeys(("padding", "paddingInner", "paddingOuter"), number(0, 10)),
            align=SHARE,
        ),
    )


SCALE = scale(ANY)
#: What axes, legends and headings of small charts have in common.
LABELS: dict[str, Type] = {
    "title": TITLE,
    "format": FORMAT,
    "formatType": word("number", "time"),
    "labels": FLAG,
    **dict.fromkeys(("labelColor", "titleColor"), PAINT),
    **dict.fromkeys(("labelFontSize", "titleFontSize"), TYPE),
    **dict.fromkeys(("labelFontWeight", "titleFontWeight"), WEIGHT),
    **dict.fromkeys(("labelLimit", "titleLimit", "labelPadding", "titlePadding"), PIXELS),
    **dict.fromkeys(("labelAlign", "titleAlign"), word("left", "center", "right")),
    "titleAnchor": word("start", "middle", "end"),
    "labelAngle": ANGLE,
    "offset": OFFSET,
}
AXIS_KEYS: dict[str, Type] = LABELS | {
    "orient": word("top", "bottom", "left", "right"),
    **dict.fromkeys(("grid", "ticks", "domain", "labelFlush"), FLAG),
    "labelOverlap": either(FLAG, word("parity", "greedy")),
    "labelBaseline": word("top", "middle", "bottom", "alphabetic", "line-top", "line-bottom"),
    "titleAngle": ANGLE,
    "tickCount": number(0, 40, whole=True),
    "tickMinStep": number(1e-6, 1e9),
    "tickSize": number(0, 50),
    "values": VALUES,
    **dict.fromkeys(("gridColor", "domainColor", "tickColor"), PAINT),
    **dict.fromkeys(("gridWidth", "domainWidth", "tickWidth"), number(0, 10)),
    **dict.fromkeys(("gridOpacity", "domainOpacity"), SHARE),
    "gridDash": DASH,
    **dict.fromkeys(("minExtent", "maxExtent"), PIXELS),
    "zindex": number(0, 1, whole=True),
}
LEGEND_KEYS: dict[str, Type] = LABELS | {
    "orient": word("left", "right", "top", "bottom", "top-left", "top-right", "bottom-left", "bottom-right", "none"),
    "direction": word("horizontal", "vertical"),
    "columns": number(0, 20, whole=True),
    "values": VALUES,
    "tickCount": number(0, 40, whole=True),
    "symbolType": MARK_KEYS["shape"],
    "symbolSize": number(0, 5000),
    **dict.fromkeys(("gradientLength", "gradientThickness", "rowPadding", "columnPadding"), number(0, 400)),
}
#: Legends have all of it but these.
for _name in ("labelAngle", "titleAngle", "labels", "labelPadding", "titleAlign"):
    LEGEND_KEYS.pop(_name, None)
HEADER_KEYS: dict[str, Type] = {name: kind for name, kind in LABELS.items() if name != "offset"} | {
    "orient": word("top", "bottom", "left", "right")
}
AXIS, LEGEND = either(NULL, keys(**AXIS_KEYS)), either(NULL, keys(**LEGEND_KEYS))
