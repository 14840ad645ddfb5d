"""Accounts: who may sign in, as which role, for which part of the site tree; and the passwords.

An admin manages accounts within her own part of the tree and never her own role, place or switch. Password hashing
takes a twentieth of a second and happens inside the transaction: accounts change a few times a week.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from dashboard.core import passwords
from dashboard.core.errors import Conflict, Forbidden, Invalid, NotFound
from dashboard.core.permissions import WHOLE_COUNTY, Action, Actor, require
from dashboard.core.words import Role, Subject
from dashboard.services.commands import Work, command
from dashboard.services.questions import question
from dashboard.services.signins import end_sessions, hash_password, matches, normal_username, shown_name
from db.models import Account, SignIn, Site

PAGE_ROWS = 25
LANGUAGES = ("zh", "en")
#: Letters and digits nobody confuses when reading them out.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class AccountRow:
    """An account as the Accounts page lists it. `path` is "/" for the whole county, `place` then empty."""

    id: int
    username: str
    display_name: str
    role: Role
    site_id: int | None
    place: str
    path: str
    active: bool
    language: str
    waits_until: datetime | None
    last_sign_in: datetime | None
    created_at: datetime
    version: int


@dataclass(frozen=True)
class AccountPage:
    """One page of the accounts within the actor's part of the tree, and how many there are in all."""

    rows: tuple[AccountRow, ...]
    total: int


@dataclass(frozen=True)
class Place:
    """A site an account may be limited to."""

    site_id: int
    name: str
    path: str
    level: str


@question(Subject.ACCOUNTS, Subject.PLACES)
def listing(
    session: Session, actor: Actor, *, words: str = "", role: str = "", page: int = 0, now: datetime
) -> AccountPage:
    """Accounts within reach by name, those switched off last. `words` are looked for in username and name."""
    require(actor, Action.MANAGE_ACCOUNTS)
    last = (
        select(func.max(SignIn.created_at)).where(SignIn.account_id == Account.id).correlate(Account).scalar_subquery()
    )
    path = func.coalesce(Site.path, WHOLE_COUNTY)
    where: list[ColumnElement[bool]] = [
        Account.county == actor.county,
        path.startswith(actor.site_path, autoescape=True),
    ]
    if words.strip():
        names = (Account.username, Account.display_name)
        where.append(or_(*(name.icontains(words.strip(), autoescape=True) for name in names)))
    if role:
        where.append(Account.role == role)
    joined = select(Account, Site.name, path, last).outerjoin(Site, Site.id == Account.site_id).where(*where)
    total = session.scalar(
        select(func.count()).select_from(Account).outerjoin(Site, Site.id == Account.site_id).where(*where)
    )
    rows = session.execute(
        joined.order_by(Account.active.desc(), Account.username).limit(PAGE_ROWS).offset(page * PAGE_ROWS)
    )
    return AccountPage(tuple(_row(*row, now) for row in rows), total or 0)


def _row(account: Account, place: str | None, path: str, seen: datetime | None, now: datetime) -> AccountRow:
    waits = account.locked_until if account.locked_until and account.locked_until > now else None
    return AccountRow(
        id=account.id,
        username=account.username,
        display_name=account.display_name,
        role=Role(account.role),
        site_id=account.site_id,
        place=place or "",
        path=path,
        active=account.active,
        language=account.language,
        waits_until=waits,
        last_sign_in=seen,
        created_at=account.created_at,
        version=account.version,
    )


@question(Subject.PLACES)
def places(session: Session, actor: Actor) -> tuple[Place, ...]:
    """The sites an account may be limited to, in the order of the tree."""
    require(actor, Action.MANAGE_ACCOUNTS)
    rows = session.execute(
        select(Site.id, Site.name, Site.path, Site.level)
        .where(Site.county == actor.county, Site.path.startswith(actor.site_path, autoescape=True))
        .order_by(Site.path)
    )
    return tuple(Place(*row) for row in rows)


