"""All teams side by side: members and active ones, services, graded hours, people reached, satisfaction, coverage.

A handful of statements for all teams together, each an aggregation that the database does on its indexes; a million
service records are never loaded. No personal data: this board is for every role.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session

from dashboard.core import figures
from dashboard.core.edges import Edges
from dashboard.core.figures import Month, Satisfaction
from dashboard.core.permissions import WHOLE_COUNTY, Action, Actor, require
from dashboard.core.words import Aspect, Grade, Subject, TeamKind, VolunteerStatus
from dashboard.services.figures import answered, counted, in_force, in_span, satisfied
from dashboard.services.holding_edges import edges_on
from dashboard.services.questions import question, within
from dashboard.services.reach import at_reached_site, team_shown
from db.models import (
    Activity,
    CatalogueItem,
    Category,
    Division,
    Membership,
    Need,
    Rating,
    Service,
    Site,
    Team,
    Volunteer,
)

GRADES = tuple(Grade)


@dataclass(frozen=True)
class MonthFigures:
    """A team's month: service records, their minutes, and those by grade in the order of `Grade`."""

    services: int = 0
    minutes: int = 0
    graded: tuple[int, ...] = (0,) * len(GRADES)


@dataclass(frozen=True)
class CategoryName:
    """A category of the catalogue in both languages."""

    id: int
    code: str
    name: str
    name_en: str

    def shown(self, language: str) -> str:
        return self.name_en if language == "en" and self.name_en else self.name


@dataclass(frozen=True)
class TeamRow:
    """One team in figures. Counts over time cover the board's twelve months, `active_members` the last days (its
    edges).

    `people_reached` are person-times of the activities that were counted, None when none was. `served` and `offered`
    hold occasions (orders and activities) and menu items by category id. `aspect`: the team is the squad of it.
    `within_reach`: the team belongs to the reader's part of the tree (else it is shown because it is shared).
    """

    id: int
    code: str
    name: str
    kind: TeamKind
    aspect: Aspect | None
    version: int
    site: str
    town: str
    town_code: str
    shared: bool
    within_reach: bool
    members: int
    active_members: int
    months: tuple[MonthFigures, ...]
    activities: int
    uncounted: int
    people_reached: int | None
    satisfaction: Satisfaction
    served: dict[int, int]
    offered: dict[int, int]

    @property
    def services(self) -> int:
        return sum(month.services for month in self.months)

    @property
    def minutes(self) -> int:
        return sum(month.minutes for month in self.months)

    @property
    def graded(self) -> tuple[int, ...]:
        """Minutes by grade, in the order of `Grade`."""
        return tuple(sum(part) for part in zip(*(month.graded for month in self.months), strict=True))

    @property
    def idle_members(self) -> int:
        return self.members - self.active_members


@dataclass(frozen=True)
class Teamless:
    """What the reader's part of the county did in the time without a team: the board's rows and this are all of it."""

    services: int
    minutes: int
    asked: int


@dataclass(frozen=True)
class TeamBoard:
    """Every team the reader may see, by name, over the twelve months that end with `today`."""

    today: date
    months: tuple[Month, ...]
    categories: tuple[CategoryName, ...]
    rows: tuple[TeamRow, ...]
    teamless: Teamless
    edges: Edges

    def team(self, team_id: int | None) -> TeamRow | None:
        return next((row for row in self.rows if row.id == team_id), None)


