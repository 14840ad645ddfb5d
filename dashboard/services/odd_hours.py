"""The odd entries among the services of a span of days (`core.odd_hours`), and who has looked at them.

The screen reads every service that began in the span within the actor's part of the tree, and a day on either side, so
that what overlaps the edge is seen. An entry that somebody has looked at stays on the list, marked, with the reason.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, String, and_, case, func, select, type_coerce
from sqlalchemy.orm import Session

from dashboard.core import odd_hours
from dashboard.core.errors import Conflict, Forbidden, Invalid, NotFound
from dashboard.core.odd_hours import Entries, Finding, Odd
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.words import Precision, Subject
from dashboard.services.access import LEAST_REASON
from dashboard.services.commands import Work, command
from dashboard.services.figures import in_span
from dashboard.services.hour_reports import reached, span_of
from dashboard.services.questions import question
from dashboard.services.reach import at_reached_site
from db.models import Account, Activity, EntryLook, Grid, Need, Service, Volunteer

_MARGIN = timedelta(days=1)
#: Rows of one mark.
MOST_MARKED = 1000


@dataclass(frozen=True)
class Look:
    """Who looked at an entry, when and why it stands."""

    at: datetime
    by: str
    reason: str


@dataclass(frozen=True)
class Listed:
    """A finding with the look somebody took at it, None for one still open."""

    finding: Finding
    look: Look | None


@dataclass(frozen=True)
class Screen:
    """`looked_at` services were read; those found odd stand in `listed`, one a reason, nothing cut."""

    looked_at: int
    listed: tuple[Listed, ...]

    def count(self, reason: Odd, *, open_only: bool = True) -> int:
        """Entries listed for a reason."""
        return sum(1 for one in self.listed if one.finding.reason is reason and not (open_only and one.look))


@question(Subject.SERVICES, Subject.NEEDS, Subject.PLACES, Subject.PEOPLE, Subject.ACCOUNTS, heavy=True)
def screen(session: Session, actor: Actor, *, first: date, last: date) -> Screen:
    """The odd entries among the services that began on these days. Names are asked for with `entries`."""
    require(actor, Action.RECORD_SERVICE)
    since, until = span_of(first, last)
    rows = _columns(session, actor.county, reached(actor, (since - _MARGIN, until + _MARGIN)))
    inside = (rows.start >= since.timestamp()) & (rows.start < until.timestamp())
    asked = set(rows.id[inside].tolist())
    found = [one for one in odd_hours.find(rows) if one.id in asked]
    looks = _looks(session, actor, since, until)
    return Screen(int(inside.sum()), tuple(Listed(one, looks.get((one.id, str(one.reason)))) for one in found))


def open_findings(session: Session, county: str, conditions: Sequence[ColumnElement[bool]]) -> tuple[Finding, ...]:
    """What is odd among these services alone and nobody has looked at: enough for those of one volunteer, but for
    entries back-dated in bulk, which only their neighbours show."""
    rows = _columns(session, county, conditions)
    seen = session.execute(
        select(EntryLook.service_id, EntryLook.kind)
        .join(Service, Service.id == EntryLook.service_id)
        .where(EntryLook.county == county, *conditions)
    )
    looked = {(row.service_id, row.kind) for row in seen}
    return tuple(one for one in odd_hours.find(rows) if (one.id, str(one.reason)) not in looked)


def _columns(session: Session, county: str, conditions: Sequence[ColumnElement[bool]]) -> Entries:
    """Services as arrays. The place is the order's where it is known to the grid, else the activity's,
    else the middle of the grid."""
    exact = Need.precision.in_((Precision.POINT, Precision.GRID))
    statement = (
        select(
            Service.id,
            Service.volunteer_id,
            # As the driver gives them: turning 100,000 texts into datetimes takes longer than the screen.
            *(type_coerce(column, String) for column in (Service.start, Service.end)),
            Service.minutes,
            type_coerce(Service.recorded_at, String),
            Service.recorded_by,
            *(
                func.coalesce(case((exact, getattr(Need, axis))), getattr(Activity, axis), getattr(Grid, axis))
                for axis in ("lon", "lat")
            ),
        )
        .outerjoin(Need, Need.id == Service.need_id)
        .outerjoin(Activity, Activity.id == Service.activity_id)
        .outerjoin(Grid, Grid.id == Service.grid_id)
        .where(*conditions)
    )
    columns = list(zip(*session.execute(statement).all(), strict=True)) or [()] * 9
    ids, volunteers, start, end, minutes, recorded_at, recorded_by, lon, lat = columns
    who, by = np.array(volunteers, dtype=np.int64), np.array(recorded_by, dtype=np.int64)
    return Entries(
        id=np.array(ids, dtype=np.int64),
        volunteer=who,
        start=_seconds(start),
        end=_seconds(end),
        minutes=np.array(minutes, dtype=np.int64),
        recorded_at=_seconds(recorded_at),
        recorded_by=by,
        own=_own(session, county, who, by),
        lon=np.array(lon, dtype=np.float64),
        lat=np.array(lat, dtype=np.float64),
    )


def _seconds(moments: Sequence[Any]) -> odd_hours.Ints:
    """Naive UTC times, as text or datetime, as seconds since 1970."""
    return np.array(moments, dtype="datetime64[us]").astype("datetime64[s]").astype(np.int64)


def _own(session: Session, county: str, who: odd_hours.Ints, by: odd_hours.Ints) -> odd_hours.Flags:
    """Which rows were recorded by an account of the volunteer's own person."""
    pairs = session.execute(
        select(Account.id, Volunteer.id)
        .join(Volunteer, and_(Volunteer.county == Account.county, Volunteer.person_id == Account.person_id))
        .where(Account.county == county)
    )
    own = np.zeros(len(who), dtype=np.bool_)
    for account, volunteer in pairs:
        own |= (by == account) & (who == volunteer)
    return own


