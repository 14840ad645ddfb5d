"""Sending a whole plan: all of it, or nothing and every reason by name; two drafts never both (N5)."""

import random
import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from dashboard.core.errors import Conflict, DashboardError, Forbidden, Invalid
from dashboard.core.matching.watch import Stopped, Watch
from dashboard.core.orders import Order, PlaceWish, RoleWish
from dashboard.core.words import Role
from dashboard.services import (
    constraints,
    dispatches,
    holds,
    live_plans,
    match_drafts,
    match_jobs,
    matching_rules,
    needs,
    plan_rows,
)
from dashboard.services.check_look import Look
from dashboard.services.check_needs import dispatch_history, overfilled, two_places
from dashboard.services.check_runs import run_plan
from dashboard.services.draft_commit import Committed
from db import engine
from db.engine import Database
from db.models import Audit, Dispatch, Leave, Message, Need, NeedEvent, NeedInterval, NeedRole, Volunteer
from tests.builders import COUNTY, NOW, a_need, a_site, an_actor, saved
from tests.services.planning import START, Desk

SPAN = timedelta(hours=2)


@pytest.fixture
def desk(any_database: Database) -> Desk:
    return Desk(any_database)


@pytest.fixture
def three(desk: Desk) -> tuple[Desk, list[int], list[int]]:
    """Three needs at one time, and three volunteers of whom each can take one."""
    people = [desk.volunteer("近", 0.2), desk.volunteer("中", 1.0), desk.volunteer("远", 3.0)]
    wanted = [desk.need(urgency=urgency) for urgency in ("urgent", "soon", "normal")]
    return desk, wanted, people


def keys(found: Committed) -> list[str]:
    return sorted(refusal.key for refusal in found.refused)


def test_a_whole_plan_is_sent_in_one_go(three: Any) -> None:
    desk, wanted, people = three
    draft = desk.draft()
    found = desk.commit(draft)
    assert found.sent and len(found.done) == 3
    assert {need for need, _ in desk.sent()} == set(wanted)
    row = desk.row(draft)
    assert (row.state, row.ended_by, row.plan_digest is not None) == ("committed", desk.li.account_id, True)
    with desk.database.read() as session:
        made = session.query(Dispatch).order_by(Dispatch.id).all()
        events = session.query(NeedEvent).filter(NeedEvent.dispatch_id.is_not(None)).all()
        audit = session.query(Audit).filter(Audit.command == "draft_commit.send_plan").one()
        session.expunge_all()
    assert {one.id for one in made} == set(found.done) == {event.dispatch_id for event in events}
    assert all(one.terms["distance"] >= 0 and one.distance_m is not None for one in made)
    assert all(NOW < one.expires_at <= one.start for one in made if one.expires_at is not None)
    assert audit.after["dispatched"] == list(found.done)


def test_the_rows_are_those_a_single_dispatch_would_write(three: Any) -> None:
    desk, wanted, people = three
    desk.commit(desk.draft())
    with desk.database.read() as session:
        together = session.query(Dispatch).order_by(Dispatch.need_id).all()
        session.expunge_all()
    for one in together:
        desk.do(dispatches.undo, dispatch_id=one.id)
    for one in together:
        values = {"need_id": one.need_id, "volunteer_ids": [one.volunteer_id], "start": one.start, "end": one.end}
        desk.do(dispatches.dispatch, **values)
    with desk.database.read() as session:
        alone = session.query(Dispatch).filter_by(state="offered").order_by(Dispatch.need_id).all()
        session.expunge_all()
    same = ("need_id", "role_id", "volunteer_id", "start", "end", "distance_m", "terms", "rule_version", "expires_at")
    assert [[getattr(one, name) for name in same] for one in together] == [
        [getattr(one, name) for name in same] for one in alone
    ]


def test_a_click_made_twice_sends_once(three: Any) -> None:
    desk, *_ = three
    draft = desk.draft()
    one, two = (desk.commit(draft, key="k1") for _ in range(2))
    assert one.done == two.done and len(desk.sent()) == 3
    with pytest.raises(Conflict) as refused:
        desk.commit(draft, version=2, key="k2")
    assert refused.value.key == "match_drafts.already_committed"


