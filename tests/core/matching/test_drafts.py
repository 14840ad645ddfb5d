"""Changing a plan: pins, struck pairs, people kept free; what it costs, who moves, and where the bottleneck is."""

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dashboard.core.matching import bottleneck, fairness, override, plan
from dashboard.core.matching.case import Case
from dashboard.core.matching.certify import certify
from dashboard.core.matching.difference import difference
from dashboard.core.matching.live_plan import Edit, LivePlan
from tests.core.matching.brute_plan import MOST_PAIRS, best_tiers
from tests.core.matching.builders import a_line, a_person, hours, lines_of, people_of
from tests.core.matching.counties import counties, crews, plain_counties

County = tuple[list[dict[str, Any]], list[dict[str, Any]]]
KINDS = ("pin", "unpin", "forbid", "allow", "away", "back")


def case_of(county: County) -> Case:
    return plan.prepare(people_of(*county[0]), lines_of(*county[1]))


@st.composite
def edits(draw: st.DrawFn, county: County) -> list[Edit]:
    people, lines = max(1, len(county[0])), len(county[1])
    found = draw(st.lists(st.tuples(st.sampled_from(KINDS), st.integers(1, lines), st.integers(1, people)), max_size=6))
    return [Edit(kind, 0 if kind in ("away", "back") else line, person) for kind, line, person in found]


@given(plain_counties(people=6, lines=6), st.data())
@settings(max_examples=72, deadline=None)
def test_a_changed_plan_is_as_good_as_one_from_the_start(county: County, data: st.DataObject) -> None:
    case = case_of(county)
    draft = LivePlan(case)
    for edit in data.draw(edits(county)):
        found = draft.edit(edit)
        cold = plan.best_plan(case, pins=draft.pins, forbids=draft.forbids, away=draft.away)
        assert (found.tiers, found.bound, set(found.refused)) == (cold.tiers, cold.bound, set(cold.refused))
        kept = draft.pins - {(pin.line_id, pin.person_id) for pin in found.refused}
        assert certify(case, found, pins=kept, forbids=draft.forbids, away=draft.away) == []


@given(st.one_of(crews(), counties(people=6, lines=5)), st.data())
@settings(max_examples=72, deadline=None)
def test_a_changed_plan_keeps_every_rule_whatever_the_case(county: County, data: st.DataObject) -> None:
    case = case_of(county)
    draft = LivePlan(case)
    for edit in data.draw(edits(county)):
        found = draft.edit(edit)
        kept = draft.pins - {(pin.line_id, pin.person_id) for pin in found.refused}
        assert certify(case, found, pins=kept, forbids=draft.forbids, away=draft.away) == []


@given(plain_counties(), st.data())
@settings(max_examples=50, deadline=None)
def test_no_plan_with_the_pins_and_without_the_struck_pairs_is_better(county: County, data: st.DataObject) -> None:
    case = case_of(county)
    assume(0 < len(case.pairs.row) <= MOST_PAIRS)
    one, two = (data.draw(st.integers(0, len(case.pairs.row) - 1)) for _ in range(2))
    ids = [(int(case.lines.id[case.board.line[p]]), int(case.people.id[case.board.row[p]])) for p in (one, two)]
    found = plan.best_plan(case, pins=ids[:1], forbids=ids[1:])
    pins = frozenset() if one == two else frozenset([one])
    assert found.tiers == best_tiers(case, pins, frozenset([two]))


@given(st.one_of(plain_counties(people=5, lines=5), crews()))
@settings(max_examples=50, deadline=None)
def test_the_price_shown_is_never_above_the_true_difference(county: County) -> None:
    case = case_of(county)
    draft = LivePlan(case)
    shown = override.least(draft, np.arange(len(case.pairs.row)))
    for pair, least in enumerate(shown.tolist()):
        line_id, person_id = int(case.lines.id[case.board.line[pair]]), int(case.people.id[case.board.row[pair]])
        forced = plan.best_plan(case, pins=[(line_id, person_id)])
        if not forced.refused:
            assert (line_id, person_id) in zip(forced.line_id.tolist(), forced.person_id.tolist(), strict=True)
            assert least <= forced.objective - draft.plan.objective


