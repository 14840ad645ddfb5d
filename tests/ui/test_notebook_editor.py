"""What was changed in a table to edit, as the commands want it."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from dashboard.core.words import VolunteerStatus
from dashboard.services.volunteer_register import RegisterRow
from dashboard.ui.notebook_editor import changes_of

WORDS = {status.value: f"〈{status}〉" for status in VolunteerStatus}
ROWS = (
    RegisterRow(1, 3, "V1", "李永", VolunteerStatus.ACTIVE, 2, 6, 5000),
    RegisterRow(2, 1, "V2", "王芳", VolunteerStatus.ACTIVE, 1, 5, 12_500),
)


def table(*changed: dict[str, object]) -> pd.DataFrame:
    lines = [
        {
            "code": row.code,
            "name": row.name,
            "status": WORDS[row.status],
            "cap_day": row.cap_day,
            "cap_week": row.cap_week,
            "max_distance_m": row.max_distance_m / 1000,
        }
        for row in ROWS
    ]
    return pd.DataFrame([line | new for line, new in zip(lines, changed or ({}, {}), strict=True)])


def test_a_table_as_it_was_holds_no_change() -> None:
    assert changes_of(ROWS, table(), WORDS) == []


def test_only_what_differs_is_told_of_the_row_it_stands_in() -> None:
    last = list(VolunteerStatus)[-1]
    edited = table({}, {"cap_day": 3, "status": WORDS[last], "max_distance_m": 8.3})
    assert changes_of(ROWS, edited, WORDS) == [(ROWS[1], {"status": last, "cap_day": 3, "max_distance_m": 8300})]


def test_names_and_codes_are_nobody_s_to_change() -> None:
    assert changes_of(ROWS, table({"name": "别人", "code": "X"}, {}), WORDS) == []


@given(st.integers(100, 200_000))
def test_metres_survive_their_way_through_kilometres(metres: int) -> None:
    row = RegisterRow(1, 1, "V", "李", VolunteerStatus.ACTIVE, 1, 1, metres)
    frame = table().head(1).assign(cap_day=1, cap_week=1, max_distance_m=metres / 1000)
    assert changes_of((row,), frame, WORDS) == []