@pytest.mark.parametrize("first", [0, 1])
def test_of_two_drafts_over_one_plan_the_second_is_refused(three: Any, first: int) -> None:
    """N5, in either order; also where the two plans name the same pairs."""
    desk, wanted, people = three
    made = desk.solve()
    drafts = [made.draft_id, desk.do(match_drafts.copy_draft, run_id=made.run_id)["run_id"]]
    desk.edit(drafts[0], 1, "pin", people[2], wanted[0])
    versions = [2, 1]
    second = 1 - first
    assert desk.commit(drafts[first], version=versions[first]).sent
    sent = desk.sent()
    found = desk.commit(drafts[second], version=versions[second], now=NOW + timedelta(minutes=1))
    assert not found.sent and found.done == ()
    assert {refusal.need_id for refusal in found.refused} == set(wanted)
    assert set(keys(found)) == {"match_drafts.seats_changed"}
    values = found.refused[0].values
    assert (values["who"], values["at"], values["before"], values["left"]) == ("李调度", "11-16 10:00", 1, 0)
    assert desk.sent() == sent
    assert desk.row(drafts[second]).state == "solved"


def test_two_drafts_sent_at_once_never_both_go_and_never_half(three: Any) -> None:
    desk, wanted, people = three
    made = desk.solve()
    other = desk.do(match_drafts.copy_draft, desk.wang, run_id=made.run_id)["run_id"]
    found: dict[str, Any] = {}
    gate = threading.Barrier(2)

    def send(name: str, draft: int, actor: Any) -> None:
        gate.wait()
        found[name] = desk.commit(draft, actor)

    racers = [
        threading.Thread(target=send, args=("li", made.draft_id, desk.li)),
        threading.Thread(target=send, args=("wang", other, desk.wang)),
    ]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join(60)
    assert sorted(one.sent for one in found.values()) == [False, True]
    assert len(desk.sent()) == 3


def test_who_was_sent_elsewhere_meanwhile_is_named_with_who_did_it(three: Any) -> None:
    desk, wanted, people = three
    draft = desk.draft()
    other = desk.need()
    desk.do(dispatches.dispatch, desk.wang, need_id=other, volunteer_ids=[people[0]])
    found = desk.commit(draft)
    assert keys(found) == ["dispatches.taken_by"]
    refusal = found.refused[0]
    assert (refusal.volunteer_id, refusal.values["who"], refusal.values["volunteer"]) == (people[0], "王调度", "近")
    assert desk.sent() == [(other, people[0])]


def test_a_need_that_was_edited_is_named_with_who_edited_it(three: Any) -> None:
    desk, wanted, people = three
    draft = desk.draft()
    station = an_actor(Role.STATION_WORKER, site=desk.station, account_id=desk.wang.account_id)
    order = Order(
        category_id=None,
        place=PlaceWish(lon=107.9, lat=28.53),
        intervals=((START, START + SPAN),),
        roles=(RoleWish(1),),
    )
    desk.do(needs.edit, station, need_id=wanted[0], version=1, order=order)
    found = desk.commit(draft)
    assert keys(found) == ["match_drafts.need_to_verify"]
    assert {refusal.values["who"] for refusal in found.refused} == {"王调度"}
    assert desk.sent() == []


@pytest.mark.parametrize("deed", [needs.cancel, needs.unmet])
def test_a_need_that_was_ended_is_named(three: Any, deed: Any) -> None:
    desk, wanted, _ = three
    draft = desk.draft()
    desk.do(deed, desk.wang, need_id=wanted[1], reason="不用了")
    found = desk.commit(draft)
    assert keys(found) == [f"match_drafts.need_{'cancelled' if deed is needs.cancel else 'unmet'}"]
    assert found.refused[0].values["who"] == "王调度"


def test_a_need_in_another_s_hand_is_named_and_one_s_own_is_sent_and_let_go(three: Any) -> None:
    desk, wanted, _ = three
    draft = desk.draft()
    desk.do(holds.hold, desk.wang, need_id=wanted[0])
    assert keys(desk.commit(draft)) == ["holds.held_by"]
    desk.do(holds.release, desk.wang, need_id=wanted[0])
    desk.do(holds.hold, need_id=wanted[0])
    assert desk.commit(draft).sent
    desk.do(holds.hold, desk.wang, need_id=wanted[0])


