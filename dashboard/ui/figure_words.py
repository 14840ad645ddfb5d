"""A figure's value in words."""

from dashboard.core.figures import Unit, Value
from dashboard.ui import show


def written(value: Value, shown: str) -> str:
    """A value as its unit is read: shares in per cent, rates with two decimals, counts whole."""
    if value.unit is Unit.SHARE:
        return show.percent(shown, value.value)
    whole = value.value is not None and float(value.value).is_integer()
    return show.number(shown, value.value, 0 if whole else 2)
