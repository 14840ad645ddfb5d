"""Sending people: nobody twice, no need overfilled, every step an event; on both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from dashboard.core.errors import Conflict, Forbidden, Invalid
from dashboard.core.matching.policy import HARD
from dashboard.core.orders import Order, PlaceWish, RoleWish
from dashboard.core.permissions import Actor
from dashboard.core.words import Grade, IntervalRule, Outcome, Role
from dashboard.services import constraints, dispatches, holds, needs, service_records
from dashboard.services.commands import perform
from dashboard.services.dispatch_checks import OVERRIDABLE
from dashboard.text import known
from db.engine import Database
from db.models import (
    Audit,
    Certificate,
    Dispatch,
    Leave,
    Membership,
    Need,
    NeedEvent,
    NeedRole,
    NeedSkill,
    Rating,
    Service,
    Team,
    Volunteer,
)
from tests.builders import (
    COUNTY,
    NOW,
    a_category,
    a_need,
    a_site,
    a_skill,
    a_team,
    a_volunteer,
    actor_for,
    an_account,
    an_actor,
    saved,
)

#: The need's service tomorrow, 10:00-12:00 in Wuchuan.
START = NOW + timedelta(days=1)


class Desk:
    """Two coordinators of one county, a centre, a few volunteers."""

    def __init__(self, database: Database) -> None:
        self.database = database

        def build(session: Any) -> None:
            self.centre = a_site(session)
            self.station = a_site(session, self.centre)
            self.elsewhere = a_site(session, self.centre)
            self.li = actor_for(an_account(session, display_name="李调度"), self.centre)
            self.wang = actor_for(an_account(session, display_name="王调度"), self.centre)
            self.admin = actor_for(an_account(session, Role.ADMIN), None)
            self.people = [a_volunteer(session, self.station, f"志愿{n}", consent="given").id for n in range(4)]

        database.write(build)

    def need(self, **values: Any) -> int:
        site = values.pop("site", self.station)
        return self.database.write(lambda session: a_need(session, site, **values).id)

    def do(self, deed: Any, actor: Actor | None = None, now: datetime = NOW, **values: Any) -> Any:
        return perform(self.database, deed, actor or self.li, now=now, **values)

    def send(self, need_id: int, *people: int, actor: Actor | None = None, now: datetime = NOW, **values: Any) -> int:
        """Dispatch; returns the first dispatch's id."""
        result = self.do(dispatches.dispatch, actor, now, need_id=need_id, volunteer_ids=people, **values)
        return result["dispatch_ids"][0]

    def change(self, volunteer_id: int, **values: Any) -> None:
        self.database.write(
            lambda session: session.execute(update(Volunteer).where(Volunteer.id == volunteer_id).values(**values))
        )

    def state(self, need_id: int) -> str:
        with self.database.read() as session:
            return session.get_one(Need, need_id).state

    def rows(self, table: Any, **where: Any) -> list[Any]:
        with self.database.read() as session:
            found = list(session.scalars(select(table).filter_by(**where).order_by(table.id)))
            session.expunge_all()
            return found

    def live(self) -> int:
        with self.database.read() as session:
            return session.scalar(select(func.count()).where(Dispatch.state == "offered")) or 0


@pytest.fixture
def desk(any_database: Database) -> Desk:
    return Desk(any_database)


def test_every_rule_has_its_sentence_for_the_coordinator() -> None:
    for rule in HARD:
        if rule.name in ("taken", "clash"):
            continue
        kind = "ask_reason" if rule.name in OVERRIDABLE else "rule"
        assert known(f"dispatches.{kind}.{rule.name}"), rule.name
    for state in ("draft", "to_verify", "done", "confirmed", "rated", "closed", "cancelled", "unmet"):
        assert known(f"dispatches.need_{state}")


def test_a_dispatch_holds_the_seat_and_says_why_she_was_chosen(desk: Desk) -> None:
    need = desk.need()
    desk.send(need, desk.people[0])
    row = desk.rows(Dispatch)[0]
    assert (row.state, row.start, row.end) == ("offered", START, START + timedelta(hours=2))
    assert row.distance_m == 0 and row.terms["distance"] == 100
    assert row.expires_at is not None and NOW < row.expires_at <= START
    events = desk.rows(NeedEvent, dispatch_id=row.id)
    assert [(event.from_state, event.to_state, event.actor_id) for event in events] == [
        (None, "offered", desk.li.account_id)
    ]
    assert desk.state(need) == "open"


