"""A chart of a spec on a deck: no count that the table beside it hides, by no way of computing, in no file."""

import io
import json
from typing import Any

import pytest
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE

from dashboard.core.deck import Chart, Deck, Table, deck_of_plain, deck_to_plain
from dashboard.core.errors import Invalid
from dashboard.core.frames import Frame
from dashboard.core.notebook import cells_of
from dashboard.formats.chart_pictures import svg
from dashboard.formats.deck_pptx import deck_pptx
from dashboard.services.notebook_decks import deck_of
from dashboard.services.notebook_runs import Outcome
from dashboard.text import text
from dashboard.ui import deck_words

#: A number below 5, and the least of the others, 47, that is hidden with it.
FRAME = Frame(
    ("town", "group", "orders", "phone"),
    (
        ("浞水镇", "助老", 3, "15400000001"),
        ("浞水镇", "文化", 61, "15400000002"),
        ("柏村镇", "助老", 47, "15400000003"),
        ("柏村镇", "文化", 52, "15400000004"),
        ("都濡街道", "助老", 83, "15400000005"),
        ("都濡街道", "文化", 95, "15400000006"),
    ),
)
TOWN, N = {"field": "town"}, {"field": "orders"}
SUM = {**N, "aggregate": "sum"}


def deck(spec: dict[str, Any], frame: Frame = FRAME, language: str = "zh") -> Deck:
    plain = [
        {"name": "q", "kind": "query", "title": "需求", "sql": "select 1"},
        {"name": "drawn", "kind": "chart", "title": "图", "source": "q", "mark": "bars", "spec": json.dumps(spec)},
    ]
    outcomes = dict.fromkeys(("q", "drawn"), Outcome(frame=frame))
    return deck_of("月报", "页脚", cells_of(plain), outcomes, deck_words.speech(language))


def parts(made: Deck) -> tuple[Table, Chart]:
    table, chart = made.slides[0].blocks
    assert isinstance(table, Table) and isinstance(chart, Chart)
    return table, chart


def hidden(table: Table) -> set[int]:
    """The rows whose count the table hides."""
    return {at for at, row in enumerate(table.rows) if row[2] == text("zh", "notebook.hidden")}


SPECS: dict[str, dict[str, Any]] = {
    "as they are": {"mark": "bar", "encoding": {"x": TOWN, "y": N, "color": {"field": "group"}}},
    "summed": {"mark": "bar", "encoding": {"x": TOWN, "y": SUM, "color": {"field": "group"}}},
    "written": {"mark": "text", "encoding": {"x": TOWN, "y": {"field": "group"}, "text": {**N, "type": "nominal"}}},
    "layered": {
        "layer": [{"mark": "bar"}, {"mark": "text", "encoding": {"text": SUM}}],
        "encoding": {"x": TOWN, "y": SUM, "color": {"field": "group"}},
    },
    "least": {"mark": "point", "encoding": {"x": {"field": "group"}, "y": {**N, "aggregate": "min"}}},
    "window": {
        "mark": "bar",
        "transform": [
            {"window": [{"op": "lag", "field": "orders", "as": "before"}], "sort": [{"field": "orders"}]},
            {"joinaggregate": [{"op": "min", "field": "orders", "as": "least"}]},
        ],
        "encoding": {"x": TOWN, "y": {"field": "least"}, "tooltip": [{"field": "before"}, N]},
    },
    "filtered": {
        "mark": "bar",
        "transform": [{"filter": {"field": "orders", "lt": 5}}],
        "encoding": {"x": TOWN, "y": N},
    },
    "a colour for the small": {
        "mark": "bar",
        "encoding": {
            "x": TOWN,
            "y": {"field": "group"},
            "color": {"condition": {"test": {"field": "orders", "lt": 5}, "value": "red"}, "value": "blue"},
        },
    },
    "in bins": {"mark": "bar", "encoding": {"x": {"field": "orders", "bin": {"maxbins": 50}}, "y": SUM}},
    "small charts": {"mark": "bar", "encoding": {"row": {"field": "group"}, "x": TOWN, "y": N}},
}


