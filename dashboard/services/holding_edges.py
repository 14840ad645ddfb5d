"""Which edges of figures hold at a moment. Everything that cuts a figure asks here."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from dashboard.core.edges import USUAL, Edges
from dashboard.core.figures import day_span
from dashboard.services.rules import minute_end, rule_row

KIND = "figures"


@dataclass(frozen=True)
class Held:
    """The edges that hold; version 0: the product's own."""

    version: int
    edges: Edges


def edges_at(session: Session, county: str, moment: datetime) -> Held:
    """The edges that hold at a moment, to the minute."""
    row = rule_row(session, county, KIND, minute_end(moment))
    return Held(row.version, Edges.of(row.data) if row.data else USUAL)


def edges_on(session: Session, county: str, day: date) -> Edges:
    """The edges of a county day: those that hold at its end."""
    return edges_at(session, county, day_span(day)[1] - timedelta(microseconds=1)).edges
