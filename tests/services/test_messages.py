"""The outbox: whoever is concerned by a change of a dispatch gets exactly one message; on both databases."""

import json
import stat
import threading
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, select, update
from sqlalchemy import text as sql
from sqlalchemy.exc import IntegrityError

from dashboard.__main__ import main
from dashboard.core.errors import Conflict, DashboardError, Forbidden, Invalid, NotFound
from dashboard.core.messages import Kind, Party, State, composed
from dashboard.core.needs import DISPATCH_MOVES
from dashboard.core.permissions import BY_VOLUNTEER, Action, Actor, link_actor, system_actor
from dashboard.core.words import DispatchState, IntervalRule, Outcome, Role, Subject
from dashboard.services import dispatches, displace, links, message_facts, messages, need_life, needs, service_records
from dashboard.services.commands import Work, command
from dashboard.services.senders import FILE_VARIABLE, FileSender, address_of_county, sender_of
from dashboard.text import text
from db.engine import Database
from db.models import Audit, Dispatch, Message, NeedEvent, NeedInterval, Person, Setting, Volunteer
from tests.builders import COUNTY, NOW, a_county, a_person, a_site, an_actor, saved
from tests.services.planning import START, Desk

D = DispatchState
V, R = Party.VOLUNTEER, Party.RESIDENT
SAY = partial(text, "zh")
RESIDENT_PHONE, VOLUNTEER_PHONE = "13885200001", "13985200002"


class Office(Desk):
    """A desk with needs of residents who have a phone."""

    def need(self, **values: Any) -> int:
        if "person_id" not in values:
            values["person_id"] = self.make(a_person, "冉大妈", RESIDENT_PHONE).id
        return super().need(**values)

    def volunteer(self, name: str, km: float = 0.0, phone: str | None = VOLUNTEER_PHONE, **values: Any) -> int:
        made = super().volunteer(name, km, consent="given", **values)
        her = select(Volunteer.person_id).where(Volunteer.id == made).scalar_subquery()
        self.database.write(lambda session: session.execute(update(Person).where(Person.id == her).values(phone=phone)))
        return made

    def send(self, need: int, *people: int) -> int:
        return self.do(dispatches.dispatch, need_id=need, volunteer_ids=people)["dispatch_ids"][0]

    def rows(self) -> list[Message]:
        with self.database.read() as session:
            found = list(session.scalars(select(Message).order_by(Message.id)))
            session.expunge_all()
            return found

    def told(self, dispatch: int | None = None) -> list[tuple[str, str]]:
        return [(one.party, one.kind) for one in self.rows() if dispatch in (None, one.dispatch_id)]

    def box(self, actor: Actor | None = None, now: datetime = NOW, **values: Any) -> messages.Inbox:
        return self.ask(messages.inbox, actor, now=now, **values)

    def deliver(self, sender: Any, now: datetime = NOW, **values: Any) -> messages.Delivered:
        return messages.deliver(self.database, system_actor(COUNTY), sender, now, say=SAY, **values)


class Kept:
    """A sender that keeps what it was given; it fails as often as told."""

    name = "kept"

    def __init__(self, fails: int = 0) -> None:
        self.sent: list[tuple[str, str]] = []
        self.fails = fails

    def send(self, to_phone: str, text: str) -> None:
        if self.fails:
            self.fails -= 1
            raise ConnectionError(f"no way to {to_phone}")
        self.sent.append((to_phone, text))


@pytest.fixture
def office(any_database: Database) -> Office:
    return Office(any_database)


@command(Action.RECORD_SERVICE, Subject.NEEDS)
def move(work: Work, *, dispatch_id: int, to: str, now_fail: bool = False) -> None:
    """For these tests: any move of the table, by itself."""
    row, need = need_life.dispatch_for(work, dispatch_id)
    need_life.move_dispatch(work, row, need, D(to))
    work.audit("dispatch", row.id, after={"state": to})
    if now_fail:
        raise Invalid("dispatches.ended")


