"""What comes again: series of visits with their keepers, and the households volunteers have taken on."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Id


class RecurringNeed(Base):
    """A need that comes again. Its visits follow from `rule` (core/series.py); each becomes a need some weeks before.

    `template` holds the order without words or people of the resident's side: those are columns. `keeper_id` comes
    unless she is away, then `substitute_id`. Visits that begin before `made_until` are needs already.
    """

    __tablename__ = "series"
    __table_args__ = (
        Index(None, "county", "ended_at", "made_until"),
        Index(None, "county", "site_id"),
        Index(None, "county", "person_id"),
        CheckConstraint("minutes > 0", name="minutes"),
        CheckConstraint("substitute_id is null or keeper_id <> substitute_id", name="substitute"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    title: Mapped[str] = mapped_column(String(200))
    detail: Mapped[str] = mapped_column(Text, default="")
    template: Mapped[dict[str, Any]]
    category_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id", ondelete="RESTRICT"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    reported_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id", ondelete="RESTRICT"))
    grid_id: Mapped[int | None] = mapped_column(ForeignKey("grids.id", ondelete="RESTRICT"))
    village_code: Mapped[str | None] = mapped_column(String(12))
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    place_text: Mapped[str] = mapped_column(String(200), default="")
    rule: Mapped[str] = mapped_column(String(200))
    start: Mapped[datetime]
    #: The length of the span within which a visit is wanted.
    minutes: Mapped[int]
    keeper_id: Mapped[int | None] = mapped_column(ForeignKey("volunteers.id", ondelete="RESTRICT"))
    substitute_id: Mapped[int | None] = mapped_column(ForeignKey("volunteers.id", ondelete="RESTRICT"))
    made_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[int]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class SeriesVisit(Base):
    """A visit that was made a need, moved or cancelled. `original_start`, what the rule says, is which one it is."""

    __tablename__ = "series_visits"
    __table_args__ = (
        UniqueConstraint("county", "series_id", "original_start"),
        Index(None, "county", "need_id"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id", ondelete="RESTRICT"))
    original_start: Mapped[datetime]
    need_id: Mapped[int | None] = mapped_column(ForeignKey("needs.id", ondelete="RESTRICT"))
    moved_to: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]


class Contract(Base):
    """包户: a volunteer has taken a household on, known by one of its people. A household has one open contract.

    `allowed_by` is the account that let her have more households than the county's limit, `reason` why.
    """

    __tablename__ = "contracts"
    __table_args__ = (
        Index(
            "uq_contracts_county_person_id_open",
            "county",
            "person_id",
            unique=True,
            sqlite_where=text("ended_at is null"),
            postgresql_where=text("ended_at is null"),
        ),
        Index(None, "county", "volunteer_id", "ended_at"),
        CheckConstraint("substitute_id is null or volunteer_id <> substitute_id", name="substitute"),
        CheckConstraint("ended_at is null or ended_at >= since", name="span"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteers.id", ondelete="RESTRICT"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    substitute_id: Mapped[int | None] = mapped_column(ForeignKey("volunteers.id", ondelete="RESTRICT"))
    since: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    allowed_by: Mapped[int | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