def suggested_password() -> str:
    """A password to hand over: four groups of five, about 98 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(4))


@command(Action.MANAGE_ACCOUNTS, Subject.ACCOUNTS)
def create(
    work: Work, *, username: str, display_name: str, role: str, site_id: int | None, password: str, language: str = "zh"
) -> dict[str, object]:
    """A new account. Raises Invalid for a bad name or password, Conflict for a name in use."""
    work.require(Action.MANAGE_ACCOUNTS, _path(work, site_id))
    name, shown = normal_username(username), shown_name(display_name)
    passwords.check(password, name, shown)
    county = work.actor.county
    if work.session.scalar(select(Account.id).where(Account.county == county, Account.username == name)):
        raise Conflict("accounts.name_taken", username=name)
    account = Account(
        county=county,
        username=name,
        display_name=shown,
        password_hash=hash_password(password),
        role=Role(role),
        site_id=site_id,
        language=_language(language),
        created_at=work.now,
    )
    work.session.add(account)
    work.session.flush()
    after = {"username": name, "role": account.role, "site_id": site_id}
    work.audit("account", account.id, after=after, personal=[(None, "display_name", None, shown)])
    return {"id": account.id, "username": name}


@command(Action.MANAGE_ACCOUNTS, Subject.ACCOUNTS)
def change(
    work: Work, *, account_id: int, version: int, display_name: str, role: str, site_id: int | None, reason: str = ""
) -> dict[str, object]:
    """Another name, role or place; what the account may do changes with its next click."""
    account = _within_reach(work, account_id)
    work.require(Action.MANAGE_ACCOUNTS, _path(work, site_id))
    before = {"role": account.role, "site_id": account.site_id}
    after = {"role": str(Role(role)), "site_id": site_id}
    if before != after:
        _not_oneself(work, account)
    shown, old = shown_name(display_name), account.display_name
    work.at_version(account, version)
    account.display_name, account.role, account.site_id = shown, Role(role), site_id
    personal = [(account.person_id, "display_name", old, shown)] if old != shown else []
    work.audit("account", account.id, before=before, after=after, reason=reason, personal=personal)
    return {"username": account.username}


@command(Action.MANAGE_ACCOUNTS, Subject.ACCOUNTS)
def set_active(work: Work, *, account_id: int, version: int, active: bool, reason: str = "") -> dict[str, object]:
    """Switch an account on or off. Off ends its sessions at once; its history stays."""
    account = _within_reach(work, account_id)
    _not_oneself(work, account)
    work.at_version(account, version)
    before = {"active": account.active}
    account.active = active
    account.failed_attempts, account.locked_until = 0, None
    if not active:
        end_sessions(work.session, account.id, work.now)
    work.audit("account", account.id, before=before, after={"active": active}, reason=reason)
    return {"username": account.username}


@command(Action.MANAGE_ACCOUNTS, Subject.ACCOUNTS)
def reset_password(work: Work, *, account_id: int, version: int, password: str, reason: str = "") -> dict[str, object]:
    """A new password for somebody who lost hers. Ends her sessions and lets her try again at once."""
    account = _within_reach(work, account_id)
    passwords.check(password, account.username, account.display_name)
    work.at_version(account, version)
    _set_password(work, account, password)
    work.audit("account", account.id, after={"password": "reset"}, reason=reason)
    return {"username": account.username}


@command(Action.OWN_ACCOUNT, Subject.ACCOUNTS)
def change_own_password(work: Work, *, old: str, new: str) -> None:
    """One's own password, for whoever knows the old one. Ends every session, this one too."""
    account = _own(work)
    if not matches(account.password_hash, old):
        raise Forbidden("accounts.old_password_wrong")
    passwords.check(new, account.username, account.display_name)
    _set_password(work, account, new)
    work.at_version(account, None)
    work.audit("account", account.id, after={"password": "changed"})


@command(Action.OWN_ACCOUNT, Subject.ACCOUNTS)
def set_language(work: Work, *, to: str) -> None:
    """The language one's pages speak."""
    account = _own(work)
    before = account.language
    account.language = _language(to)
    work.audit("account", account.id, before={"language": before}, after={"language": to})


def _language(language: str) -> str:
    if language not in LANGUAGES:
        raise Invalid("accounts.language_unknown", language=language)
    return language


def _path(work: Work, site_id: int | None) -> str:
    if site_id is None:
        return WHOLE_COUNTY
    found = work.session.scalar(select(Site.path).where(Site.county == work.actor.county, Site.id == site_id))
    if found is None:
        raise NotFound("accounts.no_site", id=site_id)
    return found


def _within_reach(work: Work, account_id: int) -> Account:
    account = work.session.scalar(
        select(Account).where(Account.county == work.actor.county, Account.id == account_id).with_for_update()
    )
    if account is None:
        raise NotFound("accounts.no_account", id=account_id)
    work.require(Action.MANAGE_ACCOUNTS, _path(work, account.site_id))
    return account


def _not_oneself(work: Work, account: Account) -> None:
    if account.id == work.actor.account_id:
        raise Forbidden("accounts.own")


def _own(work: Work) -> Account:
    account = work.session.get(Account, work.actor.account_id)
    if account is None:
        raise NotFound("accounts.no_account", id=work.actor.account_id)
    return account


def _set_password(work: Work, account: Account, password: str) -> None:
    account.password_hash = hash_password(password)
    account.failed_attempts, account.locked_until = 0, None
    end_sessions(work.session, account.id, work.now)
