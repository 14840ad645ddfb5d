"""What happened to a need and its dispatches, in the order we learned of it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from dashboard.core.masking import masked_name
from dashboard.core.permissions import BY_RESIDENT, BY_VOLUNTEER, Action, Actor
from dashboard.core.words import DispatchState
from db.models import Account, Dispatch, Displacement, Need, NeedEvent, Person, Rating, Volunteer

HANDS = {BY_VOLUNTEER: "volunteer", BY_RESIDENT: "resident"}


@dataclass(frozen=True)
class Step:
    """An event. `volunteer` stands where it is a dispatch's; `late` when we learned of it later than it happened.

    `displaced_for`: the code of the more urgent need for which the dispatch was withdrawn; `escalated`: nobody could
    take it over.
    """

    before: str | None
    after: str
    volunteer: str
    by: str
    reason: str
    happened_at: datetime
    recorded_at: datetime
    displaced_for: str = ""
    escalated: bool = False
    #: "volunteer" or "resident" where she did it herself by a short link.
    hand: str = ""

    @property
    def late(self) -> bool:
        return self.recorded_at > self.happened_at


@dataclass(frozen=True)
class Rated:
    """The resident was asked; score and outcome are None while she is silent."""

    score: int | None
    outcome: str | None
    words: str
    asked_at: datetime
    answered_at: datetime | None


def history_of(session: Session, actor: Actor, need: Need) -> tuple[Step, ...]:
    """Every event of a need, oldest first. Volunteers' names masked for readers who see no volunteers."""
    named = actor.may(Action.SEE_VOLUNTEERS)
    urgent = aliased(Need)
    rows = session.execute(
        select(NeedEvent, Person.name, Account.display_name, urgent.code, Displacement.escalated)
        .outerjoin(Dispatch, Dispatch.id == NeedEvent.dispatch_id)
        .outerjoin(Volunteer, Volunteer.id == Dispatch.volunteer_id)
        .outerjoin(Person, Person.id == Volunteer.person_id)
        .outerjoin(Account, Account.id == NeedEvent.actor_id)
        .outerjoin(
            Displacement,
            and_(Displacement.dispatch_id == NeedEvent.dispatch_id, NeedEvent.to_state == DispatchState.CANCELLED),
        )
        .outerjoin(urgent, urgent.id == Displacement.need_id)
        .where(NeedEvent.county == need.county, NeedEvent.need_id == need.id)
        .order_by(NeedEvent.id)
    )
    return tuple(
        Step(
            event.from_state,
            event.to_state,
            (name if named else masked_name(name)) if name else "",
            by or "",
            event.reason,
            event.happened_at,
            event.recorded_at,
            code or "",
            bool(escalated),
            HANDS.get(event.actor_id, ""),
        )
        for event, name, by, code, escalated in rows
    )


def rating_of(session: Session, need: Need) -> Rated | None:
    """The rating asked for, None before anybody asked."""
    row = session.scalar(select(Rating).where(Rating.county == need.county, Rating.need_id == need.id))
    return None if row is None else Rated(row.score, row.outcome, row.words, row.asked_at, row.answered_at)
