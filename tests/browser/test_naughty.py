"""Hostile words in the names of sites, people, needs and grids: nothing runs, nothing breaks, nobody else is asked."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from dashboard.core.words import Role
from dashboard.ui.navigation import ENTRIES
from tests.browser.conftest import OpenAs, _opener, healthy, settled, visit
from tests.naughty import PRODUCT, infect, strings
from tests.serving import Served, serving

#: Canvas tables: the check box of the rows to pick, in pixels from the corner.
ROWS = ((18, 52), (18, 87))


@pytest.fixture(scope="module")
def served_naughty(small_county: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    path = tmp_path_factory.mktemp("naughty") / "county.db"
    shutil.copy(small_county, path)
    infect(path)
    with serving(f"sqlite:///{path}") as served:
        yield served


@pytest.fixture
def naughty_as(browser: Browser, served_naughty: Served) -> Iterator[OpenAs]:
    with _opener(browser, served_naughty) as open_as:
        yield open_as


def harmless(page: Page) -> None:
    """No script of theirs has run in any frame, no template on the server."""
    healthy(page)
    for frame in page.frames:
        assert frame.evaluate("window.naughty === undefined && !document.cookie.includes('naughty')"), frame.url
        assert PRODUCT not in frame.content(), frame.url


def test_hostile_names_neither_run_nor_break_a_page(naughty_as: OpenAs) -> None:
    """As an admin, who sees every page and the most of each."""
    page = naughty_as(Role.ADMIN)
    for entry in ENTRIES:
        visit(page, entry.name)
        harmless(page)
        if entry.name == "map":
            _pick_on_the_map(page)
        else:
            _pick_in_the_tables(page)


def test_hostile_names_do_no_harm_in_english_on_a_phone(naughty_as: OpenAs, served_naughty: Served) -> None:
    page = naughty_as(Role.ADMIN, size={"width": 390, "height": 844}, language="en")
    for entry in ENTRIES:
        page.goto(f"{served_naughty.url}/{entry.name}")
        settled(page)
        harmless(page)


def test_the_words_arrive_on_the_map_as_they_were_written(served_naughty: Served) -> None:
    """Otherwise the tests above would look at nothing."""
    sites = served_naughty.enter_as("admin").get(f"{served_naughty.url}/map-data/sites.json", timeout=60).text
    for word in ("{{ 1234 * 4321 }}", "<script>window.naughty = 1</script>", "![图](http://evil.example/pixel.png)"):
        assert word in strings()
        assert any(word in name for name in _texts(sites)), word


def test_the_sign_in_page_shows_a_hostile_county_as_text(served_naughty: Served, browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{served_naughty.url}/signin")
    assert page.evaluate("window.naughty === undefined")
    assert 0 == page.locator("script, img:not([src^='/app/static/'])").count()
    context.close()


def _pick_in_the_tables(page: Page) -> None:
    """Open the first rows of every table, which shows cards with more of their words."""
    for table in range(min(page.get_by_test_id("stDataFrame").count(), 2)):
        for x, y in ROWS:
            frame = page.get_by_test_id("stDataFrame").nth(table)
            if not frame.is_visible():
                continue
            frame.click(position={"x": x, "y": y}, force=True)
            settled(page)
            harmless(page)


def _pick_on_the_map(page: Page) -> None:
    """Click about on the map, once it is drawn: whatever lies there opens its tooltip and its card."""
    frame = next(frame for frame in page.frames if "streamlit_folium" in frame.url)
    frame.wait_for_function("window.civicMap && window.civicMap.current && window.civicMap.current.shelves.grid.size")
    box = page.locator("iframe").first.bounding_box()
    assert box is not None and box["height"] > 300
    for across in (0.4, 0.5, 0.6):
        for down in (0.35, 0.5, 0.65):
            page.mouse.move(box["x"] + box["width"] * across, box["y"] + box["height"] * down)
            page.mouse.down()
            page.mouse.up()
        settled(page)
        harmless(page)


def _texts(body: str) -> list[str]:
    import json

    found: list[str] = []

    def walk(value: object) -> None:
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, dict):
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(json.loads(body))
    return found
