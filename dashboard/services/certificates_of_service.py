"""Service certificates (志愿服务记录证明): issued with a reason, printed, and verified by anybody with the code.

A certificate says what the records said when it was issued: every service that began on its days, none left out. Its
digest tells whether they still say so; one that no longer agrees is not printed again but issued anew.
"""

import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.core import figures
from dashboard.core.errors import Conflict, Forbidden, Invalid, NotFound
from dashboard.core.masking import masked_name
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.words import Grade, Level, Subject
from dashboard.services import store
from dashboard.services.access import LEAST_REASON
from dashboard.services.commands import Work, command, digest_key, keyed_digest
from dashboard.services.hour_reports import Entry, her, of_volunteer, rows_in_words
from dashboard.services.odd_hours import open_findings
from dashboard.services.questions import question
from db.engine import Database
from db.models import Account, Person, Service, ServiceCertificate, Site, Volunteer

#: Digits and capitals that can't be mistaken for one another; 20 of them are 100 bits.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LENGTH = 20
_GROUP = 5


class State(StrEnum):
    """What a code stands for now. The words are `hours.verify.<state>`."""

    VALID = "valid"
    CHANGED = "changed"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Certified:
    """A certificate in a list. `minutes` are in the order of `Grade`; `code` is grouped as it is printed."""

    id: int
    code: str
    state: State
    first: date
    last: date
    services: int
    minutes: tuple[int, ...]
    issuer: str
    issued_at: datetime
    issued_by: str


@dataclass(frozen=True)
class Sheet:
    """A certificate to print. `rows` are empty unless it is valid: what changed since is not what was certified."""

    certified: Certified
    name: str
    volunteer_code: str
    rows: tuple[Entry, ...]


@dataclass(frozen=True)
class Verdict:
    """What a stranger with a code may know: nothing but the masked name, the days and the totals by grade."""

    state: State
    name: str = ""
    first: date | None = None
    last: date | None = None
    services: int = 0
    minutes: tuple[int, ...] = ()
    issuer: str = ""
    issued_at: datetime | None = None


def new_code() -> str:
    """A code nobody can guess."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def grouped(code: str) -> str:
    """ "ABCDE-FGHJK-LMNPQ-RSTUV"."""
    return "-".join(code[n : n + _GROUP] for n in range(0, len(code), _GROUP))


def plain_code(words: str) -> str:
    """A code as it is kept, from however somebody typed it; "" for what can be none."""
    code = re.sub(r"[\s\-–—]", "", words[:100]).upper()
    return code if len(code) == CODE_LENGTH and set(code) <= set(ALPHABET) else ""


# -- issuing and revoking


# Without the code in its result: results kept under a key outlive the certificate.
@command(Action.EDIT_VOLUNTEER, Subject.SERVICES)
def issue(work: Work, *, volunteer_id: int, first: date, last: date, reason: str) -> dict[str, Any]:
    """Certify her services that began on these days, both included.

    Raises Invalid without a reason, for days to come, without services, and while an odd entry of hers waits to be
    looked at; Forbidden for hours of one's own; NotFound out of reach.
    """
    why = _reason(reason)
    if first > last:
        raise Invalid("hours.days_backwards")
    if last > figures.county_today(work.now):
        raise Invalid("hours.days_to_come")
    row = _volunteer(work, volunteer_id)
    conditions = of_volunteer(work.actor.county, volunteer_id, first, last)
    services = work.session.scalars(select(Service).where(*conditions).order_by(Service.id).with_for_update()).all()
    if not services:
        raise Invalid("hours.nothing_to_certify")
    odd = {one.id for one in open_findings(work.session, work.actor.county, conditions)}
    if odd:
        raise Invalid("hours.look_first", count=len(odd))
    minutes = {grade: sum(one.minutes for one in services if one.grade == grade) for grade in Grade}
    made = ServiceCertificate(
        county=work.actor.county,
        code=new_code(),
        volunteer_id=volunteer_id,
        first_day=first,
        last_day=last,
        services=len(services),
        minutes_a=minutes[Grade.A],
        minutes_b=minutes[Grade.B],
        minutes_c=minutes[Grade.C],
        digest=_digest(work.session, row.name, first, last, services),
        issuer=_issuer(work),
        reason=why,
        issued_at=work.now,
        issued_by=work.actor.account_id,
    )
    work.session.add(made)
    work.session.flush()
    after = {
        "volunteer_id": volunteer_id,
        "first": first,
        "last": last,
        "services": len(services),
        "minutes": {str(grade): value for grade, value in minutes.items()},
    }
    work.audit("service_certificate", made.id, after=after, reason=why)
    return {"certificate_id": made.id}


@command(Action.EDIT_VOLUNTEER, Subject.SERVICES)
def revoke(work: Work, *, certificate_id: int, reason: str) -> dict[str, Any]:
    """Take a certificate back: its code says so from now on. Raises Conflict for one taken back already."""
    why = _reason(reason)
    row = work.session.scalars(
        select(ServiceCertificate)
        .where(ServiceCertificate.county == work.actor.county, ServiceCertificate.id == certificate_id)
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound("hours.no_such_certificate")
    _volunteer(work, row.volunteer_id)
    if row.revoked_at is not None:
        raise Conflict("hours.revoked_already")
    row.revoked_at, row.revoked_by, row.revoke_reason = work.now, work.actor.account_id, why
    work.audit("service_certificate", row.id, before={"revoked": False}, after={"revoked": True}, reason=why)
    return {"certificate_id": row.id}


def _reason(words: str) -> str:
    why = " ".join(words.split())[:200]
    if len(why) < LEAST_REASON:
        raise Invalid("access.reason_missing")
    return why


def _volunteer(work: Work, volunteer_id: int) -> Any:
    """Her row, within reach, and not the actor's own."""
    row = her(work.session, work.actor, volunteer_id)
    own = select(Account.id).where(Account.id == work.actor.account_id, Account.person_id == row.person_id)
    if work.session.scalar(own) is not None:
        raise Forbidden("hours.own_certificate")
    return row


