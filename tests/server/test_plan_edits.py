"""Edits of a plan by URL: only by who may match, only from our own page, at the version seen, answered in words."""

import asyncio
import json
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from starlette.applications import Starlette

from dashboard.core.filters import Filters
from dashboard.core.permissions import Actor
from dashboard.core.words import Role
from dashboard.services import live_plans, match_desk, match_jobs, match_people, signins, store
from dashboard.services.questions import answer
from dashboard.text import text
from dashboard.ui import plan_words
from dashboard.ui.session import in_language
from dashboard.web import plan_edits
from db.engine import Database
from db.models import Audit, MatchRun
from tests.fresh import add_open_needs

HERE = {"content-type": "application/json", "host": "here", "origin": "http://here", "sec-fetch-site": "same-origin"}


@dataclass
class Desk:
    """A coordinator's draft, and a browser before the route alone; `actor` says who the gate found."""

    county: Database
    actor: Actor | None
    run: int

    def told(self, language: str = "zh") -> dict[str, Any]:
        who = entered(self.county, Role.COORDINATOR)
        desk = answer(self.county, match_desk.desk, who, run_id=self.run, language=language)
        with in_language(language):
            return plan_words.told(desk)

    def body(self, kind: str = "forbid", at: int = 0, **values: Any) -> dict[str, Any]:
        told = self.told()
        row = told["rows"]["rows"][at]
        usual = {"run": self.run, "version": told["version"], "kind": kind, "reason": "电话", "asked": {}}
        return usual | {"pairs": [[row["role"], row["who"]]]} | values

    def post(self, body: Any, language: str = "zh", **headers: str) -> tuple[int, Any]:
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        return asyncio.run(self._post(sent, language, HERE | headers))

    async def _post(self, body: bytes, language: str, headers: dict[str, str]) -> tuple[int, Any]:
        said: list[MutableMapping[str, Any]] = []

        async def receive() -> MutableMapping[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: MutableMapping[str, Any]) -> None:
            said.append(message)

        app = Starlette(routes=plan_edits.routes(lambda _request: self.actor, plan_words.mark))
        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "method": "POST", "path": "/plan/mark", "headers": pairs}
        await app(scope | {"query_string": f"lang={language}".encode()}, receive, send)
        words = b"".join(part.get("body", b"") for part in said[1:])
        return said[0]["status"], json.loads(words) if words[:1] == b"{" else words.decode()

    def edits(self) -> list[list[Any]]:
        with self.county.read() as session:
            return list(session.get_one(MatchRun, self.run).edits)


def entered(county: Database, role: Role) -> Actor:
    now = datetime.now(UTC)
    found = signins.lookup(county, signins.enter_as(county, role, address="127.0.0.1", now=now), now)
    assert found is not None
    return found.actor


@pytest.fixture
def desk(county: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv(store.URL_VARIABLE, str(county.url))
    add_open_needs(county)
    match_people.forget()
    live_plans.forget_all()
    who = entered(county, Role.COORDINATOR)
    job = match_jobs.start(county, who, now=datetime.now(UTC), filters=Filters())
    done = match_jobs.wait(job, who, 120)
    assert done.draft_id is not None
    yield Desk(county, who, done.draft_id)
    store.open_database.cache_clear()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_edit_is_answered_with_what_the_page_would_show(desk: Desk, language: str) -> None:
    struck = desk.body()
    status, told = desk.post(struck, language)
    assert status == 200
    assert tuple(struck["pairs"][0]) not in {(row["role"], row["who"]) for row in told["rows"]["rows"]}
    drawn, notes = told.pop("map"), told.pop("notes")
    assert drawn["links"]["lines"] and notes == []
    assert told == json.loads(json.dumps(desk.told(language)))
    assert told["strip"]["title"] == text(language, "match_page.against_unedited")
    assert [edit[:3] for edit in desk.edits()] == [["forbid", *struck["pairs"][0]]]


def test_it_is_written_with_its_author_its_reason_and_an_entry(desk: Desk) -> None:
    assert desk.actor is not None
    desk.post(desk.body("pin"))
    assert desk.edits()[0][3:] == [desk.actor.account_id, "电话"]
    with desk.county.read() as session:
        entry = session.execute(select(Audit.subject, Audit.actor_id).order_by(Audit.id.desc())).first()
    assert entry == ("match_run", desk.actor.account_id)


def test_an_old_version_is_refused_in_words_and_changes_nothing(desk: Desk) -> None:
    body = desk.body()
    assert desk.post(body)[0] == 200
    status, told = desk.post(body | {"kind": "pin"}, "en")
    assert status == 409 and told["error"]
    assert len(desk.edits()) == 1


@pytest.mark.parametrize("role", [Role.LEADER, Role.STATION_WORKER])
def test_who_may_not_match_may_not_edit(desk: Desk, role: Role) -> None:
    body = desk.body()
    desk.actor = entered(desk.county, role)
    assert desk.post(body)[0] == 403
    desk.actor = None
    assert desk.post(body)[0] == 401
    assert desk.edits() == []


def test_another_s_draft_is_not_changed(desk: Desk) -> None:
    body = desk.body()
    desk.actor = entered(desk.county, Role.ADMIN)
    status, told = desk.post(body)
    assert status == 403 and told["error"]
    assert desk.edits() == []


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"origin": "http://elsewhere"}])
def test_another_page_s_form_is_turned_away(desk: Desk, headers: dict[str, str]) -> None:
    assert desk.post(desk.body(), **headers)[0] == 403
    assert desk.edits() == []


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "undo"},
        {"pairs": []},
        {"pairs": [[1]]},
        {"pairs": [["1", 2]]},
        {"pairs": [[1, 2]] * 201},
        {"pairs": [[-1, 2]]},
        {"reason": "x" * 201},
        {"reason": None},
        {"asked": {"page": 0, "size": 10**6}},
        {"asked": {"only": "all"}},
        {"version": 1.5},
        {"more": 1},
    ],
    ids=str,
)
def test_what_is_no_edit_is_none(desk: Desk, change: dict[str, Any]) -> None:
    assert desk.post(desk.body() | change)[0] == 400
    assert desk.edits() == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"[" * 100_000, b" " * 60_000 + b"{}"], ids=len)
def test_what_is_no_json_is_no_edit(desk: Desk, body: bytes) -> None:
    assert desk.post(body)[0] == 400


def test_a_row_that_is_not_in_the_plan_is_named_in_words(desk: Desk) -> None:
    status, told = desk.post(desk.body(pairs=[[999_999_999, 1]]))
    assert status == 404 and told["error"]
