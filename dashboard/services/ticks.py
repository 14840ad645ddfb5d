"""What time brings about, done by one call: offers end, the next is asked, requests that nobody answered lapse and
holds that ran out are released aloud, visits that are due become needs, the day's meal rounds and the duties of rotas
are made, the desk is told of gaps, and a share of what was closed is asked about again.

Every thing that is due is a command of its own, so one that fails leaves the others be. What is due is read first and
looked at again under the lock: a second tick at the same time changes nothing, and two at once do each thing once.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from dashboard.core.errors import Conflict, DashboardError, Invalid, NotFound
from dashboard.core.needs import TAKES_PEOPLE
from dashboard.core.permissions import Action, Actor, require, system_actor
from dashboard.core.words import DispatchState, Subject, Urgency
from dashboard.services import dispatches, follow_ups, hand_overs, meal_days, notices, rota_making
from dashboard.services import need_life as life
from dashboard.services.commands import Work, command, perform
from dashboard.services.holds import run_out
from dashboard.services.questions import question
from dashboard.services.reach import at_reached_site
from dashboard.services.series_making import make_due
from dashboard.services.tick_next import (
    NOT_DUE,
    auto_next,
    close_nobody,
    entry_of,
    mark_nobody,
    offer_best,
    offer_waiting,
    owing,
    settled,
)
from dashboard.services.tick_rounds import Round
from db.engine import Database, Unreachable
from db.models import Account, Dispatch, Hold, Need, NeedRole, NobodyLeft

#: Refusals that only say: it was answered, ended or done meanwhile.
_OVERTAKEN = frozenset(
    {
        NOT_DUE,
        "dispatches.already_so",
        "dispatches.ended",
        "dispatches.past_acceptance",
        "dispatches.served",
        "dispatches.still_waiting",
        "hand_overs.ended",
        "hand_overs.still_waiting",
    }
)


@dataclass(frozen=True)
class Refused:
    """A thing that was due and could not be done. `what`: expire (id of a dispatch), lapse (id of a request to hand
    over), release, next, nobody or close (id of a need), visits (id of a series), meals (id of a meal round), duties
    (id of a rota), alarms or check_back (0); `key` is the sentence's. No values: they may name people."""

    what: str
    id: int
    key: str


@dataclass(frozen=True)
class Ticked:
    """What a tick did, in counts: offers that expired (who serves several times has one), seats offered to the next,
    needs put into the queue "nobody" and taken out of it, requests for holds that lapsed, holds released, needs made of
    visits, meal rounds made, duties of rotas made or changed, gaps told to the desk, check-backs opened; and what was
    refused."""

    at: datetime
    expired: int = 0
    offered: int = 0
    nobody: int = 0
    closed: int = 0
    lapsed: int = 0
    released: int = 0
    visits: int = 0
    meals: int = 0
    duties: int = 0
    alarms: int = 0
    check_backs: int = 0
    refused: tuple[Refused, ...] = ()

    @property
    def idle(self) -> bool:
        """Was nothing done?"""
        done = (self.expired, self.offered, self.nobody, self.closed, self.lapsed, self.released, self.visits)
        return not any((*done, self.meals, self.duties, self.alarms, self.check_backs))

    def plain(self) -> dict[str, Any]:
        """The shape scripts may rely on."""
        return asdict(self)


def tick(database: Database, county: str, now: datetime, *, stopped: Callable[[], bool] = lambda: False) -> Ticked:
    """Do everything that is due in the county at `now`, as the system. `stopped` is asked before each thing.

    Refusals are reported. A bug in one thing does not stop the others; they are raised together at the end, as an
    ExceptionGroup. A database that can't be reached ends the tick at once.
    """
    run = _Run(database, system_actor(county), now, stopped)
    run.expire()
    run.lapse()
    run.release()
    run.close()
    run.next()
    run.visits()
    run.meals()
    run.duties()
    run.alarms()
    run.check_back()
    if run.bugs:
        raise ExceptionGroup("tick", run.bugs)
    return Ticked(at=now, refused=tuple(run.refused), **run.counts)


