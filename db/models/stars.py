"""Stars of volunteers as they were computed last."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Id


class VolunteerStars(Base):
    """A volunteer's stars and badges (names with 、 between), the minutes that counted, and by which version of the
    rule (0: the product's own) they were computed when. Whoever has no row had no service then, and has none."""

    __tablename__ = "volunteer_stars"
    __table_args__ = (
        UniqueConstraint("county", "volunteer_id"),
        Index(None, "county", "stars"),
        CheckConstraint("stars between 0 and 5", name="stars"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteers.id", ondelete="RESTRICT"))
    stars: Mapped[int]
    badges: Mapped[str] = mapped_column(String(200), default="")
    minutes: Mapped[int]
    rule_version: Mapped[int]
    computed_at: Mapped[datetime]
