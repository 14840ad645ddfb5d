from typing import Any

import numpy as np
import pytest

from dashboard.core.errors import Invalid
from dashboard.core.matching.lines import Lines
from dashboard.core.matching.people import People
from dashboard.core.matching.policy import DEFAULT, TERMS, Policy
from dashboard.core.matching.words import UNLIMITED, Codebook
from dashboard.text import text
from tests.core.matching.builders import CODES, HOME, MONDAY, a_line, a_person, at, hours, lines_of, people_of


def test_people_and_lines_are_sorted_by_id() -> None:
    people = people_of(a_person(9, load_90=9), a_person(2, load_90=2))
    assert (people.id.tolist(), people.table.load_90.tolist()) == ([2, 9], [2, 9])
    assert people.rows([9, 2]).tolist() == [1, 0]
    assert lines_of(a_line(5), a_line(3)).id.tolist() == [3, 5]


def test_lists_stay_with_their_owner() -> None:
    people = people_of(
        a_person(2, skills={"cook": 1}, free=[hours(8, 9), hours(9, 10)]),
        a_person(1, skills={"drive": 2, "cook": 3}, free=[], busy=[(*hours(9, 10), *HOME)]),
    )
    first, second = people.table
    assert people.skills[first.skill_from : first.skill_to].tolist() == [(0, 3, UNLIMITED), (2, 2, UNLIMITED)]
    assert people.skills[second.skill_from : second.skill_to].tolist() == [(0, 1, UNLIMITED)]
    assert people.spans[second.free_from : second.free_to].start.tolist() == [at(8)]
    assert people.spans[second.free_from : second.free_to].end.tolist() == [at(10)]
    assert (first.free_from, first.busy_to - first.busy_from) == (first.free_to, 1)


def test_the_latest_certificate_counts() -> None:
    ids = {"id": [1], "lon": [108.0], "lat": [28.0], "precision": "grid", "known": True}
    people = People.build(CODES, **ids, certificates=([1, 1], ["nurse", "nurse"], [MONDAY + 5, MONDAY]))  # type: ignore[arg-type]
    assert people.skills.valid_until.tolist() == [MONDAY + 5]


def test_half_a_place_is_no_place() -> None:
    people = people_of(a_person(lat=None))
    assert np.isnan(people.table[0].lon)
    assert np.isnan(people.table[0].x)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"skills": {"cook": 4}}, "level"),
        ({"cap_day": -1}, "cap_day"),
        ({"max_distance_m": -1}, "max_distance_m"),
        ({"asked": 1, "kept": 2}, "kept"),
        ({"lat": 91.0}, "degrees"),
        ({"busy": [(at(9), at(9), *HOME)]}, "busy"),
        ({"free": [(at(9), at(8))]}, "end after it starts"),
    ],
)
def test_people_that_cannot_be_are_refused(facts: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        people_of(a_person(**facts))


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"required": {"cook": 0}}, "level"),
        ({"duration": 0}, "duration"),
        ({"seats": -1}, "seats"),
        ({"windows": [(at(9), at(9))]}, "windows"),
    ],
)
def test_needs_that_cannot_be_are_refused(facts: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        lines_of(a_line(**facts))


def test_an_id_twice_an_unknown_owner_and_a_short_column_are_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        people_of(a_person(1), a_person(1))
    plain: dict[str, Any] = {"id": [1], "lon": [108.0], "lat": [28.0]}
    with pytest.raises(ValueError, match="unknown id 7"):
        People.build(CODES, **plain, precision="grid", known=True, free=([7], [0], [1]))
    with pytest.raises(ValueError, match="2 values for 1 rows"):
        Lines.build(CODES, **plain, windows=((), (), ()), duration=[60, 60])


def test_a_codebook_must_make_sense() -> None:
    with pytest.raises(ValueError, match="twice"):
        Codebook(("cook", "cook"))
    with pytest.raises(ValueError, match="licence"):
        Codebook(("cook",), ("nurse",))
    assert CODES.mask(["gelao", "mandarin", "gelao"]) == 5
    assert (CODES.mask("dialect"), CODES.mask(None)) == (2, 0)


def test_a_rule_set_changes_only_what_it_names() -> None:
    policy = Policy.build(7, {"distance": 1}, {"far_m": 4000})
    assert policy.weights[1:] == DEFAULT.weights[1:]
    assert (policy.version, policy.weights[0], policy.settings.far_m) == (7, 1, 4000)
    assert policy.settings._replace(far_m=DEFAULT.settings.far_m) == DEFAULT.settings


@pytest.mark.parametrize(
    ("weights", "numbers"),
    [
        ({"distanz": 1}, {}),
        ({"distance": -1}, {}),
        ({"distance": 1.5}, {}),
        ({"distance": True}, {}),
        ({"distance": 10**9}, {}),
        ({}, {"far_m": 0}),
        ({}, {"near_m": 1}),
    ],
)
def test_a_rule_set_with_a_slip_is_refused_in_words(weights: dict[str, Any], numbers: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        Policy.build(1, weights, numbers)
    assert all(text(language, refused.value.key, **refused.value.values) for language in ("zh", "en"))


def test_every_weight_has_a_term() -> None:
    assert len(DEFAULT.weights) == len(TERMS)
    assert DEFAULT.top_score == 100 * sum(term.weight for term in TERMS)
