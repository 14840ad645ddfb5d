"""A share of `make bench-race` in every run: 1,400 contended attempts of two processes, half on each database."""

from pathlib import Path

import pytest

from tests.bench.race import run
from tests.services.racing import BOTH, race_url


@BOTH
def test_nobody_is_sent_twice_and_no_edit_is_lost(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    counted = run(race_url(name, request, tmp_path), 700)
    assert (0, 0, 0, 0) == (counted.double_bookings, counted.overfills, counted.lost_edits, counted.twins)
    assert [] == [outcome for outcome in counted.outcomes if " ended " in outcome]
    assert counted.outcomes["dispatch done"] > 40 and counted.outcomes["edit done"] > 40
