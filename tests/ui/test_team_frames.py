"""The team board as rows of a file."""

import pandas as pd

from dashboard.ui.team_frames import board_rows


def test_numbers_of_the_file_are_those_on_screen() -> None:
    table = pd.DataFrame({"name": ["甲", "乙"], "reached": [6261.0, None], "per_member": [0.3968042609853529, 2.0]})
    assert [["甲", 6261, 0.4], ["乙", None, 2]] == board_rows(table)()
