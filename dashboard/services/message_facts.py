"""What a message is made of, read with its need, dispatch and people: its facts, and who it goes to.

Phones and names of recipients are masked here; the one function that reads a phone is `address_of`, for a sender.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session, aliased

from dashboard.core.masking import masked_name, masked_phone
from dashboard.core.messages import Facts, Kind, Party, State
from dashboard.core.permissions import Action, Actor
from dashboard.core.words import DispatchState, NeedState
from dashboard.services.needs_queue import place_line
from db.models import Dispatch, Division, Grid, Message, Need, Person, Rating, Volunteer


@dataclass(frozen=True)
class Told:
    """A message as its reader may see it. `name` and `phone` of whom it goes to: a volunteer's name is shown to those
    who see volunteers, everything else masked; `person_id` None where nobody is known."""

    id: int
    need_id: int
    dispatch_id: int
    state: State
    created_at: datetime
    sent_at: datetime | None
    tried_at: datetime | None
    tries: int
    last_error: str
    channel: str
    person_id: int | None
    name: str
    phone: str
    facts: Facts


_HELPER, _RESIDENT, _REPORTER, _TO = (aliased(Person) for _ in range(4))


def _recipient() -> Any:
    """Id of whom a message goes to: of a need's two people the resident, unless only the caller has a phone."""
    return case(
        (Message.party == Party.VOLUNTEER, _HELPER.id),
        (_RESIDENT.phone.is_not(None), _RESIDENT.id),
        (_REPORTER.phone.is_not(None), _REPORTER.id),
        else_=func.coalesce(_RESIDENT.id, _REPORTER.id),
    )


def _query() -> Any:
    return (
        select(
            Message,
            Dispatch.start,
            Dispatch.end,
            Dispatch.state.label("dispatch_state"),
            Dispatch.expires_at,
            Need.code,
            Need.title,
            Need.state.label("need_state"),
            Division.name.label("village"),
            Grid.name.label("grid"),
            _HELPER.name.label("helper"),
            _TO.id.label("person_id"),
            _TO.name.label("to_name"),
            _TO.phone_tail.label("phone_tail"),
            Rating.answered_at,
        )
        .join(Dispatch, Dispatch.id == Message.dispatch_id)
        .join(Need, Need.id == Message.need_id)
        .join(Volunteer, Volunteer.id == Dispatch.volunteer_id)
        .join(_HELPER, _HELPER.id == Volunteer.person_id)
        .outerjoin(_RESIDENT, _RESIDENT.id == Need.person_id)
        .outerjoin(_REPORTER, _REPORTER.id == Need.reported_by_id)
        .outerjoin(_TO, _TO.id == _recipient())
        .outerjoin(Division, and_(Division.county == Need.county, Division.code == Need.village_code))
        .outerjoin(Grid, Grid.id == Need.grid_id)
        .outerjoin(Rating, and_(Rating.county == Need.county, Rating.need_id == Need.id))
    )


def told_by_id(session: Session, actor: Actor, message_ids: Iterable[int]) -> tuple[Told, ...]:
    """The messages with these ids, newest first. Whether the actor may read them is asked before."""
    rows = session.execute(
        _query()
        .where(Message.county == actor.county, Message.id.in_(list(message_ids)))
        .order_by(Message.created_at.desc(), Message.id.desc())
        .execution_options(populate_existing=True)
    )
    named = actor.may(Action.SEE_VOLUNTEERS)
    return tuple(_told(row, named) for row in rows)


def _told(row: Any, named: bool) -> Told:
    message: Message = row[0]
    to_volunteer = message.party == Party.VOLUNTEER
    name = row.to_name or ""
    return Told(
        id=message.id,
        need_id=message.need_id,
        dispatch_id=message.dispatch_id,
        state=State(message.state),
        created_at=message.created_at,
        sent_at=message.sent_at,
        tried_at=message.tried_at,
        tries=message.tries,
        last_error=message.last_error,
        channel=message.channel,
        person_id=row.person_id,
        name=name if to_volunteer and named else masked_name(name),
        phone=masked_phone(row.phone_tail),
        facts=Facts(
            party=Party(message.party),
            kind=Kind(message.kind),
            code=row.code,
            title=row.title,
            place=place_line(row.village or "", row.grid or "", ""),
            start=row.start,
            end=row.end,
            answer_by=row.expires_at,
            volunteer=row.helper if named else masked_name(row.helper),
            dispatch_state=DispatchState(row.dispatch_state),
            need_state=NeedState(row.need_state),
            rated=row.answered_at is not None,
        ),
    )


def address_of(session: Session, person_id: int | None) -> str:
    """The phone a message goes to, "" where none is known. For senders only: nothing else sees it unmasked."""
    if person_id is None:
        return ""
    return session.scalar(select(Person.phone).where(Person.id == person_id)) or ""
