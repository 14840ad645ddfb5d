"""A case in parts that have nothing to do with each other, planned apart, and the plan made of theirs.

Two lines belong together when some person may take both, or when they are roles of one need. Parts keep the order of
their rows and the scale of the whole, so their prices are those of the whole as well. How a case falls into parts
depends on the case alone, not on who plans them: whoever does makes the same plan.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from dashboard.core.matching import bottleneck
from dashboard.core.matching.arrays import Array
from dashboard.core.matching.bottleneck import Bottleneck
from dashboard.core.matching.candidates import Pairs
from dashboard.core.matching.case import Case, Group
from dashboard.core.matching.limits import Built
from dashboard.core.matching.lines import Lines
from dashboard.core.matching.live_plan import LivePlan
from dashboard.core.matching.people import People
from dashboard.core.matching.plan import PairId, Plan, Prices, packed, tiers_of
from dashboard.core.matching.problem import SINK, Limits, Problem, Tiers

#: Small parts are put together until they have so many pairs: a part of its own costs some milliseconds.
BUNDLE_PAIRS = 20_000
_PERSON_LISTS = {"skills": ("skill",), "spans": ("free", "busy", "keep")}
_LINE_LISTS = {
    "skills": ("skill", "wish"), "slots": ("slot",), "names": ("preferred", "excluded", "taken", "forbidden"),
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Part:
    """A case of its own, and where its rows stand in the whole."""

    case: Case
    lines: Array  # int64
    people: Array  # int64
    pins: tuple[PairId, ...]


@dataclass(frozen=True, eq=False)
class Answer:
    """The plan of a part, and the bottleneck around each line with empty seats that has one; in the part's rows."""

    plan: Plan
    around: Mapping[int, Bottleneck]


Run = Callable[[Callable[[Part], Answer], Iterable[Part]], Iterable[Answer]]


def plan_in_parts(case: Case, pins: Iterable[PairId] = (), run: Run = map) -> Answer:
    """The plan and its bottlenecks, each part by `run(plan_part, parts)`, which may send them to other machines."""
    parts = parts_of(case, tuple(sorted(set(pins))))
    return _together(case, parts, list(run(plan_part, parts)))


def plan_part(part: Part) -> Answer:
    """The answer for one part."""
    live = LivePlan(part.case, pins=part.pins)
    plan = live.plan
    around: dict[int, Bottleneck] = {}
    for line in plan.unmet.tolist():
        try:
            around[line] = bottleneck.of(live, line)
        except ValueError:  # a crew or a common time is the cause
            continue
    # Made here: what makes it would carry the whole case to the process that asked.
    return Answer(replace(plan, certificate=plan.prices), around)


def parts_of(case: Case, pins: tuple[PairId, ...] = ()) -> list[Part]:
    """The parts, by their first line."""
    label = _labels(case)
    parts = []
    for one in range(int(label.max(initial=-1)) + 1):
        lines = np.flatnonzero(label == one)
        ids = set(case.lines.id[lines].tolist())
        parts.append(_part(case, lines, tuple(pair for pair in pins if pair[0] in ids)))
    return parts


def _labels(case: Case) -> Array:
    """int64[lines]: the part of each line."""
    count = case.lines.count
    _, need = np.unique(case.lines.table.need, return_inverse=True)
    people = count + case.people.count
    tail = np.concatenate([case.board.line, np.arange(count)])
    head = np.concatenate([count + case.board.row, people + need])
    size = people + int(need.max(initial=-1)) + 1
    graph = coo_matrix((np.ones(len(tail), dtype=np.int8), (tail, head)), shape=(size, size))
    label = connected_components(graph, directed=False)[1][:count]
    _, first, label = np.unique(label, return_index=True, return_inverse=True)
    weight = np.bincount(label[case.board.line], minlength=len(first))
    bundle = np.zeros(len(first), dtype=np.int64)
    number, filled = 0, 0
    for one in np.argsort(first, kind="stable").tolist():
        if weight[one] >= BUNDLE_PAIRS:
            continue
        if filled >= BUNDLE_PAIRS:
            number, filled = number + 1, 0
        bundle[one] = number
        filled += int(weight[one])
    large = np.flatnonzero(weight >= BUNDLE_PAIRS)
    bundle[large] = number + 1 + np.arange(len(large))
    _, first, label = np.unique(bundle[label], return_index=True, return_inverse=True)
    return np.argsort(np.argsort(first, kind="stable"), kind="stable")[label]


