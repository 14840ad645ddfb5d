"""Keys of the intake API: made and revoked by admins, found again by their prefix, and the actor each one acts as.

A key is `prefix.secret`. It is shown once, when it is made; the database keeps the prefix, to find the row, and the
digest of the secret.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from dashboard.core.errors import Invalid, NotFound
from dashboard.core.intake import clean
from dashboard.core.permissions import WHOLE_COUNTY, Action, Actor, require
from dashboard.core.words import Role, Subject
from dashboard.services.commands import Work, command
from dashboard.services.questions import question
from dashboard.services.reach import at_reached_site
from db.engine import Database
from db.models import ApiKey, Site

#: Requests a minute a key may make unless told otherwise, and the most that can be asked for.
PER_MINUTE, MOST_PER_MINUTE = 60, 6000
#: When a key was last used is kept to this, so that reading a need seldom writes.
USE_NOTED = timedelta(minutes=1)
#: Letters and digits nobody confuses when reading them out.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_PREFIX_LENGTH = 8
_KEY = re.compile(rf"([{_ALPHABET}]{{{_PREFIX_LENGTH}}})\.([A-Za-z0-9_-]{{43}})")
#: Compared with where no row has the prefix, so that an unknown prefix takes as long as a wrong secret.
_NOBODY = hashlib.sha256(secrets.token_bytes(32)).hexdigest()


@dataclass(frozen=True)
class Holder:
    """Who holds a valid key: its row's id, the actor it acts as, and the requests it may make in a minute."""

    id: int
    actor: Actor
    per_minute: int
    last_used_at: datetime | None


@dataclass(frozen=True)
class KeyRow:
    """A key as admins see it: never its secret. `site` is the code of its site, "" for the whole county."""

    prefix: str
    name: str
    site: str
    per_minute: int
    created_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


# It takes no idempotency key: results kept under a key would keep the secret.
@command(Action.MANAGE_ACCOUNTS, Subject.ACCOUNTS)
def make_key(work: Work, *, name: str, site: str | None = None, per_minute: int = PER_MINUTE) -> dict[str, Any]:
    """A new key for the system `name`, for the part of the tree under the site with the code `site`.

    Returns {"key_id", "prefix", "key"}: the only time the key is shown. Raises Invalid for a bad name or number,
    NotFound for an unknown site, Forbidden for a place outside the admin's own part.
    """
    said = clean(name)
    if not 1 <= len(said) <= 60:
        raise Invalid("api.bad_key_name")
    if not 1 <= per_minute <= MOST_PER_MINUTE:
        raise Invalid("api.bad_per_minute", most=MOST_PER_MINUTE)
    place = None if site is None else site_by_code(work.session, work.actor.county, site)
    work.require(Action.MANAGE_ACCOUNTS, place.path if place else WHOLE_COUNTY)
    prefix = "".join(secrets.choice(_ALPHABET) for _ in range(_PREFIX_LENGTH))
    secret = secrets.token_urlsafe(32)
    row = ApiKey(
        county=work.actor.county,
        name=said,
        prefix=prefix,
        digest=_digest(secret),
        site_id=place.id if place else None,
        created_at=work.now,
        created_by=work.actor.account_id,
        per_minute=per_minute,
    )
    work.session.add(row)
    work.session.flush()
    work.audit("api_key", row.id, after={"prefix": prefix, "site_id": row.site_id, "per_minute": per_minute})
    return {"key_id": row.id, "prefix": prefix, "key": f"{prefix}.{secret}"}


@command(Action.MANAGE_ACCOUNTS, Subject.ACCOUNTS)
def revoke_key(work: Work, *, prefix: str) -> dict[str, Any]:
    """The key opens nothing any more. Raises NotFound outside the admin's part, Invalid for one revoked before."""
    found = work.session.execute(
        select(ApiKey, Site.path)
        .outerjoin(Site, Site.id == ApiKey.site_id)
        .where(ApiKey.county == work.actor.county, ApiKey.prefix == prefix)
        .with_for_update(of=ApiKey)
    ).first()
    if found is None or not work.actor.reaches(found.path or WHOLE_COUNTY):
        raise NotFound("api.no_such_key", prefix=prefix)
    row: ApiKey = found[0]
    if row.revoked_at is not None:
        raise Invalid("api.revoked_already", prefix=prefix)
    row.revoked_at = work.now
    work.audit("api_key", row.id, before={"revoked": None}, after={"revoked": work.now})
    return {"prefix": prefix, "name": row.name}


