"""The outbox: who is to be told that a dispatch has changed, and whether she was."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Id


class Message(Base):
    """One change of a dispatch, told to one party. Holds no words and no personal value: both are read when needed.

    `version` is the dispatch's own count of changes, so a change that is tried twice makes one message. `state` is one
    of `core.messages.State`; `tried_at` says when a sender last took it, `channel` how it went out.
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("county", "dispatch_id", "version", "party"),
        Index(None, "county", "state", "created_at"),
        Index(None, "county", "need_id"),
        CheckConstraint("party in ('volunteer', 'resident')", name="party"),
        CheckConstraint("state in ('waiting', 'sending', 'sent', 'copied', 'failed', 'dropped')", name="state"),
        CheckConstraint("sent_at is not null or state not in ('sent', 'copied')", name="sent_at"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id", ondelete="RESTRICT"))
    dispatch_id: Mapped[int] = mapped_column(ForeignKey("dispatches.id", ondelete="RESTRICT"))
    party: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]
    created_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    channel: Mapped[str] = mapped_column(String(20), default="")
    sent_at: Mapped[datetime | None]
    tried_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    #: A code, never what a gateway wrote: that may hold a phone.
    last_error: Mapped[str] = mapped_column(String(40), default="")
