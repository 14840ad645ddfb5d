"""What an SQL text speaks of, without running it: the tables it reads, its parameters, how many statements it has.

The database decides what a text may do; this only tells which views and earlier cells it needs.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

_TOKEN = re.compile(
    r"""
    (?P<space>\s+|--[^\n]*|/\*.*?(?:\*/|\Z))
    |(?P<string>'(?:[^']|'')*')
    |(?P<quoted>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\])
    |(?P<parameter>[:@$][A-Za-z0-9_\u0080-\U0010ffff]+|\?\d*)
    |(?P<number>(?:0[xX][0-9A-Fa-f]+|\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?))
    |(?P<word>[A-Za-z_\u0080-\U0010ffff][A-Za-z0-9_$\u0080-\U0010ffff]*)
    |(?P<sign>.)
    """,
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_ENDS_FROM = frozenset({"where", "group", "order", "limit", "having", "window", "union", "intersect", "except"})
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_UPPER = str.maketrans({chr(code): chr(code + 32) for code in range(ord("A"), ord("Z") + 1)})


class Token(NamedTuple):
    """`kind` is a group of the pattern above; `text` as written, of quoted names without the quotes, `raw` with them;
    it stands from `begin` to `end`."""

    kind: str
    text: str
    begin: int = 0
    end: int = 0
    raw: str = ""

    @property
    def word(self) -> str:
        """The keyword it may be; empty for anything quoted."""
        return lowered(self.text) if self.kind == "word" else ""

    @property
    def named(self) -> bool:
        return self.kind in ("word", "quoted", "string")


def lowered(name: str) -> str:
    """A name as SQLite compares it: only A to Z have two cases."""
    return name.translate(_UPPER)


def tokens(sql: str) -> Iterator[Token]:
    """The tokens of a text, without space and comments."""
    return (one for one in pieces(sql) if one.kind != "space")


def pieces(sql: str) -> Iterator[Token]:
    """The tokens of a text, space and each comment ("space", too) among them."""
    for found in _TOKEN.finditer(sql):
        kind, raw = str(found.lastgroup), found.group()
        text = raw
        if kind in ("string", "quoted"):
            sign = raw[-1]
            text = raw[1:-1].replace(sign * 2, sign) if sign != "]" else raw[1:-1]
        yield Token(kind, text, found.start(), found.end(), raw)


def parameters_in(sql: str) -> tuple[str, ...]:
    """The parameters of a text in order, ":town" as "town", each once."""
    found = (token.text for token in tokens(sql) if token.kind == "parameter")
    return tuple(dict.fromkeys(name if name.startswith("?") else name[1:] for name in found))


def days_in(sql: str) -> tuple[str, ...]:
    """The days that stand in a text as '2026-11-16', each once."""
    found = (token.text for token in tokens(sql) if token.kind == "string")
    return tuple(dict.fromkeys(text for text in found if is_day(text)))


def is_day(value: object) -> bool:
    """Is this a day as views write it?"""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def statements_in(sql: str) -> int:
    """How many statements a text has; a last semicolon begins none."""
    count, begun = 0, False
    for token in tokens(sql):
        if token.text == ";" and token.kind == "sign":
            begun = False
        elif not begun:
            count, begun = count + 1, True
    return count


def first_word(sql: str) -> str:
    """The keyword a text begins with."""
    return next((token.word for token in tokens(sql)), "")


def names_in(sql: str) -> frozenset[str]:
    """The tables a text reads (after FROM, JOIN, IN), in lower case: views and earlier cells, not names of its WITH."""
    return _Reader(list(tokens(sql))).read()


def with_table(sql: str, old: str, new: str) -> str:
    """The text reading another table: `old` after FROM, JOIN, IN and before the dot of a column is `new`."""
    listed = list(tokens(sql))
    places = _Reader(listed).places(old)
    if not places:
        return sql
    dotted = (at for at, one in enumerate(listed[:-1]) if _sign(listed[at + 1]) == "." and lowered(one.text) == old)
    places |= {
        at for at in dotted if listed[at].kind in ("word", "quoted") and (not at or _sign(listed[at - 1]) != ".")
    }
    return _replaced(sql, [listed[at] for at in places], new)


def with_parameter(sql: str, old: str, new: str) -> str:
    """The text with the parameter `:old` as `:new`."""
    return _replaced(sql, [one for one in tokens(sql) if one.kind == "parameter" and one.text[1:] == old], f":{new}")


def _sign(token: Token) -> str:
    return token.text if token.kind == "sign" else ""


def _replaced(sql: str, found: list[Token], new: str) -> str:
    for token in sorted(found, key=lambda one: one.begin, reverse=True):
        sql = sql[: token.begin] + new + sql[token.end :]
    return sql


@dataclass(eq=False)
class _Level:
    """What stands between two parentheses. `wants`: a table is due here; `listed`: a comma makes another one due."""

    parent: "_Level | None"
    wants: bool = False
    listed: bool = False
    with_: bool = False
    made: set[str] = field(default_factory=set)

    def knows(self, name: str) -> bool:
        level: _Level | None = self
        while level is not None:
            if name in level.made:
                return True
            level = level.parent
        return False


class _Reader:
    """Walks the tokens once; names are told apart from those of WITH at the end, for WITH may name ahead."""

    def __init__(self, listed: list[Token]) -> None:
        self._tokens = listed
        self._level = _Level(None)
        self._found: list[tuple[_Level, str, int]] = []

    def read(self) -> frozenset[str]:
        self._walk()
        return frozenset(name for level, name, _ in self._found if not level.knows(name))

    def places(self, wanted: str) -> set[int]:
        """Which tokens name this table."""
        self._walk()
        return {at for level, name, at in self._found if name == wanted and not level.knows(name)}

    def _walk(self) -> None:
        at = 0
        while at < len(self._tokens):
            at = self._step(at)

    def _at(self, place: int) -> Token:
        return self._tokens[place] if 0 <= place < len(self._tokens) else Token("end", "")

    def _step(self, at: int) -> int:
        token, level = self._tokens[at], self._level
        if token.kind == "sign":
            self._sign(token.text)
            return at + 1
        if level.with_ and self._begins_with_name(at):
            level.made.add(lowered(token.text))
            return at + 1
        word = token.word
        if word in ("select", "values", "with"):
            level.wants = level.listed = False
            level.with_ = word == "with"
        elif level.wants and token.named:
            return self._table(at)
        elif (word == "from" and not self._compares(at)) or word == "join":
            level.wants = level.listed = True
        elif word == "in" and self._at(at + 1).kind in ("word", "quoted", "string"):
            return self._table(at + 1, listed=level.listed)
        elif word in _ENDS_FROM:
            level.listed = level.wants = False
        return at + 1

    def _sign(self, sign: str) -> None:
        level = self._level
        if sign == "(":
            inner = _Level(level, wants=level.wants, listed=level.wants)
            level.wants = False
            self._level = inner
        elif sign == ")":
            self._level = level.parent or level
        elif sign == "," and level.listed:
            level.wants = True
        elif sign == ";":
            self._level = _Level(None)

    def _begins_with_name(self, at: int) -> bool:
        """Directly after WITH, WITH RECURSIVE or a comma between two of its tables?"""
        before = self._at(at - 1)
        begins = before.word in ("with", "recursive") or (before.kind, before.text) == ("sign", ",")
        return self._tokens[at].named and begins and not (self._tokens[at].word == "recursive" and self._named(at + 1))

    def _named(self, at: int) -> bool:
        """A name stands here, not the AS after a table that is itself called "recursive"."""
        return self._at(at).named and self._at(at).word != "as"

    def _compares(self, at: int) -> bool:
        """The FROM of IS DISTINCT FROM, which names no table."""
        return self._at(at - 1).word == "distinct" and self._at(at - 2).word in ("is", "not")

    def _table(self, at: int, listed: bool = True) -> int:
        level = self._level
        level.wants, level.listed = False, listed
        qualified = self._at(at + 1).text == "." and self._at(at + 1).kind == "sign"
        if qualified:
            at += 2
        after = self._at(at + 1)
        if (after.kind, after.text) == ("sign", "("):
            return at + 1
        name = self._at(at)
        if name.named:
            # A name with its schema never is one of WITH.
            self._found.append((_Level(None) if qualified else level, lowered(name.text), at))
        return at + 1
