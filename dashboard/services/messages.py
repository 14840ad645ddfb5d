"""The outbox: what waits to be told, what was told and what failed; pasted by hand or handed to a sender.

Messages are made by the moves of dispatches (`message_notes`). A sender takes a message by a guarded change of its
state, so that of two processes one has it; a process that dies in between leaves it "sending", and a person decides,
for nobody else can know whether it arrived.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from dashboard.core.errors import Conflict, Invalid, NotFound
from dashboard.core.messages import Failure, Party, Say, State, composed, link_asks, outdated
from dashboard.core.permissions import WHOLE_COUNTY, Action, Actor, require
from dashboard.core.words import Subject
from dashboard.services import links
from dashboard.services.commands import Work, command, perform
from dashboard.services.message_facts import Told, address_of, told_by_id
from dashboard.services.questions import question
from dashboard.services.reach import at_reached_site
from dashboard.services.senders import Sender
from db.engine import Database
from db.models import Message, Need, Site

#: So many messages a page.
PAGE_ROWS = 50
#: A sender gets so many tries before a person must look.
MOST_TRIES = 5
#: After so many failures one after the other the sender is taken to be down, and the rest keeps its tries.
DOWN_AFTER = 3
#: What is "sending" for longer was interrupted.
STUCK_AFTER = timedelta(minutes=10)
#: What stands under each heading of the list.
TABS: dict[str, tuple[State, ...]] = {
    "waiting": (State.WAITING, State.SENDING),
    "sent": (State.SENT, State.COPIED),
    "failed": (State.FAILED,),
    "dropped": (State.DROPPED,),
}


@dataclass(frozen=True)
class Line:
    """A message of the list. `outdated`: no sense any more in sending it; `stuck`: its sending was interrupted."""

    told: Told
    outdated: bool
    stuck: bool


@dataclass(frozen=True)
class Inbox:
    """A page of messages, newest first; how many there are in all, and under each heading."""

    rows: tuple[Line, ...]
    total: int
    counts: dict[str, int]


@question(Subject.MESSAGES, Subject.NEEDS, Subject.PEOPLE, Subject.PLACES, Subject.SERVICES)
def inbox(
    session: Session,
    actor: Actor,
    *,
    tab: str = "waiting",
    party: Party | None = None,
    page: int = 0,
    size: int = PAGE_ROWS,
    now: datetime,
) -> Inbox:
    """The messages about needs within the actor's reach under one of TABS, to one party or both; the last page where
    there is no such page any more."""
    require(actor, Action.RECORD_SERVICE)
    where = _reached(actor) + ([Message.party == party] if party is not None else [])
    states = select(Message.state, func.count()).where(*where).group_by(Message.state)
    by_state = dict(session.execute(states).all())
    counts = {name: sum(by_state.get(state, 0) for state in states) for name, states in TABS.items()}
    page = min(page, max(counts[tab] - 1, 0) // size)
    ids = session.scalars(
        select(Message.id)
        .where(*where, Message.state.in_(TABS[tab]))
        .order_by(Message.created_at.desc(), Message.id.desc())
        .limit(size)
        .offset(page * size)
    ).all()
    return Inbox(
        rows=tuple(_line(one, now) for one in told_by_id(session, actor, ids)), total=counts[tab], counts=counts
    )


def _reached(actor: Actor) -> list[ColumnElement[bool]]:
    here: list[ColumnElement[bool]] = [Message.county == actor.county]
    if actor.site_path != WHOLE_COUNTY:
        needs = select(Need.id).where(Need.county == actor.county, at_reached_site(actor, Need.site_id))
        here.append(Message.need_id.in_(needs))
    return here


def _line(one: Told, now: datetime) -> Line:
    waits = one.state in (State.WAITING, State.FAILED)
    stuck = one.state is State.SENDING and one.tried_at is not None and one.tried_at + STUCK_AFTER <= now
    return Line(one, waits and outdated(one.facts, now), stuck)


# -- by hand


@command(Action.RECORD_SERVICE, Subject.MESSAGES)
def mark_copied(work: Work, *, message_id: int) -> dict[str, Any]:
    """A person has sent the words by WeChat, SMS or told them on the phone."""
    row = _message(work, message_id)
    _move(work, row, (State.WAITING, State.FAILED), State.COPIED, channel="", sent_at=work.now, last_error="")
    return {"message_id": row.id}


@command(Action.RECORD_SERVICE, Subject.MESSAGES)
def mark_failed(work: Work, *, message_id: int, failure: str = Failure.UNREACHED) -> dict[str, Any]:
    """It did not arrive, also where it was noted as sent. `failure`: one of `Failure`, no words of one's own."""
    if failure not in list(Failure):
        raise Invalid("messages.unknown_failure")
    row = _message(work, message_id)
    came_from = (State.WAITING, State.SENT, State.COPIED)
    _move(work, row, came_from, State.FAILED, sent_at=None, last_error=str(failure))
    return {"message_id": row.id}


