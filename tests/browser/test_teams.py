"""Teams and Volunteers in a real browser: tick two teams to compare, open one on the map, find somebody by sound."""

from playwright.sync_api import Page, expect

from dashboard.core.words import Role
from dashboard.text import text
from tests.browser.conftest import OpenAs, healthy, settled, visit
from tests.serving import Served

#: Height of a row of Streamlit's tables, and where the tick box stands in it.
ROW, BOX = 35, 18


def tick(page: Page, row: int) -> None:
    """Tick a row of the first table on the page, counted from 0."""
    table = page.get_by_test_id("stDataFrame").first
    expect(table.locator("canvas").first).to_be_visible()
    place = table.bounding_box()
    assert place is not None
    page.mouse.click(place["x"] + BOX, place["y"] + ROW * (row + 1) + ROW // 2)
    page.wait_for_timeout(300)
    settled(page)


def test_two_teams_ticked_are_compared_and_the_address_can_be_shared(page_as: OpenAs, served_county: Served) -> None:
    page = page_as(Role.COORDINATOR)
    visit(page, "teams")
    page.get_by_test_id("stDataFrame").first.hover()
    # The tools of the table must not lie over the button above it.
    page.locator(".st-key-teams-file-open button:visible").first.click(trial=True)
    tick(page, 0)
    tick(page, 1)
    expect(page.get_by_text(text("zh", "teams.chart.satisfaction"))).to_be_visible()
    expect(page.locator(".vega-embed canvas, .vega-embed svg").first).to_be_visible()
    healthy(page)
    address = page.url
    assert "view=compare" in address
    second = page.context.new_page()
    second.goto(address)
    settled(second)
    expect(second.get_by_text(text("zh", "teams.chart.satisfaction"))).to_be_visible()


def test_an_opened_team_shows_where_it_served(page_as: OpenAs) -> None:
    page = page_as(Role.COORDINATOR, language="en")
    visit(page, "teams", "en")
    tick(page, 0)
    page.locator(".st-key-teams-open button").click()
    settled(page)
    page.get_by_text(text("en", "teams.tab.map"), exact=True).click()
    settled(page)
    expect(page.frame_locator("iframe").locator(".leaflet-container").first).to_be_visible()
    healthy(page)


def test_somebody_is_found_by_the_sound_of_the_name_and_opened(page_as: OpenAs) -> None:
    page = page_as(Role.COORDINATOR)
    visit(page, "volunteers")
    box = page.get_by_role("textbox", name=text("zh", "volunteers.find"))
    box.fill("zzzz")
    box.press("Enter")
    expect(page.get_by_text(text("zh", "volunteers.none"))).to_be_visible()
    settled(page)
    page.locator(".st-key-volunteers-clear button").click()
    settled(page)
    tick(page, 0)
    expect(page.locator(".st-key-volunteers-card")).to_be_visible()
    expect(page.get_by_text(text("zh", "volunteers.section.skills"), exact=True)).to_be_visible()
    healthy(page)
