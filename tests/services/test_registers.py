"""Registers edited as tables: what is offered, saved with its audit, refused by name; on both databases."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from dashboard.core.errors import Conflict, DashboardError, Forbidden, Invalid, NotFound
from dashboard.core.permissions import Actor
from dashboard.core.registers import REGISTERS
from dashboard.core.words import Role
from dashboard.services import catalogue_edits, need_edits, place_edits, registers, squads, team_edits, volunteer_edits
from dashboard.services.commands import perform
from dashboard.services.questions import answer
from dashboard.services.registers import RegisterRow, Sheet
from db.engine import Database
from db.models import (
    Audit,
    AuditPersonal,
    CatalogueItem,
    Grid,
    GridContact,
    Membership,
    Need,
    NeedSkill,
    Person,
    Site,
    Team,
    Volunteer,
)
from tests.builders import (
    COUNTY,
    NOW,
    a_category,
    a_grid,
    a_member,
    a_need,
    a_person,
    a_site,
    a_skill,
    a_team,
    a_volunteer,
    an_actor,
    saved,
)

TODAY = date(2026, 11, 16)


class County:
    """A town with two stations; in the first one row of each register, in the second one too."""

    def __init__(self, database: Database) -> None:
        self.database = database
        database.write(self._fill)
        self.local = an_actor(Role.COORDINATOR, self.stored(Site, self.here), 7)

    def _fill(self, session: Any) -> None:
        centre = a_site(session)
        town = a_site(session, centre, level="institute")
        here, there = a_site(session, town), a_site(session, town)
        self.town, self.here, self.there = town.id, here.id, there.id
        repair = a_skill(session, "electric")
        self.skill = repair.id
        self.chat = a_category(session, "chat", name="聊天", name_en="Chat").id
        self.repair = a_category(session, "repair", name="维修", required_skills=["electric"]).id
        self.gone = a_category(session, "gone", active=False).id
        self.ids: dict[str, tuple[int, int]] = {}
        for name, made in (
            ("volunteers", [a_volunteer(session, site) for site in (here, there)]),
            ("sites", [here, there]),
            ("grids", [a_grid(session, site, households=120) for site in (here, there)]),
            ("teams", [a_team(session, site) for site in (here, there)]),
            ("needs", [a_need(session, site, category_id=self.chat) for site in (here, there)]),
        ):
            self.ids[name] = (made[0].id, made[1].id)
        self.ids["contacts"] = tuple(  # type: ignore[assignment]
            saved(
                session,
                GridContact(
                    county=COUNTY, grid_id=at, person_id=a_person(session, "王网格", "13800000001").id, duty="网格长"
                ),
            ).id
            for at in self.ids["grids"]
        )
        self.ids["catalogue"] = tuple(  # type: ignore[assignment]
            saved(
                session,
                CatalogueItem(county=COUNTY, code=f"M{site.id}", name="陪聊", category_id=self.chat, site_id=site.id),
            ).id
            for site in (here, there)
        )
        team = session.get_one(Team, self.ids["teams"][0])
        self.member = a_volunteer(session, here, code="V-LEAD").id
        a_member(session, team, session.get_one(Volunteer, self.member))

    def sheet(self, register: str, actor: Actor | None = None) -> Sheet:
        return answer(
            self.database, registers.sheet, actor or self.local, register=register, ids=self.ids[register], now=NOW
        )

    def row(self, register: str) -> RegisterRow:
        (row,) = self.sheet(register).rows
        return row

    def save(self, register: str, row: RegisterRow | None = None, actor: Actor | None = None, **values: Any) -> None:
        row = row or self.row(register)
        registers.save(self.database, actor or self.local, now=NOW, register=register, row=row, values=values)

    def stored(self, model: Any, row_id: int) -> Any:
        with self.database.read() as session:
            row = session.get_one(model, row_id)
            session.expunge(row)
            return row

    def audits(self, command: str) -> list[Audit]:
        with self.database.read() as session:
            found = list(session.scalars(select(Audit).where(Audit.command == command).order_by(Audit.id)))
            session.expunge_all()
            return found


@pytest.fixture
def county(any_database: Database) -> County:
    return County(any_database)


#: Allowed edits: the model and what its rows then hold, and the command whose audit says so.
EDITS: dict[str, tuple[dict[str, Any], Any, dict[str, Any], tuple[str, ...]]] = {
    "volunteers": (
        {"status": "paused", "cap_day": 3, "cap_week": 9},
        Volunteer,
        {"status": "paused", "cap_day": 3, "cap_week": 9, "max_distance_m": 5000},
        ("volunteer_edits.set_caps", "volunteer_edits.set_status"),
    ),
    "sites": (
        {
            "name": "桥头站",
            "site_kind": "eldercare",
            "address": "桥头路1号",
            "phone": "0856-5666640",
            "opening": "9-17",
        },
        Site,
        {"name": "桥头站", "name_key": "桥头站", "kind": "eldercare", "phone": "0856-5666640", "opening": "9-17"},
        ("place_edits.edit_site",),
    ),
    "grids": (
        {"households": 318, "grid_kind": "compound"},
        Grid,
        {"households": 318, "kind": "compound"},
        ("place_edits.edit_grid",),
    ),
    "contacts": (
        {"duty": "楼栋长", "valid_to": TODAY + timedelta(days=30)},
        GridContact,
        {"duty": "楼栋长", "valid_to": TODAY + timedelta(days=30)},
        ("place_edits.edit_contact",),
    ),
    "teams": (
        {"name": "红石榴队", "team_kind": "women", "aspect": "elders", "leader_code": "V-LEAD", "shared": True},
        Team,
        {"name": "红石榴队", "kind": "women", "aspect": "elders", "shared": True, "active": True},
        ("team_edits.edit_team", "squads.set_team_aspect"),
    ),
    "catalogue": (
        {"duration_minutes": 45, "season": "winter", "retired_on": TODAY},
        CatalogueItem,
        {"duration_minutes": 45, "season": "winter", "retired_on": TODAY, "name": "陪聊"},
        ("catalogue_edits.edit_item",),
    ),
    "needs": ({"urgency": "urgent"}, Need, {"urgency": "urgent"}, ("need_edits.grade",)),
}


@pytest.mark.parametrize("register", REGISTERS)
def test_an_allowed_edit_is_saved_with_its_audit_and_a_stale_one_refused(register: str, county: County) -> None:
    values, model, kept, commands = EDITS[register]
    stale = county.row(register)
    county.save(register, **values)
    row = county.stored(model, stale.id)
    assert kept == {name: getattr(row, name) for name in kept}
    assert row.version == stale.version + len(commands)
    for command in commands:
        (audit,) = county.audits(command)
        assert audit.subject_id == stale.id and audit.actor_id == 7
    assert county.row(register).values == stale.values | values, "the table shows it at once"
    with pytest.raises(Conflict, match=r"commands\.changed_meanwhile"):
        county.save(register, stale, **values)


def test_a_row_of_two_commands_is_saved_wholly_or_not_at_all(county: County) -> None:
    before = county.row("teams")
    with pytest.raises(Invalid):
        county.save("teams", name="红石榴队", aspect="no such")
    assert county.row("teams") == before and county.audits("team_edits.edit_team") == []


@pytest.mark.parametrize("register", REGISTERS)
def test_a_table_offers_the_rows_of_the_reader_s_part_and_nobody_saves_another(register: str, county: County) -> None:
    whole = {row.id for row in county.sheet(register, an_actor(Role.ADMIN)).rows}
    assert whole == set(county.ids[register])
    assert county.row(register).id == county.ids[register][0]
    values, model, _, _ = EDITS[register]
    (other,) = (row for row in county.sheet(register, an_actor(Role.ADMIN)).rows if row.id == county.ids[register][1])
    with pytest.raises(Forbidden, match=r"permissions\.scope"):
        county.save(register, other, **{name: value for name, value in values.items() if name != "leader_code"})
    assert county.stored(model, other.id).version == other.version, "nothing was touched"
    leader = an_actor(Role.LEADER)
    with pytest.raises(Forbidden, match=r"permissions\.role"):
        county.sheet(register, leader)
    with pytest.raises(Forbidden, match=r"permissions\.role"):
        county.save(register, county.row(register), leader, **values)


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("volunteers", {"cap_day": 8, "cap_week": 2}, "volunteers.bad_cap_week"),
    ("sites", {"name": " "}, "registers.empty"),
    ("sites", {"phone": "找老王"}, "registers.bad_phone"),
    ("sites", {"site_kind": "castle"}, "registers.bad_value"),
    ("sites", {"lon": 1.0}, "registers.no_field"),
    ("grids", {"households": -1}, "registers.bad_number"),
    ("contacts", {"valid_to": TODAY, "new_name": "李四"}, "registers.ends_first"),
    ("contacts", {"new_phone": "13900000002"}, "registers.phone_without_name"),
    ("contacts", {"new_name": "李四", "new_phone": "12"}, "registers.bad_phone"),
    ("teams", {"leader_code": "V-NOBODY"}, "registers.no_such_leader"),
    ("teams", {"aspect": "castle"}, "squads.no_such_aspect"),
    ("catalogue", {"category_id": 999_999}, "needs.unknown_category"),
    ("catalogue", {"duration_minutes": 5000}, "registers.bad_number"),
    ("needs", {"urgency": "at once"}, "registers.bad_value"),
]


@pytest.mark.parametrize(("register", "values", "key"), REFUSED)
def test_a_value_that_can_t_be_is_refused_by_name_and_nothing_stored(
    register: str, values: dict[str, Any], key: str, county: County
) -> None:
    row = county.row(register)
    with pytest.raises(DashboardError) as refused:
        county.save(register, row, **values)
    assert refused.value.key == key
    assert county.row(register) == row
    assert not [one for command in EDITS[register][3] for one in county.audits(command)]


def test_two_sites_of_one_parent_and_two_teams_of_one_site_have_two_names(county: County) -> None:
    other = county.stored(Site, county.there).name
    with pytest.raises(Conflict, match=r"registers\.name_taken"):
        county.save("sites", name=f" {other} ")
    here = county.stored(Site, county.here)
    twin = county.database.write(lambda session: a_team(session, here, name="双子队"))
    with pytest.raises(Conflict, match=r"registers\.name_taken"):
        county.save("teams", name=twin.name)
    county.save("teams", name="独一队")


def test_a_new_contact_takes_the_old_card_down_and_stays_personal(county: County) -> None:
    old = county.row("contacts")
    assert old.name.endswith("王**") and "网格" not in old.name.split(" ")[-1]
    county.save("contacts", old, new_name="李 四", new_phone="139 0000 0002", duty="专职网格员")
    assert county.sheet("contacts").rows == (), "the query's card is down"
    gone = county.stored(GridContact, old.id)
    with county.database.read() as session:
        posted = session.scalars(select(GridContact).where(GridContact.id > max(county.ids["contacts"]))).one()
        person = session.get_one(Person, posted.person_id)
        private = {one.field: one.after for one in session.scalars(select(AuditPersonal))}
        session.expunge_all()
    assert gone.valid_to == posted.valid_from == TODAY and posted.valid_to is None
    assert (person.name, person.phone, posted.duty) == ("李四", "13900000002", "专职网格员")
    (audit,) = county.audits("place_edits.edit_contact")
    assert "李四" not in str(audit.after) and "13900000002" not in str(audit.after) and private["name"] == "李四"
    with pytest.raises(Conflict, match=r"registers\.contact_over"):
        county.save("contacts", RegisterRow(old.id, old.version + 1, "", "", old.values), duty="x")


def test_a_leader_is_a_member_of_today(county: County) -> None:
    team = county.ids["teams"][0]
    county.save("teams", leader_code="V-LEAD")
    assert county.stored(Team, team).leader_id == county.member
    county.save("teams", leader_code="")
    assert county.stored(Team, team).leader_id is None

    def leave(session: Any) -> None:
        session.scalars(select(Membership)).one().valid_to = TODAY

    county.database.write(leave)
    with pytest.raises(Invalid, match=r"registers\.no_such_leader"):
        county.save("teams", leader_code="V-LEAD")


def test_another_category_brings_its_skills_unless_others_were_named(county: County) -> None:
    need_id = county.ids["needs"][0]

    def skills() -> list[int]:
        with county.database.read() as session:
            return list(session.scalars(select(NeedSkill.skill_id).where(NeedSkill.need_id == need_id)))

    county.save("needs", category_id=county.repair)
    assert skills() == [county.skill] and county.stored(Need, need_id).category_id == county.repair
    county.save("needs", category_id=county.chat)
    assert skills() == []
    county.database.write(lambda session: session.add(NeedSkill(county=COUNTY, need_id=need_id, skill_id=county.skill)))
    county.save("needs", category_id=county.repair)
    county.database.write(lambda session: session.execute(delete(NeedSkill)))
    county.save("needs", category_id=county.chat)
    assert skills() == [], "none were named on purpose"


def test_a_graded_need_has_the_clocks_of_its_grade(county: County) -> None:
    need_id = county.ids["needs"][0]
    county.save("needs", urgency="soon")
    soon = county.stored(Need, need_id).close_due_at
    county.save("needs", urgency="urgent")
    assert county.stored(Need, need_id).close_due_at < soon


def test_what_is_served_or_closed_is_no_longer_graded(county: County) -> None:
    row = county.row("needs")

    def close(session: Any) -> None:
        session.get_one(Need, row.id).state = "closed"

    county.database.write(close)
    with pytest.raises(Invalid, match=r"needs\.not_editable"):
        county.save("needs", row, urgency="urgent")


COMMANDS: list[tuple[Any, str]] = [
    (place_edits.edit_site, "site_id"),
    (place_edits.edit_grid, "grid_id"),
    (place_edits.edit_contact, "contact_id"),
    (team_edits.edit_team, "team_id"),
    (catalogue_edits.edit_item, "item_id"),
    (need_edits.grade, "need_id"),
]


@pytest.mark.parametrize(("command", "row"), COMMANDS)
def test_what_isn_t_there_is_named(command: Any, row: str, county: County) -> None:
    with pytest.raises(NotFound):
        perform(county.database, command, an_actor(Role.ADMIN), now=NOW, version=1, values={}, **{row: 10**6})


def test_an_item_of_no_site_is_the_whole_county_s(county: County) -> None:
    def loosen(session: Any) -> None:
        session.get_one(CatalogueItem, county.ids["catalogue"][0]).site_id = None

    county.database.write(loosen)
    (row,) = (one for one in county.sheet("catalogue", an_actor()).rows if one.id == county.ids["catalogue"][0])
    with pytest.raises(Forbidden, match=r"permissions\.scope"):
        county.save("catalogue", row, name="陪伴")
    county.save("catalogue", row, an_actor(), name="陪伴")


def test_a_grid_drawn_anew_is_no_longer_changed(county: County) -> None:
    row = county.row("grids")

    def end(session: Any) -> None:
        session.get_one(Grid, row.id).valid_to = TODAY

    county.database.write(end)
    with pytest.raises(Conflict, match=r"registers\.grid_over"):
        county.save("grids", row, households=1)


def test_the_commands_are_those_of_the_pages() -> None:
    used = {step.command for steps in registers.STEPS.values() for step in steps}
    assert {volunteer_edits.set_caps, volunteer_edits.set_status, squads.set_team_aspect} <= used
