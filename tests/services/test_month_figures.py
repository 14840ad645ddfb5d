"""This month beside the same days of the last: whole months add up to the figures, short months end where they end."""

from datetime import UTC, date, datetime

import pytest

from dashboard.core.figures import FIGURES, Window, day_span, months_until
from dashboard.core.permissions import system_actor
from dashboard.services import month_figures
from dashboard.services.figures import sheet
from dashboard.services.questions import answer
from db.engine import Database
from tests.builders import COUNTY

FLOWING = tuple(figure.key for figure in FIGURES if figure.window is Window.YEAR)
ADDED = tuple(key for key in FLOWING if key in ("needs_registered", "needs_closed", "services", "service_minutes"))


@pytest.mark.parametrize(
    ("today", "last_of_before"),
    [
        (date(2026, 11, 20), date(2026, 10, 20)),
        (date(2026, 3, 31), date(2026, 2, 28)),
        (date(2026, 1, 1), date(2025, 12, 1)),
        (date(2026, 10, 31), date(2026, 9, 30)),
    ],
)
def test_the_last_month_is_counted_to_the_same_day(today: date, last_of_before: date) -> None:
    this, before = month_figures.spans(today)
    assert this == (day_span(today.replace(day=1))[0], day_span(today)[1])
    assert before == (day_span(last_of_before.replace(day=1))[0], day_span(last_of_before)[1])


def test_the_months_of_a_year_add_up_to_the_figures(county: Database) -> None:
    """Each month seen on its last day, from the last day of the twelfth."""
    months = months_until(date(2026, 10, 31))
    ends = [datetime.fromtimestamp(month.end.timestamp() - 1, UTC) for month in months]
    whole = answer(county, sheet, system_actor(COUNTY), now=ends[-1]).values
    sums = dict.fromkeys(ADDED, 0.0)
    for end in ends:
        found = answer(county, month_figures.two_months, system_actor(COUNTY), now=end, keys=ADDED)
        for key in ADDED:
            sums[key] += found.now[key].value or 0
    assert sums == {key: whole[key].value for key in ADDED}
    assert all(sums.values())


def test_figures_as_of_now_have_no_months(county: Database) -> None:
    now = datetime(2026, 11, 20, 4, tzinfo=UTC)
    found = answer(county, month_figures.two_months, system_actor(COUNTY), now=now, keys=("teams", *FLOWING))
    assert tuple(found.now) == tuple(found.before) == FLOWING
