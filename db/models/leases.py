"""What time brings about: which process sees to it, and the needs for which it found nobody left to ask."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Id


class Lease(Base):
    """Work of the whole database that one process does at a time; anybody may take it once `until` has passed."""

    __tablename__ = "leases"
    __table_args__ = (UniqueConstraint("name"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    holder: Mapped[str] = mapped_column(String(80))
    until: Mapped[datetime]


class NobodyLeft(Base):
    """A need for which nobody is left whom the machine may ask. One row a need: it is opened again when it happens
    again. The owner is the account that looks for somebody; none until one takes it on."""

    __tablename__ = "nobody_left"
    __table_args__ = (
        UniqueConstraint("county", "need_id"),
        Index(None, "county", "closed_at", "since"),
        CheckConstraint("closed_at is null or closed_at >= since", name="span"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id", ondelete="RESTRICT"))
    since: Mapped[datetime]
    owner_account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="RESTRICT"))
    closed_at: Mapped[datetime | None]
