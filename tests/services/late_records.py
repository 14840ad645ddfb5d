"""Hours and answers at random, by the commands' own deeds: told late, held, decided, corrected, struck, asked anew."""

import random
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.core.errors import DashboardError
from dashboard.core.permissions import Action, system_actor
from dashboard.core.words import NeedState, Outcome, Subject
from dashboard.services import activity_hours, held_hours, service_records
from dashboard.services.commands import Work, raise_revisions
from dashboard.services.need_life import move
from db.engine import Database
from db.models import Activity, Dispatch, HeldService, Need, NeedRole, Service, Site, Volunteer
from tests.builders import COUNTY, a_service, a_volunteer, an_activity

ALL = system_actor(COUNTY)
#: Whoever wrote the hours down; others decide on them.
SCRIBE = 9
ANSWERED = (NeedState.DONE, NeedState.CONFIRMED, NeedState.CLOSED)


def people_and_halls(session: Session) -> None:
    """Volunteers and activities at every site."""
    for site in session.scalars(select(Site).order_by(Site.id)):
        for _ in range(3):
            a_volunteer(session, site, consent="given")
            an_activity(session, site=site)


def record(database: Database, count: int, *, seed: int, since: datetime, until: datetime) -> dict[str, int]:
    """`count` deeds recorded one after the other between two moments; gives how many of each were done."""
    chance = random.Random(seed)
    step = (until - since) / count
    done: dict[str, int] = {}

    def work(session: Session) -> None:
        for number in range(count):
            now = since + step * number
            kind = chance.choice((*_DEEDS, "asked"))
            deed = Work(session=session, actor=ALL, now=now, name="activity_hours.correct", action=Action.EDIT_NEED)
            try:
                with session.begin_nested():
                    done[kind] = done.get(kind, 0) + bool(_DEEDS[kind](deed, chance))
            except DashboardError:
                continue
        raise_revisions(session, COUNTY, [Subject.NEEDS, Subject.SERVICES])

    database.write(work)
    return done


def _one(work: Work, chance: random.Random, statement):  # type: ignore[no-untyped-def]
    rows = list(work.session.scalars(statement))
    return chance.choice(rows) if rows else None


def _served(work: Work, chance: random.Random) -> bool:
    """Hours of up to 200 days ago, at an order or an activity."""
    her = _one(work, chance, select(Volunteer).order_by(Volunteer.id))
    occasion = _one(work, chance, select(chance.choice((Need, Activity))).order_by("id"))
    start = work.now - timedelta(minutes=chance.randrange(60, 60 * 24 * 200))
    values = {"recorded_at": work.now, "recorded_by": SCRIBE, "grade": chance.choice("ABC")}
    a_service(work.session, her, occasion, start=start, minutes=chance.randrange(30, 300), **values)
    return True


def _held(work: Work, chance: random.Random) -> bool:
    row = _one(work, chance, select(Service).where(Service.need_id.is_not(None)).order_by(Service.id))
    if row is None:
        return False
    held_hours.hold_asked(work, row, "时间不对")
    return True


def _decided(work: Work, chance: random.Random) -> bool:
    row = _one(work, chance, select(HeldService).where(HeldService.resolved_at.is_(None)).order_by(HeldService.id))
    if row is None:
        return False
    result = chance.choice(tuple(held_hours.Result))
    times = {"start": row.start - timedelta(minutes=20), "end": row.end}
    corrected = times if result is held_hours.Result.CORRECTED else {}
    held_hours.resolve(work, held_id=row.id, result=result, reason="核对过", **corrected)
    return True


def _corrected(work: Work, chance: random.Random) -> bool:
    """Hours of an activity to other times, or struck."""
    row = _one(work, chance, select(Service).where(Service.activity_id.is_not(None)).order_by(Service.id))
    if row is None:
        return False
    seen = (row.start, row.end, row.break_minutes)
    times = (
        {} if chance.random() < 0.5 else {"start": row.start - timedelta(days=20), "end": row.end - timedelta(days=20)}
    )
    activity_hours.correct(work, service_id=row.id, seen=seen, reason="抄错", **times)
    return True


def _answered(work: Work, chance: random.Random) -> bool:
    """An answer, told up to 100 days late; one that contradicts asks anew by itself."""
    need = _one(work, chance, select(Need).where(Need.state.in_(ANSWERED)).order_by(Need.id))
    if need is None or chance.random() < 0.4:
        return False
    score = chance.choice((None, 1, 3, 5))
    if need.state == NeedState.DONE:
        service_records.dispute(work, need_id=need.id, score=score)
        return True
    outcome = Outcome.NOT if score == 1 else Outcome.DONE
    happened = work.now - timedelta(minutes=chance.randrange(60 * 24 * 100)) if chance.random() < 0.4 else None
    service_records.rate(work, need_id=need.id, score=score, outcome=outcome, happened_at=happened)
    return True


def _asked(work: Work, chance: random.Random) -> bool:
    """An order is served, and confirmed after that: hours told by staff rise a grade. Once more where it was before."""
    need = _one(work, chance, select(Need).where(Need.state == NeedState.OPEN).order_by(Need.id))
    her = _one(work, chance, select(Volunteer).order_by(Volunteer.id))
    if need is None:
        return False
    role = NeedRole(county=COUNTY, need_id=need.id, position=int(work.now.timestamp()))
    work.session.add(role)
    for state in (NeedState.IN_SERVICE, NeedState.DONE):
        move(work, need, state)
    whom = {"need_id": need.id, "role_id": role.id, "volunteer_id": her.id, "dispatched_by": 0}
    times = {"start": work.now, "end": work.now + timedelta(minutes=1), "offered_at": work.now}
    sent = Dispatch(county=COUNTY, state="done", **whom, **times)
    work.session.add(sent)
    work.session.flush()
    start = work.now - timedelta(minutes=70)
    a_service(
        work.session, her, need, start=start, recorded_at=work.now, recorded_by=SCRIBE, grade="C", dispatch_id=sent.id
    )
    happened = work.now - timedelta(minutes=chance.randrange(60 * 24 * 60)) if chance.random() < 0.4 else None
    service_records.confirm(work, need_id=need.id, happened_at=happened)
    return True


_DEEDS = {
    "served": _served,
    "held": _held,
    "decided": _decided,
    "corrected": _corrected,
    "answered": _answered,
    "asked": _asked,
}
