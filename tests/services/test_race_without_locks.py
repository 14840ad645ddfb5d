"""The race of `test_race` with every lock and wall off must do damage: a race nobody can lose proves nothing."""

from pathlib import Path

import pytest

from tests.bench.race import Counted, run
from tests.services.racing import BOTH, race_url

DAMAGES = {"double_bookings", "overfills", "lost_edits", "twins"}


@BOTH
def test_without_its_locks_the_same_race_shows_doubles(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Chance decides who meets whom: the race is run longer until every kind of damage has shown."""
    shown: set[str] = set()
    for number, attempts in enumerate((400, 800, 1600)):
        folder = tmp_path / str(number)
        folder.mkdir()
        counted: Counted = run(race_url(name, request, folder), attempts, locks=False)
        shown |= {damage for damage in DAMAGES if getattr(counted, damage)}
        if shown == DAMAGES:
            return
    assert shown == DAMAGES
