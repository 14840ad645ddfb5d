"""转交: somebody who holds something is asked to hand it to somebody else; and what coordinators are told of it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Id

_BETWEEN_ACCOUNTS = "from_account_id is not null and to_account_id is not null and role_id is null"
_BETWEEN_VOLUNTEERS = (
    "from_volunteer_id is not null and to_volunteer_id is not null and role_id is not null"
    " and from_account_id is null and to_account_id is null"
)
_OPEN_HOLD = text("state = 'asked' and from_account_id is not null")
_OPEN_ORDER = text("state = 'asked' and from_volunteer_id is not null")


class HandOver(Base):
    """A request to hand over: a coordinator's hold on a need, or a volunteer's accepted order.

    `state` is one of `core.hand_overs.State`. `reason` is why it is asked for, `answer` why it was refused. Of a thing
    only one request waits at a time.
    """

    __tablename__ = "hand_overs"
    __table_args__ = (
        Index(
            "ix_hand_overs_open_hold",
            "county",
            "need_id",
            unique=True,
            sqlite_where=_OPEN_HOLD,
            postgresql_where=_OPEN_HOLD,
        ),
        Index(
            "ix_hand_overs_open_order",
            "county",
            "need_id",
            "role_id",
            "from_volunteer_id",
            unique=True,
            sqlite_where=_OPEN_ORDER,
            postgresql_where=_OPEN_ORDER,
        ),
        Index(None, "county", "need_id"),
        CheckConstraint(f"({_BETWEEN_ACCOUNTS}) or ({_BETWEEN_VOLUNTEERS})", name="parties"),
        CheckConstraint("from_account_id <> to_account_id", name="accounts"),
        CheckConstraint("from_volunteer_id <> to_volunteer_id", name="volunteers"),
        CheckConstraint("(state = 'asked') = (ended_at is null)", name="ended"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id", ondelete="RESTRICT"))
    from_account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="RESTRICT"))
    to_account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="RESTRICT"))
    role_id: Mapped[int | None] = mapped_column(ForeignKey("need_roles.id", ondelete="RESTRICT"))
    from_volunteer_id: Mapped[int | None] = mapped_column(ForeignKey("volunteers.id", ondelete="RESTRICT"))
    to_volunteer_id: Mapped[int | None] = mapped_column(ForeignKey("volunteers.id", ondelete="RESTRICT"))
    state: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text, default="")
    asked_at: Mapped[datetime]
    #: An account, or who acted by a short link.
    asked_by: Mapped[int]
    answer_by: Mapped[datetime]
    ended_at: Mapped[datetime | None]
