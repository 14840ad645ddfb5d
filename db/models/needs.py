"""Needs: the catalogue, the order life cycle, dispatches, holds, constraints, service and ratings."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, Text, UniqueConstraint, false, func
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Id


class Category(Base):
    """The upper level of the catalogue; its items are the lower. Carries what a need of its kind starts with."""

    __tablename__ = "categories"
    __table_args__ = (UniqueConstraint("county", "code"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(60), default="")
    #: Codes of the skills a need of this category requires unless it says otherwise.
    required_skills: Mapped[list[Any]] = mapped_column(default=list)
    duration_minutes: Mapped[int] = mapped_column(default=120)
    licence: Mapped[bool] = mapped_column(default=False)
    #: Working hours per urgency that differ from the rule row: {"urgent": [1, 24]}; empty for the rule's own.
    deadlines: Mapped[dict[str, Any]] = mapped_column(default=dict)
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
    #: Which squad its needs go to first; none: to the squad for all else.
    aspect: Mapped[str | None] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(default=1, server_default="1")


class CatalogueItem(Base):
    """A service on the menu 菜单. Retired items keep their history."""

    __tablename__ = "catalogue_items"
    __table_args__ = (UniqueConstraint("county", "code"), Index(None, "county", "category_id"))
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    category_id: Mapped[int] = mapped_column(ForeignKey("categories.id", ondelete="RESTRICT"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id", ondelete="RESTRICT"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id", ondelete="RESTRICT"))
    required_skills: Mapped[list[Any]] = mapped_column(default=list)
    duration_minutes: Mapped[int | None]
    season: Mapped[str] = mapped_column(String(20), default="")
    retired_on: Mapped[date | None]
    #: Market price and the part of it that is material, in fen; no price: a free service.
    market_fen: Mapped[int | None]
    material_fen: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1, server_default="1")


class Need(Base):
    """An order 点单. `state` is the last word of its events. Rights follow `site_id`, the site of its place."""

    __tablename__ = "needs"
    __table_args__ = (
        UniqueConstraint("county", "code"),
        UniqueConstraint("county", "source_digest", "source_occurrence"),
        Index(None, "county", "state", "urgency"),
        Index(None, "county", "grid_id"),
        Index(None, "county", "village_code"),
        Index(None, "county", "site_id"),
        Index(None, "county", "registered_at"),
        Index(None, "county", "person_id"),
        Index(None, "county", "earlier_need_id"),
        CheckConstraint("duration_minutes > 0", name="duration"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    code: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(12))
    channel: Mapped[str] = mapped_column(String(20))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id", ondelete="RESTRICT"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("catalogue_items.id", ondelete="RESTRICT"))
    title: Mapped[str] = mapped_column(String(200))
    detail: Mapped[str] = mapped_column(Text, default="")
    #: The resident served; the person who reported it when somebody else did.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    reported_by_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="RESTRICT"))
    entered_by: Mapped[int | None]
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id", ondelete="RESTRICT"))
    grid_id: Mapped[int | None] = mapped_column(ForeignKey("grids.id", ondelete="RESTRICT"))
    village_code: Mapped[str | None] = mapped_column(String(12))
    town_code: Mapped[str | None] = mapped_column(String(12))
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    precision: Mapped[str] = mapped_column(String(10), default="none")
    place_source: Mapped[str] = mapped_column(String(40), default="")
    place_text: Mapped[str] = mapped_column(String(200), default="")
    urgency: Mapped[str] = mapped_column(String(10))
    interval_rule: Mapped[str] = mapped_column(String(10), default="any_of")
    duration_minutes: Mapped[int] = mapped_column(default=120)
    time_text: Mapped[str] = mapped_column(String(120), default="")
    people_text: Mapped[str] = mapped_column(String(60), default="")
    #: Keys of what must be verified before it can open: ["no_place", "vague_time"].
    to_verify: Mapped[list[Any]] = mapped_column(default=list)
    language: Mapped[str | None] = mapped_column(String(20))
    language_hard: Mapped[bool] = mapped_column(default=False)
    gender_wish: Mapped[str | None] = mapped_column(String(8))
    gender_hard: Mapped[bool] = mapped_column(default=False)
    #: A crew: every role is filled to its `least`, or nobody is sent.
    whole: Mapped[bool] = mapped_column(default=False, server_default=false())
    series_id: Mapped[int | None]
    #: The earlier need this one repeats (linked, never deleted).
    earlier_need_id: Mapped[int | None] = mapped_column(ForeignKey("needs.id", ondelete="RESTRICT"))
    #: When linked repeats last raised the urgency by a grade.
    raised_at: Mapped[datetime | None]
    registered_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    take_up_due_at: Mapped[datetime | None]
    close_due_at: Mapped[datetime | None]
    taken_up_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    source_digest: Mapped[str | None] = mapped_column(String(64))
    source_occurrence: Mapped[int | None]
    raw: Mapped[dict[str, Any] | None]
    version: Mapped[int] = mapped_column(default=1)


class NeedInterval(Base):
    """A span within which the service is wanted, half-open."""

    __tablename__ = "need_intervals"
    __table_args__ = (Index(None, "county", "need_id"), CheckConstraint('"start" < "end"', name="span"))
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id", ondelete="RESTRICT"))
    start: Mapped[datetime]
    end: Mapped[datetime]


class NeedRole(Base):
    """So many people for one part of the work; a plain need has one role."""

    __tablename__ = "need_roles"
    __table_args__ = (
        UniqueConstraint("county", "need_id", "position"),
        CheckConstraint("head_count >= 1", name="head_count"),
        CheckConstraint("least >= 1 and least <= head_count", name="least"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id", ondelete="RESTRICT"))
    position: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(String(60), default="")
    skill_id: Mapped[int | None] = mapped_column(ForeignKey("skills.id", ondelete="RESTRICT"))
    min_level: Mapped[int] = mapped_column(default=1)
    head_count: Mapped[int] = mapped_column(default=1)
    #: The fewest people with whom a crew may go; None: all of them.
    least: Mapped[int | None]


class NeedSkill(Base):
    """A skill every helper must have (required) or had better have."""

    __tablename__ = "need_skills"
    __table_args__ = (UniqueConstraint("county", "need_id", "skill_id"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id", ondelete="RESTRICT"))
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id", ondelete="RESTRICT"))
    required: Mapped[bool] = mapped_column(default=True)
    min_level: Mapped[int] = mapped_column(default=1)


class NeedPerson(Base):
    """A volunteer the resident prefers or will not have."""

    __tablename__ = "need_persons"
    __table_args__ = (UniqueConstraint("county", "need_id", "volunteer_id"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id", ondelete="RESTRICT"))
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteers.id", ondelete="RESTRICT"))
    kind: Mapped[str] = mapped_column(String(10))


class NeedEvent(Base):
    """Append-only. What happened to a need, or to one of its dispatches, and when we learned of it."""

    __tablename__ = "need_events"
    __table_args__ = (
        Index(None, "county", "need_id", "recorded_at"),
        Index(None, "county", "happened_at"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id", ondelete="RESTRICT"))
    dispatch_id: Mapped[int | None] = mapped_column(ForeignKey("dispatches.id", ondelete="RESTRICT"))
    from_state: Mapped[str | None] = mapped_column(String(12))
    to_state: Mapped[str] = mapped_column(String(12))
    actor_id: Mapped[int]
    reason: Mapped[str] = mapped_column(Text, default="")
    happened_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    command_id: Mapped[int | None]


class Dispatch(Base):
    """派单: one person sent to one role of a need for one half-open span.

    While its state holds a seat (offered, accepted, in service, done, confirmed) no other such dispatch of the same
    volunteer may overlap: an exclusion constraint on PostgreSQL, triggers on SQLite (migration 0001).
    """

    __tablename__ = "dispatches"
    __table_args__ = (
        # With the state: else SQLite looks for a need's few dispatches among all of a state.
        Index(None, "county", "need_id", "state"),
        Index(None, "county", "volunteer_id", "start"),
        Index(None, "county", "state"),
        CheckConstraint('"start" < "end"', name="span"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id", ondelete="RESTRICT"))
    role_id: Mapped[int] = mapped_column(ForeignKey("need_roles.id", ondelete="RESTRICT"))
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteers.id", ondelete="RESTRICT"))
    state: Mapped[str] = mapped_column(String(12))
    start: Mapped[datetime]
    end: Mapped[datetime]
    distance_m: Mapped[int | None]
    #: The terms of the score at the time, {"distance": 31, ...}, and the rule set's version.
    terms: Mapped[dict[str, Any] | None]
    rule_version: Mapped[int | None]
    dispatched_by: Mapped[int]
    offered_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    responded_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    #: The volunteer whose order this offer asks her to take over: while both hold it they share that one's seat.
    in_place_of: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)

    @hybrid_property
    def seat_of(self) -> int:
        """Whose seat it takes: seats are counted by this, not by volunteer."""
        return self.volunteer_id if self.in_place_of is None else self.in_place_of

    @seat_of.inplace.expression
    @classmethod
    def _seat_of(cls) -> ColumnElement[int]:
        return func.coalesce(cls.in_place_of, cls.volunteer_id)


class Hold(Base):
    """ "李某正在派 · 还有 4 分": one coordinator works on a need until the hold expires."""

    __tablename__ = "holds"
    __table_args__ = (UniqueConstraint("county", "need_id"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id", ondelete="RESTRICT"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="RESTRICT"))
    taken_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    extended: Mapped[bool] = mapped_column(default=False)


class Constraint(Base):
    """A coordinator's word to the matching: pin, forbid, keep free. Always with author, reason and expiry."""

    __tablename__ = "constraints"
    __table_args__ = (Index(None, "county", "need_id"), Index(None, "county", "volunteer_id"))
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    kind: Mapped[str] = mapped_column(String(10))
    need_id: Mapped[int | None] = mapped_column(ForeignKey("needs.id", ondelete="RESTRICT"))
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteers.id", ondelete="RESTRICT"))
    #: For keep_free: the span kept; none means always.
    start: Mapped[datetime | None]
    end: Mapped[datetime | None]
    author_id: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class Activity(Base):
    """An event a team held: place, time, people reached."""

    __tablename__ = "activities"
    __table_args__ = (
        UniqueConstraint("county", "code"),
        Index(None, "county", "team_id"),
        Index(None, "county", "start"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id", ondelete="RESTRICT"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id", ondelete="RESTRICT"))
    site_id: Mapped[int | None] = mapped_column(ForeignKey("sites.id", ondelete="RESTRICT"))
    grid_id: Mapped[int | None] = mapped_column(ForeignKey("grids.id", ondelete="RESTRICT"))
    start: Mapped[datetime]
    end: Mapped[datetime]
    #: Person-times, counted by the team; null when nobody counted.
    people_reached: Mapped[int | None]
    lon: Mapped[float | None]
    lat: Mapped[float | None]


