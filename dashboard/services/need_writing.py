"""An order's values as rows: the need, its wanted spans, roles, skills and people; and what of it an audit shows."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, func, select

from dashboard.core import needs as rules
from dashboard.core.deadlines import COUNTY_TIME
from dashboard.core.errors import Invalid, NotFound
from dashboard.core.intake import clean
from dashboard.core.orders import Order, RoleWish, SkillWish
from dashboard.core.words import NeedPersonKind, Precision
from dashboard.services.commands import Work
from dashboard.services.contracts import comes_first
from dashboard.services.placing import Place
from db.models import (
    CatalogueItem,
    Category,
    Dispatch,
    Need,
    NeedInterval,
    NeedPerson,
    NeedRole,
    NeedSkill,
    Skill,
    Standby,
    Volunteer,
)

#: What an audit row shows of a need: no personal value among them.
SHOWN = (
    "state",
    "channel",
    "category_id",
    "item_id",
    "urgency",
    "precision",
    "grid_id",
    "village_code",
    "site_id",
    "interval_rule",
    "duration_minutes",
    "language",
    "language_hard",
    "gender_wish",
    "gender_hard",
    "whole",
    "to_verify",
    "earlier_need_id",
)
DEFAULT_MINUTES = 120


def require_reason(reason: str) -> None:
    """Raises Invalid unless a reason was given."""
    if not clean(reason):
        raise Invalid("needs.reason_wanted")


def to_verify(order: Order, precision: Precision) -> tuple[str, ...]:
    """Keys of what an order lacks; words about a time or a number that were not understood are named as such."""
    found = rules.missing(precision, len(order.intervals), order.people, order.category_id)
    if "no_time" in found and clean(order.time_words):
        found[found.index("no_time")] = "vague_time"
    return tuple(found)


def stored_to_verify(work: Work, need: Need) -> tuple[str, ...]:
    """The same of a need as it is stored."""
    here = (NeedInterval.county == need.county, NeedInterval.need_id == need.id)
    spans = work.session.scalar(select(func.count(NeedInterval.id)).where(*here)) or 0
    people = work.session.scalar(
        select(func.sum(NeedRole.head_count)).where(NeedRole.county == need.county, NeedRole.need_id == need.id)
    )
    return tuple(rules.missing(Precision(need.precision), spans, people, need.category_id))


def new_need(work: Work, order: Order, place: Place, registered_at: datetime) -> Need:
    """A need row of an order, not yet in the database."""
    need = Need(
        county=work.actor.county,
        code=f"new-{uuid4().hex[:30]}",
        channel=order.channel,
        entered_by=work.actor.account_id,
        registered_at=registered_at,
        precision=Precision.NONE,
        version=1,
    )
    _fill(work, need, order, place)
    return need


def insert(work: Work, need: Need) -> None:
    """Store a new need under its final code: the day of registration and its id."""
    work.session.add(need)
    work.session.flush()
    need.code = f"N{need.registered_at.astimezone(COUNTY_TIME):%y%m%d}-{need.id}"
    work.session.flush()


def update_need(work: Work, need: Need, order: Order, place: Place) -> None:
    """Put an order's values on a stored need; a site once known stays when the new place has none."""
    need.channel = order.channel
    site_id = need.site_id
    _fill(work, need, order, place)
    need.site_id = place.site_id or site_id


def _fill(work: Work, need: Need, order: Order, place: Place) -> None:
    category, item = _catalogue(work, order)
    need.category_id, need.item_id = (row.id if row else None for row in (category, item))
    need.urgency = order.urgency
    need.title = clean(order.title)[:200] or (item.name if item else category.name if category else "")
    need.detail = order.detail.replace("\x00", "").strip()
    need.lon, need.lat, need.precision = place.lon, place.lat, place.precision
    need.grid_id, need.village_code, need.town_code = place.grid_id, place.village_code, place.town_code
    need.site_id = place.site_id
    need.place_text, need.place_source = clean(place.words)[:200], place.source[:40]
    need.interval_rule = order.interval_rule
    need.duration_minutes = order.duration_minutes or _usual_minutes(category, item, order)
    need.time_text, need.people_text = clean(order.time_words)[:120], clean(order.people_words)[:60]
    need.language, need.language_hard = order.language, order.language_hard
    need.gender_wish, need.gender_hard = order.gender, order.gender_hard
    need.whole = bool(need.whole) if order.whole is None else order.whole


def _catalogue(work: Work, order: Order) -> tuple[Category | None, CatalogueItem | None]:
    item = work.session.get(CatalogueItem, order.item_id) if order.item_id is not None else None
    wanted = order.category_id if order.category_id is not None else (item.category_id if item else None)
    category = work.session.get(Category, wanted) if wanted is not None else None
    for given, row in ((order.item_id, item), (wanted, category)):
        if given is not None and (row is None or row.county != work.actor.county):
            raise Invalid("needs.unknown_category")
    return category, item


