"""Emergencies (F42): a promise taken back for a more urgent need, never without a named person who accepts it.

`proposals` names who is already promised to a less urgent need and could come, and who could take over there.
`displace` does all of it in one transaction: withdraws her, sends her, finds her a substitute or marks the need as
escalated. Nothing else changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.core.errors import Conflict, DashboardError, Invalid, NotFound
from dashboard.core.intake import clean
from dashboard.core.matching import candidates as ranking
from dashboard.core.matching.words import URGENCIES
from dashboard.core.permissions import Action, Actor
from dashboard.core.words import DispatchState, Subject, Urgency
from dashboard.services import dispatch_checks as checks
from dashboard.services import need_life as life
from dashboard.services.claims import claims_of, limits_at, lock_teams
from dashboard.services.commands import Work, command, perform
from dashboard.services.dispatches import VOLUNTEER, open_need, send
from dashboard.services.displace_ask import OPEN, Proposals, at_time, proposals, table_of
from dashboard.services.holds import require_not_held, take_down
from dashboard.services.need_writing import require_reason
from dashboard.services.plan_check import lock_needs
from dashboard.services.questions import answer
from db.engine import Database, lock_rows
from db.models import Dispatch, Displacement, Need

#: So many of the best are tried, one after the other, for the need that lost somebody.
TRIED = 10


@dataclass(frozen=True)
class Displaced:
    """What was done: whose dispatch was withdrawn and where she was sent, and who took over ("" when `escalated`)."""

    displacement_id: int
    volunteer: str
    code: str
    displaced_code: str
    sent_dispatch_ids: tuple[int, ...]
    withdrawn_dispatch_id: int
    replaced_dispatch_id: int | None
    substitute: str
    escalated: bool


def displace(
    database: Database,
    actor: Actor,
    *,
    need_id: int,
    role_id: int,
    dispatch_id: int,
    accepted_by: str,
    accepted_role: str,
    reason: str,
    now: datetime,
    key: str | None = None,
) -> Displaced:
    """Withdraw a dispatch to a less urgent need and send her to this one, as the person named accepted.

    Raises Invalid without a name or a reason, where somebody free could come, or where the other need is as urgent.
    """
    require_said(accepted_by, reason)
    found: Proposals = answer(database, proposals, actor, need_id=need_id, role_id=role_id, now=now, limit=1)
    if found.free:
        raise Invalid("displace.somebody_is_free", code=found.code, free=found.free)
    with database.read() as session:
        substitutes = substitutes_for(session, actor, dispatch_id, now)
    values = {"need_id": need_id, "role_id": role_id, "dispatch_id": dispatch_id, "substitutes": substitutes}
    said = {"accepted_by": accepted_by, "accepted_role": accepted_role, "reason": reason}
    result = perform(database, take_over, actor, now=now, key=key, **values, **said)
    return Displaced(**result | {"sent_dispatch_ids": tuple(result["sent_dispatch_ids"])})


def require_said(accepted_by: str, reason: str) -> None:
    """Raises Invalid unless somebody is named and a reason given."""
    if not clean(accepted_by):
        raise Invalid("displace.who_accepts")
    require_reason(reason)


def substitutes_for(session: Session, actor: Actor, dispatch_id: int, now: datetime) -> list[int]:
    """The best who are free for the need a dispatch would be taken from, at its time, best first."""
    row = session.execute(
        select(Dispatch.need_id, Dispatch.role_id, Dispatch.start, Dispatch.end).where(
            Dispatch.id == dispatch_id, Dispatch.county == actor.county
        )
    ).first()
    if row is None:
        raise NotFound("dispatches.no_such")
    table = table_of(session, actor, row.need_id, now)
    line = int(table.lines.rows([row.role_id])[0])
    lines = at_time(table.lines, line, row.start, row.end)
    found = ranking.ranked(table.people, lines, 0, table.policy, TRIED)
    ids: list[int] = found.id.tolist()
    claims = claims_of(session, actor.county, ids, limits_at(session, actor.county, now))
    return [one for one in ids if not claims[one].full]


@command(Action.DISPATCH, Subject.NEEDS)
def take_over(
    work: Work,
    *,
    need_id: int,
    role_id: int,
    dispatch_id: int,
    substitutes: Sequence[int],
    accepted_by: str,
    accepted_role: str,
    reason: str,
) -> dict[str, Any]:
    """The deed of `displace`, which knows the substitutes."""
    require_said(accepted_by, reason)
    was = work.session.execute(
        select(Dispatch.volunteer_id, Dispatch.need_id).where(
            Dispatch.id == dispatch_id, Dispatch.county == work.actor.county
        )
    ).first()
    if was is None:
        raise NotFound("dispatches.no_such")
    people = sorted({was.volunteer_id, *substitutes})
    lock_rows(work.session, VOLUNTEER, people)
    lock_teams(work, people)
    lock_needs(work, [need_id, was.need_id])
    need = open_need(work, need_id)
    row, loser = life.dispatch_for(work, dispatch_id)
    _require_displaceable(work, need, row, loser)
    span = (row.start, row.end)
    life.move_dispatch(work, row, loser, DispatchState.CANCELLED, reason=reason.strip(), taken_over=True)
    life.settle(work, loser)
    bench = checks.bench_of(work, [need.id], [row.volunteer_id])
    sent = send(work, need, role_id, [row.volunteer_id], None, bench, "")
    take_down(work, need)
    substitute, replaced = _replaced(work, loser, row.role_id, span, substitutes)
    made = Displacement(
        county=need.county,
        need_id=need.id,
        dispatch_id=row.id,
        sent_dispatch_id=sent[0],
        replaced_dispatch_id=replaced,
        escalated=replaced is None,
        accepted_by=clean(accepted_by)[:60],
        accepted_role=clean(accepted_role)[:60],
        reason=reason.strip(),
        at=work.now,
        account_id=work.actor.account_id,
    )
    work.session.add(made)
    work.session.flush()
    shown: dict[str, Any] = {"need_id": need.id, "displaced_need_id": loser.id, "volunteer_id": row.volunteer_id}
    shown |= {"withdrawn_dispatch": row.id}
    shown |= {"dispatched": sent, "substitute": substitute, "escalated": made.escalated, "role": made.accepted_role}
    named = [(None, "accepted_by", None, made.accepted_by)]
    work.audit("displacement", made.id, after=shown, reason=reason, personal=named)
    return {
        "displacement_id": made.id,
        "volunteer": checks.name_of(work.session, row.volunteer_id),
        "code": need.code,
        "displaced_code": loser.code,
        "sent_dispatch_ids": sent,
        "withdrawn_dispatch_id": row.id,
        "replaced_dispatch_id": replaced,
        "substitute": "" if substitute is None else checks.name_of(work.session, substitute),
        "escalated": made.escalated,
    }


def _require_displaceable(work: Work, need: Need, row: Dispatch, loser: Need) -> None:
    """May this promise be taken back for this need? Raises Invalid, Conflict."""
    # Who is only asked to take an order over promises nothing there.
    if DispatchState(row.state) not in OPEN or row.in_place_of is not None:
        raise Conflict("displace.not_open_any_more", code=loser.code)
    if URGENCIES.index(Urgency(need.urgency)) >= URGENCIES.index(Urgency(loser.urgency)):
        raise Invalid("displace.not_less_urgent", code=loser.code)
    others = work.session.scalars(
        select(Dispatch.id).where(
            Dispatch.county == row.county,
            Dispatch.need_id == row.need_id,
            Dispatch.role_id == row.role_id,
            Dispatch.volunteer_id == row.volunteer_id,
            Dispatch.state.in_(OPEN),
            Dispatch.id != row.id,
        )
    ).all()
    if others:
        # She promised to come several times: part of a promise is none.
        raise Invalid("displace.several_times", code=loser.code)
    require_not_held(work, loser)


def _replaced(
    work: Work, loser: Need, role_id: int, span: tuple[datetime, datetime], substitutes: Sequence[int]
) -> tuple[int | None, int | None]:
    """(volunteer, dispatch) of the first who may still take over, (None, None) when nobody may."""
    for substitute in substitutes:
        try:
            with work.session.begin_nested():
                bench = checks.bench_of(work, [loser.id], [substitute])
                made = send(work, loser, role_id, [substitute], span, bench, "")
            return substitute, made[0]
        except DashboardError:
            continue
    return None, None
