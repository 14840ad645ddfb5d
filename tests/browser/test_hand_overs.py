"""A coordinator who is asked for a need sees it without touching her page, on a phone, and hands it over."""

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from dashboard.core.permissions import Actor
from dashboard.core.words import Role
from dashboard.services import hand_overs, holds
from dashboard.services.commands import perform
from db.engine import Database
from db.models import Account, HandOver, Hold
from tests.browser.conftest import PATIENCE, PHONE, OpenAs, _opener, healthy, settled
from tests.builders import a_need, a_site, actor_for, an_account
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


def test_who_is_asked_sees_it_by_itself_and_hands_over(town: tuple[Served, Database], enter: OpenAs) -> None:
    _, database = town

    def build(session: Any) -> tuple[Actor, Actor, int]:
        mine = session.scalar(select(Account).where(Account.role == Role.COORDINATOR).order_by(Account.id))
        start = datetime.now(UTC) + timedelta(days=2)
        need = a_need(session, a_site(session), title="换灯泡", start=start).id
        return actor_for(mine), actor_for(an_account(session, display_name="王调度")), need

    me, wang, need = database.write(build)
    page = enter(Role.COORDINATOR, size=PHONE, path="/needs")
    settled(page)
    perform(database, holds.hold, me, now=datetime.now(UTC), need_id=need)
    perform(database, hand_overs.ask_hold, wang, now=datetime.now(UTC), need_id=need, reason="家属打到我这里")
    # Nothing is pressed: the page looks by itself.
    told = page.locator(".st-key-hand_overs-told")
    expect(told).to_contain_text("家属打到我这里", timeout=PATIENCE)
    box = told.bounding_box()
    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"]
    page.locator(".st-key-hand_overs-told").get_by_role("button", name=re.compile("转交")).first.click()
    expect(told).to_have_count(0, timeout=PATIENCE)
    healthy(page)
    with database.read() as session:
        assert "granted" == session.scalar(select(HandOver.state))
        assert wang.account_id == session.scalar(select(Hold.account_id).where(Hold.need_id == need))
