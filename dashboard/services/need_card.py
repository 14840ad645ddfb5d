"""One need with everything a coordinator acts on: wishes, people sent, deadlines, and its history word for word."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from dashboard.core.errors import NotFound
from dashboard.core.masking import masked_name, masked_phone
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.words import HOLDS_SEAT, Subject
from dashboard.services.escalation import Behind, calls_behind
from dashboard.services.filtering import due_at
from dashboard.services.need_history import Rated, Step, history_of, rating_of
from dashboard.services.needs_queue import Clock, category_name, clock_of, place_line, work_clock
from dashboard.services.questions import question
from dashboard.services.reach import at_reached_site
from db.models import (
    Account,
    Category,
    Dispatch,
    Division,
    Grid,
    Hold,
    Need,
    NeedInterval,
    NeedPerson,
    NeedRole,
    NeedSkill,
    Person,
    Skill,
    Volunteer,
)


@dataclass(frozen=True)
class Seat:
    """A role: its people, and how many are still to find. `least`: the fewest with whom a crew may go, and of those
    `missing` are still to find (0 where the need is no crew)."""

    role_id: int
    name: str
    skill_id: int | None
    skill: str
    min_level: int
    people: int
    open: int
    least: int
    missing: int


@dataclass(frozen=True)
class Sent:
    """A dispatch in one line. `volunteer` is masked for who sees none; `in_place_of`: whose order she takes over."""

    id: int
    role_id: int
    volunteer_id: int
    person_id: int
    volunteer: str
    state: str
    start: datetime
    end: datetime
    distance_m: int | None
    by: str
    offered_at: datetime
    expires_at: datetime | None
    reason: str
    in_place_of: int | None = None

    @property
    def seat_of(self) -> int:
        return self.volunteer_id if self.in_place_of is None else self.in_place_of


@dataclass(frozen=True)
class Wish:
    """A skill asked for."""

    skill_id: int
    name: str
    required: bool
    min_level: int


@dataclass(frozen=True)
class Named:
    """A volunteer the resident prefers or will not have."""

    volunteer_id: int
    name: str
    kind: str


@dataclass(frozen=True)
class Linked:
    """Another need of the same repeat."""

    id: int
    code: str
    state: str
    registered_at: datetime
    earlier: bool


@dataclass(frozen=True)
class NeedCard:
    """Everything of a need. Resident and caller masked; `*_id` of persons are for the command that reveals them."""

    id: int
    code: str
    version: int
    state: str
    channel: str
    title: str
    detail: str
    category_id: int | None
    category: str
    item_id: int | None
    urgency: str
    person_id: int | None
    resident: str
    phone: str
    reporter_id: int | None
    reporter: str
    entered_by: str
    place: str
    place_words: str
    precision: str
    grid_id: int | None
    village_code: str | None
    town_code: str | None
    lon: float | None
    lat: float | None
    interval_rule: str
    duration_minutes: int
    spans: tuple[tuple[datetime, datetime], ...]
    time_words: str
    people_words: str
    to_verify: tuple[str, ...]
    language: str | None
    language_hard: bool
    gender: str | None
    gender_hard: bool
    whole: bool
    registered_at: datetime
    opened_at: datetime | None
    take_up_due_at: datetime | None
    close_due_at: datetime | None
    taken_up_at: datetime | None
    closed_at: datetime | None
    raised_at: datetime | None
    clock: Clock | None
    holder: str | None
    holder_id: int | None
    held_until: datetime | None
    seats: tuple[Seat, ...]
    skills: tuple[Wish, ...]
    people: tuple[Named, ...]
    sent: tuple[Sent, ...]
    linked: tuple[Linked, ...]
    calls: int
    callers: int
    history: tuple[Step, ...]
    rating: Rated | None

    @property
    def open_seats(self) -> int:
        return sum(seat.open for seat in self.seats)

    @property
    def head_count(self) -> int:
        return sum(seat.people for seat in self.seats)

    @property
    def short_roles(self) -> tuple[Seat, ...]:
        """Of a crew of which somebody is sent: the roles that still lack people it can't go without."""
        begun = any(seat.open < seat.people for seat in self.seats)
        return tuple(seat for seat in self.seats if seat.missing) if self.whole and begun else ()


