"""Meal rounds 助餐: who carries meals where on which days, and each day's round with what came of every stop."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Id

_ONE_PLACE = "(person_id is null and site_id is not null) or (person_id is not null and site_id is null)"


class MealRound(Base):
    """A round that starts at a kitchen on the days of `rule`, at the time of day of `start`. `carrier_id` goes unless
    she is away, then `substitute_id`; `minutes` is how long it takes."""

    __tablename__ = "meal_rounds"
    __table_args__ = (
        Index(None, "county", "ended_at"),
        Index(None, "county", "site_id"),
        CheckConstraint("minutes > 0", name="minutes"),
        CheckConstraint("substitute_id is null or carrier_id <> substitute_id", name="substitute"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    name: Mapped[str] = mapped_column(String(80))
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="RESTRICT"))
    rule: Mapped[str] = mapped_column(String(200))
    start: Mapped[datetime]
    minutes: Mapped[int]
    carrier_id: Mapped[int | None] = mapped_column(ForeignKey("volunteers.id", ondelete="RESTRICT"))
    substitute_id: Mapped[int | None] = mapped_column(ForeignKey("volunteers.id", ondelete="RESTRICT"))
    created_at: Mapped[datetime]
    created_by: Mapped[int]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class MealStop(Base):
    """A stop of a round: a household, known by one of its people, or a site. Positions count from 1."""

    __tablename__ = "meal_stops"
    __table_args__ = (
        Index(None, "county", "round_id"),
        CheckConstraint(_ONE_PLACE, name="place"),
        CheckConstraint("meals > 0", name="meals"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    round_id: Mapped[int] = mapped_column(ForeignKey("meal_rounds.id", ondelete="RESTRICT"))
    position: Mapped[int]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id", ondelete="RESTRICT"))
    lon: Mapped[float]
    lat: Mapped[float]
    place_text: Mapped[str] = mapped_column(String(200), default="")
    meals: Mapped[int]


class MealDay(Base):
    """A day's round, made once: who was to carry it, None for nobody."""

    __tablename__ = "meal_days"
    __table_args__ = (UniqueConstraint("county", "round_id", "day"), Index(None, "county", "day"))
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    round_id: Mapped[int] = mapped_column(ForeignKey("meal_rounds.id", ondelete="RESTRICT"))
    day: Mapped[date]
    start: Mapped[datetime]
    carrier_id: Mapped[int | None] = mapped_column(ForeignKey("volunteers.id", ondelete="RESTRICT"))
    made_at: Mapped[datetime]


class MealDrop(Base):
    """A stop of a day's round as it was that day. `outcome` is empty until somebody says "delivered" or "missed"."""

    __tablename__ = "meal_drops"
    __table_args__ = (
        UniqueConstraint("county", "day_id", "position"),
        CheckConstraint(_ONE_PLACE, name="place"),
        CheckConstraint("outcome in ('', 'delivered', 'missed')", name="outcome"),
        CheckConstraint("outcome <> 'missed' or reason <> ''", name="reason"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    day_id: Mapped[int] = mapped_column(ForeignKey("meal_days.id", ondelete="RESTRICT"))
    position: Mapped[int]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id", ondelete="RESTRICT"))
    place_text: Mapped[str] = mapped_column(String(200), default="")
    meals: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(10), default="")
    reason: Mapped[str] = mapped_column(String(200), default="")
    ticked_at: Mapped[datetime | None]
    ticked_by: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)
