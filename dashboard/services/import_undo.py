"""An import of needs undone as a whole: every need it made is cancelled, in one transaction, or none.

None is, where one of them was touched since the import. What the file changed of needs that were there before stays as
it is, and so do the residents it brought. Afterwards the same file may come in again.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, String, case, cast, delete, func, literal, or_, select, update
from sqlalchemy.orm import Session

from dashboard.core.deadlines import COUNTY_TIME
from dashboard.core.errors import Conflict, Invalid, NotFound
from dashboard.core.matching.watch import Watch, watched
from dashboard.core.permissions import WHOLE_COUNTY, Action, Actor, require
from dashboard.core.words import ImportKind, NeedState, Subject
from dashboard.services import jobs
from dashboard.services import need_life as life
from dashboard.services.commands import Work, command, perform
from dashboard.services.import_ledger import made_by
from dashboard.services.questions import question
from db.engine import Database
from db.models import Account, Base, ImportBatch, ImportChange, Need, NeedEvent, UnplacedPoint

#: The job's kind, and its steps in their order; text: import_undo.step_<name>.
KIND = "import_undo"
STEPS = ("check", "cancel", "release")
#: So many codes of touched needs are told.
LISTED = 20
#: What a need brings along itself, or the server tells of it; a row of any other table shows that somebody used it.
OWN = frozenset({"needs", "need_intervals", "need_roles", "need_skills", "need_events", "notices"})


@dataclass(frozen=True)
class Touched:
    """A need that keeps its import from being undone. `why`: text import_undo.why.<why>."""

    need_id: int
    code: str
    why: str


@dataclass(frozen=True)
class Preview:
    """What undoing an import would do. `touched`: the first of those in its way, `reasons` how many for each reason;
    `changed`: needs the file changed, which keep their values; `linked`: needs of elsewhere that will no longer repeat
    one of these; `raised`: codes of needs whose urgency its repeats raised, which stays."""

    batch_id: int
    file_name: str
    at: datetime
    needs: int
    touched: tuple[Touched, ...]
    reasons: tuple[tuple[str, int], ...]
    changed: int
    linked: int
    raised: tuple[str, ...]

    @property
    def in_the_way(self) -> int:
        """How many of its needs were touched."""
        return sum(count for _, count in self.reasons)

    @property
    def possible(self) -> bool:
        return self.needs > 0 and not self.reasons


@question(*Subject)
def preview(session: Session, actor: Actor, *, batch_id: int) -> Preview:
    """What undoing this import would do. Refuses as `undo` does, but for touched needs and where there is none."""
    require(actor, Action.IMPORT, WHOLE_COUNTY)
    batch = _batch(session, actor.county, batch_id)
    made = made_by(actor.county, Need, [batch.id])
    touched = _touched(session, batch)
    here = _changes(batch).where(ImportChange.row_id.not_in(made))
    raised = here.where(ImportChange.column == "urgency", ImportChange.before.is_not(None)).subquery()
    changed = here.where(ImportChange.column.not_in(("earlier_need_id", "urgency"))).subquery()
    codes = select(Need.code).where(Need.id.in_(select(raised.c.row_id)), Need.id.not_in(select(changed.c.row_id)))
    return Preview(
        batch.id,
        batch.file_name,
        batch.at,
        _count(session, made),
        touched[:LISTED],
        tuple(Counter(one.why for one in touched).most_common()),
        _count(session, select(changed.c.row_id).distinct()),
        _count(session, _repeating(batch)),
        tuple(session.scalars(codes.order_by(Need.id))),
    )


@command(Action.IMPORT, Subject.NEEDS, Subject.PLACES, Subject.PEOPLE)
def undo(work: Work, *, batch_id: int, reason: str, watch: Watch | None = None) -> dict[str, Any]:
    """Cancel every need this import made, with `reason` in each one's history. Raises Conflict where it was undone
    before, or where a need was touched since: its codes are named and nothing is done."""
    work.require(Action.IMPORT, WHOLE_COUNTY)
    work.require(Action.EDIT_NEED, WHOLE_COUNTY)
    steps = watched(watch)
    steps.begin(STEPS[0], len(STEPS))
    batch = _batch(work.session, work.actor.county, batch_id, lock=True)
    which = Need.id.in_(made_by(batch.county, Need, [batch.id]))
    # Whoever sends somebody, or points to one of them, waits here until this is done, and then finds it cancelled.
    work.session.execute(select(Need.id).where(which).order_by(Need.id).with_for_update()).all()
    _require_untouched(work.session, batch)
    _step(steps, 1)
    cancelled = life.end_many(work, which, NeedState.CANCELLED, reason=reason)
    _step(steps, 2)
    unlinked = _unlink(work, batch, reason)
    _release(work, batch)
    batch.undone_at, batch.undone_by = work.now, work.actor.account_id
    done = {"needs": cancelled, "unlinked": unlinked, "file": batch.file_name}
    before, after = {"undone": False}, {"undone": True, "digest": batch.file_digest, **done}
    work.audit("import", batch.id, before=before, after=after, reason=reason, batch_id=batch.id)
    return {"batch": batch.id, **done}


def start(database: Database, actor: Actor, *, batch_id: int, reason: str, now: datetime, key: str) -> str:
    """`undo` as a job; its id. The same `key` again is the same job."""

    def deed(watch: Watch) -> dict[str, Any]:
        return perform(database, undo, actor, now=now, batch_id=batch_id, reason=reason, watch=watch)

    return jobs.begin(actor, KIND, deed, key=key)


def _step(watch: Watch, at: int) -> None:
    """The next step; raises Stopped where that was asked for, and nothing is done then."""
    watch.begin(STEPS[at], len(STEPS))
    watch.count_and_look(at)


def _batch(session: Session, county: str, batch_id: int, *, lock: bool = False) -> ImportBatch:
    """The batch of an import of needs, not undone yet. Locked: whoever comes second reads what the first did."""
    asked = select(ImportBatch).where(ImportBatch.id == batch_id, ImportBatch.county == county)
    asked = asked.with_for_update().execution_options(populate_existing=True) if lock else asked
    batch = session.scalar(asked)
    if batch is None:
        raise NotFound("import_undo.no_such")
    if batch.kind != ImportKind.NEEDS:
        raise Invalid("import_undo.only_needs")
    if batch.undone_at is not None:
        by = session.scalar(select(Account.display_name).where(Account.id == batch.undone_by))
        at = batch.undone_at.astimezone(COUNTY_TIME).strftime("%Y-%m-%d %H:%M")
        if by is None:
            raise Conflict("import_undo.already_by_shell", at=at)
        raise Conflict("import_undo.already", at=at, by=by)
    return batch


def _changes(batch: ImportBatch) -> Select[int]:
    """Ids of the needs of this import's ledger; narrow it down by `ImportChange`."""
    return select(ImportChange.row_id).where(
        ImportChange.county == batch.county,
        ImportChange.batch_id == batch.id,
        ImportChange.table_name == Need.__tablename__,
    )


