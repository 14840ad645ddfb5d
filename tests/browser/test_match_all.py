"""Matching all open needs in a real browser: solve, pin, see the difference, send the plan, find it in the queue."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Frame, Page, expect
from sqlalchemy import func, select

from dashboard.core.words import Role
from dashboard.text import text
from db.engine import Database
from db.models import Dispatch, MatchRun
from tests.browser.conftest import PHONE, WIDE, OpenAs, _opener, healthy, settled, visit
from tests.fresh import add_open_needs
from tests.serving import Served, serving

#: Milliseconds for a county to be solved on a busy machine, compiling included.
SOLVING = 180_000


@pytest.fixture
def own_county(small_county: Path, tmp_path: Path) -> Iterator[tuple[Served, Database]]:
    """A server on a county of its own with open needs of today."""
    path = tmp_path / "county.db"
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


def part(page: Page, key: str) -> Any:
    return page.locator(f".st-key-{key.replace('.', '-')}")


def press(page: Page, key: str) -> None:
    part(page, key).locator("button").first.click()
    settled(page)


def switch(page: Page, key: str, at: int) -> None:
    """Choose in a segmented control by position."""
    part(page, key).get_by_role("radio").nth(at).click()
    settled(page)


def tick(page: Page, row: int) -> None:
    """Tick a row of the plan."""
    part(page, "match.rows").locator("tbody input").nth(row).check()
    settled(page)


def mark(page: Page, kind: str) -> None:
    """Say a word about the ticked rows; the page runs a little after the edit is drawn."""
    before = shown_version(page)
    part(page, "match.rows").locator(f"button[data-kind={kind}]").click()
    page.wait_for_function("before => Number(civicPlan.version) > before", arg=before)
    page.wait_for_timeout(300)
    settled(page)


def shown_version(page: Page) -> int:
    return int(page.evaluate("() => civicPlan.version"))


def solved(page: Page) -> None:
    visit(page, "match")
    switch(page, "match.mode", 1)
    press(page, "match.solve")
    page.wait_for_selector(".st-key-match-numbers", timeout=SOLVING)
    settled(page)


def frame_of(page: Page) -> Frame:
    frames = [frame for frame in page.frames if "streamlit_folium" in frame.url]
    assert frames
    return frames[-1]


def stored(database: Database, statement: Any) -> Any:
    with database.read() as session:
        return session.scalar(statement)


def test_a_plan_is_solved_changed_compared_and_sent(enter: OpenAs, own_county: tuple[Served, Database]) -> None:
    _, database = own_county
    page = enter(Role.COORDINATOR, size=WIDE)
    solved(page)
    page.wait_for_timeout(2000)
    view = frame_of(page).evaluate("() => civicMap.report()")
    tick(page, 0)
    expect(part(page, "match.pair")).to_be_visible()
    mark(page, "pin")
    expect(part(page, "match.rows").locator("tbody .badge.pin")).to_have_count(1)
    assert page.evaluate("() => document.activeElement.shadowRoot.activeElement.className") == "list"
    press(page, "match.undo")
    expect(part(page, "match.rows").locator("tbody .badge.pin")).to_have_count(0)
    tick(page, 1)
    struck = part(page, "match.rows").locator("tbody tr").nth(1).get_attribute("data-name")
    mark(page, "forbid")
    assert part(page, "match.rows").locator(f"tbody tr[data-name='{struck}']").count() == 0
    expect(part(page, "match.strip")).to_contain_text(text("zh", "match_page.against_unedited"))
    after = frame_of(page).evaluate("() => civicMap.report()")
    assert (view["zoom"], view["centre"]) == (after["zoom"], after["centre"]), "the map's view jumped"
    switch(page, "match.plan.view", 2)
    expect(page.get_by_text(text("zh", "match_page.tier_by_tier"))).to_be_visible()
    edits = stored(database, select(MatchRun.edits).where(MatchRun.draft_of.is_not(None)))
    assert [edit[0] for edit in edits] == ["forbid"]
    before = stored(database, select(func.count()).where(Dispatch.state == "offered"))
    press(page, "match.send_open")
    press(page, "match.send_plan")
    expect(part(page, "match.proof")).to_contain_text(text("zh", "match_page.state_committed"))
    sent = stored(database, select(func.count()).where(Dispatch.state == "offered")) - before
    assert sent > 0
    expect(page.get_by_text(text("zh", "match_drafts.sent", count=sent))).to_be_visible()
    healthy(page)
    # The queue shows what was sent.
    visit(page, "needs")
    waiting = page.locator(".st-key-needs-view").get_by_text(text("zh", "needs.view.waiting"))
    expect(waiting).to_be_visible()
    waiting.click()
    settled(page)
    healthy(page)


def test_a_solve_is_watched_from_elsewhere_and_stopped(enter: OpenAs, own_county: tuple[Served, Database]) -> None:
    """The page is left and found again while it works."""
    _, database = own_county
    page = enter(Role.COORDINATOR, size=WIDE)
    visit(page, "match")
    switch(page, "match.mode", 1)
    part(page, "match.solve").locator("button").click()
    # Left at once, the click may not have reached the server on a slow machine: then nothing was begun.
    page.wait_for_selector(".st-key-match-job, .st-key-match-numbers", timeout=SOLVING)
    visit(page, "needs")
    visit(page, "match")
    page.wait_for_selector(".st-key-match-numbers", timeout=SOLVING)
    settled(page)
    page.reload()
    settled(page)
    switch(page, "match.mode", 1)
    expect(part(page, "match.numbers")).to_be_visible()
    assert stored(database, select(func.count()).where(MatchRun.draft_of.is_not(None))) == 1
    healthy(page)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_on_a_phone_every_view_fits(enter: OpenAs, language: str) -> None:
    page = enter(Role.COORDINATOR, size=PHONE, language=language, path="/match")
    switch(page, "match.mode", 1)
    press(page, "match.solve")
    page.wait_for_selector(".st-key-match-numbers", timeout=SOLVING)
    settled(page)
    for view in range(6):
        switch(page, "match.plan.view", view)
        page.wait_for_timeout(500)
        wide = page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollWidth")
        assert wide <= PHONE["width"] + 1, f"view {view} is {wide} pixels wide"
        healthy(page)
