"""People: one person behind volunteer, resident, contact and account; teams, skills, free time.

Phones, addresses and ID numbers are three columns each: the value, a keyed digest for exact search, a tail for
display. Encrypting later changes only what the value column holds.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Id


class Person(Base):
    """A human being. A phone is never unique: families share one."""

    __tablename__ = "persons"
    __table_args__ = (
        Index(None, "county", "phone_digest"),
        Index(None, "county", "id_number_digest"),
        Index(None, "county", "name"),
        Index(None, "county", "initials"),
        Index(None, "county", "phone_tail"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    name: Mapped[str] = mapped_column(String(60))
    #: Pinyin initials in lower case, "zxg" for 张小贵.
    initials: Mapped[str] = mapped_column(String(30), default="")
    gender: Mapped[str] = mapped_column(String(8), default="unknown")
    birth_year: Mapped[int | None]
    phone: Mapped[str | None] = mapped_column(String(200))
    phone_digest: Mapped[str | None] = mapped_column(String(64))
    phone_tail: Mapped[str | None] = mapped_column(String(4))
    address: Mapped[str | None] = mapped_column(Text)
    address_digest: Mapped[str | None] = mapped_column(String(64))
    address_tail: Mapped[str | None] = mapped_column(String(60))
    id_number: Mapped[str | None] = mapped_column(String(200))
    id_number_digest: Mapped[str | None] = mapped_column(String(64))
    id_number_tail: Mapped[str | None] = mapped_column(String(4))
    village_code: Mapped[str | None] = mapped_column(String(12))
    erased_at: Mapped[datetime | None]


class Volunteer(Base):
    """A registered volunteer. Her home is a point, a grid or a village, and is never drawn as a dot."""

    __tablename__ = "volunteers"
    __table_args__ = (
        UniqueConstraint("county", "code"),
        Index(None, "county", "person_id"),
        Index(None, "county", "site_id"),
        Index(None, "county", "grid_id"),
        Index(None, "county", "village_code"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    code: Mapped[str] = mapped_column(String(80))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    #: The site she belongs to; rights over her follow it.
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id", ondelete="RESTRICT"))
    village_code: Mapped[str | None] = mapped_column(String(12))
    grid_id: Mapped[int | None] = mapped_column(ForeignKey("grids.id", ondelete="RESTRICT"))
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    precision: Mapped[str] = mapped_column(String(10), default="none")
    location_source: Mapped[str] = mapped_column(String(40), default="")
    location_at: Mapped[datetime | None]
    status: Mapped[str] = mapped_column(String(10), default="active")
    #: Tasks a day and a week she is willing to take.
    cap_day: Mapped[int] = mapped_column(default=1)
    cap_week: Mapped[int] = mapped_column(default=2)
    max_distance_m: Mapped[int] = mapped_column(default=5000)
    languages: Mapped[list[Any]] = mapped_column(default=list)
    #: False: nobody knows when she is free, which is not "free".
    availability_known: Mapped[bool] = mapped_column(default=False)
    availability_raw: Mapped[str] = mapped_column(String(200), default="")
    skills_raw: Mapped[str] = mapped_column(String(200), default="")
    consent: Mapped[str] = mapped_column(String(10), default="unknown")
    consent_at: Mapped[datetime | None]
    consent_channel: Mapped[str] = mapped_column(String(20), default="")
    registered_on: Mapped[date | None]
    raw: Mapped[dict[str, Any] | None]
    version: Mapped[int] = mapped_column(default=1)


class Skill(Base):
    """A skill volunteers have and needs ask for. `licence`: only with a certificate valid on the day, no override."""

    __tablename__ = "skills"
    __table_args__ = (UniqueConstraint("county", "code"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(60), default="")
    licence: Mapped[bool] = mapped_column(default=False)


class VolunteerSkill(Base):
    """Level 1 helps, 2 works alone, 3 teaches."""

    __tablename__ = "volunteer_skills"
    __table_args__ = (
        UniqueConstraint("county", "volunteer_id", "skill_id"),
        Index(None, "county", "skill_id"),
        CheckConstraint("level between 1 and 3", name="level"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteers.id", ondelete="RESTRICT"))
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id", ondelete="RESTRICT"))
    level: Mapped[int] = mapped_column(default=1)


class Certificate(Base):
    """A licence for a skill, valid on days from `issued_on` up to and including `expires_on`."""

    __tablename__ = "certificates"
    __table_args__ = (Index(None, "county", "volunteer_id"), Index(None, "county", "expires_on"))
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteers.id", ondelete="RESTRICT"))
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id", ondelete="RESTRICT"))
    number: Mapped[str] = mapped_column(String(60), default="")
    issued_on: Mapped[date | None]
    expires_on: Mapped[date]


class Availability(Base):
    """A weekly free span in county time: weekday 0 Monday .. 6 Sunday, minutes from midnight, half-open."""

    __tablename__ = "availability"
    __table_args__ = (
        Index(None, "county", "volunteer_id"),
        CheckConstraint("weekday between 0 and 6", name="weekday"),
        CheckConstraint("0 <= start_minute and start_minute < end_minute and end_minute <= 1440", name="span"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteers.id", ondelete="RESTRICT"))
    weekday: Mapped[int]
    start_minute: Mapped[int]
    end_minute: Mapped[int]


class Leave(Base):
    """Time away, half-open."""

    __tablename__ = "leave"
    __table_args__ = (Index(None, "county", "volunteer_id"), CheckConstraint('"start" < "end"', name="span"))
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteers.id", ondelete="RESTRICT"))
    start: Mapped[datetime]
    end: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(200), default="")


class Team(Base):
    """A volunteer team 志愿服务队. `shared`: its members may be offered to needs outside their own subtree. With an
    `aspect` it is the squad 小分队 of that aspect at its site, the only one there."""

    __tablename__ = "teams"
    __table_args__ = (
        UniqueConstraint("county", "code"),
        Index(None, "county", "site_id"),
        Index(None, "county", "site_id", "aspect", unique=True),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    name_key: Mapped[str] = mapped_column(String(120), default="")
    kind: Mapped[str] = mapped_column(String(20), default="other")
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("volunteers.id", ondelete="RESTRICT"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id", ondelete="RESTRICT"))
    aspect: Mapped[str | None] = mapped_column(String(20))
    shared: Mapped[bool] = mapped_column(default=False)
    founded_on: Mapped[date | None]
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)


class Membership(Base):
    """A volunteer in a team on days from `valid_from` up to before `valid_to`."""

    __tablename__ = "memberships"
    __table_args__ = (Index(None, "county", "team_id"), Index(None, "county", "volunteer_id"))
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="RESTRICT"))
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteers.id", ondelete="RESTRICT"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Account(Base):
    """A local account: role and part of the site tree it works in (no site: the whole county)."""

    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("county", "username"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    username: Mapped[str] = mapped_column(String(60))
    display_name: Mapped[str] = mapped_column(String(60))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id", ondelete="RESTRICT"))
    language: Mapped[str] = mapped_column(String(2), default="zh")
    active: Mapped[bool] = mapped_column(default=True)
    failed_attempts: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)


class SignIn(Base):
    """A server-side session. The browser's cookie holds a random token, this row its SHA-256."""

    __tablename__ = "sign_ins"
    __table_args__ = (UniqueConstraint("token_digest"), Index(None, "county", "account_id"))
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    token_digest: Mapped[str] = mapped_column(String(64))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="RESTRICT"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