#: A way to every state by legal moves.
WAYS: dict[DispatchState, tuple[DispatchState, ...]] = {
    D.OFFERED: (),
    D.ACCEPTED: (D.ACCEPTED,),
    D.IN_SERVICE: (D.ACCEPTED, D.IN_SERVICE),
    D.DONE: (D.ACCEPTED, D.IN_SERVICE, D.DONE),
    D.CONFIRMED: (D.ACCEPTED, D.IN_SERVICE, D.DONE, D.CONFIRMED),
    D.DECLINED: (D.DECLINED,),
    D.EXPIRED: (D.EXPIRED,),
    D.CANCELLED: (D.CANCELLED,),
}
#: The table, said here again on purpose: a change of who is told must change it too.
EXPECTED: dict[tuple[DispatchState, DispatchState], list[tuple[str, str]]] = {
    (D.OFFERED, D.ACCEPTED): [(R, Kind.ACCEPTED)],
    (D.OFFERED, D.DECLINED): [],
    (D.OFFERED, D.EXPIRED): [(V, Kind.EXPIRED)],
    # Where the offer went out; see the test of offers that never did.
    (D.OFFERED, D.CANCELLED): [(V, Kind.CANCELLED)],
    (D.ACCEPTED, D.IN_SERVICE): [],
    (D.ACCEPTED, D.CANCELLED): [(V, Kind.CANCELLED), (R, Kind.CANCELLED)],
    (D.ACCEPTED, D.OFFERED): [(V, Kind.OFFERED), (R, Kind.TAKEN_BACK)],
    (D.IN_SERVICE, D.DONE): [(R, Kind.ASKED_TO_RATE)],
    (D.IN_SERVICE, D.CANCELLED): [(V, Kind.CANCELLED), (R, Kind.CANCELLED)],
    (D.IN_SERVICE, D.ACCEPTED): [],
    (D.DONE, D.CONFIRMED): [],
}


@pytest.mark.parametrize("before", D)
def test_every_move_makes_exactly_the_messages_of_the_table(database: Database, before: DispatchState) -> None:
    office = Office(database)
    for after in D:
        one = office.send(office.need(), office.volunteer("甲"))
        assert office.told(one) == [(V, Kind.OFFERED)]
        office.do(messages.mark_copied, message_id=office.rows()[-1].id)
        for step in WAYS[before]:
            office.do(move, dispatch_id=one, to=step)
        seen = len(office.rows())
        if after not in DISPATCH_MOVES[before]:
            with pytest.raises(Invalid):
                office.do(move, dispatch_id=one, to=after)
            assert len(office.rows()) == seen
            continue
        office.do(move, dispatch_id=one, to=after)
        new = office.rows()[seen:]
        assert sorted((row.party, row.kind) for row in new) == sorted(EXPECTED[before, after])
        assert {row.version for row in new} <= {len(WAYS[before]) + 2}
        assert all((row.dispatch_id, row.state, row.created_at) == (one, "waiting", NOW) for row in new)


def test_the_table_names_every_legal_move() -> None:
    assert set(EXPECTED) == {(before, after) for before in D for after in DISPATCH_MOVES[before]}


def test_the_desk_s_own_commands_tell_of_a_whole_life(office: Office) -> None:
    need = office.need()
    one = office.send(need, office.volunteer("甲"))
    office.do(dispatches.accept, dispatch_id=one)
    later = START + timedelta(hours=3)
    office.do(service_records.record_service, now=later, dispatch_id=one, start=START, end=START + timedelta(hours=2))
    office.do(service_records.confirm, now=later, need_id=need)
    office.do(service_records.rate, now=later, need_id=need, score=5, outcome=Outcome.DONE)
    assert office.told() == [(V, Kind.OFFERED), (R, Kind.ACCEPTED), (R, Kind.ASKED_TO_RATE)]


def test_a_double_click_makes_one_message(office: Office) -> None:
    need, her = office.need(), office.volunteer("甲")
    for _ in range(2):
        office.do(dispatches.dispatch, key="dispatch:1", need_id=need, volunteer_ids=[her])
    (one,) = office.rows()
    for _ in range(2):
        office.do(dispatches.accept, key="accept:1", dispatch_id=one.dispatch_id)
    with pytest.raises(Invalid):
        office.do(dispatches.accept, dispatch_id=one.dispatch_id)
    assert office.told() == [(V, Kind.OFFERED), (R, Kind.ACCEPTED)]


