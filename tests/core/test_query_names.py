"""The tables, parameters and statements of an SQL text, read from its tokens."""

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.core.permissions import Action, Actor
from dashboard.core.query_names import names_in, parameters_in, statements_in
from dashboard.core.query_views import VIEWS
from dashboard.core.words import Role
from tests import views_page

CASES = (
    ("SELECT 1", set()),
    ("select * from needs", {"needs"}),
    ('SELECT * FROM Needs n, "Teams" AS t JOIN `sites` USING (a, b), [grids]', {"needs", "teams", "sites", "grids"}),
    ("SELECT 'from x' FROM needs -- from y\n/* join z */", {"needs"}),
    ("WITH a AS (SELECT * FROM needs), b(x, y) AS (SELECT * FROM a, teams) SELECT * FROM b", {"needs", "teams"}),
    ("WITH needs AS (SELECT 1) SELECT * FROM needs, main.needs", {"needs"}),
    ("SELECT * FROM (WITH a AS (SELECT 1) SELECT * FROM a), a", {"a"}),
    ("WITH RECURSIVE r AS (SELECT 1 UNION ALL SELECT * FROM r) SELECT * FROM r", set()),
    ("SELECT * FROM a WHERE x IN b AND y IN (SELECT z FROM c) AND p IS NOT DISTINCT FROM q", {"a", "b", "c"}),
    ("SELECT * FROM (a JOIN b ON a.x = b.x), c WHERE (1, 2) = (3, d)", {"a", "b", "c"}),
    ("SELECT * FROM json_each('[1]'), 步骤一", {"步骤一"}),
    ("SELECT (SELECT count(*) FROM x), f(a, b) FROM y ORDER BY c, d", {"x", "y"}),
    ("SELECT sum(a) OVER (PARTITION BY b ORDER BY c) FROM d WINDOW w AS (ORDER BY e) LIMIT 1, 2", {"d"}),
)


@pytest.mark.parametrize(("sql", "names"), CASES)
def test_the_tables_of_a_text(sql: str, names: set[str]) -> None:
    assert names == names_in(sql)


_NAMES = ("needs", "teams", "sites", "alpha", "from_here", "步骤一", "Mixed")
_QUOTES = st.sampled_from(("{}", '"{}"', "[{}]", "`{}`"))
_NOISE = st.sampled_from((" ", "\n", " -- from nowhere\n", " /* join x, y */ ", "\t"))


@st.composite
def _queries(draw: st.DrawFn, depth: int = 2, made: tuple[str, ...] = ()) -> str:
    """A SELECT over known tables, names of WITH, subqueries and commas, with noise between."""
    gap = draw(_NOISE)
    head = ""
    if depth and draw(st.booleans()):
        own = f"c{len(made)}{depth}"
        body = draw(_queries(depth - 1, made))
        head = f"WITH{gap}{own}(a, b) AS{gap}({body}){gap}"
        made = (*made, own)
    sources = [draw(_source(depth, made)) for _ in range(draw(st.integers(1, 3)))]
    # SQLite does not look at a name of WITH that nothing reads.
    sources += [made[-1]] if head else []
    said = sources[0]
    for place, source in enumerate(sources[1:]):
        joint = draw(st.sampled_from((",", " JOIN", " LEFT JOIN", " CROSS JOIN")))
        said += f"{joint}{gap}{source} AS t{depth}{place}"
    sql = f"{head}SELECT 'from \"x\", y', 1{gap}FROM{gap}{said}"
    if depth and draw(st.booleans()):
        sql += f" WHERE 1{gap}IN (SELECT 1 FROM ({draw(_queries(depth - 1, made))}))"
    return sql + draw(st.sampled_from(("", " ORDER BY 1, 2", " GROUP BY 1, 2 LIMIT 3")))


@st.composite
def _source(draw: st.DrawFn, depth: int, made: tuple[str, ...]) -> str:
    if depth and draw(st.integers(0, 3)) == 0:
        return f"({draw(_queries(depth - 1, made))})"
    return draw(_QUOTES).format(draw(st.sampled_from(_NAMES + made)))


@given(_queries())
def test_the_tables_found_are_exactly_those_that_sqlite_reads(sql: str) -> None:
    """With just the tables found the text runs; without any one of them it doesn't."""
    found = names_in(sql)
    assert _problem(sql, found) == ""
    for name in found:
        assert _problem(sql, found - {name}).startswith("no such table"), name


def _problem(sql: str, tables: frozenset[str]) -> str:
    connection = sqlite3.connect(":memory:")
    try:
        for name in tables:
            connection.execute(f'CREATE TABLE "{name}" (a, b)')
        # A name of WITH gives two columns whatever its body selects.
        connection.execute("EXPLAIN " + sql.replace("'from \"x\", y', 1", "'from \"x\", y' AS a, 1 AS b"))
    except sqlite3.OperationalError as error:
        return str(error)
    finally:
        connection.close()
    return ""


@given(st.text(alphabet="selctfromwih (),;'\"`[]-/*:@?.1步\n", max_size=60))
def test_any_text_whatever_is_read(sql: str) -> None:
    assert isinstance(names_in(sql), frozenset)
    assert statements_in(sql) >= 0


def test_parameters_and_statements_of_a_text() -> None:
    assert parameters_in("SELECT :town, ':no', @b, $c, :town -- :d\n, ?1") == ("town", "b", "c", "?1")
    assert [statements_in(sql) for sql in ("", ";", "SELECT 1;", "SELECT 1; -- x", "SELECT 1;;2", "SELECT ';'")] == [
        0, 0, 1, 1, 2, 1,
    ]  # fmt: skip


def test_the_page_of_views_is_printed_from_the_definitions() -> None:
    """If it isn't: `python -m tests.views_page > docs/views.md`."""
    written = (Path(__file__).parents[2] / "docs" / "views.md").read_text(encoding="utf-8")
    assert written == views_page.page()


def test_no_view_has_a_personal_column() -> None:
    personal = {"phone", "address", "id_number", "title", "detail", "words", "note", "person_id", "raw", "place_text"}
    assert personal.isdisjoint(column.name for view in VIEWS.values() for column in view.columns)


@pytest.mark.parametrize(("role", "may"), [(Role.LEADER, False), (Role.COORDINATOR, True), (Role.ADMIN, True)])
def test_only_who_may_see_volunteers_gets_their_ids(role: Role, may: bool) -> None:
    actor = Actor(1, "x", role, "520326", None)
    shown = VIEWS["services"].shown_to(actor)
    assert shown is not None
    assert may == ("volunteer_id" in {column.name for column in shown.columns})
    assert may == (VIEWS["volunteers"].shown_to(actor) is not None)
    assert actor.may(Action.RUN_QUERIES)
