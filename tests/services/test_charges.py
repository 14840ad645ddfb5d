"""What a served need costs: kept when it is confirmed, hidden from who may not know, paid by a fund that never owes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from dashboard.core.errors import Conflict, DashboardError, Forbidden, Invalid, NotFound
from dashboard.core.permissions import Actor
from dashboard.core.prices import DEFAULT_PRICES, Evidence, PriceRules
from dashboard.core.words import Role
from dashboard.services import charges, dispatches, entitlements, funds, needs, price_rules, service_records, tie_out
from dashboard.services.commands import perform
from dashboard.services.questions import answer
from db.engine import Database
from db.models import Audit, AuditPersonal, FundEntry, NeedCharge
from tests.builders import (
    COUNTY,
    NOW,
    a_category,
    a_need,
    a_person,
    a_site,
    a_volunteer,
    actor_for,
    an_account,
    an_item,
)

#: After the service, which ends tomorrow at noon in Wuchuan.
LATER = NOW + timedelta(days=2)
SERVED = date(2026, 11, 17)


class Office:
    """A station where a lamp costs 45 yuan, 16 of them for material, and a resident."""

    def __init__(self, database: Database) -> None:
        self.database = database

        def build(session: Any) -> None:
            site = a_site(session)
            here, there = a_site(session, site), a_site(session, site)
            category = a_category(session, "utilities")
            self.here, self.category = here, category.id
            self.item = an_item(session, category, name="换灯").id
            self.resident = a_person(session, "王大娘", birth_year=1944).id
            self.li = actor_for(an_account(session), site)
            self.far = actor_for(an_account(session, Role.STATION_WORKER, there), there)
            self.leader = actor_for(an_account(session, Role.LEADER))
            self.admin = actor_for(an_account(session, Role.ADMIN))
            self.her, self.other = (a_volunteer(session, here, consent="given").id for _ in range(2))

        database.write(build)
        self.rounds = 0

    def do(self, deed: Any, actor: Actor | None = None, now: Any = LATER, **values: Any) -> Any:
        return perform(self.database, deed, actor or self.li, now=now, **values)

    def fund(self, deed: Any, **values: Any) -> Any:
        return self.do(deed, self.admin, **values)

    def need(self, **values: Any) -> int:
        given = {"item_id": self.item, "category_id": self.category, "person_id": self.resident} | values
        return self.database.write(lambda session: a_need(session, self.here, start=self.start(), **given).id)

    def start(self) -> Any:
        return NOW + timedelta(days=1, hours=2 * self.rounds)

    def served(self, need: int | None = None, **values: Any) -> int:
        """A need that went all the way to its confirmation."""
        wanted = need or self.need(**values)
        self.serve(wanted, self.her, self.start(), NOW, LATER)
        self.rounds += 1
        return wanted

    def serve(self, need: int, volunteer: int, start: Any, sent_at: Any, told_at: Any) -> None:
        sent = self.do(dispatches.dispatch, now=sent_at, need_id=need, volunteer_ids=(volunteer,))["dispatch_ids"][0]
        self.do(dispatches.accept, now=sent_at, dispatch_id=sent)
        span = {"start": start, "end": start + timedelta(hours=2)}
        self.do(service_records.record_service, now=told_at, dispatch_id=sent, **span)
        self.do(service_records.confirm, now=told_at, need_id=need)

    def enter(self, need: int, kind: str = "low_income", **values: Any) -> int:
        given = {"document": "最低生活保障证 52032600017", "valid_from": date(2026, 1, 1)} | values
        return self.do(entitlements.enter, need_id=need, kind=kind, **given)["entitlement_id"]

    def price(self, need: int, actor: Actor | None = None) -> Any:
        return answer(self.database, charges.of_need, actor or self.li, need_id=need, now=LATER)

    def ledger(self, actor: Actor | None = None) -> funds.Ledger:
        return answer(self.database, funds.ledger, actor or self.admin)


@pytest.fixture
def office(any_database: Database) -> Office:
    return Office(any_database)


def test_a_need_shows_an_estimate_and_keeps_what_held_when_it_was_served(office: Office) -> None:
    need = office.need()
    plain = office.price(need).parts
    assert ("everybody", 4_050, 450, False) == (plain.tier, plain.resident_fen, plain.fund_fen, plain.kept)
    paper = office.enter(need)
    helped = office.price(need).parts
    assert ("material", 1_600, 2_900, (Evidence("low_income", paper),)) == (
        helped.tier,
        helped.resident_fen,
        helped.fund_fen,
        helped.evidence,
    )
    office.served(need)
    kept = office.price(need).parts
    assert (kept.tier, kept.kept, kept.rule_version, kept.served_on, kept.paid) == ("material", True, 0, SERVED, False)
    # Whatever comes later changes nothing of it.
    office.do(entitlements.withdraw, need_id=need, entitlement_id=paper, reason="登记错了")
    free = PriceRules.of(DEFAULT_PRICES | {"tiers": [{"name": "gift", "pays": "nothing"}]})
    office.fund(price_rules.publish, rules=free, reason="过年", version=0)
    office.fund(
        price_rules.set_price, name="换灯", category_id=office.category, market_fen=9_900, material_fen=0, reason="涨价"
    )
    assert kept == office.price(need).parts
    assert (0, 9_900) == ((other := office.price(office.need()).parts).resident_fen, other.fund_fen)


@pytest.mark.parametrize(
    ("since", "until", "tier"),
    [
        (SERVED, SERVED, "material"),
        (SERVED + timedelta(days=1), None, "everybody"),
        (date(2026, 1, 1), date(2026, 11, 16), "everybody"),
    ],
)
def test_evidence_counts_on_the_day_of_the_service(
    database: Database, since: date, until: date | None, tier: str
) -> None:
    office = Office(database)
    need = office.need()
    office.enter(need, valid_from=since, valid_to=until)
    assert tier == office.price(office.served(need)).parts.tier


def test_a_free_service_and_a_need_without_one_have_no_price(database: Database) -> None:
    office = Office(database)
    free = database.write(lambda session: an_item(session, market_fen=None, material_fen=None).id)
    needs_ = [office.served(item_id=free), office.served(item_id=None)]
    assert [None, None] == [office.price(need) for need in needs_]
    with database.read() as session:
        assert 0 == session.scalar(select(func.count()).select_from(NeedCharge))


def test_confirmed_again_after_a_reopening_the_first_charge_stays(office: Office) -> None:
    need = office.served()
    again = (LATER + timedelta(days=1), LATER + timedelta(days=1, hours=2))
    office.fund(funds.deposit, amount_fen=10_000, reason="捐赠")
    office.do(needs.reopen, need_id=need, reason="还在漏", people=1, intervals=(again,))
    assert [False] == [one.payable for one in office.ledger().due]
    with pytest.raises(Invalid) as refused:
        office.fund(funds.pay, need_ids=(need,))
    assert "prices.not_confirmed" == refused.value.key
    office.enter(need)
    office.serve(need, office.other, again[0], LATER, LATER + timedelta(days=2))
    assert "everybody" == office.price(need).parts.tier
    assert [True] == [one.payable for one in office.ledger().due]


def test_tier_amounts_and_evidence_are_hidden_from_who_may_not_know(office: Office) -> None:
    need = office.need()
    office.enter(need)
    seen = office.price(need, office.leader)
    assert (4_500, None, (), None) == (seen.market_fen, seen.parts, seen.on_record, seen.person_id)
    assert "0017" == office.price(need).on_record[0].tail
    with pytest.raises(NotFound):
        office.price(need, office.far)
    for who in (office.leader, office.far):
        with pytest.raises(Forbidden):
            office.do(
                entitlements.enter, who, need_id=need, kind="low_income", document="证 123456789", valid_from=SERVED
            )
    with office.database.read() as session:
        audits = session.scalars(select(Audit).where(Audit.subject == "entitlement")).all()
        assert not any("52032600017" in str((row.before, row.after, row.reason)) for row in audits)
        assert {"kind", "document"} == set(session.scalars(select(AuditPersonal.field)))


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"kind": "nobility"}, "prices.no_such_kind"),
        ({"document": " "}, "prices.document_missing"),
        ({"valid_from": SERVED, "valid_to": SERVED - timedelta(days=1)}, "prices.bad_days"),
    ],
)
def test_evidence_that_is_none_is_refused(database: Database, values: dict[str, Any], key: str) -> None:
    office = Office(database)
    need = office.need()
    with pytest.raises(Invalid) as refused:
        office.enter(need, **values)
    assert key == refused.value.key
    with pytest.raises(Invalid) as refused:
        office.enter(office.need(person_id=None))
    assert "prices.nobody_named" == refused.value.key


def test_a_short_number_has_no_tail_and_an_age_counts_once_it_is_known(database: Database) -> None:
    office = Office(database)
    need = office.need()
    office.enter(need, document="证 12")
    assert "" == office.price(need).on_record[0].tail
    born = office.price(need).birth_year
    with pytest.raises(Invalid):
        office.do(entitlements.set_birth_year, need_id=need, birth_year=1850, seen=born)
    office.do(entitlements.set_birth_year, need_id=need, birth_year=1930, seen=born)
    with pytest.raises(Conflict, match="year_changed"):
        office.do(entitlements.set_birth_year, need_id=need, birth_year=1931, seen=born)
    rules = {"tiers": [{"name": "old", "pays": "nothing", "least_age": 96}, {"name": "all", "pays": "material"}]}
    office.fund(price_rules.publish, rules=PriceRules.of(DEFAULT_PRICES | rules), reason="高龄", version=0)
    assert ("old", (Evidence(age=96),)) == ((parts := office.price(need).parts).tier, parts.evidence)


def test_the_fund_pays_to_the_fen_and_never_more_than_it_holds(office: Office) -> None:
    first, second = office.served(), office.served()
    office.fund(funds.deposit, amount_fen=600, reason="爱心企业")
    with pytest.raises(Invalid) as refused:
        office.fund(funds.pay, need_ids=(first, second))
    assert ("prices.fund_too_small", "9.00", "6.00") == (
        refused.value.key,
        refused.value.values["wanted"],
        refused.value.values["there"],
    )
    assert (600, 0, 900, 2) == _sums(office.ledger())
    assert {"needs": 1, "paid_fen": 450, "balance_fen": 150} == office.fund(funds.pay, need_ids=(first,))
    assert (150, 450, 450, 1) == _sums(office.ledger())
    assert [second] == [one.need_id for one in office.ledger().due]
    assert office.price(first).parts.paid and not office.price(second).parts.paid
    with pytest.raises(Invalid) as refused:
        office.fund(funds.pay, need_ids=(first,))
    assert "prices.paid_already" == refused.value.key
    line = next(
        one for one in answer(office.database, tie_out.lines, office.leader, now=LATER).lines if one.key == "fund"
    )
    assert line.holds
    assert [900, 450, 450] == [term.value for term in (*line.left, *line.right)]
    with office.database.read() as session:
        assert ["deposit", "payment"] == list(session.scalars(select(FundEntry.kind).order_by(FundEntry.id)))
        assert 2 == session.scalar(select(func.count()).select_from(Audit).where(Audit.subject == "fund"))


def _sums(found: funds.Ledger) -> tuple[int, int, int, int]:
    assert found.deposits_fen - found.payments_fen == found.balance_fen >= 0
    return found.balance_fen, found.payments_fen, found.due_fen, found.due_count


@pytest.mark.parametrize(
    ("deed", "values"),
    [
        (funds.deposit, {"amount_fen": 0, "reason": "捐赠"}),
        (funds.deposit, {"amount_fen": -5, "reason": "捐赠"}),
        (funds.deposit, {"amount_fen": 100, "reason": " "}),
        (funds.pay, {"need_ids": ()}),
        (funds.pay, {"need_ids": (987_654,)}),
    ],
)
def test_what_is_no_deposit_and_no_payment_is_refused(database: Database, deed: Any, values: dict[str, Any]) -> None:
    office = Office(database)
    with pytest.raises(DashboardError):
        office.fund(deed, **values)
    assert (0, 0, 0, 0) == _sums(office.ledger())


def test_only_the_county_s_admin_moves_money(database: Database) -> None:
    office = Office(database)
    part = database.write(lambda session: actor_for(an_account(session, Role.ADMIN, office.here), office.here))
    for who in (office.li, office.leader, part):
        with pytest.raises(Forbidden):
            office.do(funds.deposit, who, amount_fen=100, reason="捐赠")
    assert COUNTY == part.county
    office.served()
    office.fund(funds.deposit, amount_fen=100, reason="捐赠")
    seen = office.ledger(part)
    assert (1, 450, 0, ()) == (seen.due_count, seen.due_fen, seen.deposits_fen, seen.entries)
    with pytest.raises(Forbidden):
        office.ledger(office.leader)


def test_two_payments_at_once_never_take_more_than_there_is(office: Office) -> None:
    wanted = [office.served(), office.served()]
    office.fund(funds.deposit, amount_fen=600, reason="捐赠")

    def pay(need: int) -> str:
        try:
            office.fund(funds.pay, need_ids=(need,))
        except Invalid as refused:
            return refused.key
        return "paid"

    with ThreadPoolExecutor(2) as pool:
        assert ["paid", "prices.fund_too_small"] == sorted(pool.map(pay, wanted))
    assert (150, 450, 450, 1) == _sums(office.ledger())
