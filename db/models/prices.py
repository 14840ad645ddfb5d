"""Prices: evidence of entitlements, what was charged for a need, and the fund that pays the rest."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Id


class Entitlement(Base):
    """Evidence that a person belongs to a group the rule of prices names, on days from `valid_from` up to and including
    `valid_to`. Never deleted: a wrong one is withdrawn."""

    __tablename__ = "entitlements"
    __table_args__ = (
        Index(None, "county", "person_id"),
        CheckConstraint("valid_to is null or valid_from <= valid_to", name="span"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    kind: Mapped[str] = mapped_column(String(20))
    #: Which paper, with its number: personal.
    document: Mapped[str] = mapped_column(String(80))
    document_tail: Mapped[str] = mapped_column(String(4), default="")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    entered_by: Mapped[int]
    entered_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class NeedCharge(Base):
    """What was charged for a need when it was confirmed as served, by the rules and prices of that day. `facts` are
    what put the resident into the tier and what else was known then, so that other rules can be tried on it."""

    __tablename__ = "need_charges"
    __table_args__ = (
        UniqueConstraint("county", "need_id"),
        Index(None, "county", "served_on"),
        CheckConstraint("resident_fen + fund_fen = market_fen", name="sum"),
        CheckConstraint("resident_fen >= 0 and fund_fen >= 0", name="parts"),
        CheckConstraint("material_fen >= 0 and material_fen <= market_fen and market_fen > 0", name="price"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id", ondelete="RESTRICT"))
    item_id: Mapped[int] = mapped_column(ForeignKey("catalogue_items.id", ondelete="RESTRICT"))
    served_on: Mapped[date]
    market_fen: Mapped[int]
    material_fen: Mapped[int]
    tier: Mapped[str] = mapped_column(String(20))
    resident_fen: Mapped[int]
    fund_fen: Mapped[int]
    #: 0: the product's own rules.
    rule_version: Mapped[int]
    facts: Mapped[dict[str, Any]]
    kept_at: Mapped[datetime]


class Fund(Base):
    """The county's fund: what is in it. Never below 0."""

    __tablename__ = "funds"
    __table_args__ = (UniqueConstraint("county"), CheckConstraint("balance_fen >= 0", name="balance"))
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    balance_fen: Mapped[int] = mapped_column(default=0)


class FundEntry(Base):
    """Append-only: a deposit, or the payment of a need's part, once a need."""

    __tablename__ = "fund_entries"
    __table_args__ = (
        UniqueConstraint("county", "need_id"),
        Index(None, "county", "at"),
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("(kind = 'payment') = (need_id is not null)", name="occasion"),
        CheckConstraint("kind in ('deposit', 'payment')", name="kind"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    kind: Mapped[str] = mapped_column(String(10))
    need_id: Mapped[int | None] = mapped_column(ForeignKey("needs.id", ondelete="RESTRICT"))
    amount_fen: Mapped[int]
    at: Mapped[datetime]
    account_id: Mapped[int]
    reason: Mapped[str] = mapped_column(Text, default="")
