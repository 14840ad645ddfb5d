"""Notices to the desk: each thing is told once to whoever works for its site, and is there until somebody has seen to
it or it is no longer so. What is told to one account alone is read by `hand_overs.notices`, and closed here too.

Gaps are found by the tick (`raise_alarms`); what a command brings about it notes itself, in its own transaction.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from dashboard.core.deadlines import COUNTY_TIME
from dashboard.core.errors import Conflict, NotFound
from dashboard.core.needs import EDITABLE
from dashboard.core.notices import Kind
from dashboard.core.permissions import WHOLE_COUNTY, Action, Actor, require, system_actor
from dashboard.core.words import Subject
from dashboard.services import rota_reading
from dashboard.services.commands import Work, command, perform
from dashboard.services.meal_days import begins_on
from dashboard.services.notice_notes import note
from dashboard.services.questions import question
from dashboard.services.reach import at_reached_site
from dashboard.services.series_people import present
from dashboard.services.series_reading import ALARM, Gap, gaps
from db.engine import Database, lock_rows
from db.models import (
    Duty,
    HeldService,
    MealDay,
    MealRound,
    MealStop,
    Need,
    Notice,
    RecurringNeed,
    Rota,
    RotaPlace,
    Site,
    Team,
)

#: So many are shown; more at once is a list nobody works off.
SHOWN = 200
NOT_DUE = "notices.not_due"


@dataclass(frozen=True)
class Line:
    """A notice that still holds. `subject` names the need, series or round; `code` the need, "" where there is none."""

    id: int
    kind: Kind
    need_id: int | None
    code: str
    subject: str
    start: datetime | None
    end: datetime | None
    created_at: datetime


class Alarm(NamedTuple):
    """A gap to be told."""

    kind: Kind
    about: str
    subject_id: int
    site_id: int | None
    need_id: int | None
    start: datetime
    end: datetime


# -- telling of gaps


@command(Action.EDIT_NEED, Subject.MESSAGES)
def tell_alarm(work: Work, *, alarm: Alarm) -> dict[str, Any]:
    """Tell the desk of a gap. Raises Conflict where it was told before."""
    lock_rows(work.session, "notice", [alarm.subject_id])
    values = {name: value for name, value in alarm._asdict().items() if name not in ("kind", "about")}
    if not note(work, alarm.kind, alarm.about, **values):
        raise Conflict(NOT_DUE)
    work.audit("notice", alarm.subject_id, after={"kind": alarm.kind, "start": alarm.start, "need_id": alarm.need_id})
    return {"kind": alarm.kind}


def raise_alarms(database: Database, county: str, now: datetime, *, stopped: Callable[[], bool] = lambda: False) -> int:
    """Tell of every gap of the next three days that was not told yet, each a transaction of its own; how many."""
    actor = system_actor(county)
    with database.read() as session:
        found = [*_visits(session, actor, now), *_meals(session, county, now), *_duties(session, actor, now)]
        told = _told(session, county, found)
    raised = 0
    for alarm in found:
        if (alarm.kind, alarm.about) in told or stopped():
            continue
        try:
            perform(database, tell_alarm, actor, now=now, alarm=alarm)
            raised += 1
        except Conflict as error:
            if error.key != NOT_DUE:
                raise
    return raised


def _told(session: Session, county: str, found: Iterable[Alarm]) -> set[tuple[str, str]]:
    kinds = {alarm.kind for alarm in found}
    since = select(Notice.kind, Notice.about).where(Notice.county == county, Notice.kind.in_(kinds))
    return {(row.kind, row.about) for row in session.execute(since)} if kinds else set()


def _visits(session: Session, actor: Actor, now: datetime) -> list[Alarm]:
    found: tuple[Gap, ...] = gaps(session, actor, now=now)
    ids = {gap.series_id for gap in found}
    sites = dict(
        session.execute(select(RecurringNeed.id, RecurringNeed.site_id).where(RecurringNeed.id.in_(ids))).all()
    )
    return [
        Alarm(
            Kind.VISIT_GAP,
            f"{gap.series_id}:{int(gap.original.timestamp())}",
            gap.series_id,
            sites.get(gap.series_id),
            gap.need_id,
            gap.start,
            gap.end,
        )
        for gap in found
    ]


def _meals(session: Session, county: str, now: datetime) -> list[Alarm]:
    """Meal rounds that start within three days and that neither carrier nor substitute can go on."""
    stops = select(MealStop.id).where(MealStop.county == county, MealStop.round_id == MealRound.id).exists()
    rows = session.scalars(
        select(MealRound).where(MealRound.county == county, MealRound.ended_at.is_(None), stops).order_by(MealRound.id)
    ).all()
    made = {
        (row.round_id, row.day): row.carrier_id
        for row in session.execute(
            select(MealDay.round_id, MealDay.day, MealDay.carrier_id).where(
                MealDay.county == county, MealDay.day >= now.astimezone(COUNTY_TIME).date()
            )
        )
    }
    found = []
    for row in rows:
        for days in range(ALARM.days + 1):
            day = (now + timedelta(days=days)).astimezone(COUNTY_TIME).date()
            start = begins_on(row, day)
            if start is None or not now <= start < now + ALARM:
                continue
            carried = made[row.id, day] is not None if (row.id, day) in made else _somebody(session, row, start)
            if not carried:
                end = start + timedelta(minutes=row.minutes)
                found.append(Alarm(Kind.MEAL_GAP, f"{row.id}:{day}", row.id, row.site_id, None, start, end))
    return found


def _duties(session: Session, actor: Actor, now: datetime) -> list[Alarm]:
    """Duties of rotas that start within three days with too few people, told to the team's site."""
    found = rota_reading.gaps(session, actor, now=now)
    rotas = {gap.rota_id for gap in found}
    teams = select(Rota.id, Team.site_id).join(Team, Team.id == Rota.team_id).where(Rota.id.in_(rotas))
    sites = {row.id: row.site_id for row in session.execute(teams)}
    return [
        Alarm(Kind.DUTY_GAP, str(gap.duty_id), gap.duty_id, sites.get(gap.rota_id), None, gap.start, gap.end)
        for gap in found
    ]


