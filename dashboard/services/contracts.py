"""Household contracts 包户: a volunteer looks after a household and is preferred for its needs, or her substitute while
she is away.

How many households one volunteer may have is the county's setting `household_limit`, {"most": 12} unless it was set.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from dashboard.core.errors import Conflict, Forbidden, Invalid, NotFound
from dashboard.core.masking import masked_name
from dashboard.core.permissions import WHOLE_COUNTY, Action, Actor, require
from dashboard.core.words import NeedState, Subject
from dashboard.services.access import in_reach
from dashboard.services.commands import Work, command
from dashboard.services.county import setting
from dashboard.services.questions import question
from dashboard.services.reach import at_reached_site
from dashboard.services.series_people import Span, require_two, who_comes
from db.engine import lock_rows
from db.models import Contract, Need, Person, RecurringNeed, SeriesVisit, Site, Volunteer

LIMIT, MOST = "household_limit", 12
#: A resident with a need registered within so long is one we look after.
RECENT = timedelta(days=90)
#: Most households without a keeper that are listed at once.
LISTED = 200
LONGEST_REASON = 200


@dataclass(frozen=True)
class Household:
    """A contract in one line. The resident is masked; `person_id` is for the command that reveals her. `over`: it was
    one beyond the limit, for `reason`."""

    id: int
    version: int
    volunteer_id: int
    volunteer: str
    person_id: int
    resident: str
    substitute_id: int | None
    substitute: str
    since: datetime
    over: bool
    reason: str


@dataclass(frozen=True)
class Unkept:
    """A resident whom nobody looks after: how many needs in 90 days, the last of them, and how many running series."""

    person_id: int
    resident: str
    needs: int
    last_need_id: int | None
    last_code: str
    last_at: datetime | None
    series: int


# -- whom a need is offered to first


def comes_first(
    session: Session, county: str, person_id: int | None, spans: Sequence[Span], minutes: int, excluded: Sequence[int]
) -> tuple[int, ...]:
    """The contract holder of a resident's household, or her substitute while she is away or not wanted; else nobody."""
    row = None if person_id is None else _open_contract(session, county, person_id)
    if row is None:
        return ()
    two = [one if one not in excluded else None for one in (row.volunteer_id, row.substitute_id)]
    comes = who_comes(session, county, two[0], two[1], spans, minutes)
    return () if comes is None else (comes,)


def promised(session: Session, county: str, need_id: int) -> tuple[int, ...]:
    """Whom the agreements about a need send, the first before the next: who keeps its series and her substitute, then
    the holder of the household's contract and hers. Whether they may is not asked here."""
    here = (Need.county == county, Need.id == need_id)
    kept = session.execute(
        select(RecurringNeed.keeper_id, RecurringNeed.substitute_id)
        .join(SeriesVisit, SeriesVisit.series_id == RecurringNeed.id)
        .join(Need, Need.id == SeriesVisit.need_id)
        .where(*here, RecurringNeed.ended_at.is_(None))
    ).first()
    held = session.execute(
        select(Contract.volunteer_id, Contract.substitute_id)
        .join(Need, Need.person_id == Contract.person_id)
        .where(*here, Contract.county == county, Contract.ended_at.is_(None))
    ).first()
    return tuple(dict.fromkeys(one for row in (kept, held) for one in row or () if one is not None))


def parties(session: Session, county: str, person_id: int | None) -> set[int]:
    """Holder and substitute of a resident's open contract."""
    row = None if person_id is None else _open_contract(session, county, person_id)
    return set() if row is None else {row.volunteer_id, *([row.substitute_id] if row.substitute_id else [])}


def _open_contract(session: Session, county: str, person_id: int) -> Contract | None:
    mine = (Contract.county == county, Contract.person_id == person_id, Contract.ended_at.is_(None))
    return session.scalars(select(Contract).where(*mine)).first()


# -- commands