def test_the_table_itself_refuses_a_second_message_of_one_change(office: Office) -> None:
    office.send(office.need(), office.volunteer("甲"))
    (row,) = office.rows()
    again = {column.key: getattr(row, column.key) for column in inspect(Message).column_attrs if column.key != "id"}
    with pytest.raises(IntegrityError):
        office.make(lambda session: saved(session, Message(**again)))


def test_clicks_at_the_same_moment_make_one_message(office: Office) -> None:
    one = office.send(office.need(), office.volunteer("甲"))
    gate, refused = threading.Barrier(4), []

    def click() -> None:
        gate.wait()
        try:
            office.do(dispatches.accept, dispatch_id=one)
        except DashboardError as error:
            refused.append(error.key)

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 3 and office.told() == [(V, Kind.OFFERED), (R, Kind.ACCEPTED)]


def test_a_change_that_is_rolled_back_leaves_no_message(office: Office) -> None:
    one = office.send(office.need(), office.volunteer("甲"))
    with pytest.raises(Invalid):
        office.do(move, dispatch_id=one, to="accepted", now_fail=True)
    assert office.told() == [(V, Kind.OFFERED)] and office.rows()[0].state == "waiting"


def test_of_a_plan_in_parts_only_the_rows_that_went_are_told(office: Office) -> None:
    her, need, taken = office.volunteer("甲"), office.need(), office.need()
    row = {"volunteer_id": her, "start": START.isoformat(), "end": (START + timedelta(hours=2)).isoformat()}
    rows = [row | {"need_id": one, "role_id": office.role(one)} for one in (need, taken)]
    found = office.do(dispatches.dispatch_rows, rows=rows)
    assert len(found["refused"]) == 1
    assert [(one.need_id, one.dispatch_id) for one in office.rows()] == [(need, found["done"][0])]


def test_a_draft_that_is_sent_tells_everybody_in_it_once(office: Office) -> None:
    for number in range(3):
        office.volunteer(f"志{number}", 0.2 * number)
        office.need()
    found = office.commit(office.draft())
    assert len(found.done) == 3
    rows = office.rows()
    assert sorted(one.dispatch_id for one in rows) == sorted(found.done)
    assert {(one.party, one.kind, one.version, one.state) for one in rows} == {(V, Kind.OFFERED, 1, "waiting")}


def test_displacement_tells_the_old_holder_the_new_one_and_the_resident_who_was_promised(office: Office) -> None:
    near, normal = office.volunteer("近"), office.need()
    promise = office.send(normal, near)
    office.do(dispatches.accept, dispatch_id=promise)
    office.volunteer("替", 4.0)
    urgent = office.need(urgency="urgent", lon=107.9 - 4.0 / 97.8)
    said = {"accepted_by": "县长 陈建", "accepted_role": "值班县长", "reason": "独居老人断电"}
    given = {"need_id": urgent, "role_id": office.role(urgent), "dispatch_id": promise}
    done = displace.displace(office.database, office.li, now=NOW, **given, **said)
    assert office.told(promise)[2:] == [(V, Kind.TAKEN_OVER), (R, Kind.TAKEN_OVER)]
    assert office.told(done.sent_dispatch_ids[0]) == [(V, Kind.OFFERED)]
    assert done.replaced_dispatch_id is not None
    assert office.told(done.replaced_dispatch_id) == [(V, Kind.OFFERED)]
    assert len(office.rows()) == 6


def test_a_need_that_is_cancelled_tells_everybody_sent(office: Office) -> None:
    need = office.need(people=2)
    one = office.send(need, office.volunteer("甲"))
    two = office.send(need, office.volunteer("乙"))
    office.do(messages.mark_copied, message_id=office.rows()[-1].id)
    office.do(dispatches.accept, dispatch_id=one)
    office.do(needs.cancel, need_id=need, reason="不需要了")
    assert office.told(one)[2:] == [(V, Kind.CANCELLED), (R, Kind.CANCELLED)]
    assert office.told(two) == [(V, Kind.OFFERED), (V, Kind.CANCELLED)]
    (told,) = [line.told for line in office.box(party=R).rows]
    assert "不来了" in composed(told.facts, SAY)


