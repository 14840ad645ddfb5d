"""The queue with its clocks, the card with its history, repeats before saving; on both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from dashboard.core.errors import Forbidden, NotFound
from dashboard.core.filters import Filters
from dashboard.core.orders import Caller, Order, PlaceWish
from dashboard.core.permissions import Actor, system_actor
from dashboard.core.words import Outcome, Role, Urgency
from dashboard.services import dispatches, holds, needs, service_records
from dashboard.services.commands import perform
from dashboard.services.figures import sheet
from dashboard.services.map_figures import overview
from dashboard.services.need_card import card
from dashboard.services.need_choices import choices, grids_of
from dashboard.services.need_repeats import repeats
from dashboard.services.needs_queue import View, queue
from dashboard.services.questions import answer
from db.engine import Database
from db.models import Site
from tests.builders import (
    COUNTY,
    NOW,
    a_category,
    a_grid,
    a_need,
    a_person,
    a_site,
    a_volunteer,
    actor_for,
    an_account,
    an_actor,
)

START = NOW + timedelta(days=1)


class Desk:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.centre = self.make(a_site)
        self.station = self.make(a_site, self.centre)
        self.li = self.make(lambda session: actor_for(an_account(session, display_name="李调度")))

    def make(self, builder: Any, *args: Any, **values: Any) -> Any:
        return self.database.write(lambda session: builder(session, *args, **values))

    def need(self, **values: Any) -> int:
        return self.make(a_need, values.pop("site", self.station), **values).id

    def queue(self, actor: Actor | None = None, **values: Any) -> Any:
        return answer(self.database, queue, actor or self.li, now=values.pop("now", NOW), **values)

    def card(self, need_id: int, actor: Actor | None = None) -> Any:
        return answer(self.database, card, actor or self.li, now=NOW, need_id=need_id)

    def do(self, deed: Any, **values: Any) -> Any:
        return perform(self.database, deed, values.pop("actor", self.li), now=values.pop("now", NOW), **values)

    def serve(self, need_id: int) -> int:
        """One volunteer from offer to done; returns the dispatch."""
        volunteer = self.make(a_volunteer, self.station, "李永", consent="given").id
        sent = self.do(dispatches.dispatch, need_id=need_id, volunteer_ids=[volunteer])["dispatch_ids"][0]
        self.do(dispatches.accept, dispatch_id=sent)
        hours = {"start": START, "end": START + timedelta(hours=2)}
        self.do(service_records.record_service, dispatch_id=sent, now=START + timedelta(hours=3), **hours)
        return sent


@pytest.fixture
def desk(any_database: Database) -> Desk:
    return Desk(any_database)


def test_the_queue_runs_in_the_order_of_the_clocks(desk: Desk) -> None:
    calm = desk.need(take_up_due_at=NOW + timedelta(days=2))
    late = desk.need(take_up_due_at=NOW - timedelta(hours=1), urgency="urgent")
    taken = desk.need(
        people=2,
        taken_up_at=NOW,
        take_up_due_at=NOW - timedelta(hours=5),
        close_due_at=NOW + timedelta(hours=1),
    )
    clockless = desk.need()
    found = desk.queue()
    assert [row.id for row in found.rows] == [late, taken, calm, clockless]
    clocks = [row.clock for row in found.rows]
    assert [(clock.kind, clock.overdue) for clock in clocks if clock] == [
        ("take_up", True),
        ("close", False),
        ("take_up", False),
    ]
    # NOW is Monday 10:00: from 9:00 one working hour, until Wednesday 10:00 two working days.
    assert [clock.left_minutes for clock in clocks if clock] == [-60, 60, 16 * 60]
    assert (found.total, found.overdue) == (4, 1)


def test_every_need_is_in_the_views_where_work_waits_for_it(desk: Desk) -> None:
    volunteer = desk.make(a_volunteer, desk.station).id
    opened, half = desk.need(), desk.need(people=2)
    verify, draft, over = desk.need(state="to_verify"), desk.need(state="draft"), desk.need(state="closed")
    done = desk.need()
    desk.serve(done)
    desk.do(dispatches.dispatch, need_id=half, volunteer_ids=[volunteer])

    def ids(view: View) -> set[int]:
        return {row.id for row in desk.queue(view=view).rows}

    assert ids(View.TO_DISPATCH) == {opened, half}
    assert ids(View.WAITING) == {half}
    assert ids(View.TO_VERIFY) == {verify, draft}
    assert ids(View.TO_CONFIRM) == {done}
    assert ids(View.ENDED) == {over}
    assert ids(View.ALL) == {opened, half, verify, draft, done, over}
    assert desk.queue().views == {view.value: len(ids(view)) for view in View}
    row = next(row for row in desk.queue().rows if row.id == half)
    assert (row.seats, row.open_seats, row.waiting) == (2, 1, 1)


def test_the_queue_pages_filters_and_searches(desk: Desk) -> None:
    category = desk.make(a_category, "utilities", name="水电").id
    ids = [desk.need(title=f"修水管{n}", category_id=category) for n in range(3)]
    other = desk.need(title="陪护", urgency="urgent")
    assert [len(desk.queue(page=page, size=3).rows) for page in (0, 1, 2)] == [3, 1, 0]
    assert {row.id for row in desk.queue(filters=Filters(category="utilities")).rows} == set(ids)
    assert [row.id for row in desk.queue(filters=Filters(urgency=Urgency.URGENT)).rows] == [other]
    assert [row.id for row in desk.queue(words="水管1").rows] == [ids[1]]
    assert desk.queue(words="100%").rows == ()


def test_a_time_that_passed_is_pointed_out(desk: Desk) -> None:
    past = desk.need(start=NOW - timedelta(days=2))
    row = desk.queue().rows[0]
    assert (row.id, row.time_past, row.start) == (past, True, None)


def test_a_hold_shows_its_holder_until_it_is_over(desk: Desk) -> None:
    need = desk.need()
    desk.do(holds.hold, need_id=need)
    assert (desk.queue().rows[0].holder, desk.card(need).holder_id) == ("李调度", desk.li.account_id)
    assert desk.queue(now=NOW + timedelta(minutes=6)).rows[0].holder is None


def test_everybody_sees_the_needs_of_her_own_part(desk: Desk) -> None:
    other = desk.make(a_site, desk.centre)
    mine, theirs = desk.need(), desk.need(site=other)
    worker = an_actor(Role.STATION_WORKER, desk.station)
    assert [row.id for row in desk.queue(worker).rows] == [mine]
    with pytest.raises(NotFound):
        desk.card(theirs, worker)


def test_the_card_tells_the_whole_history_with_names_and_reasons(desk: Desk) -> None:
    need = desk.need()
    desk.serve(need)
    desk.do(service_records.confirm, need_id=need, now=START + timedelta(hours=4))
    desk.do(service_records.rate, need_id=need, score=4, outcome=Outcome.DONE, now=START + timedelta(hours=5))
    found = desk.card(need)
    assert [(step.before, step.after, step.volunteer, step.by) for step in found.history] == [
        (None, "open", "", ""),
        (None, "offered", "李永", "李调度"),
        ("offered", "accepted", "李永", "李调度"),
        ("accepted", "in_service", "李永", "李调度"),
        ("open", "in_service", "", "李调度"),
        ("in_service", "done", "李永", "李调度"),
        ("in_service", "done", "", "李调度"),
        ("done", "confirmed", "李永", "李调度"),
        ("done", "confirmed", "", "李调度"),
        ("confirmed", "rated", "", "李调度"),
        ("rated", "closed", "", "李调度"),
    ]
    assert found.history[3].late and not found.history[1].late
    assert found.rating is not None and (found.rating.score, found.rating.outcome) == (4, "done")
    assert (found.open_seats, found.head_count, found.sent[0].volunteer) == (0, 1, "李永")


def test_residents_are_masked_and_volunteers_too_for_who_only_looks(desk: Desk) -> None:
    resident = desk.make(a_person, "张小贵", "13985621234").id
    need = desk.need(person_id=resident)
    desk.serve(need)
    found = desk.card(need)
    assert (found.resident, found.phone, found.person_id) == ("张**", "*******1234", resident)
    leader = desk.card(need, an_actor(Role.LEADER))
    assert leader.sent[0].volunteer == "李*"
    assert "李永" not in repr(leader) and "张小贵" not in repr(leader)


def an_order(desk: Desk, category: int, **values: Any) -> Order:
    return Order(category_id=category, **({"place": PlaceWish(lon=107.9, lat=28.53)} | values))


def why(desk: Desk, order: Order, actor: Actor | None = None) -> list[tuple[int, str]]:
    found = answer(desk.database, repeats, actor or desk.li, order=order, now=NOW)
    return [(one.id, one.why) for one in found]


def test_repeats_are_shown_before_saving(desk: Desk) -> None:
    """F15: the same household, or within 250 m, of the same category within 14 days."""
    category = desk.make(a_category).id
    desk.make(a_grid, desk.station, village_code="520326001001")
    first = Order(category_id=category, place=PlaceWish(lon=107.9, lat=28.53), resident=Caller("张小贵", "13985621234"))
    made = desk.do(needs.create, order=first, now=NOW - timedelta(days=3))["need_id"]
    assert why(desk, an_order(desk, category)) == [(made, "near")]
    assert why(desk, an_order(desk, category, place=PlaceWish(lon=107.9 + 0.003, lat=28.53))) == []
    far = PlaceWish(lon=107.905, lat=28.53)
    assert why(desk, an_order(desk, category, place=far, resident=Caller("李桂英", "139 8562 1234"))) == [
        (made, "household")
    ]
    assert why(desk, an_order(desk, category, place=far, resident=Caller("张小贵"))) == [(made, "person")]
    assert why(desk, an_order(desk, desk.make(a_category).id)) == []


def test_a_village_is_too_coarse_for_250_metres_and_a_month_too_long(desk: Desk) -> None:
    category = desk.make(a_category).id
    desk.need(category_id=category, precision="village", registered_at=NOW)
    desk.need(category_id=category, registered_at=NOW - timedelta(days=15))
    assert why(desk, an_order(desk, category)) == []


def test_a_repeat_elsewhere_is_not_shown_to_who_may_not_see_it(desk: Desk) -> None:
    category = desk.make(a_category).id
    desk.need(category_id=category, registered_at=NOW)
    worker = an_actor(Role.STATION_WORKER, desk.make(a_site, desk.centre))
    assert len(why(desk, an_order(desk, category))) == 1
    assert why(desk, an_order(desk, category), worker) == []
    with pytest.raises(Forbidden):
        why(desk, an_order(desk, category), an_actor(Role.LEADER))


def test_the_form_offers_what_lies_in_reach(county: Database) -> None:
    everything = answer(county, choices, an_actor(Role.COORDINATOR), language="zh")
    assert len(everything.categories) >= 10 and everything.villages and everything.skills
    village = next(
        code for code, _ in everything.villages if answer(county, grids_of, an_actor(), village=code, now=NOW)
    )
    with county.read() as session:
        station = session.scalars(select(Site).where(Site.village_code == village)).first()
        assert station is not None
        worker = Actor(1, "x", Role.STATION_WORKER, "520326", station.id, station.path)
    assert village in [code for code, _ in answer(county, choices, worker, language="en").villages]
    assert len(answer(county, choices, worker, language="en").villages) < len(everything.villages)


@pytest.mark.parametrize("filters", [Filters(), Filters(urgency=Urgency.URGENT), Filters(town="520326001")])
def test_the_map_the_list_and_the_figure_count_the_same_open_needs(county: Database, filters: Filters) -> None:
    now, everybody = datetime(2026, 11, 20, 2, 0, tzinfo=UTC), system_actor(COUNTY)
    listed = answer(county, queue, everybody, filters=filters, view=View.OPEN, now=now)
    mapped = answer(county, overview, everybody, filters=filters, now=now)
    assert (mapped.open_needs, mapped.overdue) == (listed.total, listed.overdue)
    assert mapped.open_needs == listed.views["open"]
    if not filters:
        figures = answer(county, sheet, everybody, now=now).values
        assert 0 < listed.total == figures["needs_open"].value
