"""One team opened: its members and idle ones, its service records, activities and ratings.

Every number of the team board opens here: the rows listed count up to it. Names of volunteers are read only by roles
that may see volunteers, and only of their own part of the tree; everybody else gets rows without a person.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from dashboard.core import figures
from dashboard.core.errors import NotFound
from dashboard.core.masking import masked_name
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.words import Grade, Outcome, Subject, VolunteerStatus
from dashboard.services.figures import in_force, in_span, was_reopened
from dashboard.services.holding_edges import edges_on
from dashboard.services.questions import question
from dashboard.services.reach import team_shown, volunteer_named
from db.models import (
    Activity,
    Grid,
    Membership,
    Need,
    Person,
    Rating,
    Service,
    Site,
    Team,
    Volunteer,
)

PAGE = 50
Row = TypeVar("Row")


@dataclass(frozen=True)
class Member:
    """A member on the register. Time and services are those given for this team over the board's twelve months.

    `name` is masked outside the reader's part of the tree, and `within_reach` says so.
    """

    volunteer_id: int
    code: str
    name: str
    within_reach: bool
    since: date
    services: int
    minutes: int
    last_served: datetime | None


@dataclass(frozen=True)
class ServiceRow:
    """One service record. `occasion` is the activity's name or the order's code: never a resident's words."""

    id: int
    start: datetime
    end: datetime
    break_minutes: int
    minutes: int
    grade: Grade
    is_activity: bool
    occasion: str
    category_id: int | None
    place: str
    volunteer: str


@dataclass(frozen=True)
class ActivityRow:
    id: int
    start: datetime
    end: datetime
    name: str
    category_id: int | None
    place: str
    people_reached: int | None
    services: int


@dataclass(frozen=True)
class RatingRow:
    """An order somebody was asked about; without the resident's name and words."""

    id: int
    order: str
    asked_at: datetime
    score: int | None
    outcome: Outcome | None
    reopened: bool


@dataclass(frozen=True)
class Listing(Generic[Row]):
    """One page of rows, and how many there are in all."""

    rows: tuple[Row, ...]
    total: int


@question(Subject.PEOPLE, Subject.SERVICES, Subject.PLACES, Subject.RULES)
def members(
    session: Session, actor: Actor, *, team_id: int, today: date, idle: bool = False, page: int = 0, size: int = PAGE
) -> Listing[Member]:
    """Members of today, most hours first; with `idle` only those who haven't served for it lately."""
    require(actor, Action.SEE_VOLUNTEERS)
    team, year = shown_team(session, actor, team_id), figures.year_span(today)
    given = (
        select(
            Service.volunteer_id,
            func.count().label("services"),
            func.sum(Service.minutes).label("minutes"),
            func.max(Service.start).label("last"),
        )
        .where(Service.county == actor.county, Service.team_id == team, in_span(Service.start, year))
        .group_by(Service.volunteer_id)
        .subquery()
    )
    conditions: list[ColumnElement[bool]] = [
        Membership.county == actor.county,
        Membership.team_id == team,
        in_force(Membership, today),
        Volunteer.status == VolunteerStatus.ACTIVE,
    ]
    if idle:
        days = edges_on(session, actor.county, today).active_days
        conditions.append(or_(given.c.last.is_(None), given.c.last < figures.recent_span(today, days)[0]))
    minutes = func.coalesce(given.c.minutes, 0)
    statement = (
        select(
            Volunteer.id,
            Volunteer.code,
            Person.name,
            case((volunteer_named(actor), 1), else_=0).label("named"),
            Membership.valid_from,
            func.coalesce(given.c.services, 0).label("services"),
            minutes.label("minutes"),
            given.c.last,
            func.count().over().label("total"),
        )
        .select_from(Membership)
        .join(Volunteer, Volunteer.id == Membership.volunteer_id)
        .join(Person, Person.id == Volunteer.person_id)
        .outerjoin(given, given.c.volunteer_id == Volunteer.id)
        .where(*conditions)
        .order_by(minutes.desc(), Volunteer.id)
        .limit(size)
        .offset(page * size)
    )
    found = session.execute(statement).all()
    rows = tuple(
        Member(
            volunteer_id=row.id,
            code=row.code,
            name=row.name if row.named else masked_name(row.name),
            within_reach=bool(row.named),
            since=row.valid_from,
            services=row.services,
            minutes=int(row.minutes),
            last_served=row.last,
        )
        for row in found
    )
    return Listing(rows, found[0].total if found else 0)


