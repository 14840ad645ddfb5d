"""Make the sample county: everything in memory first, then written in one transaction."""

from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from db.county import WUCHUAN, ensure_county
from db.county_words import SKILLS
from db.models import Audit, Category, Revision, RuleSet, Setting, Skill
from db.sample import words
from db.sample.activities import make_activities
from db.sample.backlog import Backlog
from db.sample.catalogue import make_catalogue
from db.sample.chance import digest
from db.sample.clock import WorkClock, local
from db.sample.helpers import Helpers
from db.sample.history import History
from db.sample.orders import Record
from db.sample.people import make_people
from db.sample.places import make_places, outline_divisions
from db.sample.prices import make_prices
from db.sample.rows import Progress, Rows
from db.sample.sizes import Size
from db.sample.teams import make_accounts, make_contacts, make_teams
from db.sample.wishes import Wishes
from db.sample.world import Kind, World

_YEARS = 2


def fill(session: Session, size: Size, seed: int, today: date, needs: int, progress: Progress) -> dict[str, int]:
    """Fill an empty, migrated database with the sample county. Says how many rows each table got.

    `needs` open needs come on top of the size's own. The same size, seed, today and needs write the same rows.
    """
    world = _world(session, size, seed, today)
    steps: tuple[tuple[str, Callable[[World], None]], ...] = (
        ("places", make_places),
        ("accounts", make_accounts),
        ("people", make_people),
        ("teams", make_teams),
        ("contacts", make_contacts),
        ("catalogue", make_catalogue),
        ("activities", make_activities),
        ("needs", lambda world: _make_needs(world, needs)),
        # Last, with streams of chance of their own: nothing before them changes.
        ("prices", make_prices),
    )
    for number, (name, step) in enumerate(steps):
        progress(number, 2 * len(steps), name)
        step(world)
    world.rows.write(session, lambda done, total, name: progress(total + done, 2 * total, name))
    outline_divisions(session, world)
    return _seal(session, world)


def _world(session: Session, size: Size, seed: int, today: date) -> World:
    """An empty world in a county that is set up, its rules in force since the history began."""
    begin, end = midnight(years_before(today, _YEARS)), midnight(today)
    ensure_county(session, WUCHUAN, now=begin)
    rows = Rows(WUCHUAN, digest(seed, "digest key"))
    return World(
        size=size,
        seed=seed,
        today=today,
        begin=begin,
        end=end,
        rows=rows,
        clock=WorkClock(begin.date(), years_before(today, -1)),
        skills=skill_ids(session, WUCHUAN),
        licences=frozenset(skill.code for skill in SKILLS if skill.licence),
        kinds=kinds(session, WUCHUAN),
    )


def midnight(day: date) -> datetime:
    """The first moment of a county day."""
    return local(day, 0)


def years_before(day: date, years: int) -> date:
    """The same day `years` ago; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def skill_ids(session: Session, county: str) -> dict[str, int]:
    """Row id by code."""
    return {skill.code: skill.id for skill in session.scalars(select(Skill).where(Skill.county == county))}


def kinds(session: Session, county: str) -> dict[str, Kind]:
    """The categories the sample speaks of, by code."""
    rows = session.scalars(select(Category).where(Category.county == county).order_by(Category.position))
    return {
        row.code: Kind(row.id, row.code, row.name, row.duration_minutes, tuple(row.required_skills)) for row in rows
    }


def _make_needs(world: World, flood: int) -> None:
    record, wishes, helpers = Record(), Wishes(world, "wishes"), Helpers(world)
    size, actor = world.size, world.accounts["sample-coordinator"]
    history = History(world, wishes, helpers, record)
    history.tell(size.closed + size.ended_otherwise)
    Backlog(world, wishes, record, "backlog").fill(size.alive, actor, history)
    if flood:
        Backlog(world, Wishes(world, "flood wishes"), record, "flood").flood(flood, actor)
    record.queue(world)


def _seal(session: Session, world: World) -> dict[str, int]:
    """Mark the database as a sample, put its times and its secret on the seed, audit it, raise every revision."""
    county, counts = world.rows.county, world.rows.counts()
    told = {"seed": world.seed, "today": world.today.isoformat(), "size": world.size.name}
    session.execute(insert(Setting).values(county=county, key="sample", value=told))
    secret = (Setting.county == "") & (Setting.key == "digest_key")
    session.execute(update(Setting).where(secret).values(value={"hex": world.rows.key.hex()}))
    session.execute(update(Setting).values(changed_at=world.begin))
    since = {"valid_from": world.begin, "created_at": world.begin}
    session.execute(update(RuleSet).where(RuleSet.author_id == 0).values(**since))
    audit_rows(session, world, counts, "sample.fill")
    raise_revisions(session, county, words.SUBJECTS)
    return counts


def audit_rows(session: Session, world: World, counts: dict[str, int], command: str) -> None:
    """One audit row for the whole batch: which tables got how many rows."""
    session.execute(
        insert(Audit).values(
            county=world.rows.county,
            at=world.end,
            actor_id=0,
            role=words.ADMIN,
            action="import",
            command=command,
            subject="county",
            reason="sample",
            batch_id=(session.scalar(select(func.max(Audit.batch_id))) or 0) + 1,
            after={"rows": counts, "seed": world.seed, "today": world.today.isoformat()},
        )
    )


def raise_revisions(session: Session, county: str, subjects: tuple[str, ...]) -> None:
    """Count up the revisions of subjects, whose cached answers are then old."""
    for subject in subjects:
        here = (Revision.county == county) & (Revision.subject == subject)
        value = session.scalar(select(Revision.value).where(here))
        if value is None:
            session.execute(insert(Revision).values(county=county, subject=subject, value=1))
        else:
            session.execute(update(Revision).where(here).values(value=value + 1))
