"""Files to take away: what is on screen, line for line, and nothing a spreadsheet would run."""

import csv
import io
import zipfile

from dashboard.ui.downloads import FORMS, file_of

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