@pytest.mark.parametrize("name", SPECS)
def test_no_hidden_count_is_among_what_a_chart_is_given(name: str) -> None:
    table, chart = parts(deck(SPECS[name]))
    gone = hidden(table)
    assert gone == {0, 2}
    told = {value for row in chart.spec["data"]["values"] for value in row.values() if isinstance(value, int)}
    kept = {FRAME.rows[at][2] for at in range(len(FRAME.rows)) if at not in gone}
    assert told <= kept
    # Columns that nobody named aren't there in any form, and it is said that numbers are missing.
    assert "154000" not in json.dumps(chart.spec)
    summed = name not in ("as they are", "written", "filtered", "a colour for the small", "small charts")
    assert text("zh", "chart_spec.partial" if summed else "notebook.small_hidden", most=5) in chart.title


def test_a_hidden_count_is_a_gap_and_its_town_stays_named() -> None:
    _, chart = parts(deck(SPECS["as they are"]))
    assert [row["c1"] for row in chart.spec["data"]["values"]].count(None) == 2
    picture = svg(chart.spec, width=400, height=240)
    assert all(town in picture for town in ("浞水镇", "柏村镇", "都濡街道"))


def test_a_sum_over_hidden_counts_is_no_zero() -> None:
    """Where everything of a town is hidden, nothing is drawn for it: a written nought would be a number."""
    spec = {"mark": "text", "encoding": {"x": TOWN, "text": SUM}}
    frame = Frame(("town", "orders"), (("浞水镇", 3), ("柏村镇", 47), ("都濡街道", 95)))
    _, chart = parts(deck(spec, frame))
    assert chart.spec["data"]["values"] == [{"c0": "都濡街道", "c1": 95}]
    assert ">95<" in svg(chart.spec, width=400, height=240)
    assert ">0<" not in svg(chart.spec, width=400, height=240)


def test_a_chart_of_columns_with_nothing_hidden_says_nothing_of_it() -> None:
    _, chart = parts(deck({"mark": "point", "encoding": {"x": TOWN, "y": {"field": "group"}}}))
    assert chart.title == "图"
    assert len(chart.spec["data"]["values"]) == len(FRAME.rows)


@pytest.mark.parametrize(
    ("spec", "op"),
    [
        ({"mark": "bar", "encoding": {"x": TOWN, "y": {"aggregate": "count"}}}, "count"),
        ({"mark": "bar", "encoding": {"x": TOWN, "y": {"aggregate": "distinct", "field": "group"}}}, "distinct"),
        (
            {
                "mark": "bar",
                "transform": [{"window": [{"op": "row_number", "as": "at"}], "groupby": ["town"]}],
                "encoding": {"x": TOWN, "y": {"field": "at", "aggregate": "max"}},
            },
            "row_number",
        ),
    ],
)
def test_a_chart_that_counts_rows_itself_is_not_frozen_and_its_cell_is_named(spec: dict[str, Any], op: str) -> None:
    with pytest.raises(Invalid) as found:
        deck(spec)
    assert found.value.key == "chart_spec.counts_on_deck"
    assert (found.value.values["name"], found.value.values["op"]) == ("drawn", op)
    assert op in text("en", found.value.key, **found.value.values)


def test_the_words_for_who_can_t_see_a_chart_name_what_it_reads() -> None:
    _, chart = parts(deck(SPECS["layered"]))
    assert "phone" not in chart.alt and "town, orders, group" in chart.alt


def test_a_deck_with_such_a_chart_is_values_that_come_back_and_files_with_its_words() -> None:
    made = deck(SPECS["layered"])
    assert deck_of_plain(json.loads(json.dumps(deck_to_plain(made)))) == made
    page = Presentation(io.BytesIO(deck_pptx(made))).slides[0]
    (picture,) = [shape for shape in page.shapes if shape.shape_type == MSO_SHAPE_TYPE.PICTURE]
    assert picture._element.nvPicPr.cNvPr.get("descr") == parts(made)[1].alt
