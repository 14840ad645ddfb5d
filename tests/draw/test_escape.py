"""esc(): what comes out of it means the same words and nothing else, in HTML, in Jinja and in JavaScript."""

import html

import folium
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.draw.escape import esc
from tests.naughty import PRODUCT, strings


@given(st.text())
def test_nothing_that_markup_acts_on_is_left(words: str) -> None:
    safe = esc(words)
    assert not set("<>\"'{}`$\\") & set(safe)
    assert all(part.startswith("#") for part in safe.split("&")[1:])


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])))
def test_a_browser_shows_the_words_as_they_were(words: str) -> None:
    assert html.unescape(esc(words)) == words


def test_control_characters_and_half_characters_are_replaced() -> None:
    assert esc("a\0b\ud800c\u2028d\te") == "a\ufffdb\ufffdc\ufffdd e"


def drawn(words: str) -> str:
    """A map with these words in a popup, as folium writes it."""
    chart = folium.Map(tiles=None)
    folium.Marker((28.5, 107.9), popup=words, icon=folium.DivIcon()).add_to(chart)
    return str(chart.get_root().render())


@pytest.mark.parametrize("words", strings())
def test_hostile_words_pass_through_folium_unread(words: str) -> None:
    shown = drawn(esc(words))
    assert PRODUCT not in shown
    if words.strip():
        assert esc(words)[:20].strip() in shown


def test_without_esc_folium_runs_them() -> None:
    """The control: if this fails, folium has changed and the test above proves nothing."""
    assert PRODUCT in drawn("{{ 1234 * 4321 }}")
