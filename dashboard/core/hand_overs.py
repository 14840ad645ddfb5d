"""转交: a request to hand something over, from asking to its end. It is asked once, ends once, and never moves again.

A coordinator asks another for her hold on a need; or a volunteer's accepted order is offered to another volunteer. For
an order the offer's own rules say how late an answer may be; for a hold the request has a time of its own.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from dashboard.core.errors import Invalid


class State(StrEnum):
    """How far a request is. `OVERTAKEN`: what was asked for was given back, used or taken up before there was an
    answer."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    OVERTAKEN = "overtaken"


class Told(StrEnum):
    """What a coordinator is told in the app."""

    GRANTED = "granted"
    REFUSED = "refused"
    #: To who asked, and to who did not answer.
    LAPSED = "lapsed"
    UNANSWERED = "unanswered"
    OVERTAKEN = "overtaken"
    #: Her hold ran out, and the need is free for others.
    HOLD_OVER = "hold_over"


_ENDS = frozenset(State) - {State.ASKED}
MOVES: dict[State, frozenset[State]] = {state: _ENDS if state is State.ASKED else frozenset() for state in State}

#: A hold lasts five minutes: who asks must hear while that still matters, and who is asked must be able to finish a
#: telephone call before she looks up.
HOLD_ANSWER = timedelta(minutes=3)
#: What only counts before the time is over.
_IN_TIME = (State.GRANTED, State.REFUSED, State.WITHDRAWN)


def answer_by(now: datetime, hold_ends: datetime) -> datetime:
    """Until when a hold may be asked for: not beyond the hold itself, for then there is nothing left to hand over."""
    return min(now + HOLD_ANSWER, hold_ends)


def refusal(current: State, wanted: State, now: datetime, until: datetime) -> str | None:
    """The key of the reason why a request for a hold may not move so now, None when it may."""
    if wanted not in MOVES[current]:
        return "hand_overs.ended"
    if wanted in _IN_TIME and now >= until:
        return "hand_overs.too_late"
    if wanted is State.LAPSED and now < until:
        return "hand_overs.still_waiting"
    return None


def check(current: State, wanted: State, now: datetime, until: datetime) -> None:
    """Raises Invalid with the reason unless a request for a hold may move so now."""
    if reason := refusal(current, wanted, now, until):
        raise Invalid(reason)


def check_end(current: State, wanted: State) -> None:
    """Raises Invalid unless a request may end so, whatever the time."""
    if wanted not in MOVES[current]:
        raise Invalid("hand_overs.ended")
