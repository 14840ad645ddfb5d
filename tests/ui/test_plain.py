"""People's words in Streamlit's Markdown."""

import string

from hypothesis import given
from hypothesis import strategies as st

from dashboard.ui.plain import plain


@given(st.text())
def test_every_mark_of_markdown_is_escaped_and_nothing_else_is_changed(words: str) -> None:
    shown = plain(words, limit=10_000)
    unescaped, position = "", 0
    while position < len(shown):
        if shown[position] == "\\":
            position += 1
            assert shown[position] in string.punctuation
        else:
            assert shown[position] not in string.punctuation
        unescaped += shown[position]
        position += 1
    kept = "".join(sign if sign.isprintable() or not sign.isascii() else " " for sign in words)
    assert (
        "".join(kept.split()) == "".join(unescaped.split())
        or "\x00" in words
        or any(0x7F <= ord(sign) < 0xA0 or 0xD800 <= ord(sign) < 0xE000 for sign in words)
    )


@given(st.text(), st.integers(1, 50))
def test_the_words_stay_on_one_line_within_the_limit(words: str, limit: int) -> None:
    shown = plain(words, limit)
    assert "\n" not in shown and "\r" not in shown
    assert len(shown.replace("\\", "")) <= limit + words.count("\\")


def test_an_image_a_link_and_a_formula_become_the_words_they_are_written_with() -> None:
    assert r"\!\[x\]\(http\:\/\/a\.example\)" == plain("![x](http://a.example)")
    assert r"\$x\^2\$ \:red\[y\] \<b\>" == plain("$x^2$ :red[y] <b>")
