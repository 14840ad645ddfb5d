"""What a sample county's desk has agreed on: visits that come again, households with a keeper, meal rounds, and a first
few offers. All of it through the commands of the pages, so it keeps every rule and has its audit.

Chosen from the sample's own rows in the order of their ids: the same sample gets the same rounds.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, select

from dashboard.core.deadlines import COUNTY_TIME
from dashboard.core.errors import DashboardError
from dashboard.core.permissions import Actor
from dashboard.core.words import Consent, DispatchState, NeedState, Role, VolunteerStatus
from dashboard.services import contracts, dispatches, meals, series, store
from dashboard.services.commands import perform
from dashboard.services.signins import SAMPLE_USERNAMES
from db.engine import Database
from db.models import Account, Category, Dispatch, Need, Site, Volunteer

#: How often what comes again comes; every sixth series has nobody to keep it.
RULES = ("FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=2", "FREQ=MONTHLY", "FREQ=WEEKLY;BYDAY=TU,FR")
SERIES, UNKEPT = 24, 6
#: Categories of what really comes again: care and company, not a broken lamp.
AGAIN = ("companionship", "haircut", "nursing", "cleaning", "tutoring", "errands")
#: Households of each keeper; 12 is what one may have.
HOUSEHOLDS = (12, 7, 5, 4, 4, 3, 2)
#: Kitchens, stops of each round, and its days.
KITCHENS, STOPS, DAYS = 3, 6, "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
OFFERS = 12


@dataclass(frozen=True)
class Agreed:
    """How many of each were made."""

    series: int
    contracts: int
    rounds: int
    offers: int


def agree(database: Database, today: date, *, lunch: Callable[..., str]) -> Agreed:
    """Make them in a sample whose history ends with the midnight before `today`, at three in the afternoon before.
    `lunch` names the round of a `site`."""
    now = datetime.combine(today, time(15), COUNTY_TIME) - timedelta(days=1)
    return _Desk(database, now, lunch).agree()


class _Served(NamedTuple):
    """A resident, the last of her needs that is closed, and who served her then."""

    person_id: int
    need_id: int
    code: str
    site_id: int
    category: str
    volunteer_id: int


class _Desk:
    """The sample's coordinator at work."""

    def __init__(self, database: Database, now: datetime, lunch: Callable[..., str]) -> None:
        self.database, self.now, self.lunch = database, now, lunch
        with database.read() as session:
            her = session.scalars(select(Account).where(Account.username == SAMPLE_USERNAMES[Role.COORDINATOR])).one()
            self.actor = Actor(her.id, her.display_name, Role.COORDINATOR, store.county_code(session), None)

    def agree(self) -> Agreed:
        return Agreed(self._series(), self._contracts(), self._meals(), self._offers())

    def _do(self, deed: Callable[..., Any], **values: Any) -> Any:
        return perform(self.database, deed, self.actor, now=self.now, **values)

    def _tried(self, deed: Callable[..., Any], **values: Any) -> bool:
        """Was it done? What a rule refuses (who is away, who has left) is not agreed on; the next is tried."""
        with suppress(DashboardError):
            self._do(deed, **values)
            return True
        return False

    # -- what there is to choose from

    def _served(self) -> list[_Served]:
        """One a resident, the latest first; who served her may be asked again."""
        may = (Volunteer.status == VolunteerStatus.ACTIVE, Volunteer.consent == Consent.GIVEN)
        with self.database.read() as session:
            rows = session.execute(
                select(Need.person_id, Need.id, Need.code, Need.site_id, Category.code, Dispatch.volunteer_id)
                .join(Category, Category.id == Need.category_id)
                .join(Dispatch, Dispatch.need_id == Need.id)
                .join(Volunteer, Volunteer.id == Dispatch.volunteer_id)
                .where(
                    Need.county == self.actor.county,
                    Need.state == NeedState.CLOSED,
                    Need.person_id.is_not(None),
                    Need.site_id.is_not(None),
                    Dispatch.state == DispatchState.CONFIRMED,
                    *may,
                )
                .order_by(Need.id.desc(), Dispatch.id)
            ).all()
        last = {row.person_id: _Served(*row) for row in reversed(rows)}  # type: ignore[arg-type]
        return list(last.values())[::-1]

    def _neighbours(self, site_id: int, count: int) -> Sequence[int]:
        """Volunteers of a site, by id."""
        may = (Volunteer.status == VolunteerStatus.ACTIVE, Volunteer.consent == Consent.GIVEN)
        with self.database.read() as session:
            return session.scalars(
                select(Volunteer.id).where(Volunteer.site_id == site_id, *may).order_by(Volunteer.id).limit(count)
            ).all()

    # -- what is agreed on

    def _series(self) -> int:
        """Visits like one that was made, by who made it; a neighbour of hers stands in."""
        made = 0
        for one in (one for one in self._served() if one.category in AGAIN):
            kept = made % UNKEPT != UNKEPT - 1
            near = [other for other in self._neighbours(one.site_id, 2) if other != one.volunteer_id]
            keepers = {"keeper_id": one.volunteer_id, "substitute_id": near[0] if near else None} if kept else {}
            rule = RULES[made % len(RULES)]
            made += self._tried(series.create_series, rule=rule, need_id=one.need_id, **keepers)
            if made == SERIES:
                break
        return made

    def _contracts(self) -> int:
        """The sites with the most residents served, each with a keeper of as many households as HOUSEHOLDS says."""
        homes: dict[int, list[int]] = {}
        for one in self._served():
            homes.setdefault(one.site_id, []).append(one.person_id)
        most = sorted(homes, key=lambda site_id: (-len(homes[site_id]), site_id))
        made = 0
        for site_id, households in zip(most, HOUSEHOLDS, strict=False):
            keepers = self._neighbours(site_id, 2)
            if len(keepers) == 2:
                two = {"volunteer_id": keepers[0], "substitute_id": keepers[1]}
                made += sum(
                    self._tried(contracts.take_household, person_id=person_id, **two)
                    for person_id in homes[site_id][:households]
                )
        return made

    def _meals(self) -> int:
        """Kitchens of the sites with the most residents served, each with its round on working days at eleven."""
        homes: dict[int, list[_Served]] = {}
        for one in self._served():
            homes.setdefault(one.site_id, []).append(one)
        most = sorted(homes, key=lambda site_id: (-len(homes[site_id]), site_id))[:KITCHENS]
        start = self.now.replace(hour=11) + timedelta(days=1)
        with self.database.read() as session:
            names = dict(session.execute(select(Site.id, Site.name).where(Site.id.in_(most))).all())
        for site_id in most:
            carriers = [*self._neighbours(site_id, 4)[2:], None, None][:2]
            round_id = self._do(
                meals.create_round,
                name=self.lunch(site=names[site_id]),
                site_id=site_id,
                rule=DAYS,
                start=start,
                carrier_id=carriers[0],
                substitute_id=carriers[1],
            )["round_id"]
            for number, one in enumerate(homes[site_id][:STOPS]):
                self._tried(meals.add_stop, round_id=round_id, code=one.code, meals=1 + number % 2)
        return len(most)

    def _offers(self) -> int:
        """The open needs that were opened last, each offered to the first neighbour who may go; a third says yes."""
        with self.database.read() as session:
            taken = select(Dispatch.id).where(Dispatch.need_id == Need.id).exists()
            rows = session.execute(
                select(Need.id, Need.site_id)
                .where(
                    Need.county == self.actor.county,
                    Need.state == NeedState.OPEN,
                    Need.site_id.is_not(None),
                    Need.series_id.is_(None),
                    Need.opened_at < self.now,
                    ~taken,
                )
                .order_by(func.coalesce(Need.opened_at, Need.registered_at).desc(), Need.id)
            ).all()
        made = 0
        for row in rows:
            if made == OFFERS:
                break
            if sent := self._offered(row.id, self._neighbours(row.site_id, 8)):
                made += 1
                if made % 3 == 0:
                    self._tried(dispatches.accept, dispatch_id=sent)
        return made

    def _offered(self, need_id: int, neighbours: Sequence[int]) -> int | None:
        """The dispatch to the first of them who may go."""
        for volunteer_id in neighbours:
            with suppress(DashboardError):
                done = self._do(dispatches.dispatch, need_id=need_id, volunteer_ids=(volunteer_id,))
                return int(done["dispatch_ids"][0])
        return None
