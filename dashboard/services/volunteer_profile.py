"""One volunteer opened: what she can, when she is free, what she has done and been asked to do."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from dashboard.core import figures
from dashboard.core.errors import NotFound
from dashboard.core.masking import masked_address, masked_phone
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.words import (
    HOLDS_SEAT,
    Consent,
    DispatchState,
    Gender,
    Grade,
    Precision,
    Subject,
    VolunteerStatus,
)
from dashboard.services.figures import in_span
from dashboard.services.questions import question
from dashboard.services.reach import at_reached_site, team_shown
from dashboard.services.stars import Stored, stored
from dashboard.services.volunteers import skill_name
from db.models import (
    Activity,
    Availability,
    Certificate,
    Dispatch,
    Division,
    Grid,
    Leave,
    Membership,
    Need,
    Person,
    Service,
    Site,
    Skill,
    Team,
    Volunteer,
    VolunteerSkill,
)

#: A share of kept promises is said only on so many offers.
LEAST_OFFERS = 5
LAST_SERVICES = 10
#: Offers looked at.
OFFER_DAYS = 90


@dataclass(frozen=True)
class SkillLine:
    """`expires_on` is the last day of the latest certificate for the skill, None without one."""

    name: str
    level: int
    licence: bool
    expires_on: date | None


@dataclass(frozen=True)
class FreeSpan:
    """Weekly, in county time: weekday 0 Monday, minutes from midnight, half-open."""

    weekday: int
    start: int
    end: int


@dataclass(frozen=True)
class LeaveLine:
    id: int
    start: datetime
    end: datetime
    reason: str


@dataclass(frozen=True)
class TeamLine:
    """A team of hers; `id` None for one the reader may not open."""

    id: int | None
    name: str
    since: date


@dataclass(frozen=True)
class Upcoming:
    """A dispatch that still takes her time."""

    order: str
    state: DispatchState
    start: datetime
    end: datetime


@dataclass(frozen=True)
class ServiceLine:
    start: datetime
    minutes: int
    grade: Grade
    occasion: str


@dataclass(frozen=True)
class Reliability:
    """Offers of the last 90 days by what became of them. `share` of those answered in time that she took and kept."""

    offered: int
    accepted: int
    declined: int
    expired: int
    cancelled: int
    waiting: int

    @property
    def share(self) -> float | None:
        """Accepted or kept among the offers that came to an end; None below five of them: too few to judge anybody."""
        ended = self.offered - self.waiting
        return figures.rate(self.accepted, ended) if ended >= LEAST_OFFERS else None


@dataclass(frozen=True)
class Profile:
    """`minutes` by grade in the order of `Grade`, over the year's window. Phone and address are masked."""

    id: int
    person_id: int
    version: int
    code: str
    name: str
    gender: Gender
    birth_year: int | None
    phone: str
    address: str
    village: str
    grid: str
    precision: Precision
    site: str
    status: VolunteerStatus
    registered_on: date | None
    cap_day: int
    cap_week: int
    max_distance_m: int
    languages: tuple[str, ...]
    consent: Consent
    consent_at: datetime | None
    consent_channel: str
    availability_known: bool
    availability_raw: str
    skills_raw: str
    skills: tuple[SkillLine, ...]
    free: tuple[FreeSpan, ...]
    leave: tuple[LeaveLine, ...]
    teams: tuple[TeamLine, ...]
    upcoming: tuple[Upcoming, ...]
    services: int
    minutes: tuple[int, ...]
    last_services: tuple[ServiceLine, ...]
    reliability: Reliability
    #: As they were computed last; None: she had no service then, or nobody computed any.
    stars: Stored | None


@question(Subject.PEOPLE, Subject.PLACES, Subject.NEEDS, Subject.SERVICES)
def profile(session: Session, actor: Actor, *, volunteer_id: int, language: str, now: datetime) -> Profile:
    """Everything about one volunteer of the reader's part of the tree. Raises NotFound outside it."""
    require(actor, Action.SEE_VOLUNTEERS)
    row = session.execute(
        select(Volunteer, Person, Site.name, Division.name, Grid.name)
        .join(Person, Person.id == Volunteer.person_id)
        .outerjoin(Site, Site.id == Volunteer.site_id)
        .outerjoin(Division, and_(Division.county == Volunteer.county, Division.code == Volunteer.village_code))
        .outerjoin(Grid, Grid.id == Volunteer.grid_id)
        .where(
            Volunteer.county == actor.county,
            Volunteer.id == volunteer_id,
            at_reached_site(actor, Volunteer.site_id),
        )
    ).one_or_none()
    if row is None:
        raise NotFound("volunteers.no_such")
    volunteer, person, site, village, grid = row
    today = figures.county_today(now)
    services, minutes = _served(session, volunteer, today)
    return Profile(
        id=volunteer.id,
        person_id=person.id,
        version=volunteer.version,
        code=volunteer.code,
        name=person.name,
        gender=Gender(person.gender),
        birth_year=person.birth_year,
        phone=masked_phone(person.phone_tail),
        address=masked_address(person.address_tail),
        village=village or "",
        grid=grid or "",
        precision=Precision(volunteer.precision),
        site=site or "",
        status=VolunteerStatus(volunteer.status),
        registered_on=volunteer.registered_on,
        cap_day=volunteer.cap_day,
        cap_week=volunteer.cap_week,
        max_distance_m=volunteer.max_distance_m,
        languages=tuple(volunteer.languages),
        consent=Consent(volunteer.consent),
        consent_at=volunteer.consent_at,
        consent_channel=volunteer.consent_channel,
        availability_known=volunteer.availability_known,
        availability_raw=volunteer.availability_raw,
        skills_raw=volunteer.skills_raw,
        skills=_skills(session, volunteer, language),
        free=_free(session, volunteer),
        leave=_leave(session, volunteer, now),
        teams=_teams(session, actor, volunteer, today),
        upcoming=_upcoming(session, volunteer, now),
        services=services,
        minutes=minutes,
        last_services=_last(session, volunteer),
        reliability=_reliability(session, volunteer, now),
        stars=stored(session, actor.county, [volunteer.id]).get(volunteer.id),
    )


