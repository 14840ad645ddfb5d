"""Who is told what when a dispatch moves, whether it is still true, and which sentence says it.

A message is a change of one dispatch told to one party. What a party did herself is no news to her. The words are put
together when they are read, from the rows as they are then; nothing of them is stored.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dashboard.core.deadlines import COUNTY_TIME
from dashboard.core.words import DispatchState, NeedState

D = DispatchState


class Party(StrEnum):
    """Who is told: the volunteer of the dispatch, or the resident of its need."""

    VOLUNTEER = "volunteer"
    RESIDENT = "resident"


class Kind(StrEnum):
    """What is told."""

    OFFERED = "offered"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    #: Withdrawn for a more urgent need.
    TAKEN_OVER = "taken_over"
    #: Another volunteer took the order over, as was asked for; the one who had it is free.
    HANDED_OVER = "handed_over"
    #: She took an order over from another volunteer.
    TOOK_OVER = "took_over"
    #: Nobody took it over: she still has the order.
    KEPT = "kept"
    ACCEPTED = "accepted"
    #: An acceptance was recorded by mistake and undone.
    TAKEN_BACK = "taken_back"
    #: One of several has served, others still do.
    DONE = "done"
    #: The last one has served: how was it?
    ASKED_TO_RATE = "asked_to_rate"


class State(StrEnum):
    """How far a message is. `DROPPED`: before it went out the dispatch had moved on, so nobody is told any more."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    COPIED = "copied"
    FAILED = "failed"
    DROPPED = "dropped"


class Failure(StrEnum):
    """Why a message failed, where a person or this program says so; a sender's own failure is named by its kind."""

    NO_PHONE = "no_phone"
    UNREACHED = "unreached"
    WRONG_NUMBER = "wrong_number"


_BOTH_CANCELLED = ((Party.VOLUNTEER, Kind.CANCELLED), (Party.RESIDENT, Kind.CANCELLED))

#: The whole policy: a move of a dispatch -> who is told what. A move that is not here is news to nobody. A resident is
#: told of a withdrawal only when she knows that somebody was to come.
TOLD: dict[tuple[DispatchState | None, DispatchState], tuple[tuple[Party, Kind], ...]] = {
    (None, D.OFFERED): ((Party.VOLUNTEER, Kind.OFFERED),),
    (D.OFFERED, D.ACCEPTED): ((Party.RESIDENT, Kind.ACCEPTED),),
    (D.OFFERED, D.EXPIRED): ((Party.VOLUNTEER, Kind.EXPIRED),),
    (D.OFFERED, D.CANCELLED): ((Party.VOLUNTEER, Kind.CANCELLED),),
    (D.ACCEPTED, D.OFFERED): ((Party.VOLUNTEER, Kind.OFFERED), (Party.RESIDENT, Kind.TAKEN_BACK)),
    (D.ACCEPTED, D.CANCELLED): _BOTH_CANCELLED,
    (D.IN_SERVICE, D.CANCELLED): _BOTH_CANCELLED,
    (D.IN_SERVICE, D.DONE): ((Party.RESIDENT, Kind.ASKED_TO_RATE),),
}

#: The states of the dispatch in which what a message says is still true.
TRUE_IN: dict[Kind, frozenset[DispatchState]] = {
    Kind.OFFERED: frozenset({D.OFFERED}),
    Kind.EXPIRED: frozenset({D.EXPIRED}),
    Kind.CANCELLED: frozenset({D.CANCELLED}),
    Kind.TAKEN_OVER: frozenset({D.CANCELLED}),
    Kind.HANDED_OVER: frozenset({D.CANCELLED}),
    Kind.TOOK_OVER: frozenset({D.ACCEPTED}),
    Kind.KEPT: frozenset({D.ACCEPTED}),
    Kind.ACCEPTED: frozenset({D.ACCEPTED}),
    Kind.TAKEN_BACK: frozenset({D.OFFERED}),
    Kind.DONE: frozenset({D.DONE, D.CONFIRMED}),
    Kind.ASKED_TO_RATE: frozenset({D.DONE, D.CONFIRMED}),
}


def told(
    before: DispatchState | None,
    after: DispatchState,
    *,
    taken_over: bool = False,
    handed_over: bool = False,
    last: bool = True,
    herself: Party | None = None,
    unheard: bool = False,
) -> tuple[tuple[Party, Kind], ...]:
    """Who is told what of a move. `taken_over`: withdrawn for a more urgent need; `handed_over`: to a volunteer who
    said yes, of whom the resident hears; `last`: nobody else of the need is still to serve; `herself`: the party who
    made the move; `unheard`: the volunteer never heard of the offer, so that its end is no news to her."""
    if handed_over:
        return ((Party.VOLUNTEER, Kind.HANDED_OVER),)
    silent = {herself, Party.VOLUNTEER if unheard else None}
    return tuple(
        (party, _kind(kind, taken_over, last)) for party, kind in TOLD.get((before, after), ()) if party not in silent
    )


