"""Proves a plan or says what is wrong with it, sharing no code with the solver.

Works from the rows again. Every volunteer is tried for every line, without the shelves that the candidates are found
on; every task is held against every other of the same person; and duality gives the bound: line prices u and
prices >= 0 of what a person can take on (a block of tasks that exclude each other, a day, a week) bound every plan
from below, whatever numbers they are, by

    sum(seats u) - sum(places price) + sum over pairs of min(0, cost - u + prices of the places the pair needs),

a pinned pair without the min. So a plan that costs exactly that is a cheapest one. All in integers.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np

from dashboard.core.matching import screen
from dashboard.core.matching.arrays import Array
from dashboard.core.matching.case import Case
from dashboard.core.matching.flaws import Flaw
from dashboard.core.matching.plan import PairId, Plan
from dashboard.core.matching.proof_rows import Rows, rows_of_case
from dashboard.core.matching.words import URGENCIES

_BLOCK, _DAY, _WEEK = 0, 1, 2


def certify(
    case: Case,
    plan: Plan,
    *,
    pins: Iterable[PairId] = (),
    forbids: Iterable[PairId] = (),
    away: Iterable[int] = (),
) -> list[Flaw]:
    """What is wrong with a plan; an empty list proves what it says: that it keeps every rule, that it is worth its
    tiers, and that no plan is worth less than its bound. `pins` are those asked for and not refused. Examined are all
    pairs of `case.people` and `case.lines`, not only those in `case.pairs`."""
    kept, dropped, gone = set(pins), set(forbids), set(away)
    flaws = _wrong_ids(case, plan)
    if flaws:
        return flaws
    rows = rows_of_case(case)
    pairs = list(zip(plan.line_id.tolist(), plan.person_id.tolist(), strict=True))
    flaws = [Flaw("match_rules.flaw_pin", {"line": a, "person": b}) for a, b in sorted(kept - set(pairs))]
    struck = [pair for pair in pairs if pair in dropped or pair[1] in gone]
    flaws += [Flaw("match_rules.flaw_forbidden", {"line": a, "person": b}) for a, b in sorted(struck)]
    flaws += _wrong_pairs(case, plan, rows)
    if flaws:
        return flaws
    flaws += _wrong_seats(case, plan) + _wrong_tasks(case, plan)
    flaws += _wrong_value(case, plan, rows)
    return flaws + _wrong_bound(case, plan, rows, kept, dropped, gone)


def _wrong_ids(case: Case, plan: Plan) -> list[Flaw]:
    fits = (plan.line < case.lines.count).all() and (plan.person < case.people.count).all()
    if (
        not fits
        or (case.lines.id[plan.line] != plan.line_id).any()
        or (case.people.id[plan.person] != plan.person_id).any()
    ):
        return [Flaw("match_rules.flaw_ids")]
    pairs = set(zip(plan.line.tolist(), plan.person.tolist(), strict=True))
    return [Flaw("match_rules.flaw_repeated")] if len(pairs) < len(plan.line) else []


def _wrong_pairs(case: Case, plan: Plan, rows: Rows) -> list[Flaw]:
    """Pairs that break a rule, or whose time or score is not what the rows give."""
    flaws = []
    table, slots = case.lines.table, case.lines.slots
    for k, (line, person) in enumerate(zip(plan.line.tolist(), plan.person.tolist(), strict=True)):
        values = {"line": int(plan.line_id[k]), "person": int(plan.person_id[k])}
        at = rows.find(line, person)
        if at < 0:
            flaws.append(Flaw("match_rules.flaw_pair", values))
            continue
        begin, last = int(plan.slot[k]), int(plan.slot[k])
        if table[line].all_slots:
            last = int(table[line].slot_to) - 1
        right = begin in rows.slots_of(at)
        right = right and (slots[begin].start, slots[last].end) == (plan.start[k], plan.end[k])
        if not right or plan.score[k] != rows.score[at]:
            flaws.append(Flaw("match_rules.flaw_score", values))
    return flaws


def _wrong_seats(case: Case, plan: Plan) -> list[Flaw]:
    """Lines with too many people, crews with too few, needs whose people come at different times."""
    table = case.lines.table
    filled = np.bincount(plan.line, minlength=case.lines.count)
    flaws = [
        Flaw("match_rules.flaw_overfilled", {"line": int(case.lines.id[j])})
        for j in np.flatnonzero(filled > table.seats).tolist()
    ]
    together = set(table.need[table.whole].tolist())
    for need in sorted(together & set(table.need[plan.line].tolist())):
        roles = np.flatnonzero((table.need == need) & (table.seats > 0))
        if table.seats[roles].sum() > 1 and (filled[roles] < table.least[roles]).any():
            flaws.append(Flaw("match_rules.flaw_crew", {"need": need}))
    place = plan.slot - table.slot_from[plan.line]
    times: dict[int, set[int]] = {}
    for need, at in zip(table.need[plan.line].tolist(), place.tolist(), strict=True):
        times.setdefault(need, set()).add(at)
    flaws += [Flaw("match_rules.flaw_times", {"need": need}) for need, at in sorted(times.items()) if len(at) > 1]
    return flaws


def _wrong_tasks(case: Case, plan: Plan) -> list[Flaw]:
    """People with two tasks at a time, no time for the way between, two parts of one need, or more than their caps."""
    flaws = []
    order = np.lexsort((plan.start, plan.person))
    for part in np.split(order, np.flatnonzero(np.diff(plan.person[order])) + 1):
        if len(part) < 2:
            continue
        visits = [visit for k in part.tolist() for visit in _visits(case, plan, k)]
        bad = any(_meet(case, a, b) for at, a in enumerate(visits) for b in visits[:at])
        if bad or _over_caps(case, int(plan.person[part[0]]), visits):
            flaws.append(Flaw("match_rules.flaw_overused", {"person": int(plan.person_id[part[0]])}))
    return flaws


def _visits(case: Case, plan: Plan, k: int) -> list[tuple[int, int, int, int]]:
    """(row of the plan, line, start, end) of every slot that a pair serves."""
    line = int(plan.line[k])
    record = case.lines.table[line]
    last = int(record.slot_to) if record.all_slots else int(plan.slot[k]) + 1
    slots = case.lines.slots[int(plan.slot[k]) : last]
    return [(k, line, int(slot.start), int(slot.end)) for slot in slots]


def _meet(case: Case, a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> bool:
    """Do two visits exclude each other? Visits of one pair never do: the resident wished them so."""
    if a[0] == b[0]:
        return False
    first, second = case.lines.table[a[1]], case.lines.table[b[1]]
    if first.need == second.need:
        return True
    metres = int(screen.rules.metres_between(first, second))
    setting = case.policy.settings
    travel = setting.unplaced_minutes if metres < 0 else -(-metres // setting.metres_per_minute)
    return a[2] < b[3] + travel and b[2] < a[3] + travel


def _over_caps(case: Case, row: int, visits: list[tuple[int, int, int, int]]) -> bool:
    person = case.people.table[row]
    before = [int(task.start) for task in case.people.spans[int(person.busy_from) : int(person.busy_to)]]
    starts = [visit[2] for visit in visits]
    days = [_day(start) for start in before + starts]
    weeks = [(day + 3) // 7 for day in days]
    for at in range(len(before), len(days)):
        if days.count(days[at]) > int(person.cap_day) or weeks.count(weeks[at]) > int(person.cap_week):
            return True
    return False


def _day(minute: int) -> int:
    return (minute + 480) // 1440


def _wrong_value(case: Case, plan: Plan, rows: Rows) -> list[Flaw]:
    """The stated tiers and objective against the pairs."""
    table = case.lines.table
    empty = table.seats.astype(np.int64) - np.bincount(plan.line, minlength=case.lines.count)
    unmet = tuple(int(empty[table.urgency == rank].sum()) for rank in range(len(URGENCIES)))
    kept = {
        int(table.id[line])
        for line, person in zip(plan.line.tolist(), plan.person_id.tolist(), strict=True)
        if table[line].holder == person
    }
    displaced = int((table.holder != 0).sum()) - len(kept)
    loads: dict[tuple[int, int], list[int]] = {}
    for k, person in enumerate(plan.person.tolist()):
        week = (_day(int(plan.start[k])) + 3) // 7
        if (person, week) not in loads:
            loads[person, week] = [rows.tasks_in_week(person, week), 0]
        loads[person, week][1] += 1
    largest = max((had + new for had, new in loads.values()), default=0)
    spread = sum((had + new) ** 2 - had**2 for had, new in loads.values())
    lost = sum(case.policy.top_score - score for score in plan.score.tolist())
    found = (unmet, displaced, largest, spread, lost)
    flaws = []
    if found != tuple(plan.tiers) or (empty != plan.empty).any():
        flaws += [Flaw("match_rules.flaw_tiers", {"stated": tuple(plan.tiers), "found": found})]
    steps = sum((len(URGENCIES) - rank) * seats for rank, seats in enumerate(unmet))
    load, promise, rung = rows.scale
    value = steps * rung + displaced * promise + spread * load + lost
    if value != plan.objective:
        flaws.append(Flaw("match_rules.flaw_objective", {"stated": plan.objective, "found": value}))
    return flaws


def _wrong_bound(
    case: Case, plan: Plan, rows: Rows, kept: set[PairId], dropped: set[PairId], gone: set[int]
) -> list[Flaw]:
    """The stated bound against the prices."""
    prices, table = plan.prices, case.lines.table
    shape = prices.line.shape == (case.lines.count,) and len(prices.block_ptr) == len(prices.price) + 1
    load, promise, rung = rows.scale
    unmet = (len(URGENCIES) - table.urgency.astype(np.int64)) * rung + (table.holder != 0) * promise
    if not shape or (prices.price < 0).any() or (prices.line > unmet).any():
        return [Flaw("match_rules.flaw_prices")]
    needed, paid, flaws = _places(case, rows, prices)
    if flaws:
        return flaws
    held = table.holder[rows.line]
    cost = case.policy.top_score - rows.score + ((held != 0) & (held != case.people.id[rows.row])) * promise
    gain = cost - prices.line[rows.line] + needed
    allowed = ~rows.hopeless(case)
    if gone:
        allowed &= ~np.isin(case.people.id[rows.row], sorted(gone))
    pinned = np.zeros(len(gain), dtype=bool)
    for pair, mask, value in [*((p, allowed, False) for p in dropped), *((p, pinned, True) for p in kept)]:
        at = rows.find_ids(case, *pair)
        if at >= 0:
            mask[at] = value
    open_ = gain[allowed & ~pinned]
    bound = _dot(table.seats, prices.line) - paid
    bound += sum(open_[open_ < 0].tolist()) + sum(gain[pinned].tolist())
    return [] if bound == plan.bound else [Flaw("match_rules.flaw_gap", {"bound": bound, "found": plan.bound})]


def _places(case: Case, rows: Rows, prices: Any) -> tuple[Array, int, list[Flaw]]:
    """(prices of the places each pair needs, int64[pairs]; what all places are worth; what is wrong with them)."""
    needed = np.zeros(len(rows.row), dtype=np.int64)
    load = rows.scale[0]
    paid = 0
    for k, (row, kind, at, price) in enumerate(
        zip(prices.person.tolist(), prices.kind.tolist(), prices.at.tolist(), prices.price.tolist(), strict=True)
    ):
        person = case.people.table[row]
        hers = rows.of_person(row)
        if kind == _WEEK:
            inside = hers[rows.week[hers] == at]
            had = rows.tasks_in_week(row, at)
            room = min(int(person.cap_week) - had, len(inside))
            # one unit of each step of the rising cost, as long as the price is above it
            unit = 0
            while unit < room and price > load * (2 * (had + unit) + 1):
                paid += price - load * (2 * (had + unit) + 1)
                unit += 1
        elif kind == _DAY:
            inside = hers[rows.day[hers] == at]
            paid += price * (int(person.cap_day) - rows.tasks_on_day(row, at))
        else:
            lines = prices.block_lines[prices.block_ptr[k] : prices.block_ptr[k + 1]]
            inside = hers[np.isin(rows.line[hers], lines)]
            if not all(_exclude(case, rows, int(a), int(b)) for n, a in enumerate(inside) for b in inside[:n]):
                return needed, paid, [Flaw("match_rules.flaw_block", {"person": int(case.people.id[row])})]
            paid += price
        needed[inside] += price
    return needed, paid, []


def _exclude(case: Case, rows: Rows, a: int, b: int) -> bool:
    """Can one person never do both, at whichever of their times?"""
    first, second = int(rows.line[a]), int(rows.line[b])
    return all(
        any(
            _meet(case, (0, first, *one), (1, second, *other))
            for one in rows.visits(case, a, slot)
            for other in rows.visits(case, b, its)
        )
        for slot in rows.slots_of(a).tolist()
        for its in rows.slots_of(b).tolist()
    )


def _dot(left: Array, right: Array) -> int:
    return sum(a * b for a, b in zip(left.tolist(), right.tolist(), strict=True))