def test_the_second_coordinator_reads_who_filled_the_need_and_when(desk: Desk) -> None:
    need = desk.need()
    desk.send(need, desk.people[0])
    with pytest.raises(Conflict) as refused:
        desk.send(need, desk.people[1], actor=desk.wang)
    assert refused.value.key == "dispatches.filled_by"
    assert refused.value.values["who"] == "李调度" and refused.value.values["at"] == "11-16 10:00"
    assert desk.live() == 1


@pytest.mark.parametrize("shift", [timedelta(0), timedelta(hours=1), timedelta(hours=-1), timedelta(minutes=119)])
def test_nobody_is_sent_to_two_places_at_once(desk: Desk, shift: timedelta) -> None:
    one, two = desk.need(), desk.need(start=START + shift)
    desk.send(one, desk.people[0])
    with pytest.raises(Conflict) as refused:
        desk.send(two, desk.people[0], actor=desk.wang)
    assert refused.value.key == "dispatches.taken_by"
    assert refused.value.values["who"] == "李调度" and refused.value.values["volunteer"] == "志愿0"
    assert desk.live() == 1


def test_back_to_back_at_one_place_is_fine_and_far_away_there_is_no_time_for_the_way(desk: Desk) -> None:
    one = desk.need()
    near = desk.need(start=START + timedelta(hours=2))
    far = desk.need(start=START + timedelta(hours=4, minutes=5), lon=107.95)
    desk.send(one, desk.people[0])
    desk.send(near, desk.people[0])
    with pytest.raises(Conflict) as refused:
        desk.send(far, desk.people[0], actor=desk.wang)
    assert refused.value.key == "dispatches.no_time_to_travel"


def test_of_several_chosen_all_go_or_none(desk: Desk) -> None:
    need = desk.need(people=2)
    with pytest.raises(Conflict) as refused:
        desk.send(need, *desk.people[:3])
    assert (refused.value.key, refused.value.values["seats"], desk.live()) == ("dispatches.too_many", 2, 0)
    other = desk.need()
    desk.send(other, desk.people[0])
    with pytest.raises(Conflict):
        desk.send(need, desk.people[0], desk.people[1])
    assert desk.live() == 1
    desk.send(need, desk.people[1], desk.people[2])
    assert desk.live() == 3


def test_several_people_come_at_one_time(desk: Desk) -> None:
    """Within a wide wish the earliest time at which all can come."""
    need = desk.need(people=2, hours=6, duration_minutes=120)
    busy = desk.need(hours=2)
    desk.send(busy, desk.people[0])
    desk.send(need, *desk.people[:2])
    rows = desk.rows(Dispatch, need_id=need)
    assert {row.start for row in rows} == {START + timedelta(hours=2)}


def test_where_every_span_must_be_served_one_person_takes_one_seat_and_answers_once(desk: Desk) -> None:
    need = desk.need(interval_rule="all_of")
    second = START + timedelta(days=1)
    desk.do(
        needs.edit,
        need_id=need,
        version=1,
        order=_order(desk, intervals=((START, START + timedelta(hours=2)), (second, second + timedelta(hours=2)))),
    )
    first = desk.send(need, desk.people[0])
    assert [row.start for row in desk.rows(Dispatch, need_id=need)] == [START, second]
    with pytest.raises(Conflict):
        desk.send(need, desk.people[1])
    desk.do(dispatches.accept, dispatch_id=first)
    assert {row.state for row in desk.rows(Dispatch, need_id=need)} == {"accepted"}
    desk.do(dispatches.cancel, dispatch_id=first, reason="病了")
    assert {row.state for row in desk.rows(Dispatch, need_id=need)} == {"cancelled"}


