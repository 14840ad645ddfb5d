"""A cell under another name is read by the new one, wherever it is read and nowhere else."""

from dashboard.core.notebook_names import may_be_named, with_name
from dashboard.core.query_names import with_table

QUERY = {"kind": "query", "name": "by_site"}


def renamed(cell: dict[str, str], of: dict[str, str] = QUERY, old: str = "query1", new: str = "by_site") -> str:
    (value,) = with_name(cell, of, old, new).values()
    return value


def test_a_query_is_read_by_its_new_name() -> None:
    assert renamed({"sql": "select query1.n from query1 join \"Query1\" b on b.n = 'query1'"}) == (
        "select by_site.n from by_site join by_site b on b.n = 'query1'"
    )
    assert renamed({"sql": "select * from teams where n in query1 -- query1"}) == (
        "select * from teams where n in by_site -- query1"
    )


def test_what_only_looks_like_its_name_stays() -> None:
    for sql in (
        "select query1 from needs",
        "select n.query1 from needs n",
        "with query1 as (select 1 as one) select * from query1",
        "select 'query1'",
        "select * from query10",
    ):
        assert with_table(sql, "query1", "by_site") == sql


def test_a_chart_follows_its_query_and_another_chart_doesn_t() -> None:
    assert with_name({"title": "query1", "source": "query1"}, QUERY, "query1", "by_site") == {"source": "by_site"}
    assert with_name({"title": "query1", "source": "query2"}, QUERY, "query1", "by_site") == {}


def test_an_input_is_read_by_its_new_name_in_queries_and_words() -> None:
    day = {"kind": "input", "name": "since", "type": "day"}
    assert renamed({"sql": "select :input1, ':input1', :input10"}, day, "input1", "since") == (
        "select :since, ':input1', :input10"
    )
    span = {"kind": "input", "name": "span", "type": "range"}
    assert renamed({"sql": "select :input1_from, :input1_to, :input1"}, span, "input1", "span") == (
        "select :span_from, :span_to, :input1"
    )
    assert renamed({"markdown": "# {input1}: {input1_from} {other}"}, span, "input1", "span") == (
        "# {span}: {span_from} {other}"
    )


def test_a_figure_is_read_by_nothing() -> None:
    assert with_name({"sql": "select * from figure1"}, {"kind": "figure", "name": "six"}, "figure1", "six") == {}


def test_a_name_that_can_t_be_renames_nothing() -> None:
    assert may_be_named("by_site", ["query2"])
    assert not may_be_named("query2", ["query2"])
    assert not may_be_named("Bad name", [])
