"""When a volunteer may sign in, and how far from the place a position is."""

from datetime import datetime, timedelta

from dashboard.core.errors import Invalid
from dashboard.core.geo import distance_m
from dashboard.core.show_times import stamp

#: She may come so much before the agreed time, and still sign in so long after its end.
EARLY = timedelta(hours=2)
LATE = timedelta(hours=12)


def require_time(now: datetime, start: datetime, end: datetime) -> None:
    """Raises Invalid for signing in long before or long after the agreed span."""
    if now < start - EARLY:
        raise Invalid("links.too_early", at=stamp(start - EARLY))
    if now > end + LATE:
        raise Invalid("links.too_late_to_sign_in")


def position(lon: str, lat: str) -> tuple[float, float] | None:
    """Two words a phone sent as degrees; None for none or nonsense: a position is never required."""
    try:
        found = float(lon), float(lat)
    except ValueError:
        return None
    return found if abs(found[0]) <= 180 and abs(found[1]) <= 90 else None


def metres_off(place: tuple[float, float] | None, there: tuple[float, float] | None) -> int | None:
    """Metres between the place and where she was; None where either is unknown."""
    if place is None or there is None:
        return None
    return round(float(distance_m(*place, *there)))
