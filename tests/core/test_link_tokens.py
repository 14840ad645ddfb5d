"""Tokens of short links: ours are known, everything else is not."""

from hypothesis import given
from hypothesis import strategies as st

from dashboard.core import link_tokens

KEY = bytes(range(32))
random = st.binary(min_size=link_tokens.RANDOM, max_size=link_tokens.RANDOM)


@given(random)
def test_a_token_of_ours_is_known_and_fits_an_address(some: bytes) -> None:
    token = link_tokens.make(KEY, some)
    assert link_tokens.is_ours(KEY, token)
    assert len(token) == link_tokens.LENGTH and token.replace("-", "").replace("_", "").isalnum()


@given(random, st.integers(0, link_tokens.LENGTH - 1), st.sampled_from("ABCxyz019-_"))
def test_a_token_with_another_sign_is_not(some: bytes, at: int, sign: str) -> None:
    token = link_tokens.make(KEY, some)
    other = token[:at] + sign + token[at + 1 :]
    assert link_tokens.is_ours(KEY, other) == (other == token)


@given(random, st.binary(min_size=32, max_size=32).filter(lambda key: key != KEY))
def test_another_database_s_token_is_not(some: bytes, key: bytes) -> None:
    assert not link_tokens.is_ours(KEY, link_tokens.make(key, some))


@given(st.text(max_size=60))
def test_any_words_are_refused_quietly(words: str) -> None:
    assert not link_tokens.is_ours(KEY, words)


@given(random)
def test_two_tokens_share_no_digest(some: bytes) -> None:
    other = bytes([some[0] ^ 1]) + some[1:]
    assert link_tokens.digest(link_tokens.make(KEY, some)) != link_tokens.digest(link_tokens.make(KEY, other))
