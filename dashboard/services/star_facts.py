"""What volunteers did up to a moment, read for the rule of stars: everybody of the reader's part who ever served."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from dashboard.core.permissions import WHOLE_COUNTY, Actor
from dashboard.core.stars import Facts, StarRule
from dashboard.core.words import Grade
from dashboard.services.figures import answered, counted, satisfied
from dashboard.services.reach import at_reached_site
from db.models import Activity, Category, Need, Rating, Service, Volunteer


def facts(session: Session, actor: Actor, until: datetime, rules: Iterable[StarRule]) -> dict[int, Facts]:
    """By volunteer, what the rules ask for; her services anywhere that began before `until`."""
    wanted = tuple(rules)
    hers = (Service.county == actor.county, Service.start < until, _reached(actor))
    times: dict[int, dict[Grade, int]] = defaultdict(dict)
    services: dict[int, dict[Grade, int]] = defaultdict(dict)
    summed = select(Service.volunteer_id, Service.grade, func.sum(Service.minutes), func.count())
    for who, grade, minutes, count in session.execute(
        summed.where(*hers).group_by(Service.volunteer_id, Service.grade)
    ):
        times[who][Grade(grade)], services[who][Grade(grade)] = int(minutes), int(count)
    answers = _answers(session, actor, until) if any(rule.satisfied for rule in wanted) else {}
    codes = {badge.category for rule in wanted for badge in rule.badges}
    kinds = _by_category(session, hers, codes) if codes else {}
    return {
        who: Facts(minutes, services[who], *answers.get(who, (0, 0)), by_category=kinds.get(who, {}))
        for who, minutes in times.items()
    }


def _reached(actor: Actor) -> ColumnElement[bool]:
    """Services of volunteers of the actor's part of the tree."""
    if actor.site_path == WHOLE_COUNTY:
        return true()
    reached = (Volunteer.county == actor.county, at_reached_site(actor, Volunteer.site_id))
    return Service.volunteer_id.in_(select(Volunteer.id).where(*reached))


def _answers(session: Session, actor: Actor, until: datetime) -> dict[int, tuple[int, int]]:
    """(answers, satisfied ones) of the residents she served, each order once. Silent residents praise nobody."""
    served = (
        select(Service.need_id, Service.volunteer_id)
        .distinct()
        .where(Service.county == actor.county, Service.need_id.is_not(None), Service.start < until, _reached(actor))
        .subquery()
    )
    statement = (
        select(served.c.volunteer_id, func.count(), counted(satisfied()))
        .join(Rating, Rating.need_id == served.c.need_id)
        .where(Rating.county == actor.county, Rating.asked_at < until, answered())
        .group_by(served.c.volunteer_id)
    )
    return {who: (int(count), int(happy)) for who, count, happy in session.execute(statement)}


def _by_category(
    session: Session, hers: Iterable[ColumnElement[bool]], codes: Collection[str]
) -> dict[int, dict[tuple[Grade, str], int]]:
    found: dict[int, dict[tuple[Grade, str], int]] = defaultdict(dict)
    statement = (
        select(Service.volunteer_id, Service.grade, Category.code, func.count())
        .outerjoin(Need, Need.id == Service.need_id)
        .outerjoin(Activity, Activity.id == Service.activity_id)
        .join(Category, Category.id == func.coalesce(Need.category_id, Activity.category_id))
        .where(*hers, Category.code.in_(sorted(codes)))
        .group_by(Service.volunteer_id, Service.grade, Category.code)
    )
    for who, grade, code, count in session.execute(statement):
        found[who][Grade(grade), code] = int(count)
    return found
