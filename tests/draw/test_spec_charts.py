"""Charts of specs: true Vega-Lite and nothing beyond it, drawn with Chinese text, in the house's look."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import altair as alt
import pytest
import vl_convert

from dashboard.core import chart_grammar, chart_style
from dashboard.core.chart_spec import parse
from dashboard.core.chart_types import Refused, Type
from dashboard.core.frames import Frame
from dashboard.draw.charts import PALETTE
from dashboard.draw.notebook_charts import chart
from dashboard.draw.spec_charts import HEIGHT, NONE, Drawn, drawn
from dashboard.formats.chart_pictures import svg
from dashboard.ui.chart_words import words
from tests.specs import FRAME, SPECS
from tests.specs import words as typed


def made(spec: dict[str, Any], frame: Frame = FRAME, language: str = "zh") -> Drawn:
    return drawn(parse(json.dumps(spec)), frame, words(language))


@cache
def schema() -> dict[str, Any]:
    """Vega-Lite's own."""
    file = Path(alt.__file__).parent / "vegalite/v6/schema/vega-lite-schema.json"
    definitions: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))["definitions"]
    return definitions


def properties(part: dict[str, Any], seen: frozenset[str] = frozenset()) -> set[str]:
    found = set(part.get("properties", {}))
    if "$ref" in part and (name := part["$ref"].split("/")[-1]) not in seen:
        found |= properties(schema()[name], seen | {name})
    for one in (*part.get("anyOf", ()), *part.get("allOf", ())):
        found |= properties(one, seen)
    return found


ALLOWED: dict[str, tuple[Type, dict[str, Any]]] = {
    **{name: (kind, {"$ref": f"/FacetedEncoding#{name}"}) for name, kind in chart_grammar.ENCODING.items()},
    "mark": (chart_style.mark_type(), {"anyOf": [{"$ref": "/MarkDef"}, {"$ref": "/BoxPlotDef"}]}),
    "axis": (chart_style.AXIS, {"$ref": "/Axis"}),
    "legend": (chart_style.LEGEND, {"$ref": "/Legend"}),
    "scale": (chart_style.SCALE, {"$ref": "/Scale"}),
    "config": (chart_grammar.CONFIG, {"$ref": "/Config"}),
    "aggregate": (chart_grammar.TRANSFORMS["aggregate"], {"$ref": "/AggregateTransform"}),
    "joinaggregate": (chart_grammar.TRANSFORMS["joinaggregate"], {"$ref": "/JoinAggregateTransform"}),
    "window": (chart_grammar.TRANSFORMS["window"], {"$ref": "/WindowTransform"}),
    "bin": (chart_grammar.TRANSFORMS["bin"], {"$ref": "/BinTransform"}),
    "timeUnit": (chart_grammar.TRANSFORMS["timeUnit"], {"$ref": "/TimeUnitTransform"}),
    "single": (chart_grammar.SINGLE, {"$ref": "/TopLevelUnitSpec"}),
    "layered": (chart_grammar.LAYERED, {"$ref": "/TopLevelLayerSpec"}),
}


@pytest.mark.parametrize("name", ALLOWED)
def test_what_is_allowed_is_a_part_of_vega_lite(name: str) -> None:
    kind, place = ALLOWED[name]
    if "#" in place.get("$ref", ""):
        place = schema()["FacetedEncoding"]["properties"][name]
    assert kind.keys and kind.keys <= properties(place)


@pytest.mark.parametrize("name", SPECS)
def test_an_honest_spec_is_drawn(name: str) -> None:
    whole = made(SPECS[name]).whole
    alt.Chart.from_dict(whole)
    picture = svg(whole, width=440, height=260)
    # No name of ours, no value that isn't there, and Chinese as it is.
    assert not [one for one in ("undefined", "NaN", ">null<", ">c0<") if one in picture]
    assert any(one in picture for one in ("浞水镇", "助老", "share", "行数"))


def test_only_columns_that_are_named_are_handed_on_under_names_of_ours() -> None:
    own = made(SPECS["points"])
    assert list(own.rows.columns) == ["c0", "c1", "c2", "c3"]
    assert "a.b" not in json.dumps(own.spec["encoding"]["y"]["field"])
    assert own.spec["encoding"]["y"]["title"] == "a.b['c']"
    assert len(own.whole["data"]["values"]) == len(FRAME.rows)


