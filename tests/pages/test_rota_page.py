"""Rotas on page Rounds: begun, people set, gaps filled, swapped, signed, printed; for whom it is there."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update
from streamlit.testing.v1 import AppTest

from dashboard.core.figures import county_today
from dashboard.core.permissions import system_actor
from dashboard.core.rotas import monday_of, on_day
from dashboard.core.words import Role
from dashboard.services import rotas
from dashboard.services.commands import perform
from dashboard.services.signins import SAMPLE_USERNAMES
from dashboard.text import text
from db.engine import Database
from db.models import (
    Account,
    Availability,
    Duty,
    DutyPerson,
    Grid,
    Leave,
    Membership,
    Rota,
    RotaPlace,
    Service,
    Team,
    Volunteer,
)
from tests.builders import COUNTY
from tests.pages.conftest import Visit

ACTOR = system_actor(COUNTY)
NAUGHTY = "幸福[小区](x)"


def now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    return county_today(now())


class Squad:
    """A team with four members who are free at any time, and two grids."""

    def __init__(self, county: Database) -> None:
        self.county = county

        def free(session: Any) -> None:
            self.team, self.name = session.execute(
                select(Team.id, Team.name)
                .join(Membership, Membership.team_id == Team.id)
                .join(Volunteer, Volunteer.id == Membership.volunteer_id)
                .where(Team.active, Membership.valid_to.is_(None), Volunteer.status == "active")
                .group_by(Team.id, Team.name)
                .order_by(func.count().desc(), Team.id)
            ).first()
            mine = select(Membership.volunteer_id).where(Membership.team_id == self.team, Membership.valid_to.is_(None))
            rows = session.scalars(
                select(Volunteer).where(Volunteer.id.in_(mine), Volunteer.status == "active").order_by(Volunteer.id)
            ).all()
            self.people = [row.id for row in rows[:4]]
            # The sample's own plans must not get in the way of the test's.
            for table in (Availability, Leave):
                session.execute(delete(table).where(table.volunteer_id.in_(self.people)))
            session.execute(
                update(Volunteer).where(Volunteer.id.in_(self.people)).values(availability_known=False, consent="given")
            )
            self.grids = list(
                session.scalars(select(Grid.id).where(Grid.valid_to.is_(None)).order_by(Grid.id).limit(2))
            )

        county.write(free)

    def begin(self, *, ago: int = 0) -> int:
        """Every day at six in the evening, from so many days ago; two of the four at each of two compounds."""
        at = now() - timedelta(days=ago)
        start = on_day(county_today(at), time(18)).astimezone(UTC)
        values = {"team_id": self.team, "weekdays": tuple(range(7)), "start": start, "minutes": 60}
        made = perform(self.county, rotas.create_rota, ACTOR, now=at, name="七彩轮值", **values)
        self.rota = int(made["rota_id"])
        for n, grid in enumerate(self.grids):
            added = perform(
                self.county, rotas.add_place, ACTOR, now=at, rota_id=self.rota, grid_id=grid, name=f"小区{n}", least=2
            )
            for weekday in range(7):
                people = tuple(self.people[2 * n : 2 * n + 2])
                cell = {"place_id": added["place_id"], "weekday": weekday, "least": 2, "people": people}
                perform(self.county, rotas.set_cell, ACTOR, now=at, rota_id=self.rota, version=self.version(), **cell)
        return self.rota

    def version(self) -> int:
        with self.county.read() as session:
            return session.get_one(Rota, self.rota).version

    def rows(self, table: Any) -> list[Any]:
        with self.county.read() as session:
            found = list(session.scalars(select(table).order_by(table.id)))
            session.expunge_all()
            return found

    def coming(self) -> list[Duty]:
        """Of the first compound, those of tomorrow and later, the first first."""
        first = self.rows(RotaPlace)[0].id
        return sorted((d for d in self.rows(Duty) if d.place_id == first and d.day > today()), key=lambda d: d.day)

    def on(self, duty_id: int) -> set[int]:
        return {row.volunteer_id for row in self.rows(DutyPerson) if row.duty_id == duty_id}


@pytest.fixture
def squad(county: Database) -> Squad:
    return Squad(county)


def view(page: AppTest) -> AppTest:
    return page.segmented_control(key="rounds.view").set_value("rotas").run()


def said(page: AppTest) -> str:
    boxes = (*page.info, *page.success, *page.error, *page.markdown, *page.caption)
    return "\n".join([*(str(box.value) for box in boxes), *(str(table.value.values) for table in page.table)])


def pick(page: AppTest, duty: Duty) -> AppTest:
    """Its week, and in it this duty."""
    page.session_state["rotas.monday"] = monday_of(duty.day)
    page = page.run()
    return page.selectbox(key="rotas.duty").set_value(duty.id).run()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.STATION_WORKER, Role.ADMIN])
def test_an_empty_desk_says_so_in_words(visit: Visit, role: Role, language: str) -> None:
    page = view(visit("rounds", role, language))
    assert not page.exception and text(language, "rotas.none") in said(page)


def test_a_leader_has_no_such_page(visit: Visit, squad: Squad) -> None:
    squad.begin()
    page = visit("rounds", Role.LEADER)
    assert not page.segmented_control and "七彩轮值" not in said(page)


@pytest.mark.parametrize(("role", "may"), [(Role.STATION_WORKER, False), (Role.COORDINATOR, True)])
def test_leave_is_entered_by_those_who_may_change_profiles(visit: Visit, squad: Squad, role: Role, may: bool) -> None:
    squad.begin()
    duty = squad.coming()[0]

    def give_to_the_station(session: Any) -> None:
        station = select(Account.site_id).where(Account.username == SAMPLE_USERNAMES[Role.STATION_WORKER])
        session.get_one(Team, squad.team).site_id = session.scalar(station)

    squad.county.write(give_to_the_station)
    page = pick(view(visit("rounds", role)), duty)
    buttons = {button.key for button in page.button}
    assert {f"rotas.off.{duty.id}", f"rotas.swap.{duty.id}", "rotas.sheet"} <= buttons
    assert may == ("rotas.away" in buttons) and not page.exception


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_rota_is_begun_and_its_people_set(visit: Visit, squad: Squad, language: str) -> None:
    page = view(visit("rounds", Role.COORDINATOR, language))
    page.button(key="rotas.new.begin").click().run()
    assert text(language, "rotas.no_name") in said(page)
    page.text_input(key="rotas.new.name").set_value("七彩轮值")
    page.selectbox(key="rotas.new.team").set_value(squad.team)
    page.button(key="rotas.new.begin").click().run()
    (rota,) = squad.rows(Rota)
    assert not page.exception and text(language, "rotas.no_places") in said(page)
    key = f"rotas.place.{rota.id}"
    page.button(key=key).click().run()
    assert text(language, "rotas.of_what") in said(page)
    page.selectbox(key=f"{key}.spot").set_value(("grid", squad.grids[0]))
    page.text_input(key=f"{key}.name").set_value(NAUGHTY)
    page.number_input(key=f"{key}.least").set_value(2)
    page.button(key=key).click().run()
    (place,) = squad.rows(RotaPlace)
    assert not page.exception and "](x)" not in said(page).replace("\\]\\(x\\)", "")
    page.selectbox(key=f"rotas.cell.day.{rota.id}").set_value(2).run()
    squad.rota = rota.id
    key = f"rotas.cell.{place.id}.2.{squad.version()}"
    page.multiselect(key=f"{key}.people").set_value(squad.people[:2]).run()
    page.button(key="rotas.cell.set").click().run()
    assert not page.exception and text(language, "rotas.done.cell", gaps=0) in said(page)
    wednesdays = [duty for duty in squad.rows(Duty) if duty.day.weekday() == 2]
    assert wednesdays and all(set(squad.people[:2]) == squad.on(duty.id) for duty in wednesdays)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_gap_is_named_and_filled_from_the_top_of_the_page(visit: Visit, squad: Squad, language: str) -> None:
    squad.begin()
    tomorrow = squad.coming()[0]
    page = pick(view(visit("rounds", Role.COORDINATOR, language)), tomorrow)
    page.selectbox(key=f"rotas.off.{tomorrow.id}.who").set_value(squad.people[1])
    page.button(key=f"rotas.off.{tomorrow.id}").click().run()
    assert text(language, "needs.reason_wanted") in said(page)
    page.text_input(key=f"rotas.off.{tomorrow.id}.reason").set_value("感冒")
    page.button(key=f"rotas.off.{tomorrow.id}").click().run()
    assert not page.exception and squad.people[:1] == list(squad.on(tomorrow.id))
    assert text(language, "rotas.gaps", count=1, days=3) in said(page)
    assert text(language, "rotas.missing", count=1) in said(page)
    page = page.segmented_control(key="rounds.view").set_value("meals").run()
    page.button(key=f"rotas.gap.{tomorrow.id}.go").click().run()
    assert tomorrow.id == page.selectbox(key="rotas.duty").value
    who = page.selectbox(key=f"rotas.fill.{tomorrow.id}.who")
    assert not {squad.people[0], squad.people[2], squad.people[3]} & set(who.options)
    who.set_value(squad.people[1]).run()
    page.button(key=f"rotas.fill.{tomorrow.id}").click().run()
    assert not page.exception and set(squad.people[:2]) == squad.on(tomorrow.id)
    assert text(language, "rotas.gaps", count=1, days=3) not in said(page)


def test_two_swap_and_the_words_for_both_are_there_to_copy(visit: Visit, squad: Squad) -> None:
    squad.begin()
    duty = squad.coming()[0]
    (other,) = [d for d in squad.rows(Duty) if d.day == duty.day and d.place_id != duty.place_id]
    page = pick(view(visit("rounds")), duty)
    page.selectbox(key=f"rotas.swap.{duty.id}.who").set_value(squad.people[0])
    page.selectbox(key=f"rotas.swap.{duty.id}.with").set_value((other.id, squad.people[2]))
    page.button(key=f"rotas.swap.{duty.id}").click().run()
    assert not page.exception and text("zh", "rotas.done.swapped") in said(page)
    assert {squad.people[1], squad.people[2]} == squad.on(duty.id) and squad.people[0] in squad.on(other.id)
    assert ["小区1" in page.code[0].value, "小区0" in page.code[1].value] == [True, True]
    page.button(key="rotas.told_close").click().run()
    assert not page.code and not page.exception


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_duty_that_was_is_signed_and_says_that_no_hours_count(visit: Visit, squad: Squad, language: str) -> None:
    squad.begin(ago=2)
    duty = next(d for d in squad.rows(Duty) if d.end < now())
    before = len(squad.rows(Service))
    page = pick(view(visit("rounds", Role.COORDINATOR, language)), duty)
    assert text(language, "rotas.sign_lead") in said(page) and text(language, "rotas.to_sign") in said(page)
    key = f"rotas.sign.{duty.id}"
    page.multiselect(key=f"{key}.came").set_value(sorted(squad.on(duty.id))[:1])
    page.number_input(key=f"{key}.households").set_value(9)
    page.button(key=key).click().run()
    assert not page.exception and text(language, "rotas.done.signed") in said(page)
    assert text(language, "rotas.signed_cell", came=1, households=9).split(" · ")[1] in said(page)
    signed = next(d for d in squad.rows(Duty) if d.id == duty.id)
    assert (9, duty.start, duty.end) == (signed.households, signed.began_at, signed.left_at)
    assert before == len(squad.rows(Service))


def test_days_are_left_out_and_put_back_and_somebody_is_away(visit: Visit, squad: Squad) -> None:
    one = squad.begin()
    duty = squad.coming()[0]
    page = view(visit("rounds"))
    page.date_input(key=f"rotas.day.{one}.day").set_value(duty.day)
    page.text_input(key=f"rotas.day.{one}.reason").set_value("运动会")
    page.button(key=f"rotas.day.{one}").click().run()
    assert not page.exception and duty.id not in {row.id for row in squad.rows(Duty)} and "运动会" in said(page)
    page.button(key=f"rotas.restore.{one}.{duty.day}").click().run()
    assert not page.exception and duty.day == squad.coming()[0].day
    page.selectbox(key="rotas.away.who").set_value(squad.people[0]).run()
    for field in ("first", "last"):
        page.date_input(key=f"rotas.away.{field}").set_value(duty.day)
    page.button(key="rotas.away").click().run()
    assert not page.exception and {squad.people[1]} == squad.on(squad.coming()[0].id)
    assert text("zh", "rotas.gaps", count=1, days=3) in said(page)


def test_the_week_is_turned_and_printed(visit: Visit, squad: Squad) -> None:
    squad.begin()
    page = view(visit("rounds"))
    assert page.button(key="rotas.this_week").disabled
    page.button(key="rotas.later").click().run()
    assert not page.button(key="rotas.this_week").disabled and page.table
    page.button(key="rotas.sheet").click().run()
    page.button(key="rotas.sheet.make").click().run()
    assert not page.exception and "小区1" in str(page.table[0].value.values) and 8 == len(page.table[0].value.columns)
    page.button(key="rotas.sheet.back").click().run()
    assert not page.exception and "rotas" == page.segmented_control(key="rounds.view").value
    for _ in range(3):
        page.button(key="rotas.later").click().run()
    assert text("zh", "rotas.not_made") in said(page) and not page.exception
