"""Open roles of needs as the arrays of the matching core, built from SQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session, aliased

from dashboard.core import spans
from dashboard.core.matching.lines import STEP_MINUTES, Lines
from dashboard.core.matching.words import Codebook
from dashboard.core.needs import TAKES_PEOPLE
from dashboard.core.words import HOLDS_SEAT, ConstraintKind, DispatchState, Gender, IntervalRule, NeedPersonKind
from dashboard.services.match_people import NOBODY_SPEAKS, Weeks, in_force
from db.models import Constraint, Dispatch, Need, NeedInterval, NeedPerson, NeedRole, NeedSkill, Service

#: Who served this resident within so long is the one who came before.
CONTINUITY = timedelta(days=365)
#: Who said no, or nothing, is not asked again for the same need by the machine.
_SAID_NO = (DispatchState.DECLINED, DispatchState.EXPIRED)


@dataclass(frozen=True)
class Role:
    """A role of a need with what its line is made of. Times are minutes, see `core/spans.py`."""

    id: int
    need_id: int
    seats: int
    urgency: str
    rule: str
    duration: int
    lon: float | None
    lat: float | None
    skill_id: int | None
    min_level: int
    language: str | None
    language_hard: bool
    gender: str
    gender_hard: bool


def taking_people(county: str) -> ColumnElement[bool]:
    """Needs that may take people now."""
    return and_(Need.county == county, Need.state.in_(TAKES_PEOPLE))


def lines_of(
    session: Session,
    county: str,
    codes: Codebook,
    now: datetime,
    which: ColumnElement[bool],
    weeks: Weeks | None = None,
    *,
    ask_again: bool = False,
) -> Lines:
    """The roles of the needs for which `which` holds, with their open seats, as lines; wanted spans from `now` on.

    With `weeks`, spans that begin after them are left out. `ask_again` lets those be asked who declined this need.
    """
    wanted = select(Need.id).where(which)
    roles = _roles(session, county, which)
    by_need = _grouped(roles)
    spread = _Spread(by_need)
    windows = _windows(session, county, wanted, by_need, now, weeks)
    skills = _rows(session, NeedSkill, (NeedSkill.skill_id, NeedSkill.min_level, NeedSkill.required), county, wanted)
    people = _rows(session, NeedPerson, (NeedPerson.volunteer_id, NeedPerson.kind), county, wanted)
    required = [(role, s.skill_id, s.min_level) for s in skills if s.required for role in spread.ids(s.need_id)]
    required += [(role.id, role.skill_id, role.min_level) for role in roles if role.skill_id is not None]
    liked = [(role, s.skill_id) for s in skills if not s.required for role in spread.ids(s.need_id)]
    preferred = spread.pairs(people, NeedPersonKind.PREFERRED) + _came_before(session, county, wanted, spread, now)
    return Lines.build(
        codes,
        id=[role.id for role in roles],
        need=np.array([role.need_id for role in roles], dtype=np.int64),
        lon=np.array([role.lon for role in roles], dtype=np.float64),
        lat=np.array([role.lat for role in roles], dtype=np.float64),
        windows=_three(windows),
        duration=[role.duration for role in roles],
        seats=[role.seats for role in roles],
        urgency=[role.urgency for role in roles],
        rule=[role.rule for role in roles],
        required=_three(_strictest(required)),
        preferred_skills=_three([(*pair, 0) for pair in sorted(set(liked))])[:2],
        languages=[_tongue(codes, role.language) for role in roles],
        language_hard=np.array([role.language_hard for role in roles], dtype=bool),
        gender=[role.gender for role in roles],
        gender_hard=np.array([role.gender_hard for role in roles], dtype=bool),
        preferred=preferred,
        excluded=spread.pairs(people, NeedPersonKind.EXCLUDED),
        taken=_sent(session, county, wanted, spread, ask_again),
        forbidden=_forbidden(session, county, wanted, spread, now),
    )


def _roles(session: Session, county: str, which: ColumnElement[bool]) -> list[Role]:
    taken = (
        select(Dispatch.role_id, func.count(func.distinct(Dispatch.volunteer_id)).label("people"))
        .join(Need, Need.id == Dispatch.need_id)
        .where(Dispatch.county == county, Dispatch.state.in_(HOLDS_SEAT), which)
        .group_by(Dispatch.role_id)
        .subquery()
    )
    rows = session.execute(
        select(
            NeedRole.id,
            NeedRole.need_id,
            NeedRole.head_count,
            func.coalesce(taken.c.people, 0).label("taken"),
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
        .outerjoin(taken, taken.c.role_id == NeedRole.id)
        .where(NeedRole.county == county, which)
        .order_by(NeedRole.id)
    )
    return [
        Role(
            row.id,
            row.need_id,
            max(row.head_count - row.taken, 0),
            row.urgency,
            row.interval_rule,
            row.duration_minutes,
            row.lon,
            row.lat,
            row.skill_id,
            row.min_level,
            row.language,
            row.language_hard,
            row.gender_wish or Gender.UNKNOWN,
            row.gender_hard,
        )
        for row in rows
    ]


def _grouped(roles: Sequence[Role]) -> dict[int, list[Role]]:
    by_need: dict[int, list[Role]] = {}
    for role in roles:
        by_need.setdefault(role.need_id, []).append(role)
    return by_need


class _Spread:
    """What holds for a need holds for each of its roles."""

    def __init__(self, by_need: dict[int, list[Role]]) -> None:
        self._ids = {need_id: [role.id for role in roles] for need_id, roles in by_need.items()}

    def ids(self, need_id: int) -> list[int]:
        return self._ids.get(need_id, [])

    def pairs(self, rows: Sequence[Any], kind: str | None = None) -> list[tuple[int, int]]:
        """(role id, volunteer id) of rows with need_id and volunteer_id."""
        return [
            (role, row.volunteer_id)
            for row in rows
            if kind is None or row.kind == kind
            for role in self.ids(row.need_id)
        ]


def _rows(session: Session, table: Any, columns: Sequence[Any], county: str, wanted: Select[Any]) -> Sequence[Any]:
    return session.execute(
        select(table.need_id, *columns).where(table.county == county, table.need_id.in_(wanted))
    ).all()


def _windows(
    session: Session,
    county: str,
    wanted: Select[Any],
    by_need: dict[int, list[Role]],
    now: datetime,
    weeks: Weeks | None,
) -> list[tuple[int, int, int]]:
    """(role id, first minute, end minute) of the wanted spans that still lie ahead.

    A span that has begun counts from the next half hour, as long as the whole service fits into what is left of it.
    """
    here = [NeedInterval.county == county, NeedInterval.need_id.in_(wanted), NeedInterval.end > now]
    if weeks is not None:
        here.append(NeedInterval.start < weeks.end)
    rows = session.execute(select(NeedInterval.need_id, NeedInterval.start, NeedInterval.end).where(*here)).all()
    soon = -(-spans.minute_of(now) // STEP_MINUTES) * STEP_MINUTES
    found = []
    for row in rows:
        start, end = spans.minute_of(row.start), spans.minute_of(row.end)
        for role in by_need.get(row.need_id, ()):
            if start >= soon:
                found.append((role.id, start, end))
            elif role.rule == IntervalRule.ANY_OF and end - soon >= role.duration:
                found.append((role.id, soon, end))
    return found


def _strictest(required: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Each (role, skill) once, with the highest level asked for."""
    levels: dict[tuple[int, int], int] = {}
    for role, skill, level in required:
        levels[role, skill] = max(level, levels.get((role, skill), 0))
    return [(role, skill, level) for (role, skill), level in levels.items()]