def test_of_several_helpers_the_resident_is_asked_when_the_last_has_served(office: Office) -> None:
    need = office.need(people=2)
    sent = [office.send(need, office.volunteer(name)) for name in "甲乙"]
    for one in sent:
        for step in WAYS[D.IN_SERVICE]:
            office.do(move, dispatch_id=one, to=step)
    for one in sent:
        office.do(move, dispatch_id=one, to="done")
    assert [kind for _, kind in office.told()[-2:]] == [Kind.DONE, Kind.ASKED_TO_RATE]


def test_who_comes_several_times_is_told_of_each(office: Office) -> None:
    need, her = office.need(interval_rule=IntervalRule.ALL_OF), office.volunteer("甲")
    again = START + timedelta(days=1)
    office.make(
        lambda session: saved(
            session, NeedInterval(county=COUNTY, need_id=need, start=again, end=again + timedelta(hours=2))
        )
    )
    office.send(need, her)
    assert [line.told.facts.start for line in office.box().rows] == [again, START]


def test_a_need_of_nobody_has_no_resident_to_tell(office: Office) -> None:
    one = office.send(office.need(person_id=None), office.volunteer("甲"))
    office.do(dispatches.accept, dispatch_id=one)
    assert office.told() == [(V, Kind.OFFERED)]


def test_what_she_does_by_her_own_link_is_told_to_the_resident_only(office: Office) -> None:
    one = office.send(office.need(), office.volunteer("甲"))
    her = link_actor(COUNTY, BY_VOLUNTEER)
    office.do(dispatches.accept, her, dispatch_id=one)
    office.do(move, her, dispatch_id=one, to="cancelled")
    assert office.told()[1:] == [(R, Kind.ACCEPTED), (R, Kind.CANCELLED)]


def test_what_waits_and_is_no_longer_true_is_dropped(office: Office) -> None:
    one, two = (office.send(office.need(), office.volunteer(name)) for name in "甲乙")
    office.do(dispatches.accept, dispatch_id=one)
    states = {(row.dispatch_id, row.kind): row.state for row in office.rows()}
    assert states == {(one, "offered"): "dropped", (one, "accepted"): "waiting", (two, "offered"): "waiting"}
    sent = office.rows()[1]
    office.do(messages.mark_copied, message_id=sent.id)
    office.do(dispatches.cancel, dispatch_id=two, reason="有变")
    assert {row.kind: row.state for row in office.rows() if row.dispatch_id == two} == {
        "offered": "copied",
        "cancelled": "waiting",
    }


@pytest.mark.parametrize("deed", [dispatches.undo, dispatches.cancel, needs.cancel])
def test_an_offer_taken_back_before_it_went_out_is_told_to_nobody(office: Office, deed: Any) -> None:
    need = office.need()
    one = office.send(need, office.volunteer("甲"))
    about = {"need_id": need} if deed is needs.cancel else {"dispatch_id": one}
    office.do(deed, **about, **({} if deed is dispatches.undo else {"reason": "有变"}))
    (row,) = office.rows()
    assert (row.kind, row.state) == (Kind.OFFERED, State.DROPPED)
    sender = Kept()
    assert office.deliver(sender).waiting == 0 and sender.sent == []
    with office.database.read() as session:
        events = session.scalars(select(NeedEvent).where(NeedEvent.dispatch_id == one).order_by(NeedEvent.id)).all()
        assert [event.to_state for event in events] == ["offered", "cancelled"]
        audits = session.execute(
            select(Audit.before, Audit.after).where(Audit.subject == "message", Audit.subject_id == row.id)
        ).all()
    assert [tuple(one) for one in audits] == [({"state": "waiting"}, {"state": "dropped"})]


def _copied(office: Office, one: int) -> None:
    office.do(messages.mark_copied, message_id=office.rows()[-1].id)


def _tried(office: Office, one: int) -> None:
    office.deliver(Kept(fails=1))


def _linked(office: Office, one: int) -> None:
    office.do(links.make_for_volunteer, dispatch_id=one)


def _said_yes(office: Office, one: int) -> None:
    office.do(dispatches.accept, dispatch_id=one)
    office.do(dispatches.undo, dispatch_id=one)


