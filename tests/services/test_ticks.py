"""What time brings about: each thing that is due is done once, and nothing else changes; on both databases."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from dashboard.core.errors import Conflict, DashboardError, Forbidden, Invalid, NotFound
from dashboard.core.words import Role
from dashboard.services import (
    dispatches,
    hand_overs,
    holds,
    matches,
    matching_rules,
    needs,
    tick_loop,
    tick_next,
    ticks,
)
from dashboard.services.commands import perform
from dashboard.services.tick_lease import lease
from dashboard.services.tick_rounds import Happened, Round, walk
from db.engine import Database
from db.models import Account, Dispatch, Hold, Lease, Need, NeedEvent, NeedInterval, NobodyLeft, Notice
from tests.builders import COUNTY, NOW, a_site, actor_for, an_account, an_actor, saved
from tests.postgresql import Server
from tests.services.planning import START
from tests.services.ticking import Clockwork, fresh

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
DAY = timedelta(days=1)
LATER = NOW + 2 * HOUR


@pytest.fixture
def desk(any_database: Database) -> Clockwork:
    return Clockwork(any_database)


@pytest.fixture
def quick(database: Database) -> Clockwork:
    """The same on SQLite alone, for what is decided before a database is asked."""
    return Clockwork(database)


# -- offers


def test_an_offer_expires_when_its_time_is_over_and_her_seat_is_free(desk: Clockwork) -> None:
    need, other = desk.need(), desk.need(start=START + DAY)
    li, wang = desk.volunteer("甲"), desk.volunteer("乙")
    over, waiting = desk.send(need, li)[0], desk.send(other, li)[0]
    desk.until(over, LATER)
    desk.until(waiting, LATER + MINUTE)
    assert desk.tick(LATER - timedelta(seconds=1)).idle
    assert ticks.Ticked(at=LATER, expired=1) == desk.tick(LATER)
    assert [(li, "expired")] == desk.asked(need) and [(li, "offered")] == desk.asked(other)
    event = desk.rows(NeedEvent, dispatch_id=over)[-1]
    assert ("offered", "expired", 0, LATER) == (event.from_state, event.to_state, event.actor_id, event.recorded_at)
    desk.send(need, wang, now=LATER)
    assert [] == list(desk.faults(LATER))


def test_what_was_offered_together_expires_together_and_counts_once(desk: Clockwork) -> None:
    need, person = desk.need(interval_rule="all_of"), desk.volunteer("甲")
    begin = START + DAY
    desk.make(saved, NeedInterval(county=COUNTY, need_id=need, start=begin, end=begin + 2 * HOUR))
    first, _ = desk.send(need, person)
    desk.until(first, LATER)
    assert 1 == desk.tick(LATER).expired
    assert [(person, "expired")] * 2 == desk.asked(need)


def test_an_answer_given_in_time_stands(quick: Clockwork) -> None:
    need, person = quick.need(), quick.volunteer("甲")
    offer = quick.send(need, person)[0]
    quick.do(dispatches.accept, dispatch_id=offer)
    quick.until(offer, LATER)
    assert quick.tick(LATER).idle
    assert [(person, "accepted")] == quick.asked(need)


def test_what_can_not_be_done_is_named_and_stops_nothing(desk: Clockwork) -> None:
    people = [desk.volunteer(f"志愿{n}") for n in range(3)]
    offers = [desk.send(desk.need(), one)[0] for one in people]
    for minutes, offer in enumerate(offers):
        desk.until(offer, NOW + minutes * MINUTE)
    strange = desk.rows(Dispatch, id=offers[1])[0].need_id
    desk.database.write(lambda session: session.execute(update(Need).where(Need.id == strange).values(county="520327")))
    refused = (ticks.Refused("expire", offers[1], "needs.no_such"),)
    assert ticks.Ticked(at=LATER, expired=2, refused=refused) == desk.tick(LATER)
    assert ["expired", "offered", "expired"] == [row.state for row in desk.rows(Dispatch)]


def test_a_bug_in_one_thing_stops_no_other_and_is_raised(quick: Clockwork, monkeypatch: pytest.MonkeyPatch) -> None:
    quick.until(quick.send(quick.need(), quick.volunteer("甲"))[0], NOW)
    held = quick.need()
    quick.do(holds.hold, need_id=held)
    # A state that no command writes: settling it is a bug's ValueError, not a refusal.
    first = quick.rows(Dispatch)[0].need_id
    quick.database.write(lambda session: session.execute(update(Need).where(Need.id == first).values(state="lost")))
    with pytest.raises(ExceptionGroup) as found:
        quick.tick(LATER)
    assert [ValueError] == [type(one) for one in found.value.exceptions]
    assert [] == quick.rows(Hold)


def test_a_tick_that_is_told_to_stop_stops(quick: Clockwork) -> None:
    for _ in range(3):
        quick.until(quick.send(quick.need(), quick.volunteer("甲"))[0], NOW)
    told = chain((False, False), repeat(True))
    found = ticks.tick(quick.database, COUNTY, LATER, stopped=lambda: next(told))
    assert ticks.Ticked(at=LATER, expired=2) == found


# -- the next


def test_nobody_is_asked_by_itself_unless_the_county_wants_it(quick: Clockwork) -> None:
    need, first = quick.need(), quick.volunteer("甲")
    quick.volunteer("乙", 1.0)
    quick.decline(quick.send(need, first)[0])
    assert quick.tick().idle
    quick.wish(on=False)
    assert quick.tick().idle


def test_after_a_no_the_next_of_the_ranked_list_is_asked(desk: Clockwork) -> None:
    desk.wish(on=True)
    need = desk.need()
    people = [desk.volunteer(f"志愿{n}", n / 2) for n in range(3)]
    with desk.database.read() as session:
        found = matches.candidates(session, desk.li, need_id=need, now=NOW).candidates
    assert people == [one.profile.volunteer_id for one in found]
    desk.decline(desk.send(need, people[0])[0])
    assert ticks.Ticked(at=NOW, offered=1) == desk.tick()
    row = desk.rows(Dispatch, volunteer_id=people[1])[0]
    assert (START, "offered", 0) == (row.start, row.state, row.dispatched_by)
    assert row.expires_at is not None and NOW < row.expires_at <= START
    assert desk.tick().idle
    desk.until(row.id, LATER)
    assert ticks.Ticked(at=LATER, expired=1, offered=1) == desk.tick(LATER)
    assert [(people[0], "declined"), (people[1], "expired"), (people[2], "offered")] == desk.asked(need)
    assert desk.tick(LATER).idle and not desk.faults(LATER)


def test_only_lost_seats_are_offered_again(desk: Clockwork) -> None:
    """Of four seats two were offered and lost: two are asked, and the seats no coordinator touched stay hers."""
    desk.wish(on=True)
    need = desk.need(people=4)
    people = [desk.volunteer(f"志愿{n}", n / 2) for n in range(8)]
    for offer in desk.send(need, *people[:2]):
        desk.decline(offer)
    assert 2 == desk.tick().offered
    assert [(people[2], "offered"), (people[3], "offered")] == desk.asked(need)[2:]


def test_whom_a_coordinator_sends_instead_is_the_next(quick: Clockwork) -> None:
    quick.wish(on=True)
    need = quick.need(people=2)
    people = [quick.volunteer(f"志愿{n}", n / 2) for n in range(4)]
    quick.decline(quick.send(need, people[0])[0])
    quick.send(need, people[3])
    assert quick.tick().idle


def test_who_was_withdrawn_or_is_full_is_passed_over(quick: Clockwork) -> None:
    quick.wish(on=True)
    need, busy = quick.need(), quick.need(start=START + DAY, people=4)
    people = [quick.volunteer(f"志愿{n}", n / 2) for n in range(7)]
    quick.do(dispatches.cancel, dispatch_id=quick.send(need, people[1])[0], reason="换人")
    quick.send(busy, *people[2:6])
    quick.do(
        matching_rules.set_matching_rules, quick.admin, weights={}, settings={"most_open_person": 1}, reason="不过载"
    )
    quick.decline(quick.send(need, people[0])[0])
    assert 1 == quick.tick().offered
    assert people[6] == quick.asked(need)[-1][0]


def test_a_need_in_a_coordinator_s_hand_is_left_to_her_until_her_hold_runs_out(desk: Clockwork) -> None:
    desk.wish(on=True)
    need, first, second = desk.need(), desk.volunteer("甲"), desk.volunteer("乙", 1.0)
    desk.decline(desk.send(need, first)[0])
    desk.do(holds.hold, need_id=need)
    early = NOW + holds.LENGTH - MINUTE
    assert ticks.Ticked(at=early) == desk.tick(early)
    at = NOW + holds.LENGTH
    assert ticks.Ticked(at=at, released=1, offered=1) == desk.tick(at)
    assert [(first, "declined"), (second, "offered")] == desk.asked(need)


def test_the_urgent_need_gets_the_one_who_is_left(quick: Clockwork) -> None:
    quick.wish(on=True)
    plain, urgent = quick.need(), quick.need(urgency="urgent")
    unwilling, last = [quick.volunteer("甲"), quick.volunteer("乙")], quick.volunteer("丙")
    for need in (plain, urgent):
        for person in unwilling:
            quick.decline(quick.send(need, person)[0])
    assert ticks.Ticked(at=NOW, offered=1, nobody=1) == quick.tick()
    assert (last, "offered") == quick.asked(urgent)[-1]
    assert [plain] == [one.need_id for one in quick.ask(ticks.nobody_queue)]


# -- nobody


def test_where_nobody_is_left_the_need_waits_with_an_owner(desk: Clockwork) -> None:
    desk.wish(on=True)
    need, only = desk.need(urgency="urgent"), desk.volunteer("甲")
    desk.decline(desk.send(need, only)[0])
    assert ticks.Ticked(at=NOW, nobody=1) == desk.tick()
    assert desk.tick().idle and desk.tick(LATER).idle
    (found,) = desk.ask(ticks.nobody_queue)
    code, title = (desk.rows(Need, id=need)[0].code, desk.rows(Need, id=need)[0].title)
    assert found == ticks.Nobody(need, code, title, found.urgency, NOW, desk.li.account_id, "李调度", True)
    assert "urgent" == found.urgency
    # Nothing of it in the need's state: it takes people as before.
    desk.send(need, only, now=LATER)
    assert () == desk.ask(ticks.nobody_queue)
    assert ticks.Ticked(at=LATER, closed=1) == desk.tick(LATER)
    assert LATER == desk.entry(need).closed_at


def test_who_sent_last_but_was_switched_off_owns_nothing(quick: Clockwork) -> None:
    quick.wish(on=True)
    need = quick.need()
    quick.decline(quick.send(need, quick.volunteer("甲"))[0])
    away = update(Account).where(Account.id == quick.li.account_id).values(active=False)
    quick.database.write(lambda session: session.execute(away))
    quick.tick()
    assert [(None, "")] == [(one.owner_id, one.owner) for one in quick.ask(ticks.nobody_queue, quick.wang)]


@pytest.mark.parametrize("most", [0, 1, 3])
def test_after_so_many_in_vain_a_person_has_to_look(quick: Clockwork, most: int) -> None:
    quick.wish(on=True, most=most)
    need = quick.need()
    people = [quick.volunteer(f"志愿{n}", n / 2) for n in range(6)]
    quick.send(need, people[0])
    found = []
    for _ in range(most + 1):
        quick.decline(quick.rows(Dispatch, need_id=need)[-1].id)
        found.append(quick.tick())
    assert [ticks.Ticked(at=NOW, offered=1)] * most + [ticks.Ticked(at=NOW, nobody=1)] == found
    assert most + 1 == len(quick.asked(need))


@pytest.mark.parametrize("value", [{}, {"on": "true"}, {"on": 1}, {"most": 3}])
def test_a_setting_that_does_not_say_on_is_off(quick: Clockwork, value: dict[str, Any]) -> None:
    quick.wish(**value)
    quick.decline(quick.send(quick.need(), quick.volunteer("甲"))[0])
    assert quick.tick().idle


def test_a_need_that_ends_leaves_the_queue_and_comes_back_when_it_happens_again(desk: Clockwork) -> None:
    desk.wish(on=True)
    need, only = desk.need(), desk.volunteer("甲")
    desk.decline(desk.send(need, only)[0])
    desk.tick()
    desk.do(needs.cancel, need_id=need, reason="不要了")
    assert () == desk.ask(ticks.nobody_queue)
    with pytest.raises(NotFound):
        desk.do(ticks.take_on, desk.wang, need_id=need)
    assert ticks.Ticked(at=NOW, closed=1) == desk.tick()
    desk.do(needs.reopen, need_id=need, reason="又要了", now=LATER)
    assert desk.tick(LATER).idle
    offer = desk.send(need, only, now=LATER)[0]
    desk.decline(offer, now=LATER)
    assert ticks.Ticked(at=LATER, nobody=1) == desk.tick(LATER)
    entries = desk.rows(NobodyLeft)
    assert [(need, LATER, None)] == [(row.need_id, row.since, row.closed_at) for row in entries]


def test_who_takes_it_on_sees_whom_she_replaces(desk: Clockwork) -> None:
    desk.wish(on=True)
    need = desk.need()
    desk.decline(desk.send(need, desk.volunteer("甲"))[0])
    with pytest.raises(NotFound):
        desk.do(ticks.take_on, need_id=need)
    desk.tick()
    refusals = [
        (Conflict, "ticks.owned_by", desk.wang, {}),
        (Invalid, "ticks.yours_already", desk.li, {"seen_owner_id": desk.li.account_id}),
        (Invalid, "ticks.owner_is_a_person", an_actor(Role.ADMIN), {}),
        (Forbidden, "permissions.role", an_actor(Role.LEADER, account_id=9), {}),
    ]
    for kind, key, actor, values in refusals:
        with pytest.raises(kind) as refused:
            desk.do(ticks.take_on, actor, need_id=need, **values)
        assert key == refused.value.key
    desk.do(ticks.take_on, desk.wang, need_id=need, seen_owner_id=desk.li.account_id)
    assert "王调度" == desk.ask(ticks.nobody_queue)[0].owner
    deed = desk.deeds("ticks.take_on")[-1]
    assert ({"owner": desk.li.account_id}, {"owner": desk.wang.account_id}) == (deed.before, deed.after)
    assert desk.tick().idle


def test_the_queue_is_of_one_s_own_part(quick: Clockwork) -> None:
    quick.wish(on=True)
    other = quick.make(a_site, quick.centre)
    here = actor_for(quick.make(an_account, site=quick.station), quick.station)
    there = actor_for(quick.make(an_account, site=other), other)
    need = quick.need()
    quick.decline(quick.send(need, quick.volunteer("甲"))[0])
    quick.tick()
    assert [need] == [one.need_id for one in quick.ask(ticks.nobody_queue, here)]
    assert () == quick.ask(ticks.nobody_queue, there)
    with pytest.raises(Forbidden):
        quick.do(ticks.take_on, there, need_id=need, seen_owner_id=quick.li.account_id)


# -- holds


def test_a_hold_that_ran_out_is_released_aloud(desk: Clockwork) -> None:
    mine, hers = desk.need(), desk.need()
    desk.do(holds.hold, need_id=mine)
    desk.do(holds.hold, desk.wang, NOW + MINUTE, need_id=hers)
    at = NOW + holds.LENGTH
    assert ticks.Ticked(at=at, released=1) == desk.tick(at)
    (deed,) = desk.deeds("ticks.release_hold")
    who = desk.rows(Account, id=desk.li.account_id)[0]
    assert (mine, who.id, who.username) == (deed.subject_id, deed.before["held_by"], deed.before["username"])
    assert (0, at) == (deed.actor_id, deed.at)
    assert [hers] == [row.need_id for row in desk.rows(Hold)]
    assert desk.tick(at).idle


# -- the commands themselves, for who comes second


def test_a_command_of_a_tick_looks_again_whether_it_is_due(desk: Clockwork) -> None:
    desk.wish(on=True)
    need, only, second = desk.need(), desk.volunteer("甲"), desk.volunteer("乙")
    desk.do(holds.hold, need_id=need)
    offer = desk.send(need, only)[0]
    desk.do(holds.hold, need_id=need)
    role = desk.role(need)
    asking = {"need_id": need, "role_id": role}

    def not_due(deed: Any, **values: Any) -> None:
        with pytest.raises(Conflict) as refused:
            desk.do(deed, **values)
        assert "ticks.not_due" == refused.value.key

    not_due(ticks.release_hold, need_id=need)
    not_due(tick_next.mark_nobody, need_id=need)
    not_due(tick_next.close_nobody, need_id=need)
    not_due(tick_next.offer_next, volunteer_id=second, **asking)
    desk.decline(offer)
    not_due(tick_next.offer_next, volunteer_id=only, **asking)
    desk.do(tick_next.mark_nobody, need_id=need)
    not_due(tick_next.mark_nobody, need_id=need)
    not_due(tick_next.close_nobody, need_id=need)
    desk.do(tick_next.offer_next, volunteer_id=second, **asking)
    not_due(tick_next.mark_nobody, need_id=need)
    desk.do(tick_next.close_nobody, need_id=need)
    not_due(tick_next.close_nobody, need_id=need)
    assert [(only, "declined"), (second, "offered")] == desk.asked(need)


# -- rounds


def _event(kind: str, role: int, person: int, when: int) -> Happened:
    before, after = {"ask": (None, "offered"), "no": ("offered", "declined"), "late": ("offered", "expired")}[kind]
    return Happened(before, after, role, person, NOW + when * MINUTE)


REOPENED = Happened("closed", "open")


def test_a_round_counts_what_is_lost_and_not_asked_again() -> None:
    told = [_event("ask", 1, 7, 0), _event("ask", 1, 8, 0), _event("no", 1, 7, 0), _event("late", 1, 8, 0)]
    assert Round({1: 2}, frozenset({7, 8}), 2) == walk(told)
    assert Round({1: 1}, frozenset({7, 8, 9}), 2) == walk([*told, _event("ask", 1, 9, 5)])
    assert Round() == walk([*told, REOPENED])
    # An answer to what was asked before the reopening owes nothing.
    assert Round() == walk([*told[:3], REOPENED, told[3]])


@given(st.lists(st.tuples(st.sampled_from(("ask", "no", "reopen")), st.integers(1, 2), st.integers(1, 4)), max_size=30))
def test_of_any_history_no_more_seats_are_owed_than_were_lost(steps: list[tuple[str, int, int]]) -> None:
    told: list[Happened] = []
    for when, (kind, role, person) in enumerate(steps):
        open_ = [one for one in told if one.from_state is None and one[2:4] == (role, person)]
        if kind == "reopen":
            told.append(REOPENED)
        elif kind == "ask":
            told.append(_event("ask", role, person, when))
        elif open_:
            told.append(Happened("offered", "declined", *open_[-1][2:]))
    found = walk(told)
    since = told[len(told) - told[::-1].index(REOPENED) :] if REOPENED in told else told
    assert sum(found.owed.values()) <= found.in_vain and all(count >= 0 for count in found.owed.values())
    assert found.asked == {one.volunteer_id for one in since if one.from_state is None}
    if since and since[-1].to_state == "declined":
        last = since[-1]
        fresh_no = since.count(last) == 1 and any(one.from_state is None and one[2:] == last[2:] for one in since)
        assert not fresh_no or found.owed[last.role_id or 0] >= 1


# -- any offers, any time


class Offer:
    """How an offer of the example below is made."""

    def __init__(self, need: int, answer: str, minutes: int) -> None:
        self.need, self.answer, self.minutes = need, answer, minutes

    def __repr__(self) -> str:
        return f"Offer({self.need}, {self.answer!r}, {self.minutes})"


OFFERS = st.lists(
    st.builds(Offer, st.integers(0, 2), st.sampled_from(("", "", "", "accept", "decline")), st.integers(-90, 90)),
    min_size=1,
    max_size=7,
)


def _whole(desk: Clockwork) -> dict[int, tuple[Any, ...]]:
    """Every dispatch: (group that stands together, state, end of its time, version)."""
    return {
        row.id: ((row.need_id, row.volunteer_id, row.offered_at), row.state, row.expires_at, row.version)
        for row in desk.rows(Dispatch)
    }


@pytest.mark.parametrize(("name", "examples"), [("sqlite", 9), ("postgresql", 3)])
def test_exactly_what_is_due_expires(
    name: str, examples: int, empty_sqlite: Path, request: pytest.FixtureRequest
) -> None:
    server: Server | None = request.getfixturevalue("postgresql") if name == "postgresql" else None

    @settings(max_examples=examples, deadline=None, database=None)
    @given(OFFERS, st.integers(-90, 90))
    def holds_for(offers: list[Offer], minutes: int) -> None:
        with fresh(empty_sqlite, server) as database:
            _exactly_what_is_due(Clockwork(database), offers, NOW + 2 * HOUR + minutes * MINUTE)

    holds_for()


def _exactly_what_is_due(desk: Clockwork, offers: list[Offer], at: datetime) -> None:
    plain = [desk.need(people=7) for _ in range(2)]
    twice = desk.need(people=7, interval_rule="all_of")
    begin = START + DAY
    desk.make(saved, NeedInterval(county=COUNTY, need_id=twice, start=begin, end=begin + 2 * HOUR))
    for number, offer in enumerate(offers):
        made = desk.send([*plain, twice][offer.need], desk.volunteer(f"志愿{number}"))
        for dispatch_id in made:
            desk.until(dispatch_id, NOW + 2 * HOUR + offer.minutes * MINUTE)
        if offer.answer == "accept":
            desk.do(dispatches.accept, dispatch_id=made[0])
        elif offer.answer == "decline":
            desk.decline(made[0])
    before, told = _whole(desk), len(desk.rows(NeedEvent))
    due = {group for group, state, until, _ in before.values() if state == "offered" and until <= at}

    assert ticks.Ticked(at=at, expired=len(due)) == desk.tick(at)

    after = _whole(desk)
    changed = {one for one, (group, state, *_) in before.items() if group in due and state == "offered"}
    for one, (group, state, until, version) in before.items():
        expected = (group, "expired", until, version + 1) if one in changed else (group, state, until, version)
        assert expected == after[one]
    assert before.keys() == after.keys()
    events = desk.rows(NeedEvent)[told:]
    assert sorted(changed) == sorted(event.dispatch_id for event in events)
    assert {} == desk.faults(max(at, NOW))
    audited = desk.audited()
    assert desk.tick(at).idle and audited == desk.audited() and after == _whole(desk)


# -- one process


def test_a_lease_is_one_holder_s_until_it_runs_out(any_database: Database) -> None:
    def take(holder: str, seconds: int, name: str = "tick") -> bool:
        return lease(any_database, name, holder, NOW + timedelta(seconds=seconds), 60)

    assert take("a", 0) and not take("b", 0) and not take("b", 59)
    assert take("b", 0, "another")
    assert take("a", 30)  # renewed: now until 90
    assert not take("b", 89) and take("b", 90)
    assert not take("a", 91)
    with any_database.read() as session:
        assert 2 == session.query(Lease).count()


@given(
    steps=st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 40), st.integers(1, 60)), min_size=1, max_size=8)
)
@settings(max_examples=15, deadline=None, database=None)
def test_a_lease_never_has_two_holders(empty_sqlite: Path, steps: list[tuple[str, int, int]]) -> None:
    now, held = NOW, ("", NOW)
    with fresh(empty_sqlite, None) as database:
        for holder, passed, seconds in steps:
            now += timedelta(seconds=passed)
            free = held[0] == holder or held[1] <= now
            assert free == lease(database, "tick", holder, now, seconds)
            held = (holder, now + timedelta(seconds=seconds)) if free else held


def at_once(database: Database, count: int, deed: Callable[[Database, int], Any]) -> list[Any]:
    """Run the deed in so many threads that begin together, each with connections of its own like a process."""
    gate, found = threading.Barrier(count), [None] * count
    url = database.url.render_as_string(hide_password=False)

    def run(number: int) -> None:
        own = Database(url)
        try:
            gate.wait()
            found[number] = deed(own, number)
        except Exception as error:
            found[number] = error
        finally:
            own.dispose()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_of_two_at_once_exactly_one_gets_the_lease(any_database: Database) -> None:
    for turn in range(6):
        # The first turn makes the row, the others find one that has run out.
        now = NOW + turn * HOUR
        found = at_once(any_database, 2, lambda own, number, now=now: lease(own, "tick", f"{number}", now, 60))
        assert [False, True] == sorted(found)


@pytest.mark.parametrize("leased", [True, False], ids=["with the lease", "without"])
def test_twelve_ticks_at_once_do_each_thing_once(desk: Clockwork, leased: bool) -> None:
    desk.wish(on=True)
    people = [desk.volunteer(f"志愿{n}", n / 4) for n in range(7)]
    lost = [desk.need(start=START + n * DAY) for n in range(3)]
    for need, person in zip(lost, people, strict=False):
        desk.until(desk.send(need, person)[0], LATER)
    lone = desk.need(start=START, lon=107.0, lat=28.0)
    desk.decline(desk.send(lone, people[6], reason="说好了")[0])
    held = desk.need()
    desk.do(holds.hold, need_id=held)
    desk.do(hand_overs.ask_hold, desk.wang, need_id=held, reason="急")

    def deed(own: Database, number: int) -> Any:
        if leased:
            return tick_loop.leased_tick(own, f"{number}", LATER, 30)
        return ticks.tick(own, COUNTY, LATER)

    found = at_once(desk.database, 12, deed)
    done = [one for one in found if one is not None]
    assert all(isinstance(one, ticks.Ticked) for one in done), done
    assert (len(done) == 1) == leased
    total: Counter[str] = Counter()
    for one in done:
        total.update({name: count for name, count in one.plain().items() if name not in ("at", "refused")})
    expected = {"expired": 3, "offered": 3, "nobody": 1, "closed": 0, "released": 1}
    assert expected | {"lapsed": 1, "visits": 0, "meals": 0, "duties": 0, "alarms": 0, "check_backs": 0} == dict(total)
    assert ["hold_over", "lapsed", "unanswered"] == sorted(row.kind for row in desk.rows(Notice))
    assert [() for _ in done] == [one.refused for one in done]
    for need in lost:
        assert ["expired", "offered"] == [state for _, state in desk.asked(need)]
    assert [lone] == [row.need_id for row in desk.rows(NobodyLeft)]
    assert 1 == len(desk.deeds("ticks.release_hold")) and 3 == len(desk.deeds("dispatches.expire"))
    assert {} == desk.faults(LATER) and desk.tick(LATER).idle


def test_before_there_is_a_county_nothing_is_due(any_database: Database) -> None:
    assert tick_loop.leased_tick(any_database, "a", NOW, 30) is None
    with any_database.read() as session:
        assert 0 == session.query(Lease).count()


def test_an_expiry_raced_by_her_yes_is_no_failure(desk: Clockwork) -> None:
    """Whoever is first, the other finds it done: no tick reports the twin's work as a refusal."""
    people = [desk.volunteer(f"志愿{n}") for n in range(6)]
    offers = desk.send(desk.need(people=6), *people)
    for offer in offers:
        desk.until(offer, LATER)

    def deed(own: Database, number: int) -> Any:
        if number == 0:
            return ticks.tick(own, COUNTY, LATER)
        try:
            return perform(own, dispatches.accept, desk.li, now=LATER, dispatch_id=offers[number - 1])
        except DashboardError as error:
            return error.key

    ticked, *answers = at_once(desk.database, 7, deed)
    accepted = [one for one in answers if isinstance(one, dict)]
    assert () == ticked.refused and 6 == ticked.expired + len(accepted)
    assert {} == desk.faults(LATER)