def _somebody(session: Session, row: MealRound, start: datetime) -> bool:
    """Could carrier or substitute go? Said before the day is made, so it may still change."""
    span = [(start, start + timedelta(minutes=row.minutes))]
    two = (one for one in (row.carrier_id, row.substitute_id) if one is not None)
    return any(present(session, row.county, one, span, row.minutes) for one in two)


# -- reading


@question(Subject.MESSAGES, Subject.NEEDS, Subject.SERVICES, Subject.PEOPLE, Subject.PLACES)
def open_notices(session: Session, actor: Actor, *, now: datetime) -> tuple[Line, ...]:
    """What the actor is told and nobody has seen to yet, as far as it still holds; the newest first."""
    require(actor, Action.RECORD_SERVICE)
    rows = session.execute(
        select(
            Notice,
            Need.code,
            Need.title,
            Need.state,
            RecurringNeed.title.label("series"),
            MealRound.name,
            RotaPlace.name.label("place"),
        )
        .outerjoin(Need, Need.id == Notice.need_id)
        .outerjoin(RecurringNeed, (RecurringNeed.id == Notice.subject_id) & (Notice.kind == Kind.VISIT_GAP))
        .outerjoin(MealRound, (MealRound.id == Notice.subject_id) & (Notice.kind == Kind.MEAL_GAP))
        .outerjoin(Duty, (Duty.id == Notice.subject_id) & (Notice.kind == Kind.DUTY_GAP))
        .outerjoin(RotaPlace, RotaPlace.id == Duty.place_id)
        .where(
            Notice.county == actor.county,
            Notice.closed_at.is_(None),
            Notice.account_id.is_(None),
            at_reached_site(actor, Notice.site_id),
            *_not_over(actor.county, now),
        )
        .order_by(Notice.created_at.desc(), Notice.id.desc())
    ).all()
    gaps_left = _gaps_left(session, actor.county, now, {row[0].kind for row in rows})
    found = tuple(
        Line(
            id=row[0].id,
            kind=Kind(row[0].kind),
            need_id=row[0].need_id,
            code=row.code or "",
            subject=row.title or row.series or row.name or row.place or "",
            start=row[0].start,
            end=row[0].end,
            created_at=row[0].created_at,
        )
        for row in rows
        if row[0].kind not in gaps_left or row[0].about in gaps_left[row[0].kind]
    )
    return found[:SHOWN]


def _not_over(county: str, now: datetime) -> list[ColumnElement[bool]]:
    """What a notice's own rows say: its time is to come, its hours are held, its need lasts. Nobody closes what is
    over, so it must not take the place of what isn't."""
    held = select(HeldService.id).where(HeldService.county == county, HeldService.resolved_at.is_(None))
    return [
        or_(Notice.start.is_(None), Notice.start > now),
        or_(Notice.kind != Kind.HOURS_HELD, Notice.subject_id.in_(held)),
        or_(Notice.kind != Kind.RAISED, Need.state.in_(EDITABLE)),
    ]


def _gaps_left(session: Session, county: str, now: datetime, kinds: Collection[str]) -> dict[str, set[str]]:
    """Of each kind of gap that is told: which are gaps still. One that is filled comes back if somebody falls out."""
    find = {
        Kind.VISIT_GAP: lambda: _visits(session, system_actor(county), now),
        Kind.MEAL_GAP: lambda: _meals(session, county, now),
        Kind.DUTY_GAP: lambda: _duties(session, system_actor(county), now),
    }
    return {kind: {alarm.about for alarm in found()} for kind, found in find.items() if kind in kinds}


# -- seen to


@command(Action.RECORD_SERVICE, Subject.MESSAGES)
def close(work: Work, *, notice_id: int) -> dict[str, Any]:
    """Somebody has seen to it. Raises NotFound outside the county or another's, Conflict where it is closed already."""
    row = work.session.scalar(
        select(Notice).where(Notice.county == work.actor.county, Notice.id == notice_id).with_for_update()
    )
    if row is None or row.account_id not in (None, work.actor.account_id):
        raise NotFound("notices.no_such")
    if row.account_id is None:
        path = work.session.scalar(select(Site.path).where(Site.id == row.site_id)) if row.site_id else None
        work.require(work.action, path or WHOLE_COUNTY)
    if row.closed_at is not None:
        raise Conflict("notices.closed")
    row.closed_at, row.closed_by = work.now, work.actor.account_id
    work.audit("notice", row.id, before={"closed": None}, after={"closed": work.now, "kind": row.kind})
    return {"notice_id": row.id}
