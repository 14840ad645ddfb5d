"""Household contracts: the limit and who may exceed it, one keeper a household, offered first, who has none."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from dashboard.core.errors import Conflict, DashboardError, Forbidden, Invalid, NotFound
from dashboard.core.orders import Caller, Order, PlaceWish, RoleWish
from dashboard.core.permissions import Actor
from dashboard.core.words import Role
from dashboard.services import contracts, dispatches, match_people, matches, needs, series
from dashboard.services.commands import perform
from dashboard.services.questions import answer, forget_all
from dashboard.services.series_making import make_due
from db.engine import Database
from db.models import Audit, Contract, Leave, Need, NeedPerson, Setting, Volunteer
from tests.builders import (
    COUNTY,
    NOW,
    a_category,
    a_grid,
    a_need,
    a_person,
    a_site,
    a_volunteer,
    actor_for,
    an_account,
    saved,
)

DAY = timedelta(days=1)
#: Tomorrow, 10:00 to 12:00 in the county.
SPAN = (NOW + DAY, NOW + DAY + timedelta(hours=2))
PHONE = "13885201234"


class Desk:
    """A station under a centre; Li keeps households, Zhao stands in, old Zhang is a resident with a past need."""

    def __init__(self, database: Database) -> None:
        self.database = database
        match_people.forget()

        def build(session: Any) -> None:
            centre = a_site(session)
            here, there = a_site(session, centre), a_site(session, centre)
            self.here, self.grid, self.category = here, a_grid(session, here).id, a_category(session).id
            self.admin = actor_for(an_account(session, Role.ADMIN))
            self.chief = actor_for(an_account(session))
            self.worker = actor_for(an_account(session, Role.STATION_WORKER, here), here)
            self.far = actor_for(an_account(session, Role.STATION_WORKER, there), there)
            self.leader = actor_for(an_account(session, Role.LEADER))
            self.li, self.zhao = (a_volunteer(session, here, name).id for name in ("李永", "赵敏"))
            self.old_need, self.zhang = self._need(session, "张大爷")

        database.write(build)

    def _need(self, session: Any, name: str, **values: Any) -> tuple[int, int]:
        person = a_person(session, name).id
        return a_need(session, self.here, person_id=person, **values).id, person

    def resident(self, name: str = "王奶奶", **values: Any) -> int:
        return self.database.write(lambda session: self._need(session, name, **values)[1])

    def do(self, deed: Any, actor: Actor | None = None, now: datetime = NOW, **values: Any) -> Any:
        return perform(self.database, deed, actor or self.chief, now=now, **values)

    def take(self, person_id: int | None = None, actor: Actor | None = None, **values: Any) -> int:
        values = {"volunteer_id": self.li, "person_id": person_id or self.zhang} | values
        return self.do(contracts.take_household, actor, **values)["contract_id"]

    def full(self, most: int = 2) -> None:
        """Li has as many households as the county allows."""
        setting = Setting(county=COUNTY, key="household_limit", value={"most": most})
        self.database.write(lambda session: session.add(setting))
        for _ in range(most):
            self.take(self.resident())

    def order_of_zhang(self, **values: Any) -> Order:
        return Order(
            **{
                "category_id": self.category,
                "title": "打扫",
                "place": PlaceWish(grid_id=self.grid),
                "intervals": (SPAN,),
                "duration_minutes": 60,
                "roles": (RoleWish(1),),
                "skills": (),
                "resident": Caller("张大爷"),
            }
            | values
        )

    def preferred(self, need_id: int) -> set[int]:
        with self.database.read() as session:
            named = select(NeedPerson.volunteer_id).where(NeedPerson.need_id == need_id, NeedPerson.kind == "preferred")
            return set(session.scalars(named))

    def asked(self, **values: Any) -> int:
        return self.do(needs.create, order=self.order_of_zhang(**values))["need_id"]

    def leave(self, volunteer_id: int, start: datetime = NOW, end: datetime = NOW + 3 * DAY) -> None:
        row = Leave(county=COUNTY, volunteer_id=volunteer_id, start=start, end=end)
        self.database.write(lambda session: session.add(row))

    def without(self, actor: Actor | None = None, now: datetime = NOW) -> list[int]:
        found = answer(self.database, contracts.households_without_keeper, actor or self.chief, now=now)
        return [one.person_id for one in found]


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


@pytest.fixture
def both(any_database: Database) -> Desk:
    """What the databases could do differently."""
    return Desk(any_database)


# -- taking on, the limit


def test_a_thirteenth_household_is_refused_with_the_number(desk: Desk) -> None:
    for _ in range(12):
        desk.take(desk.resident())
    with pytest.raises(Forbidden) as refused:
        desk.take()
    assert ("contracts.limit_reached", {"most": 12, "has": 12}) == (refused.value.key, dict(refused.value.values))
    found = answer(desk.database, contracts.contracts_of, desk.chief, volunteer_id=desk.li)
    assert 12 == len(found) and {"李永"} == {one.volunteer for one in found}


def test_the_limit_is_the_county_s_setting(desk: Desk) -> None:
    desk.full(1)
    with pytest.raises(Forbidden, match="most=1"):
        desk.take()


@pytest.mark.parametrize("value", [{}, {"most": "12"}, {"most": True}, {"most": -1}])
def test_a_setting_that_is_no_number_is_refused_by_name(desk: Desk, value: dict[str, Any]) -> None:
    desk.database.write(lambda session: session.add(Setting(county=COUNTY, key="household_limit", value=value)))
    with pytest.raises(Invalid, match="contracts.bad_limit"):
        desk.take()


def test_an_admin_may_allow_one_more_with_a_reason(desk: Desk) -> None:
    desk.full()
    with pytest.raises(Invalid, match="contracts.limit_reason"):
        desk.take(actor=desk.admin)
    with pytest.raises(Forbidden):
        desk.take(reason="隔壁邻居")
    with pytest.raises(Forbidden):
        desk.take(actor=desk.leader, reason="隔壁邻居")
    number = desk.take(actor=desk.admin, reason="隔壁邻居")
    with desk.database.read() as session:
        row = session.get_one(Contract, number)
        assert (desk.admin.account_id, "隔壁邻居") == (row.allowed_by, row.reason)
        written = session.scalars(select(Audit).where(Audit.subject == "contract").order_by(Audit.id.desc())).first()
        assert ("隔壁邻居", True, 3) == (written.reason, written.after["over"], written.after["households"])


def test_an_ended_contract_makes_room(desk: Desk) -> None:
    desk.full(1)
    (one,) = answer(desk.database, contracts.contracts_of, desk.chief, volunteer_id=desk.li)
    desk.do(contracts.end_contract, contract_id=one.id, version=one.version, reason="搬走")
    assert desk.take() > one.id
    with pytest.raises(NotFound, match="contracts.no_such"):
        desk.do(contracts.end_contract, contract_id=one.id, version=2, reason="再一次")


def test_two_at_once_do_not_go_beyond_the_limit(both: Desk) -> None:
    both.full(2)
    (one, _) = answer(both.database, contracts.contracts_of, both.chief, volunteer_id=both.li)
    both.do(contracts.end_contract, contract_id=one.id, version=1, reason="搬走")
    residents = [both.resident() for _ in range(4)]

    def take(person_id: int) -> str:
        try:
            both.take(person_id)
        except DashboardError as error:
            return error.key
        return ""

    with ThreadPoolExecutor(4) as pool:
        told = sorted(pool.map(take, residents))
    assert ["", *["contracts.limit_reached"] * 3] == told


def test_a_household_has_one_keeper(both: Desk) -> None:
    both.take()
    with pytest.raises(Conflict) as refused:
        both.take(volunteer_id=both.zhao)
    assert ("contracts.taken", "李永") == (refused.value.key, refused.value.values["who"])

    def past_the_command(session: Any) -> None:
        session.add(Contract(county=COUNTY, volunteer_id=both.zhao, person_id=both.zhang, since=NOW))

    with pytest.raises(DBAPIError):
        both.database.write(past_the_command)


def test_what_can_not_be_a_contract_is_refused(desk: Desk) -> None:
    def build(session: Any) -> tuple[int, int, int]:
        gone = a_volunteer(session, desk.here, status="left")
        own = session.get_one(Volunteer, desk.li).person_id
        return gone.id, own, a_person(session, erased_at=NOW).id

    gone, own, erased = desk.database.write(build)
    for values, key in (
        ({"volunteer_id": gone}, "series.keeper_not_active"),
        ({"volunteer_id": 999_999}, "volunteers.no_such"),
        ({"person_id": own}, "contracts.own_household"),
        ({"person_id": erased}, "access.nobody"),
        ({"person_id": 999_999}, "access.nobody"),
        ({"substitute_id": desk.li}, "series.substitute_is_keeper"),
    ):
        with pytest.raises(DashboardError) as refused:
            desk.take(**values)
        assert key == refused.value.key


def test_rights_end_with_the_reach(desk: Desk) -> None:
    with pytest.raises(Forbidden):
        desk.take(actor=desk.far)
    theirs = desk.database.write(lambda session: a_need(session, person_id=a_person(session).id).person_id)
    with pytest.raises(NotFound, match="access.nobody"):
        desk.take(theirs, actor=desk.worker)
    number = desk.take(actor=desk.worker)
    for deed, values in (
        (contracts.set_substitute, {"substitute_id": desk.zhao}),
        (contracts.end_contract, {"reason": "搬走"}),
    ):
        with pytest.raises(Forbidden):
            desk.do(deed, desk.far, contract_id=number, version=1, **values)
        with pytest.raises(Forbidden):
            desk.do(deed, desk.leader, contract_id=number, version=1, **values)
    assert () == answer(desk.database, contracts.contracts_of, desk.far)
    (shown,) = answer(desk.database, contracts.contracts_of, desk.worker)
    assert ("李永", "张**", "", False) == (shown.volunteer, shown.resident, shown.substitute, shown.over)


def test_an_old_version_is_refused(desk: Desk) -> None:
    number = desk.take()
    desk.do(contracts.set_substitute, contract_id=number, version=1, substitute_id=desk.zhao)
    with pytest.raises(Conflict, match="commands.changed_meanwhile"):
        desk.do(contracts.set_substitute, contract_id=number, version=1)
    with pytest.raises(Invalid, match="needs.reason_wanted"):
        desk.do(contracts.end_contract, contract_id=number, version=2, reason=" ")


# -- offered first


@pytest.fixture
def kept(desk: Desk) -> Desk:
    """Zhang's household is Li's, with Zhao as her substitute; his orders find him again by his phone."""
    first = desk.do(needs.create, order=desk.order_of_zhang(resident=Caller("张大爷", PHONE)))["need_id"]
    with desk.database.read() as session:
        desk.zhang = session.get_one(Need, first).person_id
    assert set() == desk.preferred(first)
    desk.take(substitute_id=desk.zhao)
    return desk


HIS = {"resident": Caller("张大爷", PHONE)}


def test_the_keeper_is_first_among_the_candidates_with_her_reason(kept: Desk) -> None:
    for name in ("钱一", "孙二", "周三"):
        kept.database.write(lambda session, name=name: a_volunteer(session, kept.here, name))
    need_id = kept.asked(**HIS)
    assert {kept.li} == kept.preferred(need_id)
    first = answer(kept.database, matches.candidates, kept.chief, need_id=need_id, now=NOW).candidates[0]
    told = {term.name: term.measure for term in first.terms}
    assert ("李永", 1) == (first.profile.name, told["continuity"])


def test_the_keeper_is_offered_first_however_far_and_busy_else_her_substitute(kept: Desk) -> None:
    """Twenty-two neighbours, each nearer and with fewer tasks than the two of the contract."""
    kept.database.write(lambda session: [a_volunteer(session, kept.here, f"邻{n}") for n in range(22)])
    kept.database.write(
        lambda session: session.execute(
            update(Volunteer).where(Volunteer.id.in_([kept.li, kept.zhao])).values(lon=107.99, max_distance_m=90_000)
        )
    )
    need_id = kept.asked(**HIS)

    def found() -> tuple[matches.Candidate, ...]:
        # The leave of this test is written past the commands, so nothing tells what is kept in memory.
        forget_all()
        match_people.forget()
        return answer(kept.database, matches.candidates, kept.chief, need_id=need_id, now=NOW).candidates

    def first() -> matches.Candidate:
        return found()[0]

    assert (first().profile.volunteer_id, first().rank, first().promised) == (kept.li, 1, True)
    kept.leave(kept.li)
    assert (first().profile.volunteer_id, first().promised) == (kept.zhao, True)
    kept.leave(kept.zhao)
    assert len(found()) == 20 and not any(one.promised for one in found())
    assert [one.rank for one in found()] == list(range(1, 21))


def test_her_substitute_is_preferred_while_she_is_away(kept: Desk) -> None:
    kept.leave(kept.li)
    assert {kept.zhao} == kept.preferred(kept.asked(**HIS))
    kept.leave(kept.zhao)
    assert {kept.li} == kept.preferred(kept.asked(**HIS))


def test_her_substitute_is_preferred_while_she_is_sent_elsewhere(kept: Desk) -> None:
    other = kept.database.write(lambda session: a_need(session, kept.here).id)
    kept.do(dispatches.dispatch, need_id=other, volunteer_ids=(kept.li,))
    assert {kept.zhao} == kept.preferred(kept.asked(**HIS))
    longer = (SPAN[0], SPAN[1] + timedelta(hours=1))
    assert {kept.li} == kept.preferred(kept.asked(intervals=(longer,), **HIS))


def test_her_substitute_is_preferred_outside_her_free_time(kept: Desk) -> None:
    night = (SPAN[0] + timedelta(hours=11), SPAN[0] + timedelta(hours=12))

    def unknown(session: Any) -> None:
        session.get_one(Volunteer, kept.zhao).availability_known = False

    kept.database.write(unknown)
    assert {kept.zhao} == kept.preferred(kept.asked(intervals=(night,), **HIS))


def test_whom_the_resident_will_not_have_is_not_preferred(kept: Desk) -> None:
    assert {kept.zhao} == kept.preferred(kept.asked(excluded=(kept.li,), **HIS))
    assert set() == kept.preferred(kept.asked(excluded=(kept.li, kept.zhao), **HIS))
    assert {kept.li} == kept.preferred(kept.asked(preferred=(kept.li,), **HIS))


def test_an_edit_keeps_her_and_an_ended_contract_lets_her_go(kept: Desk) -> None:
    need_id = kept.asked(**HIS)
    kept.do(needs.edit, need_id=need_id, version=1, order=kept.order_of_zhang(title="买药", **HIS))
    assert {kept.li} == kept.preferred(need_id)
    kept.do(contracts.end_contract, contract_id=1, version=1, reason="搬走")
    assert set() == kept.preferred(kept.asked(**HIS))


def test_a_series_does_not_outlive_the_contract_as_a_wish(kept: Desk) -> None:
    one = kept.do(series.create_series, rule="FREQ=WEEKLY;COUNT=9", need_id=kept.asked(**HIS))["series_id"]
    kept.do(contracts.end_contract, contract_id=1, version=1, reason="搬走")
    assert 1 == make_due(kept.database, COUNTY, NOW + 7 * DAY).made
    with kept.database.read() as session:
        ids = list(session.scalars(select(Need.id).where(Need.series_id == one).order_by(Need.id)))
    assert [{kept.li}] * 4 + [set()] == [kept.preferred(need_id) for need_id in ids]


# -- who has no keeper


def test_residents_of_recent_needs_or_a_series_without_a_keeper_are_listed(both: Desk) -> None:
    long_ago = both.resident("李爷爷", registered_at=NOW - 91 * DAY)
    both.resident("孙婆婆", state="cancelled")
    wang = both.resident("王奶奶")
    both.database.write(lambda session: saved(session, a_need(session, both.here, person_id=wang)))
    assert [wang, both.zhang] == both.without() == both.without(both.worker)
    assert [] == both.without(both.far)
    old = answer(both.database, contracts.households_without_keeper, both.chief, now=NOW)
    assert [(2, 0), (1, 0)] == [(one.needs, one.series) for one in old]
    need_id = both.database.write(lambda session: a_need(session, both.here, person_id=long_ago).id)
    both.do(series.create_series, rule="FREQ=DAILY;COUNT=200", need_id=need_id)
    assert long_ago in both.without(now=NOW + 190 * DAY)
    both.take(wang)
    assert wang not in both.without()
    with pytest.raises(Forbidden):
        both.without(both.leader)
