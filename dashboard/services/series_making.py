"""The needs of a series: each visit becomes one some weeks before, once, whoever else is making them.

A visit's need prefers who keeps the series, or the substitute while she is away. Its deadlines run from shortly before
the visit: a need made four weeks ahead is not late because nobody has taken it up in two days.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, exists, or_, select

from dashboard.core import deadlines
from dashboard.core import needs as rules
from dashboard.core import series as core
from dashboard.core.deadlines import COUNTY_TIME
from dashboard.core.errors import Conflict, DashboardError, Invalid
from dashboard.core.orders import check_order
from dashboard.core.permissions import Action, system_actor
from dashboard.core.words import HOLDS_SEAT, NeedPersonKind, NeedState, Subject, Urgency
from dashboard.services import need_life as life
from dashboard.services import need_writing as writing
from dashboard.services.commands import Work, command, perform
from dashboard.services.contracts import parties
from dashboard.services.placing import list_if_outside, placed
from dashboard.services.rules import deadline_rules
from dashboard.services.series_people import who_comes
from dashboard.services.series_rows import changed_visits, order_of_visit, running, series_for, series_of, visit_row
from db.engine import Database
from db.models import Category, Dispatch, Need, NeedInterval, NeedPerson, RecurringNeed

#: So far ahead visits are needs.
HORIZON = timedelta(days=28)
#: So long before a visit its deadlines begin to run.
LEAD = timedelta(days=3)
NOT_DUE = "series.not_due"
#: States in which a visit still waits for somebody.
WAITS = (NeedState.TO_VERIFY, NeedState.OPEN)


@dataclass(frozen=True)
class Made:
    """What `make_due` did: needs made, and (series id, key of the sentence) of what was refused."""

    made: int = 0
    refused: tuple[tuple[int, str], ...] = ()


def until_day(now: datetime, horizon: timedelta = HORIZON) -> datetime:
    """The county's midnight up to which visits are made: so a series is looked at once a day."""
    end = (now + horizon).astimezone(COUNTY_TIME)
    return end.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(now.tzinfo)


def make_due(
    database: Database,
    county: str,
    now: datetime,
    horizon: timedelta = HORIZON,
    *,
    stopped: Callable[[], bool] = lambda: False,
) -> Made:
    """Make the needs of every visit that begins before the horizon's day, as the system; each series is a transaction
    of its own. A series that is refused is named and leaves the others be."""
    until = until_day(now, horizon)
    with database.read() as session:
        due = session.scalars(
            select(RecurringNeed.id)
            .where(running(county), or_(RecurringNeed.made_until.is_(None), RecurringNeed.made_until < until))
            .order_by(RecurringNeed.made_until, RecurringNeed.id)
        ).all()
    made, refused = 0, []
    for series_id in due:
        if stopped():
            break
        try:
            done = perform(database, make_visits, system_actor(county), now=now, series_id=series_id, until=until)
            made += done["made"]
        except DashboardError as error:
            if error.key not in (NOT_DUE, "series.ended"):
                refused.append((series_id, error.key))
    return Made(made, tuple(refused))


@command(Action.EDIT_NEED, Subject.NEEDS)
def make_visits(work: Work, *, series_id: int, until: datetime) -> dict[str, Any]:
    """Make the needs of a series' visits before `until`, and look again who comes to those made earlier.

    Raises Conflict when they were made by somebody else meanwhile.
    """
    row = series_for(work, series_id)
    if row.made_until is not None and row.made_until >= until:
        raise Conflict(NOT_DUE)
    changed = _look_again(work, row)
    made = make_until(work, row, until)
    work.audit("series", row.id, after={"made": made, "made_until": until, "other_keeper": changed})
    return {"series_id": row.id, "made": made}


def make_until(work: Work, row: RecurringNeed, until: datetime) -> int:
    """Make what is not made yet of the visits from now up to before `until`; how many. The series must be locked."""
    known = changed_visits(work.session, row.county, [row.id])[row.id]
    made = 0
    for visit in core.visits(series_of(row, known), work.now, until):
        there = known.get(visit.original)
        if there is None or there.need_id is None:
            make_visit(work, row, visit)
            made += 1
    row.made_until = max(until, row.made_until or until)
    work.session.flush()
    return made


