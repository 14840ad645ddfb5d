"""A promise is taken back for a more urgent need only with a named acceptance, and nothing else changes (F42)."""

import random
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import inspect, select

from dashboard.core.errors import Conflict, DashboardError, Forbidden, Invalid, NotFound
from dashboard.core.words import Role
from dashboard.services import dispatches, displace, holds, match_people, matches, need_card
from dashboard.services.check_look import Look
from dashboard.services.check_needs import overfilled, two_places
from dashboard.services.check_runs import displacement
from dashboard.services.displace import Displaced
from dashboard.services.displace_ask import Proposals, displacements, proposals
from db.engine import Database
from db.models import Audit, AuditPersonal, Dispatch, Displacement, Need, NeedEvent, NeedInterval
from tests.builders import COUNTY, NOW, a_need, a_site, an_actor
from tests.services.planning import START, Desk


@pytest.fixture
def desk(any_database: Database) -> Desk:
    match_people.forget()
    return Desk(any_database)


def send(desk: Desk, need: int, *people: int, accepted: bool = False) -> int:
    first = desk.do(dispatches.dispatch, need_id=need, volunteer_ids=people)["dispatch_ids"][0]
    if accepted:
        desk.do(dispatches.accept, dispatch_id=first)
    return first


def ask(desk: Desk, need: int, **values: Any) -> Proposals:
    return desk.ask(proposals, need_id=need, now=NOW, **values)


def take(desk: Desk, need: int, dispatch: int, **values: Any) -> Displaced:
    said = {"accepted_by": "县长 陈建", "accepted_role": "值班县长", "reason": "独居老人断电"} | values
    actor = said.pop("actor", desk.li)
    given = {"need_id": need, "role_id": desk.role(need), "dispatch_id": dispatch}
    return displace.displace(desk.database, actor, now=NOW, **(given | said))


def everything(desk: Desk) -> dict[tuple[str, int], dict[str, Any]]:
    """Every need and dispatch, column by column."""
    found = {}
    with desk.database.read() as session:
        for table in (Need, Dispatch):
            for row in session.scalars(select(table)):
                columns = {column.key: getattr(row, column.key) for column in inspect(table).column_attrs}
                found[table.__tablename__, row.id] = columns
    return found


@pytest.fixture
def busy(desk: Desk) -> tuple[Desk, dict[str, int]]:
    """One electrician-like helper promised to a normal need, a second volunteer too far from the urgent one."""
    made = {"near": desk.volunteer("近"), "normal": desk.need()}
    made["promise"] = send(desk, made["normal"], made["near"])
    made["substitute"] = desk.volunteer("替", 4.0)
    # The urgent need lies on the other side: the substitute lives too far from it.
    made["urgent"] = desk.need(urgency="urgent", lon=107.9 - 4.0 / 97.8)
    return desk, made


def test_a_proposal_names_the_need_that_would_lose_her_and_who_could_take_over(busy: Any) -> None:
    desk, made = busy
    found = ask(desk, made["urgent"])
    assert (found.free, found.open, found.urgency) == (0, 1, "urgent")
    one = found.rows[0]
    assert (one.who.name, one.dispatch_id, one.displaced.need_id) == ("近", made["promise"], made["normal"])
    assert (one.substitute.name, one.accepted) == ("替", False)
    assert (one.start, one.displaced_start) == (START, START)
    assert one.metres == pytest.approx(4000, abs=30)


def test_she_is_withdrawn_sent_and_replaced_in_one_go_and_nothing_else_changes(busy: Any) -> None:
    desk, made = busy
    bystander = send(desk, desk.need(), desk.volunteer("旁人"))
    before = everything(desk)
    found = take(desk, made["urgent"], made["promise"])
    assert (found.volunteer, found.substitute, found.escalated) == ("近", "替", False)
    assert set(desk.sent()) >= {(made["urgent"], made["near"]), (made["normal"], made["substitute"])}
    after = everything(desk)
    new = {key for key in after if key not in before}
    assert new == {("dispatches", one) for one in (*found.sent_dispatch_ids, found.replaced_dispatch_id)}
    changed = {key for key in before if before[key] != after[key]}
    assert changed == {("dispatches", made["promise"])}
    differ = {
        name
        for name, value in before["dispatches", made["promise"]].items()
        if after["dispatches", made["promise"]][name] != value
    }
    assert differ == {"state", "version"} and after["dispatches", made["promise"]]["state"] == "cancelled"
    assert after["dispatches", bystander]["state"] == "offered"


