"""Price tiers tried on what was: who would have paid otherwise under other rules, and what it would cost the fund."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from dashboard.core.prices import Facts, Price, PriceRules, charged


@dataclass(frozen=True)
class Case:
    """A served need with what was charged for it, and what was known of the resident then."""

    need_id: int
    price: Price
    person: Facts
    day: date
    tier: str
    resident_fen: int


@dataclass(frozen=True)
class Change:
    """A need in another tier or at another price: as it was and as it would be."""

    need_id: int
    before: tuple[str, int]
    after: tuple[str, int]


@dataclass(frozen=True)
class Tally:
    """Needs of a tier and both parts of their prices, as it was and as it would be."""

    before: int = 0
    after: int = 0
    resident_before: int = 0
    resident_after: int = 0
    fund_before: int = 0
    fund_after: int = 0


@dataclass(frozen=True)
class Trial:
    """By tier (those of the rules in order, then others that were); the needs whose tier or price would change."""

    tallies: Mapping[str, Tally]
    changes: tuple[Change, ...]

    @property
    def total(self) -> Tally:
        """All tiers together."""
        names = Tally.__dataclass_fields__
        return Tally(**{name: sum(getattr(one, name) for one in self.tallies.values()) for name in names})


def tried(cases: Iterable[Case], rules: PriceRules) -> Trial:
    """The cases charged anew."""
    sums = {one.name: [0, 0, 0, 0, 0, 0] for one in rules.tiers}
    changes = []
    for case in cases:
        charge = charged(case.price, case.person, rules, case.day)
        market = case.price.market_fen
        before, after = (case.tier, case.resident_fen), (charge.tier, charge.resident_fen)
        for offset, (tier, resident) in enumerate((before, after)):
            row = sums.setdefault(tier, [0, 0, 0, 0, 0, 0])
            row[offset] += 1
            row[offset + 2] += resident
            row[offset + 4] += market - resident
        if before != after:
            changes.append(Change(case.need_id, before, after))
    return Trial({tier: Tally(*row) for tier, row in sums.items()}, tuple(changes))
