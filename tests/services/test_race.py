"""A share of `make bench-race` in every run: 5,000 contended attempts by threads of two processes."""

from pathlib import Path

import pytest

from tests.bench.race import Counted, run
from tests.postgresql import Server

DAMAGES = {"double_bookings", "overfills", "lost_edits", "twins"}


def _url(name: str, request: pytest.FixtureRequest, folder: Path) -> str:
    if name == "sqlite":
        return f"sqlite:///{folder / 'race.db'}"
    server: Server = request.getfixturevalue("postgresql")
    return server.create(f"race_{folder.parent.name}_{folder.name}"[-60:])


@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
def test_nobody_is_sent_twice_and_no_edit_is_lost(name: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    counted = run(_url(name, request, tmp_path), 2500)
    assert (0, 0, 0, 0) == (counted.double_bookings, counted.overfills, counted.lost_edits, counted.twins)
    assert [] == [outcome for outcome in counted.outcomes if " ended " in outcome]
    assert counted.outcomes["dispatch done"] > 100 and counted.outcomes["edit done"] > 100


@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
def test_without_its_locks_the_same_race_shows_doubles(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Chance decides who meets whom: the race is run longer until every kind of damage has shown."""
    shown: set[str] = set()
    for number, attempts in enumerate((400, 800, 1600)):
        folder = tmp_path / str(number)
        folder.mkdir()
        counted: Counted = run(_url(name, request, folder), attempts, locks=False)
        shown |= {damage for damage in DAMAGES if getattr(counted, damage)}
        if shown == DAMAGES:
            return
    assert shown == DAMAGES
