"""The routes of signing in and out, and of the first set-up. Plain forms, plain HTML, no script needed."""

import hmac
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from urllib.parse import quote

from anyio import CapacityLimiter, to_thread
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboard.core.errors import Conflict, DashboardError, Forbidden
from dashboard.core.words import Role
from dashboard.services import signins, store
from dashboard.text import LANGUAGES, text
from dashboard.web import signin_html as html
from dashboard.web.gate import COOKIE, from_this_machine, same_origin, session_token

LANGUAGE_COOKIE = "dashboard_language"
#: A form of ours is a few hundred bytes.
FORM_LIMIT = 16_384
#: Passwords are hashed with 64 MB each: two at a time, the others wait.
_hashing = CapacityLimiter(2)


@cache
def setup_token() -> str:
    """What the first admin copies from the console: made once a process, gone when it ends."""
    return secrets.token_urlsafe(18)


def routes() -> list[Route]:
    return [
        Route("/signin", show, methods=["GET"]),
        Route("/signin", submit, methods=["POST"]),
        Route("/signin/as", enter, methods=["POST"]),
        Route("/signin/setup", set_up, methods=["POST"]),
        Route("/signout", leave, methods=["POST"]),
    ]


async def show(request: Request) -> Response:
    """The sign-in page, or the first set-up; a `language` in the address is remembered."""
    chosen = request.query_params.get("language", "")
    if chosen in LANGUAGES:
        answer: Response = RedirectResponse(_with_next("/signin", _local(request.query_params.get("next", ""))), 303)
        answer.set_cookie(LANGUAGE_COOKIE, chosen, max_age=31_536_000, samesite="lax", httponly=True, path="/signin")
        return answer
    if await to_thread.run_sync(_valid, session_token(request)):
        return RedirectResponse(_local(request.query_params.get("next", "")), 303)
    page = await _page(request, _local(request.query_params.get("next", "")))
    if session_token(request):
        page.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
    return page


async def submit(request: Request) -> Response:
    """Check username and password; the right ones go on to the page wanted, with a cookie."""
    form = await _form(request)
    if isinstance(form, Response):
        return form
    wanted = _local(_value(form, "next"))
    username, password = _value(form, "username"), _value(form, "password")
    return await _opened(
        request,
        wanted,
        lambda: signins.sign_in(
            store.database(), username, password, address=_address(request), now=_now(), language=_chosen(request)
        ),
        {"username": username},
    )


async def enter(request: Request) -> Response:
    """Enter a sample county as a role, from this machine only."""
    form = await _form(request)
    if isinstance(form, Response):
        return form
    wanted, role = _local(_value(form, "next")), _value(form, "role")

    def token() -> str:
        if not from_this_machine(request) or role not in set(Role):
            raise Forbidden("signin.no_sample")
        return signins.enter_as(
            store.database(), Role(role), address=_address(request), now=_now(), language=_chosen(request)
        )

    return await _opened(request, wanted, token)


async def set_up(request: Request) -> Response:
    """Make the first admin for whoever can read the console."""
    form = await _form(request)
    if isinstance(form, Response):
        return form
    fields = {name: _value(form, name) for name in ("token", "username", "display_name", "county")}
    password, repeat = _value(form, "new_password"), _value(form, "repeat")

    def make() -> None:
        if not hmac.compare_digest(fields["token"].strip().encode(), setup_token().encode()):
            raise Forbidden("signin.wrong_token")
        if password != repeat:
            raise Forbidden("signin.not_repeated")
        signins.first_admin(
            store.database(),
            username=fields["username"],
            display_name=fields["display_name"],
            password=password,
            county=fields["county"].strip(),
            now=_now(),
        )

    try:
        await to_thread.run_sync(make, limiter=_hashing)
    except DashboardError as error:
        return await _page(request, "/", error, kept=fields)
    return await _page(request, "/", done="signin.set_up")


async def leave(request: Request) -> Response:
    """End the session and forget the cookie."""
    if not same_origin(request):
        return RedirectResponse("/", 303)
    await to_thread.run_sync(lambda: signins.sign_out(store.database(), session_token(request), now=_now()))
    answer = RedirectResponse("/signin", 303)
    answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
    return answer


async def _opened(
    request: Request, wanted: str, make_token: Callable[[], str], kept: dict[str, str] | None = None
) -> Response:
    """Go on with the cookie of a new session, or say in words why not; `kept` are fields to fill in again then."""
    try:
        token = await to_thread.run_sync(make_token, limiter=_hashing)
    except DashboardError as error:
        return await _page(request, wanted, error, kept=kept)
    answer = RedirectResponse(wanted, 303)
    answer.set_cookie(
        COOKIE,
        token,
        max_age=int(signins.SESSION_LENGTH.total_seconds()),
        path="/",
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return answer


async def _page(
    request: Request,
    wanted: str,
    error: DashboardError | None = None,
    *,
    done: str = "",
    kept: dict[str, str] | None = None,
) -> Response:
    language = _language(request)
    message = text(language, error.key, **error.values) if error else text(language, done) if done else ""
    local = from_this_machine(request)
    body = await to_thread.run_sync(lambda: _html(language, wanted, message, bool(done), local, kept))
    status = 200 if error is None else 429 if isinstance(error, Conflict) else 403
    return HTMLResponse(body, status)


def _html(language: str, wanted: str, message: str, good: bool, local: bool, kept: dict[str, str] | None) -> str:
    database = store.database()
    with database.read() as session:
        known = store.has_county(session)
        county = store.county_name(session, store.county_code(session)) if known else ""
    if signins.needs_first_admin(database):
        return html.setup_page(language, county=county, ask_county=not known, message=message, kept=kept)
    doors = [role.value for role in signins.sample_doors(database)] if local else []
    username = (kept or {}).get("username", "")
    return html.signin_page(
        language, county=county, doors=doors, wanted=wanted, message=message, good=good, username=username
    )


async def _form(request: Request) -> FormData | Response:
    """The form of our own page; a page that says why not for a form sent from elsewhere or too big to be ours."""
    length = request.headers.get("content-length", "")
    if not same_origin(request) or not length.isdigit() or int(length) > FORM_LIMIT:
        return await _page(request, "/", Forbidden("signin.foreign_form"))
    return await request.form(max_files=0, max_fields=12)


def _value(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value.replace("\0", "")[:400] if isinstance(value, str) else ""


def _local(path: str) -> str:
    """A path of ours to go on to; anything that could lead elsewhere becomes the front page."""
    plain = path.startswith("/") and not path.startswith(("//", "/\\", "/signin", "/signout"))
    return path if plain and path.isprintable() and "\\" not in path and len(path) <= 500 else "/"


def _with_next(path: str, wanted: str) -> str:
    return path if wanted == "/" else f"{path}?next={quote(wanted, safe='')}"


def _valid(token: str | None) -> bool:
    return signins.lookup(store.database(), token, _now()) is not None


def _chosen(request: Request) -> str | None:
    """The language somebody chose on the sign-in page, None for no choice."""
    cookie = request.cookies.get(LANGUAGE_COOKIE)
    return cookie if cookie in LANGUAGES else None


def _language(request: Request) -> str:
    return _chosen(request) or LANGUAGES[0]


def _address(request: Request) -> str:
    return (request.client.host if request.client else "")[:40]


def _now() -> datetime:
    return datetime.now(UTC)
