"""Pages as a signed-in person sees them, through the front door, without a browser."""

import tomllib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit import config
from streamlit.testing.v1 import AppTest

from dashboard.core.words import Role
from dashboard.services import signins, store
from dashboard.ui import session
from db.engine import Database
from tests import shared_work

FRONT_DOOR = Path(__file__).resolve().parents[2] / "dashboard" / "app.py"
#: Seconds; the first run of a test process imports and compiles everything.
PATIENCE = 60

Visit = Callable[..., AppTest]


@pytest.fixture(scope="session", autouse=True)
def _scripts_run_as_served() -> Iterator[None]:
    """A page runs with the server's own settings; Streamlit's would collect all garbage after every run."""
    served = tomllib.loads((FRONT_DOOR.parent / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    for name, value in served["runner"].items():
        config.set_option(f"runner.{name}", value)
    with pytest.MonkeyPatch.context() as patch:
        shared_work.components_looked_for_once(patch)
        yield


@pytest.fixture
def visit(county: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visit]:
    """`visit("needs", Role.COORDINATOR)`: the page after its first run, on a copy of the small sample county.

    The last role visited stays signed in for further `.run()`s of the page within the test.
    """
    url = str(county.url)
    monkeypatch.setenv(store.URL_VARIABLE, url)
    with ExitStack() as stack:

        def open_page(page: str, role: Role = Role.COORDINATOR, language: str = "zh") -> AppTest:
            token = signins.enter_as(county, role, address="127.0.0.1", now=datetime.now(UTC), language=language)
            stack.enter_context(session.stand_in(token))
            script = AppTest.from_file(str(FRONT_DOOR), default_timeout=PATIENCE).run()
            return script.switch_page(f"../pages/{page}.py").run()

        yield open_page
    store.open_database(url).dispose()
    store.open_database.cache_clear()
