"""The map before real eyes: it stands still, shows what is there, answers clicks, and minds no words."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Frame, Page, expect

from dashboard.core.words import Role
from dashboard.text import text
from db.engine import Database
from db.models import Grid, Need, Setting
from tests.browser.conftest import PHONE, OpenAs, _opener, settled, visit
from tests.naughty import PRODUCT, infect, strings
from tests.serving import Served, serving

#: What must be true of the map within this many seconds.
SOON = 30

#: Where the middles of things of a kind are on the map, with nothing above them.
SPOTS = """(kind) => {
  const county = window.civicMap.current, spots = [];
  for (const [id, layer] of county.shelves[kind]) {
    const middle = layer.getBounds ? layer.getBounds().getCenter() : layer.getLatLng();
    const at = county.map.latLngToContainerPoint(middle).round();
    const top = document.elementFromPoint(at.x, at.y);
    const mine = layer.getElement ? layer.getElement() : null;
    if (top && (mine ? mine.contains(top) : top.tagName === 'CANVAS')) spots.push([id, at.x, at.y]);
  }
  return spots;
}"""
STATE = """() => {
  const county = window.civicMap && window.civicMap.current;
  if (!county) return null;
  const centre = county.map.getCenter();
  return { ready: window.civicMap.report().ready, view: [centre.lat, centre.lng, county.map.getZoom()],
           chosen: window.civicMap.report().chosen, counts: window.civicMap.report(), born: window.civicBorn };
}"""


def map_of(page: Page) -> Frame:
    """The map's frame, with every layer loaded."""
    until = time.monotonic() + SOON
    while time.monotonic() < until:
        for frame in page.frames:
            if "streamlit_folium" in frame.url and not frame.is_detached():
                state = frame.evaluate(STATE)
                if state and state["ready"]:
                    return frame
        page.wait_for_timeout(100)
    raise AssertionError("no map was drawn")


def spots(page: Page, frame: Frame, kind: str) -> list[tuple[int, float, float]]:
    """Things of a kind that can be clicked: id and place on the page. Waits until there are some."""
    size = page.viewport_size
    assert size is not None
    until = time.monotonic() + SOON
    while time.monotonic() < until:
        box = frame.frame_element().bounding_box()
        assert box is not None
        found = [(int(number), box["x"] + x, box["y"] + y) for number, x, y in frame.evaluate(SPOTS, kind)]
        if seen := [(number, x, y) for number, x, y in found if 0 < x < size["width"] and 60 < y < size["height"]]:
            return seen
        page.wait_for_timeout(100)
    raise AssertionError(f"no {kind} to click on")


def click(page: Page, frame: Frame, kind: str) -> int:
    """Click the first thing of a kind; its id."""
    number, x, y = spots(page, frame, kind)[0]
    page.mouse.click(x, y)
    return number


def card(page: Page) -> Any:
    return page.locator("article").first


@pytest.fixture
def coordinator(page_as: OpenAs) -> Page:
    page = page_as(Role.COORDINATOR)
    map_of(page).evaluate("() => { window.civicBorn = Math.random(); }")
    return page


def test_the_map_shows_the_county_its_sites_grids_and_needs(coordinator: Page) -> None:
    frame = map_of(coordinator)
    shown = frame.evaluate(STATE)["counts"]
    assert (shown["grids"], shown["sites"]) == (60, 18)
    assert shown["needs"] > 0
    labels = frame.locator(".civic-label").all_text_contents()
    assert {"德江县", "正安县"} <= set(labels)
    assert text("zh", "app.sample_short") not in labels
    note = frame.locator(".civic-note").text_content() or ""
    assert "务川" in note and "虚构" in note


@pytest.mark.parametrize("kind", ["grid", "site"])
def test_a_click_opens_the_card_and_the_map_stays_as_it_was(coordinator: Page, kind: str) -> None:
    frame = map_of(coordinator)
    before = frame.evaluate(STATE)
    number = click(coordinator, frame, kind)
    expect(card(coordinator).locator("h5")).not_to_be_empty()
    settled(coordinator)
    after = map_of(coordinator).evaluate(STATE)
    assert after["chosen"] == f"{kind}:{number}"
    assert (after["view"], after["born"]) == (before["view"], before["born"])
    assert f"pick={kind}%3A{number}" in coordinator.url


def test_the_view_survives_colours_filter_and_rerun(coordinator: Page) -> None:
    frame = map_of(coordinator)
    frame.evaluate("() => window.civicMap.current.map.setView([28.55, 107.95], 12, { animate: false })")
    before = frame.evaluate(STATE)
    painted = before["counts"]["painted"]
    coordinator.get_by_role("radio", name=text("zh", "map.figure.volunteers")).click()
    frame.wait_for_function("(old) => window.civicMap.report().painted !== old", arg=painted)
    settled(coordinator)
    after = map_of(coordinator).evaluate(STATE)
    assert (after["view"], after["born"]) == (before["view"], before["born"])


