"""Short links `/r/<token>`: a dispatch for its volunteer, a need for its resident; expiring, revocable, one at a time.

A token is shown once, to the coordinator who makes it, and only its digest is kept. A link made at the desk ends the
one before it; one that goes out with a message doesn't: the code on paper beside the telephone must go on opening.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from dashboard.core import link_tokens
from dashboard.core.errors import Invalid, NotFound
from dashboard.core.permissions import Action, Actor, require
from dashboard.core.words import HOLDS_SEAT, DispatchState, NeedState, Subject
from dashboard.services import need_life as life
from dashboard.services.commands import Work, command, digest_key
from dashboard.services.questions import question
from dashboard.services.reach import at_reached_site
from db.engine import Database
from db.models import Account, Link, Need

VOLUNTEER, RESIDENT = "volunteer", "resident"
#: A volunteer's link lives until the work is over and its hours can be told.
AFTER_SERVICE = timedelta(days=2)
#: A resident follows her order this long.
FOLLOWED = timedelta(days=90)


@dataclass(frozen=True)
class Opened:
    """What a valid token opens: a dispatch (volunteer) or a need (resident)."""

    id: int
    county: str
    party: str
    need_id: int
    dispatch_id: int | None


@dataclass(frozen=True)
class LinkRow:
    """A link as coordinators see it: never its token."""

    id: int
    party: str
    dispatch_id: int | None
    created_at: datetime
    by: str
    expires_at: datetime
    revoked_at: datetime | None
    used_at: datetime | None


# Neither of the two takes an idempotency key: results kept under a key would keep the token.
@command(Action.RECORD_SERVICE, Subject.NEEDS)
def make_for_volunteer(work: Work, *, dispatch_id: int, alone: bool = True) -> dict[str, Any]:
    """A link for the volunteer of a dispatch that holds a seat. {"id", "token", "party", "expires_at", "code"}.
    `alone`: it ends the link before."""
    row, need = life.dispatch_for(work, dispatch_id)
    if DispatchState(row.state) not in HOLDS_SEAT:
        raise Invalid("dispatches.ended")
    expires = max(row.end, work.now) + AFTER_SERVICE
    return _make(work, need, VOLUNTEER, row.id, expires, alone)


@command(Action.RECORD_SERVICE, Subject.NEEDS)
def make_for_resident(work: Work, *, need_id: int, alone: bool = True) -> dict[str, Any]:
    """A link for the resident of a need. {"id", "token", "party", "expires_at", "code"}. `alone`: it ends the link
    before."""
    need = life.need_for(work, need_id)
    if need.state in (NeedState.DRAFT, NeedState.CANCELLED):
        raise Invalid("links.nothing_to_follow")
    return _make(work, need, RESIDENT, None, work.now + FOLLOWED, alone)


def _make(
    work: Work, need: Need, party: str, dispatch_id: int | None, expires: datetime, alone: bool
) -> dict[str, Any]:
    if alone:
        _end(work, need.id, party, dispatch_id)
    token = link_tokens.make(digest_key(work.session), secrets.token_bytes(link_tokens.RANDOM))
    row = Link(
        county=need.county,
        digest=link_tokens.digest(token),
        party=party,
        need_id=need.id,
        dispatch_id=dispatch_id,
        created_at=work.now,
        created_by=work.actor.account_id,
        expires_at=expires,
    )
    work.session.add(row)
    work.session.flush()
    work.audit("link", row.id, after={"party": party, "need": need.id, "dispatch": dispatch_id, "until": expires})
    return {"id": row.id, "token": token, "party": party, "expires_at": expires.isoformat(), "code": need.code}


def _end(work: Work, need_id: int, party: str, dispatch_id: int | None) -> None:
    work.session.execute(
        update(Link)
        .where(
            Link.county == work.actor.county,
            Link.need_id == need_id,
            Link.party == party,
            Link.dispatch_id == dispatch_id if dispatch_id is not None else Link.dispatch_id.is_(None),
            Link.revoked_at.is_(None),
        )
        .values(revoked_at=work.now)
        .execution_options(synchronize_session=False)
    )


@command(Action.RECORD_SERVICE, Subject.NEEDS)
def revoke(work: Work, *, link_id: int) -> dict[str, Any]:
    """The link opens nothing any more, from now on."""
    row = work.session.scalar(select(Link).where(Link.county == work.actor.county, Link.id == link_id))
    if row is None:
        raise NotFound("links.unknown")
    need = life.need_for(work, row.need_id)
    if row.revoked_at is not None:
        raise Invalid("links.revoked")
    row.revoked_at = work.now
    work.audit("link", row.id, before={"revoked": None}, after={"revoked": work.now})
    return {"code": need.code}


@question(Subject.NEEDS, Subject.ACCOUNTS)
def links_of(session: Session, actor: Actor, *, need_id: int, now: datetime) -> tuple[LinkRow, ...]:
    """The links of a need within reach that still open something, newest first."""
    require(actor, Action.RECORD_SERVICE)
    rows = session.execute(
        select(Link, Account.display_name)
        .join(Need, Need.id == Link.need_id)
        .outerjoin(Account, Account.id == Link.created_by)
        .where(
            Link.county == actor.county,
            Link.need_id == need_id,
            Link.revoked_at.is_(None),
            Link.expires_at > now,
            at_reached_site(actor, Need.site_id),
        )
        .order_by(Link.id.desc())
    )
    return tuple(
        LinkRow(
            row.id, row.party, row.dispatch_id, row.created_at, by or "", row.expires_at, row.revoked_at, row.used_at
        )
        for row, by in rows
    )


def find(session: Session, token: str, now: datetime) -> Opened:
    """What a token opens. Raises NotFound for one that was never made, Invalid for one that is over."""
    if not link_tokens.is_ours(digest_key(session), token):
        raise NotFound("links.unknown")
    row = session.scalar(select(Link).where(Link.digest == link_tokens.digest(token)))
    if row is None:
        raise NotFound("links.unknown")
    if row.revoked_at is not None:
        raise Invalid("links.revoked")
    if row.expires_at <= now:
        raise Invalid("links.expired")
    return Opened(row.id, row.county, row.party, row.need_id, row.dispatch_id)


def open_link(database: Database, token: str, now: datetime) -> Opened:
    """`find` in a snapshot of its own."""
    with database.read() as session:
        return find(session, token, now)
