"""What is wrong with a structured file: each mistake with its place as a JSON pointer, the value, what is allowed."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dashboard.core.errors import Invalid

#: So many are told; the rest is counted.
TOLD = 20
_SHOWN = 60


@dataclass(frozen=True)
class Mistake:
    """One mistake: `key` is its sentence, filled with `values`, `place` and `value`."""

    place: str
    value: str
    key: str
    values: Mapping[str, object] = field(default_factory=dict)


class Refused(Invalid):
    """The file is not taken: the first mistakes, and how many there are."""

    def __init__(self, mistakes: Iterable[Mistake], count: int) -> None:
        super().__init__("match_files.refused", path="", count=count)
        self.mistakes = tuple(mistakes)
        self.count = count


class Mistakes:
    """Collects mistakes: keeps the first, counts all."""

    def __init__(self) -> None:
        self.told: list[Mistake] = []
        self.count = 0

    def add(self, place: str, value: object, key: str, **values: object) -> None:
        """One mistake at a place; `value` is shown as it stands in the file."""
        self.count += 1
        if len(self.told) < TOLD:
            self.told.append(Mistake(place, shown(value), key, values))

    def check(self) -> None:
        """Raises Refused when there is any."""
        if self.count:
            raise Refused(self.told, self.count)


def refused(place: str, value: object, key: str, **values: object) -> Refused:
    """A refusal for one mistake."""
    return Refused([Mistake(place, shown(value), key, values)], 1)


def shown(value: object) -> str:
    """A value as it stands in the file, cut to what fits into a sentence."""
    if isinstance(value, (list, dict)) and len(value) > _SHOWN:
        value = value[:_SHOWN] if isinstance(value, list) else dict(list(value.items())[:_SHOWN])
    words = json.dumps(value, ensure_ascii=False, default=str)
    words = words.encode("utf-8", "replace").decode("utf-8")
    return words if len(words) <= _SHOWN else f"{words[: _SHOWN - 1]}…"


def pointer(path: Iterable[object]) -> str:
    """A JSON pointer (RFC 6901); the whole document is ""."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)