@question(Subject.PLACES, Subject.PEOPLE, Subject.CATALOGUE, Subject.NEEDS, Subject.SERVICES, Subject.RULES)
def board(session: Session, actor: Actor, *, today: date) -> TeamBoard:
    """All teams of the reader's part of the tree and the shared ones, in figures."""
    require(actor, Action.SEE_TEAMS)
    months, edges = figures.months_until(today), edges_on(session, actor.county, today)
    members, active = _members(session, actor, today), _active(session, actor, today, edges)
    by_month = _months(session, actor, months)
    activities, ratings = _activities(session, actor, today), _ratings(session, actor, today, edges)
    served, offered = _served(session, actor, today), _offered(session, actor, today)
    rows = tuple(
        TeamRow(
            id=team.id,
            code=team.code,
            name=team.name,
            kind=TeamKind(team.kind),
            aspect=Aspect(team.aspect) if team.aspect else None,
            version=team.version,
            site=team.site or "",
            town=team.town or "",
            town_code=team.town_code or "",
            shared=team.shared,
            within_reach=bool(team.within_reach),
            members=members.get(team.id, 0),
            active_members=active.get(team.id, 0),
            months=tuple(by_month.get((team.id, n), MonthFigures()) for n in range(len(months))),
            satisfaction=ratings.get(team.id, Satisfaction(0, 0, 0, edges.small_base)),
            served=served[team.id],
            offered=offered[team.id],
            **activities.get(team.id, {"activities": 0, "uncounted": 0, "people_reached": None}),
        )
        for team in session.execute(_shown_teams(actor))
    )
    return TeamBoard(today, months, category_names(session, actor), rows, _teamless(session, actor, today), edges)


def category_names(session: Session, actor: Actor) -> tuple[CategoryName, ...]:
    """The county's categories in the order of the menu."""
    found = session.execute(
        select(Category.id, Category.code, Category.name, Category.name_en)
        .where(Category.county == actor.county)
        .order_by(Category.position, Category.id)
    )
    return tuple(CategoryName(*row) for row in found)


def part_of(moment: ColumnElement[datetime], begins: Sequence[datetime], first: int = 0) -> ColumnElement[int]:
    """The number of the part (a month, a day) a moment lies in: parts follow each other and begin at `begins`.

    Moments before the first part count as in it: bound them yourself. Few comparisons a row, and exact county time
    on every database, where cutting dates out of UTC times would be neither.
    """
    if len(begins) == 1:
        return literal(first)
    half = len(begins) // 2
    before, after = part_of(moment, begins[:half], first), part_of(moment, begins[half:], first + half)
    return case((moment < begins[half], before), else_=after)


def _shown_teams(actor: Actor) -> Select[*tuple[Any, ...]]:
    reached = case((within(actor, Site.path), 1), else_=1 if actor.site_path == WHOLE_COUNTY else 0)
    return (
        select(
            Team.id,
            Team.code,
            Team.name,
            Team.kind,
            Team.aspect,
            Team.version,
            Team.shared,
            Site.name.label("site"),
            Division.name.label("town"),
            Site.town_code,
            reached.label("within_reach"),
        )
        .outerjoin(Site, Site.id == Team.site_id)
        .outerjoin(Division, and_(Division.county == Site.county, Division.code == Site.town_code))
        .where(Team.county == actor.county, Team.active, team_shown(actor))
        .order_by(Team.name, Team.id)
    )


def _members(session: Session, actor: Actor, today: date) -> dict[int, int]:
    statement = select(Membership.team_id, func.count()).select_from(Membership).join(Volunteer)
    counted_members = statement.where(*_member(actor, today)).group_by(Membership.team_id)
    return {row[0]: row[1] for row in session.execute(counted_members)}


def _member(actor: Actor, today: date) -> tuple[ColumnElement[bool], ...]:
    """Memberships of today of volunteers on the register. Joins Volunteer."""
    return (
        Membership.county == actor.county,
        in_force(Membership, today),
        Volunteer.status == VolunteerStatus.ACTIVE,
    )