@question(Subject.PEOPLE, Subject.SERVICES, Subject.PLACES, Subject.NEEDS)
def services(
    session: Session,
    actor: Actor,
    *,
    team_id: int,
    since: datetime,
    until: datetime,
    grade: Grade | None = None,
    page: int = 0,
    size: int = PAGE,
) -> Listing[ServiceRow]:
    """The team's service records of a span, newest first."""
    require(actor, Action.SEE_TEAMS)
    conditions = [
        Service.county == actor.county,
        Service.team_id == shown_team(session, actor, team_id),
        in_span(Service.start, (since, until)),
    ]
    if grade is not None:
        conditions.append(Service.grade == grade)
    total = session.scalar(select(func.count()).select_from(Service).where(*conditions)) or 0
    statement = (
        select(
            Service,
            Activity.name.label("activity"),
            Need.code.label("order"),
            func.coalesce(Activity.category_id, Need.category_id).label("category_id"),
            func.coalesce(Grid.name, Site.name).label("place"),
            Person.name.label("person"),
            case((volunteer_named(actor), 1), else_=0).label("named"),
        )
        .join(Volunteer, Volunteer.id == Service.volunteer_id)
        .join(Person, Person.id == Volunteer.person_id)
        .outerjoin(Activity, Activity.id == Service.activity_id)
        .outerjoin(Need, Need.id == Service.need_id)
        .outerjoin(Grid, Grid.id == Service.grid_id)
        .outerjoin(Site, Site.id == Service.site_id)
        .where(*conditions)
        .order_by(Service.start.desc(), Service.id.desc())
        .limit(size)
        .offset(page * size)
    )
    return Listing(tuple(_service(row, actor) for row in session.execute(statement)), total)


def _service(row: Any, actor: Actor) -> ServiceRow:
    record: Service = row.Service
    named = actor.may(Action.SEE_VOLUNTEERS)
    return ServiceRow(
        id=record.id,
        start=record.start,
        end=record.end,
        break_minutes=record.break_minutes,
        minutes=record.minutes,
        grade=Grade(record.grade),
        is_activity=record.activity_id is not None,
        occasion=row.activity or row.order or "",
        category_id=row.category_id,
        place=row.place or "",
        volunteer=(row.person if row.named else masked_name(row.person)) if named else "",
    )


@question(Subject.SERVICES, Subject.PLACES, Subject.PEOPLE)
def activities(
    session: Session, actor: Actor, *, team_id: int, since: datetime, until: datetime, page: int = 0, size: int = PAGE
) -> Listing[ActivityRow]:
    """The team's activities of a span, newest first, each with its service records."""
    require(actor, Action.SEE_TEAMS)
    held = (
        select(func.count())
        .where(Service.county == Activity.county, Service.activity_id == Activity.id)
        .correlate(Activity)
        .scalar_subquery()
    )
    conditions = (
        Activity.county == actor.county,
        Activity.team_id == shown_team(session, actor, team_id),
        in_span(Activity.start, (since, until)),
    )
    total = session.scalar(select(func.count()).select_from(Activity).where(*conditions)) or 0
    statement = (
        select(
            Activity.id,
            Activity.start,
            Activity.end,
            Activity.name,
            Activity.category_id,
            func.coalesce(Grid.name, Site.name, ""),
            Activity.people_reached,
            held,
        )
        .outerjoin(Grid, Grid.id == Activity.grid_id)
        .outerjoin(Site, Site.id == Activity.site_id)
        .where(*conditions)
        .order_by(Activity.start.desc(), Activity.id.desc())
        .limit(size)
        .offset(page * size)
    )
    return Listing(tuple(ActivityRow(*row) for row in session.execute(statement)), total)


@question(Subject.NEEDS, Subject.SERVICES, Subject.PEOPLE, Subject.PLACES)
def ratings(
    session: Session, actor: Actor, *, team_id: int, since: datetime, until: datetime, page: int = 0, size: int = PAGE
) -> Listing[RatingRow]:
    """The orders asked about in a span, newest first, silent ones among them."""
    require(actor, Action.SEE_TEAMS)
    conditions = (
        Rating.county == actor.county,
        Rating.team_id == shown_team(session, actor, team_id),
        in_span(Rating.asked_at, (since, until)),
    )
    total = session.scalar(select(func.count()).select_from(Rating).where(*conditions)) or 0
    reopened = case((was_reopened(), 1), else_=0)
    statement = (
        select(Rating.id, Need.code, Rating.asked_at, Rating.score, Rating.outcome, reopened)
        .select_from(Rating)
        .join(Need, Need.id == Rating.need_id)
        .where(*conditions)
        .order_by(Rating.asked_at.desc(), Rating.id.desc())
        .limit(size)
        .offset(page * size)
    )
    rows = (
        RatingRow(id, order, asked, score, Outcome(outcome) if outcome else None, bool(again))
        for id, order, asked, score, outcome, again in session.execute(statement)
    )
    return Listing(tuple(rows), total)


def shown_team(session: Session, actor: Actor, team_id: int) -> int:
    """The team's id, if the reader may see it. Raises NotFound."""
    seen = select(Team.id).where(Team.county == actor.county, Team.id == team_id, team_shown(actor))
    found = session.scalar(seen)
    if found is None:
        raise NotFound("teams.no_such")
    return found