def _part(case: Case, lines: Array, pins: tuple[PairId, ...]) -> Part:
    mine = np.zeros(case.lines.count, dtype=bool)
    mine[lines] = True
    pairs = np.flatnonzero(mine[case.board.line])
    pinned = case.people.rows([person for _, person in pins])
    people = np.union1d(case.board.row[pairs], pinned)
    own_lines, own_people = _lines_at(case.lines, lines), _people_at(case.people, people)
    own = _pairs_at(case, own_lines, lines, people, pairs)
    built, problem = _flow_at(case, lines, people, pairs)
    board = case.board._replace(
        people=own_people.table, spans=own_people.spans, lines=own_lines.table, slots=own_lines.slots,
        line=own.line, row=own.row, option_ptr=own.option_ptr, options=own.options,
    )  # fmt: skip
    groups = tuple(replace(group, lines=np.searchsorted(lines, group.lines)) for group in _groups_of(case, mine))
    part = replace(
        case, people=own_people, lines=own_lines, pairs=own, board=board, built=built, problem=problem, groups=groups
    )
    return Part(part, lines, people, pins)


def _groups_of(case: Case, mine: Array) -> Iterable[Group]:
    return (group for group in case.groups if mine[group.lines[0]])


def _picked(table: Any, rows: Array, pools: Mapping[str, Any], lists: Mapping[str, tuple[str, ...]]) -> Any:
    """(records at `rows`, pools with their lists only)."""
    chosen = np.array(table[rows]).view(np.recarray)
    found = {}
    for name, kinds in lists.items():
        begins = np.stack([chosen[f"{kind}_from"] for kind in kinds], axis=1)
        lengths = np.stack([chosen[f"{kind}_to"] for kind in kinds], axis=1) - begins
        starts = (np.cumsum(lengths) - lengths.ravel()).reshape(lengths.shape)
        index = np.repeat((begins - starts).ravel(), lengths.ravel()) + np.arange(int(lengths.sum()))
        found[name] = pools[name][index]
        for at, kind in enumerate(kinds):
            chosen[f"{kind}_from"], chosen[f"{kind}_to"] = starts[:, at], starts[:, at] + lengths[:, at]
    return chosen, found


def _people_at(people: People, rows: Array) -> People:
    table, pools = _picked(people.table, rows, vars(people), _PERSON_LISTS)
    return People(table, pools["skills"], pools["spans"], people.skill_count)


def _lines_at(lines: Lines, rows: Array) -> Lines:
    table, pools = _picked(lines.table, rows, vars(lines), _LINE_LISTS)
    return Lines(table, pools["skills"], pools["slots"], pools["names"])


def _pairs_at(case: Case, own: Lines, lines: Array, people: Array, pairs: Array) -> Pairs:
    board = case.board
    line = np.searchsorted(lines, board.line[pairs])
    sizes = np.diff(board.option_ptr)[pairs]
    ptr = np.concatenate([[0], np.cumsum(sizes)])
    index = np.repeat(board.option_ptr[pairs] - ptr[:-1], sizes) + np.arange(ptr[-1])
    moved = (own.table.slot_from - case.lines.table.slot_from[lines])[line]
    options = (board.options[index] + np.repeat(moved, sizes)).astype(board.options.dtype)
    bounds = np.searchsorted(line, np.arange(len(lines) + 1))
    return Pairs(bounds, np.searchsorted(people, board.row[pairs]), case.pairs.score[pairs], ptr, options)


def _flow_at(case: Case, lines: Array, people: Array, pairs: Array) -> tuple[Built, Problem]:
    built, whole = case.built, case.problem
    rows = _with_above(built.limits, np.unique(built.entry[pairs]))
    new = np.full(built.limits.count + 1, SINK, dtype=np.int64)  # the last: SINK
    new[rows] = np.arange(len(rows))

    def forest(limits: Limits) -> Limits:
        links = np.flatnonzero(new[limits.link_from] != SINK)
        columns = limits.link_cap[links], limits.link_cost[links]
        return Limits(len(rows), new[limits.link_from[links]], new[limits.link_to[links]], *columns)

    entry = new[built.entry[pairs]]
    owner = np.searchsorted(people, built.owner[rows])
    own = replace(
        built, limits=forest(built.limits), entry=entry, kind=built.kind[rows], owner=owner, at=built.at[rows],
        load=built.load[rows],
    )  # fmt: skip
    ptr = np.concatenate([[0], np.cumsum(np.diff(whole.ptr)[lines])])
    problem = Problem(whole.seats[lines], whole.unmet[lines], ptr, entry, whole.cost[pairs], forest(whole.limits))
    return own, problem


