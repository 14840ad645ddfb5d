"""Hours in words and in sums: totals by grade, one volunteer's report, single services as a list or a sheet says them.

Every total is given by grade: hours signed in and out for (A), told alike by both sides (B) and entered by staff (C)
are never one number alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, distinct, func, select
from sqlalchemy.orm import Session

from dashboard.core import figures
from dashboard.core.errors import Invalid, NotFound
from dashboard.core.masking import masked_name
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.words import Grade, Subject
from dashboard.services.figures import in_span
from dashboard.services.questions import question
from dashboard.services.reach import at_reached_site, volunteer_named
from dashboard.services.stars import Stored, stored
from db.models import Account, Activity, CatalogueItem, Category, Grid, Need, Person, Service, Site, Volunteer

#: Days looked at unless asked otherwise, and the most of one question: it reads every row of them.
DAYS = 90
MOST_DAYS = 366
#: Ids of one statement: old SQLite takes no more than 999 values.
_PORTION = 900


@dataclass(frozen=True)
class GradeTotal:
    """Services, minutes and different people of one grade."""

    grade: Grade
    services: int
    minutes: int
    people: int


@dataclass(frozen=True)
class Entry:
    """One service in words. `volunteer` is masked outside the reader's part of the tree; `content` holds no resident's
    words: an activity's name, or the kind of an order and its code."""

    id: int
    volunteer_id: int
    volunteer: str
    start: datetime
    end: datetime
    break_minutes: int
    minutes: int
    grade: Grade
    content: str
    order: str
    place: str
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True)
class Report:
    """One volunteer's services of a span, oldest first, and their totals by grade; her stars are of all her time."""

    volunteer_id: int
    code: str
    name: str
    rows: tuple[Entry, ...]
    totals: tuple[GradeTotal, ...]
    stars: Stored | None


def span_of(first: date, last: date) -> tuple[datetime, datetime]:
    """Half-open span of whole county days, both included. Raises Invalid backwards or beyond `MOST_DAYS`."""
    if first > last:
        raise Invalid("hours.days_backwards")
    if (last - first).days >= MOST_DAYS:
        raise Invalid("hours.too_many_days", most=MOST_DAYS)
    return figures.day_span(first)[0], figures.day_span(last)[1]


def reached(actor: Actor, span: tuple[datetime, datetime]) -> tuple[ColumnElement[bool], ...]:
    """Services of the actor's part of the tree that began in the span."""
    return (Service.county == actor.county, at_reached_site(actor, Service.site_id), in_span(Service.start, span))


@question(Subject.SERVICES, Subject.PLACES)
def totals(session: Session, actor: Actor, *, first: date, last: date) -> tuple[GradeTotal, ...]:
    """Totals of the services within reach, one a grade, also where there are none."""
    require(actor, Action.SEE_TEAMS)
    return _totals(session, reached(actor, span_of(first, last)))


def _totals(session: Session, conditions: Sequence[ColumnElement[bool]]) -> tuple[GradeTotal, ...]:
    statement = (
        select(Service.grade, func.count(), func.sum(Service.minutes), func.count(distinct(Service.volunteer_id)))
        .where(*conditions)
        .group_by(Service.grade)
    )
    found = {row[0]: (int(row[1]), int(row[2]), int(row[3])) for row in session.execute(statement)}
    return tuple(GradeTotal(grade, *found.get(grade, (0, 0, 0))) for grade in Grade)


@question(Subject.SERVICES, Subject.NEEDS, Subject.PLACES, Subject.PEOPLE, Subject.ACCOUNTS, Subject.CATALOGUE)
def entries(session: Session, actor: Actor, *, ids: tuple[int, ...], language: str = "zh") -> dict[int, Entry]:
    """Services within reach in words, by id."""
    require(actor, Action.RECORD_SERVICE)
    found: dict[int, Entry] = {}
    for start in range(0, len(ids), _PORTION):
        asked = Service.id.in_(ids[start : start + _PORTION])
        within = (Service.county == actor.county, at_reached_site(actor, Service.site_id))
        found |= {row.id: row for row in rows_in_words(session, actor, (*within, asked), language)}
    return found


