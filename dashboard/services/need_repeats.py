"""Is this call a repeat? Earlier needs of the same household or place and category within 14 days, before saving."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from dashboard.core.geo import distance_m
from dashboard.core.intake import clean, person_name, phone
from dashboard.core.needs import REPEAT_SPAN, Origin, repeat_reason
from dashboard.core.orders import Order
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.words import Precision, Subject
from dashboard.services.commands import digest_key, keyed_digest
from dashboard.services.import_ledger import taken_back
from dashboard.services.needs_queue import place_line
from dashboard.services.placing import placed
from dashboard.services.questions import question
from dashboard.services.reach import at_reached_site
from db.models import Division, Grid, Need, NeedInterval, Person

#: So many are shown beside the form.
MOST = 5


@dataclass(frozen=True)
class Repeat:
    """An earlier need that this one may repeat: `why` is "person", "household" or "near"."""

    id: int
    code: str
    title: str
    state: str
    place: str
    registered_at: datetime
    start: datetime | None
    why: str
    metres: int | None


@question(Subject.NEEDS, Subject.PLACES)
def repeats(session: Session, actor: Actor, *, order: Order, now: datetime) -> tuple[Repeat, ...]:
    """Needs within the actor's reach that the order may repeat, latest first. An unreadable order repeats nothing."""
    require(actor, Action.EDIT_NEED)
    if order.category_id is None:
        return ()
    place = placed(session, actor.county, order.place)
    number = phone(order.resident.phone)
    key = digest_key(session)
    address = clean(order.resident.address)
    new = Origin(
        category_id=order.category_id,
        registered_at=now,
        precision=place.precision,
        name=person_name(order.resident.name),
        phone_digest=keyed_digest(key, number.digits) if number.valid else None,
        address_digest=keyed_digest(key, address) if address else None,
        village_code=place.village_code,
    )
    first = select(NeedInterval.start).where(NeedInterval.county == actor.county, NeedInterval.need_id == Need.id)
    rows = session.execute(
        select(
            Need,
            Person,
            Grid.name.label("grid"),
            Division.name.label("village"),
            first.order_by(NeedInterval.start).limit(1).scalar_subquery().label("start"),
        )
        .outerjoin(Person, Person.id == Need.person_id)
        .outerjoin(Grid, Grid.id == Need.grid_id)
        .outerjoin(Division, and_(Division.county == Need.county, Division.code == Need.village_code))
        .where(
            Need.county == actor.county,
            Need.category_id == order.category_id,
            Need.registered_at >= now - REPEAT_SPAN,
            at_reached_site(actor, Need.site_id),
            ~taken_back(actor.county),
        )
        .order_by(Need.registered_at.desc(), Need.id.desc())
    )
    found: list[Repeat] = []
    for need, person, grid, village, start in rows:
        metres = _metres(place.lon, place.lat, need.lon, need.lat)
        why = repeat_reason(new, _origin(need, person), metres)
        if why is not None:
            where = place_line(village or "", grid or "", need.place_text)
            shown = None if metres is None else round(metres)
            found.append(
                Repeat(need.id, need.code, need.title, need.state, where, need.registered_at, start, why, shown)
            )
        if len(found) == MOST:
            break
    return tuple(found)


def _origin(need: Need, person: Person | None) -> Origin:
    return Origin(
        category_id=need.category_id,
        registered_at=need.registered_at,
        precision=Precision(need.precision),
        person_id=need.person_id,
        name=person.name if person else "",
        phone_digest=person.phone_digest if person else None,
        address_digest=person.address_digest if person else None,
        village_code=need.village_code,
    )


def _metres(lon: float | None, lat: float | None, to_lon: float | None, to_lat: float | None) -> float | None:
    if lon is None or lat is None or to_lon is None or to_lat is None:
        return None
    return float(distance_m(lon, lat, to_lon, to_lat))