def _with_above(limits: Limits, rows: Array) -> Array:
    """These limits and all above them, ascending."""
    found = at = rows
    while len(at):
        at = limits.above[at]
        at = np.unique(at[at != SINK])
        found = np.union1d(found, at)
    return found


def _together(case: Case, parts: list[Part], answers: list[Answer]) -> Answer:
    """One plan out of those of the parts, in the rows of the whole."""
    plans = [answer.plan for answer in answers]
    line = _joined([part.lines[plan.line] for part, plan in zip(parts, plans, strict=True)])
    person = _joined([part.people[plan.person] for part, plan in zip(parts, plans, strict=True)])
    order = np.lexsort((person, line))
    columns = {
        name: _joined([getattr(plan, name) for plan in plans])[order]
        for name in ("line_id", "person_id", "start", "end", "score", "pinned")
    }
    slot = _joined([
        plan.slot + (case.lines.table.slot_from[part.lines] - part.case.lines.table.slot_from)[plan.line]
        for part, plan in zip(parts, plans, strict=True)
    ])  # fmt: skip
    line, person = line[order], person[order]
    keys = case.board.line * max(1, case.people.count) + case.board.row
    chosen = np.searchsorted(keys, line * max(1, case.people.count) + person)
    empty = case.lines.table.seats.astype(np.int64) - np.bincount(line, minlength=case.lines.count)
    tiers = tiers_of(case, chosen)
    plan = Plan(
        line=line, person=person, slot=slot[order], empty=empty, tiers=tiers, **columns,
        greedy=_sum_of([plan.greedy for plan in plans]),
        objective=packed(case, tiers),
        bound=sum(plan.bound for plan in plans),
        kinds=case.kinds,
        timed_needs=tuple(sorted(need for plan in plans for need in plan.timed_needs)),
        short_crews=tuple(sorted(need for plan in plans for need in plan.short_crews)),
        refused=tuple(sorted((pin for plan in plans for pin in plan.refused), key=lambda p: (p.line_id, p.person_id))),
        certificate=_prices(case, parts, [plan.prices for plan in plans]),
    )  # fmt: skip
    around = {
        int(part.lines[at]): replace(found, lines=part.lines[found.lines], people=part.people[found.people])
        for part, answer in zip(parts, answers, strict=True)
        for at, found in answer.around.items()
    }
    return Answer(plan, around)


def _joined(columns: list[Array]) -> Array:
    return np.concatenate(columns) if columns else np.zeros(0, dtype=np.int64)


def _sum_of(tiers: list[Tiers]) -> Tiers:
    unmet = tuple(map(sum, zip(*(one.unmet for one in tiers), strict=True))) if tiers else (0, 0, 0)
    sums = {name: sum(getattr(one, name) for one in tiers) for name in ("displaced", "spread", "lost")}
    return Tiers(unmet, largest=max((one.largest for one in tiers), default=0), **sums)


def _prices(case: Case, parts: list[Part], prices: list[Prices]) -> Prices:
    line = np.zeros(case.lines.count, dtype=np.int64)
    for part, own in zip(parts, prices, strict=True):
        line[part.lines] = own.line
    person = _joined([part.people[own.person] for part, own in zip(parts, prices, strict=True)])
    order = np.argsort(person, kind="stable")
    kind, at, price = (_joined([getattr(own, name) for own in prices])[order] for name in ("kind", "at", "price"))
    blocks = [
        part.lines[own.block_lines[begin:end]]
        for part, own in zip(parts, prices, strict=True)
        for begin, end in zip(own.block_ptr[:-1], own.block_ptr[1:], strict=True)
    ]
    blocks = [blocks[k] for k in order.tolist()]
    ptr = np.cumsum([0, *map(len, blocks)])
    return Prices(line, person[order], kind, at, price, ptr, _joined(blocks))
