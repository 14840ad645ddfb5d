"""The rows of a plan checked and stored all together: the rules of a single dispatch, on arrays read once.

Each row is judged at its own time, with everything its volunteer is sent to and the other rows of the plan that are
hers. `dispatches.dispatch` asks the same functions one row at a time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import delete, insert, select

from dashboard.core import spans
from dashboard.core.errors import DashboardError
from dashboard.core.matching import screen
from dashboard.core.matching.arrays import records
from dashboard.core.matching.candidates import measured
from dashboard.core.matching.lines import SLOT
from dashboard.core.matching.policy import HARD, TERMS
from dashboard.core.matching.watch import Watch
from dashboard.core.words import DispatchState
from dashboard.services import dispatch_checks as checks
from dashboard.services.claims import NO_LIMITS, claims_of, refusal_of
from dashboard.services.commands import Work
from dashboard.services.dispatches import answer_by
from dashboard.services.match_people import with_tasks
from dashboard.services.message_notes import note_offers
from dashboard.services.plan_basis import Booking, Refusal
from db.models import Dispatch, Hold, Need, NeedEvent, NeedInterval

#: So many people who break a rule are looked up by name; of a plan that is so far off the rest says nothing new.
NAMED = 200
#: Rows stored at once; between two parts it is looked whether to stop.
PART = 500


@dataclass(frozen=True)
class Sheet:
    """The rows of a plan on the arrays of a bench: what they are checked with and stored from. Row k of the columns is
    booking k; `slots` [k] are the first and one past the last slot it serves, in `bench.lines.slots`."""

    bookings: tuple[Booking, ...]
    bench: checks.Bench
    line: Any  # int64 rows of bench.lines
    person: Any  # int64 rows of bench.people
    slots: Any  # int64[rows, 2]
    table: Any  # LINE records, one a booking, with these slots


def sheet_of(work: Work, bookings: Sequence[Booking], bench: checks.Bench) -> tuple[Sheet, list[Refusal]]:
    """The rows whose role and time there still are, and the refusals of the others."""
    roles = {int(role): row for row, role in enumerate(bench.lines.id)}
    wanted = _wanted(work, {booking.need_id for booking in bookings})
    kept: list[tuple[Booking, int]] = []
    slots: list[tuple[int, int]] = []
    more: list[tuple[int, int]] = []
    refused: list[Refusal] = []
    base = len(bench.lines.slots)
    for booking in bookings:
        row = roles.get(booking.role_id)
        if row is None:
            refused.append(_refusal(booking, "dispatches.no_such_role"))
            continue
        line = bench.lines.table[row]
        begin, stop = int(line.slot_from), int(line.slot_to)
        if line.all_slots and stop - begin > 1:
            whole = int(bench.lines.slots[begin].start), int(bench.lines.slots[stop - 1].end)
            if (booking.start, booking.end) != whole:
                refused.append(_refusal(booking, "match_drafts.outside_wanted"))
                continue
            slots.append((begin, stop))
        elif not any(start <= booking.start < booking.end <= end for start, end in wanted[booking.need_id]):
            refused.append(_refusal(booking, "match_drafts.outside_wanted"))
            continue
        else:
            slots.append((base + len(more), base + len(more) + 1))
            more.append((booking.start, booking.end))
        kept.append((booking, row))
    lines = np.array([row for _, row in kept], dtype=np.int64)
    bounds = np.array(slots, dtype=np.int64).reshape(-1, 2)
    times = np.array(more, dtype=np.int64).reshape(-1, 2)
    added = records(SLOT, len(times), {"start": times[:, 0], "end": times[:, 1]})
    pool = np.concatenate([bench.lines.slots, added]).view(np.recarray)
    table = bench.lines.table[lines].copy()
    table["slot_from"], table["slot_to"] = bounds[:, 0], bounds[:, 1]
    table["all_slots"] &= bounds[:, 1] - bounds[:, 0] > 1
    bench = replace(bench, lines=replace(bench.lines, slots=pool))
    person = bench.people.rows([booking.volunteer_id for booking, _ in kept])
    return Sheet(tuple(booking for booking, _ in kept), bench, lines, person, bounds, table), refused


def _wanted(work: Work, need_ids: set[int]) -> dict[int, list[tuple[int, int]]]:
    """The wanted spans of each need that are not over, as minutes."""
    found: dict[int, list[tuple[int, int]]] = {need_id: [] for need_id in need_ids}
    rows = work.session.execute(
        select(NeedInterval.need_id, NeedInterval.start, NeedInterval.end).where(
            NeedInterval.county == work.actor.county,
            NeedInterval.need_id.in_(sorted(need_ids)),
            NeedInterval.end > work.now,
        )
    )
    for need_id, start, end in rows:
        found[need_id].append((spans.minute_of(start), spans.end_minute_of(end)))
    return found


def _refusal(booking: Booking, key: str, **values: Any) -> Refusal:
    return Refusal(key, values, booking.need_id, booking.role_id, booking.volunteer_id)


def broken(work: Work, sheet: Sheet, watch: Watch) -> list[Refusal]:
    """The rows that break a rule, each named with the person and who sent her elsewhere."""
    judged = 0
    refused: list[Refusal] = []
    bench, now = sheet.bench, spans.minute_of(work.now)
    for rows in _rounds(sheet):
        lists = bench.pools
        for k in rows:
            judged += 1
            watch.count_and_look(judged)
            booking = sheet.bookings[k]
            if booking.end <= now:
                refused.append(_refusal(booking, "dispatches.time_past"))
                continue
            person, line = bench.people.table[sheet.person[k]], sheet.table[k]
            if screen.judge(person, line, lists)[0] < screen.RULES and len(refused) < NAMED:
                refused.append(_why(work, sheet, bench, k))
            elif len(refused) >= NAMED:
                return refused
        bench = replace(bench, people=_sent(sheet, rows, bench.people))
    return refused + _twice(work, sheet) + _over_limits(work, sheet)


def _rounds(sheet: Sheet) -> list[list[int]]:
    """The rows, each person's first in the first round, her second in the second."""
    rounds: list[list[int]] = []
    seen: dict[int, int] = {}
    order = sorted(range(len(sheet.bookings)), key=lambda k: (sheet.bookings[k].start, sheet.bookings[k]))
    for k in order:
        number = seen.get(sheet.bookings[k].volunteer_id, 0)
        seen[sheet.bookings[k].volunteer_id] = number + 1
        if number == len(rounds):
            rounds.append([])
        rounds[number].append(k)
    return rounds


