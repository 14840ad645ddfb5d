"""A query in lines: only space is changed, and a second time nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.core.query_format import tidy
from dashboard.core.query_names import tokens
from dashboard.ui.notebook_templates import NAMES, cells

QUERIES = [cell["sql"] for name in NAMES for cell in cells(name, "zh") if cell["kind"] == "query"]


def meant(sql: str) -> list[tuple[str, str]]:
    return [(one.kind, one.text) for one in tokens(sql)]


def test_clauses_begin_lines_and_subqueries_are_indented() -> None:
    sql = (
        "select a, count(*) as n from (select x as a from needs -- hi\n where y = 'a  b') t "
        "left join teams k on k.id = t.a where a is not distinct from 3 group by 1 order by 2 desc limit 5"
    )
    assert tidy(sql).splitlines() == [
        "select a, count(*) as n",
        "from (",
        "  select x as a",
        "  from needs -- hi",
        "  where y = 'a  b'",
        ") t",
        "left join teams k on k.id = t.a",
        "where a is not distinct from 3",
        "group by 1",
        "order by 2 desc",
        "limit 5",
    ]


def test_long_lists_and_conditions_go_on_in_the_next_line() -> None:
    names = ", ".join(f"column_of_some_length_{at}" for at in range(9))
    conditions = " and ".join(f"column_of_some_length_{at} > 1" for at in range(6))
    found = tidy(f"select {names} from needs where {conditions}").splitlines()
    assert max(map(len, found)) <= 120
    assert sum(line.startswith("  ") for line in found) >= 3


@pytest.mark.parametrize("sql", QUERIES)
def test_the_queries_of_the_templates_mean_what_they_meant(sql: str) -> None:
    once = tidy(" ".join(sql.split()))
    assert meant(once) == meant(sql)
    assert tidy(once) == once


@pytest.mark.parametrize("sql", ["", "selec (( 1", ")) select 1", "select 'open", "/* open", "select 1; select 2"])
def test_what_is_no_query_keeps_its_words(sql: str) -> None:
    assert meant(tidy(sql)) == meant(sql)


@given(
    st.lists(st.sampled_from([*"(),.;'", "select", "from", "x", "and", "-- c\n", "/* c */", " ", "\n"]), max_size=20)
)
def test_whatever_it_is_its_words_stay(parts: list[str]) -> None:
    sql = " ".join(parts)
    assert meant(tidy(sql)) == meant(sql)
