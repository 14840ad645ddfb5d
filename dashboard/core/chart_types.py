"""Types that the grammar of chart specs is made of: each checks one value of JSON and gives back a clean one.

A type knows the shapes of JSON it takes, so that of several the right one is asked and its refusal names the place.
Names of columns come back as `Field` and `Made`, which are told from other words and given plain names before drawing.
"""

import difflib
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from dashboard.core.errors import Invalid


class Field(str):
    """The name of a column that is read."""

    __slots__ = ()


class Made(str):
    """The name of a column that a transform makes."""

    __slots__ = ()


class Refused(Exception):
    """A value that can't be, at a place such as `layer[0].encoding.x.field`. `values` fill the sentence of `key`."""

    def __init__(self, key: str, path: str, /, **values: object) -> None:
        super().__init__(key)
        self.key, self.path, self.values = key, path, values

    @property
    def place(self) -> str:
        """The path as it is read; braces stand for the whole."""
        return self.path or "{ }"

    def of(self, **cell: object) -> Invalid:
        """As the refusal of a cell."""
        return Invalid(self.key, path=self.place, **self.values, **cell)


class Twice(dict[str, Any]):
    """An object of JSON in which a key stands twice."""

    key = ""


@dataclass(frozen=True)
class Type:
    """Takes values of these shapes of JSON. `says` is how what it takes is written, the same in every language; `keys`
    are those an object of it may have."""

    shapes: frozenset[str]
    says: str
    check: Callable[[Any, str], Any]
    keys: frozenset[str] = frozenset()

    def __call__(self, value: Any, path: str) -> Any:
        if shape(value) not in self.shapes:
            raise wrong(value, path, self.says)
        return self.check(value, path)


def shape(value: Any) -> str:
    """What kind of JSON a value is."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "text"
    return "list" if isinstance(value, list) else "object"


def wrong(value: Any, path: str, says: str) -> Refused:
    """The refusal of a value for another."""
    shown = {"object": "{…}", "list": "[…]", "null": "null", "flag": str(value).lower()}.get(shape(value), str(value))
    return Refused("chart_spec.wrong", path, found=shown[:40], wanted=says)


def number(low: float, high: float, *, whole: bool = False) -> Type:
    """A number within bounds."""

    def check(value: Any, path: str) -> Any:
        if not low <= value <= high or (whole and value != int(value)):
            raise wrong(value, path, says)
        return value

    says = f"{low:g} … {high:g}"
    return Type(frozenset({"number"}), says, check)


def word(*words: str) -> Type:
    """One of these words."""

    def check(value: Any, path: str) -> str:
        if value not in words:
            raise wrong(value, path, says)
        return str(value)

    says = " | ".join(f'"{one}"' for one in words)
    return Type(frozenset({"text"}), says, check)


def pattern(regex: str, says: str, key: str = "") -> Type:
    """Text of a form. `key` is the sentence where that form needs one."""
    fits = re.compile(regex)

    def check(value: Any, path: str) -> str:
        if not fits.fullmatch(value):
            raise Refused(key, path, found=value[:40]) if key else wrong(value, path, says)
        return str(value)

    return Type(frozenset({"text"}), says, check)


def words(most: int = 200) -> Type:
    """Any words up to so many letters."""

    def check(value: Any, path: str) -> str:
        if len(value) > most:
            raise wrong(f"{value[:20]}…", path, says)
        return str(value)

    says = f'"…" (≤ {most})'
    return Type(frozenset({"text"}), says, check)


def _named(kind: type[str]) -> Type:
    def check(value: Any, path: str) -> str:
        if not 0 < len(value) <= 200:
            raise wrong(value, path, '"…"')
        return kind(value)

    return Type(frozenset({"text"}), '"…"', check)


FIELD, MADE = _named(Field), _named(Made)
FLAG = Type(frozenset({"flag"}), "true | false", lambda value, path: value)
NULL = Type(frozenset({"null"}), "null", lambda value, path: None)


def several(of: Type, most: int, least: int = 1) -> Type:
    """A list."""

    def check(value: Any, path: str) -> list[Any]:
        if not least <= len(value) <= most:
            raise Refused("chart_spec.too_many", path, count=len(value), least=least, most=most)
        return [of(one, f"{path}[{at}]") for at, one in enumerate(value)]

    return Type(frozenset({"list"}), f"[{of.says}]" if len(of.says) < 60 else "[…]", check, of.keys)


def either(*types: Type) -> Type:
    """One of several types that take different shapes."""
    by_shape = {one: kind for kind in types for one in kind.shapes}

    def check(value: Any, path: str) -> Any:
        return by_shape[shape(value)](value, path)

    inner = frozenset(name for kind in types for name in kind.keys)
    return Type(frozenset(by_shape), " | ".join(kind.says for kind in types), check, inner)


#: What is refused everywhere, and the sentence that says why and what to do instead.
NEVER: dict[str, str] = {
    **dict.fromkeys(("data", "datasets", "lookup", "from", "projection", "geoshape"), "chart_spec.own_data"),
    **dict.fromkeys(("url", "href", "loader", "image"), "chart_spec.address"),
    **dict.fromkeys(("params", "param", "selection", "bind", "select", "views"), "chart_spec.params"),
    **dict.fromkeys(("expr", "signal", "calculate", "labelExpr", "expression"), "chart_spec.expression"),
    **dict.fromkeys(("usermeta", "embedOptions"), "chart_spec.settings"),
    **dict.fromkeys(("width", "autosize", "padding", "bounds", "background"), "chart_spec.size"),
    **dict.fromkeys(("concat", "hconcat", "vconcat", "repeat", "facet", "spec", "resolve"), "chart_spec.concat"),
    **dict.fromkeys(("font", "labelFont", "titleFont", "subtitleFont"), "chart_spec.font"),
}
#: Keys of a refusal that are listed.
_LISTED = 40


@dataclass
class Keys:
    """An object of known keys. Filled after it is made where types name one another. `needs` are keys it can't be
    without; `also` is a last look at the clean object."""

    kinds: dict[str, Type] = field(default_factory=dict)
    needs: Collection[str] = ()
    also: Callable[[dict[str, Any], str], None] | None = None

    def type(self) -> Type:
        """As a type."""
        return Type(frozenset({"object"}), "{…}", self._check, frozenset(self.kinds))

    def _check(self, value: Mapping[str, Any], path: str) -> dict[str, Any]:
        if isinstance(value, Twice):
            raise Refused("chart_spec.key_twice", path, what=value.key[:40])
        clean = {}
        for name, one in value.items():
            here = f"{path}.{name[:40]}" if path else name[:40]
            if name not in self.kinds:
                raise self._unknown(name, here)
            clean[name] = self.kinds[name](one, here)
        for name in self.needs:
            if name not in clean:
                raise Refused("chart_spec.needs", path, what=name)
        if self.also is not None:
            self.also(clean, path)
        return clean

    def _unknown(self, name: str, path: str) -> Refused:
        if name in NEVER:
            return Refused(NEVER[name], path, what=name)
        near = difflib.get_close_matches(name, self.kinds, 1)
        listed = dict.fromkeys([*near, *sorted(self.kinds)])
        return Refused("chart_spec.key", path, what=name[:40], allowed=", ".join(list(listed)[:_LISTED]))


def keys(needs: Collection[str] = (), /, **kinds: Type) -> Type:
    """An object of these keys."""
    return Keys(kinds, needs).type()
