"""What the page Rounds shows of meal rounds: a day's with their stops, the running ones, figures of a span."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, aliased

from dashboard.core.masking import masked_name
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.words import Subject
from dashboard.services.questions import question
from dashboard.services.reach import at_reached_site
from db.models import MealDay, MealDrop, MealRound, MealStop, Person, Site, Volunteer


@dataclass(frozen=True)
class Stop:
    """A stop of a round or of a day's round; a resident is masked. `outcome` is empty where nothing was said."""

    id: int
    version: int
    position: int
    who: str
    place: str
    meals: int
    outcome: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Round:
    """A round that runs, with its stops."""

    id: int
    version: int
    name: str
    kitchen: str
    rule: str
    start: datetime
    minutes: int
    carrier: str
    substitute: str
    stops: tuple[Stop, ...]


@dataclass(frozen=True)
class DayRound:
    """A round of one day. Without a carrier nobody was there to carry it."""

    id: int
    name: str
    kitchen: str
    start: datetime
    carrier_id: int | None
    carrier: str
    stops: tuple[Stop, ...]


@dataclass(frozen=True)
class MealCounts:
    """Of the days' rounds of a span: rounds, their stops and meals to carry; meals delivered, stops missed, stops of
    which nothing was said."""

    rounds: int
    stops: int
    meals: int
    delivered: int
    missed: int
    unsaid: int


@question(Subject.NEEDS, Subject.PEOPLE, Subject.PLACES)
def rounds(session: Session, actor: Actor) -> tuple[Round, ...]:
    """The running rounds of kitchens within reach, by name."""
    require(actor, Action.EDIT_NEED)
    carrier, substitute = aliased(Person), aliased(Person)
    first, second = aliased(Volunteer), aliased(Volunteer)
    rows = session.execute(
        select(MealRound, Site.name.label("kitchen"), carrier.name.label("first"), substitute.name.label("second"))
        .join(Site, Site.id == MealRound.site_id)
        .outerjoin(first, first.id == MealRound.carrier_id)
        .outerjoin(carrier, carrier.id == first.person_id)
        .outerjoin(second, second.id == MealRound.substitute_id)
        .outerjoin(substitute, substitute.id == second.person_id)
        .where(
            MealRound.county == actor.county,
            MealRound.ended_at.is_(None),
            at_reached_site(actor, MealRound.site_id),
        )
        .order_by(MealRound.name, MealRound.id)
    ).all()
    stops = _stops(session, actor.county, [row[0].id for row in rows])
    return tuple(
        Round(
            one.id,
            one.version,
            one.name,
            kitchen,
            one.rule,
            one.start,
            one.minutes,
            her or "",
            other or "",
            stops.get(one.id, ()),
        )
        for one, kitchen, her, other in rows
    )


def _stops(session: Session, county: str, round_ids: list[int]) -> dict[int, tuple[Stop, ...]]:
    found: dict[int, tuple[Stop, ...]] = {}
    for one, name, site in session.execute(
        select(MealStop, Person.name, Site.name.label("site"))
        .outerjoin(Person, Person.id == MealStop.person_id)
        .outerjoin(Site, Site.id == MealStop.site_id)
        .where(MealStop.county == county, MealStop.round_id.in_(round_ids))
        .order_by(MealStop.position, MealStop.id)
    ):
        stop = Stop(one.id, 0, one.position, site or masked_name(name or ""), one.place_text, one.meals)
        found[one.round_id] = (*found.get(one.round_id, ()), stop)
    return found


@question(Subject.NEEDS, Subject.PEOPLE, Subject.PLACES)
def rounds_of_day(session: Session, actor: Actor, *, day: date) -> tuple[DayRound, ...]:
    """The rounds made for a day of the county, of kitchens within reach, the first to leave first."""
    require(actor, Action.EDIT_NEED)
    carrier = aliased(Person)
    rows = session.execute(
        select(MealDay, MealRound.name, Site.name.label("kitchen"), carrier.name.label("carrier"))
        .join(MealRound, MealRound.id == MealDay.round_id)
        .join(Site, Site.id == MealRound.site_id)
        .outerjoin(Volunteer, Volunteer.id == MealDay.carrier_id)
        .outerjoin(carrier, carrier.id == Volunteer.person_id)
        .where(MealDay.county == actor.county, MealDay.day == day, at_reached_site(actor, MealRound.site_id))
        .order_by(MealDay.start, MealDay.id)
    ).all()
    drops: dict[int, tuple[Stop, ...]] = {}
    for one, name, site in session.execute(
        select(MealDrop, Person.name, Site.name.label("site"))
        .outerjoin(Person, Person.id == MealDrop.person_id)
        .outerjoin(Site, Site.id == MealDrop.site_id)
        .where(MealDrop.county == actor.county, MealDrop.day_id.in_([row[0].id for row in rows]))
        .order_by(MealDrop.position)
    ):
        who = site or masked_name(name or "")
        stop = Stop(one.id, one.version, one.position, who, one.place_text, one.meals, one.outcome, one.reason)
        drops[one.day_id] = (*drops.get(one.day_id, ()), stop)
    return tuple(
        DayRound(day_.id, name, kitchen, day_.start, day_.carrier_id, her or "", drops.get(day_.id, ()))
        for day_, name, kitchen, her in rows
    )


@question(Subject.NEEDS, Subject.PLACES)
def counts(session: Session, actor: Actor, *, first: date, last: date) -> MealCounts:
    """What the rounds of these days, both counted, came to, for kitchens within reach."""
    require(actor, Action.EDIT_NEED)

    row = session.execute(
        select(
            func.count(func.distinct(MealDrop.day_id)),
            func.count(),
            func.coalesce(func.sum(MealDrop.meals), 0),
            func.coalesce(func.sum(case((MealDrop.outcome == "delivered", MealDrop.meals), else_=0)), 0),
            func.coalesce(func.sum(case((MealDrop.outcome == "missed", 1), else_=0)), 0),
            func.coalesce(func.sum(case((MealDrop.outcome == "", 1), else_=0)), 0),
        )
        .join(MealDay, MealDay.id == MealDrop.day_id)
        .join(MealRound, MealRound.id == MealDay.round_id)
        .where(
            MealDrop.county == actor.county,
            MealDay.day >= first,
            MealDay.day <= last,
            at_reached_site(actor, MealRound.site_id),
        )
    ).one()
    return MealCounts(*(int(value) for value in row))


@question(Subject.PLACES)
def sites(session: Session, actor: Actor) -> tuple[tuple[int, str], ...]:
    """(id, name) of the sites within reach that have a place on the map."""
    require(actor, Action.EDIT_NEED)
    mine = (Site.county == actor.county, Site.lon.is_not(None), Site.lat.is_not(None), at_reached_site(actor, Site.id))
    rows = session.execute(select(Site.id, Site.name).where(*mine).order_by(Site.path, Site.id))
    return tuple((row.id, row.name) for row in rows)