def _sent(sheet: Sheet, rows: Sequence[int], people: Any) -> Any:
    """The people as if these rows were dispatched: what the next round is judged against."""
    tasks = [
        (sheet.bookings[k].volunteer_id, int(slot.start), int(slot.end), sheet.table[k].lon, sheet.table[k].lat)
        for k in rows
        for slot in sheet.bench.lines.slots[slice(*sheet.slots[k])]
    ]
    columns = (np.array(column) for column in zip(*tasks, strict=True))
    return with_tasks(people, *columns)


def _why(work: Work, sheet: Sheet, bench: checks.Bench, k: int) -> Refusal:
    """The rule a row breaks, in the words of a single dispatch."""
    booking = sheet.bookings[k]
    person, line, slots = bench.people.table[sheet.person[k]], sheet.table[k], tuple(sheet.slots[k].tolist())
    found = checks.broken_by(person, line, bench.pools, slots)
    time = (spans.moment_of(booking.start), spans.moment_of(booking.end))
    try:
        checks.require_allowed(work, found, booking.volunteer_id, "", time)
    except DashboardError as error:
        return _refusal(booking, error.key, **error.values)
    raise AssertionError(f"refused without a rule: {HARD[0].name}")


def _twice(work: Work, sheet: Sheet) -> list[Refusal]:
    """People whom the plan sends to one need twice."""
    seen: set[tuple[int, int]] = set()
    refused = []
    for booking in sheet.bookings:
        pair = (booking.need_id, booking.volunteer_id)
        if pair in seen:
            who = checks.name_of(work.session, booking.volunteer_id)
            refused.append(_refusal(booking, "dispatches.already_on_it", volunteer=who))
        seen.add(pair)
    return refused


