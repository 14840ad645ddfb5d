"""The tables of orders, services and ratings as they stood on a day gone by, so that the figures' own statements count
the past: whatever a session asks within `standing_at` reads these in place of the tables of their names.

Orders follow from their events. Of a service there is when it was recorded; who was held when is on record, and the
audit keeps what a correction of an activity's hours, or asking a resident anew, wrote over.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    MetaData,
    Select,
    SelectBase,
    Table,
    and_,
    case,
    cast,
    column,
    event,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
    values,
)
from sqlalchemy.orm import ORMExecuteState, Session

from dashboard.core.needs import ENDED
from dashboard.core.replay import Known
from dashboard.core.words import DispatchState, Grade, NeedState
from dashboard.services.held_hours import Result
from db.models import Audit, HeldService, Need, NeedEvent, Rating, Service
from db.models.base import UtcDateTime


@contextmanager
def standing_at(
    session: Session,
    county: str,
    moment: datetime,
    known: Known,
    *,
    orders: bool = True,
    since: datetime | None = None,
) -> Iterator[None]:
    """Within, the session's statements read the tables as they stood just before a moment, as known then or now.
    Without `orders` those stand as today: for hours and answers, of which they only say the code and the place.
    `since`: whoever asks wants no services that began earlier."""
    tables = _Past(session, county, moment, known, since).tables(orders)

    def put_before(state: ORMExecuteState) -> None:
        if state.is_select:
            state.statement = state.statement.add_cte(*tables)  # type: ignore[attr-defined]

    event.listen(session, "do_orm_execute", put_before)
    try:
        yield
    finally:
        event.remove(session, "do_orm_execute", put_before)


class _Past:
    """Selects that stand in the place of tables. What they read themselves is named with its schema, or they would read
    each other: a name of WITH hides the table of this name."""

    def __init__(
        self, session: Session, county: str, moment: datetime, known: Known, since: datetime | None = None
    ) -> None:
        self.since = since
        self.session, self.county, self.moment, self.then = session, county, moment, known is Known.THEN
        self.sqlite = session.get_bind().dialect.name == "sqlite"
        schema = "main" if self.sqlite else str(session.scalar(select(func.current_schema())))
        self.need, self.event, self.service, self.held, self.rating, self.audit = _tables(schema)

    def tables(self, orders: bool) -> tuple[CTE, ...]:
        found = {"ratings": self._ratings().cte("ratings")}
        # Looked into for each rating: kept aside, no index would help.
        found["need_events"] = self._events().cte("need_events").prefix_with("NOT MATERIALIZED")
        if orders:
            found["needs"] = self._needs().cte("needs")
        if self.then:
            found["services"] = self._services().cte("services")
        return tuple(found.values())

    def _seen(self, row: Any) -> ColumnElement[bool]:
        seen = row.c.happened_at < self.moment
        return and_(seen, row.c.recorded_at < self.moment) if self.then else seen

    def _events(self) -> Select[Any]:
        # As a case: else SQLite looks for an order's few events among all that happened before.
        seen = case((self._seen(self.event), 1), else_=0) == 1
        return select(self.event).where(self.event.c.county == self.county, seen)

    def _needs(self) -> Select[Any]:
        """`core.replay.pasts` said in SQL: the last recorded of the events that are seen says where an order stood."""
        own, need = self.event, self.need
        begun = func.max(case((own.c.from_state.is_(None), own.c.happened_at)))
        newest = (
            select(own.c.need_id, func.max(own.c.id).label("newest"), begun.label("begun"))
            .where(own.c.county == self.county, own.c.dispatch_id.is_(None), self._seen(own))
            .group_by(own.c.need_id)
            .having(begun.is_not(None))
            .subquery("newest")
        )
        last = self.event.alias("last")
        said: dict[str, Any] = {
            "state": last.c.to_state,
            "registered_at": newest.c.begun,
            "closed_at": case((last.c.to_state.in_(ENDED), last.c.happened_at)),
        }
        return (
            select(*(said.get(one.name, one).label(one.name) for one in need.c))
            .select_from(newest)
            .join(last, last.c.id == newest.c.newest)
            .join(need, need.c.id == newest.c.need_id)
            .where(need.c.county == self.county)
        )

    def _services(self) -> SelectBase:
        """What was on record by the moment and not held at it: rows of today, those among them that were held later and
        those that were written over later."""
        live, held, moment = self.service, self.held, self.moment
        kept = held.alias("kept")
        stood = select(*(self._graded(live).get(one.name, one).label(one.name) for one in live.c)).where(
            live.c.county == self.county,
            self._begun(live),
            live.c.recorded_at < moment,
            # In the hold at the moment, or held after it: there the held row tells of it.
            ~exists().where(kept.c.result == Result.KEPT, kept.c.resolved_at >= moment, _same(kept, live)),
        )
        earlier = held.alias("earlier")
        own = self._graded(held) | {"id": -held.c.id, "activity_id": null()}
        held_later = select(
            *((own[one.name] if one.name in own else held.c[one.name]).label(one.name) for one in live.c)
        ).where(
            held.c.county == self.county,
            self._begun(held),
            held.c.recorded_at < moment,
            held.c.held_at >= moment,
            # Of a service that was held twice since, the first hold tells; a hold that was on at the moment hides it.
            ~exists().where(earlier.c.held_at < held.c.held_at, earlier.c.resolved_at >= moment, _same(earlier, held)),
        )
        parts: list[Select[Any]] = [stood, held_later]
        if over := self._written_over("service", {"recorded_at"}):
            rows = [row for row in over.values() if row["recorded_at"] < moment]
            parts += [self._rows(live, rows)] if rows else []
        return union_all(*parts)

    def _begun(self, row: Any) -> ColumnElement[bool]:
        return true() if self.since is None else row.c.start >= self.since

    def _graded(self, row: Any) -> dict[str, Any]:
        """Hours rise from C to B when the resident confirms: before that was recorded they were C."""
        confirmed = select(self.event.c.dispatch_id).where(
            self.event.c.county == self.county,
            self.event.c.to_state == DispatchState.CONFIRMED,
            self.event.c.recorded_at >= self.moment,
            self.event.c.dispatch_id.is_not(None),
        )
        later = row.c.dispatch_id.in_(confirmed)
        return {"grade": case((and_(row.c.grade == Grade.B, later), literal(Grade.C.value)), else_=row.c.grade)}

    def _ratings(self) -> SelectBase:
        """Who had been asked by the moment and what she had said; of one asked anew since, what stood before that."""
        live, moment = self.rating, self.moment
        over = self._written_over("rating", {"asked_at"})
        before = [row for row in over.values() if row["asked_at"] < moment]
        if before and self.then:
            before = [row for row in before if not self._asked_between(row)]
            before = [row | _SILENT if self._told_between(row) else row for row in before]
        elif before:
            # What was asked anew, and told late, before the moment, is what is known now.
            still = select(live.c.id).where(live.c.id.in_([row["id"] for row in before]), live.c.asked_at < moment)
            asked_before = set(self.session.scalars(still))
            before = [row for row in before if row["id"] not in asked_before]
        silent = or_(live.c.answered_at.is_(None), live.c.answered_at >= moment)
        asked = and_(live.c.county == self.county, live.c.asked_at < moment)
        if self.then:
            told_later = self._told_later(live.c.need_id).exists()
            asked_later = self._asked_later(live.c.need_id, live.c.asked_at).exists()
            silent = or_(silent, told_later)
            # Of an answer that nobody had been asked for, the asking is the answer's own.
            asked = and_(asked, ~asked_later, ~and_(told_later, live.c.answered_at == live.c.asked_at))
        said = {name: case((~silent, live.c[name])) for name in ("score", "outcome", "answered_at")}
        stood = select(*(said.get(one.name, one).label(one.name) for one in live.c)).where(asked)
        if not before:
            return stood
        return union_all(stood.where(live.c.id.not_in([row["id"] for row in before])), self._rows(live, before))

    def _written_over(self, subject: str, whole: set[str]) -> dict[int, dict[str, Any]]:
        """What the audit keeps of rows that were written over or struck: by their ids, as they stood at the moment. As
        known then that is what the first deed after the moment found; as known now, of asking anew, the last answer
        asked for before it."""
        audit = self.audit
        rows = self.session.execute(
            select(audit.c.subject_id, audit.c.at, audit.c.before)
            .where(audit.c.county == self.county, audit.c.subject == subject, audit.c.before.is_not(None))
            .where(audit.c.at >= self.moment)
            .order_by(audit.c.id)
        )
        found: dict[int, dict[str, Any]] = {}
        for subject_id, at, before in rows:
            row = _times(before) | {"id": subject_id, "county": self.county, _OVER_AT: at}
            if not whole <= row.keys():
                continue
            if self.then:
                found.setdefault(subject_id, row)
            elif row["asked_at"] < self.moment:
                late = row["answered_at"] is not None and row["answered_at"] >= self.moment
                found[subject_id] = row | (_SILENT if late else {})
        return found

    def _told_between(self, row: dict[str, Any]) -> bool:
        """Was the answer that was written over recorded after the moment?"""
        if row["answered_at"] is None or row["answered_at"] >= self.moment:
            return True
        told = self._told_later(literal(row["need_id"])).where(self.audit.c.at < row[_OVER_AT])
        return bool(self.session.scalar(select(told.exists())))

    def _asked_between(self, row: dict[str, Any]) -> bool:
        """Was the asking that was written over recorded after the moment?"""
        asked = self._asked_later(literal(row["need_id"]), literal(row["asked_at"], UtcDateTime))
        own = row["asked_at"] == row["answered_at"] and self._told_between(row)
        return own or bool(self.session.scalar(select(asked.where(self.event.c.recorded_at < row[_OVER_AT]).exists())))

    def _told_later(self, need_id: Any) -> Select[Any]:
        """Answers of an order that were recorded after the moment."""
        return select(self.audit.c.id).where(
            self.audit.c.county == self.county,
            self.audit.c.subject == "need",
            self.audit.c.subject_id == need_id,
            self.audit.c.at >= self.moment,
            self.audit.c.after["outcome"].as_string().is_not(None),
        )

    def _asked_later(self, need_id: Any, asked_at: Any) -> Select[Any]:
        """The confirmation with which a resident was asked, recorded after the moment."""
        return select(self.event.c.id).where(
            self.event.c.county == self.county,
            self.event.c.need_id == need_id,
            self.event.c.dispatch_id.is_(None),
            self.event.c.from_state == NeedState.DONE,
            self.event.c.happened_at == asked_at,
            self.event.c.recorded_at >= self.moment,
        )

    def _rows(self, table: Table, rows: list[dict[str, Any]]) -> Select[Any]:
        """Rows of a table's columns, as a select of values."""
        given = values(*(column(one.name, one.type) for one in table.c), name=f"{table.name}_before")
        data = [tuple(row.get(one.name, _EMPTY.get(one.name)) for one in table.c) for row in rows]
        found = given.data(data).cte(f"{table.name}_before")
        if self.sqlite:
            return select(found)
        # A column of nothing but nulls has no type of its own there.
        return select(*(cast(found.c[one.name], one.type).label(one.name) for one in table.c))


_SILENT = dict.fromkeys(("score", "outcome", "answered_at"))
#: When a row was written over.
_OVER_AT = "over_at"
#: What the audit doesn't keep, and no figure reads.
_EMPTY = {"words": "", "channel": ""}
_MOMENTS = ("start", "end", "recorded_at", "asked_at", "answered_at")


def _table(model: Any) -> Table:
    table: Table = model.__table__
    return table


@cache
def _tables(schema: str) -> tuple[Table, ...]:
    """Needs, their events, services, those held, ratings and the audit, named with their schema."""
    metadata = MetaData(schema=schema)
    return tuple(
        _table(model).to_metadata(metadata, schema=schema, referred_schema_fn=lambda *_: None)
        for model in (Need, NeedEvent, Service, HeldService, Rating, Audit)
    )


def _same(one: Any, other: Any) -> ColumnElement[bool]:
    """Two rows of one record of hours: what is kept comes back with the moment of its first record."""
    keys = ("county", "volunteer_id", "need_id", "start", "recorded_at")
    return and_(*(one.c[key] == other.c[key] for key in keys))


def _times(before: dict[str, Any]) -> dict[str, Any]:
    return {name: datetime.fromisoformat(one) if name in _MOMENTS and one else one for name, one in before.items()}
