from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dashboard.core.matching import explain, plan
from dashboard.core.matching.certify import certify
from dashboard.core.matching.plan import Case, Plan, RefusedPin
from tests.core.matching.brute_plan import MOST_PAIRS, best_tiers, value_of
from tests.core.matching.builders import CODES, HOME, KILOMETRE, MONDAY, a_line, a_person, hours, lines_of, people_of
from tests.core.matching.counties import counties, crews, plain_counties

County = tuple[list[dict[str, Any]], list[dict[str, Any]]]


def case_of(county: County) -> Case:
    return plan.prepare(people_of(*county[0]), lines_of(*county[1]))


def pairs_of(found: Plan) -> list[tuple[int, int]]:
    return list(zip(found.line_id.tolist(), found.person_id.tolist(), strict=True))


@given(plain_counties())
@settings(max_examples=90, deadline=None)
def test_no_plan_is_better(county: County) -> None:
    case = case_of(county)
    assume(len(case.pairs.row) <= MOST_PAIRS)
    found = plan.best_plan(case)
    assert found.kinds == ()
    assert found.tiers == best_tiers(case)
    assert (found.proven, found.gap) == (True, 0.0)


@given(st.one_of(crews(), counties(people=4, lines=4)))
@settings(max_examples=120, deadline=None)
def test_the_bound_is_never_above_the_best_plan_nor_the_plan_below_it(county: County) -> None:
    case = case_of(county)
    assume(len(case.pairs.row) <= MOST_PAIRS)
    found = plan.best_plan(case)
    best = best_tiers(case)
    assert best is not None
    assert found.bound <= value_of(case, best) <= found.objective == value_of(case, found.tiers)
    assert (found.gap == 0.0) == found.proven


@given(st.one_of(crews(), counties(people=6, lines=5), plain_counties(people=6, lines=6)))
@settings(max_examples=90, deadline=None)
def test_every_plan_is_certified(county: County) -> None:
    case = case_of(county)
    found = plan.best_plan(case)
    assert certify(case, found) == []
    assert (np.bincount(found.line, minlength=case.lines.count) + found.empty == case.lines.table.seats).all()


@given(counties(people=6, lines=5))
@settings(max_examples=50, deadline=None)
def test_every_pair_keeps_every_rule(county: County) -> None:
    case = case_of(county)
    found = plan.best_plan(case)
    for line, person in zip(found.line, found.person, strict=True):
        assert explain.why_not(case.people, case.lines, int(line), int(person), CODES).eligible


@given(counties(people=6, lines=5))
@settings(max_examples=50, deadline=None)
def test_everybody_of_a_need_comes_at_one_time(county: County) -> None:
    found = plan.best_plan(case_of(county))
    for line in set(found.line.tolist()):
        assert len(set(found.start[found.line == line].tolist())) == 1


@given(counties(people=6, lines=4), st.data())
@settings(max_examples=50, deadline=None)
def test_pins_and_struck_pairs_are_kept_and_the_rest_is_still_best(county: County, data: st.DataObject) -> None:
    case = case_of(county)
    ids = st.tuples(st.integers(1, len(county[1])), st.integers(1, max(1, len(county[0]))))
    pins, forbids = data.draw(st.lists(ids, max_size=2)), data.draw(st.lists(ids, max_size=2))
    found = plan.best_plan(case, pins=pins, forbids=forbids)
    refused = {(pin.line_id, pin.person_id) for pin in found.refused}
    assert set(pins) - refused <= set(pairs_of(found))
    assert not set(forbids) & set(pairs_of(found))
    assert certify(case, found, pins=set(pins) - refused, forbids=forbids) == []


@given(counties(people=6, lines=5), st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None)
def test_the_order_of_the_rows_changes_no_plan(county: County, chance: Any) -> None:
    persons, needs = (list(rows) for rows in county)
    straight = plan.best_plan(case_of((persons, needs)))
    chance.shuffle(persons)
    chance.shuffle(needs)
    mixed = plan.best_plan(case_of((persons, needs)))
    assert pairs_of(mixed) == pairs_of(straight)
    assert mixed.canonical() == straight.canonical()


@given(plain_counties(people=6, lines=6))
@settings(max_examples=60, deadline=None)
def test_greedy_never_has_better_tiers(county: County) -> None:
    found = plan.best_plan(case_of(county))
    assert found.greedy >= found.tiers


@given(counties(people=6, lines=4))
@settings(max_examples=60, deadline=None)
def test_the_causes_of_an_empty_seat_add_up_to_everybody(county: County) -> None:
    case = case_of(county)
    found = plan.best_plan(case)
    for line in found.unmet.tolist():
        counts = plan.causes(case, found, line)
        assert sum(counts.values()) == case.people.count


