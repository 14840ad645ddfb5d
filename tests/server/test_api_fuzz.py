"""Schemathesis against the app in this process: whatever is sent, no fault of ours, and only documented answers."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import load_all_checks
from schemathesis.specs.openapi.checks import positive_data_acceptance
from starlette.applications import Starlette

from dashboard.core.permissions import system_actor
from dashboard.services import api_keys, device_calls, store
from dashboard.services.commands import perform
from dashboard.web import api
from dashboard.web.gate import Gate
from db.engine import Database
from tests.builders import COUNTY, a_category, a_county, a_grid, a_need, a_site, a_skill

load_all_checks()
#: An order that fits its schema may still name a code nobody knows, or a phone that is none: 422 is right then.
NOT_CHECKED = [positive_data_acceptance]
QUICKLY = settings(
    max_examples=40,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


@pytest.fixture(scope="module")
def key(empty_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A county with a need, a device and a key that may ask often."""
    path = tmp_path_factory.mktemp("fuzz") / "county.db"
    shutil.copy(empty_sqlite, path)
    database = Database(f"sqlite:///{path}")

    def build(session: Any) -> None:
        a_county(session)
        site = a_site(session)
        a_grid(session, site, code="G1")
        a_category(session, "repair")
        a_skill(session, "electric")
        a_need(session, site, code="N1")

    def do(deed: Any, **values: Any) -> Any:
        return perform(database, deed, system_actor(COUNTY), now=datetime.now(UTC), **values)

    database.write(build)
    do(device_calls.add_device, code="D-1", category="repair", grid="G1")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(store.URL_VARIABLE, str(database.url))
        patch.setattr(api.buckets, "wait", lambda _key, _per_minute: 0.0)
        yield do(api_keys.make_key, name="fuzz")["key"]
        store.open_database.cache_clear()
    database.dispose()


#: The document needs no database; requests find theirs by the address that the fixture sets.
schema = schemathesis.openapi.from_asgi(
    "/api/v1/openapi.json", Gate(Starlette(routes=api.routes()), hosts=lambda: ["*"])
)


def checked(case: Case, key: str) -> Any:
    return case.call_and_validate(headers={"Authorization": f"Bearer {key}"}, excluded_checks=NOT_CHECKED)


@schema.parametrize()
@QUICKLY
def test_every_operation_answers_as_documented(case: Case, key: str) -> None:
    checked(case, key)


@pytest.mark.parametrize(
    ("path", "method", "where", "mode"),
    [
        ("/api/v1/devices/{id}/call", "POST", {"id": "D-1"}, GenerationMode.POSITIVE),
        ("/api/v1/devices/{id}/call", "POST", {"id": "D-1"}, GenerationMode.NEGATIVE),
        ("/api/v1/needs/{code}", "GET", {"code": "N1"}, GenerationMode.POSITIVE),
    ],
)
def test_rows_that_are_there_answer_as_documented(
    key: str, path: str, method: str, where: dict[str, str], mode: GenerationMode
) -> None:
    seen: set[int] = set()

    @QUICKLY
    @given(schema[path][method].as_strategy(mode, path_parameters=where))
    def ask(case: Case) -> None:
        seen.add(checked(case, key).status_code)

    ask()
    assert seen & ({200, 201} if mode is GenerationMode.POSITIVE else {400})


def test_orders_that_fit_are_taken(key: str) -> None:
    """With codes that exist: else the fuzz would only ever look at refusals."""
    seen: set[int] = set()

    @QUICKLY
    @given(schema["/api/v1/needs"]["POST"].as_strategy())
    def send(case: Case) -> None:
        case.body = {
            name: value for name, value in case.body.items() if name in ("channel", "title", "detail", "urgency")
        } | {"category": "repair", "people": 1, "place": {"grid": "G1"}}
        seen.add(case.call(headers={"Authorization": f"Bearer {key}"}).status_code)

    send()
    assert 201 in seen and not seen - {201, 422}
