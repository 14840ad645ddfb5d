"""Price tiers as versions: tried on what was charged, published from a day on; prices of the whole county's menus."""

from datetime import date, timedelta
from typing import Any

import pytest

from dashboard.core.errors import Conflict, Forbidden, Invalid, NotFound
from dashboard.core.prices import DEFAULT_PRICES, PriceRules
from dashboard.core.words import Role
from dashboard.services import price_rules
from dashboard.services.commands import perform
from dashboard.services.questions import answer
from dashboard.services.rules import price_rules as holding
from db.engine import Database
from tests.builders import (
    COUNTY,
    NOW,
    a_category,
    a_charge,
    a_need,
    a_site,
    actor_for,
    an_account,
    an_actor,
    an_item,
)

DAY = timedelta(days=1)
ADMIN = an_actor(Role.ADMIN)
USUAL = PriceRules.of(DEFAULT_PRICES)
#: As the product's, and who is 80 or lives alone pays for the material.
KINDER = PriceRules.of(
    DEFAULT_PRICES
    | {
        "tiers": [
            DEFAULT_PRICES["tiers"][0],
            {"name": "八十岁以上", "pays": "material", "least_age": 80},
            {"name": "独居", "pays": "material", "kinds": ["living_alone"]},
            *DEFAULT_PRICES["tiers"][1:],
        ]
    }
)


def publish(database: Database, actor: Any = ADMIN, **values: Any) -> Any:
    given = {"rules": KINDER, "reason": "县里决定", "version": 0} | values
    return perform(database, price_rules.publish, actor, now=NOW, **given)


def test_a_version_holds_from_its_day_on(any_database: Database) -> None:
    assert 1 == publish(any_database, valid_from=NOW + 7 * DAY)["version"]
    with any_database.read() as session:
        assert (0, USUAL) == holding(session, COUNTY, NOW + 6 * DAY)
        assert (1, KINDER) == holding(session, COUNTY, NOW + 8 * DAY)
    held = answer(any_database, price_rules.held, ADMIN, now=NOW)
    assert (0, 1, USUAL) == (held.version, held.newest, held.rules)
    assert [(1, "县里决定", KINDER)] == [
        (one.published.version, one.published.reason, one.rules) for one in held.versions
    ]
    with pytest.raises(Conflict):
        publish(any_database, rules=USUAL)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"rules": USUAL}, "rules.nothing_changed"),
        ({"rules": PriceRules(("a",), ())}, "prices.bad_count"),
        ({"rules": PriceRules(USUAL.kinds, USUAL.tiers[:2])}, "prices.bad_last"),
        ({"valid_from": NOW - DAY}, "rules.in_the_past"),
        ({"reason": ""}, "needs.reason_wanted"),
    ],
)
def test_rules_that_can_t_be_are_refused(database: Database, change: dict[str, Any], key: str) -> None:
    with pytest.raises(Invalid) as refused:
        publish(database, **change)
    assert key == refused.value.key


def facts(born: int | None = None, *kinds: str) -> dict[str, Any]:
    return {"birth_year": born, "proofs": [[1, kind, "2026-01-01", None] for kind in kinds], "evidence": []}


def test_a_trial_says_who_would_pay_otherwise_and_what_it_costs_the_fund(any_database: Database) -> None:
    def build(session: Any) -> Any:
        centre = a_site(session)
        here, there = a_site(session, centre), a_site(session, centre)
        item = an_item(session, name="换灯")
        old, alone, young, long_ago = (a_need(session, here, state="closed") for _ in range(4))
        a_charge(session, old, item, facts=facts(1944))
        a_charge(session, alone, item, facts=facts(1960, "living_alone"))
        a_charge(session, young, item, facts=facts(1980))
        a_charge(session, long_ago, item, facts=facts(1930), served_on=date(2025, 11, 1))
        a_charge(session, a_need(session, there, state="closed"), item, facts=facts(1920))
        return {"old": old.code, "alone": alone.code}, here

    codes, here = any_database.write(build)
    part = an_actor(Role.ADMIN, here)
    found = answer(any_database, price_rules.trial, part, now=NOW, rules=KINDER)
    before, after = ("everybody", 4_050), 1_600
    assert {codes["old"]: (before, ("八十岁以上", after)), codes["alone"]: (before, ("独居", after))} == {
        one.code: (one.before, one.after) for one in found.listed
    }
    total = found.trial.total
    assert (3, 3, 3 * 450, 450 + 2 * 2_900) == (total.before, total.after, total.fund_before, total.fund_after)
    assert 3 * 4_500 == total.resident_after + total.fund_after
    assert ["free", "八十岁以上", "独居", "material", "everybody"] == list(found.trial.tallies)
    assert () == answer(any_database, price_rules.trial, part, now=NOW, rules=USUAL).listed
    assert 4 == answer(any_database, price_rules.trial, ADMIN, now=NOW, rules=KINDER).trial.total.before
    with pytest.raises(Forbidden):
        answer(any_database, price_rules.trial, an_actor(Role.LEADER), now=NOW, rules=KINDER)


def test_a_service_has_one_price_on_every_menu(any_database: Database) -> None:
    def build(session: Any) -> int:
        category = a_category(session, "utilities", name="水电", name_en="Utilities")
        for values in ({}, {}, {"retired_on": date(2026, 1, 1)}):
            an_item(session, category, name="换灯", market_fen=None, material_fen=None, **values)
        an_item(session, category, name="通下水", market_fen=None, material_fen=None)
        return category.id

    category = any_database.write(build)

    def set_price(actor: Any = ADMIN, **values: Any) -> Any:
        given = {"name": "换灯", "category_id": category, "market_fen": 4_500, "material_fen": 1_600, "reason": "定价"}
        return perform(any_database, price_rules.set_price, actor, now=NOW, **(given | values))

    def menu() -> list[Any]:
        rows = answer(any_database, price_rules.services, ADMIN, now=NOW, language="en")
        return [(one.name, one.category, one.sites, one.market_fen, one.material_fen) for one in rows]

    assert {"service": "换灯", "items": 2} == set_price()
    assert [("换灯", "Utilities", 2, 4_500, 1_600), ("通下水", "Utilities", 1, None, None)] == menu()
    for values, key in (
        ({"material_fen": 4_501}, "prices.bad_price"),
        ({"market_fen": None}, "prices.bad_price"),
        ({"reason": ""}, "needs.reason_wanted"),
    ):
        with pytest.raises(Invalid) as refused:
            set_price(**values)
        assert key == refused.value.key
    with pytest.raises(NotFound):
        set_price(name="修月亮")
    set_price(market_fen=None, material_fen=None)
    assert [None, None] == [row[3] for row in menu()]


def test_only_an_admin_of_the_whole_county_publishes_and_prices(database: Database) -> None:
    def build(session: Any) -> Any:
        site = a_site(session)
        return actor_for(an_account(session, Role.ADMIN, site), site)

    price = {"name": "换灯", "category_id": 1, "market_fen": None, "material_fen": None, "reason": "定价"}
    for who in (an_actor(Role.COORDINATOR), database.write(build)):
        with pytest.raises(Forbidden):
            publish(database, who)
        with pytest.raises(Forbidden):
            perform(database, price_rules.set_price, who, now=NOW, **price)