class _Run:
    """One tick on its way."""

    def __init__(self, database: Database, actor: Actor, now: datetime, stopped: Callable[[], bool]) -> None:
        self.database, self.actor, self.now, self.stopped = database, actor, now, stopped
        self.counts: Counter[str] = Counter()
        self.refused: list[Refused] = []
        self.bugs: list[Exception] = []

    def expire(self) -> None:
        for dispatch_id in self._read(_offers_due):
            self._do("expire", "expired", dispatches.expire, dispatch_id, dispatch_id=dispatch_id)

    def lapse(self) -> None:
        for hand_over_id in self._read(hand_overs.due):
            self._do("lapse", "lapsed", hand_overs.lapse_hold, hand_over_id, hand_over_id=hand_over_id)

    def release(self) -> None:
        for need_id in self._read(_holds_due):
            self._do("release", "released", release_hold, need_id, need_id=need_id)

    def close(self) -> None:
        for need_id in self._read(lambda session, county, _: settled(session, county)):
            self._do("close", "closed", close_nobody, need_id, need_id=need_id)

    def next(self) -> None:
        wish = self._read(lambda session, county, _: auto_next(session, county))
        if not wish.on:
            return
        for need_id, one, standby_only in self._read(owing):
            tired = standby_only or one.in_vain > wish.most
            if self._none_left(need_id, one, tired) and not standby_only:
                self._do("nobody", "nobody", mark_nobody, need_id, need_id=need_id)

    def visits(self) -> None:
        """Series are read anew in `make_due`, which reports its own refusals."""
        made = self._try(
            "visits", 0, lambda: make_due(self.database, self.actor.county, self.now, stopped=self.stopped)
        )
        if made is not None:
            self.counts["visits"] += made.made
            self.refused.extend(Refused("visits", series_id, key) for series_id, key in made.refused)

    def meals(self) -> None:
        self._made("meals", meal_days.make_due)

    def duties(self) -> None:
        self._made("duties", rota_making.make_due)

    def _made(self, what: str, make_due: Callable[..., tuple[int, list[tuple[int, str]]]]) -> None:
        """What a subject makes by itself, each a deed of its own: how many, and those that were refused."""
        deed = partial(make_due, self.database, self.actor.county, self.now, stopped=self.stopped)
        done = self._try(what, 0, deed)
        if done is not None:
            self.counts[what] += done[0]
            self.refused.extend(Refused(what, identity, key) for identity, key in done[1])

    def alarms(self) -> None:
        """Gaps of the next days that the desk was not told of; after visits and meals, which may close some."""
        deed = partial(notices.raise_alarms, self.database, self.actor.county, self.now, stopped=self.stopped)
        self.counts["alarms"] += self._try("alarms", 0, deed) or 0

    def check_back(self) -> None:
        """Only where there is something to open: what the clock looked at in vain leaves no trace."""
        if self._read(lambda session, _, now: follow_ups.check_backs_due(session, self.actor, now)):
            deed = partial(perform, self.database, follow_ups.open_check_backs, self.actor, now=self.now)
            opened = self._try("check_back", 0, deed)
            self.counts["check_backs"] += 0 if opened is None else opened["opened"]

    def _none_left(self, need_id: int, one: Round, tired: bool) -> bool:
        """Offer every seat owed, and every seat freed to those on standby; was one owed for which nobody is left?
        `tired`: only those on standby are asked any more."""
        none_left = False
        for role_id, seats in one.owed.items():
            for _ in range(seats):
                offered = self._offered(need_id, role_id, one, tired)
                none_left = none_left or offered is False
        for role_id, seats in one.freed.items():
            for _ in range(seats):
                self._offered(need_id, role_id, one, True)
        return none_left

    def _offered(self, need_id: int, role_id: int, one: Round, standby_only: bool) -> bool | None:
        """Was somebody asked? None where it was refused."""
        ask = partial(offer_waiting, self.database, self.actor, need_id, role_id, self.now)
        if not standby_only:
            ask = partial(offer_best, self.database, self.actor, need_id, role_id, self.now, one.asked)
        offered = self._try("next", need_id, ask)
        self.counts["offered"] += offered is True
        return offered

    def _read(self, due: Callable[[Session, str, datetime], Any]) -> Any:
        with self.database.read() as session:
            return due(session, self.actor.county, self.now)

    def _do(self, what: str, count: str, deed: Callable[..., Any], identity: int, **values: Any) -> None:
        done = self._try(what, identity, lambda: perform(self.database, deed, self.actor, now=self.now, **values))
        self.counts[count] += done is not None

    def _try(self, what: str, identity: int, deed: Callable[[], Any]) -> Any:
        """The deed's result; None where it was refused, broke, or the tick is to stop."""
        if self.stopped():
            return None
        try:
            return deed()
        except DashboardError as error:
            if error.key not in _OVERTAKEN:
                self.refused.append(Refused(what, identity, error.key))
        except Unreachable:
            raise
        except Exception as error:
            self.bugs.append(error)
        return None


