"""Who may take a need and who best: one need's ranking, all needs' pairs, and what removed the others.

Ties are broken by a stated rule: the higher score, then the nearer home in metres, then the smaller id.
"""

from dataclasses import dataclass, replace

import numpy as np

from dashboard.core.matching import screen
from dashboard.core.matching.arrays import Array
from dashboard.core.matching.lines import Lines
from dashboard.core.matching.people import People
from dashboard.core.matching.policy import DEFAULT, HARD, TERMS, Policy


@dataclass(frozen=True, eq=False)
class Ranking:
    """The best k volunteers of one line, best first. Rows are rows of People; minutes those of `spans`."""

    row: Array  # int64[k]
    id: Array  # int64[k] volunteers' ids
    score: Array  # int64[k] = points @ weights
    metres: Array  # int64[k] from home
    start: Array  # int64[k] first minute of the service
    end: Array  # int64[k]
    measures: Array  # int64[k, terms] in each term's unit, -1 unknown
    points: Array  # int64[k, terms] 0 .. 100
    weights: Array  # int64[terms]
    eligible: int  # how many may take it in all


@dataclass(frozen=True, eq=False)
class Pairs:
    """Everybody who may take each line: CSR over the rows of Lines, volunteers' rows ascending within a line."""

    ptr: Array  # int64[lines + 1]
    row: Array  # int64[pairs] rows of People
    slot: Array  # int64[pairs] positions in Lines.slot_start
    score: Array  # int64[pairs]

    @property
    def line(self) -> Array:
        """int64[pairs]: the row of Lines of each pair."""
        return np.repeat(np.arange(len(self.ptr) - 1), np.diff(self.ptr))


def ranked(people: People, lines: Lines, line: int, policy: Policy = DEFAULT, limit: int = 20) -> Ranking:
    """The best `limit` volunteers for the line at row `line`."""
    record, lists = lines.table[line], screen.pools(people, lines, policy)
    table = np.empty((limit, 4), dtype=np.int64)
    filled, eligible = screen.top(people.table, record, lists, _within_reach(people, lines, line), table)
    row, slot, score, metres = (np.ascontiguousarray(column) for column in table[:filled].T)
    measures, points = measured(people, lines, line, row, slot, policy)
    start, end = service_minutes(lines, np.full(len(slot), line), slot)
    ids = people.id[row]
    return Ranking(row, ids, score, metres, start, end, measures, points, policy.weight_array, eligible)


def _within_reach(people: People, lines: Lines, line: int) -> Array:
    """Rows of People among which everybody is who may take the line."""
    ptr, row, lat, reach = people.shelves
    begin, end = screen.shelf_part(lines.table[line], lines.skills, ptr, lat, reach)
    return row[begin:end]


def measured(
    people: People, lines: Lines, line: int, row: Array, slot: Array, policy: Policy = DEFAULT
) -> tuple[Array, Array]:
    """(measures, points), int64[k, terms] each, of k volunteers for one line at given slots."""
    measures, points = np.empty((2, len(row), len(TERMS)), dtype=np.int64)
    screen.measure(people.table, lines.table[line], screen.pools(people, lines, policy), row, slot, measures, points)
    return measures, points


def service_minutes(lines: Lines, line: Array, slot: Array) -> tuple[Array, Array]:
    """First and last minute (half-open) of the service in a slot; from the first to the last where all must be."""
    table = lines.table[line]
    last = np.where(table["all_slots"], table["slot_to"] - 1, slot)
    return lines.slots["start"][slot].astype(np.int64), lines.slots["end"][last].astype(np.int64)


def eligible_pairs(people: People, lines: Lines, policy: Policy = DEFAULT) -> Pairs:
    """Every pair that breaks no rule, with its score and its earliest possible slot."""
    lists = screen.pools(people, lines, policy)
    counts, found = screen.eligible_pairs(people.table, lines.table, lists, *people.shelves)
    line = np.repeat(np.arange(lines.count), counts)
    row, slot, score = found[:, np.argsort(line * max(1, people.count) + found[0], kind="stable")]
    return Pairs(np.concatenate([[0], np.cumsum(counts)]), row, slot, score)


def removed_by(people: People, lines: Lines, line: int, policy: Policy = DEFAULT) -> dict[str, int]:
    """How many volunteers each rule removed, each counted at the first rule that fails; "eligible" for the rest.

    The counts add up to everybody. Rules that removed nobody are left out.
    """
    counts = np.zeros(len(HARD) + 1, dtype=np.int64)
    screen.removed(people.table, lines.table[line], screen.pools(people, lines, policy), counts)
    names = [*(rule.name for rule in HARD), "eligible"]
    return {name: int(count) for name, count in zip(names, counts, strict=True) if count}


def with_common_times(people: People, lines: Lines, policy: Policy = DEFAULT) -> tuple[Lines, Array]:
    """Lines in which everybody of a need comes at one time, and the needs whose time had to be chosen (sorted ids).

    A need for several people with several possible times gets the time at which the most seats can be filled, then the
    one with the most eligible people, then the earliest, before anything is solved: the plan is exact for these times,
    and whether another common time would serve better is not examined. Raises ValueError when the roles of a need
    differ in their times.
    """
    table = lines.table
    slots = table.slot_to - table.slot_from
    needs, group = np.unique(table.need, return_inverse=True)
    crowd = np.bincount(group, weights=table.seats)[group] > 1
    rows = np.flatnonzero(crowd & (slots > 1) & ~table.all_slots)
    rows = rows[np.argsort(group[rows], kind="stable")]
    chosen = np.array(table.copy()).view(np.recarray)
    for members in np.split(rows, np.flatnonzero(np.diff(group[rows])) + 1) if len(rows) else []:
        best = _common_time(people, lines, members, policy)
        chosen.slot_from[members] += best
        chosen.slot_to[members] = chosen.slot_from[members] + 1
    return replace(lines, table=chosen), needs[np.unique(group[rows])]


def _common_time(people: People, lines: Lines, rows: Array, policy: Policy) -> int:
    """Position of the time at which the needs' roles at `rows` meet."""
    parts = [lines.slots[line.slot_from : line.slot_to] for line in lines.table[rows]]
    if any(not np.array_equal(part, parts[0]) for part in parts):
        raise ValueError(f"the roles of need {lines.table.need[rows[0]]} differ in their times")
    filled, able = np.zeros((2, len(parts[0])), dtype=np.int64)
    for row in rows:
        counts = np.zeros_like(filled)
        record, lists = lines.table[row], screen.pools(people, lines, policy)
        screen.slot_counts(people.table, record, lists, _within_reach(people, lines, row), counts)
        filled += np.minimum(counts, record.seats)
        able += counts
    return int(np.lexsort((np.arange(len(filled)), -able, -filled))[0])
