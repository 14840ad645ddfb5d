"""Price tiers: both parts are the market price, more help never costs more, evidence counts on its days only."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.core.errors import Invalid
from dashboard.core.price_trial import Case, tried
from dashboard.core.prices import DEFAULT_PRICES, Charge, Evidence, Facts, Pays, Price, PriceRules, Proof, Tier, charged

DAY = date(2026, 11, 16)
USUAL = PriceRules.of(DEFAULT_PRICES)
KINDS = ("poor", "poorer", "poorest")
LAMP = Price(4_500, 1_600)


def proof(kind: str, since: int = -30, until: int | None = 30, number: int = 1) -> Proof:
    last = None if until is None else DAY + timedelta(days=until)
    return Proof(number, kind, DAY + timedelta(days=since), last)


@pytest.mark.parametrize(
    ("proofs", "charge"),
    [
        ((), Charge(2, "everybody", 4_050, 450, ())),
        ((proof("low_income"),), Charge(1, "material", 1_600, 2_900, (Evidence("low_income", 1),))),
        ((proof("extreme_hardship"),), Charge(0, "free", 0, 4_500, (Evidence("extreme_hardship", 1),))),
        ((proof("veteran"),), Charge(2, "everybody", 4_050, 450, ())),
        (
            (proof("low_income"), proof("severe_disability", number=2)),
            Charge(1, "material", 1_600, 2_900, (Evidence("low_income", 1), Evidence("severe_disability", 2))),
        ),
    ],
)
def test_the_three_tiers_of_the_repair_squad(proofs: tuple[Proof, ...], charge: Charge) -> None:
    assert charge == charged(LAMP, Facts(1950, proofs), USUAL, DAY)


@pytest.mark.parametrize(
    ("since", "until", "tier"),
    [(0, 0, "free"), (-9, None, "free"), (1, 9, "everybody"), (-9, -1, "everybody")],
)
def test_evidence_counts_from_its_first_to_its_last_day(since: int, until: int | None, tier: str) -> None:
    assert tier == charged(LAMP, Facts(None, (proof("extreme_hardship", since, until),)), USUAL, DAY).tier


@pytest.mark.parametrize(("born", "tier"), [(1946, "old"), (1947, "all"), (None, "all")])
def test_an_age_is_reached_in_its_year_and_an_unknown_one_is_none(born: int | None, tier: str) -> None:
    alone_and_old = Tier("old", Pays.NOTHING, kinds=("alone",), least_age=80)
    rules = PriceRules(("alone",), (alone_and_old, Tier("all", Pays.PERCENT)))
    assert tier == charged(LAMP, Facts(born, (proof("alone"),)), rules, DAY).tier
    assert "all" == charged(LAMP, Facts(1930), rules, DAY).tier


def changed(**values: Any) -> dict[str, Any]:
    return DEFAULT_PRICES | values


def tiers(*these: dict[str, Any]) -> dict[str, Any]:
    return changed(tiers=list(these))


FREE = {"name": "free", "pays": "nothing", "kinds": ["low_income"]}
ALL = {"name": "all", "pays": "percent", "percent": 10}


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({}, "prices.bad_rules"),
        (tiers(FREE | {"pays": "beer"}, ALL), "prices.bad_rules"),
        (changed(kinds=["low_income", "low_income"]), "prices.bad_kinds"),
        (changed(kinds=["x" * 21]), "prices.bad_kinds"),
        (tiers(), "prices.bad_count"),
        (tiers(*[FREE | {"name": str(n)} for n in range(8)], ALL), "prices.bad_count"),
        (tiers(FREE, ALL | {"name": "free"}), "prices.bad_names"),
        (tiers(FREE | {"name": " "}, ALL), "prices.bad_names"),
        (tiers(FREE), "prices.bad_last"),
        (tiers(FREE | {"kinds": []}, ALL), "prices.bad_last"),
        (tiers(FREE | {"kinds": ["nobility"]}, ALL), "prices.unknown_kind"),
        (tiers(FREE | {"least_age": 0}, ALL), "prices.bad_numbers"),
        (tiers(FREE, ALL | {"percent": 101}), "prices.bad_numbers"),
        (tiers(FREE | {"pays": "percent", "percent": 5}, ALL), "prices.bad_order"),
    ],
)
def test_rules_that_are_none_are_named(data: dict[str, Any], key: str) -> None:
    with pytest.raises(Invalid) as refused:
        PriceRules.of(data)
    assert key == refused.value.key


@pytest.mark.parametrize(("market", "material"), [(0, 0), (100, 101), (100, -1), (100_000_001, 0)])
def test_a_price_that_is_none_is_refused(market: int, material: int) -> None:
    with pytest.raises(Invalid):
        Price(market, material)


prices = st.integers(1, 100_000).flatmap(lambda market: st.integers(0, market).map(lambda part: Price(market, part)))
conditions = st.tuples(st.lists(st.sampled_from(KINDS), unique=True, max_size=3), st.none() | st.integers(50, 100))
some_tiers = st.lists(st.tuples(st.sampled_from(list(Pays)), st.integers(0, 100), conditions), max_size=5)
proofs = st.lists(
    st.builds(proof, st.sampled_from(KINDS), st.integers(-9, 9), st.none() | st.integers(9, 20)), max_size=4
)
people = st.builds(Facts, st.none() | st.integers(1920, 2000), proofs.map(tuple))


def made(some: Sequence[tuple[Pays, int, tuple[list[str], int | None]]]) -> PriceRules:
    """Rules of these tiers, more help first, and one for everybody else that gives no more."""
    found = [
        Tier(f"t{n}", pays, percent if pays is Pays.PERCENT else 0, tuple(kinds), age)
        for n, (pays, percent, (kinds, age)) in enumerate(some)
        if kinds or age is not None
    ]
    rules = PriceRules(KINDS, (*sorted(found, key=lambda one: one.order), Tier("all", Pays.PERCENT)))
    return PriceRules.of(rules.plain())


@given(prices, people, some_tiers)
def test_both_parts_are_the_market_price(price: Price, person: Facts, some: Any) -> None:
    charge = charged(price, person, made(some), DAY)
    assert price.market_fen == charge.resident_fen + charge.fund_fen
    assert charge.resident_fen >= 0 and charge.fund_fen >= 0


@given(prices, people, proofs, some_tiers)
def test_more_evidence_never_costs_more(price: Price, person: Facts, more: list[Proof], some: Any) -> None:
    rules = made(some)
    helped = charged(price, Facts(person.birth_year, (*person.proofs, *more)), rules, DAY)
    plain = charged(price, person, rules, DAY)
    assert helped.place <= plain.place
    assert helped.resident_fen <= plain.resident_fen


@given(prices, some_tiers)
def test_who_proves_nothing_is_with_everybody_else(price: Price, some: Any) -> None:
    expired = proof("poorest", -9, -1)
    assert ("all", price.market_fen, ()) == (
        (charge := charged(price, Facts(None, (expired,)), made(some), DAY)).tier,
        charge.resident_fen,
        charge.evidence,
    )


@given(st.lists(st.tuples(prices, people), max_size=6), some_tiers, some_tiers)
def test_the_rules_that_held_change_nothing_and_others_add_up(some: Any, held: Any, other: Any) -> None:
    rules = made(held)
    charges = [charged(price, person, rules, DAY) for price, person in some]
    cases = [
        Case(n, price, person, DAY, charge.tier, charge.resident_fen)
        for n, ((price, person), charge) in enumerate(zip(some, charges, strict=True))
    ]
    assert () == tried(cases, rules).changes
    total = tried(cases, made(other)).total
    market = sum(price.market_fen for price, _ in some)
    assert (len(some), len(some)) == (total.before, total.after)
    assert market == total.resident_before + total.fund_before == total.resident_after + total.fund_after