@question(Subject.NEEDS, Subject.CATALOGUE, Subject.PLACES, Subject.PEOPLE, Subject.SERVICES, Subject.ACCOUNTS)
def card(session: Session, actor: Actor, *, need_id: int, now: datetime, language: str = "zh") -> NeedCard:
    """A need within the actor's reach. Raises NotFound for another."""
    require(actor, Action.SEE_NEEDS)
    row = session.execute(
        select(
            Need,
            category_name(language).label("category"),
            Grid.name.label("grid"),
            Division.name.label("village"),
            due_at().label("due"),
            Hold.account_id.label("holder_id"),
            Hold.expires_at.label("held_until"),
            Account.display_name.label("holder"),
        )
        .outerjoin(Category, Category.id == Need.category_id)
        .outerjoin(Grid, Grid.id == Need.grid_id)
        .outerjoin(Division, and_(Division.county == Need.county, Division.code == Need.village_code))
        .outerjoin(Hold, and_(Hold.county == Need.county, Hold.need_id == Need.id, Hold.expires_at > now))
        .outerjoin(Account, Account.id == Hold.account_id)
        .where(Need.county == actor.county, Need.id == need_id, at_reached_site(actor, Need.site_id))
    ).first()
    if row is None:
        raise NotFound("needs.no_such")
    need: Need = row[0]
    seats, sent = _seats_and_sent(session, actor, need)
    behind = calls_behind(session, need.county, [need.id])[need.id]
    clock = work_clock(session, need.county, now, *([row.due] if row.due is not None else []))
    return NeedCard(
        **{name: getattr(need, name) for name in _SAME},
        **_people(session, need),
        category=row.category,
        place=place_line(row.village or "", row.grid or "", need.place_text),
        place_words=need.place_text,
        time_words=need.time_text,
        people_words=need.people_text,
        gender=need.gender_wish,
        to_verify=tuple(need.to_verify),
        spans=_spans(session, need),
        clock=clock_of(need, now, clock),
        holder=row.holder,
        holder_id=row.holder_id,
        held_until=row.held_until,
        seats=seats,
        sent=sent,
        skills=_skills(session, need, language),
        people=_named(session, actor, need),
        linked=_linked(session, actor, need, behind),
        calls=behind.calls,
        callers=behind.people,
        history=history_of(session, actor, need),
        rating=rating_of(session, need),
    )


#: Columns that the card shows as they are.
_SAME = (
    "id",
    "code",
    "version",
    "state",
    "channel",
    "title",
    "detail",
    "category_id",
    "item_id",
    "urgency",
    "person_id",
    "precision",
    "grid_id",
    "village_code",
    "town_code",
    "lon",
    "lat",
    "interval_rule",
    "duration_minutes",
    "language",
    "language_hard",
    "gender_hard",
    "whole",
    "registered_at",
    "opened_at",
    "take_up_due_at",
    "close_due_at",
    "taken_up_at",
    "closed_at",
    "raised_at",
)


def _people(session: Session, need: Need) -> dict[str, Any]:
    """Resident, caller and who entered it: masked, as far as they are known."""
    resident = session.get(Person, need.person_id) if need.person_id is not None else None
    reporter = session.get(Person, need.reported_by_id) if need.reported_by_id is not None else None
    entered = session.scalar(select(Account.display_name).where(Account.id == need.entered_by))
    return {
        "resident": masked_name(resident.name) if resident else "",
        "phone": masked_phone(resident.phone_tail) if resident else "",
        "reporter_id": need.reported_by_id,
        "reporter": masked_name(reporter.name) if reporter else "",
        "entered_by": entered or "",
    }


def _spans(session: Session, need: Need) -> tuple[tuple[datetime, datetime], ...]:
    rows = session.execute(
        select(NeedInterval.start, NeedInterval.end)
        .where(NeedInterval.county == need.county, NeedInterval.need_id == need.id)
        .order_by(NeedInterval.start)
    )
    return tuple((row.start, row.end) for row in rows)


