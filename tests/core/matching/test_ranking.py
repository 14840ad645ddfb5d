from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.core.matching import candidates, explain
from dashboard.core.matching.policy import DEFAULT, HARD, TERMS, Policy
from tests.core.matching.builders import CODES, HOME, KILOMETRE, MONDAY, a_line, a_person, hours, lines_of, people_of
from tests.core.matching.counties import counties

County = tuple[list[dict[str, Any]], list[dict[str, Any]]]


def points(person: dict[str, Any], line: dict[str, Any] | None = None) -> dict[str, tuple[int, int]]:
    """Term -> (measure, points)."""
    rows = explain.reasons(people_of(a_person(**person)), lines_of(a_line(**(line or {}))), 0, 0)
    return {row.term.name: (row.measure, row.points) for row in rows}


#: term -> (facts of the person, facts of the line, measure, points)
CASES: dict[str, list[tuple[Any, Any, int, int]]] = {
    "distance": [
        ({}, {}, 0, 100),
        ({"lat": HOME[1] + 5 * KILOMETRE}, {}, 5000, 50),
        ({"lat": HOME[1] + 12 * KILOMETRE}, {}, 12000, 0),
    ],
    "skill": [
        ({}, {}, 0, 0),
        ({"skills": {"cook": 3}}, {"required": {"cook": 1}}, 3, 100),
        ({"skills": {"cook": 1}}, {"required": {"cook": 1}}, 1, 33),
    ],
    "preferred_skill": [({}, {}, 0, 0), ({"skills": {"cook": 1}}, {"wished": ["cook", "drive"]}, 1, 50)],
    "continuity": [({}, {"preferred": [2]}, 0, 0), ({}, {"preferred": [1]}, 1, 100)],
    "language": [({}, {}, 0, 0), ({}, {"languages": ["dialect"]}, 0, 0), ({}, {"languages": ["mandarin"]}, 1, 100)],
    "gender": [
        ({"gender": "male"}, {}, 0, 0),
        ({"gender": "male"}, {"gender": "female"}, 0, 0),
        ({"gender": "female"}, {"gender": "female"}, 1, 100),
    ],
    "week_load": [({}, {}, 0, 100), ({"busy": [(*hours(9, 10, 1), *HOME), (*hours(9, 10, 7), *HOME)]}, {}, 1, 75)],
    "load_90": [({"load_90": 5}, {}, 5, 75), ({"load_90": 40}, {}, 40, 0)],
    "last_served": [({}, {}, -1, 100), ({"last_day": MONDAY - 45}, {}, 45, 50), ({"last_day": MONDAY + 3}, {}, 0, 0)],
    "reliability": [
        ({"asked": 4, "kept": 1}, {}, -1, 80),
        ({"asked": 5, "kept": 4}, {}, 80, 80),
        ({"asked": 5, "kept": 0}, {}, 0, 0),
    ],
}


def test_every_term_has_its_cases() -> None:
    assert list(CASES) == [term.name for term in TERMS]


@pytest.mark.parametrize("term", CASES)
def test_a_term_measures_and_scores(term: str) -> None:
    for person, line, measure, score in CASES[term]:
        assert points(person, line)[term] == (measure, score)


def test_the_higher_score_comes_first_then_the_nearer_then_the_smaller_id() -> None:
    metres = KILOMETRE / 1000
    people = people_of(
        a_person(4),
        a_person(3),
        a_person(2, lat=HOME[1] + 9 * metres),
        a_person(1, lat=HOME[1] + 8 * metres),
        a_person(5, load_90=1),
        a_person(6, lat=HOME[1] + 99 * metres),
    )
    found = candidates.ranked(people, lines_of(a_line()), 0)
    assert found.id.tolist() == [3, 4, 1, 2, 6, 5]
    assert found.metres.tolist() == [0, 0, 8, 9, 99, 0]


def test_a_ranking_stops_at_its_limit_and_counts_everybody() -> None:
    people = people_of(*(a_person(i, load_90=i) for i in range(1, 10)))
    found = candidates.ranked(people, lines_of(a_line()), 0, limit=3)
    assert (found.id.tolist(), found.eligible) == ([1, 2, 3], 9)
    assert candidates.ranked(people, lines_of(a_line()), 0, limit=0).eligible == 9


def test_a_ranking_names_the_hours() -> None:
    found = candidates.ranked(people_of(a_person()), lines_of(a_line(windows=[hours(6, 8), hours(10, 12)])), 0)
    assert (found.start.tolist(), found.end.tolist()) == ([hours(10, 12)[0]], [hours(10, 12)[1]])


def test_nobody_at_all_is_an_empty_ranking() -> None:
    found = candidates.ranked(people_of(), lines_of(a_line()), 0)
    assert (len(found.id), found.eligible) == (0, 0)


