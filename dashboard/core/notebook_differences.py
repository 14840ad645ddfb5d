"""Two versions of a notebook, line by line."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.core.notebook import Cell, changes

#: Fields that are several lines.
_LONG = frozenset({"markdown", "sql"})


@dataclass(frozen=True)
class Difference:
    """A cell that differs. `what` is added, gone, changed or moved; `lines` begin with "+", "-" or " "; dots stand for
    what is the same between."""

    name: str
    what: str
    lines: tuple[str, ...]


def line_differences(before: Sequence[Cell], after: Sequence[Cell], words: Mapping[str, str]) -> tuple[Difference, ...]:
    """The cells that differ, in the order of the newer version, those gone last. `words` names kinds and fields."""
    old, new = {cell.name: cell for cell in before}, {cell.name: cell for cell in after}
    said: dict[str, str] = {}
    for what, name in changes(before, after):
        said.setdefault(name, what)
    order = [name for name in new if name in said] + [name for name in old if name in said and name not in new]
    return tuple(
        Difference(name, said[name], _lines(_text(old.get(name), words), _text(new.get(name), words))) for name in order
    )


def _text(cell: Cell | None, words: Mapping[str, str]) -> list[str]:
    """A cell as lines: each field under its name."""
    if cell is None:
        return []
    found = [f"[{words[cell.kind]}]"]
    for field, value in cell.fields.items():
        found += [f"{words[field]}:", *value.split("\n")] if field in _LONG else [f"{words[field]}: {value}"]
    return found


def _lines(old: list[str], new: list[str]) -> tuple[str, ...]:
    """Without the lines that name files and say where the first difference is; a gap between others is dots."""
    found = list(difflib.unified_diff(old, new, n=2, lineterm=""))[3:]
    return tuple("\u22ef" if line.startswith("@@") else line for line in found)
