"""The fund that pays what residents don't: deposits, payments of needs confirmed as served, and what is still unpaid.

The balance never falls below 0. Deposits and payments are entries that stay; the balance is their sum.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, select, update
from sqlalchemy.orm import Session

from dashboard.core.errors import Invalid, NotFound
from dashboard.core.permissions import WHOLE_COUNTY, Action, Actor, require
from dashboard.core.prices import MOST_FEN
from dashboard.core.words import NeedState, Subject
from dashboard.services.commands import Work, command
from dashboard.services.need_writing import require_reason
from dashboard.services.questions import question
from dashboard.services.reach import at_reached_site
from db.engine import lock_rows
from db.models import Account, CatalogueItem, Fund, FundEntry, Need, NeedCharge

DEPOSIT, PAYMENT = "deposit", "payment"
#: States of a need whose part the fund may pay: what was opened again waits.
PAYABLE = (NeedState.CONFIRMED, NeedState.RATED, NeedState.CLOSED)
#: So many unpaid needs and entries are listed.
LISTED = 200
#: A deposit has at most so many fen: 100 million yuan.
MOST_DEPOSIT = 100 * MOST_FEN


@dataclass(frozen=True)
class Due:
    """A need's part that the fund has not paid."""

    need_id: int
    code: str
    item: str
    served_on: date
    fund_fen: int
    payable: bool


@dataclass(frozen=True)
class Entry:
    """A deposit (no code) or a payment."""

    at: datetime
    kind: str
    amount_fen: int
    code: str
    by: str
    reason: str


@dataclass(frozen=True)
class Ledger:
    """The fund within the reader's part: for a part of the county its payments and what is due there."""

    balance_fen: int
    deposits_fen: int
    payments_fen: int
    payments: int
    due_fen: int
    due_count: int
    due: tuple[Due, ...]
    entries: tuple[Entry, ...]


