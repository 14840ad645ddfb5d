"""Which pins of a draft can be kept: those that break no rule and don't exclude each other."""

from collections.abc import Collection, Iterable

import numpy as np

from dashboard.core.matching import screen, times
from dashboard.core.matching.arrays import Array
from dashboard.core.matching.case import Case, Group
from dashboard.core.matching.plan import PairId, RefusedPin
from dashboard.core.matching.policy import HARD


def row_of(case: Case, person: int) -> int:
    """Row of a volunteer's id, -1 when she is unknown."""
    ids = case.people.id
    at = int(np.searchsorted(ids, person))
    return at if at < len(ids) and ids[at] == person else -1


def position_of(case: Case, line_id: int, person_id: int) -> int:
    """Position of a pair of ids, -1 when it is not eligible or unknown."""
    ids, row = case.lines.id, row_of(case, person_id)
    line = int(np.searchsorted(ids, line_id))
    if row < 0 or line == len(ids) or ids[line] != line_id:
        return -1
    return case.pairs.position(line, row)


def pairs_of_person(case: Case, person: int) -> Array:
    """Positions of all pairs of a volunteer's id."""
    row = row_of(case, person)
    return np.flatnonzero(case.board.row == row) if row >= 0 else np.zeros(0, dtype=np.int64)


def accepted(
    case: Case, pins: Iterable[PairId], forbids: Collection[PairId], away: Collection[int]
) -> tuple[Array, list[RefusedPin]]:
    """Positions of the pins that can be kept, tried in the order of their ids, and the others with their reasons."""
    kept: list[int] = []
    refused: list[RefusedPin] = []
    left = case.problem.seats.copy()
    for pair in sorted(pins):
        at = position_of(case, *pair)
        dropped = pair in forbids or pair[1] in away
        reason = "dropped" if dropped else _refusal(case, *pair, at, left, kept)
        if reason:
            refused.append(RefusedPin(*pair, reason))
        else:
            kept.append(at)
            left[case.board.line[at]] -= 1
    return np.array(sorted(kept), dtype=np.int64), refused


def _refusal(case: Case, line_id: int, person_id: int, at: int, left: Array, kept: list[int]) -> str:
    """Why a pin can't be kept; empty when it can."""
    if line_id not in case.lines.id or person_id not in case.people.id:
        return "unknown"
    line = int(case.lines.rows([line_id])[0])
    if at < 0:
        lists = screen.pools(case.people, case.lines, case.policy)
        person = case.people.table[row_of(case, person_id)]
        judged = int(screen.judge(person, case.lines.table[line], lists)[0])
        return HARD[judged].name if judged < len(HARD) else "full"
    if left[line] <= 0:
        return "full"
    group = int(case.group_of[line])
    if group >= 0 and case.groups[group].hopeless:
        return "crew"
    if group >= 0 and case.groups[group].timed and not len(common_times(case, [*kept, at], case.groups[group])):
        return "apart"
    hers = [pair for pair in kept if case.board.row[pair] == case.board.row[at]]
    return "" if fits(case, [*hers, at], np.full(case.lines.count, -1, dtype=np.int64)) else "twice"


def fits(case: Case, pairs: list[int], only: Array) -> bool:
    """Can one person do all these pairs of hers? `only` as in `times.schedule`."""
    tasks = np.array(pairs, dtype=np.int64)
    return bool(times.schedule(case.board, tasks, only, np.zeros(len(tasks), dtype=np.int64)))


def common_times(case: Case, pairs: Iterable[int], group: Group) -> Array:
    """The places among a need's times at which all of these pairs that belong to it can be."""
    board, table = case.board, case.lines.table
    found: Array | None = None
    for pair in pairs:
        line = int(board.line[pair])
        if line not in group.lines:
            continue
        own = board.options[board.option_ptr[pair] : board.option_ptr[pair + 1]] - table.slot_from[line]
        found = own if found is None else np.intersect1d(found, own)
    first = table[group.lines[0]]
    return np.arange(int(first.slot_to - first.slot_from)) if found is None else found
