"""Reading the audit (who changed what) and the access log (who looked, who signed in), a page at a time.

An admin of a part of the county reads what the accounts of that part did. Personal values are not in these answers:
the audit holds their digests, and here a digest is only said to have changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from dashboard.core.permissions import WHOLE_COUNTY, Action, Actor, require
from dashboard.core.words import Subject
from dashboard.services.audit_names import is_called, names_of
from dashboard.services.questions import question, within
from db.models import AccessLog, Account, Audit, Site

PAGE_ROWS = 50
#: The shell and the server themselves act as nobody's account.
SYSTEM = 0
KINDS = ("sign_in", "enter_as", "sign_in_failed", "sign_out", "first_admin", "reveal", "call", "export")


@dataclass(frozen=True)
class Change:
    """A field and its values before and after, as text; `personal`: it changed, its values are kept apart."""

    field: str
    before: str
    after: str
    personal: bool


@dataclass(frozen=True)
class AuditRow:
    """One deed."""

    id: int
    at: datetime
    who: str
    role: str
    action: str
    command: str
    subject: str
    subject_id: int | None
    #: The code or name of what it was done to, empty where it has none.
    called: str
    reason: str
    batch_id: int | None
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class AccessRow:
    """One look at personal data, or one sign-in. `subject` is the address of a sign-in."""

    id: int
    at: datetime
    who: str
    kind: str
    subject: str
    subject_id: int | None
    called: str
    fields: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Listing:
    """One page of rows, newest first, and how many there are in all."""

    rows: tuple[Any, ...]
    total: int


@question(*Subject)
def deeds(
    session: Session,
    actor: Actor,
    *,
    since: datetime,
    until: datetime,
    who: int | None = None,
    action: str = "",
    subject: str = "",
    words: str = "",
    page: int = 0,
    now: datetime,
) -> Listing:
    """What was done in [since, until), newest first. `words` are looked for in reason and command, or are the
    whole code, name or number of what it was done to."""
    require(actor, Action.SEE_AUDIT)
    where: list[ColumnElement[bool]] = [
        Audit.county == actor.county,
        Audit.at >= since,
        Audit.at < until,
        _by_reached(actor, Audit.actor_id),
    ]
    where += [column == value for column, value in ((Audit.action, action), (Audit.subject, subject)) if value]
    if who is not None:
        where.append(Audit.actor_id == who)
    if words.strip():
        where.append(_mentions(words.strip(), actor.county))
    query = (
        select(Audit, Account.display_name)
        .outerjoin(Account, Account.id == Audit.actor_id)
        .where(*where)
        .order_by(Audit.at.desc(), Audit.id.desc())
        .limit(PAGE_ROWS)
        .offset(page * PAGE_ROWS)
    )
    read = [(row, name) for row, name in session.execute(query)]
    names = names_of(session, actor.county, ((row.subject, row.subject_id) for row, _ in read))
    rows = tuple(_deed(row, name, names.get((row.subject, row.subject_id or 0), "")) for row, name in read)
    return Listing(rows, session.scalar(select(func.count()).select_from(Audit).where(*where)) or 0)


@question(*Subject)
def looks(
    session: Session,
    actor: Actor,
    *,
    since: datetime,
    until: datetime,
    who: int | None = None,
    kind: str = "",
    words: str = "",
    page: int = 0,
    now: datetime,
) -> Listing:
    """Who looked at personal data and who signed in, in [since, until), newest first. `words`: in reason or address."""
    require(actor, Action.SEE_AUDIT)
    where: list[ColumnElement[bool]] = [
        AccessLog.county == actor.county,
        AccessLog.at >= since,
        AccessLog.at < until,
        _by_reached(actor, AccessLog.account_id),
    ]
    if kind:
        where.append(AccessLog.kind == kind)
    if who is not None:
        where.append(AccessLog.account_id == who)
    if words.strip():
        found = (AccessLog.reason, AccessLog.subject)
        where.append(or_(*(column.icontains(words.strip(), autoescape=True) for column in found)))
    query = (
        select(AccessLog, Account.display_name)
        .outerjoin(Account, Account.id == AccessLog.account_id)
        .where(*where)
        .order_by(AccessLog.at.desc(), AccessLog.id.desc())
        .limit(PAGE_ROWS)
        .offset(page * PAGE_ROWS)
    )
    read = [(row, name) for row, name in session.execute(query)]
    names = names_of(session, actor.county, ((row.subject, row.subject_id) for row, _ in read))
    rows = tuple(_look(row, name, names.get((row.subject, row.subject_id or 0), "")) for row, name in read)
    return Listing(rows, session.scalar(select(func.count()).select_from(AccessLog).where(*where)) or 0)


@question(Subject.ACCOUNTS)
def people(session: Session, actor: Actor) -> tuple[tuple[int, str], ...]:
    """The accounts whose deeds the actor may read: id and name, by name."""
    require(actor, Action.SEE_AUDIT)
    rows = session.execute(
        select(Account.id, Account.display_name)
        .where(Account.county == actor.county, _by_reached(actor, Account.id))
        .order_by(Account.display_name, Account.id)
    )
    return tuple((row.id, row.display_name) for row in rows)


def _by_reached(actor: Actor, account: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    if actor.site_path == WHOLE_COUNTY:
        return true()
    reached = (
        select(Account.id)
        .join(Site, Site.id == Account.site_id)
        .where(Account.county == actor.county, within(actor, Site.path))
    )
    return account.in_(reached)


def _mentions(words: str, county: str) -> ColumnElement[bool]:
    found = [column.icontains(words, autoescape=True) for column in (Audit.reason, Audit.command)]
    found.append(is_called(Audit.subject, Audit.subject_id, county, words))
    if words.isascii() and words.isdigit() and len(words) < 10:
        found.append(Audit.subject_id == int(words))
    return or_(*found)


def _deed(row: Audit, name: str | None, called: str) -> AuditRow:
    return AuditRow(
        id=row.id,
        at=row.at,
        who=name or "",
        role=row.role,
        action=row.action,
        command=row.command,
        subject=row.subject,
        subject_id=row.subject_id,
        called=called,
        reason=row.reason,
        batch_id=row.batch_id,
        changes=changes(row.before, row.after),
    )


def _look(row: AccessLog, name: str | None, called: str) -> AccessRow:
    return AccessRow(
        id=row.id,
        at=row.at,
        who=name or "",
        kind=row.kind,
        subject=row.subject,
        subject_id=row.subject_id,
        called=called,
        fields=tuple(str(field) for field in row.fields),
        reason=row.reason,
    )


def changes(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> tuple[Change, ...]:
    """The fields that differ between the two sides of an audit row, in the order they stand there."""
    old, new = before or {}, after or {}
    fields = dict.fromkeys((*old, *new))
    return tuple(_change(field, old.get(field), new.get(field)) for field in fields if old.get(field) != new.get(field))


def _change(field: str, old: Any, new: Any) -> Change:
    personal = _is_digest(old) or _is_digest(new)
    return Change(field, "" if personal else _text(old), "" if personal else _text(new), personal)


def _is_digest(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {"digest"}


def _text(value: Any) -> str:
    return "" if value is None else str(value)
