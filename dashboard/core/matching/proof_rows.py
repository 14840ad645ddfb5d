"""What the proof rests on: every volunteer tried for every line, and when she could serve. No index, no shelf.

The rules are the same as everywhere, because they are the question; who is tried, and in which order, is not.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from os import cpu_count
from typing import Any

import numpy as np

from dashboard.core.matching import screen
from dashboard.core.matching.arrays import Array
from dashboard.core.matching.case import Case
from dashboard.core.matching.compiled import compiled_maker

_STRETCH = 64


@dataclass(frozen=True, eq=False)
class Rows:
    """All pairs that break no rule, by line, then person."""

    case: Case
    line: Array  # int64[pairs] rows
    row: Array  # int64[pairs] rows of People
    score: Array  # int64[pairs]
    slot_ptr: Array  # int64[pairs + 1]
    slots: Array  # int32: possible slots, those of the first week in which she may serve
    #: Load, promise and rung: how many points each step of the tiers is worth.
    scale: tuple[int, int, int]

    @cached_property
    def _key(self) -> Array:
        return self.line * max(1, self.case.people.count) + self.row

    @cached_property
    def _by_person(self) -> tuple[Array, Array]:
        order = np.argsort(self.row, kind="stable")
        return order, np.searchsorted(self.row[order], np.arange(self.case.people.count + 1))

    def find(self, line: int, row: int) -> int:
        """Position of a pair of rows, -1 when it breaks a rule."""
        key = line * max(1, self.case.people.count) + row
        at = int(np.searchsorted(self._key, key))
        return at if at < len(self._key) and self._key[at] == key else -1

    def find_ids(self, case: Case, line_id: int, person_id: int) -> int:
        """Position of a pair of ids, -1 when it breaks a rule or is unknown."""
        line, row = np.searchsorted(case.lines.id, line_id), np.searchsorted(case.people.id, person_id)
        if line == case.lines.count or case.lines.id[line] != line_id:
            return -1
        if row == case.people.count or case.people.id[row] != person_id:
            return -1
        return self.find(int(line), int(row))

    def of_person(self, row: int) -> Array:
        """Positions of one person's pairs."""
        order, bounds = self._by_person
        return order[bounds[row] : bounds[row + 1]]

    def slots_of(self, pair: int) -> Array:
        """The possible slots of a pair."""
        return self.slots[self.slot_ptr[pair] : self.slot_ptr[pair + 1]]

    def visits(self, case: Case, pair: int, slot: int) -> list[tuple[int, int]]:
        """(start, end) of every visit of a pair that begins at a slot."""
        record = case.lines.table[self.line[pair]]
        last = int(record.slot_to) if record.all_slots else slot + 1
        return [(int(one.start), int(one.end)) for one in case.lines.slots[slot:last]]

    @cached_property
    def day(self) -> Array:
        """int64[pairs]: the day on which all possible visits begin, -1 when there are several."""
        starts = (self.case.lines.slots["start"].astype(np.int64) + 480) // 1440
        table = self.case.lines.table[self.line]
        first = starts[self.slots[self.slot_ptr[:-1]]]
        last_slot = np.where(table.all_slots, table.slot_to - 1, self.slots[self.slot_ptr[1:] - 1])
        return np.where(starts[last_slot] == first, first, -1)

    @cached_property
    def week(self) -> Array:
        """int64[pairs]: the week of the first visit; all possible first visits are in it."""
        starts = (self.case.lines.slots["start"].astype(np.int64) + 480) // 1440
        return (starts[self.slots[self.slot_ptr[:-1]]] + 3) // 7

    def tasks_on_day(self, row: int, day: int) -> int:
        """Her dispatched tasks that begin on a day."""
        return sum(one == day for one in self._days(row))

    def tasks_in_week(self, row: int, week: int) -> int:
        """Her dispatched tasks that begin in a week."""
        return sum((one + 3) // 7 == week for one in self._days(row))

    def _days(self, row: int) -> list[int]:
        person = self.case.people.table[row]
        return [(int(one.start) + 480) // 1440 for one in self.case.people.spans[person.busy_from : person.busy_to]]

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
    able = people.table.active & (people.table.in_scope | people.table.shared) & people.table.known
    far = np.where(able, people.table.max_distance_m.astype(np.float64) + 1, -1.0)
    x, y, z = (np.ascontiguousarray(people.table[name]) for name in ("x", "y", "z"))

    def part(begin: int) -> tuple[Array, Array]:
        end = min(begin + _STRETCH, lines.count)
        return _try_everybody(people.table, lines.table, lists, x, y, z, far * np.abs(far), begin, end)

    with ThreadPoolExecutor(cpu_count() or 1) as threads:
        parts = list(threads.map(part, range(0, lines.count, _STRETCH)))
    none = np.zeros((4, 0), dtype=np.int64), np.zeros(0, dtype=np.int32)
    found = np.concatenate([pairs for pairs, _ in parts], axis=1) if parts else none[0]
    slots = np.concatenate([open_ for _, open_ in parts]) if parts else none[1]
    slot_ptr = np.concatenate([[0], np.cumsum(found[3])])
    return Rows(case, found[0], found[1], found[2], slot_ptr, slots, _scale(case, found, slots, slot_ptr))


@compiled_maker
def _try_everybody(
    people: Any, lines: Any, lists: Any, x: Array, y: Array, z: Array, far: Array, begin: int, end: int
) -> tuple[Array, Array]:
    """(int64[4, pairs]: line, row, score, number of slots; int32 slots). `far` is the square of the chord beyond which
    nobody goes, below 0 for those who may never: only to pass over them quickly, the rules have the last word."""
    found = np.empty((4, 1024), dtype=np.int64)
    open_ = np.empty(1024, dtype=np.int32)
    near = np.empty(len(x), dtype=np.int64)
    total, opened = 0, 0
    for j in range(begin, end):
        line = lines[j]
        if line.seats == 0:
            continue
        count = 0
        for i in range(len(x)):
            a, b, c = x[i] - line.x, y[i] - line.y, z[i] - line.z
            near[count] = i
            count += a * a + b * b + c * c <= far[i]
        for k in range(count):
            i = near[k]
            person = people[i]
            if not screen.may_ever(person, line, lists):
                continue
            rule, slot = screen.judge(person, line, lists)
            if rule < screen.RULES:
                continue
            if total == found.shape[1]:
                found = screen.wider_table(found)
            since = opened
            last = slot + 1 if line.all_slots else line.slot_to
            week = screen.week_of_slot(lists.slots, slot)
            for other in range(slot, last):
                if screen.week_of_slot(lists.slots, other) != week:
                    break
                if other > slot and screen.first_short(person, line, lists, other, other + 1) < screen.RULES:
                    continue
                if opened == len(open_):
                    open_ = screen.wider(open_)
                open_[opened] = other
                opened += 1
            found[0, total], found[1, total] = j, i
            found[2, total], found[3, total] = screen.score_of(person, line, lists, slot), opened - since
            total += 1
    return found[:, :total].copy(), open_[:opened].copy()


def _scale(case: Case, found: Array, slots: Array, slot_ptr: Array) -> tuple[int, int, int]:
    """What each step of the tiers must be worth so that it outweighs everything below it."""
    seats = int(case.lines.table.seats.sum())
    load = seats * case.policy.top_score + 1
    promise = load * (seats * _largest_rise(case, found[1], slots[slot_ptr[:-1]]) + 1)
    return load, promise, promise * (int((case.lines.table.holder != 0).sum()) + 1)


def _largest_rise(case: Case, row: Array, slot: Array) -> int:
    """More than one more task can add to a sum of squares: twice the most tasks anybody could have in a week."""
    people = case.people
    week = ((case.lines.slots["start"][slot].astype(np.int64) + 480) // 1440 + 3) // 7
    keys, pairs = np.unique(row * (1 << 20) + week, return_counts=True)
    task_owner = np.repeat(np.arange(people.count), people.table.busy_to - people.table.busy_from)
    tasks = [np.arange(0)] + [
        np.arange(a, b) for a, b in zip(people.table.busy_from, people.table.busy_to, strict=True)
    ]
    task_week = ((people.spans["start"][np.concatenate(tasks)].astype(np.int64) + 480) // 1440 + 3) // 7
    own, counts = np.unique(task_owner * (1 << 20) + task_week, return_counts=True)
    had = np.zeros(len(keys), dtype=np.int64)
    if len(own):
        at = np.minimum(np.searchsorted(own, keys), len(own) - 1)
        had = np.where(own[at] == keys, counts[at], 0)
    left = people.table.cap_week[keys >> 20].astype(np.int64) - had
    return int((2 * (had + np.minimum(left, pairs))).max(initial=0))
