"""Which database a process works on, and whether it answers."""

from pathlib import Path

import pytest

from dashboard.core.errors import NotFound
from dashboard.services import store
from db import migrate
from db.engine import Database
from tests.builders import COUNTY, a_county
from tests.serving import free_port


def test_the_environment_names_the_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(store.URL_VARIABLE, raising=False)
    assert store.database_url().endswith("/var/dashboard.db")
    monkeypatch.setenv(store.URL_VARIABLE, f"sqlite:///{tmp_path}/other.db")
    assert store.database_url().endswith("/other.db")
    assert store.database() is store.database()
    store.database().dispose()
    store.open_database.cache_clear()


def test_a_new_database_is_made_ready_and_says_it_has_no_county(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/new/made.db")
    store.prepare(database)
    store.prepare(database)
    assert migrate.is_current(database)
    with database.read() as session:
        assert not store.has_county(session)
        with pytest.raises(NotFound):
            store.county_code(session)
    database.dispose()


def test_a_county_is_known_by_code_and_name_and_is_no_sample_unless_said(database: Database) -> None:
    database.write(lambda session: a_county(session).id)
    with database.read() as session:
        assert (COUNTY, COUNTY) == (store.county_code(session), store.county_name(session, COUNTY))
        assert not store.is_sample(session, COUNTY)


def test_a_database_that_is_away_is_said_not_to_answer(database: Database) -> None:
    assert store.answers(database)
    away = Database(f"postgresql://nobody@127.0.0.1:{free_port()}/none")
    assert not store.answers(away)
    away.dispose()
