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

from dashboard.core.matching.arrays import Array
from dashboard.core.matching.case import Case
from dashboard.core.matching.compiled import compiled, compiled_maker
from dashboard.core.matching.flaws import Flaw
from dashboard.core.matching.plan import PairId, Plan
from dashboard.core.matching.proof_rows import WIDE, Rows, days_of, rows_of_case, tasks_of
from dashboard.core.matching.rules import metres_between
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
    at = rows.find(plan.line, plan.person)
    flaws = [Flaw("match_rules.flaw_pair", _ids(plan, k)) for k in np.flatnonzero(at < 0).tolist()]
    if flaws:
        return flaws
    table, slots = case.lines.table, case.lines.slots
    last = np.where(table["all_slots"][plan.line], table["slot_to"][plan.line] - 1, plan.slot)
    known = rows.slots[rows.slot_ptr[at]] == plan.slot
    for k in np.flatnonzero(~known).tolist():
        known[k] = int(plan.slot[k]) in rows.slots_of(int(at[k]))
    right = known & (plan.score == rows.score[at])
    right[known] &= (slots["start"][plan.slot[known]] == plan.start[known]) & (
        slots["end"][last[known]] == plan.end[known]
    )
    return [Flaw("match_rules.flaw_score", _ids(plan, k)) for k in np.flatnonzero(~right).tolist()]


def _ids(plan: Plan, k: int) -> dict[str, int]:
    return {"line": int(plan.line_id[k]), "person": int(plan.person_id[k])}


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
    several = np.flatnonzero(np.bincount(plan.person, minlength=case.people.count)[plan.person] > 1)
    tasks: dict[int, list[int]] = {}
    for k in several.tolist():
        tasks.setdefault(int(plan.person[k]), []).append(k)
    flaws = []
    for row, part in sorted(tasks.items()):
        visits = [visit for k in part for visit in _visits(case, plan, k)]
        bad = any(_meet(case, a, b) for at, a in enumerate(visits) for b in visits[:at])
        if bad or _over_caps(case, row, visits):
            flaws.append(Flaw("match_rules.flaw_overused", {"person": int(plan.person_id[part[0]])}))
    return flaws


def _visits(case: Case, plan: Plan, k: int) -> list[tuple[int, int, int, int]]:
    """(row of the plan, line, start, end) of every slot that a pair serves."""
    line, first = int(plan.line[k]), int(plan.slot[k])
    table, slots = case.lines.table, case.lines.slots
    last = int(table["slot_to"][line]) if table["all_slots"][line] else first + 1
    starts, ends = slots["start"][first:last].tolist(), slots["end"][first:last].tolist()
    return [(k, line, start, end) for start, end in zip(starts, ends, strict=True)]


