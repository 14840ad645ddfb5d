"""Inputs by type: what may stand in one, what queries are given."""

from datetime import date

import pytest

from dashboard.core.errors import Invalid
from dashboard.core.notebook import cells_of, worded
from dashboard.core.notebook_inputs import bound, span

TODAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("kind", "value", "good"),
    [
        ("text", "任何", True),
        ("", "任何", True),
        ("day", "2026-02-28", True),
        ("day", "2026-02-30", False),
        ("day", "20260228", False),
        ("day", "ago:0", True),
        ("day", "ago:-1", False),
        ("day", "last:7", False),
        ("range", "2026-02-01/2026-02-28", True),
        ("range", "2026-02-28/2026-02-01", False),
        ("range", "2026-02-28", False),
        ("range", "last:7", True),
        ("range", "last:0", False),
        ("range", "last:99999", False),
        ("range", "", True),
        ("town", "浞水镇", True),
        ("colour", "", False),
    ],
)
def test_only_what_fits_its_type_stands_in_an_input(kind: str, value: str, good: bool) -> None:
    plain = [{"name": "a", "kind": "input", "title": "", "value": value, "type": kind}]
    if good:
        assert cells_of(plain)[0].fields["value"] == value
        return
    with pytest.raises(Invalid) as refused:
        cells_of(plain)
    assert (refused.value.key, refused.value.values["name"]) == ("notebook.bad_input", "a")


def test_a_range_counts_back_from_today() -> None:
    assert span("last:1", TODAY) == (TODAY, TODAY)
    assert bound("range", "a", "last:30", TODAY) == {"a_from": "2026-01-31", "a_to": "2026-03-01"}


def test_text_is_a_number_where_it_is_written_as_one() -> None:
    assert [bound("text", "a", value, TODAY)["a"] for value in ("3", "0.5", "nan", "3 天", "")] == [
        3, 0.5, "nan", "3 天", "",
    ]  # fmt: skip


def test_a_day_counts_back_from_today() -> None:
    assert [bound("day", "a", value, TODAY)["a"] for value in ("ago:1", "2026-02-01", "")] == [
        "2026-02-28", "2026-02-01", "",
    ]  # fmt: skip


def test_a_title_and_a_text_say_what_an_input_holds() -> None:
    cells = cells_of([
        {"name": "first", "kind": "input", "title": "从", "value": "ago:1", "type": "day"},
        {"name": "span", "kind": "input", "title": "时段", "value": "last:2", "type": "range"},
        {"name": "one", "kind": "text", "markdown": "# {first} 与 {span_to} {other} {}", "notes": "{first}"},
        {"name": "two", "kind": "query", "title": "{span}", "sql": "select '{first}'"},
    ])  # fmt: skip
    first, span_, one, two = worded(cells, TODAY)
    assert [first.fields["value"], span_.fields["value"]] == ["2026-02-28", "2026-02-28 – 2026-03-01"]
    assert one.fields == {"markdown": "# 2026-02-28 与 2026-03-01 {other} {}", "notes": "2026-02-28"}
    assert two.fields == {"title": "2026-02-28 – 2026-03-01", "sql": "select '{first}'"}
