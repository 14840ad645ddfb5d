"""Headings are found and guessed, what is no row is left out, what a person maps is obeyed."""

import pytest

from dashboard.core.errors import Invalid
from dashboard.core.words import ImportKind
from dashboard.formats.columns import FIELDS, check_mapping, find_sheet, guess
from dashboard.formats.files import open_path
from dashboard.formats.parsed import RawRow, Table
from dashboard.text import catalogue
from tests.formats.around import DATA, a_table

V = ImportKind.VOLUNTEERS


@pytest.mark.parametrize("kind", list(ImportKind))
def test_each_field_is_found_under_its_own_word(kind: ImportKind) -> None:
    headings = [words[0] for words in FIELDS[kind].values()]
    assert guess(kind, headings) == dict(zip(headings, FIELDS[kind], strict=True))


@pytest.mark.parametrize(
    ("kind", "heading", "field"),
    [
        (ImportKind.SITES, "经纬度(高德)", "coordinates"),
        (ImportKind.SITES, "经 度", "lon"),
        (V, "所在村（社区）", "village"),
        (V, "联系电话*", "phone"),
        (V, "志愿者姓名", "name"),
        (V, "本人特长爱好", "skills"),
        (ImportKind.NEEDS, "希望服务时间", "wanted"),
        (ImportKind.GRIDS, "code", "code"),
    ],
)
def test_headings_are_understood_in_other_wordings(kind: ImportKind, heading: str, field: str) -> None:
    assert guess(kind, [heading]) == {heading: field}


def test_headings_nobody_knows_are_left_alone_and_each_field_is_given_once() -> None:
    assert guess(V, ["血型", "序号"]) == {}
    assert guess(V, ["姓名", "志愿者姓名"]) == {"姓名": "name"}


def test_titles_totals_notes_blank_rows_and_repeated_headings_are_no_rows() -> None:
    table = a_table(
        ("花名册", "", ""),
        ("姓名", "联系电话", "序号"),
        ("张三", "1", "1"),
        ("", "", ""),
        ("", "", "2"),
        ("姓名", "联系电话", "序号"),
        ("李四", "2", "3"),
        ("", "合计", "3"),
        ("总计：2人", "", ""),
        ("制表人：王五", "", ""),
        ("注：本表每月一报", "", ""),
    )
    sheet = find_sheet(V, table)
    assert [number for number, _ in sheet.rows] == [3, 7]
    left_out = {1: "title", 2: "title", 6: "heading", 8: "total", 9: "total", 10: "footer", 11: "footer"}
    assert dict(sheet.skipped) == left_out


def test_the_sheet_with_the_headings_is_chosen_among_several() -> None:
    other = Table("说明", (RawRow(1, ("本表填写说明",)),))
    (right,) = a_table(("姓名", "手机"), ("张三", "1"))
    assert len(find_sheet(V, [other, right]).rows) == 1


def test_a_mapping_is_obeyed() -> None:
    table = a_table(("甲", "乙"), ("张三", "13800000000"))
    sheet = find_sheet(V, table, {"甲": "name", "乙": "phone"})
    assert sheet.field_of(sheet.rows[0][1], "phone") == "13800000000"


@pytest.mark.parametrize("mapping", [{"甲": "salary"}, {"甲": "name", "乙": "name"}])
def test_a_wrong_mapping_is_refused(mapping: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        check_mapping(V, mapping, ["甲", "乙"])


def test_a_sheet_that_is_another_register_is_refused() -> None:
    for kind, file in ((ImportKind.NEEDS, "sites.xlsx"), (ImportKind.NEEDS, "volunteers.csv")):
        with pytest.raises(Invalid) as refused:
            find_sheet(kind, open_path(DATA / file).tables)
        assert refused.value.key == "imports.no_headings"


def test_headings_without_rows_are_told() -> None:
    with pytest.raises(Invalid) as refused:
        find_sheet(V, a_table(("姓名", "手机")))
    assert refused.value.key == "imports.no_rows"


def test_two_columns_of_one_heading_are_told_apart() -> None:
    assert find_sheet(V, a_table(("姓名", "电话", "电话"), ("张", "1", "2"))).headings == ("姓名", "电话", "电话(2)")


def test_every_field_has_its_word_in_both_languages() -> None:
    fields = {field for kind in FIELDS.values() for field in kind}
    assert [] == [field for field in fields if f"imports.field.{field}" not in catalogue()]
