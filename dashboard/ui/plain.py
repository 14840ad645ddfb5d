"""People's words where Streamlit reads Markdown: labels, captions, badges, table cells.

A name may hold `![](http://...)`, `<img>`, `[link]()` or `$math$`; as Markdown it would fetch, link or vanish.
"""

import re
import unicodedata

_MARKS = re.compile(r"([!-/:-@\[-`{-~])")


def plain(words: str, limit: int = 200) -> str:
    """The words as Markdown that shows exactly them, on one line, at most `limit` characters."""
    line = "".join(sign if unicodedata.category(sign) not in ("Cc", "Cs") else " " for sign in words)
    line = " ".join(line.split())
    short = line if len(line) <= limit else line[: limit - 1] + "…"
    return _MARKS.sub(r"\\\1", short)
