"""A figure's value and definition in words."""

from dashboard.core.edges import Edges
from dashboard.core.figures import BY_KEY, Unit, Value
from dashboard.text import text
from dashboard.ui import show


def written(value: Value, shown: str) -> str:
    """A value as its unit is read: shares in per cent, rates with two decimals, counts whole."""
    if value.unit is Unit.SHARE:
        return show.percent(shown, value.value)
    whole = value.value is not None and float(value.value).is_integer()
    return show.number(shown, value.value, 0 if whole else 2)


def formula(shown: str, key: str, edges: Edges) -> str:
    """A figure's formula with the numbers it was cut at."""
    return text(shown, BY_KEY[key].formula, **edges.plain())


def window(shown: str, key: str, edges: Edges) -> str:
    """The time a figure covers."""
    return text(shown, f"figures.window.{BY_KEY[key].window}", **edges.plain())
