"""A chart's spec of one's own: what is refused and where, what is allowed, which columns it reads."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.core.chart_grammar import ENCODING
from dashboard.core.chart_rows import MOST_ROWS, MOST_SMALL, fits, is_day
from dashboard.core.chart_spec import DEEPEST, against, parse, pretty, tidy
from dashboard.core.chart_types import NEVER, Refused
from dashboard.core.errors import Invalid
from dashboard.core.frames import Frame
from dashboard.core.notebook import cells_of
from dashboard.text import text
from tests.specs import COLUMNS, SPECS

X, Y = {"field": "town"}, {"field": "n", "type": "quantitative"}


def bar(**more: Any) -> dict[str, Any]:
    return {"mark": "bar", "encoding": {"x": X, "y": Y}} | more


def with_x(**more: Any) -> dict[str, Any]:
    return {"mark": "bar", "encoding": {"x": X | more, "y": Y}}


def with_channel(name: str, value: Any) -> dict[str, Any]:
    return {"mark": "bar", "encoding": {"x": X, "y": Y, name: value}}


def refused(spec: Any) -> Refused:
    with pytest.raises(Refused) as found:
        parse(spec if isinstance(spec, str) else json.dumps(spec))
    return found.value


#: What is refused, where, and by which sentence.
REFUSED: list[tuple[Any, str, str]] = [
    # Rows, files and pictures from elsewhere.
    (bar(data={"url": "https://example.org/a.csv"}), "data", "own_data"),
    (bar(data={"values": [{"town": "a", "n": 1}]}), "data", "own_data"),
    (bar(data={"name": "other"}), "data", "own_data"),
    (bar(data={"sequence": {"start": 0, "stop": 1e9}}), "data", "own_data"),
    (bar(datasets={"other": [{"n": 1}]}), "datasets", "own_data"),
    ({"layer": [bar(data={"url": "/etc/passwd"})]}, "layer[0].data", "own_data"),
    (
        bar(transform=[{"lookup": "town", "from": {"data": {"url": "a.csv"}, "key": "k"}}]),
        "transform[0].lookup",
        "own_data",
    ),
    (bar(mark="image"), "mark", "address"),
    (bar(mark={"type": "image", "url": "a.png"}), "mark.type", "address"),
    (bar(mark={"type": "bar", "href": "javascript:alert(1)"}), "mark.href", "address"),
    (bar(mark="geoshape"), "mark", "own_data"),
    (bar(projection={"type": "mercator"}), "projection", "own_data"),
    (with_channel("href", {"field": "town"}), "encoding.href", "address"),
    (with_channel("url", {"value": "https://example.org/a.png"}), "encoding.url", "address"),
    (with_channel("color", {"value": "url(https://example.org/a.svg#b)"}), "encoding.color.value", "wrong"),
    (with_x(scale={"range": ["url(#a)"]}), "encoding.x.scale.range[0]", "wrong"),
    (with_channel("color", X | {"scale": {"range": ["url(//a)"]}}), "encoding.color.scale.range[0]", "wrong"),
    (with_channel("shape", {"value": "M0,0L1e9,1e9Z"}), "encoding.shape.value", "wrong"),
    (bar(mark={"type": "bar", "fill": {"gradient": "linear", "stops": []}}), "mark.fill", "wrong"),
    (bar(mark={"type": "bar", "cursor": "url(a.cur), auto"}), "mark.cursor", "key"),
    # Expressions, by every way in.
    (bar(transform=[{"filter": "datum.n > 5"}]), "transform[0].filter", "expression"),
    (bar(transform=[{"filter": {"not": "datum.n > 5"}}]), "transform[0].filter.not", "expression"),
    (bar(transform=[{"filter": {"and": [{"field": "n", "gt": 1}, "1"]}}]), "transform[0].filter.and[1]", "expression"),
    (bar(transform=[{"calculate": "1", "as": "one"}]), "transform[0].calculate", "expression"),
    (with_x(axis={"labelExpr": "datum.label"}), "encoding.x.axis.labelExpr", "expression"),
    (bar(mark={"type": "bar", "opacity": {"expr": "1"}}), "mark.opacity", "wrong"),
    (bar(height={"signal": "1"}), "height", "wrong"),
    (bar(title={"text": {"expr": "now()"}}), "title.text", "wrong"),
    (with_x(datum={"expr": "now()"}), "encoding.x.datum.expr", "expression"),
    (
        with_x(axis={"labelColor": {"condition": {"test": "true", "value": "red"}, "value": "blue"}}),
        "encoding.x.axis.labelColor",
        "wrong",
    ),
    (
        with_channel("color", {"condition": {"test": "datum.n > 5", "value": "red"}}),
        "encoding.color.condition.test",
        "expression",
    ),
    (with_channel("text", X | {"format": "x", "formatType": "mine"}), "encoding.text.formatType", "wrong"),
    (with_x(scale={"domain": {"param": "brush"}}), "encoding.x.scale.domain", "wrong"),
    (bar(config={"signals": [{"name": "a", "update": "1"}]}), "config.signals", "key"),
    (bar(config={"axis": {"labelExpr": "1"}}), "config.axis.labelExpr", "expression"),
    (bar(config={"style": {"bar": {"href": "a"}}}), "config.style", "key"),
    (bar(config={"bar": {"href": "a"}}), "config.bar.href", "address"),
    (bar(config={"range": {"category": {"scheme": "x"}}}), "config.range", "key"),
    (bar(config={"locale": {"number": {}}}), "config.locale", "key"),
    # What is picked in a chart, set up around it, joined to it.
    (bar(params=[{"name": "p", "bind": {"element": "#password"}}]), "params", "params"),
    (with_channel("color", {"condition": {"param": "p", "value": "red"}}), "encoding.color.condition.param", "params"),
    (bar(transform=[{"filter": {"param": "p"}}]), "transform[0].filter.param", "params"),
    (bar(usermeta={"embedOptions": {"loader": {"target": "_top"}}}), "usermeta", "settings"),
    (bar(autosize="none"), "autosize", "size"),
    (bar(width=10**6), "width", "size"),
    (bar(padding=10**6), "padding", "size"),
    (bar(config={"font": "Comic Sans"}), "config.font", "font"),
    ({"hconcat": [bar()]}, "hconcat", "concat"),
    ({"repeat": ["n"], "spec": bar()}, "repeat", "concat"),
    ({"facet": X, "spec": bar()}, "facet", "concat"),
    (bar(**{"$schema": "https://vega.github.io/schema/vega-lite/v4.json"}), "$schema", "schema"),
    (bar(**{"$schema": "https://vega.github.io/schema/vega/v6.json"}), "$schema", "schema"),
    (bar(**{"$schema": "https://example.org/vega-lite/v6.json"}), "$schema", "schema"),
    # What would never end, or be read by nobody.
    (bar(height=10**9), "height", "wrong"),
    (with_x(axis={"tickCount": 10**6}), "encoding.x.axis.tickCount", "wrong"),
    (with_x(bin={"step": 1e-9}), "encoding.x.bin.step", "key"),
    (with_x(bin={"maxbins": 10**6}), "encoding.x.bin.maxbins", "wrong"),
    (with_x(scale={"type": "log", "base": 1.0000001}), "encoding.x.scale.base", "key"),
    (with_x(axis={"format": "999999999d"}), "encoding.x.axis.format", "wrong"),
    (with_x(axis={"labelFontSize": 6}), "encoding.x.axis.labelFontSize", "wrong"),
    (bar(transform=[{"impute": "n", "key": "a", "keyvals": {"start": 0, "stop": 1e9}}]), "transform[0].impute", "key"),
    (bar(transform=[{"density": "n", "steps": 1e9}]), "transform[0].density", "key"),
    (bar(transform=[{"sample": 5}]), "transform[0].sample", "key"),
    ({"layer": [bar()] * 7}, "layer", "too_many"),
    # Slips.
    (bar(mark="pie"), "mark", "wrong"),
    (bar(mark={"fill": "red"}), "mark", "needs"),
    ({"mark": "bar"}, "", "needs"),
    (bar(encodings={}), "encodings", "key"),
    (bar(mark={"type": "bar", "color": "steelbleu"}), "mark.color", "wrong"),
    ({"mark": "bar", "encoding": {"x": {"fild": "town"}}}, "encoding.x.fild", "key"),
    ({"mark": "bar", "encoding": {"y": {"aggregate": "sum"}}}, "encoding.y", "needs"),
    ({"mark": "bar", "encoding": {"y": {"aggregate": "total", "field": "n"}}}, "encoding.y.aggregate", "wrong"),
    (bar(transform=[{"filter": {"field": "n", "gt": 1, "lt": 5}}]), "transform[0].filter", "test"),
    (bar(transform=[{"filter": {"and": [], "or": []}}]), "transform[0].filter.and", "too_many"),
    ([bar()], "", "wrong"),
    ("12", "", "wrong"),
]


@pytest.mark.parametrize(("spec", "path", "key"), REFUSED)
def test_what_reaches_out_runs_or_is_a_slip_is_refused_at_its_place(spec: Any, path: str, key: str) -> None:
    error = refused(spec)
    assert (error.path, error.key) == (path, f"chart_spec.{key}")
    for language in ("zh", "en"):
        said = text(language, error.key, number=3, name="chart1", path=error.place, **error.values)
        assert "chart1" in said and error.place in said


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("{", "not_json"),
        ("", "not_json"),
        ('{"mark": "bar",}', "not_json"),
        ("{'mark': 'bar'}", "not_json"),
        ('{"mark": "bar", "mark": "line", "encoding": {}}', "key_twice"),
        ('{"mark": "bar", "encoding": {"x": {"field": "a", "field": "b"}}}', "key_twice"),
        ('{"mark": "bar", "height": NaN, "encoding": {}}', "no_number"),
        ('{"mark": "bar", "height": -Infinity, "encoding": {}}', "no_number"),
        ('{"mark": "bar", "height": 1e999, "encoding": {}}', "no_number"),
        ('{"mark": "bar", "height": ' + "9" * 5000 + "}", "no_number"),
        ("[" * 5000, "too_deep"),
        ('{"a":' * (DEEPEST + 1) + "1" + "}" * (DEEPEST + 1), "too_deep"),
        ("[" + "1," * 3000 + "1]", "too_large"),
        (" " * 20_001, "too_long"),
    ],
)
def test_text_that_is_no_strict_json_of_bounded_size_is_refused(words: str, key: str) -> None:
    assert refused(words).key == f"chart_spec.{key}"


def test_a_slip_in_json_is_told_by_line_and_character() -> None:
    assert refused('{\n  "mark": bar\n}').values == {"line": 2, "column": 11, "near": "bar"}


def objects(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        yield part
    for one in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from objects(one)


@pytest.mark.parametrize(
    "name",
    [
        "url",
        "href",
        "data",
        "datasets",
        "expr",
        "signal",
        "calculate",
        "labelExpr",
        "from",
        "params",
        "param",
        "bind",
        "usermeta",
        "lookup",
        "loader",
        "image",
        "font",
    ],
)
def test_what_is_never_allowed_is_refused_in_every_place_of_every_honest_spec(name: str) -> None:
    assert name in NEVER
    for spec in SPECS.values():
        for at in range(len(list(objects(spec)))):
            planted = json.loads(json.dumps(spec))
            list(objects(planted))[at][name] = "https://example.org/"
            refused(planted)


@pytest.mark.parametrize("name", SPECS)
def test_an_honest_spec_reads_columns_that_are_there(name: str) -> None:
    use = against(parse(json.dumps(SPECS[name])), COLUMNS)
    assert set(use.columns) <= set(COLUMNS) and use.columns


def test_only_columns_that_are_named_are_read() -> None:
    spec = bar(transform=[{"aggregate": [{"op": "sum", "field": "n", "as": "all"}], "groupby": ["town"]}])
    spec["encoding"] = {"x": X, "y": {"field": "all"}}
    assert set(against(parse(json.dumps(spec)), COLUMNS).columns) == {"town", "n"}


@pytest.mark.parametrize(
    ("spec", "path", "column"),
    [
        ({"mark": "bar", "encoding": {"x": {"field": "twon"}}}, "encoding.x.field", "twon"),
        (bar(transform=[{"filter": {"field": "gone", "valid": True}}]), "transform[0].filter.field", "gone"),
        (with_x(sort={"field": "gone"}), "encoding.x.sort.field", "gone"),
        (with_channel("tooltip", [X, {"field": "gone"}]), "encoding.tooltip[1].field", "gone"),
        (
            with_channel("color", {"condition": {"test": {"field": "gone", "gt": 1}, "value": "red"}}),
            "encoding.color.condition.test.field",
            "gone",
        ),
        (bar(transform=[{"aggregate": [{"op": "count", "as": "c"}], "groupby": ["town"]}]), "encoding.y.field", "n"),
        (
            bar(transform=[{"aggregate": [{"op": "count", "as": "c"}], "groupby": ["town", "gone"]}]),
            "transform[0].groupby[1]",
            "gone",
        ),
        (
            {"layer": [bar(), {"mark": "text", "encoding": {"text": {"field": "gone"}}}]},
            "layer[1].encoding.text.field",
            "gone",
        ),
        ({"layer": [{"mark": "bar"}], "encoding": {"x": {"field": "gone"}}}, "encoding.x.field", "gone"),
        (
            {
                "layer": [
                    bar(transform=[{"timeUnit": "year", "field": "day", "as": "y"}]),
                    bar(encoding={"x": {"field": "y"}}),
                ]
            },
            "layer[1].encoding.x.field",
            "y",
        ),
    ],
)
def test_a_column_that_is_not_there_is_named_with_its_place(spec: Any, path: str, column: str) -> None:
    with pytest.raises(Refused) as found:
        against(parse(json.dumps(spec)), COLUMNS)
    error = found.value
    assert (error.key, error.path, error.values["column"]) == ("chart_spec.no_column", path, column)


def test_the_nearest_columns_are_told_first() -> None:
    with pytest.raises(Refused) as found:
        against(parse(json.dumps({"mark": "bar", "encoding": {"x": {"field": "twon"}}})), COLUMNS)
    assert str(found.value.values["columns"]).startswith("town")


def test_the_example_of_the_guide_is_one() -> None:
    guide = Path(__file__).resolve().parents[2] / "docs" / "notebooks.md"
    said = guide.read_text(encoding="utf-8").split("## Charts by a spec")[1]
    lines = [line for line in said.split("## ")[0].splitlines() if line.startswith("    ")]
    assert against(parse("\n".join(lines)), COLUMNS).columns == ("town", "n")


def frame(*rows: Any, columns: tuple[str, ...] = ("town", "n", "day")) -> Frame:
    return Frame(columns, rows)


def test_a_picture_that_would_be_empty_is_an_error() -> None:
    days = {"mark": "line", "encoding": {"x": {"field": "day", "type": "temporal"}, "y": Y}}
    with pytest.raises(Refused) as found:
        fits(parse(json.dumps(days)), frame(("a", 1, "2026-11-05"), ("b", 2, "soon")))
    assert (found.value.key, found.value.values["found"]) == ("chart_spec.no_day", "soon")
    with pytest.raises(Refused) as found:
        fits(parse(json.dumps(bar())), frame(("a", "many", None)))
    assert found.value.key == "chart_spec.no_numbers"
    fits(parse(json.dumps(bar())), frame(("a", "12", None), ("b", None, None)))


def test_more_rows_or_small_charts_than_anybody_can_read_are_an_error() -> None:
    with pytest.raises(Refused) as found:
        fits(parse(json.dumps(bar())), frame(*[("a", 1, None)] * (MOST_ROWS + 1)))
    assert found.value.key == "chart_spec.too_many_rows"
    many = frame(*[(f"t{at}", 1, None) for at in range(MOST_SMALL + 1)])
    small = {"mark": "bar", "encoding": {"row": X, "y": Y}}
    with pytest.raises(Refused) as found:
        fits(parse(json.dumps(small)), many)
    assert (found.value.key, found.value.path) == ("chart_spec.too_many_small", "encoding.row")


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2026-11-05", True),
        ("2026-11", True),
        ("2026", True),
        (2026, True),
        ("2026-11-05 08:30", True),
        ("2026-11-05T08:30:00+08:00", True),
        ("05.11.2026", False),
        ("2026-13", False),
        ("2026-02-30", False),
        ("2026-02-01 25:00", False),
        (12, False),
        ("", False),
        (1.5, False),
    ],
)
def test_days_are_told_from_other_values(value: Any, day: bool) -> None:
    assert is_day(value) is day


@pytest.mark.parametrize(
    ("spec", "op"),
    [
        (bar(), ""),
        ({"mark": "bar", "encoding": {"x": X, "y": {"aggregate": "count"}}}, "count"),
        ({"mark": "bar", "encoding": {"x": X, "y": {"aggregate": "distinct", "field": "n"}}}, "distinct"),
        (with_x(sort={"op": "count"}), "count"),
        ({"layer": [bar(), {"mark": "text", "encoding": {"text": {"aggregate": "count"}}}]}, "count"),
        (bar(transform=[{"joinaggregate": [{"op": "valid", "field": "n", "as": "v"}]}]), "valid"),
        (bar(transform=[{"window": [{"op": "row_number", "as": "r"}]}]), "row_number"),
        ({"mark": "bar", "encoding": {"x": X, "y": {"aggregate": "sum", "field": "n"}}}, ""),
    ],
)
def test_it_is_known_whether_a_chart_counts_rows(spec: Any, op: str) -> None:
    assert parse(json.dumps(spec)).counts == op


def test_a_notebook_s_cell_with_a_wrong_spec_is_refused_by_its_name_and_old_cells_are_by_columns() -> None:
    plain = {
        "name": "chart1",
        "kind": "chart",
        "title": "",
        "source": "q",
        "mark": "bars",
        "x": "a",
        "y": "b",
        "series": "",
    }
    (old,) = cells_of([plain])
    assert old.fields["spec"] == ""
    (own,) = cells_of([plain | {"spec": json.dumps(bar())}])
    assert json.loads(own.fields["spec"]) == bar()
    with pytest.raises(Invalid) as found:
        cells_of([{"name": "a", "kind": "text"}, plain | {"spec": json.dumps(bar(data={}))}])
    assert (found.value.key, found.value.values) == (
        "chart_spec.own_data",
        {"path": "data", "number": 2, "name": "chart1", "what": "data"},
    )


@settings(max_examples=40)
@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-99, 99)
        | st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
        lambda of: st.lists(of, max_size=5) | st.dictionaries(st.text("ab", max_size=3), of, max_size=5),
        max_leaves=12,
    )
)
def test_pretty_lines_say_the_same(value: Any) -> None:
    assert json.loads(pretty(value)) == value
    assert tidy(json.dumps(value)) == pretty(value)


#: Anything that JSON may hold, of words that mean something here.
MEANT = sorted(
    {*ENCODING, *NEVER, "mark", "encoding", "layer", "transform", "field", "filter", "axis", "test", "value", "config"}
)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.sampled_from([*MEANT, "bar", "n", "sum"]),
    lambda of: st.lists(of, max_size=4) | st.dictionaries(st.sampled_from(MEANT), of, max_size=4),
    max_leaves=15,
)


@settings(max_examples=60)
@given(ANY_JSON)
def test_any_json_is_a_spec_or_refused_in_words(value: Any) -> None:
    try:
        spec = parse(json.dumps(value))
        against(spec, COLUMNS)
    except Refused as error:
        assert text("zh", error.key, number=1, name="a", path=error.place, **error.values)
        return
    assert not {"url", "href", "data", "expr"} & {key for one in objects(spec.tree) for key in one}


@pytest.mark.parametrize(
    ("spec", "path", "key"),
    [
        (with_x(axis={"format": ".0%"}), "", ""),
        ({"mark": "bar", "encoding": {"y": Y | {"axis": {"format": "%Y-%m"}}}}, "encoding.y.axis.format", "form"),
        (with_channel("text", {"field": "day", "type": "temporal", "format": ",d"}), "encoding.text.format", "form"),
        (with_channel("x2", {"field": "n"}), "", ""),
        ({"mark": "bar", "encoding": {"y": Y, "x2": {"field": "n"}}}, "encoding", "needs"),
        ({"mark": "bar", "encoding": {"x": X | {"sort": "-y"}}}, "encoding", "needs"),
        ({"layer": [{"mark": "bar", "encoding": {"y": X | {"sort": "-x"}}}]}, "layer[0].encoding", "needs"),
        ({"mark": "boxplot", "encoding": {"x": X, "y": {"field": "day"}}}, "encoding", "boxes"),
        ({"mark": "boxplot", "encoding": {"x": X, "y": {"field": "n"}}}, "", ""),
    ],
)
def test_channels_that_can_t_be_drawn_together_are_told_apart(spec: Any, path: str, key: str) -> None:
    rows = frame(("a", 1, "2026-11-05"))
    if not key:
        fits(parse(json.dumps(spec)), rows)
        return
    with pytest.raises(Refused) as found:
        fits(parse(json.dumps(spec)), rows)
    assert (found.value.path, found.value.key) == (path, f"chart_spec.{key}")
