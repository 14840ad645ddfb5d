"""What a search for a person means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.core.people_search import By, Clue, clues


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("张小贵", [Clue(By.NAME, "张小贵")]),
        ("ZXG", [Clue(By.INITIALS, "zxg")]),
        ("1234", [Clue(By.TAIL, "1234")]),
        ("34", [Clue(By.TAIL, "34")]),
        ("123456", [Clue(By.NOTHING, "123456")]),
        ("138 0013 8000", [Clue(By.PHONE, "13800138000")]),
        ("138-0013-8000", [Clue(By.PHONE, "13800138000")]),
        ("+8613800138000", [Clue(By.PHONE, "13800138000")]),
        ("１３８００１３８０００", [Clue(By.PHONE, "13800138000")]),
        ("张 1234", [Clue(By.NAME, "张"), Clue(By.TAIL, "1234")]),
        ("\u200b张\u200b小", [Clue(By.NAME, "张小")]),
        ("买买提·艾力", [Clue(By.NAME, "买买提·艾力")]),
        ("  ", []),
        ("%", [Clue(By.NAME, "%")]),
    ],
)
def test_words_become_clues(words: str, expected: list[Clue]) -> None:
    assert list(clues(words)) == expected


@given(st.text())
def test_any_words_are_understood_as_something(words: str) -> None:
    assert all(clue.word for clue in clues(words))
