"""Looking at personal values: a right, a reason, within reach, written down without the values."""

from typing import Any

import pytest
from sqlalchemy import func, select

from dashboard.core.errors import Forbidden, Invalid, NotFound
from dashboard.core.permissions import Actor, Personal, may_reveal
from dashboard.core.words import Role
from dashboard.services import access
from dashboard.services.commands import perform
from db.engine import Database
from db.models import AccessLog, Audit, Dispatch, GridContact, Revision
from tests.builders import (
    COUNTY,
    NOW,
    a_county,
    a_grid,
    a_member,
    a_need,
    a_person,
    a_site,
    a_team,
    a_volunteer,
    actor_for,
    an_account,
)

PHONE = "13885201234"


class Town:
    """Two stations, people of both, and a worker, a coordinator, a leader and an admin of the first."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.persons: dict[str, int] = {}
        self.actors: dict[Role, Actor] = {}
        database.write(self._make)

    def _make(self, session: Any) -> None:
        a_county(session)
        centre = a_site(session)
        here, there = a_site(session, centre), a_site(session, centre)
        resident = a_person(session, "张小贵", PHONE, address="洪渡社区3组17号", id_number="522126195001010000")
        far = a_person(session, "王远", PHONE)
        caller = a_person(session, "赵来电", PHONE)
        contact = a_person(session, "网格员", PHONE)
        nobody = a_person(session, "无关", PHONE)
        need = a_need(session, here, person_id=resident.id, reported_by_id=caller.id)
        a_need(session, there, person_id=far.id)
        session.add(GridContact(county=COUNTY, grid_id=a_grid(session, here).id, person_id=contact.id))
        mine, theirs, sent, shared = (a_volunteer(session, site) for site in (here, there, there, there))
        a_member(session, a_team(session, there, shared=True), shared)
        a_member(session, a_team(session, there), theirs)
        a_member(session, a_team(session, there, shared=True), theirs, valid_to=NOW.date())
        self._dispatch(session, need, sent)
        self.persons = {
            "resident": resident.id,
            "far": far.id,
            "caller": caller.id,
            "contact": contact.id,
            "nobody": nobody.id,
            "mine": mine.person_id,
            "theirs": theirs.person_id,
            "sent": sent.person_id,
            "shared": shared.person_id,
        }
        self.actors = {role: actor_for(an_account(session, role, here), here) for role in Role}
        self.county_wide = actor_for(an_account(session, Role.COORDINATOR))

    @staticmethod
    def _dispatch(session: Any, need: Any, volunteer: Any) -> None:
        from db.models import NeedInterval, NeedRole

        role = session.scalars(select(NeedRole).where(NeedRole.need_id == need.id)).one()
        span = session.scalars(select(NeedInterval).where(NeedInterval.need_id == need.id)).one()
        session.add(
            Dispatch(
                county=COUNTY,
                need_id=need.id,
                role_id=role.id,
                volunteer_id=volunteer.id,
                state="accepted",
                start=span.start,
                end=span.end,
                dispatched_by=0,
                offered_at=NOW,
            )
        )
        session.flush()

    def look(self, person: str, role: Role | Actor = Role.COORDINATOR, fields=("name", "phone"), reason="联系派单"):
        actor = role if isinstance(role, Actor) else self.actors[role]
        return perform(
            self.database,
            access.reveal,
            actor,
            now=NOW,
            person_id=self.persons[person],
            fields=tuple(fields),
            reason=reason,
        )

    def logged(self) -> int:
        with self.database.read() as session:
            return session.scalar(select(func.count()).select_from(AccessLog)) or 0


@pytest.fixture
def town(any_database: Database) -> Town:
    return Town(any_database)


def test_looking_shows_the_values_and_leaves_who_what_and_why_but_no_value(town: Town) -> None:
    seen = town.look("resident", fields=("name", "phone", "address"), reason=" 联系 派单 ")
    assert {"name": "张小贵", "phone": PHONE, "address": "洪渡社区3组17号"} == seen
    with town.database.read() as session:
        row = session.scalars(select(AccessLog)).one()
        deed = session.scalars(select(Audit)).one()
        assert ("reveal", "person", town.persons["resident"], ["name", "phone", "address"], "联系 派单") == (
            row.kind,
            row.subject,
            row.subject_id,
            row.fields,
            row.reason,
        )
        assert (town.actors[Role.COORDINATOR].account_id, NOW) == (row.account_id, row.at)
        assert PHONE not in str((deed.before, deed.after, deed.reason))
        assert 0 == session.scalar(select(func.count()).select_from(Revision))


@pytest.mark.parametrize("reason", ["", " ", "x", "\n\t "])
def test_without_a_reason_nothing_is_shown(town: Town, reason: str) -> None:
    with pytest.raises(Invalid):
        town.look("resident", reason=reason)
    assert 0 == town.logged()


@pytest.mark.parametrize("person", ["resident", "caller", "contact", "mine", "sent", "shared"])
def test_people_of_one_s_own_part_of_the_county_are_within_reach(town: Town, person: str) -> None:
    assert town.look(person)["name"]


@pytest.mark.parametrize("person", ["far", "theirs", "nobody"])
def test_people_of_another_part_are_not(town: Town, person: str) -> None:
    with pytest.raises(NotFound):
        town.look(person)
    assert 0 == town.logged()
    assert town.look(person, town.county_wide)["name"]


def test_a_leader_sees_nobody_s_data(town: Town) -> None:
    with pytest.raises(Forbidden):
        town.look("resident", Role.LEADER)


@pytest.mark.parametrize("role", [Role.STATION_WORKER, Role.COORDINATOR])
def test_an_id_number_is_for_admins(town: Town, role: Role) -> None:
    with pytest.raises(Forbidden):
        town.look("resident", role, fields=("phone", "id_number"))
    assert 0 == town.logged()
    assert "522126195001010000" == town.look("resident", Role.ADMIN, fields=("id_number",))["id_number"]


def test_the_table_of_roles_and_fields() -> None:
    table = {role: {field for field in Personal if may_reveal(role, field)} for role in Role}
    visit = {Personal.NAME, Personal.PHONE, Personal.ADDRESS}
    assert {
        Role.LEADER: set(),
        Role.STATION_WORKER: visit,
        Role.COORDINATOR: visit,
        Role.ADMIN: set(Personal),
    } == table


def test_a_made_up_field_is_refused(town: Town) -> None:
    with pytest.raises(ValueError, match="initials"):
        town.look("resident", fields=("initials",))
