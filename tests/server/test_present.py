"""A frozen deck over HTTP: screens and files of the same values, hostile words stay words, decisions are kept once."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
import requests
from pptx import Presentation
from schemathesis.python.asgi import ASGIClient, get_client
from sqlalchemy import select
from starlette.applications import Starlette

from dashboard.core.deck import Chart, Deck, Line, Number, Slide, Table, Words, deck_to_plain
from dashboard.core.permissions import Actor
from dashboard.core.words import Role
from dashboard.services import freezes, needs, notebooks, store
from dashboard.services.commands import perform
from dashboard.ui import deck_html
from dashboard.web import present
from db.engine import Database
from db.models import Decision, Site
from tests.builders import NOW, a_county, a_need, a_site, actor_for, an_account

AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
HOSTILE = '"><script>alert(1)</script>{{7*7}}${1}'
SPEC = {
    "data": {"values": [{"镇": "浞水镇", "数": 3}]},
    "mark": "bar",
    "encoding": {"x": {"field": "镇", "type": "nominal"}, "y": {"field": "数", "type": "quantitative"}},
}
DECK = Deck(
    "十一月月报",
    "截至 2026-11-26 · 数据版本 812",
    (
        Slide(
            "a",
            "要点",
            (Number(HOSTILE, "1,234", "次", ("上月 1,102",), True), Chart("图", SPEC, "一个镇的柱")),
            HOSTILE,
        ),
        Slide("b", HOSTILE, (Words((Line("bullet", HOSTILE),)), Table("表", ("镇",), ((HOSTILE,),), (False,)))),
    ),
)


@dataclass
class Meeting:
    """A deck that Li froze, its number, and the routes as she and as a stranger to her part see them."""

    web: ASGIClient
    database: Database
    number: int
    who: list[Actor]

    def get(self, path: str = "", number: int | None = None) -> requests.Response:
        return self.web.request("GET", f"/present/{number or self.number}{path}")

    def send(self, body: Any, origin: str = "http://testserver") -> int:
        path = f"/present/{self.number}/decisions"
        return int(self.web.request("POST", path, json=body, headers={"origin": origin}).status_code)

    def decided(self) -> list[Decision]:
        with self.database.read() as session:
            found = list(session.scalars(select(Decision).order_by(Decision.id)))
            session.expunge_all()
            return found


@pytest.fixture
def room(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Meeting]:
    def build(session: Any) -> tuple[Actor, Actor]:
        a_county(session)
        site = a_site(session)
        return actor_for(an_account(session)), actor_for(an_account(session, Role.LEADER, site), site)

    li, local = database.write(build)
    monkeypatch.setenv(store.URL_VARIABLE, str(database.url))
    book = perform(database, notebooks.create, li, now=AT, title="月报")["notebook_id"]
    with database.read() as session:
        revision = freezes.revision_now(session, li.county)
    perform(database, notebooks.share, li, now=AT, notebook_id=book, sharing="read")
    values = {"version": 1, "deck": deck_to_plain(DECK), "revision": revision}
    number = perform(database, freezes.freeze, li, now=AT, notebook_id=book, **values)["freeze_id"]
    who = [li, local]
    write = present.Writer(deck_html.present, deck_html.notes)
    yield Meeting(get_client(Starlette(routes=present.routes(lambda request: who[0], write))), database, number, who)
    store.open_database(str(database.url)).dispose()
    store.open_database.cache_clear()


def test_every_screen_is_in_the_page_and_no_word_is_markup(room: Meeting) -> None:
    page = room.get()
    assert page.status_code == 200
    assert page.text.count('class="screen"') == 2
    assert "1,234" in page.text and "上月 1,102" in page.text
    assert "<script>alert" not in page.text
    assert "http://" not in page.text.replace("http://www.w3.org", "")
    assert "data:image/svg+xml" in page.text
    assert HOSTILE not in page.text


def test_the_presenter_s_words_are_on_her_window_only(room: Meeting) -> None:
    told = replace(DECK, slides=(replace(DECK.slides[0], notes="先讲这一句"),))
    page, notes = deck_html.present("zh", told, number=7), deck_html.notes("zh", told, number=7)
    assert "先讲这一句" in notes
    assert "先讲这一句" not in page
    assert room.get("/notes").status_code == 200


def test_the_badge_says_how_often_the_data_changed(room: Meeting) -> None:
    assert room.get("/changes").json() == {"changes": 0}
    need = room.database.write(lambda session: a_need(session, session.scalars(select(Site)).first()).id)
    perform(room.database, needs.cancel, room.who[0], now=NOW, need_id=need, reason="不用了")
    assert room.get("/changes").json() == {"changes": 1}


@pytest.mark.parametrize("name", ["deck.pptx", "deck.pdf", "brief.pdf"])
def test_files_are_the_deck_and_the_same_each_time(room: Meeting, name: str) -> None:
    one = room.get(f"/{name}")
    assert one.status_code == 200
    assert "filename*=UTF-8''%E5%8D%81%E4%B8%80" in one.headers["content-disposition"]
    if name == "deck.pptx":
        assert len(Presentation(io.BytesIO(one.content)).slides) == 2
    else:
        assert one.content == room.get(f"/{name}").content


def test_another_s_deck_and_a_file_that_isn_t(room: Meeting) -> None:
    assert room.get(number=room.number + 1).status_code == 404
    assert room.get("/deck.exe").status_code == 404
    room.who.reverse()
    for path in ("", "/notes", "/changes", "/deck.pdf"):
        assert room.get(path).status_code == 404
    assert room.send(decision()) == 404


def decision(**changes: Any) -> dict[str, Any]:
    usual = {
        "words": "每站补一名急救员",
        "owner": "王主任",
        "due": "2026-12-20",
        "screen": "要点",
        "once": "0123456789",
    }
    return usual | changes


def test_a_decision_is_kept_once(room: Meeting) -> None:
    assert (room.send(decision()), room.send(decision())) == (201, 201)
    (kept,) = room.decided()
    assert (kept.words, kept.owner, kept.due, kept.screen) == ("每站补一名急救员", "王主任", date(2026, 12, 20), "要点")


@pytest.mark.parametrize(
    "body",
    [
        decision(words=""),
        decision(due="2026-13-01"),
        decision(due="明天"),
        decision(extra=1),
        {},
        [],
        decision(words="长" * 501),
    ],
)
def test_what_is_no_decision_is_refused(room: Meeting, body: Any) -> None:
    assert room.send(body) == 400
    assert room.decided() == []


def test_a_decision_from_another_site_is_refused(room: Meeting) -> None:
    assert room.send(decision(), origin="https://evil.example") == 403
    assert room.decided() == []
