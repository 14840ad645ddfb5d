"""The past of orders, read from the events that nobody can change: figures of a day, and open orders on the map.

Where an order lies is what its row says today: a place may be corrected, and no event keeps the old one. So figures are
replayed for the whole county only; a map of the past and figures by town say that places are today's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from dashboard.core.errors import Invalid
from dashboard.core.figures import BY_KEY, county_today
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.replay import LEFT_OUT, Happening, Known, Past, counted, pasts, until
from dashboard.core.words import NeedState, Subject
from dashboard.services.questions import question
from dashboard.services.reach import WHOLE_COUNTY, at_reached_site
from db.models import Division, Need, NeedEvent


@dataclass(frozen=True)
class Replayed:
    """The figures of a day, as known then or now. It says nothing of when it was asked: asked again, it is the same."""

    day: date
    known: Known
    values: dict[str, int]

    def plain(self) -> dict[str, Any]:
        """The shape scripts may rely on (docs/commands.md)."""
        return {
            "as_of": self.day.isoformat(),
            "known": self.known.value,
            "figures": {key: {"value": n, "unit": BY_KEY[key].unit.value, "n": n} for key, n in self.values.items()},
            "left_out": list(LEFT_OUT),
        }


@question(Subject.NEEDS)
def figures_of(session: Session, actor: Actor, *, day: date, known: Known, now: datetime) -> Replayed:
    """The replayed figures at the end of a day. Raises Invalid for a day to come and for a part of the county."""
    require(actor, Action.SEE_TEAMS)
    check_day(day, now)
    if actor.site_path != WHOLE_COUNTY:
        raise Invalid("replay.whole_county")
    moment = until(day)
    found = pasts(happenings(session, actor.county, moment, known), moment, known)
    return Replayed(day, known, counted(found, day))


@dataclass(frozen=True)
class TownPast:
    """The replayed figures of the orders that lie in a town today; `town` None: those of no town."""

    day: date
    known: Known
    town_code: str | None
    town: str | None
    values: dict[str, int]


@question(Subject.NEEDS, Subject.PLACES)
def figures_by_town(session: Session, actor: Actor, *, days: tuple[date, ...]) -> tuple[TownPast, ...]:
    """The replayed figures at the end of each day, as known then and as known now, by the town where an order within
    reach lies today: over a whole county they add up to `figures_of`. Every town of the orders has a row."""
    require(actor, Action.SEE_TEAMS)
    town = select(Division.name).where(Division.county == Need.county, Division.code == Need.town_code)
    rows = session.execute(
        select(Need.id, Need.town_code, town.limit(1).scalar_subquery().label("town")).where(
            Need.county == actor.county, at_reached_site(actor, Need.site_id)
        )
    ).all()
    towns = {row.id: row.town_code for row in rows}
    names = {row.town_code: row.town for row in rows}
    events = list(happenings(session, actor.county, until(max(days)), Known.NOW))
    found = []
    for day in days:
        for known in Known:
            orders: dict[str | None, dict[int, Past]] = {code: {} for code in names}
            for need_id, past in pasts(events, until(day), known).items():
                if need_id in towns:
                    orders[towns[need_id]][need_id] = past
            for code in sorted(orders, key=lambda one: one or ""):
                found.append(TownPast(day, known, code, names[code], counted(orders[code], day)))
    return tuple(found)


def check_day(day: date, now: datetime) -> None:
    """Raises Invalid for a day to come."""
    if day > county_today(now):
        raise Invalid("replay.future", day=day.isoformat())


def happenings(session: Session, county: str, moment: datetime, known: Known) -> Iterator[Happening]:
    """The events of orders themselves that had happened before a moment, in the order in which they were recorded."""
    conditions: list[ColumnElement[bool]] = [
        NeedEvent.county == county,
        NeedEvent.dispatch_id.is_(None),
        NeedEvent.happened_at < moment,
    ]
    if known is Known.THEN:
        conditions.append(NeedEvent.recorded_at < moment)
    columns = (
        NeedEvent.need_id,
        NeedEvent.from_state,
        NeedEvent.to_state,
        NeedEvent.happened_at,
        NeedEvent.recorded_at,
    )
    for row in session.execute(select(*columns).where(*conditions).order_by(NeedEvent.id)):
        before = None if row.from_state is None else NeedState(row.from_state)
        yield Happening(row.need_id, before, NeedState(row.to_state), row.happened_at, row.recorded_at)


def open_at(moment: datetime, known: Known = Known.NOW) -> ColumnElement[bool]:
    """Orders that were open just before a moment: `core.replay.pasts` said in SQL."""
    own = _events_before(moment, known)
    registered = exists().where(*own, NeedEvent.from_state.is_(None)).correlate(Need)
    return and_(registered, last_at(NeedEvent.to_state, moment, known) == NeedState.OPEN)


def last_at(column: InstrumentedAttribute[Any], moment: datetime, known: Known) -> ColumnElement[Any]:
    """A column of the event that says what an order was just before a moment."""
    last = select(column).where(*_events_before(moment, known)).order_by(NeedEvent.id.desc()).limit(1)
    return last.correlate(Need).scalar_subquery()


def _events_before(moment: datetime, known: Known) -> tuple[ColumnElement[bool], ...]:
    seen = NeedEvent.happened_at < moment
    if known is Known.THEN:
        seen = and_(seen, NeedEvent.recorded_at < moment)
    return (
        NeedEvent.county == Need.county,
        NeedEvent.need_id == Need.id,
        NeedEvent.dispatch_id.is_(None),
        # As a case: else SQLite looks for a need's few events among all that happened before.
        case((seen, 1), else_=0) == 1,
    )
