"""People named in an order: found again by phone and name, else made. Their values are personal from the first line."""

from functools import lru_cache
from typing import Any

from pypinyin import Style, lazy_pinyin
from sqlalchemy import select

from dashboard.core.errors import Invalid
from dashboard.core.intake import clean, person_name, phone
from dashboard.core.masking import address_tail, phone_tail
from dashboard.core.orders import Caller
from dashboard.services.commands import Work
from db.models import Account, Person


@lru_cache(maxsize=4096)
def initials(name: str) -> str:
    """Pinyin initials in lower case, 张小贵 -> "zxg", as `persons.initials` keeps them for search."""
    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).casefold()[:30]


def person_of(work: Work, caller: Caller, village_code: str | None, *, resident: bool) -> Person | None:
    """The person of these words: the one we know, or a new row; None where nobody is named.

    The same name and phone is the same person; without a phone the same name and village. A phone alone is not:
    families share one. Raises Invalid for a phone that is none, and for a resident given a staff member's phone.
    """
    if not caller.known:
        return None
    name = person_name(caller.name)[:60]
    number = phone(caller.phone)
    if caller.phone.strip() and not number.valid:
        raise Invalid("needs.bad_phone")
    digest = work.digest(number.digits) if number.valid else None
    if resident and digest is not None and is_staff(work, digest):
        raise Invalid("needs.staff_phone")
    found = _known(work, name, digest, village_code)
    if found is not None:
        return found
    person = Person(
        county=work.actor.county,
        name=name,
        initials=initials(name),
        village_code=village_code,
        **_private(work, "phone", number.digits if number.valid else "", phone_tail(number.digits)),
        **_private(work, "address", clean(caller.address), address_tail(clean(caller.address))),
    )
    work.session.add(person)
    work.session.flush()
    return person


def personal(caller: Caller, person: Person | None) -> list[tuple[int | None, str, str | None, str | None]]:
    """What the audit keeps apart of a person named in an order."""
    if person is None:
        return []
    said = {"name": caller.name, "phone": caller.phone, "address": caller.address}
    return [(person.id, name, None, value) for name, value in said.items() if value]


def _private(work: Work, column: str, value: str, tail: str) -> dict[str, Any]:
    """The three columns of a personal value."""
    if not value:
        return {column: None, f"{column}_digest": None, f"{column}_tail": None}
    return {column: value, f"{column}_digest": work.digest(value), f"{column}_tail": tail}


def is_staff(work: Work, digest: str) -> bool:
    """Is this the phone of somebody with an account?"""
    staff = (
        select(Person.id)
        .join(Account, Account.person_id == Person.id)
        .where(Account.county == work.actor.county, Person.phone_digest == digest)
    )
    return work.session.scalar(staff.limit(1)) is not None


def _known(work: Work, name: str, digest: str | None, village_code: str | None) -> Person | None:
    same = select(Person).where(Person.county == work.actor.county, Person.name == name, Person.erased_at.is_(None))
    if digest is not None:
        same = same.where(Person.phone_digest == digest)
    else:
        same = same.where(Person.phone_digest.is_(None), Person.village_code == village_code)
    return work.session.scalars(same.order_by(Person.id).limit(1)).first() if name else None
