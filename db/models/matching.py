"""Matching: every run of the plan for many needs with its drafts, and who accepted that a promise was displaced."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Id


class MatchRun(Base):
    """A run of the matching, or a draft of one (docs/adr/0011-runs-and-drafts.md).

    A run never changes but for its inputs, which go when it is old and was not committed. A draft (`draft_of`) is the
    run and an ordered list of edits; its plan follows from both and is stored when it is committed.
    """

    __tablename__ = "match_runs"
    __table_args__ = (
        Index(None, "county", "at"),
        Index(None, "county", "draft_of"),
        CheckConstraint("(plan is null) = (plan_digest is null)", name="plan"),
        CheckConstraint("state in ('solved', 'committed', 'dropped')", name="state"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    at: Mapped[datetime]
    account_id: Mapped[int]
    role: Mapped[str] = mapped_column(String(20))
    site_path: Mapped[str] = mapped_column(String(200))
    #: Which needs were asked for, {"filters": {...}, "need_ids": [...] or null}.
    filters: Mapped[dict[str, Any]]
    rule_version: Mapped[int]
    #: SHA-256 of what was solved, over its columns (services/match_inputs.py); of a draft, that of its run.
    digest: Mapped[str] = mapped_column(String(64))
    #: What was solved, packed. None for a draft, and once it has gone.
    inputs: Mapped[bytes | None]
    seconds: Mapped[float]
    #: {"needs", "seats", "people", "pairs", "filled", "removed": {role id: {rule: people}}, ...}
    counts: Mapped[dict[str, Any]]
    #: Big integers as digits.
    objective: Mapped[str] = mapped_column(Text)
    bound: Mapped[str] = mapped_column(Text)
    #: Per cent between the two, 0 when the plan is proven to be a best one.
    gap: Mapped[float]
    #: What makes it harder than a flow: ["crew", "windows", "chain"], empty for a plain one.
    kinds: Mapped[list[Any]] = mapped_column(default=list)
    tiers: Mapped[dict[str, Any]]
    #: In order: [[kind, line id, person id, account id, reason], ...].
    edits: Mapped[list[Any]] = mapped_column(default=list)
    #: The plan's canonical JSON, packed, and the SHA-256 of the JSON. None for a draft that is not committed.
    plan: Mapped[bytes | None]
    plan_digest: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10), default="solved")
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None]
    draft_of: Mapped[int | None] = mapped_column(ForeignKey("match_runs.id", ondelete="RESTRICT"))
    name: Mapped[str] = mapped_column(String(60), default="")
    version: Mapped[int] = mapped_column(default=1)


class Displacement(Base):
    """A promise taken back for a more urgent need, with the named person who accepted it.

    `need_id` is the urgent need, `dispatch_id` the dispatch withdrawn for it, `sent_dispatch_id` hers to the urgent
    need. The need that lost her got `replaced_dispatch_id`, or it is escalated.
    """

    __tablename__ = "displacements"
    __table_args__ = (
        UniqueConstraint("dispatch_id"),
        Index(None, "county", "need_id"),
        CheckConstraint("trim(accepted_by) <> ''", name="accepted_by"),
        CheckConstraint("escalated = (replaced_dispatch_id is null)", name="escalated"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id", ondelete="RESTRICT"))
    dispatch_id: Mapped[int] = mapped_column(ForeignKey("dispatches.id", ondelete="RESTRICT"))
    sent_dispatch_id: Mapped[int] = mapped_column(ForeignKey("dispatches.id", ondelete="RESTRICT"))
    replaced_dispatch_id: Mapped[int | None] = mapped_column(ForeignKey("dispatches.id", ondelete="RESTRICT"))
    escalated: Mapped[bool] = mapped_column(default=False)
    accepted_by: Mapped[str] = mapped_column(String(60))
    accepted_role: Mapped[str] = mapped_column(String(60), default="")
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    account_id: Mapped[int]
