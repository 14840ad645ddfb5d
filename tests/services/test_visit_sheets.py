"""The visit sheet: made by right and written down, filled in offline, read back once; on both databases."""

import io
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest

from dashboard.core.errors import Forbidden, Invalid, NotFound
from dashboard.core.permissions import Actor, system_actor
from dashboard.core.words import ImportKind, Role
from dashboard.services import visit_sheets
from dashboard.services.commands import perform
from dashboard.services.imports import Choices, Report, open_register, run_import
from dashboard.services.visit_sheets import COLUMNS, VisitSheet
from db.engine import Database
from db.models import AccessLog, Division, Need
from tests.builders import COUNTY, NOW, a_category, a_need, a_person, a_site, an_actor

ACTOR = system_actor(COUNTY)
VILLAGE = "520326001001"
TODAY = Choices(date(2026, 11, 16))


class Office:
    def __init__(self, database: Database) -> None:
        self.database = database
        village = {"county": COUNTY, "level": "village", "name": "珍珠村", "parent_code": None}
        database.write(lambda session: session.add(Division(code=VILLAGE, lon=107.9, lat=28.5, **village)))
        self.station = self.make(a_site, self.make(a_site))
        self.make(a_category, "hair", name="理发")
        resident = self.make(a_person, "张小贵", "13985621234").id
        self.need = self.make(a_need, self.station, village_code=VILLAGE, person_id=resident, title="=1+1").code
        self.over = self.make(a_need, self.station, village_code=VILLAGE, state="closed", closed_at=NOW).code

    def make(self, builder: Any, *args: Any, **values: Any) -> Any:
        return self.database.write(lambda session: builder(session, *args, **values))

    def sheet(self, actor: Actor = ACTOR, **values: Any) -> VisitSheet:
        return perform(self.database, visit_sheets.make, actor, now=NOW, village=VILLAGE, **values)

    def read(self, data: bytes, days: int = 1) -> Report:
        register = open_register(ImportKind.NEEDS, data, "走访单.xlsx")
        return run_import(self.database, ACTOR, register, TODAY, now=NOW + timedelta(days=days), confirmed=True)

    def needs(self) -> dict[str, tuple[str, str, str]]:
        with self.database.read() as session:
            return {need.code: (need.state, need.channel, need.detail) for need in session.query(Need)}


@pytest.fixture
def office(any_database: Database) -> Office:
    return Office(any_database)


def filled(sheet: VisitSheet, *rows: dict[str, str], heading: str = "") -> bytes:
    """The sheet's workbook with values written into it: rows by the code of their need, then new ones."""
    book = openpyxl.load_workbook(io.BytesIO(visit_sheets.workbook(sheet, ("走访单",))))
    page = book.active
    assert page is not None
    if heading:
        page.cell(2, COLUMNS.index("visit") + 1, heading)
    numbers = {row[0]: number for number, row in enumerate(sheet.rows, start=3)}
    blank = 3 + len(sheet.rows)
    for values in rows:
        at = numbers.get(values.get("source_id", ""))
        number, blank = (blank, blank + 1) if at is None else (at, blank)
        for field, value in values.items():
            page.cell(number, COLUMNS.index(field) + 1, value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_the_sheet_holds_what_is_not_settled_masked_and_is_written_down(office: Office) -> None:
    found = office.sheet()
    assert [row[0] for row in found.rows] == [office.need]
    assert "张小贵" not in repr(found) and "13985621234" not in repr(found) and "张**" in repr(found)
    assert found.categories == ("理发",)
    with office.database.read() as session:
        logged = session.query(AccessLog).one()
        assert (logged.kind, logged.subject, logged.fields) == ("export", "visit_sheet", [])


def test_names_and_phones_want_the_right_and_a_reason(office: Office) -> None:
    with pytest.raises(Invalid):
        office.sheet(named=True)
    with pytest.raises(Forbidden):
        office.sheet(an_actor(Role.LEADER), named=True, reason="走访")
    assert "13985621234" in repr(office.sheet(named=True, reason="走访"))
    with office.database.read() as session:
        logged = session.query(AccessLog).one()
        assert (logged.fields, logged.reason) == (["name", "phone"], "走访")


def test_nobody_makes_a_sheet_of_another_part(office: Office) -> None:
    elsewhere = office.make(a_site, office.make(a_site))
    assert office.sheet(an_actor(Role.STATION_WORKER, elsewhere)).rows == ()
    with pytest.raises(NotFound):
        perform(office.database, visit_sheets.make, ACTOR, now=NOW, village="nowhere")


def test_the_workbook_offers_lists_and_starts_no_formula(office: Office) -> None:
    book = openpyxl.load_workbook(io.BytesIO(visit_sheets.workbook(office.sheet(), ("走访单",))))
    page = book.active
    assert page is not None and page.cell(3, COLUMNS.index("title") + 1).value == "'=1+1"
    assert len(page.data_validations.dataValidation) == 3
    assert book["Lists"].sheet_state == "hidden"


def test_what_was_said_is_noted_and_new_rows_become_needs_to_verify(office: Office) -> None:
    told = {"source_id": office.need, "visit": "已办好", "note": "女儿回来办了"}
    new = {"village": "珍珠村", "name": "李桂英", "category": "理发", "wanted": "11月18日上午", "people": "1"}
    data = filled(office.sheet(), told, new)
    report = office.read(data)
    assert (report.rows, report.stored, report.changed, report.refused) == (2, 2, 1, 0), report.problems
    found = office.needs()
    assert found[office.need] == ("open", "hotline", "走访 2026-11-17：已办好 女儿回来办了")
    (made,) = [values for code, values in found.items() if code not in (office.need, office.over)]
    assert made[:2] == ("to_verify", "visit")
    again = office.read(data, days=5)
    assert (again.stored, again.unchanged, office.needs()) == (0, 2, found)


def test_an_empty_sheet_read_back_changes_nothing(office: Office) -> None:
    before = office.needs()
    report = office.read(filled(office.sheet()))
    assert (report.stored, report.unchanged, office.needs()) == (0, 1, before)


def test_bad_rows_say_row_column_value_and_what_to_do_and_nothing_of_them_is_stored(office: Office) -> None:
    rows = (
        {"source_id": office.need, "visit": "也许"},
        {"source_id": office.over, "visit": "已办好"},
        {"source_id": "N-NOBODY", "visit": "仍需要"},
    )
    before = office.needs()
    report = office.read(filled(office.sheet(), *rows))
    told = [(problem.row, problem.value, problem.key.partition(".")[2]) for problem in report.problems]
    assert told == [
        (3, "也许", "unknown_visit"),
        (4, office.over, "visit_of_ended"),
        (5, "N-NOBODY", "visit_of_nobody"),
    ]
    assert (report.refused, report.stored, office.needs()) == (3, 0, before)


def test_a_sheet_of_another_version_is_refused_as_a_whole(office: Office) -> None:
    with pytest.raises(Invalid) as error:
        office.read(filled(office.sheet(), heading="走访情况(版本9)"))
    assert (error.value.key, error.value.values["version"]) == ("imports.visit_version", 9)
