"""Holds (李某正在派 · 还有 4 分): one coordinator works on a need for five minutes; nobody else dispatches it."""

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select

from dashboard.core.errors import Conflict, Invalid
from dashboard.core.permissions import Action
from dashboard.core.show_times import stamp
from dashboard.core.words import Subject
from dashboard.services import need_life as life
from dashboard.services.commands import Work, command
from dashboard.services.hand_over_notes import hold_ended
from db.models import Account, Hold, Need

LENGTH = timedelta(minutes=5)


@command(Action.DISPATCH, Subject.NEEDS)
def hold(work: Work, *, need_id: int) -> dict[str, Any]:
    """Take the need for five minutes; one's own hold starts anew only by `extend`. Refused while another holds it."""
    need = life.need_for(work, need_id)
    require_not_held(work, need)
    mine = _of(work, need)
    if mine is not None and mine.expires_at > work.now and mine.account_id == work.actor.account_id:
        raise Invalid("holds.already_yours", until=stamp(mine.expires_at))
    _remove(work, need)
    row = Hold(
        county=need.county,
        need_id=need.id,
        account_id=work.actor.account_id,
        taken_at=work.now,
        expires_at=work.now + LENGTH,
        extended=False,
    )
    work.session.add(row)
    work.audit("need", need.id, after={"held_until": row.expires_at})
    return {"need_id": need.id, "code": need.code, "until": stamp(row.expires_at)}


@command(Action.DISPATCH, Subject.NEEDS)
def extend(work: Work, *, need_id: int) -> dict[str, Any]:
    """Five minutes more, once."""
    need = life.need_for(work, need_id)
    row = _mine(work, need)
    if row.extended:
        raise Invalid("holds.extended_once")
    row.expires_at, row.extended = row.expires_at + LENGTH, True
    work.audit("need", need.id, after={"held_until": row.expires_at})
    return {"need_id": need.id, "code": need.code, "until": stamp(row.expires_at)}


@command(Action.DISPATCH, Subject.NEEDS)
def release(work: Work, *, need_id: int) -> dict[str, Any]:
    """Let others have it before the time is over."""
    need = life.need_for(work, need_id)
    _mine(work, need)
    _remove(work, need)
    work.audit("need", need.id, after={"held_until": None})
    return {"need_id": need.id, "code": need.code}


def require_not_held(work: Work, need: Need) -> None:
    """Raises Conflict naming who holds the need, and until when."""
    row = _of(work, need)
    if row is None or row.expires_at <= work.now or row.account_id == work.actor.account_id:
        return
    who = work.session.scalar(select(Account.display_name).where(Account.id == row.account_id)) or "system"
    raise Conflict("holds.held_by", code=need.code, who=who, until=stamp(row.expires_at))


def take_down(work: Work, need: Need) -> None:
    """After a dispatch the need is free for the next coordinator."""
    _remove(work, need)


def run_out(work: Work, need: Need) -> Hold | None:
    """Take away a hold that has run out, which its holder is told; None where there is none, or it still runs."""
    row = _of(work, need)
    if row is None or row.expires_at > work.now:
        return None
    _remove(work, need)
    return row


def held(work: Work, need: Need) -> Hold | None:
    """The hold on a need that is locked, while it runs."""
    row = _of(work, need)
    return row if row is not None and row.expires_at > work.now else None


def pass_on(work: Work, row: Hold, account_id: int) -> None:
    """The hold is another's from now on, with the whole time."""
    row.account_id, row.taken_at, row.expires_at, row.extended = account_id, work.now, work.now + LENGTH, False
    work.session.flush()


def _of(work: Work, need: Need) -> Hold | None:
    return work.session.scalar(
        select(Hold)
        .where(Hold.county == need.county, Hold.need_id == need.id)
        .execution_options(populate_existing=True)
    )


def _mine(work: Work, need: Need) -> Hold:
    row = _of(work, need)
    if row is None or row.account_id != work.actor.account_id or row.expires_at <= work.now:
        raise Invalid("holds.not_yours")
    return row


def _remove(work: Work, need: Need) -> None:
    row = _of(work, need)
    if row is None:
        return
    hold_ended(work, need, row)
    work.session.expunge(row)
    work.session.execute(delete(Hold).where(Hold.county == need.county, Hold.need_id == need.id))
    work.session.flush()
