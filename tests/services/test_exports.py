"""Registers go out in the columns they come in by, and come back unchanged; who took them is written down."""
# ruff: noqa: E501  (rows of registers stand on one line)

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from dashboard.core.errors import Forbidden, Invalid
from dashboard.core.permissions import system_actor
from dashboard.core.words import ImportKind, Role
from dashboard.formats.workbooks import Listing
from dashboard.services.commands import perform
from dashboard.services.exports import as_file, export_grids, export_register
from dashboard.services.imports import Choices, open_register, run_import
from db.county import ensure_county
from db.engine import Database
from db.models import AccessLog, Volunteer
from tests.builders import COUNTY, a_category, a_need, a_skill, a_volunteer, an_actor
from tests.services.test_imports import CHOICES, bring, bring_all

NOW = datetime(2026, 11, 28, 2, 0, tzinfo=UTC)
ACTOR = system_actor(COUNTY)


@pytest.fixture
def filled(database: Database) -> Database:
    """The four small registers, stored."""
    database.write(lambda session: ensure_county(session, now=NOW))
    bring_all(database)
    return database


def exported(database: Database, kind: ImportKind, suffix: str) -> bytes:
    if suffix == ".geojson":
        return perform(database, export_grids, ACTOR, now=NOW)
    return as_file(perform(database, export_register, ACTOR, now=NOW, kind=kind), suffix)


def back(database: Database, kind: ImportKind, data: bytes) -> tuple[int, int, int, int]:
    report = run_import(database, ACTOR, open_register(kind, data, "back"), CHOICES, now=NOW)
    return report.rows, report.stored, report.unchanged, report.refused


ROUNDS = [(kind, suffix) for kind in ImportKind for suffix in (".csv", ".xlsx") if kind is not ImportKind.GRIDS]


@pytest.mark.parametrize(("kind", "suffix"), [*ROUNDS, (ImportKind.GRIDS, ".geojson")])
def test_an_exported_register_comes_back_unchanged(filled: Database, kind: ImportKind, suffix: str) -> None:
    data = exported(filled, kind, suffix)
    rows, stored, unchanged, refused = back(filled, kind, data)
    assert rows > 0 and (stored, unchanged, refused) == (0, rows, 0)


def test_a_county_s_registers_fill_another_database_the_same(filled: Database, tmp_path) -> None:  # type: ignore[no-untyped-def]
    from db import migrate

    other = Database(f"sqlite:///{tmp_path / 'other.db'}")
    migrate.upgrade(other)
    other.write(lambda session: ensure_county(session, now=NOW))
    for kind in ImportKind:
        suffix = ".geojson" if kind is ImportKind.GRIDS else ".csv"
        data = exported(filled, kind, suffix)
        rows, stored, _, refused = back(other, kind, data)
        assert (stored, refused) == (rows, 0)
        assert exported(other, kind, suffix) == data
    other.dispose()


def test_what_was_entered_by_hand_comes_back_unchanged_too(database: Database) -> None:
    database.write(lambda session: ensure_county(session, now=NOW))

    def by_hand(session) -> None:  # type: ignore[no-untyped-def]
        skill = a_skill(session, "knitting")
        a_volunteer(session, skills={skill.id: 2}, free=True)
        a_volunteer(session, free=False)
        a_need(session, people=3, hours=3, category_id=a_category(session).id, urgency="soon")

    database.write(by_hand)
    for kind in (ImportKind.VOLUNTEERS, ImportKind.NEEDS):
        data = exported(database, kind, ".csv")
        rows, stored, unchanged, refused = back(database, kind, data)
        assert (stored, unchanged, refused) == (0, rows, 0), data.decode()
    with database.read() as session:
        assert session.scalar(select(func.count(Volunteer.id))) == 2


def test_formulas_leave_guarded(filled: Database) -> None:
    bring(
        filled,
        ImportKind.SITES,
        "阵地名称,级别,上级阵地,地址\n=cmd|点,点,务川仡佬族苗族自治县新时代文明实践中心,@SUM(1)\n",
    )
    data = exported(filled, ImportKind.SITES, ".csv").decode("utf-8-sig")
    assert "'=cmd|点" in data and "'@SUM(1)" in data and ",=cmd" not in data


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_the_register_in_clear_is_for_admins_and_every_taking_is_logged(filled: Database, role: Role) -> None:
    with pytest.raises(Forbidden):
        perform(filled, export_register, an_actor(role), now=NOW, kind=ImportKind.VOLUNTEERS)
    exported(filled, ImportKind.VOLUNTEERS, ".csv")
    with filled.read() as session:
        logged = session.scalars(select(AccessLog)).all()
        assert [(row.kind, row.subject) for row in logged] == [("export", "volunteers")]


def test_other_kinds_of_file_are_refused() -> None:
    with pytest.raises(Invalid):
        as_file(Listing((), ("a",), [["b"]]), ".pdf")


def test_a_missing_year_is_counted_from_the_day_given(database: Database) -> None:
    database.write(lambda session: ensure_county(session, now=NOW))
    text = "登记日期,村,姓名,类别,希望时间,人数\n11.08,洪渡社区,敖奶奶,理发,11月10日上午,1\n"
    register = open_register(ImportKind.NEEDS, text.encode(), "needs.csv")
    run_import(database, ACTOR, register, Choices(date(2025, 12, 1)), now=NOW)
    assert "2025-11-08" in exported(database, ImportKind.NEEDS, ".csv").decode("utf-8-sig")
