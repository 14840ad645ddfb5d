"""`/api/v1/` over HTTP: behind its own key, problems in the reader's language, limits, and nothing personal."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from schemathesis.python.asgi import ASGIClient, get_client
from sqlalchemy import func, select
from starlette.applications import Starlette
from starlette.requests import Request

from dashboard.core.permissions import system_actor
from dashboard.services import api_keys, device_calls, store
from dashboard.services.commands import perform
from dashboard.text import catalogue
from dashboard.web import api, api_problems, api_schema
from dashboard.web.api_rate import Buckets
from dashboard.web.gate import Gate
from db.engine import Database
from db.models import Need
from tests.builders import COUNTY, a_category, a_county, a_grid, a_site

SYSTEM = system_actor(COUNTY)


def tomorrow(hour: int) -> str:
    return (datetime.now(UTC) + timedelta(days=1)).replace(hour=hour, minute=0).isoformat()


def order(**changes: Any) -> dict[str, Any]:
    usual = {
        "channel": "hotline",
        "title": "家里水管漏水",
        "category": "repair",
        "place": {"lon": 107.9, "lat": 28.53, "words": "新街"},
        "intervals": [{"start": tomorrow(1), "end": tomorrow(3)}],
        "people": 2,
        "resident": {"name": "冉茂琴", "phone": "13885201234", "address": "柏村镇新街 5 号"},
    }
    return {name: value for name, value in (usual | changes).items() if value is not None}


@dataclass
class Line:
    """Another system's line to the API, behind the gate, without a browser's cookie."""

    database: Database
    web: ASGIClient
    sites: dict[str, str] = field(default_factory=dict)
    key: str = ""

    def make_key(self, **values: Any) -> str:
        return str(
            perform(self.database, api_keys.make_key, SYSTEM, now=datetime.now(UTC), name="热线", **values)["key"]
        )

    def ask(
        self, method: str, path: str, body: Any = None, key: str | None = None, **headers: str
    ) -> requests.Response:
        sent = {"authorization": f"Bearer {self.key if key is None else key}", "accept-language": "en"}
        if body is not None:
            sent["content-type"] = "application/json"
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        wanted = {name: value for name, value in (sent | headers).items() if value}
        return self.web.request(method, f"/api/v1{path}", data=data, headers=wanted)

    def send(self, body: Any = None, once: str = "a1", **more: Any) -> requests.Response:
        more = {name.replace("_", "-"): value for name, value in more.items() if name != "key"} | (
            {"key": more["key"]} if "key" in more else {}
        )
        return self.ask("POST", "/needs", order() if body is None else body, **({"idempotency-key": once} | more))

    def needs(self) -> int:
        with self.database.read() as session:
            return session.scalar(select(func.count()).select_from(Need)) or 0


@pytest.fixture
def line(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    monkeypatch.setenv(store.URL_VARIABLE, str(database.url))
    api.buckets.forget()
    made = Line(database, get_client(Gate(Starlette(routes=api.routes()), hosts=lambda: ["testserver", "localhost"])))

    def build(session: Any) -> dict[str, str]:
        a_county(session)
        centre = a_site(session)
        here, there = a_site(session, centre), a_site(session, centre)
        a_grid(session, here)
        a_grid(session, there, lon=108.2)
        a_category(session, "repair", name="维修")
        return {"here": here.code, "there": there.code}

    made.sites = database.write(build)
    made.key = made.make_key()
    yield made
    store.open_database.cache_clear()


def problem(answer: requests.Response, status: int, kind: str = "") -> dict[str, Any]:
    """The problem an answer tells, which must be whole."""
    assert (status, "application/problem+json") == (answer.status_code, answer.headers["content-type"])
    said = answer.json()
    assert said["status"] == status and said["title"] and said["detail"]
    assert said["type"] == f"urn:dispatch-desk:problem:{kind or api_problems.KINDS[status]}"
    return dict(said)


def pointers(answer: requests.Response) -> set[str]:
    return {error["pointer"] for error in problem(answer, 422)["errors"]}


def test_an_order_is_taken_and_can_be_followed(line: Line) -> None:
    made = line.send()
    assert made.status_code == 201
    said = made.json()
    assert ("open", [], f"/api/v1/needs/{said['code']}") == (said["state"], said["to_verify"], said["url"])
    assert said["url"] == made.headers["location"]
    need = line.web.request("GET", said["url"], headers={"authorization": f"bearer {line.key}"})
    shown = need.json()
    assert ("open", "normal", {"wanted": 2, "sent": 0, "accepted": 0}) == (
        shown["state"],
        shown["urgency"],
        shown["people"],
    )
    assert shown["registered_at"] < shown["deadlines"]["take_up"] < shown["deadlines"]["close"]
    personal = order()["resident"].values()
    assert [] == [value for value in (*personal, "新街", "漏水") if value in need.text or value in made.text]


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic eDp5", "Bearer aaaaaaaa." + "A" * 43])
def test_without_a_valid_key_nothing_is_answered(line: Line, header: str) -> None:
    for method, path in (("POST", "/needs"), ("GET", "/needs/N1"), ("POST", "/devices/D1/call")):
        answer = line.ask(method, path, authorization=header)
        problem(answer, 401)
        assert answer.headers["www-authenticate"] == "Bearer"
    assert line.needs() == 0


def test_a_revoked_key_is_none_from_then_on(line: Line) -> None:
    assert line.send().status_code == 201
    perform(line.database, api_keys.revoke_key, SYSTEM, now=datetime.now(UTC), prefix=line.key.partition(".")[0])
    problem(line.send(once="a2"), 401)


def test_a_station_s_key_stays_in_its_part(line: Line) -> None:
    elsewhere = line.send().json()["url"].removeprefix("/api/v1")
    theirs = line.make_key(site=line.sites["there"])
    problem(line.send(key=theirs), 403)
    problem(line.ask("GET", elsewhere, key=theirs), 404)
    assert line.ask("GET", elsewhere, key=line.make_key(site=line.sites["here"])).status_code == 200


def test_sent_again_it_is_the_same_need_and_with_another_body_none(line: Line) -> None:
    body = order()
    first, again = line.send(body), line.send(dict(reversed(body.items())))
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    problem(line.send(order(title="换灯泡")), 422, "other_body")
    assert line.needs() == 1


@pytest.mark.parametrize("once", ["", "x" * 129, "a b", "caf\xe9"])
def test_an_order_without_an_idempotency_key_is_refused(line: Line, once: str) -> None:
    problem(line.send(once=once), 400)
    assert line.needs() == 0


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"channel": "pigeon"}, "#/channel"),
        ({"channel": "device"}, "#/channel"),
        ({"title": None}, "#/title"),
        ({"title": "x" * 201}, "#/title"),
        ({"title": "a\0b"}, "#/title"),
        ({"detail": "\ud800"}, "#/detail"),
        ({"people": 0}, "#/people"),
        ({"people": 1.5}, "#/people"),
        ({"people": True}, "#/people"),
        ({"people": 10**400}, "#/people"),
        ({"place": {"lon": 107.9}}, "#/place/lat"),
        ({"place": {"lon": 181, "lat": 1}}, "#/place/lon"),
        ({"place": {"village": "1"}}, "#/place/village"),
        ({"place": {"village": "520326999999"}}, "#/place/village"),
        ({"intervals": [{"start": "tomorrow", "end": tomorrow(3)}]}, "#/intervals/0/start"),
        ({"intervals": [{"start": "1990-12-31T23:59:60Z", "end": tomorrow(3)}]}, "#/intervals/0/start"),
        ({"intervals": [{"start": "0001-01-01T00:00:00+14:00", "end": tomorrow(3)}]}, "#/intervals/0/start"),
        ({"intervals": [{"start": "2001-01-01T00:00:00Z", "end": tomorrow(3)}]}, "#/intervals"),
        ({"item": "x"}, "#"),
        ({"roles": [{"people": 1}]}, "#"),
        ({"resident": {}}, "#/resident"),
        ({"resident": {"phone": "12"}}, "#/resident/phone"),
        ({"a/b~c 值": 1}, "#/a~1b~0c%20%E5%80%BC"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_is_wrong_is_pointed_at(line: Line, change: dict[str, Any], found: str) -> None:
    assert {found} == pointers(line.send(order(**change)))
    assert line.needs() == 0


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b"[" * 30_000, b'{"a":NaN}', b'{"people":1e999}', b"[" * 60 + b"]" * 60], ids=len
)
def test_what_is_no_json_is_refused(line: Line, body: bytes) -> None:
    problem(line.send(body), 400)


def test_an_order_that_is_no_object_is_refused(line: Line) -> None:
    assert {"#"} == pointers(line.send([]))


def test_a_body_has_at_most_64_kilobytes(line: Line) -> None:
    whole = json.dumps(order()).encode()
    assert line.send(whole + b" " * (api_schema.MOST_BYTES - len(whole))).status_code == 201
    problem(line.send(whole + b" " * (api_schema.MOST_BYTES - len(whole) + 1), once="a2"), 413)


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded", "application/json5"])
def test_another_content_type_is_refused(line: Line, kind: str) -> None:
    problem(line.send(content_type=kind), 415)


def test_more_requests_than_its_rate_are_told_when_to_come_back(line: Line) -> None:
    key = line.make_key(per_minute=3)
    answers = [line.ask("GET", "/needs/N1", key=key) for _ in range(4)]
    assert [404, 404, 404, 429] == [answer.status_code for answer in answers]
    problem(answers[-1], 429)
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 20
    # Each key has its own.
    assert line.ask("GET", "/needs/N1").status_code == 404


@given(st.integers(1, 6000), st.lists(st.floats(0, 30), min_size=1, max_size=60))
def test_a_key_gets_a_burst_and_then_its_rate(per_minute: int, pauses: list[float]) -> None:
    clock = [0.0]
    buckets = Buckets(lambda: clock[0])
    passed = 0
    for pause in pauses:
        clock[0] += pause
        wait = buckets.wait(1, per_minute)
        passed += wait == 0.0
        if wait:
            assert 0 < wait <= 60 / per_minute + 1e-6
            clock[0] += wait + 1e-6
            assert buckets.wait(1, per_minute) == 0.0
            passed += 1
    assert passed <= per_minute + clock[0] * per_minute / 60 + 1e-6


def test_a_device_pressed_three_times_is_one_need(line: Line) -> None:
    perform(
        line.database,
        device_calls.add_device,
        SYSTEM,
        now=datetime.now(UTC),
        code="D-1",
        category="repair",
        lon=107.9,
        lat=28.53,
    )
    answers = [line.ask("POST", "/devices/D-1/call") for _ in range(3)]
    assert [201, 200, 200] == [answer.status_code for answer in answers]
    assert [1, 2, 3] == [answer.json()["calls"] for answer in answers]
    assert 1 == len({answer.json()["url"] for answer in answers}) == line.needs()
    assert ("open", "urgent") == (answers[0].json()["state"], answers[0].json()["urgency"])
    for other in ("D-2", "-", "%00", "x" * 41):
        problem(line.ask("POST", f"/devices/{other}/call"), 404)
    problem(line.ask("POST", "/devices/D-1/call", key=line.make_key(site=line.sites["there"])), 404)


@pytest.mark.parametrize(
    ("wished", "language"),
    [
        ("", "zh"),
        ("en", "en"),
        ("en-GB,zh;q=0.5", "en"),
        ("zh-CN,en;q=0.9", "zh"),
        ("fr", "zh"),
        ("fr, en;q=0.2", "en"),
        ("en;q=0, zh;q=0.1", "zh"),
        ("en;q=nonsense", "zh"),
        ("," * 9000, "zh"),
    ],
)
def test_problems_are_told_in_the_language_asked_for(line: Line, wished: str, language: str) -> None:
    answer = line.ask("GET", "/needs/N1", accept_language="", **{"accept-language": wished})
    assert language == answer.headers["content-language"]
    assert catalogue()["needs.no_such"][("zh", "en").index(language)] == problem(answer, 404)["detail"]


@pytest.mark.parametrize(
    "path", ["/", "/nothing", "/needs/", "/needs/a/b", "/devices/x", "/needs/%00", "/needs/%ff", "/needs/a%0Ab", "/%0A"]
)
def test_an_address_that_isn_t_is_a_problem_too(line: Line, path: str) -> None:
    problem(line.ask("GET", path), 404)


@pytest.mark.parametrize(("method", "path"), [("GET", "/needs"), ("DELETE", "/needs/N1"), ("OPTIONS", "/needs")])
def test_another_method_is_refused_and_no_other_site_is_let_in(line: Line, method: str, path: str) -> None:
    answer = line.ask(method, path, origin="http://elsewhere.example")
    problem(answer, 405)
    assert answer.headers["allow"]
    assert [] == [name for name in answer.headers if name.lower().startswith("access-control")]


def test_a_cookie_is_no_key(line: Line) -> None:
    problem(line.ask("GET", "/needs/N1", authorization="", cookie="dashboard_session=x"), 401)


def test_while_the_database_is_away_the_answer_is_503(
    line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(store.URL_VARIABLE, f"sqlite:///{tmp_path / 'empty.db'}")
    answer = line.ask("GET", "/needs/N1")
    problem(answer, 503)
    assert answer.headers["retry-after"]


def test_the_document_is_served_without_a_key_and_is_the_schemas(line: Line) -> None:
    answer = line.ask("GET", "/openapi.json", authorization="")
    said = answer.json()
    assert (200, "3.1.0", "application/json") == (answer.status_code, said["openapi"], answer.headers["content-type"])
    assert api_schema.ORDER == said["components"]["schemas"]["Order"]
    assert {"/api/v1/needs", "/api/v1/needs/{code}", "/api/v1/devices/{id}/call", "/api/v1/openapi.json"} == set(
        said["paths"]
    )


def test_every_flaw_and_every_problem_has_its_words() -> None:
    names = ("required", "unexpected", "type", "enum", "format", "pattern", "person", "together", "character", "other")
    limits = ("minimum", "maximum", "minlength", "maxlength", "maxitems")
    wanted = {f"api.flaw.{name}" for name in (*names, *limits)}
    wanted |= {f"api.title_{name}" for name in api_problems.TYPES}
    assert set() == wanted - set(catalogue())
    assert set(api_problems.POINTERS) <= set(catalogue())


def test_a_fault_of_ours_tells_no_trace(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer comes first; then the fault goes on to the server's log."""

    async def broken(request: Request, holder: Any) -> Any:
        raise RuntimeError("secret words")

    monkeypatch.setattr(api, "show_need", broken)
    answers = []
    app = Starlette(routes=api.routes())

    async def caught(scope: Any, receive: Any, send: Any) -> None:
        try:
            await app(scope, receive, send)
        except RuntimeError as error:
            answers.append(str(error))

    answer = get_client(caught).request("GET", "/api/v1/needs/N1", headers={"authorization": f"Bearer {line.key}"})
    assert ["secret words"] == answers and "secret" not in problem(answer, 500)["detail"]
    assert "secret" not in answer.text and "Traceback" not in answer.text
