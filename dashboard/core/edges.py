"""Where figures are cut: numbers a county may set as versions. A figure is cut at those that held at its moment."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from dashboard.core.errors import Invalid


@dataclass(frozen=True)
class Edges:
    """small_base: a rate or mean on fewer cases is grey. active_days: who served within so many days is active.
    expiry_days: certificates that end so many days ahead are told. low_score: an answer of so many stars or fewer is
    followed up. hidden_below: counts of people below this are not shown to a meeting."""

    small_base: int = 30
    active_days: int = 90
    expiry_days: int = 30
    low_score: int = 2
    hidden_below: int = 5

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Edges":
        """From the JSON of a rule row. Raises Invalid that names the number that can't be."""
        try:
            numbers = {name: data[name] for name in NAMES}
        except KeyError as error:
            raise Invalid("edges.bad", name=str(error), least=0, most=0) from error
        for name, (least, most) in LIMITS.items():
            value = numbers[name]
            if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
                raise Invalid("edges.bad", name=name, least=least, most=most)
        return cls(**numbers)

    def plain(self) -> dict[str, int]:
        """The JSON of a rule row; also what the words of a figure's formula are filled with."""
        return asdict(self)


#: The least and the most of each. Fewer than five are told to no meeting, whatever a county wants.
LIMITS: dict[str, tuple[int, int]] = {
    "small_base": (5, 1000),
    "active_days": (7, 366),
    "expiry_days": (1, 366),
    "low_score": (1, 4),
    "hidden_below": (5, 50),
}
NAMES = tuple(field.name for field in fields(Edges))
#: What the product brings along.
USUAL = Edges()
