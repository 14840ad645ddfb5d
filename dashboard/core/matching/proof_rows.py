"""What the proof rests on: every volunteer tried for every line, and when she could serve. No index, no shelf.

The rules are the same as everywhere, because they are the question; who is tried, and in which order, is not.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from math import isqrt
from os import cpu_count
from typing import Any

import numpy as np

from dashboard.core.matching import screen
from dashboard.core.matching.arrays import Array
from dashboard.core.matching.case import Case
from dashboard.core.matching.compiled import compiled, compiled_maker
from dashboard.core.matching.people import People

#: Lines that one thread tries at a stretch; people whose distances are looked at together; degrees of a cell of
#: neighbours; more than any day or week number.
_STRETCH, _BLOCK, _CELL, WIDE = 64, 64, 0.01, 1 << 20
#: Minutes of a part of the day, 64 of which (ten days and more) have a bit each.
_PART = 240


@dataclass(frozen=True, eq=False)
class Rows:
    """All pairs that break no rule, by line, then person."""

    case: Case
    line: Array  # int64[pairs] rows
    row: Array  # int64[pairs] rows of People
    score: Array  # int64[pairs]
    slot_ptr: Array  # int64[pairs + 1]
    slots: Array  # int32: possible slots, those of the first week in which she may serve
    #: Load, promise and rung: how many points each step of the tiers is worth; and how many empty seats of one urgency
    #: one of the next is worth.
    scale: tuple[int, int, int, int]

    @cached_property
    def _key(self) -> Array:
        return self.line * max(1, self.case.people.count) + self.row

    @cached_property
    def by_person(self) -> tuple[Array, Array]:
        """(positions sorted by person, where each person's begin)."""
        order = np.argsort(self.row, kind="stable")
        return order, np.searchsorted(self.row[order], np.arange(self.case.people.count + 1))

    def find(self, line: Array, row: Array) -> Array:
        """int64: positions of pairs of rows, -1 where a pair breaks a rule."""
        key = line.astype(np.int64) * max(1, self.case.people.count) + row
        at = np.minimum(np.searchsorted(self._key, key), max(0, len(self._key) - 1))
        known = self._key[at] == key if len(self._key) else np.zeros(len(key), dtype=bool)
        return np.where(known, at, -1)

    def find_ids(self, case: Case, line_id: int, person_id: int) -> int:
        """Position of a pair of ids, -1 when it breaks a rule or is unknown."""
        line, row = np.searchsorted(case.lines.id, line_id), np.searchsorted(case.people.id, person_id)
        if line == case.lines.count or case.lines.id[line] != line_id:
            return -1
        if row == case.people.count or case.people.id[row] != person_id:
            return -1
        return int(self.find(np.array([line]), np.array([row]))[0])

    def slots_of(self, pair: int) -> Array:
        """The possible slots of a pair."""
        return self.slots[self.slot_ptr[pair] : self.slot_ptr[pair + 1]]

    @cached_property
    def day(self) -> Array:
        """int64[pairs]: the day on which all possible visits begin, -1 when there are several."""
        starts = days_of(self.case.lines.slots["start"])
        table = self.case.lines.table
        first = starts[self.slots[self.slot_ptr[:-1]]]
        every, end = table["all_slots"][self.line], table["slot_to"][self.line]
        last_slot = np.where(every, end - 1, self.slots[self.slot_ptr[1:] - 1])
        return np.where(starts[last_slot] == first, first, -1)

    @cached_property
    def week(self) -> Array:
        """int64[pairs]: the week of the first visit; all possible first visits are in it."""
        starts = days_of(self.case.lines.slots["start"])
        return (starts[self.slots[self.slot_ptr[:-1]]] + 3) // 7

    def tasks_in_week(self, row: int, week: int) -> int:
        """Her dispatched tasks that begin in a week."""
        return int(tasks_of(self.case.people, np.array([row]), np.array([week]), 7)[0])

    def hopeless(self, case: Case) -> Array:
        """bool[pairs]: pairs of crews that have at no time enough people for every role, even all to themselves."""
        table = case.lines.table
        mask = np.zeros(len(self.row), dtype=bool)
        for need in np.unique(table.need[table.whole & (table.seats > 0)]).tolist():
            roles = np.flatnonzero((table.need == need) & (table.seats > 0)).tolist()
            if int(table.seats[roles].sum()) < 2:
                continue
            at_slot = [self._at_slots(role) for role in roles]
            together = len(at_slot[0])
            if not any(
                all(counts[k] >= table.least[role] for counts, role in zip(at_slot, roles, strict=True))
                for k in range(together)
            ):
                mask[np.isin(self.line, roles)] = True
        return mask

    def _at_slots(self, line: int) -> list[int]:
        """How many people could serve a line at each of its times."""
        record = self.case.lines.table[line]
        begin, end = np.searchsorted(self.line, [line, line + 1]).tolist()
        if record.all_slots:
            return [end - begin]
        counts = [0] * int(record.slot_to - record.slot_from)
        for slot in self.slots[self.slot_ptr[begin] : self.slot_ptr[end]].tolist():
            counts[slot - int(record.slot_from)] += 1
        return counts


def rows_of_case(case: Case) -> Rows:
    """Every pair, from trying everybody for every line."""
    people, lines = case.people, case.lines
    lists = screen.pools(people, lines, case.policy)
    crowd = _crowd(people)
    wanted = _skill_bits(lines.count, lines.table.skill_from, lines.table.skill_to, lines.skills["skill"])
    whole = lines.slots["start"], lines.slots["end"]
    hours = _part_bits(len(whole[0]), np.arange(len(whole[0])), np.arange(1, len(whole[0]) + 1), *whole)

    def part(begin: int) -> tuple[Array, Array]:
        end = min(begin + _STRETCH, lines.count)
        return _try_everybody(people.table, lines.table, lists, crowd, wanted, hours, begin, end)

    with ThreadPoolExecutor(cpu_count() or 1) as threads:
        parts = list(threads.map(part, range(0, lines.count, _STRETCH)))
    none = np.zeros((4, 0), dtype=np.int64), np.zeros(0, dtype=np.int32)
    found = np.concatenate([pairs for pairs, _ in parts], axis=1) if parts else none[0]
    open_ = np.concatenate([slots for _, slots in parts]) if parts else none[1]
    order = np.lexsort((found[1], found[0]))
    since = np.cumsum(found[3]) - found[3]
    found = found[:, order]
    slot_ptr = np.concatenate([[0], np.cumsum(found[3])])
    at = np.repeat(since[order] - slot_ptr[:-1], found[3]) + np.arange(slot_ptr[-1])
    slots = open_[at]
    return Rows(case, found[0], found[1], found[2], slot_ptr, slots, _scale(case, found, slots, slot_ptr))


def _crowd(people: People) -> tuple[Array, ...]:
    """Everybody, neighbours beside each other: (row, x, y, z, far, skills, hours). `far` is the square of the chord
    beyond which nobody goes, below 0 for those who may never; `skills` has a bit for each skill, some sharing one;
    `hours` a bit for each part of a day that her free time touches. All only serve to pass over somebody quickly: the
    rules have the last word on all others."""
    table = people.table
    able = table.active & (table.in_scope | table.shared) & table.known & ~np.isnan(table.lon)
    cell = np.nan_to_num(np.floor(table.lat / _CELL) * 100_000 + np.floor(table.lon / _CELL))
    order = np.lexsort((cell, ~able))
    far = np.where(able, table.max_distance_m.astype(np.float64) + 1, -1.0)
    bits = _skill_bits(people.count, table.skill_from, table.skill_to, people.skills["skill"])
    x, y, z = (np.nan_to_num(table[name][order]) for name in ("x", "y", "z"))
    hours = _part_bits(people.count, table.free_from, table.free_to, people.spans["start"], people.spans["end"])
    return order, x, y, z, (far * np.abs(far))[order], bits[order], hours[order]


def _skill_bits(count: int, begin: Array, end: Array, skills: Array) -> Array:
    """uint64[count]: a bit for each skill in a row's list, modulo 64."""
    owner = np.repeat(np.arange(count), end - begin)
    at = np.repeat(begin - (np.cumsum(end - begin) - (end - begin)), end - begin) + np.arange(len(owner))
    bits = np.zeros(count, dtype=np.uint64)
    np.bitwise_or.at(bits, owner, np.uint64(1) << (skills[at].astype(np.uint64) % np.uint64(64)))
    return bits


@compiled_maker
def _part_bits(count: int, begin: Array, end: Array, start: Array, stop: Array) -> Array:
    """uint64[count]: a bit for each part of a day that the spans of a row's list touch, modulo 64."""
    bits = np.zeros(count, dtype=np.uint64)
    for row in range(count):
        for at in range(begin[row], end[row]):
            first, last = start[at] // _PART, (stop[at] - 1) // _PART
            for part in range(first, min(last, first + 63) + 1):
                bits[row] |= np.uint64(1) << np.uint64(part % 64)
    return bits


@compiled
def _free_once(free: int, hours: Array, begin: int, end: int) -> bool:
    """May she be free at any of the line's times? Most people who live near enough are not."""
    for slot in range(begin, end):  # noqa: SIM110 - a generator is no machine code
        if hours[slot] & free == hours[slot]:
            return True
    return False


@compiled_maker
def _try_everybody(
    people: Any, lines: Any, lists: Any, crowd: Any, wanted: Array, hours: Array, begin: int, end: int
) -> tuple[Array, Array]:
    """(int64[4, pairs]: line, row, score, number of slots; int32 slots)."""
    who, x, y, z, far, skills, free = crowd
    found = np.empty((4, 1024), dtype=np.int64)
    open_ = np.empty(1024, dtype=np.int32)
    near = np.empty(_BLOCK, dtype=np.int64)
    total, opened = 0, 0
    for j in range(begin, end):
        line = lines[j]
        if line.seats == 0:
            continue
        for first in range(0, len(x), _BLOCK):
            last = min(first + _BLOCK, len(x))
            hits = 0
            for i in range(first, last):
                a, b, c = x[i] - line.x, y[i] - line.y, z[i] - line.z
                hits += a * a + b * b + c * c <= far[i]
            if hits == 0:
                continue
            count = 0
            for i in range(first, last):
                a, b, c = x[i] - line.x, y[i] - line.y, z[i] - line.z
                near[count] = i
                count += (a * a + b * b + c * c <= far[i]) & ((skills[i] & wanted[j]) == wanted[j])
            for k in range(count):
                if not _free_once(free[near[k]], hours, line.slot_from, line.slot_to):
                    continue
                row = who[near[k]]
                person = people[row]
                rule, slot = screen.judge(person, line, lists)
                if rule < screen.RULES:
                    continue
                if total == found.shape[1]:
                    found = screen.wider_table(found)
                since = opened
                stop = slot + 1 if line.all_slots else line.slot_to
                week = screen.week_of_slot(lists.slots, slot)
                for other in range(slot, stop):
                    if screen.week_of_slot(lists.slots, other) != week:
                        break
                    if other > slot and screen.first_short(person, line, lists, other, other + 1) < screen.RULES:
                        continue
                    if opened == len(open_):
                        open_ = screen.wider(open_)
                    open_[opened] = other
                    opened += 1
                found[0, total], found[1, total] = j, row
                found[2, total], found[3, total] = screen.score_of(person, line, lists, slot), opened - since
                total += 1
    return found[:, :total].copy(), open_[:opened].copy()


def _scale(case: Case, found: Array, slots: Array, slot_ptr: Array) -> tuple[int, int, int, int]:
    """What each step of the tiers must be worth so that it outweighs everything below it."""
    seats = int(case.lines.table.seats.sum())
    load = seats * case.policy.top_score + 1
    promise = load * (seats * _largest_rise(case, found[1], slots[slot_ptr[:-1]]) + 1)
    rung = promise * (int((case.lines.table.holder != 0).sum()) + 1)
    return load, promise, rung, max(2, min(isqrt((1 << 56) // rung), seats + 1))


def _largest_rise(case: Case, row: Array, slot: Array) -> int:
    """More than one more task can add to a sum of squares: twice the most tasks anybody could have in a week."""
    week = (days_of(case.lines.slots["start"][slot]) + 3) // 7
    keys, pairs = np.unique(row * WIDE + week, return_counts=True)
    had = tasks_of(case.people, (keys // WIDE).astype(np.int64), keys % WIDE, 7)
    left = case.people.table.cap_week[keys // WIDE].astype(np.int64) - had
    return int((2 * (had + np.minimum(left, pairs))).max(initial=0))


def days_of(minutes: Array) -> Array:
    """int64: the county's day of each minute."""
    return (minutes.astype(np.int64) + 480) // 1440


def tasks_of(people: People, row: Array, when: Array, length: int) -> Array:
    """int64: how many dispatched tasks of each person (row) begin on the day (length 1) or in the week (7) `when`."""
    lengths = (people.table.busy_to - people.table.busy_from).astype(np.int64)
    owner = np.repeat(np.arange(people.count), lengths)
    at = np.repeat(people.table.busy_from - (np.cumsum(lengths) - lengths), lengths) + np.arange(len(owner))
    day = days_of(people.spans["start"][at])
    keys = np.sort(owner * WIDE + (day if length == 1 else (day + 3) // 7))
    asked = row.astype(np.int64) * WIDE + when
    return np.searchsorted(keys, asked, side="right") - np.searchsorted(keys, asked, side="left")
