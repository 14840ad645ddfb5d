"""A chart's spec of one's own: the words of a cell read strictly, and laid beside the columns of its query.

`parse` checks the text alone (`core/chart_grammar.py` says what may stand in it), `against` the columns;
`core/chart_rows.py` the rows. A spec holds no rows: those are always of the cell's query.
"""

import difflib
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from dashboard.core.chart_grammar import COUNTING, FACETS, LAYERED, NUMBERING, SINGLE
from dashboard.core.chart_types import Field, Made, Refused, Twice

#: Characters, values and levels of a spec.
LONGEST, MOST_PARTS, DEEPEST = 20_000, 1_500, 16


@dataclass(frozen=True)
class Spec:
    """A spec that was checked. In `tree` names of columns are `Field` and `Made`."""

    tree: Mapping[str, Any]

    @property
    def views(self) -> list[tuple[str, Mapping[str, Any]]]:
        """What is drawn, with its place: the layers, or the one view."""
        if "layer" in self.tree:
            return [(f"layer[{at}].", one) for at, one in enumerate(self.tree["layer"])]
        return [("", self.tree)]

    @property
    def counts(self) -> str:
        """What in it counts or numbers rows, "" for none: what a picture counts can't be hidden where it is small."""
        told = [one.get(key) for _, one in objects_in(self.tree) for key in ("aggregate", "op")]
        ops = {one for one in told if isinstance(one, str)}
        return next((op for op in (*COUNTING, *NUMBERING) if op in ops), "")

    @property
    def writes(self) -> bool:
        """Does it write values of rows as words? One that isn't there would stand as a zero."""
        marks = [one["mark"] for _, one in self.views]
        return "text" in {one if isinstance(one, str) else one["type"] for one in marks}

    @property
    def computes(self) -> bool:
        """Does it sum up, sort into bins, or otherwise make values of several rows?"""
        keys = {key for _, one in objects_in(self.tree) for key in one}
        return bool(keys & {"aggregate", "joinaggregate", "window", "bin", "op"})


@dataclass(frozen=True)
class Use:
    """The columns that a spec reads, in the order it names them; those it reads as numbers and as days; those of which
    it asks whether there is a value; what its transforms make, with the kind of each: number, day or words."""

    columns: tuple[str, ...]
    numbers: frozenset[str]
    days: frozenset[str]
    asked: frozenset[str]
    made: Mapping[str, str]


@lru_cache(maxsize=256)
def parse(words: str) -> Spec:
    """The spec that a text holds. Raises Refused that names the place."""
    if len(words) > LONGEST:
        raise Refused("chart_spec.too_long", "", most=LONGEST)
    value = _json(words)
    of = LAYERED if isinstance(value, Mapping) and "layer" in value else SINGLE
    spec = Spec(of(value, ""))
    _timed(spec)
    return spec


def _timed(spec: Spec) -> None:
    """Raises Refused for words beside a unit of time: Vega-Lite writes such a constant into an expression as it stands;
    numbers and days as objects it writes as such. Layers share a channel, so it is looked at in all of them."""
    for path, one in objects_in(spec.tree):
        if "timeUnit" in one and (name := _worded(one, ("equal", "lt", "lte", "gt", "gte", "range", "oneOf"))):
            raise Refused("chart_spec.timed", f"{path}.{name}")
    encodings = [("encoding", spec.tree.get("encoding", {}))]
    encodings += [(f"{path}encoding", view.get("encoding", {})) for path, view in spec.views if path]
    channels = [(path, name, one) for path, encoding in encodings for name, one in encoding.items()]
    units = {_axis(name) for _, name, one in channels if any("timeUnit" in part for _, part in objects_in(one))}
    for path, name, one in channels:
        for where, part in objects_in(one, f"{path}.{name}"):
            if _axis(name) in units and (key := _worded(part, ("datum", "sort", "domain", "values"))):
                raise Refused("chart_spec.timed", f"{where}.{key}")


def _axis(channel: str) -> str:
    """x2 and xOffset belong to x."""
    return channel[0] if channel[0] in "xy" else channel


def _worded(one: Mapping[str, Any], names: Sequence[str]) -> str:
    """Of these keys the first whose constants are words; "" for none. A sort by a name is no constant."""
    for name in names:
        value = one.get(name)
        if isinstance(value, str) and name != "sort":
            return name
        if isinstance(value, list) and any(isinstance(part, str) for part in value):
            return name
    return ""


def _json(words: str) -> Any:
    """Strict JSON, bounded in depth and in the number of its parts."""
    parts = 0

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal parts
        parts += len(found)
        made = dict(found)
        if len(made) == len(found):
            return made
        names = [name for name, _ in found]
        twice = Twice(made)
        twice.key = next(name for name in names if names.count(name) > 1)
        return twice

    def constant(said: str) -> float:
        raise Refused("chart_spec.no_number", "", found=said[:20])

    def decimal(said: str) -> float:
        value = float(said)
        return value if math.isfinite(value) else constant(said)

    def whole(said: str) -> int | float:
        return int(said) if len(said) < 20 else decimal(said)

    if _deep(words) > DEEPEST:
        raise Refused("chart_spec.too_deep", "", most=DEEPEST)
    try:
        value = json.loads(
            words, object_pairs_hook=pairs, parse_constant=constant, parse_float=decimal, parse_int=whole
        )
    except json.JSONDecodeError as error:
        near = words[error.pos : error.pos + 20].split("\n")[0]
        raise Refused("chart_spec.not_json", "", line=error.lineno, column=error.colno, near=near) from error
    if parts > MOST_PARTS or words.count(",") > MOST_PARTS:
        raise Refused("chart_spec.too_large", "", most=MOST_PARTS)
    return value


