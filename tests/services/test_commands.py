"""The write path: right, version, deed, audit and revision together, or nothing."""

import threading

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.core.errors import Conflict, Forbidden
from dashboard.core.permissions import Action
from dashboard.core.words import Role, Subject
from dashboard.services.commands import REGISTRY, Work, changed, command, keyed_digest, perform, revisions
from dashboard.services.questions import answer, question
from dashboard.text import known, text
from db.engine import Database
from db.models import Audit, AuditPersonal, Base, Command, Dispatch, Team
from tests.builders import COUNTY, NOW, a_team, an_actor


@command(Action.EDIT_VOLUNTEER, Subject.PEOPLE)
def rename_team(
    work: Work, *, team_id: int, name: str, version: int | None = None, fail: bool = False
) -> dict[str, str]:
    team = work.session.get_one(Team, team_id)
    before = team.name
    work.at_version(team, version)
    team.name = name
    work.audit("team", team.id, before={"name": before}, after={"name": name}, personal=[(None, "phone", None, "139")])
    if fail:
        raise Conflict("commands.need_full")
    return {"name": name}


@command(Action.EDIT_VOLUNTEER, Subject.PEOPLE)
def forgetful(work: Work) -> None:
    """Changes nothing and audits nothing."""


@question(Subject.PEOPLE)
def team_names(session: Session, actor) -> tuple[str, ...]:
    return tuple(session.scalars(select(Team.name).order_by(Team.id)))


def _count(database: Database, table: type) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def _revision(database: Database) -> int:
    with database.read() as session:
        return revisions(session, COUNTY, [Subject.PEOPLE])[0]


def test_a_command_writes_change_audit_and_revision(any_database: Database) -> None:
    team_id = any_database.write(lambda session: a_team(session).id)
    result = perform(any_database, rename_team, an_actor(), now=NOW, team_id=team_id, name="新名", version=1)
    assert ({"name": "新名"}, 1, 1) == (result, _count(any_database, Audit), _revision(any_database))
    with any_database.read() as session:
        row = session.scalars(select(Audit)).one()
        private = session.scalars(select(AuditPersonal)).one()
        assert row.after is not None and row.after["name"] == "新名" and len(row.after["phone"]["digest"]) == 64
        assert ("139", 2) == (private.after, session.get_one(Team, team_id).version)


def test_a_refused_command_leaves_nothing(any_database: Database) -> None:
    team_id = any_database.write(lambda session: a_team(session, name="旧名").id)
    with pytest.raises(Conflict):
        perform(any_database, rename_team, an_actor(), now=NOW, key="k", team_id=team_id, name="新名", fail=True)
    assert (0, 0, 0, 0) == (
        _count(any_database, Audit),
        _count(any_database, AuditPersonal),
        _count(any_database, Command),
        _revision(any_database),
    )
    assert ("旧名",) == answer(any_database, team_names, an_actor())


def test_an_old_version_is_refused(any_database: Database) -> None:
    team_id = any_database.write(lambda session: a_team(session).id)
    perform(any_database, rename_team, an_actor(), now=NOW, team_id=team_id, name="一", version=1)
    with pytest.raises(Conflict, match="changed_meanwhile"):
        perform(any_database, rename_team, an_actor(), now=NOW, team_id=team_id, name="二", version=1)


def test_the_thing_somebody_else_changed_is_named_in_words(database: Database) -> None:
    team = database.write(lambda session: a_team(session, name="红石榴队"))
    told = changed(team)
    assert "这支服务队（红石榴队）" in text("zh", told.key, **told.values)
    assert "the team 红石榴队 after" in text("en", told.key, **told.values)
    told = changed(Dispatch(id=156))
    assert "这张派单。" in text("zh", told.key, **told.values) and "156" not in text("en", told.key, **told.values)


def test_whatever_has_a_version_has_a_word() -> None:
    versioned = [one.class_ for one in Base.registry.mappers if hasattr(one.class_, "version")]
    assert versioned and [] == [
        one.__tablename__ for one in versioned if not known(f"commands.kind.{one.__tablename__}")
    ]


def test_a_role_without_the_right_is_refused(database: Database) -> None:
    with pytest.raises(Forbidden):
        perform(database, rename_team, an_actor(Role.LEADER), now=NOW, team_id=1, name="一")


def test_a_command_that_audits_nothing_is_a_bug(database: Database) -> None:
    with pytest.raises(AssertionError, match="no audit row"):
        perform(database, forgetful, an_actor(), now=NOW)


def test_the_same_key_is_one_deed(any_database: Database) -> None:
    """Ten clicks at once with one key."""
    team_id = any_database.write(lambda session: a_team(session).id)
    results: list[object] = []

    def click() -> None:
        results.append(
            perform(any_database, rename_team, an_actor(), now=NOW, key="button:1", team_id=team_id, name="新名")
        )

    threads = [threading.Thread(target=click) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ([{"name": "新名"}] * 10, 1) == (results, _count(any_database, Audit))


def test_a_key_belongs_to_one_command(database: Database) -> None:
    team_id = database.write(lambda session: a_team(session).id)
    perform(database, rename_team, an_actor(), now=NOW, key="k", team_id=team_id, name="一")
    with pytest.raises(Conflict, match="key_of_another"):
        perform(database, forgetful, an_actor(), now=NOW, key="k")


def test_an_answer_is_kept_until_its_subject_changes(database: Database) -> None:
    team_id = database.write(lambda session: a_team(session, name="旧名").id)
    first = answer(database, team_names, an_actor())
    assert first is answer(database, team_names, an_actor())
    perform(database, rename_team, an_actor(), now=NOW, team_id=team_id, name="新名")
    assert ("新名",) == answer(database, team_names, an_actor())


def test_a_digest_depends_on_the_key() -> None:
    assert keyed_digest(b"a", "13900000000") != keyed_digest(b"b", "13900000000")


def test_every_command_is_registered_under_its_name() -> None:
    assert REGISTRY["test_commands.rename_team"].raises == (Subject.PEOPLE,)