def test_a_click_on_the_map_asks_for_no_layer_again_and_sends_little(coordinator: Page) -> None:
    frame = map_of(coordinator)
    click(coordinator, frame, "grid")
    settled(coordinator)
    asked: list[str] = []
    coordinator.on("request", lambda request: asked.append(request.url))
    number, x, y = spots(coordinator, frame, "grid")[-1]
    coordinator.mouse.click(x, y)
    frame.wait_for_function("(what) => window.civicMap.report().chosen === what", arg=f"grid:{number}")
    settled(coordinator)
    layers = [url for url in asked if "/map-data/" in url and "/card.json" not in url]
    assert [] == [*layers, *(url for url in asked if "/app/static/" in url)]


def test_a_need_is_found_from_its_grid_s_card_and_leads_to_its_match(page_as: OpenAs, served_county: Served) -> None:
    with Database(served_county_url(served_county)).read() as session:
        need = session.query(Need).filter(Need.state == "open", Need.grid_id.is_not(None)).order_by(Need.id).first()
        assert need is not None
        grid_id = need.grid_id
    page = page_as(Role.COORDINATOR, path=f"/?pick=grid:{grid_id}")
    map_of(page)
    card(page).locator("button.row").first.click()
    expect(card(page).locator(".badge").first).to_be_visible()
    page.wait_for_function("() => location.search.includes('pick=need')")
    card(page).get_by_text(text("zh", "map.card.open"), exact=True).click()
    expect(page.locator('[data-testid="stHeading"] h2').first).to_have_text(text("zh", "app.needs"))
    assert "need=" in page.url


def served_county_url(served: Served) -> str:
    """The database the server works on, from its own words."""
    words = served.process.args
    assert isinstance(words, list)
    return str(words[words.index("--db") + 1])


def test_a_link_to_a_place_opens_the_map_there(page_as: OpenAs) -> None:
    page = page_as(Role.LEADER, path="/?pick=site:3", language="en")
    frame = map_of(page)
    state = frame.evaluate(STATE)
    assert (state["chosen"], state["view"][2]) == ("site:3", 14)
    expect(card(page).locator("h5")).not_to_be_empty()


def test_a_town_in_the_filter_moves_the_map_and_thins_the_sites(page_as: OpenAs) -> None:
    page = page_as(Role.COORDINATOR)
    whole = map_of(page).evaluate(STATE)
    page.goto(page.url.split("?")[0] + "?town=520326002")
    settled(page)
    part = map_of(page).evaluate(STATE)
    assert part["view"][2] > whole["view"][2]
    assert 0 < part["counts"]["sites"] < whole["counts"]["sites"]
    assert part["counts"]["grids"] == whole["counts"]["grids"]


def test_the_number_of_a_contact_is_shown_after_a_reason(page_as: OpenAs) -> None:
    page = page_as(Role.COORDINATOR)
    frame = map_of(page)
    click(page, frame, "grid")
    card(page).locator("button.row[data-mark=call]").first.click()
    page.get_by_role("button").filter(has_text=text("zh", "map.call.show", name="").split()[-1]).click()
    link = page.locator("a[href^='tel:']").first
    expect(link).to_be_visible()
    assert (link.get_attribute("href") or "").removeprefix("tel:").isdigit()
    _, x, y = spots(page, frame, "grid")[-1]
    page.mouse.click(x, y)
    expect(link).to_have_count(0)