def rows_in_words(
    session: Session, actor: Actor, conditions: Sequence[ColumnElement[bool]], language: str
) -> tuple[Entry, ...]:
    """Services that meet the conditions, oldest first, as a page or a certificate says them."""
    statement: Select[Any] = (
        select(
            Service,
            Person.name.label("person"),
            case((volunteer_named(actor), 1), else_=0).label("named"),
            Need.code.label("order"),
            func.coalesce(Activity.name, CatalogueItem.name, _category_name(language), "").label("content"),
            func.coalesce(Grid.name, Site.name, "").label("place"),
            func.coalesce(Account.display_name, "").label("recorder"),
        )
        .join(Volunteer, Volunteer.id == Service.volunteer_id)
        .join(Person, Person.id == Volunteer.person_id)
        .outerjoin(Activity, Activity.id == Service.activity_id)
        .outerjoin(Need, Need.id == Service.need_id)
        .outerjoin(CatalogueItem, CatalogueItem.id == Need.item_id)
        .outerjoin(Category, Category.id == func.coalesce(Activity.category_id, Need.category_id))
        .outerjoin(Grid, Grid.id == Service.grid_id)
        .outerjoin(Site, Site.id == Service.site_id)
        .outerjoin(Account, Account.id == Service.recorded_by)
        .where(*conditions)
        .order_by(Service.start, Service.id)
    )
    return tuple(
        Entry(
            id=row.Service.id,
            volunteer_id=row.Service.volunteer_id,
            volunteer=row.person if row.named else masked_name(row.person),
            start=row.Service.start,
            end=row.Service.end,
            break_minutes=row.Service.break_minutes,
            minutes=row.Service.minutes,
            grade=Grade(row.Service.grade),
            content=row.content,
            order=row.order or "",
            place=row.place,
            recorded_at=row.Service.recorded_at,
            recorded_by=row.recorder,
        )
        for row in session.execute(statement)
    )


def _category_name(language: str) -> ColumnElement[str]:
    own: ColumnElement[str] = func.coalesce(Category.name, "")
    return func.coalesce(func.nullif(Category.name_en, ""), own) if language == "en" else own


@question(Subject.SERVICES, Subject.NEEDS, Subject.PLACES, Subject.PEOPLE, Subject.ACCOUNTS, Subject.CATALOGUE)
def report(
    session: Session, actor: Actor, *, volunteer_id: int, first: date, last: date, language: str = "zh"
) -> Report:
    """A volunteer of the reader's part of the tree with all her services of the span, wherever she gave them."""
    require(actor, Action.RECORD_SERVICE)
    row = her(session, actor, volunteer_id)
    conditions = of_volunteer(actor.county, volunteer_id, first, last)
    return Report(
        volunteer_id=volunteer_id,
        code=row.code,
        name=row.name,
        rows=rows_in_words(session, actor, conditions, language),
        totals=_totals(session, conditions),
        stars=stored(session, actor.county, [volunteer_id]).get(volunteer_id),
    )


def her(session: Session, actor: Actor, volunteer_id: int) -> Any:
    """Code, name and site of a volunteer within reach. Raises NotFound."""
    row = session.execute(
        select(Volunteer.code, Volunteer.person_id, Person.name, Site.name.label("site"))
        .join(Person, Person.id == Volunteer.person_id)
        .outerjoin(Site, Site.id == Volunteer.site_id)
        .where(
            Volunteer.county == actor.county,
            Volunteer.id == volunteer_id,
            at_reached_site(actor, Volunteer.site_id),
        )
    ).one_or_none()
    if row is None:
        raise NotFound("volunteers.no_such")
    return row


def of_volunteer(county: str, volunteer_id: int, first: date, last: date) -> tuple[ColumnElement[bool], ...]:
    """The condition for her services that began on these days."""
    return (
        Service.county == county,
        Service.volunteer_id == volunteer_id,
        in_span(Service.start, (figures.day_span(first)[0], figures.day_span(last)[1])),
    )
