"""What the desk is told without having asked: once each, to whoever works there, while it holds; on both databases."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from dashboard.core.errors import Conflict, Forbidden, NotFound
from dashboard.core.notices import Kind
from dashboard.core.permissions import Actor
from dashboard.services import meals, needs, notices
from dashboard.services.commands import perform
from dashboard.services.questions import answer, forget_all
from dashboard.services.ticks import tick
from db.engine import Database
from db.models import Leave, Notice
from tests.builders import COUNTY, NOW
from tests.services import test_meals, test_rotas, test_series
from tests.services.test_held_hours import Room

DAY = timedelta(days=1)


def told(database: Database, actor: Actor, now: Any = NOW) -> list[notices.Line]:
    forget_all()  # leave is entered past the commands in these tests
    return list(answer(database, notices.open_notices, actor, now=now))


def away(database: Database, volunteer_id: int) -> None:
    """For a week."""
    row = Leave(county=COUNTY, volunteer_id=volunteer_id, start=NOW - DAY, end=NOW + 7 * DAY)
    database.write(lambda session: session.add(row))


@pytest.fixture
def desk(any_database: Database) -> test_series.Desk:
    return test_series.Desk(any_database)


def test_a_visit_of_the_next_days_with_nobody_sent_is_told_once(desk: test_series.Desk) -> None:
    series_id = desk.begin(keeper_id=desk.li)
    assert tick(desk.database, COUNTY, NOW).alarms == 1
    assert tick(desk.database, COUNTY, NOW + timedelta(hours=1)).alarms == 0
    (line,) = told(desk.database, desk.worker)
    first = desk.needs(series_id)[0]
    assert (line.kind, line.need_id, line.code, line.start) == (Kind.VISIT_GAP, first.id, first.code, test_series.FIRST)
    assert "张" not in str(line)
    assert told(desk.database, desk.chief) == [line] and told(desk.database, desk.far) == []
    with pytest.raises(Forbidden):
        told(desk.database, desk.leader)


def test_it_goes_when_somebody_is_sent_and_comes_back_when_she_falls_out(desk: test_series.Desk) -> None:
    series_id = desk.begin(keeper_id=desk.li)
    tick(desk.database, COUNTY, NOW)
    need = desk.needs(series_id)[0].id
    sent = desk.send(need, desk.li, test_series.FIRST)
    assert told(desk.database, desk.worker) == []
    desk.do(test_series.dispatches.decline, dispatch_id=sent, reason="有事")
    assert [line.need_id for line in told(desk.database, desk.worker)] == [need]
    assert told(desk.database, desk.worker, test_series.FIRST + timedelta(minutes=1)) == []


def test_what_somebody_has_seen_to_is_told_no_more(desk: test_series.Desk) -> None:
    desk.begin()
    tick(desk.database, COUNTY, NOW)
    (line,) = told(desk.database, desk.worker)
    for other, error in ((desk.far, Forbidden), (desk.leader, Forbidden)):
        with pytest.raises(error):
            desk.do(notices.close, other, notice_id=line.id)
    with pytest.raises(NotFound):
        desk.do(notices.close, notice_id=line.id + 99)
    desk.do(notices.close, desk.worker, notice_id=line.id)
    with pytest.raises(Conflict):
        desk.do(notices.close, notice_id=line.id)
    assert told(desk.database, desk.worker) == [] and tick(desk.database, COUNTY, NOW + DAY).alarms == 0


def test_what_is_over_takes_no_place_in_the_list(desk: test_series.Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notices, "SHOWN", 2)
    desk.begin("FREQ=MONTHLY")
    tick(desk.database, COUNTY, NOW)

    def past(session: Any) -> None:
        for n in range(5):
            values = {"start": NOW - DAY, "end": NOW, "created_at": NOW + DAY, "subject_id": 1}
            session.add(Notice(county=COUNTY, kind=Kind.VISIT_GAP, about=f"past {n}", site_id=desk.site, **values))

    desk.database.write(past)
    assert [line.start for line in told(desk.database, desk.worker)] == [test_series.FIRST]


def test_two_ticks_at_once_tell_once(desk: test_series.Desk) -> None:
    desk.begin()
    with desk.database.read() as session:
        (alarm,) = notices._visits(session, desk.chief, NOW)
    perform(desk.database, notices.tell_alarm, desk.chief, now=NOW, alarm=alarm)
    with pytest.raises(Conflict, match="not_due"):
        perform(desk.database, notices.tell_alarm, desk.chief, now=NOW, alarm=alarm)
    with desk.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Notice)) == 1


def test_a_visit_that_could_not_be_made_a_need_is_told_by_its_series(desk: test_series.Desk) -> None:
    desk.begin("FREQ=DAILY")
    later = NOW + 60 * DAY
    assert notices.raise_alarms(desk.database, COUNTY, later) == 3
    found = told(desk.database, desk.worker, later)
    assert {(line.subject, line.code, line.need_id) for line in found} == {("送餐", "", None)}


def test_a_meal_round_that_nobody_can_carry_is_told(any_database: Database) -> None:
    kitchen = test_meals.Desk(any_database)
    kitchen.whole()
    assert tick(any_database, COUNTY, NOW).alarms == 0
    away(any_database, kitchen.li)
    assert tick(any_database, COUNTY, NOW).alarms == 0, "there is the substitute"
    away(any_database, kitchen.zhao)
    assert tick(any_database, COUNTY, NOW).alarms == 2, "today's round is made and has its carrier"
    lines = told(any_database, kitchen.worker)
    assert {(line.kind, line.subject, line.need_id) for line in lines} == {(Kind.MEAL_GAP, "中午送餐", None)}
    shown = kitchen.round()
    kitchen.do(meals.end_round, round_id=shown.id, version=shown.version, reason="停办")
    assert told(any_database, kitchen.worker) == []


def test_a_duty_with_too_few_people_is_told_until_there_are_enough(any_database: Database) -> None:
    squad = test_rotas.Desk(any_database)
    squad.whole()
    tick(any_database, COUNTY, NOW)
    assert told(any_database, squad.worker) == []
    squad.cell(squad.places[0], 2, 3, squad.people[:2])
    assert tick(any_database, COUNTY, NOW).alarms == 1
    (line,) = told(any_database, squad.worker)
    assert (line.kind, line.subject, line.need_id) == (Kind.DUTY_GAP, "幸福小区0栋", None)
    assert told(any_database, squad.far) == []
    squad.cell(squad.places[0], 2, 2, squad.people[:2])
    tick(any_database, COUNTY, NOW)
    assert told(any_database, squad.worker) == []


def test_held_hours_are_told_until_they_are_decided(any_database: Database) -> None:
    room = Room(any_database)
    need = room.told_not()
    (line,) = told(any_database, room.judge)
    assert (line.kind, line.need_id) == (Kind.HOURS_HELD, need)
    room.decide("kept")
    assert told(any_database, room.judge) == []


def test_a_grade_that_repeats_raised_is_told_while_the_need_lasts(desk: test_series.Desk) -> None:
    first = desk.do(needs.create, order=desk.order())["need_id"]
    for hours in (1, 2, 3):
        desk.do(needs.create, now=NOW + timedelta(hours=hours), order=desk.order(), repeats=first)
    later = NOW + timedelta(hours=4)
    (line,) = told(desk.database, desk.worker, later)
    assert (line.kind, line.need_id) == (Kind.RAISED, first)
    desk.do(needs.cancel, now=later, need_id=first, reason="已解决")
    assert told(desk.database, desk.worker, later) == []
