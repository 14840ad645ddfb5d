"""Hours of an activity that were written down wrongly: corrected or struck by somebody independent, with a reason.

The old times stay in the audit. Hours of an order are held and decided on instead (`held_hours`).
"""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, select

from dashboard.core.errors import Forbidden, Invalid, NotFound
from dashboard.core.permissions import WHOLE_COUNTY, Action
from dashboard.core.words import Consent, Grade, Subject
from dashboard.services.commands import Work, changed, command
from dashboard.services.dispatches import VOLUNTEER
from dashboard.services.need_writing import require_reason
from dashboard.services.service_times import minutes_served, require_own_time
from db.engine import lock_rows
from db.models import Account, EntryLook, Service, Site, Volunteer

#: What is corrected.
TIMES = ("start", "end", "break_minutes", "minutes", "grade", "recorded_by")
#: What the audit keeps of before: all of the row, for a figure of a day gone by counts it as it stood
#: (`past_tables`).
KEPT = (*TIMES, "recorded_at", "volunteer_id", "activity_id", "team_id", "site_id", "grid_id")
LONGEST = 500


@command(Action.RECORD_SERVICE, Subject.SERVICES)
def correct(
    work: Work,
    *,
    service_id: int,
    seen: tuple[datetime, datetime, int],
    reason: str,
    start: datetime | None = None,
    end: datetime | None = None,
    break_minutes: int = 0,
) -> dict[str, Any]:
    """Correct the hours to other times (grade C: staff say so); without times they are struck. `seen` are start, end
    and break as the editor saw them.

    Raises Forbidden for whoever recorded or gave them, Conflict where they were changed since or others of hers stand
    at that time, Invalid without a reason, without her consent, for times that can't be and for hours of an order.
    """
    require_reason(reason)
    row = _row(work, service_id)
    if (row.start, row.end, row.break_minutes) != seen:
        raise changed(row)
    her = work.session.get_one(Volunteer, row.volunteer_id)
    _require_independent(work, row, her)
    before = {name: getattr(row, name) for name in KEPT}
    # Whoever looked at it as an odd entry looks again; the audit keeps the look.
    work.session.execute(delete(EntryLook).where(EntryLook.county == row.county, EntryLook.service_id == row.id))
    told = {"volunteer_id": row.volunteer_id, "struck": start is None}
    kept = reason.replace("\x00", "").strip()[:LONGEST]
    if start is None or end is None:
        work.session.delete(row)
        work.session.flush()
        work.audit("service", service_id, before=before, reason=kept)
        return told
    if (start, end, break_minutes) == seen:
        raise Invalid("rules.nothing_changed")
    minutes = minutes_served(work, start, end, break_minutes)
    if her.consent != Consent.GIVEN:
        raise Invalid("held.no_consent")
    require_own_time(work, row.volunteer_id, start, end, but=row.id)
    row.start, row.end, row.break_minutes, row.minutes, row.grade = start, end, break_minutes, minutes, Grade.C
    row.recorded_at, row.recorded_by = work.now, work.actor.account_id
    work.session.flush()
    work.audit("service", row.id, before=before, after={name: getattr(row, name) for name in KEPT}, reason=kept)
    return told


def _row(work: Work, service_id: int) -> Service:
    """The hours, locked with all of hers, within reach."""
    mine = (Service.county == work.actor.county, Service.id == service_id)
    volunteer_id = work.session.scalar(select(Service.volunteer_id).where(*mine))
    if volunteer_id is None:
        raise NotFound("activity_hours.no_such")
    lock_rows(work.session, VOLUNTEER, [volunteer_id])
    found = work.session.execute(
        select(Service, Site.path)
        .outerjoin(Site, Site.id == Service.site_id)
        .where(*mine)
        .with_for_update(of=Service)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound("activity_hours.no_such")
    row: Service = found[0]
    work.require(Action.RECORD_SERVICE, found.path or WHOLE_COUNTY)
    if row.activity_id is None:
        raise Invalid("activity_hours.of_order")
    return row


def _require_independent(work: Work, row: Service, her: Volunteer) -> None:
    own = select(Account.id).where(
        and_(Account.county == row.county, Account.person_id == her.person_id, Account.id == work.actor.account_id)
    )
    if work.actor.account_id == row.recorded_by or work.session.scalar(own) is not None:
        raise Forbidden("held.not_independent")