def rare_cook() -> County:
    """A cook next door, and a person who cannot cook further away: greedy sends the cook to the plain need."""
    people = [a_person(1, skills={"cook": 1}), a_person(2, lat=HOME[1] + KILOMETRE)]
    return people, [a_line(1, urgency="urgent"), a_line(2, required={"cook": 1})]


def test_the_best_plan_fills_the_seat_that_greedy_leaves_empty() -> None:
    found = plan.best_plan(case_of(rare_cook()))
    assert pairs_of(found) == [(1, 2), (2, 1)]
    assert (found.tiers.unmet, found.greedy.unmet) == ((0, 0, 0), (0, 0, 1))


def test_a_pin_is_kept_though_it_leaves_a_seat_empty() -> None:
    case = case_of(rare_cook())
    found = plan.best_plan(case, pins=[(1, 1)])
    assert (pairs_of(found), found.pinned.tolist(), found.tiers.unmet) == ([(1, 1)], [True], (0, 0, 1))
    assert plan.causes(case, found, 1) == {"skill": 1, "elsewhere": 1}


def test_a_struck_pair_is_not_used_and_is_counted() -> None:
    case = case_of(rare_cook())
    found = plan.best_plan(case, forbids=[(2, 1)])
    assert (found.tiers.unmet, plan.causes(case, found, 1)["elsewhere"]) == ((0, 0, 1), 1)
    alone = case_of(([a_person()], [a_line()]))
    assert plan.causes(alone, plan.best_plan(alone, forbids=[(1, 1)]), 0) == {"dropped": 1}


def test_a_pin_that_cannot_be_kept_is_refused_by_name() -> None:
    people = [a_person(1), a_person(2), a_person(3, active=False)]
    case = case_of((people, [a_line(1), a_line(2)]))
    pins = [(1, 1), (1, 2), (2, 1), (2, 3), (9, 1), (2, 2), (2, 9)]
    found = plan.best_plan(case, pins=pins, forbids=[(2, 2)])
    assert set(found.refused) == {
        RefusedPin(1, 2, "full"),
        RefusedPin(2, 1, "twice"),
        RefusedPin(2, 3, "active"),
        RefusedPin(9, 1, "unknown"),
        RefusedPin(2, 9, "unknown"),
        RefusedPin(2, 2, "dropped"),
    }
    assert pairs_of(found) == [(1, 1)]


def test_a_need_for_three_meets_when_most_can_come() -> None:
    morning, evening = hours(8, 10), hours(18, 20)
    people = [a_person(1, free=[morning]), *(a_person(i, free=[evening]) for i in (2, 3))]
    case = case_of((people, [a_line(5, windows=[morning, evening], seats=3)]))
    found = plan.best_plan(case)
    assert pairs_of(found) == [(5, 2), (5, 3)]
    assert (list(found.timed_needs), set(found.start.tolist())) == ([5], {evening[0]})


def test_the_roles_of_a_need_meet_at_one_time() -> None:
    morning, evening = hours(8, 10), hours(18, 20)
    people = [a_person(1, skills={"cook": 1}, free=[evening]), a_person(2, free=[morning, evening])]
    roles = [a_line(1, need=7, windows=[morning, evening], required={"cook": 1})]
    roles.append(a_line(2, need=7, windows=[morning, evening]))
    found = plan.best_plan(case_of((people, roles)))
    assert (pairs_of(found), found.start.tolist()) == ([(1, 1), (2, 2)], [evening[0]] * 2)


def test_the_plan_weighs_points_only_after_seats() -> None:
    people = [a_person(1), a_person(2, skills={"cook": 3}, certificates={"nurse": MONDAY})]
    lines = [a_line(1, preferred=[2], wished=["cook"]), a_line(2, required={"nurse": 1})]
    assert pairs_of(plan.match_all(people_of(*people), lines_of(*lines))) == [(1, 1), (2, 2)]


def test_a_time_is_chosen_by_seats_before_people() -> None:
    morning, evening = hours(8, 10), hours(18, 20)
    cook = {"skills": {"cook": 1}}
    people = [a_person(i, free=[morning]) for i in range(1, 6)]
    people += [a_person(6, free=[evening], **cook), a_person(7, free=[evening])]
    roles = [a_line(1, need=7, windows=[morning, evening], required={"cook": 1})]
    roles.append(a_line(2, need=7, windows=[morning, evening]))
    assert pairs_of(plan.best_plan(case_of((people, roles)))) == [(1, 6), (2, 7)]


def test_roles_of_a_need_that_differ_in_their_times_are_refused() -> None:
    roles = [a_line(1, need=7, windows=[hours(8, 14)]), a_line(2, need=7, windows=[hours(9, 14)])]
    with pytest.raises(ValueError, match="differ in their times"):
        case_of(([], roles))
