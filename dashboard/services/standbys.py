"""候补: the volunteers who would stand in for a need, in a coordinator's order, asked before the ranked list.

Nobody on it has a promise: when her turn comes she passes the same checks as any dispatch, without an override, or is
dropped from the list with the rule as the reason, and the one after her has her turn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from dashboard.core.errors import Conflict, DashboardError, Invalid, NotFound
from dashboard.core.masking import masked_name
from dashboard.core.needs import TAKES_PEOPLE
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.words import NeedState, Subject
from dashboard.services import dispatch_checks as checks
from dashboard.services import need_life as life
from dashboard.services.claims import lock_teams
from dashboard.services.commands import Work, command, wall
from dashboard.services.dispatches import VOLUNTEER, open_need, send
from dashboard.services.holds import take_down
from dashboard.services.questions import question
from dashboard.services.reach import at_reached_site
from dashboard.services.standby_notes import DROPPED, REMOVED
from dashboard.services.tick_rounds import rounds_of
from db.engine import lock_rows
from db.models import Account, Need, Person, Standby, Volunteer

#: Refusals that are about the need, not about her: they end the command and drop nobody.
_OF_THE_NEED = frozenset({"dispatches.time_past", "dispatches.no_such_role", "commands.need_full"})
ASKED_ALREADY = "standbys.asked_already"
#: Of those dropped or removed so many are shown.
_ENDED = 5


@dataclass(frozen=True)
class Waiting:
    """Somebody on the list. `volunteer` is masked for readers who see no volunteers."""

    id: int
    role_id: int
    volunteer_id: int
    volunteer: str
    by: str
    since: datetime


@dataclass(frozen=True)
class Ended:
    """Somebody who waits no longer; `why` is the key of the rule she did not pass."""

    volunteer: str
    outcome: str
    why: str
    at: datetime


@dataclass(frozen=True)
class StandbyList:
    """Those who wait, in their order, and the last who were dropped."""

    waiting: tuple[Waiting, ...]
    dropped: tuple[Ended, ...]


@question(Subject.NEEDS, Subject.PEOPLE, Subject.ACCOUNTS, Subject.PLACES)
def standby_list(session: Session, actor: Actor, *, need_id: int) -> StandbyList:
    """The list of a need within the actor's reach; empty for another."""
    require(actor, Action.SEE_NEEDS)
    rows = session.execute(
        select(Standby, Person.name, Account.display_name)
        .join(Need, Need.id == Standby.need_id)
        .join(Volunteer, Volunteer.id == Standby.volunteer_id)
        .join(Person, Person.id == Volunteer.person_id)
        .outerjoin(Account, Account.id == Standby.added_by)
        .where(Standby.county == actor.county, Standby.need_id == need_id, at_reached_site(actor, Need.site_id))
        .order_by(Standby.role_id, Standby.place, Standby.id)
    ).all()
    named = actor.may(Action.SEE_VOLUNTEERS)
    waiting: list[Waiting] = []
    dropped: list[Ended] = []
    for row, name, by in rows:
        shown = name if named else masked_name(name)
        if row.closed_at is None:
            waiting.append(Waiting(row.id, row.role_id, row.volunteer_id, shown, by or "", row.added_at))
        elif row.outcome == DROPPED:
            dropped.append(Ended(shown, row.outcome, row.why, row.closed_at))
    return StandbyList(tuple(waiting), tuple(sorted(dropped, key=lambda one: one.at, reverse=True)[:_ENDED]))


def first_waiting(session: Session, county: str, need_id: int, role_id: int) -> list[Standby]:
    """Those who wait for the role, in their order."""
    here = (Standby.county == county, Standby.need_id == need_id, Standby.role_id == role_id)
    rows = select(Standby).where(*here, Standby.closed_at.is_(None)).order_by(Standby.place, Standby.id)
    return list(session.scalars(rows.execution_options(populate_existing=True)))


# -- the list


@command(Action.DISPATCH, Subject.NEEDS)
def add_standby(work: Work, *, need_id: int, volunteer_id: int, role_id: int | None = None) -> dict[str, Any]:
    """Put somebody at the end of the list. Raises Conflict when she is on it, or was asked for this need already."""
    need = life.need_for(work, need_id)
    if NeedState(need.state) not in TAKES_PEOPLE:
        raise Conflict(f"dispatches.need_{need.state}", code=need.code)
    roles = life.seats_by_role(work, need.id)
    role = next(iter(roles)) if role_id is None else role_id
    if role not in roles:
        raise Invalid("dispatches.no_such_role")
    # Is she within reach, and there?
    checks.bench_of(work, [need.id], [volunteer_id])
    who = checks.name_of(work.session, volunteer_id)
    if volunteer_id in _asked(work, need):
        raise Conflict(ASKED_ALREADY, volunteer=who)
    row = _entry(work, need, volunteer_id)
    if row is not None and row.closed_at is None:
        raise Conflict("standbys.twice", volunteer=who)
    place = _last(work, need) + 1
    if row is None:
        row = Standby(county=need.county, need_id=need.id, volunteer_id=volunteer_id)
    row.role_id, row.place, row.added_by, row.added_at = role, place, work.actor.account_id, work.now
    row.closed_at, row.outcome, row.why = None, None, ""
    work.session.add(row)
    work.session.flush()
    work.audit("need", need.id, after={"standby": volunteer_id, "role": role, "place": row.place})
    return {"need_id": need.id, "code": need.code, "volunteer": who}


