"""Small problem files for the tests, and what is wrong with them in short."""

import json
from typing import Any

from hypothesis import strategies as st

from dashboard.formats.match_problem import read_problem
from dashboard.formats.mistakes import Refused


def as_bytes(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def an_arcs_problem(**changes: Any) -> dict[str, Any]:
    """Needs 7 (two people) and "roof"; the cook can go to both, the driver to need 7."""
    usual = {
        "needs": [{"id": 7, "people": 2}, {"id": "roof", "people": 1}],
        "volunteers": [{"id": "cook", "capacity": 1}, {"id": 12, "capacity": 2}],
        "arcs": [[7, "cook", 5], [7, 12, 7], ["roof", "cook", 3]],
        "unmet_penalty": 100,
    }
    return {key: value for key, value in (usual | changes).items() if value is not None}


def mistakes(document: Any) -> list[tuple[str, str]]:
    """(place, short key) of everything told of a file, given as bytes or as a document."""
    try:
        read_problem(document if isinstance(document, bytes) else as_bytes(document))
    except Refused as refusal:
        assert refusal.count >= len(refusal.mistakes) > 0
        return [(mistake.place, mistake.key.removeprefix("match_files.")) for mistake in refusal.mistakes]
    return []


ids = st.one_of(st.integers(-(2**53), 2**53), st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5))


@st.composite
def arcs_problems(draw: st.DrawFn, size: int = 5) -> dict[str, Any]:
    """Any problem of explicit arcs, with small costs so that ties abound."""
    needs, people = draw(st.lists(ids, max_size=size, unique=True)), draw(st.lists(ids, max_size=size, unique=True))
    every = [(need, one) for need in needs for one in people]
    pairs = draw(st.lists(st.sampled_from(every), unique=True, max_size=12)) if every else []
    count, cost = st.integers(1, 3), st.integers(0, 9)
    own = st.one_of(st.just({}), st.fixed_dictionaries({"unmet_penalty": cost}))
    return {
        "needs": [{"id": need, "people": draw(count)} | draw(own) for need in needs],
        "volunteers": [{"id": one, "capacity": draw(st.integers(0, 2))} for one in people],
        "arcs": [[need, one, draw(cost)] for need, one in pairs],
        "unmet_penalty": draw(st.integers(0, 20)),
    }


def hours(start: float, end: float, day: int = 30) -> dict[str, str]:
    """A span on a day of November 2026; the 30th is a Monday."""
    words = (f"2026-11-{day:02}T{int(hour):02}:{round(hour % 1 * 60):02}+08:00" for hour in (start, end))
    return dict(zip(("start", "end"), words, strict=True))


def a_need(id: Any = "N1", **changes: Any) -> dict[str, Any]:
    """One person, Monday from 9 to 11."""
    usual = {"id": id, "lon": 108.0, "lat": 28.5, "windows": [hours(9, 11)], "people": 1}
    return {key: value for key, value in (usual | changes).items() if value is not None}


def a_volunteer(id: Any = "V1", **changes: Any) -> dict[str, Any]:
    """Lives where the need is, free on Monday from 8 to 18."""
    usual = {"id": id, "lon": 108.0, "lat": 28.5, "free": [hours(8, 18)]}
    return {key: value for key, value in (usual | changes).items() if value is not None}


def a_people_problem(**changes: Any) -> dict[str, Any]:
    """One need, one volunteer who can."""
    usual: dict[str, Any] = {"needs": [a_need()], "volunteers": [a_volunteer()]}
    return usual | changes
