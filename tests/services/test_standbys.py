"""Standby: asked in order before the ranked list, under the same checks as any dispatch; on both databases."""

from datetime import timedelta
from typing import Any

import pytest

from dashboard.core.errors import Conflict, DashboardError, Forbidden, Invalid, NotFound
from dashboard.core.words import Role
from dashboard.services import dispatches, hand_over_orders, holds, matches, needs, standbys
from db.engine import Database
from db.models import Dispatch, NobodyLeft, Standby, Volunteer
from tests.builders import NOW, actor_for, an_account
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


# -- withdrawn, tired of asking, nobody left


def test_a_seat_whose_volunteer_is_withdrawn_goes_to_who_is_on_standby_and_to_nobody_else(desk: Clockwork) -> None:
    desk.wish(on=True)
    need, first, second, near = desk.need(), *(desk.volunteer(name) for name in "甲乙近")
    offer = desk.send(need, first)[0]
    desk.do(dispatches.accept, dispatch_id=offer)
    put(desk, need, second)
    assert desk.tick().idle
    desk.do(dispatches.cancel, dispatch_id=offer, reason="病了")
    assert 1 == desk.tick().offered and desk.tick().idle
    assert [(first, "cancelled"), (second, "offered")] == desk.asked(need)
    # With nobody on standby a withdrawn seat is the coordinator's affair, and no need for the queue "nobody".
    desk.do(dispatches.cancel, dispatch_id=desk.rows(Dispatch)[-1].id, reason="也病了")
    assert desk.tick().idle and near not in dict(desk.asked(need)) and [] == desk.rows(NobodyLeft)
    assert {} == desk.faults(START)


def test_without_the_wish_a_withdrawn_seat_waits_for_a_click_and_a_slip_asks_nobody(quick: Clockwork) -> None:
    need, first, second = quick.need(), quick.volunteer("甲"), quick.volunteer("乙")
    put(quick, need, second)
    quick.do(dispatches.cancel, dispatch_id=quick.send(need, first)[0], reason="病了")
    assert quick.tick().idle
    quick.wish(on=True)
    quick.do(dispatches.undo, dispatch_id=ask_first(quick, need)["dispatch_ids"][0])
    put_again = quick.volunteer("丙")
    put(quick, need, put_again)
    assert 1 == quick.tick().offered and (put_again, "offered") == quick.asked(need)[-1]
    slip, third = quick.need(), quick.volunteer("丁")
    put(quick, slip, third)
    quick.do(dispatches.undo, dispatch_id=quick.send(slip, quick.volunteer("戊"))[0])
    assert quick.tick().idle and [third] == order(quick, slip)


def test_who_is_on_standby_is_asked_however_many_said_no_and_does_not_count(desk: Clockwork) -> None:
    desk.wish(on=True, most=1)
    need, first, second = desk.need(), desk.volunteer("甲"), desk.volunteer("乙")
    others = [desk.volunteer(f"候{n}", 2 + n) for n in range(3)]
    desk.decline(desk.send(need, first)[0])
    assert 1 == desk.tick().offered and (second, "offered") == desk.asked(need)[-1]
    put(desk, need, *others)
    desk.decline(desk.rows(Dispatch)[-1].id)
    for one in others:
        done = desk.tick()
        assert (1, 0) == (done.offered, done.nobody) and (one, "offered") == desk.asked(need)[-1]
        desk.decline(desk.rows(Dispatch)[-1].id)
    done = desk.tick()
    assert (0, 1) == (done.offered, done.nobody)
    assert desk.tick().idle
    # Whoever is put on standby then is asked, and the need leaves the queue.
    late = desk.volunteer("后来", 4.5)
    put(desk, need, late)
    assert 1 == desk.tick().offered and (late, "offered") == desk.asked(need)[-1]
    assert 1 == desk.tick().closed and desk.entry(need).closed_at is not None
    desk.decline(desk.rows(Dispatch)[-1].id)
    assert 1 == desk.tick().nobody


def test_no_seat_is_owed_for_an_offer_to_take_an_order_over(desk: Clockwork) -> None:
    """Two seats, one never offered: neither a no to taking over nor a change of hands gives it away."""
    desk.wish(on=True)
    need, she, other, third = desk.need(people=2), *(desk.volunteer(name) for name in "甲乙丙")
    desk.volunteer("近")
    put(desk, need, desk.volunteer("候"))
    old = desk.send(need, she)[0]
    desk.do(dispatches.accept, dispatch_id=old)
    ask = {"dispatch_id": old, "reason": "病了"}
    desk.decline(desk.do(hand_over_orders.ask_order, volunteer_id=other, **ask)["dispatch_ids"][0])
    assert desk.tick().idle
    new = desk.do(hand_over_orders.ask_order, volunteer_id=third, **ask)["dispatch_ids"][0]
    desk.do(dispatches.accept, dispatch_id=new)
    assert desk.tick().idle
    assert {she: "cancelled", other: "declined", third: "accepted"} == dict(desk.asked(need))
    desk.do(dispatches.cancel, dispatch_id=new, reason="病了")
    assert 1 == desk.tick().offered and {} == desk.faults(START)


def test_candidates_are_put_on_standby_while_every_seat_is_offered_and_checked_when_their_turn_comes(
    quick: Clockwork,
) -> None:
    quick.wish(on=True)
    need, first, second, third = quick.need(), *(quick.volunteer(name) for name in "甲乙丙")
    offer = quick.send(need, first)[0]
    ranked = quick.ask(matches.candidates, need_id=need, now=NOW)
    assert {second, third} == {one.profile.volunteer_id for one in ranked.candidates}
    put(quick, need, second, third)
    quick.database.write(lambda session: setattr(session.get_one(Volunteer, second), "status", "paused"))
    quick.decline(offer)
    assert 1 == quick.tick().offered and (third, "offered") == quick.asked(need)[-1]
    assert [("乙", "dispatches.rule.active")] == [
        (one.volunteer, one.why) for one in quick.ask(standbys.standby_list, need_id=need).dropped
    ]
