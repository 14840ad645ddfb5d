"""Rotas by compound 小区轮值: a team's plan for the week, the days that are otherwise, and each day's duties."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Id

_ONE_PLACE = "(grid_id is null and site_id is not null) or (grid_id is not null and site_id is null)"


class Rota(Base):
    """A team goes to its compounds on the weekdays of `rule`, at the time of day of `start`, for `minutes`. Duties
    planned on days before `made_until` are made; what of them is still to come follows every change of the plan."""

    __tablename__ = "rotas"
    __table_args__ = (
        Index(None, "county", "ended_at", "made_until"),
        Index(None, "county", "team_id"),
        CheckConstraint("minutes > 0", name="minutes"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    name: Mapped[str] = mapped_column(String(80))
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="RESTRICT"))
    rule: Mapped[str] = mapped_column(String(200))
    start: Mapped[datetime]
    minutes: Mapped[int]
    made_until: Mapped[date | None]
    created_at: Mapped[datetime]
    created_by: Mapped[int]
    ended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class RotaPlace(Base):
    """A compound of a rota: a grid or a site, under the name people call it by. Positions count from 1."""

    __tablename__ = "rota_places"
    __table_args__ = (Index(None, "county", "rota_id"), CheckConstraint(_ONE_PLACE, name="place"))
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    rota_id: Mapped[int] = mapped_column(ForeignKey("rotas.id", ondelete="RESTRICT"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    grid_id: Mapped[int | None] = mapped_column(ForeignKey("grids.id", ondelete="RESTRICT"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id", ondelete="RESTRICT"))
    ended_at: Mapped[datetime | None]


class RotaCell(Base):
    """A compound on a weekday, 0 Monday .. 6 Sunday: the least number of people, 0 where nobody goes that day."""

    __tablename__ = "rota_cells"
    __table_args__ = (
        UniqueConstraint("county", "place_id", "weekday"),
        CheckConstraint("weekday between 0 and 6", name="weekday"),
        CheckConstraint("least >= 0", name="least"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    place_id: Mapped[int] = mapped_column(ForeignKey("rota_places.id", ondelete="RESTRICT"))
    weekday: Mapped[int]
    least: Mapped[int]


class RotaCellPerson(Base):
    """Somebody who goes there on that weekday, week by week."""

    __tablename__ = "rota_cell_people"
    __table_args__ = (UniqueConstraint("county", "cell_id", "volunteer_id"), Index(None, "county", "volunteer_id"))
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    cell_id: Mapped[int] = mapped_column(ForeignKey("rota_cells.id", ondelete="RESTRICT"))
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteers.id", ondelete="RESTRICT"))


class RotaChange(Base):
    """A day of a rota that is otherwise: moved to another day, or left out (`moved_to` null)."""

    __tablename__ = "rota_changes"
    __table_args__ = (
        UniqueConstraint("county", "rota_id", "day"),
        CheckConstraint("moved_to is null or moved_to <> day", name="moved_to"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    rota_id: Mapped[int] = mapped_column(ForeignKey("rotas.id", ondelete="RESTRICT"))
    day: Mapped[date]
    moved_to: Mapped[date | None]
    reason: Mapped[str] = mapped_column(String(200), default="")


class Duty(Base):
    """A compound on one day. `planned_on`, the day the plan says, is which one it is; `day` is when it takes place.

    `by_hand`: somebody changed its people, who then no longer follow the plan. What was signed: from when to when
    people were there, and how many households they saw (null: nobody counted).
    """

    __tablename__ = "duties"
    __table_args__ = (
        UniqueConstraint("county", "place_id", "planned_on"),
        Index(None, "county", "day"),
        Index(None, "county", "start"),
        CheckConstraint('"start" < "end"', name="span"),
        CheckConstraint("least > 0", name="least"),
        CheckConstraint("households is null or households >= 0", name="households"),
        CheckConstraint("signed_at is null or began_at < left_at", name="signed"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    place_id: Mapped[int] = mapped_column(ForeignKey("rota_places.id", ondelete="RESTRICT"))
    planned_on: Mapped[date]
    day: Mapped[date]
    start: Mapped[datetime]
    end: Mapped[datetime]
    least: Mapped[int]
    by_hand: Mapped[bool] = mapped_column(default=False)
    began_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    households: Mapped[int | None]
    note: Mapped[str] = mapped_column(String(200), default="")
    signed_at: Mapped[datetime | None]
    signed_by: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)


class DutyPerson(Base):
    """Somebody on duty. `came` is null until the duty is signed."""

    __tablename__ = "duty_people"
    __table_args__ = (UniqueConstraint("county", "duty_id", "volunteer_id"), Index(None, "county", "volunteer_id"))
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    duty_id: Mapped[int] = mapped_column(ForeignKey("duties.id", ondelete="RESTRICT"))
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteers.id", ondelete="RESTRICT"))
    came: Mapped[bool | None]
