"""The schema goes up and down on both databases, keeps its rows, and is what the models say."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, select, text

from db import migrate
from db.engine import Database
from db.models import Base, Need, NeedRole
from tests.builders import a_need, a_site


def test_the_migrated_schema_is_what_the_models_say(any_database: Database) -> None:
    with any_database.owner_connection() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = [
            change for change in compare_metadata(context, Base.metadata) if "dispatch_overlap" not in str(change)
        ]
    assert [] == differences


def test_down_one_step_and_up_again_keeps_every_row(any_database: Database) -> None:
    def fill(session):
        for _ in range(5):
            a_need(session, a_site(session), people=2)

    any_database.write(fill)
    assert "0001" == migrate.downgrade(any_database, "0001")
    assert not migrate.is_current(any_database)
    assert migrate.head() == migrate.upgrade(any_database)
    with any_database.read() as session:
        assert (5, 10) == (
            session.scalar(select(func.count()).select_from(Need)),
            session.scalar(select(func.sum(NeedRole.head_count))),
        )


def test_down_to_nothing_and_up_again(any_database: Database) -> None:
    assert "" == migrate.downgrade(any_database, "base")
    assert migrate.head() == migrate.upgrade(any_database)


def test_the_digest_key_is_made_once(any_database: Database) -> None:
    def key(session):
        return session.scalar(text("select value from settings where key = 'digest_key'"))

    before = any_database.write(key)
    migrate.upgrade(any_database)
    assert before and before == any_database.write(key)
