"""Every change of a solved problem gives what a solve from the start gives, and stays proven."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from dashboard.core.matching import assign
from dashboard.core.matching.live import FORBIDDEN, FREE, PINNED, Live
from dashboard.core.matching.problem import SINK, Limits, Problem
from dashboard.core.matching.split import parts_of, solve_split
from dashboard.core.matching.watch import Stopped, Watch

Array = np.ndarray[Any, Any]
CHANGES = ("forbid", "allow", "pin", "unpin")


@st.composite
def forests(draw: st.DrawFn, people: int) -> tuple[Limits, list[list[int]]]:
    """Limits of some people (weeks with rising costs, days, blocks), and which limits each may enter."""
    links: list[tuple[int, int, int, int]] = []
    count = 0
    own: list[list[int]] = []
    for _ in range(people):
        week = count
        mine, cost = [week], 0
        for rise in draw(st.lists(st.integers(0, 3), min_size=1, max_size=3)):
            cost += rise
            links.append((week, SINK, draw(st.integers(0, 2)), cost))
        count += 1
        for _ in range(draw(st.integers(0, 2))):
            day = count
            links.append((day, week, draw(st.integers(0, 2)), 0))
            mine.append(day)
            count += 1
            for _ in range(draw(st.integers(0, 2))):
                links.append((count, day, 1, 0))
                mine.append(count)
                count += 1
        own.append(mine)
    columns = np.array(sorted(links, key=lambda link: link[0]), dtype=np.int64).reshape(-1, 4).T
    return Limits(count, *columns), own


@st.composite
def forest_problems(draw: st.DrawFn, size: int = 6) -> Problem:
    limits, own = draw(forests(draw(st.integers(1, size))))
    lines = draw(st.integers(1, size))
    ptr, entry, cost = [0], [], []
    for _ in range(lines):
        for mine in own:
            if draw(st.booleans()):
                entry.append(draw(st.sampled_from(mine)))
                cost.append(draw(st.integers(0, 9)))
        ptr.append(len(entry))
    seats = draw(st.lists(st.integers(0, 3), min_size=lines, max_size=lines))
    unmet = draw(st.lists(st.integers(0, 30), min_size=lines, max_size=lines))
    return Problem(*(np.array(column, dtype=np.int64) for column in (seats, unmet, ptr, entry, cost)), limits)


def optimum(problem: Problem, pins: set[int] = frozenset(), forbids: set[int] = frozenset()) -> int | None:  # type: ignore[assignment]
    """The least cost by HiGHS' MIP; None when the pins leave no plan."""
    limits, pairs, lines, links = problem.limits, len(problem.entry), len(problem.seats), len(problem.limits.link_from)
    rows = np.zeros((lines + limits.count, pairs + lines + links))
    for j in range(lines):
        rows[j, :pairs][problem.line == j] = 1
        rows[j, pairs + j] = 1
    for v in range(limits.count):
        rows[lines + v, :pairs][problem.entry == v] = 1
        rows[lines + v, pairs + lines :][limits.link_to == v] = 1
        rows[lines + v, pairs + lines :][limits.link_from == v] -= 1
    right = np.concatenate([problem.seats, np.zeros(limits.count)])
    low = np.zeros(rows.shape[1])
    high = np.concatenate([np.ones(pairs), problem.seats, limits.link_cap]).astype(float)
    low[list(pins)] = 1
    high[list(forbids)] = 0
    found = milp(
        np.concatenate([problem.cost, problem.unmet, limits.link_cost]).astype(float),
        constraints=LinearConstraint(rows, right, right),
        integrality=np.ones(rows.shape[1]),
        bounds=Bounds(low, high),
    )
    return None if found.x is None else round(found.fun)


@given(forest_problems())
@settings(max_examples=90, deadline=None)
def test_the_cost_is_that_of_a_mip_solver(problem: Problem) -> None:
    assert assign.solve(problem).objective == optimum(problem)