def _three(rows: Sequence[tuple[int, int, int]]) -> tuple[Sequence[int], Sequence[int], Sequence[int]]:
    """Rows as three columns."""
    return tuple(zip(*rows, strict=True)) if rows else ((), (), ())  # type: ignore[return-value]


def _tongue(codes: Codebook, language: str | None) -> int:
    if not language:
        return 0
    return codes.mask(language if language in codes.languages else NOBODY_SPEAKS)


def _came_before(
    session: Session, county: str, wanted: Select[Any], spread: _Spread, now: datetime
) -> list[tuple[int, int]]:
    """Who served the same resident within a year."""
    earlier = aliased(Need)
    rows = session.execute(
        select(Need.id.label("need_id"), Service.volunteer_id)
        .join(earlier, and_(earlier.county == county, earlier.person_id == Need.person_id))
        .join(Service, and_(Service.county == county, Service.need_id == earlier.id))
        .where(Need.id.in_(wanted), Service.start > now - CONTINUITY)
        .distinct()
    ).all()
    return spread.pairs(rows)


def _sent(
    session: Session, county: str, wanted: Select[Any], spread: _Spread, ask_again: bool
) -> list[tuple[int, int]]:
    """Who is on it already, and unless they may be asked again who said no."""
    states = HOLDS_SEAT if ask_again else (*HOLDS_SEAT, *_SAID_NO)
    rows = session.execute(
        select(Dispatch.need_id, Dispatch.volunteer_id).where(
            Dispatch.county == county, Dispatch.need_id.in_(wanted), Dispatch.state.in_(states)
        )
    ).all()
    return spread.pairs(rows)


def _forbidden(
    session: Session, county: str, wanted: Select[Any], spread: _Spread, now: datetime
) -> list[tuple[int, int]]:
    rows = session.execute(
        select(Constraint.need_id, Constraint.volunteer_id).where(
            Constraint.county == county,
            Constraint.kind == ConstraintKind.FORBID,
            Constraint.need_id.in_(wanted),
            in_force(now),
        )
    ).all()
    return spread.pairs(rows)


def pins_of(session: Session, county: str, lines: Lines, now: datetime) -> list[tuple[int, int]]:
    """(role id, volunteer id) that a coordinator pinned: on the need's first role with open seats."""
    rows = session.execute(
        select(Constraint.need_id, Constraint.volunteer_id)
        .where(
            Constraint.county == county,
            Constraint.kind == ConstraintKind.PIN,
            Constraint.need_id.in_(np.unique(lines.table.need).tolist()),
            in_force(now),
        )
        .order_by(Constraint.id)
    ).all()
    first: dict[int, int] = {}
    for line in lines.table:
        if line.seats:
            first.setdefault(int(line.need), int(line.id))
    return [(first[row.need_id], row.volunteer_id) for row in rows if row.need_id in first]


def one_need(county: str, need_id: int) -> ColumnElement[bool]:
    """The condition for one need, whatever its state."""
    return and_(Need.county == county, Need.id == need_id)


def some_needs(county: str, need_ids: Sequence[int]) -> ColumnElement[bool]:
    """The condition for some needs that may take people."""
    return and_(taking_people(county), Need.id.in_(list(need_ids)))
