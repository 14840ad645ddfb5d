"""The one way to write: right, state and version, deed, audit, revision - one transaction, or nothing.

A command is a function `(work, **values) -> result` decorated with `@command`. It checks rows and rights through
`work`, changes them through `work.session`, and says what it did with `work.audit(...)`. `perform` runs it.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from dashboard.core.errors import Conflict, Forbidden
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.words import Subject
from db.engine import Database
from db.models import Audit, AuditPersonal, Base, Command, Revision, Setting

Result = TypeVar("Result")
Row = TypeVar("Row", bound=Base)

#: The walls in the database, by what their message contains, and the error key each becomes.
WALLS = {"dispatch_overlap": "commands.volunteer_taken", "need_overfilled": "commands.need_full"}


@dataclass
class Work:
    """What a command works with: its transaction, who asks, and the time it all happens at."""

    session: Session
    actor: Actor
    now: datetime
    name: str
    action: Action
    audited: int = 0
    _key: bytes = field(default=b"", repr=False)

    def require(self, action: Action, site_path: str | None = None) -> None:
        """Ask for a further right, or for this right at a place."""
        require(self.actor, action, site_path)

    def at_version(self, row: Row, version: int | None) -> Row:
        """Raise the row's version; refuse if the editor saw another one. Call before changing the row."""
        table = type(row)
        seen = row.version if version is None else version  # type: ignore[attr-defined]
        raised = self.session.execute(
            update(table)
            .where(table.id == row.id, table.version == seen)  # type: ignore[attr-defined]
            .values(version=seen + 1)
            .execution_options(synchronize_session=False)
        )
        if raised.rowcount != 1:  # type: ignore[attr-defined]
            raise changed(row)
        self.session.refresh(row, ["version"])
        return row

    def audit(
        self,
        subject: str,
        subject_id: int | None,
        *,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        reason: str = "",
        batch_id: int | None = None,
        personal: Iterable[tuple[int | None, str, str | None, str | None]] = (),
    ) -> int:
        """Write this command's audit row. `personal` holds (person id, field, before, after) to be kept apart.

        `before` and `after` must hold no personal values: give those as `personal`, their digests are added here.
        """
        private = list(personal)
        row = Audit(
            **self._signed(subject, reason, batch_id),
            subject_id=subject_id,
            before=_plain(before, {name: self.digest(old) for _, name, old, _ in private if old}),
            after=_plain(after, {name: self.digest(new) for _, name, _, new in private if new}),
        )
        self.session.add(row)
        self.session.flush()
        for person_id, name, old, new in private:
            self.session.add(
                AuditPersonal(
                    county=self.actor.county, audit_id=row.id, person_id=person_id, field=name, before=old, after=new
                )
            )
        self.audited += 1
        return row.id

    def audit_each(
        self,
        subject: str,
        changes: Iterable[tuple[int, Mapping[str, Any], Mapping[str, Any]]],
        *,
        reason: str = "",
        batch_id: int | None = None,
    ) -> None:
        """An audit row for each (subject id, before, after) without personal values, written together."""
        signed = self._signed(subject, reason, batch_id)
        rows = [
            {**signed, "subject_id": subject_id, "before": _plain(before, {}), "after": _plain(after, {})}
            for subject_id, before, after in changes
        ]
        if rows:
            self.session.execute(insert(Audit), rows)
        self.audited += len(rows)

    def _signed(self, subject: str, reason: str, batch_id: int | None) -> dict[str, Any]:
        """What every audit row of this command says: who did what, when and why."""
        return {
            "county": self.actor.county,
            "at": self.now,
            "actor_id": self.actor.account_id,
            "role": self.actor.role,
            "action": self.action,
            "command": self.name,
            "subject": subject,
            "reason": reason,
            "batch_id": batch_id,
        }

    def digest(self, value: str) -> str:
        """Keyed digest of a personal value: equal values compare equal, nobody without the key can guess them."""
        if not self._key:
            self._key = digest_key(self.session)
        return keyed_digest(self._key, value)


def changed(row: Base) -> Conflict:
    """Somebody else changed this row first: said as the kind of thing it is, with its name or code where it has one."""
    kind = f"commands.kind.{row.__tablename__}"
    named = (str(getattr(row, column, None) or "") for column in ("name", "code", "display_name"))
    name = next((one for one in named if one), "")
    if not name:
        return Conflict("commands.changed_meanwhile_unnamed", kind_key=kind)
    return Conflict("commands.changed_meanwhile", kind_key=kind, name=name)


def keyed_digest(key: bytes, value: str) -> str:
    """HMAC-SHA-256 in hex of the value as given (normalise before: phones as digits)."""
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()


def digest_key(session: Session) -> bytes:
    """The database's secret for digests, made when it was migrated."""
    value = session.scalar(select(Setting.value).where(Setting.county == "", Setting.key == "digest_key"))
    if value is None:
        raise LookupError("this database was never migrated: run `python -m dashboard migrate`")
    return bytes.fromhex(value["hex"])


def _plain(values: Mapping[str, Any] | None, digests: Mapping[str, str]) -> dict[str, Any] | None:
    if values is None and not digests:
        return None
    shown = json.loads(json.dumps(dict(values or {}), default=str, ensure_ascii=False))
    return shown | {name: {"digest": digest} for name, digest in digests.items()}