def _order(desk: Desk, **values: Any) -> Any:
    category = desk.database.write(lambda session: a_category(session).id)
    return Order(
        category_id=category,
        place=PlaceWish(lon=107.9, lat=28.53),
        roles=(RoleWish(people=1),),
        interval_rule=IntervalRule.ALL_OF,
        **values,
    )


@pytest.mark.parametrize("state", ["draft", "to_verify", "closed", "cancelled", "unmet"])
def test_only_open_needs_take_people(desk: Desk, state: str) -> None:
    need = desk.need(state=state)
    with pytest.raises(Conflict) as refused:
        desk.send(need, desk.people[0])
    assert refused.value.key == f"dispatches.need_{state}"


def test_a_time_that_has_passed_is_not_dispatched(desk: Desk) -> None:
    need = desk.need(start=NOW - timedelta(days=1))
    with pytest.raises(Invalid) as refused:
        desk.send(need, desk.people[0])
    assert refused.value.key == "dispatches.time_past"


def test_unknown_is_not_free_unless_she_was_asked(desk: Desk) -> None:
    desk.change(desk.people[0], availability_known=False)
    need = desk.need()
    with pytest.raises(Invalid) as refused:
        desk.send(need, desk.people[0])
    assert refused.value.key == "dispatches.ask_reason.known"
    desk.send(need, desk.people[0], reason="电话问过，有空")
    assert desk.rows(Dispatch)[0].reason == "电话问过，有空"


def test_leave_is_not_free(desk: Desk) -> None:
    desk.database.write(
        lambda session: saved(
            session,
            Leave(
                county=COUNTY, volunteer_id=desk.people[0], start=START - timedelta(days=1), end=START + timedelta(1)
            ),
        )
    )
    with pytest.raises(Invalid) as refused:
        desk.send(desk.need(), desk.people[0])
    assert refused.value.key == "dispatches.ask_reason.free"


@pytest.mark.parametrize(("expires", "sent"), [(0, False), (1, True), (None, False)])
def test_a_licence_counts_on_the_day_of_service_and_no_reason_replaces_it(
    desk: Desk, expires: int | None, sent: bool
) -> None:
    def build(session: Any) -> tuple[int, int]:
        skill = a_skill(session, "electric", licence=True)
        volunteer = a_volunteer(session, desk.station, skills={skill.id: 3})
        if expires is not None:
            day = (NOW + timedelta(days=expires)).date()
            saved(session, Certificate(county=COUNTY, volunteer_id=volunteer.id, skill_id=skill.id, expires_on=day))
        need = a_need(session, desk.station)
        saved(session, NeedSkill(county=COUNTY, need_id=need.id, skill_id=skill.id, required=True))
        return need.id, volunteer.id

    need, volunteer = desk.database.write(build)
    if sent:
        desk.send(need, volunteer)
        return
    with pytest.raises(Invalid) as refused:
        desk.send(need, volunteer, reason="他说会")
    assert refused.value.key == "dispatches.rule.certificate"


@pytest.mark.parametrize(("consent", "sent"), [("given", True), ("unknown", True), ("refused", False)])
def test_unknown_consent_permits_matching_and_a_refusal_does_not(desk: Desk, consent: str, sent: bool) -> None:
    desk.change(desk.people[0], consent=consent)
    need = desk.need()
    if sent:
        desk.send(need, desk.people[0])
        return
    with pytest.raises(Invalid) as refused:
        desk.send(need, desk.people[0], reason="x")
    assert refused.value.key == "dispatches.rule.active"


def test_others_people_are_sent_only_where_their_team_is_shared(desk: Desk) -> None:
    def build(session: Any) -> tuple[Actor, int, int]:
        mine, theirs = a_site(session, desk.centre), a_site(session, desk.centre)
        actor = actor_for(an_account(session, site=mine), mine)
        volunteer = a_volunteer(session, theirs)
        team = a_team(session, theirs, shared=False)
        saved(
            session,
            Membership(county=COUNTY, team_id=team.id, volunteer_id=volunteer.id, valid_from=NOW.date()),
        )
        return actor, a_need(session, mine).id, volunteer.id

    actor, need, volunteer = desk.database.write(build)
    with pytest.raises(Invalid) as refused:
        desk.send(need, volunteer, actor=actor)
    assert refused.value.key == "dispatches.rule.scope"
    desk.database.write(lambda session: session.execute(update(Team).values(shared=True)))
    desk.send(need, volunteer, actor=actor)


