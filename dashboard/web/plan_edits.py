"""An edit of a plan by URL: what is ticked is pinned, forbidden or kept free, solved again, and answered with the rows,
numbers and lines as they are then. No page runs, so the edit is on screen as fast as it is solved.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import jsonschema_rs
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard.core.errors import Conflict, DashboardError, Forbidden, NotFound
from dashboard.core.permissions import Action, Actor
from dashboard.services import store
from dashboard.text import LANGUAGES, text
from dashboard.web.gate import same_origin
from db.engine import Database

#: A page of rows and their reason are a few kilobytes.
MOST_BYTES = 50_000
_NUMBER = {"type": "integer", "minimum": 0, "maximum": 2**53}
#: What the browser sends.
BODY: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["run", "version", "kind", "pairs", "reason", "asked"],
    "properties": {
        "run": _NUMBER,
        "version": _NUMBER,
        "kind": {"enum": ["pin", "forbid", "away", "clear"]},
        "pairs": {
            "type": "array",
            "minItems": 1,
            "maxItems": 200,
            "items": {"type": "array", "minItems": 2, "maxItems": 2, "items": _NUMBER},
        },
        "reason": {"type": "string", "maxLength": 200},
        "asked": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "page": _NUMBER,
                "words": {"type": "string", "maxLength": 200},
                "only": {"enum": ["", "changed", "marked", "urgent"]},
            },
        },
    },
}
_BODY = jsonschema_rs.validator_for(BODY)
_STATUS = {Forbidden: 403, NotFound: 404, Conflict: 409}


class Mark(Protocol):
    """Makes the edit and says what the plan is then (`ui.plan_words.mark`)."""

    def __call__(
        self,
        database: Database,
        who: Actor,
        tongue: str,
        *,
        run_id: int,
        version: int,
        kind: str,
        pairs: list[tuple[int, int]],
        reason: str,
        asked: dict[str, Any],
    ) -> dict[str, Any]: ...


def routes(actor_of: Callable[[Request], Actor | None], mark: Mark) -> list[BaseRoute]:
    """`POST /plan/mark?lang=zh`, with a body as `BODY` says. Answers 200 with the plan's parts, else
    {"error": a sentence}: 403 no right, 404 no such plan, 409 changed meanwhile, 422 nothing new."""

    async def handle(request: Request) -> Response:
        actor = actor_of(request)
        if actor is None:
            return PlainTextResponse("sign in first", 401)
        if not same_origin(request):
            return PlainTextResponse("not from this page", 403)
        if not actor.may(Action.SEE_MATCH):
            return PlainTextResponse("not yours to change", 403)
        asked = _read(await _body(request))
        if asked is None:
            return PlainTextResponse("no such edit", 400)
        tongue = request.query_params.get("lang", "")
        return await run_in_threadpool(_answer, mark, actor, tongue if tongue in LANGUAGES else LANGUAGES[0], asked)

    return [Route("/plan/mark", handle, methods=["POST"])]


@dataclass(frozen=True)
class _Asked:
    run_id: int
    version: int
    kind: str
    pairs: list[tuple[int, int]]
    reason: str
    asked: dict[str, Any]


async def _body(request: Request) -> bytes:
    """At most so much of it; more is no edit."""
    found = b""
    async for part in request.stream():
        found += part
        if len(found) > MOST_BYTES:
            return b""
    return found


def _read(body: bytes) -> _Asked | None:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not _BODY.is_valid(said):
        return None
    pairs = [(int(role), int(person)) for role, person in said["pairs"]]
    return _Asked(int(said["run"]), int(said["version"]), said["kind"], pairs, said["reason"], said["asked"])


def _answer(mark: Mark, actor: Actor, tongue: str, asked: _Asked) -> Response:
    try:
        told = mark(store.database(), actor, tongue, **vars(asked))
    except DashboardError as error:
        words = text(tongue, error.key, **error.values)
        return JSONResponse({"error": words}, _STATUS.get(type(error), 422))
    return JSONResponse(told)
