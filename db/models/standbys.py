"""候补: who said that she would stand in for a need when somebody falls out."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Id


class Standby(Base):
    """A volunteer on the list of a need, for one of its roles; `place` orders those who still wait.

    One row a need and volunteer: who is put on the list again gets her row back. `closed_at` is empty while she waits;
    `outcome` says how it ended: offered, removed (by a person), or dropped (a rule, whose sentence `why` names).
    """

    __tablename__ = "standbys"
    __table_args__ = (
        UniqueConstraint("county", "need_id", "volunteer_id"),
        Index(None, "county", "role_id", "place"),
        CheckConstraint("(closed_at is null) = (outcome is null)", name="closed"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id", ondelete="RESTRICT"))
    role_id: Mapped[int] = mapped_column(ForeignKey("need_roles.id", ondelete="RESTRICT"))
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteers.id", ondelete="RESTRICT"))
    place: Mapped[int]
    added_by: Mapped[int]
    added_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(12))
    why: Mapped[str] = mapped_column(String(80), default="")
