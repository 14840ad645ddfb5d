"""The rows behind every counted figure: as many of them, or what they add up to, as the figure says.

A rate has no rows of its own: its numerator and its denominator are figures, and each of them opens here. Volunteers
are named, masked, only to roles that may see volunteers; everybody else gets the rows without a person. Residents'
words stand in none of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from dashboard.core.errors import NotFound
from dashboard.core.figures import BY_KEY
from dashboard.core.masking import masked_name
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.words import Grade, Level, NeedState, Subject
from dashboard.services import figure_row_registers as registers
from dashboard.services import figure_row_work as work
from dashboard.services.figure_row_parts import APART, Asked, Rows, asked_at
from dashboard.services.figures import answered, satisfied
from dashboard.services.filtering import is_open
from dashboard.services.questions import question
from dashboard.services.team_rows import PAGE, Listing
from db.models import Activity, Need, NeedRole, Service, Site, Volunteer

#: Cells that name somebody.
_NAMES = ("volunteer", "resident", "contact")


@dataclass(frozen=True)
class FigureRow:
    """One row behind a figure: its cells by column, the order it leads to, and how much of the figure it is."""

    id: int
    need_id: int | None
    measure: int
    cells: Mapping[str, Any]


@question(*Subject)
def rows(
    session: Session, actor: Actor, *, now: datetime, key: str, page: int = 0, size: int = PAGE
) -> Listing[FigureRow]:
    """A page of the rows behind a counted figure, in the order of their ids. Raises NotFound for any other key."""
    require(actor, Action.SEE_TEAMS)
    if key not in ROWS:
        raise NotFound("figures.no_rows", key=key)
    behind = ROWS[key](asked_at(session, actor, now)).subquery("behind")
    total = session.scalar(select(func.count()).select_from(behind)) or 0
    found = session.execute(select(behind).order_by(behind.c.id).limit(size).offset(page * size))
    named = actor.may(Action.SEE_VOLUNTEERS)
    return Listing(tuple(_row(dict(row._mapping), named) for row in found), total)


def totals(session: Session, asked: Asked, key: str) -> tuple[int, int]:
    """How many rows are behind a figure, and what they add up to."""
    behind = ROWS[key](asked).subquery("behind")
    row = session.execute(select(func.count(), func.coalesce(func.sum(behind.c.measure), 0)).select_from(behind)).one()
    return int(row[0]), int(row[1])


def _row(row: Mapping[str, Any], named: bool) -> FigureRow:
    cells = {name: value for name, value in row.items() if name not in APART}
    for name in _NAMES:
        if name in cells:
            cells[name] = masked_name(cells[name] or "") if named or name != "volunteer" else ""
    return FigureRow(row["id"], row.get("need_id"), int(row["measure"]), cells)


_CLOSED = Need.state == NeedState.CLOSED

#: Figure -> its rows; of every figure that is no rate.
ROWS: dict[str, Rows] = {
    "sites": registers.sites(),
    **{f"sites_{level}": registers.sites(Site.level == level) for level in Level},
    "grids": registers.grids,
    "grids_without_contact": registers.grids_without_contact,
    "contact_cards": registers.contact_cards,
    "contact_people": registers.contact_people,
    "households": registers.households,
    "volunteers": registers.volunteers(),
    "volunteers_time_unknown": registers.volunteers(~Volunteer.availability_known),
    "volunteers_served": registers.volunteers_served,
    "volunteers_active": registers.volunteers_active,
    "certificates_expiring": registers.certificates,
    "teams": registers.teams,
    "teams_active": registers.teams_active,
    "team_members": registers.team_members,
    "memberships": registers.memberships,
    "needs_to_verify": work.orders(Need.state == NeedState.TO_VERIFY),
    "needs_open": work.orders(is_open()),
    "needs_overdue": work.overdue,
    "needs_in_service": work.orders(Need.state == NeedState.IN_SERVICE),
    "seats_wanted": work.seats(NeedRole.head_count),
    "seats_held": work.held,
    "seats_open": work.seats(work.SEATS_LEFT, work.SEATS_LEFT > 0),
    "needs_registered": work.registered(),
    "needs_repeated": work.registered(Need.earlier_need_id.is_not(None)),
    "residents_asking": work.residents,
    "needs_closed": work.ended(_CLOSED),
    "needs_closed_with_deadline": work.ended(_CLOSED, Need.close_due_at.is_not(None)),
    "needs_closed_in_time": work.ended(_CLOSED, Need.closed_at <= Need.close_due_at),
    "needs_unmet": work.ended(Need.state == NeedState.UNMET),
    "services": work.services(literal(1)),
    "service_minutes": work.services(Service.minutes),
    **{f"service_minutes_{grade.lower()}": work.services(Service.minutes, Service.grade == grade) for grade in Grade},
    "activities": work.activities(literal(1)),
    "activities_uncounted": work.activities(literal(1), Activity.people_reached.is_(None)),
    "people_reached": work.activities(Activity.people_reached, Activity.people_reached.is_not(None)),
    "ratings_asked": work.ratings(),
    "ratings_answered": work.ratings(answered),
    "ratings_silent": work.ratings(lambda: ~answered()),
    "ratings_satisfied": work.ratings(satisfied),
}


def parts_of(key: str) -> tuple[str, ...]:
    """The figures whose rows are behind this one: itself, or a rate's numerator and denominator."""
    return BY_KEY[key].over or (key,)
