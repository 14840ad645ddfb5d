"""Do services, duties, ratings, persons and sign-ins keep their own rules?"""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Float, and_, cast, func, or_, select

from dashboard.core.masking import address_tail, phone_tail
from dashboard.core.words import Consent
from dashboard.services.check_look import Fault, Look, asked, listed
from dashboard.services.commands import digest_key, keyed_digest
from db.models import Account, Duty, DutyPerson, Person, Rating, Service, SignIn, Volunteer

#: Rows read at a time where every row is looked at.
_PORTION = 5000


def service_minutes(look: Look) -> Fault:
    """Services whose minutes are not the whole minutes from start to end less the break."""
    over = _seconds(look, Service.end) - _seconds(look, Service.start) - 60 * (Service.break_minutes + Service.minutes)
    # Half a second for the clock of SQLite, which counts days in floating point.
    return asked(look, select(Service.id).where(Service.county == look.county, or_(over < -0.5, over >= 60)))


def _seconds(look: Look, moment: Any) -> ColumnElement[float]:
    if look.session.get_bind().dialect.name == "sqlite":
        return func.julianday(moment, type_=Float) * 86400.0
    return cast(func.extract("epoch", moment), Float)


def service_overlap(look: Look) -> Fault:
    """Services that begin before an earlier one of the same volunteer is over."""
    served_until = func.max(Service.end).over(
        partition_by=Service.volunteer_id, order_by=(Service.start, Service.id), rows=(None, -1)
    )
    spans = (
        select(Service.id, Service.start, served_until.label("served_until"))
        .where(Service.county == look.county)
        .subquery()
    )
    return asked(look, select(spans.c.id).where(spans.c.start < spans.c.served_until))


def duty_overlap(look: Look) -> Fault:
    """People on duty who are on an earlier duty that is not over yet."""
    on_until = func.max(Duty.end).over(
        partition_by=DutyPerson.volunteer_id, order_by=(Duty.start, DutyPerson.id), rows=(None, -1)
    )
    spans = (
        select(DutyPerson.id, Duty.start, on_until.label("on_until"))
        .join(Duty, Duty.id == DutyPerson.duty_id)
        .where(Duty.county == look.county)
        .subquery()
    )
    return asked(look, select(spans.c.id).where(spans.c.start < spans.c.on_until))


def service_consent(look: Look) -> Fault:
    """Hours of volunteers who never consented. Hours written down before consent was withdrawn stay."""
    withdrawn_later = and_(
        Volunteer.consent == Consent.REFUSED, func.coalesce(Volunteer.consent_at > Service.recorded_at, False)
    )
    return asked(
        look,
        select(Service.id)
        .join(Volunteer, Volunteer.id == Service.volunteer_id)
        .where(Service.county == look.county, Volunteer.consent != Consent.GIVEN, ~withdrawn_later),
    )


def rating_answer(look: Look) -> Fault:
    """Ratings with a score or an outcome and no moment at which it was given."""
    said = or_(Rating.score.is_not(None), Rating.outcome.is_not(None))
    return asked(look, select(Rating.id).where(Rating.county == look.county, said, Rating.answered_at.is_(None)))


def person_digest(look: Look) -> Fault:
    """Persons whose phone, address or ID number does not agree with its digest or its tail."""
    key = digest_key(look.session)
    wrong = [f"#{row.id}" for row in _persons(look) if not _agrees(row, key)]
    return listed(wrong)


def _persons(look: Look) -> Iterator[Any]:
    columns = [Person.id]
    for name in _TAILS:
        columns += [getattr(Person, name), getattr(Person, f"{name}_digest"), getattr(Person, f"{name}_tail")]
    rows = select(*columns).where(Person.county == look.county).execution_options(yield_per=_PORTION)
    yield from look.session.execute(rows)


def _last_four(number: str) -> str:
    return number[-4:]


#: How much of each value is kept for display.
_TAILS: dict[str, Callable[[str], str]] = {"phone": phone_tail, "address": address_tail, "id_number": _last_four}


def _agrees(row: Any, key: bytes) -> bool:
    for name, tail in _TAILS.items():
        value, digest, shown = (getattr(row, column) for column in (name, f"{name}_digest", f"{name}_tail"))
        if value is None:
            if digest is not None or shown:
                return False
        elif digest != keyed_digest(key, value) or (shown or "") != tail(value):
            return False
    return True


def sign_in_open(look: Look) -> Fault:
    """Sign-ins that are neither ended nor expired, of accounts that were switched off."""
    lives = and_(SignIn.ended_at.is_(None), SignIn.expires_at > look.now)
    return asked(
        look,
        select(SignIn.id)
        .join(Account, Account.id == SignIn.account_id)
        .where(SignIn.county == look.county, lives, Account.active.is_(False)),
    )
