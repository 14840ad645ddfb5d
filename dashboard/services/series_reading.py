"""What is coming: the series within reach with their next visits, and the visits to which nobody is sent."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from dashboard.core import series as core
from dashboard.core.errors import NotFound
from dashboard.core.masking import masked_name
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.words import HOLDS_SEAT, NeedState, Subject
from dashboard.services.needs_queue import category_name
from dashboard.services.questions import question
from dashboard.services.reach import at_reached_site
from dashboard.services.series_making import WAITS
from dashboard.services.series_rows import changed_visits, running, series_of
from db.models import Category, Dispatch, Need, NeedInterval, Person, RecurringNeed, SeriesVisit, Volunteer

#: A visit this near to which nobody is sent raises the alarm.
ALARM = timedelta(days=3)
#: How far ahead the next visits of a series are looked for, and how many are shown.
AHEAD, NEXT = timedelta(days=400), 8
#: A need moved by hand is found for so long after the time its visit was planned for.
_MOVED_BY_HAND = timedelta(days=60)


@dataclass(frozen=True)
class Gap:
    """A visit to which nobody is sent. Without a need it was not made yet; `resident` is masked."""

    series_id: int
    original: datetime
    start: datetime
    end: datetime
    need_id: int | None
    code: str
    title: str
    resident: str
    keeper: str


@dataclass(frozen=True)
class SeriesLine:
    """A running series. `rule` is its text; `next_at` the next visit within 400 days; the resident is masked."""

    id: int
    version: int
    title: str
    category: str
    person_id: int | None
    resident: str
    place: str
    rule: str
    start: datetime
    minutes: int
    keeper_id: int | None
    keeper: str
    substitute_id: int | None
    substitute: str
    next_at: datetime | None


@dataclass(frozen=True)
class Coming:
    """A visit that has not ended: its need, once it has one, with its state and how many people are sent."""

    original: datetime
    start: datetime
    end: datetime
    need_id: int | None
    code: str
    state: str
    sent: int

    @property
    def moved(self) -> bool:
        return self.start != self.original


@dataclass(frozen=True)
class SeriesCard:
    """A series with its next visits."""

    line: SeriesLine
    visits: tuple[Coming, ...]


@question(Subject.NEEDS, Subject.PEOPLE, Subject.PLACES, Subject.CATALOGUE)
def gaps(session: Session, actor: Actor, *, now: datetime) -> tuple[Gap, ...]:
    """Visits of the next three days to which nobody has been sent or said yes, the first first."""
    require(actor, Action.EDIT_NEED)
    until = now + ALARM
    lines = {line.id: line for line in _lines(session, actor, now, until, "zh")}
    found = [
        Gap(
            series_id=row.series_id,
            original=row.original_start,
            start=row.start,
            end=row.end,
            need_id=row.id,
            code=row.code,
            title=row.title,
            resident=masked_name(row.name or ""),
            keeper=lines[row.series_id].keeper if row.series_id in lines else "",
        )
        for row in _needs_without_people(session, actor, now, until)
    ]
    changed = changed_visits(session, actor.county, list(lines))
    for row in _rows(session, actor):
        for visit in core.visits(series_of(row, changed[row.id]), now, until):
            kept = changed[row.id].get(visit.original)
            if kept is None or kept.need_id is None:
                line = lines[row.id]
                found.append(
                    Gap(
                        row.id,
                        visit.original,
                        visit.start,
                        visit.end,
                        None,
                        "",
                        line.title,
                        line.resident,
                        line.keeper,
                    )
                )
    return tuple(sorted(found, key=lambda gap: (gap.start, gap.series_id, gap.original)))


def _needs_without_people(session: Session, actor: Actor, now: datetime, until: datetime) -> list[Any]:
    """Needs of visits that begin in the window and for which nobody holds a seat."""
    sent = (
        select(Dispatch.id)
        .where(Dispatch.county == Need.county, Dispatch.need_id == Need.id, Dispatch.state.in_(HOLDS_SEAT))
        .exists()
    )
    return list(
        session.execute(
            select(
                SeriesVisit.series_id,
                SeriesVisit.original_start,
                Need.id,
                Need.code,
                Need.title,
                Person.name,
                func.min(NeedInterval.start).label("start"),
                func.max(NeedInterval.end).label("end"),
            )
            .join(RecurringNeed, RecurringNeed.id == SeriesVisit.series_id)
            .join(Need, Need.id == SeriesVisit.need_id)
            .join(NeedInterval, (NeedInterval.county == Need.county) & (NeedInterval.need_id == Need.id))
            .outerjoin(Person, Person.id == Need.person_id)
            .where(
                SeriesVisit.county == actor.county,
                running(actor.county),
                func.coalesce(SeriesVisit.moved_to, SeriesVisit.original_start) >= now - _MOVED_BY_HAND,
                Need.state.in_(WAITS),
                ~sent,
                at_reached_site(actor, Need.site_id),
            )
            .group_by(SeriesVisit.series_id, SeriesVisit.original_start, Need.id, Need.code, Need.title, Person.name)
            .having(func.min(NeedInterval.start) >= now, func.min(NeedInterval.start) < until)
        )
    )


@question(Subject.NEEDS, Subject.PEOPLE, Subject.PLACES, Subject.CATALOGUE)
def series_list(session: Session, actor: Actor, *, now: datetime, language: str = "zh") -> tuple[SeriesLine, ...]:
    """The running series within reach, the one with the next visit first."""
    require(actor, Action.EDIT_NEED)
    return _lines(session, actor, now, now + AHEAD, language)


@question(Subject.NEEDS, Subject.PEOPLE, Subject.PLACES, Subject.CATALOGUE)
def series_card(session: Session, actor: Actor, *, series_id: int, now: datetime, language: str = "zh") -> SeriesCard:
    """A running series within reach with its next visits. Raises NotFound for another."""
    require(actor, Action.EDIT_NEED)
    lines = _lines(session, actor, now, now + AHEAD, language, series_id)
    if not lines:
        raise NotFound("series.no_such")
    row = session.get_one(RecurringNeed, series_id)
    changed = changed_visits(session, actor.county, [series_id])[series_id]
    # One that began earlier today may still be on.
    since = now - timedelta(minutes=row.minutes)
    coming = [visit for visit in core.visits(series_of(row, changed), since, now + AHEAD) if visit.end > now][:NEXT]
    needs = {at: changed[at].need_id for at in (visit.original for visit in coming) if at in changed}
    told = _states(session, actor.county, [need_id for need_id in needs.values() if need_id is not None])
    nothing = ("", "", 0)
    return SeriesCard(
        lines[0],
        tuple(
            Coming(
                visit.original,
                visit.start,
                visit.end,
                needs.get(visit.original),
                *told.get(needs.get(visit.original) or 0, nothing),
            )
            for visit in coming
        ),
    )


def _states(session: Session, county: str, need_ids: list[int]) -> dict[int, tuple[str, NeedState | str, int]]:
    """Need -> its code, its state, how many people hold a seat."""
    sent = (
        select(func.count(func.distinct(Dispatch.seat_of)))
        .where(Dispatch.county == Need.county, Dispatch.need_id == Need.id, Dispatch.state.in_(HOLDS_SEAT))
        .scalar_subquery()
    )
    rows = session.execute(
        select(Need.id, Need.code, Need.state, sent.label("sent")).where(Need.county == county, Need.id.in_(need_ids))
    )
    return {row.id: (row.code, row.state, row.sent) for row in rows}


def _rows(session: Session, actor: Actor) -> list[RecurringNeed]:
    statement = select(RecurringNeed).where(running(actor.county), at_reached_site(actor, RecurringNeed.site_id))
    return list(session.scalars(statement.order_by(RecurringNeed.id)))


def _lines(
    session: Session, actor: Actor, now: datetime, until: datetime, language: str, only: int | None = None
) -> tuple[SeriesLine, ...]:
    """The running series, their next visits looked for up to `until`; `only` one of them."""
    resident, keeper, substitute = (aliased(Person) for _ in range(3))
    first, second = aliased(Volunteer), aliased(Volunteer)
    rows = session.execute(
        select(
            RecurringNeed,
            category_name(language).label("category"),
            resident.name.label("resident"),
            keeper.name.label("keeper"),
            substitute.name.label("substitute"),
        )
        .outerjoin(Category, Category.id == RecurringNeed.category_id)
        .outerjoin(resident, resident.id == RecurringNeed.person_id)
        .outerjoin(first, first.id == RecurringNeed.keeper_id)
        .outerjoin(keeper, keeper.id == first.person_id)
        .outerjoin(second, second.id == RecurringNeed.substitute_id)
        .outerjoin(substitute, substitute.id == second.person_id)
        .where(
            running(actor.county),
            at_reached_site(actor, RecurringNeed.site_id),
            *(() if only is None else (RecurringNeed.id == only,)),
        )
    ).all()
    changed = changed_visits(session, actor.county, [row[0].id for row in rows])
    found = []
    for row in rows:
        one: RecurringNeed = row[0]
        coming = core.visits(series_of(one, changed[one.id]), now, until)
        found.append(
            SeriesLine(
                id=one.id,
                version=one.version,
                title=one.title or row.category or "",
                category=row.category or "",
                person_id=one.person_id,
                resident=masked_name(row.resident or ""),
                place=one.place_text,
                rule=one.rule,
                start=one.start,
                minutes=one.minutes,
                keeper_id=one.keeper_id,
                keeper=row.keeper or "",
                substitute_id=one.substitute_id,
                substitute=row.substitute or "",
                next_at=coming[0].start if coming else None,
            )
        )
    never = now + 2 * AHEAD
    return tuple(sorted(found, key=lambda line: (line.next_at or never, line.id)))


@question(Subject.NEEDS, Subject.PLACES)
def need_of_code(session: Session, actor: Actor, *, code: str) -> int:
    """The id of the need of this code within reach. Raises NotFound for another."""
    require(actor, Action.EDIT_NEED)
    mine = (Need.county == actor.county, Need.code == code.strip(), at_reached_site(actor, Need.site_id))
    found = session.scalar(select(Need.id).where(*mine))
    if found is None:
        raise NotFound("needs.no_such")
    return int(found)
