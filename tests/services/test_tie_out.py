"""Identities: all hold on data that commands wrote; a planted fault turns exactly its own line red and is named."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from dashboard.core.permissions import Actor, system_actor
from dashboard.core.tie_out import Line
from dashboard.core.words import Role
from dashboard.services import tie_out
from dashboard.services.questions import answer, forget_all
from dashboard.text import known
from db.engine import Database
from db.models import Site
from tests.builders import COUNTY, NOW, a_need, an_actor
from tests.services.figure_county import a_busy_county
from tests.services.walking import Walk

ALL = system_actor(COUNTY)
COLUMNS = (
    'county, volunteer_id, activity_id, team_id, site_id, grid_id, "start", "end", break_minutes, minutes, grade, '
    "recorded_at, recorded_by"
)
#: Line -> a statement that writes past the commands; :one is a station.
FAULTS = {
    "flow": "update needs set state = 'cancelled' where id = (select min(id) from needs where state = 'to_verify')",
    "life": "update needs set state = 'lost' where id = (select min(id) from needs where state = 'to_verify')",
    "received": "update needs set state = 'in_service' "
    "where id = (select min(id) from needs where state = 'open' and id not in (select need_id from dispatches))",
    "ended": "update needs set closed_at = '2020-01-01 00:00:00' "
    "where id = (select min(id) from needs where state = 'closed')",
    "repeats": "update needs set earlier_need_id = id "
    "where id = (select min(id) from needs where earlier_need_id is not null)",
    "towns": "update needs set town_code = '520326999' "
    "where id = (select min(id) from needs where village_code is not null)",
    "seats": "update need_roles set head_count = 1 where head_count = 3 and id = (select min(role_id) from dispatches)",
    "dispatches": "update dispatches set state = 'declined' where id = (select min(id) from dispatches)",
    "levels": "update sites set path = '/999/' where id = :one",
    "sites": "update sites set level = 'branch' where id = :one",
    "grids": "update grids set valid_from = '2023-01-01', code = (select min(code) from grids) "
    "where id = (select max(id) from grids)",
    "cards": "update grid_contacts set duty = '网格长' where id = "
    "(select min(id) from grid_contacts where duty = '网格员')",
    "register": "update volunteers set person_id = (select person_id from volunteers order by id limit 1) "
    "where id = (select max(id) from volunteers)",
    "memberships": "update memberships set team_id = (select min(team_id) from memberships) "
    "where volunteer_id = (select min(volunteer_id) from memberships)",
    # One of an activity is written down twice.
    "people": f"insert into services ({COLUMNS}) select {COLUMNS} from services where id = "
    "(select min(id) from services)",
    "grades": "update services set grade = 'X' where id = (select min(id) from services)",
    "minutes": "update services set minutes = minutes + 7 where id = (select min(id) from services)",
    "ratings": "update ratings set answered_at = null where id = (select min(id) from ratings where score = 5)",
    # A deposit that never came into the fund.
    "fund": "insert into fund_entries (county, kind, amount_fen, at, account_id, reason) "
    "values ('520326', 'deposit', 100, '2026-11-01 00:00:00', 0, '')",
}


def broken(database: Database, actor: Actor = ALL, now: datetime = NOW) -> dict[str, Line]:
    forget_all()
    found = answer(database, tie_out.lines, actor, now=now)
    return {line.key: line for line in found.lines if not line.holds}


def plant(database: Database, fault: str, sites: list[Site]) -> None:
    used = {"one": sites[2].id} if ":one" in fault else {}
    changed = database.write(lambda session: session.execute(sql(fault), used).rowcount)  # type: ignore[attr-defined]
    assert changed >= 1, "nothing was planted"


def test_every_line_has_a_fault_planted_here_and_its_words() -> None:
    keys = [identity.__name__ for identity in tie_out.IDENTITIES]
    assert keys == list(FAULTS)
    for key in keys:
        assert [word for word in ("", ".formula", ".mend") if not known(f"tie_out.{key}{word}")] == []


def test_all_lines_hold_where_nothing_was_planted(any_database: Database) -> None:
    sites = any_database.write(a_busy_county)
    for actor in (ALL, *(an_actor(Role.LEADER, site) for site in sites)):
        assert broken(any_database, actor) == {}
    terms = answer(any_database, tie_out.lines, ALL, now=NOW).lines
    assert [line.key for line in terms if not line.sums[0]] == []
    assert [term for line in terms for term in (*line.left, *line.right) if not known(term.words)] == []


@pytest.mark.parametrize("key", FAULTS)
def test_a_planted_fault_turns_exactly_its_line_red_and_is_named(any_database: Database, key: str) -> None:
    sites = any_database.write(a_busy_county)
    plant(any_database, FAULTS[key], sites)
    found = broken(any_database)
    assert list(found) == [key]
    assert found[key].found == len(found[key].at_fault) >= 1


def test_all_lines_hold_on_the_sample(county: Database) -> None:
    assert broken(county) == {}
    with county.read() as session:
        readers = [an_actor(Role.LEADER, site) for site in session.query(Site).order_by(Site.id)]
    for reader in readers:
        assert broken(county, reader) == {}, reader.site_path


def test_all_lines_hold_after_whatever_four_actors_did(any_database: Database) -> None:
    walk = Walk(any_database, seed=11).go(300)
    assert broken(any_database, now=walk.now) == {}


def test_a_chat_message_may_repeat_what_was_told_after_it_was_sent(any_database: Database) -> None:
    def work(session: Session) -> None:
        told = a_need(session, registered_at=NOW - timedelta(hours=1))
        a_need(session, registered_at=NOW - timedelta(hours=5), earlier_need_id=told.id)

    any_database.write(work)
    assert broken(any_database) == {}


def test_an_order_at_fault_opens_and_somebody_else_s_is_not_told(any_database: Database) -> None:
    sites = any_database.write(a_busy_county)
    plant(any_database, FAULTS["flow"], sites)
    line = broken(any_database)["flow"]
    assert line.at_fault[0].need_id is not None
    assert line.at_fault[0].code.startswith("N")
    assert broken(any_database, an_actor(Role.LEADER, sites[3])) == {}
