"""A moment as a refusal names it: county time, the same in every language."""

from datetime import datetime

from dashboard.core.deadlines import COUNTY_TIME


def stamp(moment: datetime) -> str:
    """ "11-16 10:32"."""
    return moment.astimezone(COUNTY_TIME).strftime("%m-%d %H:%M")
