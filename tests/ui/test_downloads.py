"""Files to take away: what is on screen, line for line, and nothing a spreadsheet would run."""

import csv
import io
import zipfile

import pytest
from sqlalchemy import select

from dashboard.core.errors import DashboardError
from dashboard.core.words import Role
from dashboard.ui.downloads import FORMS, Noted, file_of, written_down
from db.engine import Database
from db.models import AccessLog
from tests.builders import an_actor

ROWS = [["甲队", 12, 96.3], ["=1+1", None, 0], ['+86,"x"', 1, 2]]


def test_the_csv_holds_caption_headings_and_rows_in_order() -> None:
    data = file_of(("全部队伍", "2026年11月24日 08:00"), ("队伍", "服务人次", "满意率"), lambda: ROWS, ".csv")()
    lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert lines[:3] == [["全部队伍"], ["2026年11月24日 08:00"], ["队伍", "服务人次", "满意率"]]
    assert lines[3] == ["甲队", "12", "96.3"]
    assert len(lines) == 3 + len(ROWS)
    assert [line[0] for line in lines[4:]] == ["'=1+1", '\'+86,"x"']


def test_the_workbook_is_a_workbook_without_formulas() -> None:
    data = file_of(("x",), ("a", "b", "c"), lambda: ROWS, ".xlsx")()
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        assert "<f>" not in book.read("xl/worksheets/sheet1.xml").decode()
    assert set(FORMS) == {".xlsx", ".csv"}


def test_rows_are_fetched_only_when_a_file_is_wanted() -> None:
    asked: list[int] = []
    made = file_of(("x",), ("a",), lambda: asked.append(1) or [[1]], ".csv")
    assert asked == []
    made()
    assert asked == [1]


def test_a_list_of_people_is_made_after_its_taking_was_written_down(county: Database) -> None:
    logged = select(AccessLog.subject).where(AccessLog.kind == "export")

    def made() -> bytes:
        with county.read() as session:
            return repr(list(session.scalars(logged))).encode()

    taken = written_down(county, an_actor(), Noted("volunteers", 3), made)
    with county.read() as session:
        assert list(session.scalars(logged)) == []
    assert taken() == b"['volunteers']"


def test_who_may_not_export_gets_no_file(county: Database) -> None:
    asked: list[int] = []
    taken = written_down(county, an_actor(Role.LEADER), Noted("volunteers", 3), lambda: asked.append(1) or b"")
    with pytest.raises(DashboardError, match="permissions.role"):
        taken()
    assert asked == []
