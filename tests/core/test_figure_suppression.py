"""No figure of a deck gives a hidden one back, by a sum or by a rate."""

from hypothesis import given
from hypothesis import strategies as st

from dashboard.core.figure_suppression import hidden_figures, is_small
from dashboard.core.figures import BY_KEY, IDENTITIES, Unit, Value, rate
from dashboard.core.suppression import THRESHOLD


def count(key: str, value: int) -> Value:
    return Value(value, BY_KEY[key].unit, value)


def share(key: str, above: int, below: int) -> Value:
    return Value(rate(above, below), BY_KEY[key].unit, below)


def ratings(silent: int, satisfied: int, other: int) -> dict[str, Value]:
    answered = satisfied + other
    counts = {"ratings_asked": answered + silent, "ratings_answered": answered, "ratings_silent": silent}
    counts["ratings_satisfied"] = satisfied
    found = {key: count(key, value) for key, value in counts.items()}
    found["satisfaction"] = share("satisfaction", satisfied, answered)
    found["silence"] = share("silence", silent, answered + silent)
    return found


def test_a_small_part_takes_another_with_it_and_the_rates_that_tell_it() -> None:
    assert hidden_figures(ratings(3, 80, 17)) == {"ratings_silent", "ratings_answered", "silence", "satisfaction"}
    assert hidden_figures(ratings(30, 80, 17)) == frozenset()
    one = {key: value for key, value in ratings(3, 80, 17).items() if key in ("ratings_silent", "ratings_answered")}
    assert hidden_figures(one) == {"ratings_silent"}, "without the whole there is nothing to subtract"


def test_a_rate_that_all_but_a_few_reach_tells_the_few() -> None:
    assert hidden_figures({"satisfaction": share("satisfaction", 98, 100)}) == {"satisfaction"}
    assert hidden_figures({"satisfaction": share("satisfaction", 100, 100)}) == frozenset()
    assert hidden_figures({"satisfaction": share("satisfaction", 90, 100)}) == frozenset()
    assert hidden_figures({"in_time": Value(None, Unit.SHARE, 0)}) == frozenset()


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40), st.sets(st.sampled_from(sorted(ratings(9, 9, 9)))))
def test_what_is_left_never_gives_a_small_count_back(silent: int, satisfied: int, other: int, on: set[str]) -> None:
    shown = {key: value for key, value in ratings(silent, satisfied, other).items() if key in on}
    hidden = hidden_figures(shown)
    left = {key: value for key, value in shown.items() if key not in hidden}
    assert not any(is_small(value) for value in left.values())
    for whole, parts in IDENTITIES:
        members = (*parts, whole)
        missing = [key for key in members if key not in left]
        if len(missing) == 1 and missing[0] in shown:
            raise AssertionError(f"{missing[0]} is what the others leave")
    for key, value in left.items():
        if BY_KEY[key].is_rate and value.value is not None:
            above = round(value.value * value.n)
            assert not any(0 < part < THRESHOLD for part in (above, value.n - above))
            assert not hidden & set(BY_KEY[key].over or ())
