"""Teams in figures on both databases: the board, the rows behind each number, who sees which team and which names."""

from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from dashboard.core import figures
from dashboard.core.errors import Forbidden, Invalid, NotFound
from dashboard.core.figures import Satisfaction
from dashboard.core.permissions import Actor, system_actor
from dashboard.core.words import Grade, Role
from dashboard.services import pivot, team_days, team_rows, teams
from dashboard.services.figures import sheet
from dashboard.services.pivot import Dimension, Measure
from dashboard.services.questions import answer
from dashboard.services.teams import TeamRow
from db.engine import Database
from db.models import CatalogueItem, NeedEvent, Site, Team, Volunteer
from tests.builders import (
    COUNTY,
    NOW,
    a_category,
    a_grid,
    a_member,
    a_need,
    a_rating,
    a_service,
    a_site,
    a_team,
    a_volunteer,
    an_activity,
    an_actor,
)

ALL = system_actor(COUNTY)
TODAY = date(2026, 11, 16)
YEAR = figures.year_span(TODAY)


class Office:
    """Two stations with a team each; the rows every test below starts from."""

    def __init__(self, session: Session) -> None:
        self.centre = a_site(session)
        self.near, self.far = a_site(session, self.centre), a_site(session, self.centre)
        self.grid = a_grid(session, self.near)
        self.meals, self.repairs = a_category(session, "meals"), a_category(session, "repairs")
        self.team = a_team(session, self.near, name="甲队", kind="youth")
        self.other = a_team(session, self.far, name="乙队")
        self.busy = a_volunteer(session, self.near, name="李永")
        self.rested = a_volunteer(session, self.near, name="王芳")
        self.gone = a_volunteer(session, self.near, status="left")
        for volunteer in (self.busy, self.rested, self.gone):
            a_member(session, self.team, volunteer)
        a_member(session, self.other, self.busy)
        self.market = an_activity(session, self.team, self.near, category_id=self.meals.id)
        an_activity(session, self.team, self.near, category_id=self.meals.id, people_reached=None)
        self.need = a_need(session, self.near, state="rated", category_id=self.repairs.id, grid_id=self.grid.id)


@pytest.fixture
def office(any_database: Database) -> Office:
    return any_database.write(Office)


def board(database: Database, actor: Actor = ALL) -> dict[str, TeamRow]:
    return {row.name: row for row in answer(database, teams.board, actor, today=TODAY).rows}


def test_members_count_today_and_active_ones_served_for_this_team(any_database: Database, office: Office) -> None:
    def work(session: Session) -> None:
        a_service(session, office.busy, office.market, team=office.team)
        a_service(session, office.rested, office.market, team=office.team, start=NOW - timedelta(days=91))

    any_database.write(work)
    found = board(any_database)
    assert (found["甲队"].members, found["甲队"].active_members, found["甲队"].idle_members) == (2, 1, 1)
    assert (found["乙队"].members, found["乙队"].active_members) == (1, 0)
    assert (found["甲队"].kind, found["甲队"].site) == ("youth", office.near.name)


def test_services_fall_into_county_months_and_add_up_by_grade(any_database: Database, office: Office) -> None:
    months = figures.months_until(TODAY)

    def work(session: Session) -> None:
        for start, minutes, grade in (
            (months[0].start, 60, "A"),
            (months[0].start - timedelta(minutes=1), 999 % 900, "A"),
            (months[1].start - timedelta(minutes=1), 30, "B"),
            (months[11].start, 20, "C"),
            (NOW, 10, "C"),
        ):
            a_service(session, office.busy, office.market, team=office.team, start=start, minutes=minutes, grade=grade)

    any_database.write(work)
    team = board(any_database)["甲队"]
    assert [month.services for month in team.months] == [2] + [0] * 10 + [2]
    assert (team.services, team.minutes, team.graded) == (4, 120, (60, 30, 30))
    assert sum(team.graded) == team.minutes


def test_people_reached_is_unknown_and_not_zero_when_nobody_counted(any_database: Database, office: Office) -> None:
    any_database.write(lambda session: an_activity(session, office.other, people_reached=None))
    found = board(any_database)
    assert (found["甲队"].activities, found["甲队"].uncounted, found["甲队"].people_reached) == (2, 1, 40)
    assert (found["乙队"].activities, found["乙队"].uncounted, found["乙队"].people_reached) == (1, 1, None)


