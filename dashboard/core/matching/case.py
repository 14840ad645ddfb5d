"""What is to be matched, who may take what, and the flow that says it in integers. Made once for a choice of needs."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dashboard.core.matching import candidates, limits
from dashboard.core.matching.arrays import Array
from dashboard.core.matching.candidates import Pairs
from dashboard.core.matching.limits import WEEK, Built
from dashboard.core.matching.lines import Lines
from dashboard.core.matching.people import People
from dashboard.core.matching.policy import DEFAULT, Policy
from dashboard.core.matching.problem import Limits, Problem, Scale, scale_of
from dashboard.core.matching.times import Board
from dashboard.core.matching.watch import Watch, watched


@dataclass(frozen=True, eq=False)
class Group:
    """The roles of one need that several people serve together."""

    need: int  # the need's id
    lines: Array  # int64 rows of its lines with open seats
    crew: bool  # all of its roles get their least, or nobody comes
    timed: bool  # it has several possible times, and everybody must come at one of them
    hopeless: bool  # a crew that could not be filled even with everybody to itself


@dataclass(frozen=True, eq=False)
class Case:
    """Stays as it is while pins and forbidden pairs change."""

    people: People
    lines: Lines
    policy: Policy
    pairs: Pairs
    board: Board
    built: Built
    scale: Scale
    problem: Problem
    groups: tuple[Group, ...]

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """What makes the case harder than a flow: "crew", "windows", "chain"; nothing for a plain one."""
        found = {
            "crew": any(group.crew for group in self.groups),
            "windows": self.built.windows,
            "chain": self.built.chains,
        }
        return tuple(name for name, here in found.items() if here)

    @cached_property
    def group_of(self) -> Array:
        """int64[lines]: the position of each line's group, -1 for none."""
        found = np.full(self.lines.count, -1, dtype=np.int64)
        for at, group in enumerate(self.groups):
            found[group.lines] = at
        return found

    @cached_property
    def hopeless_pairs(self) -> Array:
        """int64: positions of the pairs of crews that can't be filled."""
        lines = [group.lines for group in self.groups if group.hopeless]
        return pairs_of(self, np.concatenate(lines)) if lines else np.zeros(0, dtype=np.int64)


def prepare(people: People, lines: Lines, policy: Policy = DEFAULT, watch: Watch | None = None) -> Case:
    """Finds every eligible pair and lays out the flow. Raises ValueError when the roles of a need differ in their
    times, OverflowError when the numbers don't fit, Stopped when `watch` says so."""
    pairs = candidates.eligible_pairs(people, lines, policy, watch)
    watched(watch).begin("limits")
    board = Board(
        people.table, people.spans, lines.table, lines.slots, pairs.line, pairs.row, pairs.option_ptr, pairs.options,
        policy.settings,
    )  # fmt: skip
    built = limits.build(board)
    scale, problem = _problem(people, lines, policy, pairs, built)
    return Case(people, lines, policy, pairs, board, built, scale, problem, _groups(lines, pairs))


def _problem(people: People, lines: Lines, policy: Policy, pairs: Pairs, built: Built) -> tuple[Scale, Problem]:
    table, top, chain = lines.table, policy.top_score, built.limits
    seats = table.seats.astype(np.int64)
    held = table.holder != 0
    scale = scale_of(int(seats.sum()), top, _largest_rise(people, built), int(held.sum()))
    unmet = scale.unmet(table.urgency) + held * scale.displaced
    taken_from_her = held[pairs.line] & (people.id[pairs.row] != table.holder[pairs.line])
    cost = top - pairs.score + taken_from_her * scale.displaced
    priced = Limits(chain.count, chain.link_from, chain.link_to, chain.link_cap, chain.link_cost * scale.load)
    return scale, Problem(seats, unmet, pairs.ptr, built.entry, cost, priced)


def _largest_rise(people: People, built: Built) -> int:
    """More than one more task can add to a sum of squares: twice the most tasks anybody could have in a week."""
    pairs = np.bincount(built.week_of_pairs, minlength=built.limits.count)
    left = people.table.cap_week[built.owner].astype(np.int64) - built.load
    return int((2 * (built.load + np.minimum(left, pairs)))[built.kind == WEEK].max(initial=0))


def pairs_of(case: Case, lines: Array) -> Array:
    """int64: positions of all pairs of some lines (rows)."""
    ptr = case.pairs.ptr
    return np.concatenate([np.arange(ptr[j], ptr[j + 1]) for j in lines]) if len(lines) else np.zeros(0, dtype=np.int64)


def _groups(lines: Lines, pairs: Pairs) -> tuple[Group, ...]:
    table = lines.table
    need, seats, every = table["need"], table["seats"], table["all_slots"]
    slots = table["slot_to"] - table["slot_from"]
    _, member = np.unique(need, return_inverse=True)
    together = (seats > 0) & (np.bincount(member, seats)[member] > 1)
    rows = np.flatnonzero(together)
    rows = rows[np.argsort(need[rows], kind="stable")]
    free = ~every & (slots > 1)
    found = []
    for part in np.split(rows, np.flatnonzero(np.diff(need[rows])) + 1) if len(rows) else []:
        timed = bool(free[part].any())
        if timed and len(part) > 1:
            _require_same_times(lines, part)
        crew = bool(table["whole"][part].any())
        hopeless = crew and _hopeless(lines, pairs, part, timed)
        found.append(Group(int(need[part[0]]), part, crew, timed, hopeless))
    return tuple(found)


def _require_same_times(lines: Lines, rows: Array) -> None:
    parts = [lines.slots[line.slot_from : line.slot_to] for line in lines.table[rows]]
    if any(not np.array_equal(part, parts[0]) for part in parts):
        raise ValueError(f"the roles of need {lines.table.need[rows[0]]} differ in their times")


def able_at(lines: Lines, pairs: Pairs, line: int) -> Array:
    """int64[slots of the line]: how many may serve at each of its slots; one number where all must be served."""
    record = lines.table[line]
    begin, end = pairs.ptr[line], pairs.ptr[line + 1]
    if record.all_slots:
        return np.array([end - begin])
    options = pairs.options[pairs.option_ptr[begin] : pairs.option_ptr[end]]
    return np.bincount(options - record.slot_from, minlength=int(record.slot_to - record.slot_from))


def _hopeless(lines: Lines, pairs: Pairs, rows: Array, timed: bool) -> bool:
    """Is there no time at which every role has enough people, even with everybody to themselves?"""
    enough = [able_at(lines, pairs, int(line)) >= lines.table.least[line] for line in rows]
    if not timed:
        return not all(bool(there.any()) for there in enough)
    return not np.logical_and.reduce(enough).any()
