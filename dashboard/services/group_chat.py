"""Needs from a group chat: what each pasted message would become; the chosen are saved together, to be verified."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.core.group_chat import Heard, Kind, Message, heard, kinds_of, messages
from dashboard.core.intake import name_key
from dashboard.core.orders import Caller, Order, PlaceWish, RoleWish
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.words import Channel, Subject
from dashboard.services import needs
from dashboard.services.commands import Work, command
from dashboard.services.import_context import category_words, villages_of
from dashboard.services.need_repeats import Repeat, repeats
from dashboard.services.persons import is_staff
from dashboard.services.questions import question
from db.models import CatalogueItem, Category, Need

#: A message is taken to have been sent at its time when that is no longer ago than this.
OLDEST = timedelta(days=31)


@dataclass(frozen=True)
class Line:
    """A message and what would be made of it. `known`: the code of the need it has become already; `repeats`: needs
    it may repeat. Nothing personal but what the text itself says, with its phones masked."""

    line: int
    text: str
    sender: str
    chatter: bool
    known: str
    category_id: int | None
    place: str
    village_known: bool
    urgency: str
    spans: tuple[tuple[datetime, datetime], ...]
    time_words: str
    phone: bool
    repeats: tuple[Repeat, ...]


@dataclass(frozen=True)
class Choice:
    """A line to save: the category chosen for it, and the need it repeats."""

    line: int
    category_id: int | None = None
    repeats: int | None = None


@question(Subject.NEEDS, Subject.CATALOGUE, Subject.PLACES)
def preview(session: Session, actor: Actor, *, text: str, now: datetime) -> tuple[Line, ...]:
    """What each message would become. Raises Invalid naming the line that is too long. Writes nothing."""
    require(actor, Action.EDIT_NEED)
    read = _read(session, actor.county, text, now)
    known = _known(session, actor.county, [one.message for one in read])
    lines = []
    for one in read:
        order = _order(one)
        lines.append(
            Line(
                line=one.message.line,
                text=one.text,
                sender=one.message.sender,
                chatter=one.chatter,
                known=known.get((one.message.digest, one.message.occurrence), ""),
                category_id=one.category_id,
                place=one.place_words,
                village_known=one.village is not None,
                urgency=one.urgency,
                spans=one.spans,
                time_words=one.time_words,
                phone=bool(one.phone),
                repeats=() if one.chatter else repeats(session, actor, order=order, now=now),
            )
        )
    return tuple(lines)


@command(Action.EDIT_NEED, Subject.NEEDS)
def take(work: Work, *, text: str, choices: Sequence[Choice]) -> dict[str, Any]:
    """Save the chosen messages as needs to verify, all or none: {"made", "there", "codes"}. A message that has become
    a need already is counted as there and left as it is."""
    read = {one.message.line: one for one in _read(work.session, work.actor.county, text, work.now)}
    known = _known(work.session, work.actor.county, [one.message for one in read.values()])
    codes, there = [], 0
    for choice in sorted(choices, key=lambda one: one.line):
        one = read.get(choice.line)
        if one is None:
            continue
        if (one.message.digest, one.message.occurrence) in known:
            there += 1
            continue
        codes.append(_make(work, replace(one, category_id=choice.category_id), choice.repeats))
    work.audit("group_chat", None, after={"made": len(codes), "there": there})
    return {"made": len(codes), "there": there, "codes": codes}


def _make(work: Work, one: Heard, repeats: int | None) -> str:
    """A need of a message, and where it came from. A colleague's phone is never the resident's."""
    if one.phone and is_staff(work, work.digest(one.phone)):
        one = replace(one, phone="", reporter_phone=one.reporter_phone or one.phone)
    sent = one.message.sent_at
    registered = sent if sent is not None and work.now - OLDEST <= sent <= work.now else None
    made = needs.create(work, order=_order(one), repeats=repeats, registered_at=registered, hearsay=True)
    need = work.session.get_one(Need, made["need_id"])
    need.source_digest, need.source_occurrence = one.message.digest, one.message.occurrence
    work.session.flush()
    return need.code


def _order(one: Heard) -> Order:
    reporter = Caller(one.message.sender, one.reporter_phone)
    return Order(
        channel=Channel.GROUP_CHAT,
        urgency=one.urgency,
        category_id=one.category_id,
        title=one.text[:60],
        detail=one.text,
        place=PlaceWish(
            village_code=one.village.code if one.village else None, words=one.place_words, source="group chat"
        ),
        intervals=one.spans,
        time_words="" if one.spans else one.time_words,
        roles=(RoleWish(one.people),) if one.people else (),
        people_words=one.people_words,
        resident=Caller(one.name, one.phone),
        reporter=reporter,
    )


def _read(session: Session, county: str, text: str, now: datetime) -> list[Heard]:
    found = messages(text, now)
    villages, kinds = villages_of(session, county), _kinds(session, county)
    return [heard(message, villages, kinds, now) for message in found]


def _kinds(session: Session, county: str) -> tuple[Kind, ...]:
    """The catalogue's words: categories, the office's words for them, and the items."""
    rows = session.execute(
        select(Category.id, Category.code, Category.duration_minutes)
        .where(Category.county == county, Category.active.is_(True))
        .order_by(Category.position, Category.id)
    ).all()
    by_code = {row.code: row for row in rows}
    words = {
        word: (by_code[category.code].id, category.duration_minutes)
        for word, category in category_words(session, county).items()
    }
    minutes = {row.id: row.duration_minutes for row in rows}
    items = session.execute(
        select(CatalogueItem.name, CatalogueItem.category_id).where(
            CatalogueItem.county == county, CatalogueItem.retired_on.is_(None)
        )
    )
    for item in items:
        if item.category_id in minutes:
            words.setdefault(name_key(item.name), (item.category_id, minutes[item.category_id]))
    return kinds_of(words)


def _known(session: Session, county: str, found: Sequence[Message]) -> Mapping[tuple[str, int], str]:
    """Messages that are needs already: (digest, occurrence) -> code."""
    rows = session.execute(
        select(Need.source_digest, Need.source_occurrence, Need.code).where(
            Need.county == county, Need.source_digest.in_({message.digest for message in found})
        )
    )
    return {(row.source_digest, row.source_occurrence): row.code for row in rows}
