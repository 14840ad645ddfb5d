"""The whole life of an order: a call by the API, the map, its match, two phones, and the figures that change by it."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select, update

from dashboard.core.deadlines import COUNTY_TIME
from dashboard.core.permissions import system_actor
from dashboard.core.words import Role
from dashboard.services import api_keys, matches
from dashboard.services.commands import perform
from dashboard.services.questions import answer
from dashboard.text import text
from db.engine import Database
from db.models import Attendance, Category, Dispatch, Grid, Need, NeedInterval, Rating, Service
from tests.browser.conftest import PHONE, OpenAs, _opener, healthy, settled
from tests.browser.test_links import address, fits
from tests.browser.test_main_job import notice, press
from tests.browser.test_map import card, map_of
from tests.builders import COUNTY
from tests.serving import Served, serving

ACTOR = system_actor(COUNTY)
HOUR = timedelta(hours=1)


@pytest.fixture
def county(small_county: Path, tmp_path: Path) -> Iterator[tuple[Served, Database]]:
    path = tmp_path / "county.db"
    shutil.copy(small_county, path)
    database = Database(f"sqlite:///{path}")
    with serving(f"sqlite:///{path}") as served:
        yield served, database
    database.dispose()


@pytest.fixture
def enter(browser: Browser, county: tuple[Served, Database]) -> Iterator[OpenAs]:
    with _opener(browser, county[0]) as open_as:
        yield open_as


def call(served: Served, database: Database) -> str:
    """A hotline's system orders a service for tomorrow morning, in the middle of a grid; the need's code."""
    with database.read() as session:
        lon, lat = session.execute(select(Grid.lon, Grid.lat).where(Grid.lon.is_not(None)).limit(1)).one()
        category = session.scalar(
            select(Category.code)
            .join(Need, Need.category_id == Category.id)
            .where(~Category.licence)
            .group_by(Category.code)
            .order_by(func.count().desc())
        )
    key = perform(database, api_keys.make_key, ACTOR, now=datetime.now(UTC), name="热线系统")["key"]
    start = (datetime.now(COUNTY_TIME) + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)
    body = {
        "channel": "hotline",
        "title": "家里水管漏水",
        "category": category,
        "place": {"lon": lon, "lat": lat, "words": "水沟边第二家"},
        "intervals": [{"start": start.isoformat(), "end": (start + 2 * HOUR).isoformat()}],
        "people": 1,
        "resident": {"name": "冉茂琴", "phone": "13885201234"},
    }
    heads = {"Authorization": f"Bearer {key}", "Idempotency-Key": "call-1"}
    said = requests.post(f"{served.url}/api/v1/needs", json=body, headers=heads, timeout=20)
    assert said.status_code == 201, said.text
    assert said.json()["state"] == "open"
    return str(said.json()["code"])


def the_day_comes(database: Database, need_id: int) -> None:
    """Time goes by until the service is to begin within the hour."""

    def earlier(session: Any) -> None:
        begins = datetime.now(UTC).replace(second=0, microsecond=0) + HOUR / 2
        session.execute(
            update(NeedInterval).where(NeedInterval.need_id == need_id).values(start=begins, end=begins + 2 * HOUR)
        )
        session.execute(update(Dispatch).where(Dispatch.need_id == need_id).values(start=begins, end=begins + 2 * HOUR))

    database.write(earlier)


def an_hour_goes_by(database: Database) -> None:
    database.write(
        lambda session: session.execute(update(Attendance).values(arrived_at=datetime.now(UTC) - 1.5 * HOUR))
    )


def metric(page: Page, key: str) -> str:
    """A headline figure as it is shown: its value and the words below."""
    tile = page.get_by_test_id("stMetric").filter(has_text=text("zh", key)).first
    expect(tile).to_be_visible()
    return tile.inner_text()


def open_needs(page: Page) -> int:
    return int(metric(page, "map.kpi.open_needs").split("\n")[-1].replace(",", ""))


def test_from_the_call_to_the_figures(browser: Browser, enter: OpenAs, county: tuple[Served, Database]) -> None:
    served, database = county
    leader = enter(Role.LEADER, path="/teams")
    before = {key: metric(leader, f"figures.{key}") for key in ("services", "satisfaction")}
    desk = enter(Role.COORDINATOR)
    map_of(desk)
    waiting = open_needs(desk)

    code = call(served, database)
    with database.read() as session:
        need_id = session.scalars(select(Need.id).where(Need.code == code)).one()
    desk.goto(f"{served.url}/?pick=need:{need_id}")
    map_of(desk)
    assert open_needs(desk) == waiting + 1
    expect(card(desk)).to_contain_text("家里水管漏水")

    desk.goto(f"{served.url}/match?need={need_id}")
    settled(desk)
    best = answer(database, matches.candidates, ACTOR, need_id=need_id, now=datetime.now(UTC)).candidates[0].profile
    press(desk, f"match.send.{best.volunteer_id}")
    notice(desk, "dispatches.sent", volunteer=best.name, code=code)
    with database.read() as session:
        sent = session.scalars(select(Dispatch.id).where(Dispatch.need_id == need_id)).one()

    desk.goto(f"{served.url}/needs?need={need_id}")
    settled(desk)
    hers, resident = address(desk, f"links-dispatch-{sent}"), address(desk, f"links-need-{need_id}")
    phone = browser.new_context(viewport=PHONE, locale="zh-CN").new_page()  # type: ignore[arg-type]
    phone.goto(hers)
    phone.get_by_role("button", name=text("zh", "links.accept")).click()
    expect(phone.get_by_text(text("zh", "links.state_accepted"))).to_be_visible()
    the_day_comes(database, need_id)
    phone.goto(hers)
    consent = phone.get_by_role("button", name=text("zh", "links.consent"), exact=True)
    if consent.count():
        consent.click()
    phone.get_by_role("button", name=text("zh", "links.arrive")).click()
    fits(phone)
    an_hour_goes_by(database)
    phone.goto(hers)
    phone.get_by_label(text("zh", "links.report")).fill("换了一段水管")
    phone.get_by_role("button", name=text("zh", "links.leave")).click()
    expect(phone.get_by_text(text("zh", "links.state_done"))).to_be_visible()
    phone.goto(resident)
    phone.get_by_label(text("zh", "links.outcome_done")).check()
    phone.get_by_label("5", exact=True).check()
    phone.get_by_role("button", name=text("zh", "links.send")).click()
    expect(phone.get_by_text(text("zh", "links.outcome_done")).first).to_be_visible()
    phone.context.close()

    with database.read() as session:
        assert session.get_one(Need, need_id).state == "closed"
        assert session.scalars(select(Service.grade).where(Service.need_id == need_id)).all() == ["A"]
        assert session.scalars(select(Rating.score).where(Rating.need_id == need_id)).all() == [5]
    desk.goto(served.url)
    map_of(desk)
    assert open_needs(desk) == waiting
    leader.reload()
    settled(leader)
    for key, value in before.items():
        assert metric(leader, f"figures.{key}") != value, f"{key} did not change"
    healthy(desk)
    healthy(leader)