def test_other_rules_are_named(three: Any) -> None:
    desk, *_ = three
    draft = desk.draft()
    values: dict[str, Any] = {"weights": {"distance": 1}, "settings": {}, "reason": "试"}
    desk.do(matching_rules.set_matching_rules, desk.admin, **values)
    found = desk.commit(draft)
    assert keys(found) == ["match_drafts.rules_changed"]
    assert (found.refused[0].values["who"], found.refused[0].values["version"]) == ("邹", 1)


def test_a_pin_withdrawn_a_pin_said_and_a_pair_forbidden_since_are_named(three: Any) -> None:
    desk, wanted, people = three
    pin = desk.do(constraints.pin, need_id=wanted[0], volunteer_id=people[0], reason="熟人")["constraint_id"]
    draft = desk.draft()
    desk.do(constraints.withdraw, desk.wang, constraint_id=pin, reason="改了")
    assert keys(desk.commit(draft)) == ["match_drafts.pin_withdrawn"]
    desk.do(constraints.pin, desk.wang, need_id=wanted[1], volunteer_id=people[0], reason="指名")
    found = desk.commit(draft)
    assert keys(found) == ["match_drafts.pin_new", "match_drafts.pin_withdrawn"]
    assert {refusal.values["who"] for refusal in found.refused} == {"王调度"}
    fresh = desk.draft()
    sent = dict(_planned(desk, fresh))
    desk.do(constraints.forbid, desk.wang, need_id=wanted[2], volunteer_id=sent[wanted[2]], reason="闹过矛盾")
    found = desk.commit(fresh)
    assert keys(found) == ["dispatches.rule.forbidden"]
    assert (found.refused[0].need_id, found.refused[0].volunteer_id) == (wanted[2], sent[wanted[2]])


def _planned(desk: Desk, draft: int) -> list[tuple[int, int]]:
    with desk.database.read() as session, live_plans.held(session, desk.li, draft) as (_, made):
        needs_of = made.case.lines.table.need[made.plan.line].tolist()
        return list(zip(needs_of, made.plan.person_id.tolist(), strict=True))


def test_a_pin_that_ran_out_is_named(three: Any) -> None:
    desk, wanted, people = three
    until = NOW + timedelta(minutes=10)
    values = {"need_id": wanted[0], "volunteer_id": people[0], "reason": "熟人", "expires_at": until}
    desk.do(constraints.pin, **values)
    draft = desk.draft()
    assert keys(desk.commit(draft, now=until)) == ["match_drafts.pin_expired"]


def test_who_went_on_leave_is_named(three: Any) -> None:
    desk, _, people = three
    draft = desk.draft()
    away = {"start": START - timedelta(days=1), "end": START + timedelta(days=1)}
    desk.make(lambda session: saved(session, Leave(county=COUNTY, volunteer_id=people[1], **away)))
    found = desk.commit(draft)
    assert [(refusal.key, refusal.volunteer_id) for refusal in found.refused] == [
        ("dispatches.ask_reason.free", people[1])
    ]


def test_everything_that_changed_is_named_at_once(three: Any) -> None:
    desk, wanted, people = three
    draft = desk.draft()
    sent = dict(_planned(desk, draft))
    desk.do(needs.cancel, desk.wang, need_id=wanted[0], reason="不用了")
    desk.do(dispatches.dispatch, desk.wang, need_id=desk.need(), volunteer_ids=[sent[wanted[1]]])
    assert keys(desk.commit(draft)) == ["dispatches.taken_by", "match_drafts.need_cancelled"]
    assert len(desk.sent()) == 1


def test_several_tasks_of_one_person_are_sent_together(desk: Desk) -> None:
    person = desk.volunteer("甲")
    first, second = desk.need(), desk.need(start=START + timedelta(hours=3))
    draft = desk.draft()
    found = desk.commit(draft)
    assert found.sent and desk.sent() == [(first, person), (second, person)]