def test_satisfaction_leaves_silent_cases_out_and_counts_reopened_ones(any_database: Database, office: Office) -> None:
    def work(session: Session) -> None:
        for score in (5, 4, 2, None, None):
            a_rating(session, a_need(session, office.near), score, office.team)
        a_rating(session, office.need, 5, office.team)
        session.add(
            NeedEvent(
                county=COUNTY, need_id=office.need.id, from_state="rated", to_state="open", actor_id=0,
                happened_at=NOW, recorded_at=NOW,
            )
        )  # fmt: skip

    any_database.write(work)
    assert board(any_database)["甲队"].satisfaction == Satisfaction(satisfied=2, answered=4, asked=6)
    listed = answer(any_database, team_rows.ratings, ALL, team_id=office.team.id, since=YEAR[0], until=YEAR[1])
    verdicts = [figures.is_satisfied(row.score, row.outcome, row.reopened) for row in listed.rows]
    assert (listed.total, verdicts.count(True), verdicts.count(None)) == (6, 2, 2)


def test_coverage_counts_occasions_by_category_and_the_menu(any_database: Database, office: Office) -> None:
    def work(session: Session) -> None:
        for volunteer in (office.busy, office.rested):
            a_service(session, volunteer, office.need, team=office.team)
        for code, retired in (("i1", None), ("i2", TODAY)):
            item = CatalogueItem(county=COUNTY, code=code, name=code, category_id=office.repairs.id)
            item.team_id, item.retired_on = office.team.id, retired
            session.add(item)

    any_database.write(work)
    team = board(any_database)["甲队"]
    assert team.served == {office.meals.id: 2, office.repairs.id: 1}
    assert team.offered == {office.repairs.id: 1}


def test_the_board_adds_up_to_the_county_s_figures(county: Database) -> None:
    board = answer(county, teams.board, ALL, today=date(2026, 11, 20))
    found = board.rows
    whole = answer(county, sheet, ALL, now=NOW + timedelta(days=4)).values
    assert len(found) == whole["teams"].value
    assert sum(row.members for row in found) == whole["memberships"].value
    assert sum(row.activities for row in found) == whole["activities"].value
    assert sum(row.people_reached or 0 for row in found) == whole["people_reached"].value
    assert sum(row.services for row in found) + board.teamless.services == whole["services"].value
    assert sum(row.minutes for row in found) + board.teamless.minutes == whole["service_minutes"].value
    assert sum(row.satisfaction.asked for row in found) + board.teamless.asked == whole["ratings_asked"].value


def test_a_station_sees_its_teams_and_the_shared_ones_without_their_names(
    any_database: Database, office: Office
) -> None:
    def work(session: Session) -> None:
        far = a_volunteer(session, office.far, name="赵远山")
        shared = a_team(session, office.far, name="丙队", shared=True)
        a_member(session, shared, far)
        a_service(session, far, an_activity(session, shared, office.far), team=shared)

    any_database.write(work)
    worker = an_actor(Role.STATION_WORKER, office.near)
    found = board(any_database, worker)
    assert {name: row.within_reach for name, row in found.items()} == {"甲队": True, "丙队": False}
    shared = found["丙队"]
    listed = answer(any_database, team_rows.members, worker, team_id=shared.id, today=TODAY)
    assert [(row.name, row.within_reach) for row in listed.rows] == [("赵**", False)]
    records = answer(any_database, team_rows.services, worker, team_id=shared.id, since=YEAR[0], until=YEAR[1])
    assert [row.volunteer for row in records.rows] == ["赵**"]
    with pytest.raises(NotFound):
        answer(any_database, team_rows.members, worker, team_id=office.other.id, today=TODAY)


def test_a_leader_gets_figures_and_no_person(any_database: Database, office: Office) -> None:
    any_database.write(lambda session: a_service(session, office.busy, office.market, team=office.team))
    leader = an_actor(Role.LEADER)
    assert board(any_database, leader)["甲队"].services == 1
    records = answer(any_database, team_rows.services, leader, team_id=office.team.id, since=YEAR[0], until=YEAR[1])
    assert [row.volunteer for row in records.rows] == [""]
    with pytest.raises(Forbidden):
        answer(any_database, team_rows.members, leader, team_id=office.team.id, today=TODAY)


def test_idle_members_are_those_the_board_counts(any_database: Database, office: Office) -> None:
    def work(session: Session) -> None:
        a_service(session, office.busy, office.market, team=office.team, minutes=30)
        a_service(session, office.rested, office.market, team=office.team, start=NOW - timedelta(days=200))

    any_database.write(work)
    team = board(any_database)["甲队"]

    def names(**values: object) -> list[str]:
        listed = answer(any_database, team_rows.members, ALL, team_id=team.id, today=TODAY, **values)
        assert listed.total == (team.idle_members if values.get("idle") else team.members)
        return [row.name for row in listed.rows]

    assert names(idle=True) == ["王芳"]
    assert names() == ["王芳", "李永"]
    assert names(page=1, size=1) == ["李永"]