def test_on_a_phone_the_map_leaves_room_and_the_card_comes_into_sight(page_as: OpenAs) -> None:
    page = page_as(Role.COORDINATOR, size=PHONE)
    frame = map_of(page)
    box = frame.frame_element().bounding_box()
    assert box is not None
    assert box["height"] <= 0.63 * PHONE["height"]
    assert box["width"] <= PHONE["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    click(page, frame, "grid")
    expect(card(page)).to_be_in_viewport()


def test_a_layer_that_fails_says_so_and_can_be_asked_again(page_as: OpenAs) -> None:
    page = page_as(Role.COORDINATOR)
    map_of(page)
    page.route("**/map-data/needs.json*", lambda route: route.abort())
    page.goto(page.url.split("?")[0] + "?urgency=urgent")
    settled(page)
    frame = map_of(page)
    expect(frame.locator(".civic-trouble")).to_contain_text(text("zh", "map.failed"))
    page.unroute("**/map-data/needs.json*")
    frame.get_by_role("button", name=text("zh", "map.retry")).click()
    expect(frame.locator(".civic-trouble")).to_be_hidden()


def test_without_needs_grids_or_outline_there_is_still_a_map(
    browser: Browser, small_county: Path, tmp_path: Path
) -> None:
    path = tmp_path / "bare.db"
    shutil.copy(small_county, path)
    database = Database(f"sqlite:///{path}")

    def strip(session: Any) -> None:
        session.query(Setting).filter(Setting.key.in_(["boundary", "neighbours"])).delete()
        session.query(Need).update({"state": "closed"})
        session.query(Grid).update({"valid_to": Grid.valid_from})

    database.write(strip)
    database.dispose()
    with serving(f"sqlite:///{path}") as served, _opener(browser, served) as open_as:
        page = open_as(Role.COORDINATOR)
        frame = map_of(page)
        state = frame.evaluate(STATE)
        assert (state["counts"]["grids"], state["counts"]["needs"], state["counts"]["sites"]) == (0, 0, 18)
        assert state["view"][2] >= 8
        expect(page.get_by_text(text("zh", "map.no_grids"))).to_be_visible()
        expect(page.get_by_text(text("zh", "map.no_needs"))).to_be_visible()


@pytest.fixture(scope="module")
def served_naughty(small_county: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    path = tmp_path_factory.mktemp("naughty_map") / "county.db"
    shutil.copy(small_county, path)
    infect(path)
    with serving(f"sqlite:///{path}") as served:
        yield served


class TestHostileWords:
    """Names of sites, grids, needs, people, towns: every string of the list, on the map and in its cards."""

    def test_tooltips_labels_and_cards_show_the_words_and_run_none(
        self, browser: Browser, served_naughty: Served
    ) -> None:
        with _opener(browser, served_naughty) as open_as:
            page = open_as(Role.ADMIN)
            frame = map_of(page)
            shown = frame.evaluate(HOVER_ALL)
            assert len(shown) > 70
            said = "".join(shown)
            for word in ("{{ 1234 * 4321 }}", "<script>window.naughty = 1</script>"):
                assert word in strings()
                assert word in said
            for kind in ("site", "grid"):
                for turn in range(6):
                    # Looked for anew each time: what is drawn late may stand where something else stood before.
                    seen = spots(page, frame, kind)
                    _, x, y = seen[turn % len(seen)]
                    page.mouse.click(x, y)
                    expect(card(page)).to_be_visible()
                    settled(page)
            for inner in page.frames:
                assert inner.evaluate("window.naughty === undefined")
                assert PRODUCT not in inner.content()
            assert 0 == frame.locator(".civic-map img, .civic-map a[href^='http'], .civic-map script").count()

    def test_every_hostile_name_survives_as_a_site(self, browser: Browser, served_naughty: Served) -> None:
        """All strings at once, straight through the map's own drawing."""
        with _opener(browser, served_naughty) as open_as:
            page = open_as(Role.COORDINATOR)
            frame = map_of(page)
            words = strings()
            back = frame.evaluate(DRAW_SITES, words)
            assert len(back) == len(words)
            assert all(a == b for a, b in zip(back, words, strict=True))
            for inner in page.frames:
                assert inner.evaluate("window.naughty === undefined")


#: Open every tooltip and read it.
HOVER_ALL = """() => {
  const county = window.civicMap.current, said = [];
  for (const kind of ['site', 'grid', 'need']) {
    for (const layer of county.shelves[kind].values()) {
      const group = kind === 'grid' ? county.drawn.grids : layer;
      const content = group.getTooltip()._content;
      const made = typeof content === 'function' ? content(layer) : content;
      document.body.append(made);
      said.push(made.textContent);
      made.remove();
    }
  }
  for (const label of document.querySelectorAll('.civic-label')) said.push(label.textContent);
  return said;
}"""
#: Draw sites of these names, open each tooltip for real, read what stands in it.
DRAW_SITES = """async (names) => {
  const county = window.civicMap.current;
  const sites = names.map((name, id) => ({ id, name, level: 'station', kind: 'practice', lon: 107.9, lat: 28.5 }));
  county.show('sites', { sites });
  const read = [];
  for (const marker of county.shelves.site.values()) {
    marker.openTooltip();
    read.push(marker.getTooltip().getElement().querySelector('b').textContent);
    marker.closeTooltip();
  }
  return read;
}"""


def test_two_pages_with_maps_do_not_mix_them_up(page_as: OpenAs) -> None:
    page = page_as(Role.COORDINATOR)
    map_of(page)
    visit(page, "teams")
    visit(page, "map")
    assert map_of(page).evaluate(STATE)["counts"]["grids"] == 60
    assert 1 == sum("streamlit_folium" in frame.url for frame in page.frames)
