"""The book kept while a register comes in: where each value came from, and the batch that holds it all together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, Table, and_, bindparam, insert, select, update
from sqlalchemy.orm import Session

from dashboard.core.words import NeedState
from dashboard.formats.parsed import Problem
from dashboard.services.commands import Work
from db.models import Base, ImportBatch, ImportChange, Need

Value = TypeVar("Value")

#: What each import kind calls a row made by it, in `ImportChange.column`.
WHOLE_ROW = "*"


@dataclass(frozen=True)
class Change(Generic[Value]):
    """A stored row that the file gives other values: its number in the file, its id, and column -> (before, after)."""

    number: int
    row_id: int
    value: Value
    columns: Mapping[str, tuple[Any, Any]]


@dataclass
class Plan(Generic[Value]):
    """What storing a parsed file would do. `existing` counts the stored rows of the register, touched or not."""

    new: list[tuple[int, Value]] = field(default_factory=list)
    changed: list[Change[Value]] = field(default_factory=list)
    unchanged: set[int] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    existing: int = 0
    linked: int = 0

    @property
    def stored(self) -> int:
        return len(self.new) + len(self.changed)

    @property
    def refused(self) -> frozenset[int]:
        """Rows that only the stored data refuse."""
        return frozenset(problem.row for problem in self.problems)


def differing(stored: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Columns whose wanted value differs. Nothing said (None, "") changes nothing: a blank cell never erases."""
    return {
        name: (stored[name], value)
        for name, value in wanted.items()
        if value is not None and value != "" and stored[name] != value
    }


class Ledger:
    """Collects import changes and personal values of one batch; `write` stores them."""

    def __init__(self, work: Work, batch_id: int, today: date) -> None:
        self._work = work
        self.batch_id = batch_id
        self.today = today
        self._rows: list[dict[str, Any]] = []
        self.personal: list[tuple[int | None, str, str | None, str | None]] = []

    def made(self, table: type[Base], number: int, row_id: int) -> None:
        """The import made this row: all its values come from row `number` of the file."""
        self._note(table, number, row_id, WHOLE_ROW, None, None)

    def set(self, table: type[Base], number: int, row_id: int, column: str, before: object, after: object) -> None:
        """The import changed this value."""
        self._note(table, number, row_id, column, {"value": _plain(before)}, {"value": _plain(after)})

    def set_personal(
        self, table: type[Base], number: int, person_id: int, column: str, before: str | None, after: str
    ) -> None:
        """The import changed a personal value: digests here, the values beside the audit row, to be erased there."""
        digests = [None if value is None else {"digest": self._work.digest(value)} for value in (before, after)]
        self._note(table, number, person_id, column, digests[0], digests[1])
        self.personal.append((person_id, column, before, after))

    def _note(
        self, table: type[Base], number: int, row_id: int, column: str, before: object | None, after: object | None
    ) -> None:
        self._rows.append(
            {
                "county": self._work.actor.county,
                "batch_id": self.batch_id,
                "row_number": number,
                "table_name": table.__tablename__,
                "row_id": row_id,
                "column": column,
                "before": before,
                "after": after,
            }
        )

    def write(self) -> int:
        """Store the collected changes; returns how many there were."""
        insert_rows(self._work.session, ImportChange, self._rows)
        return len(self._rows)


def made_by(county: str, table: type[Base], batches: Sequence[int] | Select[int]) -> Select[int]:
    """Ids of the rows of a table that these imports made."""
    return select(ImportChange.row_id).where(
        ImportChange.county == county,
        ImportChange.batch_id.in_(batches),
        ImportChange.table_name == table.__tablename__,
        ImportChange.column == WHOLE_ROW,
    )


def taken_back(county: str) -> ColumnElement[bool]:
    """Needs that were cancelled with the import that made them: no new need repeats one. Those that somebody opened
    again are none."""
    undone = select(ImportBatch.id).where(ImportBatch.county == county, ImportBatch.undone_at.is_not(None))
    return and_(Need.state == NeedState.CANCELLED, Need.id.in_(made_by(county, Need, undone)))


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, str | int | float | bool | list | dict) else str(value)


def table_of(model: type[Base]) -> Table:
    """The Core table of a model: bulk work goes past the unit of work (ten times faster)."""
    found = model.__table__
    if not isinstance(found, Table):
        raise TypeError(f"{model.__name__} is no plain table")
    return found


def insert_rows(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert many rows at once."""
    if rows:
        session.execute(insert(table_of(model)), [dict(row) for row in rows])


def insert_for_ids(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert many rows at once and return their ids in the same order."""
    if not rows:
        return []
    table = table_of(model)
    wanted = insert(table).returning(table.c["id"], sort_by_parameter_order=True)
    return [int(found) for found in session.scalars(wanted, [dict(row) for row in rows])]


def update_rows(session: Session, model: type[Base], changes: Sequence[tuple[int, Mapping[str, Any]]]) -> None:
    """Set columns of many rows by id, the same columns in each. Raises the version where there is one."""
    if not changes:
        return
    table = table_of(model)
    columns: dict[str, Any] = {name: bindparam(f"to_{name}") for name in changes[0][1]}
    versioned = {"version": table.c["version"] + 1} if "version" in table.c else {}
    session.execute(
        update(table).where(table.c["id"] == bindparam("at_id")).values({**columns, **versioned}),
        [{"at_id": row_id} | {f"to_{name}": value for name, value in values.items()} for row_id, values in changes],
    )
