"""Identities of the registers, the hours and the ratings."""

from functools import partial
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Float, Select, Subquery, and_, case, cast, func, or_, select
from sqlalchemy.orm import aliased

from dashboard.core.tie_out import Line, Relation, Term
from dashboard.core.words import Grade, Level, Subject, VolunteerStatus
from dashboard.services.figure_rows import ROWS
from dashboard.services.figures import active_volunteer, answered, in_force, in_span, reached_service
from dashboard.services.filtering import valid_on
from dashboard.services.questions import kept
from dashboard.services.reach import at_reached_site
from dashboard.services.tie_out_look import View, line
from db.models import Activity, Grid, GridContact, Membership, Need, Person, Rating, Service, Site, Team, Volunteer

#: Figures whose parts of the tree add up, for no row of one is counted at two sites; by the subjects they read.
ADDITIVE: dict[tuple[Subject, ...], tuple[str, ...]] = {
    (Subject.PLACES, Subject.PEOPLE): (
        *("sites", "grids", "contact_cards", "households", "volunteers", "teams", "memberships"),
    ),
    (Subject.PLACES, Subject.NEEDS): (
        *("needs_to_verify", "needs_open", "needs_in_service", "seats_wanted", "seats_held"),
        *("needs_registered", "needs_closed", "needs_unmet"),
    ),
    (Subject.PLACES, Subject.PEOPLE, Subject.SERVICES): (
        *("services", "service_minutes", "activities", "people_reached"),
    ),
    (Subject.PLACES, Subject.NEEDS, Subject.SERVICES): ("ratings_asked", "ratings_answered"),
}
LEVELS_READ = tuple(subject for subject in Subject if any(subject in reads for reads in ADDITIVE))


def levels(view: View) -> Line:
    """Each additive figure of the whole part = the parts below it, found by path as rights do, and what is its own."""
    agreeing = sum(
        kept(view.session, view.actor, ("levels", keys, view.asked.today), reads, partial(_adding_up, view, keys))
        for reads, keys in ADDITIVE.items()
    )
    above = aliased(Site, name="above")
    wrong = (
        select(Site.code)
        .join(above, above.id == Site.parent_id)
        .where(Site.county == view.actor.county, at_reached_site(view.actor, Site.id))
        .where(~Site.path.startswith(above.path))
    )
    left, right = Term("additive", sum(map(len, ADDITIVE.values()))), Term("adding_up", agreeing)
    return line(view, "levels", (left,), (right,), wrong, "imports")


def _adding_up(view: View, keys: tuple[str, ...]) -> int:
    """How many of these figures are what their parts add up to."""
    top, paths, parents = _tree(view)
    below = [site for site, parent in parents.items() if parent in top]
    agreeing = 0
    for key in keys:
        behind = ROWS[key](view.asked).subquery()
        rows = view.session.execute(
            select(behind.c.site_id, func.sum(behind.c.measure)).group_by(behind.c.site_id)
        ).all()
        counts = {row[0]: int(row[1]) for row in rows}
        own = counts.get(None, 0) + sum(counts.get(site, 0) for site in top)
        parts = {site: sum(n for at, n in counts.items() if at in paths and _under(at, site, paths)) for site in below}
        if own + sum(parts.values()) == sum(counts.values()):
            agreeing += 1
    return agreeing


def _tree(view: View) -> tuple[set[int], dict[int, str], dict[int, int]]:
    """Of the reader's part: the sites at its top, every site's path, and every other site's parent."""
    here = (Site.county == view.actor.county, at_reached_site(view.actor, Site.id))
    rows = view.session.execute(select(Site.id, Site.path, Site.parent_id).where(*here)).all()
    paths = {row.id: row.path for row in rows}
    parents = {row.id: row.parent_id for row in rows if row.parent_id in paths}
    return set(paths) - set(parents), paths, parents


def _under(at: int, site: int, paths: dict[int, str]) -> bool:
    return paths[at].startswith(paths[site])


def sites(view: View) -> Line:
    """Every site is of one of the four levels."""
    here = (Site.county == view.actor.county, at_reached_site(view.actor, Site.id), in_force(Site, view.asked.today))
    right = tuple(view.figure(f"sites_{level}") for level in Level)
    wrong = select(Site.code).where(*here, Site.level.not_in(list(Level)))
    return line(view, "sites", (view.figure("sites"),), right, wrong, "imports")


def grids(view: View) -> Line:
    """A code means one grid today."""
    here = (Grid.county == view.actor.county, at_reached_site(view.actor, Grid.site_id), valid_on(view.asked.today))
    right = Term("grid_codes", view.count(select(func.count(func.distinct(Grid.code))).where(*here)))
    wrong = select(Grid.code).where(*here).group_by(Grid.code).having(func.count() > 1)
    return line(view, "grids", (view.figure("grids"),), (right,), wrong, "imports")


def cards(view: View) -> Line:
    """Nobody has two cards for one duty in one grid: contact people are no more than cards, and no card is doubled."""
    held = (
        select(Grid.code, func.count().label("cards"))
        .join(GridContact, and_(GridContact.county == Grid.county, GridContact.grid_id == Grid.id))
        .where(
            Grid.county == view.actor.county,
            at_reached_site(view.actor, Grid.site_id),
            valid_on(view.asked.today),
            in_force(GridContact, view.asked.today),
        )
        .group_by(Grid.code, GridContact.grid_id, GridContact.person_id, GridContact.duty)
        .subquery()
    )
    many, wrong = _doubled(view, held, held.c.cards)
    right = Term("card_duties", many)
    return line(view, "cards", (view.figure("contact_cards"),), (right,), wrong, "imports")


