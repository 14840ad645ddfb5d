"""Cheap password hashes for tests that make many: the same functions, less memory and time."""

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from dashboard.services import signins


@pytest.fixture
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(signins, "_hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    signins._nobody.cache_clear()
    yield
    signins._nobody.cache_clear()
