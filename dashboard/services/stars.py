"""Stars and badges as they stand: who would go up or down, computing them anew, reading them.

They are computed at a click or by the shell, never by themselves: what somebody was told stays until a person has seen
the list of who changes.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, insert, select, update
from sqlalchemy.orm import Session

from dashboard.core import stars
from dashboard.core.errors import Conflict
from dashboard.core.masking import masked_name
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.stars import BETWEEN, STARS, Change, Facts, Standing, StarRule
from dashboard.core.words import Subject
from dashboard.services.commands import Work, command
from dashboard.services.questions import question
from dashboard.services.reach import at_reached_site
from dashboard.services.rules import minute_end, rule_row
from dashboard.services.star_facts import facts
from db.engine import lock_rows
from db.models import Person, Volunteer, VolunteerStars

KIND = "stars"
#: So many of those who change are listed.
LISTED = 200
READS = (Subject.PEOPLE, Subject.PLACES, Subject.CATALOGUE, Subject.NEEDS, Subject.SERVICES, Subject.RULES)


@dataclass(frozen=True)
class Held:
    """The rule that holds at a moment; version 0: the product's own."""

    version: int
    rule: StarRule


@dataclass(frozen=True)
class Changed:
    """Somebody who stands otherwise, her name masked."""

    volunteer_id: int
    code: str
    name: str
    before: Standing
    after: Standing


@dataclass(frozen=True)
class Preview:
    """What computing anew would do within the reader's part: by which version of the rule, how many have services, how
    many go up, down, or have other badges only, volunteers by stars (none first), and the first of those who change.
    computed_at: of the oldest row there is now, None where there is none."""

    version: int
    volunteers: int
    up: int
    down: int
    badges: int
    by_stars: tuple[int, ...]
    listed: tuple[Changed, ...]
    computed_at: datetime | None


@dataclass(frozen=True)
class Stored:
    """Somebody's stars and badges as they were computed last."""

    stars: int
    badges: tuple[str, ...]
    rule_version: int
    computed_at: datetime


def holding(session: Session, county: str, at: datetime) -> Held:
    """The rule of stars that holds at a moment."""
    row = rule_row(session, county, KIND, at)
    return Held(row.version, StarRule.of(row.data) if row.data else stars.USUAL)


@question(*READS)
def preview(session: Session, actor: Actor, *, now: datetime) -> Preview:
    """Who would stand otherwise, were the stars computed now."""
    require(actor, Action.EDIT_VOLUNTEER)
    moment = minute_end(now)
    held = holding(session, actor.county, moment)
    after = _computed(facts(session, actor, moment, [held.rule]), held.rule)
    rows = _rows(session, actor)
    found = stars.changes(_standings(rows), after)
    return Preview(
        held.version,
        len(after),
        *_told(found),
        by_stars=_by_stars(after),
        listed=listed(session, actor.county, found),
        computed_at=min((row.computed_at for row in rows), default=None),
    )


@command(Action.EDIT_VOLUNTEER, Subject.PEOPLE)
def recompute(work: Work, *, version: int | None = None) -> dict[str, Any]:
    """Compute the stars of everybody of the actor's part by the rule that holds now: all in one transaction.

    version: of the rule that the preview spoke of (None: never mind). Raises Conflict where another one holds by now.
    """
    lock_rows(work.session, f"stars:{work.actor.county}", [0])
    held = holding(work.session, work.actor.county, work.now)
    if version is not None and version != held.version:
        raise Conflict("stars.other_rule", version=held.version)
    known = facts(work.session, work.actor, work.now, [held.rule])
    after = _computed(known, held.rule)
    rows = _rows(work.session, work.actor)
    found = stars.changes(_standings(rows), after)
    _store(work, held, known, after, rows)
    up, down, badges = _told(found)
    said = {"version": held.version, "volunteers": len(after), "up": up, "down": down, "badges": badges}
    by_stars = {str(number): count for number, count in enumerate(_by_stars(after))}
    work.audit(
        "stars",
        None,
        before={"by_stars": {str(number): count for number, count in enumerate(_by_stars(_standings(rows)))}},
        after={**said, "by_stars": by_stars},
    )
    return {**said, "by_stars": by_stars}


