"""What the audit calls the rows it speaks of, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from dashboard.core.words import Role
from dashboard.services import audit, need_edits, team_edits
from dashboard.services.audit_names import BELONGING, NAMED, names_of
from dashboard.services.commands import perform
from dashboard.services.questions import answer
from db.engine import Database
from db.models import Need
from tests.builders import COUNTY, NOW, a_county, a_need, a_site, a_team, an_actor

DAY = {"since": NOW - timedelta(days=1), "until": NOW + timedelta(days=1), "now": NOW}
ADMIN = an_actor(Role.ADMIN)


@pytest.fixture
def need(any_database: Database) -> Need:
    def made(session: Session) -> Need:
        a_county(session)
        site = a_site(session)
        a_team(session, site, name="桥头队")
        return a_need(session, site)

    return any_database.write(made)


def test_a_deed_names_what_it_was_done_to_and_is_found_by_that_name(any_database: Database, need: Need) -> None:
    perform(
        any_database,
        need_edits.grade,
        ADMIN,
        now=NOW,
        need_id=need.id,
        version=need.version,
        values={"urgency": "urgent"},
    )
    perform(any_database, team_edits.edit_team, ADMIN, now=NOW, team_id=1, version=1, values={"active": False})
    rows = answer(any_database, audit.deeds, ADMIN, **DAY).rows
    assert {("need", need.code), ("team", "桥头队")} == {(row.subject, row.called) for row in rows}
    for words, subject in ((need.code, "need"), ("桥头队", "team")):
        (found,) = answer(any_database, audit.deeds, ADMIN, words=words, **DAY).rows
        assert subject == found.subject
    assert 0 == answer(any_database, audit.deeds, ADMIN, words="桥头", **DAY).total, "the whole name, not a part of it"


def test_every_kind_can_be_looked_up_and_nothing_of_another_county_is_named(any_database: Database, need: Need) -> None:
    kinds = [(kind, need.id) for kind in (*NAMED, *BELONGING, "person", "no such kind")]
    with any_database.read() as session:
        assert need.code == names_of(session, COUNTY, kinds)["need", need.id]
        assert {} == names_of(session, "999999", kinds)
