"""Recurring needs: begun from an order or a need, single visits moved or cancelled, ended.

What a visit is follows from the rule (core/series.py); that it becomes a need in time is `series_making`'s affair, what
is coming and where nobody is sent `series_reading`'s.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from dashboard.core import series as core
from dashboard.core.errors import Conflict, Invalid, NotFound
from dashboard.core.needs import EDITABLE, ENDED
from dashboard.core.orders import LONGEST_MINUTES, Order, PlaceWish, check_order
from dashboard.core.permissions import Action
from dashboard.core.words import NeedState, Precision, Subject
from dashboard.services import need_life as life
from dashboard.services import needs
from dashboard.services.commands import Work, command
from dashboard.services.contracts import parties
from dashboard.services.persons import person_of, personal
from dashboard.services.placing import Place, placed
from dashboard.services.series_making import (
    make_until,
    make_visit,
    move_need,
    prefer_who_comes,
    set_deadlines,
    somebody_sent,
    until_day,
)
from dashboard.services.series_people import require_two
from dashboard.services.series_rows import (
    changed_visits,
    order_of_need,
    series_for,
    series_of,
    template_of_order,
    visit_row,
)
from db.models import Need, NeedInterval, Person, RecurringNeed, SeriesVisit, Site

_DAY = timedelta(days=1)


@command(Action.EDIT_NEED, Subject.NEEDS)
def create_series(
    work: Work,
    *,
    rule: str,
    need_id: int | None = None,
    order: Order | None = None,
    keeper_id: int | None = None,
    substitute_id: int | None = None,
) -> dict[str, Any]:
    """Let an order, or the order a need stands for, come again by an RRULE. Its one wanted span is the first visit's,
    or says the time of day where the rule begins on another day or the span is past. Visits of the coming weeks become
    needs at once; a need whose span is the first visit's is that visit.

    Raises Invalid for a rule that is not understood or never comes true, and for an order of none or several spans.
    """
    if (need_id is None) == (order is None):
        raise Invalid("series.of_what")
    ruled = core.parse(rule)
    require_two(work, keeper_id, substitute_id)
    need = None if need_id is None else life.need_for(work, need_id)
    row = _of_need(work, need) if need is not None else _of_order(work, order or Order())
    first, last = _one_span(work, need, order)
    begins = first if first >= work.now else first + -(-(work.now - first) // _DAY) * _DAY
    row.rule, row.start = ruled.text, core.first_visit(ruled, begins)
    row.minutes = int((last - first).total_seconds() // 60)
    row.keeper_id, row.substitute_id = keeper_id, substitute_id
    row.county, row.created_at, row.created_by, row.version = work.actor.county, work.now, work.actor.account_id, 1
    work.session.add(row)
    work.session.flush()
    if need is not None and need.state in EDITABLE and row.start == first:
        _first_visit(work, row, need)
    made = make_until(work, row, until_day(work.now))
    said = [] if order is None else _said(work, order, row)
    work.audit("series", row.id, after=_snapshot(row) | {"made": made, "need_id": need_id}, personal=said)
    return {"series_id": row.id, "made": made}


@command(Action.EDIT_NEED, Subject.NEEDS)
def move_visit(
    work: Work, *, series_id: int, original_start: datetime, to: datetime, reason: str = ""
) -> dict[str, Any]:
    """One visit at another time; the others stay. Raises Conflict while somebody is sent to it, Invalid for a time that
    is past, NotFound for what is no visit, or a cancelled one."""
    row, known = _locked(work, series_id)
    visit = _visit(work, row, known, original_start)
    moment = to.astimezone(UTC).replace(second=0, microsecond=0)
    if min(moment, visit.start) < work.now:
        raise Invalid("series.past")
    check_order(Order(intervals=((moment, moment + _length(row)),)), work.now)
    kept = visit_row(work, row, visit.original)
    kept.moved_to = moment
    work.session.flush()
    moved = core.Visit(visit.original, moment, moment + _length(row))
    if kept.need_id is not None:
        move_need(work, row, kept.need_id, moved)
    elif row.made_until is not None and moment < row.made_until:
        make_visit(work, row, moved)
    work.at_version(row, None)
    before = {"visit": visit.original, "start": visit.start}
    work.audit("series", row.id, before=before, after={"visit": visit.original, "start": moment}, reason=reason)
    return {"series_id": row.id, "need_id": kept.need_id}


@command(Action.EDIT_NEED, Subject.NEEDS)
def cancel_visit(work: Work, *, series_id: int, original_start: datetime, reason: str) -> dict[str, Any]:
    """Leave one visit out; the others stay. Its need, when it is made, is cancelled with who is sent to it."""
    row, known = _locked(work, series_id)
    visit = _visit(work, row, known, original_start)
    if not reason.strip():
        raise Invalid("needs.reason_wanted")
    if visit.end <= work.now:
        raise Invalid("series.past")
    kept = visit_row(work, row, visit.original)
    kept.cancelled_at = work.now
    work.session.flush()
    _cancel_need(work, kept, reason)
    work.at_version(row, None)
    after = {"visit": visit.original, "cancelled": True, "need_id": kept.need_id}
    work.audit("series", row.id, after=after, reason=reason)
    return {"series_id": row.id, "need_id": kept.need_id}


@command(Action.EDIT_NEED, Subject.NEEDS)
def set_keepers(
    work: Work, *, series_id: int, version: int, keeper_id: int | None, substitute_id: int | None = None
) -> dict[str, Any]:
    """Who comes, and who while she is away; asked anew for every visit that nobody is sent to."""
    row, known = _locked(work, series_id)
    require_two(work, keeper_id, substitute_id)
    before, former = _snapshot(row), {row.keeper_id, row.substitute_id} - {None}
    work.at_version(row, version)
    row.keeper_id, row.substitute_id = keeper_id, substitute_id
    work.session.flush()
    for visit in core.visits(series_of(row, known), work.now, row.made_until or work.now):
        need_id = known[visit.original].need_id if visit.original in known else None
        if need_id is not None and not somebody_sent(work, need_id):
            need = work.session.get_one(Need, need_id)
            if NeedState(need.state) in EDITABLE:
                prefer_who_comes(work, row, need, visit, former)
    work.audit("series", row.id, before=before, after=_snapshot(row))
    return {"series_id": row.id}


@command(Action.EDIT_NEED, Subject.NEEDS)
def end_series(work: Work, *, series_id: int, version: int, reason: str) -> dict[str, Any]:
    """No further visits. Needs of visits that have not begun are cancelled with who is sent to them."""
    row, known = _locked(work, series_id)
    if not reason.strip():
        raise Invalid("needs.reason_wanted")
    work.at_version(row, version)
    cancelled = 0
    for visit in core.visits(series_of(row, known), work.now, row.made_until or work.now):
        if visit.original in known:
            cancelled += _cancel_need(work, known[visit.original], reason)
    row.ended_at = work.now
    work.session.flush()
    work.audit("series", row.id, after={"ended": True, "cancelled": cancelled}, reason=reason)
    return {"series_id": row.id, "cancelled": cancelled}


# -- parts


def _locked(work: Work, series_id: int) -> tuple[RecurringNeed, dict[datetime, SeriesVisit]]:
    row = series_for(work, series_id)
    return row, changed_visits(work.session, row.county, [row.id])[row.id]


def _length(row: RecurringNeed) -> timedelta:
    return timedelta(minutes=row.minutes)


def _visit(work: Work, row: RecurringNeed, known: dict[datetime, SeriesVisit], original_start: datetime) -> core.Visit:
    """The visit as it stands. Raises NotFound for a moment the rule doesn't give, and for a cancelled visit."""
    original = original_start.astimezone(UTC)
    kept = known.get(original)
    if kept is not None and kept.cancelled_at is not None:
        raise NotFound("series.visit_cancelled")
    if not core.occurs(series_of(row, known), original):
        raise NotFound("series.no_such_visit")
    start = original if kept is None or kept.moved_to is None else kept.moved_to
    return core.Visit(original, start, start + _length(row))


