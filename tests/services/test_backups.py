"""Backups hold every row of one moment, are for an admin of the whole county, and come back; on both databases."""

import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from dashboard.__main__ import main
from dashboard.core.errors import Conflict, Forbidden, Invalid, NotFound
from dashboard.core.matching.watch import Stopped, Watch
from dashboard.core.permissions import Actor, system_actor
from dashboard.core.words import Role
from dashboard.services import backups, jobs
from db import backups as files
from db.engine import Database
from db.models import Audit, Person
from tests.builders import COUNTY, NOW, a_county, a_need, a_person, a_site, an_actor
from tests.postgresql import Server

ADMIN = an_actor(Role.ADMIN, account_id=9)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(backups.FOLDER_VARIABLE, str(tmp_path / "backups"))
    return tmp_path / "backups"


@pytest.fixture
def filled(any_database: Database) -> Database:
    def fill(session: object) -> None:
        a_county(session)  # type: ignore[arg-type]
        site = a_site(session)  # type: ignore[arg-type]
        a_need(session, site)  # type: ignore[arg-type]
        # A line of an archive that looks like its end, and one that looks like another table.
        for name in ("张小贵", "\\.", "a\nCOPY public.x (y) FROM stdin;\n\\.\n"):
            a_person(session, name, "13800000001")  # type: ignore[arg-type]

    any_database.write(fill)
    return any_database


def url_of(database: Database) -> str:
    return database.url.render_as_string(hide_password=False)


def empty_beside(database: Database, request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """An empty database of the same kind."""
    if database.is_sqlite:
        return Database(f"sqlite:///{tmp_path / 'new.db'}")
    server: Server = request.getfixturevalue("postgresql")
    name = f"restored_{make_url(str(database.url)).database}"
    request.addfinalizer(lambda: server.drop(name))
    return Database(server.create(name))


def test_a_backup_holds_every_row_and_comes_back(
    filled: Database, request: pytest.FixtureRequest, tmp_path: Path, folder: Path
) -> None:
    made = backups.make(filled, ADMIN, now=NOW)
    assert made.path.parent == folder and made.rows == sum(files.counted(made.path).values())
    assert files.counted(made.path)["persons"] == 3
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600 and stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [path.name for path in folder.iterdir()] == [made.path.name], "nothing beside it"
    (listed,) = backups.there(ADMIN)
    assert (listed.path, listed.bytes) == (made.path, made.bytes)
    with filled.read() as session:
        audit = session.scalars(select(Audit)).one()
        assert (audit.command, audit.actor_id) == ("backups.note_backup", 9)
        assert audit.after == {"file": made.path.name, "bytes": made.bytes, "rows": made.rows}
    new = empty_beside(filled, request, tmp_path)
    assert sum(backups.restore(new, made.path, now=NOW).values()) == made.rows
    with new.read() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 3
        assert session.scalars(select(Audit.command)).all() == ["backups.note_restore"]
    with pytest.raises(Conflict, match=r"backups\.not_empty"):
        backups.restore(new, made.path, now=NOW)
    new.dispose()


def test_what_is_written_meanwhile_is_not_in_the_copy(filled: Database, tmp_path: Path) -> None:
    written: list[str] = []

    def meanwhile(step: str, done: int, total: int) -> None:
        if not written:
            written.append(step)
            filled.write(lambda session: a_person(session, "后来的人"))

    rows = files.save(filled, tmp_path / "one", meanwhile)
    assert written and rows["persons"] == 3 == files.counted(tmp_path / "one")["persons"]


def test_a_stopped_backup_leaves_no_file(filled: Database, folder: Path) -> None:
    watch = Watch()
    watch.stop()
    with pytest.raises(Stopped):
        backups.make(filled, ADMIN, now=NOW, watch=watch)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.LEADER, Role.STATION_WORKER])
def test_nobody_else_takes_the_database_away(role: Role, database: Database, folder: Path) -> None:
    for deed in (backups.make, backups.start):
        with pytest.raises(Forbidden, match=r"permissions\.role"):
            deed(database, an_actor(role), now=NOW)
    with pytest.raises(Forbidden):
        backups.there(an_actor(role))
    assert not folder.exists()


