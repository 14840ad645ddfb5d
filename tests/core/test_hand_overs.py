"""A request to hand over ends once, and at no moment may it be both answered and left to lapse."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.core.errors import Invalid
from dashboard.core.hand_overs import HOLD_ANSWER, MOVES, State, answer_by, check, check_end, refusal
from dashboard.core.messages import Kind, Party, told
from dashboard.core.words import DispatchState
from dashboard.text import known

NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
MOMENTS = st.integers(-100_000, 100_000).map(lambda seconds: NOW + timedelta(seconds=seconds))
STATES = st.sampled_from(State)


def test_only_what_waits_moves_and_it_may_end_every_way() -> None:
    assert set(MOVES) == set(State)
    assert MOVES[State.ASKED] == set(State) - {State.ASKED}
    assert [] == [state for state in State if state is not State.ASKED and MOVES[state]]


@given(st.lists(st.tuples(STATES, MOMENTS), max_size=12), MOMENTS)
def test_whatever_is_tried_in_whatever_order_a_request_ends_at_most_once(
    tries: list[tuple[State, datetime]], until: datetime
) -> None:
    state, ends = State.ASKED, 0
    for wanted, now in sorted(tries, key=lambda one: one[1]):
        try:
            check(state, wanted, now, until)
        except Invalid as error:
            assert known(error.key)
            continue
        state, ends = wanted, ends + 1
    assert ends <= 1 and (ends == 1) == (state is not State.ASKED)


@given(MOMENTS, MOMENTS)
def test_an_answer_and_a_lapse_exclude_each_other_at_every_moment(now: datetime, until: datetime) -> None:
    answered = [
        refusal(State.ASKED, one, now, until) is None for one in (State.GRANTED, State.REFUSED, State.WITHDRAWN)
    ]
    assert len(set(answered)) == 1
    assert answered[0] != (refusal(State.ASKED, State.LAPSED, now, until) is None)


@given(MOMENTS, MOMENTS)
def test_the_time_to_answer_is_short_and_never_beyond_the_hold(now: datetime, hold_ends: datetime) -> None:
    until = answer_by(now, hold_ends)
    assert until <= hold_ends and until <= now + HOLD_ANSWER and until in (hold_ends, now + HOLD_ANSWER)


@pytest.mark.parametrize("state", State)
def test_an_end_is_final(state: State) -> None:
    for wanted in State:
        if wanted in MOVES[state]:
            check_end(state, wanted)
            continue
        with pytest.raises(Invalid):
            check_end(state, wanted)


@pytest.mark.parametrize("herself", [None, *Party])
def test_who_handed_over_is_told_whoever_moved_it_and_the_resident_hears_of_the_other(herself: Party | None) -> None:
    move = (DispatchState.ACCEPTED, DispatchState.CANCELLED)
    assert ((Party.VOLUNTEER, Kind.HANDED_OVER),) == told(*move, handed_over=True, herself=herself)