def test_titles_types_and_days_are_in_the_reader_s_language_unless_the_spec_says() -> None:
    spec = {
        "mark": "line",
        "encoding": {
            "x": {"field": "month", "timeUnit": "yearmonth"},
            "y": {"field": "n", "aggregate": "sum"},
            "color": {"field": "town", "title": "镇"},
        },
    }
    chinese, english = (made(spec, language=language).spec["encoding"] for language in ("zh", "en"))
    assert (chinese["y"]["title"], english["y"]["title"]) == ("n（合计）", "n, sum")
    assert (chinese["x"]["axis"]["format"], english["x"]["axis"]["format"]) == ("%Y年%-m月", "%b %Y")
    assert chinese["color"] == {"field": "c2", "title": "镇", "type": "nominal", "sort": None}
    picture = svg(made(spec).whole, width=600, height=200)
    assert "2026年1月" in picture and "2026年4月" in picture


def test_the_house_s_look_is_beneath_the_spec_s_own() -> None:
    bare, own = made(SPECS["bars"]).spec, made(SPECS["small"]).spec
    assert bare["config"]["range"]["category"] == PALETTE and bare["height"] == HEIGHT
    assert own["config"]["bar"] == {"color": "seagreen"} and own["config"]["axis"]["grid"] is False
    assert own["config"]["axis"]["labelFontSize"] == 12 and own["config"]["range"]["category"] == PALETTE


def test_a_picture_of_small_charts_has_the_size_asked_for() -> None:
    head = svg(made(SPECS["small"]).whole, width=600, height=240).split(">")[0]
    wide, high = (float(head.split(f' {name}="')[1].split('"')[0]) for name in ("width", "height"))
    assert abs(wide - 600) < 8 and abs(high - 240) < 8


def test_words_that_are_missing_are_a_dash_and_can_be_asked_for() -> None:
    frame = Frame(("town", "n"), ((None, 1), ("浞水镇", 2)))
    spec = {"mark": "bar", "encoding": {"x": {"field": "town"}, "y": {"field": "n"}}}
    assert list(made(spec, frame).rows["c0"]) == [NONE, "浞水镇"]
    asked = {**spec, "transform": [{"filter": {"field": "town", "valid": True}}]}
    assert NONE not in svg(made(asked, frame).whole, width=300, height=200)


def test_rows_stand_as_they_came_and_days_are_those_of_the_wall() -> None:
    frame = Frame(("town", "at", "n"), (("b", "2026-11-05T23:30:00+08:00", 1), ("a", "2026-03", 2), ("c", 2025, None)))
    spec = {
        "mark": "bar",
        "encoding": {"x": {"field": "at", "type": "temporal"}, "y": {"field": "n"}, "color": {"field": "town"}},
    }
    own = made(spec, frame)
    assert own.spec["encoding"]["color"]["sort"] is None
    assert [one["c0"] for one in own.whole["data"]["values"]] == [
        "2026-11-05T23:30:00",
        "2026-03-01T00:00:00",
        "2025-01-01T00:00:00",
    ]
    assert [one["c1"] for one in own.whole["data"]["values"]] == [1, 2, None]


def test_the_examples_are_typed_as_json() -> None:
    assert json.loads(typed("bars")) == SPECS["bars"]


