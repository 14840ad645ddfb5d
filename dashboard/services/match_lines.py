"""Open roles of needs as the arrays of the matching core, built from SQL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import Session

from dashboard.core import spans
from dashboard.core.matching.lines import STEP_MINUTES, Lines
from dashboard.core.matching.words import Codebook
from dashboard.core.needs import TAKES_PEOPLE
from dashboard.core.words import HOLDS_SEAT, ConstraintKind, DispatchState, Gender, IntervalRule, NeedPersonKind
from dashboard.services.match_people import NOBODY_SPEAKS, Weeks
from dashboard.services.match_queries import ONE_NEED, SERVED, LineQueries
from db.models import Need

#: Who served this resident within so long is the one who came before.
CONTINUITY = timedelta(days=365)
#: Further ahead nobody is sent.
FURTHEST = timedelta(days=500)
#: Who said no, or nothing, is not asked again for the same need by the machine.
SAID_NO = (DispatchState.DECLINED, DispatchState.EXPIRED)


@dataclass(frozen=True)
class Asked:
    """Needs as lines, and the pairs (role id, volunteer id) a coordinator pinned: on the need's first open role."""

    lines: Lines
    pins: tuple[tuple[int, int], ...]


def taking_people(county: str) -> ColumnElement[bool]:
    """Needs that may take people now."""
    return and_(Need.county == county, Need.state.in_(TAKES_PEOPLE))


def lines_of_one(
    session: Session, county: str, codes: Codebook, now: datetime, need_id: int, *, ask_again: bool = False
) -> Asked:
    """The roles of one need, whatever its state."""
    return lines_of(session, county, codes, now, ONE_NEED, {"need_id": need_id}, ask_again=ask_again)


def lines_of(
    session: Session,
    county: str,
    codes: Codebook,
    now: datetime,
    queries: LineQueries,
    params: Mapping[str, Any] | None = None,
    weeks: Weeks | None = None,
    *,
    ask_again: bool = False,
) -> Asked:
    """The roles of needs with their open seats as lines; wanted spans from `now` on.

    With `weeks`, spans that begin after them are left out. `ask_again` lets those be asked who declined this need.
    """
    given = {
        "county": county,
        "now": now,
        "until": now + FURTHEST if weeks is None else weeks.end,
        "asked": HOLDS_SEAT if ask_again else (*HOLDS_SEAT, *SAID_NO),
        **(params or {}),
    }

    def rows(query: Any) -> Sequence[Any]:
        return session.execute(query, given).all()

    roles = rows(queries.roles)
    spread = _Spread(roles)
    skills, people, words = rows(queries.skills), rows(queries.people), rows(queries.constraints)
    required = [(role, s.skill_id, s.min_level) for s in skills if s.required for role in spread.ids(s.need_id)]
    required += [(role.id, role.skill_id, role.min_level) for role in roles if role.skill_id is not None]
    liked = {(role, s.skill_id, 0) for s in skills if not s.required for role in spread.ids(s.need_id)}
    came_before = _came_before(session, county, rows(queries.same_resident), spread, now)
    lines = Lines.build(
        codes,
        id=[role.id for role in roles],
        need=np.array([role.need_id for role in roles], dtype=np.int64),
        lon=np.array([role.lon for role in roles], dtype=np.float64),
        lat=np.array([role.lat for role in roles], dtype=np.float64),
        windows=_three(_windows(rows(queries.windows), spread, now)),
        duration=[role.duration_minutes for role in roles],
        seats=[max(role.head_count - role.taken, 0) for role in roles],
        least=[max(min(role.least, role.head_count) - role.taken, 0) for role in roles],
        whole=np.array([role.whole for role in roles], dtype=bool),
        urgency=[role.urgency for role in roles],
        rule=[role.interval_rule for role in roles],
        required=_three(_strictest(required)),
        preferred_skills=_three(sorted(liked))[:2],
        languages=[_tongue(codes, role.language) for role in roles],
        language_hard=np.array([role.language_hard for role in roles], dtype=bool),
        gender=[role.gender_wish or Gender.UNKNOWN for role in roles],
        gender_hard=np.array([role.gender_hard for role in roles], dtype=bool),
        preferred=spread.pairs(people, NeedPersonKind.PREFERRED) + came_before,
        excluded=spread.pairs(people, NeedPersonKind.EXCLUDED),
        taken=spread.pairs(rows(queries.sent)),
        forbidden=spread.pairs(words, ConstraintKind.FORBID),
    )
    return Asked(lines, _pins(lines, words))


class _Spread:
    """What holds for a need holds for each of its roles."""

    def __init__(self, roles: Sequence[Any]) -> None:
        self.roles: dict[int, list[Any]] = {}
        for role in roles:
            self.roles.setdefault(role.need_id, []).append(role)

    def ids(self, need_id: int) -> list[int]:
        return [role.id for role in self.roles.get(need_id, ())]

    def pairs(self, rows: Sequence[Any], kind: str | None = None) -> list[tuple[int, int]]:
        """(role id, volunteer id) of rows with need_id and volunteer_id."""
        chosen = [row for row in rows if kind is None or row.kind == kind]
        return [(role, row.volunteer_id) for row in chosen for role in self.ids(row.need_id)]


def _windows(rows: Sequence[Any], spread: _Spread, now: datetime) -> list[tuple[int, int, int]]:
    """(role id, first minute, end minute) of the wanted spans that still lie ahead.

    A span that has begun counts from the next half hour, as long as the whole service fits into what is left of it.
    """
    soon = -(-spans.end_minute_of(now) // STEP_MINUTES) * STEP_MINUTES
    found = []
    for row in rows:
        start, end = spans.minute_of(row.start), spans.end_minute_of(row.end)
        for role in spread.roles.get(row.need_id, ()):
            if start >= soon:
                found.append((role.id, start, end))
            elif role.interval_rule == IntervalRule.ANY_OF and end - soon >= role.duration_minutes:
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
    session: Session, county: str, same: Sequence[Any], spread: _Spread, now: datetime
) -> list[tuple[int, int]]:
    """Who served the same resident within a year; `same` are pairs (need, earlier need)."""
    if not same:
        return []
    params = {"county": county, "needs": sorted({row.earlier for row in same}), "since": now - CONTINUITY}
    served: dict[int, set[int]] = {}
    for need_id, volunteer_id in session.execute(SERVED, params):
        served.setdefault(need_id, set()).add(volunteer_id)
    return [(role, one) for row in same for one in served.get(row.earlier, ()) for role in spread.ids(row.id)]


def _pins(lines: Lines, words: Sequence[Any]) -> tuple[tuple[int, int], ...]:
    first: dict[int, int] = {}
    for role_id, need_id in zip(
        lines.table["id"][lines.table["seats"] > 0].tolist(),
        lines.table["need"][lines.table["seats"] > 0].tolist(),
        strict=True,
    ):
        first.setdefault(need_id, role_id)
    pinned = (row for row in words if row.kind == ConstraintKind.PIN and row.need_id in first)
    return tuple((first[row.need_id], row.volunteer_id) for row in pinned)


def some_needs(county: str, need_ids: Sequence[int]) -> LineQueries:
    """Some needs that may take people."""
    return LineQueries(and_(taking_people(county), Need.id.in_(list(need_ids))))