def _usual_minutes(category: Category | None, item: CatalogueItem | None, order: Order) -> int:
    usual = (item.duration_minutes if item else None) or (category.duration_minutes if category else DEFAULT_MINUTES)
    shortest = min((int((end - start).total_seconds() // 60) for start, end in order.intervals), default=usual)
    return max(1, min(usual, shortest))


def write_wishes(work: Work, need: Need, order: Order) -> None:
    """Replace the spans, skills, people and roles of a need by an order's; who has taken the resident's household on is
    preferred too. Roles that are there keep their id."""
    for table in (NeedInterval, NeedSkill, NeedPerson):
        work.session.execute(delete(table).where(table.county == need.county, table.need_id == need.id))
    add_intervals(work, need, order.intervals)
    skills = order.skills if order.skills is not None else usual_skills(work, need)
    work.session.add_all(
        NeedSkill(county=need.county, need_id=need.id, **asdict(skill))
        for skill in {s.skill_id: s for s in skills}.values()
    )
    _require_known(work, {*order.preferred, *order.excluded})
    keeper = comes_first(
        work.session, need.county, need.person_id, order.intervals, need.duration_minutes, order.excluded
    )
    preferred = (*order.preferred, *keeper)
    for kind, people in ((NeedPersonKind.PREFERRED, preferred), (NeedPersonKind.EXCLUDED, order.excluded)):
        work.session.add_all(
            NeedPerson(county=need.county, need_id=need.id, volunteer_id=volunteer_id, kind=kind)
            for volunteer_id in dict.fromkeys(people)
        )
    _write_roles(work, need, order.roles, keep_least=order.whole is None)
    work.session.flush()


def _require_known(work: Work, volunteer_ids: set[int]) -> None:
    """Raises NotFound for a volunteer the county doesn't have."""
    mine = select(func.count()).where(Volunteer.county == work.actor.county, Volunteer.id.in_(volunteer_ids))
    if volunteer_ids and work.session.scalar(mine) != len(volunteer_ids):
        raise NotFound("constraints.no_such_volunteer")


def usual_skills(work: Work, need: Need) -> list[SkillWish]:
    """The skills the need's item or category asks for."""
    row = work.session.get(CatalogueItem, need.item_id) if need.item_id is not None else None
    codes: Iterable[str] = row.required_skills if row and row.required_skills else ()
    if not codes and need.category_id is not None:
        codes = work.session.get_one(Category, need.category_id).required_skills
    found = work.session.scalars(select(Skill.id).where(Skill.county == need.county, Skill.code.in_(list(codes))))
    return [SkillWish(skill_id) for skill_id in found]


def _write_roles(work: Work, need: Need, roles: Sequence[RoleWish], *, keep_least: bool) -> None:
    there = {
        role.id: role
        for role in work.session.scalars(
            select(NeedRole)
            .where(NeedRole.county == need.county, NeedRole.need_id == need.id)
            .order_by(NeedRole.position)
        )
    }
    known = [wish for wish in roles if wish.role_id in there]
    spare = [role for role in there.values() if role.id not in {wish.role_id for wish in known}]
    for wish in roles:
        if wish.role_id in there:
            role = there[wish.role_id]
        elif wish.role_id is None and spare:
            role = spare.pop(0)
        else:
            add_role(work, need, wish)
            continue
        role.name, role.skill_id, role.min_level = wish.name, wish.skill_id, wish.min_level
        kept = None if role.least is None else min(role.least, wish.people)
        role.head_count, role.least = wish.people, kept if keep_least else wish.least
    taken = _used_roles(work, need)
    for role in spare:
        if role.id in taken:
            raise Invalid("needs.role_in_use")
        work.session.delete(role)
    work.session.flush()


def _used_roles(work: Work, need: Need) -> set[int]:
    """Roles in which somebody was sent, or put on the standby list."""
    sent = select(Dispatch.role_id).where(Dispatch.county == need.county, Dispatch.need_id == need.id)
    waited = select(Standby.role_id).where(Standby.county == need.county, Standby.need_id == need.id)
    return set(work.session.scalars(sent)) | set(work.session.scalars(waited))


def add_role(work: Work, need: Need, wish: RoleWish) -> NeedRole:
    """One more role, after those there are."""
    last = work.session.scalar(
        select(func.max(NeedRole.position)).where(NeedRole.county == need.county, NeedRole.need_id == need.id)
    )
    role = NeedRole(
        county=need.county,
        need_id=need.id,
        position=0 if last is None else last + 1,
        name=wish.name,
        skill_id=wish.skill_id,
        min_level=wish.min_level,
        head_count=wish.people,
        least=wish.least,
    )
    work.session.add(role)
    work.session.flush()
    return role


def add_intervals(work: Work, need: Need, intervals: Iterable[tuple[datetime, datetime]]) -> None:
    """More wanted spans."""
    work.session.add_all(
        NeedInterval(county=need.county, need_id=need.id, start=start, end=end)
        for start, end in dict.fromkeys(intervals)
    )
    work.session.flush()


def snapshot(work: Work, need: Need) -> dict[str, Any]:
    """What an audit row shows of a need."""
    spans = work.session.execute(
        select(NeedInterval.start, NeedInterval.end)
        .where(NeedInterval.county == need.county, NeedInterval.need_id == need.id)
        .order_by(NeedInterval.start)
    ).all()
    roles = work.session.execute(
        select(NeedRole.head_count, NeedRole.least)
        .where(NeedRole.county == need.county, NeedRole.need_id == need.id)
        .order_by(NeedRole.position)
    ).all()
    shown = {name: getattr(need, name) for name in SHOWN}
    shown |= {"spans": [[start.isoformat(), end.isoformat()] for start, end in spans]}
    shown |= {"people": [role.head_count for role in roles]}
    return shown | ({"least": [role.least for role in roles]} if need.whole else {})