def _kind(kind: Kind, taken_over: bool, last: bool) -> Kind:
    if kind is Kind.CANCELLED and taken_over:
        return Kind.TAKEN_OVER
    return Kind.DONE if kind is Kind.ASKED_TO_RATE and not last else kind


def overtaken(state: DispatchState) -> tuple[Kind, ...]:
    """What is no longer true once the dispatch is in this state."""
    return tuple(kind for kind in Kind if state not in TRUE_IN[kind])


@dataclass(frozen=True)
class Facts:
    """What the words of a message are made of, as the rows are now. `volunteer`: her name as far as its reader may see
    it; `place`: village and grid, "" when neither is known; `rated`: the resident has said how it was."""

    party: Party
    kind: Kind
    code: str
    title: str
    place: str
    start: datetime
    end: datetime
    answer_by: datetime | None
    volunteer: str
    dispatch_state: DispatchState
    need_state: NeedState
    rated: bool = False


def outdated(facts: Facts, now: datetime) -> bool:
    """Is there no sense any more in telling this?"""
    if facts.dispatch_state not in TRUE_IN[facts.kind]:
        return True
    if facts.kind in (Kind.DONE, Kind.ASKED_TO_RATE):
        return facts.rated
    if facts.kind is Kind.OFFERED and facts.answer_by is not None and facts.answer_by <= now:
        return True
    return facts.end <= now


#: Looks up a sentence of the catalogue in the language of the message, and fills it.
Say = Callable[..., str]

#: A short message is one SMS; a title or a name longer than this is cut.
TITLE, NAME, PLACE = 16, 12, 16
#: People type numbers into titles: seven digits or more may be somebody's.
_PHONE = re.compile(r"\+?\d(?:[\s\-–—.·()（）]{0,2}\d){6,}")


def link_asks(facts: Facts) -> str | None:
    """What a link in the message is for: to "answer", to "rate", or to "follow" how the order stands. None where there
    is nothing to open: a volunteer who need not come, a resident whose need has ended without her."""
    if facts.party is Party.VOLUNTEER:
        return "answer" if facts.kind is Kind.OFFERED else None
    if facts.need_state in (NeedState.CANCELLED, NeedState.UNMET):
        return None
    return "rate" if facts.kind is Kind.ASKED_TO_RATE else "follow"


def composed(facts: Facts, say: Say, link: str | None = None) -> str:
    """The words of a message to paste or send. `link`: the address behind which its reader does what `link_asks`."""
    when = _when(facts.start, facts.end, say)
    place = _short(facts.place, PLACE)
    words = say(
        _key(facts),
        title=_short(facts.title, TITLE) or say("messages.untitled"),
        code=facts.code,
        when=when,
        spot=say("messages.spot", when=when, place=place) if place else when,
        by=_moment(facts.answer_by or facts.start, say),
        who=_short(facts.volunteer, NAME),
    )
    asks = link_asks(facts)
    if link is None or asks is None:
        return words
    return say("messages.with_link", words=words, link=say(f"messages.link.{asks}", link=link))


def _key(facts: Facts) -> str:
    """The sentence: a resident whose need has ended is not told that somebody else is sought."""
    withdrawn = facts.party is Party.RESIDENT and facts.kind in (Kind.CANCELLED, Kind.TAKEN_OVER)
    if withdrawn and facts.need_state in (NeedState.CANCELLED, NeedState.UNMET):
        return f"messages.resident.need_{facts.need_state}"
    return f"messages.{facts.party}.{facts.kind}"


def _short(words: str, most: int) -> str:
    """On one line, without anything that may be a phone, at most so many characters."""
    line = " ".join(_PHONE.sub("…", words).split())
    return line if len(line) <= most else line[: most - 1] + "…"


def _when(start: datetime, end: datetime, say: Say) -> str:
    first, last = start.astimezone(COUNTY_TIME), end.astimezone(COUNTY_TIME)
    until = f"{last:%H:%M}" if last.date() == first.date() else _moment(end, say)
    return say("messages.when", start=_moment(start, say), end=until)


def _moment(moment: datetime, say: Say) -> str:
    there = moment.astimezone(COUNTY_TIME)
    return say("messages.moment", month=there.month, day=there.day, clock=f"{there:%H:%M}")
