"""Every figure the dashboard shows, defined once: what it counts, its unit, its time, and who answers for it.

Its words are the text keys `figures.<key>` (name) and `figures.<key>.formula` (formula and edge rules), shown on the
figure's card and printed in docs/figures.md. services/figures.py reads it from the database under the same key.

Counts of different units never meet in one number: orders are not people, people are not person-times. A rate is a
figure of its own beside its counts, and carries the size of its base; on a small one it is shown in grey. Where figures
are cut (core/edges.py) is a county's rule: a value carries the edges that held at its moment.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from math import sqrt

from dashboard.core.edges import USUAL, Edges

#: Asia/Shanghai: no summer time, so a fixed offset.
COUNTY_TIME = timezone(timedelta(hours=8), "Asia/Shanghai")
#: Two-sided 95 % of the normal distribution.
Z95 = 1.959963984540054
MONTHS = 12


class Unit(StrEnum):
    """What one unit of a count is. The words are `figures.unit.<unit>`."""

    SITES = "sites"
    GRIDS = "grids"
    CARDS = "cards"
    HOUSEHOLDS = "households"
    PEOPLE = "people"
    CERTIFICATES = "certificates"
    TEAMS = "teams"
    MEMBERSHIPS = "memberships"
    ORDERS = "orders"
    SEATS = "seats"
    SERVICES = "services"
    MINUTES = "minutes"
    ACTIVITIES = "activities"
    PERSON_TIMES = "person_times"
    SHARE = "share"
    POINTS = "points"
    SERVICES_PER_PERSON = "services_per_person"
    MINUTES_PER_PERSON = "minutes_per_person"
    CARDS_PER_GRID = "cards_per_grid"
    ORDERS_PER_1000_HOUSEHOLDS = "orders_per_1000_households"


class Window(StrEnum):
    """The time a figure covers, up to its as-of moment."""

    NOW = "now"
    #: The current county month and the eleven before it: a year's figure is the sum of its twelve bars.
    YEAR = "year"
    #: The last 90 days, unless the county's edges say otherwise.
    RECENT = "recent"


class Owner(StrEnum):
    """The desk that answers for a figure."""

    PLACES = "places"
    VOLUNTEERS = "volunteers"
    DISPATCH = "dispatch"
    QUALITY = "quality"


@dataclass(frozen=True)
class Figure:
    """One figure. A rate names its numerator and denominator figures and how many of the latter it is `per`."""

    key: str
    unit: Unit
    window: Window
    owner: Owner
    over: tuple[str, str] | None = None
    per: int = 1

    @property
    def name(self) -> str:
        return f"figures.{self.key}"

    @property
    def formula(self) -> str:
        return f"figures.{self.key}.formula"

    @property
    def is_rate(self) -> bool:
        return self.over is not None


@dataclass(frozen=True)
class Value:
    """A figure's value and its base `n`: the rows behind a count or a sum, the denominator of a rate. None: unknown.
    `edges` are those it was cut at."""

    value: float | None
    unit: Unit
    n: int
    edges: Edges = USUAL

    @property
    def small(self) -> bool:
        """A rate or mean on so few cases that it should be shown in grey."""
        return self.unit in _ON_A_BASE and self.n < self.edges.small_base


_ON_A_BASE = {
    Unit.SHARE,
    Unit.POINTS,
    Unit.SERVICES_PER_PERSON,
    Unit.MINUTES_PER_PERSON,
    Unit.CARDS_PER_GRID,
    Unit.ORDERS_PER_1000_HOUSEHOLDS,
}

FIGURES: tuple[Figure, ...] = (
    Figure("sites", Unit.SITES, Window.NOW, Owner.PLACES),
    Figure("sites_centre", Unit.SITES, Window.NOW, Owner.PLACES),
    Figure("sites_institute", Unit.SITES, Window.NOW, Owner.PLACES),
    Figure("sites_station", Unit.SITES, Window.NOW, Owner.PLACES),
    Figure("sites_point", Unit.SITES, Window.NOW, Owner.PLACES),
    Figure("grids", Unit.GRIDS, Window.NOW, Owner.PLACES),
    Figure("grids_without_contact", Unit.GRIDS, Window.NOW, Owner.PLACES),
    Figure("contact_cards", Unit.CARDS, Window.NOW, Owner.PLACES),
    Figure("contact_people", Unit.PEOPLE, Window.NOW, Owner.PLACES),
    Figure("households", Unit.HOUSEHOLDS, Window.NOW, Owner.PLACES),
    Figure("volunteers", Unit.PEOPLE, Window.NOW, Owner.VOLUNTEERS),
    Figure("volunteers_time_unknown", Unit.PEOPLE, Window.NOW, Owner.VOLUNTEERS),
    Figure("volunteers_served", Unit.PEOPLE, Window.YEAR, Owner.VOLUNTEERS),
    Figure("volunteers_active", Unit.PEOPLE, Window.RECENT, Owner.VOLUNTEERS),
    Figure("certificates_expiring", Unit.CERTIFICATES, Window.NOW, Owner.VOLUNTEERS),
    Figure("teams", Unit.TEAMS, Window.NOW, Owner.VOLUNTEERS),
    Figure("teams_active", Unit.TEAMS, Window.RECENT, Owner.VOLUNTEERS),
    Figure("team_members", Unit.PEOPLE, Window.NOW, Owner.VOLUNTEERS),
    Figure("memberships", Unit.MEMBERSHIPS, Window.NOW, Owner.VOLUNTEERS),
    Figure("needs_to_verify", Unit.ORDERS, Window.NOW, Owner.DISPATCH),
    Figure("needs_open", Unit.ORDERS, Window.NOW, Owner.DISPATCH),
    Figure("needs_overdue", Unit.ORDERS, Window.NOW, Owner.DISPATCH),
    Figure("needs_in_service", Unit.ORDERS, Window.NOW, Owner.DISPATCH),
    Figure("seats_wanted", Unit.SEATS, Window.NOW, Owner.DISPATCH),
    Figure("seats_held", Unit.SEATS, Window.NOW, Owner.DISPATCH),
    Figure("seats_open", Unit.SEATS, Window.NOW, Owner.DISPATCH),
    Figure("needs_registered", Unit.ORDERS, Window.YEAR, Owner.DISPATCH),
    Figure("needs_repeated", Unit.ORDERS, Window.YEAR, Owner.DISPATCH),
    Figure("residents_asking", Unit.PEOPLE, Window.YEAR, Owner.DISPATCH),
    Figure("needs_closed", Unit.ORDERS, Window.YEAR, Owner.DISPATCH),
    Figure("needs_closed_with_deadline", Unit.ORDERS, Window.YEAR, Owner.DISPATCH),
    Figure("needs_closed_in_time", Unit.ORDERS, Window.YEAR, Owner.DISPATCH),
    Figure("needs_unmet", Unit.ORDERS, Window.YEAR, Owner.DISPATCH),
    Figure("services", Unit.SERVICES, Window.YEAR, Owner.VOLUNTEERS),
    Figure("service_minutes", Unit.MINUTES, Window.YEAR, Owner.VOLUNTEERS),
    Figure("service_minutes_a", Unit.MINUTES, Window.YEAR, Owner.VOLUNTEERS),
    Figure("service_minutes_b", Unit.MINUTES, Window.YEAR, Owner.VOLUNTEERS),
    Figure("service_minutes_c", Unit.MINUTES, Window.YEAR, Owner.VOLUNTEERS),
    Figure("activities", Unit.ACTIVITIES, Window.YEAR, Owner.VOLUNTEERS),
    Figure("activities_uncounted", Unit.ACTIVITIES, Window.YEAR, Owner.VOLUNTEERS),
    Figure("people_reached", Unit.PERSON_TIMES, Window.YEAR, Owner.VOLUNTEERS),
    Figure("ratings_asked", Unit.ORDERS, Window.YEAR, Owner.QUALITY),
    Figure("ratings_answered", Unit.ORDERS, Window.YEAR, Owner.QUALITY),
    Figure("ratings_silent", Unit.ORDERS, Window.YEAR, Owner.QUALITY),
    Figure("ratings_satisfied", Unit.ORDERS, Window.YEAR, Owner.QUALITY),
    Figure("satisfaction", Unit.SHARE, Window.YEAR, Owner.QUALITY, ("ratings_satisfied", "ratings_answered")),
    Figure("silence", Unit.SHARE, Window.YEAR, Owner.QUALITY, ("ratings_silent", "ratings_asked")),
    Figure("in_time", Unit.SHARE, Window.YEAR, Owner.DISPATCH, ("needs_closed_in_time", "needs_closed_with_deadline")),
    Figure("active_share", Unit.SHARE, Window.RECENT, Owner.VOLUNTEERS, ("volunteers_active", "volunteers")),
    Figure(
        "services_per_volunteer",
        Unit.SERVICES_PER_PERSON,
        Window.YEAR,
        Owner.VOLUNTEERS,
        ("services", "volunteers"),
    ),
    Figure(
        "minutes_per_volunteer",
        Unit.MINUTES_PER_PERSON,
        Window.YEAR,
        Owner.VOLUNTEERS,
        ("service_minutes", "volunteers"),
    ),
    Figure("cards_per_grid", Unit.CARDS_PER_GRID, Window.NOW, Owner.PLACES, ("contact_cards", "grids")),
    Figure(
        "needs_per_1000_households",
        Unit.ORDERS_PER_1000_HOUSEHOLDS,
        Window.YEAR,
        Owner.DISPATCH,
        ("needs_registered", "households"),
        per=1000,
    ),
)
BY_KEY: dict[str, Figure] = {figure.key: figure for figure in FIGURES}

#: Sums that must hold whatever the data: whole = parts.
IDENTITIES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("sites", ("sites_centre", "sites_institute", "sites_station", "sites_point")),
    ("service_minutes", ("service_minutes_a", "service_minutes_b", "service_minutes_c")),
    ("ratings_asked", ("ratings_answered", "ratings_silent")),
    ("seats_wanted", ("seats_held", "seats_open")),
)


def complete(counts: Mapping[str, tuple[float | None, int]], edges: Edges = USUAL) -> dict[str, Value]:
    """Every figure from the counts read (key -> value, n), rates added. Raises KeyError when a count is missing."""
    return {figure.key: value_of(figure, counts, edges) for figure in FIGURES}


def value_of(figure: Figure, counts: Mapping[str, tuple[float | None, int]], edges: Edges = USUAL) -> Value:
    """One figure from its count, or from the two counts of a rate."""
    if figure.over is None:
        value, n = counts[figure.key]
        return Value(value, figure.unit, n, edges)
    above, below = (counts[key][0] for key in figure.over)
    return Value(rate(above, below, figure.per), figure.unit, int(below or 0), edges)


def rate(above: float | None, below: float | None, per: int = 1) -> float | None:
    """`above` per so many of `below`; None over an empty or unknown base (never 0 % of nothing)."""
    return None if above is None or not below else above * per / below


def broken_identities(values: Mapping[str, Value]) -> list[str]:
    """Keys of the wholes that don't equal the sum of their parts."""
    return [whole for whole, parts in IDENTITIES if values[whole].value != sum(values[p].value or 0 for p in parts)]


