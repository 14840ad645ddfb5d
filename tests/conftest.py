"""Fixtures: real databases - a SQLite file each, and one PostgreSQL server that this run starts for itself."""

import itertools
import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from sqlalchemy.engine import make_url

from dashboard.__main__ import main
from dashboard.services import jobs
from dashboard.services.questions import forget_all
from db import migrate
from db.engine import Database
from tests import shared_work
from tests.longest import longest_first
from tests.postgresql import Server

ROOT = Path(__file__).resolve().parents[1]
# No test is timed: a busy machine is no fault of the code.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")
_NUMBERS = itertools.count()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    longest_first(items)


def pytest_collection_finish() -> None:
    shared_work.garbage_of_tests_only()


@pytest.fixture(scope="session", autouse=True)
def _statements_compiled_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        shared_work.statements_compiled_once(patch)
        yield


@pytest.fixture(autouse=True)
def _no_cached_answers() -> Iterator[None]:
    """A test's answers must come from its own rows, its jobs from its own deeds."""
    forget_all()
    jobs.forget_all()
    yield
    forget_all()
    jobs.forget_all()


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file without rows, to copy."""
    path = tmp_path_factory.mktemp("empty") / "empty.db"
    database = Database(f"sqlite:///{path}")
    migrate.upgrade(database)
    database.dispose()
    return path


@pytest.fixture
def database(empty_sqlite: Path, tmp_path: Path) -> Iterator[Database]:
    """A fresh, migrated SQLite database without rows."""
    path = tmp_path / "test.db"
    shutil.copy(empty_sqlite, path)
    made = Database(f"sqlite:///{path}")
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A PostgreSQL server of this run, started as an unprivileged user in a directory of its own."""
    with Server.started() as server:
        template = Database(server.create("template_dashboard"))
        migrate.upgrade(template)
        template.dispose()
        yield server


@pytest.fixture
def postgresql_url(postgresql: Server) -> str:
    """A fresh, migrated PostgreSQL database without rows."""
    return postgresql.create(f"test_{os.getpid()}_{next(_NUMBERS)}", template="template_dashboard")


@pytest.fixture(params=["sqlite", "postgresql"])
def any_database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """The same test on both databases."""
    if request.param == "sqlite":
        yield request.getfixturevalue("database")
        return
    url = request.getfixturevalue("postgresql_url")
    made = Database(url)
    yield made
    made.dispose()
    server: Server = request.getfixturevalue("postgresql")
    server.drop(str(make_url(url).database))


@pytest.fixture(scope="session")
def small_county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the small sample county, to copy; its history ends on 2026-11-20."""
    path = tmp_path_factory.mktemp("small") / "small.db"
    arguments = ["sample", "--size", "small", "--today", "2026-11-20", "--db", f"sqlite:///{path}", "--json"]
    assert main(arguments) == 0
    _close_wal(path)
    return path


@pytest.fixture
def county(small_county: Path, tmp_path: Path) -> Iterator[Database]:
    """A copy of the small sample county that a test may change."""
    path = tmp_path / "county.db"
    shutil.copy(small_county, path)
    made = Database(f"sqlite:///{path}")
    yield made
    made.dispose()


def _close_wal(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
    connection.close()
