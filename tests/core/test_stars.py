"""Stars follow from hours by a rule: monotone, and the same for the same facts."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.core.errors import Invalid
from dashboard.core.stars import (
    DEFAULT_RULE,
    NOTHING,
    USUAL,
    Badge,
    Change,
    Facts,
    Standing,
    StarRule,
    changes,
    minutes,
    standing,
    tried,
)
from dashboard.core.words import Grade

A, B, C = Grade


def rule(**values: Any) -> StarRule:
    return StarRule.of(DEFAULT_RULE | values)


def hours(a: int = 0, b: int = 0, c: int = 0, **values: Any) -> Facts:
    return Facts({A: a * 60, B: b * 60, C: c * 60}, **values)


@pytest.mark.parametrize(
    ("given", "stars"),
    [(0, 0), (99, 0), (100, 1), (299, 1), (300, 2), (600, 3), (1000, 4), (1499, 4), (1500, 5), (9000, 5)],
)
def test_the_ministry_s_hours_make_one_to_five_stars(given: int, stars: int) -> None:
    assert standing(hours(b=given), USUAL).stars == stars
    if given in USUAL.hours:
        assert standing(Facts({B: given * 60 - 1}), USUAL).stars == stars - 1, "a minute less is a star less"


def test_only_grades_that_count_give_hours_services_and_badges() -> None:
    known = hours(a=90, b=20, c=500, services={A: 3, C: 9}, by_category={(A, "x"): 3, (C, "x"): 9})
    strict = rule(grades=["A", "B"], badges=[["勤务", "x", 4]])
    assert minutes(known, strict) == 110 * 60
    assert standing(known, strict) == Standing(1, ())
    assert standing(known, rule(badges=[["勤务", "x", 4]])) == Standing(3, ("勤务",))
    assert standing(known, rule(grades=["A", "B"], services=4)).stars == 0


def test_conditions_bind_from_their_star_on() -> None:
    known = hours(b=700, services={B: 5}, answered=10, satisfied=8)
    assert standing(known, rule(services=6)).stars == 0
    assert standing(known, rule(services=6, bound_from=3)).stars == 2
    assert standing(known, rule(services=5)).stars == 3
    assert standing(known, rule(satisfied=80, answers=10)).stars == 3
    assert standing(known, rule(satisfied=81, answers=10, bound_from=2)).stars == 1
    assert standing(known, rule(satisfied=81, answers=11)).stars == 3, (
        "ten answers judge nobody where eleven are wanted"
    )


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"hours": [100, 300, 600, 1000]}, "stars.bad_hours"),
        ({"hours": [100, 300, 300, 1000, 1500]}, "stars.bad_hours"),
        ({"hours": [0, 300, 600, 1000, 1500]}, "stars.bad_hours"),
        ({"hours": [1, 2, 3, 4, 20_001]}, "stars.bad_hours"),
        ({"hours": ["x"]}, "stars.bad_rule"),
        ({"grades": []}, "stars.bad_grades"),
        ({"grades": ["A", "Z"]}, "stars.bad_grades"),
        ({"services": -1}, "stars.bad_conditions"),
        ({"satisfied": 101, "answers": 5}, "stars.bad_conditions"),
        ({"satisfied": 80}, "stars.bad_conditions"),
        ({"bound_from": 0}, "stars.bad_conditions"),
        ({"badges": [["甲、乙", "x", 1]]}, "stars.bad_badges"),
        ({"badges": [["甲", "x", 1], ["甲", "y", 1]]}, "stars.bad_badges"),
        ({"badges": [["甲", "x", 0]]}, "stars.bad_badges"),
        ({"badges": [["甲", "x"]]}, "stars.bad_rule"),
    ],
)
def test_a_rule_that_is_none_is_refused(values: dict[str, Any], key: str) -> None:
    with pytest.raises(Invalid) as refused:
        rule(**values)
    assert refused.value.key == key


counts = st.integers(0, 2_000)
graded = st.fixed_dictionaries(dict.fromkeys(Grade, counts))
people = st.builds(
    lambda times, services, answered, share, kinds: Facts(
        {grade: n * 60 for grade, n in times.items()},
        services,
        answered,
        answered * share // 100,
        {(grade, "x"): n for grade, n in kinds.items()},
    ),
    graded,
    graded,
    st.integers(0, 60),
    st.integers(0, 100),
    graded,
)
rules = st.builds(
    lambda steps, grades, services, satisfied, answers, bound, badge: StarRule(
        tuple(sum(steps[: n + 1]) for n in range(5)),
        tuple(grade for grade in Grade if grade in grades),
        services,
        satisfied,
        answers,
        bound,
        (Badge("勤", "x", badge),),
    ),
    st.lists(st.integers(1, 900), min_size=5, max_size=5),
    st.sets(st.sampled_from(list(Grade)), min_size=1),
    st.integers(0, 50),
    st.integers(0, 100),
    st.integers(1, 40),
    st.integers(1, 5),
    st.integers(1, 50),
)


@given(people, rules, graded, graded)
def test_more_hours_and_services_never_take_a_star_or_badge(
    known: Facts, held: StarRule, more: dict[Grade, int], served: dict[Grade, int]
) -> None:
    grown = Facts(
        {grade: known.minutes[grade] + more[grade] for grade in Grade},
        {grade: known.services[grade] + served[grade] for grade in Grade},
        known.answered,
        known.satisfied,
        {(grade, "x"): known.by_category[grade, "x"] + served[grade] for grade in Grade},
    )
    before, after = standing(known, held), standing(grown, held)
    assert 0 <= before.stars <= after.stars <= 5
    assert set(before.badges) <= set(after.badges)


@given(people, rules)
def test_stars_are_the_thresholds_reached_unless_a_condition_binds(known: Facts, held: StarRule) -> None:
    reached = sum(minutes(known, held) >= one * 60 for one in held.hours)
    got = standing(known, held).stars
    assert got in (reached, min(reached, held.bound_from - 1))
    assert standing(NOTHING, held) == Standing()


@given(rules)
def test_a_rule_comes_back_from_its_row(held: StarRule) -> None:
    assert StarRule.of(held.plain()) == held


@given(st.dictionaries(st.integers(1, 20), people, max_size=8), rules, rules)
def test_a_trial_counts_everybody_once_and_lists_who_differs(
    known: dict[int, Facts], here: StarRule, other: StarRule
) -> None:
    then = {who: one for who, one in known.items() if who % 2}
    found = tried(known, then, here, other)
    assert [one.stars for one in found.tallies] == [5, 4, 3, 2, 1, 0]
    assert sum(one.before for one in found.tallies) == sum(one.after for one in found.tallies) == len(known)
    by_hand = {who: (standing(one, here), standing(one, other)) for who, one in known.items()}
    assert {one.volunteer_id: (one.before, one.after) for one in found.changes} == {
        who: pair for who, pair in by_hand.items() if pair[0] != pair[1]
    }
    for one in found.tallies:
        fresh = [who for who, pair in by_hand.items() if pair[1].stars == one.stars and one.stars and not who % 2]
        assert one.reached_after >= 0 and one.reached_after == len(fresh), "half had the same a year ago"
    assert tried(known, then, here, here).changes == ()


def test_a_change_says_its_direction() -> None:
    found = changes({1: Standing(2), 2: Standing(1), 3: Standing(0, ("甲",))}, {1: Standing(3), 3: Standing(0)})
    assert [(one.volunteer_id, one.up, one.down) for one in found] == [
        (1, True, False),
        (2, False, True),
        (3, False, False),
    ]
    assert found[1] == Change(2, Standing(1), Standing())
