"""What a resident pays for a priced service, and what the fund pays: tiers in order, the first whose conditions she
meets. All amounts are whole fen; both parts together are the market price, always.

A tier never costs more than the ones below it: whoever has more help never pays more, whatever the prices are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from dashboard.core.errors import Invalid

MOST_TIERS = 8
MOST_KINDS = 20
#: Letters of a name of a tier or of an entitlement.
LONGEST_NAME = 20
OLDEST = 120
#: No service costs more than 1,000,000 yuan.
MOST_FEN = 100_000_000


class Pays(StrEnum):
    """What the resident pays in a tier."""

    NOTHING = "nothing"
    MATERIAL = "material"
    #: The market price less so many per cent.
    PERCENT = "percent"


@dataclass(frozen=True)
class Price:
    """A service's market price, and the part of it that is material."""

    market_fen: int
    material_fen: int

    def __post_init__(self) -> None:
        if not 0 < self.market_fen <= MOST_FEN or not 0 <= self.material_fen <= self.market_fen:
            raise Invalid("prices.bad_price")


@dataclass(frozen=True)
class Proof:
    """Evidence of an entitlement, good on days from `valid_from` up to and including `valid_to`."""

    id: int
    kind: str
    valid_from: date
    valid_to: date | None = None

    def holds(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True)
class Facts:
    """What is known of a resident: her year of birth, and the evidence on record."""

    birth_year: int | None = None
    proofs: tuple[Proof, ...] = ()

    def age(self, day: date) -> int | None:
        """The age she reaches in that year, as offices count it."""
        return None if self.birth_year is None else day.year - self.birth_year


@dataclass(frozen=True)
class Tier:
    """Who is in it has evidence of one of `kinds` (none named: whatever) and is at least so old (None: whatever)."""

    name: str
    pays: Pays
    percent: int = 0
    kinds: tuple[str, ...] = ()
    least_age: int | None = None

    @property
    def for_all(self) -> bool:
        return not self.kinds and self.least_age is None

    @property
    def order(self) -> tuple[int, int]:
        """More help sorts first."""
        return list(Pays).index(self.pays), 100 - self.percent

    def own_fen(self, price: Price) -> int:
        """What the resident would pay by this tier alone; a broken fen is hers to keep."""
        if self.pays is Pays.NOTHING:
            return 0
        if self.pays is Pays.MATERIAL:
            return price.material_fen
        return price.market_fen * (100 - self.percent) // 100


@dataclass(frozen=True)
class PriceRules:
    """The kinds of entitlement that may be entered, and the tiers, more help first; the last is everybody else's."""

    kinds: tuple[str, ...]
    tiers: tuple[Tier, ...]

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "PriceRules":
        """From a rule row's content. Raises Invalid with what is wrong."""
        try:
            kinds = tuple(str(one).strip() for one in data["kinds"])
            tiers = tuple(_tier(one) for one in data["tiers"])
        except (KeyError, TypeError, ValueError) as error:
            raise Invalid("prices.bad_rules") from error
        _check(kinds, tiers)
        return cls(kinds, tiers)

    def plain(self) -> dict[str, Any]:
        """The content of a rule row."""
        return {
            "kinds": list(self.kinds),
            "tiers": [
                {
                    "name": one.name,
                    "pays": one.pays.value,
                    "percent": one.percent,
                    "kinds": list(one.kinds),
                    "least_age": one.least_age,
                }
                for one in self.tiers
            ],
        }


@dataclass(frozen=True)
class Evidence:
    """Why somebody is in a tier: an entitlement on record, or her age."""

    kind: str = ""
    proof_id: int | None = None
    age: int | None = None


@dataclass(frozen=True)
class Charge:
    """The tier (its place in the rules, and its name), both parts of the market price, and the evidence."""

    place: int
    tier: str
    resident_fen: int
    fund_fen: int
    evidence: tuple[Evidence, ...]


def charged(price: Price, person: Facts, rules: PriceRules, day: date) -> Charge:
    """What she pays for a service of that day, and what the fund pays."""
    place, evidence = next(
        (place, found)
        for place, tier in enumerate(rules.tiers)
        if (found := evidence_for(tier, person, day)) is not None
    )
    resident = min(tier.own_fen(price) for tier in rules.tiers[place:])
    return Charge(place, rules.tiers[place].name, resident, price.market_fen - resident, evidence)


def evidence_for(tier: Tier, person: Facts, day: date) -> tuple[Evidence, ...] | None:
    """What puts her into the tier on that day: nothing where it is for all, None where she doesn't belong."""
    found: list[Evidence] = []
    if tier.kinds:
        proofs = [one for one in person.proofs if one.kind in tier.kinds and one.holds(day)]
        if not proofs:
            return None
        found += [Evidence(one.kind, one.id) for one in proofs]
    if tier.least_age is not None:
        age = person.age(day)
        if age is None or age < tier.least_age:
            return None
        found.append(Evidence(age=age))
    return tuple(found)


def _tier(data: Mapping[str, Any]) -> Tier:
    age = data.get("least_age")
    return Tier(
        name=str(data["name"]).strip(),
        pays=Pays(data["pays"]),
        percent=int(data.get("percent", 0)) if data["pays"] == Pays.PERCENT else 0,
        kinds=tuple(str(one).strip() for one in data.get("kinds", ())),
        least_age=None if age is None else int(age),
    )


def _check(kinds: Sequence[str], tiers: Sequence[Tier]) -> None:
    if not _names(kinds) or len(kinds) > MOST_KINDS:
        raise Invalid("prices.bad_kinds", most=MOST_KINDS, longest=LONGEST_NAME)
    if not 1 <= len(tiers) <= MOST_TIERS:
        raise Invalid("prices.bad_count", most=MOST_TIERS)
    if not _names([one.name for one in tiers]):
        raise Invalid("prices.bad_names", longest=LONGEST_NAME)
    if not tiers[-1].for_all or any(one.for_all for one in tiers[:-1]):
        raise Invalid("prices.bad_last")
    for one in tiers:
        unknown = [kind for kind in one.kinds if kind not in kinds]
        if unknown:
            raise Invalid("prices.unknown_kind", kind=unknown[0], tier=one.name)
        if not 0 <= one.percent <= 100 or (one.least_age is not None and not 1 <= one.least_age <= OLDEST):
            raise Invalid("prices.bad_numbers", tier=one.name, oldest=OLDEST)
    if [one.order for one in tiers] != sorted(one.order for one in tiers):
        raise Invalid("prices.bad_order")


def _names(names: Sequence[str]) -> bool:
    return len(set(names)) == len(names) and all(0 < len(one) <= LONGEST_NAME for one in names)


#: The product's own, after a repair squad's three tiers: the poorest free, low incomes for the material, others a
#: little under the market price. Its names are words of the catalogue; an office writes its own.
DEFAULT_PRICES: dict[str, Any] = {
    "kinds": ["extreme_hardship", "low_income", "low_income_edge", "severe_disability", "living_alone", "veteran"],
    "tiers": [
        {"name": "free", "pays": "nothing", "kinds": ["extreme_hardship"]},
        {"name": "material", "pays": "material", "kinds": ["low_income", "low_income_edge", "severe_disability"]},
        {"name": "everybody", "pays": "percent", "percent": 10},
    ],
}
