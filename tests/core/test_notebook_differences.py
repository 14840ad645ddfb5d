"""Two versions line by line."""

from hypothesis import given

from dashboard.core.notebook import FIELDS, Cell, Kind, cells_of
from dashboard.core.notebook_differences import line_differences
from tests.cells import books

WORDS = {kind.value: kind.value for kind in Kind} | {one: one for fields in FIELDS.values() for one in fields}


def cells(*sql: tuple[str, str]) -> tuple[Cell, ...]:
    return cells_of([{"name": name, "kind": "query", "title": "", "sql": text} for name, text in sql])


def test_only_the_lines_that_differ_are_said() -> None:
    (one,) = line_differences(
        cells(("a", "select town\nfrom needs"), ("b", "x")),
        cells(("a", "select town, 1\nfrom needs"), ("b", "x")),
        WORDS,
    )
    assert (one.name, one.what) == ("a", "changed")
    assert [line for line in one.lines if line[0] in "+-"] == ["-select town", "+select town, 1"]


def test_added_gone_and_moved_cells_are_named() -> None:
    found = line_differences(
        cells(("a", "1"), ("b", "2"), ("c", "3")), cells(("d", "4"), ("b", "2"), ("a", "1")), WORDS
    )
    assert {(one.name, one.what) for one in found} == {("d", "added"), ("b", "moved"), ("a", "moved"), ("c", "gone")}
    assert next(one.lines for one in found if one.name == "a") == ()
    assert all(line[0] == "-" for one in found if one.what == "gone" for line in one.lines)


@given(books(), books())
def test_the_newer_version_stands_in_the_lines_added(before: tuple[Cell, ...], after: tuple[Cell, ...]) -> None:
    found = {one.name: one for one in line_differences(before, after, WORDS)}
    old, new = {cell.name: cell for cell in before}, {cell.name: cell for cell in after}
    assert {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)} <= found.keys()
    assert line_differences(after, after, WORDS) == ()


@given(books())
def test_every_line_of_a_new_cell_is_added(book: tuple[Cell, ...]) -> None:
    for one in line_differences((), book, WORDS):
        fields = next(cell.fields for cell in book if cell.name == one.name)
        said = "\n".join(line[1:] for line in one.lines if line[0] == "+")
        assert all(line in said for value in fields.values() for line in value.split("\n"))
