"""Sentences, and the smallest change: made, she is eligible; not made, she is not."""

from typing import Any

import pytest

from dashboard.core.matching import explain
from dashboard.core.matching.policy import HARD, TERMS
from dashboard.text import known, text
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
from tests.core.matching.test_rules import CASES


def verdict(person: dict[str, Any], line: dict[str, Any]) -> explain.Verdict:
    return explain.why_not(people_of(a_person(**person)), lines_of(a_line(**line)), 0, 0, CODES)


def values(person: dict[str, Any], line: dict[str, Any]) -> dict[str, Any]:
    first = verdict(person, line).first
    assert first is not None
    return dict(first.values)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("rule", CASES)
def test_every_refusal_is_a_sentence_and_names_the_change(rule: str, language: str) -> None:
    failing = verdict(*CASES[rule][1]).first
    assert failing is not None
    for key in (failing.rule.yes, failing.rule.no, failing.rule.change):
        sentence = text(language, key, **failing.values)
        assert sentence
        assert "{" not in sentence


def test_every_term_has_its_words() -> None:
    assert [key for term in TERMS for key in (term.label, term.known, term.unknown) if not known(key)] == []


def test_every_cause_has_its_words() -> None:
    causes = [*(rule.name for rule in HARD), "eligible", "chosen", "elsewhere", "dropped"]
    assert [name for name in causes if not known(f"match_rules.cause_{name}")] == []
    pins = ["unknown", "full", "twice", "dropped"]
    assert [name for name in pins if not known(f"match_rules.pin_{name}")] == []


def test_all_failing_rules_are_named_in_their_order() -> None:
    person = {"active": False, "known": False, "lat": HOME[1] + 9 * KILOMETRE}
    names = [failing.rule.name for failing in verdict(person, {"required": {"cook": 1}}).failing]
    assert names == ["active", "skill", "distance", "known"]
    assert sorted(names, key=[rule.name for rule in HARD].index) == names


def test_the_distance_that_would_do_is_enough_and_one_metre_less_is_not() -> None:
    line = {"lat": HOME[1] + 3 * KILOMETRE}
    needed = values({"max_distance_m": 100}, line)["metres"]
    assert verdict({"max_distance_m": needed}, line).eligible
    assert not verdict({"max_distance_m": needed - 1}, line).eligible


def test_moving_the_service_by_the_minutes_named_clears_the_task() -> None:
    task = {"busy": [(*hours(10.5, 12), HOME[0], HOME[1] + 3 * KILOMETRE)], "free": [hours(6, 20)]}
    short = values(task, {})["short"]
    assert short == 40  # 30 minutes of overlap and 10 of travel
    assert verdict(task, {"windows": [(at(9) - short, at(11) - short)]}).eligible
    assert not verdict(task, {"windows": [(at(9) - short + 1, at(11) - short + 1)]}).eligible


@pytest.mark.parametrize("cap", ["cap_day", "cap_week"])
def test_the_cap_that_would_do_is_enough(cap: str) -> None:
    busy = {"busy": [(*hours(12, 13), *HOME), (*hours(14, 15), *HOME)]}
    needed = values(busy | {cap: 1}, {})["tasks"]
    assert verdict(busy | {"cap_day": 5} | {cap: needed}, {}).eligible
    assert not verdict(busy | {"cap_day": 5} | {cap: needed - 1}, {}).eligible


def test_the_missing_skills_are_named() -> None:
    people, lines = people_of(a_person(skills={"cook": 1})), lines_of(a_line(required={"cook": 2, "drive": 1}))
    first = explain.why_not(people, lines, 0, 0, CODES, name_of=lambda skill: f"<{skill}>").first
    assert first is not None
    assert (first.values["skills"], first.short) == ("<cook>、<drive>", 2)


def test_the_day_the_certificate_must_cover_is_named() -> None:
    found = values({"skills": {"nurse": 1}, "certificates": {"nurse": MONDAY - 3}}, {"required": {"nurse": 1}})
    assert (found["skills"], found["day"]) == ("nurse", "2026-11-30")


def test_the_task_in_the_way_and_the_hours_are_named() -> None:
    found = values({"busy": [(*hours(10, 12), *HOME), (*hours(13, 14), *HOME)]}, {})
    assert found["task"] == "2026-11-30 10:00-12:00"
    assert found["when"] == "2026-11-30 09:00-11:00"


def test_the_languages_asked_for_are_named() -> None:
    assert values({}, {"languages": ["dialect", "gelao"], "language_hard": True})["languages"] == "dialect、gelao"


def test_a_need_without_a_time_has_a_reason_but_no_score() -> None:
    people, lines = people_of(a_person()), lines_of(a_line(windows=[]))
    found = explain.why_not(people, lines, 0, 0, CODES)
    assert (found.start, [failing.rule.name for failing in found.failing]) == (None, ["need_ready"])
    with pytest.raises(ValueError, match="without a time"):
        explain.reasons(people, lines, 0, 0)
