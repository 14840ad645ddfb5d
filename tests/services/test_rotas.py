"""Rotas by compound: the plan, duties made once, people only where they can be, swaps, absences, signing, paper; on
both databases."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from threading import Barrier
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from dashboard.core import rotas as core
from dashboard.core.errors import Conflict, DashboardError, Forbidden, Invalid, NotFound
from dashboard.core.permissions import Actor
from dashboard.core.series import parse
from dashboard.core.words import Role
from dashboard.services import dispatches, rota_choices, rota_duties, rota_making, rota_reading, rotas, volunteer_edits
from dashboard.services.commands import perform
from dashboard.services.questions import answer, forget_all
from dashboard.services.series_people import present
from dashboard.services.ticks import tick
from db.engine import Database
from db.models import (
    AccessLog,
    Audit,
    Dispatch,
    Duty,
    DutyPerson,
    Leave,
    Membership,
    NeedRole,
    Rota,
    Service,
    Team,
    Volunteer,
)
from tests.builders import (
    COUNTY,
    NOW,
    a_grid,
    a_member,
    a_need,
    a_site,
    a_team,
    a_volunteer,
    actor_for,
    an_account,
)

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
#: Monday 11:00 in the county; NOW is Monday 10:00.
START = NOW + timedelta(hours=1)
TODAY = date(2026, 11, 16)
WEEKDAYS = (0, 2, 4)


class Desk:
    """The Seven Colours squad of a station: five members, two compounds, Monday, Wednesday and Friday, 11 to 12."""

    def __init__(self, database: Database) -> None:
        self.database = database

        def build(session: Any) -> None:
            centre = a_site(session)
            here, there = a_site(session, centre), a_site(session, centre)
            self.site, self.far_site = here.id, there.id
            self.chief = actor_for(an_account(session))
            self.worker = actor_for(an_account(session, Role.STATION_WORKER, here, display_name="田站长"), here)
            self.far = actor_for(an_account(session, Role.STATION_WORKER, there), there)
            self.leader = actor_for(an_account(session, Role.LEADER))
            self.grids = [a_grid(session, here, name=f"幸福小区{n}栋").id for n in range(2)]
            self.far_grid = a_grid(session, there).id
            team = a_team(session, here, name="七彩队")
            names = ("李永", "赵敏", "钱芳", "孙立", "周和")
            members = [a_volunteer(session, here, name) for name in names]
            for one in members:
                a_member(session, team, one)
            self.team, self.people = team.id, [one.id for one in members]
            self.stranger = a_volunteer(session, here, "吴外").id

        database.write(build)

    def do(self, deed: Any, actor: Actor | None = None, now: Any = NOW, **values: Any) -> Any:
        return perform(self.database, deed, actor or self.worker, now=now, **values)

    def begin(self, **values: Any) -> int:
        said = {"name": "七彩轮值", "team_id": self.team, "weekdays": WEEKDAYS, "start": START, "minutes": 60}
        return int(self.do(rotas.create_rota, **(said | values))["rota_id"])

    def whole(self, **values: Any) -> int:
        """Two compounds; at the first Li and Zhao (two at least), at the second Qian (one at least)."""
        self.rota = self.begin(**values)
        self.places = [
            self.do(rotas.add_place, rota_id=self.rota, grid_id=grid, least=least)["place_id"]
            for grid, least in zip(self.grids, (2, 1), strict=True)
        ]
        for place, least, people in zip(self.places, (2, 1), (self.people[:2], self.people[2:3]), strict=True):
            for weekday in WEEKDAYS:
                self.cell(place, weekday, least, people)
        return self.rota

    def cell(self, place_id: int, weekday: int, least: int, people: Any) -> dict[str, Any]:
        values = {"place_id": place_id, "weekday": weekday, "least": least, "people": people}
        return self.do(rotas.set_cell, rota_id=self.rota, version=self.version(), **values)

    def version(self) -> int:
        with self.database.read() as session:
            return session.get_one(Rota, self.rota).version

    def tick(self, now: Any = NOW) -> Any:
        """What the tick did; that the desk is told of gaps is no matter of these tests."""
        return replace(tick(self.database, COUNTY, now), alarms=0)

    def rows(self, table: Any) -> list[Any]:
        with self.database.read() as session:
            found = list(session.scalars(select(table).order_by(table.id)))
            session.expunge_all()
            return found

    def duties(self, place: int = 0) -> list[Duty]:
        mine = [one for one in self.rows(Duty) if one.place_id == self.places[place]]
        return sorted(mine, key=lambda one: one.start)

    def on(self, duty: Duty) -> list[int]:
        return [one.volunteer_id for one in self.rows(DutyPerson) if one.duty_id == duty.id]

    def week(self, actor: Actor | None = None, monday: date = TODAY) -> rota_reading.Week:
        return answer(self.database, rota_reading.week, actor or self.worker, rota_id=self.rota, monday=monday)

    def gaps(self, actor: Actor | None = None, now: Any = NOW) -> tuple[rota_reading.RotaGap, ...]:
        return answer(self.database, rota_reading.gaps, actor or self.worker, now=now)

    def state(self) -> Any:
        """Everything a second making must leave as it was."""
        columns = [column.name for column in Duty.__table__.columns]
        plain = [[getattr(one, name) for name in columns] for one in self.rows(Duty)]
        return plain, [(one.duty_id, one.volunteer_id) for one in self.rows(DutyPerson)]

    def away(self, volunteer_id: int, start: datetime, end: datetime) -> None:
        row = Leave(county=COUNTY, volunteer_id=volunteer_id, start=start, end=end)
        self.database.write(lambda session: session.add(row))


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


@pytest.fixture
def both(any_database: Database) -> Desk:
    return Desk(any_database)


# -- the plan and its duties


def test_duties_stand_two_weeks_ahead_and_the_tick_adds_each_once(both: Desk) -> None:
    both.whole()
    days = [one.day for one in both.duties()]
    assert [TODAY + n * DAY for n in (0, 2, 4, 7, 9, 11)] == days
    assert [both.people[:2]] * 6 == [both.on(one) for one in both.duties()]
    assert both.tick().idle
    assert 2 == both.tick(NOW + DAY).duties
    before = both.state()
    assert both.tick(NOW + DAY).idle and both.tick(NOW + DAY + timedelta(hours=9)).idle
    assert before == both.state() and TODAY + 2 * WEEK == both.duties()[-1].day
    with pytest.raises(Conflict, match="ticks.not_due"):
        both.do(rota_making.make_duties, now=NOW + DAY, rota_id=both.rota)


def test_a_change_of_times_moves_what_is_to_come_and_adds_days(both: Desk) -> None:
    both.whole()
    values = {"name": "七彩", "weekdays": (0, 1), "start": START + timedelta(hours=3), "minutes": 90}
    both.do(rotas.change_rota, rota_id=both.rota, version=both.version(), **values)
    duties = both.duties()
    assert [TODAY + n * DAY for n in (0, 1, 7, 8)] == [one.day for one in duties]
    assert {(14, timedelta(minutes=90))} == {
        (core.county_day(one.start) == one.day and one.start.hour + 8, one.end - one.start) for one in duties
    }
    assert [both.people[:2], [], both.people[:2], []] == [both.on(one) for one in duties]
    assert both.tick().idle


def test_what_was_is_left_as_it_was(both: Desk) -> None:
    both.whole()
    later = NOW + 3 * DAY
    both.do(rotas.end_rota, now=later, rota_id=both.rota, version=both.version(), reason="换队")
    assert [TODAY, TODAY + 2 * DAY] == [one.day for one in both.duties()]
    assert both.tick(later).idle and 2 == len(both.week().places)
    with pytest.raises(NotFound, match="rotas.no_such"):
        both.do(rotas.add_place, rota_id=both.rota, site_id=both.site)
    past = both.duties()[0]
    values = {"came": both.people[:1], "start": past.start, "end": past.end, "households": 8}
    both.do(rota_duties.sign, now=later, duty_id=past.id, version=past.version, **values)
    assert 8 == both.duties()[0].households


def test_a_cell_without_people_and_a_place_that_goes(both: Desk) -> None:
    both.whole()
    assert 0 == both.cell(both.places[1], 2, 0, ())["gaps"]
    assert [0, 4, 0, 4] == [one.day.weekday() for one in both.duties(1)]
    assert 6 == len(both.duties(0))
    both.do(rotas.remove_place, rota_id=both.rota, version=both.version(), place_id=both.places[1])
    assert not both.duties(1) and both.tick().idle


def test_a_day_left_out_moved_and_put_back(both: Desk) -> None:
    both.whole()
    friday = TODAY + 4 * DAY
    same = {"rota_id": both.rota}
    both.do(rotas.change_day, **same, version=both.version(), day=friday, reason="运动会")
    assert friday not in {one.day for one in both.duties()} and {friday: (None, "运动会")} == both.week().otherwise
    moved = friday + DAY
    both.do(rotas.change_day, **same, version=both.version(), day=friday, moved_to=moved, reason="运动会")
    (one,) = [one for one in both.duties() if one.planned_on == friday]
    assert (moved, both.people[:2]) == (one.day, both.on(one)) and {friday: (moved, "运动会")} == both.week().otherwise
    assert both.week().duties[both.places[0], moved][0].moved and both.tick().idle
    both.do(rotas.restore_day, **same, version=both.version(), day=friday)
    assert friday in {one.day for one in both.duties()} and both.tick().idle
    with pytest.raises(NotFound, match="rotas.no_such_change"):
        both.do(rotas.restore_day, **same, version=both.version(), day=friday)


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"day": TODAY + DAY}, "rotas.not_that_day"),
        ({"day": TODAY - WEEK}, "rotas.not_that_day"),
        ({"day": TODAY + 2 * DAY, "moved_to": TODAY + 2 * DAY}, "rotas.same_day"),
        ({"day": TODAY + 2 * DAY, "moved_to": TODAY - DAY}, "rotas.past"),
        ({"day": TODAY + 2 * DAY, "reason": " "}, "needs.reason_wanted"),
    ],
)
def test_a_day_that_can_t_be_changed(desk: Desk, values: dict[str, Any], key: str) -> None:
    desk.whole()
    said = {"rota_id": desk.rota, "version": desk.version(), "reason": "放假"}
    with pytest.raises(Invalid, match=key):
        desk.do(rotas.change_day, **(said | values))


def test_a_holiday_beyond_the_fortnight_is_known_when_its_day_is_made(desk: Desk) -> None:
    desk.whole()
    far = TODAY + 3 * WEEK
    desk.do(rotas.change_day, rota_id=desk.rota, version=desk.version(), day=far, reason="元旦")
    desk.tick(NOW + 10 * DAY)
    assert far not in {one.day for one in desk.duties()} and far + 2 * DAY in {one.day for one in desk.duties()}


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"name": " "}, "rotas.no_name"),
        ({"weekdays": ()}, "rotas.no_days"),
        ({"weekdays": (7,)}, "rotas.no_days"),
        ({"minutes": 0}, "rotas.minutes"),
        ({"team_id": 0}, "teams.no_such"),
    ],
)
def test_a_rota_that_is_none_is_refused(desk: Desk, values: dict[str, Any], key: str) -> None:
    with pytest.raises((Invalid, NotFound), match=key):
        desk.begin(**values)


def test_places_are_in_it_once_and_within_reach(desk: Desk) -> None:
    desk.whole()
    with pytest.raises(Conflict, match="rotas.place_there"):
        desk.do(rotas.add_place, rota_id=desk.rota, grid_id=desk.grids[0])
    with pytest.raises(Invalid, match="rotas.of_what"):
        desk.do(rotas.add_place, rota_id=desk.rota)
    with pytest.raises(Invalid, match="rotas.least"):
        desk.do(rotas.add_place, rota_id=desk.rota, site_id=desk.site, least=0)
    with pytest.raises(NotFound, match="rotas.no_such_spot"):
        desk.do(rotas.add_place, rota_id=desk.rota, site_id=10**6)
    with pytest.raises(Forbidden):
        desk.do(rotas.add_place, rota_id=desk.rota, grid_id=desk.far_grid)


def test_whoever_saw_an_older_plan_is_refused(desk: Desk) -> None:
    desk.whole()
    with pytest.raises(Conflict):
        desk.do(rotas.end_rota, rota_id=desk.rota, version=1, reason="换队")


# -- who can be on duty


def test_only_active_members_and_never_at_two_places_in_the_plan(both: Desk) -> None:
    both.whole()
    with pytest.raises(Invalid, match="rotas.not_member"):
        both.cell(both.places[0], 0, 1, [both.stranger])
    with pytest.raises(Conflict, match="rotas.clash"):
        both.cell(both.places[1], 0, 1, both.people[:1])
    with pytest.raises(Invalid, match="rotas.not_that_day"):
        both.cell(both.places[1], 1, 1, [])
    with pytest.raises(Invalid, match="rotas.least"):
        both.cell(both.places[1], 0, 0, both.people[3:4])
    first = both.rota
    both.rota = both.begin(name="另一队", start=START + timedelta(minutes=30))
    place = both.do(rotas.add_place, rota_id=both.rota, site_id=both.site)["place_id"]
    with pytest.raises(Conflict, match="rotas.clash"):
        both.cell(place, 0, 1, both.people[:1])
    both.cell(place, 0, 1, both.people[4:])
    both.rota = first
    values = {"name": "七彩", "weekdays": WEEKDAYS, "start": START + timedelta(minutes=10), "minutes": 60}
    both.cell(both.places[1], 0, 1, both.people[3:4])
    both.do(rotas.change_rota, rota_id=first, version=both.version(), **values)


@pytest.mark.parametrize("why", ["leave", "left", "refused", "sent", "out", "hours"])
def test_who_can_t_be_there_is_no_longer_on_it_after_the_tick(both: Desk, why: str) -> None:
    both.whole()
    her, duty = both.people[0], both.duties()[1]

    def happen(session: Any) -> None:
        one = session.get_one(Volunteer, her)
        if why == "leave":
            session.add(Leave(county=COUNTY, volunteer_id=her, start=duty.start, end=duty.end))
        elif why == "left":
            one.status = "left"
        elif why == "refused":
            one.consent = "refused"
        elif why == "sent":
            need = a_need(session, start=duty.start, hours=1)
            role = session.scalars(select(NeedRole).where(NeedRole.need_id == need.id)).one()
            span = {"start": duty.start, "end": duty.end, "offered_at": NOW, "dispatched_by": 0}
            named = {"county": COUNTY, "need_id": need.id, "role_id": role.id, "volunteer_id": her}
            session.add(Dispatch(**named, **span, state="accepted"))
        elif why == "out":
            mine = session.scalars(select(Membership).where(Membership.volunteer_id == her)).one()
            mine.valid_to = duty.day
        else:
            weekly = {"spans": ((2, 14 * 60, 18 * 60),), "version": one.version, "volunteer_id": her}
            self_now.append(weekly)

    self_now: list[dict[str, Any]] = []
    both.database.write(happen)
    for weekly in self_now:
        both.do(volunteer_edits.set_availability, both.chief, **weekly)
    # Free hours that changed are looked at as the next day is made, the rest at once.
    assert both.tick(NOW + DAY if why == "hours" else NOW).duties
    assert both.people[1:2] == both.on(both.duties()[1]) and both.tick(NOW + DAY).refused == ()
    assert both.tick(NOW + DAY).idle
    assert ("李永",) == both.week().duties[both.places[0], duty.day][0].absent
    (gap, *_) = both.gaps(now=NOW + DAY)
    assert (duty.id, 1, "田站长", "七彩轮值") == (gap.duty_id, gap.missing, gap.responsible, gap.rota)
    lead = update(Team).where(Team.id == both.team).values(leader_id=both.people[4])
    both.database.write(lambda session: session.execute(lead))
    forget_all()
    assert "周和" == both.gaps(now=NOW + DAY)[0].responsible


def test_somebody_on_duty_is_not_free_for_anything_else(desk: Desk) -> None:
    desk.whole()
    duty = desk.duties()[1]
    with desk.database.read() as session:
        span = [(duty.start, duty.end)]
        assert [False, True] == [present(session, COUNTY, one, span, 60) for one in (desk.people[0], desk.people[4])]


def test_a_gap_is_filled_by_who_is_free_and_leaves_the_plan(both: Desk) -> None:
    both.whole()
    duty = both.duties()[1]
    off = {"duty_id": duty.id, "volunteer_id": both.people[1]}
    both.do(rota_duties.take_off, **off, version=duty.version, reason="感冒")
    (gap,) = both.gaps()
    assert (duty.id, 1, ((both.people[0], "李永"),)) == (gap.duty_id, gap.missing, gap.people)
    duty = both.duties()[1]
    with pytest.raises(Invalid, match="rotas.cannot"):
        both.do(rota_duties.put_on, duty_id=duty.id, version=duty.version, volunteer_id=both.people[2])
    with pytest.raises(Invalid, match="rotas.cannot"):
        both.do(rota_duties.put_on, duty_id=duty.id, version=duty.version, volunteer_id=both.stranger)
    free = answer(both.database, rota_choices.free_members, both.worker, duty_id=duty.id)
    assert [("周和", 0), ("孙立", 0), ("赵敏", 2)] == sorted((name, load) for _, name, load in free)
    both.do(rota_duties.put_on, duty_id=duty.id, version=duty.version, volunteer_id=both.people[3])
    with pytest.raises(Conflict):
        both.do(rota_duties.put_on, duty_id=duty.id, version=duty.version, volunteer_id=both.people[4])
    assert not both.gaps() and [both.people[0], both.people[3]] == both.on(both.duties()[1])
    # The plan changes, and what was changed by hand stays.
    both.cell(both.places[0], 2, 2, both.people[3:])
    assert [[both.people[0], both.people[3]], both.people[3:]] == [both.on(one) for one in both.duties()[1::3]]
    assert both.tick().idle


def test_two_at_once_don_t_put_her_on_two_duties_at_one_hour(both: Desk) -> None:
    first = both.whole()
    other = both.begin(name="另一队", start=START + timedelta(minutes=30))
    both.do(rotas.add_place, rota_id=other, site_id=both.site)
    mine = both.duties()[1]
    (theirs,) = [one for one in both.rows(Duty) if one.day == mine.day and one.place_id not in both.places]
    together = Barrier(2)

    def put(duty: Duty) -> str:
        together.wait()
        try:
            values = {"duty_id": duty.id, "version": duty.version, "volunteer_id": both.people[4]}
            both.do(rota_duties.put_on, **values)
        except DashboardError as error:
            return error.key
        return ""

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(put, (mine, theirs)))
    assert ["", "rotas.cannot"] == said and first != other
    assert 1 == sum(both.people[4] in both.on(duty) for duty in (mine, theirs))


def test_two_ticks_at_once_make_each_duty_once(both: Desk) -> None:
    both.whole()
    together = Barrier(2)

    def run(_: int) -> int:
        together.wait()
        return int(both.tick(NOW + 3 * DAY).duties)

    with ThreadPoolExecutor(2) as pool:
        assert [0, 4] == sorted(pool.map(run, range(2)))
    assert len(both.rows(Duty)) == len({(one.place_id, one.planned_on) for one in both.rows(Duty)})


def test_days_away_become_gaps_and_leave(both: Desk) -> None:
    both.whole()
    away = {"volunteer_id": both.people[0], "first": TODAY + DAY, "last": TODAY + WEEK, "reason": "探亲"}
    with pytest.raises(Forbidden):
        both.do(rota_duties.set_away, **away)
    done = both.do(rota_duties.set_away, both.chief, **away)
    assert {"volunteer": "李永", "duties": 3, "dispatches": 0} == done
    without = [one.day for one in both.duties() if both.people[0] not in both.on(one)]
    assert [TODAY + n * DAY for n in (2, 4, 7)] == without and both.tick().idle
    (leave,) = both.rows(Leave)
    assert (both.people[0], 8 * DAY - DAY) == (leave.volunteer_id, leave.end - leave.start)
    with pytest.raises(Invalid):
        both.do(rota_duties.set_away, both.chief, **(away | {"last": TODAY}))


# -- swaps


def test_two_people_swap_a_day_or_nothing_happens(both: Desk) -> None:
    both.whole()
    both.cell(both.places[0], 4, 2, both.people[3:])
    wednesday, friday = both.duties()[1:3]
    two = {"volunteer_id": both.people[0], "other_duty_id": friday.id, "other_volunteer_id": both.people[3]}
    done = both.do(rota_duties.swap, duty_id=wednesday.id, version=wednesday.version, **two)
    told = [(one["volunteer"], one["start"]) for one in done["told"]]
    assert [("李永", friday.start.isoformat()), ("孙立", wednesday.start.isoformat())] == told
    assert {both.people[1], both.people[3]} == set(both.on(wednesday))
    assert {both.people[0], both.people[4]} == set(both.on(friday)) and both.tick().idle
    # Zhao is on leave on Friday: nobody moves.
    both.away(both.people[1], friday.start, friday.end)
    before = both.state()
    two = {"volunteer_id": both.people[1], "other_duty_id": friday.id, "other_volunteer_id": both.people[4]}
    with pytest.raises(Invalid, match="rotas.cannot"):
        both.do(rota_duties.swap, duty_id=wednesday.id, version=both.duties()[1].version, **two)
    assert before == both.state()


def test_two_at_one_hour_swap_their_compounds(desk: Desk) -> None:
    desk.whole()
    mine, other = desk.duties(0)[1], desk.duties(1)[1]
    two = {"volunteer_id": desk.people[0], "other_duty_id": other.id, "other_volunteer_id": desk.people[2]}
    desk.do(rota_duties.swap, duty_id=mine.id, version=mine.version, **two)
    assert (desk.people[1:3], desk.people[:1]) == (desk.on(mine), desk.on(other))


def test_swaps_that_are_none(desk: Desk) -> None:
    desk.whole()
    mine, other = desk.duties(0)[1], desk.duties(1)[1]
    base = {"duty_id": mine.id, "version": mine.version, "volunteer_id": desk.people[0], "other_duty_id": other.id}
    for values, key in (
        ({"other_volunteer_id": desk.people[0]}, "rotas.swap_two"),
        ({"other_volunteer_id": desk.people[4]}, "rotas.not_on_it"),
        ({"other_duty_id": mine.id, "other_volunteer_id": desk.people[1]}, "rotas.swap_two"),
        ({"other_duty_id": desk.duties(0)[2].id, "other_volunteer_id": desk.people[1]}, "rotas.on_it"),
    ):
        with pytest.raises(DashboardError, match=key):
            desk.do(rota_duties.swap, **(base | values))
    with pytest.raises(Invalid, match="rotas.past"):
        desk.do(rota_duties.swap, now=NOW + 5 * DAY, **(base | {"other_volunteer_id": desk.people[2]}))


DEEDS = st.lists(st.tuples(st.sampled_from(["swap", "off", "fill", "tick"]), st.integers(0, 99), st.integers(0, 99)))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=DEEDS)
def test_nobody_is_ever_twice_at_one_hour_and_swaps_keep_numbers(desk: Desk, deeds: Any) -> None:
    """Whatever is tried in whatever order: each hour has each person once; a swap leaves every duty's number of people
    and every day's; making the duties again changes nothing."""

    def empty(session: Any) -> None:
        for table in (DutyPerson, Duty):
            session.execute(delete(table))
        session.execute(update(Rota).values(ended_at=NOW))

    desk.database.write(empty)
    desk.whole()
    desk.cell(desk.places[0], 4, 2, desk.people[3:])
    for what, one, two in deeds:
        duties = desk.rows(Duty)
        mine, other = duties[one % len(duties)], duties[two % len(duties)]
        numbers = Counter(person.duty_id for person in desk.rows(DutyPerson))
        try:
            if what == "swap":
                hers, others = desk.on(mine), desk.on(other)
                if hers and others:
                    two_people = {
                        "volunteer_id": hers[two % len(hers)],
                        "other_volunteer_id": others[one % len(others)],
                    }
                    named = {"duty_id": mine.id, "version": mine.version, "other_duty_id": other.id}
                    desk.do(rota_duties.swap, **named, **two_people)
            elif what == "off" and desk.on(mine):
                values = {"duty_id": mine.id, "version": mine.version, "reason": "有事"}
                desk.do(rota_duties.take_off, **values, volunteer_id=desk.on(mine)[0])
            elif what == "fill":
                values = {"duty_id": mine.id, "version": mine.version}
                desk.do(rota_duties.put_on, **values, volunteer_id=desk.people[two % 5])
            else:
                before = desk.state()
                desk.tick()
                assert before == desk.state()
        except DashboardError:
            assert what in ("swap", "fill")
        if what in ("swap", "tick"):
            assert numbers == Counter(person.duty_id for person in desk.rows(DutyPerson))
        at = {duty.id: duty for duty in desk.rows(Duty)}
        for person in desk.people:
            hers = sorted((at[row.duty_id] for row in desk.rows(DutyPerson) if row.volunteer_id == person), key=_start)
            assert all(earlier.end <= later.start for earlier, later in pairwise(hers))


