"""Short links for who has no account: a volunteer answers an offer, a resident says how it was."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Id


class Link(Base):
    """A link under `/r/<token>`. Only the token's digest is kept: who reads this table can open none of them."""

    __tablename__ = "links"
    __table_args__ = (
        UniqueConstraint("digest"),
        Index(None, "county", "need_id"),
        Index(None, "county", "dispatch_id"),
        CheckConstraint("(party = 'volunteer') = (dispatch_id is not null)", name="party"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    digest: Mapped[str] = mapped_column(String(64))
    party: Mapped[str] = mapped_column(String(10))
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id", ondelete="RESTRICT"))
    dispatch_id: Mapped[int | None] = mapped_column(ForeignKey("dispatches.id", ondelete="RESTRICT"))
    created_at: Mapped[datetime]
    created_by: Mapped[int]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]


class Attendance(Base):
    """Signing in and out at the place, from the volunteer's phone. A position only where she gave one."""

    __tablename__ = "attendances"
    __table_args__ = (
        UniqueConstraint("dispatch_id"),
        Index(None, "county", "arrived_at"),
        CheckConstraint("left_at is null or left_at >= arrived_at", name="span"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    dispatch_id: Mapped[int] = mapped_column(ForeignKey("dispatches.id", ondelete="RESTRICT"))
    arrived_at: Mapped[datetime]
    arrived_lon: Mapped[float | None]
    arrived_lat: Mapped[float | None]
    left_at: Mapped[datetime | None]
    left_lon: Mapped[float | None]
    left_lat: Mapped[float | None]
    #: What was done, in her words.
    report: Mapped[str] = mapped_column(Text, default="")
