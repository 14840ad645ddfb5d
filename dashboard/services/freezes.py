"""Decks frozen for a meeting, and what meetings decided.

A freeze keeps the screens as values: what changes afterwards changes nothing on them. It is read by those who may read
its notebook and whose part of the tree holds the one it was made of.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.core.deck import Deck, deck_of_plain, deck_to_plain
from dashboard.core.errors import Conflict, Invalid, NotFound
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.words import Subject
from dashboard.services.commands import Work, command, revisions
from dashboard.services.notebooks import readable
from dashboard.services.questions import question
from db.models import Account, Decision, Freeze, Notebook

#: What figures are read from: only their changes count as changes since.
DATA = (Subject.PLACES, Subject.PEOPLE, Subject.CATALOGUE, Subject.NEEDS, Subject.SERVICES, Subject.RULES)
LONGEST_WORDS, LONGEST_OWNER = 500, 60


@dataclass(frozen=True)
class Frozen:
    """A frozen deck. `changes`: so often the data changed since."""

    id: int
    notebook_id: int
    deck: Deck
    at: datetime
    by: str
    changes: int


@dataclass(frozen=True)
class Decided:
    """A decision that is open."""

    id: int
    words: str
    owner: str
    due: date


def revision_now(session: Session, county: str) -> int:
    """The sum of the counters of all data; it only grows."""
    return sum(revisions(session, county, DATA))


@command(Action.RUN_QUERIES, Subject.NOTEBOOKS)
def freeze(work: Work, *, notebook_id: int, version: int, deck: dict[str, Any], revision: int) -> dict[str, Any]:
    """Keep a deck (plain, as `deck_to_plain` gives it). `revision` is the data's when its screens were read: Conflict
    where it changed before this, so that a deck is of one moment."""
    row = work.session.scalar(select(Notebook).where(Notebook.id == notebook_id, readable(work.actor)))
    if row is None:
        raise NotFound("notebook.no_such")
    if revision != revision_now(work.session, row.county):
        raise Conflict("notebook.changed_while_freezing")
    found = deck_of_plain(deck)
    if not found.slides:
        raise Invalid("notebook.nothing_to_show")
    kept = Freeze(
        county=row.county,
        notebook_id=row.id,
        version=version,
        site_path=work.actor.site_path,
        deck=deck_to_plain(found),
        revision=revision,
        frozen_by=work.actor.account_id,
        frozen_at=work.now,
    )
    work.session.add(kept)
    work.session.flush()
    work.audit("freeze", kept.id, after={"notebook_id": row.id, "version": version, "screens": len(found.slides)})
    return {"freeze_id": kept.id, "title": found.title}


def _within(session: Session, actor: Actor, freeze_id: int) -> Freeze:
    """The freeze, where the actor may read its notebook and her part of the tree is within the freeze's."""
    row = session.scalar(
        select(Freeze)
        .join(Notebook, Notebook.id == Freeze.notebook_id)
        .where(Freeze.id == freeze_id, Freeze.county == actor.county, readable(actor))
    )
    if row is None or not row.site_path.startswith(actor.site_path):
        raise NotFound("notebook.no_such_freeze")
    return row


@question(Subject.NOTEBOOKS, Subject.ACCOUNTS, *DATA)
def frozen(session: Session, actor: Actor, *, freeze_id: int) -> Frozen:
    """A frozen deck as it was."""
    require(actor, Action.RUN_QUERIES)
    row = _within(session, actor, freeze_id)
    return _frozen(session, row)


@question(Subject.NOTEBOOKS, Subject.ACCOUNTS, *DATA)
def freezes(session: Session, actor: Actor, *, notebook_id: int) -> tuple[Frozen, ...]:
    """A notebook's decks, newest first, the last twenty."""
    require(actor, Action.RUN_QUERIES)
    rows = session.scalars(
        select(Freeze)
        .join(Notebook, Notebook.id == Freeze.notebook_id)
        .where(Freeze.notebook_id == notebook_id, readable(actor))
        .order_by(Freeze.id.desc())
        .limit(20)
    ).all()
    return tuple(_frozen(session, row) for row in rows if row.site_path.startswith(actor.site_path))


def _frozen(session: Session, row: Freeze) -> Frozen:
    by = session.scalar(select(Account.display_name).where(Account.id == row.frozen_by)) or ""
    since = revision_now(session, row.county) - row.revision
    return Frozen(row.id, row.notebook_id, deck_of_plain(row.deck), row.frozen_at, by, since)


@command(Action.RUN_QUERIES, Subject.NOTEBOOKS)
def decide(work: Work, *, freeze_id: int, words: str, owner: str, due: date, screen: str) -> dict[str, Any]:
    """Keep a decision of the meeting."""
    row = _within(work.session, work.actor, freeze_id)
    said, who = words.replace("\x00", "").strip(), owner.replace("\x00", "").strip()
    if not said or len(said) > LONGEST_WORDS:
        raise Invalid("notebook.bad_decision", most=LONGEST_WORDS)
    if not who or len(who) > LONGEST_OWNER:
        raise Invalid("notebook.bad_owner", most=LONGEST_OWNER)
    kept = Decision(
        county=row.county,
        notebook_id=row.notebook_id,
        freeze_id=row.id,
        screen=screen[:200],
        words=said,
        owner=who,
        due=due,
        decided_by=work.actor.account_id,
        decided_at=work.now,
    )
    work.session.add(kept)
    work.session.flush()
    work.audit("decision", kept.id, after={"freeze_id": row.id, "due": due.isoformat()})
    return {"decision_id": kept.id}


@command(Action.RUN_QUERIES, Subject.NOTEBOOKS)
def close_decision(work: Work, *, decision_id: int) -> dict[str, Any]:
    """It is done: it no longer opens the next meeting."""
    row = work.session.scalar(
        select(Decision).where(Decision.id == decision_id, Decision.county == work.actor.county).with_for_update()
    )
    if row is None:
        raise NotFound("notebook.no_such_decision")
    _within(work.session, work.actor, row.freeze_id)
    if row.closed_at is not None:
        raise Conflict("notebook.decision_closed")
    row.closed_at, row.closed_by = work.now, work.actor.account_id
    work.audit("decision", row.id, after={"closed": True})
    return {"decision_id": row.id}


@question(Subject.NOTEBOOKS)
def decisions(session: Session, actor: Actor, *, notebook_id: int) -> tuple[Decided, ...]:
    """What the meetings of a notebook decided and is open, the first due first."""
    require(actor, Action.RUN_QUERIES)
    rows = session.execute(
        select(Decision, Freeze.site_path)
        .join(Freeze, Freeze.id == Decision.freeze_id)
        .join(Notebook, Notebook.id == Decision.notebook_id)
        .where(Decision.notebook_id == notebook_id, Decision.closed_at.is_(None), readable(actor))
        .order_by(Decision.due, Decision.id)
    )
    return tuple(
        Decided(row.Decision.id, row.Decision.words, row.Decision.owner, row.Decision.due)
        for row in rows
        if row.site_path.startswith(actor.site_path)
    )
