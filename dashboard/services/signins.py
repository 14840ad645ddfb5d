"""Signing in and out: who a browser's cookie stands for, throttled attempts, the first admin, the doors of a sample.

These are the only writes outside `commands.perform`: nobody is acting yet. Each is one transaction and leaves a row in
the access log. A browser holds a random token; the database holds its SHA-256, so a stolen database opens no session.
"""

import hashlib
import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from dashboard.core import passwords
from dashboard.core.errors import Conflict, Forbidden, Invalid
from dashboard.core.permissions import WHOLE_COUNTY, Actor
from dashboard.core.words import Role
from dashboard.services import store
from db.county import ensure_county
from db.engine import Database
from db.models import AccessLog, Account, SignIn, Site

#: A session ends after a working day, however busy it is.
SESSION_LENGTH = timedelta(hours=12)
#: From this failure on an account waits: 30 s, doubled with each further failure, at most a quarter of an hour.
FREE_FAILURES = 5
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)
#: This many failures from one address within the window and the address waits for the window to pass.
ADDRESS_FAILURES = 20
ADDRESS_WINDOW = timedelta(minutes=15)
#: Usernames of the sample's accounts, by role.
SAMPLE_USERNAMES = {
    Role.COORDINATOR: "sample-coordinator",
    Role.STATION_WORKER: "sample-station",
    Role.LEADER: "sample-leader",
    Role.ADMIN: "sample-admin",
}

_USERNAME = re.compile(r"\w[\w.@-]{1,59}")
_hasher = PasswordHasher()
#: Asked several times a click: plain columns, built once.
_LOOKUP = (
    select(
        SignIn.expires_at,
        SignIn.ended_at,
        Account.id,
        Account.username,
        Account.display_name,
        Account.role,
        Account.county,
        Account.site_id,
        Account.active,
        Account.language,
        Site.path,
    )
    .join(Account, Account.id == SignIn.account_id)
    .outerjoin(Site, Site.id == Account.site_id)
    .where(SignIn.token_digest == bindparam("token_digest"))
)


@dataclass(frozen=True)
class SignedIn:
    """Who a valid token stands for."""

    actor: Actor
    username: str
    language: str
    expires_at: datetime