def test_a_coordinator_of_another_part_may_not_dispatch_here(desk: Desk) -> None:
    actor = desk.database.write(lambda session: _other(session, desk))
    with pytest.raises(Forbidden):
        desk.send(desk.need(), desk.people[0], actor=actor)


def _other(session: Any, desk: Desk) -> Actor:
    site = a_site(session, desk.centre)
    return actor_for(an_account(session, site=site), site)


def test_a_station_worker_records_but_does_not_dispatch(desk: Desk) -> None:
    worker = desk.database.write(lambda session: actor_for(an_account(session, Role.STATION_WORKER), desk.station))
    need = desk.need()
    with pytest.raises(Forbidden):
        desk.send(need, desk.people[0], actor=worker)
    sent = desk.send(need, desk.people[0])
    desk.do(dispatches.accept, worker, dispatch_id=sent)
    with pytest.raises(Forbidden):
        desk.do(dispatches.cancel, worker, dispatch_id=sent, reason="x")


def test_a_double_click_sends_once(desk: Desk) -> None:
    need = desk.need(people=2)
    first = desk.send(need, desk.people[0], key="match.send:1")
    assert desk.send(need, desk.people[0], key="match.send:1") == first
    assert desk.live() == 1


def test_the_whole_road_from_offer_to_closing(desk: Desk) -> None:
    need = desk.need()
    sent = desk.send(need, desk.people[0])
    desk.do(dispatches.accept, dispatch_id=sent, now=NOW + timedelta(minutes=20))
    assert desk.rows(Need, id=need)[0].taken_up_at == NOW + timedelta(minutes=20)
    later = START + timedelta(hours=3)
    desk.do(dispatches.start, dispatch_id=sent, happened_at=START, now=later)
    assert desk.state(need) == "in_service"
    hours = {"start": START, "end": START + timedelta(hours=2), "break_minutes": 15}
    result = desk.do(service_records.record_service, dispatch_id=sent, now=later, **hours)
    assert (result["minutes"], result["hours_kept"], desk.state(need)) == (105, True, "done")
    desk.do(service_records.confirm, need_id=need, now=later)
    assert desk.state(need) == "confirmed"
    service = desk.rows(Service)[0]
    assert (service.minutes, service.grade, service.dispatch_id) == (105, "B", sent)
    silent = desk.rows(Rating)[0]
    assert (silent.score, silent.answered_at) == (None, None)
    desk.do(service_records.rate, need_id=need, score=5, outcome=Outcome.DONE, words="好", now=later)
    closed = desk.rows(Need, id=need)[0]
    assert (closed.state, closed.closed_at) == ("closed", later)
    moves = [event.to_state for event in desk.rows(NeedEvent, need_id=need, dispatch_id=None)]
    assert moves == ["open", "in_service", "done", "confirmed", "rated", "closed"]
    happened = [event.happened_at for event in desk.rows(NeedEvent, dispatch_id=sent)]
    assert happened == [NOW, NOW + timedelta(minutes=20), START, START + timedelta(hours=2), later]


def test_told_after_the_fact_an_accepted_dispatch_passes_through_service(desk: Desk) -> None:
    need = desk.need()
    sent = desk.send(need, desk.people[0])
    desk.do(dispatches.accept, dispatch_id=sent)
    later = START + timedelta(hours=3)
    desk.do(service_records.record_service, dispatch_id=sent, start=START, end=START + timedelta(hours=2), now=later)
    assert desk.state(need) == "done"
    assert [event.to_state for event in desk.rows(NeedEvent, dispatch_id=sent)] == [
        "offered",
        "accepted",
        "in_service",
        "done",
    ]