class Service(Base):
    """Time one person gave to a need or an activity. `minutes` = end - start - break."""

    __tablename__ = "services"
    __table_args__ = (
        # The first two hold every column the team figures add up, so a million rows are never visited.
        Index(None, "county", "team_id", "start", "minutes", "volunteer_id", "grade"),
        Index(None, "county", "need_id", "team_id", "start"),
        Index(None, "county", "volunteer_id", "start"),
        Index(None, "county", "activity_id"),
        CheckConstraint("minutes > 0 and minutes <= 960", name="minutes"),
        CheckConstraint('"start" < "end"', name="span"),
        CheckConstraint("break_minutes >= 0", name="break_minutes"),
        CheckConstraint("(need_id is null) <> (activity_id is null)", name="occasion"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    volunteer_id: Mapped[int] = mapped_column(ForeignKey("volunteers.id", ondelete="RESTRICT"))
    need_id: Mapped[int | None] = mapped_column(ForeignKey("needs.id", ondelete="RESTRICT"))
    dispatch_id: Mapped[int | None] = mapped_column(ForeignKey("dispatches.id", ondelete="RESTRICT"))
    activity_id: Mapped[int | None] = mapped_column(ForeignKey("activities.id", ondelete="RESTRICT"))
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


class Rating(Base):
    """评单. A row is the asking; `score` and `outcome` stay null while the resident is silent."""

    __tablename__ = "ratings"
    __table_args__ = (
        UniqueConstraint("county", "need_id"),
        Index(None, "county", "asked_at"),
        CheckConstraint("score between 1 and 5", name="score"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id", ondelete="RESTRICT"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id", ondelete="RESTRICT"))
    score: Mapped[int | None]
    outcome: Mapped[str | None] = mapped_column(String(8))
    words: Mapped[str] = mapped_column(Text, default="")
    channel: Mapped[str] = mapped_column(String(20), default="")
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    recorded_by: Mapped[int]
