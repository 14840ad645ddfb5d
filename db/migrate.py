"""Schema changes up and down, with the data kept.

On SQLite foreign keys are off while Alembic rebuilds tables (with them on, a rebuilt table deletes its children) and
every reference is checked afterwards; the rows of each table surviving the step are counted before and after.
"""

import secrets
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, insert, inspect, select, table
from sqlalchemy.exc import IntegrityError

from db import walls
from db.engine import Database
from db.models import Setting

HERE = Path(__file__).parent


class MigrationError(RuntimeError):
    """A step would lose rows or leave a reference to nothing; it was rolled back."""


def upgrade(database: Database, revision: str = "head") -> str:
    """Bring the schema up to `revision`; returns the revision reached. Does nothing when it is there already."""
    return _step(database, command.upgrade, revision)


def downgrade(database: Database, revision: str) -> str:
    """Take the schema down to `revision` ("base" for an empty database)."""
    return _step(database, command.downgrade, revision)


def current(database: Database) -> str:
    """The revision the database is at, "" for an empty one."""
    with database.owner_connection() as connection:
        return _revision(connection)


def head() -> str:
    """The newest revision there is."""
    return ScriptDirectory.from_config(_config(None)).get_current_head() or ""


def revisions() -> list[str]:
    """Every revision, oldest first."""
    return [step.revision for step in ScriptDirectory.from_config(_config(None)).walk_revisions()][::-1]


def is_current(database: Database) -> bool:
    return current(database) == head()


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE / "migrations"))
    config.attributes["connection"] = connection
    return config


def _revision(connection: Connection) -> str:
    return MigrationContext.configure(connection).get_current_revision() or ""


def _step(database: Database, move: "object", revision: str) -> str:
    with database.owner_connection() as connection:
        sqlite = database.is_sqlite
        if sqlite:
            # The pragma is ignored inside a transaction, so it goes to the driver before the first statement.
            _driver_pragma(connection, "foreign_keys=OFF")
        try:
            with connection.begin():
                before = _counts(connection)
                move(_config(connection), revision)  # type: ignore[operator]
                _check(connection, before, sqlite)
                if inspect(connection).has_table("settings"):
                    _ensure_digest_key(connection)
                if _revision(connection) == head():
                    _stand(connection)
            reached = _revision(connection)
            connection.rollback()
            return reached
        finally:
            if sqlite:
                _driver_pragma(connection, "foreign_keys=ON")


def _stand(connection: Connection) -> None:
    """At the newest revision every wall stands; those that somebody took away are built anew."""
    lost = walls.missing(connection)
    try:
        walls.build_missing(connection)
    except IntegrityError as error:
        raise MigrationError(f"rows stand against {lost}: mend what `check` finds first") from error


def _driver_pragma(connection: Connection, pragma: str) -> None:
    raw = connection.connection.driver_connection
    if raw is None:
        raise MigrationError("no connection to the database")
    raw.execute(f"PRAGMA {pragma}")


def _counts(connection: Connection) -> dict[str, int]:
    names = (name for name in inspect(connection).get_table_names() if name != "alembic_version")
    return {name: connection.scalar(select(func.count()).select_from(table(name))) or 0 for name in names}


def _check(connection: Connection, before: dict[str, int], sqlite: bool) -> None:
    after = _counts(connection)
    lost = {name: (count, after[name]) for name, count in before.items() if name in after and after[name] != count}
    if lost:
        raise MigrationError(f"rows lost or gained (before, after): {lost}")
    if sqlite:
        orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if orphans:
            raise MigrationError(f"references to nothing: {orphans[:5]}")


def _ensure_digest_key(connection: Connection) -> None:
    """The secret behind the digests of phones, addresses and ID numbers: made once, kept with the data."""
    here = (Setting.county == "") & (Setting.key == "digest_key")
    if connection.scalar(select(func.count()).select_from(Setting).where(here)):
        return
    connection.execute(insert(Setting).values(county="", key="digest_key", value={"hex": secrets.token_hex(32)}))