@pytest.mark.parametrize(("consent", "kept"), [("given", True), ("unknown", False), ("refused", False)])
def test_without_consent_the_service_counts_and_no_hours_are_written(desk: Desk, consent: str, kept: bool) -> None:
    need = desk.need()
    sent = desk.send(need, desk.people[0])
    desk.change(desk.people[0], consent=consent)
    desk.do(dispatches.accept, dispatch_id=sent)
    later = START + timedelta(hours=3)
    result = desk.do(
        service_records.record_service, dispatch_id=sent, start=START, end=START + timedelta(hours=2), now=later
    )
    assert (result["hours_kept"], len(desk.rows(Service)), desk.state(need)) == (kept, int(kept), "done")


@pytest.mark.parametrize(
    ("start", "hours", "pause"), [(START, 0, 0), (START, 2, 120), (START, 17, 0), (START + timedelta(days=9), 2, 0)]
)
def test_impossible_hours_are_refused(desk: Desk, start: datetime, hours: int, pause: int) -> None:
    need = desk.need()
    sent = desk.send(need, desk.people[0])
    desk.do(dispatches.accept, dispatch_id=sent)
    with pytest.raises(Invalid):
        desk.do(
            service_records.record_service,
            dispatch_id=sent,
            start=start,
            end=start + timedelta(hours=hours),
            break_minutes=pause,
            now=START + timedelta(days=2),
        )
    assert desk.rows(Service) == []


def test_hours_belong_to_the_team_she_has_been_in_longest(desk: Desk) -> None:
    def build(session: Any) -> int:
        new, old, left = a_team(session), a_team(session), a_team(session)
        for team, since, until in ((new, 10, None), (old, 400, None), (left, 900, 800)):
            saved(
                session,
                Membership(
                    county=COUNTY,
                    team_id=team.id,
                    volunteer_id=desk.people[0],
                    valid_from=(NOW - timedelta(days=since)).date(),
                    valid_to=(NOW - timedelta(days=until)).date() if until else None,
                ),
            )
        return old.id

    old = desk.database.write(build)
    sent = desk.send(desk.need(), desk.people[0])
    desk.do(dispatches.accept, dispatch_id=sent)
    desk.do(
        service_records.record_service,
        dispatch_id=sent,
        start=START,
        end=START + timedelta(hours=2),
        grade=Grade.A,
        now=START + timedelta(hours=3),
    )
    assert [(row.team_id, row.grade) for row in desk.rows(Service)] == [(old, "A")]


def test_a_refusal_frees_the_seat_and_the_time(desk: Desk) -> None:
    need = desk.need()
    sent = desk.send(need, desk.people[0])
    with pytest.raises(Invalid):
        desk.do(dispatches.decline, dispatch_id=sent, reason=" ")
    desk.do(dispatches.decline, dispatch_id=sent, reason="要上班")
    desk.send(need, desk.people[1])
    desk.send(desk.need(), desk.people[0])
    with pytest.raises(Invalid) as refused:
        desk.do(dispatches.accept, dispatch_id=sent)
    assert refused.value.key == "dispatches.ended"


def test_an_offer_expires_only_after_its_time(desk: Desk) -> None:
    sent = desk.send(desk.need(), desk.people[0])
    with pytest.raises(Invalid):
        desk.do(dispatches.expire, dispatch_id=sent)
    desk.do(dispatches.expire, dispatch_id=sent, now=START)
    assert desk.rows(Dispatch)[0].state == "expired"


def test_undo_takes_back_ones_own_last_step_while_it_is_legal(desk: Desk) -> None:
    need = desk.need()
    sent = desk.send(need, desk.people[0])
    desk.do(dispatches.accept, dispatch_id=sent)
    desk.do(dispatches.start, dispatch_id=sent)
    assert desk.state(need) == "in_service"
    for state, whole in (("accepted", "open"), ("offered", "open"), ("cancelled", "open")):
        desk.do(dispatches.undo, dispatch_id=sent)
        assert (desk.rows(Dispatch)[0].state, desk.state(need)) == (state, whole)
    assert desk.rows(Need, id=need)[0].taken_up_at is None
    with pytest.raises(Invalid):
        desk.do(dispatches.undo, dispatch_id=sent)
    assert len(desk.rows(NeedEvent, dispatch_id=sent)) == 6


