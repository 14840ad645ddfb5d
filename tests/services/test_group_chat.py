"""Needs from a group chat: looked at first, saved together, not twice; on both databases."""

from datetime import timedelta
from typing import Any

import pytest

from dashboard.core.errors import Forbidden, Invalid
from dashboard.core.permissions import system_actor
from dashboard.core.words import Role
from dashboard.services import group_chat, needs
from dashboard.services.commands import digest_key, keyed_digest, perform
from dashboard.services.group_chat import Choice
from dashboard.services.questions import answer
from db.engine import Database
from db.models import Audit, Division, Need, Person
from tests.builders import COUNTY, NOW, a_category, a_person, a_site, an_account, an_actor

ACTOR = system_actor(COUNTY)
TEXT = """张网格 2026/11/15 9:05
珍珠村老人电话13985621234，明天上午9点到11点要理发
李四 2026/11/15 9:06
收到
王五 9:07
理发 13900000001"""


class Office:
    def __init__(self, database: Database) -> None:
        self.database = database
        village = {"county": COUNTY, "level": "village", "name": "珍珠村", "parent_code": None}
        database.write(lambda session: session.add(Division(code="520326001001", lon=107.9, lat=28.5, **village)))
        self.category = self.make(a_category, "hair", name="理发").id

    def make(self, builder: Any, *args: Any, **values: Any) -> Any:
        return self.database.write(lambda session: builder(session, *args, **values))

    def look(self, text: str = TEXT, actor: Any = ACTOR) -> Any:
        return answer(self.database, group_chat.preview, actor, text=text, now=NOW)

    def take(self, *choices: Choice, text: str = TEXT, **values: Any) -> Any:
        return perform(self.database, group_chat.take, ACTOR, now=NOW, text=text, choices=choices, **values)

    def count(self, table: Any) -> int:
        with self.database.read() as session:
            return session.query(table).count()


@pytest.fixture
def office(any_database: Database) -> Office:
    return Office(any_database)


def test_a_look_says_what_would_be_made_and_writes_nothing(office: Office) -> None:
    found = office.look()
    assert [(line.line, line.chatter, line.known) for line in found] == [(2, False, ""), (4, True, ""), (6, False, "")]
    assert (found[0].category_id, found[0].village_known, found[0].phone) == (office.category, True, True)
    assert "13985621234" not in repr(found) and "13900000001" not in repr(found)
    assert office.count(Need) == 0
    with pytest.raises(Forbidden):
        office.look(actor=an_actor(Role.LEADER))


def test_the_chosen_are_saved_to_be_verified_each_with_its_audit_row(office: Office) -> None:
    done = office.take(Choice(2, office.category), Choice(6, office.category))
    assert (done["made"], done["there"]) == (2, 0)
    with office.database.read() as session:
        first, second = session.query(Need).order_by(Need.id)
        assert (first.state, first.channel, first.village_code) == ("to_verify", "group_chat", "520326001001")
        assert first.to_verify == ["no_people", "hearsay"]
        assert session.get_one(Person, first.person_id).phone == "13985621234"
        assert second.person_id is None and session.get_one(Person, second.reported_by_id).phone == "13900000001"
        assert "13985621234" not in first.title + first.detail
        rows = [(row.subject, row.command) for row in session.query(Audit).order_by(Audit.id)]
    assert rows == [("need", "group_chat.take")] * 2 + [("group_chat", "group_chat.take")]


def test_a_second_paste_of_the_same_text_changes_nothing(office: Office) -> None:
    office.take(Choice(2, office.category))
    again = office.take(Choice(2, office.category), Choice(6, office.category))
    assert (again["made"], again["there"], office.count(Need)) == (1, 1, 2)
    assert office.take(Choice(2), Choice(6))["made"] == 0
    assert [bool(line.known) for line in office.look()] == [True, False, True]


def test_one_line_that_cannot_be_saved_leaves_nothing_of_the_others(office: Office) -> None:
    with pytest.raises(Invalid):
        office.take(Choice(2, office.category), Choice(6, 987654))
    assert (office.count(Need), office.count(Person), office.count(Audit)) == (0, 0, 0)


def test_a_possible_repeat_is_shown_and_linked(office: Office) -> None:
    office.take(Choice(2, office.category))
    text = "珍珠村老人电话13985621234，还没有人来理发"
    (line,) = office.look(text)
    assert [one.why for one in line.repeats] == ["household"]
    office.take(Choice(1, office.category, line.repeats[0].id), text=text)
    with office.database.read() as session:
        first, second = session.query(Need).order_by(Need.id)
        assert second.earlier_need_id == first.id


def test_a_colleagues_phone_is_never_the_residents(office: Office) -> None:
    digest = office.database.write(lambda session: keyed_digest(digest_key(session), "13985621234"))
    person = office.make(a_person, "赵站长", "13985621234", phone_digest=digest).id
    office.make(an_account, person_id=person)
    office.take(Choice(2, office.category))
    with office.database.read() as session:
        assert session.query(Need).one().person_id is None


def test_what_was_told_by_others_opens_only_by_being_verified(office: Office) -> None:
    office.make(a_site)
    text = "珍珠村明天上午9点到11点需要两个志愿者来理发"
    office.take(Choice(1, office.category), text=text)
    with office.database.read() as session:
        need = session.query(Need).one()
        assert (need.state, need.to_verify) == ("to_verify", ["hearsay"])
        need_id = need.id
    perform(office.database, needs.verify, ACTOR, now=NOW + timedelta(hours=1), need_id=need_id)
    with office.database.read() as session:
        assert session.query(Need).one().state == "open"