def _start(duty: Duty) -> datetime:
    return duty.start


@given(
    days=st.sets(st.integers(0, 6), min_size=1),
    changes=st.dictionaries(st.integers(0, 20), st.none() | st.integers(0, 20), max_size=6),
    cut=st.integers(0, 21),
)
def test_windows_that_tile_lose_and_double_no_day(days: set[int], changes: Any, cut: int) -> None:
    rule = core.week_rule(days)
    assert rule == parse(rule.text) and tuple(sorted(days)) == core.weekdays_of(rule)
    otherwise = {TODAY + n * DAY: None if to is None else TODAY + to * DAY for n, to in changes.items() if n != to}
    midnight = datetime(2026, 11, 15, 16, tzinfo=UTC)

    def between(first: int, last: int) -> tuple[core.Planned, ...]:
        span = (midnight + first * DAY, midnight + last * DAY)
        return core.planned(rule, START, 60, otherwise, *span)

    whole = between(0, 21)
    assert sorted(whole, key=_key) == sorted((*between(0, cut), *between(cut, 21)), key=_key)
    assert len(whole) == len({one.planned_on for one in whole})
    out = {day for day, to in otherwise.items() if to is None}
    assert {TODAY + n * DAY for n in range(21) if n % 7 in days} - out == {one.planned_on for one in whole}


