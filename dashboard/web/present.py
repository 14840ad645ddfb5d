"""`/present/<freeze>`: a frozen deck, full screen. Nothing is computed here: the screens are the freeze's own values.

`/notes` beside it is the presenter's window, `/changes` how often the data changed since, `/decisions` takes what the
meeting decided, `/deck.pptx`, `/deck.pdf` and `/brief.pdf` are the same values as files.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import jsonschema_rs
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard.core.errors import Conflict, DashboardError, Forbidden, NotFound
from dashboard.core.permissions import Actor
from dashboard.services import freezes, store
from dashboard.services.commands import perform
from dashboard.services.deck_files import deck_file
from dashboard.services.freezes import Frozen
from dashboard.services.questions import answer
from dashboard.text import LANGUAGES, text
from dashboard.web.gate import same_origin

#: A decision is a sentence, a name and a day.
MOST_BYTES = 8_000
BODY: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["words", "owner", "due", "screen", "once"],
    "properties": {
        "words": {"type": "string", "minLength": 1, "maxLength": 500},
        "owner": {"type": "string", "minLength": 1, "maxLength": 60},
        "due": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
        "screen": {"type": "string", "maxLength": 200},
        "once": {"type": "string", "minLength": 8, "maxLength": 64},
    },
}
_BODY = jsonschema_rs.validator_for(BODY)
_STATUS = {Forbidden: 403, NotFound: 404, Conflict: 409}
_HEADERS = {"cache-control": "private, no-store"}


@dataclass(frozen=True)
class Writer:
    """How pages are written (`ui.deck_html`)."""

    page: Callable[..., str]
    notes: Callable[..., str]


def routes(actor_of: Callable[[Request], Actor], write: Writer) -> list[BaseRoute]:
    """The routes below `/present/<number>`."""

    def handler(do: Callable[[Writer, Request, Actor], Response]) -> Callable[[Request], Any]:
        async def handle(request: Request) -> Response:
            return await run_in_threadpool(_answered, do, write, request, actor_of(request))

        return handle

    async def decide(request: Request) -> Response:
        if not same_origin(request):
            return PlainTextResponse("not from this page", 403)
        body = await _body(request)
        if body is None:
            return PlainTextResponse("no such decision", 400)

        def keep(write: Writer, request: Request, who: Actor) -> Response:
            number = request.path_params["number"]
            told = {name: value for name, value in body.items() if name != "once"}
            key = f"decision:{number}:{body['once']}"
            perform(store.database(), freezes.decide, who, now=datetime.now(UTC), key=key, freeze_id=number, **told)
            return JSONResponse({"kept": True}, 201)

        return await run_in_threadpool(_answered, keep, write, request, actor_of(request))

    base = "/present/{number:int}"
    return [
        Route(base, handler(_page), methods=["GET"]),
        Route(f"{base}/notes", handler(_notes), methods=["GET"]),
        Route(f"{base}/changes", handler(_changes), methods=["GET"]),
        Route(f"{base}/decisions", decide, methods=["POST"]),
        Route(f"{base}/{{name}}", handler(_file), methods=["GET"]),
    ]


def _answered(
    do: Callable[[Writer, Request, Actor], Response], write: Writer, request: Request, who: Actor
) -> Response:
    """The response, or the error as a sentence: for the script as JSON, for a person as text."""
    try:
        return do(write, request, who)
    except DashboardError as error:
        said, status = text(_language(request), error.key, **error.values), _STATUS.get(type(error), 422)
        if request.method == "POST":
            return JSONResponse({"error": said}, status, headers=_HEADERS)
        return PlainTextResponse(said, status, headers=_HEADERS)


def _frozen(request: Request, who: Actor) -> Frozen:
    return answer(store.database(), freezes.frozen, who, freeze_id=request.path_params["number"])


def _page(write: Writer, request: Request, who: Actor) -> Response:
    found = _frozen(request, who)
    return HTMLResponse(_written(_Asked(_key(request, found), write.page, found)), headers=_HEADERS)


def _notes(write: Writer, request: Request, who: Actor) -> Response:
    found = _frozen(request, who)
    return HTMLResponse(_written(_Asked(_key(request, found), write.notes, found)), headers=_HEADERS)


@dataclass(frozen=True)
class _Asked:
    """A page by what it depends on: (database, freeze, language). A freeze never changes."""

    key: tuple[str, int, str]
    write: Callable[..., str]
    found: Frozen = field(compare=False)


def _key(request: Request, found: Frozen) -> tuple[str, int, str]:
    return str(store.database().url), found.id, _language(request)


@lru_cache(maxsize=16)
def _written(asked: _Asked) -> str:
    """The page, written once: whoever may read it was asked before."""
    return asked.write(asked.key[2], asked.found.deck, number=asked.found.id)


def _changes(write: Writer, request: Request, who: Actor) -> Response:
    return JSONResponse({"changes": _frozen(request, who).changes}, headers=_HEADERS)


def _file(write: Writer, request: Request, who: Actor) -> Response:
    name, language = request.path_params["name"], _language(request)
    found = _frozen(request, who)
    kind, made = deck_file(name, found.deck, found.at, language)
    title = quote(f"{found.deck.title}.{name.rpartition('.')[2]}")
    headers = _HEADERS | {"content-disposition": f"attachment; filename*=UTF-8''{title}"}
    return Response(made, headers=headers, media_type=kind)


async def _body(request: Request) -> dict[str, Any] | None:
    """A decision; None for what is none."""
    sent = b""
    async for part in request.stream():
        sent += part
        if len(sent) > MOST_BYTES:
            return None
    try:
        said = json.loads(sent)
        if not _BODY.is_valid(said):
            return None
        return said | {"due": date.fromisoformat(said["due"])}
    except (ValueError, RecursionError):
        return None


def _language(request: Request) -> str:
    asked = request.query_params.get("lang", "")
    return asked if asked in LANGUAGES else LANGUAGES[0]