def _count(session: Session, rows: Select[int]) -> int:
    return session.scalar(select(func.count()).select_from(rows.subquery())) or 0


def _require_untouched(session: Session, batch: ImportBatch) -> None:
    """Raises Invalid where the import made no need, Conflict where one was touched since."""
    needs = _count(session, made_by(batch.county, Need, [batch.id]))
    if not needs:
        raise Invalid("import_undo.nothing")
    touched = _touched(session, batch)
    if touched:
        codes = ", ".join(one.code for one in touched[:LISTED])
        raise Conflict("import_undo.touched", count=len(touched), needs=needs, listed=LISTED, codes=codes)


def _touched(session: Session, batch: ImportBatch) -> tuple[Touched, ...]:
    """The needs of an import that somebody used or changed since, each with the first reason, by id."""
    found: dict[int, str] = {}
    for why, ids in _signs(batch).items():
        for need_id in session.scalars(ids):
            found.setdefault(need_id, why)
    codes: dict[int, str] = {}
    wanted = sorted(found)
    for first in range(0, len(wanted), 500):
        rows = session.execute(select(Need.id, Need.code).where(Need.id.in_(wanted[first : first + 500])))
        codes |= {row.id: row.code for row in rows}
    return tuple(Touched(need_id, codes[need_id], found[need_id]) for need_id in wanted)


