"""The queue: needs in the order in which their clocks run out, a page at a time, with what a coordinator must know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from dashboard.core.deadlines import WorkClock, clock_for
from dashboard.core.filters import Filters
from dashboard.core.intake import clean
from dashboard.core.needs import ENDED, TAKES_PEOPLE
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.words import HOLDS_SEAT, DispatchState, NeedState, Subject, Urgency
from dashboard.services.escalation import Behind, calls_behind
from dashboard.services.filtering import due_at, is_overdue, needs_like
from dashboard.services.questions import question
from dashboard.services.rules import deadline_rules
from db.models import Account, Category, Dispatch, Division, Grid, Hold, Need, NeedInterval, NeedRole

PAGE = 25


class View(StrEnum):
    """Which part of the work is looked at."""

    TO_DISPATCH = "to_dispatch"
    #: What the map and the figures count as open, whether people are still lacking or not.
    OPEN = "open"
    TO_VERIFY = "to_verify"
    WAITING = "waiting"
    UNDER_WAY = "under_way"
    TO_CONFIRM = "to_confirm"
    ENDED = "ended"
    ALL = "all"
    #: Late for somebody to say yes, and taken up but late to be closed: together what the figure counts as overdue.
    LATE_TAKE_UP = "late_take_up"
    LATE_CLOSE = "late_close"
    #: Raised by their repeats and not over.
    RAISED = "raised"


#: Views of what needs a second look; the others are where the work stands.
WATCHED = (View.LATE_TAKE_UP, View.LATE_CLOSE, View.RAISED)


@dataclass(frozen=True)
class Clock:
    """The deadline that runs: `kind` "take_up" or "close", minutes of work left (negative: overdue), and whether the
    working calendar of that year is announced."""

    kind: str
    due: datetime
    left_minutes: float
    known: bool

    @property
    def overdue(self) -> bool:
        return self.left_minutes < 0


@dataclass(frozen=True)
class QueueRow:
    """A need in one line."""

    id: int
    code: str
    title: str
    category: str
    urgency: str
    state: str
    place: str
    precision: str
    seats: int
    open_seats: int
    waiting: int
    clock: Clock | None
    start: datetime | None
    end: datetime | None
    time_past: bool
    holder: str | None
    held_until: datetime | None
    calls: int
    callers: int
    raised: bool
    version: int


@dataclass(frozen=True)
class Queue:
    """A page of the queue; `total` rows in all, `overdue` of them late, and the size of every view."""

    rows: tuple[QueueRow, ...]
    total: int
    overdue: int
    views: dict[str, int]


@dataclass(frozen=True)
class Picked:
    """A need of the queue as it is picked for a deed on many."""

    id: int
    code: str
    version: int


@question(Subject.NEEDS, Subject.CATALOGUE, Subject.PLACES, Subject.ACCOUNTS, Subject.RULES)
def queue(
    session: Session,
    actor: Actor,
    *,
    now: datetime,
    filters: Filters = Filters(),  # noqa: B008  (frozen)
    view: View = View.TO_DISPATCH,
    words: str = "",
    page: int = 0,
    size: int = PAGE,
    language: str = "zh",
) -> Queue:
    """Needs in the actor's reach, most pressing first. `words` looks into code and title."""
    require(actor, Action.SEE_NEEDS)
    base = and_(needs_like(filters, actor), _with_words(words))
    shown = and_(base, _in(view, actor.county, now))
    total, overdue = session.execute(
        select(func.count(), func.count().filter(and_(due_at() < now, Need.closed_at.is_(None)))).where(shown)
    ).one()
    rows = session.execute(_rows(actor, now, language).where(shown).limit(size).offset(page * size)).all()
    clock = _clock(session, actor.county, now, rows)
    views = {one.value: _count(session, and_(base, _in(one, actor.county, now))) for one in View}
    behind = calls_behind(session, actor.county, [row[0].id for row in rows])
    return Queue(tuple(_row(row, now, clock, behind[row[0].id]) for row in rows), total, overdue, views)


