"""The statements behind a set of lines, composed once: for one need composing takes longer than the database needs.

Parameters: county, now, until (wanted spans must begin before), since (services count from), asked (states of
dispatches that keep a person from being asked), and those of the condition itself.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from dashboard.core.words import HOLDS_SEAT, ConstraintKind
from db.models import Constraint, Dispatch, Need, NeedInterval, NeedPerson, NeedRole, NeedSkill, Service
from db.models.base import UtcDateTime

_COUNTY: Any = bindparam("county")
_NOW = bindparam("now", type_=UtcDateTime())
Rows = Select[*tuple[Any, ...]]


class LineQueries:
    """For the needs of a condition over `Need`."""

    def __init__(self, which: ColumnElement[bool]) -> None:
        wanted = select(Need.id).where(which)
        earlier = aliased(Need)
        self.roles = _roles(which)
        self.windows: Rows = select(NeedInterval.need_id, NeedInterval.start, NeedInterval.end).where(
            NeedInterval.county == _COUNTY,
            NeedInterval.need_id.in_(wanted),
            NeedInterval.end > _NOW,
            NeedInterval.start < bindparam("until", type_=UtcDateTime()),
        )
        self.skills: Rows = select(
            NeedSkill.need_id, NeedSkill.skill_id, NeedSkill.min_level, NeedSkill.required
        ).where(NeedSkill.county == _COUNTY, NeedSkill.need_id.in_(wanted))
        self.people: Rows = select(NeedPerson.need_id, NeedPerson.volunteer_id, NeedPerson.kind).where(
            NeedPerson.county == _COUNTY, NeedPerson.need_id.in_(wanted)
        )
        self.sent: Rows = select(Dispatch.need_id, Dispatch.volunteer_id).where(
            Dispatch.county == _COUNTY,
            Dispatch.need_id.in_(wanted),
            Dispatch.state.in_(bindparam("asked", expanding=True)),
        )
        self.constraints: Rows = (
            select(Constraint.need_id, Constraint.volunteer_id, Constraint.kind)
            .where(
                Constraint.county == _COUNTY,
                Constraint.kind.in_((ConstraintKind.PIN, ConstraintKind.FORBID)),
                Constraint.need_id.in_(wanted),
                Constraint.withdrawn_at.is_(None),
                or_(Constraint.expires_at.is_(None), Constraint.expires_at > _NOW),
            )
            .order_by(Constraint.id)
        )
        #: Pairs (need, earlier need) of one resident.
        self.same_resident: Rows = (
            select(Need.id, earlier.id.label("earlier"))
            .join(earlier, and_(earlier.county == Need.county, earlier.person_id == Need.person_id))
            .where(Need.id.in_(wanted), earlier.id != Need.id)
        )


#: Who served some needs; a step of its own, for in one with the needs SQLite walks through all services of the year.
SERVED: Rows = select(Service.need_id, Service.volunteer_id).where(
    Service.county == _COUNTY,
    Service.need_id.in_(bindparam("needs", expanding=True)),
    Service.start > bindparam("since", type_=UtcDateTime()),
)


def _roles(which: ColumnElement[bool]) -> Rows:
    """Roles with their need's wishes, and how many people hold a seat of each."""
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
    return (
        select(
            NeedRole.id,
            NeedRole.need_id,
            NeedRole.head_count,
            func.coalesce(NeedRole.least, NeedRole.head_count).label("least"),
            Need.whole,
            taken.label("taken"),
            Need.urgency,
            Need.interval_rule,
            Need.duration_minutes,
            Need.lon,
            Need.lat,
            NeedRole.skill_id,
            NeedRole.min_level,
            Need.language,
            Need.language_hard,
            Need.gender_wish,
            Need.gender_hard,
        )
        .join(Need, Need.id == NeedRole.need_id)
        .where(NeedRole.county == _COUNTY, which)
        .order_by(NeedRole.id)
    )


#: One need, whatever its state; parameter `need_id`.
ONE_NEED = LineQueries(and_(Need.county == _COUNTY, Need.id == bindparam("need_id")))
