"""Cells: what is one, who reads whom, what a change makes stale, how two versions and two results differ."""

from typing import Any

import pytest
from hypothesis import given

from dashboard.core.errors import Invalid
from dashboard.core.notebook import Cell, below, cells_of, changes, reads
from dashboard.core.query_names import names_in, parameters_in
from tests.cells import books


def query(name: str, sql: str) -> dict[str, str]:
    return {"name": name, "kind": "query", "title": "", "sql": sql}


def chart(name: str, source: str) -> dict[str, str]:
    return {
        "name": name,
        "kind": "chart",
        "title": "",
        "source": source,
        "mark": "bars",
        "x": "a",
        "y": "b",
        "series": "",
    }


def lapse(**fields: str) -> dict[str, str]:
    return {"name": "a", "kind": "lapse", "title": "", "figure": "needs_open"} | fields


def action(name: str, deed: str) -> dict[str, str]:
    return {"name": name, "kind": "action", "title": "", "deed": deed}


SOME = cells_of(
    [
        {"name": "days", "kind": "input", "title": "", "value": "30"},
        query("recent", "select * from needs where registered_day > :days"),
        query("by_town", "select town, count(*) n from RECENT group by 1"),
        query("other", "select 'recent' from teams -- recent"),
        chart("drawn", "by_town"),
        {"name": "words", "kind": "text", "markdown": "recent", "notes": ""},
    ]
)


def read_by(number: int) -> tuple[str, ...]:
    return reads(SOME[number], SOME[:number], names_in, parameters_in)


def test_a_cell_reads_the_queries_and_inputs_it_names() -> None:
    assert [read_by(n) for n in range(6)] == [(), ("days",), ("recent",), (), ("by_town",), ()]


def test_a_change_makes_stale_what_reads_it_and_nothing_else() -> None:
    assert below(SOME, ["days"], names_in, parameters_in) == {"days", "recent", "by_town", "drawn"}
    assert below(SOME, ["other"], names_in, parameters_in) == {"other"}


def test_a_lapse_plays_the_year_as_known_then_unless_it_says_more() -> None:
    (cell,) = cells_of([lapse()])
    assert (cell.fields["months"], cell.fields["until"], cell.fields["known"]) == ("12", "", "then")


@pytest.mark.parametrize(
    ("bad", "key"),
    [
        ([query("A", "")], "notebook.bad_name"),
        ([query("a", ""), query("a", "")], "notebook.twice"),
        ([{"name": "a", "kind": "python"}], "notebook.bad_kind"),
        ([query("a", "") | {"run": "1"}], "notebook.bad_field"),
        ([query("a", "x" * 20_001)], "notebook.bad_value"),
        ([query("a", "\x00")], "notebook.bad_value"),
        ([{"name": "a", "kind": "query", "sql": 1}], "notebook.bad_value"),
        ([{"name": "a", "kind": "figure", "keys": "needs_open nothing"}], "notebook.bad_figure"),
        ([chart("a", "b") | {"mark": "pie"}], "notebook.bad_mark"),
        ([action("a", "erase")], "notebook.bad_deed"),
        ([action("a", "check"), action("b", "check")], "notebook.deed_twice"),
        ([lapse(figure="needs_urgent")], "lapse.bad_figure"),
        ([lapse(months="1")], "lapse.bad_months"),
        ([lapse(months="\u0663")], "lapse.bad_months"),
        ([lapse(until="2026-02-30")], "lapse.bad_until"),
        ([lapse(known="later")], "lapse.bad_known"),
        (["a"], "notebook.no_cell"),
        ("text", "notebook.too_many_cells"),
        ([query(f"a{n}", "") for n in range(61)], "notebook.too_many_cells"),
    ],
)
def test_what_is_no_cell_is_refused_by_name(bad: Any, key: str) -> None:
    with pytest.raises(Invalid) as refused:
        cells_of(bad)
    assert refused.value.key == key


@given(books())
def test_plain_and_back_is_the_same(book: tuple[Cell, ...]) -> None:
    assert cells_of([cell.plain() for cell in book]) == book
    assert changes(book, book) == ()


@given(books(), books())
def test_every_cell_that_differs_is_named(before: tuple[Cell, ...], after: tuple[Cell, ...]) -> None:
    said = changes(before, after)
    old, new = {cell.name: cell for cell in before}, {cell.name: cell for cell in after}
    assert {name for what, name in said if what == "added"} == new.keys() - old.keys()
    assert {name for what, name in said if what == "gone"} == old.keys() - new.keys()
    assert {name for what, name in said if what == "changed"} == {
        n for n in old.keys() & new.keys() if old[n] != new[n]
    }