@question(Subject.NEEDS, Subject.PLACES, Subject.RULES)
def picked(
    session: Session,
    actor: Actor,
    *,
    now: datetime,
    filters: Filters = Filters(),  # noqa: B008  (frozen)
    view: View = View.ALL,
    words: str = "",
    ids: tuple[int, ...] | None = None,
) -> tuple[Picked, ...]:
    """All the needs of a list that `queue` shows page by page, in its order; of those named by `ids` only."""
    require(actor, Action.SEE_NEEDS)
    wanted = and_(needs_like(filters, actor), _with_words(words), _in(view, actor.county, now))
    named = Need.id.is_not(None) if ids is None else Need.id.in_(ids)
    rows = session.execute(
        select(Need.id, Need.code, Need.version).where(wanted, named).order_by(due_at().asc().nulls_last(), Need.id)
    )
    return tuple(Picked(*row) for row in rows)


def _count(session: Session, condition: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Need).where(condition)) or 0


def _with_words(words: str) -> ColumnElement[bool]:
    found = clean(words)
    if not found:
        return Need.id.is_not(None)
    return or_(Need.title.contains(found, autoescape=True), Need.code.contains(found, autoescape=True))


def in_view(view: View, county: str) -> ColumnElement[bool]:
    """The needs of a view of where the work stands."""
    taking = Need.state.in_(TAKES_PEOPLE)
    if view is View.ALL:
        return Need.id.is_not(None)
    if view is View.OPEN:
        return Need.state == NeedState.OPEN
    if view is View.TO_VERIFY:
        return Need.state.in_((NeedState.DRAFT, NeedState.TO_VERIFY))
    if view is View.TO_DISPATCH:
        return and_(taking, _open_seats(county) > 0)
    if view is View.WAITING:
        return and_(taking, _with_dispatch(county, (DispatchState.OFFERED,)))
    if view is View.UNDER_WAY:
        on_it = _with_dispatch(county, (DispatchState.ACCEPTED, DispatchState.IN_SERVICE))
        return and_(taking, on_it)
    if view is View.TO_CONFIRM:
        return Need.state.in_((NeedState.DONE, NeedState.CONFIRMED, NeedState.RATED))
    return Need.state.in_(ENDED)


def _in(view: View, county: str, now: datetime) -> ColumnElement[bool]:
    if view not in WATCHED:
        return in_view(view, county)
    if view is View.RAISED:
        return and_(Need.raised_at.is_not(None), Need.closed_at.is_(None))
    taken = Need.taken_up_at.is_(None) if view is View.LATE_TAKE_UP else Need.taken_up_at.is_not(None)
    return and_(is_overdue(now), taken)


def _with_dispatch(county: str, states: tuple[DispatchState, ...]) -> ColumnElement[bool]:
    return (
        select(Dispatch.id)
        .where(Dispatch.county == county, Dispatch.need_id == Need.id, Dispatch.state.in_(states))
        .correlate(Need)
        .exists()
    )


def _seats(county: str) -> ColumnElement[int]:
    heads = select(func.coalesce(func.sum(NeedRole.head_count), 0))
    return heads.where(NeedRole.county == county, NeedRole.need_id == Need.id).correlate(Need).scalar_subquery()


def _people(county: str, states: tuple[DispatchState, ...]) -> ColumnElement[int]:
    people = select(func.count(func.distinct(Dispatch.seat_of)))
    mine = (Dispatch.county == county, Dispatch.need_id == Need.id, Dispatch.state.in_(states))
    return people.where(*mine).correlate(Need).scalar_subquery()


def _open_seats(county: str) -> ColumnElement[int]:
    return _seats(county) - _people(county, HOLDS_SEAT)


