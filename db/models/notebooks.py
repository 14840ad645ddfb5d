"""Notebooks with every version, decks frozen for a meeting, and what meetings decided."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Id


class Notebook(Base):
    """A notebook. `version` is its newest version's number; `sharing` what others may do with it."""

    __tablename__ = "notebooks"
    __table_args__ = (
        Index(None, "county", "archived_at"),
        CheckConstraint("sharing in ('private', 'read', 'edit', 'template')", name="sharing"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    title: Mapped[str] = mapped_column(String(120))
    owner_id: Mapped[int]
    sharing: Mapped[str] = mapped_column(String(10), default="private")
    version: Mapped[int] = mapped_column(default=1)
    archived_at: Mapped[datetime | None]


class NotebookVersion(Base):
    """Append-only: every save is one. `cells` as `core.notebook.Cell.plain` gives them."""

    __tablename__ = "notebook_versions"
    __table_args__ = (UniqueConstraint("notebook_id", "number"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    notebook_id: Mapped[int] = mapped_column(ForeignKey("notebooks.id", ondelete="RESTRICT"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    cells: Mapped[list[Any]] = mapped_column(default=list)
    saved_by: Mapped[int]
    saved_at: Mapped[datetime]


class NotebookResult(Base):
    """What a cell gave the last time it ran for readers of one role in one part of the tree; nobody else is shown it.

    `rights` is a digest of what they could see then: where that changed the row is shown to nobody. `basis` and
    `revision` tell what it was computed of, `digest` the result itself; `outcome` and `difference` are JSON as text,
    since a result may hold what a JSON column refuses."""

    __tablename__ = "notebook_results"
    __table_args__ = (UniqueConstraint("notebook_id", "cell", "role", "site_path"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    notebook_id: Mapped[int] = mapped_column(ForeignKey("notebooks.id", ondelete="RESTRICT"))
    cell: Mapped[str] = mapped_column(String(40))
    role: Mapped[str] = mapped_column(String(20))
    site_path: Mapped[str] = mapped_column(String(200))
    rights: Mapped[str] = mapped_column(String(64))
    basis: Mapped[str] = mapped_column(String(64))
    revision: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[str] = mapped_column(Text)
    rows: Mapped[int]
    #: To the run before; None for the first.
    difference: Mapped[str | None] = mapped_column(Text)
    before_at: Mapped[datetime | None]
    run_by: Mapped[int]
    run_at: Mapped[datetime]


class Freeze(Base):
    """A deck as it was frozen: its screens as values, the revision they were read at. Never changed: triggers refuse it
    on both databases (migration 0019)."""

    __tablename__ = "freezes"
    __table_args__ = (Index(None, "county", "notebook_id"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    notebook_id: Mapped[int] = mapped_column(ForeignKey("notebooks.id", ondelete="RESTRICT"))
    version: Mapped[int]
    #: Of whoever froze it: its screens are of this part of the tree.
    site_path: Mapped[str] = mapped_column(String(200))
    deck: Mapped[dict[str, Any]]
    revision: Mapped[int]
    frozen_by: Mapped[int]
    frozen_at: Mapped[datetime]


class Decision(Base):
    """What a meeting decided; it opens the next meeting until somebody says it is done."""

    __tablename__ = "decisions"
    __table_args__ = (
        Index(None, "county", "notebook_id", "closed_at"),
        CheckConstraint("(closed_at is null) = (closed_by is null)", name="closed"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    notebook_id: Mapped[int] = mapped_column(ForeignKey("notebooks.id", ondelete="RESTRICT"))
    freeze_id: Mapped[int] = mapped_column(ForeignKey("freezes.id", ondelete="RESTRICT"))
    screen: Mapped[str] = mapped_column(String(200))
    words: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(String(60))
    due: Mapped[date]
    decided_by: Mapped[int]
    decided_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None]
