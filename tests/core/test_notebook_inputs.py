"""Inputs by type: what may stand in one, what queries are given."""

from datetime import date

import pytest

from dashboard.core.errors import Invalid
from dashboard.core.notebook import cells_of
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