@pytest.mark.parametrize("heard", [_copied, _tried, _linked, _said_yes])
def test_who_may_have_heard_of_an_offer_is_told_that_it_is_taken_back(office: Office, heard: Any) -> None:
    one = office.send(office.need(), office.volunteer("甲"))
    heard(office, one)
    office.do(dispatches.undo, dispatch_id=one)
    last = office.rows()[-1]
    assert (last.party, last.kind, last.state) == (V, Kind.CANCELLED, State.WAITING)


# -- nothing personal


def test_no_words_and_no_personal_value_are_stored(office: Office) -> None:
    need = office.need(title="给冉大妈修灯", detail="独居", place_text="都濡街道7号")
    one = office.send(need, office.volunteer("田志愿"))
    office.do(dispatches.accept, dispatch_id=one)
    office.do(dispatches.cancel, dispatch_id=one, reason="冉大妈住院")
    office.deliver(Kept(fails=1))
    with office.database.read() as session:
        rows = session.execute(sql("select * from messages")).all()
        audits = session.execute(
            select(Audit.before, Audit.after, Audit.reason).where(Audit.subject == "message")
        ).all()
    stored = f"{rows} {audits}"
    assert len(rows) == 4 and "ConnectionError" in stored
    for personal in (
        "冉",
        "大妈",
        "田",
        "志愿",
        "修灯",
        "独居",
        "都濡",
        "7号",
        RESIDENT_PHONE,
        VOLUNTEER_PHONE,
        "0001",
    ):
        assert personal not in stored


def test_the_words_hold_no_resident_and_a_volunteer_s_name_only_for_who_may_see_it(office: Office) -> None:
    one = office.send(office.need(title="修灯"), office.volunteer("田志愿"))
    assert "冉" not in composed(office.box().rows[0].told.facts, SAY)
    office.do(dispatches.accept, dispatch_id=one)
    with office.database.read() as session:
        ids = list(session.scalars(select(Message.id)))
        seen, masked = (
            message_facts.told_by_id(session, an_actor(role), ids) for role in (Role.STATION_WORKER, Role.LEADER)
        )
    assert [(told.name, told.phone) for told in seen] == [("冉**", "*******0001"), ("田志愿", "")]
    assert "田志愿" in composed(seen[0].facts, SAY)
    assert [told.name for told in masked] == ["冉**", "田**"]
    assert "田**" in composed(masked[0].facts, SAY) and "田志愿" not in str(masked)


# -- the list


def test_the_list_is_newest_first_by_heading_party_and_page(office: Office) -> None:
    for number in range(3):
        one = office.send(office.need(), office.volunteer(f"志{number}"))
        office.do(dispatches.accept, dispatch_id=one)
        office.send(office.need(), office.volunteer(f"愿{number}"))
    found = office.box()
    assert (found.total, found.counts) == (6, {"waiting": 6, "sent": 0, "failed": 0, "dropped": 3})
    ids = [line.told.id for line in found.rows]
    assert ids == sorted(ids, reverse=True)
    assert {line.told.facts.party for line in office.box(party=R).rows} == {R} and office.box(party=R).total == 3
    assert [line.told.id for line in office.box(page=1, size=4).rows] == ids[4:]
    assert [line.told.id for line in office.box(page=9, size=4).rows] == ids[4:]
    office.do(messages.mark_copied, message_id=ids[0])
    assert [line.told.id for line in office.box(tab="sent").rows] == [ids[0]]
    assert office.box().counts == {"waiting": 5, "sent": 1, "failed": 0, "dropped": 3}


def test_only_messages_of_ones_own_part_are_seen_and_marked(office: Office) -> None:
    elsewhere = office.make(a_site, office.centre)
    office.send(office.need(), office.volunteer("甲"))
    (row,) = office.rows()
    here, there = (an_actor(Role.STATION_WORKER, site) for site in (office.station, elsewhere))
    assert (office.box(here).total, office.box(there).total, office.box(there).counts["waiting"]) == (1, 0, 0)
    for deed in (messages.mark_copied, messages.mark_failed, messages.retry, messages.let_go):
        with pytest.raises(Forbidden):
            office.do(deed, there, message_id=row.id)
        with pytest.raises(Forbidden):
            office.do(deed, an_actor(Role.LEADER), message_id=row.id)
    with pytest.raises(Forbidden):
        office.box(an_actor(Role.LEADER))
    with pytest.raises(NotFound):
        office.do(messages.mark_copied, message_id=row.id + 999)
    office.do(messages.mark_copied, here, message_id=row.id)
    assert office.rows()[0].state == "copied"


