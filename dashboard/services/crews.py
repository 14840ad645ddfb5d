"""Crews (all seats or none) that are short: somebody is sent, and a role still lacks people it can't go without."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from dashboard.core.needs import TAKES_PEOPLE
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.words import HOLDS_SEAT, Subject
from dashboard.services.questions import question
from dashboard.services.reach import at_reached_site
from db.models import Dispatch, Need, NeedInterval, NeedRole, Skill


@dataclass(frozen=True)
class ShortRole:
    """A role of a crew that still lacks `missing` people. `start`: the next wanted time, None when all are past."""

    need_id: int
    code: str
    title: str
    urgency: str
    role_id: int
    name: str
    skill: str
    missing: int
    sent: int
    start: datetime | None


@question(Subject.NEEDS, Subject.CATALOGUE, Subject.PLACES)
def short_crews(session: Session, actor: Actor, *, now: datetime, language: str = "zh") -> tuple[ShortRole, ...]:
    """The missing roles of crews within reach of which somebody is sent already, the next to begin first."""
    require(actor, Action.SEE_NEEDS)
    rows = session.execute(_roles(actor, now, language)).all()
    sent: dict[int, int] = {}
    for row in rows:
        sent[row.need_id] = sent.get(row.need_id, 0) + row.taken
    return tuple(
        ShortRole(
            need_id=row.need_id,
            code=row.code,
            title=row.title,
            urgency=row.urgency,
            role_id=row.id,
            name=row.name,
            skill=row.skill,
            missing=row.least - row.taken,
            sent=sent[row.need_id],
            start=row.start,
        )
        for row in rows
        if sent[row.need_id] and row.taken < row.least
    )


def _roles(actor: Actor, now: datetime, language: str) -> Select[*tuple[Any, ...]]:
    """Every role of the crews within reach that take people, with how many it has."""
    taken = (
        select(func.count(func.distinct(Dispatch.seat_of)))
        .where(
            Dispatch.county == Need.county,
            Dispatch.need_id == Need.id,
            Dispatch.role_id == NeedRole.id,
            Dispatch.state.in_(HOLDS_SEAT),
        )
        .correlate(Need, NeedRole)
        .scalar_subquery()
    )
    start = (
        select(func.min(NeedInterval.start))
        .where(NeedInterval.county == Need.county, NeedInterval.need_id == Need.id, NeedInterval.end > now)
        .correlate(Need)
        .scalar_subquery()
    )
    skill = Skill.name if language == "zh" else func.coalesce(func.nullif(Skill.name_en, ""), Skill.name)
    return (
        select(
            NeedRole.id,
            NeedRole.need_id,
            NeedRole.name,
            func.coalesce(NeedRole.least, NeedRole.head_count).label("least"),
            Need.code,
            Need.title,
            Need.urgency,
            func.coalesce(skill, "").label("skill"),
            taken.label("taken"),
            start.label("start"),
        )
        .join(Need, Need.id == NeedRole.need_id)
        .outerjoin(Skill, Skill.id == NeedRole.skill_id)
        .where(
            NeedRole.county == actor.county,
            Need.county == actor.county,
            Need.whole,
            Need.state.in_(TAKES_PEOPLE),
            at_reached_site(actor, Need.site_id),
        )
        .order_by(start.asc().nulls_last(), NeedRole.need_id, NeedRole.position)
    )
