"""What the rows behind a figure are made of: who asks and when, and the columns every list has."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, literal, null, select
from sqlalchemy.orm import Session

from dashboard.core import figures
from dashboard.core.edges import Edges
from dashboard.core.permissions import Actor
from dashboard.services.holding_edges import edges_at

#: Columns of a select that are no cells: the row's id, the site it is counted at, when it happened, how much it counts,
#: and the order it leads to.
APART = ("id", "site_id", "moment", "measure", "need_id")


@dataclass(frozen=True)
class Asked:
    """What the rows depend on: who asks, the moment, and the edges that hold at it, the spans of the figures of a
    year and of the last days."""

    actor: Actor
    now: datetime
    year: tuple[datetime, datetime]
    recent: tuple[datetime, datetime]
    edges: Edges

    @property
    def today(self) -> date:
        return figures.county_today(self.now)


#: A figure's rows as a select with the columns `APART` (the last only where there is an order) and its cells.
Rows = Callable[[Asked], Select[Any]]


def asked_at(session: Session, actor: Actor, now: datetime) -> Asked:
    """The edges and spans of the figures as of a moment."""
    today, edges = figures.county_today(now), edges_at(session, actor.county, now).edges
    return Asked(actor, now, figures.year_span(today), figures.recent_span(today, edges.active_days), edges)


def figure_select(table: Any, site_id: Any, moment: Any, **cells: Any) -> Select[Any]:
    """A select with the columns every list has and its own cells; each row counts as one unless said otherwise."""
    measure = cells.pop("measure", literal(1))
    at = null() if moment is None else moment
    apart = [
        table.id.label("id"),
        site_id.label("site_id"),
        at.label("moment"),
        func.coalesce(measure, 0).label("measure"),
    ]
    return select(*apart, *(value.label(name) for name, value in cells.items()))