#: Would stand in an expression where quotation marks are masked and backslashes aren't; and where nothing is.
BREAKING, BARE = 'a\\" + INJ + \\"', "INJ"
HOSTILE: dict[str, dict[str, Any]] = {
    "titles": {
        "mark": "bar",
        "encoding": {
            "x": {"field": "town", "title": BREAKING},
            "y": {"field": "n", "axis": {"title": [BREAKING, "b\nc"]}},
            "color": {"field": "n", "legend": {"title": BREAKING}},
            "tooltip": [{"field": "n", "title": BREAKING}],
        },
    },
    "what is made": {
        "mark": "bar",
        "transform": [{"aggregate": [{"op": "sum", "field": "n", "as": BREAKING}], "groupby": ["town"]}],
        "encoding": {"x": {"field": BREAKING}, "y": {"field": "town"}},
    },
    "constants": {
        "mark": "bar",
        "description": BREAKING,
        "title": {"text": BREAKING, "subtitle": BREAKING},
        "transform": [{"filter": {"or": [{"field": "town", "oneOf": [BREAKING]}, {"field": "town", "equal": BARE}]}}],
        "encoding": {
            "x": {"field": "town", "sort": [BREAKING], "scale": {"domain": [BREAKING]}, "axis": {"values": [BARE]}},
            "y": {"datum": BREAKING},
            "color": {"condition": {"test": {"field": "town", "equal": BREAKING}, "value": "red"}, "value": "blue"},
            "text": {"value": BREAKING},
        },
    },
    "days": {"mark": "rule", "encoding": {"x": {"datum": BARE, "type": "temporal"}, "x2": {"datum": BREAKING}}},
    "boxes": {"mark": "boxplot", "encoding": {"x": {"field": "town"}, "y": {"field": "n", "title": BREAKING}}},
    "small": {
        "mark": "bar",
        "encoding": {"row": {"field": "town", "header": {"title": BREAKING}, "sort": [BREAKING]}, "x": {"field": "n"}},
    },
}
#: Text of Vega's own language.
QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"' + r"|'(?:[^'\\]|\\.)*'")


def expressions(part: Any) -> Iterator[str]:
    """Every text that says more than the hostile words themselves."""
    if isinstance(part, str) and part not in (BREAKING, BARE):
        yield part
    for one in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from expressions(one)


@pytest.mark.parametrize("name", HOSTILE)
def test_no_words_become_an_expression(name: str) -> None:
    compiled = vl_convert.vegalite_to_vega(json.dumps(made(HOSTILE[name]).whole))
    said = [one.replace(BREAKING.replace("\\", "\uff3c"), "") for one in expressions(compiled)]
    assert not [one for one in said if "INJ" in QUOTED.sub("", one)]


def test_names_of_columns_that_are_picked_become_no_expression_either() -> None:
    frame = Frame(("town", BREAKING), (("a", 1), ("b", 2)))
    compiled = vl_convert.vegalite_to_vega(chart(frame, "bars", "town", BREAKING, BREAKING).to_json())
    said = [one.replace(BREAKING.replace("\\", "\uff3c"), "") for one in expressions(compiled)]
    assert not [one for one in said if "INJ" in QUOTED.sub("", one)]


TIMED = {"field": "day", "timeUnit": "hours"}


@pytest.mark.parametrize(
    "spec",
    [
        {"mark": "bar", "transform": [{"filter": {**TIMED, "equal": BARE}}], "encoding": {}},
        {"mark": "bar", "transform": [{"filter": {"not": {**TIMED, "oneOf": [1, BARE]}}}], "encoding": {}},
        {"mark": "bar", "encoding": {"x": {**TIMED, "type": "ordinal", "sort": [BARE]}}},
        {"mark": "bar", "encoding": {"x": {**TIMED, "scale": {"domain": [BARE]}}}},
        {"mark": "bar", "encoding": {"x": {**TIMED, "axis": {"values": [BARE]}}}},
        {"mark": "bar", "encoding": {"color": {**TIMED, "legend": {"values": [BARE]}}}},
        {"mark": "rule", "encoding": {"x": {"datum": BARE, "timeUnit": "hours", "type": "temporal"}}},
        {"mark": "rule", "encoding": {"x": TIMED, "x2": {"datum": BARE}}},
        {"layer": [{"mark": "bar", "encoding": {"x": {"axis": {"values": [BARE]}}}}], "encoding": {"x": TIMED}},
        {"mark": "bar", "encoding": {"color": {"condition": {"test": {**TIMED, "lt": BARE}, "value": "red"}}}},
    ],
)
def test_words_beside_a_unit_of_time_would_become_an_expression_and_are_refused(spec: dict[str, Any]) -> None:
    with pytest.raises(Refused) as found:
        parse(json.dumps(spec))
    assert found.value.key == "chart_spec.timed"


def test_numbers_and_days_beside_a_unit_of_time_are_drawn() -> None:
    spec = {
        "mark": "bar",
        "transform": [{"filter": {"field": "day", "timeUnit": "yearmonth", "gte": {"year": 2026, "month": 3}}}],
        "encoding": {"x": {"field": "month", "timeUnit": "month", "axis": {"values": [3, 4]}}, "y": {"field": "n"}},
    }
    picture = svg(made(spec).whole, width=300, height=200)
    assert ">4月<" in picture and ">1月<" not in picture
