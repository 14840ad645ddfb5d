"""Work that is the same for every test of a process, done once: it is nothing a test looks at, and it was a large
share of the run. A server does it once too: there it is one engine, and one start of Streamlit."""

import functools
import gc
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.engine import Dialect

from db import engine as engines
from db.engine import Database


def statements_compiled_once(patch: pytest.MonkeyPatch) -> None:
    """A database per test would compile every statement again: those of one kind share dialect and cache."""
    made = engines._engine
    first: dict[tuple[str, str, str | None], tuple[Dialect, Any]] = {}

    def shared(database: Database, begin: str, isolation: str | None) -> Engine:
        engine = made(database, begin, isolation)
        kind = (database.dialect, begin, isolation)
        dialect, cache = first.get(kind, (None, None))
        # Before its first connection a dialect does not know its server.
        if dialect is not None and getattr(dialect, "default_isolation_level", None) is not None:
            engine.dialect = engine.pool._dialect = dialect
            engine._compiled_cache = cache
        else:
            first[kind] = (engine.dialect, engine._compiled_cache)
        return engine

    patch.setattr(engines, "_engine", shared)


def components_looked_for_once(patch: pytest.MonkeyPatch) -> None:
    """Streamlit reads the metadata of every installed package when it starts, and each AppTest is a start: 0.5 s."""
    from streamlit.components.v2 import manifest_scanner

    patch.setattr(
        manifest_scanner, "scan_component_manifests", functools.cache(manifest_scanner.scan_component_manifests)
    )


def garbage_of_tests_only() -> None:
    """What was imported stays: the collector need not walk through half a million objects again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