def _active(session: Session, actor: Actor, today: date, edges: Edges) -> dict[int, int]:
    """Members who served for the team itself in the last days."""
    recent = (
        select(Service.team_id, Service.volunteer_id)
        .where(Service.county == actor.county, in_span(Service.start, figures.recent_span(today, edges.active_days)))
        .distinct()
        .subquery()
    )
    statement = (
        select(Membership.team_id, func.count())
        .join(Volunteer)
        .join(recent, and_(recent.c.team_id == Membership.team_id, recent.c.volunteer_id == Membership.volunteer_id))
        .where(*_member(actor, today))
        .group_by(Membership.team_id)
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def _months(session: Session, actor: Actor, months: tuple[Month, ...]) -> dict[tuple[int, int], MonthFigures]:
    """Services and minutes by team and month: one walk over the covering index of services."""
    number = part_of(Service.start.expression, [month.start for month in months]).label("n")
    statement = (
        select(
            Service.team_id,
            number,
            func.count(),
            func.sum(Service.minutes),
            *(func.coalesce(func.sum(case((Service.grade == grade, Service.minutes))), 0) for grade in GRADES),
        )
        .where(
            Service.county == actor.county,
            Service.team_id > 0,
            in_span(Service.start, (months[0].start, months[-1].end)),
        )
        .group_by(Service.team_id, number)
    )
    return {
        (team, n): MonthFigures(services, int(minutes), tuple(int(part) for part in graded))
        for team, n, services, minutes, *graded in session.execute(statement)
    }


def _activities(session: Session, actor: Actor, today: date) -> dict[int, dict[str, Any]]:
    reached = func.count(Activity.people_reached)
    statement = (
        select(Activity.team_id, func.count(), func.count() - reached, func.sum(Activity.people_reached))
        .where(Activity.county == actor.county, in_span(Activity.start, figures.year_span(today)))
        .group_by(Activity.team_id)
    )
    return {
        team: {"activities": held, "uncounted": uncounted, "people_reached": None if people is None else int(people)}
        for team, held, uncounted, people in session.execute(statement)
        if team is not None
    }


def _ratings(session: Session, actor: Actor, today: date, edges: Edges) -> dict[int, Satisfaction]:
    statement = (
        select(Rating.team_id, counted(satisfied()), counted(answered()), func.count())
        .where(Rating.county == actor.county, in_span(Rating.asked_at, figures.year_span(today)))
        .group_by(Rating.team_id)
    )
    found = session.execute(statement)
    return {team: Satisfaction(yes, said, asked, edges.small_base) for team, yes, said, asked in found if team}


def _served(session: Session, actor: Actor, today: date) -> dict[int, dict[int, int]]:
    """Occasions by team and category: activities held, and orders the team's people served."""
    year = figures.year_span(today)
    # "need_id > 0" says "is not null" so that SQLite walks the index that begins with it.
    orders = (
        select(Service.need_id, Service.team_id)
        .where(Service.county == actor.county, Service.need_id > 0, in_span(Service.start, year))
        .distinct()
        .subquery()
    )
    of_orders = select(orders.c.team_id, Need.category_id).join(Need, Need.id == orders.c.need_id)
    of_activities = select(Activity.team_id, Activity.category_id).where(
        Activity.county == actor.county, in_span(Activity.start, year)
    )
    return _by_category(session, of_orders, of_activities)


def _offered(session: Session, actor: Actor, today: date) -> dict[int, dict[int, int]]:
    """Menu items by team and category that are not retired."""
    current = or_(CatalogueItem.retired_on.is_(None), CatalogueItem.retired_on > today)
    items = select(CatalogueItem.team_id, CatalogueItem.category_id).where(
        CatalogueItem.county == actor.county, CatalogueItem.team_id.is_not(None), current
    )
    return _by_category(session, items)


def _teamless(session: Session, actor: Actor, today: date) -> Teamless:
    year = figures.year_span(today)
    services = session.execute(
        select(func.count(), func.coalesce(func.sum(Service.minutes), 0)).where(
            Service.county == actor.county,
            Service.team_id.is_(None),
            in_span(Service.start, year),
            at_reached_site(actor, Service.site_id),
        )
    ).one()
    asked = session.scalar(
        select(func.count())
        .select_from(Rating)
        .join(Need)
        .where(
            Rating.county == actor.county,
            Rating.team_id.is_(None),
            in_span(Rating.asked_at, year),
            at_reached_site(actor, Need.site_id),
        )
    )
    return Teamless(services[0], int(services[1]), asked or 0)


def _by_category(session: Session, *parts: Any) -> dict[int, dict[int, int]]:
    """Rows (team, category) counted; those of no team or no category are left out."""
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for part in parts:
        each = part.subquery()
        pair = (each.c.team_id, each.c.category_id)
        for team, category, occasions in session.execute(select(*pair, func.count()).group_by(*pair)):
            if team is not None and category is not None:
                found[team][category] = found[team].get(category, 0) + occasions
    return found
