"""Targets by figure and year or quarter, progress against them, and where a count is heading, as a range.

The projection takes the full weeks of the period so far as independent draws of one normal distribution and gives the
80 % prediction interval for the sum of the weeks to come: with k weeks of mean w and standard deviation s, and m weeks
left, m w +- t(0.90; k-1) s sqrt(m + m^2/k), added to what there is (G. J. Hahn, W. Q. Meeker, Statistical Intervals,
1991, chapter 4: the prediction interval for the mean of m future observations, times m). It knows no season and no
holiday; with fewer than `LEAST_WEEKS` it says nothing. Its ends are rounded outward to the first figure of its half
width: it is no more exact than that. Shares, people counted once and what is counted as of now are not extrapolated.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil, floor, log10, sqrt
from typing import Any

from scipy.special import stdtrit

from dashboard.core.errors import Invalid
from dashboard.core.figures import BY_KEY, Unit, day_span

LEAST_WEEKS = 6
#: Two-sided 80 %.
QUANTILE = 0.90
#: Counts that grow week by week: the sum of the weeks is the figure.
FLOWING: frozenset[str] = frozenset(
    {
        *("needs_registered", "needs_repeated", "needs_closed", "needs_unmet"),
        *("needs_closed_with_deadline", "needs_closed_in_time", "services", "service_minutes"),
        *("service_minutes_a", "service_minutes_b", "service_minutes_c"),
        *("activities", "activities_uncounted", "people_reached", "ratings_asked", "ratings_answered"),
    }
)
#: No target is larger.
LARGEST = 10**12
_WEEK = timedelta(days=7)
_PERIOD = re.compile(r"(20[0-9]{2})(?:Q([1-4]))?")


@dataclass(frozen=True, order=True)
class Period:
    """A year ("2026") or a quarter ("2026Q3") of the county's calendar."""

    year: int
    quarter: int | None

    def __str__(self) -> str:
        return str(self.year) if self.quarter is None else f"{self.year}Q{self.quarter}"

    @property
    def span(self) -> tuple[datetime, datetime]:
        """Half-open, in UTC."""
        first = date(self.year, 1 if self.quarter is None else 3 * self.quarter - 2, 1)
        months = 12 if self.quarter is None else 3
        month = first.month + months
        after = date(first.year + (month - 1) // 12, (month - 1) % 12 + 1, 1)
        return day_span(first)[0], day_span(after)[0]


def period_of(words: str) -> Period:
    """Reads "2026" or "2026Q3". Raises Invalid for anything else."""
    found = _PERIOD.fullmatch(words)
    if found is None:
        raise Invalid("targets.bad_period", period=words[:20])
    return Period(int(found[1]), int(found[2]) if found[2] else None)


@dataclass(frozen=True)
class Target:
    """What a figure is to reach in a period, or with `most` not to exceed. Locked: it stands until it is unlocked.
    `site_id`: it is of this site and all below it, None of the whole county."""

    figure: str
    period: Period
    value: float
    most: bool
    locked: bool
    site_id: int | None = None

    def plain(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "figure": self.figure,
            "period": str(self.period),
            "value": self.value,
            "most": self.most,
            "locked": self.locked,
            "site": self.site_id,
        }

    def met_by(self, value: float) -> bool:
        return value <= self.value if self.most else value >= self.value


def target_of(plain: Mapping[str, Any]) -> Target:
    """Reads a stored or sent target; one stored before there were sites in them is the county's. Raises Invalid for an
    unknown figure, a bad period or a number that is none."""
    figure, value, site = str(plain["figure"]), plain["value"], plain.get("site")
    if figure not in BY_KEY:
        raise Invalid("targets.bad_figure", key=figure[:40])
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= LARGEST:
        raise Invalid("targets.bad_value")
    if BY_KEY[figure].unit is Unit.SHARE and value > 1:
        raise Invalid("targets.bad_share")
    period = period_of(str(plain["period"]))
    return Target(
        figure, period, value, bool(plain["most"]), bool(plain["locked"]), None if site is None else int(site)
    )


@dataclass(frozen=True)
class Range:
    """Where a count will stand at the period's end: between these, four times in five."""

    low: float
    high: float


@dataclass(frozen=True)
class Progress:
    """A target with what there is of it. `value` None: nobody knows (a figure as of now, in a period that is over or to
    come). `interval` is a share's 95 % Wilson interval. `over`: the period has ended. `place`: the name of its site, ""
    for the whole county. `own`: it is of exactly the reader's part, so that it may stand beside her figures."""

    target: Target
    value: float | None
    n: int
    projection: Range | None
    interval: tuple[float, float] | None
    over: bool
    place: str = ""
    own: bool = True

    @property
    def met(self) -> bool | None:
        """Is it met by what there is? Not to exceed something is only met at the end."""
        if self.value is None or (self.target.most and not self.over):
            return None if self.value is None or self.target.met_by(self.value) else False
        return self.target.met_by(self.value)


def weekly(moments: Sequence[tuple[datetime, int]], start: datetime, now: datetime) -> list[int]:
    """What each full week since `start` brought, from rows of (moment, how much)."""
    weeks = [0] * max((now - start) // _WEEK, 0)
    for moment, amount in moments:
        at = (moment - start) // _WEEK
        if 0 <= at < len(weeks):
            weeks[at] += amount
    return weeks


def projected(so_far: float, weeks: Sequence[float], left: timedelta) -> Range | None:
    """The range at the end of the period; None with too few weeks or none left. A count doesn't fall below what is."""
    k, m = len(weeks), left / _WEEK
    if k < LEAST_WEEKS or m <= 0:
        return None
    mean = sum(weeks) / k
    deviation = sqrt(sum((week - mean) ** 2 for week in weeks) / (k - 1))
    half = float(stdtrit(k - 1, QUANTILE)) * deviation * sqrt(m + m * m / k)
    middle = so_far + m * mean
    low, high = rounded(middle - half, half, floor), rounded(middle + half, half, ceil)
    return Range(max(so_far, low), max(so_far, high))


def rounded(value: float, half: float, towards: Callable[[float], int]) -> float:
    """To the first figure of the half width, towards `floor` or `ceil`; counts are whole."""
    unit = 10.0 ** floor(log10(half)) if half >= 1 else 1.0
    return float(towards(value / unit) * unit)