def make_visit(work: Work, row: RecurringNeed, visit: core.Visit) -> Need:
    """The need of one visit, open, or to verify where the series lacks something. The series must be locked."""
    span = (visit.start, visit.end)
    minutes = row.template["duration_minutes"] or row.minutes
    order = order_of_visit(
        row, visit, who_comes(work.session, row.county, row.keeper_id, row.substitute_id, [span], minutes)
    )
    check_order(order, work.now)
    place = placed(work.session, row.county, order.place)
    need = writing.new_need(work, order, place, work.now)
    need.site_id = place.site_id or row.site_id
    need.person_id, need.reported_by_id, need.series_id = row.person_id, row.reported_by_id, row.id
    need.to_verify = list(writing.to_verify(order, place.precision))
    need.state = NeedState.TO_VERIFY if need.to_verify else NeedState.OPEN
    writing.insert(work, need)
    writing.write_wishes(work, need, order)
    list_if_outside(work.session, need)
    life.begin(work, need)
    set_deadlines(work, need, visit)
    kept = visit_row(work, row, visit.original)
    kept.need_id = need.id
    work.session.flush()
    work.audit("need", need.id, after=writing.snapshot(work, need) | {"series_id": row.id})
    return need


def set_deadlines(work: Work, need: Need, visit: core.Visit) -> None:
    """An open need of a visit further ahead: take it up from some days before and at latest as it begins; close it,
    counted from its end."""
    begins = visit.start - LEAD
    if need.state != NeedState.OPEN or begins <= work.now:
        return
    ruled = deadline_rules(work.session, need.county, work.now)
    own = None if need.category_id is None else work.session.get_one(Category, need.category_id).deadlines
    limits = ruled.limits(Urgency(need.urgency), own)
    need.take_up_due_at = min(deadlines.deadlines(begins, limits, ruled).take_up, visit.start)
    need.close_due_at = deadlines.deadlines(visit.end, limits, ruled).close
    work.session.flush()


def move_need(work: Work, row: RecurringNeed, need_id: int, visit: core.Visit) -> None:
    """The need of a visit at its other time. Raises Conflict while somebody is sent: she agreed to the old one."""
    need = life.need_for(work, need_id)
    if NeedState(need.state) not in rules.EDITABLE:
        raise Invalid("needs.not_editable")
    if somebody_sent(work, need.id):
        raise Conflict("series.people_are_sent", code=need.code)
    before = writing.snapshot(work, need)
    work.session.execute(
        delete(NeedInterval).where(NeedInterval.county == need.county, NeedInterval.need_id == need.id)
    )
    writing.add_intervals(work, need, [(visit.start, visit.end)])
    if need.state == NeedState.OPEN:
        life.start_clocks(work, need, need.opened_at or work.now)
        set_deadlines(work, need, visit)
    prefer_who_comes(work, row, need, visit)
    work.at_version(need, None)
    work.audit("need", need.id, before=before, after=writing.snapshot(work, need))


def somebody_sent(work: Work, need_id: int) -> bool:
    """Does anybody hold a seat of the need?"""
    sent = (Dispatch.county == work.actor.county, Dispatch.need_id == need_id, Dispatch.state.in_(HOLDS_SEAT))
    return bool(work.session.scalar(select(exists().where(*sent))))


def prefer_who_comes(
    work: Work, row: RecurringNeed, need: Need, visit: core.Visit, former: Collection[int | None] = ()
) -> bool:
    """Let the need prefer the one of keeper and substitute who comes, and no longer the other or `former` ones, unless
    the resident or her contract says so. Was anything changed? Whom the resident will not have stays unwanted."""
    span = [(visit.start, visit.end)]
    minutes = need.duration_minutes
    comes = who_comes(work.session, row.county, row.keeper_id, row.substitute_id, span, minutes, need.id)
    here = (NeedPerson.county == need.county, NeedPerson.need_id == need.id)
    named = {one.volunteer_id: one for one in work.session.scalars(select(NeedPerson).where(*here))}
    wanted = {comes, *row.template["preferred"], *parties(work.session, need.county, need.person_id)}
    out = {row.keeper_id, row.substitute_id, *former} - wanted
    gone = [one for one in named.values() if one.kind == NeedPersonKind.PREFERRED and one.volunteer_id in out]
    for one in gone:
        work.session.delete(one)
    if comes is not None and comes not in named:
        kind = NeedPersonKind.PREFERRED
        work.session.add(NeedPerson(county=need.county, need_id=need.id, volunteer_id=comes, kind=kind))
    work.session.flush()
    return bool(gone) or (comes is not None and comes not in named)


def _look_again(work: Work, row: RecurringNeed) -> int:
    """Leave that was entered after a need was made: those that nobody is sent to prefer who comes now; how many."""
    if row.keeper_id is None or row.substitute_id is None:
        return 0
    known = changed_visits(work.session, row.county, [row.id])[row.id]
    by_start = {
        visit.original: visit for visit in core.visits(series_of(row, known), work.now, row.made_until or work.now)
    }
    changed = 0
    for original, visit in by_start.items():
        need_id = known[original].need_id if original in known else None
        need = None if need_id is None else work.session.get_one(Need, need_id)
        if need is not None and need.state in WAITS and not somebody_sent(work, need.id):
            changed += prefer_who_comes(work, row, need, visit)
    return changed
