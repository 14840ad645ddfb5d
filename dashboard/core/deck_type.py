"""How wide words are and where they wrap, without a font: for Chinese, English and mixed lines, never too narrow.

Widths are shares of the type's size (em), the widest of the fonts a deck is shown in (Noto Sans CJK, Microsoft YaHei,
PingFang, Arial). So a line that fits here fits on the screen, in an office program and in a PDF, whose fonts differ.
"""

import re
import unicodedata
from functools import lru_cache

#: Bold letters are so much wider.
BOLD = 1.1
_NARROW, _BROAD = frozenset("ijlftrI|'!.,:;()[]{}/\\ -`\""), frozenset("mwMW@%&")
#: Punctuation that ends no line, and such that begins none.
_OPEN, _CLOSE = "（《「『【〔“‘", "，。、；：？！）》」』】〕”’…—％·"
_WIDE = (
    "\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff60\U0001f000-\U0003ffff"
)
#: What stays on one line: a wide letter or a word with the punctuation around it, and the blanks after it.
_TOKEN = re.compile(
    rf"[{_OPEN}]*(?:(?![{_OPEN}{_CLOSE}])[{_WIDE}][{_CLOSE},.;:!?)%\]]*|[^\s{_WIDE}{_OPEN}{_CLOSE}]+[{_CLOSE}]*|[{_CLOSE}]+)?\s*"
)

#: Words longer than this may be broken anywhere.
_LONG = re.compile(r"[!-~\u00a1-\u024f]{25,}")


@lru_cache(maxsize=4096)
def _advance(letter: str) -> float:
    if letter < "\x7f":
        if letter in _NARROW:
            return 0.42
        if letter in _BROAD:
            return 0.98
        return 0.72 if letter.isupper() else 0.64
    if unicodedata.combining(letter) or unicodedata.category(letter) in ("Cf", "Mn"):
        return 0.0
    return 1.02 if unicodedata.east_asian_width(letter) in "WFA" else 0.75


def _between(before: str, after: str) -> float:
    """The blank that office programs and typst set between a Chinese letter and a Latin one or a digit."""
    latin, other = (before, after) if before < "\x7f" else (after, before)
    return 0.25 if latin < "\x7f" and latin.isalnum() and other > "\u2e7f" and other.isalpha() else 0.0


@lru_cache(maxsize=16384)
def width(words: str, *, bold: bool = False) -> float:
    """The width of words on one line, in their own size."""
    blanks = sum(map(_between, words, words[1:]))
    return (sum(map(_advance, words)) + blanks) * (BOLD if bold else 1.0)


@lru_cache(maxsize=16384)
def longest_token(words: str, *, bold: bool = False) -> float:
    """The width of the widest part that a line break leaves whole."""
    return max((width(token.rstrip(), bold=bold) for token in _TOKEN.findall(words) if token), default=0.0)


def lines(words: str, room: float, *, bold: bool = False) -> tuple[str, ...]:
    """The lines that words take in a room of so many ems: pieces that together are the words. A part wider than the
    room is broken anywhere."""
    # A column that was made as wide as its widest cell holds it, whatever the last digit.
    room = max(room, 1.2 * (BOLD if bold else 1.0)) + 1e-6
    if width(words, bold=bold) <= room:
        return (words,)
    found, line, used = [], "", 0.0
    for token in _TOKEN.findall(words):
        whole = width(token.rstrip(), bold=bold)
        if line and token:
            used += _between(line[-1], token[0])
        if line and used + whole > room:
            found.append(line)
            line, used = "", 0.0
        if whole > room:
            for letter in token:
                step = width(letter, bold=bold)
                if line and used + step > room and not letter.isspace():
                    found.append(line)
                    line, used = "", 0.0
                line, used = line + letter, used + step
        else:
            line, used = line + token, used + width(token, bold=bold)
    return (*found, line) if line or not found else tuple(found)


def split(words: str, room: float, most: int, *, bold: bool = False) -> tuple[str, str]:
    """The first so many lines, and what is left."""
    taken = "".join(lines(words, room, bold=bold)[: max(most, 1)])
    return taken.rstrip(), words[len(taken) :]


def breakable(words: str) -> str:
    """The words with places to break (U+200B) in very long ones: typst has no other way to break them."""
    return _LONG.sub(lambda found: "\u200b".join(found[0]), words)
