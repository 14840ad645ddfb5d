"""What may stand in a chart's spec: the part of Vega-Lite that draws given rows, and nothing that fetches or runs.

A list of what is allowed (docs/adr/0021): a key that isn't here is refused, whatever a later Vega-Lite makes of it.
"""

from typing import Any

from dashboard.core.chart_style import (
    ANY,
    AXIS,
    AXIS_KEYS,
    BIN,
    COLOUR,
    CONSTANT,
    DASH,
    DATE,
    FORMAT,
    HEADER_KEYS,
    LEGEND,
    LEGEND_KEYS,
    MARK_KEYS,
    MARKS,
    MOST_VALUES,
    OFFSET,
    PAINT,
    SCALE,
    SHARE,
    TITLE,
    TYPE,
    TYPES,
    UNIT,
    VALUE,
    WEIGHT,
    mark_type,
    scale,
)
from dashboard.core.chart_types import (
    FIELD,
    FLAG,
    MADE,
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

#: Ways to sum several rows up. `COUNTING` count rows themselves.
COUNTING = ("count", "distinct", "valid", "missing")
SUMMING = ("sum", "mean", "average", "median", "min", "max", "q1", "q3", "stdev", "variance")
#: What a window gives each row. Those of `COUNTING` and these number rows.
NUMBERING = ("row_number", "rank", "dense_rank")
WINDOW = (*NUMBERING, "lag", "lead", "first_value", "last_value")
#: More layers, facets' rows, or transforms are no chart anybody can read.
MOST_LAYERS, MOST_TRANSFORMS = 6, 12

_CHANNELS = tuple(sign + name for name in ("x", "y", "color", "size", "shape", "opacity") for sign in ("", "-"))
_ORDER = either(word("ascending", "descending"), NULL)
_SORT = either(
    NULL,
    word("ascending", "descending", *_CHANNELS),
    several(VALUE, MOST_VALUES),
    keys(field=FIELD, op=word(*COUNTING, *SUMMING), encoding=word("x", "y", "color", "size"), order=_ORDER),
)
_STACK = either(NULL, FLAG, word("zero", "normalize", "center"))

_FIELD_KEYS: dict[str, Type] = {
    "field": FIELD,
    "type": TYPES,
    "aggregate": word(*COUNTING, *SUMMING),
    "bin": BIN,
    "timeUnit": UNIT,
    "title": TITLE,
}


def _summed(clean: dict[str, Any], path: str) -> None:
    """Only a count needs no column."""
    if "aggregate" in clean and clean["aggregate"] != "count" and "field" not in clean:
        raise Refused("chart_spec.needs", path, what="field")


#: A test on a row, as an object.
PREDICATE = Keys()
_TEST = PREDICATE.type()


def _test_type() -> Type:
    """A test; text would be an expression."""

    def check(value: Any, path: str) -> Any:
        if isinstance(value, str):
            raise Refused("chart_spec.expression", path, what=path.rsplit(".", 1)[-1])
        return _TEST(value, path)

    return Type(frozenset({"object", "text"}), '{"field": "…", "gte": 5}', check)


TEST = _test_type()


def _tested(clean: dict[str, Any], path: str) -> None:
    if "field" in clean:
        told = [name for name in clean if name not in ("field", "timeUnit")]
        if len(told) != 1 or told[0] in ("and", "or", "not"):
            raise Refused("chart_spec.test", path)
    elif len(clean) != 1 or "timeUnit" in clean or not {"and", "or", "not"} & set(clean):
        raise Refused("chart_spec.test", path)


PREDICATE.also = _tested
PREDICATE.kinds = {
    "field": FIELD,
    "timeUnit": UNIT,
    **dict.fromkeys(("equal", "lt", "lte", "gt", "gte"), VALUE),
    "range": several(either(ANY, DATE, NULL), 2, 2),
    "oneOf": several(CONSTANT, MOST_VALUES),
    "valid": FLAG,
    **dict.fromkeys(("and", "or"), several(TEST, 10)),
    "not": TEST,
}


def _channel(value: Type | None = None, *, at: Type | None = None, **more: Type) -> Type:
    """An encoding channel: a column, else one `value` for all, with conditions; or one place `at`."""
    kinds = _FIELD_KEYS | {"datum": VALUE} | more | ({} if at is None else {"value": at})
    if value is not None:
        told = {name: kind for name, kind in kinds.items() if name not in ("datum",)} | {"value": value}
        condition = Keys({**told, "test": TEST}, ("test",), _summed).type()
        kinds |= {"value": value, "condition": either(condition, several(condition, 10))}
    return Keys(kinds, also=_summed).type()


_POSITION = {"sort": _SORT, "stack": _STACK, "scale": SCALE, "bandPosition": SHARE}
_AT = either(ANY, word("width", "height"))


def _shown(value: Type, range_: Type = ANY) -> Type:
    """A channel with a legend."""
    return _channel(value, sort=_SORT, scale=scale(range_), legend=LEGEND)


_WRITTEN = {"format": FORMAT, "formatType": word("number", "time")}
_TIP = Keys({**_FIELD_KEYS, **_WRITTEN, "value": words()}, also=_summed).type()
_DETAIL = Keys(dict(_FIELD_KEYS), also=_summed).type()
_SEQUENCE = Keys({**_FIELD_KEYS, "sort": _ORDER}, also=_summed).type()
#: Small charts side by side, one a value of a column.
_SMALL = keys(
    ("field",),
    field=FIELD,
    type=word("nominal", "ordinal"),
    title=TITLE,
    sort=either(_ORDER, several(CONSTANT, MOST_VALUES)),
    header=either(NULL, keys(**HEADER_KEYS)),
)
FACETS = ("row", "column")
#: The other end of a bar or rule; its type is that of the first.
_ENDED = {name: kind for name, kind in _FIELD_KEYS.items() if name not in ("type", "bin")}
_END = Keys({**_ENDED, "datum": VALUE, "value": _AT, "bandPosition": SHARE}, also=_summed).type()
ENCODING: dict[str, Type] = {
    **dict.fromkeys(("x", "y"), _channel(**_POSITION, axis=AXIS, at=_AT)),
    **dict.fromkeys(("x2", "y2"), _END),
    **dict.fromkeys(("xOffset", "yOffset"), _channel(sort=_SORT, scale=SCALE, bandPosition=SHARE)),
    **dict.fromkeys(("theta", "radius"), _channel(sort=_SORT, stack=_STACK, scale=SCALE)),
    **dict.fromkeys(("color", "fill", "stroke"), _shown(PAINT, COLOUR)),
    **dict.fromkeys(("opacity", "fillOpacity", "strokeOpacity"), _shown(SHARE)),
    "strokeWidth": _shown(number(0, 30)),
    "strokeDash": _shown(DASH, DASH),
    "size": _shown(number(0, 5000)),
    "shape": _shown(MARK_KEYS["shape"], MARK_KEYS["shape"]),
    "text": _channel(either(words(), ANY), **_WRITTEN),
    "tooltip": either(NULL, _TIP, several(_TIP, 20)),
    "detail": either(_DETAIL, several(_DETAIL, 5)),
    "order": either(_SEQUENCE, several(_SEQUENCE, 5)),
}  # fmt: skip

_GROUPS = several(FIELD, 10)
_SORTED = several(keys(("field",), field=FIELD, order=_ORDER), 5)
_SUM = Keys({"op": word(*COUNTING, *SUMMING), "field": FIELD, "as": MADE}, ("op", "as")).type()
_WINDOWED = Keys(
    {"op": word(*COUNTING, *SUMMING, *WINDOW), "field": FIELD, "param": number(1, 100, whole=True), "as": MADE},
    ("op", "as"),
).type()
_BOUND = either(NULL, number(-1000, 1000, whole=True))
#: Each transform by the key that names it.
TRANSFORMS: dict[str, Type] = {
    "filter": Keys({"filter": TEST}, ("filter",)).type(),
    "aggregate": keys(("aggregate",), aggregate=several(_SUM, 20), groupby=_GROUPS),
    "joinaggregate": keys(("joinaggregate",), joinaggregate=several(_SUM, 20), groupby=_GROUPS),
    "window": keys(
        ("window",), window=several(_WINDOWED, 20), groupby=_GROUPS, sort=_SORTED, frame=several(_BOUND, 2, 2),
        ignorePeers=FLAG,
    ),
    "bin": Keys({"bin": BIN, "field": FIELD, "as": either(MADE, several(MADE, 2, 2))}, ("bin", "field", "as")).type(),
    "timeUnit": Keys({"timeUnit": UNIT, "field": FIELD, "as": MADE}, ("timeUnit", "field", "as")).type(),
}  # fmt: skip


def _transform(value: Any, path: str) -> dict[str, Any]:
    kind = next((name for name in TRANSFORMS if name in value), None)
    if kind is None:
        named = Keys(dict.fromkeys(TRANSFORMS, FLAG)).type()
        named(dict.fromkeys(value, True), path)
        raise Refused("chart_spec.needs", path, what=" | ".join(TRANSFORMS))
    clean: dict[str, Any] = TRANSFORMS[kind](value, path)
    return clean


#: What only a mark itself has, no style of all marks of a kind.
_OWN = (
    "line", "point", "box", "median", "rule", "outliers", "ticks", "clip", "extent", "thickness", "bandSize", "xOffset",
    "yOffset", "radiusOffset", "thetaOffset",
)  # fmt: skip
_STYLES = keys(**{name: kind for name, kind in MARK_KEYS.items() if name not in _OWN})
_ONE = ("format", "formatType", "values")
_LEGENDS = {name: kind for name, kind in LEGEND_KEYS.items() if name not in _ONE}
_AXES = {name: kind for name, kind in AXIS_KEYS.items() if name not in _ONE}
CONFIG = keys(
    **dict.fromkeys(("axis", "axisX", "axisY", "axisQuantitative", "axisTemporal", "axisBand"), keys(**_AXES)),
    legend=keys(**_LEGENDS),
    view=keys(stroke=PAINT, fill=PAINT, strokeWidth=number(0, 10)),
    **dict.fromkeys(("mark", *(one for one in MARKS if one != "boxplot")), _STYLES),
)  # fmt: skip
_HEADING = either(
    words(),
    several(words(), 4),
    keys(
        ("text",),
        text=either(words(), several(words(), 4)),
        subtitle=either(words(), several(words(), 4)),
        anchor=word("start", "middle", "end"),
        **dict.fromkeys(("color", "subtitleColor"), PAINT),
        **dict.fromkeys(("fontSize", "subtitleFontSize"), TYPE),
        fontWeight=WEIGHT,
        offset=OFFSET,
    ),
)
_TRANSFORM = several(Type(frozenset({"object"}), "{…}", _transform), MOST_TRANSFORMS, 0)
_VIEW: dict[str, Type] = {"mark": mark_type(), "transform": _TRANSFORM, "description": words(500)}
_LAYER = keys(("mark",), **_VIEW, encoding=keys(**ENCODING))
_TOP: dict[str, Type] = {
    "$schema": pattern(
        r"https?://vega\.github\.io/schema/vega-lite/v[56](?:\.\d+){0,2}\.json", "", "chart_spec.schema"
    ),
    "title": _HEADING,
    "height": number(80, 1200),
    "config": CONFIG,
    **_VIEW,
}
#: One view, or layers over one another. Small charts side by side are of one view.
SINGLE = keys(("mark", "encoding"), **_TOP, encoding=keys(**ENCODING, **dict.fromkeys(FACETS, _SMALL)))
LAYERED = keys(
    ("layer",),
    **{name: kind for name, kind in _TOP.items() if name != "mark"},
    encoding=keys(**ENCODING),
    layer=several(_LAYER, MOST_LAYERS),
)
