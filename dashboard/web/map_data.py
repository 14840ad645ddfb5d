"""The map's heavy parts by URL: outlines, grids, sites and needs as gzipped JSON with ETags.

The gate has checked the session before a request comes here; what is answered stays within the reader's right. An
answer is kept under everything it depends on (county, revisions, day, filter, reader's part of the tree), so that a
second reader of the same layer costs nothing and a browser that has it already is told so in 304.
"""

import gzip
import hashlib
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from cachetools import LRUCache
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from dashboard.core.filters import Filters, parse, query
from dashboard.core.permissions import Action, Actor
from dashboard.core.replay import AsOf, Known, last_moment
from dashboard.core.words import Subject
from dashboard.services import map_layers, store
from dashboard.services.commands import revisions
from dashboard.services.filtering import county_day
from dashboard.text import LANGUAGES
from db.engine import Database

#: Kept by the browser, asked about each time: a signed-out browser gets nothing, a signed-in one mostly 304.
_CACHE = "private, no-cache"
_ANSWERS: LRUCache[str, bytes] = LRUCache(maxsize=64)
_GATE = threading.Lock()


@dataclass(frozen=True)
class Asked:
    """A request for a layer in the terms of the services."""

    actor: Actor
    filters: Filters
    language: str
    #: The end of the day that is looked at; `past` is that day, and whose knowledge, where it is gone by.
    now: datetime
    past: AsOf | None


@dataclass(frozen=True)
class Layer:
    """How a layer is read, which subjects it depends on, and whether on reader, filter, day or language too."""

    name: str
    reads: tuple[Subject, ...]
    #: (session, asked) -> the layer's JSON.
    read: Callable[[Any, Asked], dict[str, Any]]
    action: Action = Action.SEE_MAP
    personal: bool = False
    filtered: bool = False
    daily: bool = False
    spoken: bool = False

    def key(self, database: Database, asked: Asked, seen: tuple[int, ...]) -> str:
        """Everything the answer depends on, as a digest."""
        parts = [
            str(database.url),
            self.name,
            asked.actor.county,
            seen,
            (asked.actor.site_path, asked.actor.role) if self.personal else None,
            sorted(query(asked.filters).items()) if self.filtered else None,
            county_day(asked.now).isoformat() if self.daily or asked.past else None,
            asked.language if self.spoken else None,
            asked.past,
        ]
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


LAYERS: tuple[Layer, ...] = (
    Layer("backdrop", (Subject.PLACES,), lambda session, asked: map_layers.backdrop(session, asked.actor.county)),
    Layer(
        "towns",
        (Subject.PLACES,),
        lambda session, asked: map_layers.towns(session, asked.actor.county, asked.now),
        daily=True,
    ),
    Layer(
        "grids",
        (Subject.PLACES,),
        lambda session, asked: map_layers.grids(session, asked.actor.county, asked.now),
        daily=True,
    ),
    Layer(
        "sites",
        (Subject.PLACES,),
        lambda session, asked: map_layers.sites(session, asked.actor, asked.filters, asked.now),
        filtered=True,
        daily=True,
    ),
    Layer(
        "needs",
        (Subject.PLACES, Subject.CATALOGUE, Subject.NEEDS),
        lambda session, asked: map_layers.needs(session, asked.actor, asked.filters, asked.language, asked.past),
        action=Action.SEE_NEEDS,
        personal=True,
        filtered=True,
        spoken=True,
    ),
)


#: (database, reader, language, "site" | "grid" | "need", number) -> the card as plain values.
Cards = Callable[[Database, Actor, str, str, int], dict[str, Any]]
_THING = re.compile(r"(site|grid|need):([0-9]{1,15})")


def routes(actor_of: Callable[[Request], Actor | None], card_of: Cards) -> list[BaseRoute]:
    """`/map-data/<layer>.json` for every layer, and `/map-data/card.json?what=grid:12` for what was clicked.

    `actor_of` says who asks, None for nobody; `card_of` writes a card.
    """
    layers = [Route(f"/map-data/{layer.name}.json", _handler(layer, actor_of)) for layer in LAYERS]
    return [*layers, Route("/map-data/card.json", _card_handler(actor_of, card_of))]


def forget_all() -> None:
    """Drop every kept answer (tests)."""
    with _GATE:
        _ANSWERS.clear()


def _handler(layer: Layer, actor_of: Callable[[Request], Actor | None]) -> Callable[[Request], Any]:
    async def handle(request: Request) -> Response:
        actor = actor_of(request)
        if actor is None:
            return PlainTextResponse("sign in first", 401)
        if not actor.may(layer.action):
            return PlainTextResponse("not yours to see", 403)
        asked = Asked(actor, parse(request.query_params), _language(request), *_day(request, datetime.now(UTC)))
        return await run_in_threadpool(_answer, layer, asked, request.headers.get("if-none-match", ""))

    return handle


def _card_handler(actor_of: Callable[[Request], Actor | None], card_of: Cards) -> Callable[[Request], Any]:
    async def handle(request: Request) -> Response:
        actor = actor_of(request)
        if actor is None:
            return PlainTextResponse("sign in first", 401)
        if not actor.may(Action.SEE_MAP):
            return PlainTextResponse("not yours to see", 403)
        asked = _THING.fullmatch(request.query_params.get("what", ""))
        if asked is None:
            return PlainTextResponse("no such thing", 400)
        kind, number = asked[1], int(asked[2])
        card = await run_in_threadpool(card_of, store.database(), actor, _language(request), kind, number)
        return JSONResponse(card, headers={"cache-control": "no-store"})

    return handle


def _day(request: Request, now: datetime) -> tuple[datetime, AsOf | None]:
    """The moment to show, and the day where it is gone by; a day that is none, or not gone by, is now."""
    known = Known.NOW if request.query_params.get("known") == Known.NOW else Known.THEN
    try:
        day = date.fromisoformat(request.query_params.get("day", ""))
    except ValueError:
        return now, None
    return (last_moment(day), AsOf(day, known)) if day < county_day(now) else (now, None)


def _language(request: Request) -> str:
    asked = request.query_params.get("lang", "")
    return asked if asked in LANGUAGES else LANGUAGES[0]


def _answer(layer: Layer, asked: Asked, known: str) -> Response:
    database = store.database()
    with database.read() as session:
        key = layer.key(database, asked, revisions(session, asked.actor.county, layer.reads))
        headers = {"etag": f'"{key}"', "cache-control": _CACHE, "vary": "cookie"}
        if key in known:
            return Response(status_code=304, headers=headers)
        with _GATE:
            packed = _ANSWERS.get(key)
        if packed is None:
            words = json.dumps(layer.read(session, asked), ensure_ascii=False, separators=(",", ":"))
            packed = gzip.compress(words.encode(), compresslevel=6, mtime=0)
            with _GATE:
                _ANSWERS[key] = packed
    return Response(packed, media_type="application/json", headers=headers | {"content-encoding": "gzip"})