def _signs(batch: ImportBatch) -> Mapping[str, Select[int]]:
    """Reason -> ids of the needs it is true of: rows of other tables, further events, another version."""
    made = made_by(batch.county, Need, [batch.id])
    signs = {
        table.name: select(column).where(table.c["county"] == batch.county, column.in_(made)).distinct()
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if table.name not in OWN and any(key.column.table.name == "needs" for key in column.foreign_keys)
    }
    signs["moved"] = (
        select(NeedEvent.need_id)
        .where(NeedEvent.county == batch.county, NeedEvent.need_id.in_(made))
        .where(or_(NeedEvent.from_state.is_not(None), NeedEvent.dispatch_id.is_not(None)))
        .distinct()
    )
    # The import itself raised the urgency of some, and with it their version.
    raised = _changes(batch).where(ImportChange.column == "urgency", ImportChange.row_id == Need.id)
    versions = select(func.count()).select_from(raised.correlate(Need).subquery()).scalar_subquery()
    signs["changed"] = select(Need.id).where(Need.id.in_(made), Need.version > 1, Need.version != 1 + versions)
    return signs


def _repeating(batch: ImportBatch) -> Select[int]:
    """Needs from elsewhere that are linked as repeats of one of this import's."""
    made = made_by(batch.county, Need, [batch.id])
    return select(Need.id).where(Need.county == batch.county, Need.earlier_need_id.in_(made), Need.id.not_in(made))


def _unlink(work: Work, batch: ImportBatch, reason: str) -> int:
    """A need that repeated one of these repeats nothing any more; whoever edits it meanwhile is refused."""
    rows = select(Need.id, Need.earlier_need_id).where(Need.id.in_(_repeating(batch))).order_by(Need.id)
    links = work.session.execute(rows.with_for_update()).all()
    after = {"earlier_need_id": None}
    changes = [(row.id, {"earlier_need_id": row.earlier_need_id}, after) for row in links]
    work.audit_each("need", changes, reason=reason, batch_id=batch.id)
    work.session.execute(
        update(Need)
        .where(Need.id.in_(_repeating(batch)))
        .values(earlier_need_id=None, version=Need.version + 1)
        .execution_options(synchronize_session=False)
    )
    return len(links)


def _release(work: Work, batch: ImportBatch) -> None:
    """What would keep the same rows from coming in again as new needs: the digest of the row, the register's own number
    as the code (the need's id is put behind it), links as repeats; and their points leave the list of those outside."""
    made = made_by(batch.county, Need, [batch.id])
    number = cast(Need.id, String)
    given = Need.code.like(literal("N______-").concat(number))
    behind = func.substr(Need.code, 1, 28).concat("~").concat(number)
    freed = {"source_digest": None, "source_occurrence": None, "earlier_need_id": None}
    work.session.execute(
        update(Need)
        .where(Need.id.in_(made))
        .values(code=case((given, Need.code), else_=behind), **freed)
        .execution_options(synchronize_session=False)
    )
    outside = (UnplacedPoint.county == batch.county, UnplacedPoint.subject == "needs")
    work.session.execute(
        delete(UnplacedPoint)
        .where(*outside, UnplacedPoint.row_id.in_(made))
        .execution_options(synchronize_session=False)
    )
