"""Meal rounds: stops and their order, each day made once with a carrier, ticked, counted, on paper; both databases."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from dashboard.core.errors import Conflict, Forbidden, Invalid, NotFound
from dashboard.core.permissions import Actor
from dashboard.core.words import Role
from dashboard.services import meal_days, meal_reading, meals
from dashboard.services.commands import perform
from dashboard.services.questions import answer
from dashboard.services.ticks import Ticked, tick
from db.engine import Database
from db.models import AccessLog, Audit, Leave, MealDay, MealDrop, MealStop, Need
from tests.builders import COUNTY, NOW, a_need, a_person, a_site, a_volunteer, actor_for, an_account

DAY = timedelta(days=1)
#: Monday 11:00 in the county; NOW is 10:00.
START = NOW + timedelta(hours=1)
TODAY = date(2026, 11, 16)


class Desk:
    """A kitchen, a site beside it, three households along a road; Li carries, Zhao stands in."""

    def __init__(self, database: Database) -> None:
        self.database = database

        def build(session: Any) -> None:
            centre = a_site(session)
            here, there = a_site(session, centre), a_site(session, centre)
            self.kitchen, self.site, self.far_site = here.id, a_site(session, here, name="互助院").id, there.id
            self.chief = actor_for(an_account(session))
            self.worker = actor_for(an_account(session, Role.STATION_WORKER, here), here)
            self.far = actor_for(an_account(session, Role.STATION_WORKER, there), there)
            self.leader = actor_for(an_account(session, Role.LEADER))
            self.li, self.zhao = (a_volunteer(session, here, name).id for name in ("李永", "赵敏"))
            self.codes = [
                a_need(session, here, person_id=a_person(session, name).id, lon=lon, place_text=f"{name}家门口").code
                for name, lon in (("张小贵", 107.93), ("王五", 107.91), ("覃奶奶", 107.92))
            ]

        database.write(build)

    def do(self, deed: Any, actor: Actor | None = None, now: Any = NOW, **values: Any) -> Any:
        return perform(self.database, deed, actor or self.worker, now=now, **values)

    def begin(self, rule: str = "FREQ=DAILY", **values: Any) -> int:
        said = {"name": "中午送餐", "site_id": self.kitchen, "carrier_id": self.li, "substitute_id": self.zhao}
        return int(self.do(meals.create_round, now=NOW - DAY, rule=rule, start=START, **(said | values))["round_id"])

    def whole(self, **values: Any) -> int:
        """A round with three households and a site, 1 + 2 + 1 + 10 meals."""
        one = self.begin(**values)
        for code, number in zip(self.codes, (1, 2, 1), strict=True):
            self.do(meals.add_stop, round_id=one, code=code, meals=number)
        self.do(meals.add_stop, round_id=one, site_id=self.site, meals=10)
        return one

    def tick(self, now: Any = NOW) -> Ticked:
        return tick(self.database, COUNTY, now)

    def rows(self, table: Any) -> list[Any]:
        with self.database.read() as session:
            found = list(session.scalars(select(table).order_by(table.id)))
            session.expunge_all()
            return found

    def round(self) -> meal_reading.Round:
        return answer(self.database, meal_reading.rounds, self.worker)[0]

    def order(self) -> list[str]:
        return [stop.who for stop in self.round().stops]

    def today(self, actor: Actor | None = None, day: date = TODAY) -> tuple[meal_reading.DayRound, ...]:
        return answer(self.database, meal_reading.rounds_of_day, actor or self.worker, day=day)


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


@pytest.fixture
def both(any_database: Database) -> Desk:
    return Desk(any_database)


def test_each_day_s_round_is_made_once_by_the_tick(both: Desk) -> None:
    both.whole()
    assert Ticked(at=NOW, meals=1) == both.tick()
    assert both.tick().idle and both.tick(NOW + timedelta(hours=5)).idle
    assert 1 == both.tick(NOW + DAY).meals
    assert [TODAY, TODAY + DAY] == [row.day for row in both.rows(MealDay)]
    assert [1, 2, 3, 4] * 2 == [row.position for row in both.rows(MealDrop)]
    (made,) = both.today()
    assert ("中午送餐", "李永", START) == (made.name, made.carrier, made.start)
    assert ["张**", "王*", "覃**", "互助院"] == [stop.who for stop in made.stops]


def test_days_off_and_rounds_without_stops_or_ended_make_nothing(desk: Desk) -> None:
    tuesdays, empty = desk.whole(rule="FREQ=WEEKLY;BYDAY=TU"), desk.begin()
    assert desk.tick().idle
    assert 1 == desk.tick(NOW + DAY).meals
    for one in (tuesdays, empty):
        desk.do(meals.end_round, round_id=one, version=5 if one == tuesdays else 1, reason="食堂停业")
    assert desk.tick(NOW + 8 * DAY).idle and not answer(desk.database, meal_reading.rounds, desk.worker)


def test_making_a_day_twice_is_refused(desk: Desk) -> None:
    one = desk.whole()
    desk.do(meal_days.make_day, round_id=one)
    with pytest.raises(Conflict, match="meals.not_due"):
        desk.do(meal_days.make_day, round_id=one)


def away(desk: Desk, *who: int) -> None:
    rows = [Leave(county=COUNTY, volunteer_id=one, start=START, end=START + DAY) for one in who]
    desk.database.write(lambda session: session.add_all(rows))


@pytest.mark.parametrize(("gone", "carrier"), [(1, "赵敏"), (2, "")])
def test_leave_brings_the_substitute_and_of_both_nobody(both: Desk, gone: int, carrier: str) -> None:
    both.whole()
    away(both, *(both.li, both.zhao)[:gone])
    both.tick()
    assert [carrier] == [made.carrier for made in both.today()]


def test_a_day_is_handed_over_without_the_round(desk: Desk) -> None:
    desk.whole()
    away(desk, desk.li, desk.zhao)
    desk.tick()
    values = {"day_id": desk.rows(MealDay)[0].id, "seen_carrier_id": None}
    desk.do(meal_days.hand_over, carrier_id=desk.zhao, **values)
    with pytest.raises(Conflict):
        desk.do(meal_days.hand_over, carrier_id=desk.li, **values)
    assert ["赵敏"] == [made.carrier for made in desk.today()] and "李永" == desk.round().carrier


def test_stops_are_put_in_a_short_order_and_renumbered(both: Desk) -> None:
    one = both.whole()
    both.do(meals.shorten_route, round_id=one, version=both.round().version)
    assert ["互助院", "王*", "覃**", "张**"] == both.order()
    last = both.round().stops[3]
    both.do(meals.renumber_stop, round_id=one, stop_id=last.id, position=1, version=both.round().version)
    assert ["张**", "互助院", "王*", "覃**"] == both.order()
    both.do(meals.remove_stop, round_id=one, stop_id=last.id, version=both.round().version)
    assert ["互助院", "王*", "覃**"] == both.order() and [1, 2, 3] == [stop.position for stop in both.round().stops]
    with pytest.raises(Conflict):
        both.do(meals.shorten_route, round_id=one, version=1)


def test_what_changes_later_leaves_the_day_as_it_was(desk: Desk) -> None:
    one = desk.whole()
    desk.tick()
    desk.do(meals.remove_stop, round_id=one, stop_id=desk.round().stops[0].id, version=desk.round().version)
    assert 4 == len(desk.today()[0].stops) and 3 == len(desk.round().stops)


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"meals": 1}, "meals.of_what"),
        ({"meals": 0, "code": "*"}, "meals.number"),
        ({"meals": 501, "code": "*"}, "meals.number"),
        ({"meals": 1, "code": "N0"}, "needs.no_such"),
    ],
)
def test_a_stop_that_is_none_is_refused(desk: Desk, values: dict[str, Any], key: str) -> None:
    values = values | ({"code": desk.codes[0]} if values.get("code") == "*" else {})
    one = desk.begin()
    with pytest.raises((Invalid, NotFound), match=key):
        desk.do(meals.add_stop, round_id=one, **values)


def test_a_stop_is_on_a_round_once_and_needs_a_resident_and_a_place(desk: Desk) -> None:
    one = desk.whole()
    with pytest.raises(Conflict, match="meals.stop_there"):
        desk.do(meals.add_stop, round_id=one, code=desk.codes[0], meals=1)

    def bare(session: Any) -> tuple[str, str]:
        nowhere = session.scalars(select(Need).where(Need.code == desk.codes[0])).one()
        nobody = session.scalars(select(Need).where(Need.code == desk.codes[1])).one()
        nowhere.lon, nobody.person_id = None, None
        session.execute(delete(MealStop))
        return nowhere.code, nobody.code

    nowhere, nobody = desk.database.write(bare)
    for code, key in ((nowhere, "meals.no_place"), (nobody, "meals.no_resident")):
        with pytest.raises(Invalid, match=key):
            desk.do(meals.add_stop, round_id=one, code=code, meals=1)


def test_stops_are_ticked_and_counted(both: Desk) -> None:
    both.whole()
    both.tick()
    drops = both.rows(MealDrop)
    both.do(meal_days.tick_stop, drop_id=drops[0].id, version=1, outcome="delivered")
    both.do(meal_days.tick_stop, drop_id=drops[1].id, version=1, outcome="missed", reason="没人在家")
    with pytest.raises(Invalid, match="needs.reason_wanted"):
        both.do(meal_days.tick_stop, drop_id=drops[2].id, version=1, outcome="missed", reason=" ")
    with pytest.raises(Invalid, match="meals.outcome"):
        both.do(meal_days.tick_stop, drop_id=drops[2].id, version=1, outcome="eaten")
    with pytest.raises(Conflict):
        both.do(meal_days.tick_stop, drop_id=drops[0].id, version=1, outcome="missed", reason="记错")
    found = answer(both.database, meal_reading.counts, both.worker, first=TODAY, last=TODAY)
    assert meal_reading.MealCounts(rounds=1, stops=4, meals=14, delivered=1, missed=1, unsaid=2) == found
    nothing = answer(both.database, meal_reading.counts, both.worker, first=TODAY + DAY, last=TODAY + 9 * DAY)
    assert meal_reading.MealCounts(0, 0, 0, 0, 0, 0) == nothing
    both.do(meal_days.tick_stop, drop_id=drops[1].id, version=2, outcome="delivered")
    assert ("delivered", "") == (both.today()[0].stops[1].outcome, both.today()[0].stops[1].reason)


def test_a_round_sheet_is_masked_and_written_down(both: Desk) -> None:
    both.whole()
    both.tick()
    day = both.rows(MealDay)[0].id
    sheet = both.do(meal_days.make_sheet, day_id=day)
    assert ("李永", False) == (sheet.carrier, sheet.named)
    assert [(1, "张**", "张小贵家门口", 1), (4, "互助院", "", 10)] == [
        (one.position, one.who, one.place, one.meals) for one in (sheet.lines[0], sheet.lines[3])
    ]
    with pytest.raises(Invalid, match="access.reason_missing"):
        both.do(meal_days.make_sheet, day_id=day, named=True)
    named = both.do(meal_days.make_sheet, day_id=day, named=True, reason="新来的不认识人")
    assert "张小贵" == named.lines[0].who
    with both.database.read() as session:
        logged = session.execute(select(AccessLog.subject, AccessLog.fields).order_by(AccessLog.id)).all()
        assert [("round_sheet", []), ("round_sheet", ["name"])] == [tuple(row) for row in logged]
        assert 2 == session.scalar(select(func.count()).where(Audit.command == "meal_days.make_sheet"))


def test_who_may_not_or_is_out_of_reach_is_refused(desk: Desk) -> None:
    one = desk.whole()
    desk.tick()
    day, drop = desk.rows(MealDay)[0].id, desk.rows(MealDrop)[0].id
    said = {"name": "路线", "rule": "FREQ=DAILY", "start": START}
    deeds: list[tuple[Any, dict[str, Any]]] = [
        (meals.create_round, {"site_id": desk.kitchen, **said}),
        (meals.add_stop, {"round_id": one, "site_id": desk.site, "meals": 1}),
        (meals.shorten_route, {"round_id": one, "version": 5}),
        (meals.set_carriers, {"round_id": one, "version": 5}),
        (meal_days.tick_stop, {"drop_id": drop, "version": 1, "outcome": "delivered"}),
        (meal_days.hand_over, {"day_id": day, "carrier_id": desk.zhao, "seen_carrier_id": desk.li}),
        (meal_days.make_sheet, {"day_id": day}),
    ]
    for deed, values in deeds:
        for who in (desk.leader, desk.far):
            with pytest.raises(Forbidden):
                desk.do(deed, who, **values)
    assert () == desk.today(desk.far) and 1 == len(desk.today(desk.chief))
    with pytest.raises(Forbidden):
        desk.today(desk.leader)


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"name": " "}, "meals.no_name"),
        ({"minutes": 0}, "meals.minutes"),
        ({"rule": "FREQ=YEARLY"}, "series.rule_frequency"),
        ({"site_id": 99_999}, "meals.no_such_site"),
    ],
)
def test_a_round_that_can_t_be_is_refused(desk: Desk, values: dict[str, Any], key: str) -> None:
    with pytest.raises((Invalid, NotFound), match=key):
        desk.begin(**values)


def test_a_round_begins_tomorrow_at_the_soonest(desk: Desk) -> None:
    said = {"name": "晚餐", "site_id": desk.kitchen, "rule": "FREQ=DAILY"}
    one = desk.do(meals.create_round, start=START - 3 * DAY, **said)["round_id"]
    desk.do(meals.add_stop, round_id=one, site_id=desk.site, meals=3)
    assert START + DAY == desk.round().start
    # It has neither carrier nor substitute: two of the next three days are told, today is not one of them.
    assert desk.tick() == Ticked(at=NOW, alarms=2) and 1 == desk.tick(NOW + DAY).meals