@question(Subject.ACCOUNTS, Subject.PLACES)
def keys(session: Session, actor: Actor, *, now: datetime) -> tuple[KeyRow, ...]:
    """Every key of the admin's part of the tree, those revoked too, oldest first. Last use may be a minute old."""
    require(actor, Action.MANAGE_ACCOUNTS)
    rows = session.execute(
        select(ApiKey, Site.code)
        .outerjoin(Site, Site.id == ApiKey.site_id)
        .where(ApiKey.county == actor.county, at_reached_site(actor, ApiKey.site_id))
        .order_by(ApiKey.id)
    )
    return tuple(
        KeyRow(row.prefix, row.name, site or "", row.per_minute, row.created_at, row.revoked_at, row.last_used_at)
        for row, site in rows
    )


def holder(database: Database, key: str, now: datetime) -> Holder | None:
    """Who holds this key now; None for one that was never made, was altered, or is revoked. Notes that it was used."""
    found = _KEY.fullmatch(key)
    if found is None:
        return None
    with database.read() as session:
        row = session.execute(
            select(ApiKey, Site.path).outerjoin(Site, Site.id == ApiKey.site_id).where(ApiKey.prefix == found[1])
        ).first()
        same = hmac.compare_digest(_digest(found[2]), row[0].digest if row else _NOBODY)
        if row is None or not same or row[0].revoked_at is not None:
            return None
        known = _holder(row[0], row.path)
    _note_use(database, known, now)
    return known


def _holder(row: ApiKey, path: str | None) -> Holder:
    actor = Actor(
        account_id=0,
        name=row.name,
        role=Role.STATION_WORKER,
        county=row.county,
        site_id=row.site_id,
        site_path=path or WHOLE_COUNTY,
    )
    return Holder(row.id, actor, row.per_minute, row.last_used_at)


def _note_use(database: Database, known: Holder, now: datetime) -> None:
    """As with sign-ins, no command: it changes nothing anybody decided, and raises no revision."""
    if known.last_used_at is not None and now - known.last_used_at < USE_NOTED:
        return
    older = or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at < now)
    database.write(
        lambda session: session.execute(update(ApiKey).where(ApiKey.id == known.id, older).values(last_used_at=now))
    )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def site_by_code(session: Session, county: str, code: str) -> Site:
    """The site with this code. Raises NotFound."""
    found = session.scalar(select(Site).where(Site.county == county, Site.code == code))
    if found is None:
        raise NotFound("api.no_such_site", code=code)
    return found


@dataclass
class KeyWork(Work):
    """A command's work done for a key: every audit row it writes names the key."""

    api_key_id: int = 0

    def audit(
        self, subject: str, subject_id: int | None, *, after: Mapping[str, Any] | None = None, **more: Any
    ) -> int:
        return super().audit(subject, subject_id, after={**(after or {}), "api_key_id": self.api_key_id}, **more)


@contextmanager
def in_name_of(work: Work, key_id: int, actor: Actor | None = None) -> Iterator[KeyWork]:
    """The same work, its audit rows naming the key; `actor` where it reaches further than the key by itself."""
    mine = KeyWork(work.session, actor or work.actor, work.now, work.name, work.action, api_key_id=key_id)
    yield mine
    work.audited += mine.audited


def command_key(key_id: int, deed: str, given: str) -> str:
    """The idempotency key of a deed of an API key: apart from other keys' and other deeds', whatever its length."""
    return f"api:{key_id}:{deed}:{hashlib.sha256(given.encode()).hexdigest()[:48]}"
