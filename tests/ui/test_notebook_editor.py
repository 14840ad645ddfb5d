"""What was changed in a table to edit, as the commands want it."""

from datetime import date, datetime
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.core.errors import Invalid
from dashboard.core.registers import REGISTERS, FieldKind, checked
from dashboard.core.words import VolunteerStatus
from dashboard.services.registers import RegisterRow
from dashboard.text import catalogue, text
from dashboard.ui.notebook_editor import changes_of

PEOPLE = REGISTERS["volunteers"]
WORDS = {"status": {status.value: f"〈{status}〉" for status in VolunteerStatus}}


def person(row_id: int, day: int, week: int, metres: int) -> RegisterRow:
    values = {"status": "active", "cap_day": day, "cap_week": week, "max_distance_m": metres}
    return RegisterRow(row_id, 3, f"V{row_id}", "李永", values)


ROWS = (person(1, 2, 6, 5000), person(2, 1, 5, 12_500))


def table(*changed: dict[str, object]) -> pd.DataFrame:
    lines = [
        {"_code": row.code, "_name": row.name}
        | row.values
        | {"status": WORDS["status"][row.values["status"]], "max_distance_m": row.values["max_distance_m"] / 1000}
        for row in ROWS
    ]
    return pd.DataFrame([line | new for line, new in zip(lines, changed or ({}, {}), strict=True)])


def test_a_table_as_it_was_holds_no_change() -> None:
    assert changes_of(PEOPLE, ROWS, table(), WORDS) == []


def test_only_what_differs_is_told_of_the_row_it_stands_in() -> None:
    edited = table({}, {"cap_day": 3, "status": "〈left〉", "max_distance_m": 8.3})
    assert changes_of(PEOPLE, ROWS, edited, WORDS) == [
        (ROWS[1], {"status": "left", "cap_day": 3, "max_distance_m": 8300})
    ]


def test_names_and_codes_are_nobody_s_to_change() -> None:
    assert changes_of(PEOPLE, ROWS, table({"_name": "别人", "_code": "X"}, {}), WORDS) == []


@given(st.integers(100, 200_000))
def test_metres_survive_their_way_through_kilometres(metres: int) -> None:
    row = person(1, 1, 1, metres)
    frame = table().head(1).assign(cap_day=1, cap_week=1, max_distance_m=metres / 1000)
    assert changes_of(PEOPLE, (row,), frame, WORDS) == []


ITEM = RegisterRow(
    7, 1, "M7", "理发", {"name": "理发", "category_id": 2, "duration_minutes": None, "season": None, "retired_on": None}
)
ITEM_WORDS: dict[str, dict[Any, str]] = {"category_id": {2: "生活", 3: "健康"}, "season": {"spring": "春季"}}


def item(**values: object) -> pd.DataFrame:
    line = {"name": "理发", "category_id": "生活", "duration_minutes": None, "season": None, "retired_on": pd.NaT}
    return pd.DataFrame([line | values])


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({}, {}),
        ({"category_id": "健康", "season": "春季"}, {"category_id": 3, "season": "spring"}),
        ({"duration_minutes": 45.0}, {"duration_minutes": 45}),
        ({"retired_on": date(2026, 12, 1)}, {"retired_on": date(2026, 12, 1)}),
        ({"retired_on": datetime(2026, 12, 1)}, {"retired_on": date(2026, 12, 1)}),
        ({"category_id": "没有的类别"}, {}),
        ({"name": None}, {"name": ""}),
    ],
)
def test_choices_days_and_empty_cells_are_told_as_they_are_stored(typed: dict[str, Any], told: dict[str, Any]) -> None:
    found = changes_of(REGISTERS["catalogue"], (ITEM,), item(**typed), ITEM_WORDS)
    assert found == ([(ITEM, told)] if told else [])


def test_what_stands_in_no_list_is_not_emptied_by_being_shown_empty() -> None:
    strange = RegisterRow(7, 1, "M7", "理发", {**ITEM.values, "season": "雨季"})
    assert changes_of(REGISTERS["catalogue"], (strange,), item(), ITEM_WORDS) == []


BAD = {
    FieldKind.CHOICE: "no such word",
    FieldKind.ROW: "3",
    FieldKind.NUMBER: 10**9,
    FieldKind.FLAG: "yes",
    FieldKind.DAY: "2026-12-01",
    FieldKind.TEXT: "字" * 500,
}


@pytest.mark.parametrize(
    ("register", "name"), [(one.key, field.name) for one in REGISTERS.values() for field in one.fields]
)
def test_every_column_is_checked_again_and_refused_by_its_name(register: str, name: str) -> None:
    field = REGISTERS[register].field(name)
    with pytest.raises(Invalid) as refused:
        checked(register, {name: BAD[field.kind]})
    for language in ("zh", "en"):
        assert text(language, field.heading) in text(language, refused.value.key, **refused.value.values)
    if field.optional:
        assert checked(register, {name: None}) == {name: "" if field.kind is FieldKind.TEXT else None}
    else:
        with pytest.raises(Invalid, match=r"registers\.empty"):
            checked(register, {name: None})


def test_every_register_and_column_has_its_words() -> None:
    known = catalogue()
    assert not [one.key for one in REGISTERS.values() if f"registers.name.{one.key}" not in known]
    for one in REGISTERS.values():
        for field in one.fields:
            assert field.heading in known
            assert [] == [value for value in field.choices if f"words.{field.words}.{value}" not in known]


def test_a_column_that_isn_t_edited_is_no_column() -> None:
    with pytest.raises(Invalid, match=r"registers\.no_field"):
        checked("sites", {"lon": 107.0})
