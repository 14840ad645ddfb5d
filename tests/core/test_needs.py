"""The two transition tables, the state that follows from dispatches, seats, repeats."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.core import needs
from dashboard.core.errors import Invalid
from dashboard.core.words import HOLDS_SEAT, DispatchState, NeedState, Precision
from dashboard.text import known

NEED_PAIRS = list(product(NeedState, NeedState))
DISPATCH_PAIRS = list(product(DispatchState, DispatchState))
NOON = datetime(2026, 11, 2, 4, tzinfo=UTC)


@pytest.mark.parametrize(("current", "wanted"), NEED_PAIRS)
def test_every_move_of_a_need_is_in_the_table_or_refused_with_its_reason(current: NeedState, wanted: NeedState) -> None:
    if wanted in needs.NEED_MOVES[current]:
        needs.check_need(current, wanted)
        return
    with pytest.raises(Invalid) as refused:
        needs.check_need(current, wanted)
    assert known(refused.value.key), refused.value.key


@pytest.mark.parametrize(("current", "wanted"), DISPATCH_PAIRS)
def test_every_move_of_a_dispatch_is_in_the_table_or_refused_with_its_reason(
    current: DispatchState, wanted: DispatchState
) -> None:
    if wanted in needs.DISPATCH_MOVES[current]:
        needs.check_dispatch(current, wanted)
        return
    with pytest.raises(Invalid) as refused:
        needs.check_dispatch(current, wanted)
    assert known(refused.value.key), refused.value.key


def test_the_tables_know_every_state_and_every_state_can_be_reached() -> None:
    assert set(needs.NEED_MOVES) == set(NeedState)
    assert set(needs.DISPATCH_MOVES) == set(DispatchState)
    reached = set().union(*needs.NEED_MOVES.values()) | {NeedState.DRAFT}
    assert reached == set(NeedState)
    assert set().union(*needs.DISPATCH_MOVES.values()) == set(DispatchState)


@pytest.mark.parametrize(
    ("current", "wanted", "reason"),
    [
        (NeedState.DRAFT, NeedState.IN_SERVICE, "needs.not_open_yet"),
        (NeedState.OPEN, NeedState.DONE, "needs.nobody_serves"),
        (NeedState.OPEN, NeedState.OPEN, "needs.already_so"),
        (NeedState.OPEN, NeedState.DRAFT, "needs.no_way_back_to_draft"),
        (NeedState.IN_SERVICE, NeedState.CANCELLED, "needs.somebody_serves"),
        (NeedState.DONE, NeedState.RATED, "needs.not_confirmed"),
        (NeedState.CLOSED, NeedState.RATED, "needs.ended"),
        (NeedState.RATED, NeedState.IN_SERVICE, "needs.reopen_first"),
    ],
)
def test_the_reason_says_what_stands_in_the_way(current: NeedState, wanted: NeedState, reason: str) -> None:
    assert needs.need_refusal(current, wanted) == reason


def test_states_that_hold_a_seat_are_exactly_those_the_walls_count() -> None:
    assert {state for state in DispatchState if needs.open_seats(1, [state]) == 0} == set(HOLDS_SEAT)


@given(st.integers(1, 5), st.lists(st.sampled_from(DispatchState), max_size=8))
def test_open_seats_are_the_head_count_less_live_dispatches_and_never_negative(
    people: int, states: list[DispatchState]
) -> None:
    live = sum(state in HOLDS_SEAT for state in states)
    assert needs.open_seats(people, states) == max(people - live, 0)


D, N = DispatchState, NeedState


@pytest.mark.parametrize(
    ("current", "states", "seats", "expected"),
    [
        (N.OPEN, [], 1, N.OPEN),
        (N.OPEN, [D.OFFERED, D.ACCEPTED], 0, N.OPEN),
        (N.OPEN, [D.IN_SERVICE], 0, N.IN_SERVICE),
        (N.IN_SERVICE, [D.DONE, D.ACCEPTED], 0, N.IN_SERVICE),
        (N.IN_SERVICE, [D.DONE, D.CANCELLED], 1, N.IN_SERVICE),
        (N.IN_SERVICE, [D.DONE, D.CONFIRMED], 0, N.DONE),
        (N.DONE, [D.CONFIRMED, D.CONFIRMED], 0, N.CONFIRMED),
        (N.IN_SERVICE, [D.CANCELLED], 1, N.OPEN),
        (N.CANCELLED, [D.DONE], 0, N.CANCELLED),
        (N.RATED, [D.CONFIRMED], 0, N.RATED),
    ],
)
def test_the_state_of_the_work_follows_from_the_dispatches(
    current: NeedState, states: list[DispatchState], seats: int, expected: NeedState
) -> None:
    assert needs.derived_state(current, states, seats) == expected


@given(
    st.sampled_from(needs.FOLLOWS_DISPATCHES), st.lists(st.sampled_from(DispatchState), max_size=5), st.integers(0, 3)
)
def test_a_derived_state_is_always_reached_by_legal_moves(
    current: NeedState, states: list[DispatchState], seats: int
) -> None:
    wanted = needs.derived_state(current, states, seats)
    here = current
    for step in needs.path_to(current, wanted):
        needs.check_need(here, step)
        here = step
    assert here == wanted


def test_a_history_with_a_gap_is_not_a_history() -> None:
    assert needs.last_word([(None, N.DRAFT), (N.DRAFT, N.OPEN)]) == N.OPEN
    assert needs.last_word([]) is None
    with pytest.raises(Invalid):
        needs.last_word([(None, N.DRAFT), (N.OPEN, N.CANCELLED)])
    with pytest.raises(Invalid):
        needs.last_word([(None, N.DRAFT), (N.DRAFT, N.DONE)])


def test_what_is_missing_is_named_and_nothing_is_missing_from_a_whole_order() -> None:
    assert needs.missing(Precision.GRID, 1, 2, 7) == []
    assert needs.missing(Precision.NONE, 0, None, None) == ["no_place", "no_time", "no_people", "no_category"]
    assert all(known(f"needs.verify.{key}") for key in needs.missing(Precision.NONE, 0, 0, None))


def an_origin(**values: object) -> needs.Origin:
    given = {"category_id": 1, "registered_at": NOON, "precision": Precision.POINT} | values
    return needs.Origin(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("new", "old", "metres", "reason"),
    [
        ({"person_id": 3}, {"person_id": 3}, None, "person"),
        ({"name": "张三", "village_code": "v"}, {"name": "张三", "village_code": "v"}, None, "person"),
        ({"name": "张三", "village_code": "v"}, {"name": "张三", "village_code": "w"}, None, None),
        ({"phone_digest": "p"}, {"phone_digest": "p"}, 9000.0, "household"),
        ({"address_digest": "a"}, {"address_digest": "a"}, None, "household"),
        ({}, {}, 250.0, "near"),
        ({}, {}, 250.5, None),
        ({}, {"precision": Precision.VILLAGE}, 0.0, None),
        ({"precision": Precision.GRID}, {"precision": Precision.GRID}, 0.0, None),
        ({"person_id": 3}, {"person_id": 3, "category_id": 2}, 0.0, None),
        ({"person_id": 3}, {"person_id": 3, "registered_at": NOON + timedelta(days=14)}, None, "person"),
        ({"person_id": 3}, {"person_id": 3, "registered_at": NOON - timedelta(days=14, seconds=1)}, None, None),
    ],
)
def test_a_repeat_is_the_same_household_or_place_and_category_within_14_days(
    new: dict[str, object], old: dict[str, object], metres: float | None, reason: str | None
) -> None:
    assert needs.repeat_reason(an_origin(**new), an_origin(**old), metres) == reason
