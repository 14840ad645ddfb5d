"""This month so far beside the same days of the last, of the figures that count over a time."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from dashboard.core.figures import BY_KEY, Value, Window, county_today, day_span, months_until, rate
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.words import Subject
from dashboard.services.figure_row_parts import Asked, asked_at
from dashboard.services.figure_rows import parts_of, totals
from dashboard.services.questions import question

Values = Mapping[str, Value]


@dataclass(frozen=True)
class TwoMonths:
    """Figures of this month up to today, and of as many days of the last; the month's name ("2026-11")."""

    now: Values = field(default_factory=dict)
    before: Values = field(default_factory=dict)
    month: str = ""


def spans(today: date) -> tuple[tuple[datetime, datetime], tuple[datetime, datetime]]:
    """This month's days up to and with `today`, and the same days of the last month, which may have fewer; in UTC."""
    last, this = months_until(today, 2)
    before = min(this.start, day_span(last.first + timedelta(days=today.day - 1))[1])
    return (this.start, day_span(today)[1]), (last.start, before)


@question(*Subject)
def two_months(session: Session, actor: Actor, *, now: datetime, keys: tuple[str, ...]) -> TwoMonths:
    """Those of the figures that cover a year, counted for two months, within the reader's part of the tree."""
    require(actor, Action.SEE_TEAMS)
    asked, (this, last) = asked_at(session, actor, now), spans(county_today(now))
    flowing = [key for key in keys if BY_KEY[key].window is Window.YEAR]
    return TwoMonths(
        {key: _value(session, replace(asked, year=this), key) for key in flowing},
        {key: _value(session, replace(asked, year=last), key) for key in flowing},
        f"{county_today(now):%Y-%m}",
    )


def _value(session: Session, asked: Asked, key: str) -> Value:
    figure = BY_KEY[key]
    counts = [totals(session, asked, part) for part in parts_of(key)]
    if not figure.is_rate:
        ((rows, total),) = counts
        return Value(total, figure.unit, rows, asked.edges)
    (_, above), (_, below) = counts
    return Value(rate(above, below, figure.per), figure.unit, below, asked.edges)
