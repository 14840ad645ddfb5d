"""What is asked again: hours that look odd, hours that were certified, and residents who were not satisfied."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Id


class EntryLook(Base):
    """Somebody looked at an odd entry and said why it stands as it is. `kind` is the reason it was listed for."""

    __tablename__ = "entry_looks"
    __table_args__ = (UniqueConstraint("county", "service_id", "kind"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id", ondelete="RESTRICT"))
    kind: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    account_id: Mapped[int]


class ServiceCertificate(Base):
    """志愿服务记录证明: what was certified of one volunteer's services from `first_day` to `last_day`, both included.

    `digest` is a keyed digest of her name and of every row certified: it tells whether the records still say the same.
    """

    __tablename__ = "service_certificates"
    __table_args__ = (
        UniqueConstraint("code"),
        Index(None, "county", "volunteer_id", "issued_at"),
        CheckConstraint("first_day <= last_day", name="days"),
        CheckConstraint("(revoked_at is null) = (revoked_by is null)", name="revoked"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    code: Mapped[str] = mapped_column(String(32))
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteers.id", ondelete="RESTRICT"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    services: Mapped[int]
    minutes_a: Mapped[int]
    minutes_b: Mapped[int]
    minutes_c: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    issuer: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(Text)
    issued_at: Mapped[datetime]
    issued_by: Mapped[int]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[int | None]
    revoke_reason: Mapped[str] = mapped_column(Text, default="")


class HeldService(Base):
    """Hours of which the two sides tell differently: here, and in no total, until somebody independent decides.

    What is kept or corrected goes back among the services. Columns up to `recorded_by` are the service's own."""

    __tablename__ = "held_services"
    __table_args__ = (
        Index(None, "county", "resolved_at", "held_at"),
        Index(None, "county", "volunteer_id", "start"),
        Index(None, "county", "need_id"),
        CheckConstraint('"start" < "end"', name="span"),
        CheckConstraint("(resolved_at is null) = (result is null)", name="resolved"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteers.id", ondelete="RESTRICT"))
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id", ondelete="RESTRICT"))
    dispatch_id: Mapped[int | None] = mapped_column(ForeignKey("dispatches.id", ondelete="RESTRICT"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id", ondelete="RESTRICT"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id", ondelete="RESTRICT"))
    grid_id: Mapped[int | None] = mapped_column(ForeignKey("grids.id", ondelete="RESTRICT"))
    start: Mapped[datetime]
    end: Mapped[datetime]
    break_minutes: Mapped[int] = mapped_column(default=0)
    minutes: Mapped[int]
    grade: Mapped[str] = mapped_column(String(1))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int]
    why: Mapped[str] = mapped_column(String(20))
    #: What she says is wrong, where she asked for it herself; may hold a person's words.
    said: Mapped[str] = mapped_column(Text, default="", server_default="")
    held_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[int | None]
    result: Mapped[str | None] = mapped_column(String(12))
    #: Why it was decided so; may hold a person's words, so it stays here and out of the audit.
    reason: Mapped[str] = mapped_column(Text, default="")


class FollowUp(Base):
    """A resident to be asked again, by an owner who neither recorded nor served; none where no such account exists."""

    __tablename__ = "follow_ups"
    __table_args__ = (
        UniqueConstraint("county", "need_id", "reason", "turn"),
        Index(None, "county", "closed_at", "due_at"),
        CheckConstraint("(closed_at is null) = (result is null)", name="closed"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id", ondelete="RESTRICT"))
    reason: Mapped[str] = mapped_column(String(12))
    #: 0 for the first of its need and reason: check-backs have no other, ratings one for each answer.
    turn: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime]
    owner_account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="RESTRICT"))
    due_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None]
    result: Mapped[str | None] = mapped_column(String(12))
    #: What was said; may hold a resident's words, so it stays here and out of the audit.
    note: Mapped[str] = mapped_column(Text, default="")