def test_the_named_acceptance_is_kept_and_audited_apart(busy: Any) -> None:
    desk, made = busy
    done = take(desk, made["urgent"], made["promise"])
    with desk.database.read() as session:
        row = session.scalars(select(Displacement)).one()
        assert (row.accepted_by, row.accepted_role, row.reason) == ("县长 陈建", "值班县长", "独居老人断电")
        assert (row.need_id, row.dispatch_id, row.escalated) == (made["urgent"], made["promise"], False)
        audit = session.scalars(select(Audit).where(Audit.subject == "displacement")).one()
        kept = session.scalars(select(AuditPersonal.after).where(AuditPersonal.audit_id == audit.id)).all()
        assert set(audit.after["accepted_by"]) == {"digest"} and kept == ["县长 陈建"]
        event = session.scalars(
            select(NeedEvent).where(NeedEvent.dispatch_id == made["promise"]).order_by(NeedEvent.id.desc())
        ).first()
        assert event is not None and (event.to_state, event.reason) == ("cancelled", "独居老人断电")
    listed = desk.ask(displacements, need_id=made["normal"])
    assert [(one.id, one.volunteer, one.substitute, one.by) for one in listed] == [
        (done.displacement_id, "近", "替", "李调度")
    ]
    card = desk.ask(need_card.card, need_id=made["normal"], now=NOW)
    told = [step for step in card.history if step.displaced_for]
    assert [(step.volunteer, step.displaced_for, step.escalated) for step in told] == [("近", done.code, False)]


def test_without_anybody_to_take_over_the_need_is_escalated(busy: Any) -> None:
    desk, made = busy
    desk.do(dispatches.dispatch, need_id=desk.need(), volunteer_ids=[made["substitute"]])
    assert ask(desk, made["urgent"]).rows[0].substitute is None
    found = take(desk, made["urgent"], made["promise"])
    assert (found.escalated, found.replaced_dispatch_id, found.substitute) == (True, None, "")
    assert desk.ask(displacements)[0].escalated
    assert desk.ask(need_card.card, need_id=made["normal"], now=NOW).history[-1].escalated
    assert desk.state(made["normal"]) == "open"


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"accepted_by": " "}, "displace.who_accepts"),
        ({"reason": ""}, "needs.reason_wanted"),
    ],
)
def test_without_a_name_or_a_reason_nothing_happens(busy: Any, values: dict[str, Any], key: str) -> None:
    desk, made = busy
    before = everything(desk)
    with pytest.raises(Invalid) as refused:
        take(desk, made["urgent"], made["promise"], **values)
    assert refused.value.key == key and everything(desk) == before
    assert desk.count(Displacement) == 0


def test_where_somebody_is_free_nobody_is_displaced(busy: Any) -> None:
    desk, made = busy
    desk.volunteer("有空")
    found = ask(desk, made["urgent"])
    assert (found.free, found.rows) == (1, ())
    with pytest.raises(Invalid) as refused:
        take(desk, made["urgent"], made["promise"])
    assert refused.value.key == "displace.somebody_is_free"


@pytest.mark.parametrize(("urgency", "promised"), [("soon", "soon"), ("soon", "urgent"), ("normal", "normal")])
def test_only_from_a_less_urgent_to_a_more_urgent_need(desk: Desk, urgency: str, promised: str) -> None:
    person = desk.volunteer("近")
    promise = send(desk, desk.need(urgency=promised), person)
    need = desk.need(urgency=urgency)
    assert ask(desk, need).rows == ()
    with pytest.raises(Invalid) as refused:
        take(desk, need, promise)
    assert refused.value.key == "displace.not_less_urgent"
    assert len(desk.sent()) == 1


def test_whoever_serves_already_stays(busy: Any) -> None:
    desk, made = busy
    desk.do(dispatches.accept, dispatch_id=made["promise"])
    assert ask(desk, made["urgent"]).rows[0].accepted
    desk.do(dispatches.start, dispatch_id=made["promise"])
    assert ask(desk, made["urgent"]).rows == ()
    with pytest.raises(Conflict) as refused:
        take(desk, made["urgent"], made["promise"])
    assert refused.value.key == "displace.not_open_any_more"


def test_offers_go_before_acceptances_and_less_urgent_needs_before_others(desk: Desk) -> None:
    names = {}
    for name, urgency, accepted in (
        ("甲", "soon", False),
        ("乙", "normal", True),
        ("丙", "normal", False),
    ):
        names[name] = send(desk, desk.need(urgency=urgency), desk.volunteer(name), accepted=accepted)
    found = ask(desk, desk.need(urgency="urgent"))
    assert [one.who.name for one in found.rows] == ["丙", "乙", "甲"]