@given(forest_problems(), st.data())
@settings(max_examples=72, deadline=None)
def test_every_change_is_as_good_as_a_solve_from_the_start(problem: Problem, data: st.DataObject) -> None:
    if not len(problem.entry):
        return
    some = st.sets(st.integers(0, len(problem.entry) - 1), max_size=3)
    pins, forbids = data.draw(some), data.draw(some)
    forbids -= pins
    if optimum(problem, pins, forbids) is None:
        with pytest.raises(ValueError, match="more pins than seats|no way from node"):
            Live(problem, pins, forbids)
        return
    warm = Live(problem, pins, forbids)
    taken = set(warm.pairs.tolist())
    for _ in range(data.draw(st.integers(1, 6))):
        change, pair = data.draw(st.sampled_from(CHANGES)), data.draw(st.integers(0, len(problem.entry) - 1))
        step = getattr(warm, change)(pair)
        if step.possible:
            pins = pins | {pair} if change == "pin" else pins - {pair} if change in ("unpin", "forbid") else pins
            forbids = (
                forbids | {pair} if change == "forbid" else forbids - {pair} if change in ("allow", "pin") else forbids
            )
        else:
            assert optimum(problem, pins | {pair}, forbids - {pair}) is None
        taken ^= set(step.changed.tolist())
        assert set(warm.pairs.tolist()) == taken
        assert warm.objective == warm.solution.objective == optimum(problem, pins, forbids)
        assert Live(problem, pins, forbids).objective == warm.objective
        assert warm.sound()
        assert {int(p) for p in warm.pins} == pins
        states = [PINNED if p in pins else FORBIDDEN if p in forbids else FREE for p in range(len(problem.entry))]
        assert [warm.state(p) for p in range(len(problem.entry))] == states


def test_a_pair_is_allowed_again_where_a_pin_has_her_only_place() -> None:
    problem = Problem.of_people(
        np.array([1, 1]), np.array([100, 100]), np.array([1]), np.array([0, 1, 2]), np.array([0, 0]), np.array([1, 1])
    )
    draft = Live(problem, pins=[0], forbids=[1])
    assert draft.allow(1).possible
    assert (draft.pairs.tolist(), draft.objective, draft.sound()) == ([0], 101, True)
    assert draft.unpin(0).possible and draft.objective == 101


def test_a_pair_is_allowed_again_where_all_seats_are_pinned() -> None:
    problem = Problem.of_people(
        np.array([1]), np.array([100]), np.array([1, 1]), np.array([0, 2]), np.array([0, 1]), np.array([50, 1])
    )
    draft = Live(problem)
    for change, pair in (("forbid", 1), ("pin", 0), ("allow", 1)):
        assert getattr(draft, change)(pair).possible
    assert (draft.pairs.tolist(), draft.objective, draft.sound()) == ([0], 50, True)
    draft.unpin(0)
    assert (draft.pairs.tolist(), draft.objective, draft.sound()) == ([1], 1, True)


@given(forest_problems(), st.data())
@settings(max_examples=50, deadline=None)
def test_leaving_pairs_out_at_first_changes_no_answer(problem: Problem, data: st.DataObject) -> None:
    few = Live(problem, many=0)
    assert few.objective == assign.solve(problem).objective
    assert few.sound()
    if len(problem.entry):
        change, pair = data.draw(st.sampled_from(CHANGES)), data.draw(st.integers(0, len(problem.entry) - 1))
        whole = Live(problem)
        assert getattr(few, change)(pair).possible == getattr(whole, change)(pair).possible
        assert few.objective == whole.objective


@given(forest_problems(), st.data())
@settings(max_examples=50, deadline=None)
def test_several_pairs_forbidden_at_once_are_as_good_as_a_solve_from_the_start(
    problem: Problem, data: st.DataObject
) -> None:
    if not len(problem.entry):
        return
    draft = Live(problem)
    before = set(draft.pairs.tolist())
    struck = data.draw(st.sets(st.integers(0, len(problem.entry) - 1)))
    step = draft.forbid_all(sorted(struck))
    assert draft.objective == draft.solution.objective == Live(problem, forbids=struck).objective
    assert set(draft.pairs.tolist()) == before ^ set(step.changed.tolist())
    assert draft.sound()


