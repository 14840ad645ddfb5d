"""Claim limits: how many open tasks (offered or accepted) a person and a team may have at once, by the office's rules.

Shown before the click, refused after it. Nobody overrides them: who needs more changes the rule.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from dashboard.core.errors import Conflict
from dashboard.core.words import DispatchState
from dashboard.services.commands import Work
from dashboard.services.rules import rule_row
from db.engine import lock_rows
from db.models import Dispatch, Membership, Team

#: A task is open while she may still be asked to give it back.
OPEN = (DispatchState.OFFERED, DispatchState.ACCEPTED)
#: The kind under which teams are locked, between the volunteers and the needs.
TEAM = "team"


class Limits(NamedTuple):
    """The most open tasks of a person and of a team; 0 is no limit."""

    most_open_person: int = 0
    most_open_team: int = 0


NO_LIMITS = Limits()


@dataclass(frozen=True)
class Claims:
    """Her open tasks, and those of the fullest of her teams ("" without a team), against the limits (0: none)."""

    open: int
    most: int
    team: str = ""
    team_open: int = 0
    team_most: int = 0

    @property
    def person_full(self) -> bool:
        return bool(self.most) and self.open >= self.most

    @property
    def team_full(self) -> bool:
        return bool(self.team and self.team_most) and self.team_open >= self.team_most

    @property
    def full(self) -> bool:
        """Would one task more break a limit?"""
        return self.person_full or self.team_full


def limits_at(session: Session, county: str, now: datetime) -> Limits:
    """The limits that hold now."""
    given = rule_row(session, county, "matching", now).data.get("limits", {})
    return Limits(**{name: int(value) for name, value in given.items() if name in Limits._fields})


def claims_of(session: Session, county: str, ids: Collection[int], limits: Limits) -> dict[int, Claims]:
    """The claims of some volunteers. A need with several wanted times is one task."""
    mine = sorted(set(ids))
    tasks = _tasks().where(Dispatch.county == county, Dispatch.volunteer_id.in_(mine)).subquery()
    counted = select(tasks.c.volunteer_id, func.count()).group_by(tasks.c.volunteer_id)
    own: dict[int, int] = dict(session.execute(counted).all())
    teams = _fullest(session, county, mine) if limits.most_open_team else {}
    return {
        one: Claims(own.get(one, 0), limits.most_open_person, *teams.get(one, ("", 0)), team_most=limits.most_open_team)
        for one in mine
    }


def _tasks() -> Any:
    """Open tasks: a volunteer on a role, however many times she serves it."""
    return select(Dispatch.volunteer_id, Dispatch.need_id, Dispatch.role_id).where(Dispatch.state.in_(OPEN)).distinct()


def _current(county: str) -> tuple[ColumnElement[bool], ...]:
    return Membership.county == county, Membership.valid_to.is_(None)


def _fullest(session: Session, county: str, ids: Sequence[int]) -> dict[int, tuple[str, int]]:
    """Of each volunteer with a team: the name and open tasks of her fullest team."""
    memberships = session.execute(
        select(Membership.volunteer_id, Membership.team_id, Team.name)
        .join(Team, Team.id == Membership.team_id)
        .where(*_current(county), Membership.volunteer_id.in_(ids), Team.active)
        .order_by(Membership.team_id)
    ).all()
    teams = sorted({row.team_id for row in memberships})
    members = (
        select(Membership.team_id, Membership.volunteer_id)
        .where(*_current(county), Membership.team_id.in_(teams))
        .distinct()
        .subquery()
    )
    tasks = _tasks().where(Dispatch.county == county).subquery()
    counted = (
        select(members.c.team_id, func.count())
        .join(tasks, tasks.c.volunteer_id == members.c.volunteer_id)
        .group_by(members.c.team_id)
    )
    open_of: dict[int, int] = dict(session.execute(counted).all()) if teams else {}
    found: dict[int, tuple[str, int]] = {}
    for row in memberships:
        count = open_of.get(row.team_id, 0)
        if row.volunteer_id not in found or count > found[row.volunteer_id][1]:
            found[row.volunteer_id] = (row.name, count)
    return found


def lock_teams(work: Work, ids: Sequence[int]) -> None:
    """Where teams have a limit: the teams of these people, so that two dispatches can't pass it side by side. After
    the volunteers' locks, before the needs'."""
    if not limits_at(work.session, work.actor.county, work.now).most_open_team:
        return
    teams = select(Membership.team_id).where(*_current(work.actor.county), Membership.volunteer_id.in_(list(ids)))
    lock_rows(work.session, TEAM, sorted(set(work.session.scalars(teams))))


def refusal_of(claims: Claims, who: str) -> Conflict | None:
    """The sentence of a limit that one task more would break."""
    if claims.person_full:
        return Conflict("claims.person_full", volunteer=who, open=claims.open, most=claims.most)
    if claims.team_full:
        values = {"volunteer": who, "team": claims.team, "open": claims.team_open, "most": claims.team_most}
        return Conflict("claims.team_full", **values)
    return None