def _key(one: core.Planned) -> tuple[datetime, date]:
    return one.start, one.planned_on


# -- signing, paper, rights


def test_a_duty_is_signed_as_attendance_and_writes_no_hours(both: Desk) -> None:
    both.whole()
    duty, later = both.duties()[0], NOW + timedelta(hours=3)
    said = {"duty_id": duty.id, "start": duty.start, "end": duty.end + timedelta(minutes=20)}
    both.do(rota_duties.sign, now=later, version=duty.version, came=both.people[:1], households=12, **said)
    (seen,) = both.week().duties[both.places[0], TODAY]
    assert (True, frozenset(both.people[:1]), 12, 0) == (seen.signed, seen.came, seen.households, seen.missing)
    both.do(rota_duties.sign, now=later, version=seen.version, came=both.people[:2], households=None, **said)
    (seen,) = both.week().duties[both.places[0], TODAY]
    assert (frozenset(both.people[:2]), None) == (seen.came, seen.households)
    with pytest.raises(Conflict, match="rotas.signed"):
        both.do(rota_duties.put_on, duty_id=duty.id, version=seen.version, volunteer_id=both.people[4])
    assert [] == both.rows(Service) and both.tick(later).idle
    assert 2 == sum(one.command == "rota_duties.sign" for one in both.rows(Audit))


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"came": []}, "rotas.nobody_came"),
        ({"came": "stranger"}, "rotas.was_not_on_it"),
        ({"households": -1}, "rotas.households"),
        ({"start": NOW - 11 * HOUR, "end": NOW - 10 * HOUR}, "rotas.other_day"),
        ({"end": NOW + DAY}, "dispatches.in_future"),
        ({"end": START}, "dispatches.no_hours"),
    ],
)
def test_what_can_t_be_signed(desk: Desk, values: dict[str, Any], key: str) -> None:
    desk.whole()
    duty = desk.duties()[0]
    said = {"duty_id": duty.id, "version": duty.version, "start": duty.start, "end": duty.end, "came": desk.people[:1]}
    if values.get("came") == "stranger":
        values = {"came": [desk.people[4]]}
    with pytest.raises(Invalid, match=key):
        desk.do(rota_duties.sign, now=NOW + timedelta(hours=3), **(said | values))


