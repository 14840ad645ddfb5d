"""After a no: the next in the ranked list is asked; where nobody is left the need goes to the queue "nobody".

Only where the county wants it: its setting `auto_next` is {"on": true, "most": 5}; `most` is how many may be asked in
vain for a need before a person has to look. Those on standby are asked in any case, and don't count.
"""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from dashboard.core.errors import Conflict, DashboardError
from dashboard.core.needs import TAKES_PEOPLE
from dashboard.core.permissions import Action, Actor
from dashboard.core.words import DispatchState, NeedState, Role, Subject, Urgency
from dashboard.services import dispatch_checks as checks
from dashboard.services import matches
from dashboard.services import need_life as life
from dashboard.services.claims import lock_teams
from dashboard.services.commands import Work, command, perform
from dashboard.services.county import setting
from dashboard.services.dispatches import VOLUNTEER, open_need, send
from dashboard.services.match_lines import SAID_NO
from dashboard.services.standbys import first_waiting, offer_standby
from dashboard.services.tick_rounds import Round, rounds_of
from db.engine import Database, lock_rows
from db.models import Account, Dispatch, Hold, Need, NobodyLeft, Standby

SETTING = "auto_next"
#: So many may be asked in vain, unless the county's setting says otherwise.
MOST_IN_VAIN = 5
#: What a command of a tick says when somebody else was faster: no failure, there is nothing left to do.
NOT_DUE = "ticks.not_due"
#: Looked at first; ten times as many where all of them have too many tasks already.
_FIRST = 20
#: So many of the best are tried before the next tick tries again.
_TRIES = 3


class AutoNext(NamedTuple):
    """The county's wish."""

    on: bool = False
    most: int = MOST_IN_VAIN


def auto_next(session: Session, county: str) -> AutoNext:
    """The setting as it is now; what it does not say, or says wrongly, is as usual."""
    value = setting(session, county, SETTING) or {}
    most = value.get("most")
    usable = isinstance(most, int) and not isinstance(most, bool) and most >= 0
    return AutoNext(value.get("on") is True, most if isinstance(most, int) and usable else MOST_IN_VAIN)


# -- what is due


class Owing(NamedTuple):
    """A need with seats to offer. `standby_only`: it is with "nobody" already, but somebody is on standby."""

    need_id: int
    round: Round
    standby_only: bool


def owing(session: Session, county: str, now: datetime) -> list[Owing]:
    """Needs with seats owed, or freed while somebody is on standby, the urgent first: those that no coordinator holds,
    and of those with "nobody" the ones with somebody on standby."""
    mine = (Dispatch.county == Need.county, Dispatch.need_id == Need.id)
    told_no = exists().where(*mine, Dispatch.state.in_(SAID_NO))
    withdrawn = exists().where(*mine, Dispatch.state == DispatchState.CANCELLED)
    standby = exists().where(Standby.county == Need.county, Standby.need_id == Need.id, Standby.closed_at.is_(None))
    held = exists().where(Hold.county == Need.county, Hold.need_id == Need.id, Hold.expires_at > now)
    left = exists().where(
        NobodyLeft.county == Need.county, NobodyLeft.need_id == Need.id, NobodyLeft.closed_at.is_(None)
    )
    rows = session.execute(
        select(Need.id, Need.urgency, left.label("left"), standby.label("standby")).where(
            Need.county == county,
            Need.state.in_(TAKES_PEOPLE),
            or_(told_no, and_(standby, withdrawn)),
            ~held,
            or_(~left, standby),
        )
    ).all()
    rounds = rounds_of(session, county, [row.id for row in rows])
    order = list(Urgency)
    ranked = sorted(rows, key=lambda row: (order.index(Urgency(row.urgency)), row.id))
    return [
        Owing(row.id, rounds[row.id], bool(row.left))
        for row in ranked
        if rounds[row.id].owed or (rounds[row.id].freed and row.standby)
    ]


def settled(session: Session, county: str) -> list[int]:
    """Needs that no longer belong to the queue "nobody": they take nobody any more, or no seat is owed."""
    rows = session.execute(
        select(NobodyLeft.need_id, Need.state)
        .join(Need, Need.id == NobodyLeft.need_id)
        .where(NobodyLeft.county == county, NobodyLeft.closed_at.is_(None))
        .order_by(NobodyLeft.need_id)
    ).all()
    rounds = rounds_of(session, county, [row.need_id for row in rows])
    return [row.need_id for row in rows if not _still_owed(row.state, rounds[row.need_id])]


def _still_owed(state: str, one: Round) -> bool:
    return NeedState(state) in TAKES_PEOPLE and bool(one.owed)


# -- the next


