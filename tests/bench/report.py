"""What a benchmark has to say: sections of facts, a table and targets, for people or as JSON."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Target:
    """A measured number beside what it should be."""

    what: str
    measured: float
    wanted: float
    #: Is less better?
    below: bool = False
    unit: str = "x"

    @property
    def met(self) -> bool:
        return self.measured <= self.wanted if self.below else self.measured >= self.wanted

    def told(self) -> str:
        bound = "at most" if self.below else "at least"
        word = "met   " if self.met else "MISSED"
        return f"  {word} {self.what}: {short(self.measured)} {self.unit} ({bound} {short(self.wanted)})"


@dataclass
class Section:
    """One part of the report."""

    name: str
    title: str
    rows: list[dict[str, Any]] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def told(self) -> str:
        """As text."""
        parts = [self.title, *table(self.rows), *(target.told() for target in self.targets)]
        return "\n".join([*parts, *(f"  {remark}" for remark in self.remarks)])

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"targets": [asdict(target) | {"met": target.met} for target in self.targets]}


def short(value: Any) -> str:
    """A number with about three digits that matter."""
    if value is None:
        return "-"
    if isinstance(value, float):
        if value != 0 and abs(value) < 0.01:
            return f"{value:.4f}"
        return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}" if abs(value) < 1000 else f"{value:,.0f}"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, (tuple, list)):
        return " / ".join(short(one) for one in value)
    return str(value)


def table(rows: Sequence[dict[str, Any]]) -> list[str]:
    """Aligned columns; the first and the last to the left, numbers to the right."""
    if not rows:
        return []
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = [names, *([short(row.get(name, "")) for name in names] for row in rows)]
    widths = [max(len(line[k]) for line in cells) for k in range(len(names))]
    texts = {k for k, name in enumerate(names) if all(isinstance(row.get(name, ""), str) for row in rows)}
    return [
        "  "
        + "  ".join(
            c.ljust(w) if k in texts else c.rjust(w) for k, (c, w) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    ]