def _over_limits(work: Work, sheet: Sheet) -> list[Refusal]:
    """Rows beyond a claim limit, those before them counted."""
    limits = sheet.bench.limits
    if limits == NO_LIMITS:
        return []
    people = {booking.volunteer_id for booking in sheet.bookings}
    claims = claims_of(work.session, work.actor.county, people, limits)
    hers: dict[int, int] = {}
    teams: dict[str, int] = {}
    refused: list[Refusal] = []
    for booking in sheet.bookings:
        one = claims[booking.volunteer_id]
        more, team = hers.get(booking.volunteer_id, 0), teams.get(one.team, 0)
        counted = replace(one, open=one.open + more, team_open=one.team_open + (team if one.team else 0))
        if counted.full and len(refused) < NAMED:
            refusal = refusal_of(counted, checks.name_of(work.session, booking.volunteer_id))
            if refusal is not None:
                refused.append(_refusal(booking, refusal.key, **refusal.values))
        hers[booking.volunteer_id], teams[one.team] = more + 1, team + 1
    return refused


def store(work: Work, sheet: Sheet, needs: Mapping[int, Need], watch: Watch) -> list[int]:
    """Write the dispatches, their events and messages, free the needs that were in hand; the dispatches' ids."""
    if not sheet.bookings:
        return []
    points, metres = _measured(sheet)
    due: dict[tuple[int, datetime], datetime] = {}
    values: list[dict[str, Any]] = []
    for k, booking in enumerate(sheet.bookings):
        need = needs[booking.need_id]
        times = [
            (spans.moment_of(int(slot.start)), spans.moment_of(int(slot.end)))
            for slot in sheet.bench.lines.slots[slice(*sheet.slots[k])]
        ]
        for start, end in times:
            key = (need.id, start)
            if key not in due:
                due[key] = answer_by(work, need, start, sheet.bench.deadlines)
            values.append(
                {
                    "county": need.county,
                    "need_id": need.id,
                    "role_id": booking.role_id,
                    "volunteer_id": booking.volunteer_id,
                    "state": DispatchState.OFFERED,
                    "start": start,
                    "end": end,
                    "distance_m": metres[k],
                    "terms": points[k],
                    "rule_version": sheet.bench.policy.version,
                    "dispatched_by": work.actor.account_id,
                    "offered_at": work.now,
                    "expires_at": due[key],
                    "reason": "",
                    "version": 1,
                }
            )
    ids: list[int] = []
    for first in range(0, len(values), PART):
        ids += _write(work, values[first : first + PART])
        watch.count_and_look(min(len(ids), watch.total))
    work.session.execute(delete(Hold).where(Hold.county == work.actor.county, Hold.need_id.in_(sorted(needs))))
    return ids


def _write(work: Work, values: list[dict[str, Any]]) -> list[int]:
    """Some of the dispatches with their events and messages; their ids."""
    made = insert(Dispatch).returning(Dispatch.id, sort_by_parameter_order=True)
    ids = list(work.session.scalars(made, values))
    events = [
        {
            "county": value["county"],
            "need_id": value["need_id"],
            "dispatch_id": dispatch_id,
            "from_state": None,
            "to_state": DispatchState.OFFERED,
            "actor_id": work.actor.account_id,
            "reason": "",
            "happened_at": work.now,
            "recorded_at": work.now,
        }
        for dispatch_id, value in zip(ids, values, strict=True)
    ]
    work.session.execute(insert(NeedEvent), events)
    note_offers(work, zip(ids, values, strict=True))
    return ids


def _measured(sheet: Sheet) -> tuple[list[dict[str, int]], list[int | None]]:
    """The terms of each row's score as points, and its whole metres."""
    names = [term.name for term in TERMS]
    distance = names.index("distance")
    points: list[dict[str, int]] = [{}] * len(sheet.bookings)
    metres: list[int | None] = [None] * len(sheet.bookings)
    order = np.argsort(sheet.line, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(sheet.line[order])) + 1):
        found = measured(
            sheet.bench.people,
            sheet.bench.lines,
            int(sheet.line[rows[0]]),
            sheet.person[rows],
            sheet.slots[rows, 0],
            sheet.bench.policy,
        )
        for k, measures, own in zip(rows.tolist(), *(part.tolist() for part in found), strict=True):
            points[k] = dict(zip(names, own, strict=True))
            metres[k] = None if measures[distance] < 0 else measures[distance]
    return points, metres