def crowded(lines: int = 30, people: int = 200, seed: int = 4) -> Problem:
    """Everybody may take everything, so that most pairs are left out of the network at first."""
    chance = np.random.default_rng(seed)
    seats = chance.integers(1, 4, lines)
    cost = chance.integers(0, 50, lines * people)
    entry = np.tile(np.arange(people), lines)
    ptr = np.arange(lines + 1) * people
    return Problem.of_people(seats, np.full(lines, 1000), np.ones(people, dtype=np.int64), ptr, entry, cost)


def test_pairs_left_out_are_brought_in_when_they_make_the_plan_cheaper() -> None:
    problem = crowded()
    few = Live(problem, many=0)
    assert (few.objective, few.sound()) == (Live(problem).objective, True)
    assert len(few._kept) < len(problem.entry) / 2


def test_a_pair_left_out_can_be_pinned_forbidden_and_allowed() -> None:
    problem = crowded()
    few, whole = Live(problem, many=0), Live(problem)
    out = int(np.setdiff1d(np.arange(len(problem.entry)), few._kept)[7])
    for change in ("pin", "unpin", "forbid", "allow"):
        getattr(few, change)(out)
        getattr(whole, change)(out)
        assert few.objective == whole.objective


def test_a_copy_changes_nothing_of_the_first() -> None:
    problem = crowded()
    first = Live(problem)
    before = first.pairs.tolist()
    first.copy().forbid(before[0])
    assert (first.pairs.tolist(), first.state(before[0])) == (before, FREE)


def test_more_pins_than_seats_are_refused() -> None:
    problem = crowded(lines=1, people=5)
    with pytest.raises(ValueError, match="more pins than seats"):
        Live(problem, pins=range(5))


def test_two_pins_on_one_place_are_refused() -> None:
    one = np.ones(2, dtype=np.int64)
    problem = Problem.of_people(one, one, one[:1], np.array([0, 1, 2]), np.zeros(2, dtype=np.int64), one)
    with pytest.raises(ValueError, match="no way"):
        Live(problem, pins=[0, 1])
    live = Live(problem)
    assert [live.pin(0).possible, live.pin(1).possible] == [True, False]
    assert (live.objective, live.sound()) == (2, True)


def test_whoever_watches_can_stop_it() -> None:
    watch = Watch()
    watch.stop()
    with pytest.raises(Stopped):
        Live(crowded(), watch=watch)


@given(forest_problems(), st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_solved_in_parts_it_is_the_same_plan(problem: Problem, most: int) -> None:
    whole, split = assign.solve(problem), solve_split(problem, most=most)
    assert split.pairs.tolist() == whole.pairs.tolist()
    assert split.objective == whole.objective
    assert split.line_price.tolist() == whole.line_price.tolist()
    assert split.limit_price.tolist() == whole.limit_price.tolist()


def test_parts_hold_every_line_once() -> None:
    problem = crowded()
    two = Problem(
        np.tile(problem.seats, 2),
        np.tile(problem.unmet, 2),
        np.concatenate([problem.ptr, problem.ptr[1:] + problem.ptr[-1]]),
        np.concatenate([problem.entry, problem.entry + problem.limits.count]),
        np.tile(problem.cost, 2),
        Limits.flat(np.ones(2 * problem.limits.count, dtype=np.int64)),
    )
    parts = parts_of(two)
    assert [len(part.lines) for part in parts] == [30, 30]
    assert sorted(np.concatenate([part.lines for part in parts]).tolist()) == list(range(60))


@pytest.mark.parametrize(
    ("links", "words"),
    [
        ([(0, 1, 1, 0), (1, 0, 1, 0)], "circle"),
        ([(1, SINK, 1, 0), (0, SINK, 1, 0)], "not sorted"),
        ([(0, SINK, 1, 3), (0, SINK, 1, 2)], "cheaper"),
        ([(0, SINK, 1, 0), (0, 1, 1, 0)], "part"),
        ([(0, 5, 1, 0)], "nowhere"),
        ([(0, SINK, -1, 0)], "below 0"),
    ],
)
def test_limits_that_make_no_forest_are_refused(links: list[tuple[int, int, int, int]], words: str) -> None:
    limits = Limits(2, *np.array(links, dtype=np.int64).T)
    with pytest.raises(ValueError, match=words):
        limits.check()