@given(counties(people=8, lines=1))
@settings(max_examples=90, deadline=None)
def test_the_terms_add_up_to_the_score(county: County) -> None:
    people, lines = people_of(*county[0]), lines_of(*county[1])
    found = candidates.ranked(people, lines, 0)
    assert (found.points @ found.weights == found.score).all()
    for k, person in enumerate(found.row.tolist()):
        rows = explain.reasons(people, lines, 0, person)
        assert sum(row.value for row in rows) == found.score[k]
        assert rows == explain.table_of(found.measures[k], found.points[k], found.weights)


@given(counties(people=8, lines=3))
@settings(max_examples=90, deadline=None)
def test_who_is_ranked_breaks_no_rule_and_who_is_not_breaks_one(county: County) -> None:
    people, lines = people_of(*county[0]), lines_of(*county[1])
    for line in range(lines.count):
        ranked = set(candidates.ranked(people, lines, line).row.tolist())
        for person in range(people.count):
            assert explain.why_not(people, lines, line, person, CODES).eligible == (person in ranked)


@given(counties(people=8, lines=1), st.sets(st.integers(0, 7)), st.integers(0, 8))
@settings(max_examples=90, deadline=None)
def test_a_ranking_among_some_is_the_whole_one_without_the_others(county: County, some: set[int], limit: int) -> None:
    people, lines = people_of(*county[0]), lines_of(*county[1])
    among = np.array(sorted(row for row in some if row < people.count), dtype=np.int64)
    whole = candidates.ranked(people, lines, 0, limit=people.count)
    found = candidates.ranked(people, lines, 0, limit=limit, among=among)
    kept = [row for row in whole.row.tolist() if row in some]
    assert (found.row.tolist(), found.eligible) == (kept[:limit], len(kept))


@given(counties(people=8, lines=3))
@settings(max_examples=90, deadline=None)
def test_all_pairs_are_those_of_the_rankings(county: County) -> None:
    people, lines = people_of(*county[0]), lines_of(*county[1])
    pairs = candidates.eligible_pairs(people, lines)
    for line in range(lines.count):
        part = slice(pairs.ptr[line], pairs.ptr[line + 1])
        found = candidates.ranked(people, lines, line)
        if lines.table.seats[line] == 0:  # nobody is looked for
            assert len(pairs.row[part]) == 0
            continue
        order = np.argsort(found.row)
        assert pairs.row[part].tolist() == found.row[order].tolist()
        assert pairs.score[part].tolist() == found.score[order].tolist()
        assert lines.slots.start[pairs.slot[part]].tolist() == found.start[order].tolist()


@given(counties(people=8, lines=1))
@settings(max_examples=60, deadline=None)
def test_the_counts_of_the_rules_add_up_to_everybody(county: County) -> None:
    people, lines = people_of(*county[0]), lines_of(*county[1])
    counts = candidates.removed_by(people, lines, 0)
    assert sum(counts.values()) == people.count
    firsts = [explain.why_not(people, lines, 0, person, CODES).first for person in range(people.count)]
    names = [first.rule.name if first else "eligible" for first in firsts]
    assert counts == {name: names.count(name) for name in [*(rule.name for rule in HARD), "eligible"] if name in names}


@given(counties(people=6, lines=3), st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None)
def test_the_order_of_the_rows_changes_nothing(county: County, chance: Any) -> None:
    persons, needs = (list(rows) for rows in county)
    straight = candidates.ranked(people_of(*persons), lines_of(*needs), 0)
    chance.shuffle(persons)
    chance.shuffle(needs)
    mixed = candidates.ranked(people_of(*persons), lines_of(*needs), 0)
    assert straight.id.tolist() == mixed.id.tolist()
    assert straight.score.tolist() == mixed.score.tolist()


def test_weights_are_the_offices_own() -> None:
    people = people_of(a_person(1, load_90=9), a_person(2, lat=HOME[1] + KILOMETRE))
    far, fair = Policy.build(1, {"load_90": 0}), Policy.build(2, {"distance": 0})
    assert candidates.ranked(people, lines_of(a_line()), 0, far).id.tolist() == [1, 2]
    assert candidates.ranked(people, lines_of(a_line()), 0, fair).id.tolist() == [2, 1]
    assert candidates.ranked(people, lines_of(a_line()), 0, DEFAULT).score.max() <= DEFAULT.top_score


@given(counties(people=8, lines=1), st.lists(st.integers(0, 9), max_size=3))
@settings(max_examples=90, deadline=None)
def test_whom_an_agreement_sends_stands_first_if_she_may_and_nobody_else_moves(
    county: County, promised: list[int]
) -> None:
    people, lines = people_of(*county[0]), lines_of(*county[1])
    usual = candidates.ranked(people, lines, 0)
    found = candidates.ranked(people, lines, 0, promised=promised)
    ahead = [one for one in promised if one in usual.id][:1]
    assert found.id.tolist() == ahead + [one for one in usual.id.tolist() if one not in ahead]
    assert found.eligible == usual.eligible
    assert candidates.ranked(people, lines, 0, limit=1, promised=promised).id.tolist() == found.id.tolist()[:1]
