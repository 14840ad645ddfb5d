"""Series as rows: read under a lock, as the values of the core, and the order of each visit from the template."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from dashboard.core import series as core
from dashboard.core.errors import NotFound
from dashboard.core.orders import Order, PlaceWish, RoleWish, SkillWish
from dashboard.core.permissions import WHOLE_COUNTY, Action
from dashboard.core.words import Channel, Gender, NeedPersonKind, Urgency
from dashboard.services.commands import Work
from db.models import Need, NeedPerson, NeedRole, NeedSkill, RecurringNeed, SeriesVisit, Site


def series_for(work: Work, series_id: int) -> RecurringNeed:
    """The series, locked until the transaction ends. Raises NotFound outside the county, Forbidden outside the reach,
    NotFound for one that has ended."""
    row = work.session.execute(
        select(RecurringNeed, Site.path)
        .outerjoin(Site, Site.id == RecurringNeed.site_id)
        .where(RecurringNeed.id == series_id, RecurringNeed.county == work.actor.county)
        .with_for_update(of=RecurringNeed)
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise NotFound("series.no_such")
    work.require(Action.EDIT_NEED, row.path or WHOLE_COUNTY)
    found: RecurringNeed = row[0]
    if found.ended_at is not None:
        raise NotFound("series.ended")
    return found


def running(county: str) -> ColumnElement[bool]:
    """Series that have not ended."""
    return and_(RecurringNeed.county == county, RecurringNeed.ended_at.is_(None))


def changed_visits(session: Session, county: str, series_ids: list[int]) -> dict[int, dict[datetime, SeriesVisit]]:
    """Series -> original start -> the row of what was made, moved or cancelled."""
    rows = session.scalars(
        select(SeriesVisit).where(SeriesVisit.county == county, SeriesVisit.series_id.in_(series_ids))
    )
    found: dict[int, dict[datetime, SeriesVisit]] = {series_id: {} for series_id in series_ids}
    for row in rows:
        found[row.series_id][row.original_start] = row
    return found


def series_of(row: RecurringNeed, changed: dict[datetime, SeriesVisit]) -> core.Series:
    """The series as the core knows it."""
    return core.Series(
        core.parse(row.rule),
        row.start,
        timedelta(minutes=row.minutes),
        frozenset(at for at, visit in changed.items() if visit.cancelled_at is not None),
        tuple((at, visit.moved_to) for at, visit in changed.items() if visit.moved_to is not None),
    )


def visit_row(work: Work, row: RecurringNeed, original: datetime) -> SeriesVisit:
    """The row of a visit, made when it is the first word about it. The series must be locked."""
    found = work.session.scalars(
        select(SeriesVisit).where(
            SeriesVisit.county == row.county,
            SeriesVisit.series_id == row.id,
            SeriesVisit.original_start == original,
        )
    ).first()
    if found is None:
        found = SeriesVisit(county=row.county, series_id=row.id, original_start=original)
        work.session.add(found)
    return found


def template_of_order(order: Order) -> dict[str, Any]:
    """What is the same at every visit, without words or people of the resident's side."""
    return {
        "channel": order.channel,
        "urgency": order.urgency,
        "item_id": order.item_id,
        "duration_minutes": order.duration_minutes,
        "roles": [[one.people, one.skill_id, one.min_level, one.name, one.least] for one in order.roles],
        "whole": bool(order.whole),
        "skills": None if order.skills is None else [[s.skill_id, s.required, s.min_level] for s in order.skills],
        "language": order.language,
        "language_hard": order.language_hard,
        "gender": order.gender,
        "gender_hard": order.gender_hard,
        "preferred": list(order.preferred),
        "excluded": list(order.excluded),
    }


def order_of_need(session: Session, need: Need, not_preferred: set[int]) -> Order:
    """The order a stored need stands for, without its time and its people of the resident's side. `not_preferred`:
    who is preferred by a contract, which may end, and not by the resident."""
    here = need.county, need.id
    roles = session.scalars(
        select(NeedRole).where(NeedRole.county == here[0], NeedRole.need_id == here[1]).order_by(NeedRole.position)
    )
    skills = session.scalars(select(NeedSkill).where(NeedSkill.county == here[0], NeedSkill.need_id == here[1]))
    people = session.scalars(select(NeedPerson).where(NeedPerson.county == here[0], NeedPerson.need_id == here[1]))
    named = [(one.volunteer_id, one.kind) for one in people]
    return Order(
        channel=Channel(need.channel),
        urgency=Urgency(need.urgency),
        category_id=need.category_id,
        item_id=need.item_id,
        title=need.title,
        detail=need.detail,
        place=PlaceWish(words=need.place_text),
        duration_minutes=need.duration_minutes,
        roles=tuple(RoleWish(r.head_count, r.skill_id, r.min_level, r.name, None, r.least) for r in roles),
        whole=need.whole,
        skills=tuple(SkillWish(s.skill_id, s.required, s.min_level) for s in skills),
        language=need.language,
        language_hard=need.language_hard,
        gender=Gender(need.gender_wish) if need.gender_wish else None,
        gender_hard=need.gender_hard,
        preferred=tuple(i for i, kind in named if kind == NeedPersonKind.PREFERRED and i not in not_preferred),
        excluded=tuple(i for i, kind in named if kind == NeedPersonKind.EXCLUDED),
    )


def order_of_visit(row: RecurringNeed, visit: core.Visit, comes: int | None) -> Order:
    """The order of one visit; `comes` is whom the agreement sends: preferred, unless the resident will not have her."""
    said = row.template
    excluded = tuple(said["excluded"])
    preferred = dict.fromkeys((*((comes,) if comes is not None else ()), *said["preferred"]))
    return Order(
        channel=Channel(said["channel"]),
        urgency=Urgency(said["urgency"]),
        category_id=row.category_id,
        item_id=said["item_id"],
        title=row.title,
        detail=row.detail,
        place=PlaceWish(row.lon, row.lat, row.grid_id, row.village_code, row.place_text, "series"),
        intervals=((visit.start, visit.end),),
        duration_minutes=said["duration_minutes"],
        roles=tuple(
            RoleWish(people, skill_id, level, name, None, least)
            for people, skill_id, level, name, least in said["roles"]
        ),
        whole=said["whole"],
        skills=None if said["skills"] is None else tuple(SkillWish(*one) for one in said["skills"]),
        language=said["language"],
        language_hard=said["language_hard"],
        gender=Gender(said["gender"]) if said["gender"] else None,
        gender_hard=said["gender_hard"],
        preferred=tuple(one for one in preferred if one not in excluded),
        excluded=excluded,
    )