def test_an_admin_of_a_part_doesn_t_either(database: Database) -> None:
    site = database.write(lambda session: a_site(session, a_site(session)))
    part = an_actor(Role.ADMIN, site)
    with pytest.raises(Forbidden, match=r"permissions\.scope"):
        backups.make(database, part, now=NOW)
    with pytest.raises(Forbidden, match=r"permissions\.scope"):
        backups.there(part)


def test_a_file_that_is_there_stays(database: Database, tmp_path: Path) -> None:
    there = tmp_path / "mine.db"
    there.write_text("mine")
    with pytest.raises(Conflict, match=r"backups\.exists"):
        backups.make(database, ADMIN, now=NOW, to=there)
    assert there.read_text() == "mine"
    with pytest.raises(Invalid, match=r"backups\.not_written"):
        backups.make(database, ADMIN, now=NOW, to=tmp_path / "no" / "folder.db")


def test_a_damaged_file_is_refused(database: Database, tmp_path: Path) -> None:
    made = backups.make(database, system_actor(COUNTY), now=NOW)
    data = bytearray(made.path.read_bytes())
    for at in range(20_000, len(data) - 5000, 4096):
        data[at : at + 200] = b"\xff" * 200
    made.path.write_bytes(data)
    new = Database(f"sqlite:///{tmp_path / 'new.db'}")
    with pytest.raises(Invalid, match=r"backups\.not_sound"):
        backups.restore(new, made.path, now=NOW)
    (tmp_path / "text").write_text("no backup")
    with pytest.raises(Invalid, match=r"backups\.not_sound"):
        backups.restore(new, tmp_path / "text", now=NOW)
    (tmp_path / "dump").write_bytes(b"PGDMP...")
    with pytest.raises(Invalid, match=r"backups\.other_database"):
        backups.restore(new, tmp_path / "dump", now=NOW)
    with pytest.raises(NotFound, match=r"backups\.no_file"):
        backups.restore(new, tmp_path / "nothing", now=NOW)
    assert files.is_empty(new), "nothing came in"


def test_a_copy_that_lost_a_row_is_no_backup(database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database.write(lambda session: a_person(session))
    copied = files._copy

    def lossy(one: Database, target: Path, progress: files.Progress) -> dict[str, int]:
        told = copied(one, target, progress)
        other = Database(f"sqlite:///{target}")
        other.write(lambda session: session.delete(session.scalars(select(Person)).one()))
        other.dispose()
        return told

    monkeypatch.setattr(files, "_copy", lossy)
    with pytest.raises(Invalid, match=r"backups\.not_sound") as refused:
        backups.make(database, ADMIN, now=NOW)
    assert refused.value.values["why"] == "persons" and not list(folder.glob("dashboard-*"))


def test_without_postgresql_s_program_it_says_which(postgresql_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(postgresql_url)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Invalid, match=r"backups\.no_program") as refused:
        backups.make(database, ADMIN, now=NOW)
    assert refused.value.values == {"program": "pg_dump"}
    database.dispose()


def test_it_is_made_in_the_background_too(database: Database) -> None:
    job_id = backups.start(database, ADMIN, now=NOW)
    told = jobs.wait(job_id, ADMIN, 60)
    assert told.state == "done" and told.result.path.exists()
    other = Actor(10, "别人", Role.ADMIN, COUNTY, None)
    assert jobs.mine(other, backups.KIND) is None


def test_the_shell_makes_one_and_brings_it_back(
    county: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, new = tmp_path / "b.db", f"sqlite:///{tmp_path / 'new.db'}"
    assert main(["backup", "--db", url_of(county), "--to", str(file), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["rows"] == sum(files.counted(file).values()) and told["bytes"] == file.stat().st_size
    assert datetime.fromisoformat(told["at"]).tzinfo is not None and told["at"] < datetime.now(UTC).isoformat()
    assert main(["restore", str(file), "--db", new, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"] == told["rows"]
    assert main(["check", "--db", new]) == 0
    assert main(["restore", str(file), "--db", new]) == 1
    assert main(["backup", "--db", url_of(county), "--to", str(file)]) == 1