def forty_by_two_hundred() -> Case:
    """40 needs of one or two seats on one Monday, 200 people, so that nearly every choice moves somebody."""
    chance = np.random.default_rng(11)
    persons = [
        a_person(
            k + 1,
            lat=28.5 + float(chance.uniform(0, 0.03)),
            skills={"cook": int(chance.integers(1, 4))} if chance.random() < 0.25 else {},
            free=[hours(8, 11)] if chance.random() < 0.5 else [hours(13, 17)],
            load_90=int(chance.integers(0, 12)),
            cap_day=1,
        )
        for k in range(200)
    ]
    needs = [
        a_line(
            k + 1,
            lat=28.5 + float(chance.uniform(0, 0.03)),
            windows=[hours(9, 11) if chance.random() < 0.5 else hours(14, 16)],
            seats=int(chance.integers(1, 3)),
            urgency=("urgent", "soon", "normal")[int(chance.integers(0, 3))],
            required={"cook": 1} if chance.random() < 0.6 else {},
        )
        for k in range(40)
    ]
    return case_of((persons, needs))


def test_the_price_of_every_pair_of_a_40_by_200_case_is_at_most_what_forcing_it_costs() -> None:
    case = forty_by_two_hundred()
    draft = LivePlan(case)
    before = draft.plan.objective
    shown = override.least(draft, np.arange(len(case.pairs.row)))
    assert draft.plan.proven
    exact = 0
    for pair, least in enumerate(shown.tolist()):
        flow = draft.flow.copy()
        step = flow.pin(pair)
        assert step.possible
        assert least <= flow.objective - before
        exact += least == flow.objective - before
    assert exact > len(shown) / 10  # a bound of 0 would be true as well, and useless
    assert (shown > 0).sum() > len(shown) / 2


def test_what_was_tried_costs_what_it_says_and_leaves_the_plan_alone() -> None:
    case = forty_by_two_hundred()
    draft = LivePlan(case)
    before = draft.plan
    pair = int(np.setdiff1d(np.arange(len(case.pairs.row)), draft.flow.pairs)[3])
    line_id, person_id = int(case.lines.id[case.board.line[pair]]), int(case.people.id[case.board.row[pair]])
    after, price = override.tried(draft, line_id, person_id)
    assert (line_id, person_id) in zip(after.line_id.tolist(), after.person_id.tolist(), strict=True)
    assert price.packed == after.objective - before.objective
    assert price.steps > 0 or price.promises * case.scale.displaced + price.spread * case.scale.load + price.points == (
        price.packed
    )
    assert draft.plan.canonical() == before.canonical()


@given(st.one_of(plain_counties(people=6, lines=6), plain_counties(people=2, lines=6)))
@settings(max_examples=90, deadline=None)
def test_the_bottleneck_wants_just_so_many_seats_more_than_its_people_can_fill(county: County) -> None:
    case = case_of(county)
    draft = LivePlan(case)
    for line in np.flatnonzero(draft.plan.empty).tolist():
        found = bottleneck.of(draft, line)
        assert line in found.lines
        assert found.seats - found.room == found.unmet >= draft.plan.empty[line] > 0
        assert found.room == bottleneck.room_of(case.problem, draft.flow, found.lines)
        able = np.unique(case.board.row[np.isin(case.board.line, found.lines)])
        assert found.people.tolist() == able.tolist()


def test_seven_jobs_and_four_people_leave_three_unmet() -> None:
    people = [a_person(k, skills={"nurse": 1}, certificates={"nurse": 99_999}) for k in range(1, 5)]
    people += [a_person(k) for k in range(5, 20)]
    needs = [a_line(k, required={"nurse": 1}) for k in range(1, 8)] + [a_line(k) for k in range(8, 12)]
    draft = LivePlan(case_of((people, needs)))
    empty = int(np.flatnonzero(draft.plan.empty)[0])
    found = bottleneck.of(draft, empty)
    assert (len(found.lines), len(found.people), found.seats, found.room, found.unmet) == (7, 4, 7, 4, 3)


