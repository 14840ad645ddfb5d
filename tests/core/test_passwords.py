"""Which passwords an account may have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.core import passwords
from dashboard.core.errors import Invalid


@pytest.mark.parametrize(
    "good",
    ["纸船 漂过 浞水 三座 木桥 看灯", "tin-moth-river-42-lamp", "fjord vex quilt nymph", "kvmwt-hgzqp-7drx2-nmbca"],
)
def test_a_phrase_of_unrelated_words_is_taken(good: str) -> None:
    passwords.check(good, "yangxm", "杨晓梅")


@pytest.mark.parametrize(
    ("bad", "key"),
    [
        ("kurz und gut", "accounts.password_short"),
        ("x" * 14, "accounts.password_short"),
        ("fjord vex quilt " * 20, "accounts.password_long"),
        ("fjord vex quilt\x00nymph", "accounts.password_control"),
        ("fjord vex quilt\u200bnymph", "accounts.password_control"),
        ("aaaaaaaaaaaaaaaaaaaa", "accounts.password_guessable"),
        ("abcabcabcabcabcabc", "accounts.password_guessable"),
        ("xyzqvw1xyzqvw1xyzqvw1", "accounts.password_guessable"),
        ("password1234567", "accounts.password_guessable"),
        ("Password-Password-2026", "accounts.password_guessable"),
        ("qwertyuiopasdfgh", "accounts.password_guessable"),
        ("1qaz2wsx3edc4rfv", "accounts.password_guessable"),
        ("123456789012345678", "accounts.password_guessable"),
        ("zyxwvutsrqponmlk", "accounts.password_guessable"),
        ("correcthorsebatterystaple", "accounts.password_guessable"),
        ("woaini5201314woaini", "accounts.password_guessable"),
        ("yangxiaomei-2026-admin", "accounts.password_guessable"),
        ("杨晓梅 yangxiaomei 2026", "accounts.password_guessable"),
        ("Ｐａｓｓｗｏｒｄ　Ｐａｓｓｗｏｒｄ　１２３", "accounts.password_guessable"),
    ],
)
def test_what_guessers_try_first_is_refused(bad: str, key: str) -> None:
    with pytest.raises(Invalid) as refused:
        passwords.check(bad, "yangxiaomei", "杨晓梅")
    assert key == refused.value.key


@given(st.text(max_size=14))
def test_nothing_short_is_taken_whatever_its_characters(short: str) -> None:
    if len(passwords.normal(short)) >= passwords.MIN_LENGTH:
        return
    with pytest.raises(Invalid):
        passwords.check(short)


@given(st.text(alphabet="abc", min_size=15, max_size=60))
def test_few_different_characters_are_no_password_however_long(few: str) -> None:
    with pytest.raises(Invalid):
        passwords.check(few)


@given(st.text(min_size=1, max_size=40))
def test_full_width_and_plain_keys_give_the_same_password(words: str) -> None:
    assert passwords.normal(words) == passwords.normal(passwords.normal(words))