def digest(token: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def hash_password(password: str) -> str:
    return _hasher.hash(passwords.normal(password))


def matches(password_hash: str | None, password: str) -> bool:
    """Does the password belong to this hash? Takes as long for an account without one."""
    try:
        verified = _hasher.verify(password_hash or _nobody(), passwords.normal(password))
    except (VerificationError, InvalidHashError):
        return False
    return verified and password_hash is not None


@cache
def _nobody() -> str:
    return _hasher.hash(secrets.token_urlsafe(16))


def lookup(database: Database, token: str | None, now: datetime) -> SignedIn | None:
    """Who holds this token now: None when it is unknown, expired, ended, or its account was switched off."""
    if not token:
        return None
    with database.read() as session:
        row = session.execute(_LOOKUP, {"token_digest": digest(token)}).one_or_none()
    if row is None or row.ended_at is not None or row.expires_at <= now or not row.active:
        return None
    actor = Actor(
        account_id=row.id,
        name=row.display_name,
        role=Role(row.role),
        county=row.county,
        site_id=row.site_id,
        site_path=row.path or WHOLE_COUNTY,
    )
    return SignedIn(actor, row.username, row.language, row.expires_at)


def sign_in(
    database: Database, username: str, password: str, *, address: str, now: datetime, language: str | None = None
) -> str:
    """The token of a new session. Raises Forbidden with one sentence for every kind of wrong, Conflict while waiting.

    The attempt counts as failed before the password is looked at: guesses sent at once can't slip past the count.
    `language` is the one chosen on the sign-in page: the account keeps it.
    """
    name = unicodedata.normalize("NFKC", username).strip().lower()[:60]
    account_id, known_hash = database.write(lambda session: _begin(session, name, address, now))
    if not matches(known_hash, password) or account_id is None:
        database.write(lambda session: _log_failure(session, account_id, address, now))
        raise Forbidden("signin.wrong")
    token = secrets.token_urlsafe(32)
    database.write(lambda session: _open(session, account_id, token, "sign_in", address, now, language))
    return token


def _begin(session: Session, username: str, address: str, now: datetime) -> tuple[int | None, str | None]:
    """The account's id and password hash, after counting the attempt; nothing for nobody or a switched-off account."""
    recent = session.scalar(
        select(func.count())
        .select_from(AccessLog)
        .where(
            AccessLog.county == _county(session),
            AccessLog.at > now - ADDRESS_WINDOW,
            AccessLog.kind == "sign_in_failed",
            AccessLog.subject == address,
        )
    )
    if (recent or 0) >= ADDRESS_FAILURES:
        raise Conflict("signin.address_waits", minutes=int(ADDRESS_WINDOW.total_seconds() // 60))
    account = session.scalar(
        select(Account).where(Account.county == _county(session), Account.username == username).with_for_update()
    )
    if account is None:
        return None, None
    if account.locked_until is not None and account.locked_until > now:
        raise Conflict("signin.account_waits", seconds=int((account.locked_until - now).total_seconds()) + 1)
    account.failed_attempts += 1
    account.locked_until = _locked_until(account.failed_attempts, now)
    return (account.id, account.password_hash) if account.active else (account.id, None)


def _log_failure(session: Session, account_id: int | None, address: str, now: datetime) -> None:
    session.add(
        AccessLog(county=_county(session), at=now, account_id=account_id, kind="sign_in_failed", subject=address)
    )


def _county(session: Session) -> str:
    return store.county_code(session) if store.has_county(session) else ""


def _locked_until(failures: int, now: datetime) -> datetime | None:
    if failures < FREE_FAILURES:
        return None
    return now + min(FIRST_WAIT * 2 ** min(failures - FREE_FAILURES, 10), LONGEST_WAIT)


def _open(
    session: Session, account_id: int, token: str, kind: str, address: str, now: datetime, language: str | None
) -> None:
    account = session.get_one(Account, account_id)
    account.failed_attempts, account.locked_until = 0, None
    account.language = language or account.language
    session.add(
        SignIn(
            county=account.county,
            token_digest=digest(token),
            account_id=account_id,
            created_at=now,
            expires_at=now + SESSION_LENGTH,
        )
    )
    session.add(AccessLog(county=account.county, at=now, account_id=account_id, kind=kind, subject=address))


def sign_out(database: Database, token: str | None, *, now: datetime) -> None:
    """End this token's session. Nothing happens for a token that opens none."""
    if token:
        database.write(lambda session: _close(session, digest(token), now))


def _close(session: Session, token_digest: str, now: datetime) -> None:
    row = session.scalar(select(SignIn).where(SignIn.token_digest == token_digest, SignIn.ended_at.is_(None)))
    if row is not None:
        row.ended_at = now
        session.add(AccessLog(county=row.county, at=now, account_id=row.account_id, kind="sign_out"))


def end_sessions(session: Session, account_id: int, now: datetime) -> None:
    """End every open session of an account: it was switched off, or its password changed."""
    session.execute(
        update(SignIn).where(SignIn.account_id == account_id, SignIn.ended_at.is_(None)).values(ended_at=now)
    )


def sample_doors(database: Database) -> tuple[Role, ...]:
    """The roles a newcomer may enter a sample county as; none in a real one."""
    with database.read() as session:
        if not store.has_county(session) or not store.is_sample(session, store.county_code(session)):
            return ()
        county = store.county_code(session)
        names = set(session.scalars(select(Account.username).where(Account.county == county, Account.active)))
    return tuple(role for role, username in SAMPLE_USERNAMES.items() if username in names)


def enter_as(database: Database, role: Role, *, address: str, now: datetime, language: str | None = None) -> str:
    """The token of a new session of the sample's account for this role. Raises Forbidden in a real county.

    Only for a request from this machine itself: the caller has checked that.
    """
    if role not in sample_doors(database):
        raise Forbidden("signin.no_sample")
    token = secrets.token_urlsafe(32)

    def enter(session: Session) -> None:
        mine = (Account.county == store.county_code(session)) & (Account.username == SAMPLE_USERNAMES[role])
        account_id = session.scalars(select(Account.id).where(mine)).one()
        _open(session, account_id, token, "enter_as", address, now, language)

    database.write(enter)
    return token


def normal_username(username: str) -> str:
    """The form usernames are kept and compared in. Raises Invalid for one that can't be typed everywhere."""
    name = unicodedata.normalize("NFKC", username).strip().lower()
    if not _USERNAME.fullmatch(name):
        raise Invalid("accounts.username_bad")
    return name


def shown_name(display_name: str) -> str:
    """A person's name without control and format characters. Raises Invalid for an empty one."""
    shown = "".join(sign for sign in display_name if unicodedata.category(sign)[0] != "C").strip()[:60]
    if not shown:
        raise Invalid("accounts.name_missing")
    return shown


def needs_first_admin(database: Database) -> bool:
    """Is there no account at all?"""
    with database.read() as session:
        return session.scalar(select(Account.id).limit(1)) is None


def first_admin(
    database: Database,
    *,
    username: str,
    display_name: str,
    password: str,
    county: str,
    now: datetime,
) -> None:
    """Make the first account, an admin of the whole county. The caller has checked the console's token.

    `county` is the six-digit code, used only where the database does not know its county yet.
    """
    name, shown = normal_username(username), shown_name(display_name)
    passwords.check(password, name, shown)
    password_hash = hash_password(password)

    def make(session: Session) -> None:
        if session.scalar(select(Account.id).limit(1)) is not None:
            raise Conflict("signin.already_set_up")
        if not store.has_county(session):
            if not (len(county) == 6 and county.isascii() and county.isdigit()):
                raise Invalid("signin.county_code")
            ensure_county(session, county, now=now)
        code = store.county_code(session)
        account = Account(
            county=code,
            username=name,
            display_name=shown,
            password_hash=password_hash,
            role=Role.ADMIN,
            created_at=now,
        )
        session.add(account)
        session.flush()
        session.add(AccessLog(county=code, at=now, account_id=account.id, kind="first_admin"))

    database.write(make)