@command(Action.RECORD_SERVICE, Subject.MESSAGES)
def retry(work: Work, *, message_id: int) -> dict[str, Any]:
    """Among those that wait again, with all its tries: one that failed, or whose sending was interrupted."""
    row = _message(work, message_id)
    came_from = State(row.state)
    if came_from is State.SENDING and (row.tried_at is None or row.tried_at + STUCK_AFTER > work.now):
        raise Conflict("messages.moved_on")
    _move(work, row, (State.FAILED, State.SENDING), State.WAITING, tries=0, last_error="", channel="")
    return {"message_id": row.id}


@command(Action.RECORD_SERVICE, Subject.MESSAGES)
def let_go(work: Work, *, message_id: int) -> dict[str, Any]:
    """Out of the list of what waits or failed, for there is no sense any more in telling it; Conflict if there is."""
    row = _message(work, message_id)
    (told,) = told_by_id(work.session, work.actor, [row.id])
    if not outdated(told.facts, work.now):
        raise Conflict("messages.still_wanted")
    _move(work, row, (State.WAITING, State.FAILED), State.DROPPED)
    return {"message_id": row.id}


def _message(work: Work, message_id: int) -> Message:
    """A message about a need within the actor's reach. Raises NotFound outside the county, Forbidden outside reach."""
    row = work.session.execute(
        select(Message, Site.path)
        .join(Need, Need.id == Message.need_id)
        .outerjoin(Site, Site.id == Need.site_id)
        .where(Message.id == message_id, Message.county == work.actor.county)
        .with_for_update(of=Message)
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise NotFound("messages.no_such")
    work.require(work.action, row.path or WHOLE_COUNTY)
    message: Message = row[0]
    return message


def _move(work: Work, row: Message, from_states: Sequence[State], to: State, **values: Any) -> None:
    """One step of a message, from these states only, with its audit row."""
    before = row.state
    moved = work.session.execute(
        update(Message)
        .where(Message.id == row.id, Message.state.in_(from_states), Message.tries == row.tries)
        .values(state=to, **values)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("messages.moved_on")
    shown = {name: values[name] for name in ("tries", "last_error", "channel") if values.get(name)}
    work.audit("message", row.id, before={"state": before}, after={"state": to} | shown)


# -- by a sender


@dataclass(frozen=True)
class Delivered:
    """What a run of `deliver` did, message by message, and how many still wait."""

    sent: int
    no_phone: int
    dropped: int
    refused: int
    waiting: int


def deliver(
    database: Database,
    actor: Actor,
    sender: Sender,
    now: datetime,
    *,
    say: Say,
    address: str = "",
    limit: int | None = None,
) -> Delivered:
    """Hand the waiting messages within the actor's reach to a sender, the oldest first, each at most once a run.

    `say` looks up and fills a sentence in the recipients' language. `address`: where phones reach this server, scheme
    and host; with it a message carries a short link of its own. What can't be told (no phone) fails, what is no longer
    true is dropped, what the sender refuses waits for the next run, up to MOST_TRIES times.
    """
    require(actor, Action.RECORD_SERVICE)
    done: Counter[str] = Counter()
    refused_in_a_row = 0
    for message_id in _waiting(database, actor, limit):
        try:
            tries = perform(database, claim, actor, now=now, message_id=message_id, channel=sender.name)
        except Conflict:
            # Another process was faster, or the dispatch moved on.
            continue
        outcome, error = _hand_over(database, actor, sender, message_id, now, say, address)
        # Where it took so long that a person has decided about it meanwhile, her word stands.
        with suppress(Conflict):
            perform(database, settle, actor, now=now, message_id=message_id, tries=tries, outcome=outcome, error=error)
        done[outcome] += 1
        refused_in_a_row = refused_in_a_row + 1 if outcome == "refused" else 0
        if refused_in_a_row == DOWN_AFTER:
            break
    with database.read() as session:
        left = session.scalar(select(func.count()).where(*_reached(actor), Message.state == State.WAITING)) or 0
    return Delivered(**{name: done[name] for name in ("sent", "no_phone", "dropped", "refused")}, waiting=left)


def _waiting(database: Database, actor: Actor, limit: int | None) -> Sequence[int]:
    with database.read() as session:
        return session.scalars(
            select(Message.id)
            .where(*_reached(actor), Message.state == State.WAITING)
            .order_by(Message.created_at, Message.id)
            .limit(limit)
        ).all()


def _hand_over(
    database: Database, actor: Actor, sender: Sender, message_id: int, now: datetime, say: Say, address: str
) -> tuple[str, str]:
    """Compose and send a message that is ours; (outcome, kind of error)."""
    with database.read() as session:
        (told,) = told_by_id(session, actor, [message_id])
        phone = address_of(session, told.person_id)
    if outdated(told.facts, now):
        return "dropped", ""
    if not phone:
        return "no_phone", Failure.NO_PHONE
    try:
        link = _link(database, actor, told, now) if address else None
    except Invalid:
        # The dispatch ended since it was read: what the message says is no longer true.
        return "dropped", ""
    words = composed(told.facts, say, f"{address}/r/{link['token']}" if link else None)
    try:
        sender.send(phone, words)
    except Exception as error:  # a sender may fail in any way; its words may hold a phone, so only its kind is kept
        if link:
            # Nobody has it: it must not stand in the list of those that open something.
            perform(database, links.revoke, actor, now=now, link_id=link["id"])
        return "refused", type(error).__name__[:40]
    return "sent", ""


def _link(database: Database, actor: Actor, told: Told, now: datetime) -> dict[str, Any] | None:
    """A new short link for the reader of a message, None where it asks for none. Raises Invalid where the dispatch or
    the need has ended."""
    wanted = link_wanted(told)
    return None if wanted is None else perform(database, wanted[0], actor, now=now, **wanted[1])


def link_wanted(told: Told) -> tuple[Callable[..., dict[str, Any]], dict[str, Any]] | None:
    """The command that makes the short link of a message, and its values; None where it asks for none."""
    if link_asks(told.facts) is None:
        return None
    if told.facts.party is Party.VOLUNTEER:
        return links.make_for_volunteer, {"dispatch_id": told.dispatch_id, "alone": False}
    return links.make_for_resident, {"need_id": told.need_id, "alone": False}


@command(Action.RECORD_SERVICE, Subject.MESSAGES)
def claim(work: Work, *, message_id: int, channel: str) -> int:
    """Take a waiting message for a sender; the number of this try. Raises Conflict where another was faster."""
    row = _message(work, message_id)
    tries = row.tries + 1
    _move(work, row, (State.WAITING,), State.SENDING, tries=tries, tried_at=work.now, channel=channel[:20])
    return tries


@command(Action.RECORD_SERVICE, Subject.MESSAGES)
def settle(work: Work, *, message_id: int, tries: int, outcome: str, error: str = "") -> None:
    """What became of try number `tries`."""
    row = _message(work, message_id)
    if row.tries != tries:
        raise Conflict("messages.moved_on")
    if outcome == "sent":
        _move(work, row, (State.SENDING,), State.SENT, sent_at=work.now, last_error="")
        return
    again = outcome == "refused" and tries < MOST_TRIES
    to = State.DROPPED if outcome == "dropped" else State.WAITING if again else State.FAILED
    _move(work, row, (State.SENDING,), to, last_error=error)
