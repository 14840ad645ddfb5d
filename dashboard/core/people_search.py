"""What somebody typed to find a person: a name, pinyin initials, the end of a phone, or a whole phone."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

#: A phone number to compare as a whole has at least so many digits; the tail kept for display has four.
WHOLE_PHONE, TAIL = 7, 4


class By(StrEnum):
    NAME = "name"
    INITIALS = "initials"
    TAIL = "tail"
    PHONE = "phone"
    #: Five or six digits: more than the tail we keep, fewer than a phone. Nobody is found by it.
    NOTHING = "nothing"


@dataclass(frozen=True)
class Clue:
    """One word of the search and what it is compared with. All clues must fit."""

    by: By
    word: str


def clues(words: str) -> tuple[Clue, ...]:
    """The clues of what was typed, full-width signs made plain, invisible ones dropped: "张 1234" is name and tail."""
    folded = unicodedata.normalize("NFKC", words)
    seen = "".join(sign for sign in folded if unicodedata.category(sign) not in ("Cf", "Cc", "Cs") or sign in "\t\n")
    joined = re.sub(r"(?<=\d)[ \-](?=\d)", "", seen)
    return tuple(_clue(word) for word in joined.split())


def _clue(word: str) -> Clue:
    digits = word.removeprefix("+86")
    if digits.isascii() and digits.isdigit():
        if len(digits) >= WHOLE_PHONE:
            return Clue(By.PHONE, digits)
        return Clue(By.TAIL if len(digits) <= TAIL else By.NOTHING, digits)
    if word.isascii() and word.isalpha():
        return Clue(By.INITIALS, word.casefold())
    return Clue(By.NAME, word)
