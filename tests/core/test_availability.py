"""Weekly free time and caps as they are entered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.core.availability import check_caps, joined
from dashboard.core.errors import Invalid

span = st.tuples(st.integers(0, 6), st.integers(0, 1439), st.integers(1, 1440)).filter(lambda s: s[1] < s[2])


def _minutes(spans: object) -> set[tuple[int, int]]:
    return {(day, minute) for day, start, end in spans for minute in range(start, end)}  # type: ignore[attr-defined]


def test_touching_and_overlapping_spans_of_a_day_become_one() -> None:
    assert joined([(0, 600, 720), (0, 480, 600), (0, 700, 800), (1, 480, 600)]) == ((0, 480, 800), (1, 480, 600))


@given(st.lists(span, max_size=6))
def test_joining_keeps_every_minute_and_adds_none(spans: list[tuple[int, int, int]]) -> None:
    result = joined(spans)
    assert _minutes(result) == _minutes(spans)
    same_day = [(a, b) for a, b in zip(result, result[1:], strict=False) if a[0] == b[0]]
    assert all(a[2] < b[1] for a, b in same_day)


@pytest.mark.parametrize("wrong", [(7, 0, 60), (-1, 0, 60), (0, 60, 60), (0, 120, 60), (0, -1, 60), (0, 0, 1441)])
def test_what_is_no_span_of_a_day_is_refused(wrong: tuple[int, int, int]) -> None:
    with pytest.raises(Invalid):
        joined([wrong])


def test_caps_can_be_meant() -> None:
    check_caps(0, 0, 100)
    check_caps(8, 40, 200_000)
    for wrong in ((-1, 5, 1000), (9, 20, 1000), (3, 2, 1000), (1, 41, 1000), (1, 1, 99), (1, 1, 200_001)):
        with pytest.raises(Invalid):
            check_caps(*wrong)
