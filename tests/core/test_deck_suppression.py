"""Nobody reckons a hidden count from all that a deck shows: an attacker who knows how every number was counted tries.

The decks are cut from one set of records. The attacker's unknowns are how many records there are of each town, category,
month and outcome; every number on the deck is a sum of them. Nothing of how counts are linked or hidden is used here.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from scipy.optimize import linprog

from dashboard.core.frame_suppression import HIDDEN, Shown, hide_deck
from dashboard.core.frames import Frame, Scalar

TOWNS = ("都濡街道", "丰乐镇", "石朝乡", "大坪街道", "黄都镇")
CATEGORIES = ("助餐", "理发", "陪伴", "维修")
MONTHS = ("2026-09", "2026-10", "2026-11")
LIMIT = 5
#: Of town, category, month, and whether it was closed.
ATOMS = [(t, c, m, done) for t in TOWNS for c in CATEGORIES for m in MONTHS for done in (True, False)]


@dataclass(frozen=True)
class Cut:
    """A table: its frame, and of each number the records it counts (by row and column; -1 of what is subtracted)."""

    frame: Frame
    counts: Mapping[tuple[int, int], "np.ndarray"]


def records(chance: random.Random) -> "np.ndarray":
    """How many there are of each."""
    busy = {one: chance.choice((0.3, 0.8, 1.5, 3.0)) for one in (*TOWNS, *CATEGORIES, *MONTHS)}
    return np.asarray(
        [
            sum(chance.random() < 0.15 * busy[t] * busy[c] * busy[m] / 2 for _ in range(6))
            if chance.random() < 0.7
            else 0
            for t, c, m, _ in ATOMS
        ]
    )


def counting(wanted: Callable[[tuple[str, str, str, bool]], bool]) -> "np.ndarray":
    return np.asarray([1.0 if wanted(atom) else 0.0 for atom in ATOMS])


def cut(
    chance: random.Random,
    many: "np.ndarray",
    labels: Sequence[tuple[str, ...]],
    columns: Sequence[tuple[str, Callable[[tuple[str, ...]], "np.ndarray"]]],
    names: Sequence[str],
) -> Cut:
    """A table of these rows, in any order, with some columns of counts."""
    order = list(labels)
    chance.shuffle(order)
    counts = {(i, len(names) + j): of(label) for i, label in enumerate(order) for j, (_, of) in enumerate(columns)}
    rows: list[tuple[Scalar, ...]] = [
        (*label, *(int(counts[i, len(names) + j] @ many) for j in range(len(columns)))) for i, label in enumerate(order)
    ]
    return Cut(Frame((*names, *(name for name, _ in columns)), tuple(rows)), counts)


def within(label: Sequence[str], done: bool = False) -> "np.ndarray":
    return counting(lambda atom: all(one in atom for one in label) and (atom[3] or not done))


def tables(chance: random.Random, many: "np.ndarray") -> dict[str, Callable[[], Cut]]:
    """Every kind of table that a deck may show of these records."""
    orders = ("需求", within)
    some = chance.sample(TOWNS, 3)
    pairs = [(t, c) for t in TOWNS for c in CATEGORIES]

    def one_of(dimension: Sequence[str], name: str, *columns: tuple[str, Callable[..., "np.ndarray"]]) -> Cut:
        return cut(chance, many, [(one,) for one in dimension], columns, [name])

    def pivot(dimension: Sequence[str], name: str, across: Sequence[str], total: bool = False) -> Cut:
        columns = [(one, lambda label, one=one: within((*label, one))) for one in across]
        return one_of(dimension, name, *columns, *([("合计", within)] if total else []))

    def month(at: int) -> Callable[..., "np.ndarray"]:
        return lambda label: within((*label, MONTHS[at]))

    change = ("增减", lambda label: month(2)(label) - month(1)(label))
    return {
        "towns": lambda: one_of(TOWNS, "乡镇", orders),
        "towns, another name": lambda: one_of(TOWNS, "所在乡镇", ("件数", within)),
        "towns, some": lambda: one_of(some, "乡镇", orders),
        "towns, closed too": lambda: one_of(TOWNS, "乡镇", orders, ("办结", lambda label: within(label, done=True))),
        "categories": lambda: one_of(CATEGORIES, "类别", orders),
        "months": lambda: one_of(MONTHS, "月份", orders, ("办结", lambda label: within(label, done=True))),
        "towns and categories": lambda: cut(chance, many, pairs, [orders], ["乡镇", "类别"]),
        "towns by category": lambda: pivot(TOWNS, "乡镇", CATEGORIES),
        "towns by category, with totals": lambda: pivot(TOWNS, "乡镇", CATEGORIES, total=True),
        "categories by month": lambda: pivot(CATEGORIES, "类别", MONTHS),
        "two months": lambda: one_of(TOWNS, "乡镇", ("本月", month(2)), ("上月", month(1)), change),
        "this month": lambda: one_of(TOWNS, "乡镇", ("本月", month(2))),
        "last month": lambda: one_of(TOWNS, "乡镇", ("上月", month(1))),
        "this month and the change": lambda: one_of(TOWNS, "乡镇", ("本月", month(2)), change),
        "the whole": lambda: cut(
            chance, many, [()], [("全部需求", within), ("全部办结", lambda label: within(label, done=True))], []
        ),
    }


def a_deck(seed: int) -> tuple["np.ndarray", dict[str, Cut]]:
    chance = random.Random(seed)
    many = records(chance)
    kinds = tables(chance, many)
    chosen = chance.sample(sorted(kinds), chance.randint(2, 5))
    return many, {name: kinds[name]() for name in chosen}


def reckoned(many: "np.ndarray", deck: Mapping[str, Cut], seen: Mapping[str, Frame]) -> list[tuple[str, int, int]]:
    """The hidden counts that can be only one number, by all numbers that are shown together."""
    shown, bounds, secret = [], [], []
    for name, one in deck.items():
        frame = seen[name]
        hidden = [(at, of) for at, of in one.counts.items() if frame.rows[at[0]][at[1]] is HIDDEN]
        shown += [of for at, of in one.counts.items() if frame.rows[at[0]][at[1]] is not HIDDEN]
        # What is below zero is no count.
        whole = [(at, of) for at, of in hidden if (of >= 0).all()]
        # A zero is hidden for the others' sake alone.
        secret += [(name, *at, of) for at, of in whole if of @ many > 0]
        if not any(of @ many == 0 for _, of in whole):
            bounds += [of for _, of in whole]
    found = []
    for name, row, column, of in secret:
        ends = []
        for sign in (1.0, -1.0):
            answer = linprog(
                sign * of,
                A_eq=np.asarray(shown) if shown else None,
                b_eq=np.asarray(shown) @ many if shown else None,
                A_ub=-np.asarray(bounds) if bounds else None,
                b_ub=-np.ones(len(bounds)) if bounds else None,
                bounds=(0, None),
                method="highs",
            )
            assert answer.status in (0, 3), answer.message
            ends.append(sign * answer.fun if answer.status == 0 else np.inf)
        if np.floor(ends[1] + 1e-6) - np.ceil(ends[0] - 1e-6) < 1:
            found.append((name, row, column))
    return found


def stars(seen: Mapping[str, Frame]) -> int:
    return sum(value is HIDDEN for frame in seen.values() for row in frame.rows for value in row)


@pytest.mark.parametrize("seed", range(40))
def test_no_hidden_count_is_reckoned_from_the_whole_deck(seed: int) -> None:
    many, deck = a_deck(seed)
    seen = hide_deck({name: Shown(one.frame) for name, one in deck.items()}, (), LIMIT).frames
    for name, one in deck.items():
        for (row, column), of in one.counts.items():
            if (of >= 0).all() and 0 < of @ many < LIMIT:
                assert seen[name].rows[row][column] is HIDDEN, (name, row, column)
    assert reckoned(many, deck, seen) == []
