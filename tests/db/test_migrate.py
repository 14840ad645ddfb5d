"""The schema goes up and down on both databases, keeps its rows, and is what the models say."""

from datetime import timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError

from dashboard.services.check_look import Look
from dashboard.services.check_spine import walls
from db import migrate
from db.engine import Database
from db.models import Base, Category, Dispatch, Need, NeedRole, Notebook, Team
from tests.builders import COUNTY, NOW, a_category, a_need, a_site, a_team, a_volunteer, saved


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
    assert "0002" == migrate.downgrade(any_database, "0002")
    assert not migrate.is_current(any_database)
    assert "0001" == migrate.downgrade(any_database, "0001")
    assert not migrate.is_current(any_database)
    assert migrate.head() == migrate.upgrade(any_database)
    with any_database.read() as session:
        assert (5, 10) == (
            session.scalar(select(func.count()).select_from(Need)),
            session.scalar(select(func.sum(NeedRole.head_count))),
        )


WALLS = {
    "sqlite": (
        "drop trigger need_overfilled_insert",
        "drop trigger audit_no_delete",
        "drop trigger freezes_no_update",
    ),
    "postgresql": (
        "drop trigger need_overfilled on dispatches",
        "alter table dispatches drop constraint dispatch_overlap",
        "alter table freezes disable trigger freezes_append_only",
    ),
}


def test_walls_that_were_lost_are_built_anew_and_no_row_goes(any_database: Database) -> None:
    def lose(session):
        a_need(session, a_site(session), people=2, whole=True)
        saved(session, Notebook(county=COUNTY, title="周会", owner_id=0))
        for statement in WALLS[any_database.dialect]:
            session.execute(text(statement))

    def faults(session):
        return walls(Look(session, COUNTY, NOW)).found

    any_database.write(lose)
    assert any_database.write(faults) == 3
    assert migrate.head() == migrate.upgrade(any_database)
    assert any_database.write(faults) == 0
    with any_database.read() as session:
        assert session.scalar(select(func.count()).select_from(Need).where(Need.whole)) == 1
        assert session.scalar(select(func.count()).select_from(Notebook)) == 1


def test_walls_that_rows_stand_against_are_not_built_and_said(postgresql_url: str) -> None:
    made = Database(postgresql_url)

    def twice(session):
        session.execute(text(WALLS["postgresql"][1]))
        volunteer = a_volunteer(session).id
        for _ in range(2):
            need = a_need(session)
            role = session.scalars(select(NeedRole.id).where(NeedRole.need_id == need.id)).one()
            values = {"county": need.county, "need_id": need.id, "role_id": role, "volunteer_id": volunteer}
            span = {"start": NOW, "end": NOW + timedelta(hours=1), "offered_at": NOW}
            session.add(Dispatch(**values, **span, state="offered", dispatched_by=0))
            session.flush()

    made.write(twice)
    with pytest.raises(migrate.MigrationError, match="dispatch_overlap"):
        migrate.upgrade(made)
    made.dispose()


def test_the_walls_stand_after_a_step_down_and_up(any_database: Database) -> None:
    migrate.downgrade(any_database, "0002")
    migrate.upgrade(any_database)

    def overfill(session):
        need = a_need(session, a_site(session))
        role = session.scalars(select(NeedRole).where(NeedRole.need_id == need.id)).one()
        for hour in (0, 2):
            values = {"county": need.county, "need_id": need.id, "role_id": role.id, "state": "offered"}
            span = {"start": NOW + timedelta(hours=hour), "end": NOW + timedelta(hours=hour + 1)}
            person = a_volunteer(session).id
            session.add(Dispatch(**values, **span, volunteer_id=person, dispatched_by=0, offered_at=NOW))
            session.flush()

    with pytest.raises(DBAPIError, match="need_overfilled"):
        any_database.write(overfill)


@pytest.mark.parametrize(("least", "fits"), [(None, True), (1, True), (3, True), (0, False), (4, False)])
def test_the_fewest_of_a_role_lie_between_one_and_all(any_database: Database, least: int | None, fits: bool) -> None:
    def role(session):
        need = a_need(session, a_site(session), people=3)
        session.execute(update(NeedRole).where(NeedRole.need_id == need.id).values(least=least))

    if fits:
        any_database.write(role)
        return
    with pytest.raises(DBAPIError, match="least"):
        any_database.write(role)


