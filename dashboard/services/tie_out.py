"""The tie-out: identities between figures, counted in two ways within the reader's part of the tree."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from dashboard.core.permissions import Action, Actor, require
from dashboard.core.tie_out import Line
from dashboard.core.words import Subject
from dashboard.services import tie_out_fund as money
from dashboard.services import tie_out_orders as orders
from dashboard.services import tie_out_registers as registers
from dashboard.services.figure_row_parts import asked_at
from dashboard.services.questions import question
from dashboard.services.tie_out_look import Identity, View

#: In the order in which they are shown.
IDENTITIES: tuple[Identity, ...] = (
    orders.flow,
    orders.life,
    orders.received,
    orders.ended,
    orders.repeats,
    orders.towns,
    orders.seats,
    orders.dispatches,
    registers.levels,
    registers.sites,
    registers.grids,
    registers.cards,
    registers.register,
    registers.memberships,
    registers.people,
    registers.grades,
    registers.minutes,
    registers.ratings,
    money.fund,
)


@dataclass(frozen=True)
class TieOut:
    """Every line at a moment."""

    as_of: datetime
    lines: tuple[Line, ...]

    @property
    def broken(self) -> tuple[str, ...]:
        return tuple(line.key for line in self.lines if not line.holds)


@question(*Subject)
def lines(session: Session, actor: Actor, *, now: datetime) -> TieOut:
    """Every identity of the reader's part, those that don't hold with the rows at fault."""
    require(actor, Action.SEE_TEAMS)
    view = View(session, asked_at(session, actor, now))
    return TieOut(now, tuple(identity(view) for identity in IDENTITIES))
