"""Figures of a day gone by, and open orders on the map, from what was recorded when (`past_tables`).

Where an order lies, and the site it and its hours belong to, is what the row says today: a place may be corrected, and
no event keeps the old one. So figures of a part of the county and a map of the past say that places are today's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from dashboard.core.errors import Invalid, NotFound
from dashboard.core.figures import BY_KEY, FIGURES, Owner, Value, county_today, value_of
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.replay import Happening, Known, Past, counted, last_moment, left_out, pasts, told, until
from dashboard.core.words import NeedState, Subject
from dashboard.services import figure_rows
from dashboard.services.figure_rows import FigureRow
from dashboard.services.figure_scope import within_part
from dashboard.services.figures import (
    Counts,
    activities_counted,
    ratings_counted,
    reader_of,
    services_counted,
    with_bases,
)
from dashboard.services.holding_edges import edges_on
from dashboard.services.past_tables import standing_at
from dashboard.services.questions import question
from dashboard.services.reach import at_reached_site
from dashboard.services.team_rows import PAGE, Listing
from db.models import Activity, Division, Grid, Need, NeedEvent, Service, Site

_READ = (Subject.PLACES, Subject.PEOPLE, Subject.NEEDS, Subject.SERVICES, Subject.RULES)


@dataclass(frozen=True)
class Replayed:
    """The figures of a day, as known then or now. It says nothing of when it was asked: asked again, it is the same."""

    day: date
    known: Known
    figures: dict[str, Value]

    @property
    def values(self) -> dict[str, float | None]:
        return {key: one.value for key, one in self.figures.items()}

    def plain(self) -> dict[str, Any]:
        """The shape scripts may rely on (docs/commands.md)."""
        return {
            "as_of": self.day.isoformat(),
            "known": self.known.value,
            "figures": {
                key: {"value": one.value, "unit": one.unit.value, "n": one.n} for key, one in self.figures.items()
            },
            "left_out": {key: why.value for key, why in left_out(self.known).items()},
        }


@question(*_READ, daily=True)
def figures_of(
    session: Session, actor: Actor, *, day: date, known: Known, now: datetime, part: int | None = None
) -> Replayed:
    """What the record tells of the figures at the end of a day, of the reader's part of the tree or of the `part` of a
    site below it. Raises Invalid for a day to come, NotFound for a site out of reach."""
    require(actor, Action.SEE_TEAMS)
    check_day(day, now)
    there, moment, edges = within_part(session, actor, part), last_moment(day), edges_on(session, actor.county, day)
    keys = told(known)
    counts: Counts = {}
    wanted = dict.fromkeys(part for key in keys for part in figure_rows.parts_of(key))
    for orders in (True, False):
        with standing_at(session, actor.county, until(day), known, orders=orders):
            for count in wanted:
                if count not in counts and _of_orders(count) == orders:
                    counts |= reader_of(count)(session, there, moment)
    return Replayed(day, known, {key: value_of(BY_KEY[key], counts, edges) for key in keys})


def _of_orders(key: str) -> bool:
    """Does a figure count orders by what they were?"""
    return BY_KEY[key].owner is Owner.DISPATCH


@question(*_READ, daily=True)
def rows_of(
    session: Session,
    actor: Actor,
    *,
    day: date,
    known: Known,
    now: datetime,
    key: str,
    part: int | None = None,
    page: int = 0,
    size: int = PAGE,
) -> Listing[FigureRow]:
    """The rows behind a figure of a day, as `figure_rows.rows` gives those of now. Raises NotFound for a figure that
    the record doesn't tell, and what `figures_of` raises."""
    check_day(day, now)
    if key not in told(known):
        raise NotFound("figures.no_rows", key=key)
    there = within_part(session, actor, part)
    with standing_at(session, actor.county, until(day), known, orders=_of_orders(key)):
        return figure_rows.rows(session, there, now=last_moment(day), key=key, page=page, size=size)


@dataclass(frozen=True)
class TownPast:
    """The counts that add up over towns, of what lies in a town today; `town` None: of no town."""

    day: date
    known: Known
    town_code: str | None
    town: str | None
    values: dict[str, int]


@question(*_READ)
def figures_by_town(session: Session, actor: Actor, *, days: tuple[date, ...]) -> tuple[TownPast, ...]:
    """The counts at the end of each day, as known then and as known now, by the town where an order within reach, or
    the order, grid or site of a service, lies today: over a whole county they add up to `figures_of`. People are left
    out, for one may be counted in two towns. Every town of the orders has a row."""
    require(actor, Action.SEE_TEAMS)
    rows = session.execute(
        select(Need.id, Need.town_code).where(Need.county == actor.county, at_reached_site(actor, Need.site_id))
    ).all()
    towns = {row.id: row.town_code for row in rows}
    names = dict(session.execute(select(Division.code, Division.name).where(Division.county == actor.county)).all())
    events = list(happenings(session, actor.county, until(max(days)), Known.NOW))
    found = []
    for day in days:
        for known in Known:
            orders: dict[str | None, dict[int, Past]] = {code: {} for code in towns.values()}
            for need_id, past in pasts(events, until(day), known).items():
                if need_id in towns:
                    orders[towns[need_id]][need_id] = past
            with standing_at(session, actor.county, until(day), known, orders=False):
                work = _work_by_town(session, actor, day, known)
            none: dict[str, int] = {key: 0 for counts in work.values() for key in counts}
            for code in sorted({*orders, *work}, key=lambda one: one or ""):
                values = counted(orders.get(code, {}), day) | none | work.get(code, {})
                placed = {figure.key: values[figure.key] for figure in FIGURES if figure.key in values}
                found.append(TownPast(day, known, code, names.get(code or ""), placed))
    return tuple(found)


def _work_by_town(session: Session, actor: Actor, day: date, known: Known) -> dict[str | None, dict[str, int]]:
    """Services, answers and activities by town: of the order, else of the grid, else of the site."""
    moment = last_moment(day)
    placed = func.coalesce(Grid.town_code, Site.town_code)
    served = services_counted(actor, moment).outerjoin(Need, Need.id == Service.need_id)
    statements: list[tuple[Any, Any]] = [
        (_at(served, Service), func.coalesce(Need.town_code, placed)),
        (ratings_counted(actor, moment), Need.town_code),
    ]
    if known is Known.NOW:
        statements.append((_at(activities_counted(actor, moment).select_from(Activity), Activity), placed))
    found: dict[str | None, dict[str, int]] = {}
    for statement, town in statements:
        for row in session.execute(statement.add_columns(town.label("n_town")).group_by(town)).mappings():
            counts = with_bases({key: value for key, value in row.items() if key != "n_town"})
            found.setdefault(row["n_town"], {}).update({key: int(value or 0) for key, (value, _) in counts.items()})
    return found


def _at(statement: Any, row: Any) -> Any:
    return statement.outerjoin(Grid, Grid.id == row.grid_id).outerjoin(Site, Site.id == row.site_id)


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
