"""The main job in a real browser: an open need, its candidates with reasons, dispatch, all matched, served, rated."""

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from dashboard.core.permissions import system_actor
from dashboard.core.words import Role
from dashboard.services import matches
from dashboard.services.needs_queue import QueueRow, queue
from dashboard.services.questions import answer
from dashboard.text import text
from db.engine import Database
from db.models import Dispatch, Need, Rating
from tests.browser.conftest import PHONE, OpenAs, _opener, healthy, settled, visit
from tests.builders import COUNTY
from tests.fresh import add_open_needs
from tests.serving import Served, serving

ACTOR = system_actor(COUNTY)


@pytest.fixture(scope="module")
def own_county(small_county: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Database]]:
    """A server on a county of its own: this journey dispatches."""
    path = tmp_path_factory.mktemp("journey") / "county.db"
    shutil.copy(small_county, path)
    database = Database(f"sqlite:///{path}")
    add_open_needs(database)
    with serving(f"sqlite:///{path}") as served:
        yield served, database
    database.dispose()


@pytest.fixture
def enter(browser: Browser, own_county: tuple[Served, Database]) -> Iterator[OpenAs]:
    with _opener(browser, own_county[0]) as open_as:
        yield open_as


def a_need(database: Database) -> QueueRow:
    """An open need of one seat with several candidates."""
    now = datetime.now(UTC)
    for row in answer(database, queue, ACTOR, now=now, size=200).rows:
        if row.time_past or not row.seats == row.open_seats == 1:
            continue
        if len(answer(database, matches.candidates, ACTOR, need_id=row.id, now=now).candidates) >= 3:
            return row
    raise AssertionError("the sample has no such need")


def stored(database: Database, statement: Any) -> list[Any]:
    with database.read() as session:
        return list(session.scalars(statement))


def button(page: Page, key: str) -> Any:
    """A button by its widget key."""
    return page.locator(f".st-key-{re.sub(r'[^0-9A-Za-z_-]', '-', key)} button").first


def press(page: Page, key: str) -> None:
    button(page, key).click()
    settled(page)


def notice(page: Page, key: str, **values: object) -> None:
    expect(page.get_by_test_id("stAlert").filter(has_text=text("zh", key, **values)).first).to_be_visible()


def test_one_need_from_the_queue_to_the_rating(enter: OpenAs, own_county: tuple[Served, Database]) -> None:
    served, database = own_county
    row = a_need(database)
    page = enter(Role.COORDINATOR)
    visit(page, "match")
    page.goto(f"{served.url}/match?need={row.id}")
    settled(page)
    cards = page.locator('[class*="st-key-match-candidate-"]')
    expect(cards.first.get_by_test_id("stVegaLiteChart").locator("canvas, svg").first).to_be_visible()
    assert 3 <= cards.count() <= 5
    best = answer(database, matches.candidates, ACTOR, need_id=row.id, now=datetime.now(UTC)).candidates[0].profile
    press(page, f"match.send.{best.volunteer_id}")
    notice(page, "dispatches.sent", volunteer=best.name, code=row.code)
    sent = stored(database, select(Dispatch.id).where(Dispatch.need_id == row.id))[0]

    visit(page, "needs")
    page.goto(f"{served.url}/needs?need={row.id}")
    settled(page)
    press(page, f"dispatches.accept.{sent}")
    notice(page, "dispatches.accepted", volunteer=best.name, code=row.code)
    press(page, f"dispatches.start.{sent}")
    press(page, f"dispatches.served.{sent}.open")
    # The service would be in the future: told honestly, with nothing stored.
    press(page, f"dispatches.served.{sent}")
    notice(page, "dispatches.in_future")
    press(page, f"dispatches.undo.{sent}")
    states = stored(database, select(Dispatch.state).where(Dispatch.id == sent))
    assert states == ["accepted"]
    page.get_by_text(text("zh", "needs.card.history")).click()
    expect(page.get_by_text(text("zh", "words.dispatch_state.in_service")).first).to_be_visible()
    healthy(page)


def test_a_service_of_yesterday_is_confirmed_and_rated(enter: OpenAs, own_county: tuple[Served, Database]) -> None:
    """A need of the sample that is served already, on a phone."""
    served, database = own_county
    done = stored(database, select(Need.id).where(Need.state == "done").order_by(Need.id))
    assert done, "the sample has served needs that wait for a confirmation"
    page = enter(Role.STATION_WORKER, size=PHONE)
    mine = [need for need in done if _opens(page, served, need)]
    assert mine, "none of them lies in the station worker's part"
    need = mine[0]
    press(page, f"needs.confirm.{need}")
    press(page, f"needs.rate.{need}.open")
    page.locator(f".st-key-needs-rate-{need}-score").get_by_role("radio", name="5").or_(
        page.locator(f".st-key-needs-rate-{need}-score button", has_text="5")
    ).first.click()
    settled(page)
    press(page, f"needs.rate.{need}")
    assert stored(database, select(Need.state).where(Need.id == need)) == ["closed"]
    assert stored(database, select(Rating.score).where(Rating.need_id == need)) == [5]
    healthy(page)


def _opens(page: Page, served: Served, need: int) -> bool:
    page.goto(f"{served.url}/needs?need={need}")
    settled(page)
    return button(page, f"needs.confirm.{need}").count() > 0


def test_an_order_by_phone_is_taken_in_the_browser(enter: OpenAs, own_county: tuple[Served, Database]) -> None:
    _, database = own_county
    page = enter(Role.STATION_WORKER, size=PHONE, path="/needs")
    before = len(stored(database, select(Need.id)))
    press(page, "needs.new")
    _choose(page, "needs.form.category", 0)
    _choose(page, "needs.form.village", 0)
    expect(page.get_by_text(text("zh", "needs.form.ready"))).to_be_visible()
    press(page, "needs.save")
    assert len(stored(database, select(Need.id))) == before + 1
    newest = stored(database, select(Need.state).order_by(Need.id.desc()).limit(1))
    assert newest == ["open"]
    healthy(page)


def _choose(page: Page, key: str, at: int) -> None:
    """Open a choice and take its option number `at`."""
    page.locator(f".st-key-{key.replace('.', '-')} input").first.click()
    page.keyboard.press("ArrowDown")
    page.locator('[role="option"]').nth(at).click()
    settled(page)


def test_a_click_on_the_map_takes_the_point(enter: OpenAs, own_county: tuple[Served, Database]) -> None:
    page = enter(Role.COORDINATOR, path="/needs")
    press(page, "needs.new")
    page.locator(".st-key-needs-form-place_by").get_by_text(text("zh", "needs.form.by_point")).click()
    settled(page)
    frame = page.frame_locator(".st-key-needs-place-frame iframe").locator(".leaflet-container")
    frame.wait_for()
    page.wait_for_timeout(1500)
    frame.click(position={"x": 200, "y": 150})
    settled(page)
    point = page.locator(".st-key-needs-form-point input").first
    expect(point).to_have_value(re.compile(r"^10[78]\.\d+, 2[89]\.\d+$"))
    healthy(page)