def _seats_and_sent(session: Session, actor: Actor, need: Need) -> tuple[tuple[Seat, ...], tuple[Sent, ...]]:
    rows = session.execute(
        select(Dispatch, Person.id.label("person_id"), Person.name, Account.display_name)
        .join(Volunteer, Volunteer.id == Dispatch.volunteer_id)
        .join(Person, Person.id == Volunteer.person_id)
        .outerjoin(Account, Account.id == Dispatch.dispatched_by)
        .where(Dispatch.county == need.county, Dispatch.need_id == need.id)
        .order_by(Dispatch.start, Dispatch.id)
    ).all()
    named = actor.may(Action.SEE_VOLUNTEERS)
    sent = tuple(
        Sent(
            **{name: getattr(row[0], name) for name in _SENT},
            person_id=row.person_id,
            volunteer=row.name if named else masked_name(row.name),
            by=row.display_name or "",
        )
        for row in rows
    )
    roles = session.execute(
        select(NeedRole, Skill.name)
        .outerjoin(Skill, Skill.id == NeedRole.skill_id)
        .where(NeedRole.county == need.county, NeedRole.need_id == need.id)
        .order_by(NeedRole.position, NeedRole.id)
    ).all()
    seats = []
    for role, skill in roles:
        taken = len({one.seat_of for one in sent if one.role_id == role.id and one.state in HOLDS_SEAT})
        least = role.head_count if role.least is None else role.least
        seats.append(
            Seat(
                role_id=role.id,
                name=role.name,
                skill_id=role.skill_id,
                skill=skill or "",
                min_level=role.min_level,
                people=role.head_count,
                open=max(role.head_count - taken, 0),
                least=least,
                missing=max(least - taken, 0) if need.whole else 0,
            )
        )
    return tuple(seats), sent


_SENT = (
    "id",
    "role_id",
    "volunteer_id",
    "state",
    "start",
    "end",
    "distance_m",
    "offered_at",
    "expires_at",
    "reason",
    "in_place_of",
)


def _skills(session: Session, need: Need, language: str) -> tuple[Wish, ...]:
    rows = session.execute(
        select(NeedSkill, Skill.name, Skill.name_en)
        .join(Skill, Skill.id == NeedSkill.skill_id)
        .where(NeedSkill.county == need.county, NeedSkill.need_id == need.id)
        .order_by(NeedSkill.required.desc(), Skill.id)
    )
    return tuple(
        Wish(
            row[0].skill_id,
            row.name if language == "zh" else row.name_en or row.name,
            row[0].required,
            row[0].min_level,
        )
        for row in rows
    )


def _named(session: Session, actor: Actor, need: Need) -> tuple[Named, ...]:
    named = actor.may(Action.SEE_VOLUNTEERS)
    rows = session.execute(
        select(NeedPerson.volunteer_id, NeedPerson.kind, Person.name)
        .join(Volunteer, Volunteer.id == NeedPerson.volunteer_id)
        .join(Person, Person.id == Volunteer.person_id)
        .where(NeedPerson.county == need.county, NeedPerson.need_id == need.id)
        .order_by(NeedPerson.id)
    )
    return tuple(Named(row.volunteer_id, row.name if named else masked_name(row.name), row.kind) for row in rows)


def _linked(session: Session, actor: Actor, need: Need, behind: Behind) -> tuple[Linked, ...]:
    """The other needs of the same trouble within the actor's reach, oldest first."""
    rows = session.execute(
        select(Need.id, Need.code, Need.state, Need.registered_at)
        .where(
            Need.county == need.county,
            Need.id.in_(behind.needs),
            Need.id != need.id,
            at_reached_site(actor, Need.site_id),
        )
        .order_by(Need.registered_at, Need.id)
    )
    since = (need.registered_at, need.id)
    return tuple(Linked(r.id, r.code, r.state, r.registered_at, (r.registered_at, r.id) < since) for r in rows)
