"""转交 of a hold: one coordinator asks another for the need she holds; granted, refused, or silence within the time.

Every answer locks the need first, so of two at once one counts. `lapse_hold` is the tick's: it moves no hold.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from dashboard.core import hand_overs as rules
from dashboard.core.errors import Conflict, Forbidden, Invalid, NotFound
from dashboard.core.hand_overs import State, Told
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.show_times import stamp
from dashboard.core.words import Subject
from dashboard.services import need_life as life
from dashboard.services.commands import Work, command
from dashboard.services.hand_over_notes import ask_for, end, lapse, open_hold, tell
from dashboard.services.holds import held, pass_on
from dashboard.services.need_writing import require_reason
from dashboard.services.questions import question
from dashboard.services.reach import at_reached_site
from db.models import Account, HandOver, Need, Notice

#: Longer words are cut.
LONGEST = 200
#: So many of the last notices are shown.
SHOWN = 5


@dataclass(frozen=True)
class Asked:
    """A request that waits for an answer: for a need held by `holder`, by `asker`."""

    id: int
    need_id: int
    code: str
    title: str
    holder_id: int
    holder: str
    asker_id: int
    asker: str
    reason: str
    answer_by: datetime


@dataclass(frozen=True)
class Line:
    """One thing told to a coordinator. `who`: the other one, "" where there is none; `answer`: why it was refused."""

    id: int
    kind: Told
    need_id: int
    code: str
    title: str
    who: str
    answer: str
    at: datetime


# -- asking and answering


@command(Action.DISPATCH, Subject.NEEDS)
def ask_hold(work: Work, *, need_id: int, reason: str) -> dict[str, Any]:
    """Ask the coordinator who holds the need to hand it over. Raises Invalid where nobody else holds it, or she may no
    longer answer; Conflict where somebody asked already."""
    require_reason(reason)
    need = life.need_for(work, need_id)
    row = held(work, need)
    if row is None:
        raise Invalid("hand_overs.not_held", code=need.code)
    if row.account_id == work.actor.account_id:
        raise Invalid("hand_overs.yours_already", code=need.code)
    _require_a_coordinator(work)
    there = open_hold(work, need)
    if there is not None and there.answer_by > work.now:
        raise Conflict("hand_overs.asked_already", code=need.code, who=_name(work, there.to_account_id))
    if there is not None:
        lapse(work, need, there)
    made = ask_for(
        work,
        need_id=need.id,
        from_account_id=row.account_id,
        to_account_id=work.actor.account_id,
        reason=reason.strip()[:LONGEST],
        answer_by=rules.answer_by(work.now, row.expires_at),
    )
    after = {"hand_over": made.id, "held_by": row.account_id, "until": made.answer_by}
    work.audit("need", need.id, after=after, reason=reason)
    return {"code": need.code, "who": _name(work, row.account_id), "until": stamp(made.answer_by)}


def _require_a_coordinator(work: Work) -> None:
    """Only an account can hold a need."""
    if work.session.get(Account, work.actor.account_id) is None:
        raise Forbidden("permissions.role", action=work.action, role=work.actor.role)


@command(Action.DISPATCH, Subject.NEEDS)
def grant_hold(work: Work, *, hand_over_id: int) -> dict[str, Any]:
    """Hand it over: from now on the hold is the other's, with its whole time, and she is told."""
    asked, need = _asked(work, hand_over_id)
    _require_is(work, asked.from_account_id)
    rules.check(State(asked.state), State.GRANTED, work.now, asked.answer_by)
    row = held(work, need)
    if row is None or row.account_id != work.actor.account_id or asked.to_account_id is None:
        raise Invalid("holds.not_yours")
    end(work, asked, State.GRANTED, "")
    pass_on(work, row, asked.to_account_id)
    tell(work, need, asked.to_account_id, Told.GRANTED, asked)
    after = {"hand_over": asked.id, "held_by": row.account_id, "held_until": row.expires_at}
    work.audit("need", need.id, before={"held_by": asked.from_account_id}, after=after)
    return {"code": need.code, "who": _name(work, asked.to_account_id)}


@command(Action.DISPATCH, Subject.NEEDS)
def refuse_hold(work: Work, *, hand_over_id: int, reason: str) -> dict[str, Any]:
    """Keep it; the other is told why."""
    require_reason(reason)
    asked, need = _asked(work, hand_over_id)
    _require_is(work, asked.from_account_id)
    rules.check(State(asked.state), State.REFUSED, work.now, asked.answer_by)
    end(work, asked, State.REFUSED, reason.strip()[:LONGEST])
    tell(work, need, asked.to_account_id, Told.REFUSED, asked)
    work.audit("need", need.id, after={"hand_over": asked.id, "state": asked.state}, reason=reason)
    return {"code": need.code, "who": _name(work, asked.to_account_id)}


@command(Action.DISPATCH, Subject.NEEDS)
def withdraw_hold(work: Work, *, hand_over_id: int) -> dict[str, Any]:
    """Take back one's own request."""
    asked, need = _asked(work, hand_over_id)
    _require_is(work, asked.to_account_id)
    rules.check(State(asked.state), State.WITHDRAWN, work.now, asked.answer_by)
    end(work, asked, State.WITHDRAWN, "")
    work.audit("need", need.id, after={"hand_over": asked.id, "state": asked.state})
    return {"code": need.code}