def _skills(session: Session, volunteer: Volunteer, language: str) -> tuple[SkillLine, ...]:
    latest = (
        select(Certificate.skill_id, func.max(Certificate.expires_on).label("ends"))
        .where(Certificate.county == volunteer.county, Certificate.volunteer_id == volunteer.id)
        .group_by(Certificate.skill_id)
        .subquery()
    )
    statement = (
        select(skill_name(language), VolunteerSkill.level, Skill.licence, latest.c.ends)
        .join(Skill, Skill.id == VolunteerSkill.skill_id)
        .outerjoin(latest, latest.c.skill_id == Skill.id)
        .where(VolunteerSkill.county == volunteer.county, VolunteerSkill.volunteer_id == volunteer.id)
        .order_by(VolunteerSkill.level.desc(), Skill.name)
    )
    return tuple(SkillLine(*row) for row in session.execute(statement))


def _free(session: Session, volunteer: Volunteer) -> tuple[FreeSpan, ...]:
    statement = (
        select(Availability.weekday, Availability.start_minute, Availability.end_minute)
        .where(Availability.county == volunteer.county, Availability.volunteer_id == volunteer.id)
        .order_by(Availability.weekday, Availability.start_minute)
    )
    return tuple(FreeSpan(*row) for row in session.execute(statement))


def _leave(session: Session, volunteer: Volunteer, now: datetime) -> tuple[LeaveLine, ...]:
    statement = (
        select(Leave.id, Leave.start, Leave.end, Leave.reason)
        .where(Leave.county == volunteer.county, Leave.volunteer_id == volunteer.id, Leave.end > now)
        .order_by(Leave.start)
    )
    return tuple(LeaveLine(*row) for row in session.execute(statement))


def _teams(session: Session, actor: Actor, volunteer: Volunteer, today: date) -> tuple[TeamLine, ...]:
    seen = set(session.scalars(select(Team.id).where(Team.county == actor.county, Team.active, team_shown(actor))))
    statement = (
        select(Team.id, Team.name, Membership.valid_from)
        .join(Team, Team.id == Membership.team_id)
        .where(
            Membership.county == volunteer.county,
            Membership.volunteer_id == volunteer.id,
            Membership.valid_from <= today,
            or_(Membership.valid_to.is_(None), Membership.valid_to > today),
        )
        .order_by(Membership.valid_from, Team.name)
    )
    found = session.execute(statement)
    return tuple(TeamLine(team if team in seen else None, name, since) for team, name, since in found)


def _upcoming(session: Session, volunteer: Volunteer, now: datetime) -> tuple[Upcoming, ...]:
    statement = (
        select(Need.code, Dispatch.state, Dispatch.start, Dispatch.end)
        .join(Need, Need.id == Dispatch.need_id)
        .where(*_dispatches(volunteer), Dispatch.end > now, Dispatch.state.in_(HOLDS_SEAT))
        .order_by(Dispatch.start)
    )
    return tuple(Upcoming(row[0], DispatchState(row[1]), row[2], row[3]) for row in session.execute(statement))


def _dispatches(volunteer: Volunteer) -> tuple[Any, ...]:
    return (Dispatch.county == volunteer.county, Dispatch.volunteer_id == volunteer.id)


def _served(session: Session, volunteer: Volunteer, today: date) -> tuple[int, tuple[int, ...]]:
    statement = (
        select(Service.grade, func.count(), func.sum(Service.minutes))
        .where(
            Service.county == volunteer.county,
            Service.volunteer_id == volunteer.id,
            in_span(Service.start, figures.year_span(today)),
        )
        .group_by(Service.grade)
    )
    found = {row[0]: (int(row[1]), int(row[2])) for row in session.execute(statement)}
    return sum(count for count, _ in found.values()), tuple(found.get(grade, (0, 0))[1] for grade in Grade)


def _last(session: Session, volunteer: Volunteer) -> tuple[ServiceLine, ...]:
    statement = (
        select(Service.start, Service.minutes, Service.grade, func.coalesce(Activity.name, Need.code))
        .outerjoin(Activity, Activity.id == Service.activity_id)
        .outerjoin(Need, Need.id == Service.need_id)
        .where(Service.county == volunteer.county, Service.volunteer_id == volunteer.id)
        .order_by(Service.start.desc())
        .limit(LAST_SERVICES)
    )
    return tuple(ServiceLine(row[0], row[1], Grade(row[2]), row[3]) for row in session.execute(statement))


def _reliability(session: Session, volunteer: Volunteer, now: datetime) -> Reliability:
    since = now - timedelta(days=OFFER_DAYS)
    statement = (
        select(Dispatch.state, func.count())
        .where(*_dispatches(volunteer), in_span(Dispatch.offered_at, (since, now)))
        .group_by(Dispatch.state)
    )
    found = {row[0]: int(row[1]) for row in session.execute(statement)}
    taken = (DispatchState.ACCEPTED, DispatchState.IN_SERVICE, DispatchState.DONE, DispatchState.CONFIRMED)
    return Reliability(
        offered=sum(found.values()),
        accepted=sum(found.get(state, 0) for state in taken),
        declined=found.get(DispatchState.DECLINED, 0),
        expired=found.get(DispatchState.EXPIRED, 0),
        cancelled=found.get(DispatchState.CANCELLED, 0),
        waiting=found.get(DispatchState.OFFERED, 0),
    )
