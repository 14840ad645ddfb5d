"""Standby: asked in order before the ranked list, under the same checks as any dispatch; on both databases."""

from datetime import timedelta
from typing import Any

import pytest

from dashboard.core.errors import Conflict, DashboardError, Forbidden, Invalid, NotFound
from dashboard.core.words import Role
from dashboard.services import dispatches, holds, needs, standbys
from db.engine import Database
from db.models import Standby, Volunteer
from tests.builders import actor_for, an_account
from tests.services.planning import START
from tests.services.ticking import Clockwork


@pytest.fixture
def desk(any_database: Database) -> Clockwork:
    return Clockwork(any_database)


@pytest.fixture
def quick(database: Database) -> Clockwork:
    return Clockwork(database)


def put(desk: Clockwork, need_id: int, *people: int) -> None:
    for one in people:
        desk.do(standbys.add_standby, need_id=need_id, volunteer_id=one)


def order(desk: Clockwork, need_id: int) -> list[int]:
    return [one.volunteer_id for one in desk.ask(standbys.standby_list, need_id=need_id).waiting]


def ask_first(desk: Clockwork, need_id: int, **values: Any) -> Any:
    return desk.do(standbys.offer_standby, need_id=need_id, role_id=desk.role(need_id), **values)


def refused(kind: type[DashboardError], key: str, deed: Any, desk: Clockwork, **values: Any) -> None:
    with pytest.raises(kind) as found:
        desk.do(deed, **values)
    assert key == found.value.key


def test_after_a_no_the_first_on_standby_is_asked_before_the_nearest(desk: Clockwork) -> None:
    desk.wish(on=True)
    need, first = desk.need(), desk.volunteer("甲")
    near, far, farther = desk.volunteer("近", 0.5), desk.volunteer("远", 3), desk.volunteer("更远", 4)
    offer = desk.send(need, first)[0]
    put(desk, need, farther, far)
    desk.do(standbys.raise_standby, standby_id=desk.rows(Standby, volunteer_id=far)[0].id)
    assert [far, farther] == order(desk, need)
    desk.decline(offer)
    assert 1 == desk.tick().offered
    assert [(first, "declined"), (far, "offered")] == desk.asked(need)
    assert [farther] == order(desk, need) and desk.tick().idle
    for wanted in (farther, near):
        desk.decline(desk.rows(dispatches.Dispatch, need_id=need)[-1].id)
        assert 1 == desk.tick().offered
        assert (wanted, "offered") == desk.asked(need)[-1]
    assert [] == list(desk.faults(START))


def test_who_fits_no_longer_is_dropped_with_the_rule_and_the_next_has_her_turn(desk: Clockwork) -> None:
    need, away, busy, third = desk.need(), *(desk.volunteer(name) for name in "甲乙丙")
    put(desk, need, away, busy, third)
    desk.send(desk.need(), busy)
    desk.database.write(lambda session: setattr(session.get_one(Volunteer, away), "status", "paused"))
    done = ask_first(desk, need)
    assert (third, 2, "丙") == (done["offered"], done["dropped"], done["volunteer"])
    assert [(third, "offered")] == desk.asked(need)
    found = {row.volunteer_id: (row.outcome, row.why) for row in desk.rows(Standby)}
    assert {away: ("dropped", "dispatches.rule.active"), third: ("offered", "")} == {
        one: found[one] for one in (away, third)
    }
    assert "dropped" == found[busy][0] and found[busy][1] in ("dispatches.taken_by", "dispatches.no_time_to_travel")
    assert 2 == len(desk.ask(standbys.standby_list, need_id=need).dropped)
    assert 2 == len(desk.deeds("standbys.offer_standby")[0].after["dropped"])


def test_when_nobody_on_the_list_fits_the_tick_goes_on_with_the_ranked(quick: Clockwork) -> None:
    quick.wish(on=True)
    need, first, away, near = quick.need(), *(quick.volunteer(name) for name in "甲乙丙")
    offer = quick.send(need, first)[0]
    put(quick, need, away)
    quick.database.write(lambda session: setattr(session.get_one(Volunteer, away), "status", "paused"))
    quick.decline(offer)
    assert 1 == quick.tick().offered
    assert (near, "offered") == quick.asked(need)[-1] and [] == order(quick, need)


def test_without_the_setting_nobody_is_asked_until_a_coordinator_does(quick: Clockwork) -> None:
    need, first, second = quick.need(), quick.volunteer("甲"), quick.volunteer("乙")
    offer = quick.send(need, first)[0]
    put(quick, need, second)
    refused(Conflict, "dispatches.filled_by", standbys.offer_standby, quick, need_id=need, role_id=quick.role(need))
    quick.do(dispatches.cancel, dispatch_id=offer, reason="换人")
    assert quick.tick().idle and [second] == order(quick, need)
    assert second == ask_first(quick, need)["offered"]
    refused(Conflict, "standbys.nobody", standbys.offer_standby, quick, need_id=need, role_id=quick.role(need))


def test_who_is_sent_by_hand_waits_no_longer_and_nobody_is_on_it_twice(quick: Clockwork) -> None:
    need, first, second = quick.need(people=2), quick.volunteer("甲"), quick.volunteer("乙")
    put(quick, need, first, second)
    refused(Conflict, "standbys.twice", standbys.add_standby, quick, need_id=need, volunteer_id=first)
    quick.send(need, first)
    assert [second] == order(quick, need)
    refused(Conflict, "standbys.asked_already", standbys.add_standby, quick, need_id=need, volunteer_id=first)


def test_a_list_is_kept_within_its_bounds(quick: Clockwork) -> None:
    need, first, second = quick.need(), quick.volunteer("甲"), quick.volunteer("乙")
    put(quick, need, first, second)
    ids = {row.volunteer_id: row.id for row in quick.rows(Standby)}
    refused(Invalid, "standbys.first_already", standbys.raise_standby, quick, standby_id=ids[first])
    quick.do(standbys.remove_standby, standby_id=ids[first])
    refused(NotFound, "standbys.gone", standbys.remove_standby, quick, standby_id=ids[first])
    put(quick, need, first)
    assert [second, first] == order(quick, need) and 2 == len(quick.rows(Standby))
    refused(NotFound, "constraints.no_such_volunteer", standbys.add_standby, quick, need_id=need, volunteer_id=99999)
    refused(Invalid, "dispatches.no_such_role", standbys.add_standby, quick, need_id=need, volunteer_id=1, role_id=-1)
    worker = actor_for(quick.make(an_account, Role.STATION_WORKER))
    refused(Forbidden, "permissions.role", standbys.add_standby, quick, actor=worker, need_id=need, volunteer_id=first)
    quick.do(needs.cancel, need_id=need, reason="不要了")
    refused(Conflict, "dispatches.need_cancelled", standbys.add_standby, quick, need_id=need, volunteer_id=first)


def test_a_held_need_and_a_time_gone_by_drop_nobody(quick: Clockwork) -> None:
    need, first = quick.need(), quick.volunteer("甲")
    put(quick, need, first)
    quick.do(holds.hold, quick.wang, need_id=need)
    role = quick.role(need)
    refused(Conflict, "holds.held_by", standbys.offer_standby, quick, need_id=need, role_id=role)
    late = START + timedelta(days=2)
    refused(Invalid, "dispatches.time_past", standbys.offer_standby, quick, now=late, need_id=need, role_id=role)
    assert [first] == order(quick, need)
