"""`/verify/<code>`: whoever holds a service certificate learns whether it stands. Open without sign-in or script.

It says no more than a masked name, the days and the totals by grade; codes can't be guessed, and an address may ask
only so often.
"""

import ipaddress
from datetime import UTC, datetime
from html import escape
from threading import Lock

from cachetools import TTLCache
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard.core.figures import COUNTY_TIME
from dashboard.core.words import Grade
from dashboard.services import certificates_of_service as certificates
from dashboard.services import store
from dashboard.services.certificates_of_service import State, Verdict
from dashboard.text import LANGUAGES, text

#: Codes an address may ask for in a minute.
MOST = 30
#: A counter lives a minute from its first question; so many addresses are kept in mind.
_COUNTS: TTLCache[str, list[int]] = TTLCache(maxsize=50_000, ttl=60)
_GATE = Lock()
_STATUS = {State.UNKNOWN: 404}
_STYLES = ("/app/static/signin.css", "/app/static/link.css")


def routes() -> list[BaseRoute]:
    """`GET /verify` asks for a code, `GET /verify/<code>` and `GET /verify?code=...` answer: 200, 404 for an unknown
    code, 429 for an address that asks too often."""
    return [Route("/verify", show, methods=["GET"]), Route("/verify/{code}", show, methods=["GET"])]


def forget_counts() -> None:
    """Let everybody ask again (tests)."""
    with _GATE:
        _COUNTS.clear()


async def show(request: Request) -> Response:
    """The verdict on a code, or the field to type one."""
    language = _language(request)
    code = str(request.path_params.get("code", "")) or request.query_params.get("code", "")
    if not code.strip():
        return HTMLResponse(_page(language, f"<p class='lead'>{_t(language, 'hours.verify.lead')}</p>"))
    if _too_many(request.client.host if request.client else ""):
        body = _notice(language, "hours.verify.too_many", good=False)
        return HTMLResponse(_page(language, body), 429, headers={"retry-after": "60"})
    found = await run_in_threadpool(certificates.verify, store.database(), code)
    return HTMLResponse(_page(language, _verdict(language, found)), _STATUS.get(found.state, 200))


def _too_many(address: str) -> bool:
    """Counts this question. Neighbours of one IPv6 network are one address."""
    with _GATE:
        count = _COUNTS.setdefault(_network(address), [0])
        count[0] += 1
        return count[0] > MOST


def _network(address: str) -> str:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)


def _verdict(language: str, found: Verdict) -> str:
    said = _notice(language, f"hours.verify.{found.state}", good=found.state is State.VALID)
    if found.state is State.UNKNOWN or found.issued_at is None:
        return said
    rows = [
        (_t(language, "hours.sheet.name"), found.name),
        (_t(language, "hours.sheet.period"), text(language, "hours.sheet.days", first=found.first, last=found.last)),
        (_t(language, "hours.sheet.services"), str(found.services)),
        *(
            (
                escape(text(language, "hours.verify.grade", grade=grade)),
                text(language, "hours.sheet.minutes", value=minutes),
            )
            for grade, minutes in zip(Grade, found.minutes, strict=True)
        ),
        (_t(language, "hours.sheet.total"), text(language, "hours.sheet.minutes", value=sum(found.minutes))),
        (_t(language, "hours.sheet.issuer"), found.issuer),
        (_t(language, "hours.sheet.issued_at"), found.issued_at.astimezone(COUNTY_TIME).date().isoformat()),
        (_t(language, "hours.verify.asked_at"), f"{datetime.now(UTC).astimezone(COUNTY_TIME):%Y-%m-%d %H:%M}"),
    ]
    lines = "".join(f"<dt>{label}</dt><dd>{escape(value)}</dd>" for label, value in rows)
    return f"{said}<dl>{lines}</dl><p class='hint'>{_t(language, 'hours.verify.note')}</p>"


def _notice(language: str, key: str, *, good: bool) -> str:
    return f'<p class="notice {"good" if good else "bad"}" role="status">{_t(language, key)}</p>'


def _t(language: str, key: str) -> str:
    return escape(text(language, key))


def _page(language: str, body: str) -> str:
    other = "en" if language == "zh" else "zh"
    name, title = _t(language, "app.name"), _t(language, "hours.verify.title")
    styles = "".join(f'<link rel="stylesheet" href="{path}">' for path in _STYLES)
    return (
        f'<!doctype html><html lang="{"zh-CN" if language == "zh" else "en"}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{title} · {name}</title><link rel="icon" href="/app/static/icon.png">{styles}</head><body>'
        f'<header><img src="/app/static/icon.png" alt="" width="32" height="32"><span>{name}</span>'
        f'<form method="get"><button class="plain" name="lang" value="{other}" lang="{other}">'
        f"{_t(language, 'signin.other_language')}</button></form></header>"
        f'<main><div class="card"><h1>{title}</h1>{body}'
        f'<form method="get" action="/verify"><input type="hidden" name="lang" value="{language}">'
        f"<label>{_t(language, 'hours.verify.code')}"
        '<input name="code" maxlength="40" required autocomplete="off" autocapitalize="characters" spellcheck="false">'
        f'</label><button class="main">{_t(language, "hours.verify.ask")}</button></form></div></main></body></html>'
    )


def _language(request: Request) -> str:
    asked = request.query_params.get("lang", "")
    if asked in LANGUAGES:
        return asked
    first = request.headers.get("accept-language", "").strip().lower()
    return "en" if first.startswith("en") else LANGUAGES[0]
