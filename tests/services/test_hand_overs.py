"""Hand-over: of a hold between coordinators, of an order between volunteers; on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import update

from dashboard.core.errors import Conflict, DashboardError, Forbidden, Invalid
from dashboard.core.hand_overs import HOLD_ANSWER, State, Told
from dashboard.core.permissions import Actor
from dashboard.core.words import HOLDS_SEAT, DispatchState, IntervalRule, Role
from dashboard.services import (
    dispatches,
    figure_rows,
    figures,
    hand_over_orders,
    hand_overs,
    holds,
    link_deeds,
    links,
    needs,
)
from dashboard.services.commands import digest_key, keyed_digest
from dashboard.services.notices import close as put_away
from db.engine import Database
from db.models import Audit, Dispatch, HandOver, Hold, Message, NeedInterval, Notice, Person, Volunteer
from tests.builders import NOW, actor_for, an_account
from tests.services.planning import START
from tests.services.ticking import Clockwork

MINUTE = timedelta(minutes=1)
D = DispatchState


@pytest.fixture
def desk(any_database: Database) -> Clockwork:
    return Clockwork(any_database)


@pytest.fixture
def quick(database: Database) -> Clockwork:
    return Clockwork(database)


def refused(kind: type[DashboardError], key: str, deed: Any, desk: Clockwork, *args: Any, **values: Any) -> None:
    with pytest.raises(kind) as found:
        desk.do(deed, *args, **values)
    assert key == found.value.key


# -- holds


def asked(desk: Clockwork, now: datetime = NOW) -> tuple[int, int]:
    """A need that Li holds and Wang asks for: (need, request)."""
    need = desk.need()
    desk.do(holds.hold, need_id=need)
    desk.do(hand_overs.ask_hold, desk.wang, now, need_id=need, reason="我和家属熟")
    return need, desk.rows(HandOver)[-1].id


def notices(desk: Clockwork, actor: Actor) -> list[tuple[str, int]]:
    return [(line.kind, line.need_id) for line in desk.ask(hand_overs.notices, actor)]


def holder(desk: Clockwork, need: int) -> int | None:
    rows = desk.rows(Hold, need_id=need)
    return rows[0].account_id if rows else None


def test_a_hold_is_handed_over_and_who_asked_is_told_once(desk: Clockwork) -> None:
    need, request = asked(desk)
    (banner,) = desk.ask(hand_overs.waiting, desk.li, now=NOW)
    assert (banner.asker, banner.reason, banner.answer_by) == ("王调度", "我和家属熟", NOW + HOLD_ANSWER)
    assert () == desk.ask(hand_overs.waiting, desk.wang, now=NOW)
    desk.do(hand_overs.grant_hold, now=NOW + MINUTE, hand_over_id=request)
    row = desk.rows(Hold)[0]
    assert (row.account_id, row.expires_at, row.extended) == (
        desk.wang.account_id,
        NOW + MINUTE + holds.LENGTH,
        False,
    )
    assert [(Told.GRANTED, need)] == notices(desk, desk.wang) and [] == notices(desk, desk.li)
    refused(Conflict, "holds.held_by", dispatches.dispatch, desk, need_id=need, volunteer_ids=[desk.volunteer("甲")])
    refused(Invalid, "hand_overs.ended", hand_overs.refuse_hold, desk, hand_over_id=request, reason="不")
    (told,) = desk.rows(Notice)
    desk.do(put_away, desk.wang, notice_id=told.id)
    assert [] == notices(desk, desk.wang)


def test_a_refusal_keeps_the_hold_and_tells_why(desk: Clockwork) -> None:
    need, request = asked(desk)
    refused(Invalid, "needs.reason_wanted", hand_overs.refuse_hold, desk, hand_over_id=request, reason=" ")
    desk.do(hand_overs.refuse_hold, hand_over_id=request, reason="已经在打电话")
    assert desk.li.account_id == holder(desk, need)
    (line,) = desk.ask(hand_overs.notices, desk.wang)
    assert (line.kind, line.answer, line.who) == (Told.REFUSED, "已经在打电话", "李调度")


def test_silence_lapses_aloud_and_moves_no_hold(desk: Clockwork) -> None:
    need, request = asked(desk)
    assert 0 == desk.tick(NOW + HOLD_ANSWER - MINUTE).lapsed
    done = desk.tick(NOW + HOLD_ANSWER)
    assert (1, 0, ()) == (done.lapsed, done.released, done.refused)
    assert desk.li.account_id == holder(desk, need)
    assert [(Told.LAPSED, need)] == notices(desk, desk.wang) and [(Told.UNANSWERED, need)] == notices(desk, desk.li)
    refused(Invalid, "hand_overs.ended", hand_overs.grant_hold, desk, hand_over_id=request)
    assert desk.tick(NOW + HOLD_ANSWER).idle and 2 == len(desk.rows(Notice))
    desk.do(hand_overs.ask_hold, desk.wang, NOW + HOLD_ANSWER, need_id=need, reason="再问一次")
    assert desk.rows(HandOver)[-1].answer_by == NOW + holds.LENGTH


def test_an_answer_after_the_time_counts_no_more_even_before_a_tick(quick: Clockwork) -> None:
    need, request = asked(quick)
    late = NOW + HOLD_ANSWER
    refused(Invalid, "hand_overs.too_late", hand_overs.grant_hold, quick, now=late, hand_over_id=request)
    refused(Invalid, "hand_overs.still_waiting", hand_overs.lapse_hold, quick, now=late - MINUTE, hand_over_id=request)
    quick.do(hand_overs.ask_hold, quick.wang, late, need_id=need, reason="再问")
    assert ["lapsed", "asked"] == [row.state for row in quick.rows(HandOver)]


def test_who_may_ask_answer_and_take_back(quick: Clockwork) -> None:
    need, request = asked(quick)
    zhou = actor_for(quick.make(an_account, display_name="周调度"))
    worker = actor_for(quick.make(an_account, Role.STATION_WORKER))
    ask = {"need_id": need, "reason": "急"}
    refused(Conflict, "hand_overs.asked_already", hand_overs.ask_hold, quick, zhou, **ask)
    refused(Invalid, "hand_overs.yours_already", hand_overs.ask_hold, quick, **ask)
    refused(Forbidden, "permissions.role", hand_overs.ask_hold, quick, worker, **ask)
    refused(Invalid, "hand_overs.not_held", hand_overs.ask_hold, quick, need_id=quick.need(), reason="急")
    for stranger in (zhou, quick.wang, quick.admin):
        refused(Forbidden, "hand_overs.not_you", hand_overs.grant_hold, quick, stranger, hand_over_id=request)
    refused(Forbidden, "hand_overs.not_you", hand_overs.withdraw_hold, quick, hand_over_id=request)
    quick.do(hand_overs.withdraw_hold, quick.wang, hand_over_id=request)
    assert [] == quick.rows(Notice)
    quick.do(hand_overs.ask_hold, zhou, **ask)
    assert [State.WITHDRAWN, State.ASKED] == [row.state for row in quick.rows(HandOver)]


@pytest.mark.parametrize("how", ["released", "dispatched"])
def test_a_hold_that_ends_first_overtakes_the_request(quick: Clockwork, how: str) -> None:
    need, _ = asked(quick)
    if how == "released":
        quick.do(holds.release, need_id=need)
    else:
        quick.send(need, quick.volunteer("甲"))
    assert [State.OVERTAKEN] == [row.state for row in quick.rows(HandOver)]
    assert [(Told.OVERTAKEN, need)] == notices(quick, quick.wang) and [] == notices(quick, quick.li)


def test_a_hold_that_ran_out_is_told_to_its_holder_once(desk: Clockwork) -> None:
    need = desk.need()
    desk.do(holds.hold, need_id=need)
    at = NOW + holds.LENGTH
    assert 1 == desk.tick(at).released and desk.tick(at).idle
    assert [(Told.HOLD_OVER, need)] == notices(desk, desk.li)
    assert [] == notices(desk, desk.wang) and 1 == len(desk.rows(Notice))


def test_whoever_is_faster_than_the_tick_tells_it_too(quick: Clockwork) -> None:
    need, other = quick.need(), quick.need()
    at = NOW + holds.LENGTH
    for one in (need, other):
        quick.do(holds.hold, need_id=one)
    quick.do(holds.hold, quick.wang, at, need_id=need)
    quick.do(holds.hold, now=at, need_id=other)
    assert 0 == quick.tick(at).released
    assert [(Told.HOLD_OVER, need)] == notices(quick, quick.li)


# -- orders


def accepted(desk: Clockwork, **values: Any) -> tuple[int, int, int, int]:
    """A need whose volunteer said yes, and another nearby: (need, dispatch, she, the other)."""
    need, she, other = desk.need(**values), desk.volunteer("覃大姐"), desk.volunteer("冉小贵", 0.5)
    offer = desk.send(need, she)[0]
    desk.do(dispatches.accept, dispatch_id=offer)
    return need, offer, she, other


def ask_other(desk: Clockwork, dispatch: int, other: int, **values: Any) -> int:
    made = desk.do(hand_over_orders.ask_order, dispatch_id=dispatch, volunteer_id=other, reason="孩子发烧", **values)
    return made["dispatch_ids"][0]


def told(desk: Clockwork, dispatch: int) -> list[tuple[str, str]]:
    return [(row.party, row.kind) for row in desk.rows(Message, dispatch_id=dispatch)]


def states(desk: Clockwork, need: int) -> dict[int, str]:
    return {row.volunteer_id: row.state for row in desk.rows(Dispatch, need_id=need)}


def test_who_is_asked_shares_the_seat_in_every_figure_and_its_rows(desk: Clockwork) -> None:
    _, old, _, other = accepted(desk, people=2)
    ask_other(desk, old, other)
    values = desk.ask(figures.sheet, now=NOW).values
    assert (values["seats_wanted"].value, values["seats_held"].value, values["seats_open"].value) == (2, 1, 1)
    assert desk.ask(figure_rows.rows, now=NOW, key="seats_held").total == 1


def test_a_yes_changes_hands_in_one_step_and_both_are_told_once(desk: Clockwork) -> None:
    need, old, she, other = accepted(desk)
    new = ask_other(desk, old, other)
    assert {she: "accepted", other: "offered"} == states(desk, need)
    assert [("volunteer", "offered")] == told(desk, new)
    desk.do(dispatches.accept, dispatch_id=new)
    assert {she: "cancelled", other: "accepted"} == states(desk, need)
    assert ("volunteer", "handed_over") == told(desk, old)[-1] and 1 == told(desk, old).count(told(desk, old)[-1])
    assert [("volunteer", "offered"), ("volunteer", "took_over")] == told(desk, new)
    assert [State.GRANTED] == [row.state for row in desk.rows(HandOver)]
    assert [None, None] == [row.in_place_of for row in desk.rows(Dispatch, need_id=need)]
    # Her time is free again: she can be sent elsewhere at that very time.
    assert desk.send(desk.need(), she)
    assert {} == desk.faults(START) and desk.tick().idle


@pytest.mark.parametrize("how", ["declined", "expired", "cancelled"])
def test_without_a_yes_she_keeps_the_order_and_is_told(desk: Clockwork, how: str) -> None:
    desk.wish(on=True)
    need, old, she, other = accepted(desk)
    new = ask_other(desk, old, other)
    if how == "declined":
        desk.decline(new)
    elif how == "cancelled":
        desk.do(dispatches.cancel, dispatch_id=new, reason="不换了")
    else:
        desk.until(new, NOW + MINUTE)
        assert 1 == desk.tick(NOW + MINUTE).expired
    assert {she: "accepted", other: how} == states(desk, need)
    assert 1 == told(desk, old).count(("volunteer", "kept")) and ("volunteer", "kept") == told(desk, old)[-1]
    wanted = {"declined": State.REFUSED, "expired": State.LAPSED, "cancelled": State.WITHDRAWN}[how]
    assert [wanted] == [row.state for row in desk.rows(HandOver)]
    # No seat is owed: nobody else is asked.
    assert desk.tick(NOW + MINUTE).idle and 2 == len(states(desk, need))
    third = desk.volunteer("三", 0.2)
    desk.decline(ask_other(desk, old, third))
    assert 2 == told(desk, old).count(("volunteer", "kept"))
    assert {} == desk.faults(START)


def test_the_other_is_checked_like_anybody_and_nobody_is_asked_twice(desk: Clockwork) -> None:
    need, old, she, other = accepted(desk)
    ask = {"dispatch_id": old, "reason": "病了"}
    busy, away, unskilled = desk.volunteer("忙"), desk.volunteer("停", status="paused"), desk.volunteer("满", cap_day=0)
    desk.send(desk.need(), busy)
    deed = hand_over_orders.ask_order
    refused(Conflict, "dispatches.taken_by", deed, desk, volunteer_id=busy, **ask)
    refused(Invalid, "dispatches.rule.active", deed, desk, volunteer_id=away, **ask)
    refused(Invalid, "hand_overs.does_not_fit", deed, desk, volunteer_id=unskilled, **ask)
    refused(Invalid, "hand_overs.to_herself", deed, desk, volunteer_id=she, **ask)
    refused(Invalid, "needs.reason_wanted", deed, desk, dispatch_id=old, volunteer_id=other, reason="")
    new = ask_other(desk, old, other)
    refused(Conflict, "hand_overs.order_asked_already", deed, desk, volunteer_id=desk.volunteer("四"), **ask)
    refused(Invalid, "hand_overs.not_accepted", deed, desk, dispatch_id=new, volunteer_id=she, reason="x")
    desk.do(holds.hold, desk.wang, need_id=need)
    refused(Conflict, "holds.held_by", deed, desk, volunteer_id=other, **ask)


def test_the_seat_is_shared_and_no_other_is_taken(desk: Clockwork) -> None:
    need, old, she, other = accepted(desk, people=2)
    new = ask_other(desk, old, other)
    third, fourth = desk.volunteer("三"), desk.volunteer("四")
    desk.send(need, third)
    refused(Conflict, "dispatches.filled_by", dispatches.dispatch, desk, need_id=need, volunteer_ids=[fourth])
    desk.do(dispatches.accept, dispatch_id=new)
    refused(Conflict, "dispatches.filled_by", dispatches.dispatch, desk, need_id=need, volunteer_ids=[fourth])
    assert {other, third} == {one for one, state in states(desk, need).items() if state in HOLDS_SEAT}
    assert {} == desk.faults(START)


def test_who_goes_after_all_or_falls_out_ends_the_request(desk: Clockwork) -> None:
    need, old, she, other = accepted(desk)
    new = ask_other(desk, old, other)
    desk.do(dispatches.start, now=START, dispatch_id=old)
    assert {she: "in_service", other: "cancelled"} == states(desk, need)
    assert ("volunteer", "cancelled") == told(desk, new)[-1]
    second, old, she, other = accepted(desk, start=START + timedelta(days=1))
    new = ask_other(desk, old, other)
    desk.do(dispatches.cancel, dispatch_id=old, reason="病了")
    # Who was asked is still asked, for a seat of her own.
    assert {she: "cancelled", other: "offered"} == states(desk, second)
    assert desk.rows(Dispatch, id=new)[0].in_place_of is None
    assert [State.OVERTAKEN] * 2 == [row.state for row in desk.rows(HandOver)]
    desk.do(dispatches.accept, dispatch_id=new)
    assert "kept" not in [kind for _, kind in told(desk, old)] and {} == desk.faults(START)


def test_a_cancelled_need_ends_everything(quick: Clockwork) -> None:
    need, old, she, other = accepted(quick)
    ask_other(quick, old, other)
    quick.do(needs.cancel, need_id=need, reason="不要了")
    assert {she: "cancelled", other: "cancelled"} == states(quick, need)
    assert [State.OVERTAKEN] == [row.state for row in quick.rows(HandOver)] and {} == quick.faults(START)


def test_who_serves_every_wanted_time_hands_all_of_them_over(quick: Clockwork) -> None:
    need = quick.need(interval_rule=IntervalRule.ALL_OF)
    later = START + timedelta(days=2)

    def more(session: Any) -> None:
        row = session.query(NeedInterval).filter_by(need_id=need).one()
        session.add(NeedInterval(county=row.county, need_id=need, start=later, end=later + timedelta(hours=2)))

    quick.database.write(more)
    she, other = quick.volunteer("甲"), quick.volunteer("乙")
    first, _ = quick.send(need, she)
    quick.do(dispatches.accept, dispatch_id=first)
    new = ask_other(quick, first, other)
    quick.do(dispatches.accept, dispatch_id=new)
    found = [(row.volunteer_id, row.state, row.in_place_of) for row in quick.rows(Dispatch, need_id=need)]
    assert [(she, "cancelled", None)] * 2 + [(other, "accepted", None)] * 2 == found
    assert {} == quick.faults(START)


# -- by her own link


PHONE = "13985200009"


def with_phone(desk: Clockwork, volunteer: int, number: str) -> None:
    def deed(session: Any) -> None:
        digest = keyed_digest(digest_key(session), number)
        person = session.get_one(Volunteer, volunteer).person_id
        session.execute(update(Person).where(Person.id == person).values(phone=number, phone_digest=digest))

    desk.database.write(deed)


def tap(desk: Clockwork, token: str, name: str, now: datetime = NOW, **values: Any) -> Any:
    return link_deeds.act(desk.database, links.open_link(desk.database, token, now), name, now, **values)


def test_a_volunteer_asks_by_her_link_and_goes_herself_after_all(desk: Clockwork) -> None:
    need, old, she, other = accepted(desk)
    with_phone(desk, other, PHONE)
    token = desk.do(links.make_for_volunteer, dispatch_id=old)["token"]
    say = {"whom": "冉小贵", "number": PHONE, "reason": "links.why_ill"}
    for wrong in ({"whom": "冉大贵"}, {"number": "13985200008"}, {"number": ""}, {"whom": ""}):
        with pytest.raises(Invalid) as found:
            tap(desk, token, "hand_over", **(say | wrong))
        assert "links.cannot_take_over" == found.value.key
    tap(desk, token, "hand_over", **say)
    new = desk.rows(Dispatch, need_id=need)[-1].id
    tap(desk, token, "keep")
    assert {she: "accepted", other: "cancelled"} == states(desk, need)
    # Who was asked is told that she need not; what she did herself is no news to her.
    assert ("volunteer", "cancelled") == told(desk, new)[-1]
    assert ("volunteer", "kept") not in told(desk, old)
    third = desk.volunteer("田三妹")
    with_phone(desk, third, "13985200007")
    tap(desk, token, "hand_over", whom="田三妹", number="13985200007", reason="links.why_time")
    new = desk.rows(Dispatch, need_id=need)[-1].id
    hers = desk.do(links.make_for_volunteer, dispatch_id=new)["token"]
    tap(desk, hers, "accept")
    assert {she: "cancelled", other: "cancelled", third: "accepted"} == states(desk, need)
    assert ("volunteer", "handed_over") == told(desk, old)[-1] and ("volunteer", "took_over") == told(desk, new)[-1]


def test_a_link_says_nothing_of_why_the_other_can_t(quick: Clockwork) -> None:
    need, old, she, other = accepted(quick)
    with_phone(quick, other, PHONE)
    with_phone(quick, she, "13985200001")
    quick.send(quick.need(), other)
    token = quick.do(links.make_for_volunteer, dispatch_id=old)["token"]
    audits = len(quick.rows(Audit))
    for name, number in (("冉小贵", PHONE), ("覃大姐", "13985200001")):
        with pytest.raises(Invalid) as found:
            tap(quick, token, "hand_over", whom=name, number=number, reason="links.why_ill")
        assert "links.cannot_take_over" == found.value.key and not found.value.values
    assert audits == len(quick.rows(Audit)) and {she: "accepted"} == states(quick, need)


# -- at once


def at_once(desk: Clockwork, *deeds: Any) -> list[str]:
    """ "done", or the key of the refusal, of deeds that begin together."""

    def tried(deed: Any) -> str:
        try:
            deed()
        except DashboardError as error:
            return error.key
        return "done"

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(tried, deeds))


@pytest.mark.parametrize("rival", ["grant", "refuse", "withdraw", "release", "lapse"])
def test_of_two_answers_at_once_one_counts(desk: Clockwork, rival: str) -> None:
    for _ in range(6):
        need, request = asked(desk)
        late = NOW + HOLD_ANSWER
        grant = partial(desk.do, hand_overs.grant_hold, hand_over_id=request)
        rivals = {
            "grant": grant,
            "refuse": partial(desk.do, hand_overs.refuse_hold, hand_over_id=request, reason="不"),
            "withdraw": partial(desk.do, hand_overs.withdraw_hold, desk.wang, hand_over_id=request),
            "release": partial(desk.do, holds.release, need_id=need),
            "lapse": partial(desk.do, hand_overs.lapse_hold, now=late, hand_over_id=request),
        }
        found = at_once(desk, grant, rivals[rival])
        assert 1 == found.count("done"), found
        state = desk.rows(HandOver, id=request)[0].state
        assert (holder(desk, need) == desk.wang.account_id) == (state == State.GRANTED)
        assert len(desk.rows(Notice, subject_id=request)) <= (2 if state == State.LAPSED else 1)


@pytest.mark.parametrize("rival", ["accept", "decline", "expire", "start", "cancel"])
def test_of_a_yes_and_what_else_happens_at_once_one_counts(desk: Clockwork, rival: str) -> None:
    for day in range(4):
        need, old, she, other = accepted(desk, start=START + timedelta(days=day))
        new = ask_other(desk, old, other)
        desk.until(new, NOW)
        accept = partial(desk.do, dispatches.accept, dispatch_id=new)
        rivals = {
            "accept": accept,
            "decline": partial(desk.do, dispatches.decline, dispatch_id=new, reason="忙"),
            "expire": partial(desk.do, dispatches.expire, dispatch_id=new),
            "start": partial(desk.do, dispatches.start, dispatch_id=old),
            # Withdrawn first, she leaves her seat to who then says yes: both may be done, the seat is taken once.
            "cancel": partial(desk.do, dispatches.cancel, dispatch_id=old, reason="病了"),
        }
        found = at_once(desk, accept, rivals[rival])
        assert "done" in found and (rival == "cancel" or 1 == found.count("done")), found
        holding = [one for one, state in states(desk, need).items() if state in HOLDS_SEAT]
        assert 1 == len(holding)
        granted = desk.rows(HandOver, need_id=need)[0].state == State.GRANTED
        assert (told(desk, old).count(("volunteer", "handed_over")) == 1) == granted
        assert told(desk, new).count(("volunteer", "took_over")) == granted
        assert {} == desk.faults(START)
