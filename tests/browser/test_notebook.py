"""A notebook of five cells in a real browser: built, run, presented, a decision typed, taken away as files."""

import io
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nbformat
import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pptx import Presentation
from sqlalchemy import select

from dashboard.core.availability import MOST_A_WEEK
from dashboard.core.figures import BY_KEY
from dashboard.core.permissions import Actor
from dashboard.core.words import Role
from dashboard.services import notebooks
from dashboard.services.commands import perform
from dashboard.services.signins import SAMPLE_USERNAMES
from dashboard.text import text
from db.engine import Database
from db.models import AccessLog, Account, Decision, Freeze, NotebookResult, Volunteer
from tests.browser.conftest import PHONE, OpenAs, _opener, healthy, settled
from tests.serving import Served, serving

SQL = "select town as 乡镇, count(*) as 需求 from needs where registered_day >= :span_from and town <> '' group by 1"


@pytest.fixture(scope="module")
def own_county(small_county: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Database]]:
    """A server on a county of its own: this journey writes."""
    path = tmp_path_factory.mktemp("notebook") / "county.db"
    shutil.copy(small_county, path)
    database = Database(f"sqlite:///{path}")
    with serving(f"sqlite:///{path}") as served:
        yield served, database
    database.dispose()


@pytest.fixture
def enter(browser: Browser, own_county: tuple[Served, Database]) -> Iterator[OpenAs]:
    with _opener(browser, own_county[0]) as open_as:
        yield open_as


def at(page: Page, key: str, inner: str) -> Locator:
    """What lies in the widget of a key; "*" stands for anything."""
    start, star, end = (re.sub(r"[^0-9A-Za-z_-]", "-", part) for part in key.partition("*"))
    found = f'[class*="st-key-{start}"][class*="{end}"]' if star else f".st-key-{start}"
    return page.locator(f"{found} {inner}").first


def press(page: Page, key: str) -> None:
    at(page, key, "button").click()
    settled(page)


def fill(page: Page, key: str, words: str, inner: str = "input") -> None:
    field = at(page, key, inner)
    field.fill(words)
    field.press("Tab")
    settled(page)


def choose(page: Page, key: str, words: str) -> None:
    at(page, key, "input").click()
    page.keyboard.type(words)
    page.locator('[role="option"]', has_text=words).first.click()
    settled(page)


def view(page: Page, name: str) -> None:
    page.locator(".st-key-notebook-view").get_by_text(text("zh", f"notebook.view.{name}"), exact=True).click()
    settled(page)


def taken(page: Page, key: str, suffix: str) -> bytes:
    """A file from a popover of files."""
    press(page, f"{key}.open")
    with page.expect_download() as download:
        page.locator(f".st-key-{key.replace('.', '-')}-{suffix}").first.locator("button").click()
    page.keyboard.press("Escape")
    settled(page)
    return Path(download.value.path()).read_bytes()


def build(page: Page) -> None:
    """Words, an input, a query, a chart of it, a figure, and a map by month."""
    press(page, "notebook.new")
    choose(page, "notebook.template", text("zh", "notebook.template.empty"))
    fill(page, "notebook.new_title", "乡镇月报")
    press(page, "notebook.make")
    view(page, "edit")
    fill(page, "notebook.draft*text1-markdown", "# 各乡镇需求\n- 先看多的", "textarea")
    for kind in ("input", "query", "chart", "figure", "lapse"):
        press(page, f"notebook.add.{kind}")
    fill(page, "notebook.draft*input1-name", "span")
    choose(page, "notebook.draft*input1-type", text("zh", "notebook.type.range"))
    fill(page, "notebook.draft*input1-value", "last:365")
    fill(page, "notebook.draft*query1-sql", SQL, "textarea")
    fill(page, "notebook.draft*query1-title", "各乡镇")
    fill(page, "notebook.draft*chart1-title", "各乡镇的图")
    fill(page, "notebook.draft*chart1-x", "乡镇")
    fill(page, "notebook.draft*chart1-y", "需求")
    choose(page, "notebook.draft*figure1-keys", text("zh", BY_KEY["needs_registered"].name))
    page.keyboard.press("Escape")
    press(page, "notebook.save")


def coordinator(database: Database) -> Actor:
    """The sample's coordinator."""
    with database.read() as session:
        account = session.scalars(select(Account).where(Account.username == SAMPLE_USERNAMES[Role.COORDINATOR])).one()
        return Actor(account.id, account.display_name, Role.COORDINATOR, account.county, account.site_id)