def test_undo_is_ones_own_or_a_leaders_or_an_admins(desk: Desk) -> None:
    need = desk.need()
    sent = desk.send(need, desk.people[0])
    leader = an_actor(Role.LEADER, desk.station)
    for who in (desk.wang, an_actor(Role.STATION_WORKER, desk.station), an_actor(Role.LEADER, desk.elsewhere)):
        with pytest.raises(Forbidden) as refused:
            desk.do(dispatches.undo, who, dispatch_id=sent)
        if who is desk.wang:
            assert (refused.value.key, refused.value.values["who"]) == ("dispatches.not_yours", "李调度")
    assert desk.rows(Dispatch)[0].state == "offered"
    desk.do(dispatches.accept, dispatch_id=sent)
    assert desk.do(dispatches.undo, leader, dispatch_id=sent)["volunteer"] == "志**"
    assert (desk.rows(Dispatch)[0].state, desk.rows(Need, id=need)[0].taken_up_at) == ("offered", None)
    assert desk.do(dispatches.undo, desk.admin, dispatch_id=sent)["volunteer"] == "志愿0"
    events = desk.rows(NeedEvent, dispatch_id=sent)
    assert [event.to_state for event in events] == ["offered", "accepted", "offered", "cancelled"]
    assert [event.actor_id for event in events][2:] == [leader.account_id, desk.admin.account_id]


def test_a_station_worker_takes_back_her_own_slip_and_nothing_else(desk: Desk) -> None:
    need = desk.need()
    sent = desk.send(need, desk.people[0])
    worker = an_actor(Role.STATION_WORKER, desk.station, account_id=77)
    with pytest.raises(Forbidden, match=r"dispatches\.not_yours"):
        desk.do(dispatches.undo, worker, dispatch_id=sent)
    desk.do(dispatches.accept, worker, dispatch_id=sent)
    desk.do(dispatches.start, worker, dispatch_id=sent)
    for state in ("accepted", "offered"):
        desk.do(dispatches.undo, worker, dispatch_id=sent)
        assert desk.rows(Dispatch)[0].state == state
    with pytest.raises(Forbidden, match=r"dispatches\.offer_not_yours"):
        desk.do(dispatches.undo, worker, dispatch_id=sent)
    assert desk.rows(Dispatch)[0].state == "offered", "nobody is withdrawn by a slip"
    audits = [one for one in desk.rows(Audit, command="dispatches.undo") if one.actor_id == 77]
    assert [one.after["state"] for one in audits] == ["accepted", "offered"]
    desk.do(dispatches.accept, dispatch_id=sent)
    with pytest.raises(Forbidden, match=r"dispatches\.not_yours"):
        desk.do(dispatches.undo, worker, dispatch_id=sent)


@pytest.mark.parametrize("state", ["cancelled", "declined", "done"])
def test_a_leader_too_undoes_only_what_is_legal(desk: Desk, state: str) -> None:
    sent = desk.send(desk.need(), desk.people[0])
    later = START + timedelta(hours=3)
    if state == "cancelled":
        desk.do(dispatches.cancel, dispatch_id=sent, reason="x")
    elif state == "declined":
        desk.do(dispatches.decline, dispatch_id=sent, reason="x")
    else:
        desk.do(dispatches.accept, dispatch_id=sent)
        times = {"start": START, "end": START + timedelta(hours=2), "now": later}
        desk.do(service_records.record_service, dispatch_id=sent, **times)
    with pytest.raises(Invalid) as refused:
        desk.do(dispatches.undo, an_actor(Role.LEADER, desk.centre), later, dispatch_id=sent)
    assert refused.value.key == ("dispatches.served" if state == "done" else "dispatches.ended")


def test_service_on_record_is_not_undone(desk: Desk) -> None:
    sent = desk.send(desk.need(), desk.people[0])
    desk.do(dispatches.accept, dispatch_id=sent)
    later = START + timedelta(hours=3)
    desk.do(service_records.record_service, dispatch_id=sent, start=START, end=START + timedelta(hours=2), now=later)
    for deed, values in ((dispatches.undo, {}), (dispatches.cancel, {"reason": "x"})):
        with pytest.raises(Invalid) as refused:
            desk.do(deed, dispatch_id=sent, now=later, **values)
        assert refused.value.key == "dispatches.served"