def offer_best(
    database: Database, actor: Actor, need_id: int, role_id: int, now: datetime, skip: frozenset[int]
) -> bool:
    """Offer a seat of the role to the best whom it may be offered to; False when nobody is left.

    Those on the need's standby list come before the ranked list. `skip`: volunteers who were asked already. Raises the
    last refusal when the best few could not be sent.
    """
    if offer_waiting(database, actor, need_id, role_id, now):
        return True
    best = _best(database, actor, need_id, role_id, now, skip)
    for number, volunteer_id in enumerate(best, start=1):
        try:
            perform(database, offer_next, actor, now=now, need_id=need_id, role_id=role_id, volunteer_id=volunteer_id)
        except DashboardError as error:
            if error.key == NOT_DUE or number == len(best):
                raise
        else:
            return True
    return False


def offer_waiting(database: Database, actor: Actor, need_id: int, role_id: int, now: datetime) -> bool:
    """Offer a seat of the role to the first on standby whom it may be offered to; False when nobody is left there."""
    with database.read() as session:
        if not first_waiting(session, actor.county, need_id, role_id):
            return False
    done = perform(database, offer_standby, actor, now=now, need_id=need_id, role_id=role_id, owed_only=True)
    return done["offered"] is not None


def _best(
    database: Database, actor: Actor, need_id: int, role_id: int, now: datetime, skip: frozenset[int]
) -> list[int]:
    """The first few of the ranked list who were not asked, have room for a task, and can still answer before it."""
    limit = _FIRST
    while True:
        with database.read() as session:
            found = matches.candidates(session, actor, need_id=need_id, now=now, role_id=role_id, limit=limit)
        free = [one for one in found.candidates if not one.claims.full and one.start > now]
        ids = [one.profile.volunteer_id for one in free if one.profile.volunteer_id not in skip]
        if ids or limit >= found.eligible:
            return ids[:_TRIES]
        limit *= 10


@command(Action.DISPATCH, Subject.NEEDS)
def offer_next(work: Work, *, need_id: int, role_id: int, volunteer_id: int) -> dict[str, Any]:
    """Offer a seat that is owed to this volunteer, checked like any dispatch. Raises Conflict when no seat of the role
    is owed, or she was asked in this round."""
    lock_rows(work.session, VOLUNTEER, [volunteer_id])
    lock_teams(work, [volunteer_id])
    need = open_need(work, need_id)
    one = _round(work, need)
    if not one.owed.get(role_id) or volunteer_id in one.asked:
        raise Conflict(NOT_DUE)
    bench = checks.bench_of(work, [need.id], [volunteer_id])
    made = send(work, need, role_id, [volunteer_id], None, bench, "")
    after = {"dispatched": made, "volunteers": [volunteer_id], "role": role_id}
    work.audit("need", need.id, after=after, reason=SETTING)
    return {"need_id": need.id, "code": need.code, "dispatch_ids": made}


def _round(work: Work, need: Need) -> Round:
    return rounds_of(work.session, need.county, [need.id])[need.id]


# -- nobody


@command(Action.DISPATCH, Subject.NEEDS)
def mark_nobody(work: Work, *, need_id: int) -> dict[str, Any]:
    """Put the need into the queue "nobody". It belongs to who sent somebody last, else to nobody yet. Raises Conflict
    when it is there already or owes no seat."""
    need = life.need_for(work, need_id)
    row = entry_of(work, need)
    if (row is not None and row.closed_at is None) or not _still_owed(need.state, _round(work, need)):
        raise Conflict(NOT_DUE)
    owner = _sender(work, need)
    if row is None:
        row = NobodyLeft(county=need.county, need_id=need.id, since=work.now, owner_account_id=owner)
        work.session.add(row)
    else:
        row.since, row.closed_at, row.owner_account_id = work.now, None, owner
    work.audit("need", need.id, after={"nobody_since": work.now, "owner": owner})
    return {"need_id": need.id, "code": need.code}


def entry_of(work: Work, need: Need) -> NobodyLeft | None:
    """The need's entry, open or closed. The need is locked, so nobody else changes it."""
    mine = (NobodyLeft.county == need.county, NobodyLeft.need_id == need.id)
    return work.session.scalar(select(NobodyLeft).where(*mine).execution_options(populate_existing=True))


def _sender(work: Work, need: Need) -> int | None:
    """The account that sent somebody to the need last, where it still may."""
    return work.session.scalar(
        select(Account.id)
        .join(Dispatch, Dispatch.dispatched_by == Account.id)
        .where(
            Dispatch.county == need.county,
            Dispatch.need_id == need.id,
            Account.county == need.county,
            Account.active,
            Account.role.in_((Role.COORDINATOR, Role.ADMIN)),
        )
        .order_by(Dispatch.id.desc())
        .limit(1)
    )


@command(Action.DISPATCH, Subject.NEEDS)
def close_nobody(work: Work, *, need_id: int) -> dict[str, Any]:
    """Take the need out of the queue "nobody". Raises Conflict when it is not there or still owes a seat."""
    need = life.need_for(work, need_id)
    row = entry_of(work, need)
    if row is None or row.closed_at is not None or _still_owed(need.state, _round(work, need)):
        raise Conflict(NOT_DUE)
    row.closed_at = max(work.now, row.since)
    work.audit("need", need.id, before={"nobody_since": row.since}, after={"nobody_since": None})
    return {"need_id": need.id, "code": need.code}