def test_who_fails_another_rule_is_no_proposal(busy: Any) -> None:
    desk, made = busy
    need = desk.need(urgency="urgent", gender_wish="male", gender_hard=True)
    assert ask(desk, need).rows == ()
    with pytest.raises(Invalid):
        take(desk, need, made["promise"])
    assert desk.sent() == [(made["normal"], made["near"])]


def test_part_of_a_promise_is_not_taken_back(desk: Desk) -> None:
    person = desk.volunteer("近")

    def build(session: Any) -> int:
        need = a_need(session, desk.station, interval_rule="all_of")
        second = START + timedelta(days=1)
        session.add(NeedInterval(county=COUNTY, need_id=need.id, start=second, end=second + timedelta(hours=2)))
        session.flush()
        return need.id

    promise = send(desk, desk.database.write(build), person)
    need = desk.need(urgency="urgent")
    assert ask(desk, need).rows == ()
    with pytest.raises(Invalid) as refused:
        take(desk, need, promise)
    assert refused.value.key == "displace.several_times"


def test_a_need_in_another_s_hand_or_out_of_reach_keeps_its_people(busy: Any) -> None:
    desk, made = busy
    desk.do(holds.hold, desk.wang, need_id=made["normal"])
    with pytest.raises(Conflict):
        take(desk, made["urgent"], made["promise"])
    desk.do(holds.release, desk.wang, need_id=made["normal"])
    other = desk.make(a_site, desk.centre)
    far = desk.need(urgency="urgent", site=other)
    with pytest.raises((Forbidden, NotFound)):
        take(desk, far, made["promise"], actor=an_actor(site=desk.station))
    with pytest.raises(Forbidden):
        take(desk, made["urgent"], made["promise"], actor=an_actor(Role.LEADER))
    assert desk.sent() == [(made["normal"], made["near"])]


def test_a_displaced_promise_is_not_held_against_her(busy: Any) -> None:
    desk, made = busy
    desk.do(dispatches.accept, dispatch_id=made["promise"])
    take(desk, made["urgent"], made["promise"])
    with desk.database.read() as session:
        codes, people = match_people.everybody(session, COUNTY, "/", match_people.Weeks.around(NOW), NOW)
    record = people.table[int(people.rows([made["near"]])[0])]
    assert (record.asked, record.kept) == (0, 0)


def test_a_click_made_twice_displaces_once(busy: Any) -> None:
    desk, made = busy
    said = {"accepted_by": "陈建", "accepted_role": "", "reason": "急"}
    values = {"need_id": made["urgent"], "role_id": desk.role(made["urgent"]), "dispatch_id": made["promise"]}
    substitutes = [made["substitute"]]
    one, two = (desk.do(displace.take_over, key="k", substitutes=substitutes, **values, **said) for _ in range(2))
    assert one == two and desk.count(Displacement) == 1


def test_the_ranking_knows_her_new_task(busy: Any) -> None:
    desk, made = busy
    take(desk, made["urgent"], made["promise"])
    found = desk.ask(matches.why_not, need_id=made["normal"], volunteer_id=made["near"], now=NOW)
    assert "clash" in [one.rule for one in found.objections]


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_proposed_can_be_done_and_changes_only_what_it_says(desk: Desk, seed: int) -> None:
    """Random desks: needs of every urgency with people sent to some of them; every proposal is carried out in turn."""
    chance = random.Random(seed)
    people = [desk.volunteer(f"志愿{n}", chance.uniform(-6, 6)) for n in range(9)]
    needs = [
        desk.need(
            urgency=chance.choice(("urgent", "soon", "normal")),
            lon=107.9 + chance.uniform(-6, 6) / 97.8,
            start=START + timedelta(hours=chance.choice((0, 1, 3))),
        )
        for _ in range(8)
    ]
    for person in people:
        try:
            send(desk, chance.choice(needs), person, accepted=chance.random() < 0.5)
        except DashboardError:
            continue
    for need in needs:
        found = ask(desk, need)
        assert not (found.free and found.rows)
        if not found.rows or not found.open:
            continue
        one, before, sent = found.rows[0], everything(desk), desk.count(Dispatch)
        done = take(desk, need, one.dispatch_id)
        assert (done.volunteer, done.substitute) == (
            one.who.name,
            "" if one.substitute is None else one.substitute.name,
        )
        assert done.escalated == (one.substitute is None)
        after = everything(desk)
        assert {key for key in before if before[key] != after[key]} == {("dispatches", one.dispatch_id)}
        assert desk.count(Dispatch) == sent + 1 + (not done.escalated)
        order = ("urgent", "soon", "normal")
        assert order.index(found.urgency) < order.index(one.displaced.urgency)
    with desk.database.read() as session:
        look = Look(session, COUNTY, NOW)
        assert [check(look).found for check in (two_places, overfilled, displacement)] == [0, 0, 0]
