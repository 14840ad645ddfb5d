"""Send a draft: the whole plan in one transaction, or nothing.

Under the locks of all its volunteers and needs every row is judged by the rules of a single dispatch, and everything
the plan rests on must be as it was when it was solved: the needs and their open seats, the rules, the coordinators'
words, the crews. What has changed is named, row by row, and nothing is sent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dashboard.core import spans
from dashboard.core.errors import Conflict, Invalid
from dashboard.core.matching.watch import Watch, watched
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.words import Subject
from dashboard.services import dispatch_checks as checks
from dashboard.services import live_plans, plan_check, plan_rows
from dashboard.services.claims import lock_teams
from dashboard.services.commands import Work, changed, command, perform
from dashboard.services.dispatches import VOLUNTEER
from dashboard.services.live_plans import Kept
from dashboard.services.match_drafts import end, own_draft
from dashboard.services.match_runs import COMMITTED, packed_plan
from dashboard.services.plan_basis import Basis, Booking, Refusal
from db.engine import Database, lock_rows

#: (need's id, role's id, volunteer's id), None for any: the rows a refusal is about.
Whose = tuple[int | None, int | None, int | None]


@dataclass(frozen=True)
class Committed:
    """Ids of the dispatches made, or, when nothing was sent, everything that stood against it."""

    run_id: int
    done: tuple[int, ...]
    refused: tuple[Refusal, ...]

    @property
    def sent(self) -> bool:
        return not self.refused


class PlanRefused(Conflict):
    """A plan that no longer holds; `rows` say why."""

    def __init__(self, rows: Sequence[Refusal]) -> None:
        super().__init__("match_drafts.refused", count=len(rows))
        self.rows = tuple(rows)


def commit_draft(
    database: Database,
    actor: Actor,
    *,
    run_id: int,
    version: int,
    now: datetime,
    key: str | None = None,
    leave_out: Sequence[Whose] = (),
    watch: Watch | None = None,
) -> Committed:
    """Send one's own draft as it stands at `version`: all of it, or nothing and the reasons. A repeat under the same
    `key` does nothing twice. `leave_out`: rows a refusal named, that stay behind while the others go. Raises Stopped,
    and nothing is sent, when `watch` says so before the last row is stored."""
    require(actor, Action.DISPATCH)
    watch = watched(watch)
    watch.begin("gather")
    with database.read() as session, live_plans.held(session, actor, run_id) as (_, made):
        values = _values(made, leave_out)
    try:
        result = perform(
            database, send_plan, actor, now=now, key=key, run_id=run_id, version=version, watch=watch, **values
        )
    except PlanRefused as refused:
        return Committed(run_id, (), refused.rows)
    return Committed(run_id, tuple(result["done"]), ())


def _values(made: Kept, leave_out: Sequence[Whose]) -> dict[str, Any]:
    """The plan as the command takes it."""
    bookings = tuple(one for one in bookings_of(made) if not any(_is_of(one, whose) for whose in leave_out))
    left_out = len(made.plan.line) - len(bookings)
    values = {"bookings": bookings, "basis": made.inputs.basis, "edits": tuple(made.edits), "left_out": left_out}
    return values | {"packed": packed_plan(made.plan)}


def _is_of(booking: Booking, whose: Whose) -> bool:
    """Does a row belong to a need, a role of it, a person of that role?"""
    return all(
        asked is None or asked == has
        for asked, has in zip(whose, (booking.need_id, booking.role_id, booking.volunteer_id), strict=True)
    )


def bookings_of(made: Kept) -> tuple[Booking, ...]:
    """The rows of a draft's plan, by need, role and volunteer."""
    plan, need = made.plan, made.case.lines.table.need
    columns = (need[plan.line], plan.line_id, plan.person_id, plan.start, plan.end)
    return tuple(sorted(Booking(*row) for row in zip(*(column.tolist() for column in columns), strict=True)))


@command(Action.DISPATCH, Subject.NEEDS, Subject.PLANS)
def send_plan(
    work: Work,
    *,
    run_id: int,
    version: int,
    bookings: Sequence[Booking],
    basis: Basis,
    edits: Sequence[tuple[str, int, int]],
    packed: Mapping[str, Any],
    watch: Watch,
    left_out: int = 0,
) -> dict[str, Any]:
    """Check and store all rows of a draft's plan, but those left out. Called by `commit_draft`, which knows it. Raises
    PlanRefused."""
    if not bookings:
        raise Invalid("match_drafts.nothing_to_send")
    people = sorted({booking.volunteer_id for booking in bookings})
    need_ids = sorted({booking.need_id for booking in bookings})
    watch.begin("lock")
    lock_rows(work.session, VOLUNTEER, people)
    lock_teams(work, people)
    needs = plan_check.lock_needs(work, need_ids)
    row = own_draft(work, run_id, version)
    if live_plans.plain_edits(row.edits) != list(edits):
        raise changed(row)
    watch.begin("basis")
    refused = plan_check.changes(work, bookings, basis, needs)
    last = max(spans.moment_of(booking.end) for booking in bookings)
    named = {refusal.need_id for refusal in refused}
    # A need that is named as a whole is not named again row by row.
    rest = [booking for booking in bookings if booking.need_id not in named]
    bench = checks.bench_of(work, need_ids, people, last)
    sheet, lost = plan_rows.sheet_of(work, rest, bench)
    watch.begin("check", len(sheet.bookings))
    refused += lost + plan_rows.broken(work, sheet, watch)
    if refused:
        raise PlanRefused(refused)
    watch.begin("store", len(sheet.bookings))
    done = plan_rows.store(work, sheet, {need_id: need for need_id, (need, _) in needs.items()}, watch)
    watch.begin("commit")
    end(work, row, COMMITTED, **packed)
    left = {"left_out": left_out} if left_out else {}
    work.audit("match_run", row.id, after={"state": COMMITTED, "dispatched": done, "needs": len(need_ids)} | left)
    return {"done": done}
