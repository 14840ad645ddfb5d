"""What one person can take on, as the limits of the flow: a block of clashing times, a day, a week.

The limits never forbid what the rules allow (a relaxation): a block holds tasks that exclude each other pair by pair,
so one unit; a day and a week what her caps leave; and each further task of a week costs more than the one before, so
that the least sum shares the tasks evenly. Where the tasks of everybody clash in whole blocks and have one time each,
the flow says exactly what the rules say; where they don't, `Built.chains` and `Built.windows` tell.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dashboard.core.matching import rules
from dashboard.core.matching.arrays import Array
from dashboard.core.matching.compiled import compiled, compiled_maker
from dashboard.core.matching.problem import SINK, Limits
from dashboard.core.matching.times import Board, clash_always, last_slot, week_of

BLOCK, DAY, WEEK = 0, 1, 2


@dataclass(frozen=True, eq=False)
class Built:
    """Limits, what each of them is, and where each pair enters."""

    limits: Limits  # link costs in units of `spread`: to be multiplied
    entry: Array  # int64[pairs]
    kind: Array  # int64[limits] BLOCK, DAY or WEEK
    owner: Array  # int64[limits] row of People
    at: Array  # int64[limits] the day or week; of a block its day, else its week
    load: Array  # int64[limits] of a week: tasks she has in it already
    chains: bool  # tasks of one person clash in other ways than in whole blocks
    windows: bool  # some pair has several possible times

    @cached_property
    def week_of_pairs(self) -> Array:
        """int64[pairs]: the week that each pair ends up in, as a row of the limits."""
        at, above = self.entry, self.limits.above
        while len(at) and (self.kind[at] != WEEK).any():
            at = np.where(self.kind[at] == WEEK, at, above[at])
        return at


def build(board: Board) -> Built:
    """Limits for the pairs of a board."""
    order = np.lexsort((board.line, board.row))
    kind, owner, at, load, links, entry, chains = _build(board, order)
    limits = Limits(len(kind), *(np.ascontiguousarray(column) for column in links.T))
    windows = bool((np.diff(board.option_ptr) > 1).any())
    return Built(limits, entry, kind, owner, at, load, bool(chains), windows)


@compiled_maker
def _build(board: Board, order: Array) -> tuple[Array, Array, Array, Array, Array, Array, bool]:
    """(kind, owner, at, load, links int64[links, 4], entry, chains); see `Built`. Per person: week, its days, its
    blocks, in this order; a day or block only where it limits anything."""
    pairs = len(order)
    kind, owner, at_ = np.empty(3 * pairs, np.int64), np.empty(3 * pairs, np.int64), np.empty(3 * pairs, np.int64)
    load = np.zeros(3 * pairs, np.int64)
    links = np.empty((4 * pairs, 4), np.int64)
    entry = np.full(pairs, -1, np.int64)
    week, day, block = np.empty(pairs, np.int64), np.empty(pairs, np.int64), np.empty(pairs, np.int64)
    need, single = np.empty(pairs, np.int64), np.empty(pairs, np.bool_)
    block_day, block_week, size = np.empty(pairs, np.int64), np.empty(pairs, np.int64), np.empty(pairs, np.int64)
    fits = np.empty(pairs, np.bool_)
    nodes, arcs, chains = 0, 0, False
    begin = 0
    while begin < pairs:
        row = board.row[order[begin]]
        person = board.people[row]
        end = begin
        while end < pairs and board.row[order[end]] == row:
            pair = order[end]
            line, first = board.lines[board.line[pair]], board.options[board.option_ptr[pair]]
            last = board.options[board.option_ptr[pair + 1] - 1]
            start = int(board.slots[first].start)
            week[end] = week_of(start)
            need[end], single[end] = line.need, board.option_ptr[pair + 1] - board.option_ptr[pair] == 1
            one_day = rules.day_of(int(board.slots[last_slot(line, last) - 1].start)) == rules.day_of(start)
            day[end] = rules.day_of(start) if one_day else -1
            if line.all_slots and last_slot(line, first) - first > 1:
                chains = True
            if single[end] and not one_day:
                chains = True
            end += 1
        # blocks: each pair joins the first block all of whose members it excludes; they share its day and week
        blocks = 0
        for k in range(begin, end):
            for b in range(blocks):
                fits[b] = block_day[b] == day[k] and block_week[b] == week[k]
            for other in range(begin, k):
                b = block[other]
                if fits[b]:
                    fits[b] = _clash(board, order[k], order[other], need[k], need[other], single[k], single[other])
            block[k] = blocks
            for b in range(blocks):
                if fits[b]:
                    block[k] = b
                    break
            if block[k] == blocks:
                block_day[blocks], block_week[blocks], size[blocks] = day[k], week[k], 0
                blocks += 1
            size[block[k]] += 1
        for k in range(begin, end):
            for other in range(begin, k):
                if chains:
                    break
                if block[other] != block[k] and abs(week[other] - week[k]) <= 1:
                    chains = _clash(board, order[k], order[other], need[k], need[other], single[k], single[other])
        for k in range(begin, end):
            if entry[order[k]] >= 0:
                continue
            # the week of this pair, once
            first_node = nodes
            groups = _count(block_week, blocks, week[k])
            monday = week[k] * 7 - 3
            had = rules.tasks_between(person, board.spans, monday, monday + 7)
            kind[nodes], owner[nodes], at_[nodes], load[nodes] = WEEK, row, week[k], had
            nodes += 1
            room = min(int(person.cap_week) - had, groups)
            for unit in range(room):
                links[arcs] = first_node, SINK, 1, 2 * (had + unit) + 1
                arcs += 1
            for m in range(k, end):
                if week[m] != week[k] or entry[order[m]] >= 0:
                    continue
                parent = first_node
                if day[m] >= 0:
                    inside = _count(block_day, blocks, day[m])
                    left = int(person.cap_day) - rules.tasks_between(person, board.spans, day[m], day[m] + 1)
                    if left < inside:
                        parent = nodes
                        kind[nodes], owner[nodes], at_[nodes] = DAY, row, day[m]
                        links[arcs] = nodes, first_node, left, 0
                        nodes += 1
                        arcs += 1
                for n in range(m, end):
                    if week[n] != week[k] or day[n] != day[m] or entry[order[n]] >= 0:
                        continue
                    node = parent
                    if size[block[n]] > 1:
                        node = nodes
                        kind[nodes], owner[nodes] = BLOCK, row
                        at_[nodes] = day[n] if day[n] >= 0 else week[n]
                        links[arcs] = nodes, parent, 1, 0
                        nodes += 1
                        arcs += 1
                    for other in range(n, end):
                        if block[other] == block[n]:
                            entry[order[other]] = node
        begin = end
    by_limit = np.argsort(links[:arcs, 0], kind="mergesort")
    return (
        kind[:nodes].copy(), owner[:nodes].copy(), at_[:nodes].copy(), load[:nodes].copy(), links[:arcs][by_limit],
        entry, chains,
    )  # fmt: skip


@compiled
def _clash(board: Board, first: int, second: int, need: int, other: int, single: bool, alone: bool) -> bool:
    """`clash_always`, the quick answers first."""
    if need == other:
        return True
    return single and alone and clash_always(board, first, second)


@compiled
def _count(values: Array, count: int, value: int) -> int:
    """How many of the first `count` values are `value`."""
    found = 0
    for k in range(count):
        found += values[k] == value
    return found
