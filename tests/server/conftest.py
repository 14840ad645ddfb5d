"""One real server for this folder, on a copy of the small sample county."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving import Served, serving


@pytest.fixture(scope="session")
def served(small_county: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    path = tmp_path_factory.mktemp("served") / "county.db"
    shutil.copy(small_county, path)
    with serving(f"sqlite:///{path}") as server:
        yield server
