"""Every figure of core/figures.py read from its rows by SQL, within the actor's part of the site tree.

Each reader below returns {key: (value, n)} for a group of figures that one or two statements count together.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, distinct, exists, func, or_, select
from sqlalchemy.orm import Session

from dashboard.core import figures
from dashboard.core.edges import Edges
from dashboard.core.figures import Value
from dashboard.core.needs import REOPENABLE, SERVED
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.words import Grade, Level, NeedState, Outcome, Subject, VolunteerStatus
from dashboard.services.commands import revisions
from dashboard.services.filtering import is_open, is_overdue, valid_on
from dashboard.services.holding_edges import Held, edges_at
from dashboard.services.need_life import holding_role
from dashboard.services.questions import question
from dashboard.services.reach import at_reached_site
from db.models import (
    Activity,
    Certificate,
    Grid,
    GridContact,
    Membership,
    Need,
    NeedEvent,
    NeedRole,
    Rating,
    Service,
    Site,
    Team,
    Volunteer,
)

Counts = dict[str, tuple[float | None, int]]


@dataclass(frozen=True)
class FigureSheet:
    """All figures of one moment. `revision` grows with every change of the data: equal revisions, equal figures."""

    as_of: datetime
    revision: int
    values: dict[str, Value]
    held: Held

    def plain(self) -> dict[str, Any]:
        """The shape scripts may rely on (docs/commands.md)."""
        return {
            "as_of": self.as_of.isoformat(),
            "revision": self.revision,
            "edges": {"version": self.held.version, **self.held.edges.plain()},
            "figures": {
                key: {"value": found.value, "unit": found.unit.value, "n": found.n}
                for key, found in self.values.items()
            },
        }


@question(*Subject)
def sheet(session: Session, actor: Actor, *, now: datetime) -> FigureSheet:
    """Every figure within the actor's part of the tree."""
    require(actor, Action.SEE_TEAMS)
    held = edges_at(session, actor.county, now)
    values = complete_at(counts_at(session, actor, now, held.edges), held.edges)
    return FigureSheet(now, sum(revisions(session, actor.county, Subject)), values, held)


def counts_at(session: Session, actor: Actor, now: datetime, edges: Edges) -> Counts:
    """Every count, cut at these edges."""
    counts: Counts = {}
    for read in READERS:
        counts |= read(session, actor, now)
    return counts | edged_counts(session, actor, now, edges)


def edged_counts(session: Session, actor: Actor, now: datetime, edges: Edges) -> Counts:
    """The counts that the edges cut."""
    return _active(session, actor, now, edges) | _teams_active(session, actor, now, edges)


def complete_at(counts: Counts, edges: Edges) -> dict[str, Value]:
    """Every figure from all counts."""
    return figures.complete(counts, edges)


def in_force(row: Any, day: date) -> ColumnElement[bool]:
    """Rows whose valid_from and valid_to (either may be open) hold on a day."""
    return and_(or_(row.valid_from.is_(None), row.valid_from <= day), or_(row.valid_to.is_(None), row.valid_to > day))


def in_span(moment: Any, span: tuple[datetime, datetime]) -> ColumnElement[bool]:
    """Moments of a half-open span."""
    return and_(moment >= span[0], moment < span[1])


def was_reopened() -> ColumnElement[bool]:
    """The rated need was opened again after it was asked about: the resident contradicts.

    Asked anew after that, she is not made silent by it: the contradiction stands until she answers.
    """
    silent = and_(Rating.score.is_(None), Rating.outcome.is_(None))
    return exists().where(
        NeedEvent.county == Rating.county,
        NeedEvent.need_id == Rating.need_id,
        NeedEvent.dispatch_id.is_(None),
        NeedEvent.to_state == NeedState.OPEN,
        NeedEvent.from_state.in_(REOPENABLE),
        or_(NeedEvent.recorded_at >= Rating.asked_at, and_(silent, NeedEvent.from_state.in_(SERVED))),
    )


