"""An order's state at a moment: what had happened by then, as far as it was known."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dashboard.core.needs import NEED_MOVES
from dashboard.core.replay import Happening, Known, Past, canonical, counted, pasts
from dashboard.core.words import NeedState

N = NeedState
START = datetime(2026, 3, 1, 8, tzinfo=UTC)


def at(days: float) -> datetime:
    return START + timedelta(days=days)


def story(*steps: tuple[NeedState, float, float]) -> list[Happening]:
    """(state, day it happened, day it was recorded) of order 1."""
    before = [None, *(state for state, _, _ in steps)]
    return [Happening(1, was, to, at(h), at(r)) for was, (to, h, r) in zip(before, steps, strict=False)]


def state(events: list[Happening], day: float, known: Known) -> NeedState | None:
    found = pasts(events, at(day), known).get(1)
    return found and found.state


def test_a_late_report_changes_what_is_known_now_of_that_day() -> None:
    events = story((N.OPEN, 0, 0), (N.IN_SERVICE, 5, 20), (N.DONE, 6, 20))
    assert [state(events, 10, known) for known in Known] == [N.OPEN, N.DONE]
    assert [state(events, 21, known) for known in Known] == [N.DONE, N.DONE]


def test_the_later_word_corrects_the_earlier_one() -> None:
    """Recorded later and said to have happened before: what was recorded last is what we know."""
    events = story((N.OPEN, 0, 0), (N.UNMET, 9, 9), (N.OPEN, 4, 12))
    assert [state(events, 11, known) for known in Known] == [N.UNMET, N.OPEN]


def test_an_order_isn_t_there_before_it_was_registered() -> None:
    events = story((N.OPEN, 5, 5), (N.CANCELLED, 2, 6))
    assert [state(events, 3, known) for known in Known] == [None, None]
    assert state(events, 7, Known.NOW) is N.CANCELLED


chains = st.lists(st.tuples(st.integers(0, 9), st.floats(0, 300), st.floats(0, 300)), min_size=1, max_size=12)


def legal(steps: list[tuple[int, float, float]]) -> list[Happening]:
    """A legal chain, recorded in order, each step no later than it is recorded."""
    recorded, now = 0.0, N.OPEN
    events = [Happening(1, None, now, at(0), at(0))]
    for pick, later, ago in steps:
        recorded += later
        moves = sorted(NEED_MOVES[now])
        following = moves[pick % len(moves)]
        events.append(Happening(1, now, following, at(max(0.0, recorded - ago)), at(recorded)))
        now = following
    return events


@given(chains, st.floats(1, 4000), chains)
def test_what_was_known_then_never_changes(steps: list, moment: float, later: list) -> None:  # type: ignore[type-arg]
    events = legal(steps)
    before = pasts(events, at(moment), Known.THEN)
    last = max(event.recorded_at for event in events)
    since = max(last, at(moment))
    more = [
        Happening(1, events[-1].to_state, N.OPEN, since - timedelta(days=ago), since + timedelta(days=n))
        for n, (_, _, ago) in enumerate(later)
    ]
    assert pasts([*events, *more], at(moment), Known.THEN) == before


@given(chains)
def test_at_the_end_both_know_the_last_state(steps: list) -> None:  # type: ignore[type-arg]
    events = legal(steps)
    end = max(event.recorded_at for event in events) + timedelta(days=1)
    for known in Known:
        assert pasts(events, end, known)[1].state is events[-1].to_state


def test_figures_of_a_day_follow_their_definitions() -> None:
    day = date(2026, 5, 31)
    inside, long_ago = datetime(2026, 4, 2, tzinfo=UTC), datetime(2024, 4, 2, tzinfo=UTC)
    orders = {
        1: Past(N.OPEN, inside, inside),
        2: Past(N.CLOSED, inside, inside),
        3: Past(N.CLOSED, long_ago, long_ago),
        4: Past(N.DRAFT, inside, inside),
        5: Past(N.UNMET, long_ago, inside),
    }
    assert counted(orders, day) == {
        "needs_to_verify": 0,
        "needs_open": 1,
        "needs_in_service": 0,
        "needs_registered": 2,
        "needs_closed": 1,
        "needs_unmet": 1,
    }


def test_one_content_has_one_text() -> None:
    assert canonical({"b": 1, "a": [2, "县"]}) == canonical({"a": [2, "县"], "b": 1}) == '{"a":[2,"县"],"b":1}'