@command(Action.DISPATCH, Subject.NEEDS)
def lapse_hold(work: Work, *, hand_over_id: int) -> dict[str, Any]:
    """Nobody answered in time: both are told, the hold stays. Raises Invalid before the time is over."""
    asked, need = _asked(work, hand_over_id)
    rules.check(State(asked.state), State.LAPSED, work.now, asked.answer_by)
    lapse(work, need, asked)
    work.audit("need", need.id, after={"hand_over": asked.id, "state": asked.state})
    return {"code": need.code}


def due(session: Session, county: str, now: datetime) -> list[int]:
    """Requests for holds whose time is over."""
    waiting = (HandOver.county == county, HandOver.from_account_id.is_not(None), HandOver.state == State.ASKED)
    rows = select(HandOver.id).where(*waiting, HandOver.answer_by <= now)
    return list(session.scalars(rows.order_by(HandOver.answer_by, HandOver.id)))


def _asked(work: Work, hand_over_id: int) -> tuple[HandOver, Need]:
    """A request for a hold, its need locked."""
    mine = (
        HandOver.county == work.actor.county,
        HandOver.id == hand_over_id,
        HandOver.from_account_id.is_not(None),
    )
    need_id = work.session.scalar(select(HandOver.need_id).where(*mine))
    if need_id is None:
        raise NotFound("hand_overs.no_such")
    need = life.need_for(work, need_id)
    row = work.session.scalars(select(HandOver).where(*mine).execution_options(populate_existing=True)).one()
    return row, need


def _require_is(work: Work, account_id: int | None) -> None:
    if work.actor.account_id != account_id:
        raise Forbidden("hand_overs.not_you")


def _name(work: Work, account_id: int | None) -> str:
    return work.session.scalar(select(Account.display_name).where(Account.id == account_id)) or "system"


# -- what waits, and what is told


@question(Subject.NEEDS, Subject.ACCOUNTS, Subject.PLACES)
def waiting(session: Session, actor: Actor, *, now: datetime, need_id: int | None = None) -> tuple[Asked, ...]:
    """Requests that wait for the reader's own answer; with `need_id` those for this need, whoever is asked."""
    require(actor, Action.SEE_NEEDS)
    holder, asker = aliased(Account), aliased(Account)
    which = HandOver.from_account_id == actor.account_id if need_id is None else HandOver.need_id == need_id
    rows = session.execute(
        select(HandOver, Need.code, Need.title, holder.display_name.label("holder"), asker.display_name.label("asker"))
        .join(Need, Need.id == HandOver.need_id)
        .join(holder, holder.id == HandOver.from_account_id)
        .join(asker, asker.id == HandOver.to_account_id)
        .where(
            HandOver.county == actor.county,
            HandOver.state == State.ASKED,
            HandOver.answer_by > now,
            which,
            at_reached_site(actor, Need.site_id),
        )
        .order_by(HandOver.answer_by, HandOver.id)
    )
    return tuple(_one(row) for row in rows)


def _one(row: Any) -> Asked:
    asked: HandOver = row[0]
    return Asked(
        id=asked.id,
        need_id=asked.need_id,
        code=row.code,
        title=row.title,
        holder_id=asked.from_account_id or 0,
        holder=row.holder,
        asker_id=asked.to_account_id or 0,
        asker=row.asker,
        reason=asked.reason,
        answer_by=asked.answer_by,
    )


@question(Subject.NEEDS, Subject.ACCOUNTS, Subject.MESSAGES)
def notices(session: Session, actor: Actor) -> tuple[Line, ...]:
    """What the reader was told and has not put away yet, the newest first."""
    require(actor, Action.SEE_NEEDS)
    holder, asker = aliased(Account), aliased(Account)
    rows = session.execute(
        select(
            Notice,
            Need.id,
            Need.code,
            Need.title,
            HandOver.from_account_id,
            HandOver.answer,
            holder.display_name,
            asker.display_name,
        )
        .join(Need, Need.id == Notice.need_id)
        .outerjoin(HandOver, HandOver.id == Notice.subject_id)
        .outerjoin(holder, holder.id == HandOver.from_account_id)
        .outerjoin(asker, asker.id == HandOver.to_account_id)
        .where(
            Notice.county == actor.county,
            Notice.account_id == actor.account_id,
            Notice.kind.in_(Told),
            Notice.closed_at.is_(None),
        )
        .order_by(Notice.created_at.desc(), Notice.id.desc())
        .limit(SHOWN)
    )
    return tuple(
        Line(
            id=one.id,
            kind=Told(one.kind),
            need_id=need_id,
            code=code,
            title=title,
            who=(asked_by if one.account_id == held_by else held_by_name) or "",
            answer=answer or "",
            at=one.created_at,
        )
        for one, need_id, code, title, held_by, answer, held_by_name, asked_by in rows
    )