def register(view: View) -> Line:
    """Nobody is on the register twice."""
    people = (
        select(func.min(Volunteer.code).label("code"), func.count().label("times"))
        .join(Person, Person.id == Volunteer.person_id)
        .where(*active_volunteer(view.actor))
        .group_by(Volunteer.person_id)
        .subquery()
    )
    many, wrong = _doubled(view, people, people.c.times)
    right = Term("different_people", many)
    return line(view, "register", (view.figure("volunteers"),), (right,), wrong, "volunteers")


def memberships(view: View) -> Line:
    """Nobody is in one team twice."""
    pairs = (
        select(Team.code, func.count().label("times"))
        .join(Membership, Membership.team_id == Team.id)
        .join(Volunteer, Volunteer.id == Membership.volunteer_id)
        .where(
            Team.county == view.actor.county,
            Team.active,
            at_reached_site(view.actor, Team.site_id),
            in_force(Membership, view.asked.today),
            Volunteer.status == VolunteerStatus.ACTIVE,
        )
        .group_by(Team.code, Membership.team_id, Membership.volunteer_id)
        .subquery()
    )
    many, wrong = _doubled(view, pairs, pairs.c.times)
    right = Term("member_pairs", many)
    return line(view, "memberships", (view.figure("memberships"),), (right,), wrong, "teams")


def _doubled(view: View, groups: Subquery, many: ColumnElement[int]) -> tuple[int, Select[Any] | None]:
    """How many groups there are, and those of more than one row, by their first columns; None where there are none."""
    every, off = view.counts(select(func.count(), func.sum(case((many > 1, 1), else_=0))).select_from(groups))
    named = [column for column in groups.c if column.name in ("code", "need_id")]
    return every, select(*named).where(many > 1) if off else None


def _year(view: View) -> tuple[ColumnElement[bool], ...]:
    return *reached_service(view.actor), in_span(Service.start, view.asked.year)


def people(view: View) -> Line:
    """Different people who served are no more than person-times, and nobody is counted twice at one time: neither by
    one record twice, nor by being on the register twice."""
    times = (
        select(
            func.min(func.coalesce(Need.code, Activity.code)).label("code"),
            func.min(Service.need_id).label("need_id"),
            func.count().label("records"),
        )
        .select_from(Service)
        .join(Volunteer, Volunteer.id == Service.volunteer_id)
        .outerjoin(Need, Need.id == Service.need_id)
        .outerjoin(Activity, Activity.id == Service.activity_id)
        .where(*_year(view))
        .group_by(Volunteer.person_id, Service.start)
        .subquery()
    )
    many, wrong = _doubled(view, times, times.c.records)
    right = Term("person_times", many)
    left = view.figure("volunteers_served")
    return line(view, "people", (left,), (right,), wrong, "hours", Relation.AT_MOST)


def grades(view: View) -> Line:
    """Every hour was proved in one of the three ways."""
    right = tuple(view.figure(f"service_minutes_{grade.lower()}") for grade in Grade)
    wrong = _records(view).where(Service.grade.not_in(list(Grade)))
    return line(view, "grades", (view.figure("service_minutes"),), right, wrong, "hours")


def _records(view: View) -> Select[str, int | None]:
    """Service records, each by the code of its order or activity, with the order."""
    return (
        select(func.coalesce(Need.code, Activity.code), Service.need_id)
        .select_from(Service)
        .outerjoin(Need, Need.id == Service.need_id)
        .outerjoin(Activity, Activity.id == Service.activity_id)
        .where(*_year(view))
    )


def minutes(view: View) -> Line:
    """Time on record is the time from start to end less the break, in whole minutes."""
    lasted = _seconds(view, Service.end) - _seconds(view, Service.start)
    over = lasted - 60 * (Service.break_minutes + Service.minutes)
    # Half a second for the clock of SQLite, which counts days in floating point.
    wrong = or_(over < -0.5, over >= 60)
    worked = cast(func.floor((lasted + 0.5) / 60), BigInteger) - Service.break_minutes
    total, off = view.counts(
        select(func.sum(case((wrong, worked), else_=Service.minutes)), func.sum(case((wrong, 1), else_=0))).where(
            *_year(view)
        )
    )
    found = _records(view).where(wrong) if off else None
    return line(view, "minutes", (view.figure("service_minutes"),), (Term("end_less_start", total),), found, "hours")


def _seconds(view: View, moment: Any) -> ColumnElement[float]:
    if view.session.get_bind().dialect.name == "sqlite":
        return func.julianday(moment, type_=Float) * 86400.0
    return cast(func.extract("epoch", moment), Float)


def ratings(view: View) -> Line:
    """Who was asked has answered or is silent; an answer has its time, and a silent case has none."""
    said = or_(Rating.score.is_not(None), Rating.outcome.is_not(None))
    asked = (
        select(Need.code, Need.id)
        .join(Rating, Rating.need_id == Need.id)
        .where(
            Rating.county == view.actor.county,
            at_reached_site(view.actor, Need.site_id),
            in_span(Rating.asked_at, view.asked.year),
        )
    )
    untimed = asked.where(Rating.answered_at.is_(None), or_(said, ~answered()))
    silent = Term("without_time", view.count(select(func.count()).select_from(untimed.subquery())))
    wrong = asked.where(said.is_distinct_from(Rating.answered_at.is_not(None)))
    right = view.figure("ratings_answered"), silent
    return line(view, "ratings", (view.figure("ratings_asked"),), right, wrong, "needs")
