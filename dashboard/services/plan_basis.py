"""What a plan rests on, written down when it is solved, and what of it is no longer so when it is to be sent."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.core.words import HOLDS_SEAT, ConstraintKind
from dashboard.services.match_rows import in_force
from db.models import Constraint, Dispatch, Need, NeedRole


class Booking(NamedTuple):
    """One row of a plan: who goes where, when; minutes of `core.spans`, from the first to the last wanted time where
    all must be served."""

    need_id: int
    role_id: int
    volunteer_id: int
    start: int
    end: int


class Word(NamedTuple):
    """A standing pin or forbidden pair that the plan kept, and whose word it is."""

    constraint_id: int
    kind: str
    need_id: int
    volunteer_id: int
    author_id: int


@dataclass(frozen=True)
class Seen:
    """A need as it was: its version, and its roles' open seats."""

    version: int
    seats: Mapping[int, int]


@dataclass(frozen=True)
class Basis:
    """What a plan rests on. `at` is when it was read."""

    at: datetime
    rule_version: int
    needs: Mapping[int, Seen]
    words: tuple[Word, ...]

    def plain(self) -> dict[str, Any]:
        """As JSON values, always in one order."""
        return {
            "at": self.at.isoformat(),
            "rule_version": self.rule_version,
            "needs": [
                [need_id, seen.version, sorted([role, seats] for role, seats in seen.seats.items())]
                for need_id, seen in sorted(self.needs.items())
            ],
            "words": [list(word) for word in sorted(self.words)],
        }

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Basis":
        """From `plain`."""
        needs = {need_id: Seen(version, dict(seats)) for need_id, version, seats in data["needs"]}
        words = tuple(Word(*word) for word in data["words"])
        return cls(datetime.fromisoformat(data["at"]), data["rule_version"], needs, words)


class Refusal(NamedTuple):
    """Why a plan is not sent: a sentence's key and values, and the row it is about (None: the whole plan, or every row
    of the need)."""

    key: str
    values: Mapping[str, Any]
    need_id: int | None = None
    role_id: int | None = None
    volunteer_id: int | None = None

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return self._asdict() | {"values": dict(self.values)}


def read_basis(session: Session, county: str, need_ids: Collection[int], rule_version: int, now: datetime) -> Basis:
    """The needs as they stand in this snapshot."""
    return Basis(
        at=now,
        rule_version=rule_version,
        needs=needs_seen(session, county, need_ids),
        words=words_in_force(session, county, need_ids, now),
    )


def needs_seen(session: Session, county: str, need_ids: Iterable[int]) -> dict[int, Seen]:
    """Version and open seats of each need."""
    ids = sorted(set(need_ids))
    taken = (
        select(Dispatch.role_id, func.count(func.distinct(Dispatch.seat_of)).label("people"))
        .where(Dispatch.county == county, Dispatch.need_id.in_(ids), Dispatch.state.in_(HOLDS_SEAT))
        .group_by(Dispatch.role_id)
    )
    people: dict[int, int] = {row.role_id: row.people for row in session.execute(taken)}
    roles = session.execute(
        select(NeedRole.need_id, NeedRole.id, NeedRole.head_count, Need.version)
        .join(Need, Need.id == NeedRole.need_id)
        .where(NeedRole.county == county, NeedRole.need_id.in_(ids))
        .order_by(NeedRole.need_id, NeedRole.id)
    )
    found: dict[int, tuple[int, dict[int, int]]] = {}
    for row in roles:
        seats = found.setdefault(row.need_id, (row.version, {}))[1]
        seats[row.id] = max(row.head_count - people.get(row.id, 0), 0)
    return {need_id: Seen(version, seats) for need_id, (version, seats) in found.items()}


def words_in_force(session: Session, county: str, need_ids: Iterable[int], now: datetime) -> tuple[Word, ...]:
    """Pins and forbidden pairs of these needs that hold now."""
    rows: Sequence[Any] = session.execute(
        select(Constraint.id, Constraint.kind, Constraint.need_id, Constraint.volunteer_id, Constraint.author_id)
        .where(
            Constraint.county == county,
            Constraint.need_id.in_(sorted(set(need_ids))),
            Constraint.kind.in_((ConstraintKind.PIN, ConstraintKind.FORBID)),
            in_force(now),
        )
        .order_by(Constraint.id)
    ).all()
    return tuple(Word(*row) for row in rows)