@command(Action.EDIT_NEED, Subject.NEEDS)
def take_household(
    work: Work, *, volunteer_id: int, person_id: int, substitute_id: int | None = None, reason: str = ""
) -> dict[str, Any]:
    """Give a household to a volunteer. Beyond the limit only who may edit the county's rules can, with a reason.

    Raises Conflict when the household has a keeper, Forbidden or Invalid (both with the limit) beyond the limit.
    """
    # Also held by whoever counts her households at the same time.
    lock_rows(work.session, "contract", [volunteer_id])
    her = _volunteer(work, volunteer_id)
    if not in_reach(work.session, work.actor, person_id) or _person(work, person_id) is None:
        raise NotFound("access.nobody")
    if her.person_id == person_id:
        raise Invalid("contracts.own_household")
    require_two(work, volunteer_id, substitute_id)
    if (there := _open_contract(work.session, work.actor.county, person_id)) is not None:
        raise Conflict("contracts.taken", who=_name(work.session, there.volunteer_id))
    why = " ".join(reason.split())[:LONGEST_REASON]
    most, has = household_limit(work.session, work.actor.county), _count(work, volunteer_id)
    over = has >= most
    if over and not work.actor.may(Action.EDIT_RULES):
        raise Forbidden("contracts.limit_reached", most=most, has=has)
    if over and not why:
        raise Invalid("contracts.limit_reason", most=most, has=has)
    row = Contract(
        county=work.actor.county,
        volunteer_id=volunteer_id,
        person_id=person_id,
        substitute_id=substitute_id,
        since=work.now,
        allowed_by=work.actor.account_id if over else None,
        reason=why,
        version=1,
    )
    work.session.add(row)
    work.session.flush()
    after = {"volunteer_id": volunteer_id, "substitute_id": substitute_id, "households": has + 1, "over": over}
    work.audit("contract", row.id, after=after, reason=why)
    return {"contract_id": row.id}


@command(Action.EDIT_NEED, Subject.NEEDS)
def set_substitute(work: Work, *, contract_id: int, version: int, substitute_id: int | None = None) -> dict[str, Any]:
    """Who comes while the keeper is away; None for nobody."""
    row = _contract(work, contract_id)
    require_two(work, row.volunteer_id, substitute_id)
    before = row.substitute_id
    work.at_version(row, version)
    row.substitute_id = substitute_id
    work.audit("contract", row.id, before={"substitute_id": before}, after={"substitute_id": substitute_id})
    return {"contract_id": row.id}


@command(Action.EDIT_NEED, Subject.NEEDS)
def end_contract(work: Work, *, contract_id: int, version: int, reason: str) -> dict[str, Any]:
    """The household has no keeper any more. What was agreed for single needs stays."""
    row = _contract(work, contract_id)
    why = " ".join(reason.split())[:LONGEST_REASON]
    if not why:
        raise Invalid("needs.reason_wanted")
    work.at_version(row, version)
    row.ended_at = max(work.now, row.since)
    work.audit("contract", row.id, before={"volunteer_id": row.volunteer_id}, after={"ended": True}, reason=why)
    return {"contract_id": row.id}


def household_limit(session: Session, county: str) -> int:
    """Most open households of one volunteer. Raises Invalid for a setting that is no such number."""
    said = setting(session, county, LIMIT)
    most = MOST if said is None else said.get("most")
    if not isinstance(most, int) or isinstance(most, bool) or most < 0:
        raise Invalid("contracts.bad_limit", value=most)
    return most


def _volunteer(work: Work, volunteer_id: int) -> Volunteer:
    """Raises NotFound, or Forbidden for a volunteer out of reach."""
    row = work.session.execute(
        select(Volunteer, Site.path)
        .outerjoin(Site, Site.id == Volunteer.site_id)
        .where(Volunteer.county == work.actor.county, Volunteer.id == volunteer_id)
    ).first()
    if row is None:
        raise NotFound("volunteers.no_such")
    work.require(Action.EDIT_NEED, row.path or WHOLE_COUNTY)
    found: Volunteer = row[0]
    return found


def _person(work: Work, person_id: int) -> Person | None:
    """The resident's row, locked: two who take one household on wait for each other."""
    mine = (Person.county == work.actor.county, Person.id == person_id, Person.erased_at.is_(None))
    return work.session.scalars(select(Person).where(*mine).with_for_update()).first()


