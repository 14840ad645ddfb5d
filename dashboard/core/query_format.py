"""A SQL text in lines: a clause begins one, what stands in a subquery is indented, long lists are broken.

Only space is changed: the text means what it meant, comments stay where they are.
"""

from dataclasses import dataclass

from dashboard.core.query_names import Token, pieces

_CLAUSES = frozenset(
    {"select", "from", "where", "group", "having", "window", "order", "limit", "union", "intersect", "except", "values"}
)
_BEFORE_JOIN = frozenset({"left", "right", "full", "inner", "cross", "natural", "outer"})
_STEP = "  "
#: Where a list goes on in the next line, and a condition.
_LONG, _LONG_CONDITION = 90, 60


def tidy(sql: str) -> str:
    """The text in lines; as it was where that would change it."""
    words = _words(sql)
    found = _Lines(words).written()
    same = [one.raw.strip() for one in _words(found)] == [one.raw.strip() for one in words]
    return found if same else sql


def _words(sql: str) -> list[Token]:
    """Tokens and comments."""
    return [one for one in pieces(sql) if not one.raw.isspace()]


@dataclass
class _Level:
    """What stands between two parentheses: a query of its own, or not. `listed`: it names tables of a WITH."""

    query: bool
    indent: int
    listed: bool = False


class _Lines:
    def __init__(self, found: list[Token]) -> None:
        self._found = found
        self._lines: list[str] = []
        self._line = ""
        self._levels = [_Level(True, 0)]

    def written(self) -> str:
        for at, one in enumerate(self._found):
            self._piece(at, one)
        self._break(0)
        return "\n".join(self._lines)

    def _word(self, at: int) -> str:
        return self._found[at].word if 0 <= at < len(self._found) else ""

    def _piece(self, at: int, one: Token) -> None:
        level = self._levels[-1]
        if one.kind == "space":
            self._comment(at, one, level)
        elif (one.kind, one.text) == ("sign", ")"):
            self._closed(at, one)
        else:
            self._before(at, one, level)
            self._put(at, one.raw)
            if (one.kind, one.text) == ("sign", "("):
                self._opened(at, level)

    def _before(self, at: int, one: Token, level: _Level) -> None:
        """Begin a line where one is due."""
        word, before = one.word, self._found[at - 1] if at else None
        if not level.query or before is None:
            return
        if word in ("with", "select"):
            level.listed = word == "with"
        after_comma = (before.kind, before.text) == ("sign", ",")
        if self._begins(at, word) or (level.listed and after_comma):
            self._break(level.indent)
        elif len(self._line) > (_LONG if after_comma else _LONG_CONDITION) and (after_comma or word in ("and", "or")):
            self._break(level.indent + 1)

    def _begins(self, at: int, word: str) -> bool:
        """Does a clause begin here?"""
        if word == "from":
            return not (self._word(at - 1) == "distinct" and self._word(at - 2) in ("is", "not"))
        if word in _BEFORE_JOIN:
            return self._word(at - 1) not in _BEFORE_JOIN and (self._word(at + 1) in _BEFORE_JOIN | {"join"})
        if word == "join":
            return self._word(at - 1) not in _BEFORE_JOIN
        return word in _CLAUSES

    def _opened(self, at: int, level: _Level) -> None:
        inner = self._word(at + 1) in ("select", "with", "values")
        self._levels.append(_Level(inner, level.indent + 1 if inner else level.indent))
        if inner:
            self._break(level.indent + 1)

    def _closed(self, at: int, one: Token) -> None:
        inner = self._levels.pop() if len(self._levels) > 1 else self._levels[-1]
        if inner.query and len(self._levels):
            self._break(max(inner.indent - 1, 0))
        self._put(at, one.raw)

    def _comment(self, at: int, one: Token, level: _Level) -> None:
        self._put(at, one.text.strip())
        if one.text.lstrip().startswith("--"):
            self._break(level.indent)

    def _put(self, at: int, text: str) -> None:
        """Space stands where it stood."""
        apart = at > 0 and self._found[at - 1].end < self._found[at].begin
        if self._line.strip() and apart:
            self._line += " "
        self._line += text

    def _break(self, indent: int) -> None:
        if self._line.strip():
            self._lines.append(self._line.rstrip())
        self._line = _STEP * indent
