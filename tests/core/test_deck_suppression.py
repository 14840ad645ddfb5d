"""Nobody reckons a small count from all that a deck shows: an attacker who knows how every number was counted tries.

The decks are cut from one set of records. The attacker's unknowns are how many records there are of each town, category
and month, closed or not; every number on the deck is a sum of them. How counts are linked or hidden plays no part here.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
from scipy.optimize import linprog

from dashboard.core.figures import BY_KEY, Value
from dashboard.core.frame_suppression import HIDDEN, Figures, Seen, Shown, hide_deck
from dashboard.core.frames import Frame, Scalar
from tests.hiding import hide_small

TOWNS = ("都濡街道", "丰乐镇", "石朝乡", "大坪街道", "黄都镇")
CATEGORIES = ("助餐", "理发", "陪伴", "维修")
MONTHS = ("2026-09", "2026-10", "2026-11")
LIMIT = 5
Atom = tuple[str, str, str, bool]
ATOMS: list[Atom] = [(t, c, m, done) for t in TOWNS for c in CATEGORIES for m in MONTHS for done in (True, False)]
#: Which records a number counts.
Counted = np.ndarray
Column = tuple[str, Callable[[Sequence[str]], Counted]]


@dataclass(frozen=True)
class Cut:
    """A table and which records its numbers count, by row and column: -1 of those that are taken off. Of a map by month
    also the sums beside it, by column."""

    shown: Shown
    counts: Mapping[tuple[int, int], Counted]
    sums: Mapping[int, Counted] = field(default_factory=dict)


@dataclass(frozen=True)
class Deck:
    many: Counted
    tables: dict[str, Cut]
    figures: tuple[Figures, ...]
    told: tuple[Mapping[str, Counted], ...]

    def seen(self) -> Seen:
        return hide_deck({name: one.shown for name, one in self.tables.items()}, self.figures, LIMIT)


def within(label: Sequence[str], done: bool = False) -> Counted:
    """The records of all these labels."""
    return np.asarray([float(all(one in atom for one in label) and (atom[3] or not done)) for atom in ATOMS])


def closed(label: Sequence[str]) -> Counted:
    return within(label, done=True)


def cut(
    chance: random.Random, many: Counted, names: Sequence[str], labels: Sequence[tuple[str, ...]], *of: Column
) -> Cut:
    """A table of these rows, in any order."""
    order = chance.sample(labels, len(labels))
    counts = {(i, len(names) + j): count(label) for i, label in enumerate(order) for j, (_, count) in enumerate(of)}
    rows: list[tuple[Scalar, ...]] = [
        (*label, *(int(counts[i, len(names) + j] @ many) for j in range(len(of)))) for i, label in enumerate(order)
    ]
    return Cut(Shown(Frame((*names, *(name for name, _ in of)), tuple(rows))), counts)


def played(many: Counted) -> Cut:
    """A map by month."""
    counts = {(i, 2 + j): within((town, month)) for i, town in enumerate(TOWNS) for j, month in enumerate(MONTHS)}
    rows = tuple((f"52{i}", town, *(int(counts[i, 2 + j] @ many) for j in range(3))) for i, town in enumerate(TOWNS))
    frame = Frame(("town_code", "town", *(f"{month}-30" for month in MONTHS)), rows)
    return Cut(Shown(frame, months=True), counts, {2 + j: within((month,)) for j, month in enumerate(MONTHS)})


def tables(chance: random.Random, many: Counted) -> dict[str, Callable[[], Cut]]:
    """Every kind of table that a deck may show of these records."""

    def by(dimension: Sequence[str], name: str, *columns: Column) -> Cut:
        return cut(chance, many, (name,), [(one,) for one in dimension], *columns)

    def pivot(dimension: Sequence[str], name: str, across: Sequence[str], *more: Column) -> Cut:
        columns: list[Column] = [(one, lambda label, one=one: within((*label, one))) for one in across]  # type: ignore[misc]
        return by(dimension, name, *columns, *more)

    def month(at: int) -> Callable[[Sequence[str]], Counted]:
        return lambda label: within((*label, MONTHS[at]))

    orders: Column = ("需求", within)
    done: Column = ("办结", closed)
    this, last = ("本月", month(2)), ("上月", month(1))
    change: Column = ("增减", lambda label: month(2)(label) - month(1)(label))
    pairs = [(t, c) for t in TOWNS for c in CATEGORIES]
    return {
        "towns": lambda: by(TOWNS, "乡镇", orders),
        "towns, another name": lambda: by(TOWNS, "所在乡镇", ("件数", within)),
        "towns, some": lambda: by(chance.sample(TOWNS, 3), "乡镇", orders),
        "towns, closed too": lambda: by(TOWNS, "乡镇", orders, done),
        "categories": lambda: by(CATEGORIES, "类别", orders),
        "months": lambda: by(MONTHS, "月份", orders, done),
        "towns and categories": lambda: cut(chance, many, ("乡镇", "类别"), pairs, orders),
        "towns by category": lambda: pivot(TOWNS, "乡镇", CATEGORIES),
        "towns by category, with totals": lambda: pivot(TOWNS, "乡镇", CATEGORIES, ("合计", within)),
        "categories by month": lambda: pivot(CATEGORIES, "类别", MONTHS),
        "two months": lambda: by(TOWNS, "乡镇", this, last, change),
        "this month": lambda: by(TOWNS, "乡镇", this),
        "last month": lambda: by(TOWNS, "乡镇", last),
        "this month and the change": lambda: by(TOWNS, "乡镇", this, change),
        "the whole": lambda: cut(chance, many, (), [()], ("全部需求", within), ("全部办结", closed)),
        "a map by month": lambda: played(many),
    }


def a_deck(seed: int) -> Deck:
    chance = random.Random(seed)
    busy = {one: chance.choice((0.3, 0.8, 1.5, 3.0)) for one in (*TOWNS, *CATEGORIES, *MONTHS)}
    shares = [0.075 * busy[t] * busy[c] * busy[m] * (chance.random() < 0.7) for t, c, m, _ in ATOMS]
    many = np.asarray([sum(chance.random() < share for _ in range(6)) for share in shares])
    kinds = tables(chance, many)
    chosen = {name: kinds[name]() for name in chance.sample(sorted(kinds), chance.randint(2, 5))}
    if chance.random() < 0.5:
        return Deck(many, chosen, (), ())
    told: tuple[Mapping[str, Counted], ...] = (
        {"needs_registered": within(()), "needs_closed": closed(())},
        {"needs_registered": within(MONTHS[2:])},
    )
    values = [{key: figure(key, int(of @ many)) for key, of in some.items()} for some in told]
    return Deck(many, chosen, (Figures(values[0]), Figures(values[1], MONTHS[2])), told)


def figure(key: str, value: int) -> Value:
    return Value(value, BY_KEY[key].unit, value)


def reckoned(deck: Deck, seen: Seen) -> list[str]:
    """The small counts that can be only one number, by all numbers of the deck together."""
    shown: list[Counted] = []
    #: What is known of hidden ones: they are these records, at least so many.
    least: list[tuple[Counted, int]] = []
    secret: list[tuple[str, Counted]] = []

    def told(name: str, of: Counted, hidden: bool) -> None:
        """A number of which it is said whether it is below the limit."""
        if not hidden:
            shown.append(of)
        elif of @ deck.many < LIMIT:
            least.extend([(of, 1), (-of, 1 - LIMIT)])
            secret.append((name, of))
        else:
            least.append((of, LIMIT))

    for name, one in deck.tables.items():
        rows = seen.frames[name].rows
        shown += [of for (i, j), of in one.counts.items() if rows[i][j] is not HIDDEN]
        # What may be below zero is no count; zeros and large ones are hidden for the others' sake alone.
        hidden = {(i, j): of for (i, j), of in one.counts.items() if rows[i][j] is HIDDEN and (of >= 0).all()}
        secret += [(f"{name} {i} {j}", of) for (i, j), of in hidden.items() if 0 < of @ deck.many < LIMIT]
        if all(of @ deck.many > 0 for of in hidden.values()):
            least += [(of, 1) for of in hidden.values()]
        for column, of in one.sums.items():
            told(f"{name} {column}", of, column in seen.sums[name])
    for at, some in enumerate(deck.told):
        for key, of in some.items():
            told(f"{at} {key}", of, key in seen.figures[at])
    found = []
    limits = {"A_ub": -np.asarray([of for of, _ in least]), "b_ub": [-low for _, low in least]} if least else {}
    known = {"A_eq": np.asarray(shown), "b_eq": np.asarray(shown) @ deck.many} if shown else {}
    safe: set[int] = set()
    for number, (name, of) in enumerate(secret):
        for sign in (1.0, -1.0):
            if number in safe:
                break
            # Nobody needs to know how far it could go.
            answer = linprog(sign * of, **limits, **known, bounds=(0, 200), method="highs")
            assert answer.status == 0, answer.message
            safe |= {at for at, (_, one) in enumerate(secret) if abs(one @ answer.x - one @ deck.many) > 1 - 1e-6}
        if number not in safe:
            found.append(name)
    return found


def stars(seen: Seen) -> int:
    return sum(value is HIDDEN for frame in seen.frames.values() for row in frame.rows for value in row)


@pytest.mark.parametrize("seed", range(24))
def test_no_small_count_is_reckoned_from_the_whole_deck(seed: int) -> None:
    deck = a_deck(seed)
    seen = deck.seen()
    for name, one in deck.tables.items():
        for (row, column), of in one.counts.items():
            if (of >= 0).all() and 0 < of @ deck.many < LIMIT:
                assert seen.frames[name].rows[row][column] is HIDDEN, (name, row, column)
    assert reckoned(deck, seen) == []


TOWN_ROWS = (("都濡街道", 3), ("丰乐镇", 12), ("石朝乡", 40), ("大坪街道", 55))


def towns(*rows: tuple[Scalar, ...], names: Sequence[str] = ("乡镇", "需求")) -> Shown:
    return Shown(Frame(tuple(names), tuple(rows)))


PARTS = (("都濡街道", "助餐", 3), ("都濡街道", "理发", 12), ("丰乐镇", "助餐", 20), ("丰乐镇", "理发", 30))
SPLIT = towns(*PARTS, names=("乡镇", "类别", "需求"))


def hidden_in(seen: Seen, name: str) -> list[Scalar]:
    return [row[0] for row in seen.frames[name].rows if HIDDEN in row]


def test_what_one_table_hides_no_other_one_shows() -> None:
    visits = (("大坪街道", 55, 60), ("石朝乡", 40, 41), ("丰乐镇", 12, 900), ("都濡街道", 3, 9))
    deck = {"one": towns(*TOWN_ROWS), "other": towns(*visits, names=("town", "orders", "visits"))}
    alone = {name: [row[0] for row in hide_small(one.frame)[0].rows if row[1] is HIDDEN] for name, one in deck.items()}
    # Read side by side, the second tells what the first hides, and the first what the second does.
    assert alone == {"one": ["都濡街道", "丰乐镇"], "other": ["石朝乡", "都濡街道"]}
    seen = hide_deck(deck)
    assert {row[0] for row in seen.frames["one"].rows if row[1] is HIDDEN} == {"都濡街道", "丰乐镇", "石朝乡"}
    assert {row[0] for row in seen.frames["other"].rows if row[1] is HIDDEN} == {"都濡街道", "丰乐镇", "石朝乡"}


def test_a_total_elsewhere_does_not_give_a_row_away() -> None:
    # With both towns' totals the two hidden of one town are still two; with the categories' too they were not.
    seen = hide_deck(
        {"split": SPLIT, "towns": towns(("都濡街道", 15), ("丰乐镇", 50)), "kinds": towns(("助餐", 23), ("理发", 42))}
    )
    assert all(row[2] is HIDDEN for row in seen.frames["split"].rows)


def test_tables_that_share_nothing_are_hidden_as_each_alone() -> None:
    deck = {
        "towns": towns(*TOWN_ROWS),
        "teams": towns(("红马甲", 4), ("银龄", 31), ("青年", 9), names=("队伍", "服务")),
    }
    assert hide_deck(deck).frames == {name: hide_small(one.frame)[0] for name, one in deck.items()}


def test_a_count_written_with_a_point_is_a_count() -> None:
    whole = towns(*TOWN_ROWS)
    rows = tuple((name, float(many)) for name, many in TOWN_ROWS)
    assert hide_small(Frame(whole.frame.columns, rows)) == hide_small(whole.frame)
    assert HIDDEN in {row[1] for row in hide_small(Frame(whole.frame.columns, rows))[0].rows}


def test_a_change_or_a_share_elsewhere_does_not_tell_a_hidden_count() -> None:
    before = [("甲", 12), ("乙", 30), ("丙", 41), ("丁", 3)]
    now = towns(("甲", 9), ("乙", 33), ("丙", 40), ("丁", 20))
    changed = towns(
        *((name, now.frame.rows[at][1] - many) for at, (name, many) in enumerate(before)), names=("乡镇", "增减")
    )  # type: ignore[operator]
    shares = towns(*((name, round(100 * many / 50, 1)) for name, many in before), names=("乡镇", "占比%"))
    base = towns(*((name, 50) for name, _ in before), names=("乡镇", "基数"))
    deck = {"before": towns(*before), "now": now, "changed": changed, "shares": shares, "base": base}
    seen = hide_deck(deck)
    assert hidden_in(seen, "before") == hidden_in(seen, "changed") == hidden_in(seen, "shares") == ["甲", "丁"]


def test_the_county_s_number_beside_a_map_is_as_hidden_as_in_the_table_by_month() -> None:
    rows = (("1", "甲", 20, 9, 31), ("2", "乙", 30, 8, 33))
    played_ = Shown(Frame(("town_code", "town", "2026-09-30", "2026-10-31", "2026-11-20"), rows), months=True)
    months = towns(("2026-09", 50, 48), ("2026-10", 17, 3), ("2026-11", 64, 60), names=("月份", "需求", "办结"))
    seen = hide_deck(
        {"map": played_, "months": months}, (Figures({"needs_registered": figure("needs_registered", 64)}, "2026-11"),)
    )
    gone = [at for at, row in enumerate(seen.frames["months"].rows) if row[1] is HIDDEN]
    assert len(gone) == 2
    assert seen.sums["map"] == {2 + at for at in gone}
    assert bool(seen.figures[0]) == (2 in gone)


def test_a_figure_that_tells_what_a_table_hides_is_hidden_with_its_rate() -> None:
    values = {
        key: figure(key, many)
        for key, many in (("ratings_asked", 100), ("ratings_answered", 97), ("ratings_silent", 3))
    }
    answered = towns(("甲", 40), ("乙", 30), ("丙", 27), names=("乡镇", "答复"))
    assert hidden_in(hide_deck({"answered": answered}), "answered") == []
    seen = hide_deck({"answered": answered}, (Figures(values),))
    assert seen.figures[0] == {"ratings_silent", "ratings_answered"}
    # All three added up would be the 97.
    assert hidden_in(seen, "answered")


def test_what_is_too_large_to_compare_is_hidden_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    deck = {"towns": towns(*TOWN_ROWS), "again": towns(*reversed(TOWN_ROWS))}
    monkeypatch.setattr("dashboard.core.deck_suppression.MOST_CELLS", 3)
    assert all(row[-1] is HIDDEN for frame in hide_deck(deck).frames.values() for row in frame.rows)


def test_what_would_take_too_long_is_hidden_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.core.deck_suppression.MOST_TRIES", 0)
    deck = {
        "split": SPLIT,
        "towns": towns(("都濡街道", 15), ("丰乐镇", 50)),
        "kinds": towns(("助餐", 23), ("理发", 42)),
    }
    assert all(row[-1] is HIDDEN for frame in hide_deck(deck).frames.values() for row in frame.rows)