def test_the_sheet_of_a_week_is_logged(both: Desk) -> None:
    both.whole()
    made = both.do(rota_duties.make_sheet, rota_id=both.rota, monday=TODAY + 2 * DAY)
    assert ("七彩轮值", "七彩队", TODAY) == (made.name, made.team, made.week.monday)
    assert ["李永", "赵敏"] == [name for _, name in made.week.duties[both.places[0], TODAY][0].people]
    (looked,) = both.rows(AccessLog)
    assert ("export", "rota_sheet", both.rota) == (looked.kind, looked.subject, looked.subject_id)


def test_rights_and_reach(both: Desk) -> None:
    both.whole()
    duty = both.duties()[0]
    values = {"duty_id": duty.id, "version": duty.version, "volunteer_id": both.people[4]}
    for actor in (both.leader, both.far):
        with pytest.raises(Forbidden):
            both.do(rota_duties.put_on, actor, **values)
        with pytest.raises(Forbidden):
            both.do(rotas.add_place, actor, rota_id=both.rota, site_id=both.far_site)
        with pytest.raises((Forbidden, NotFound)):
            both.do(rota_duties.make_sheet, actor, rota_id=both.rota, monday=TODAY)
        with pytest.raises((Forbidden, NotFound)):
            both.week(actor)
    begin = {"name": "别队", "team_id": both.team, "weekdays": (0,), "start": START, "minutes": 60}
    with pytest.raises(Forbidden):
        both.do(rotas.create_rota, both.far, **begin)
    assert () == answer(both.database, rota_reading.plans, both.far, today=TODAY) and () == both.gaps(both.far)
    both.do(rota_duties.put_on, both.chief, **values)


