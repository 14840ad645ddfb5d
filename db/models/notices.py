"""What the desk is told without having asked: once each, until somebody has seen to it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Id


class Notice(Base):
    """One thing told to whoever works for a site, or to one account. Holds no words and no personal value.

    `kind` is one of `core.notices.Kind`, or of `core.hand_overs.Told` where it is told to an account; `about` tells two
    of a kind apart, so that the same thing is told once; `subject_id` is the series, meal round, duty, held service or
    request to hand over it is about.
    """

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("county", "kind", "about"),
        Index(None, "county", "closed_at", "created_at"),
        Index(None, "county", "account_id", "closed_at"),
        Index(None, "county", "need_id"),
        CheckConstraint("(closed_at is null) = (closed_by is null)", name="closed"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    kind: Mapped[str] = mapped_column(String(20))
    about: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[int | None]
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id", ondelete="RESTRICT"))
    #: Goes with its need where an import is undone: it is no record of its own, the audit is.
    need_id: Mapped[int | None] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"))
    #: Told to this account alone.
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="RESTRICT"))
    start: Mapped[datetime | None]
    end: Mapped[datetime | None]
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None]