def _looks(session: Session, actor: Actor, since: datetime, until: datetime) -> dict[tuple[int, str], Look]:
    statement = (
        select(EntryLook, Account.display_name)
        .join(Service, Service.id == EntryLook.service_id)
        .outerjoin(Account, Account.id == EntryLook.account_id)
        .where(EntryLook.county == actor.county, in_span(Service.start, (since, until)))
    )
    return {
        (row.EntryLook.service_id, row.EntryLook.kind): Look(
            row.EntryLook.at, row.display_name or "", row.EntryLook.reason
        )
        for row in session.execute(statement)
    }


@command(Action.RECORD_SERVICE, Subject.SERVICES)
def mark_looked_at(work: Work, *, entries: tuple[tuple[int, str], ...], reason: str) -> dict[str, Any]:
    """Say of odd entries, given as (service id, reason key), why they stand as they are. The hours are not changed.

    Raises Invalid without a reason, Forbidden for hours of one's own, Conflict where somebody has looked already.
    """
    why = " ".join(reason.split())[:200]
    if len(why) < LEAST_REASON:
        raise Invalid("access.reason_missing")
    wanted = sorted({(int(id), str(Odd(kind))) for id, kind in entries})
    if not 1 <= len(wanted) <= MOST_MARKED:
        raise Invalid("hours.nothing_to_mark", most=MOST_MARKED)
    ids = sorted({id for id, _ in wanted})
    _require_not_own(work, ids)
    seen = work.session.execute(
        select(EntryLook.service_id, EntryLook.kind).where(
            EntryLook.county == work.actor.county, EntryLook.service_id.in_(ids)
        )
    )
    if set(wanted) & {(row.service_id, row.kind) for row in seen}:
        raise Conflict("hours.looked_already")
    work.session.add_all(
        EntryLook(
            county=work.actor.county,
            service_id=id,
            kind=kind,
            reason=why,
            at=work.now,
            account_id=work.actor.account_id,
        )
        for id, kind in wanted
    )
    after = {"entries": len(wanted), "kinds": dict(Counter(kind for _, kind in wanted)), "services": ids[:50]}
    work.audit("service", ids[0] if len(ids) == 1 else None, after=after, reason=why)
    return {"count": len(wanted)}


def _require_not_own(work: Work, ids: list[int]) -> None:
    """All of them within reach, locked, and none of them the actor's own hours."""
    rows = work.session.execute(
        select(Service.id, case((Account.id.is_not(None), 1), else_=0).label("own"))
        .join(Volunteer, Volunteer.id == Service.volunteer_id)
        .outerjoin(Account, and_(Account.person_id == Volunteer.person_id, Account.id == work.actor.account_id))
        .where(
            Service.county == work.actor.county,
            Service.id.in_(ids),
            at_reached_site(work.actor, Service.site_id),
        )
        .order_by(Service.id)
        .with_for_update(of=Service)
    ).all()
    if len(rows) != len(ids):
        raise NotFound("hours.no_such_entry")
    if any(row.own for row in rows):
        raise Forbidden("hours.own_entry")