def test_a_line_without_an_empty_seat_has_no_bottleneck() -> None:
    draft = LivePlan(case_of(([a_person()], [a_line()])))
    with pytest.raises(ValueError, match="no bottleneck"):
        bottleneck.of(draft, 0)


@given(st.one_of(plain_counties(people=6, lines=6), crews()), st.data())
@settings(max_examples=50, deadline=None)
def test_the_difference_leads_from_one_plan_to_the_other(county: County, data: st.DataObject) -> None:
    case = case_of(county)
    draft = LivePlan(case)
    before = draft.plan
    for edit in data.draw(edits(county)):
        draft.edit(edit)
    after = draft.plan
    found = difference(case, before, after)
    pairs = Counter(zip(before.person_id.tolist(), before.line_id.tolist(), strict=True))
    for move in (*found.moved, *found.gone, *found.came):
        pairs.subtract((move.person_id, line) for line in move.before)
        pairs.update((move.person_id, line) for line in move.after)
    assert +pairs == Counter(zip(after.person_id.tolist(), after.line_id.tolist(), strict=True))
    seats = {int(i): int(n) for i, n in zip(case.lines.id, before.empty, strict=True)}
    for line, more in found.now_unmet:
        seats[line] += more
    for line, more in found.now_met:
        seats[line] -= more
    assert seats == {int(i): int(n) for i, n in zip(case.lines.id, after.empty, strict=True)}
    assert found.nothing == (before.canonical() == after.canonical() or not (found.moved or found.gone or found.came))


def test_tasks_are_shared_before_points_count() -> None:
    near, far = a_person(1, cap_day=3), a_person(2, lat=28.52, cap_day=3)
    needs = [a_line(1, windows=[hours(8, 10)]), a_line(2, windows=[hours(11, 13)]), a_line(3, windows=[hours(14, 16)])]
    found = plan.best_plan(case_of(([near, far], needs)))
    assert sorted(Counter(found.person_id.tolist()).values()) == [1, 2]
    assert (found.tiers.unmet, found.tiers.largest, found.tiers.spread) == ((0, 0, 0), 2, 5)


def test_fairness_counts_the_same_people_before_and_after() -> None:
    case = case_of(([a_person(1, busy=[(*hours(17, 18), 108.0, 28.5)]), a_person(2)], [a_line(1), a_line(2)]))
    found = fairness.of(case, plan.best_plan(case))
    assert found.before.shares == (1, 1, 0, 0, 0)
    assert found.after.shares == (0, 1, 1, 0, 0)
    assert (found.before.largest, found.after.largest, found.before.people) == (1, 2, 2)
    assert found.before.spread == found.after.spread == 0.5


def test_a_promise_is_kept_unless_a_seat_depends_on_it() -> None:
    holder, other = a_person(1, skills={"cook": 1}), a_person(2)
    promise = a_line(1, holder=1)
    assert plan.best_plan(case_of(([holder, other], [promise]))).person_id.tolist() == [1]
    urgent = a_line(2, urgency="urgent", required={"cook": 1})
    found = plan.best_plan(case_of(([holder, other], [promise, urgent])))
    assert dict(zip(found.line_id.tolist(), found.person_id.tolist(), strict=True)) == {1: 2, 2: 1}
    assert (found.tiers.unmet, found.tiers.displaced) == ((0, 0, 0), 1)


def test_a_short_crew_sends_nobody_and_is_named() -> None:
    cook = a_line(1, need=7, whole=True, required={"cook": 1})
    hands = a_line(2, need=7, whole=True, seats=2)
    found = plan.best_plan(case_of(([a_person(1), a_person(2)], [cook, hands])))
    assert (found.line_id.tolist(), found.short_crews, found.kinds) == ([], (7,), ("crew",))
    whole = plan.best_plan(case_of(([a_person(1, skills={"cook": 1}), a_person(2), a_person(3)], [cook, hands])))
    assert (len(whole.line_id), whole.short_crews) == (3, ())


def test_six_to_seven_helpers_are_enough_with_six() -> None:
    hands = a_line(1, whole=True, seats=7, least=6)
    found = plan.best_plan(case_of(([a_person(k) for k in range(1, 7)], [hands])))
    assert (len(found.line_id), found.tiers.unmet) == (6, (0, 0, 1))
