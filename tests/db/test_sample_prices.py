"""Prices of the sample county: charges follow the tiers, every priced order served has one, the fund adds up."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.core import words
from dashboard.core.permissions import system_actor
from dashboard.core.prices import DEFAULT_PRICES, Facts, Price, PriceRules, Proof, charged
from dashboard.services import funds
from dashboard.services.charges import county_date, kept_facts
from db.engine import Database
from db.models import CatalogueItem, Entitlement, FundEntry, Need, NeedCharge, NeedEvent, Person

RULES = PriceRules.of(DEFAULT_PRICES)


@pytest.fixture
def session(small_county: Path) -> Iterator[Session]:
    """Reads the small sample county, which no test here changes."""
    database = Database(f"sqlite:///{small_county}")
    with database.read() as session:
        yield session
    database.dispose()


def test_every_charge_is_what_the_tiers_say_of_the_evidence_on_record(session: Session) -> None:
    rows = session.execute(
        select(NeedCharge, Need.person_id, Person.birth_year)
        .join(Need, Need.id == NeedCharge.need_id)
        .join(Person, Person.id == Need.person_id)
    ).all()
    papers: dict[int, list[Proof]] = {}
    for one in session.scalars(select(Entitlement)):
        papers.setdefault(one.person_id, []).append(Proof(one.id, one.kind, one.valid_from, one.valid_to))
    assert {"free", "material", "everybody"} == {row.tier for row, _, _ in rows}
    for row, person, born in rows:
        price = Price(row.market_fen, row.material_fen)
        charge = charged(price, Facts(born, tuple(papers.get(person, ()))), RULES, row.served_on)
        assert (charge.tier, charge.resident_fen, charge.fund_fen) == (row.tier, row.resident_fen, row.fund_fen)
        assert charge == charged(price, kept_facts(row.facts), RULES, row.served_on)
        assert [[one.kind, one.proof_id, one.age] for one in charge.evidence] == row.facts["evidence"]


def test_each_order_that_was_confirmed_with_a_price_was_charged_on_its_day(session: Session) -> None:
    confirmed = select(NeedEvent.need_id).where(
        NeedEvent.dispatch_id.is_(None), NeedEvent.to_state == words.NeedState.CONFIRMED
    )
    priced = select(Need.id).join(CatalogueItem).where(CatalogueItem.market_fen.is_not(None), Need.id.in_(confirmed))
    done = select(NeedEvent.happened_at).where(
        NeedEvent.dispatch_id.is_(None), NeedEvent.to_state == words.NeedState.DONE
    )
    charges = {row.need_id: row for row in session.scalars(select(NeedCharge))}
    assert set(charges) == set(session.scalars(priced))
    for need, row in charges.items():
        days: set[date] = {county_date(at) for at in session.scalars(done.where(NeedEvent.need_id == need))}
        assert row.served_on in days


def test_the_fund_was_never_below_zero(session: Session) -> None:
    found = funds.ledger(session, system_actor("520326"))
    entries = session.scalars(select(FundEntry).order_by(FundEntry.at, FundEntry.id)).all()
    assert session.scalar(select(func.count()).select_from(FundEntry).where(FundEntry.kind == funds.PAYMENT))
    balance = 0
    for entry in entries:
        balance += entry.amount_fen if entry.kind == funds.DEPOSIT else -entry.amount_fen
        assert balance >= 0
    assert balance == found.balance_fen == found.deposits_fen - found.payments_fen
