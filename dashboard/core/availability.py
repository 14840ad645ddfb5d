"""Weekly free time as a coordinator enters it: checked, joined, and what may be asked of a volunteer at most."""

from collections.abc import Iterable

from dashboard.core.errors import Invalid

DAY_MINUTES = 1440
#: (weekday 0 Monday .. 6 Sunday, start, end) in minutes from midnight, county time, half-open.
Weekly = tuple[int, int, int]

MOST_A_DAY, MOST_A_WEEK = 8, 40
LEAST_M, MOST_M = 100, 200_000


def joined(spans: Iterable[Weekly]) -> tuple[Weekly, ...]:
    """The spans of each day joined where they touch or overlap, in order. Raises Invalid for what is no span."""
    found: list[Weekly] = []
    for weekday, start, end in sorted(spans):
        if not 0 <= weekday <= 6:
            raise Invalid("volunteers.bad_weekday", weekday=weekday)
        if not 0 <= start < end <= DAY_MINUTES:
            raise Invalid("volunteers.bad_span", start=_clock(start), end=_clock(end))
        if found and found[-1][0] == weekday and start <= found[-1][2]:
            found[-1] = (weekday, found[-1][1], max(end, found[-1][2]))
        else:
            found.append((weekday, start, end))
    return tuple(found)


def check_caps(day: int, week: int, distance_m: int) -> None:
    """Raises Invalid unless the caps can be meant: 0..8 tasks a day, no fewer a week, 0.1..200 km."""
    if not 0 <= day <= MOST_A_DAY:
        raise Invalid("volunteers.bad_cap_day", most=MOST_A_DAY)
    if not day <= week <= MOST_A_WEEK:
        raise Invalid("volunteers.bad_cap_week", least=day, most=MOST_A_WEEK)
    if not LEAST_M <= distance_m <= MOST_M:
        raise Invalid("volunteers.bad_distance", most=MOST_M // 1000)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