def _meet(case: Case, a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> bool:
    """Do two visits exclude each other? Visits of one pair never do: the resident wished them so."""
    if a[0] == b[0]:
        return False
    if case.lines.table["need"][a[1]] == case.lines.table["need"][b[1]]:
        return True
    travel = int(_travel(case.lines.table[a[1]], case.lines.table[b[1]], case.policy.settings))
    return a[2] < b[3] + travel and b[2] < a[3] + travel


@compiled
def _travel(first: Any, second: Any, setting: Any) -> int:
    """Minutes between two needs: so many metres a minute, begun minutes count."""
    metres = metres_between(first, second)
    if metres < 0:
        return setting.unplaced_minutes
    return -(-metres // setting.metres_per_minute)


def _over_caps(case: Case, row: int, visits: list[tuple[int, int, int, int]]) -> bool:
    person = case.people.table[row]
    before = case.people.spans["start"][int(person.busy_from) : int(person.busy_to)].tolist()
    days = [(start + 480) // 1440 for start in [*before, *(visit[2] for visit in visits)]]
    weeks = [(day + 3) // 7 for day in days]
    most = int(person.cap_day), int(person.cap_week)
    return any(
        days.count(days[at]) > most[0] or weeks.count(weeks[at]) > most[1] for at in range(len(before), len(days))
    )


def _wrong_value(case: Case, plan: Plan, rows: Rows) -> list[Flaw]:
    """The stated tiers and objective against the pairs."""
    table = case.lines.table
    empty = table.seats.astype(np.int64) - np.bincount(plan.line, minlength=case.lines.count)
    unmet = tuple(int(empty[table.urgency == rank].sum()) for rank in range(len(URGENCIES)))
    mine = table["holder"][plan.line] == plan.person_id
    displaced = int((table["holder"] != 0).sum()) - len(set(plan.line[mine].tolist()))
    weeks, new = np.unique(plan.person * WIDE + (days_of(plan.start) + 3) // 7, return_counts=True)
    had = tasks_of(case.people, weeks // WIDE, weeks % WIDE, 7)
    largest = int((had + new).max(initial=0))
    spread = int(((had + new) ** 2 - had**2).sum())
    lost = sum(case.policy.top_score - score for score in plan.score.tolist())
    found = (unmet, displaced, largest, spread, lost)
    flaws = []
    if found != tuple(plan.tiers) or (empty != plan.empty).any():
        flaws += [Flaw("match_rules.flaw_tiers", {"stated": tuple(plan.tiers), "found": found})]
    load, promise, rung, step = rows.scale
    seats = sum(count * rung * step ** (len(unmet) - 1 - rank) for rank, count in enumerate(unmet))
    value = seats + displaced * promise + spread * load + lost
    if value != plan.objective:
        flaws.append(Flaw("match_rules.flaw_objective", {"stated": plan.objective, "found": value}))
    return flaws


def _wrong_bound(
    case: Case, plan: Plan, rows: Rows, kept: set[PairId], dropped: set[PairId], gone: set[int]
) -> list[Flaw]:
    """The stated bound against the prices."""
    prices, table = plan.prices, case.lines.table
    shape = prices.line.shape == (case.lines.count,) and len(prices.block_ptr) == len(prices.price) + 1
    _, promise, rung, step = rows.scale
    unmet = rung * step ** (len(URGENCIES) - 1 - table.urgency.astype(np.int64)) + (table.holder != 0) * promise
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
    table, load = case.people.table, rows.scale[0]
    order, bounds = rows.by_person
    needed = np.zeros(len(rows.row), dtype=np.int64)
    claimed = (prices.person, prices.kind, prices.at, prices.price, prices.block_ptr, prices.block_lines)
    facts = (rows.line, rows.slot_ptr, rows.slots, rows.day, rows.week)
    inside, wrong = _claim(
        case.lines.table, case.lines.slots, case.policy.settings, claimed, facts, order, bounds, needed
    )
    if len(wrong):
        ids = case.people.id[prices.person[wrong]].tolist()
        return needed, 0, [Flaw("match_rules.flaw_block", {"person": person}) for person in ids]
    day, week = prices.kind == _DAY, prices.kind == _WEEK
    had = np.zeros(len(inside), dtype=np.int64)
    had[day] = tasks_of(case.people, prices.person[day], prices.at[day], 1)
    had[week] = tasks_of(case.people, prices.person[week], prices.at[week], 7)
    caps = np.where(day, table["cap_day"][prices.person], table["cap_week"][prices.person]).astype(np.int64)
    # a day or week that is overfull already has no room, not less than none
    room = np.where(day | week, np.maximum(0, np.minimum(caps - had, inside)), 1)
    paid = _dot(prices.price[~week], room[~week])
    for price, places, before in zip(*(part[week].tolist() for part in (prices.price, room, had)), strict=True):
        # of a week one unit of each step of the rising cost, as long as the price is above it
        for unit in range(places):
            paid += max(0, price - load * (2 * (before + unit) + 1))
    return needed, paid, []


@compiled_maker
def _claim(
    lines: Any, slots: Any, setting: Any, claimed: Any, facts: Any, order: Array, bounds: Array, needed: Array
) -> tuple[Array, Array]:
    """Adds the price of each place to the pairs that need it. Returns how many pairs each place has, and the blocks
    whose pairs don't exclude each other."""
    owner, kind, at, price, block_ptr, block_lines = claimed
    line, slot_ptr, options, day, week = facts
    inside, wrong = np.zeros(len(owner), dtype=np.int64), np.empty(len(owner), dtype=np.int64)
    members = np.empty(len(line), dtype=np.int64)
    bad = 0
    for k in range(len(owner)):
        count = 0
        for position in range(bounds[owner[k]], bounds[owner[k] + 1]):
            pair = order[position]
            if kind[k] == _WEEK:
                belongs = week[pair] == at[k]
            elif kind[k] == _DAY:
                belongs = day[pair] == at[k]
            else:
                belongs = False
                for one in range(block_ptr[k], block_ptr[k + 1]):
                    belongs = belongs or block_lines[one] == line[pair]
            if belongs:
                members[count] = pair
                count += 1
                needed[pair] += price[k]
        inside[k] = count
        if kind[k] != _WEEK and kind[k] != _DAY:
            fine = True
            for a in range(count):
                for b in range(a):
                    fine = fine and _exclude(lines, slots, setting, line, slot_ptr, options, members[a], members[b])
            if not fine:
                wrong[bad] = k
                bad += 1
    return inside, wrong[:bad].copy()


@compiled
def _exclude(
    lines: Any, slots: Any, setting: Any, line: Array, slot_ptr: Array, options: Array, one: int, other: int
) -> bool:
    """Can one person never do both, at whichever of their times?"""
    first, second = lines[line[one]], lines[line[other]]
    if first.need == second.need:
        return True
    travel = _travel(first, second, setting)
    for a in range(slot_ptr[one], slot_ptr[one + 1]):
        for b in range(slot_ptr[other], slot_ptr[other + 1]):
            end = int(first.slot_to) if first.all_slots else options[a] + 1
            stop = int(second.slot_to) if second.all_slots else options[b] + 1
            meets = False
            for visit in range(options[a], end):
                for its in range(options[b], stop):
                    if slots[visit].start < slots[its].end + travel and slots[its].start < slots[visit].end + travel:
                        meets = True
            if not meets:
                return False
    return True


def _dot(left: Array, right: Array) -> int:
    return sum(a * b for a, b in zip(left.tolist(), right.tolist(), strict=True))
