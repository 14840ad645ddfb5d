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
from dashboard.services.questions import kept, question
from dashboard.services.tie_out_look import Identity, View

_ORDERS = (Subject.PLACES, Subject.NEEDS)
_REGISTERS = (Subject.PLACES, Subject.PEOPLE)
_WORK = (Subject.PLACES, Subject.PEOPLE, Subject.SERVICES)
_ANSWERS = (Subject.PLACES, Subject.NEEDS, Subject.SERVICES)
_MONEY = (Subject.PLACES, Subject.NEEDS, Subject.FUND)
#: In the order in which they are shown, each with the subjects that it reads: it is counted anew when one was written.
READ: dict[Identity, tuple[Subject, ...]] = {
    orders.flow: _ORDERS,
    orders.life: _ORDERS,
    orders.received: _ORDERS,
    orders.ended: _ORDERS,
    orders.repeats: _ORDERS,
    orders.towns: _ORDERS,
    orders.seats: _ORDERS,
    orders.dispatches: _ORDERS,
    registers.levels: registers.LEVELS_READ,
    registers.sites: _REGISTERS,
    registers.grids: _REGISTERS,
    registers.cards: _REGISTERS,
    registers.register: _REGISTERS,
    registers.memberships: _REGISTERS,
    registers.people: _WORK,
    registers.grades: _WORK,
    registers.minutes: _WORK,
    registers.ratings: _ANSWERS,
    money.fund: _MONEY,
}
IDENTITIES: tuple[Identity, ...] = tuple(READ)


@dataclass(frozen=True)
class TieOut:
    """Every line of a day."""

    lines: tuple[Line, ...]

    @property
    def broken(self) -> tuple[str, ...]:
        return tuple(line.key for line in self.lines if not line.holds)


@question(*(subject for subject in Subject if any(subject in reads for reads in READ.values())), daily=True)
def lines(session: Session, actor: Actor, *, now: datetime) -> TieOut:
    """Every identity of the reader's part, those that don't hold with the rows at fault."""
    require(actor, Action.SEE_TEAMS)
    view = View(session, asked_at(session, actor, now))
    return TieOut(tuple(_line(view, identity, reads) for identity, reads in READ.items()))


def _line(view: View, identity: Identity, reads: tuple[Subject, ...]) -> Line:
    on = ("tie_out", identity.__name__, view.asked.today)
    return kept(view.session, view.actor, on, reads, lambda: identity(view))
