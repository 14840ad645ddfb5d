"""The gate: nothing but the sign-in pages, the health answer and our public files is served without a valid cookie.

Streamlit by itself lets anybody open a websocket, park uploads, read downloads, metrics and components. Here the rule
is the other way round: a path is closed unless it stands in `OPEN_PATHS`. For a signed-in request the gate hands the
actor to our own routes (`actor_of(request)`) and the session's digest to Streamlit in a private header that clients
can't set: `server.trustedUserHeaders` ties a Streamlit session to it, so that nobody can resume somebody else's.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import cast
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.core.permissions import Actor
from dashboard.services import signins, store

COOKIE = "dashboard_session"
PRIVATE_HEADER = "x-dashboard-session"
OPEN_PATHS = frozenset({"/healthz", "/signin", "/signin/as", "/signin/setup", "/verify"})
#: Streamlit's own frontend files and ours: the same for everybody, nothing about anybody. And the intake API: it asks
#: for a key of its own.
OPEN_PREFIXES = ("/static/", "/app/static/", "/api/v1/")
#: A short link, a certificate's code: one name below these and nothing deeper.
OPEN_NAME = re.compile(r"/(r|verify)/[^/\n]+")
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
FORWARDING = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via", "cf-ray")

POLICY = "; ".join(
    (
        "default-src 'self'",
        # Streamlit and its component frames evaluate code: without these two nothing shows.
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "media-src 'self' blob:",
        "worker-src 'self' blob:",
        "frame-src 'self' blob: data:",
        "frame-ancestors 'self'",
        "form-action 'self'",
        "object-src 'none'",
        "base-uri 'self'",
    )
)
SECURITY_HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(self), payment=(), usb=()",
    "x-robots-tag": "noindex",
}

#: A link followed from another site carries no SameSite=Strict cookie; asked again from our own page, it does.
ONCE_MORE = '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0">'


class Gate:
    """ASGI middleware. `hosts` gives the host names that may be asked for ("*": any, "*.example.com": a domain)."""

    def __init__(self, app: ASGIApp, hosts: Callable[[], list[str]]) -> None:
        self.app = app
        self.hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)
        request = HTTPConnection(scope)
        hardened = _hardened(send, request)
        if not host_allowed(request.headers.get("host"), self.hosts()):
            return await _refuse(scope, receive, hardened, PlainTextResponse("unknown host", 421))
        token = session_token(request)
        public = scope["type"] == "http" and is_open(scope["path"])
        found = None if public else await run_in_threadpool(signins.lookup, store.database(), token, datetime.now(UTC))
        headers = Headers(scope=scope).mutablecopy()
        del headers[PRIVATE_HEADER]
        if found is not None and token is not None:
            headers[PRIVATE_HEADER] = signins.digest(token)
        elif not public:
            return await _refuse(scope, receive, hardened, _turned_away(request))
        inner = {**scope, "headers": headers.raw, "dashboard.actor": found.actor if found else None}
        return await self.app(inner, receive, hardened)


def is_open(path: str) -> bool:
    """May a stranger ask for this path?"""
    return path in OPEN_PATHS or path.startswith(OPEN_PREFIXES) or OPEN_NAME.fullmatch(path) is not None


def actor_of(request: HTTPConnection) -> Actor:
    """Who asks one of our own routes. Only routes behind the gate may call it."""
    actor = request.scope.get("dashboard.actor")
    if actor is None:
        raise LookupError("this route is served without the gate")
    return cast(Actor, actor)


def session_token(request: HTTPConnection) -> str | None:
    """The token in the request's cookie, None where there is none or it can't be one."""
    found = request.cookies.get(COOKIE)
    return found if found and len(found) <= 100 else None


def host_allowed(host: str | None, allowed: list[str]) -> bool:
    """Is the Host header, its port aside, one of the allowed names?"""
    name = host_name(host)
    if name is None:
        return False
    return any(
        pattern == "*" or name == pattern.lower() or (pattern.startswith("*.") and name.endswith(pattern[1:].lower()))
        for pattern in allowed
    )


def host_name(host: str | None) -> str | None:
    """The name in a Host header without its port, in lower case; None for a header that is no host at all."""
    text = (host or "").strip().lower().rstrip(".")
    if not text or any(sign in text for sign in "/@?#\\ ,"):
        return None
    if text.startswith("["):
        name, _, port = text[1:].partition("]")
        port = port.removeprefix(":")
    else:
        name, _, port = text.partition(":")
    return name if name and (not port or port.isdigit()) else None


def from_this_machine(request: HTTPConnection) -> bool:
    """Does the request come from this machine itself, to a loopback name, through no proxy?"""
    peer = request.client.host if request.client else ""
    direct = not any(name in request.headers for name in FORWARDING) and request.scope.get("http_version") != "1.0"
    return direct and peer in LOOPBACK and host_name(request.headers.get("host")) in LOOPBACK


def same_origin(request: HTTPConnection) -> bool:
    """Was a form sent from our own page? Browsers say where it comes from; who says nothing is no browser."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    return origin is None or origin.partition("://")[2] == request.headers.get("host")


def _turned_away(request: HTTPConnection) -> Response:
    """For a page: the way to the sign-in. For everything else: no."""
    wants_page = "text/html" in request.headers.get("accept", "")
    if request.scope["type"] == "websocket" or request.scope.get("method") != "GET" or not wants_page:
        return PlainTextResponse("sign in first", 401)
    if request.headers.get("sec-fetch-site") == "cross-site":
        return HTMLResponse(ONCE_MORE)
    path = request.scope["path"]
    query = request.scope.get("query_string", b"").decode("latin-1")
    wanted = path + (f"?{query}" if query else "")
    return RedirectResponse("/signin" + ("" if wanted == "/" else f"?next={quote(wanted, safe='')}"), 303)


async def _refuse(scope: Scope, receive: Receive, send: Send, answer: Response) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    await answer(scope, receive, send)


def _hardened(send: Send, request: HTTPConnection) -> Send:
    """`send` with the security headers on every answer; pages and answers behind the sign-in are not kept by caches."""
    https = request.scope.get("scheme") in ("https", "wss")

    async def hardened(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers[name] = value
            if https:
                headers["strict-transport-security"] = "max-age=31536000"
            headers.setdefault("cache-control", "no-store")
        await send(message)

    return hardened