@dataclass(frozen=True)
class Satisfaction:
    """Answers to "was it done, and how well?". Silent residents were asked and said nothing: they praise nobody."""

    satisfied: int
    answered: int
    asked: int
    small_base: int = USUAL.small_base

    @property
    def silent(self) -> int:
        return self.asked - self.answered

    @property
    def silent_share(self) -> float | None:
        return rate(self.silent, self.asked)

    @property
    def share(self) -> float | None:
        """Satisfied answers among the answers; None when nobody answered."""
        return rate(self.satisfied, self.answered)

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % Wilson interval of the share; None when nobody answered."""
        return wilson(self.satisfied, self.answered)

    @property
    def small(self) -> bool:
        return self.answered < self.small_base


def is_satisfied(score: int | None, outcome: str | None, reopened: bool) -> bool | None:
    """One asked case: None while the resident is silent; else 4 or 5 points, or "done" where no points were given.

    A case reopened after the service is an answer, and not a satisfied one, until the resident, asked anew, answers.
    """
    if reopened:
        return False
    if score is not None:
        return score >= 4
    return None if outcome is None else outcome == "done"


def wilson(successes: int, n: int, z: float = Z95) -> tuple[float, float] | None:
    """Wilson's score interval for a proportion (E. B. Wilson, JASA 22, 1927); None for n = 0.

    Honest for small n and near 0 and 1, where the usual p +- z*s leaves the interval [0, 1]. Raises ValueError unless
    0 <= successes <= n.
    """
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} successes of {n}")
    if n == 0:
        return None
    p, z2 = successes / n, z * z
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = z * sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True)
class Month:
    """A county month: its first day, and its half-open span in UTC."""

    first: date
    start: datetime
    end: datetime


def day_span(day: date) -> tuple[datetime, datetime]:
    """The half-open span of a county day, in UTC."""
    start = datetime(day.year, day.month, day.day, tzinfo=COUNTY_TIME).astimezone(UTC)
    return start, start + timedelta(days=1)


def months_until(today: date, count: int = MONTHS) -> tuple[Month, ...]:
    """The `count` county months that end with the month of `today`, oldest first."""
    return tuple(_month(*divmod(today.year * 12 + today.month - 1 - back, 12)) for back in range(count - 1, -1, -1))


def _month(year: int, month: int) -> Month:
    first = date(year, month + 1, 1)
    after = date(year + month // 11, (month + 1) % 12 + 1, 1)
    return Month(first, day_span(first)[0], day_span(after)[0])


def year_span(today: date) -> tuple[datetime, datetime]:
    """The span of `Window.YEAR`: from the first of its twelve months to the end of `today`."""
    return months_until(today)[0].start, day_span(today)[1]


def recent_span(today: date, days: int = USUAL.active_days) -> tuple[datetime, datetime]:
    """The span of `Window.RECENT`: so many days that end with `today`."""
    end = day_span(today)[1]
    return end - timedelta(days=days), end


def days_of(month: Month) -> Iterator[date]:
    """The days of a month, in order."""
    for offset in range((month.end - month.start).days):
        yield month.first + timedelta(days=offset)


def county_today(now: datetime) -> date:
    """The county's date at a moment."""
    return now.astimezone(COUNTY_TIME).date()
