"""The SQL of queries: what attacks get, what honest questions get, on copies of both databases."""

import json
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from dashboard.core.errors import DashboardError, Forbidden, Invalid
from dashboard.core.frames import Frame
from dashboard.core.permissions import Actor, system_actor
from dashboard.core.query_views import VIEWS
from dashboard.core.words import Subject
from dashboard.services import query_process, query_snapshots
from dashboard.services.query_cells import Answer, Limits, run_query, views_for
from dashboard.text import text
from db.engine import Database
from db.models import Base, Dispatch, Need, NeedEvent, NeedRole, Rating, Revision, Service, Site, Team, Volunteer
from tests.builders import COUNTY, NOW, a_need
from tests.postgresql import Server
from tests.services.query_attacks import QUICK, SLOW
from tests.services.query_county import SECRETS, Readers, fill


@dataclass(frozen=True)
class Asked:
    """A filled database, its readers, and a directory of copies."""

    database: Database
    readers: Readers
    limits: Limits

    def ask(self, sql: str, actor: Actor | None = None, **values: Any) -> Answer:
        limits = values.pop("limits", self.limits)
        return run_query(self.database, actor or self.readers.coordinator, sql, now=NOW, limits=limits, **values)

    def rows(self, sql: str, actor: Actor | None = None, **values: Any) -> list[tuple[Any, ...]]:
        return list(self.ask(sql, actor, **values).frame.rows)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def county_db(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    """The same county on either database, only ever read by the tests that share it."""
    room = tmp_path_factory.mktemp("queries")
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("empty_sqlite"), room / "county.db")
        url = f"sqlite:///{room / 'county.db'}"
    else:
        server: Server = request.getfixturevalue("postgresql")
        url = server.create(f"queries_{os.getpid()}", template="template_dashboard")
    database = Database(url)
    readers = database.write(fill)
    yield Asked(database, readers, Limits(directory=room / "copies"))
    database.dispose()


