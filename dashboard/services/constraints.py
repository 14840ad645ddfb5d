"""A coordinator's word to the matching: pin a pair, forbid a pair, keep a person free. With author, reason, expiry."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from dashboard.core.errors import Conflict, Invalid, NotFound
from dashboard.core.permissions import WHOLE_COUNTY, Action
from dashboard.core.words import ConstraintKind, Subject
from dashboard.services import need_life as life
from dashboard.services.commands import Work, command
from dashboard.services.dispatch_checks import name_of
from dashboard.services.match_rows import in_force
from dashboard.services.need_writing import require_reason
from db.models import Constraint, Membership, Site, Team, Volunteer


@command(Action.DISPATCH, Subject.NEEDS)
def pin(
    work: Work, *, need_id: int, volunteer_id: int, reason: str, expires_at: datetime | None = None
) -> dict[str, Any]:
    """The next plan must send this person to this need."""
    return _pair(work, ConstraintKind.PIN, need_id, volunteer_id, reason, expires_at)


@command(Action.DISPATCH, Subject.NEEDS)
def forbid(
    work: Work, *, need_id: int, volunteer_id: int, reason: str, expires_at: datetime | None = None
) -> dict[str, Any]:
    """Never this person to this need."""
    return _pair(work, ConstraintKind.FORBID, need_id, volunteer_id, reason, expires_at)


@command(Action.DISPATCH, Subject.NEEDS)
def keep_free(
    work: Work,
    *,
    volunteer_id: int,
    reason: str,
    start: datetime | None = None,
    end: datetime | None = None,
    expires_at: datetime | None = None,
) -> dict[str, Any]:
    """Send this person nowhere, in a span or at all, until the word expires."""
    if start is not None and end is not None and start >= end:
        raise Invalid("needs.span_backwards")
    _require_in_reach(work, volunteer_id)
    values = {"start": start, "end": end}
    return _store(work, ConstraintKind.KEEP_FREE, None, volunteer_id, reason, expires_at, **values)


@command(Action.DISPATCH, Subject.NEEDS)
def withdraw(work: Work, *, constraint_id: int, reason: str = "") -> dict[str, Any]:
    """The word no longer holds; the row stays."""
    row = work.session.get(Constraint, constraint_id)
    if row is None or row.county != work.actor.county:
        raise NotFound("constraints.no_such")
    if row.need_id is not None:
        life.need_for(work, row.need_id)
    else:
        _require_in_reach(work, row.volunteer_id)
    withdrawn = work.session.execute(
        update(Constraint)
        .where(Constraint.id == row.id, Constraint.withdrawn_at.is_(None))
        .values(withdrawn_at=work.now)
    )
    if withdrawn.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("constraints.withdrawn_already")
    work.audit("constraint", row.id, before={"kind": row.kind}, after={"withdrawn": True}, reason=reason)
    return {"constraint_id": row.id, "volunteer": name_of(work.session, row.volunteer_id)}


def _pair(
    work: Work, kind: ConstraintKind, need_id: int, volunteer_id: int, reason: str, expires_at: datetime | None
) -> dict[str, Any]:
    """A word about a pair; the opposite word about the same pair must be withdrawn first."""
    need = life.need_for(work, need_id)
    if not _is_lent(work, volunteer_id):
        _require_in_reach(work, volunteer_id)
    there = work.session.scalars(
        select(Constraint.kind).where(
            Constraint.county == need.county,
            Constraint.need_id == need.id,
            Constraint.volunteer_id == volunteer_id,
            in_force(work.now),
        )
    ).all()
    if there:
        raise Conflict("constraints.there_already" if kind in there else "constraints.opposite")
    return _store(work, kind, need.id, volunteer_id, reason, expires_at)


def _store(
    work: Work,
    kind: ConstraintKind,
    need_id: int | None,
    volunteer_id: int,
    reason: str,
    expires_at: datetime | None,
    **span: datetime | None,
) -> dict[str, Any]:
    require_reason(reason)
    if expires_at is not None and expires_at <= work.now:
        raise Invalid("constraints.expired")
    row = Constraint(
        county=work.actor.county,
        kind=kind,
        need_id=need_id,
        volunteer_id=volunteer_id,
        author_id=work.actor.account_id,
        reason=reason.strip(),
        created_at=work.now,
        expires_at=expires_at,
        **span,
    )
    work.session.add(row)
    work.session.flush()
    after = {"kind": kind, "need_id": need_id, "volunteer_id": volunteer_id, "expires_at": expires_at}
    work.audit("constraint", row.id, after=after, reason=reason)
    return {"constraint_id": row.id, "volunteer": name_of(work.session, volunteer_id)}


def _require_in_reach(work: Work, volunteer_id: int) -> None:
    row = work.session.get(Volunteer, volunteer_id)
    if row is None or row.county != work.actor.county:
        raise NotFound("constraints.no_such_volunteer")
    work.require(work.action, WHOLE_COUNTY if row.site_id is None else work.session.get_one(Site, row.site_id).path)


def _is_lent(work: Work, volunteer_id: int) -> bool:
    """Is she in a team that is shared with other parts of the county? Then they may speak about her at their needs."""
    teams = (
        select(Membership.id)
        .join(Team, Team.id == Membership.team_id)
        .where(
            Membership.county == work.actor.county,
            Membership.volunteer_id == volunteer_id,
            Membership.valid_to.is_(None),
            Team.shared,
            Team.active,
        )
    )
    return work.session.scalar(teams.limit(1)) is not None