def stored(database: Database, statement: Any) -> list[Any]:
    with database.read() as session:
        return list(session.scalars(statement))


def test_five_cells_are_built_presented_and_taken_away(
    enter: OpenAs, own_county: tuple[Served, Database], browser: Browser, tmp_path: Path
) -> None:
    served, database = own_county
    page = enter(Role.COORDINATOR, path="/notebook")
    build(page)

    view(page, "cells")
    expect(page.get_by_test_id("stVegaLiteChart").first).to_be_visible()
    expect(page.get_by_test_id("stMetric").first).to_be_visible()
    assert sorted(stored(database, select(NotebookResult.cell))) == ["figure1", "lapse1", "query1"]
    healthy(page)

    document = nbformat.reads(taken(page, "notebook.file", "ipynb").decode(), 4)
    nbformat.validate(document)
    assert [cell["id"] for cell in document["cells"]][1:] == ["text1", "span", "query1", "chart1", "figure1", "lapse1"]
    assert taken(page, "notebook.file.query1", "xlsx").startswith(b"PK")
    assert taken(page, "notebook.picture.chart1", "png").startswith(b"\x89PNG")
    alone = tmp_path / "alone.html"
    alone.write_bytes(taken(page, "notebook.file", "html"))
    _opens_alone(browser, alone)
    takings = stored(database, select(AccessLog.subject).where(AccessLog.kind == "export"))
    assert takings == ["notebook"] * 3, "each taking of rows; a picture holds none"

    view(page, "meetings")
    press(page, "notebook.freeze")
    (freeze,) = stored(database, select(Freeze.id))
    page.goto(f"{served.url}/present/{freeze}?lang=zh")
    expect(page.locator(".screen h1").first).to_have_text(re.compile("^各乡镇需求 1/"))
    for _ in range(page.locator(".screen").count()):
        if not page.locator(".screen:not([hidden]) .lapse").count():
            page.keyboard.press("PageDown")
    _plays(page)
    page.keyboard.press("d")
    page.locator("dialog textarea").fill("每个乡镇补一名急救员")
    page.locator("dialog input[name=owner]").fill("王主任")
    page.locator("dialog input[name=due]").fill("2027-01-20")
    page.locator("dialog button.main").click()
    expect(page.locator(".badge")).to_have_text(text("zh", "present.decided"))
    assert stored(database, select(Decision.words)) == ["每个乡镇补一名急救员"]

    answer = page.request.get(f"{served.url}/present/{freeze}/deck.pptx?lang=zh")
    assert answer.ok
    slides = Presentation(io.BytesIO(answer.body())).slides
    said = "\n".join(shape.text_frame.text for slide in slides for shape in slide.shapes if shape.has_text_frame)
    assert "各乡镇需求" in said and "先看多的" in said
    assert any(shape.has_table for slide in slides for shape in slide.shapes)


