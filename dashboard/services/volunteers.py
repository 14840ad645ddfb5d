"""Finding volunteers among tens of thousands: filtered, ordered and cut into pages by the database.

Only volunteers of the reader's part of the tree are found. Phones are shown by their tail; names are shown, for whoever
may see volunteers at all works with them.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, select
from sqlalchemy.orm import Session

from dashboard.core.masking import masked_phone
from dashboard.core.people_search import TAIL, By, Clue, clues
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.words import Subject, VolunteerStatus
from dashboard.services.commands import digest_key, keyed_digest
from dashboard.services.figures import expiring, in_force
from dashboard.services.free_time import free_on
from dashboard.services.holding_edges import edges_on
from dashboard.services.questions import question
from dashboard.services.reach import at_reached_site, team_shown
from dashboard.services.stars import Stored, stored
from dashboard.services.team_rows import Listing
from db.models import (
    Certificate,
    Division,
    Membership,
    Person,
    Site,
    Skill,
    Team,
    Volunteer,
    VolunteerSkill,
    VolunteerStars,
)

PAGE = 50


@dataclass(frozen=True)
class Wanted:
    """What a volunteer must be to be listed; nothing set finds everybody on the register.

    words: name, pinyin initials, end of the phone or the whole phone (core/people_search.py).
    skill: id, at least of `level`. town, village: division codes. team: id.
    free_on: a county day; with `free_from` and `free_until` (minutes from midnight) free all that time, without them
        free at some time of that day. Whoever's free time is unknown is not free.
    status: None for any. stars: at least so many, as they were computed last.
    """

    words: str = ""
    skill: int | None = None
    level: int = 1
    town: str | None = None
    village: str | None = None
    team: int | None = None
    free_on: date | None = None
    free_from: int | None = None
    free_until: int | None = None
    status: VolunteerStatus | None = VolunteerStatus.ACTIVE
    stars: int | None = None


@dataclass(frozen=True)
class Found:
    """One line of the search. `skills` and `teams` are names, `phone` shows the tail only."""

    id: int
    code: str
    name: str
    phone: str
    village: str
    site: str
    status: VolunteerStatus
    availability_known: bool
    skills: tuple[str, ...]
    teams: tuple[str, ...]
    stars: int
    badges: tuple[str, ...]


@dataclass(frozen=True)
class ExpiringRow:
    """A certificate that ends soon, and whose it is."""

    volunteer_id: int
    name: str
    phone: str
    skill: str
    number: str
    expires_on: date
    days_left: int


@dataclass(frozen=True)
class Choices:
    """(id, name) of what can be searched for: skills of the county, teams the reader may see."""

    skills: tuple[tuple[int, str], ...]
    teams: tuple[tuple[int, str], ...]


@question(Subject.PEOPLE, Subject.PLACES, Subject.NEEDS)
def search(
    session: Session, actor: Actor, *, wanted: Wanted, today: date, language: str, page: int = 0, size: int = PAGE
) -> Listing[Found]:
    """One page of the volunteers who fit, by the sound of their names, and how many fit in all."""
    require(actor, Action.SEE_VOLUNTEERS)
    fits = _fits(session, actor, wanted, today)
    statement = (
        select(
            Volunteer.id,
            Volunteer.code,
            Person.name,
            Person.phone_tail,
            Division.name.label("village"),
            Site.name.label("site"),
            Volunteer.status,
            Volunteer.availability_known,
        )
        .join(Person, Person.id == Volunteer.person_id)
        .outerjoin(Division, and_(Division.county == Volunteer.county, Division.code == Volunteer.village_code))
        .outerjoin(Site, Site.id == Volunteer.site_id)
        .where(*fits)
        .order_by(Person.initials, Person.name, Volunteer.id)
        .limit(size)
        .offset(page * size)
    )
    rows = session.execute(statement).all()
    total = page * size + len(rows)
    if len(rows) == size or (page and not rows):
        total = session.scalar(select(func.count()).select_from(Volunteer).join(Person).where(*fits)) or 0
    ids = [row.id for row in rows]
    skills, teams = _skills(session, actor, ids, language), _teams(session, actor, ids, today)
    hers = stored(session, actor.county, ids)
    return Listing(tuple(_found(row, skills[row.id], teams[row.id], hers.get(row.id)) for row in rows), total)


@question(Subject.PEOPLE, Subject.PLACES, Subject.RULES)
def expiring_certificates(
    session: Session, actor: Actor, *, today: date, language: str, page: int = 0, size: int = PAGE
) -> Listing[ExpiringRow]:
    """Certificates of active volunteers that end soon (core/edges.py) and are not renewed, the soonest first."""
    require(actor, Action.SEE_VOLUNTEERS)
    conditions = (
        Volunteer.county == actor.county,
        Volunteer.status == VolunteerStatus.ACTIVE,
        at_reached_site(actor, Volunteer.site_id),
        expiring(today, edges_on(session, actor.county, today).expiry_days),
    )
    total = session.scalar(select(func.count()).select_from(Certificate).join(Volunteer).where(*conditions)) or 0
    statement = (
        select(
            Volunteer.id,
            Person.name,
            Person.phone_tail,
            skill_name(language),
            Certificate.number,
            Certificate.expires_on,
        )
        .select_from(Certificate)
        .join(Volunteer, Volunteer.id == Certificate.volunteer_id)
        .join(Person, Person.id == Volunteer.person_id)
        .join(Skill, Skill.id == Certificate.skill_id)
        .where(*conditions)
        .order_by(Certificate.expires_on, Person.initials, Certificate.id)
        .limit(size)
        .offset(page * size)
    )
    rows = (
        ExpiringRow(id, name, masked_phone(tail), skill, number, ends, (ends - today).days)
        for id, name, tail, skill, number, ends in session.execute(statement)
    )
    return Listing(tuple(rows), total)


@question(Subject.PEOPLE, Subject.PLACES)
def choices(session: Session, actor: Actor, *, language: str) -> Choices:
    """What the search form offers."""
    require(actor, Action.SEE_VOLUNTEERS)
    skills = session.execute(
        select(Skill.id, skill_name(language)).where(Skill.county == actor.county).order_by(Skill.name)
    )
    shown = (Team.county == actor.county, Team.active, team_shown(actor))
    teams = session.execute(select(Team.id, Team.name).where(*shown).order_by(Team.name))
    return Choices(tuple((row[0], row[1]) for row in skills), tuple((row[0], row[1]) for row in teams))


def skill_name(language: str) -> ColumnElement[str]:
    """A skill's name in the reader's language, the Chinese one where there is no other."""
    return func.coalesce(func.nullif(Skill.name_en, ""), Skill.name) if language == "en" else Skill.name.expression


def _fits(session: Session, actor: Actor, wanted: Wanted, today: date) -> list[ColumnElement[bool]]:
    fits = [
        Volunteer.county == actor.county,
        at_reached_site(actor, Volunteer.site_id),
        Person.erased_at.is_(None),
    ]
    found = clues(wanted.words)
    fits += [_fits_clue(session, actor, clue) for clue in found]
    if wanted.status is not None:
        fits.append(Volunteer.status == wanted.status)
    if wanted.village is not None:
        fits.append(Volunteer.village_code == wanted.village)
    elif wanted.town is not None:
        villages = select(Division.code).where(Division.county == actor.county, Division.parent_code == wanted.town)
        fits.append(Volunteer.village_code.in_(villages))
    # The clues lead, if there are any; "+ 0" keeps SQLite from crossing two lists of ids.
    identity = Volunteer.id + 0 if found else Volunteer.id.expression
    if wanted.skill is not None:
        skilled = (VolunteerSkill.skill_id == wanted.skill, VolunteerSkill.level >= wanted.level)
        fits.append(identity.in_(_with(actor, VolunteerSkill, *skilled)))
    if wanted.team is not None:
        held = (Membership.team_id == wanted.team, in_force(Membership, today))
        fits.append(identity.in_(_with(actor, Membership, *held)))
    if wanted.stars:
        fits.append(identity.in_(_with(actor, VolunteerStars, VolunteerStars.stars >= wanted.stars)))
    if wanted.free_on is not None:
        fits += free_on(session, actor, wanted.free_on, wanted.free_from, wanted.free_until)
    return fits


def _with(actor: Actor, table: Any, *conditions: ColumnElement[bool]) -> Any:
    """Volunteers with such a row: the few rows are found first, by their own index."""
    return select(table.volunteer_id).where(table.county == actor.county, *conditions)


def _fits_clue(session: Session, actor: Actor, clue: Clue) -> ColumnElement[bool]:
    if clue.by is By.NOTHING:
        return false()
    if clue.by is By.PHONE:
        fits = Person.phone_digest == keyed_digest(digest_key(session), clue.word)
    elif clue.by is By.TAIL:
        fits = Person.phone_tail == clue.word if len(clue.word) == TAIL else Person.phone_tail.endswith(clue.word)
    elif clue.by is By.INITIALS:
        # A range says "begins with" in a way that every database answers from the index.
        fits = and_(Person.initials >= clue.word, Person.initials < clue.word[:-1] + chr(ord(clue.word[-1]) + 1))
    else:
        fits = Person.name.icontains(clue.word, autoescape=True)
    return Volunteer.person_id.in_(select(Person.id).where(Person.county == actor.county, fits).correlate(None))


def _found(row: Any, skills: list[str], teams: list[str], hers: Stored | None) -> Found:
    return Found(
        id=row.id,
        code=row.code,
        name=row.name,
        phone=masked_phone(row.phone_tail),
        village=row.village or "",
        site=row.site or "",
        status=VolunteerStatus(row.status),
        availability_known=row.availability_known,
        skills=tuple(skills),
        teams=tuple(teams),
        stars=hers.stars if hers else 0,
        badges=hers.badges if hers else (),
    )


def _skills(session: Session, actor: Actor, ids: list[int], language: str) -> dict[int, list[str]]:
    statement = (
        select(VolunteerSkill.volunteer_id, skill_name(language))
        .join(Skill, Skill.id == VolunteerSkill.skill_id)
        .where(VolunteerSkill.county == actor.county, VolunteerSkill.volunteer_id.in_(ids))
        .order_by(VolunteerSkill.level.desc(), Skill.name)
    )
    return _listed(session, statement)


def _teams(session: Session, actor: Actor, ids: list[int], today: date) -> dict[int, list[str]]:
    statement = (
        select(Membership.volunteer_id, Team.name)
        .join(Team, Team.id == Membership.team_id)
        .where(Membership.county == actor.county, Membership.volunteer_id.in_(ids), in_force(Membership, today))
        .order_by(Team.name)
    )
    return _listed(session, statement)


def _listed(session: Session, statement: Any) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for volunteer, word in session.execute(statement):
        found[volunteer].append(word)
    return found
