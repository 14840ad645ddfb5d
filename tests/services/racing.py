"""What the two race tests share. They are two files, so that two processes of the test runner take one each."""

from pathlib import Path

import pytest

from tests.postgresql import Server

BOTH = pytest.mark.parametrize("name", ["sqlite", "postgresql"])


def race_url(name: str, request: pytest.FixtureRequest, folder: Path) -> str:
    """A database of its own for a race."""
    if name == "sqlite":
        return f"sqlite:///{folder / 'race.db'}"
    server: Server = request.getfixturevalue("postgresql")
    return server.create(f"race_{folder.parent.name}_{folder.name}"[-60:])