def _rows(actor: Actor, now: datetime, language: str) -> Select[*tuple[Any, ...]]:
    county = actor.county
    spans = (NeedInterval.county == county, NeedInterval.need_id == Need.id)
    return (
        select(
            Need,
            category_name(language).label("category"),
            func.coalesce(Grid.name, "").label("grid"),
            func.coalesce(Division.name, "").label("village"),
            _seats(county).label("seats"),
            _people(county, HOLDS_SEAT).label("taken"),
            _people(county, (DispatchState.OFFERED,)).label("waiting"),
            select(func.min(NeedInterval.start)).where(*spans, NeedInterval.end > now).scalar_subquery().label("start"),
            select(func.min(NeedInterval.end)).where(*spans, NeedInterval.end > now).scalar_subquery().label("end"),
            select(func.max(NeedInterval.end)).where(*spans).scalar_subquery().label("last_end"),
            due_at().label("due"),
            Account.display_name.label("holder"),
            Hold.expires_at.label("held_until"),
        )
        .outerjoin(Category, Category.id == Need.category_id)
        .outerjoin(Grid, Grid.id == Need.grid_id)
        .outerjoin(Division, and_(Division.county == county, Division.code == Need.village_code))
        .outerjoin(Hold, and_(Hold.county == county, Hold.need_id == Need.id, Hold.expires_at > now))
        .outerjoin(Account, Account.id == Hold.account_id)
        .order_by(due_at().asc().nulls_last(), Need.id)
    )


def category_name(language: str) -> ColumnElement[str]:
    """The category's name in a language, empty without one."""
    name = Category.name if language == "zh" else func.coalesce(func.nullif(Category.name_en, ""), Category.name)
    return func.coalesce(name, "")


def _row(row: Row[*tuple[Any, ...]], now: datetime, clock: WorkClock | None, behind: Behind) -> QueueRow:
    need: Need = row[0]
    return QueueRow(
        id=need.id,
        code=need.code,
        title=need.title,
        category=row.category,
        urgency=need.urgency,
        state=need.state,
        place=place_line(row.village, row.grid, need.place_text),
        precision=need.precision,
        seats=row.seats,
        open_seats=max(row.seats - row.taken, 0),
        waiting=row.waiting,
        clock=clock_of(need, now, clock),
        start=row.start,
        end=row.end,
        time_past=row.last_end is not None and row.last_end <= now and need.state in TAKES_PEOPLE,
        holder=row.holder,
        held_until=row.held_until,
        calls=behind.calls,
        callers=behind.people,
        raised=need.raised_at is not None,
        version=need.version,
    )


def place_line(village: str, grid: str, words: str) -> str:
    """Village and grid, else the words it was told in. A grid that bears its village's name says both."""
    known = (grid,) if grid and grid.startswith(village) else (village, grid)
    return " ".join(part for part in known if part) or words


def clock_of(need: Need, now: datetime, clock: WorkClock | None) -> Clock | None:
    """The deadline that runs for a need, None when none does: not open yet, or over."""
    if clock is None or need.closed_at is not None:
        return None
    kind, due = ("take_up", need.take_up_due_at) if need.taken_up_at is None else ("close", need.close_due_at)
    if due is None:
        return None
    return Clock(kind, due, clock.between(now, due), clock.known(due))


def _clock(session: Session, county: str, now: datetime, rows: Sequence[Any]) -> WorkClock | None:
    dues = [row.due for row in rows if row.due is not None]
    return work_clock(session, county, now, *dues)


def work_clock(session: Session, county: str, now: datetime, *dues: datetime) -> WorkClock | None:
    """The county's working clock over these moments."""
    return clock_for(deadline_rules(session, county, now).spans, now, *dues) if dues else None


@question(Subject.RULES)
def limits(session: Session, actor: Actor, *, now: datetime) -> tuple[tuple[str, float, float], ...]:
    """(urgency, working hours to take up, to close) of the rule row in force."""
    rules = deadline_rules(session, actor.county, now)
    return tuple((urgency.value, *rules.limits(urgency)) for urgency in Urgency)
