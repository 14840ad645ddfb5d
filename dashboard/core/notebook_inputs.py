"""Inputs of a notebook by type: what may be typed, and what queries are given for it.

Text is a number where it is written as one. A range of days is given as `:name_from` and `:name_to`, both days within;
"last:30" is the thirty days up to today, so that a saved notebook needs no new dates. A town or a category is its name,
empty for all. A day may be "ago:30", thirty days before today.
"""

import re
from datetime import date, timedelta
from enum import StrEnum

from dashboard.core.frames import Scalar

_AGO = re.compile(r"ago:([0-9]{1,4})")
_LAST = re.compile(r"last:([1-9][0-9]{0,3})")


class InputType(StrEnum):
    """The words are `notebook.type.<type>`."""

    TEXT = "text"
    DAY = "day"
    RANGE = "range"
    TOWN = "town"
    CATEGORY = "category"


def parameters(kind: str, name: str) -> tuple[str, ...]:
    """The `:name`s that queries may use of an input."""
    return (f"{name}_from", f"{name}_to") if kind == InputType.RANGE else (name,)


def fits(kind: str, value: str) -> bool:
    """May this stand in an input of this type? Empty always may."""
    if not value:
        return True
    if kind == InputType.DAY:
        return day_of(value, date(2000, 1, 1)) is not None
    if kind == InputType.RANGE:
        return span(value, date(2000, 1, 1)) is not None
    return True


def day_of(value: str, today: date) -> date | None:
    """The day that stands in an input; None where it is none."""
    if found := _AGO.fullmatch(value):
        return today - timedelta(days=int(found[1]))
    return _day(value)


def moves(value: str) -> bool:
    """Is it another day tomorrow? An empty one is today."""
    return not value or _AGO.fullmatch(value) is not None


def span(value: str, today: date) -> tuple[date, date] | None:
    """The first and the last day of a range; None where it is none."""
    if found := _LAST.fullmatch(value):
        return today - timedelta(days=int(found[1]) - 1), today
    first, _, last = value.partition("/")
    ends = _day(first), _day(last)
    return None if ends[0] is None or ends[1] is None or ends[0] > ends[1] else (ends[0], ends[1])


def bound(kind: str, name: str, value: str, today: date) -> dict[str, Scalar]:
    """What queries are given for it."""
    if kind == InputType.RANGE:
        days = span(value, today)
        ends = ("", "") if days is None else (days[0].isoformat(), days[1].isoformat())
        return dict(zip(parameters(kind, name), ends, strict=True))
    if kind == InputType.DAY:
        day = day_of(value, today)
        return {name: "" if day is None else day.isoformat()}
    return {name: _typed(value) if kind == InputType.TEXT else value}


def spoken(kind: str, name: str, value: str, today: date) -> dict[str, str]:
    """What a title or a text is given for it as `{name}`: as `bound`, and a range under its own name too."""
    found = {key: str(one) for key, one in bound(kind, name, value, today).items()}
    return found | {name: " – ".join(found.values())} if kind == InputType.RANGE else found


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if len(value) == 10 else None
    except ValueError:
        return None


def _typed(value: str) -> Scalar:
    """A whole number or a decimal where it is written as one, else the text."""
    for kind in (int, float):
        try:
            number = kind(value)
        except ValueError:
            continue
        return number if number == number and abs(number) < 2**53 else value
    return value