def test_cancelling_a_need_withdraws_those_who_wait_and_not_those_who_serve(desk: Desk) -> None:
    need = desk.need(people=2)
    one = desk.send(need, desk.people[0])
    desk.send(need, desk.people[1])
    desk.do(dispatches.accept, dispatch_id=one)
    assert desk.do(needs.cancel, need_id=need, reason="不要了")["withdrawn"] == 2
    assert {row.state for row in desk.rows(Dispatch)} == {"cancelled"}
    busy = desk.need()
    sent = desk.send(busy, desk.people[0])
    desk.do(dispatches.accept, dispatch_id=sent)
    desk.do(dispatches.start, dispatch_id=sent)
    with pytest.raises(Invalid) as refused:
        desk.do(needs.cancel, need_id=busy, reason="不要了")
    assert refused.value.key == "needs.somebody_serves"


def test_a_need_served_but_not_settled_is_reopened_with_a_new_seat(desk: Desk) -> None:
    need = desk.need(category_id=desk.database.write(lambda session: a_category(session).id))
    sent = desk.send(need, desk.people[0])
    desk.do(dispatches.accept, dispatch_id=sent)
    later = START + timedelta(hours=3)
    desk.do(service_records.record_service, dispatch_id=sent, start=START, end=START + timedelta(hours=2), now=later)
    again = ((later + timedelta(days=1), later + timedelta(days=1, hours=2)),)
    desk.do(needs.reopen, need_id=need, reason="还没办好", intervals=again, now=later)
    assert desk.state(need) == "open"
    second = desk.send(need, desk.people[1], now=later)
    desk.do(dispatches.accept, dispatch_id=second, now=later)
    assert desk.state(need) == "open"
    desk.do(dispatches.start, dispatch_id=second, now=again[0][0])
    assert desk.state(need) == "in_service"


def test_a_silent_resident_leaves_a_silent_rating_and_a_late_answer_is_kept(desk: Desk) -> None:
    need = desk.need()
    sent = desk.send(need, desk.people[0])
    desk.do(dispatches.accept, dispatch_id=sent)
    later = START + timedelta(hours=3)
    desk.do(service_records.record_service, dispatch_id=sent, start=START, end=START + timedelta(hours=2), now=later)
    with pytest.raises(Invalid):
        desk.do(service_records.rate, need_id=need, score=5, outcome=Outcome.DONE, now=later)
    desk.do(service_records.confirm, need_id=need, now=later)
    desk.do(needs.close, need_id=need, now=later)
    assert (desk.state(need), desk.rows(Rating)[0].score) == ("closed", None)
    desk.do(service_records.rate, need_id=need, score=4, outcome=Outcome.PARTLY, now=later)
    assert (desk.state(need), desk.rows(Rating)[0].score) == ("closed", 4)
    with pytest.raises(Invalid):
        desk.do(service_records.rate, need_id=need, score=1, outcome=Outcome.NOT, now=later)


def test_a_held_need_is_left_to_its_holder_until_the_hold_expires(desk: Desk) -> None:
    need = desk.need()
    desk.do(holds.hold, need_id=need)
    with pytest.raises(Conflict) as refused:
        desk.send(need, desk.people[0], actor=desk.wang)
    assert refused.value.values["who"] == "李调度" and refused.value.values["until"] == "11-16 10:05"
    desk.do(holds.extend, need_id=need)
    with pytest.raises(Invalid):
        desk.do(holds.extend, need_id=need)
    with pytest.raises(Conflict):
        desk.do(holds.hold, desk.wang, need_id=need, now=NOW + timedelta(minutes=9))
    desk.do(holds.hold, desk.wang, need_id=need, now=NOW + timedelta(minutes=11))
    with pytest.raises(Conflict):
        desk.send(need, desk.people[0], now=NOW + timedelta(minutes=12))
    desk.do(holds.release, desk.wang, need_id=need, now=NOW + timedelta(minutes=12))
    desk.send(need, desk.people[0], now=NOW + timedelta(minutes=12))