def test_tasks_of_one_person_that_no_longer_fit_together_are_refused(desk: Desk) -> None:
    person = desk.volunteer("甲", cap_day=2)
    desk.need()
    desk.need(start=START + timedelta(hours=3))
    draft = desk.draft()
    desk.database.write(
        lambda session: session.execute(update(Volunteer).where(Volunteer.id == person).values(cap_day=1))
    )
    found = desk.commit(draft)
    assert keys(found) == ["dispatches.ask_reason.cap_day"] and desk.sent() == []


def test_where_every_time_must_be_served_the_row_is_all_of_them(desk: Desk) -> None:
    person = desk.volunteer("甲")

    def build(session: Any) -> int:
        need = a_need(session, desk.station, interval_rule="all_of")
        second = START + timedelta(days=1)
        session.add(NeedInterval(county=COUNTY, need_id=need.id, start=second, end=second + SPAN))
        session.flush()
        return need.id

    need = desk.database.write(build)
    found = desk.commit(desk.draft())
    assert found.sent and len(found.done) == 2
    assert desk.sent() == [(need, person)] * 2


def test_a_crew_goes_complete_or_not_at_all(desk: Desk) -> None:
    people = [desk.volunteer(name) for name in ("甲", "乙", "丙")]
    need = desk.need(people=3, whole=True)
    desk.database.write(
        lambda session: session.execute(update(NeedRole).where(NeedRole.need_id == need).values(least=2))
    )
    draft = desk.draft()
    desk.database.write(
        lambda session: session.execute(update(NeedRole).where(NeedRole.need_id == need).values(least=3))
    )
    assert desk.commit(draft).sent
    assert len(desk.sent()) == 3
    other = desk.need(people=2, whole=True, start=START + timedelta(hours=4))
    late = desk.draft()
    desk.edit(late, 1, "away", people[0])
    desk.database.write(
        lambda session: session.execute(update(NeedRole).where(NeedRole.need_id == other).values(head_count=3))
    )
    found = desk.commit(late, version=2)
    assert "match_drafts.crew_short" in keys(found)
    assert len(desk.sent()) == 3


def test_a_draft_of_another_or_an_old_version_or_an_empty_one_is_not_sent(three: Any) -> None:
    desk, wanted, people = three
    draft = desk.draft()
    with pytest.raises(Forbidden):
        desk.commit(draft, desk.wang)
    with pytest.raises(Forbidden):
        desk.commit(draft, an_actor(Role.LEADER))
    desk.edit(draft, 1, "away", people[0])
    with pytest.raises(Conflict):
        desk.commit(draft, version=1)
    for version, person in enumerate(people[1:], start=2):
        desk.edit(draft, version, "away", person)
    with pytest.raises(Invalid) as refused:
        desk.commit(draft, version=4)
    assert refused.value.key == "match_drafts.nothing_to_send"
    assert desk.sent() == []


def test_a_need_that_moved_to_another_part_is_named(desk: Desk) -> None:
    other = desk.make(a_site, desk.centre)
    here = an_actor(site=desk.station, account_id=desk.li.account_id)
    desk.volunteer("甲")
    need = desk.need()
    draft = desk.draft(here)
    desk.database.write(lambda session: session.execute(update(Need).where(Need.id == need).values(site_id=other.id)))
    assert keys(desk.commit(draft, here)) == ["permissions.scope"]


def test_one_row_beyond_a_claim_limit_stops_the_plan(desk: Desk) -> None:
    values: dict[str, Any] = {"weights": {}, "settings": {"most_open_person": 1}, "reason": "限额"}
    desk.do(matching_rules.set_matching_rules, desk.admin, **values)
    person = desk.volunteer("甲")
    desk.need()
    desk.need(start=START + timedelta(hours=3))
    draft = desk.draft()
    found = desk.commit(draft)
    if not found.sent:
        assert keys(found) == ["claims.person_full"] and found.refused[0].volunteer_id == person
    assert len(desk.sent()) <= 1