def test_an_offer_whose_time_to_answer_is_over_is_shown_as_outdated(office: Office) -> None:
    office.send(office.need(), office.volunteer("甲"))
    assert not office.box().rows[0].outdated
    assert office.box(now=START + timedelta(hours=1)).rows[0].outdated


def test_what_is_outdated_is_taken_out_of_the_list_and_nothing_else_is(office: Office) -> None:
    office.send(office.need(), office.volunteer("甲"))
    (row,) = office.rows()
    with pytest.raises(Conflict) as refused:
        office.do(messages.let_go, message_id=row.id)
    assert "messages.still_wanted" == refused.value.key
    office.do(messages.let_go, now=START + timedelta(hours=1), message_id=row.id)
    assert {"waiting": 0, "sent": 0, "failed": 0, "dropped": 1} == office.box().counts
    with pytest.raises(Conflict):
        office.do(messages.let_go, now=START + timedelta(hours=1), message_id=row.id)


def test_marking_by_hand_goes_there_and_back_and_is_audited(office: Office) -> None:
    office.send(office.need(), office.volunteer("甲"))
    (row,) = office.rows()
    office.do(messages.mark_copied, message_id=row.id)
    assert office.rows()[0].sent_at == NOW
    with pytest.raises(Conflict):
        office.do(messages.mark_copied, message_id=row.id)
    office.do(messages.mark_failed, message_id=row.id, failure="wrong_number")
    assert (office.rows()[0].state, office.rows()[0].last_error, office.rows()[0].sent_at) == (
        "failed",
        "wrong_number",
        None,
    )
    with pytest.raises(Invalid):
        office.do(messages.mark_failed, message_id=row.id, failure="冉大妈的电话停机")
    office.do(messages.retry, message_id=row.id)
    with pytest.raises(Conflict):
        office.do(messages.retry, message_id=row.id)
    with office.database.read() as session:
        steps = session.execute(
            select(Audit.command, Audit.before, Audit.after).where(Audit.subject == "message").order_by(Audit.id)
        ).all()
    assert [(step.command, step.before["state"], step.after["state"]) for step in steps] == [
        ("messages.mark_copied", "waiting", "copied"),
        ("messages.mark_failed", "copied", "failed"),
        ("messages.retry", "failed", "waiting"),
    ]


# -- senders


def test_messages_go_out_oldest_first_each_once_to_the_right_phone(office: Office) -> None:
    her = office.volunteer("田志愿")
    one = office.send(office.need(title="修灯"), her)
    sender = Kept()
    assert office.deliver(sender) == messages.Delivered(sent=1, no_phone=0, dropped=0, refused=0, waiting=0)
    office.do(dispatches.accept, dispatch_id=one)
    office.do(dispatches.cancel, dispatch_id=one, reason="有变")
    assert office.deliver(sender, limit=1).waiting == 1
    assert office.deliver(sender).waiting == 0 == office.deliver(sender).sent
    assert [phone for phone, _ in sender.sent] == [VOLUNTEER_PHONE, VOLUNTEER_PHONE, RESIDENT_PHONE]
    assert "能来吗" in sender.sent[0][1] and "已取消" in sender.sent[1][1] and "另找人" in sender.sent[2][1]
    assert RESIDENT_PHONE not in "".join(words for _, words in sender.sent)
    assert {(row.state, row.channel, row.tries) for row in office.rows() if row.kind != "accepted"} == {
        ("sent", "kept", 1)
    }


@pytest.mark.parametrize(("resident", "reporter", "to"), [("1", None, "1"), (None, "2", "2"), ("1", "2", "1")])
def test_a_resident_without_a_phone_is_told_through_who_called_for_her(
    database: Database, resident: str | None, reporter: str | None, to: str
) -> None:
    office = Office(database)
    phones = {"1": "13800000001", "2": "13800000002"}
    people = [
        office.make(a_person, name, phones.get(one or "")).id for name, one in (("冉", resident), ("邹", reporter))
    ]
    one = office.send(office.need(person_id=people[0], reported_by_id=people[1]), office.volunteer("甲"))
    office.do(dispatches.accept, dispatch_id=one)
    sender = Kept()
    office.deliver(sender)
    assert [phone for phone, _ in sender.sent] == [phones[to]]