def answered() -> ColumnElement[bool]:
    """The rating is no longer silent: see core.figures.is_satisfied."""
    return or_(Rating.score.is_not(None), Rating.outcome.is_not(None), was_reopened())


def satisfied() -> ColumnElement[bool]:
    """core.figures.is_satisfied in SQL; false for silent cases (which `answered` tells apart)."""
    said = or_(Rating.score >= 4, and_(Rating.score.is_(None), Rating.outcome == Outcome.DONE))
    return and_(func.coalesce(said, False), ~was_reopened())


def counted(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """How many rows of the group meet the condition."""
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _row(session: Session, statement: Any) -> dict[str, Any]:
    """The one row of a counting statement, by label."""
    return dict(session.execute(statement).one()._mapping)


def _sites(session: Session, actor: Actor, now: datetime) -> Counts:
    levels = {f"sites_{level}": counted(Site.level == level) for level in Level}
    statement = select(func.count().label("sites"), *(count.label(key) for key, count in levels.items()))
    reached = (Site.county == actor.county, at_reached_site(actor, Site.id), in_force(Site, figures.county_today(now)))
    return with_bases(_row(session, statement.where(*reached)))


def _grids(session: Session, actor: Actor, now: datetime) -> Counts:
    grid = (Grid.county == actor.county, at_reached_site(actor, Grid.site_id), valid_on(figures.county_today(now)))
    card = (
        GridContact.county == Grid.county,
        GridContact.grid_id == Grid.id,
        in_force(GridContact, figures.county_today(now)),
    )
    row = _row(
        session,
        select(
            func.count().label("grids"),
            counted(~exists().where(*card)).label("grids_without_contact"),
            func.sum(Grid.households).label("sum"),
            func.count(Grid.households).label("known"),
        ).where(*grid),
    )
    cards = _row(
        session,
        select(func.count().label("contact_cards"), func.count(distinct(GridContact.person_id)).label("contact_people"))
        .join(Grid, and_(*card))
        .where(*grid),
    )
    total, known = row.pop("sum"), row.pop("known")
    return with_bases(row | cards) | {"households": (None if total is None else int(total), known)}


def _volunteers(session: Session, actor: Actor, now: datetime) -> Counts:
    active = active_volunteer(actor)
    row = _row(
        session,
        select(
            func.count().label("volunteers"), counted(~Volunteer.availability_known).label("volunteers_time_unknown")
        ).where(*active),
    )
    year = in_span(Service.start, figures.year_span(figures.county_today(now)))
    row["volunteers_served"] = session.scalar(
        select(func.count(distinct(Service.volunteer_id))).where(*reached_service(actor), year)
    )
    return with_bases(row)


def _active(session: Session, actor: Actor, now: datetime, edges: Edges) -> Counts:
    active, today = active_volunteer(actor), figures.county_today(now)
    recent = _served_in(actor, figures.recent_span(today, edges.active_days)).distinct().subquery()
    serving = session.scalar(
        select(func.count()).select_from(Volunteer).join(recent, recent.c.volunteer_id == Volunteer.id).where(*active)
    )
    ending = session.scalar(
        select(func.count()).select_from(Certificate).join(Volunteer).where(*active, expiring(today, edges.expiry_days))
    )
    return with_bases({"volunteers_active": serving, "certificates_expiring": ending})


def expiring(today: date, days: int) -> ColumnElement[bool]:
    """Certificates that end from today to `days` ahead, none later for the same skill being on file."""
    of_one = (Certificate.county, Certificate.volunteer_id, Certificate.skill_id)
    place = func.row_number().over(partition_by=of_one, order_by=(Certificate.expires_on.desc(), Certificate.id))
    ranked = select(Certificate.id, place.label("place")).subquery()
    span = Certificate.expires_on.between(today, today + timedelta(days=days))
    return and_(span, Certificate.id.in_(select(ranked.c.id).where(ranked.c.place == 1)))


def active_volunteer(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """Volunteers on the register within reach."""
    return (
        Volunteer.county == actor.county,
        Volunteer.status == VolunteerStatus.ACTIVE,
        at_reached_site(actor, Volunteer.site_id),
    )


def reached_service(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """Service records within reach."""
    return (Service.county == actor.county, at_reached_site(actor, Service.site_id))


def _served_in(actor: Actor, span: tuple[datetime, datetime]) -> Select[Any]:
    """Volunteers with a service record of the county in the span, wherever it was."""
    return select(Service.volunteer_id).where(Service.county == actor.county, in_span(Service.start, span))


def _team(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return (Team.county == actor.county, Team.active.is_(True), at_reached_site(actor, Team.site_id))


def _teams_active(session: Session, actor: Actor, now: datetime, edges: Edges) -> Counts:
    recent = in_span(Service.start, figures.recent_span(figures.county_today(now), edges.active_days))
    served = exists().where(Service.county == Team.county, Service.team_id == Team.id, recent)
    return with_bases(_row(session, select(func.count().label("teams_active")).where(*_team(actor), served)))


def _teams(session: Session, actor: Actor, now: datetime) -> Counts:
    team = _team(actor)
    row = _row(session, select(func.count().label("teams")).where(*team))
    members = (
        select(
            func.count(distinct(Membership.volunteer_id)).label("team_members"),
            func.count().label("memberships"),
        )
        .join(Team, Team.id == Membership.team_id)
        .join(Volunteer, Volunteer.id == Membership.volunteer_id)
        .where(*team, in_force(Membership, figures.county_today(now)), Volunteer.status == VolunteerStatus.ACTIVE)
    )
    return with_bases(row | _row(session, members))


def _needs_now(session: Session, actor: Actor, now: datetime) -> Counts:
    row = _row(
        session,
        select(
            counted(Need.state == NeedState.TO_VERIFY).label("needs_to_verify"),
            counted(is_open()).label("needs_open"),
            counted(Need.state == NeedState.IN_SERVICE).label("needs_in_service"),
            counted(is_overdue(now)).label("needs_overdue"),
        ).where(*reached_need(actor)),
    )
    role = (
        select(NeedRole.head_count, holding_role().label("held"))
        .join(Need)
        .where(*reached_need(actor), is_open())
        .subquery()
    )
    left = role.c.head_count - role.c.held
    seats = _row(
        session,
        select(
            func.coalesce(func.sum(role.c.head_count), 0).label("seats_wanted"),
            func.coalesce(func.sum(role.c.held), 0).label("seats_held"),
            func.coalesce(func.sum(case((left > 0, left), else_=0)), 0).label("seats_open"),
        ),
    )
    overdue = {"needs_overdue": (int(row["needs_overdue"]), int(row["needs_open"]))}
    return with_bases(row | seats) | overdue


def reached_need(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """Orders within reach."""
    return (Need.county == actor.county, at_reached_site(actor, Need.site_id))


def _needs_year(session: Session, actor: Actor, now: datetime) -> Counts:
    year = figures.year_span(figures.county_today(now))
    registered = _row(
        session,
        select(
            func.count().label("needs_registered"),
            func.count(Need.earlier_need_id).label("needs_repeated"),
            func.count(distinct(Need.person_id)).label("residents_asking"),
            func.count(Need.person_id).label("with_person"),
        ).where(*reached_need(actor), in_span(Need.registered_at, year), Need.state != NeedState.DRAFT),
    )
    closed = Need.state == NeedState.CLOSED
    ended = _row(
        session,
        select(
            counted(closed).label("needs_closed"),
            counted(and_(closed, Need.close_due_at.is_not(None))).label("needs_closed_with_deadline"),
            counted(and_(closed, Need.closed_at <= Need.close_due_at)).label("needs_closed_in_time"),
            counted(Need.state == NeedState.UNMET).label("needs_unmet"),
        ).where(*reached_need(actor), in_span(Need.closed_at, year)),
    )
    with_person = registered.pop("with_person")
    return with_bases(registered | ended) | {"residents_asking": (registered["residents_asking"], with_person)}


def services_counted(actor: Actor, now: datetime) -> Select[*tuple[Any, ...]]:
    """Services of the year and their time, by grade; `n_` and a key: how many rows that is the sum of."""
    graded = {f"service_minutes_{grade.lower()}": Service.grade == grade for grade in Grade}
    return select(
        func.count().label("services"),
        func.coalesce(func.sum(Service.minutes), 0).label("service_minutes"),
        func.count().label("n_service_minutes"),
        *(func.coalesce(func.sum(case((g, Service.minutes))), 0).label(key) for key, g in graded.items()),
        *(counted(g).label(f"n_{key}") for key, g in graded.items()),
    ).where(*reached_service(actor), in_span(Service.start, figures.year_span(figures.county_today(now))))


def activities_counted(actor: Actor, now: datetime) -> Select[*tuple[Any, ...]]:
    """Activities of the year and whom they reached."""
    return select(
        func.count().label("activities"),
        counted(Activity.people_reached.is_(None)).label("activities_uncounted"),
        func.coalesce(func.sum(Activity.people_reached), 0).label("people_reached"),
        func.count(Activity.people_reached).label("n_people_reached"),
    ).where(
        Activity.county == actor.county,
        at_reached_site(actor, Activity.site_id),
        in_span(Activity.start, figures.year_span(figures.county_today(now))),
    )


def ratings_counted(actor: Actor, now: datetime) -> Select[*tuple[Any, ...]]:
    """Residents asked in the year, and what they said."""
    return (
        select(
            func.count().label("ratings_asked"),
            counted(answered()).label("ratings_answered"),
            counted(~answered()).label("ratings_silent"),
            counted(satisfied()).label("ratings_satisfied"),
        )
        .select_from(Rating)
        .join(Need)
        .where(
            Rating.county == actor.county,
            at_reached_site(actor, Need.site_id),
            in_span(Rating.asked_at, figures.year_span(figures.county_today(now))),
        )
    )


def with_bases(row: Mapping[str, Any]) -> Counts:
    """Counts, each with its own `n_` where there is one."""
    keys = [key for key in row if not key.startswith("n_")]
    return {key: (int(row[key] or 0), int(row.get(f"n_{key}", row[key]) or 0)) for key in keys}


Reader = Callable[[Session, Actor, datetime], Counts]


def _counting(statement: Callable[[Actor, datetime], Select[*tuple[Any, ...]]]) -> Reader:
    return lambda session, actor, now: with_bases(_row(session, statement(actor, now)))


#: Each with the figures that it reads.
READERS: dict[Reader, tuple[str, ...]] = {
    _sites: ("sites", *(f"sites_{level}" for level in Level)),
    _grids: ("grids", "grids_without_contact", "contact_cards", "contact_people", "households"),
    _volunteers: ("volunteers", "volunteers_time_unknown", "volunteers_served"),
    _teams: ("teams", "team_members", "memberships"),
    _needs_now: (
        *("needs_to_verify", "needs_open", "needs_in_service", "needs_overdue"),
        *("seats_wanted", "seats_held", "seats_open"),
    ),
    _needs_year: (
        *("needs_registered", "needs_repeated", "residents_asking", "needs_closed"),
        *("needs_closed_with_deadline", "needs_closed_in_time", "needs_unmet"),
    ),
    _counting(services_counted): (
        "services",
        "service_minutes",
        *(f"service_minutes_{grade.lower()}" for grade in Grade),
    ),
    _counting(activities_counted): ("activities", "activities_uncounted", "people_reached"),
    _counting(ratings_counted): ("ratings_asked", "ratings_answered", "ratings_silent", "ratings_satisfied"),
}


def reader_of(key: str) -> Reader:
    """What reads a count that no edge cuts, with those it reads beside it. Raises KeyError for any other figure."""
    return {one: read for read, keys in READERS.items() for one in keys}[key]