def _cancel_need(work: Work, kept: SeriesVisit, reason: str) -> bool:
    """Cancel the need of a visit, unless it has none or is over already."""
    if kept.need_id is None or NeedState(work.session.get_one(Need, kept.need_id).state) in ENDED:
        return False
    needs.cancel(work, need_id=kept.need_id, reason=reason)
    return True


def _one_span(work: Work, need: Need | None, order: Order | None) -> tuple[datetime, datetime]:
    """The one wanted span. Raises Invalid for none, several, or one longer than a service can be."""
    if need is None:
        spans = list(order.intervals if order else ())
    else:
        rows = select(NeedInterval.start, NeedInterval.end).where(
            NeedInterval.county == need.county, NeedInterval.need_id == need.id
        )
        spans = [(span.start, span.end) for span in work.session.execute(rows)]
    if len(spans) != 1:
        raise Invalid("series.one_span", spans=len(spans))
    start, end = spans[0]
    if end - start > timedelta(minutes=LONGEST_MINUTES):
        raise Invalid("needs.bad_duration", hours=LONGEST_MINUTES // 60)
    return start, end


def _of_order(work: Work, order: Order) -> RecurringNeed:
    """A series, not yet in the database, of an order as it was said."""
    check_order(order, work.now)
    place = placed(work.session, work.actor.county, order.place)
    site_id = place.site_id or work.actor.site_id
    if site_id is not None:
        work.require(Action.EDIT_NEED, work.session.get_one(Site, site_id).path)
    row = _row(order, place, site_id)
    resident = person_of(work, order.resident, place.village_code, resident=True)
    reporter = person_of(work, order.reporter, place.village_code, resident=False)
    row.person_id, row.reported_by_id = (person.id if person else None for person in (resident, reporter))
    return row


def _of_need(work: Work, need: Need) -> RecurringNeed:
    """The same of a need. Raises Conflict for one that belongs to a series."""
    if need.series_id is not None:
        raise Conflict("series.one_already", code=need.code)
    order = order_of_need(work.session, need, parties(work.session, need.county, need.person_id))
    point = need.precision == Precision.POINT
    place = Place(
        Precision(need.precision),
        need.lon if point else None,
        need.lat if point else None,
        None if need.precision not in (Precision.POINT, Precision.GRID) else need.grid_id,
        need.village_code,
        words=need.place_text,
    )
    row = _row(order, place, need.site_id)
    row.person_id, row.reported_by_id = need.person_id, need.reported_by_id
    return row


def _said(work: Work, order: Order, row: RecurringNeed) -> list[tuple[int | None, str, str | None, str | None]]:
    """What the audit keeps apart of the people named in an order."""
    pairs = ((order.resident, row.person_id), (order.reporter, row.reported_by_id))
    return [line for caller, id in pairs if id is not None for line in personal(caller, work.session.get(Person, id))]


def _row(order: Order, place: Place, site_id: int | None) -> RecurringNeed:
    wish: PlaceWish = order.place
    return RecurringNeed(
        title=order.title[:200],
        detail=order.detail,
        template=template_of_order(order),
        category_id=order.category_id,
        site_id=site_id,
        grid_id=place.grid_id,
        village_code=place.village_code,
        lon=place.lon if place.precision is Precision.POINT else None,
        lat=place.lat if place.precision is Precision.POINT else None,
        place_text=(place.words or wish.words)[:200],
    )


def _first_visit(work: Work, row: RecurringNeed, need: Need) -> None:
    """The need from which a series is made is its first visit."""
    visit = core.Visit(row.start, row.start, row.start + _length(row))
    need.series_id = row.id
    visit_row(work, row, visit.original).need_id = need.id
    if not somebody_sent(work, need.id):
        prefer_who_comes(work, row, need, visit)
        set_deadlines(work, need, visit)
    work.at_version(need, None)
    work.session.flush()


def _snapshot(row: RecurringNeed) -> dict[str, Any]:
    return {
        "rule": row.rule,
        "start": row.start,
        "minutes": row.minutes,
        "keeper_id": row.keeper_id,
        "substitute_id": row.substitute_id,
    }