def test_questions_of_the_page(desk: Desk) -> None:
    desk.whole()
    ask = {"actor": desk.worker}
    (plan,) = answer(desk.database, rota_reading.plans, today=TODAY, **ask)
    assert ("七彩队", "田站长", 60) == (plan.team, plan.responsible, plan.minutes)
    assert [(2, 2), (1, 1)] == [(place.cells[0].least, len(place.cells[0].people)) for place in plan.places]
    # Qian is at the other compound each time: she can swap at that hour only.
    named = {"duty_id": desk.duties()[0].id, "volunteer_id": desk.people[0]}
    (swap,) = answer(desk.database, rota_choices.swaps, now=NOW, **named, **ask)
    assert (desk.people[2], TODAY, "幸福小区1栋") == (swap.volunteer_id, swap.day, swap.place)
    desk.cell(desk.places[0], 4, 2, desk.people[3:])
    desk.away(desk.people[4], desk.duties()[0].start, desk.duties()[0].end)
    found = answer(desk.database, rota_choices.swaps, now=NOW, **named, **ask)
    assert [(2, TODAY), (3, TODAY + 4 * DAY), (3, TODAY + 11 * DAY)] == [
        (desk.people.index(one.volunteer_id), one.day) for one in found
    ]
    for one in found:
        values = {"other_duty_id": one.duty_id, "other_volunteer_id": one.volunteer_id, "version": 0}
        # Nothing but the version stands against it.
        with pytest.raises(Conflict, match="commands.changed_meanwhile"):
            desk.do(rota_duties.swap, **named, **values)
    named = answer(desk.database, rota_choices.members, team_id=desk.team, today=TODAY, **ask)
    assert 5 == len(named) and "李永" in dict(named).values()
    assert [(desk.team, "七彩队")] == list(answer(desk.database, rota_choices.teams, **ask))
    spots = answer(desk.database, rota_choices.spots, **ask)
    assert {("grid", desk.grids[0]), ("site", desk.site)} <= {spot[:2] for spot in spots}
    assert ("grid", desk.far_grid) not in {spot[:2] for spot in spots}


def test_whoever_is_on_duty_is_not_sent_anywhere_at_that_hour(both: Desk) -> None:
    both.whole()
    duty = both.duties()[1]

    def ask(session: Any) -> int:
        return int(a_need(session, start=duty.start, hours=1).id)

    need = both.database.write(ask)
    for volunteer_id, key in ((both.people[0], "dispatches.rule.keep_free"), (both.people[4], "")):
        try:
            both.do(dispatches.dispatch, both.chief, need_id=need, volunteer_ids=[volunteer_id])
            said = ""
        except Invalid as error:
            said = error.key
        assert key == said
