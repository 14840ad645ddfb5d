"""The page Rules, kind prices: tiers tried as soon as they change, published; a price, a deposit; and a need's card."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from dashboard.core.words import Role
from dashboard.text import text
from db.engine import Database
from db.models import CatalogueItem, Entitlement, Fund, FundEntry, Need, NeedCharge, RuleSet
from tests.builders import a_charge
from tests.pages.conftest import Visit


@pytest.fixture(autouse=True)
def _charged_today(county: Database) -> None:
    """The sample's last day may be more than a year ago."""

    def charge(session: Any) -> None:
        need = session.scalars(select(Need).where(Need.id.not_in(select(NeedCharge.need_id))).limit(1)).one()
        item = session.scalars(select(CatalogueItem).where(CatalogueItem.market_fen == 4_500).limit(1)).one()
        a_charge(session, need, item, served_on=datetime.now(UTC).date())

    county.write(charge)


def prices(visit: Visit, part: str = "tiers") -> Any:
    page = visit("rules", Role.ADMIN)
    page.segmented_control(key="rules.kind").set_value("prices").run()
    if part != "tiers":
        page.segmented_control(key="rules.prices.part").set_value(part).run()
    assert not page.exception
    return page


def test_tiers_are_tried_when_they_change_and_published(visit: Visit, county: Database) -> None:
    page = prices(visit)
    assert text("zh", "prices.change_something") in [one.value for one in page.caption]
    page.number_input(key="rules.0.prices.2.percent").set_value(50).run()
    tally = page.dataframe[0].value
    tiers = [text("zh", f"prices.tier.{name}") for name in ("free", "material", "everybody")]
    assert [*tiers, text("zh", "prices.total")] == list(tally.iloc[:, 0])
    with county.read() as session:
        charged = session.scalar(select(func.count()).select_from(NeedCharge)) or 0
    assert charged >= int(tally.iloc[-1, 1]) > 0
    listed = page.dataframe[1].value
    # By their codes: nobody's name stands in the list.
    assert all(code.startswith("N") for code in listed.iloc[:, 0])
    page.text_input(key="rules.reason").set_value("会议决定").run()
    page.button(key="rules.publish").click().run()
    assert not page.exception
    with county.read() as session:
        row = session.scalars(select(RuleSet).where(RuleSet.kind == "prices")).one()
        assert (1, 50, "会议决定") == (row.version, row.data["tiers"][-1]["percent"], row.reason)
    assert [1] == list(page.dataframe[-1].value[text("zh", "rules.column.number")])


def test_a_tier_is_added_with_a_kind_of_the_office_s_own_and_one_without_a_condition_is_no_tier(visit: Visit) -> None:
    page = prices(visit)
    page.button(key="rules.0.prices.add").click().run()
    page.text_input(key="rules.0.prices.3.name").set_value("高龄").run()
    assert text("zh", "prices.bad_last") in [one.value for one in page.error]
    assert "rules.publish" not in [one.key for one in page.button]
    page.number_input(key="rules.0.prices.3.age").set_value(80).run()
    assert not page.error and not page.exception
    assert "高龄" in list(page.dataframe[0].value.iloc[:, 0])
    page.button(key="rules.0.prices.3.gone").click().run()
    assert text("zh", "prices.change_something") in [one.value for one in page.caption]


def test_a_service_gets_its_price_and_the_fund_its_deposit(visit: Visit, county: Database) -> None:
    page = prices(visit, "menu")
    key = str(page.selectbox(key="rules.price.service").value)
    name = key.split(".", 1)[1]
    page.number_input(key=f"rules.price.{key}.market").set_value(66.5).run()
    page.text_input(key="rules.price.reason").set_value("问价三家").run()
    page.button(key="rules.price.set").click().run()
    with county.read() as session:
        here = (CatalogueItem.name == name, CatalogueItem.retired_on.is_(None))
        assert {6_650} == set(session.scalars(select(CatalogueItem.market_fen).where(*here)))
        before = session.scalars(select(Fund.balance_fen)).one()
    page.segmented_control(key="rules.prices.part").set_value("fund").run()
    page.number_input(key="rules.fund.amount").set_value(12.34).run()
    page.text_input(key="rules.fund.reason").set_value("募捐箱").run()
    page.button(key="rules.fund.deposit").click().run()
    assert not page.exception and not page.error
    with county.read() as session:
        assert before + 1_234 == session.scalars(select(Fund.balance_fen)).one()
        assert "募捐箱" == session.scalars(select(FundEntry.reason).order_by(FundEntry.id.desc()).limit(1)).one()


def card(visit: Visit, county: Database, role: Role) -> tuple[Any, int]:
    """The page Needs with a need for which only the material was charged."""
    with county.read() as session:
        row = session.execute(
            select(Need.id, Need.person_id)
            .join(NeedCharge, NeedCharge.need_id == Need.id)
            .where(NeedCharge.tier == "material")
            .limit(1)
        ).one()
    page = visit("needs", role)
    page.query_params["need"] = str(row.id)
    return page.run(), row.person_id


def test_a_need_s_card_tells_the_tier_to_who_may_know_it(visit: Visit, county: Database) -> None:
    page, person = card(visit, county, Role.COORDINATOR)
    tier = text("zh", "prices.tier.material")
    assert not page.exception
    assert [one for one in page.markdown if tier in one.value and "¥" in one.value]
    page, _ = card(visit, county, Role.LEADER)
    assert not page.exception
    assert [one for one in page.markdown if text("zh", "prices.card.hidden") in one.value]
    assert not [one for one in page.markdown if tier in one.value]
    with county.read() as session:
        assert session.scalar(select(func.count()).where(Entitlement.person_id == person))