def test_before_hand_overs_an_offer_that_shared_a_seat_may_end_but_not_be_accepted(any_database: Database) -> None:
    def fill(session):
        site = a_site(session)
        need = a_need(session, site)
        first, second = a_volunteer(session, site), a_volunteer(session, site)
        role = session.scalars(select(NeedRole.id).where(NeedRole.need_id == need.id)).one()
        seats = ((first.id, "accepted", None), (second.id, "offered", first.id))
        for volunteer, state, of in seats:
            values = {"county": COUNTY, "need_id": need.id, "role_id": role, "dispatched_by": 0, "offered_at": NOW}
            times = {"start": NOW, "end": NOW + timedelta(hours=2)}
            session.add(Dispatch(volunteer_id=volunteer, state=state, in_place_of=of, **values, **times))
            session.flush()

    any_database.write(fill)
    assert "0015" == migrate.downgrade(any_database, "0015")

    def say(state):
        return lambda session: session.execute(
            text("update dispatches set state = :state where state = 'offered'"), {"state": state}
        )

    with pytest.raises(DBAPIError, match="need_overfilled"):
        any_database.write(say("accepted"))
    any_database.write(say("declined"))
    assert migrate.head() == migrate.upgrade(any_database)
    with any_database.read() as session:
        kept = session.execute(select(Dispatch.state, Dispatch.in_place_of).order_by(Dispatch.id)).all()
        assert [("accepted", None), ("declined", None)] == [tuple(row) for row in kept]


def test_down_to_nothing_and_up_again(any_database: Database) -> None:
    assert "" == migrate.downgrade(any_database, "base")
    assert migrate.head() == migrate.upgrade(any_database)


def test_the_digest_key_is_made_once(any_database: Database) -> None:
    def key(session):
        return session.scalar(text("select value from settings where key = 'digest_key'"))

    before = any_database.write(key)
    migrate.upgrade(any_database)
    assert before and before == any_database.write(key)


def test_squads_go_down_and_up_and_every_team_and_category_stays(any_database: Database) -> None:
    def fill(session):
        site = a_site(session)
        a_team(session, site, name="老队", aspect="elders")
        a_category(session, "haircut", aspect="elders", version=4)

    def held(session):
        team = session.execute(select(Team.name, Team.aspect)).one()
        category = session.execute(select(Category.code, Category.aspect, Category.version)).one()
        return tuple(team), tuple(category)

    any_database.write(fill)
    assert any_database.write(held) == (("老队", "elders"), ("haircut", "elders", 4))
    assert "0015" == migrate.downgrade(any_database, "0015")
    migrate.upgrade(any_database)
    assert any_database.write(held) == (("老队", None), ("haircut", None, 1))


@pytest.mark.parametrize("aspect", ["elders", None])
def test_a_site_has_one_squad_of_an_aspect_and_any_number_of_other_teams(
    any_database: Database, aspect: str | None
) -> None:
    def twins(session):
        site, other = a_site(session), a_site(session)
        a_team(session, other, aspect=aspect)
        for _ in range(2):
            a_team(session, site, aspect=aspect)

    if aspect is None:
        any_database.write(twins)
        return
    with pytest.raises(DBAPIError, match=r"(?i)unique"):
        any_database.write(twins)


def test_a_shared_notebook_stays_shared_and_a_private_one_private(any_database: Database) -> None:
    before = migrate.revisions()[migrate.revisions().index("0021") - 1]
    migrate.downgrade(any_database, before)
    insert = "insert into notebooks (county, title, owner_id, shared, version) values ('520324', :title, 1, {}, 1)"

    def fill(session):
        session.execute(text(insert.format("true")), {"title": "shared"})
        session.execute(text(insert.format("false")), {"title": "own"})

    def sharing(session):
        return dict(session.execute(text("select title, sharing from notebooks")).all())

    def shared(session):
        return {row.title: bool(row.shared) for row in session.execute(text("select title, shared from notebooks"))}

    any_database.write(fill)
    migrate.upgrade(any_database)
    assert any_database.write(sharing) == {"shared": "read", "own": "private"}
    migrate.downgrade(any_database, before)
    assert any_database.write(shared) == {"shared": True, "own": False}