def stored(session: Session, county: str, volunteer_ids: Collection[int]) -> dict[int, Stored]:
    """The stars of those of them who have a row; whoever has none never served, or was never computed."""
    rows = session.scalars(
        select(VolunteerStars).where(
            VolunteerStars.county == county, VolunteerStars.volunteer_id.in_(sorted(volunteer_ids))
        )
    )
    return {
        row.volunteer_id: Stored(row.stars, badges_of(row.badges), row.rule_version, row.computed_at) for row in rows
    }


def badges_of(text: str | None) -> tuple[str, ...]:
    """Badges by name, from the one text they are stored as."""
    return tuple(text.split(BETWEEN)) if text else ()


def listed(session: Session, county: str, found: Sequence[Change]) -> tuple[Changed, ...]:
    """The first of those who stand otherwise, in words: who loses most comes first, for somebody has to tell her."""
    first = sorted(found, key=lambda one: (one.after.stars - one.before.stars, one.volunteer_id))[:LISTED]
    rows = session.execute(
        select(Volunteer.id, Volunteer.code, Person.name)
        .join(Person, Person.id == Volunteer.person_id)
        .where(Volunteer.county == county, Volunteer.id.in_([one.volunteer_id for one in first]))
    )
    names = {row.id: (row.code, masked_name(row.name)) for row in rows}
    return tuple(Changed(one.volunteer_id, *names[one.volunteer_id], one.before, one.after) for one in first)


def _computed(known: dict[int, Facts], rule: StarRule) -> dict[int, Standing]:
    return {who: stars.standing(one, rule) for who, one in known.items()}


def _rows(session: Session, actor: Actor) -> Sequence[Any]:
    """The stored rows of the actor's part."""
    return session.execute(
        select(
            VolunteerStars.id,
            VolunteerStars.volunteer_id,
            VolunteerStars.stars,
            VolunteerStars.badges,
            VolunteerStars.minutes,
            VolunteerStars.computed_at,
        )
        .join(Volunteer, and_(Volunteer.id == VolunteerStars.volunteer_id, Volunteer.county == VolunteerStars.county))
        .where(VolunteerStars.county == actor.county, at_reached_site(actor, Volunteer.site_id))
    ).all()


def _standings(rows: Sequence[Any]) -> dict[int, Standing]:
    return {row.volunteer_id: Standing(row.stars, badges_of(row.badges)) for row in rows}


def _told(found: Sequence[Change]) -> tuple[int, int, int]:
    """How many go up, down, or have other badges only."""
    up, down = sum(one.up for one in found), sum(one.down for one in found)
    return up, down, len(found) - up - down


def _by_stars(standings: dict[int, Standing]) -> tuple[int, ...]:
    """How many have none, one, ... five stars."""
    return tuple(sum(one.stars == number for one in standings.values()) for number in range(STARS + 1))


def _store(work: Work, held: Held, known: dict[int, Facts], after: dict[int, Standing], rows: Sequence[Any]) -> None:
    """Every row of the part says this version and moment, and what came of it."""
    session, there = work.session, {row.volunteer_id: row for row in rows}
    stamp = {"rule_version": held.version, "computed_at": work.now}

    def content(who: int) -> dict[str, Any]:
        one = after.get(who, Standing())
        counted = stars.minutes(known[who], held.rule) if who in known else 0
        return {"stars": one.stars, "badges": BETWEEN.join(one.badges), "minutes": counted}

    fresh = [
        {"county": work.actor.county, "volunteer_id": who, **content(who), **stamp}
        for who in sorted(after)
        if who not in there
    ]
    other = [
        {"id": row.id, **said, **stamp}
        for who, row in sorted(there.items())
        if (said := content(who)) != {"stars": row.stars, "badges": row.badges, "minutes": row.minutes}
    ]
    reached = select(Volunteer.id).where(
        Volunteer.county == work.actor.county, at_reached_site(work.actor, Volunteer.site_id)
    )
    session.execute(
        update(VolunteerStars)
        .where(VolunteerStars.county == work.actor.county, VolunteerStars.volunteer_id.in_(reached))
        .values(**stamp)
        .execution_options(synchronize_session=False)
    )
    if fresh:
        session.execute(insert(VolunteerStars), fresh)
    if other:
        session.execute(update(VolunteerStars), other)
    session.flush()
