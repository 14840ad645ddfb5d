"""Tokens of short links: random, and signed, so that a made-up one is told without asking the database.

A token is 16 random bytes and the first 8 of their HMAC-SHA-256 under the database's secret, in URL-safe base64: 32
signs. Guessing one takes 2^128 tries; a forged signature passes once in 2^64 and then still has no row.
"""

import base64
import binascii
import hashlib
import hmac

RANDOM, TAG = 16, 8
#: Length of a token in signs.
LENGTH = (RANDOM + TAG) * 4 // 3
#: So that a signature made for another purpose with the same secret is none here.
_PURPOSE = b"short link:"


def make(key: bytes, random: bytes) -> str:
    """The token of 16 random bytes."""
    if len(random) != RANDOM:
        raise ValueError(f"{RANDOM} random bytes are wanted")
    return base64.urlsafe_b64encode(random + _tag(key, random)).decode()


def is_ours(key: bytes, token: str) -> bool:
    """Was this token made with this key? Takes the same time for every wrong one of the right length."""
    if len(token) != LENGTH or not token.isascii():
        return False
    try:
        raw = base64.b64decode(token, altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return False
    return hmac.compare_digest(raw[RANDOM:], _tag(key, raw[:RANDOM]))


def digest(token: str) -> str:
    """What is kept of a token: SHA-256 in hex."""
    return hashlib.sha256(token.encode()).hexdigest()


def _tag(key: bytes, random: bytes) -> bytes:
    return hmac.new(key, _PURPOSE + random, hashlib.sha256).digest()[:TAG]