@dataclass(frozen=True)
class CommandSpec:
    """A registered command: its name, the right it needs, the subjects whose revisions it raises."""

    name: str
    action: Action
    raises: tuple[Subject, ...]
    deed: Callable[..., Any]


REGISTRY: dict[str, CommandSpec] = {}


def command(action: Action, *raises: Subject) -> Callable[[Callable[..., Result]], Callable[..., Result]]:
    """Register `deed(work, **values)` as a command needing `action` and changing the subjects `raises`."""

    def register(deed: Callable[..., Result]) -> Callable[..., Result]:
        name = f"{deed.__module__.rsplit('.', 1)[-1]}.{deed.__name__}"
        REGISTRY[name] = CommandSpec(name, action, tuple(s for s in Subject if s in raises), deed)
        deed.command_name = name  # type: ignore[attr-defined]
        return deed

    return register


def perform(
    database: Database,
    deed: Callable[..., Result],
    actor: Actor,
    *,
    now: datetime,
    key: str | None = None,
    **values: Any,
) -> Result:
    """Run a command for an actor. With an idempotency `key` a repeat returns the first result and does nothing.

    Results kept under a key must be JSON values or None. Raises DashboardError in words; anything else is a bug.
    """
    spec = _spec(deed)
    require(actor, spec.action)
    return _written(database, lambda session: _transaction(session, spec, actor, now, key, values))


def perform_together(
    database: Database, deeds: Iterable[tuple[Callable[..., Any], Mapping[str, Any]]], actor: Actor, *, now: datetime
) -> None:
    """Run several commands, each with its values, in one transaction: all of them or none. What is asked of one row
    in several commands is seen and refused as one. Raises as `perform` does."""
    asked = [(_spec(deed), values) for deed, values in deeds]
    for spec, _ in asked:
        require(actor, spec.action)

    def all_of_them(session: Session) -> None:
        for spec, values in asked:
            _done(session, spec, actor, now, values)
        raise_revisions(session, actor.county, (subject for spec, _ in asked for subject in spec.raises))

    _written(database, all_of_them)


def _spec(deed: Callable[..., Any]) -> CommandSpec:
    return REGISTRY[deed.command_name]  # type: ignore[attr-defined]


def _written(database: Database, work: Callable[[Session], Result]) -> Result:
    try:
        return database.write(work)
    except DBAPIError as error:
        raise wall(error) from error


def _transaction(
    session: Session, spec: CommandSpec, actor: Actor, now: datetime, key: str | None, values: dict[str, Any]
) -> Any:
    marker = _claim(session, spec, actor, now, key) if key else None
    if marker is not None and marker.result is not None:
        return marker.result["value"]
    result = _done(session, spec, actor, now, values)
    if marker is not None:
        marker.result = {"value": result}
    raise_revisions(session, actor.county, spec.raises)
    return result


def _done(session: Session, spec: CommandSpec, actor: Actor, now: datetime, values: Mapping[str, Any]) -> Any:
    work = Work(session=session, actor=actor, now=now, name=spec.name, action=spec.action)
    result = spec.deed(work, **values)
    session.flush()
    if not work.audited:
        raise AssertionError(f"command {spec.name} wrote no audit row")
    return result


def _claim(session: Session, spec: CommandSpec, actor: Actor, now: datetime, key: str | None) -> Command:
    """The row of this key: the one already there, or a new one that makes a twin wait and then find it."""
    session.execute(
        _upsert(session)(Command)
        .values(county=actor.county, key=key, name=spec.name, at=now, result=None)
        .on_conflict_do_nothing(index_elements=["county", "key"])
    )
    marker = session.scalars(select(Command).where(Command.county == actor.county, Command.key == key)).one()
    if marker.name != spec.name:
        raise Conflict("commands.key_of_another", key=key)
    return marker


def _upsert(session: Session) -> Any:
    """The dialect's insert that knows `on conflict`."""
    return sqlite_insert if session.get_bind().dialect.name == "sqlite" else pg_insert


def raise_revisions(session: Session, county: str, subjects: Iterable[Subject]) -> None:
    """Count up the revisions of the subjects, always in the order of `Subject`, just before the commit."""
    wanted = set(subjects)
    upsert = _upsert(session)
    for subject in (s for s in Subject if s in wanted):
        session.execute(
            upsert(Revision)
            .values(county=county, subject=subject, value=1)
            .on_conflict_do_update(index_elements=["county", "subject"], set_={"value": Revision.value + 1})
        )


def revisions(session: Session, county: str, subjects: Iterable[Subject]) -> tuple[int, ...]:
    """The revision of each subject, 0 where nothing was ever written. The key of every cached answer."""
    wanted = tuple(subjects)
    rows = session.execute(
        select(Revision.subject, Revision.value).where(Revision.county == county, Revision.subject.in_(wanted))
    )
    found = {row.subject: row.value for row in rows}
    return tuple(found.get(subject, 0) for subject in wanted)


def wall(error: DBAPIError) -> Exception:
    """A broken wall of the database in words; other database errors stay as they are."""
    message = str(error.orig)
    for sign, key in WALLS.items():
        if sign in message:
            return Conflict(key)
    return error


def forbid_unless(allowed: bool, key: str, **values: object) -> None:
    """Raise Forbidden with this sentence unless allowed."""
    if not allowed:
        raise Forbidden(key, **values)