@pytest.mark.parametrize("many", [400, 1])
def test_plans_and_single_dispatches_at_once_never_meet(desk: Desk, many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two drafts over one plan are sent while others dispatch its people and needs one by one; also where a plan locks
    everybody at once."""
    monkeypatch.setattr(engine, "MANY_LOCKS", many)
    people = [desk.volunteer(f"志愿{n}", n / 20) for n in range(8)]
    wanted = [desk.need(people=2, start=START + timedelta(hours=n % 2)) for n in range(6)]
    made = desk.solve()
    drafts = {made.draft_id: desk.li}
    drafts[desk.do(match_drafts.copy_draft, desk.wang, run_id=made.run_id)["run_id"]] = desk.wang
    outcomes: list[Any] = []
    gate = threading.Barrier(5)

    def whole(draft: int) -> None:
        gate.wait()
        outcomes.append(desk.commit(draft, drafts[draft]).sent)

    def single(seed: int) -> None:
        chance = random.Random(seed)
        gate.wait()
        for _ in range(6):
            pair = {"need_id": chance.choice(wanted), "volunteer_ids": [chance.choice(people)]}
            try:
                desk.do(dispatches.dispatch, desk.wang, **pair)
            except DashboardError as refused:
                outcomes.append(refused.key)

    threads = [threading.Thread(target=whole, args=(draft,)) for draft in drafts]
    threads += [threading.Thread(target=single, args=(seed,)) for seed in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert [outcome for outcome in outcomes if isinstance(outcome, bool)].count(True) <= 1
    assert len([outcome for outcome in outcomes if isinstance(outcome, bool)]) == 2
    with desk.database.read() as session:
        look = Look(session, COUNTY, NOW)
        assert [check(look).found for check in (two_places, overfilled, dispatch_history, run_plan)] == [0, 0, 0, 0]


def test_a_sending_tells_its_steps_and_counts_its_rows(three: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    desk, *_ = three
    monkeypatch.setattr(plan_rows, "PART", 2)
    told: list[tuple[str, int, int]] = []

    class Noted(Watch):
        def look(self) -> None:
            told.append((self.step, self.done, self.total))
            super().look()

    assert desk.commit(desk.draft(), watch=Noted()).sent
    assert list(dict.fromkeys(step for step, _, _ in told)) == list(match_jobs.SEND_STEPS[1:])
    assert [(done, total) for step, done, total in told if step == "check"] == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert [(done, total) for step, done, total in told if step == "store"] == [(0, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize("step", match_jobs.SEND_STEPS[1:])
def test_a_sending_that_is_stopped_leaves_nothing_and_goes_whole_the_next_time(
    three: Any, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    desk, *_ = three
    monkeypatch.setattr(plan_rows, "PART", 1)

    class Stopping(Watch):
        def look(self) -> None:
            if self.step == step and self.done == min(self.total, 2):
                self.stop()
            super().look()

    draft, rows = desk.draft(), (desk.count(NeedEvent), desk.count(Audit), desk.count(Message))
    with pytest.raises(Stopped):
        desk.commit(draft, key="k1", watch=Stopping())
    assert desk.sent() == [] and desk.row(draft).state == "solved"
    assert rows == (desk.count(NeedEvent), desk.count(Audit), desk.count(Message))
    assert len(desk.commit(draft, key="k1").done) == 3


def test_sent_in_the_background_it_is_all_there_or_every_reason(three: Any) -> None:
    desk, wanted, _ = three
    draft = desk.draft()
    with pytest.raises(Forbidden):
        match_jobs.send(desk.database, an_actor(Role.LEADER), run_id=draft, version=1, now=NOW, key="k0")
    desk.do(needs.cancel, need_id=wanted[0], reason="不需要了")
    job = match_jobs.send(desk.database, desk.li, run_id=draft, version=1, now=NOW, key="k1")
    found = match_jobs.wait(job, desk.li, 60)
    assert found.sent is not None and keys(found.sent.committed) == ["match_drafts.need_cancelled"]
    assert desk.sent() == []
    others = ((wanted[0], None, None),)
    values = {"run_id": draft, "version": 1, "now": NOW, "key": "k2", "leave_out": others}
    jobs_ids = {match_jobs.send(desk.database, desk.li, **values) for _ in range(2)}
    found = match_jobs.wait(jobs_ids.pop(), desk.li, 60)
    assert not jobs_ids and found.sent is not None and found.sent.left_out == others
    assert len(found.sent.committed.done) == 2 == len(desk.sent())
