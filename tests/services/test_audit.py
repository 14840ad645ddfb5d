"""Reading the audit: a page at a time, within one's part of the county, without personal values, in words."""

import importlib
import pkgutil
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dashboard import services
from dashboard.core.errors import Forbidden
from dashboard.core.words import Role
from dashboard.services import access, accounts, audit, signins
from dashboard.services.commands import REGISTRY, perform
from dashboard.services.questions import answer
from dashboard.text import known
from db.engine import Database
from db.models import AccessLog
from tests.builders import COUNTY, NOW, a_county, a_person, a_site, actor_for, an_account
from tests.hashing import quick_hashes  # noqa: F401

pytestmark = pytest.mark.usefixtures("quick_hashes")

DAY = {"since": NOW - timedelta(days=1), "until": NOW + timedelta(days=1), "now": NOW}
GOOD = "tin-moth-river-42-lamp"


class Office:
    """An admin of the county, an admin of one station, a coordinator of another, and what they did."""

    def __init__(self, database: Database) -> None:
        self.database = database
        database.write(self._make)
        for number, actor in enumerate((self.admin, self.local, self.other)):
            for language in ("en", "zh"):
                perform(database, accounts.set_language, actor, now=NOW + timedelta(seconds=number), to=language)
        perform(
            database, access.reveal, self.other, now=NOW, person_id=self.person, fields=("phone",), reason="核实 100%"
        )

    def _make(self, session: Any) -> None:
        a_county(session)
        centre = a_site(session)
        here = a_site(session, centre)
        self.admin = actor_for(an_account(session, Role.ADMIN, display_name="邹"))
        self.local = actor_for(an_account(session, Role.ADMIN, here, display_name="田"), here)
        self.other = actor_for(an_account(session, Role.COORDINATOR, display_name="杨"))
        self.person = a_person(session, phone="13885201234").id

    def ask(self, question: Any, actor: Any = None, **values: Any) -> Any:
        return answer(self.database, question, actor or self.admin, **(DAY | values))


@pytest.fixture
def office(any_database: Database) -> Office:
    return Office(any_database)


def test_deeds_come_newest_first_with_who_did_them(office: Office) -> None:
    found = office.ask(audit.deeds)
    assert 7 == found.total == len(found.rows)
    assert ["杨", "杨", "田", "田"] == [row.who for row in found.rows[:4]]
    assert [row.at for row in found.rows] == sorted((row.at for row in found.rows), reverse=True)


def test_an_admin_of_one_station_reads_what_its_accounts_did(office: Office) -> None:
    assert {"田"} == {row.who for row in office.ask(audit.deeds, office.local).rows}
    assert 0 == office.ask(audit.looks, office.local).total
    assert ("田",) == tuple(name for _, name in answer(office.database, audit.people, office.local))


@pytest.mark.parametrize("question", [audit.deeds, audit.looks])
def test_nobody_else_reads_it(office: Office, question: Any) -> None:
    with pytest.raises(Forbidden):
        office.ask(question, office.other)


def test_filters_by_person_action_words_row_and_time(office: Office) -> None:
    assert {"杨"} == {row.who for row in office.ask(audit.deeds, who=office.other.account_id).rows}
    assert ["access.reveal"] == [row.command for row in office.ask(audit.deeds, action="reveal").rows]
    assert ["access.reveal"] == [row.command for row in office.ask(audit.deeds, words="100%").rows]
    assert 0 == office.ask(audit.deeds, words="_00%").total
    assert ["person"] == [
        row.subject for row in office.ask(audit.deeds, words=str(office.person), subject="person").rows
    ]
    assert 0 == office.ask(audit.deeds, until=NOW - timedelta(hours=1)).total
    assert 0 == office.ask(audit.deeds, since=NOW + timedelta(hours=1)).total
    assert ["核实 100%"] == [row.reason for row in office.ask(audit.looks, kind="reveal").rows]


def test_pages_follow_each_other_without_gap_or_repeat(office: Office) -> None:
    for second in range(120):
        to = ("en", "zh")[second % 2]
        perform(office.database, accounts.set_language, office.admin, now=NOW + timedelta(seconds=second), to=to)
    pages = [office.ask(audit.deeds, page=page).rows for page in range(4)]
    ids = [row.id for rows in pages for row in rows]
    assert [50, 50, 27, 0] == [len(rows) for rows in pages]
    assert len(ids) == len(set(ids)) == office.ask(audit.deeds).total


def test_failed_sign_ins_are_listed_with_their_address(office: Office) -> None:
    with pytest.raises(Forbidden):
        signins.sign_in(office.database, "nobody", "x", address="203.0.113.9", now=NOW)
    found = office.ask(audit.looks, kind="sign_in_failed")
    assert [("203.0.113.9", "")] == [(row.subject, row.who) for row in found.rows]


def test_a_change_shows_fields_that_differ_and_hides_personal_values() -> None:
    before = {"role": "leader", "site_id": 5, "display_name": {"digest": "ab"}, "same": 1}
    after = {"role": "admin", "site_id": None, "display_name": {"digest": "cd"}, "same": 1, "new": [1, 2]}
    assert (
        audit.Change("role", "leader", "admin", False),
        audit.Change("site_id", "5", "", False),
        audit.Change("display_name", "", "", True),
        audit.Change("new", "", "[1, 2]", False),
    ) == audit.changes(before, after)
    assert () == audit.changes(None, None)


def _services() -> Path:
    for module in pkgutil.iter_modules(services.__path__):
        importlib.import_module(f"dashboard.services.{module.name}")
    return Path(str(services.__path__[0]))


def test_every_command_and_every_kind_of_row_has_its_words() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in _services().glob("*.py"))
    subjects = set(re.findall(r'\.audit\(\s*"([a-z_]+)"', source))
    kinds = set(re.findall(r'AccessLog\(.{0,300}?\bkind="([a-z_]+)"', source, re.S))
    assert subjects and kinds
    # Tests register commands of their own in the same process.
    ours = (name for name, spec in REGISTRY.items() if spec.deed.__module__.startswith("dashboard."))
    assert [] == sorted(name for name in ours if not known(f"audit.deed.{name}"))
    assert [] == sorted(name for name in subjects if not known(f"audit.subject.{name}"))
    assert [] == sorted(name for name in kinds | set(audit.KINDS) if not known(f"audit.kind_{name}"))


def test_the_log_of_looks_says_nothing_of_other_counties(office: Office) -> None:
    office.database.write(
        lambda session: session.add(
            AccessLog(county="999999", at=NOW, account_id=None, kind="reveal", reason="elsewhere")
        )
    )
    assert "elsewhere" not in [row.reason for row in office.ask(audit.looks).rows]
    assert COUNTY == office.admin.county
