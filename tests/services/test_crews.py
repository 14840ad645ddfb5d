"""Crews: entered with the fewest people of each role, shown with what is missing, sent short only by a person."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from dashboard.core.errors import Invalid
from dashboard.core.orders import Order, PlaceWish, RoleWish
from dashboard.services import crews, dispatches, need_card, needs
from dashboard.services.commands import perform
from dashboard.services.questions import answer
from db.engine import Database
from db.models import Audit, Need, NeedRole
from tests.builders import NOW, a_category, a_need, a_site, a_volunteer, actor_for, an_account, an_actor

START = NOW + timedelta(days=1)


class Desk:
    """A coordinator, a station, and six volunteers."""

    def __init__(self, database: Database) -> None:
        self.database = database

        def build(session: Any) -> None:
            centre = a_site(session)
            self.station, self.other = a_site(session, centre), a_site(session, centre)
            self.category = a_category(session).id
            self.li = actor_for(an_account(session, site=centre), centre)
            self.people = [a_volunteer(session, self.station, f"志愿{n}").id for n in range(6)]

        database.write(build)

    def order(self, *roles: RoleWish, **values: Any) -> Order:
        span = ((START, START + timedelta(hours=2)),)
        place = PlaceWish(lon=107.9, lat=28.53)
        return Order(category_id=self.category, place=place, intervals=span, roles=roles, **values)

    def take(self, *roles: RoleWish, **values: Any) -> Need:
        made = perform(self.database, needs.create, self.li, now=NOW, order=self.order(*roles, **values))
        with self.database.read() as session:
            need = session.get_one(Need, made["need_id"])
            session.expunge_all()
            return need

    def edit(self, need: Need, *roles: RoleWish, version: int = 1, **values: Any) -> None:
        given = {"need_id": need.id, "version": version, "order": self.order(*roles, **values)}
        perform(self.database, needs.edit, self.li, now=NOW, **given)

    def roles(self, need: Need) -> list[tuple[int, int, int | None]]:
        with self.database.read() as session:
            rows = session.scalars(select(NeedRole).where(NeedRole.need_id == need.id).order_by(NeedRole.position))
            return [(row.id, row.head_count, row.least) for row in rows]

    def send(self, need: Need, role_id: int, *people: int) -> None:
        values = {"need_id": need.id, "role_id": role_id, "volunteer_ids": people}
        perform(self.database, dispatches.dispatch, self.li, now=NOW, **values)

    def card(self, need: Need) -> need_card.NeedCard:
        return answer(self.database, need_card.card, self.li, need_id=need.id, now=NOW)

    def short(self, actor: Any = None) -> list[tuple[str, int, int]]:
        found = answer(self.database, crews.short_crews, actor or self.li, now=NOW)
        return [(row.name, row.missing, row.sent) for row in found]


@pytest.fixture
def desk(any_database: Database) -> Desk:
    return Desk(any_database)


WORKER, HELPERS = RoleWish(1, name="社工"), RoleWish(4, name="志愿者", least=2)


def test_a_crew_is_entered_with_the_fewest_people_of_each_role(desk: Desk) -> None:
    need = desk.take(WORKER, HELPERS, whole=True)
    assert need.whole
    assert [(people, least) for _, people, least in desk.roles(need)] == [(1, None), (4, 2)]
    seats = desk.card(need).seats
    assert [(seat.people, seat.open, seat.least, seat.missing) for seat in seats] == [(1, 1, 1, 1), (4, 4, 2, 2)]
    with desk.database.read() as session:
        after = session.scalars(select(Audit.after).where(Audit.subject_id == need.id)).one()
    assert (after["whole"], after["people"], after["least"]) == (True, [1, 4], [None, 2])


def test_without_a_word_a_need_is_no_crew(desk: Desk) -> None:
    need = desk.take(WORKER, HELPERS)
    assert not need.whole
    assert [seat.missing for seat in desk.card(need).seats] == [0, 0]


@pytest.mark.parametrize("least", [0, 5, -1])
def test_the_fewest_lie_between_one_and_all(desk: Desk, least: int) -> None:
    with pytest.raises(Invalid) as refused:
        desk.take(RoleWish(4, least=least), whole=True)
    assert refused.value.key == "needs.bad_least"


def test_a_form_that_says_nothing_of_crews_leaves_them_as_they_are(desk: Desk) -> None:
    need = desk.take(WORKER, HELPERS, whole=True)
    (one, *_), (two, *_) = desk.roles(need)
    desk.edit(need, RoleWish(1, name="社工", role_id=one), RoleWish(3, name="志愿者", role_id=two))
    assert desk.card(need).whole
    assert [(people, least) for _, people, least in desk.roles(need)] == [(1, None), (3, 2)]
    desk.edit(need, RoleWish(1, role_id=one), RoleWish(1, role_id=two), version=2)
    assert [(people, least) for _, people, least in desk.roles(need)] == [(1, None), (1, 1)]


def test_a_form_that_knows_crews_says_what_holds(desk: Desk) -> None:
    need = desk.take(WORKER, HELPERS, whole=True)
    (one, *_), (two, *_) = desk.roles(need)
    desk.edit(need, RoleWish(1, role_id=one), RoleWish(4, role_id=two), whole=False)
    assert not desk.card(need).whole
    assert [least for *_, least in desk.roles(need)] == [None, None]


def test_a_person_may_send_one_of_a_crew_and_the_card_and_the_list_say_what_is_missing(desk: Desk) -> None:
    need = desk.take(WORKER, HELPERS, whole=True)
    (worker, *_), (helpers, *_) = desk.roles(need)
    assert (desk.card(need).short_roles, desk.short()) == ((), [])
    desk.send(need, helpers, desk.people[0])
    assert [(seat.name, seat.missing) for seat in desk.card(need).short_roles] == [("社工", 1), ("志愿者", 1)]
    assert desk.short() == [("社工", 1, 1), ("志愿者", 1, 1)]
    desk.send(need, worker, desk.people[1])
    desk.send(need, helpers, desk.people[2])
    assert (desk.card(need).short_roles, desk.short()) == ((), [])
    assert desk.card(need).open_seats == 2


def test_short_crews_are_listed_within_reach_only(desk: Desk) -> None:
    values = {"people": 2, "whole": True}
    need = desk.database.write(lambda session: a_need(session, desk.station, **values))
    desk.send(need, desk.roles(need)[0][0], desk.people[0])
    assert len(desk.short()) == 1
    assert desk.short(an_actor(site=desk.other)) == []
    assert len(desk.short(an_actor(site=desk.station))) == 1
