"""A frozen deck over HTTP: screens and files of the same values, hostile words stay words, decisions are kept once."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pptx import Presentation
from schemathesis.python.asgi import ASGIClient, get_client
from starlette.applications import Starlette

from dashboard.core.deck import Chart, Deck, Line, Number, Slide, Table, Words
from dashboard.core.errors import NotFound
from dashboard.core.permissions import Actor
from dashboard.ui import deck_html
from dashboard.web import present
from db.engine import Database
from tests.builders import an_actor

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


class Room:
    """A meeting's deck, number 7, and what was decided in it."""

    def __init__(self) -> None:
        self.found = present.Frozen(DECK, AT, may_decide=True)
        self.decided: dict[str, dict[str, Any]] = {}

    def frozen(self, database: Database, who: Actor, number: int, language: str) -> present.Frozen:
        if number != 7:
            raise NotFound("present.no_such_file")
        return self.found

    def decide(self, database: Database, who: Actor, freeze_id: int, *, once: str, **values: Any) -> None:
        self.decided.setdefault(once, values)


@pytest.fixture
def room() -> Room:
    return Room()


@pytest.fixture
def web(room: Room, database: Database) -> ASGIClient:
    meeting = present.Meeting(room.frozen, lambda *_: 3, room.decide, deck_html.present, deck_html.notes)
    return get_client(Starlette(routes=present.routes(lambda request: an_actor(), meeting)))


def test_every_screen_is_in_the_page_and_no_word_is_markup(web: ASGIClient) -> None:
    page = web.request("GET", "/present/7")
    assert page.status_code == 200
    assert page.text.count('class="screen"') == 2
    assert "1,234" in page.text and "上月 1,102" in page.text
    assert "<script>alert" not in page.text
    assert "http://" not in page.text.replace("http://www.w3.org", "")
    assert "data:image/svg+xml" in page.text
    assert HOSTILE not in page.text


def test_the_presenter_s_words_are_on_her_window_only(web: ASGIClient) -> None:
    room_text = replace(DECK, slides=(replace(DECK.slides[0], notes="先讲这一句"),))
    page, notes = (
        deck_html.present("zh", room_text, number=7, may_decide=False),
        deck_html.notes("zh", room_text, number=7),
    )
    assert "先讲这一句" in notes
    assert "先讲这一句" not in page
    assert "<dialog>" not in page
    assert web.request("GET", "/present/7/notes").status_code == 200


def test_the_badge_s_number(web: ASGIClient) -> None:
    assert web.request("GET", "/present/7/changes").json() == {"changes": 3}


@pytest.mark.parametrize("name", ["deck.pptx", "deck.pdf", "brief.pdf"])
def test_files_are_the_deck_and_the_same_each_time(web: ASGIClient, name: str) -> None:
    one = web.request("GET", f"/present/7/{name}")
    assert one.status_code == 200
    assert "filename*=UTF-8''%E5%8D%81%E4%B8%80" in one.headers["content-disposition"]
    if name == "deck.pptx":
        assert len(Presentation(io.BytesIO(one.content)).slides) == 2
    else:
        assert one.content == web.request("GET", f"/present/7/{name}").content


def test_another_s_deck_and_a_file_that_isn_t(web: ASGIClient) -> None:
    assert web.request("GET", "/present/8").status_code == 404
    assert web.request("GET", "/present/8/deck.pdf").status_code == 404
    assert web.request("GET", "/present/7/deck.exe").status_code == 404
    assert web.request("GET", "/present/x").status_code == 404


def decision(**changes: Any) -> dict[str, Any]:
    usual = {
        "words": "每站补一名急救员",
        "owner": "王主任",
        "due": "2026-12-20",
        "screen": "要点",
        "once": "0123456789",
    }
    return usual | changes


def send(web: ASGIClient, body: Any, origin: str = "http://testserver") -> int:
    return web.request("POST", "/present/7/decisions", json=body, headers={"origin": origin}).status_code


def test_a_decision_is_kept_once(web: ASGIClient, room: Room) -> None:
    assert send(web, decision()) == 201
    assert send(web, decision()) == 201
    kept = {"words": "每站补一名急救员", "owner": "王主任", "due": date(2026, 12, 20), "screen": "要点"}
    assert list(room.decided.values()) == [kept]


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
def test_what_is_no_decision_is_refused(web: ASGIClient, room: Room, body: Any) -> None:
    assert send(web, body) == 400
    assert room.decided == {}


def test_a_decision_from_another_site_is_refused(web: ASGIClient, room: Room) -> None:
    assert send(web, decision(), origin="https://evil.example") == 403
    assert room.decided == {}