def _deep(words: str) -> int:
    """How many levels there are, those within words left out."""
    deepest = level = 0
    for sign in re.sub(r'"(?:[^"\\]|\\.)*"', "", words):
        level += (sign in "{[") - (sign in "}]")
        deepest = max(deepest, level)
    return deepest


def pretty(value: Any, indent: str = "", wide: int = 76) -> str:
    """JSON in lines as people read it: what fits on one stays on one."""
    line = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(line) <= wide or not isinstance(value, dict | list) or not value:
        return line
    inner = f"{indent}  "
    if isinstance(value, dict):
        parts = [f"{json.dumps(name, ensure_ascii=False)}: {pretty(one, inner, wide)}" for name, one in value.items()]
    else:
        parts = [pretty(one, inner, wide) for one in value]
    begin, end = "{}" if isinstance(value, dict) else "[]"
    return f"{begin}\n{inner}" + f",\n{inner}".join(parts) + f"\n{indent}{end}"


def tidy(words: str) -> str:
    """A spec's text in lines. Raises Refused where it is no JSON."""
    return pretty(_json(words))


# -- beside the columns


def against(spec: Spec, columns: Sequence[str]) -> Use:
    """What the spec reads of these columns. Raises Refused naming a column that isn't there and those like it."""
    use = _Reading(tuple(columns))
    begin = use.transformed(spec.tree.get("transform", ()), use.given, "transform")
    for path, view in spec.views:
        known = begin
        if path:
            known = use.transformed(view.get("transform", ()), begin, f"{path}transform")
            use.read(spec.tree.get("encoding", {}), known, "encoding")
        use.read(view.get("encoding", {}), known, f"{path}encoding")
    for name in FACETS:
        small = spec.tree.get("encoding", {}).get(name)
        if small is not None and small["field"] not in columns:
            raise Refused("chart_spec.small_made", f"encoding.{name}.field", column=small["field"][:60])
    return Use(tuple(use.columns), frozenset(use.numbers), frozenset(use.days), frozenset(use.asked), dict(use.made))


class _Reading:
    """Goes through a spec as the drawing does, and writes down what it reads."""

    def __init__(self, given: tuple[str, ...]) -> None:
        self.given: Mapping[str, str] = dict.fromkeys(given, "")
        self.columns: dict[str, None] = {}
        self.numbers: set[str] = set()
        self.days: set[str] = set()
        self.asked: set[str] = set()
        self.made: dict[str, str] = {}

    def transformed(self, steps: Sequence[Mapping[str, Any]], known: Mapping[str, str], path: str) -> dict[str, str]:
        """The columns there are after these steps, each with its kind where the spec makes it."""
        now = dict(known)
        for at, step in enumerate(steps):
            self.read(step, now, f"{path}[{at}]")
            made = dict(_made(step))
            if "aggregate" in step:
                now = {name: kind for name, kind in now.items() if name in step.get("groupby", ())}
            now |= made
            self.made |= made
        return now

    def read(self, part: Any, known: Mapping[str, str], path: str) -> None:
        """Every column named in a part must be known."""
        for where, one in objects_in(part, path):
            for name, value in _fields(one):
                here = f"{where}.{name}"
                if value not in known:
                    raise self._missing(value, known, here)
                if known[value]:
                    continue
                self.columns.setdefault(str(value))
                if "valid" in one or one.get("op", one.get("aggregate")) in ("valid", "missing"):
                    self.asked.add(value)
                if "timeUnit" in one or one.get("type") == "temporal":
                    self.days.add(value)
                elif _as_number(one):
                    self.numbers.add(value)

    @staticmethod
    def _missing(name: str, known: Mapping[str, str], path: str) -> Refused:
        near = difflib.get_close_matches(name, list(known), 3, 0.5)
        listed = list(dict.fromkeys([*near, *known]))[:12]
        return Refused("chart_spec.no_column", path, column=name[:60], columns=", ".join(listed))


def _fields(one: Mapping[str, Any]) -> Iterator[tuple[str, Field]]:
    for name, value in one.items():
        if isinstance(value, Field):
            yield name, value
        elif isinstance(value, list):
            yield from ((f"{name}[{at}]", item) for at, item in enumerate(value) if isinstance(item, Field))


def _as_number(one: Mapping[str, Any]) -> bool:
    summed = one.get("aggregate") or one.get("op")
    if summed is None:
        return one.get("type") == "quantitative" or bool(one.get("bin"))
    return isinstance(summed, str) and summed in ("sum", "mean", "average", "median", "q1", "q3", "stdev", "variance")


def _made(step: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What a transform makes, with its kind."""
    for one in (*_list(step.get("aggregate")), *_list(step.get("joinaggregate")), *_list(step.get("window"))):
        yield str(one["as"]), "number"
    if "as" in step:
        for name in _list(step["as"]) or [step["as"]]:
            yield str(name), "day" if "timeUnit" in step else "number"


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def objects_in(part: Any, path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every object within a part, with its place."""
    if isinstance(part, Mapping):
        yield path, part
        for name, one in part.items():
            yield from objects_in(one, f"{path}.{name}" if path else name)
    elif isinstance(part, list):
        for at, one in enumerate(part):
            yield from objects_in(one, f"{path}[{at}]")


def renamed(part: Any, names: Mapping[str, str]) -> Any:
    """A part with its columns under other names: drawn under names of ours, no name of a stranger is ever read as a
    path or an expression."""
    if isinstance(part, Field | Made):
        return names[part]
    if isinstance(part, Mapping):
        return {key: renamed(one, names) for key, one in part.items()}
    if isinstance(part, list):
        return [renamed(one, names) for one in part]
    return part
