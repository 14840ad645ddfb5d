"""`/api/v1/`: other systems send us orders and the calls of their devices, and read what became of them.

The gate lets strangers in here; every request but that for the document must carry a valid key. No cookie, no session,
no CORS: browsers of other sites get nothing. Refusals are problem+json, a fault of ours too, without its trace.
"""

import json
import logging
import math
import re
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from dashboard.core.errors import DashboardError, Invalid, NotFound
from dashboard.services import api_keys, device_calls, intake_api, store
from dashboard.services.api_keys import Holder
from dashboard.services.questions import answer
from dashboard.web.api_document import document
from dashboard.web.api_problems import Refusal, language_of, of_error, refused
from dashboard.web.api_rate import Buckets
from dashboard.web.api_schema import MOST_BYTES, order_body
from db.engine import Unreachable

PREFIX = "/api/v1"
#: Characters of an idempotency key: visible ASCII.
LONGEST_KEY = 128
#: Seconds after which to ask again while the database is away.
COME_BACK = "30"
buckets = Buckets()
_log = logging.getLogger(__name__)

Handler = Callable[[Request, Holder], Awaitable[Response]]


def routes() -> list[BaseRoute]:
    """Everything under `/api/v1/`, also its 404 and 405."""
    app = Starlette(
        routes=[
            Route("/openapi.json", show_document, methods=["GET"]),
            Route("/needs", _for_keys(send_in), methods=["POST"]),
            Route("/needs/{code}", _for_keys(show_need), methods=["GET"]),
            Route("/devices/{code}/call", _for_keys(press), methods=["POST"]),
        ],
        exception_handlers={HTTPException: _no_route, Exception: _fault},
    )
    app.router.redirect_slashes = False
    mount = Mount(PREFIX, app)
    # The gate lets every path of the prefix pass, so every one ends here: by itself a mount leaves out those with a
    # line break.
    mount.path_regex = re.compile(rf"^{PREFIX}/(?P<path>.*)\Z", re.DOTALL)
    return [mount]


async def show_document(request: Request) -> Response:
    """The OpenAPI document, without a key, in the reader's language."""
    language = language_of(request)
    return JSONResponse(document(language), headers={"content-language": language, "vary": "Accept-Language"})


async def send_in(request: Request, holder: Holder) -> Response:
    """An order: 201 with its code. The same idempotency key and body again: the same answer."""
    key = _idempotency_key(request)
    if key is None:
        raise Refusal(400, "api.no_idempotency_key", most=LONGEST_KEY)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refusal(415, "api.not_json_type")
    body = _read(await _body(request))
    made = await run_in_threadpool(
        intake_api.send_in, store.database(), holder, body, idempotency_key=key, now=datetime.now(UTC)
    )
    url = _need_url(made["code"])
    return JSONResponse({**made, "url": url}, 201, headers={"location": url})


async def show_need(request: Request, holder: Holder) -> Response:
    """How a need stands; 404 outside the key's part of the county."""
    code = request.path_params["code"]
    if len(code) > 40 or not code.isprintable():
        raise NotFound("needs.no_such")
    need = await run_in_threadpool(answer, store.database(), intake_api.need_state, holder.actor, code=code)
    shown: dict[str, Any] = asdict(need)
    shown["deadlines"] = {"take_up": shown.pop("take_up_due_at"), "close": shown.pop("close_due_at")}
    shown["people"] = {name: shown.pop(name) for name in ("wanted", "sent", "accepted")}
    return Response(json.dumps(shown, ensure_ascii=False, default=datetime.isoformat), media_type="application/json")


async def press(request: Request, holder: Holder) -> Response:
    """A call of a device: 201 with a need of its own, 200 when it belongs to one that is open."""
    code, key = request.path_params["code"], _idempotency_key(request)
    if device_calls.CODE.fullmatch(code) is None:
        raise NotFound("api.no_such_device")
    done = await run_in_threadpool(
        device_calls.press, store.database(), holder, code, now=datetime.now(UTC), idempotency_key=key
    )
    url = _need_url(done["code"])
    shown = {name: done[name] for name in ("code", "state", "urgency", "calls", "repeats")}
    return JSONResponse({**shown, "url": url}, 201 if done["new"] else 200, headers={"location": url})


def _need_url(code: str) -> str:
    return f"{PREFIX}/needs/{quote(code, safe='')}"


def _for_keys(handle: Handler) -> Callable[[Request], Awaitable[Response]]:
    """The handler behind the key and its rate, its refusals as problems."""

    async def run(request: Request) -> Response:
        try:
            return await handle(request, await _holder(request))
        except Refusal as refusal:
            return refused(request, refusal)
        except DashboardError as error:
            return of_error(request, error)
        except Unreachable as error:
            _log.error("intake API: the database is away: %s", type(error.orig).__name__)
            return refused(request, Refusal(503, "api.away", {"retry-after": COME_BACK}))

    return run


async def _holder(request: Request) -> Holder:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    found = None
    if scheme.lower() == "bearer":
        found = await run_in_threadpool(api_keys.holder, store.database(), key.strip(), datetime.now(UTC))
    if found is None:
        raise Refusal(401, "api.no_key", {"www-authenticate": "Bearer"})
    wait = buckets.wait(found.id, found.per_minute)
    if wait:
        seconds = max(1, math.ceil(wait))
        raise Refusal(429, "api.too_many", {"retry-after": str(seconds)}, most=found.per_minute, seconds=seconds)
    return found


def _idempotency_key(request: Request) -> str | None:
    """None where there is none. Raises Refusal for one that can't be."""
    key = request.headers.get("idempotency-key")
    if key is None:
        return None
    if not 1 <= len(key) <= LONGEST_KEY or not all("!" <= sign <= "~" for sign in key):
        raise Refusal(400, "api.no_idempotency_key", most=LONGEST_KEY)
    return key


async def _body(request: Request) -> bytes:
    """The body, read only as far as a body may go."""
    found = bytearray()
    try:
        async for part in request.stream():
            found += part
            if len(found) > MOST_BYTES:
                raise Refusal(413, "api.too_large", kilobytes=MOST_BYTES // 1024)
    except ClientDisconnect as error:
        raise Refusal(400, "api.no_json") from error
    return bytes(found)


def _read(sent: bytes) -> dict[str, Any]:
    try:
        return order_body(sent)
    except Invalid as error:
        if error.key == "api.no_json":
            raise Refusal(400, error.key) from error
        raise


async def _no_route(request: Request, error: Exception) -> Response:
    """No such path, or not by this method."""
    assert isinstance(error, HTTPException)
    status = error.status_code if error.status_code in (404, 405) else 400
    keys = {404: "api.no_such_path", 405: "api.wrong_method"}
    return refused(request, Refusal(status, keys.get(status, "api.no_json"), error.headers))


async def _fault(request: Request, _error: Exception) -> Response:
    """A fault of ours. Starlette raises it again after this answer, so that it stands in the log."""
    return refused(request, Refusal(500, "api.fault"))