def test_a_message_carries_a_link_that_opens_its_order_and_leaves_the_one_on_paper_open(office: Office) -> None:
    need = office.need(title="修灯")
    one = office.send(need, office.volunteer("田志愿"))
    paper = office.do(links.make_for_resident, need_id=need)["token"]
    office.do(dispatches.accept, dispatch_id=one)
    office.do(dispatches.cancel, dispatch_id=one, reason="有变")
    two = office.send(need, office.volunteer("邹志愿", km=1.0))
    sender = Kept()
    office.deliver(sender, address="https://county.example")
    words = {phone: said for phone, said in sender.sent if "/r/" in said}
    assert {phone: said.count("https://county.example/r/") for phone, said in words.items()} == {
        RESIDENT_PHONE: 1,
        VOLUNTEER_PHONE: 1,
    }
    assert "不用来了" in sender.sent[0][1] and "/r/" not in sender.sent[0][1]
    opened = {phone: links.open_link(office.database, said.rsplit("/r/", 1)[1], NOW) for phone, said in words.items()}
    assert opened[VOLUNTEER_PHONE].dispatch_id == two and opened[RESIDENT_PHONE].need_id == need
    assert links.open_link(office.database, paper, NOW).need_id == need


def test_a_link_that_nobody_got_opens_nothing(office: Office) -> None:
    office.send(need := office.need(), office.volunteer("甲"))
    office.deliver(Kept(fails=1), address="https://county.example")
    assert not office.ask(links.links_of, need_id=need, now=NOW)
    sender = Kept()
    office.deliver(sender, address="https://county.example")
    assert len(office.ask(links.links_of, need_id=need, now=NOW)) == 1 and "/r/" in sender.sent[0][1]


@pytest.mark.parametrize("address", ["county.example", "ftp://county.example", "https://a.example/?x=1"])
def test_an_address_that_is_none_is_refused(database: Database, address: str) -> None:
    with pytest.raises(Invalid, match="no_address"):
        address_of_county(database, COUNTY, address)
    assert address_of_county(database, COUNTY) == ""


def test_who_has_no_phone_is_named_among_the_failed(office: Office) -> None:
    office.send(office.need(), office.volunteer("甲", phone=None))
    assert office.deliver(Kept()).no_phone == 1
    assert (office.rows()[0].state, office.rows()[0].last_error) == ("failed", "no_phone")


def test_what_is_past_its_time_is_dropped_unsent(office: Office) -> None:
    office.send(office.need(), office.volunteer("甲"))
    sender = Kept()
    found = office.deliver(sender, now=START + timedelta(hours=4))
    assert (found.dropped, sender.sent, office.rows()[0].state) == (1, [], "dropped")


def test_a_message_is_tried_five_times_then_a_person_must_look(office: Office) -> None:
    office.send(office.need(), office.volunteer("甲"))
    sender = Kept(fails=100)
    for tries in range(1, 6):
        assert office.deliver(sender).refused == 1
        row = office.rows()[0]
        assert (row.tries, row.state, row.last_error) == (
            tries,
            "failed" if tries == 5 else "waiting",
            "ConnectionError",
        )
    assert office.deliver(sender).refused == 0
    office.do(messages.retry, message_id=row.id)
    sender.fails = 0
    assert office.deliver(sender).sent == 1 and office.rows()[0].last_error == ""


def test_a_sender_that_is_down_costs_the_others_no_try(office: Office) -> None:
    for number in range(5):
        office.send(office.need(), office.volunteer(f"志{number}"))
    found = office.deliver(Kept(fails=100))
    assert (found.refused, found.waiting) == (3, 5)
    assert [row.tries for row in office.rows()] == [1, 1, 1, 0, 0]


