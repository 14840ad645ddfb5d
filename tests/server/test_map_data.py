"""The map's layers by URL: only for the signed-in, within her right, once per version."""

import asyncio
import gzip
import json
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

import pytest
import requests
from sqlalchemy import select, update
from starlette.applications import Starlette

from dashboard.core.permissions import Actor
from dashboard.core.replay import Known, until
from dashboard.core.words import Role, Subject
from dashboard.services import store
from dashboard.services.commands import raise_revisions
from dashboard.services.replay import open_at
from dashboard.text import text
from dashboard.ui import map_card_words
from dashboard.web import map_data
from db.engine import Database
from db.models import Need, Site
from tests.builders import COUNTY, an_actor
from tests.serving import Served

LAYERS = ["backdrop", "towns", "grids", "sites", "needs"]


@dataclass
class Reply:
    """What a route answered, unpacked."""

    status_code: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        packed = self.headers.get("content-encoding") == "gzip"
        return json.loads(gzip.decompress(self.body) if packed else self.body)


class Reader:
    """A browser before the routes alone; `actor` says who the gate found."""

    def __init__(self) -> None:
        self.actor: Actor | None = an_actor(Role.COORDINATOR)
        self.app = Starlette(routes=map_data.routes(lambda _request: self.actor, map_card_words.card))

    def get(self, layer: str, query: str = "", **headers: str) -> Reply:
        return asyncio.run(self._get(f"/map-data/{layer}.json", query, headers))

    async def _get(self, path: str, query: str, headers: dict[str, str]) -> Reply:
        said: list[MutableMapping[str, Any]] = []

        async def receive() -> MutableMapping[str, Any]:
            return {"type": "http.request"}

        async def send(message: MutableMapping[str, Any]) -> None:
            said.append(message)

        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": pairs}
        await self.app(scope, receive, send)
        told = {name.decode(): value.decode() for name, value in said[0]["headers"]}
        return Reply(said[0]["status"], told, b"".join(part.get("body", b"") for part in said[1:]))


