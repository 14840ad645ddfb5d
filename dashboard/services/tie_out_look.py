"""What the identities look with: one snapshot, the reader's part of the tree, one moment; the figures read once."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Select, SelectBase, func, select
from sqlalchemy.orm import Session

from dashboard.core.permissions import Actor
from dashboard.core.tie_out import LISTED, AtFault, Line, Relation, Term
from dashboard.services.figure_row_parts import Asked
from dashboard.services.figures import Counts, reader_of


@dataclass
class View:
    """A snapshot of the reader's part at a moment."""

    session: Session
    asked: Asked

    @property
    def actor(self) -> Actor:
        return self.asked.actor

    @cached_property
    def _counts(self) -> Counts:
        """What was read of the figures so far."""
        return {}

    def figure(self, key: str) -> Term:
        """A defined figure as a term."""
        if key not in self._counts:
            self._counts.update(reader_of(key)(self.session, self.actor, self.asked.now))
        return Term(key, int(self._counts[key][0] or 0))

    def count(self, statement: Select[Any]) -> int:
        """The one number of a statement, 0 for null."""
        return int(self.session.scalar(statement) or 0)

    def counts(self, statement: Select[*tuple[Any, ...]]) -> tuple[int, ...]:
        """The one row of a statement of numbers, 0 for null."""
        return tuple(int(number or 0) for number in self.session.execute(statement).one())


Identity = Callable[[View], Line]


def line(
    view: View,
    key: str,
    left: tuple[Term, ...],
    right: tuple[Term, ...],
    wrong: SelectBase | None,
    page: str,
    relation: Relation = Relation.EQUAL,
) -> Line:
    """The line, with the rows that `wrong` finds: their code first, the id of an order second where it is one. None
    where the counts have shown that there are none."""
    if wrong is None:
        return Line(key, left, right, (), 0, page, relation)
    found = wrong.subquery("wrong")
    rows = view.session.execute(select(*found.c, func.count().over()).order_by(found.c[0]).limit(LISTED)).all()
    at_fault = tuple(AtFault(_code(row[0]), row[1] if len(row) > 2 else None) for row in rows)
    return Line(key, left, right, at_fault, rows[0][-1] if rows else 0, page, relation)


def _code(value: object) -> str:
    return f"#{value}" if isinstance(value, int) else str(value)