def test_a_sending_that_broke_off_is_never_repeated_without_a_person(office: Office) -> None:
    class Cut(Kept):
        def send(self, to_phone: str, text: str) -> None:
            raise KeyboardInterrupt

    office.send(office.need(), office.volunteer("甲"))
    with pytest.raises(KeyboardInterrupt):
        office.deliver(Cut())
    sender = Kept()
    assert office.deliver(sender).sent == 0 and office.rows()[0].state == "sending"
    (line,) = office.box().rows
    assert line.told.state is State.SENDING and not line.stuck
    with pytest.raises(Conflict):
        office.do(messages.retry, message_id=line.told.id)
    later = NOW + messages.STUCK_AFTER
    assert office.box(now=later).rows[0].stuck
    office.do(messages.retry, now=later, message_id=line.told.id)
    assert office.deliver(sender, now=later).sent == 1


def test_two_senders_at_once_send_each_message_once(office: Office) -> None:
    for number in range(8):
        office.send(office.need(), office.volunteer(f"志{number}"))
    gate, sender, counted = threading.Barrier(2), Kept(), []

    class Together(Kept):
        """Waits with its first message until the other has one too, so that both have nearly the same list."""

        def send(self, to_phone: str, text: str) -> None:
            if not self.sent:
                gate.wait(30)
            self.sent.append((to_phone, text))
            sender.send(to_phone, text)

    def run() -> None:
        counted.append(messages.deliver(office.database, system_actor(COUNTY), Together(), NOW, say=SAY).sent)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    codes = [words.split("（")[1].split("）")[0] for _, words in sender.sent]
    assert len(codes) == len(set(codes)) == 8 == sum(counted)
    assert {(row.state, row.tries) for row in office.rows()} == {("sent", 1)}


def test_the_file_sender_writes_a_line_a_message_for_its_owner_only(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "outbox.jsonl"
    office.send(office.need(title="修灯\n{x}"), office.volunteer("甲"))
    office.send(office.need(), office.volunteer("乙"))
    office.deliver(FileSender(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert [set(line) for line in lines] == [{"to", "text"}] * 2
    assert lines[0]["to"] == VOLUNTEER_PHONE and "修灯 {x}" in lines[0]["text"]


def test_the_sender_is_the_county_s_or_the_environment_s(database: Database, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.delenv(FILE_VARIABLE, raising=False)
    with pytest.raises(Invalid) as refused:
        sender_of(database, COUNTY)
    assert refused.value.key == "messages.no_outbox"
    value = {"sender": "file", "file": str(tmp_path / "county.jsonl")}
    database.write(lambda session: saved(session, Setting(county=COUNTY, key="outbox", value=value)))
    assert sender_of(database, COUNTY).path == tmp_path / "county.jsonl"  # type: ignore[attr-defined]
    monkeypatch.setenv(FILE_VARIABLE, str(tmp_path / "mine.jsonl"))
    assert sender_of(database, COUNTY).path == tmp_path / "mine.jsonl"  # type: ignore[attr-defined]
    with pytest.raises(Invalid) as refused:
        sender_of(database, COUNTY, "pigeon")
    assert refused.value.key == "messages.no_such_sender"
    with pytest.raises(Invalid) as refused:
        FileSender(tmp_path / "nowhere" / "x.jsonl")
    assert refused.value.key == "messages.outbox_closed"


def test_the_shell_sends_what_waits(database: Database, tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    office = Office(database)
    office.make(a_county)
    # The shell's clock is today's: an offer that can still be answered.
    office.send(office.need(), office.volunteer("甲"))
    database.write(lambda session: session.execute(update(Dispatch).values(**_ahead())))
    office.send(office.need(), office.volunteer("乙", phone=None))
    path = tmp_path / "outbox.jsonl"
    monkeypatch.setenv(FILE_VARIABLE, str(path))
    command_line = ["send", "--db", str(database.url)]
    assert main([*command_line, "--limit", "1", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"sent": 1, "no_phone": 0, "dropped": 0, "refused": 0, "waiting": 1}
    assert len(path.read_text(encoding="utf-8").splitlines()) == 1
    monkeypatch.delenv(FILE_VARIABLE)
    assert main(command_line) == 1
    assert FILE_VARIABLE in capsys.readouterr().err


def _ahead() -> dict[str, datetime]:
    far = datetime(2100, 1, 1, tzinfo=NOW.tzinfo)
    return {"start": far, "end": far + timedelta(hours=2), "expires_at": far}
