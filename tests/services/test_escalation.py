"""Repeats as escalation: three linked repeats raise the grade once, people and calls counted apart; the late lists."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.core.needs import next_grade, repeats_raise
from dashboard.core.orders import Caller, Order, PlaceWish
from dashboard.core.permissions import system_actor
from dashboard.core.words import Urgency
from dashboard.services import needs
from dashboard.services.commands import perform
from dashboard.services.figures import sheet
from dashboard.services.need_card import card
from dashboard.services.needs_queue import View, queue
from dashboard.services.questions import answer
from db.engine import Database
from db.models import Audit, Device, DeviceCall, Need
from tests.builders import COUNTY, NOW, a_category, a_grid, a_need, a_person, a_site

ACTOR = system_actor(COUNTY)
_GRADES = [Urgency.NORMAL, Urgency.SOON, Urgency.URGENT]


class Desk:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.station = self.make(a_site, self.make(a_site))

    def make(self, builder: Any, *args: Any, **values: Any) -> Any:
        return self.database.write(lambda session: builder(session, *args, **values))

    def need(self, days: float, **values: Any) -> int:
        return self.make(a_need, self.station, registered_at=NOW - timedelta(days=days), **values).id

    def link(self, later: int, earlier: int | None) -> None:
        perform(self.database, needs.link_repeat, ACTOR, now=NOW, need_id=later, earlier_need_id=earlier)

    def urgency(self, need: int) -> str:
        with self.database.read() as session:
            return session.get_one(Need, need).urgency

    def card(self, need: int) -> Any:
        return answer(self.database, card, ACTOR, need_id=need, now=NOW)

    def queue(self, **values: Any) -> Any:
        return answer(self.database, queue, ACTOR, now=NOW, **values)

    def grades_raised(self) -> int:
        """Grades gained over what every need began with ("normal")."""
        with self.database.read() as session:
            return sum(_GRADES.index(Urgency(need.urgency)) for need in session.query(Need))


@pytest.fixture
def desk(any_database: Database) -> Desk:
    return Desk(any_database)


def test_the_third_linked_repeat_raises_one_grade_once_and_is_listed(desk: Desk) -> None:
    resident = desk.make(a_person, "张小贵", "13985621234").id
    first, *again = [desk.need(days, person_id=resident) for days in (9, 8, 6, 3, 1)]
    for later in again[:2]:
        desk.link(later, first)
    assert (desk.urgency(first), desk.queue(view=View.RAISED).total) == ("normal", 0)
    before = desk.card(first)
    desk.link(again[2], first)
    found = desk.card(first)
    assert (found.urgency, found.raised_at, found.version) == ("soon", NOW, before.version + 1)
    assert (before.callers, found.callers, before.calls + 1, found.calls) == (1, 1, 4, 4)
    assert [one.id for one in found.linked] == again[:3]
    row = next(row for row in desk.queue(view=View.RAISED).rows)
    assert (row.id, row.callers, row.calls, row.raised) == (first, 1, 4, True)
    desk.link(again[3], first)
    assert (desk.urgency(first), desk.card(first).calls) == ("soon", 5)
    with desk.database.read() as session:
        told = [row.after for row in session.query(Audit) if "repeats" in (row.after or {})]
    assert told == [{"urgency": "soon", "repeats": 3}]
    for later in again:
        desk.link(later, None)
    assert desk.urgency(first) == "soon"


def test_repeats_too_far_apart_and_of_what_is_over_raise_nothing(desk: Desk) -> None:
    slow = [desk.need(days) for days in (40, 39, 20, 1)]
    over = [desk.need(days, state="closed", closed_at=NOW) for days in (9, 8, 6, 3)]
    for group in (slow, over):
        for later in group[1:]:
            desk.link(later, group[0])
    assert desk.grades_raised() == 0


def test_where_the_first_is_over_the_next_that_is_open_is_raised(desk: Desk) -> None:
    first = desk.need(9, state="closed", closed_at=NOW)
    later = [desk.need(days) for days in (8, 6, 3)]
    for one, before in zip(later, [first, *later], strict=False):
        desk.link(one, before)
    assert [desk.urgency(one) for one in (first, *later)] == ["normal", "soon", "normal", "normal"]


def test_a_call_linked_as_it_is_taken_counts_like_one_linked_later(desk: Desk) -> None:
    category = desk.make(a_category).id
    desk.make(a_grid, desk.station)
    order = Order(category_id=category, place=PlaceWish(lon=107.9, lat=28.53), resident=Caller("张小贵", "13985621234"))
    made: list[int] = []
    for hour in range(4):
        values = {
            "order": order,
            "repeats": made[0] if made else None,
            "registered_at": NOW - timedelta(hours=9 - hour),
        }
        made.append(perform(desk.database, needs.create, ACTOR, now=NOW, **values)["need_id"])
    assert [desk.urgency(need) for need in made] == ["soon", "normal", "normal", "normal"]
    assert (desk.card(made[3]).callers, desk.card(made[3]).calls) == (1, 4)


def test_linking_in_any_order_raises_one_grade_or_none_and_never_lowers(database: Database) -> None:
    desk = Desk(database)

    @settings(max_examples=40)
    @given(
        days=st.lists(st.integers(1, 60), min_size=1, max_size=6, unique=True),
        choice=st.randoms(use_true_random=False),
    )
    def holds(days: list[int], choice: Any) -> None:
        days.sort(reverse=True)
        start = desk.grades_raised()
        group = [desk.need(day) for day in days]
        # Each repeats any one before it, told in any order.
        links = [(later, choice.choice(group[:place])) for place, later in enumerate(group) if place]
        choice.shuffle(links)
        reached = start
        for later, earlier in links:
            desk.link(later, earlier)
            assert reached <= desk.grades_raised()
            reached = desk.grades_raised()
        wanted = repeats_raise([NOW - timedelta(days=day) for day in days[1:]], None)
        assert reached == start + wanted

    holds()


@given(st.lists(st.integers(0, 200), max_size=12), st.randoms(use_true_random=False))
def test_the_rule_asks_only_which_repeats_there_are(days: list[int], choice: Any) -> None:
    moments = [NOW + timedelta(days=day) for day in days]
    shuffled = choice.sample(moments, len(moments))
    found = repeats_raise(moments, None)
    assert found == repeats_raise(shuffled, None)
    assert found == any(sum(day <= other <= day + 30 for other in days) >= 3 for day in days)
    assert not repeats_raise(moments, NOW + timedelta(days=201))


def test_what_a_device_called_again_counts_with_what_was_linked(desk: Desk) -> None:
    first, *again = [desk.need(days) for days in (5, 4, 3)]
    category = desk.make(a_category).id

    def press(session: Any) -> None:
        device = Device(county=COUNTY, code="D1", category_id=category, place_text="", active=True, lon=107.9, lat=28.5)
        session.add(device)
        session.flush()
        values = {"county": COUNTY, "device_id": device.id, "need_id": first, "at": NOW - timedelta(days=2)}
        session.add(DeviceCall(**values, is_repeat=True))

    desk.database.write(press)
    desk.link(again[0], first)
    assert (desk.urgency(first), desk.card(first).calls) == ("normal", 3)
    desk.link(again[1], first)
    assert (desk.urgency(first), desk.card(first).calls) == ("soon", 4)


def test_urgent_stays_urgent() -> None:
    assert [next_grade(one) for one in _GRADES] == [Urgency.SOON, Urgency.URGENT, Urgency.URGENT]


def test_the_late_lists_are_together_what_the_figure_counts(desk: Desk) -> None:
    late, soon = NOW - timedelta(hours=1), NOW + timedelta(hours=1)
    untaken = desk.need(2, take_up_due_at=late, close_due_at=soon)
    unclosed = desk.need(2, taken_up_at=NOW, take_up_due_at=late, close_due_at=late)
    desk.need(2, take_up_due_at=soon, close_due_at=soon)
    desk.need(2, take_up_due_at=late, state="closed", closed_at=NOW)
    listed = {view: [row.id for row in desk.queue(view=view).rows] for view in (View.LATE_TAKE_UP, View.LATE_CLOSE)}
    assert listed == {View.LATE_TAKE_UP: [untaken], View.LATE_CLOSE: [unclosed]}
    assert answer(desk.database, sheet, ACTOR, now=NOW).values["needs_overdue"].value == 2
    assert desk.queue(view=View.OPEN).overdue == 2