def test_the_rows_count_up_to_the_numbers(any_database: Database, office: Office) -> None:
    def work(session: Session) -> None:
        for day in range(5):
            a_service(
                session, office.busy, office.need, team=office.team, minutes=30 + day, grade="AB"[day % 2],
                start=NOW - timedelta(days=day),
            )  # fmt: skip
        a_service(session, office.busy, office.market, team=office.team, start=NOW - timedelta(days=400))

    any_database.write(work)
    team = board(any_database)["甲队"]
    span = {"team_id": team.id, "since": YEAR[0], "until": YEAR[1]}
    records = answer(any_database, team_rows.services, ALL, **span)
    assert (records.total, sum(row.minutes for row in records.rows)) == (team.services, team.minutes)
    assert records.rows[0].start > records.rows[-1].start
    assert (records.rows[0].occasion, records.rows[0].place) == (office.need.code, office.grid.name)
    graded = answer(any_database, team_rows.services, ALL, **span, grade=Grade.A)
    assert sum(row.minutes for row in graded.rows) == team.graded[0]
    held = answer(any_database, team_rows.activities, ALL, **span)
    assert (held.total, sum(row.people_reached or 0 for row in held.rows)) == (team.activities, team.people_reached)
    found = answer(any_database, team_days.places, ALL, team_id=team.id, today=TODAY)
    assert [(place.grid_id, place.services) for place in found] == [(office.grid.id, 5)]
    month = figures.months_until(TODAY)[-1]
    days = answer(any_database, team_days.days, ALL, team_id=team.id, month=month)
    assert len(days) == 30
    assert sum(day.services for day in days) == team.months[-1].services
    assert [day.day.day for day in days if day.services] == [12, 13, 14, 15, 16]
    assert sum(day.activities for day in days) == 2


def test_late_evening_belongs_to_its_county_day(any_database: Database, office: Office) -> None:
    evening = figures.day_span(date(2026, 11, 10))[1] - timedelta(minutes=1)
    any_database.write(lambda session: a_service(session, office.busy, office.need, team=office.team, start=evening))
    month = figures.months_until(TODAY)[-1]
    days = answer(any_database, team_days.days, ALL, team_id=office.team.id, month=month)
    assert [day.day for day in days if day.services] == [date(2026, 11, 10)]


@pytest.mark.parametrize("columns", [dimension for dimension in Dimension if dimension is not Dimension.TEAM])
def test_every_cross_table_adds_up_to_the_whole(any_database: Database, office: Office, columns: Dimension) -> None:
    def work(session: Session) -> None:
        for team, volunteer, occasion in _mixed(session, office):
            a_service(session, volunteer, occasion, team=team, minutes=40)

    any_database.write(work)
    values = {"rows": Dimension.TEAM, "columns": columns, "today": TODAY}
    minutes = answer(any_database, pivot.pivot, ALL, measure=Measure.MINUTES, **values)
    assert sum(cell.value for cell in minutes.cells) == minutes.whole == 160
    people = answer(any_database, pivot.pivot, ALL, measure=Measure.PEOPLE, **values)
    assert people.whole == 2


def _mixed(session: Session, office: Office) -> list[tuple[Team, Volunteer, object]]:
    away = an_activity(session, office.other, office.far)
    return [
        (office.team, office.busy, office.market),
        (office.team, office.rested, office.need),
        (office.other, office.busy, away),
        (office.other, office.busy, office.need),
    ]


def test_two_teams_of_one_name_stay_two(any_database: Database, office: Office) -> None:
    def work(session: Session) -> Site:
        twin = a_team(session, office.near, name="甲队")
        for team in (office.team, twin):
            a_service(session, office.busy, office.market, team=team)
        return twin

    any_database.write(work)
    values = {"rows": Dimension.TEAM, "columns": Dimension.GRADE, "measure": Measure.SERVICES, "today": TODAY}
    assert [cell.value for cell in answer(any_database, pivot.pivot, ALL, **values).cells] == [1, 1]


def test_a_dimension_cannot_cross_itself(database: Database) -> None:
    same = {"rows": Dimension.MONTH, "columns": Dimension.MONTH, "measure": Measure.SERVICES, "today": TODAY}
    with pytest.raises(Invalid):
        answer(database, pivot.pivot, ALL, **same)