def _contract(work: Work, contract_id: int) -> Contract:
    """An open contract of a volunteer within reach, locked."""
    row = work.session.scalars(
        select(Contract)
        .where(Contract.county == work.actor.county, Contract.id == contract_id, Contract.ended_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise NotFound("contracts.no_such")
    _volunteer(work, row.volunteer_id)
    return row


def _count(work: Work, volunteer_id: int) -> int:
    mine = (Contract.county == work.actor.county, Contract.volunteer_id == volunteer_id, Contract.ended_at.is_(None))
    return work.session.scalar(select(func.count()).select_from(Contract).where(*mine)) or 0


def _name(session: Session, volunteer_id: int) -> str:
    name = select(Person.name).join(Volunteer, Volunteer.person_id == Person.id).where(Volunteer.id == volunteer_id)
    return session.scalar(name) or ""


# -- questions


@question(Subject.NEEDS, Subject.PEOPLE, Subject.PLACES)
def contracts_of(session: Session, actor: Actor, *, volunteer_id: int | None = None) -> tuple[Household, ...]:
    """Open contracts of a volunteer within reach, or of all of them: by keeper, then the oldest first."""
    require(actor, Action.SEE_VOLUNTEERS)
    keeper, resident, substitute = (aliased(Person) for _ in range(3))
    second = aliased(Volunteer)
    rows = session.execute(
        select(Contract, keeper.name.label("keeper"), resident.name.label("resident"), substitute.name.label("second"))
        .join(Volunteer, Volunteer.id == Contract.volunteer_id)
        .join(keeper, keeper.id == Volunteer.person_id)
        .join(resident, resident.id == Contract.person_id)
        .outerjoin(second, second.id == Contract.substitute_id)
        .outerjoin(substitute, substitute.id == second.person_id)
        .where(
            Contract.county == actor.county,
            Contract.ended_at.is_(None),
            at_reached_site(actor, Volunteer.site_id),
            *(() if volunteer_id is None else (Contract.volunteer_id == volunteer_id,)),
        )
        .order_by(keeper.initials, keeper.name, Contract.volunteer_id, Contract.since, Contract.id)
    )
    return tuple(
        Household(
            id=row.Contract.id,
            version=row.Contract.version,
            volunteer_id=row.Contract.volunteer_id,
            volunteer=row.keeper,
            person_id=row.Contract.person_id,
            resident=masked_name(row.resident),
            substitute_id=row.Contract.substitute_id,
            substitute=row.second or "",
            since=row.Contract.since,
            over=row.Contract.allowed_by is not None,
            reason=row.Contract.reason,
        )
        for row in rows
    )


@question(Subject.NEEDS, Subject.PEOPLE, Subject.PLACES)
def households_without_keeper(session: Session, actor: Actor, *, now: datetime) -> tuple[Unkept, ...]:
    """Residents of needs within reach that were registered in 90 days, or with a running series, without an open
    contract: most needs first, at most `LISTED`."""
    require(actor, Action.EDIT_NEED)
    kept = exists().where(Contract.county == actor.county, Contract.person_id == Person.id, Contract.ended_at.is_(None))
    asked = (
        select(
            Need.person_id,
            func.count().label("needs"),
            func.max(Need.id).label("last_id"),
            func.max(Need.registered_at).label("last_at"),
        )
        .where(
            Need.county == actor.county,
            Need.registered_at >= now - RECENT,
            Need.state.not_in((NeedState.DRAFT, NeedState.CANCELLED)),
            Need.person_id.is_not(None),
            at_reached_site(actor, Need.site_id),
        )
        .group_by(Need.person_id)
        .subquery()
    )
    recurring = (
        select(RecurringNeed.person_id, func.count().label("series"))
        .where(
            RecurringNeed.county == actor.county,
            RecurringNeed.ended_at.is_(None),
            RecurringNeed.person_id.is_not(None),
            at_reached_site(actor, RecurringNeed.site_id),
        )
        .group_by(RecurringNeed.person_id)
        .subquery()
    )
    rows = session.execute(
        select(Person.id, Person.name, asked.c.needs, asked.c.last_id, Need.code, asked.c.last_at, recurring.c.series)
        .outerjoin(asked, asked.c.person_id == Person.id)
        .outerjoin(Need, Need.id == asked.c.last_id)
        .outerjoin(recurring, recurring.c.person_id == Person.id)
        .where(
            Person.county == actor.county,
            Person.erased_at.is_(None),
            or_(asked.c.needs.is_not(None), recurring.c.series.is_not(None)),
            ~kept,
        )
        .order_by(func.coalesce(asked.c.needs, 0).desc(), Person.id)
        .limit(LISTED)
    )
    return tuple(
        Unkept(
            person_id=row.id,
            resident=masked_name(row.name),
            needs=row.needs or 0,
            last_need_id=row.last_id,
            last_code=row.code or "",
            last_at=row.last_at,
            series=row.series or 0,
        )
        for row in rows
    )
