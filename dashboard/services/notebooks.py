"""Notebooks: made, saved as versions, shared, put away. Two editors never overwrite each other.

Its owner changes a notebook, others do where it is shared to edit; everybody who may run queries reads the shared ones
and copies them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from dashboard.core.errors import Conflict, Forbidden, Invalid, NotFound
from dashboard.core.notebook import Cell, Sharing, cells_of
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.show_times import stamp
from dashboard.core.words import Role, Subject
from dashboard.services.commands import Work, command
from dashboard.services.questions import question
from db.models import Account, Notebook, NotebookVersion

LONGEST_TITLE = 120
#: Versions listed.
LISTED = 50


@dataclass(frozen=True)
class Listed:
    """A notebook in the list."""

    id: int
    title: str
    owner: str
    mine: bool
    sharing: Sharing
    version: int
    saved_at: datetime


@dataclass(frozen=True)
class Opened:
    """A notebook at one of its versions. `newest` is the version a save must have seen; `mine`: may the reader share
    it and put it away, `edits`: may she save it?"""

    id: int
    title: str
    mine: bool
    edits: bool
    sharing: Sharing
    version: int
    newest: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Saved:
    """One save: which version, by whom, when."""

    number: int
    by: str
    at: datetime
    cells: tuple[Cell, ...]


@command(Action.RUN_QUERIES, Subject.NOTEBOOKS)
def create(work: Work, *, title: str, cells: Sequence[Any] = ()) -> dict[str, Any]:
    """A private notebook with its first version."""
    row = Notebook(
        county=work.actor.county,
        title=_title(title),
        owner_id=work.actor.account_id,
        sharing=Sharing.PRIVATE,
        version=1,
    )
    found = cells_of(cells)
    work.session.add(row)
    work.session.flush()
    _keep(work, row, found)
    work.audit("notebook", row.id, after={"title": row.title, "version": 1, "cells": len(found)})
    return {"notebook_id": row.id, "title": row.title, "version": 1}


@command(Action.RUN_QUERIES, Subject.NOTEBOOKS)
def copy(work: Work, *, notebook_id: int, title: str) -> dict[str, Any]:
    """A private notebook of one's own with the newest cells of one that may be read."""
    row = _readable(work, notebook_id)
    kept = work.session.scalars(
        select(NotebookVersion).where(NotebookVersion.notebook_id == row.id, NotebookVersion.number == row.version)
    ).one()
    return create(work, title=title, cells=kept.cells)


@command(Action.RUN_QUERIES, Subject.NOTEBOOKS)
def save(work: Work, *, notebook_id: int, version: int, title: str, cells: Sequence[Any]) -> dict[str, Any]:
    """A new version. `version` is the newest the editor saw; Conflict names who saved another meanwhile."""
    row, found = _readable(work, notebook_id), cells_of(cells)
    if not _edits(work.actor, row):
        raise Forbidden("notebook.not_yours")
    if version != row.version:
        last = work.session.execute(
            select(NotebookVersion.saved_at, Account.display_name)
            .outerjoin(Account, Account.id == NotebookVersion.saved_by)
            .where(NotebookVersion.notebook_id == row.id, NotebookVersion.number == row.version)
        ).one()
        raise Conflict("notebook.saved_meanwhile", who=last.display_name or "system", at=stamp(last.saved_at))
    row.title, row.version = _title(title), version + 1
    _keep(work, row, found)
    work.audit("notebook", row.id, after={"title": row.title, "version": row.version, "cells": len(found)})
    return {"notebook_id": row.id, "title": row.title, "version": row.version}


@command(Action.RUN_QUERIES, Subject.NOTEBOOKS)
def share(work: Work, *, notebook_id: int, sharing: str) -> dict[str, Any]:
    """Say what others may do with it: one of `Sharing`."""
    row = _own(work, notebook_id)
    if sharing not in list(Sharing):
        raise Invalid("notebook.bad_sharing")
    if row.sharing == sharing:
        raise Invalid("notebook.already_so")
    before, row.sharing = row.sharing, sharing
    work.audit("notebook", row.id, before={"sharing": before}, after={"sharing": sharing})
    return {"notebook_id": row.id, "title": row.title}


@command(Action.RUN_QUERIES, Subject.NOTEBOOKS)
def archive(work: Work, *, notebook_id: int) -> dict[str, Any]:
    """Put it away: its versions and decks stay on record."""
    row = _own(work, notebook_id)
    row.archived_at = work.now
    work.audit("notebook", row.id, after={"archived": True})
    return {"notebook_id": row.id, "title": row.title}


