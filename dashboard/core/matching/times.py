"""When two tasks of one person can both be done: the way between them, and so many a day and a week.

A task is a pair of `Pairs` at one of its options. The functions are compiled: numbers in, numbers out.
"""

from typing import Any, NamedTuple

import numpy as np

from dashboard.core.matching import rules
from dashboard.core.matching.arrays import Array, Row
from dashboard.core.matching.compiled import compiled, compiled_maker
from dashboard.core.matching.rules import Settings

#: A person's tasks of one plan that are tried together; caps keep real plans far below.
MOST = 24


class Board(NamedTuple):
    """What the loops need of a case."""

    people: Any  # People.table
    spans: Any  # People.spans
    lines: Any  # Lines.table
    slots: Any  # Lines.slots
    line: Array  # int64[pairs] row of Lines
    row: Array  # int64[pairs] row of People
    option_ptr: Array  # int64[pairs + 1]
    options: Array  # int32
    setting: Settings


@compiled
def week_of(minute: int) -> int:
    """The week, Monday to Sunday, that holds a minute."""
    return (rules.day_of(minute) + 3) // 7


@compiled
def last_slot(line: Row, slot: int) -> int:
    """One past the last slot of a task that begins at `slot`: all of the line's where all must be served."""
    return int(line.slot_to) if line.all_slots else slot + 1


@compiled
def apart(first: Row, slot: int, second: Row, other: int, slots: Any, setting: Settings) -> bool:
    """Can one person do both tasks, the way between them included? Never two parts of one need."""
    if first.need == second.need:
        return False
    travel = rules.margin(first, second, setting)
    for a in range(slot, last_slot(first, slot)):
        for b in range(other, last_slot(second, other)):
            if slots[a].start < slots[b].end + travel and slots[b].start < slots[a].end + travel:
                return False
    return True


@compiled
def clash_always(board: Board, first: int, second: int) -> bool:
    """Do two pairs of one person exclude each other whatever their times? Asked only of pairs with one option, and of
    parts of one need."""
    a, b = board.lines[board.line[first]], board.lines[board.line[second]]
    if a.need == b.need:
        return True
    at, other = board.option_ptr[first], board.option_ptr[second]
    if board.option_ptr[first + 1] - at > 1 or board.option_ptr[second + 1] - other > 1:
        return False
    return not apart(a, board.options[at], b, board.options[other], board.slots, board.setting)


@compiled
def within_caps(board: Board, person: Row, tasks: Array, chosen: Array, count: int) -> bool:
    """Do the visits of these tasks, at the chosen options, stay within her caps a day and a week?"""
    for k in range(count):
        line = board.lines[board.line[tasks[k]]]
        slot = board.options[chosen[k]]
        for at in range(slot, last_slot(line, slot)):
            day = rules.day_of(int(board.slots[at].start))
            monday = (day + 3) // 7 * 7 - 3
            in_day = rules.tasks_between(person, board.spans, day, day + 1)
            in_week = rules.tasks_between(person, board.spans, monday, monday + 7)
            for other in range(count):
                its = board.lines[board.line[tasks[other]]]
                since = board.options[chosen[other]]
                for visit in range(since, last_slot(its, since)):
                    on = rules.day_of(int(board.slots[visit].start))
                    in_day += on == day
                    in_week += monday <= on < monday + 7
            if in_day > person.cap_day or in_week > person.cap_week:
                return False
    return True


@compiled_maker
def schedule(board: Board, tasks: Array, allowed: Array, chosen: Array) -> bool:
    """Tries to give each of one person's tasks (positions of pairs) one of its options so that all can be done: the
    first in the order of the options. `allowed[line]` is the only slot (its place among the line's) that a line may
    take, -1 for any. Fills chosen[k] with positions in board.options; False when there is no way."""
    count = len(tasks)
    if count == 0:
        return True
    if count > MOST:
        return False
    person = board.people[board.row[tasks[0]]]
    k = 0
    chosen[0] = board.option_ptr[tasks[0]]
    while True:
        pair = tasks[k]
        line = board.lines[board.line[pair]]
        placed = False
        while chosen[k] < board.option_ptr[pair + 1]:
            slot = board.options[chosen[k]]
            only = allowed[board.line[pair]]
            free = only < 0 or slot - line.slot_from == only
            for before in range(k):
                if not free:
                    break
                free = apart(
                    board.lines[board.line[tasks[before]]], board.options[chosen[before]], line, slot, board.slots,
                    board.setting,
                )  # fmt: skip
            if free and within_caps(board, person, tasks, chosen, k + 1):
                placed = True
                break
            chosen[k] += 1
        if placed and k + 1 == count:
            return True
        if placed:
            k += 1
            chosen[k] = board.option_ptr[tasks[k]]
            continue
        if k == 0:
            return False
        k -= 1
        chosen[k] += 1


@compiled_maker
def first_unfit(board: Board, order: Array, starts: Array, allowed: Array, chosen: Array) -> Array:
    """Which people can't do all their tasks: `order` holds the pairs of a plan by person, starts[i]:starts[i + 1] those
    of the i-th. Fills chosen[k] for order[k]; returns the i of those who can't."""
    unfit = np.empty(len(starts) - 1, dtype=np.int64)
    count = 0
    for i in range(len(starts) - 1):
        begin, end = starts[i], starts[i + 1]
        if not schedule(board, order[begin:end], allowed, chosen[begin:end]):
            unfit[count] = i
            count += 1
    return unfit[:count].copy()


@compiled_maker
def by_score(board: Board, order: Array, ptr: Array, cheapest: Array, seats: Array, allowed: Array) -> Array:
    """What a coordinator does: line after line the best volunteers who still can. Positions of the pairs taken.
    For comparison only."""
    taken = np.empty(len(board.row), dtype=np.int64)
    count = 0
    tasks = np.empty((len(board.people), 4), dtype=np.int64)
    held = np.zeros(len(board.people), dtype=np.int64)
    trial, chosen = np.empty(5, dtype=np.int64), np.empty(5, dtype=np.int64)
    for j in order:
        filled = 0
        for at in range(ptr[j], ptr[j + 1]):
            if filled == seats[j]:
                break
            pair = cheapest[at]
            row = board.row[pair]
            own = held[row]
            if own == 4:
                continue
            trial[:own] = tasks[row, :own]
            trial[own] = pair
            if schedule(board, trial[: own + 1], allowed, chosen[: own + 1]):
                tasks[row, own] = pair
                held[row] += 1
                taken[count] = pair
                count += 1
                filled += 1
    return np.sort(taken[:count])
