"""Which files take longest, so that they begin first: a file stays with one process, and one that begins last, alone,
keeps the whole run waiting. Journeys of a browser, which wait a good deal, stand between those that compute."""

from collections import Counter

import pytest

LONGEST = (
    "browser/test_match_all.py",
    "services/test_race.py",
    "browser/test_notebook.py",
    "browser/test_roles.py",
    "services/test_match_files.py",
    "browser/test_naughty.py",
    "services/test_ticks.py",
    "browser/test_main_job.py",
    "services/test_rotas.py",
    "browser/test_whole_life.py",
    "services/test_race_without_locks.py",
    "browser/test_hand_overs.py",
    "server/test_gate.py",
    "browser/test_map.py",
    "services/test_walk.py",
    "browser/test_teams.py",
    "services/test_tie_out.py",
    "browser/test_links.py",
    "server/test_signin.py",
    "services/test_sample_rounds.py",
    "browser/test_deck.py",
    "db/test_sample_command.py",
    "pages/test_roles.py",
    "pages/test_match_all.py",
    "pages/test_notebook.py",
)
_PLACES = {name: place for place, name in enumerate(LONGEST)}


def longest_first(items: list[pytest.Item]) -> None:
    """The files above, then those with the most tests; a file's tests keep their order."""
    files = [f"{item.path.parent.name}/{item.path.name}" for item in items]
    counts = Counter(files)
    order = {
        id(item): (_PLACES.get(file, len(_PLACES)), -counts[file], file)
        for item, file in zip(items, files, strict=True)
    }
    items.sort(key=lambda item: order[id(item)])
