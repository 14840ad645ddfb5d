"""Charts of specs: true Vega-Lite and nothing beyond it, drawn with Chinese text, in the house's look."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import altair as alt
import pytest

from dashboard.core import chart_grammar, chart_style
from dashboard.core.chart_spec import parse
from dashboard.core.chart_types import Type
from dashboard.core.frames import Frame
from dashboard.draw.charts import PALETTE
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