def _counts(database: Database) -> dict[str, int]:
    with database.read() as session:
        tables = Base.metadata.sorted_tables
        return {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def _told(asked: Asked, sql: str, limits: Limits) -> str:
    """All that a reader sees of a query, in both languages when it is refused."""
    try:
        frame = asked.ask(sql, limits=limits).frame
    except DashboardError as error:
        # What she wrote herself is no leak.
        values = {name: str(value).replace(sql, "") for name, value in error.values.items()}
        return "".join(text(language, error.key, **values) for language in ("zh", "en"))
    return json.dumps([frame.columns, frame.rows], ensure_ascii=False)


def test_no_attack_leaks_writes_or_leaves_a_trace(county_db: Asked) -> None:
    before = _counts(county_db.database)
    files = set(Path("/tmp").glob("evil*"))  # noqa: S108  # where the attacks try to write
    assert len(QUICK) > 150
    for sql in QUICK:
        told = _told(county_db, sql, replace(county_db.limits, seconds=1.0))
        shown = [secret for secret in SECRETS if secret in told and secret not in sql]
        assert [] == shown, sql
    assert before == _counts(county_db.database)
    assert files == set(Path("/tmp").glob("evil*"))  # noqa: S108
    county_db.database.write(lambda session: session.execute(select(Need.id).with_for_update()).all())


def test_no_attack_outlives_its_limit(county_db: Asked) -> None:
    limits = replace(county_db.limits, seconds=0.25, memory_bytes=256 * 1024 * 1024)
    county_db.ask("SELECT count(*) FROM days")
    for sql in SLOW:
        began = time.monotonic()
        told = _told(county_db, sql, limits)
        assert time.monotonic() - began < 2.0, sql
        # Refused in words, or a few rows of it within the bytes.
        assert len(told) < limits.result_bytes + 1_000_000, sql
    assert county_db.rows("SELECT 1") == [(1,)]


def test_attacks_on_the_whole_county_find_no_person(county_db: Asked) -> None:
    for view in views_for(county_db.readers.admin):
        told = json.dumps(county_db.rows(f"SELECT * FROM {view.name}", county_db.readers.admin), ensure_ascii=False)  # noqa: S608
        names = [secret for secret in SECRETS if secret in told and secret != "别处站"]  # noqa: S105
        assert [] == names, view.name


Count = Callable[[Session, int], Any]
_HERE = "SELECT count(*) FROM "
HONEST: tuple[tuple[str, Count], ...] = (
    (_HERE + "needs", lambda s, site: s.scalar(select(func.count(Need.id)).where(Need.site_id == site))),
    (_HERE + "volunteers", lambda s, site: s.scalar(select(func.count(Volunteer.id)).where(Volunteer.site_id == site))),
    ("SELECT sum(minutes) FROM services", lambda s, site: s.scalar(_of(func.sum(Service.minutes), Service, site))),
    (
        "SELECT count(DISTINCT volunteer_id) FROM services",
        lambda s, site: s.scalar(_of(func.count(distinct(Service.volunteer_id)), Service, site)),
    ),
    (
        "SELECT count(*) FROM needs WHERE state = 'open'",
        lambda s, site: s.scalar(_of(func.count(), Need, site).where(Need.state == "open")),
    ),
    (
        "SELECT sum(overdue) FROM needs",
        lambda s, site: s.scalar(_of(func.count(), Need, site).where(Need.state == "open", Need.take_up_due_at < NOW)),
    ),
    (
        "SELECT sum(seats) FROM needs",
        lambda s, site: s.scalar(
            _of(func.sum(NeedRole.head_count), Need, site).join(NeedRole, NeedRole.need_id == Need.id)
        ),
    ),
    (
        "SELECT count(*) FROM need_events JOIN needs USING (need_id)",
        lambda s, site: s.scalar(_of(func.count(), Need, site).join(NeedEvent, NeedEvent.need_id == Need.id)),
    ),
    (
        "SELECT count(*) FROM dispatches WHERE state = 'offered' AND start_at > :now",
        lambda s, site: s.scalar(
            _of(func.count(), Need, site).join(Dispatch, Dispatch.need_id == Need.id).where(Dispatch.start > NOW)
        ),
    ),
    (
        "SELECT avg(score) FROM ratings",
        lambda s, site: float(
            s.scalar(_of(func.avg(Rating.score), Need, site).join(Rating, Rating.need_id == Need.id))
        ),
    ),
    (
        "SELECT count(*) - count(answered_at) FROM ratings",
        lambda s, site: s.scalar(
            _of(func.count(), Need, site).join(Rating, Rating.need_id == Need.id).where(Rating.answered_at.is_(None))
        ),
    ),
    (
        "SELECT count(*) FROM services WHERE start_day = date(:today, '-40 days')",
        lambda s, site: s.scalar(_of(func.count(), Service, site).where(Service.start < NOW - timedelta(days=30))),
    ),
    (
        "WITH busy AS (SELECT volunteer_id, sum(minutes) AS m FROM services GROUP BY 1) SELECT max(m) FROM busy",
        lambda s, site: max(s.scalars(_of(func.sum(Service.minutes), Service, site).group_by(Service.volunteer_id))),
    ),
    ("SELECT max(n) FROM (SELECT rank() OVER (ORDER BY need_id) n FROM needs)", lambda s, site: 5),
    ("SELECT count(*) FROM teams WHERE active", lambda s, site: s.scalar(_of(func.count(), Team, site))),
    ("SELECT name FROM sites", lambda s, site: s.scalar(select(Site.name).where(Site.id == site))),
    (
        "WITH RECURSIVE m(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM m WHERE n < 12) SELECT sum(n) FROM m",
        lambda s, site: 78,
    ),
    ("SELECT count(*) FROM days WHERE month = '2026-11' AND weekday <= 5", lambda s, site: 21),
    ("SELECT count(*) FROM messages", lambda s, site: 1),
    ("SELECT count(*) FROM follow_ups WHERE closed_at IS NULL", lambda s, site: 1),
)


def _of(what: Any, table: Any, site: int) -> Any:
    return select(what).select_from(table).where(table.site_id == site)


@pytest.mark.parametrize(("sql", "count"), HONEST, ids=[sql for sql, _ in HONEST])
def test_an_honest_question_is_answered_as_the_database_does(county_db: Asked, sql: str, count: Count) -> None:
    with county_db.database.read() as session:
        expected = count(session, county_db.readers.coordinator.site_id or 0)
    assert county_db.rows(sql) == [(expected,)]


def test_every_view_has_its_columns_in_order_on_both_databases(county_db: Asked) -> None:
    for view in views_for(county_db.readers.admin):
        frame = county_db.ask(f"SELECT * FROM {view.name}", county_db.readers.admin).frame  # noqa: S608
        stored = [column.name for column in view.columns]
        assert sorted(frame.columns) == sorted(stored)
        assert frame.rows or view.name in ("grid_contacts", "catalogue", "series", "contracts"), view.name


def test_times_are_in_county_time_with_day_and_month(county_db: Asked) -> None:
    sql = "SELECT recorded_at, recorded_day, recorded_month FROM need_events LIMIT 1"
    assert county_db.rows(sql) == [("2026-11-16 10:00:00", "2026-11-16", "2026-11")]


def test_names_are_masked_and_years_of_birth_are_bands(county_db: Asked) -> None:
    assert county_db.rows("SELECT DISTINCT masked_name FROM volunteers") == [("秘**",)]


def test_a_leader_sees_no_volunteers_and_a_station_worker_asks_nothing(county_db: Asked) -> None:
    leader = county_db.readers.leader
    assert {"volunteers", "memberships", "certificates", "follow_ups"}.isdisjoint(v.name for v in views_for(leader))
    assert county_db.rows("SELECT count(*) FROM services", leader) == [(4,)]
    for sql in ("SELECT * FROM volunteers", "SELECT volunteer_id FROM services", "SELECT volunteer_id FROM dispatches"):
        with pytest.raises(Invalid):
            county_db.ask(sql, leader)
    assert views_for(county_db.readers.station_worker) == ()
    with pytest.raises(Forbidden):
        county_db.ask("SELECT 1", county_db.readers.station_worker)


def test_inputs_are_bound_and_frames_are_tables(county_db: Asked) -> None:
    earlier = Frame(("site", "n"), (("本站", 2), ("x'; --", None)))
    sql = "SELECT n FROM 步骤一 WHERE site = :site"
    assert county_db.rows(sql, frames={"步骤一": earlier}, inputs={"site": "本站"}) == [(2,)]
    assert county_db.rows("SELECT :a", inputs={"a": "'; DROP TABLE needs"}) == [("'; DROP TABLE needs",)]
    with pytest.raises(Invalid, match="frame_name"):
        county_db.ask("SELECT 1", frames={"Needs": earlier})


REFUSED: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("", "queries.empty", {}),
    ("DELETE FROM needs", "queries.not_select", {}),
    ("SELECT 1; SELECT 2", "queries.several", {"count": 2}),
    ("SELECT * FROM need", "queries.no_table_near", {"near": "needs"}),
    ("SELECT * FROM zzzzzz", "queries.no_table", {"name": "zzzzzz"}),
    ("SELECT stat FROM needs", "queries.no_column_near", {"name": "stat"}),
    ("SELECT load_extension('x')", "queries.no_function", {"name": "load_extension"}),
    ("SELECT :town", "queries.parameter", {"name": "town"}),
    ("SELECT FROM", "queries.syntax", {}),
    ("SELECT '" + "x" * 20_000 + "'", "queries.too_long", {}),
    ("SELECT hex(hex(printf('%.900000c', 'x')))", "queries.too_large", {}),
    ("SELECT 1 FROM json_each('[]')", "queries.forbidden", {}),
    ("SELECT 1 FROM " + ", ".join(list(VIEWS)[:11]), "queries.too_many_views", {"limit": 10}),
)