def _offers_due(session: Session, county: str, now: datetime) -> list[int]:
    """One dispatch of each offer whose time is over, the oldest first: those offered together expire together."""
    rows = session.execute(
        select(func.min(Dispatch.id).label("id"), func.min(Dispatch.expires_at).label("over"))
        .where(
            Dispatch.county == county,
            Dispatch.state == DispatchState.OFFERED,
            Dispatch.expires_at <= now,
        )
        .group_by(Dispatch.need_id, Dispatch.role_id, Dispatch.volunteer_id, Dispatch.offered_at)
    )
    return [row.id for row in sorted(rows, key=lambda row: (row.over, row.id))]


def _holds_due(session: Session, county: str, now: datetime) -> list[int]:
    """Needs whose hold has run out."""
    due = select(Hold.need_id).where(Hold.county == county, Hold.expires_at <= now)
    return list(session.scalars(due.order_by(Hold.expires_at, Hold.need_id)))


@command(Action.DISPATCH, Subject.NEEDS)
def release_hold(work: Work, *, need_id: int) -> dict[str, Any]:
    """Remove a hold that has run out, say in the audit whose it was, and tell her. Raises Conflict when there is none,
    or it still runs."""
    need = life.need_for(work, need_id)
    row = run_out(work, need)
    if row is None:
        raise Conflict(NOT_DUE)
    username = work.session.scalar(select(Account.username).where(Account.id == row.account_id))
    before = {"held_by": row.account_id, "username": username, "held_until": row.expires_at}
    work.audit("need", need.id, before=before, after={"held_by": None, "held_until": None})
    return {"need_id": need.id, "code": need.code}


# -- the queue "nobody"


@dataclass(frozen=True)
class Nobody:
    """A need for which nobody is left to ask. `owner` is empty until somebody takes it on."""

    need_id: int
    code: str
    title: str
    urgency: Urgency
    since: datetime
    owner_id: int | None
    owner: str
    mine: bool


@question(Subject.NEEDS, Subject.ACCOUNTS, Subject.PLACES)
def nobody_queue(session: Session, actor: Actor) -> tuple[Nobody, ...]:
    """The open entries within the actor's reach, the urgent first, then the longest waiting. A need that was filled or
    has ended is not among them, also before a tick has closed its entry."""
    require(actor, Action.SEE_NEEDS)
    rows = session.execute(
        select(NobodyLeft, Need.code, Need.title, Need.urgency, Account.display_name)
        .join(Need, Need.id == NobodyLeft.need_id)
        .outerjoin(Account, Account.id == NobodyLeft.owner_account_id)
        .where(
            NobodyLeft.county == actor.county,
            NobodyLeft.closed_at.is_(None),
            Need.state.in_(TAKES_PEOPLE),
            exists().where(
                NeedRole.county == Need.county, NeedRole.need_id == Need.id, NeedRole.head_count > life.holding_role()
            ),
            at_reached_site(actor, Need.site_id),
        )
    ).all()
    order = list(Urgency)
    found = (
        Nobody(
            need_id=row.NobodyLeft.need_id,
            code=row.code,
            title=row.title,
            urgency=Urgency(row.urgency),
            since=row.NobodyLeft.since,
            owner_id=row.NobodyLeft.owner_account_id,
            owner=row.display_name or "",
            mine=row.NobodyLeft.owner_account_id == actor.account_id,
        )
        for row in rows
    )
    return tuple(sorted(found, key=lambda one: (order.index(one.urgency), one.since, one.need_id)))


@command(Action.DISPATCH, Subject.NEEDS)
def take_on(work: Work, *, need_id: int, seen_owner_id: int | None = None) -> dict[str, Any]:
    """Become the owner of an entry. `seen_owner_id` is the owner the coordinator saw (`Nobody.owner_id`): whoever was
    faster is not pushed aside unseen. Raises NotFound without an open entry, Conflict naming the owner there is now."""
    if work.actor.account_id <= 0:
        raise Invalid("ticks.owner_is_a_person")
    need = life.need_for(work, need_id)
    row = entry_of(work, need)
    if row is None or row.closed_at is not None or need.state not in TAKES_PEOPLE:
        raise NotFound("ticks.nobody_no_such")
    before = row.owner_account_id
    if before == work.actor.account_id:
        raise Invalid("ticks.yours_already")
    if before is not None and before != seen_owner_id:
        who = work.session.scalar(select(Account.display_name).where(Account.id == before)) or "system"
        raise Conflict("ticks.owned_by", code=need.code, who=who)
    row.owner_account_id = work.actor.account_id
    work.audit("need", need.id, before={"owner": before}, after={"owner": row.owner_account_id})
    return {"need_id": need.id, "code": need.code}
