"""A yes and a no for each hard rule, through the same functions that screen."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from dashboard.core.geo import distance_m
from dashboard.core.matching import candidates, explain, rules
from dashboard.core.matching.policy import HARD, Policy
from tests.core.matching.builders import (
    CODES,
    HOME,
    KILOMETRE,
    MONDAY,
    a_line,
    a_person,
    at,
    hours,
    lines_of,
    people_of,
)

NURSE = {"skills": {"nurse": 2}, "certificates": {"nurse": MONDAY}}
FAR_TASK = (*hours(11.25, 12), HOME[0], HOME[1] + 4.5 * KILOMETRE)  # fifteen minutes away
NEAR_TASK = (*hours(11, 12), *HOME)

#: rule -> (who may, who may not), each (facts of the person, facts of the line)
CASES: dict[str, tuple[tuple[Any, Any], tuple[Any, Any]]] = {
    "need_ready": (({}, {}), ({}, {"windows": []})),
    "active": (({}, {}), ({"active": False}, {})),
    "scope": (({"in_scope": False, "shared": True}, {}), ({"in_scope": False}, {})),
    "placed": (({}, {}), ({"lon": None}, {})),
    "skill": (
        ({"skills": {"cook": 2}}, {"required": {"cook": 2}}),
        ({"skills": {"cook": 1}}, {"required": {"cook": 2}}),
    ),
    "distance": (
        ({"max_distance_m": 1000}, {"lat": HOME[1] + KILOMETRE}),
        ({"max_distance_m": 999}, {"lat": HOME[1] + KILOMETRE}),
    ),
    "known": (({}, {}), ({"known": False, "free": []}, {})),
    "language": (
        ({"languages": ["dialect"]}, {"languages": ["dialect", "gelao"], "language_hard": True}),
        ({}, {"languages": ["dialect"], "language_hard": True}),
    ),
    "gender": (
        ({"gender": "female"}, {"gender": "female", "gender_hard": True}),
        ({}, {"gender": "female", "gender_hard": True}),
    ),
    "excluded": (({}, {"excluded": [2]}), ({}, {"excluded": [2, 1]})),
    "forbidden": (({}, {"forbidden": [2]}), ({}, {"forbidden": [1]})),
    "taken": (({}, {"taken": [2]}), ({}, {"taken": [1]})),
    "certificate": (
        (NURSE, {"required": {"nurse": 1}}),
        (NURSE | {"certificates": {"nurse": MONDAY - 1}}, {"required": {"nurse": 1}}),
    ),
    "free": (({"free": [hours(9, 10), hours(10, 11)]}, {}), ({"free": [hours(9, 10.5)]}, {})),
    "keep_free": (({"keep": [hours(11, 12)]}, {}), ({"keep": [hours(10.5, 12)]}, {})),
    "clash": (({"busy": [FAR_TASK]}, {}), ({"busy": [(at(11.2), at(12), *FAR_TASK[2:])]}, {})),
    "cap_day": (({"busy": [NEAR_TASK]}, {}), ({"busy": [NEAR_TASK], "cap_day": 1}, {})),
    "cap_week": (
        ({"busy": [(*hours(9, 10, day=7), *HOME)], "cap_week": 1}, {}),
        ({"busy": [(*hours(9, 10, day=6), *HOME)], "cap_week": 1}, {}),
    ),
}


def failing(person: dict[str, Any], line: dict[str, Any], policy: Policy | None = None) -> list[str]:
    verdict = explain.why_not(people_of(a_person(**person)), lines_of(a_line(**line)), 0, 0, CODES, policy or Policy())
    return [item.rule.name for item in verdict.failing]


def test_every_rule_has_a_yes_and_a_no() -> None:
    assert list(CASES) == [rule.name for rule in HARD]


@pytest.mark.parametrize("rule", CASES)
def test_who_keeps_the_rule_may(rule: str) -> None:
    assert failing(*CASES[rule][0]) == []


@pytest.mark.parametrize("rule", CASES)
def test_who_breaks_the_rule_may_not(rule: str) -> None:
    assert failing(*CASES[rule][1]) == [rule]


@pytest.mark.parametrize("rule", CASES)
def test_screening_and_explaining_agree(rule: str) -> None:
    for (person, line), eligible in zip(CASES[rule], (1, 0), strict=True):
        people, lines = people_of(a_person(**person)), lines_of(a_line(**line))
        assert candidates.ranked(people, lines, 0).eligible == eligible
        assert len(candidates.eligible_pairs(people, lines).row) == eligible
        assert candidates.removed_by(people, lines, 0) == {"eligible" if eligible else rule: 1}


def test_unknown_consent_or_precision_does_not_stop_a_match() -> None:
    assert failing({"precision": "village"}, {}) == []


def test_a_need_without_a_place_is_not_ready() -> None:
    assert failing({}, {"lon": None}) == ["need_ready"]


def test_a_certificate_alone_counts_as_level_one() -> None:
    only = {"certificates": {"nurse": MONDAY + 9}}
    assert failing(only, {"required": {"nurse": 1}}) == []
    assert failing(only, {"required": {"nurse": 2}}) == ["skill"]


def test_a_licence_without_any_certificate_is_not_valid() -> None:
    assert failing({"skills": {"nurse": 3}}, {"required": {"nurse": 1}}) == ["certificate"]


def test_a_preferred_licence_asks_for_no_certificate() -> None:
    assert failing({"skills": {"nurse": 3}}, {"wished": ["nurse"]}) == []


def test_the_certificate_must_hold_on_the_day_the_service_ends() -> None:
    over_midnight = {"required": {"nurse": 1}, "windows": [(at(23), at(25))]}
    free = {"free": [(at(20), at(30))]}
    assert failing(NURSE | free, over_midnight) == ["certificate"]
    assert failing(NURSE | free, over_midnight | {"windows": [(at(22), at(24))]}) == []


def test_back_to_back_at_one_place_is_fine() -> None:
    assert failing({"busy": [NEAR_TASK, (*hours(8, 9), *HOME)], "cap_day": 3}, {}) == []


def test_a_task_at_an_unknown_place_keeps_the_usual_margin() -> None:
    later = (at(11.5), at(12), None, None)
    assert failing({"busy": [later]}, {}) == []
    assert failing({"busy": [(at(11.5) - 1, *later[1:])]}, {}) == ["clash"]


def test_the_margin_follows_the_speed_of_the_policy() -> None:
    slow = Policy.build(1, {}, {"metres_per_minute": 150})
    assert failing({"busy": [FAR_TASK]}, {}, slow) == ["clash"]


def test_any_one_of_the_wanted_times_is_enough() -> None:
    either = {"windows": [hours(9, 11), hours(14, 16)]}
    verdict = explain.why_not(people_of(a_person(free=[hours(13, 17)])), lines_of(a_line(**either)), 0, 0, CODES)
    assert (verdict.eligible, verdict.start, verdict.end) == (True, *hours(14, 16))


def test_all_wanted_times_must_be_possible_where_all_are_asked() -> None:
    both = {"windows": [hours(9, 11), hours(14, 16)], "rule": "all_of"}
    assert failing({}, both) == []
    assert failing({"free": [hours(13, 17)]}, both) == ["free"]
    assert failing({"cap_day": 1}, both) == ["cap_day"]


def test_a_long_window_is_tried_every_half_hour() -> None:
    wide = {"windows": [hours(9, 17)], "duration": 60}
    verdict = explain.why_not(people_of(a_person(free=[hours(14.25, 16)])), lines_of(a_line(**wide)), 0, 0, CODES)
    assert (verdict.start, verdict.end) == hours(14.5, 15.5)


def test_a_window_shorter_than_the_service_is_taken_as_it_stands() -> None:
    assert failing({"free": [hours(9, 10)]}, {"windows": [hours(9, 10)], "duration": 120}) == []


def test_she_is_judged_at_the_time_that_comes_closest() -> None:
    either = {"windows": [hours(9, 11), hours(14, 16)]}
    person = {"free": [hours(13, 17)], "busy": [(*hours(16, 17), HOME[0], HOME[1] + KILOMETRE)]}
    verdict = explain.why_not(people_of(a_person(**person)), lines_of(a_line(**either)), 0, 0, CODES)
    assert [item.rule.name for item in verdict.failing] == ["clash"]
    assert verdict.start == at(14)


def test_distances_are_the_great_circle_to_the_metre() -> None:
    chance = np.random.default_rng(3)
    for _ in range(200):
        lon, lat = chance.uniform(107, 109, 2), chance.uniform(27, 30, 2)
        people = people_of(a_person(lon=lon[0], lat=lat[0]))
        lines = lines_of(a_line(lon=lon[1], lat=lat[1]))
        exact: NDArray[np.float64] = distance_m(lon[0], lat[0], lon[1], lat[1])
        assert abs(rules.metres_between(people.table[0], lines.table[0]) - float(exact)) <= 0.51


def test_of_two_times_that_fail_alike_the_earlier_is_judged() -> None:
    either = {"windows": [hours(9, 11), hours(14, 16)]}
    verdict = explain.why_not(people_of(a_person(free=[])), lines_of(a_line(**either)), 0, 0, CODES)
    assert verdict.start == at(9)
