"""What a need with a price costs its resident and the fund: as it looks today, and as it was kept when the need was
confirmed as served. What is kept stays, whatever the rules, the price and the evidence become.

Who may not see entitlements sees the market price alone: both amounts would tell the tier.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.core.errors import NotFound
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.prices import Charge, Evidence, Facts, Price, Proof, charged
from dashboard.core.spans import date_of, day_of, minute_of
from dashboard.core.words import NeedState, Subject
from dashboard.services.commands import Work
from dashboard.services.questions import question
from dashboard.services.reach import at_reached_site
from dashboard.services.rules import price_rules
from db.models import CatalogueItem, Entitlement, FundEntry, Need, NeedCharge, NeedEvent, Person


@dataclass(frozen=True)
class OnRecord:
    """An entitlement of the resident's; of its paper only the last four characters."""

    id: int
    kind: str
    tail: str
    valid_from: date
    valid_to: date | None
    holds: bool


@dataclass(frozen=True)
class Parts:
    """The tier and both amounts; `evidence` is why. `kept`: by which version, since the need was confirmed."""

    tier: str
    resident_fen: int
    fund_fen: int
    evidence: tuple[Evidence, ...]
    kept: bool
    rule_version: int
    served_on: date | None = None
    paid: bool = False


@dataclass(frozen=True)
class NeedPrice:
    """A need's service and market price; the rest is None or empty for who may not see entitlements."""

    need_id: int
    item: str
    market_fen: int
    material_fen: int
    person_id: int | None
    birth_year: int | None
    parts: Parts | None
    on_record: tuple[OnRecord, ...]
    #: The kinds of entitlement that may be entered today.
    kinds: tuple[str, ...]


def county_date(moment: datetime) -> date:
    """The county's calendar day at a moment."""
    return date_of(day_of(minute_of(moment)))


@question(Subject.NEEDS, Subject.CATALOGUE, Subject.PLACES, Subject.PEOPLE, Subject.RULES, Subject.FUND)
def of_need(session: Session, actor: Actor, *, need_id: int, now: datetime) -> NeedPrice | None:
    """The price of a need within the actor's reach, None for a free service. Raises NotFound for another need."""
    require(actor, Action.SEE_NEEDS)
    need = session.scalar(
        select(Need).where(Need.county == actor.county, Need.id == need_id, at_reached_site(actor, Need.site_id))
    )
    if need is None:
        raise NotFound("needs.no_such")
    item = session.get(CatalogueItem, need.item_id) if need.item_id is not None else None
    row = session.scalar(select(NeedCharge).where(NeedCharge.county == need.county, NeedCharge.need_id == need.id))
    if row is not None:
        item = session.get_one(CatalogueItem, row.item_id)
        price: Price | None = Price(row.market_fen, row.material_fen)
    else:
        price = price_of(item)
    if item is None or price is None or (row is None and need.state in (NeedState.CANCELLED, NeedState.UNMET)):
        return None
    sees = actor.may(Action.SEE_ENTITLEMENTS)
    today = county_date(now)
    version, rules = price_rules(session, need.county, now)
    if not sees:
        return NeedPrice(need.id, item.name, price.market_fen, price.material_fen, None, None, None, (), ())
    person = facts_of(session, need)
    parts = _parts(charged(price, person, rules, today), version) if row is None else _kept(session, row)
    records = tuple(
        OnRecord(one.id, one.kind, one.document_tail, one.valid_from, one.valid_to, _proof(one).holds(today))
        for one in _on_record(session, need)
    )
    return NeedPrice(
        need.id,
        item.name,
        price.market_fen,
        price.material_fen,
        need.person_id,
        person.birth_year,
        parts,
        records,
        rules.kinds,
    )


def price_of(item: CatalogueItem | None) -> Price | None:
    """A service's price, None where it is free."""
    if item is None or item.market_fen is None:
        return None
    return Price(item.market_fen, item.material_fen or 0)


def facts_of(session: Session, need: Need) -> Facts:
    """What is known of the need's resident; of a need without one, nothing."""
    if need.person_id is None:
        return Facts()
    born = session.scalar(select(Person.birth_year).where(Person.id == need.person_id))
    return Facts(born, tuple(_proof(one) for one in _on_record(session, need)))


def keep_charge(work: Work, need: Need) -> None:
    """Keep with a need just confirmed what is charged for it, by the rules and the evidence of the day it was served
    on. One charge a need: confirmed again after a reopening, it keeps the first."""
    session = work.session
    price = price_of(session.get(CatalogueItem, need.item_id) if need.item_id is not None else None)
    mine = (NeedCharge.county == need.county, NeedCharge.need_id == need.id)
    if price is None or session.scalar(select(NeedCharge.id).where(*mine)) is not None:
        return
    served = session.scalar(
        select(NeedEvent.happened_at)
        .where(
            NeedEvent.county == need.county,
            NeedEvent.need_id == need.id,
            NeedEvent.dispatch_id.is_(None),
            NeedEvent.to_state == NeedState.DONE,
        )
        .order_by(NeedEvent.id.desc())
        .limit(1)
    )
    served = served or work.now
    day = county_date(served)
    version, rules = price_rules(session, need.county, served)
    person = facts_of(session, need)
    charge = charged(price, person, rules, day)
    session.add(
        NeedCharge(
            county=need.county,
            need_id=need.id,
            item_id=need.item_id,
            served_on=day,
            market_fen=price.market_fen,
            material_fen=price.material_fen,
            tier=charge.tier,
            resident_fen=charge.resident_fen,
            fund_fen=charge.fund_fen,
            rule_version=version,
            facts=plain_facts(person, day, charge.evidence),
            kept_at=work.now,
        )
    )


def plain_facts(person: Facts, day: date, evidence: tuple[Evidence, ...]) -> dict[str, Any]:
    """What is kept of a resident with a charge: what held on that day, and what of it counted."""
    return {
        "birth_year": person.birth_year,
        "proofs": [
            [one.id, one.kind, one.valid_from.isoformat(), one.valid_to.isoformat() if one.valid_to else None]
            for one in person.proofs
            if one.holds(day)
        ],
        "evidence": [[one.kind, one.proof_id, one.age] for one in evidence],
    }


def kept_facts(row: dict[str, Any]) -> Facts:
    """What was known of the resident when her charge was kept."""
    return Facts(
        row["birth_year"],
        tuple(
            Proof(number, kind, date.fromisoformat(since), date.fromisoformat(until) if until else None)
            for number, kind, since, until in row["proofs"]
        ),
    )


def _kept(session: Session, row: NeedCharge) -> Parts:
    paid = select(FundEntry.id).where(FundEntry.county == row.county, FundEntry.need_id == row.need_id)
    return Parts(
        row.tier,
        row.resident_fen,
        row.fund_fen,
        tuple(Evidence(*one) for one in row.facts["evidence"]),
        True,
        row.rule_version,
        row.served_on,
        session.scalar(paid) is not None,
    )


def _parts(charge: Charge, version: int) -> Parts:
    return Parts(charge.tier, charge.resident_fen, charge.fund_fen, charge.evidence, False, version)


def _on_record(session: Session, need: Need) -> list[Entitlement]:
    if need.person_id is None:
        return []
    return list(
        session.scalars(
            select(Entitlement)
            .where(
                Entitlement.county == need.county,
                Entitlement.person_id == need.person_id,
                Entitlement.withdrawn_at.is_(None),
            )
            .order_by(Entitlement.valid_from, Entitlement.id)
        )
    )


def _proof(row: Entitlement) -> Proof:
    return Proof(row.id, row.kind, row.valid_from, row.valid_to)