def _issuer(work: Work) -> str:
    """The site the issuer works for, for the whole county its centre."""
    session, actor = work.session, work.actor
    mine = select(Site.name).where(Site.county == actor.county, Site.id == actor.site_id)
    centre = (
        select(Site.name)
        .where(Site.county == actor.county, Site.level == Level.CENTRE, Site.parent_id.is_(None))
        .order_by(Site.id)
        .limit(1)
    )
    return session.scalar(mine) or session.scalar(centre) or store.county_name(session, actor.county)


def _digest(session: Session, name: str, first: date, last: date, services: Sequence[Service]) -> str:
    """Keyed digest of everything certified: nobody without the key can guess a name from it."""
    rows = [
        [
            one.id,
            one.start.isoformat(),
            one.end.isoformat(),
            one.break_minutes,
            one.minutes,
            one.grade,
            one.need_id,
            one.activity_id,
            one.site_id,
            one.grid_id,
        ]
        for one in sorted(services, key=lambda one: one.id)
    ]
    said = json.dumps([name, first.isoformat(), last.isoformat(), rows], ensure_ascii=False)
    return keyed_digest(digest_key(session), said)


# -- reading


@question(Subject.SERVICES, Subject.PEOPLE, Subject.PLACES, Subject.ACCOUNTS)
def issued(session: Session, actor: Actor, *, volunteer_id: int) -> tuple[Certified, ...]:
    """The certificates of a volunteer within reach, newest first."""
    require(actor, Action.SEE_VOLUNTEERS)
    her(session, actor, volunteer_id)
    rows = session.scalars(
        select(ServiceCertificate)
        .where(ServiceCertificate.county == actor.county, ServiceCertificate.volunteer_id == volunteer_id)
        .order_by(ServiceCertificate.issued_at.desc(), ServiceCertificate.id.desc())
    )
    return tuple(_certified(session, row) for row in rows)


@question(Subject.SERVICES, Subject.PEOPLE, Subject.PLACES, Subject.ACCOUNTS, Subject.NEEDS, Subject.CATALOGUE)
def sheet(session: Session, actor: Actor, *, certificate_id: int, language: str = "zh") -> Sheet:
    """A certificate of a volunteer within reach, to print."""
    require(actor, Action.SEE_VOLUNTEERS)
    row = session.scalar(
        select(ServiceCertificate).where(
            ServiceCertificate.county == actor.county, ServiceCertificate.id == certificate_id
        )
    )
    if row is None:
        raise NotFound("hours.no_such_certificate")
    who, certified = her(session, actor, row.volunteer_id), _certified(session, row)
    conditions = of_volunteer(row.county, row.volunteer_id, row.first_day, row.last_day)
    rows = rows_in_words(session, actor, conditions, language) if certified.state is State.VALID else ()
    return Sheet(certified, who.name, who.code, rows)


def verify(database: Database, words: str) -> Verdict:
    """What a code typed by anybody stands for."""
    code = plain_code(words)
    if not code:
        return Verdict(State.UNKNOWN)
    with database.read() as session:
        row = session.scalar(select(ServiceCertificate).where(ServiceCertificate.code == code))
        if row is None:
            return Verdict(State.UNKNOWN)
        return Verdict(
            state=_state(session, row),
            name=masked_name(_name(session, row)),
            first=row.first_day,
            last=row.last_day,
            services=row.services,
            minutes=_minutes(row),
            issuer=row.issuer,
            issued_at=row.issued_at,
        )


def _certified(session: Session, row: ServiceCertificate) -> Certified:
    by = session.scalar(select(Account.display_name).where(Account.id == row.issued_by))
    return Certified(
        id=row.id,
        code=grouped(row.code),
        state=_state(session, row),
        first=row.first_day,
        last=row.last_day,
        services=row.services,
        minutes=_minutes(row),
        issuer=row.issuer,
        issued_at=row.issued_at,
        issued_by=by or "",
    )


def _minutes(row: ServiceCertificate) -> tuple[int, ...]:
    return row.minutes_a, row.minutes_b, row.minutes_c


def _name(session: Session, row: ServiceCertificate) -> str:
    named = select(Person.name).join(Volunteer, Volunteer.person_id == Person.id)
    return session.scalar(named.where(Volunteer.id == row.volunteer_id)) or ""


def _state(session: Session, row: ServiceCertificate) -> State:
    if row.revoked_at is not None:
        return State.REVOKED
    conditions = of_volunteer(row.county, row.volunteer_id, row.first_day, row.last_day)
    services = session.scalars(select(Service).where(*conditions)).all()
    now = _digest(session, _name(session, row), row.first_day, row.last_day, services)
    return State.VALID if secrets.compare_digest(now, row.digest) else State.CHANGED
