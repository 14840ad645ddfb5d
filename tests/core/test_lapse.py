"""Months that are played: what each counts is the replay's own answer; colours mean the same in all of them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.core.deck import Box, lapse_places
from dashboard.core.deck_lapse import Lapse, Month, Place, Shade, areas_of
from dashboard.core.figures import day_span
from dashboard.core.lapse import LapseFigure, Step, Told, classes, counted, steps
from dashboard.core.replay import Happening, Known, pasts
from dashboard.core.words import NeedState

UNTIL = date(2026, 11, 20)
YEAR = steps(UNTIL, 12)
TOWNS = {1: "a", 2: "a", 3: "b", 4: None}


def test_the_last_month_ends_with_its_day_and_the_others_are_whole() -> None:
    assert [step.last.isoformat()[:7] for step in YEAR][::11] == ["2025-12", "2026-11"]
    assert YEAR[2].last == date(2026, 2, 28)
    assert [step.whole for step in YEAR] == [True] * 11 + [False]
    assert YEAR[-1].end == day_span(UNTIL)[1]
    assert all(one.end == other.start for one, other in zip(YEAR, YEAR[1:], strict=False))
    assert steps(date(2026, 11, 30), 2)[-1].whole


def step_of(moment: datetime) -> int:
    """The step a moment lies in, said without the database."""
    if moment < YEAR[0].start:
        return -1
    return next((at for at, step in enumerate(YEAR) if moment < step.end), len(YEAR))


def told(event: Happening, known: Known) -> Told:
    happened = step_of(event.happened_at)
    shown = max(happened, step_of(event.recorded_at) if known is Known.THEN else 0, 0)
    return Told(event.need_id, event.from_state is None, event.to_state, happened, shown)


moments = st.integers(-40, 360).map(lambda days: datetime(2025, 12, 15, 3, tzinfo=UTC) + timedelta(days=days))


@st.composite
def chains(draw: st.DrawFn) -> list[Happening]:
    """Events of four orders, each order's in the order in which they were recorded, some told late."""
    found = []
    for need_id in TOWNS:
        before, recorded = None, draw(moments)
        for _ in range(draw(st.integers(0, 5))):
            state = draw(st.sampled_from(NeedState))
            happened = recorded - timedelta(days=draw(st.sampled_from((0, 0, 3, 45, 200))))
            found.append(Happening(need_id, before, state, happened, recorded))
            before, recorded = state, recorded + timedelta(days=draw(st.integers(0, 70)))
    return found


def replayed(events: list[Happening], figure: LapseFigure, known: Known, step: Step) -> dict[str | None, int]:
    """The same by core.replay, which looks at every moment anew."""
    found: dict[str | None, int] = {}
    for need_id, one in pasts(events, step.end, known).items():
        counts = {
            LapseFigure.NEEDS_OPEN: one.state is NeedState.OPEN,
            LapseFigure.NEEDS_REGISTERED: one.state is not NeedState.DRAFT and step.start <= one.registered_at,
            LapseFigure.NEEDS_CLOSED: one.state is NeedState.CLOSED and step.start <= one.since,
        }[figure]
        found[TOWNS[need_id]] = found.get(TOWNS[need_id], 0) + counts
    return {town: many for town, many in found.items() if many}


@given(
    chains(), st.sampled_from([one for one in LapseFigure if one is not LapseFigure.SERVICES]), st.sampled_from(Known)
)
def test_every_month_is_what_the_replay_says(events: list[Happening], figure: LapseFigure, known: Known) -> None:
    found = counted([told(event, known) for event in events], TOWNS, figure, len(YEAR))
    for at, step in enumerate(YEAR):
        here = {town: row[at] for town, row in found.items() if row[at]}
        assert here == replayed(events, figure, known, step), step


def test_orders_out_of_reach_count_nowhere() -> None:
    events = [Told(9, True, "open", 0, 0), Told(1, True, "open", 0, 0)]
    assert counted(events, TOWNS, LapseFigure.NEEDS_OPEN, 2) == {"a": [1, 1]}


@given(st.lists(st.integers(0, 5000), max_size=60))
def test_every_number_lies_in_exactly_one_class(values: list[int]) -> None:
    found = classes(values)
    assert len(found) <= 6
    for value in values:
        assert [low <= value <= high for low, high in found].count(True) == 1
    assert found[0] == (0, 0)


def test_one_month_far_above_the_others_leaves_them_their_colours() -> None:
    usual, far = [5, 8, 12, 17, 22, 30], 124
    of = [next(at for at, (_, high) in enumerate(classes([*usual, far])) if value <= high) for value in usual]
    assert len(set(of)) >= 3


def square(code: str, lon: float, lat: float) -> Place:
    ring = [[lon, lat], [lon + 1, lat], [lon + 1, lat + 1], [lon, lat + 1], [lon, lat]]
    return Place(code, code, {"type": "Polygon", "coordinates": [ring]}, [lon + 0.5, lat + 0.5])


def test_towns_lie_on_the_drawing_as_on_the_ground() -> None:
    areas, height = areas_of([square("west", 107, 28), square("east", 108, 28), square("north", 107, 29)])
    west, east, north = areas
    assert (west.x < east.x, north.y < west.y, west.y) == (True, True, east.y)
    # A degree of longitude is shorter than one of latitude, and two lie side by side.
    assert 1100 < height < 1200
    assert west.room == pytest.approx(500, abs=1)
    assert areas_of([]) == ((), 1000)


def drawn(height: int) -> Lapse:
    month: dict[str, Any] = {"label": "1", "note": "", "total": "1", "beside": "", "values": (), "classes": ()}
    return Lapse("", height, (), (Shade("#ffffff", "#000000", "0"),), (Month(**month),), (), "")


@pytest.mark.parametrize(("height", "beside"), [(1700, True), (300, False)])
def test_a_tall_county_stands_beside_its_words_and_a_wide_one_above_them(height: int, beside: bool) -> None:
    half = lapse_places(drawn(height), Box(0, 0.2, 0.45, 0.7))
    assert half.beside is beside
    assert 0 < half.share < 1
    whole = lapse_places(drawn(height), Box(0.04, 0.17, 0.92, 0.76))
    assert whole.name > 0
    assert whole.number >= whole.name
