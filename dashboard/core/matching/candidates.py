"""Who may take a need and who best: one need's ranking, all needs' pairs, and what removed the others.

Ties are broken by a stated rule: the higher score, then the nearer home in metres, then the smaller id. Whom an
agreement sends, the keeper of a household or of a series, is not ranked: she is offered the need first.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import cpu_count

import numpy as np

from dashboard.core.matching import screen
from dashboard.core.matching.arrays import Array
from dashboard.core.matching.compiled import compiled_maker
from dashboard.core.matching.lines import Lines
from dashboard.core.matching.people import People
from dashboard.core.matching.policy import DEFAULT, HARD, TERMS, Policy
from dashboard.core.matching.watch import Watch, watched

#: Lines that one thread screens at a stretch.
_STRETCH = 64


@dataclass(frozen=True, eq=False)
class Ranking:
    """The best k volunteers of one line, best first, after whom was promised. Rows are rows of People; minutes those of
    `spans`."""

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
    """Everybody who may take each line: CSR over the rows of Lines, volunteers' rows ascending within a line.

    `options` of a pair, options[option_ptr[p]:option_ptr[p + 1]], are the slots at which she may serve, earliest first,
    all in the first week in which she may. Where all slots must be served the first stands for all.
    """

    ptr: Array  # int64[lines + 1]
    row: Array  # int64[pairs] rows of People
    score: Array  # int64[pairs] at the first option
    option_ptr: Array  # int64[pairs + 1]
    options: Array  # int32: positions in Lines.slots

    @property
    def line(self) -> Array:
        """int64[pairs]: the row of Lines of each pair."""
        return np.repeat(np.arange(len(self.ptr) - 1), np.diff(self.ptr))

    @property
    def slot(self) -> Array:
        """int64[pairs]: the first slot at which she may."""
        return self.options[self.option_ptr[:-1]].astype(np.int64)

    def position(self, line: int, row: int) -> int:
        """Position of the pair of these rows, -1 when she may not."""
        begin, end = self.ptr[line], self.ptr[line + 1]
        at = int(begin + np.searchsorted(self.row[begin:end], row))
        return at if at < end and self.row[at] == row else -1


def ranked(
    people: People,
    lines: Lines,
    line: int,
    policy: Policy = DEFAULT,
    limit: int = 20,
    among: Array | None = None,
    promised: Sequence[int] = (),
) -> Ranking:
    """The best `limit` volunteers for the line at row `line`; with `among` only of those rows of People. `promised`:
    ids of volunteers an agreement sends, the first before the second; the first of them who may take it stands before
    everybody."""
    record, lists = lines.table[line], screen.pools(people, lines, policy)
    table = np.empty((limit, 4), dtype=np.int64)
    who = _within_reach(people, lines, line)
    if among is not None:
        who = who[np.isin(who, among)]
    filled, eligible = screen.top(people.table, record, lists, who, table)
    table = table[:filled]
    ahead = np.empty((min(limit, 1), 4), dtype=np.int64)
    for row in people.rows([one for one in promised if one in people.id]):
        if (among is None or row in among) and screen.top(people.table, record, lists, np.array([row]), ahead)[0]:
            table = np.concatenate([ahead, table[table[:, 0] != row]])[:limit]
            break
    row, slot, score, metres = (np.ascontiguousarray(column) for column in table.T)
    measures, points = measured(people, lines, line, row, slot, policy)
    start, end = service_minutes(lines, np.full(len(slot), line), slot)
    ids = people.id[row]
    return Ranking(row, ids, score, metres, start, end, measures, points, policy.weight_array, eligible)


def _within_reach(people: People, lines: Lines, line: int) -> Array:
    """Rows of People among which everybody is who may take the line."""
    ptr, row, lat, reach = people.shelves[:4]
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


def eligible_pairs(people: People, lines: Lines, policy: Policy = DEFAULT, watch: Watch | None = None) -> Pairs:
    """Every pair that breaks no rule, with its score and possible slots. Raises Stopped when `watch` says so."""
    lists, seen, shelves = screen.pools(people, lines, policy), watched(watch), tuple(people.shelves)
    seen.begin("candidates", lines.count)

    def part(begin: int) -> tuple[Array, Array, Array, Array]:
        end = min(begin + _STRETCH, lines.count)
        found = screen.eligible_pairs(people.table, lines.table, lists, seen.state, shelves, begin, end)
        return _by_row(max(1, people.count), *found)

    starts = range(0, lines.count, _STRETCH)
    with ThreadPoolExecutor(cpu_count() or 1) as threads:
        parts = list(threads.map(part, starts))
    seen.look()
    if not parts:
        none = np.zeros(0, dtype=np.int64)
        return Pairs(np.zeros(1, dtype=np.int64), none, none, np.zeros(1, dtype=np.int64), none.astype(np.int32))
    counts, found, options, open_ = zip(*parts, strict=True)
    row, score = np.concatenate(found, axis=1)
    return Pairs(_bounds(np.concatenate(counts)), row, score, _bounds(np.concatenate(options)), np.concatenate(open_))


def _bounds(counts: Array) -> Array:
    """CSR bounds of lists of these lengths, int64."""
    return np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])


@compiled_maker
def _by_row(
    people: int, counts: Array, found: Array, options: Array, open_: Array
) -> tuple[Array, Array, Array, Array]:
    """The same pairs, each line's by ascending row, with their options."""
    line = np.repeat(np.arange(len(counts)), counts)
    order = np.argsort(line * people + found[0])
    since = np.zeros(len(options) + 1, dtype=np.int64)
    for p in range(len(options)):
        since[p + 1] = since[p] + options[p]
    pairs, lengths, slots = np.empty_like(found), np.empty_like(options), np.empty_like(open_)
    at = 0
    for p in range(len(order)):
        q = order[p]
        pairs[0, p], pairs[1, p], lengths[p] = found[0, q], found[1, q], options[q]
        for k in range(since[q], since[q + 1]):
            slots[at] = open_[k]
            at += 1
    return counts, pairs, lengths, slots


def removed_by(people: People, lines: Lines, line: int, policy: Policy = DEFAULT) -> dict[str, int]:
    """How many volunteers each rule removed, each counted at the first rule that fails; "eligible" for the rest.

    The counts add up to everybody. Rules that removed nobody are left out.
    """
    counts = np.zeros(len(HARD) + 1, dtype=np.int64)
    screen.removed(people.table, lines.table[line], screen.pools(people, lines, policy), counts)
    names = [*(rule.name for rule in HARD), "eligible"]
    return {name: int(count) for name, count in zip(names, counts, strict=True) if count}