@pytest.mark.parametrize(("sql", "key", "values"), REFUSED, ids=[key for _, key, _ in REFUSED])
def test_a_refusal_says_why(county_db: Asked, sql: str, key: str, values: dict[str, object]) -> None:
    with pytest.raises(Invalid) as caught:
        county_db.ask(sql, county_db.readers.admin)
    assert key == caught.value.key
    assert values.items() <= caught.value.values.items()


def test_a_slow_query_is_stopped_and_rows_are_cut(county_db: Asked) -> None:
    with pytest.raises(Invalid, match="too_slow"):
        county_db.ask(SLOW[0], limits=replace(county_db.limits, seconds=0.2))
    frame = county_db.ask("SELECT day FROM days", limits=replace(county_db.limits, rows=7)).frame
    assert (len(frame.rows), frame.cut) == (7, True)
    assert county_db.ask("SELECT day FROM days LIMIT 7").frame.cut is False
    assert county_db.ask("SELECT day FROM days", limits=replace(county_db.limits, result_bytes=100)).frame.cut


def test_a_write_makes_the_copies_of_its_subjects_anew(any_database: Database, tmp_path: Path) -> None:
    any_database.write(fill)
    asked = Asked(any_database, Readers(*[system_actor(COUNTY)] * 4), Limits(directory=tmp_path / "copies"))
    first = asked.ask("SELECT count(*) FROM needs")
    kept = {path: path.stat().st_ino for path in asked.limits.directory.glob("*.db")}
    assert asked.ask("SELECT count(*) FROM needs").revisions == first.revisions
    assert kept == {path: path.stat().st_ino for path in asked.limits.directory.glob("*.db")}
    assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}
    assert asked.limits.directory.stat().st_mode & 0o777 == 0o700

    def another(session: Session) -> None:
        a_need(session)
        session.add(Revision(county=COUNTY, subject=Subject.NEEDS, value=1))

    any_database.write(another)
    second = asked.ask("SELECT count(*) FROM needs")
    assert second.frame.rows == ((int(str(first.frame.rows[0][0])) + 1,),)
    assert second.revisions != first.revisions
    assert len(list(asked.limits.directory.iterdir())) == 1


def test_a_copy_that_vanishes_is_made_again(county_db: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    real = query_process.asked
    left = [1]

    def racing(question: dict[str, Any], seconds: float) -> Any:
        if left:
            left.pop()
            query_snapshots.forget(county_db.limits.directory)
        return real(question, seconds)

    monkeypatch.setattr("dashboard.services.query_cells.asked", racing)
    assert county_db.rows("SELECT count(*) FROM needs") == [(5,)]


def test_few_copies_are_kept(county_db: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query_snapshots, "FILES", 2)
    limits = replace(county_db.limits, directory=tmp_path / "few")
    for view in ("sites", "grids", "teams", "needs"):
        county_db.ask(f"SELECT * FROM {view}", limits=limits)  # noqa: S608
    assert len(list(limits.directory.glob("*.db"))) == 2


def test_the_child_can_open_nothing_once_it_runs(county_db: Asked) -> None:
    """The kernel's fence alone: the program without its authorizer still reads and writes no file."""
    county_db.ask("SELECT 1")
    path = next(county_db.limits.directory.glob("*.db"))
    with sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True) as copy, pytest.raises(sqlite3.Error):
        copy.execute("create table x(a)")
    copy.close()
