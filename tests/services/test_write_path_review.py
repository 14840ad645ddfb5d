"""What a sceptic tried on the write path: outside one's part, half orders, impossible hours; on both databases."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from dashboard.core.errors import Conflict, Forbidden, Invalid, NotFound
from dashboard.core.orders import Order, PlaceWish, RoleWish
from dashboard.core.permissions import Actor, system_actor
from dashboard.core.words import IntervalRule, Outcome, Role
from dashboard.services import constraints, dispatches, holds, match_plan, needs, service_records
from dashboard.services.checks import examine
from dashboard.services.commands import perform
from dashboard.services.plan_send import send_rows
from dashboard.services.questions import answer
from db.engine import Database
from db.models import Constraint, Dispatch, Need, NeedEvent, Service, Team, UnplacedPoint, Volunteer
from tests.builders import (
    COUNTY,
    NOW,
    a_category,
    a_county,
    a_grid,
    a_member,
    a_need,
    a_site,
    a_team,
    a_volunteer,
    actor_for,
    an_account,
)

START = NOW + timedelta(days=1)
HOUR = timedelta(hours=1)
INSIDE, OUTSIDE = PlaceWish(lon=107.9, lat=28.53), PlaceWish(lon=107.95, lat=28.53)


class County:
    """Two institutes with a coordinator each, volunteers at the first, a stranger at the second."""

    def __init__(self, database: Database) -> None:
        self.database = database

        def build(session: Any) -> None:
            a_county(session)
            centre = a_site(session)
            near, far = (a_site(session, centre, level="institute") for _ in range(2))
            self.near, self.far = near, far
            self.boss = actor_for(an_account(session, Role.ADMIN), None)
            self.li = actor_for(an_account(session, site=near), near)
            self.worker = actor_for(an_account(session, Role.STATION_WORKER, near), near)
            self.ann, self.bo = (a_volunteer(session, near, consent="given").id for _ in range(2))
            self.stranger = a_volunteer(session, far, "欧阳小贵", consent="given").id
            self.homeless = a_volunteer(session, None).id
            self.category = a_category(session).id
            self.grid = a_grid(session, near).id
            session.execute(update(Volunteer).values(grid_id=self.grid))

        database.write(build)

    def need(self, site: Any = None, **values: Any) -> int:
        place = site if site is not None else self.near
        wanted = {"category_id": self.category, "grid_id": self.grid} | values
        return self.database.write(lambda session: a_need(session, place, **wanted).id)

    def do(self, deed: Any, actor: Actor | None = None, now: Any = NOW, **values: Any) -> Any:
        return perform(self.database, deed, actor or self.li, now=now, **values)

    def order(self, **values: Any) -> Order:
        usual: dict[str, Any] = {
            "category_id": self.category,
            "place": INSIDE,
            "roles": (RoleWish(people=1),),
            "intervals": ((START, START + 2 * HOUR),),
        }
        return Order(**(usual | values))

    def rows(self, table: Any, **where: Any) -> list[Any]:
        with self.database.read() as session:
            found = list(session.scalars(select(table).filter_by(**where).order_by(table.id)))
            session.expunge_all()
            return found

    def accepted(self, volunteer: int, start: Any = START) -> int:
        """A dispatch of her, accepted: its id."""
        need = self.need(start=start)
        sent = self.do(dispatches.dispatch, need_id=need, volunteer_ids=[volunteer])["dispatch_ids"][0]
        self.do(dispatches.accept, dispatch_id=sent)
        return int(sent)

    def faults(self, now: Any = NOW) -> set[str]:
        return {one.key for one in examine(self.database, system_actor(COUNTY), now=now) if not one.ok}


@pytest.fixture
def county(any_database: Database) -> County:
    return County(any_database)


def test_a_need_of_no_site_is_the_whole_county_s_affair(county: County) -> None:
    need = county.need()
    county.database.write(lambda session: setattr(session.get_one(Need, need), "site_id", None))
    for deed, values in (
        (needs.cancel, {"reason": "x"}),
        (holds.hold, {}),
        (dispatches.dispatch, {"volunteer_ids": [county.ann]}),
        (constraints.pin, {"volunteer_id": county.ann, "reason": "x"}),
    ):
        with pytest.raises(Forbidden):
            county.do(deed, need_id=need, **values)
    with pytest.raises(Forbidden):
        county.do(needs.cancel, county.worker, need_id=need, reason="x")
    county.do(needs.cancel, county.boss, need_id=need, reason="x")


def test_nobody_speaks_about_volunteers_of_another_part(county: County) -> None:
    need = county.need()
    for deed in (constraints.pin, constraints.forbid):
        for stranger in (county.stranger, county.homeless):
            with pytest.raises(Forbidden):
                county.do(deed, need_id=need, volunteer_id=stranger, reason="x")
        with pytest.raises(NotFound):
            county.do(deed, need_id=need, volunteer_id=10**9, reason="x")
    for stranger in (county.stranger, county.homeless):
        with pytest.raises(Forbidden):
            county.do(constraints.keep_free, volunteer_id=stranger, reason="x")
    assert [] == county.rows(Constraint)
    county.do(constraints.pin, county.boss, need_id=need, volunteer_id=county.homeless, reason="x")


def test_a_volunteer_of_a_shared_team_may_be_pinned_from_elsewhere(county: County) -> None:
    def share(session: Any) -> None:
        team = a_team(session, session.get_one(type(county.far), county.far.id), shared=True)
        a_member(session, team, session.get_one(Volunteer, county.stranger))

    need = county.need()
    county.database.write(share)
    county.do(constraints.pin, need_id=need, volunteer_id=county.stranger, reason="x")
    county.database.write(lambda session: setattr(session.scalars(select(Team)).one(), "shared", False))
    with pytest.raises(Forbidden):
        county.do(constraints.forbid, need_id=county.need(), volunteer_id=county.stranger, reason="x")


def test_a_word_is_withdrawn_once(county: County) -> None:
    made = county.do(constraints.keep_free, volunteer_id=county.ann, reason="x")["constraint_id"]
    county.do(constraints.withdraw, constraint_id=made)
    with pytest.raises(Conflict):
        county.do(constraints.withdraw, constraint_id=made)


def test_a_plan_sends_somebody_to_every_span_where_all_must_be_served(county: County) -> None:
    second = START + timedelta(days=2)
    spans = ((START, START + 2 * HOUR), (second, second + 2 * HOUR))
    order = county.order(intervals=spans, interval_rule=IntervalRule.ALL_OF)
    need = county.do(needs.create, order=order)["need_id"]
    plan = answer(county.database, match_plan.plan, county.li, now=NOW)
    rows = [row.to_send() for row in plan.rows]
    assert 1 == len(rows)
    sent = send_rows(county.database, county.li, rows, now=NOW)
    assert () == sent.refused
    found = county.rows(Dispatch, need_id=need)
    assert [begin for begin, _ in spans] == [row.start for row in found]
    assert 1 == len({row.volunteer_id for row in found})


def test_where_all_spans_must_be_served_a_part_is_not_enough(county: County) -> None:
    second = START + timedelta(days=2)
    spans = ((START, START + 2 * HOUR), (second, second + 2 * HOUR))
    order = county.order(intervals=spans, interval_rule=IntervalRule.ALL_OF)
    need = county.do(needs.create, order=order)["need_id"]
    with pytest.raises(Conflict) as refused:
        county.do(dispatches.dispatch, need_id=need, volunteer_ids=[county.ann], start=START, end=START + 2 * HOUR)
    assert "dispatches.outside_wanted" == refused.value.key


def test_nobody_has_the_same_hour_twice(county: County) -> None:
    first, second = county.accepted(county.ann), county.accepted(county.ann, START + 3 * HOUR)
    later = START + timedelta(days=1)
    county.do(service_records.record_service, now=later, dispatch_id=first, start=START, end=START + 2 * HOUR)
    with pytest.raises(Conflict) as refused:
        begin = START + HOUR
        county.do(service_records.record_service, now=later, dispatch_id=second, start=begin, end=begin + 2 * HOUR)
    assert "dispatches.hours_overlap" == refused.value.key
    begin = START + 2 * HOUR
    county.do(service_records.record_service, now=later, dispatch_id=second, start=begin, end=begin + HOUR)
    assert 2 == len(county.rows(Service))
    assert "service_overlap" not in county.faults(later)


def test_hours_belong_to_a_team_she_is_in(county: County) -> None:
    def teams(session: Any) -> tuple[int, int, int]:
        hers, other, former = (a_team(session) for _ in range(3))
        her = session.get_one(Volunteer, county.ann)
        a_member(session, hers, her)
        a_member(session, former, her, valid_to=NOW.date())
        return hers.id, other.id, former.id

    hers, other, former = county.database.write(teams)
    sent, later = county.accepted(county.ann), START + timedelta(days=1)
    times = {"dispatch_id": sent, "start": START, "end": START + HOUR, "now": later}
    for team in (other, former, 10**9):
        with pytest.raises(Invalid) as refused:
            county.do(service_records.record_service, team_id=team, **times)
        assert "dispatches.not_her_team" == refused.value.key
    county.do(service_records.record_service, team_id=hers, **times)
    assert [hers] == [row.team_id for row in county.rows(Service)]


@pytest.mark.parametrize("lacks", [{"place": PlaceWish()}, {"category_id": None}])
def test_an_order_with_people_on_their_way_stays_complete(county: County, lacks: dict[str, Any]) -> None:
    need = county.need()
    edit = {"need_id": need, "version": 1, "order": county.order(**lacks)}
    sent = county.do(dispatches.dispatch, need_id=need, volunteer_ids=[county.ann])["dispatch_ids"][0]
    with pytest.raises(Conflict) as refused:
        county.do(needs.edit, **edit)
    assert "dispatches.people_are_sent" == refused.value.key
    county.do(dispatches.cancel, dispatch_id=sent, reason="x")
    assert "to_verify" == county.do(needs.edit, **edit)["state"]


def test_what_was_never_verified_is_not_open_when_it_is_opened_again(county: County) -> None:
    need = county.do(needs.create, order=county.order(category_id=None, place=PlaceWish()))["need_id"]
    county.do(needs.cancel, need_id=need, reason="x")
    county.do(needs.reopen, need_id=need, reason="x")
    (row,) = county.rows(Need, id=need)
    assert ("to_verify", ["no_place", "no_category"]) == (row.state, row.to_verify)
    states = [event.to_state for event in county.rows(NeedEvent, need_id=need)]
    assert ["to_verify", "cancelled", "open", "to_verify"] == states
    assert set() == county.faults() & {"open_incomplete", "need_history", "need_state", "flow"}


def test_a_need_outside_every_grid_is_on_the_list_while_it_is_there(county: County) -> None:
    made = county.do(needs.create, order=county.order(place=OUTSIDE))
    listed = county.rows(UnplacedPoint)
    assert [("needs", made["need_id"], 107.95)] == [(row.subject, row.row_id, row.lon) for row in listed]
    assert set() == county.faults() & {"point_unlisted", "point_listed", "point_grid"}
    county.do(needs.edit, need_id=made["need_id"], version=1, order=county.order())
    assert [] == county.rows(UnplacedPoint)


def test_a_listed_need_may_be_done_with(county: County) -> None:
    made = county.do(needs.create, order=county.order(place=OUTSIDE))
    county.do(needs.cancel, need_id=made["need_id"], reason="x")
    assert set() == county.faults() & {"point_unlisted", "point_listed", "point_grid"}


def test_nothing_is_written_down_before_it_happens(county: County) -> None:
    sent, later = county.accepted(county.ann), START + timedelta(days=1)
    need = county.rows(Dispatch, id=sent)[0].need_id
    county.do(service_records.record_service, now=later, dispatch_id=sent, start=START, end=START + HOUR)
    soon = later + HOUR
    with pytest.raises(Invalid) as refused:
        county.do(service_records.confirm, now=later, need_id=need, happened_at=soon)
    assert "dispatches.in_future" == refused.value.key
    county.do(service_records.confirm, now=later, need_id=need)
    county.do(needs.close, now=later, need_id=need)
    with pytest.raises(Invalid):
        county.do(service_records.rate, now=later, need_id=need, score=5, outcome=Outcome.DONE, happened_at=soon)
    with pytest.raises(Invalid):
        county.do(needs.reopen, now=later, need_id=need, reason="x", happened_at=soon)
    with pytest.raises(Invalid):
        county.do(needs.create, now=later, order=county.order(), registered_at=soon)


def test_a_resident_wishes_for_people_we_know(county: County) -> None:
    for wish in ({"preferred": (10**9,)}, {"excluded": (10**9,)}):
        with pytest.raises(NotFound):
            county.do(needs.create, order=county.order(**wish))
    county.do(needs.create, order=county.order(preferred=(county.ann,), excluded=(county.stranger,)))