def _title(title: str) -> str:
    said = title.replace("\x00", "").strip()
    if not said or len(said) > LONGEST_TITLE:
        raise Invalid("notebook.bad_title", most=LONGEST_TITLE)
    return said


def _readable(work: Work, notebook_id: int) -> Notebook:
    """The notebook, locked. Raises NotFound for one she may not read."""
    row = work.session.scalar(
        select(Notebook).where(Notebook.id == notebook_id, readable(work.actor)).with_for_update()
    )
    if row is None:
        raise NotFound("notebook.no_such")
    return row


def _own(work: Work, notebook_id: int) -> Notebook:
    """The same; raises Forbidden for another's."""
    row = _readable(work, notebook_id)
    if not _mine(work.actor, row):
        raise Forbidden("notebook.not_yours")
    return row


def _keep(work: Work, row: Notebook, cells: Sequence[Cell]) -> None:
    work.session.add(
        NotebookVersion(
            county=row.county,
            notebook_id=row.id,
            number=row.version,
            title=row.title,
            cells=[cell.plain() for cell in cells],
            saved_by=work.actor.account_id,
            saved_at=work.now,
        )
    )
    work.session.flush()


def readable(actor: Actor) -> ColumnElement[bool]:
    """The notebooks an actor may read: her own and the shared ones that are not put away."""
    mine = or_(Notebook.owner_id == actor.account_id, Notebook.sharing != Sharing.PRIVATE)
    return and_(Notebook.county == actor.county, Notebook.archived_at.is_(None), mine)


@question(Subject.NOTEBOOKS, Subject.ACCOUNTS)
def listed(session: Session, actor: Actor) -> tuple[Listed, ...]:
    """One's own and the shared ones, the last saved first."""
    require(actor, Action.RUN_QUERIES)
    rows = session.execute(
        select(Notebook, NotebookVersion.saved_at, Account.display_name)
        .join(
            NotebookVersion,
            (NotebookVersion.notebook_id == Notebook.id) & (NotebookVersion.number == Notebook.version),
        )
        .outerjoin(Account, Account.id == Notebook.owner_id)
        .where(readable(actor))
        .order_by(NotebookVersion.saved_at.desc(), Notebook.id.desc())
    )
    return tuple(
        Listed(
            id=row.Notebook.id,
            title=row.Notebook.title,
            owner=row.display_name or "",
            mine=_mine(actor, row.Notebook),
            sharing=Sharing(row.Notebook.sharing),
            version=row.Notebook.version,
            saved_at=row.saved_at,
        )
        for row in rows
    )


@question(Subject.NOTEBOOKS)
def opened(session: Session, actor: Actor, *, notebook_id: int, version: int | None = None) -> Opened:
    """A notebook at a version, the newest unless told otherwise. Raises NotFound for one she may not read."""
    require(actor, Action.RUN_QUERIES)
    row = session.scalar(select(Notebook).where(Notebook.id == notebook_id, readable(actor)))
    kept = (
        None
        if row is None
        else session.scalar(
            select(NotebookVersion).where(
                NotebookVersion.notebook_id == row.id, NotebookVersion.number == (version or row.version)
            )
        )
    )
    if row is None or kept is None:
        raise NotFound("notebook.no_such")
    return Opened(
        id=row.id,
        title=kept.title,
        mine=_mine(actor, row),
        edits=_edits(actor, row),
        sharing=Sharing(row.sharing),
        version=kept.number,
        newest=row.version,
        cells=cells_of(kept.cells),
    )


@question(Subject.NOTEBOOKS, Subject.ACCOUNTS)
def versions(session: Session, actor: Actor, *, notebook_id: int) -> tuple[Saved, ...]:
    """Its last saves, newest first."""
    found = opened(session, actor, notebook_id=notebook_id)
    rows = session.execute(
        select(NotebookVersion, Account.display_name)
        .outerjoin(Account, Account.id == NotebookVersion.saved_by)
        .where(NotebookVersion.notebook_id == found.id)
        .order_by(NotebookVersion.number.desc())
        .limit(LISTED)
    )
    return tuple(
        Saved(
            row.NotebookVersion.number,
            row.display_name or "",
            row.NotebookVersion.saved_at,
            cells_of(row.NotebookVersion.cells),
        )
        for row in rows
    )


def _mine(actor: Actor, row: Notebook) -> bool:
    return row.owner_id == actor.account_id or actor.role is Role.ADMIN


def _edits(actor: Actor, row: Notebook) -> bool:
    return _mine(actor, row) or row.sharing == Sharing.EDIT
