"""What the intake API answers when it refuses: problem+json (RFC 9457), in the language the caller reads."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dashboard.core.errors import Conflict, DashboardError, Forbidden, NotFound
from dashboard.services.intake_api import Flaw, OtherBody, Unread
from dashboard.text import LANGUAGES, text

MEDIA_TYPE = "application/problem+json"
#: Status -> the last word of the problem's type; the title is text api.title_<word>.
KINDS = {
    400: "request",
    401: "key",
    403: "right",
    404: "unknown",
    405: "method",
    409: "conflict",
    413: "size",
    415: "media",
    422: "content",
    429: "rate",
    500: "fault",
    503: "away",
}
#: A key that was used with another body has a type of its own: it is mended otherwise than a wrong field.
OTHER_BODY = "other_body"
TYPES = (*KINDS.values(), OTHER_BODY)
#: Where an order's own rules point to; whatever else is refused is refused as a whole.
POINTERS: dict[str, tuple[str | int, ...]] = {
    "needs.span_too_far": ("intervals",),
    "needs.spans_overlap": ("intervals",),
    "needs.bad_head_count": ("roles",),
    "needs.bad_least": ("roles",),
    "needs.unknown_village": ("place", "village"),
    "needs.staff_phone": ("resident", "phone"),
}


class Refusal(Exception):
    """Refused at the door: a status, the key of the sentence, and headers that go with it."""

    def __init__(self, status: int, key: str, headers: Mapping[str, str] | None = None, **values: object) -> None:
        super().__init__(key)
        self.status, self.key, self.headers, self.values = status, key, dict(headers or {}), values


def language_of(request: Request) -> str:
    """The language of Accept-Language that is ours and wished most; Chinese when none is."""
    best, chosen = 0.0, LANGUAGES[0]
    for part in request.headers.get("accept-language", "")[:500].lower().split(","):
        name, _, weight = part.strip().partition(";")
        wished = re.fullmatch(r"\s*q=([01](?:\.\d{0,3})?)\s*", weight)
        value = float(wished[1]) if wished else 0.0 if weight else 1.0
        tongue = name.strip().partition("-")[0]
        if tongue in LANGUAGES and value > best:
            best, chosen = value, tongue
    return chosen


def refused(request: Request, refusal: Refusal) -> Response:
    """A refusal at the door."""
    return problem(request, refusal.status, refusal.key, refusal.values, headers=refusal.headers)


def of_error(request: Request, error: DashboardError) -> Response:
    """A refusal of ours: 403 no right, 404 no such row, 409 changed meanwhile, 422 else, with the fields at fault."""
    if isinstance(error, Unread):
        return problem(request, 422, error.key, error.values, flaws=error.flaws)
    if isinstance(error, OtherBody):
        return problem(request, 422, error.key, error.values, kind=OTHER_BODY)
    status = {Forbidden: 403, NotFound: 404, Conflict: 409}.get(type(error), 422)
    where = POINTERS.get(error.key)
    flaws = () if where is None else (Flaw(where, error.key, error.values),)
    return problem(request, status, error.key, error.values, flaws=flaws)


def problem(
    request: Request,
    status: int,
    key: str,
    values: Mapping[str, object],
    *,
    kind: str = "",
    flaws: Sequence[Flaw] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem with its sentence in the reader's language."""
    language, kind = language_of(request), kind or KINDS[status]
    body: dict[str, Any] = {
        "type": f"urn:dispatch-desk:problem:{kind}",
        "title": text(language, f"api.title_{kind}"),
        "status": status,
        "detail": text(language, key, **values),
    }
    if flaws:
        body["errors"] = [
            {"pointer": pointer(flaw.where), "detail": text(language, flaw.key, **flaw.values)} for flaw in flaws
        ]
    said = {"content-language": language, "vary": "Accept-Language", **(headers or {})}
    return JSONResponse(body, status, headers=said, media_type=MEDIA_TYPE)


def pointer(where: Sequence[str | int]) -> str:
    """A JSON pointer as a fragment (RFC 6901, section 6): ("intervals", 0, "end") -> "#/intervals/0/end"."""
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in where)
    return "#" + "".join("/" + quote(part, safe="~") for part in parts)
