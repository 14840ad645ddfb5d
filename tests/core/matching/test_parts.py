"""A case planned in parts: the plan of the whole where it is a flow, and a proven one in any case."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.core.matching import parts
from dashboard.core.matching.case import prepare
from dashboard.core.matching.certify import certify
from dashboard.core.matching.parts import parts_of, plan_in_parts
from dashboard.core.matching.plan import best_plan
from tests.core.matching.builders import HOME, a_line, a_person, lines_of, people_of
from tests.core.matching.counties import counties

FAR = 5.0  # degrees


@pytest.fixture(autouse=True, params=[0, 4, 20_000])
def _bundles(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "BUNDLE_PAIRS", request.param)


def several(districts: list[tuple[list[dict[str, Any]], list[dict[str, Any]]]]) -> Any:
    """Counties far from each other as one case, their rows mixed."""
    people, lines = [], []
    for at, (persons, needs) in enumerate(districts):
        count = len(districts)
        people += [one | {"id": one["id"] * count + at, "lon": HOME[0] + FAR * at} for one in persons]
        for need in needs:
            named = {name: [one * count + at for one in need[name]] for name in ("preferred", "excluded")}
            id = need["id"] * count + at
            lines.append(need | named | {"id": id, "need": id, "lon": HOME[0] + FAR * at})
    return prepare(people_of(*people), lines_of(*lines))


@given(st.lists(counties(people=4, lines=3), min_size=1, max_size=4), st.data())
@settings(max_examples=60, deadline=None)
def test_the_parts_make_the_plan_of_the_whole(districts: Any, data: st.DataObject) -> None:
    case = several(districts)
    every = [(int(line), int(one)) for line in case.lines.id for one in case.people.id]
    pins = data.draw(st.lists(st.sampled_from(every), max_size=2, unique=True)) if every else []
    found, whole = plan_in_parts(case, pins).plan, best_plan(case, pins=pins)
    refused = {(pin.line_id, pin.person_id) for pin in found.refused}
    assert [] == certify(case, found, pins=set(pins) - refused)
    assert (whole.bound, whole.kinds) == (found.bound, found.kinds)
    if not case.kinds:
        assert whole.objective == found.objective
        assert whole.tiers == found.tiers
        assert set(whole.refused) == set(found.refused)
        for name in ("line_id", "person_id", "slot", "start", "end", "score", "pinned", "empty"):
            assert getattr(whole, name).tolist() == getattr(found, name).tolist(), name


def test_every_line_pair_and_limit_is_in_one_part() -> None:
    people = [a_person(k, lon=HOME[0] + FAR * (k % 3)) for k in range(1, 10)]
    lines = [a_line(k, lon=HOME[0] + FAR * (k % 3), seats=2) for k in range(1, 7)]
    case = prepare(people_of(*people), lines_of(*lines))
    found = parts_of(case)
    assert sorted(np.concatenate([part.lines for part in found]).tolist()) == list(range(6))
    assert sum(len(part.case.pairs.row) for part in found) == len(case.pairs.row)
    assert sum(part.case.built.limits.count for part in found) == case.built.limits.count
    first = [int(part.lines[0]) for part in found]
    assert first == sorted(first)
    for part in found:
        assert part.case.lines.id.tolist() == case.lines.id[part.lines].tolist()
        assert part.case.people.id.tolist() == case.people.id[part.people].tolist()
        part.case.problem.check()
        part.case.problem.limits.check()


def test_nothing_wanted_is_planned() -> None:
    case = prepare(people_of(a_person()), lines_of())
    assert 0 == len(plan_in_parts(case).plan.line)