@pytest.fixture
def reader(county: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    monkeypatch.setenv(store.URL_VARIABLE, str(county.url))
    map_data.forget_all()
    yield Reader()
    store.open_database.cache_clear()


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_comes_packed_with_its_version_and_a_second_time_only_a_nod(reader: Reader, layer: str) -> None:
    first = reader.get(layer)
    assert (first.status_code, first.headers["content-encoding"]) == (200, "gzip")
    assert first.headers["cache-control"] == "private, no-cache"
    assert first.json()
    again = reader.get(layer, **{"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.body) == (304, b"")


@pytest.mark.parametrize("layer", LAYERS)
def test_nobody_gets_nothing(reader: Reader, layer: str) -> None:
    reader.actor = None
    assert reader.get(layer).status_code == 401


def test_a_change_makes_a_new_version_for_the_layers_that_read_it(reader: Reader, county: Database) -> None:
    before = {layer: reader.get(layer).headers["etag"] for layer in LAYERS}
    county.write(lambda session: raise_revisions(session, COUNTY, [Subject.NEEDS]))
    after = {layer: reader.get(layer).headers["etag"] for layer in LAYERS}
    assert {layer for layer in LAYERS if before[layer] != after[layer]} == {"needs"}
    county.write(lambda session: raise_revisions(session, COUNTY, [Subject.PLACES]))
    assert not {reader.get(layer).headers["etag"] for layer in LAYERS} & set(after.values())


def test_two_readers_of_different_parts_get_different_needs(reader: Reader, county: Database) -> None:
    everything = reader.get("needs")
    with county.read() as session:
        station = session.query(Site).filter_by(level="station").order_by(Site.id).first()
        reader.actor = an_actor(Role.STATION_WORKER, station)
    part = reader.get("needs")
    assert part.headers["etag"] != everything.headers["etag"]
    assert 0 < len(everything.json()["needs"])
    assert {need[0] for need in part.json()["needs"]} < {need[0] for need in everything.json()["needs"]}
    assert reader.get("grids").headers["etag"] == _as_everybody(reader, "grids")


def _as_everybody(reader: Reader, layer: str) -> Any:
    reader.actor = an_actor(Role.LEADER)
    return reader.get(layer).headers["etag"]


def test_the_filter_in_the_address_is_heeded_and_nonsense_is_not(reader: Reader) -> None:
    urgent = reader.get("needs", "urgency=urgent").json()["needs"]
    assert urgent
    assert {need[3] for need in urgent} == {"urgent"}
    assert reader.get("needs", "urgency=%27+or+1%3D1").json() == reader.get("needs").json()


def test_words_arrive_as_they_are(reader: Reader, county: Database) -> None:
    words = "{{ 7 * 7 }} ${alert(1)} <img src=x onerror=alert(1)>"

    def rename(session: Any) -> None:
        session.execute(update(Site).values(name=words))
        raise_revisions(session, COUNTY, [Subject.PLACES])

    county.write(rename)
    assert {site["name"] for site in reader.get("sites").json()["sites"]} == {words}


def test_a_browser_before_the_real_server_needs_to_be_signed_in(served: Served) -> None:
    url = f"{served.url}/map-data/grids.json"
    assert requests.get(url, timeout=20).status_code == 401
    inside = served.enter_as("leader").get(url, timeout=20)
    assert inside.status_code == 200
    assert len(inside.json()["features"]) == 60
    assert "content-security-policy" in inside.headers


def test_an_answer_is_kept_packed_and_not_made_twice(reader: Reader, county: Database) -> None:
    first = reader.get("needs").body
    # No revision is raised here: this is what nobody may do, and shows that the second answer is the kept one.
    county.write(lambda session: session.execute(update(Need).values(lon=100.0)))
    assert reader.get("needs").body == first


class TestCards:
    def test_a_card_comes_fresh_in_the_language_asked_for(self, reader: Reader) -> None:
        chinese, english = (reader.get("card", f"what=site:1&lang={language}") for language in ("zh", "en"))
        assert (chinese.status_code, chinese.headers["cache-control"]) == (200, "no-store")
        assert "中心" in chinese.json()["lines"][0]
        assert "Centre" in english.json()["lines"][0]

    @pytest.mark.parametrize(
        "what", ["", "site", "site:", "person:1", "site:1;2", "site:-1", "grid:1e3", "need:٣", "x" * 99]
    )
    def test_nonsense_is_refused(self, reader: Reader, what: str) -> None:
        assert reader.get("card", f"what={quote(what)}").status_code == 400

    def test_nobody_and_nobody_s_role_get_none(self, reader: Reader) -> None:
        reader.actor = None
        assert reader.get("card", "what=site:1").status_code == 401

    def test_what_is_out_of_reach_says_that_it_is_gone(self, reader: Reader, county: Database) -> None:
        with county.read() as session:
            far, near = session.query(Site).filter_by(level="institute").order_by(Site.id)[:2]
            need_id = session.query(Need.id).filter(Need.site_id == far.id).scalar() or 999_999
            reader.actor = an_actor(Role.STATION_WORKER, near)
        assert reader.get("card", f"what=need:{need_id}").json()["title"] == text("zh", "map.gone")


def test_a_day_gone_by_has_its_own_needs_and_its_own_version(reader: Reader, county: Database) -> None:
    with county.read() as session:
        day = date(2026, 10, 15)
        then = set(session.scalars(select(Need.id).where(open_at(until(day), Known.THEN), Need.town_code.is_not(None))))
    found = reader.get("needs", f"day={day}")
    needs = found.json()["needs"]
    assert {need[0] for need in needs} == then
    assert then
    assert {need[4] for need in needs} == {None}, "nobody kept the deadlines of then"
    now = reader.get("needs")
    assert found.headers["etag"] != now.headers["etag"]
    for words in ("2999-01-01", "x", ""):
        assert reader.get("needs", f"day={words}").headers["etag"] == now.headers["etag"]


def test_a_site_opened_since_is_not_on_the_map_of_then(reader: Reader, county: Database) -> None:
    def open_late(session: Any) -> int:
        site = session.scalars(select(Site).where(Site.lon.is_not(None)).order_by(Site.id.desc())).first()
        site.valid_from = date(2026, 11, 1)
        raise_revisions(session, COUNTY, [Subject.PLACES])
        return int(site.id)

    site_id = county.write(open_late)
    shown = [{site["id"] for site in reader.get("sites", query).json()["sites"]} for query in ("", "day=2026-10-15")]
    assert [site_id in ids for ids in shown] == [True, False]
