"""`/r/<token>`: the pages behind short links. The token is the only key; without it nothing is shown, not even that the
page exists. No cookie, no session, no address outside.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl

from cachetools import TTLCache
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard.core import attendance
from dashboard.core.errors import DashboardError, NotFound
from dashboard.core.words import Outcome
from dashboard.services import link_deeds, link_pages, links, store
from dashboard.services.link_pages import ResidentPage, VolunteerPage
from dashboard.services.links import VOLUNTEER
from dashboard.text import LANGUAGES, text
from dashboard.web.gate import same_origin

#: Requests an address may make in a minute, and of those how many for links that don't exist.
MOST, MOST_UNKNOWN = 120, 20
FORM_LIMIT = 16_384
#: Why somebody can't come; text: links.why_<name>.
REASONS = ("time", "far", "ill", "skill", "other")
_COUNTS: TTLCache[tuple[str, str], int] = TTLCache(maxsize=50_000, ttl=60)
_GATE = Lock()


@dataclass(frozen=True)
class Writer:
    """How pages are written (`ui.link_html`): (language, page, message) -> HTML."""

    volunteer: Callable[[str, VolunteerPage, str], str]
    resident: Callable[[str, ResidentPage, str], str]
    refusal: Callable[[str, str], str]


def routes(write: Writer) -> list[BaseRoute]:
    """GET shows, POST does; after a deed the browser is sent back to the page."""

    async def show(request: Request) -> Response:
        return await run_in_threadpool(_shown, write, request, "")

    async def do(request: Request) -> Response:
        fields = await _form(request)
        if fields is None or not same_origin(request):
            return HTMLResponse(write.refusal(_language(request), text(_language(request), "links.bad_form")), 400)
        return await run_in_threadpool(_done, write, request, fields)

    path = "/r/{token}"
    return [Route(path, show, methods=["GET"]), Route(path, do, methods=["POST"])]


def forget_counts() -> None:
    """Let everybody ask again (tests)."""
    with _GATE:
        _COUNTS.clear()


def _shown(write: Writer, request: Request, message: str, status: int = 200) -> Response:
    language, now = _language(request), datetime.now(UTC)
    if _too_many(request, "all", MOST) or _too_many(request, "unknown", MOST_UNKNOWN, count=False):
        return _refused(write, language, "links.too_many", 429, **{"retry-after": "60"})
    database = store.database()
    try:
        with database.read() as session:
            opened = links.find(session, request.path_params["token"], now)
            if opened.party == VOLUNTEER:
                shown = write.volunteer(language, link_pages.volunteer_page(session, opened, language), message)
            else:
                shown = write.resident(language, link_pages.resident_page(session, opened, language), message)
    except DashboardError as error:
        return _closed(write, request, error)
    return HTMLResponse(shown, status, headers=_HEADERS)


def _done(write: Writer, request: Request, fields: dict[str, str]) -> Response:
    language, now = _language(request), datetime.now(UTC)
    if _too_many(request, "all", MOST) or _too_many(request, "unknown", MOST_UNKNOWN, count=False):
        return _refused(write, language, "links.too_many", 429, **{"retry-after": "60"})
    database = store.database()
    try:
        opened = links.open_link(database, request.path_params["token"], now)
    except DashboardError as error:
        return _closed(write, request, error)
    try:
        link_deeds.act(database, opened, fields.get("do", ""), now, **_values(fields))
    except DashboardError as error:
        if error.key == "links.cannot_take_over":
            # Nobody finds out by trying who is a volunteer here.
            _too_many(request, "unknown", MOST_UNKNOWN)
        return _shown(write, request, text(language, error.key, **error.values), 409)
    except ValueError:
        return _shown(write, request, text(language, "links.bad_form"), 400)
    return RedirectResponse(request.url.path + (f"?lang={language}" if "lang" in request.query_params else ""), 303)


def _values(fields: dict[str, str]) -> dict[str, Any]:
    """The fields of a deed. Raises ValueError for what no form of ours sends."""
    do = fields.get("do", "")
    if do == "decline":
        # The key is kept: the desk reads it in its own language.
        return {"reason": f"links.why_{_one_of(fields, 'reason', REASONS)}"}
    if do == "hand_over":
        why = f"links.why_{_one_of(fields, 'reason', REASONS)}"
        return {"whom": fields.get("whom", ""), "number": fields.get("number", ""), "reason": why}
    if do == "arrive":
        return {"position": attendance.position(fields.get("lon", ""), fields.get("lat", ""))}
    if do == "leave":
        pause = fields.get("break_minutes", "").strip() or "0"
        return {
            "break_minutes": int(pause),
            "report": fields.get("report", ""),
            "position": attendance.position(fields.get("lon", ""), fields.get("lat", "")),
        }
    if do == "rate":
        score = fields.get("score", "")
        return {
            "outcome": Outcome(fields.get("outcome", "")),
            "score": int(score) if score else None,
            "words": fields.get("words", ""),
        }
    return {"words": fields.get("words", "")} if do in ("not_settled", "correct") else {}


def _one_of(fields: dict[str, str], name: str, choices: tuple[str, ...]) -> str:
    found = fields.get(name, "")
    if found not in choices:
        raise ValueError(name)
    return found


async def _form(request: Request) -> dict[str, str] | None:
    """The fields of a form of ours; None for anything else, or for more than such a form holds."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > FORM_LIMIT:
            return None
    if kind != "application/x-www-form-urlencoded":
        return None
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=20))
    except ValueError:
        return None


#: The address is a secret: it goes to no other site and into no cache.
_HEADERS = {"cache-control": "no-store", "referrer-policy": "no-referrer"}


def _closed(write: Writer, request: Request, error: DashboardError) -> Response:
    unknown = isinstance(error, NotFound)
    if unknown:
        _too_many(request, "unknown", MOST_UNKNOWN)
    return _refused(write, _language(request), error.key, 404 if unknown else 410)


def _refused(write: Writer, language: str, key: str, status: int, **headers: str) -> Response:
    return HTMLResponse(write.refusal(language, text(language, key)), status, headers=_HEADERS | headers)


def _too_many(request: Request, kind: str, most: int, *, count: bool = True) -> bool:
    """Did this address ask more than so often in the last minute? Counts this time too, unless told not to."""
    key = (request.client.host if request.client else "", kind)
    with _GATE:
        asked = _COUNTS.get(key, 0) + (1 if count else 0)
        if count:
            _COUNTS[key] = asked
    return asked > most if count else asked >= most


def _language(request: Request) -> str:
    asked = request.query_params.get("lang", "")
    if asked in LANGUAGES:
        return asked
    first = request.headers.get("accept-language", "").strip().lower()
    return "en" if first.startswith("en") else LANGUAGES[0]