def test_a_forbidden_pair_and_a_person_kept_free_are_not_sent(desk: Desk) -> None:
    need = desk.need()
    word = desk.do(constraints.forbid, need_id=need, volunteer_id=desk.people[0], reason="有过争吵")
    desk.do(constraints.keep_free, volunteer_id=desk.people[1], reason="留给应急")
    with pytest.raises(Invalid) as refused:
        desk.send(need, desk.people[0], reason="x")
    assert refused.value.key == "dispatches.rule.forbidden"
    with pytest.raises(Invalid) as refused:
        desk.send(need, desk.people[1], reason="x")
    assert refused.value.key == "dispatches.rule.keep_free"
    with pytest.raises(Conflict):
        desk.do(constraints.pin, need_id=need, volunteer_id=desk.people[0], reason="x")
    desk.do(constraints.withdraw, constraint_id=word["constraint_id"])
    desk.send(need, desk.people[0])


def test_a_constraint_has_a_reason_and_ends_with_its_time(desk: Desk) -> None:
    need = desk.need()
    with pytest.raises(Invalid):
        desk.do(constraints.forbid, need_id=need, volunteer_id=desk.people[0], reason="")
    with pytest.raises(Invalid):
        desk.do(constraints.forbid, need_id=need, volunteer_id=desk.people[0], reason="x", expires_at=NOW)
    until = NOW + timedelta(hours=1)
    desk.do(constraints.forbid, need_id=need, volunteer_id=desk.people[0], reason="x", expires_at=until)
    desk.send(need, desk.people[0], now=until)


def _row(need: int, role: int, volunteer: int, start: datetime = START) -> dict[str, Any]:
    return {
        "need_id": need,
        "role_id": role,
        "volunteer_id": volunteer,
        "start": start.isoformat(),
        "end": (start + timedelta(hours=2)).isoformat(),
    }


def _role(desk: Desk, need_id: int) -> int:
    return desk.rows(NeedRole, need_id=need_id)[0].id


def test_of_a_plan_refused_rows_are_named_and_the_rest_go_through(desk: Desk) -> None:
    wanted = [desk.need() for _ in range(4)]
    roles = [_role(desk, need) for need in wanted]
    desk.send(wanted[0], desk.people[3], actor=desk.wang)
    desk.do(needs.cancel, need_id=wanted[1], reason="不要了")
    rows = [
        _row(wanted[0], roles[0], desk.people[0]),  # filled meanwhile
        _row(wanted[1], roles[1], desk.people[1]),  # cancelled meanwhile
        _row(wanted[2], roles[2], desk.people[2]),
        _row(wanted[3], roles[3], desk.people[2]),  # at the same time as the row before
    ]
    result = desk.do(dispatches.dispatch_rows, rows=rows)
    assert [row["key"] for row in result["refused"]] == [
        "dispatches.filled_by",
        "dispatches.need_cancelled",
        "dispatches.taken_by",
    ]
    assert len(result["done"]) == 1
    assert desk.live() == 2
    retry = [_row(wanted[3], roles[3], desk.people[1])]
    assert desk.do(dispatches.dispatch_rows, rows=retry)["refused"] == []


def test_a_plans_rows_must_lie_in_the_time_still_wanted(desk: Desk) -> None:
    need = desk.need()
    rows = [_row(need, _role(desk, need), desk.people[0], START + timedelta(days=3))]
    refused = desk.do(dispatches.dispatch_rows, rows=rows)["refused"]
    assert [row["key"] for row in refused] == ["dispatches.outside_wanted"]


def test_the_wall_stands_behind_the_commands(desk: Desk) -> None:
    """A statement that checks nothing is stopped by the database itself, in words."""
    need, other = desk.need(), desk.need()
    sent = desk.send(need, desk.people[0])
    assert sent

    def blind(session: Any) -> None:
        session.add(
            Dispatch(
                county=COUNTY,
                need_id=other,
                role_id=_role(desk, other),
                volunteer_id=desk.people[0],
                state="offered",
                start=START + timedelta(hours=1),
                end=START + timedelta(hours=3),
                dispatched_by=0,
                offered_at=datetime.now(UTC),
            )
        )

    with pytest.raises(Exception, match="dispatch_overlap"):
        desk.database.write(blind)