def unpaid(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """Charges of needs within reach whose part the fund owes: conditions over `NeedCharge` and `Need`."""
    paid = exists().where(FundEntry.county == NeedCharge.county, FundEntry.need_id == NeedCharge.need_id)
    return NeedCharge.county == actor.county, NeedCharge.fund_fen > 0, ~paid, at_reached_site(actor, Need.site_id)


@question(Subject.FUND, Subject.NEEDS, Subject.CATALOGUE, Subject.PLACES, Subject.ACCOUNTS)
def ledger(session: Session, actor: Actor) -> Ledger:
    """Balance, entries newest first, and what is due, oldest first."""
    require(actor, Action.MANAGE_FUND)
    due = select(func.coalesce(func.sum(NeedCharge.fund_fen), 0), func.count(NeedCharge.id)).join(
        Need, Need.id == NeedCharge.need_id
    )
    due_fen, due_count = session.execute(due.where(*unpaid(actor))).one()
    sums: dict[str, tuple[int, int]] = {
        kind: (int(fen), many)
        for kind, fen, many in session.execute(
            _entries(actor)
            .with_only_columns(FundEntry.kind, func.sum(FundEntry.amount_fen), func.count(FundEntry.id))
            .group_by(FundEntry.kind)
        )
    }
    balance = session.scalar(select(Fund.balance_fen).where(Fund.county == actor.county)) or 0
    return Ledger(
        balance,
        sums.get(DEPOSIT, (0, 0))[0],
        *sums.get(PAYMENT, (0, 0)),
        int(due_fen),
        due_count,
        _due(session, actor),
        _newest(session, actor),
    )


@command(Action.MANAGE_FUND, Subject.FUND)
def deposit(work: Work, *, amount_fen: int, reason: str) -> dict[str, Any]:
    """Money comes into the fund; `reason` says from whom or for what."""
    require_reason(reason)
    if not 0 < amount_fen <= MOST_DEPOSIT:
        raise Invalid("prices.bad_amount")
    row = _fund(work)
    before = row.balance_fen
    row.balance_fen = before + amount_fen
    entry = _entry(work, DEPOSIT, amount_fen, reason)
    work.session.flush()
    work.audit(
        "fund",
        entry.id,
        before={"balance_fen": before},
        after={"balance_fen": row.balance_fen, "amount_fen": amount_fen},
        reason=entry.reason,
    )
    return {"balance_fen": row.balance_fen}


@command(Action.MANAGE_FUND, Subject.FUND)
def pay(work: Work, *, need_ids: tuple[int, ...], reason: str = "") -> dict[str, Any]:
    """The fund pays its parts of these needs: all of them, or none. Raises Invalid where it holds too little, for a
    need that is not confirmed (any more), and for one paid already."""
    row = _fund(work)
    wanted = sorted(set(need_ids))
    charges = work.session.execute(
        select(NeedCharge, Need.state, Need.code, FundEntry.id.label("paid"))
        .join(Need, Need.id == NeedCharge.need_id)
        .outerjoin(FundEntry, and_(FundEntry.county == NeedCharge.county, FundEntry.need_id == NeedCharge.need_id))
        .where(NeedCharge.county == work.actor.county, NeedCharge.need_id.in_(wanted))
        .order_by(NeedCharge.need_id)
    ).all()
    if not wanted or len(charges) < len(wanted):
        raise NotFound("prices.nothing_charged")
    for charge, state, code, paid in charges:
        if paid is not None or charge.fund_fen == 0:
            raise Invalid("prices.paid_already", code=code)
        if state not in PAYABLE:
            raise Invalid("prices.not_confirmed", code=code)
    total = sum(charge.fund_fen for charge, *_ in charges)
    moved = work.session.execute(
        update(Fund)
        .where(Fund.id == row.id, Fund.balance_fen >= total)
        .values(balance_fen=Fund.balance_fen - total)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise Invalid("prices.fund_too_small", wanted=_yuan(total), there=_yuan(row.balance_fen))
    before = row.balance_fen
    work.session.refresh(row)
    for charge, *_ in charges:
        _entry(work, PAYMENT, charge.fund_fen, reason, charge.need_id)
    work.session.flush()
    after = {"balance_fen": row.balance_fen, "amount_fen": total, "needs": [charge.need_id for charge, *_ in charges]}
    work.audit("fund", row.id, before={"balance_fen": before}, after=after, reason=" ".join(reason.split()))
    return {"needs": len(charges), "paid_fen": total, "balance_fen": row.balance_fen}


def _fund(work: Work) -> Fund:
    """The county's fund, made when first asked for; nobody else changes it until the end of the transaction."""
    work.require(work.action, WHOLE_COUNTY)
    lock_rows(work.session, f"fund:{work.actor.county}", [0])
    mine = select(Fund).where(Fund.county == work.actor.county).execution_options(populate_existing=True)
    row = work.session.scalar(mine)
    if row is None:
        row = Fund(county=work.actor.county, balance_fen=0)
        work.session.add(row)
        work.session.flush()
    return row


def _entry(work: Work, kind: str, amount_fen: int, reason: str, need_id: int | None = None) -> FundEntry:
    entry = FundEntry(
        county=work.actor.county,
        kind=kind,
        need_id=need_id,
        amount_fen=amount_fen,
        at=work.now,
        account_id=work.actor.account_id,
        reason=" ".join(reason.replace("\x00", "").split())[:200],
    )
    work.session.add(entry)
    return entry


def _entries(actor: Actor) -> Select[Any]:
    """Entries the reader may see: deposits are the whole county's."""
    here = select(FundEntry).outerjoin(Need, Need.id == FundEntry.need_id).where(FundEntry.county == actor.county)
    return here if actor.site_path == WHOLE_COUNTY else here.where(at_reached_site(actor, Need.site_id))


def _due(session: Session, actor: Actor) -> tuple[Due, ...]:
    rows = session.execute(
        select(NeedCharge.need_id, Need.code, CatalogueItem.name, NeedCharge.served_on, NeedCharge.fund_fen, Need.state)
        .join(Need, Need.id == NeedCharge.need_id)
        .join(CatalogueItem, CatalogueItem.id == NeedCharge.item_id)
        .where(*unpaid(actor))
        .order_by(NeedCharge.served_on, NeedCharge.need_id)
        .limit(LISTED)
    )
    return tuple(Due(*row[:5], row.state in PAYABLE) for row in rows)


def _newest(session: Session, actor: Actor) -> tuple[Entry, ...]:
    rows = session.execute(
        _entries(actor)
        .outerjoin(Account, Account.id == FundEntry.account_id)
        .add_columns(Need.code, Account.display_name)
        .order_by(FundEntry.at.desc(), FundEntry.id.desc())
        .limit(LISTED)
    )
    return tuple(
        Entry(one.at, one.kind, one.amount_fen, code or "", name or "", one.reason) for one, code, name in rows
    )


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"