def _plays(page: Page) -> None:
    """A key plays the map's months, and one goes a month on; nothing is asked of the server."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    month, last = page.locator(".lapse .when").first, page.locator(".lapse input").first.get_attribute("max")
    newest = month.text_content() or ""
    assert last == "11"
    page.keyboard.press("p")
    expect(month).not_to_have_text(newest)
    page.keyboard.press("p")
    first = month.text_content() or ""
    page.keyboard.press("]")
    expect(month).not_to_have_text(first)
    page.locator(".lapse input").first.press("End")
    expect(month).to_have_text(newest)
    page.keyboard.press("Escape")
    assert [url for url in asked if not url.startswith("data:") and "/changes" not in url] == []


def _opens_alone(browser: Browser, file: Path) -> None:
    """The page is whole with the network off."""
    context = browser.new_context(offline=True)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.goto(file.as_uri())
    expect(page.locator("section h1").first).to_have_text("各乡镇需求")
    drawn = page.locator("#chart1 img")
    assert drawn.evaluate("picture => picture.complete && picture.naturalWidth > 300")
    assert [one for one in asked if not one.startswith(("file:", "data:"))] == []
    context.close()


def test_on_a_phone_in_english_it_is_read(enter: OpenAs, own_county: tuple[Served, Database]) -> None:
    page = enter(Role.LEADER, size=PHONE, language="en", path="/notebook")
    page.locator(".st-key-notebook-new button").first.click()
    page.locator(".st-key-notebook-make button").first.click()
    settled(page)
    expect(page.get_by_test_id("stMetric")).to_have_count(6)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0
    healthy(page)


def test_a_table_is_edited_shown_as_a_difference_and_saved(enter: OpenAs, own_county: tuple[Served, Database]) -> None:
    _, database = own_county
    page = enter(Role.COORDINATOR)
    sql = "select volunteer_id from volunteers where status = 'active' order by 1 limit 3"
    cells = [
        {"name": "people", "kind": "query", "title": "", "sql": sql},
        {"name": "table", "kind": "editor", "title": "志愿者上限", "source": "people"},
    ]
    perform(database, notebooks.create, coordinator(database), now=datetime.now(UTC), title="改", cells=cells)
    active = select(Volunteer).where(Volunteer.status == "active").order_by(Volunteer.id).limit(3)
    with database.read() as session:
        first, second = [(one.id, one.cap_day, one.cap_week) for one in session.scalars(active)][:2]
    page.get_by_test_id("stTopNavLink").filter(has_text=text("zh", "app.notebook")).first.click()
    settled(page)
    # The first one's tasks a day, allowed; the second's, more than a week's: refused by the command.
    _type(page, 0, str(first[1] + 1))
    _type(page, 1, "8")
    expect(at(page, "notebook.editor_save.table", "button")).to_contain_text(text("zh", "registers.save", count=2))
    assert stored(database, select(Volunteer.cap_day).where(Volunteer.id == first[0])) == [first[1]], "not saved yet"
    press(page, "notebook.editor_save.table")
    assert stored(database, select(Volunteer.cap_day).where(Volunteer.id == first[0])) == [first[1] + 1]
    assert stored(database, select(Volunteer.cap_day).where(Volunteer.id == second[0])) == [second[1]]
    alerts = page.get_by_test_id("stAlert")
    expect(alerts.filter(has_text=text("zh", "volunteers.bad_cap_week", least=8, most=MOST_A_WEEK))).to_be_visible()
    expect(alerts.filter(has_text=text("zh", "registers.saved", count=1))).to_be_visible()
    healthy(page)


def _type(page: Page, row: int, words: str) -> None:
    """Into the fourth column of the table to edit, where tasks a day stand."""
    table = page.locator('[class*="st-key-notebook-editor-table"] [data-testid="stDataFrame"]').first
    box = table.bounding_box()
    assert box is not None
    page.mouse.dblclick(box["x"] + box["width"] * 3.5 / 6, box["y"] + 35 * (row + 1) + 18)
    field = page.locator("#portal input")
    field.fill(words)
    field.press("Enter")
    expect(field).to_have_count(0)
    settled(page)


SLOW = (
    "with recursive c(n) as (select {at} union all select n + 1 from c where n < 3000000) select count(*) as n from c"
)


def test_a_run_is_stopped_and_what_was_done_stays(enter: OpenAs, own_county: tuple[Served, Database]) -> None:
    _, database = own_county
    page = enter(Role.COORDINATOR)
    li = coordinator(database)
    cells = [{"name": f"q{at}", "kind": "query", "title": "", "sql": SLOW.format(at=at)} for at in range(12)]
    made = perform(database, notebooks.create, li, now=datetime.now(UTC), title="慢", cells=cells)
    page.get_by_test_id("stTopNavLink").filter(has_text=text("zh", "app.notebook")).first.click()
    stop = page.locator(".st-key-notebook-cancel button")
    expect(page.get_by_text(re.compile(r"q[2-9]（"))).to_be_visible(timeout=60_000)
    stop.click()
    settled(page)
    expect(stop).to_have_count(0)
    page.wait_for_timeout(5000)
    of_this = select(NotebookResult.cell).where(NotebookResult.notebook_id == made["notebook_id"])
    kept = stored(database, of_this)
    assert 2 <= len(kept) < len(cells), "the cell that was being done is done, and no other"
    page.locator(".st-key-notebook-view").get_by_text(text("zh", "notebook.view.versions"), exact=True).click()
    settled(page)
    view(page, "cells")
    left = text("zh", "notebook.run_stale", count=len(cells) - len(kept))
    expect(page.locator(".st-key-notebook-run_stale button")).to_contain_text(left)
    assert stored(database, of_this) == kept
    press(page, "notebook.run_stale")
    expect(page.locator(".st-key-notebook-run_stale")).to_have_count(0, timeout=60_000)
    assert len(stored(database, of_this)) == len(cells)
    healthy(page)
