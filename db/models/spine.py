"""The spine: revisions, commands already done, the audit, the access log, rules and imports."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, Id


class Revision(Base):
    """A counter per subject, raised inside each writing transaction: the cache key of everything read."""

    __tablename__ = "revisions"
    county: Mapped[str] = mapped_column(String(6), primary_key=True)
    subject: Mapped[str] = mapped_column(String(20), primary_key=True)
    value: Mapped[int] = mapped_column(default=0)


class Command(Base):
    """A deed done under an idempotency key; the same key again returns the same result and does nothing."""

    __tablename__ = "commands"
    __table_args__ = (UniqueConstraint("county", "key"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    key: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime]
    result: Mapped[dict[str, Any] | None]


class Audit(Base):
    """Append-only: one row a command. Personal values live in `audit_personal`; here stand only their digests."""

    __tablename__ = "audit"
    __table_args__ = (
        Index(None, "county", "at"),
        Index(None, "county", "subject", "subject_id"),
        Index(None, "county", "batch_id"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    at: Mapped[datetime]
    actor_id: Mapped[int]
    role: Mapped[str] = mapped_column(String(20))
    action: Mapped[str] = mapped_column(String(40))
    command: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    batch_id: Mapped[int | None]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]


class AuditPersonal(Base):
    """A personal value an audit row speaks of. Erasing it leaves the audit row with its digest."""

    __tablename__ = "audit_personal"
    __table_args__ = (Index(None, "county", "audit_id"), Index(None, "county", "person_id"))
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    audit_id: Mapped[int] = mapped_column(ForeignKey("audit.id", ondelete="RESTRICT"))
    person_id: Mapped[int | None]
    field: Mapped[str] = mapped_column(String(40))
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
    erased_at: Mapped[datetime | None]


class AccessLog(Base):
    """Reveals of personal data and sign-ins. Raises no revision."""

    __tablename__ = "access_log"
    __table_args__ = (Index(None, "county", "at"), Index(None, "county", "account_id"))
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    at: Mapped[datetime]
    account_id: Mapped[int | None]
    kind: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(40), default="")
    subject_id: Mapped[int | None]
    fields: Mapped[list[Any]] = mapped_column(default=list)
    reason: Mapped[str] = mapped_column(Text, default="")


class RuleSet(Base):
    """A version of rules an office may change: kind "matching" (weights), "deadlines" (working hours), ..."""

    __tablename__ = "rule_sets"
    __table_args__ = (UniqueConstraint("county", "kind", "version"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    kind: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]
    valid_from: Mapped[datetime]
    data: Mapped[dict[str, Any]]
    author_id: Mapped[int]
    reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]


class WordRule(Base):
    """An office's word and what it means: kind "availability" (words -> hours) or "category" (words -> category)."""

    __tablename__ = "word_rules"
    __table_args__ = (UniqueConstraint("county", "kind", "word"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    kind: Mapped[str] = mapped_column(String(20))
    word: Mapped[str] = mapped_column(String(60))
    value: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(default=1)


class SavedMapping(Base):
    """A column mapping somebody corrected and kept, by kind of register and name."""

    __tablename__ = "saved_mappings"
    __table_args__ = (UniqueConstraint("county", "kind", "name"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(60))
    mapping: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(default=1)


class ImportBatch(Base):
    """One file taken in: who, when, which file, and its counts (rows = stored + unchanged + refused).

    Undone: the needs it made were cancelled together, and the file may come in again.
    """

    __tablename__ = "import_batches"
    __table_args__ = (Index(None, "county", "at"),)
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    kind: Mapped[str] = mapped_column(String(20))
    file_name: Mapped[str] = mapped_column(String(200))
    file_digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    account_id: Mapped[int]
    mapping: Mapped[dict[str, Any]]
    counts: Mapped[dict[str, Any]]
    valid_on: Mapped[date | None]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None]


class ImportChange(Base):
    """Where a stored value came from: batch, row of the file, table, row id, column, before and after.

    Personal values are kept as digests; `before` null and `column` "*" mean the row was made by the import.
    """

    __tablename__ = "import_changes"
    __table_args__ = (
        Index(None, "county", "batch_id"),
        Index(None, "county", "table_name", "row_id"),
    )
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    county: Mapped[str] = mapped_column(String(6))
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batches.id", ondelete="RESTRICT"))
    row_number: Mapped[int]
    table_name: Mapped[str] = mapped_column(String(40))
    row_id: Mapped[int]
    column: Mapped[str] = mapped_column(String(40))
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
