"""Orders that live at random, by the commands' own moves, with a share of it told late: the past is corrected."""

import random
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.core.figures import months_until
from dashboard.core.needs import NEED_MOVES
from dashboard.core.permissions import Action, system_actor
from dashboard.core.replay import Known, canonical
from dashboard.core.words import NeedState, Subject
from dashboard.services.commands import Work, raise_revisions
from dashboard.services.need_life import begin, move
from dashboard.services.questions import answer
from dashboard.services.replay import figures_of
from db.engine import Database
from db.models import Need, Site
from tests.builders import COUNTY, NOW

ALL = system_actor(COUNTY)
#: When the past is asked for.
LATER = NOW + timedelta(days=60)
#: Events a transaction.
PORTION = 200


def live(database: Database, count: int, *, seed: int, since: datetime, until: datetime, late: float) -> int:
    """`count` events recorded one after the other between two moments, a share of them `late`: they happened up to a
    year before. A late one also changes what the order's row says of place and urgency. Gives how many were late."""
    chance = random.Random(seed)
    step = (until - since) / count
    told_late = 0
    for first in range(0, count, PORTION):

        def portion(session: Session, first: int = first) -> int:
            ids = list(session.scalars(select(Need.id).order_by(Need.id)))
            sites = list(session.scalars(select(Site.id).order_by(Site.id)))
            found = 0
            for number in range(first, min(first + PORTION, count)):
                recorded = since + step * number
                is_late = chance.random() < late
                happened = recorded - timedelta(minutes=chance.randrange(60 * 24 * 350)) if is_late else recorded
                found += is_late
                work = Work(session=session, actor=ALL, now=recorded, name="test", action=Action.EDIT_NEED)
                ids += _one(work, chance, ids, sites, happened if is_late else None)
            raise_revisions(session, COUNTY, [Subject.NEEDS])
            return found

        told_late += database.write(portion)
    return told_late


def _one(work: Work, chance: random.Random, ids: list[int], sites: list[int], happened: datetime | None) -> list[int]:
    """One event; gives the id of a new order."""
    if not ids or chance.random() < 0.25:
        need = Need(
            county=COUNTY,
            code=f"R{len(ids)}-{work.now.timestamp():.0f}",
            state=chance.choice((NeedState.DRAFT, NeedState.TO_VERIFY, NeedState.OPEN)),
            channel="hotline",
            title="",
            urgency="normal",
            to_verify=[],
            registered_at=happened or work.now,
        )
        work.session.add(need)
        work.session.flush()
        begin(work, need, happened_at=happened)
        return [need.id]
    need = work.session.get_one(Need, chance.choice(ids))
    move(work, need, chance.choice(sorted(NEED_MOVES[NeedState(need.state)])), happened_at=happened)
    if happened is not None:
        need.site_id, need.urgency = chance.choice(sites), chance.choice(("urgent", "soon", "normal"))
    return []


def month_ends(today: date) -> list[date]:
    """The last days of the twelve months before this one."""
    return [month.first - timedelta(days=1) for month in months_until(today)]


def pages(database: Database, days: list[date], known: Known) -> list[bytes]:
    """The replay of each day as bytes."""
    asked = {"known": known, "now": LATER}
    return [canonical(answer(database, figures_of, ALL, day=day, **asked).plain()).encode() for day in days]
