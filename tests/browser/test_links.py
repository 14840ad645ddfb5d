"""From the desk's button to a phone without a sign-in: offer, yes, signing in and out, and the resident's word."""

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from dashboard.core.permissions import system_actor
from dashboard.core.words import Role
from dashboard.services import dispatches
from dashboard.services.commands import perform
from dashboard.text import text
from db.engine import Database
from db.models import Attendance, Dispatch, Need
from tests.browser.conftest import PHONE, WIDE, OpenAs, _opener, healthy, settled
from tests.builders import COUNTY, a_need, a_site, a_volunteer
from tests.serving import Served, serving


@pytest.fixture
def town(small_county: Path, tmp_path: Path) -> Iterator[tuple[Served, Database]]:
    path = tmp_path / "county.db"
    shutil.copy(small_county, path)
    database = Database(f"sqlite:///{path}")
    with serving(f"sqlite:///{path}") as served:
        yield served, database
    database.dispose()


@pytest.fixture
def enter(browser: Browser, town: tuple[Served, Database]) -> Iterator[OpenAs]:
    with _opener(browser, town[0]) as open_as:
        yield open_as


def offered(database: Database) -> tuple[int, int]:
    """A need offered to somebody, beginning in an hour: its id and its dispatch's."""
    now = datetime.now(UTC)

    def build(session: Any) -> tuple[int, int]:
        site = a_site(session, name="柏村镇所", phone="0851-2560000")
        start = now.replace(second=0, microsecond=0) + timedelta(hours=1)
        her = a_volunteer(session, site, "冉茂琴", consent="given")
        return a_need(session, site, title="换灯泡，修水管", start=start).id, her.id

    need_id, who = database.write(build)
    values = {"need_id": need_id, "volunteer_ids": [who], "reason": "电话约好"}
    sent = perform(database, dispatches.dispatch, system_actor(COUNTY), now=now, **values)
    return need_id, sent["dispatch_ids"][0]


def address(page: Page, key: str) -> str:
    """Make a link at the desk, and read its address out of the words to paste."""
    page.locator(f".st-key-{key}-open button").first.click()
    page.locator(f".st-key-{key}-make button").click()
    settled(page)
    words = page.locator("[data-testid=stPopoverBody] [data-testid=stCode]").inner_text()
    expect(page.locator("[data-testid=stPopoverBody] img")).to_be_visible()
    page.keyboard.press("Escape")
    found = re.search(r"http://\S+/r/[\w-]{32}", words)
    assert found, words
    return found[0]


def fits(page: Page) -> None:
    assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]


def test_offer_yes_service_and_rating_by_two_phones(
    browser: Browser, enter: OpenAs, town: tuple[Served, Database]
) -> None:
    _, database = town
    need_id, dispatch_id = offered(database)
    desk = enter(Role.COORDINATOR, size=WIDE, path=f"/needs?need={need_id}")
    hers, resident = address(desk, f"links-dispatch-{dispatch_id}"), address(desk, f"links-need-{need_id}")
    healthy(desk)
    context = browser.new_context(
        viewport=PHONE,  # type: ignore[arg-type]
        locale="zh-CN",
        geolocation={"longitude": 107.901, "latitude": 28.53},
        permissions=["geolocation"],
    )
    phone = context.new_page()
    phone.goto(hers)
    fits(phone)
    phone.get_by_role("button", name=text("zh", "links.accept")).click()
    expect(phone.get_by_text(text("zh", "links.state_accepted"))).to_be_visible()
    phone.get_by_text(text("zh", "links.give_position")).click()
    phone.get_by_role("button", name=text("zh", "links.arrive")).click()
    expect(phone.get_by_role("button", name=text("zh", "links.leave"))).to_be_visible()
    fits(phone)

    # An hour and a half goes by.
    def earlier(session: Any) -> None:
        past = datetime.now(UTC) - timedelta(minutes=90)
        session.execute(update(Attendance).values(arrived_at=past))

    database.write(earlier)
    phone.get_by_label(text("zh", "links.report")).fill("灯泡换好，水管不漏了")
    phone.get_by_role("button", name=text("zh", "links.leave")).click()
    expect(phone.get_by_text(text("zh", "links.state_done"))).to_be_visible()
    phone.goto(resident)
    fits(phone)
    phone.get_by_label(text("zh", "links.outcome_done")).check()
    phone.get_by_label("5", exact=True).check()
    phone.get_by_role("button", name=text("zh", "links.send")).click()
    thanks = text("zh", "links.thanks", outcome=text("zh", "links.outcome_done"), score="，5 分")
    expect(phone.get_by_text(thanks)).to_be_visible()
    fits(phone)
    context.close()
    with database.read() as session:
        need, row = session.get_one(Need, need_id), session.get_one(Dispatch, dispatch_id)
        assert (need.state, row.state) == ("closed", "confirmed")
    desk.reload()
    settled(desk)
    expect(desk.locator(".st-key-needs-card")).to_contain_text(text("zh", "words.need_state.closed"))
    healthy(desk)
