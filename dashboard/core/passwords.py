"""Which passwords an account may have: NIST SP 800-63B-4 for a password that stands alone.

At least 15 characters, every character counts (spaces and Chinese too), no rule about kinds of characters and no forced
change, but nothing that guessers try first: known passwords, repeats, runs, the account's own name.
"""

import unicodedata

from dashboard.core.errors import Invalid

MIN_LENGTH = 15
#: Longer ones would only cost time to hash.
MAX_LENGTH = 128
#: Fewer different characters than this is a repeat, whatever the length.
MIN_DISTINCT = 6
#: This many characters of a known run in a row fill most of a password of the least length.
RUN_LENGTH = 9
RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "0123456789012345678901234567890",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
    "zxcvbnmasdfghjklqwertyuiop",
)
#: Words that lead guessers' lists; repeated, numbered or chained they stay guessable.
COMMON = (
    "password", "passw0rd", "p@ssword", "p@ssw0rd", "welcome", "letmein", "iloveyou", "admin", "administrator", "root",
    "qwerty", "woaini", "5201314", "1314520", "dashboard", "civic", "practice", "volunteer", "wenming", "shijian",
    "zhiyuan", "zhiyuanzhe", "changeme", "default", "guest", "test", "user", "login", "master", "secret", "monkey",
    "dragon", "football", "baseball", "sunshine", "princess", "superman", "trustno1", "correcthorsebatterystaple",
    "correct", "horse", "battery", "staple", "china", "zhongguo", "beijing", "guizhou", "woaizhongguo", "888888",
    "666666", "123456", "123123", "111111", "000000", "112233", "123321", "abc123", "a123456", "asd123", "qwe123",
    "密码", "管理员", "志愿者", "新时代", "文明实践",
)  # fmt: skip
#: Characters that must remain once common words, the account's names, digits of years and punctuation are taken away.
MIN_REMAINDER = 5


def normal(password: str) -> str:
    """The form that is hashed: NFKC, so that the same keys give the same password on every keyboard."""
    return unicodedata.normalize("NFKC", password)


def check(password: str, *names: str) -> None:
    """Raise Invalid where the password is too short, too long, or easy to guess for an account with these names."""
    plain = normal(password)
    if len(plain) < MIN_LENGTH:
        raise Invalid("accounts.password_short", least=MIN_LENGTH, length=len(plain))
    if len(plain) > MAX_LENGTH:
        raise Invalid("accounts.password_long", most=MAX_LENGTH)
    if any(unicodedata.category(character).startswith("C") for character in plain):
        raise Invalid("accounts.password_control")
    if guessable(plain, *names):
        raise Invalid("accounts.password_guessable")


def guessable(password: str, *names: str) -> bool:
    """Is it a repeat, a run of keys, or made of common words and the account's names?"""
    low = normal(password).casefold()
    if len(set(low)) < MIN_DISTINCT or _repeats(low) or _has_run(low):
        return True
    rest = low
    for word in sorted({*COMMON, *(name.casefold() for name in names if len(name) > 1)}, key=len, reverse=True):
        rest = rest.replace(word, " ")
    return len({character for character in rest if character.isalpha()}) + _digits(rest) < MIN_REMAINDER


def _digits(rest: str) -> int:
    """Digits that are more than a year or a count."""
    digits = sum(character.isdigit() for character in rest)
    return 0 if digits <= 4 else digits - 4


def _repeats(low: str) -> bool:
    """Is it one piece of at most a third of its length, again and again?"""
    return any(low == (low[:size] * len(low))[: len(low)] for size in range(1, len(low) // 3 + 1))


def _has_run(low: str) -> bool:
    """Does a run of keys or of the alphabet, either way, fill most of it?"""
    pieces = {low[i : i + RUN_LENGTH] for i in range(len(low) - RUN_LENGTH + 1)}
    return any(piece in run or piece in run[::-1] for piece in pieces for run in RUNS)
