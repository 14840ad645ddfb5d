"""Figures: every one defined once, in words; shares with their base and interval."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.core import figures
from dashboard.core.figures import BY_KEY, FIGURES, IDENTITIES, Satisfaction, Unit, Value
from dashboard.text import known
from tests import figures_page

counts = st.integers(0, 5_000)


def test_every_figure_has_one_key_and_its_words() -> None:
    assert len(BY_KEY) == len(FIGURES)
    for figure in FIGURES:
        wanted = (figure.name, figure.formula, f"figures.unit.{figure.unit}")
        wanted += (f"figures.window.{figure.window}", f"figures.owner.{figure.owner}")
        assert [key for key in wanted if not known(key)] == []


def test_rates_stand_on_figures_that_are_counted() -> None:
    for figure in FIGURES:
        assert all(not BY_KEY[key].is_rate for key in figure.over or ())


def test_identities_never_mix_units() -> None:
    for whole, parts in IDENTITIES:
        assert {BY_KEY[part].unit for part in parts} == {BY_KEY[whole].unit}


def test_rates_are_made_from_the_counts_and_carry_their_base() -> None:
    read = {figure.key: (10.0, 10) for figure in FIGURES if not figure.is_rate}
    read |= {"ratings_satisfied": (180, 180), "ratings_answered": (187, 187), "households": (None, 0)}
    values = figures.complete(read)
    assert values["satisfaction"] == Value(180 / 187, Unit.SHARE, 187)
    assert values["needs_per_1000_households"] == Value(None, Unit.ORDERS_PER_1000_HOUSEHOLDS, 0)
    assert values["needs_per_1000_households"].small
    assert not values["needs_open"].small


def test_a_missing_count_is_an_error_and_not_a_zero() -> None:
    with pytest.raises(KeyError):
        figures.complete({})


def test_a_broken_sum_is_named() -> None:
    values = figures.complete({f.key: (0.0, 0) for f in FIGURES if not f.is_rate} | {"sites": (149, 149)})
    assert figures.broken_identities(values) == ["sites"]


def test_wilson_gives_the_published_interval() -> None:
    """180 of 187: 92.5-98.2 %, the example of the feature list; 0 of 10 from Newcombe (1998): 0-27.75 %."""
    low, high = figures.wilson(180, 187) or (0, 0)
    assert (round(low, 3), round(high, 3)) == (0.925, 0.982)
    low, high = figures.wilson(0, 10) or (1, 1)
    assert (low, round(high, 4)) == (0.0, 0.2775)
    low, high = figures.wilson(15, 148) or (0, 0)
    assert (round(low, 4), round(high, 4)) == (0.0624, 0.1605)


def test_nobody_answered_is_no_share_and_no_interval() -> None:
    nobody = Satisfaction(satisfied=0, answered=0, asked=240)
    assert (nobody.share, nobody.interval, nobody.silent, nobody.small) == (None, None, 240, True)


@pytest.mark.parametrize(("successes", "n"), [(-1, 5), (6, 5)])
def test_more_successes_than_cases_is_refused(successes: int, n: int) -> None:
    with pytest.raises(ValueError, match="successes"):
        figures.wilson(successes, n)


@given(counts, counts)
def test_the_interval_holds_the_share_and_stays_a_share(a: int, b: int) -> None:
    if not (successes := min(a, b)) <= (n := max(a, b)) or n == 0:
        return
    low, high = figures.wilson(successes, n) or (9, 9)
    assert 0 <= low <= successes / n + 1e-12
    assert successes / n - 1e-12 <= high <= 1


@given(counts, counts, counts, st.integers(1, 5_000))
def test_silent_cases_change_neither_share_nor_interval(a: int, b: int, c: int, more: int) -> None:
    satisfied, answered, asked = sorted((a, b, c))
    before = Satisfaction(satisfied, answered, asked)
    after = Satisfaction(satisfied, answered, asked + more)
    assert (after.share, after.interval) == (before.share, before.interval)
    assert after.silent == before.silent + more


Case = tuple[int | None, str | None, bool]
cases = st.lists(
    st.tuples(
        st.none() | st.integers(1, 5),
        st.none() | st.sampled_from(("done", "partly", "not")),
        st.booleans(),
    ),
    min_size=1,
    max_size=30,
)


def _share(found: list[Case]) -> float | None:
    verdicts = [figures.is_satisfied(*one) for one in found]
    answered = len(verdicts) - verdicts.count(None)
    return Satisfaction(verdicts.count(True), answered, len(verdicts)).share


@given(cases, st.integers(1, 20))
def test_silent_cases_never_raise_the_rate(found: list[Case], more: int) -> None:
    assert _share(found + [(None, None, False)] * more) == _share(found)


@given(cases, st.data())
def test_reopening_an_order_never_raises_the_rate(found: list[Case], data: st.DataObject) -> None:
    n = data.draw(st.integers(0, len(found) - 1))
    score, outcome, _ = found[n]
    before, after = _share(found), _share([*found[:n], (score, outcome, True), *found[n + 1 :]])
    assert after is not None
    assert before is None or after <= before
    assert before is not None or after == 0


@pytest.mark.parametrize(
    ("score", "outcome", "reopened", "expected"),
    [
        (5, "done", False, True),
        (4, None, False, True),
        (3, "done", False, False),
        (None, "done", False, True),
        (None, "partly", False, False),
        (None, None, False, None),
        (5, "done", True, False),
        (None, None, True, False),
    ],
)
def test_satisfied_is_four_points_or_done_and_never_reopened(
    score: int | None, outcome: str | None, reopened: bool, expected: bool | None
) -> None:
    assert figures.is_satisfied(score, outcome, reopened) is expected


@given(st.dates(date(1990, 1, 1), date(2090, 12, 31)))
def test_twelve_months_follow_each_other_and_end_with_this_one(today: date) -> None:
    months = figures.months_until(today)
    assert len(months) == 12
    assert months[-1].first == today.replace(day=1)
    assert all(a.end == b.start for a, b in zip(months, months[1:], strict=False))
    assert list(figures.days_of(months[-1]))[0] == months[-1].first
    assert figures.year_span(today) == (months[0].start, figures.day_span(today)[1])
    assert sum(len(list(figures.days_of(month))) for month in months) in (365, 366)


def test_days_begin_at_midnight_in_the_county() -> None:
    start, end = figures.day_span(date(2026, 11, 23))
    assert start == datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
    assert end - start == timedelta(days=1)
    assert figures.county_today(datetime(2026, 11, 22, 16, 0, tzinfo=UTC)) == date(2026, 11, 23)


def test_the_page_of_figures_says_what_the_code_says() -> None:
    """If it doesn't: `python -m tests.figures_page > docs/figures.md`."""
    written = (Path(__file__).resolve().parents[2] / "docs" / "figures.md").read_text(encoding="utf-8")
    assert written == figures_page.page()
