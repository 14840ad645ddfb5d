"""Which needs of a register repeat others (F15): rows against each other and against what is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.core.intake import name_key
from dashboard.core.intake_times import COUNTY_TIME
from dashboard.core.needs import REPEAT_SPAN, Origin
from dashboard.core.words import Precision
from dashboard.formats.duplicates import Order, earlier_orders
from dashboard.formats.needs import NeedRow
from dashboard.services.commands import digest_key, keyed_digest
from dashboard.services.import_ledger import taken_back
from db.models import Category, Need, Person


def registered_at(value: NeedRow, now: datetime) -> datetime:
    """Midnight of the day of registration in county time; the import's time where the register has no day."""
    if value.registered_on is None:
        return now
    return datetime.combine(value.registered_on, time(), COUNTY_TIME).astimezone(UTC)


def repeats(session: Session, county: str, rows: Sequence[NeedRow], now: datetime) -> dict[int, int]:
    """later -> earlier need, for pairs in which at least one is new; new ones are -1, -2, ... in the file's order."""
    if not rows:
        return {}
    key = digest_key(session)
    categories = session.execute(select(Category.code, Category.id).where(Category.county == county))
    ids = {row.code: row.id for row in categories}
    moments = [registered_at(value, now) for value in rows]
    stored = _stored_orders(session, county, min(moments) - REPEAT_SPAN, max(moments) + REPEAT_SPAN)
    offset = max((order.id for order in stored), default=0) + 1
    new = [
        Order(offset + place, _origin(value, ids, key, moment), value.lon, value.lat)
        for place, (value, moment) in enumerate(zip(rows, moments, strict=True))
    ]
    linked = {order.id for order in stored if order.linked}
    found = earlier_orders([*stored, *new])
    return {
        (offset - later - 1 if later >= offset else later): (offset - earlier - 1 if earlier >= offset else earlier)
        for later, (earlier, _) in found.items()
        if max(later, earlier) >= offset and later not in linked
    }


@dataclass(frozen=True)
class _Stored(Order):
    """A stored need to compare, and whether it already repeats another."""

    linked: bool = False


def _stored_orders(session: Session, county: str, first: datetime, last: datetime) -> list[_Stored]:
    rows = session.execute(
        select(
            Need.id, Need.category_id, Need.registered_at, Need.precision, Need.person_id, Need.village_code,
            Need.lon, Need.lat, Need.earlier_need_id, Person.name, Person.phone_digest, Person.address_digest,
        )
        .join(Person, Person.id == Need.person_id, isouter=True)
        .where(Need.county == county, Need.registered_at.between(first, last), ~taken_back(county))
    )  # fmt: skip
    return [
        _Stored(
            row.id,
            Origin(
                row.category_id, row.registered_at, Precision(row.precision), row.person_id, name_key(row.name or ""),
                row.phone_digest, row.address_digest, row.village_code,
            ),
            row.lon,
            row.lat,
            linked=row.earlier_need_id is not None,
        )
        for row in rows
    ]  # fmt: skip


def _origin(value: NeedRow, categories: Mapping[str, int], key: bytes, moment: datetime) -> Origin:
    return Origin(
        category_id=categories.get(value.category or ""),
        registered_at=moment,
        precision=precision_of(value),
        name=name_key(value.name),
        phone_digest=keyed_digest(key, value.phone) if value.phone else None,
        address_digest=keyed_digest(key, value.address) if value.address else None,
        village_code=value.village_code,
    )


def precision_of(value: NeedRow) -> Precision:
    if value.lon is not None:
        return Precision.POINT
    return Precision.VILLAGE if value.village_code else Precision.NONE