@command(Action.DISPATCH, Subject.NEEDS)
def raise_standby(work: Work, *, standby_id: int) -> dict[str, Any]:
    """One place up: she and the one before her change places. Raises Invalid for the first."""
    row, need = _open_entry(work, standby_id)
    waiting = first_waiting(work.session, need.county, need.id, row.role_id)
    at = [one.id for one in waiting].index(row.id)
    if at == 0:
        raise Invalid("standbys.first_already")
    before = waiting[at - 1]
    row.place, before.place = before.place, row.place
    work.audit("need", need.id, before={"place": before.place}, after={"standby": row.volunteer_id, "place": row.place})
    return _said(work, need, row.volunteer_id)


@command(Action.DISPATCH, Subject.NEEDS)
def remove_standby(work: Work, *, standby_id: int) -> dict[str, Any]:
    """Take somebody off the list."""
    row, need = _open_entry(work, standby_id)
    _end(work, row, REMOVED, "")
    work.audit("need", need.id, before={"standby": row.volunteer_id}, after={"standby": None})
    return _said(work, need, row.volunteer_id)


def _said(work: Work, need: Need, volunteer_id: int) -> dict[str, Any]:
    return {"need_id": need.id, "code": need.code, "volunteer": checks.name_of(work.session, volunteer_id)}


def _open_entry(work: Work, standby_id: int) -> tuple[Standby, Need]:
    """The entry, its need locked. Raises NotFound when there is none, or she waits no longer."""
    mine = (Standby.county == work.actor.county, Standby.id == standby_id)
    need_id = work.session.scalar(select(Standby.need_id).where(*mine))
    if need_id is None:
        raise NotFound("standbys.gone")
    need = life.need_for(work, need_id)
    row = work.session.scalar(select(Standby).where(*mine).execution_options(populate_existing=True))
    if row is None or row.closed_at is not None:
        raise NotFound("standbys.gone")
    return row, need


def _entry(work: Work, need: Need, volunteer_id: int) -> Standby | None:
    mine = (Standby.county == need.county, Standby.need_id == need.id, Standby.volunteer_id == volunteer_id)
    return work.session.scalar(select(Standby).where(*mine).execution_options(populate_existing=True))


def _last(work: Work, need: Need) -> int:
    here = (Standby.county == need.county, Standby.need_id == need.id)
    return work.session.scalar(select(func.max(Standby.place)).where(*here)) or 0


def _asked(work: Work, need: Need) -> frozenset[int]:
    return rounds_of(work.session, need.county, [need.id])[need.id].asked


def _end(work: Work, row: Standby, outcome: str, why: str) -> None:
    row.closed_at, row.outcome, row.why = work.now, outcome, why
    work.session.flush()


# -- her turn


@command(Action.DISPATCH, Subject.NEEDS)
def offer_standby(work: Work, *, need_id: int, role_id: int, owed_only: bool = False) -> dict[str, Any]:
    """Offer a seat of the role to the first on the list who passes the checks; the others before her are dropped.

    `owed_only`: only a seat that is owed after a no or was freed, as a tick does. `offered` is the volunteer's id, None
    when the whole list was dropped. Raises Conflict when the list is empty, no seat is free or owed, or somebody holds
    the need.
    """
    listed = first_waiting(work.session, work.actor.county, need_id, role_id)
    people = sorted(row.volunteer_id for row in listed)
    if not people:
        raise Conflict("standbys.nobody")
    # Volunteers before needs, as everywhere. Who is put on the list meanwhile has her turn next time.
    lock_rows(work.session, VOLUNTEER, people)
    lock_teams(work, people)
    need = open_need(work, need_id)
    one = rounds_of(work.session, need.county, [need.id])[need.id]
    if owed_only and not (one.owed.get(role_id) or one.freed.get(role_id)):
        raise Conflict("ticks.not_due")
    if not life.seats_by_role(work, need.id).get(role_id):
        raise checks.full_of(work, need)
    dropped: list[dict[str, Any]] = []
    made: list[int] = []
    offered: int | None = None
    for row in first_waiting(work.session, need.county, need.id, role_id):
        if row.volunteer_id not in people:
            continue
        made, why = _offered(work, need, row, one.asked)
        if made:
            offered = row.volunteer_id
            break
        _end(work, row, DROPPED, why)
        dropped.append({"volunteer": row.volunteer_id, "why": why})
    if offered is not None:
        take_down(work, need)
    work.audit("need", need.id, after={"dispatched": made, "standby": offered, "dropped": dropped, "role": role_id})
    name = "" if offered is None else checks.name_of(work.session, offered)
    said = {"offered": offered, "volunteer": name, "dropped": len(dropped), "dispatch_ids": made}
    return {"need_id": need.id, "code": need.code} | said


def _offered(work: Work, need: Need, row: Standby, asked: frozenset[int]) -> tuple[list[int], str]:
    """The dispatches made; else none, and the key of what stood in her way."""
    if row.volunteer_id in asked:
        return [], ASKED_ALREADY
    role_id, people = row.role_id, [row.volunteer_id]
    try:
        with work.session.begin_nested():
            return send(work, need, role_id, people, None, _bench(work, need, people), ""), ""
    except DashboardError as error:
        if error.key in _OF_THE_NEED:
            raise
        return [], error.key
    except DBAPIError as error:
        broken = wall(error)
        if not isinstance(broken, DashboardError) or broken.key in _OF_THE_NEED:
            raise broken from error
        return [], broken.key


def _bench(work: Work, need: Need, people: Sequence[int]) -> checks.Bench:
    return checks.bench_of(work, [need.id], people)
